"""Whose own work a ticket is: whoever did it, and of property companies and departments everybody of the unit.

They never say that it is well: neither by 核查, nor as the reporter, nor as somebody who stands in.
"""

from __future__ import annotations

from collections.abc import Set

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.permissions import NEVER_TOLD_WHO
from storage import directory, endings
from storage.facts import FactKind
from storage.origins import PROXY
from storage.people import Account, Staff
from storage.tickets import Ticket


def is_own(ctx: Context, ticket: Ticket) -> bool:
    """Whether whoever is speaking would judge their own work, or that of their own company or department."""
    staff = ctx.who.staff
    if staff is None:
        return False
    did = endings.workers(ctx.db, ticket)
    return bool(did & ctx.who.hands) or bool(_units(ctx.db, ticket, did) & {post.unit_id for post in staff.posts})


def reported_by_its_handler(db: Session, ticket: Ticket, doors: Set[str]) -> bool:
    """Whether the only one who could say that it is well is who did it: their silence closes nothing.

    So is what they told for somebody (代报) whom none of the ``doors`` reaches. What somebody found on a patrol and
    mended there and then is counted apart instead.
    """
    if ticket.self_handled:
        return False
    reporter = db.get_one(Account, ticket.reporter_id)
    told = reporter.staff_id
    if ticket.source == PROXY and reporter.door not in doors:
        opened = endings.newest(db, ticket, FactKind.OPENED)
        told = opened.staff_id if opened is not None else None
    return told is not None and told in endings.workers(db, ticket)


def _units(db: Session, ticket: Ticket, did: frozenset[int]) -> set[int]:
    """The companies and departments that did it."""
    desk = directory.unit_of(db, ticket.desk_id)
    units = {desk.id} if desk is not None and desk.kind in NEVER_TOLD_WHO else set()
    people = (db.get_one(Staff, number) for number in did)
    posts = [post for staff in people for post in staff.posts]
    return units | {post.unit_id for post in posts if post.unit.kind in NEVER_TOLD_WHO}
