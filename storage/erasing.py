"""Erasure: of a ticket that is over nobody's words, photos or rooms are left in any row; that something happened, when,
of what kind and by which office stays, so that every count is as it was.

Three years after the end nobody can claim anything of it any more (Civil Code, article 188), and personal information
is kept no longer than it is needed, or is erased when whom it concerns asks (Personal Information Protection Law,
articles 19 and 47).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, null, or_, select, update
from sqlalchemy.orm import Session

from storage import candidates, whistles
from storage.base import Base, JsonObject
from storage.decisions import Undo
from storage.deployment import Question
from storage.facts import Fact, FactKind
from storage.inbox import Body, Inbox
from storage.listening import OF_MESSAGE, Candidate, Example
from storage.media import LOST, WANTED, Media
from storage.outbox import SETTLED, Outbox, OutboxState
from storage.tickets import Ticket, whole
from storage.workflow import Status

OVER = frozenset({Status.CLOSED, Status.REJECTED, Status.WITHDRAWN})  # what may be erased
STEP = 10  # tickets a transaction: some 20 ms each, in which nobody else writes
PLACE, BECAUSE = "place", "because"  # under what names the history keeps words: of place, and those that decided
TERM = "term"  # why: as long after the end as words are kept
MEDIA = "media:"  # how an inbox row names a stored file
Masked = Callable[[str], str]  # a place without its room


def due(db: Session, before: datetime) -> Sequence[Ticket]:
    """Tickets that ended before then (business time) and still have words, locked, at most `STEP`."""
    ended = Ticket.erased_at.is_(None), Ticket.closed_at <= before, Ticket.status.in_(OVER)
    return db.scalars(select(Ticket).where(*ended).order_by(Ticket.id).limit(STEP).with_for_update()).all()


def erase(
    db: Session, ticket: Ticket, now: datetime, masked: Masked, *, staff_id: int | None = None, why: str = TERM
) -> Fact:
    """Erases a ticket and whatever was merged into it, for good, and says so in its history. What another ticket that
    is not erased told in the same message stays with that one. ``staff_id``: who did it; None: its time was over."""
    ids = frozenset(db.scalars(select(Ticket.id).where(Ticket.id.in_(whole(ticket.id)))))
    db.execute(update(Ticket).where(Ticket.id.in_(ids)).values(erased_at=now, version=Ticket.version + 1))
    messages = _messages(db, ids)
    _blank_files(db, ids, messages)
    _blank_said(db, ids, messages)
    _blank_bodies(db, ids, now)
    _blank_messages(db, messages)
    for row in db.scalars(select(Candidate).where(Candidate.inbox_id.in_(messages))):
        candidates.forget_words(db, row)
    about = [f"{OF_MESSAGE}{number}" for number in messages]
    db.execute(delete(Example).where(or_(Example.ticket_id.in_(ids), Example.about.in_(about))))
    db.execute(delete(Question).where(Question.ticket_id.in_(ids)))
    db.execute(delete(Undo).where(Undo.ticket_id.in_(ids)))
    db.expire_all()
    _clean_history(db, ids, masked)
    fact = Fact(ticket_id=ticket.id, kind=FactKind.ERASED, at=now, staff_id=staff_id, data={"why": why})
    db.add(fact)
    db.flush()
    return fact


def _others(ids: Collection[int]) -> Select[Any]:
    """Every other ticket that still has its words."""
    return select(Ticket.id).where(Ticket.id.not_in(ids), Ticket.erased_at.is_(None))


def _messages(db: Session, ids: Collection[int]) -> Sequence[int]:
    """What was said to these tickets and to no other that still has its words."""
    named = select(Fact.inbox_id).where(Fact.ticket_id.in_(ids))
    theirs = select(Fact.inbox_id).where(Fact.inbox_id.is_not(None), Fact.ticket_id.in_(_others(ids)))
    said = select(Inbox.id).where(or_(Inbox.ticket_id.in_(ids), Inbox.id.in_(named)))
    free = or_(Inbox.ticket_id.is_(None), Inbox.ticket_id.not_in(_others(ids)))
    return db.scalars(said.where(free, Inbox.id.not_in(theirs))).all()


def _blank_messages(db: Session, messages: Collection[int]) -> None:
    gone = {"text": None, "raw": None, "media": None, "forget_at": None}
    db.execute(update(Inbox).where(Inbox.id.in_(messages)).values(gone))


def _blank_files(db: Session, ids: Collection[int], messages: Collection[int]) -> None:
    """The rows stay with their hashes, as proof that there was one."""
    here = select(Inbox.media).where(Inbox.id.in_(messages), Inbox.media.startswith(MEDIA))
    refs = [str(name).removeprefix(MEDIA) for name in db.scalars(here)]
    shown = select(Fact.media_id).where(Fact.ticket_id.in_(ids), Fact.media_id.is_not(None))
    found = db.execute(select(Media.id, Media.ref).where(or_(Media.ref.in_(refs), Media.id.in_(shown)))).all()
    kept = set(db.scalars(select(Fact.media_id).where(Fact.media_id.is_not(None), Fact.ticket_id.in_(_others(ids)))))
    names = [MEDIA + ref for _, ref in found]
    still = set(db.scalars(select(Inbox.media).where(Inbox.media.in_(names), Inbox.id.not_in(messages))))
    gone = [number for number, ref in found if number not in kept and MEDIA + ref not in still]
    files = update(Media).where(Media.id.in_(gone))
    db.execute(files.where(Media.state == WANTED).values(state=LOST))
    db.execute(files.values(bytes=b"", handle=None))


def _blank_said(db: Session, ids: Collection[int], messages: Collection[int]) -> None:
    """What the bot said of it, and what still waits to be said: news of something nobody is to read any more."""
    rows = update(Outbox).where(or_(Outbox.ticket_id.in_(ids), Outbox.inbox_id.in_(messages)))
    unheard = Outbox.state.in_((OutboxState.WAITING, OutboxState.NO_WAY))
    db.execute(rows.where(unheard).values(state=OutboxState.DEAD, reason="erased"))
    db.execute(rows.where(Outbox.state.in_(SETTLED)).values(text=None, card=null(), code=None, code_until=None))


def _blank_bodies(db: Session, ids: Collection[int], now: datetime) -> None:
    mine = {number for words in _words_of(ids) for number in db.scalars(words)}
    theirs = {
        *db.scalars(select(Ticket.words_id).where(Ticket.words_id.in_(mine), Ticket.id.in_(_others(ids)))),
        *db.scalars(select(Fact.body_id).where(Fact.body_id.in_(mine), Fact.ticket_id.in_(_others(ids)))),
    }
    words = update(Body).where(Body.id.in_(mine - theirs), Body.text.is_not(None))
    db.execute(words.values(text=None, erased_at=now))


def _words_of(ids: Collection[int]) -> Iterator[Select[Any]]:
    """Every column of every table that points from a ticket to somebody's words."""
    for table in Base.metadata.sorted_tables:
        ticket = table.c.id if table is Ticket.__table__ else table.c.get("ticket_id")
        if ticket is not None:
            for column in table.c:
                if any(key.column.table is Body.__table__ for key in column.foreign_keys):
                    yield select(column).where(ticket.in_(ids), column.is_not(None))
    call = whistles.WhistleCall
    of_these = select(whistles.Whistle.id).where(whistles.Whistle.ticket_id.in_(ids))
    yield select(call.body_id).where(call.whistle_id.in_(of_these), call.body_id.is_not(None))


def _clean_history(db: Session, ids: Collection[int], masked: Masked) -> None:
    for ticket in db.scalars(select(Ticket).where(Ticket.id.in_(ids))):
        ticket.place = [masked(one) for one in ticket.place]
    for fact in db.scalars(select(Fact).where(Fact.ticket_id.in_(ids))):
        if (data := _cleaned(fact.data, masked)) != fact.data:
            fact.data = data


def _cleaned(data: JsonObject, masked: Masked) -> JsonObject:
    """Without rooms, and without the words by which it was recognised."""
    return {key: _one_cleaned(key, value, masked) for key, value in data.items() if key != BECAUSE}


def _one_cleaned(name: str, value: Any, masked: Masked) -> Any:
    if isinstance(value, dict):
        return _cleaned(value, masked)
    return [masked(str(one)) for one in value] if name == PLACE and isinstance(value, list) else value
