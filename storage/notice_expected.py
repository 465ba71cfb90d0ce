"""What past notices say about the next one: how many of those who were sent one looked at it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.notice_people import NoticePoint
from storage.notices import Ledger, LedgerState, Notice, NoticeKind, NoticeState, Purpose
from storage.people import Household

RECENT = 5  # notices that are looked at
A_DAY = timedelta(days=1)  # whoever has not looked by then mostly will not
FEW = 20_000  # households of a notice without a curve that are counted for it


def shares(db: Session, unit_id: int, now: datetime) -> list[float]:
    """Of the unit's latest notices that are a day old, which share of those who were sent it saw it. Newest first."""
    latest = (
        select(Notice)
        .where(
            Notice.unit_id == unit_id,
            Notice.purpose == Purpose.FIRST,
            Notice.kind != NoticeKind.DRILL,
            Notice.state == NoticeState.DONE,
            Notice.confirmed_at <= now - A_DAY,
        )
        .order_by(Notice.id.desc())
        .limit(RECENT)
    )
    found = [_sent_and_seen(db, notice) for notice in db.scalars(latest)]
    return [seen / sent for sent, seen in found if sent]


def _sent_and_seen(db: Session, notice: Notice) -> tuple[int, int]:
    """From its curve; a small one that has none is counted."""
    newest = select(NoticePoint.figures).where(NoticePoint.notice_id == notice.id).order_by(NoticePoint.at.desc())
    figures = db.scalars(newest.limit(1)).first()
    if figures is not None and "sent" in figures and "seen" in figures:
        return int(figures["sent"]), int(figures["seen"])
    if notice.households > FEW:
        return 0, 0
    counted = select(func.count(), func.count(Ledger.seen_at)).where(
        Ledger.notice_id == notice.id, Ledger.state == LedgerState.SENT
    )
    sent, seen = db.execute(counted).one()
    return sent, seen


def largest_community(db: Session) -> int:
    """How many households the largest community has."""
    sizes = select(func.count(Household.id).label("size")).group_by(Household.community_id).subquery()
    return db.scalar(select(func.max(sizes.c.size))) or 0
