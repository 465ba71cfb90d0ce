"""催看 of a notice: to whoever was sent it and has not read it, as a notice of its own; now, or when a timer rings.

A plan is one timer at a time: ringing, it makes the reminder and the next timer in one transaction, so that it happens
once, however many clocks run. It never rings at night, and it ends when nobody is unread, when the notice is cancelled
or no longer valid. The signatures of the notice cover the reminders that were planned of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from handlers.message import Member, Replies, Reply
from handlers.notice import issuing, notice_drafting
from handlers.notice.notice_drafting import Writer
from handlers.rules import notice_hours
from handlers.rules.deadlines import Policy
from handlers.wording import notice_control as wording
from handlers.wording.times import when
from storage import listening, notice_audience, notice_ledger
from storage.base import JsonObject, new_ref
from storage.notice_audience import AS_OF, SENT_OF, UNSEEN_OF
from storage.notice_doors import Doors
from storage.notices import Notice, NoticeState, Purpose
from storage.people import Household, Staff, Unit
from storage.timers import Timer
from storage.vault import Vault

KIND = "notice:remind"  # a timer
APART = timedelta(hours=1)  # between two reminders of one notice
DAY = timedelta(days=1)
SENT = (NoticeState.SENDING, NoticeState.DONE)


# --- to whom, and as what


def unread(db: Session, notice: Notice, now: datetime) -> int:
    """How many households were sent it, have not read it by now, and were not told at their door."""
    path = db.get_one(Unit, notice.unit_id).path
    theirs = notice_audience.matching(db, path, _audience(notice, now))
    return db.scalar(select(func.count()).select_from(Household).where(theirs)) or 0


def _audience(notice: Notice, now: datetime) -> JsonObject:
    return {SENT_OF: notice.id, UNSEEN_OF: notice.id, AS_OF: now.isoformat()}


def of_whom(db: Session, notice: Notice) -> Notice:
    """What a reminder reminds of; another notice itself."""
    while notice.purpose == Purpose.REMIND and notice.of_id is not None:
        notice = db.get_one(Notice, notice.of_id)
    return notice


def latest(db: Session, notice: Notice, now: datetime) -> Notice | None:
    """A reminder of it that went out within the last hour."""
    query = select(Notice).where(
        Notice.of_id == notice.id, Notice.purpose == Purpose.REMIND, Notice.confirmed_at > now - APART
    )
    return db.scalars(query.where(Notice.state != NoticeState.CANCELLED).order_by(Notice.id.desc()).limit(1)).first()


def draft(writer: Writer, notice: Notice) -> Notice:
    """A reminder of a notice, not confirmed: the same in everything but to whom. Older drafts of one are dropped."""
    older = update(Notice).where(
        Notice.of_id == notice.id, Notice.purpose == Purpose.REMIND, Notice.state == NoticeState.DRAFT
    )
    dropped = {"state": NoticeState.CANCELLED, "cancelled_at": writer.now, "done_at": writer.now}
    writer.db.execute(older.values(**dropped, version=Notice.version + 1))
    made = notice_ledger.open_draft(
        writer.db,
        writer.vault,
        unit_id=notice.unit_id,
        author_id=writer.staff.id,
        text=notice_drafting.words_of(writer, notice),
        now=writer.now,
    )
    made.purpose, made.of_id, made.kind = Purpose.REMIND, notice.id, notice.kind
    made.audience, made.in_groups = _audience(notice, writer.now), False
    for name in ("source", "reason", "link", "picture_id", "voice_id", "valid_from", "valid_until"):
        setattr(made, name, getattr(notice, name))
    writer.db.flush()
    return made


# --- plans


def planned(db: Session, notice: Notice) -> Timer | None:
    """When it is reminded next."""
    mine = select(Timer).where(Timer.kind == KIND, Timer.notice_id == notice.id, Timer.state == "waiting")
    return db.scalars(mine.order_by(Timer.due_at, Timer.id).limit(1)).first()


def plan(db: Session, notice: Notice, staff: Staff, at: datetime, times: int) -> None:
    """Reminds at ``at`` and on the days after it, ``times`` in all. An older plan of this notice is dropped."""
    stop(db, notice)
    _set(db, notice, at, {"staff": staff.id, "left": times, "plan": new_ref(), "at": at.isoformat()})


def stop(db: Session, notice: Notice) -> bool:
    """Drops what was planned; whether there was anything."""
    mine = select(Timer).where(Timer.kind == KIND, Timer.notice_id == notice.id, Timer.state == "waiting")
    rows = db.scalars(mine.with_for_update()).all()
    for row in rows:
        row.state = "stopped"
    db.flush()
    return bool(rows)


def _set(db: Session, notice: Notice, at: datetime, data: JsonObject) -> None:
    name = f"notice:{notice.number}:remind:{data['plan']}:{data['left']}"
    while db.scalar(select(Timer.id).where(Timer.name == name)) is not None:
        name += ":late"
    db.add(Timer(name=name, kind=KIND, notice_id=notice.id, due_at=at, data=data))
    db.flush()


# --- when the timer rings


def ring(db: Session, vault: Vault, now: datetime, policy: Policy, timer: Timer) -> Replies:
    """A planned reminder is due. The caller has marked the timer fired in the same transaction."""
    notice = db.scalars(select(Notice).where(Notice.id == timer.notice_id).with_for_update()).one()
    morning = notice_hours.by_day(now, policy.notices)
    if morning > now:  # a clock that was down says it by day
        _set(db, notice, morning, dict(timer.data))
        return []
    staff = db.get_one(Staff, int(timer.data["staff"]))
    if not issuing.may_issue(staff.posts if staff.active else (), db.get_one(Unit, notice.unit_id), notice.kind):
        return [Reply(wording.STOPPED_LEFT.format(number=notice.number), to=Member(notice.author_id), name=timer.name)]
    words = _ended(db, notice, now)
    if words is None:
        words = _missed(db, notice, now) or _send(db, vault, policy, notice, staff, now)
        words += _next(db, notice, timer, now)
    return [Reply(words, to=Member(staff.id), name=timer.name)]


def _ended(db: Session, notice: Notice, now: datetime) -> str | None:
    """Why there is nothing to remind of any more."""
    if notice.state == NoticeState.CANCELLED:
        return wording.STOPPED_CANCELLED.format(number=notice.number)
    if notice.valid_until is not None and notice.valid_until <= now:
        return wording.STOPPED_OVER.format(number=notice.number)
    if notice.state == NoticeState.DONE and not unread(db, notice, now):
        return wording.ALL_READ.format(number=notice.number)
    return None


def _missed(db: Session, notice: Notice, now: datetime) -> str | None:
    """Why it is not reminded of just now."""
    if notice.paused_at is not None:
        return wording.MISSED_PAUSED.format(number=notice.number)
    if notice.state not in SENT or not unread(db, notice, now):
        return wording.MISSED_UNSENT.format(number=notice.number)
    if latest(db, notice, now) is not None:
        return wording.MISSED_LATELY.format(number=notice.number)
    return None


def _send(db: Session, vault: Vault, policy: Policy, notice: Notice, staff: Staff, now: datetime) -> str:
    writer = Writer(db, vault, now, policy.notices, staff, lambda: Doors((), now, now))
    made = draft(writer, notice)
    notice_drafting.bind(writer, made)
    made.state, made.confirmed_at, made.confirmed_by_id = NoticeState.CONFIRMED, now, staff.id
    listening.note_change(
        db, f"notice:{notice.number}", "reminded", now, staff_id=staff.id, data={"by": made.number, "planned": True}
    )
    db.flush()
    return wording.WENT.format(number=notice.number, count=made.counted, child=made.number)


def _next(db: Session, notice: Notice, timer: Timer, now: datetime) -> str:
    left = int(timer.data["left"]) - 1
    if left < 1:
        return wording.LAST
    at = datetime.fromisoformat(timer.data["at"]) + DAY  # as planned, however late this one was
    while at <= now:
        at += DAY
    _set(db, notice, at, {**timer.data, "left": left, "at": at.isoformat()})
    return wording.NEXT.format(at=when(at, now))
