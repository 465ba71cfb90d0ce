"""What a platform reports later of what it took: a form that did not arrive, a message that failed, a finished job.

Reports come in like messages, by the same callbacks; nobody said them. What failed takes the next way. A failure of
something unknown may be another program's, or of a call that is not answered yet: so it is laid beside whatever is
being said to that person, for who settles it to look at, and else passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import notice_jobs
from bot.settling import failed_after_all
from bot.wiring import App
from handlers.message import Incoming
from storage.outbox import Outbox, OutboxState
from storage.people import Account


def heard(app: App, db: Session, incoming: Incoming, account: Account) -> bool:
    """Takes note of a report about what was said to that account. False: it is none."""
    reader = READERS.get(incoming.event)
    if reader is None:
        return False
    reader(app, db, incoming, account)
    return True


def _template(app: App, db: Session, incoming: Incoming, account: Account) -> None:
    status = incoming.data.get("status", "")
    if not status.startswith("success"):
        _form_failed(app, db, incoming, account, "template", status)


def _subscribed(app: App, db: Session, incoming: Incoming, account: Account) -> None:
    if incoming.data.get("error", "0") != "0":
        _form_failed(app, db, incoming, account, "subscribe", incoming.data.get("status", ""))


def _form_failed(app: App, db: Session, incoming: Incoming, account: Account, way: str, reason: str) -> None:
    job = incoming.data.get("job", "")
    if job and not _failed(app, db, account, way, job, reason):
        _lay_beside(db, account, way, job, reason)
        _failed(app, db, account, way, job, reason)  # its call was answered while we looked


def _failed(app: App, db: Session, account: Account, way: str, job: str, reason: str) -> bool:
    of_job = select(Outbox).where(Outbox.platform_id == job, Outbox.way == way, Outbox.account_id == account.id)
    row = db.scalars(of_job).first()
    if row is not None:
        failed_after_all(app, db, row, reason)
    return row is not None


def _lay_beside(db: Session, account: Account, way: str, job: str, reason: str) -> None:
    """Beside what is just being said to them that way: two emergencies may be under way."""
    said = select(Outbox).where(Outbox.account_id == account.id, Outbox.way == way, Outbox.state == OutboxState.LEASED)
    for row in db.scalars(said.with_for_update()).all():
        row.overtaken = {**(row.overtaken or {}), job: reason}


def _message(app: App, db: Session, incoming: Incoming, account: Account) -> None:
    ref, reason = incoming.data.get("message", ""), incoming.data.get("reason", "")
    row = db.scalars(select(Outbox).where(Outbox.ref == ref).with_for_update()).one_or_none()
    if row is None or row.account_id != account.id:
        return
    if row.state == OutboxState.LEASED:
        row.overtaken = {ref: reason}
    else:
        failed_after_all(app, db, row, reason)


def _finished(app: App, db: Session, incoming: Incoming, _account: Account) -> None:
    notice_jobs.finished(app, db, incoming)


READERS: Mapping[str, Callable[[App, Session, Incoming, Account], None]] = {
    "templatesendjobfinish": _template,
    "subscribe_msg_sent_event": _subscribed,
    "send_failed": _message,
    "masssendjobfinish": _finished,
}
