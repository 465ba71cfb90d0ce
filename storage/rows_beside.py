"""Rows beside a ticket that go back with an act: what was asked above, whistles, whom they call, the parts of others.

Kept are both values of what an act changed, never words: ids, codes and moments. What it wrote anew is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.base import JsonObject
from storage.decisions import Decision, DecisionState
from storage.tickets import whole
from storage.timers import Timer
from storage.whistles import OPEN_HANDS, Hand, HandState, Whistle, WhistleCall, WhistleState

AT = "at"
Row = Decision | Whistle | WhistleCall | Hand
KINDS: dict[str, type[Row]] = {"decision": Decision, "whistle": Whistle, "call": WhistleCall, "hand": Hand}


@dataclass(frozen=True, slots=True)
class Change:
    """One row that an act changed: its values before (None: it was not there) and after."""

    kind: str
    row: Any
    before: JsonObject | None
    after: JsonObject

    def went(self, before: str | None, *after: str) -> bool:
        """Whether its state went from one to another; ``before`` None: it was not there."""
        was = self.before["state"] if self.before is not None else None
        return was == before and self.after["state"] in after


def plain(value: Any) -> Any:
    """A value as it is kept: a moment with its zone."""
    return {AT: value.astimezone(UTC).isoformat()} if isinstance(value, datetime) else value


def real(value: Any) -> Any:
    """A kept value as it was."""
    return datetime.fromisoformat(value[AT]) if isinstance(value, dict) and AT in value else value


def _values(row: Row) -> JsonObject:
    return {column.key: plain(getattr(row, column.key)) for column in type(row).__mapper__.column_attrs}


def standing(db: Session, ticket_id: int) -> dict[str, JsonObject]:
    """All of them as they stand, by kind and id."""
    called = list(db.scalars(select(Whistle).where(Whistle.ticket_id.in_(whole(ticket_id)))))
    found: list[tuple[str, Sequence[Row]]] = [
        ("decision", db.scalars(select(Decision).where(Decision.ticket_id == ticket_id)).all()),
        ("whistle", called),
        ("hand", db.scalars(select(Hand).where(Hand.ticket_id.in_(whole(ticket_id)))).all()),
    ]
    if called:
        theirs = WhistleCall.whistle_id.in_([row.id for row in called])
        found.append(("call", db.scalars(select(WhistleCall).where(theirs)).all()))
    return {f"{kind}:{row.id}": _values(row) for kind, rows in found for row in rows}


def timers(db: Session, rows: dict[str, JsonObject]) -> frozenset[int]:
    """The lights of these rows that wait. They are no ticket's, so a change of hands does not silence them."""
    marks = [f"{kind}:" for kind in rows if kind.startswith(("whistle:", "hand:"))]
    if not marks:
        return frozenset()
    named = or_(*(Timer.name.startswith(mark, autoescape=True) for mark in marks))
    return frozenset(db.scalars(select(Timer.id).where(Timer.ticket_id.is_(None), Timer.state == "waiting", named)))


def changes(before: dict[str, JsonObject], after: dict[str, JsonObject]) -> JsonObject:
    """Both values of each row that an act changed or wrote."""
    return {key: [before.get(key), values] for key, values in after.items() if before.get(key) != values}


def of(db: Session, kept: JsonObject) -> Iterator[Change]:
    """The rows that an act changed."""
    for key, (before, after) in kept.items():
        kind, _, number = key.partition(":")
        row = db.get(KINDS[kind], int(number), populate_existing=True)
        if row is not None:
            yield Change(kind, row, before, after)


def stand_as_left(db: Session, kept: JsonObject) -> bool:
    """Whether nobody has changed any of them since."""
    found = list(of(db, kept))
    return len(found) == len(kept) and all(_values(one.row) == one.after for one in found)


def give_back(db: Session, kept: JsonObject, now: datetime) -> None:
    """Each as it was; what was not there, or was only being written, is taken back."""
    for one in of(db, kept):
        if one.kind == "whistle" and is_new(one):
            blown = one.after["state"] == WhistleState.BLOWN
            one.row.state = WhistleState.OVER if blown else WhistleState.REFUSED
            one.row.over_at = now
        elif one.before is not None:
            for name, value in one.before.items():
                setattr(one.row, name, real(value))
        elif one.kind == "decision":
            one.row.state = DecisionState.TAKEN_BACK
        elif one.kind == "hand" and one.row.state in OPEN_HANDS:
            one.row.state, one.row.done_at = HandState.RELEASED, now
    db.flush()


def is_new(one: Change) -> bool:
    """Whether an act wrote a whistle: begun in words before it, it is finished only with both lists."""
    return one.before is None or (one.before["state"] == WhistleState.DRAFTED and one.before["needs_id"] is None)
