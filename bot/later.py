"""What a platform reports later of what it took: a form that did not arrive, a message that failed, a finished job.

Reports come in like messages, by the same callbacks; nobody said them. What failed takes the next way. A report of
something unknown is passed over: it may be another program's, or, should it overtake the answer to the very call it
is about, our own; then the row stays ``sent``, which is what the platform said at the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import notice_jobs
from bot.settling import step_on
from bot.wiring import App
from handlers.message import Incoming
from storage.outbox import Outbox, OutboxState
from storage.people import Account

BLOCKED = "block"  # "failed:user block": they do not want to hear from us


def heard(app: App, db: Session, incoming: Incoming) -> bool:
    """Takes note of a report. False: it is none."""
    reader = READERS.get(incoming.event)
    if reader is None:
        return False
    reader(app, db, incoming)
    return True


def _template(app: App, db: Session, incoming: Incoming) -> None:
    status = incoming.data.get("status", "")
    if not status.startswith("success"):
        _failed(app, db, _by_platform(db, incoming, "template"), status)


def _subscribed(app: App, db: Session, incoming: Incoming) -> None:
    if incoming.data.get("error", "0") != "0":
        _failed(app, db, _by_platform(db, incoming, "subscribe"), incoming.data.get("status", ""))


def _message(app: App, db: Session, incoming: Incoming) -> None:
    row = db.scalars(select(Outbox).where(Outbox.ref == incoming.data.get("message", ""))).one_or_none()
    if row is not None and _through(db, row, incoming.door):
        _failed(app, db, row, incoming.data.get("reason", ""))


def _by_platform(db: Session, incoming: Incoming, way: str) -> Outbox | None:
    job = incoming.data.get("job", "")
    rows = db.scalars(select(Outbox).where(Outbox.platform_id == job, Outbox.way == way)).all() if job else ()
    return next((row for row in rows if _through(db, row, incoming.door)), None)


def _through(db: Session, row: Outbox, door: str) -> bool:
    return row.account_id is not None and db.get_one(Account, row.account_id).door == door


def _failed(app: App, db: Session, row: Outbox | None, reason: str) -> None:
    if row is None or row.state != OutboxState.SENT or row.account_id is None:
        return
    row.state, row.reason = OutboxState.DEAD, f"the platform: {reason}"[:80]
    if BLOCKED in reason:
        db.get_one(Account, row.account_id).follows = False
    db.flush()
    step_on(app, db, row)


READERS: Mapping[str, Callable[[App, Session, Incoming], None]] = {
    "templatesendjobfinish": _template,
    "subscribe_msg_sent_event": _subscribed,
    "send_failed": _message,
    "masssendjobfinish": notice_jobs.finished,
}
