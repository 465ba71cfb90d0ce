"""How a ticket stood before somebody acted on it, so that the act can be taken back for a while, and what is held back.

Kept of an act: each field it changed with both values, the timers it stopped and armed, the questions it dropped and
asked, the photos it used, and the rows beside it. No words: only ids, codes and moments.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from storage import rows_beside
from storage.base import JsonObject
from storage.decisions import DecisionState, Undo
from storage.deployment import Question
from storage.facts import Fact, FactKind
from storage.inbox import Inbox
from storage.inserts import insert_one
from storage.outbox import Outbox, OutboxState
from storage.rows_beside import plain as _plain
from storage.rows_beside import real as _real
from storage.tickets import Member, Ticket, whole
from storage.timers import Reminder, Timer

OPEN, DONE, OVER = "open", "done", "over"
# What tells one round of hands from the next goes on counting: names of timers and messages exist once.
NEVER_BACK = frozenset({"id", "number", "ref", "version", "handovers", "link_hash", "link_key"})
FIELDS = tuple(column.key for column in Ticket.__mapper__.column_attrs if column.key not in NEVER_BACK)
# What somebody was asked while they said what they want: taken back, they are not asked for the rest of it.
SAID_STEP_BY_STEP = frozenset({"return", "suspend", "whistle"})
NAME = 130  # characters of a name that stay when it is freed; a number goes behind it


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything of a ticket that an act may change, at one moment."""

    fields: JsonObject
    timers: frozenset[int]  # that wait
    reminders: frozenset[int]
    beside: dict[str, JsonObject]  # what was asked above, whistles, calls and parts, each as it stands
    questions: tuple[JsonObject, ...]

    @property
    def asked_above(self) -> frozenset[str]:
        """What waits for the level above to decide."""
        asked = (key for key in self.beside if key.startswith("decision:"))
        return frozenset(key for key in asked if self.beside[key]["state"] == DecisionState.WAITING)


def standing(db: Session, ticket: Ticket) -> Standing:
    """How a ticket stands now, as this transaction sees it."""
    waiting = select(Timer.id).where(Timer.ticket_id == ticket.id, Timer.state == "waiting")
    unsaid = select(Reminder.id).where(Reminder.ticket_id == ticket.id, Reminder.state == "waiting")
    beside = rows_beside.standing(db, ticket.id)
    return Standing(
        fields={name: _plain(getattr(ticket, name)) for name in FIELDS},
        timers=frozenset(db.scalars(waiting)) | rows_beside.timers(db, beside),
        reminders=frozenset(db.scalars(unsaid)),
        beside=beside,
        questions=tuple(_question(row) for row in _questions(db, ticket)),
    )


def _questions(db: Session, ticket: Ticket) -> Sequence[Question]:
    """Those about the ticket, and those whether it is well that whoever it concerns was asked of another: a newer one
    takes its place."""
    concerned = select(Member.account_id).where(Member.ticket_id.in_(whole(ticket.id)))
    replaced = (Question.kind == "closing") & Question.account_id.in_(concerned)
    return db.scalars(
        select(Question).where(or_(Question.ticket_id == ticket.id, replaced)).order_by(Question.id)
    ).all()


def _question(row: Question) -> JsonObject:
    return {
        "account_id": row.account_id,
        "address": row.address,
        "kind": row.kind,
        "ticket_id": row.ticket_id,
        "data": row.data,
        "asked_at": _plain(row.asked_at),
        "expires_at": _plain(row.expires_at),
    }


def changes(before: Standing, after: Standing) -> JsonObject:
    """What an act changed, as it is kept: both values of each field, and the ids of what it stopped and began."""
    return {
        "fields": {
            name: [value, after.fields[name]] for name, value in before.fields.items() if value != after.fields[name]
        },
        "stopped": sorted(before.timers - after.timers),
        "armed": sorted(after.timers - before.timers),
        "hushed": sorted(before.reminders - after.reminders),
        "beside": rows_beside.changes(before.beside, after.beside),
        "questions": list(before.questions),
    }


def keep(db: Session, fact: Fact, command: str, before: JsonObject, until: datetime) -> int:
    """An act that may be taken back until then. Answers its id."""
    row = {
        "ticket_id": fact.ticket_id,
        "fact_id": fact.id,
        "staff_id": fact.staff_id,
        "command": command,
        "at": fact.at,
        "until": until,
        "before": before,
    }
    return insert_one(db, Undo, row)


def newest_of(db: Session, staff_id: int, since: datetime) -> Undo | None:
    """The last act of somebody since then, whether or not it may still be taken back."""
    mine = select(Undo).where(Undo.staff_id == staff_id, Undo.until >= since).order_by(Undo.id.desc())
    return db.scalars(mine.limit(1)).first()


def newest_on(db: Session, staff_id: int, ticket_id: int) -> Undo | None:
    """The last act of somebody on a ticket, however long ago."""
    mine = select(Undo).where(Undo.staff_id == staff_id, Undo.ticket_id == ticket_id).order_by(Undo.id.desc())
    return db.scalars(mine.limit(1)).first()


def last_said(db: Session, account_ids: Collection[int], kinds: Collection[str], since: datetime) -> Fact | None:
    """The last thing of these kinds that somebody did by a message since then."""
    theirs = select(Fact).join(Inbox, Inbox.id == Fact.inbox_id).where(Inbox.sender_id.in_(account_ids))
    return db.scalars(theirs.where(Fact.kind.in_(kinds), Fact.at >= since).order_by(Fact.id.desc()).limit(1)).first()


def together_with(db: Session, one: Undo) -> Sequence[Undo]:
    """What was done by the same message: 接单 1043 1044 is one act."""
    beside = select(Undo).where(Undo.staff_id == one.staff_id, Undo.at == one.at).order_by(Undo.id)
    return [row for row in db.scalars(beside) if row.before.get("message") == one.before.get("message")]


def settle(db: Session, undo_id: int, state: str) -> bool:
    """Decides an act that is open; False where somebody was first. Two at once have one winner."""
    decided = update(Undo).where(Undo.id == undo_id, Undo.state == OPEN).values(state=state)
    return cast("CursorResult[Any]", db.execute(decided)).rowcount == 1


def ticket_of(db: Session, undo_id: int) -> int:
    """The ticket of an act."""
    return db.get_one(Undo, undo_id).ticket_id


def end(db: Session, ticket_id: int) -> None:
    """The ticket went on: what was done before can be taken back no more, and what was held of it goes out first."""
    ended = update(Undo).where(Undo.ticket_id == ticket_id, Undo.state == OPEN).values(state=OVER)
    if cast("CursorResult[Any]", db.execute(ended)).rowcount:
        release(db, ticket_id)


def release(db: Session, ticket_id: int) -> None:
    """What was held goes out, in the order it was written. What had no way waits for its person's next word."""
    held = update(Outbox).where(Outbox.ticket_id == ticket_id, Outbox.state == OutboxState.HELD)
    db.execute(held.where(Outbox.reason.is_(None)).values(state=OutboxState.WAITING))
    db.execute(held.where(Outbox.reason.is_not(None)).values(state=OutboxState.NO_WAY))


def unsay(db: Session, ticket_id: int) -> int:
    """What was held is never said. Answers how many messages that was."""
    held = delete(Outbox).where(Outbox.ticket_id == ticket_id, Outbox.state == OutboxState.HELD)
    return cast("CursorResult[Any]", db.execute(held)).rowcount


def was_told(db: Session, undo: Undo, account_ids: Collection[int]) -> bool:
    """Whether any of these people was told of an act."""
    told = select(Outbox.id).where(Outbox.inbox_id == undo.before.get("message"), Outbox.ticket_id == undo.ticket_id)
    return db.scalar(told.where(Outbox.account_id.in_(account_ids)).limit(1)) is not None


def stands_as_left(db: Session, ticket: Ticket, undo: Undo) -> bool:
    """Whether nothing that the act changed was changed again."""
    fields = undo.before["fields"].items()
    as_left = all(_plain(getattr(ticket, name)) == after for name, (_, after) in fields)
    return as_left and rows_beside.stand_as_left(db, undo.before.get("beside", {}))


def give_back(db: Session, ticket: Ticket, undo: Undo, now: datetime, forget_at: datetime | None) -> None:
    """The ticket as it was: its fields, timers, reminders, questions and rows beside it. What is said and armed next
    has names of its own, and those of what was taken back are free.

    A photo that was evidence can be that again; unused, it is forgotten at ``forget_at``.
    """
    for name, (before, _) in undo.before["fields"].items():
        setattr(ticket, name, _real(before))
    ticket.handovers += 1
    db.flush()
    _set(db, Timer, undo.before["armed"], "waiting", "stopped")
    _set(db, Timer, undo.before["stopped"], "stopped", "waiting")
    _set(db, Reminder, undo.before["hushed"], "stopped", "waiting")
    rows_beside.give_back(db, undo.before.get("beside", {}), now)
    _free_names(db, undo)
    _ask_again(db, ticket, undo.before["questions"])
    message = undo.before.get("message")
    photos = select(Fact.inbox_id).where(
        Fact.ticket_id == ticket.id, Fact.kind == FactKind.EVIDENCE, Fact.at == undo.at, Fact.inbox_id != message
    )
    free = update(Inbox).where(Inbox.id.in_(photos), Inbox.ticket_id == ticket.id)
    db.execute(free.values(ticket_id=None, forget_at=forget_at))


def _set(db: Session, kind: type[Timer] | type[Reminder], ids: Collection[int], before: str, after: str) -> None:
    if ids:
        db.execute(update(kind).where(kind.id.in_(ids), kind.state == before).values(state=after))


def _free_names(db: Session, undo: Undo) -> None:
    """Done once more, the act arms its timers and says its news again."""
    mine = Outbox.inbox_id == undo.before.get("message"), Outbox.ticket_id == undo.ticket_id, ~Outbox.name.like("re:%")
    for rows in (select(Timer).where(Timer.id.in_(undo.before["armed"])), select(Outbox).where(*mine)):
        for row in db.scalars(rows):
            row.name = f"{row.name[:NAME]}:undone:{undo.id}"
    db.flush()


def _ask_again(db: Session, ticket: Ticket, asked: Sequence[JsonObject]) -> None:
    """The questions of then; one that was put to the same person since, about something else, stays."""
    db.execute(delete(Question).where(Question.ticket_id == ticket.id))
    for one in asked:
        known = select(Question.id).where(
            *(getattr(Question, key) == one[key] for key in ("account_id", "address", "kind"))
        )
        if one["kind"] not in SAID_STEP_BY_STEP and db.scalar(known) is None:
            db.add(Question(**{key: _real(value) for key, value in one.items()}))
    db.flush()
