"""What was announced where: notices that went out, and what staff wrote into a residents' group themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.inbox import Inbox
from storage.notice_people import GroupPost
from storage.notices import Ledger, LedgerState, Notice, NoticeState
from storage.people import Account, Group, Household, Unit

FEW = 20  # rows that are looked at
OWED = "owed"  # a group's row: it was said there


def groups_of(db: Session, unit: Unit | None) -> Sequence[int]:
    """The residents' groups of a place."""
    if unit is None:
        return []
    return db.scalars(select(Group.id).where(Group.unit_id == unit.id, Group.kind == "residents")).all()


def notices(db: Session, group_ids: Collection[int], resident_id: int | None, since: datetime) -> Sequence[Notice]:
    """Notices that these groups, or a household of this person, were told of since then; none that was cancelled."""
    told = select(GroupPost.notice_id).where(GroupPost.group_id.in_(group_ids), GroupPost.state == OWED)
    ways = [Notice.id.in_(told)]
    if resident_id is not None:
        homes = select(Household.id).where(Household.contact_id == resident_id)
        sent = Ledger.state.in_((LedgerState.SENT, LedgerState.UNKNOWN))
        ways.append(Notice.id.in_(select(Ledger.notice_id).where(Ledger.household_id.in_(homes), sent)))
    went_out = Notice.confirmed_at >= since, Notice.state != NoticeState.CANCELLED
    return db.scalars(select(Notice).where(*went_out, or_(*ways)).order_by(Notice.id.desc()).limit(FEW)).all()


def by_staff(db: Session, group_ids: Collection[int], since: datetime) -> Sequence[Inbox]:
    """What staff wrote in these groups since then and is still known."""
    staff = select(Account.id).where(Account.staff_id.is_not(None))
    said = Inbox.sender_id.in_(staff), Inbox.group_id.in_(group_ids), Inbox.said_at >= since
    kept = Inbox.text.is_not(None), Inbox.recalled_at.is_(None)
    return db.scalars(select(Inbox).where(*said, *kept).order_by(Inbox.said_at.desc()).limit(FEW)).all()
