"""Rule 8: what is not a report is forgotten. Each function does one step and answers how many rows it changed.

Blanking keeps the row with its keyed hash, so that a repeat of the message is still recognised. On SQLite the engine
overwrites what is deleted (``secure_delete``); the write-ahead log is emptied by the caller.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, Delete, Update, delete, exists, null, or_, select, update
from sqlalchemy.orm import Session

from storage import candidates, listening, phone_accounts
from storage.deployment import Question, SignInLink, Spend, WebSession
from storage.facts import Fact
from storage.inbox import Inbox, InboxState
from storage.media import Media
from storage.outbox import SETTLED, Outbox, OutboxState
from storage.people import BindCode, Staff
from storage.vault import Vault

STEP = 500  # rows a transaction
FAILED_KEPT = timedelta(hours=72)  # a message that could not be handled waits for the operator no longer
SAID_KEPT = timedelta(days=30)  # what the bot said
SPENDS_KEPT = timedelta(days=40)  # longer than the longest window, a month
MEDIA = "media:"  # how an inbox row names a stored file


def blank_talk(db: Session, now: datetime) -> int:
    """Blanks messages that are due (``now`` is business time, as ``forget_at`` is), and their files."""
    return _blank(db, db.scalars(select(Inbox).where(Inbox.forget_at <= now).order_by(Inbox.id).limit(STEP)).all())


def forget_person(db: Session, vault: Vault, accounts: Collection[int], now: datetime) -> None:
    """What was kept of these accounts beside their tickets, now that their person is erased: telephone numbers, what
    was learnt from their words, what waits for somebody's yes or stands on a list (``now`` is business time)."""
    phone_accounts.forget_numbers(db, vault, accounts)
    listening.forget_examples(db, accounts)
    candidates.forget_candidates(db, accounts, now)


def blank_failed(db: Session, wall: datetime) -> int:
    """Blanks messages that failed and that nobody ran again in time."""
    failed = (
        select(Inbox)
        .where(Inbox.state == InboxState.FAILED, Inbox.received_at <= wall - FAILED_KEPT)
        .where(or_(Inbox.raw.is_not(None), Inbox.text.is_not(None), Inbox.media.is_not(None)))
    )
    return _blank(db, db.scalars(failed.order_by(Inbox.id).limit(STEP)).all())


def remove_media(db: Session, wall: datetime) -> int:
    """Removes files that have expired. Of one that a ticket's history names, the row stays with its hash as proof."""
    due = select(Media.id).where(Media.expires_at <= wall, Media.bytes != b"").order_by(Media.id).limit(STEP)
    return _remove(db, db.scalars(due).all())


def blank_said(db: Session, wall: datetime) -> int:
    """Blanks what the bot said long ago."""
    old = select(Outbox.id).where(
        Outbox.state.in_(SETTLED), Outbox.text.is_not(None), Outbox.next_try_at <= wall - SAID_KEPT
    )
    gone = {"text": None, "card": null(), "code": None, "code_until": None}
    return _changed(db, update(Outbox).where(Outbox.id.in_(old.order_by(Outbox.id).limit(STEP))).values(gone))


def drop_expired(db: Session, now: datetime, wall: datetime) -> int:
    """Deletes binding codes, questions, sign-in links, browser sessions and pacing counters whose time is over; and the
    sessions of whoever has left, so that coming back opens none of them again.
    """
    left = select(Staff.id).where(~Staff.active)
    return sum(
        _changed(db, statement)
        for statement in (
            delete(BindCode).where(BindCode.expires_at <= now),
            delete(Question).where(Question.expires_at <= now),
            delete(WebSession).where(or_(WebSession.expires_at <= wall, WebSession.staff_id.in_(left))),
            delete(SignInLink).where(or_(SignInLink.expires_at <= wall, SignInLink.staff_id.in_(left))),
            delete(Spend).where(Spend.window_start <= wall - SPENDS_KEPT),
        )
    )


def _blank(db: Session, rows: Sequence[Inbox]) -> int:
    files = [row.media.removeprefix(MEDIA) for row in rows if row.media and row.media.startswith(MEDIA)]
    for row in rows:
        row.text = row.raw = row.media = row.forget_at = None
    db.flush()
    _unsay(db, [row.id for row in rows])
    if files:
        # The same file may be evidence, or still be named by a message that is kept.
        kept = select(Inbox.media).where(Inbox.media.in_([MEDIA + ref for ref in files]))
        named = {str(media).removeprefix(MEDIA) for media in db.scalars(kept)}
        unnamed = [ref for ref in files if ref not in named]
        _remove(db, db.scalars(select(Media.id).where(Media.ref.in_(unnamed), ~_in_history())).all())
    return len(rows)


def _unsay(db: Session, ids: Sequence[int]) -> None:
    """What the bot answered to talk, without any ticket, quotes it. Asked a day late it would ask about nothing."""
    answers = update(Outbox).where(Outbox.inbox_id.in_(ids), Outbox.ticket_id.is_(None))
    unheard = Outbox.state.in_((OutboxState.WAITING, OutboxState.NO_WAY))
    _changed(db, answers.where(unheard).values(state=OutboxState.DEAD, reason="forgotten"))
    _changed(db, answers.where(Outbox.state.in_(SETTLED)).values(text=None, card=null(), code=None, code_until=None))


def _remove(db: Session, ids: Sequence[int]) -> int:
    in_history = set(db.scalars(select(Media.id).where(Media.id.in_(ids), _in_history())))
    db.execute(update(Media).where(Media.id.in_(in_history)).values(bytes=b""))
    db.execute(delete(Media).where(Media.id.in_(set(ids) - in_history)))
    return len(ids)


def _in_history() -> ColumnElement[bool]:
    return or_(exists().where(Fact.media_id == Media.id), exists().where(Outbox.media_id == Media.id))


def _changed(db: Session, statement: Update | Delete) -> int:
    result = db.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount
