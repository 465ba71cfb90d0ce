"""办事问答: what a place may answer, and writing it anew from a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.base import JsonObject
from storage.listening import Answer, note_change
from storage.map_state import kept


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer of a list. ``unit_id`` None: the whole deployment. ``valid_until``: its last day, in China."""

    unit_id: int | None
    question: str
    others: tuple[str, ...]
    answer: str
    source: str
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Said(Entry):
    """One answer as it is said. ``changed_at``: business time."""

    id: int
    changed_at: datetime

    def holds(self, today: date) -> bool:
        """Whether it may be said today."""
        return self.valid_until is None or self.valid_until >= today


def answers_for(db: Session, unit_ids: Sequence[int], today: date) -> list[Said]:
    """What may be said today at a place whose units, nearest first, are these: of one question the nearest answer."""
    near = {unit_id: place for place, unit_id in enumerate(unit_ids)}
    here = (one for one in _said(db).values() if one.unit_id is None or one.unit_id in near)
    found: dict[str, Said] = {}
    for one in sorted(here, key=lambda one: near.get(one.unit_id or 0, len(near))):
        if one.holds(today):
            found.setdefault(one.question, one)
    return sorted(found.values(), key=lambda one: one.id)


def answer(db: Session, number: int, today: date) -> Said | None:
    """An answer by the number of its row; None where it may no longer be said."""
    found = _said(db).get(number)
    return found if found is not None and found.holds(today) else None


def _said(db: Session) -> Mapping[int, Said]:
    return kept(db, "answers", _read)


def _read(db: Session) -> Mapping[int, Said]:
    return {
        row.id: Said(
            row.unit_id,
            row.question,
            tuple(row.others),
            row.answer,
            row.source,
            row.valid_until,
            row.id,
            row.changed_at,
        )
        for row in db.scalars(select(Answer).order_by(Answer.id))
    }


def every_answer(db: Session) -> Sequence[Answer]:
    """All of them, those that hold no longer too."""
    return db.scalars(select(Answer).order_by(Answer.unit_id, Answer.id)).all()


@dataclass(slots=True)
class Written:
    """What became of a list."""

    new: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0


def write_answers(db: Session, entries: Sequence[Entry], now: datetime, *, replace: bool = False) -> Written:
    """Writes the list: the same question of the same unit gets the new answer; each change leaves a row.

    ``replace``: what the list does not have is removed.
    """
    known = {(row.unit_id, row.question): row for row in every_answer(db)}
    done = Written()
    for entry in entries:
        row = known.pop((entry.unit_id, entry.question), None)
        if row is not None and _shown(row) == _shown(entry):
            done.same += 1
            continue
        before = _shown(row) if row is not None else None
        if row is None:
            row = Answer(unit_id=entry.unit_id, question=entry.question)
            db.add(row)
            done.new += 1
        else:
            done.changed += 1
        row.others, row.answer, row.source = list(entry.others), entry.answer, entry.source
        row.valid_until, row.changed_at = entry.valid_until, now
        db.flush()
        note_change(db, f"answer:{row.id}", "answer", now, data={"before": before, "after": _shown(entry)})
    if replace and known:
        for row in known.values():
            note_change(db, f"answer:{row.id}", "removed", now, data={"before": _shown(row), "after": None})
        db.execute(delete(Answer).where(Answer.id.in_([row.id for row in known.values()])))
        done.removed = len(known)
    return done


def _shown(row: Answer | Entry) -> JsonObject:
    return {
        "unit": row.unit_id,
        "question": row.question,
        "others": list(row.others),
        "answer": row.answer,
        "source": row.source,
        "valid_until": row.valid_until.isoformat() if row.valid_until is not None else None,
    }
