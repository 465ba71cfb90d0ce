"""核查 by every role that may handle a ticket: never of one's own work, of a company's by nobody of the company."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.permissions import HANDLERS, NEVER_TOLD_WHO
from storage import directory
from storage.people import Post, Role, Staff, Unit, UnitKind
from tests.conversations.offices import employ
from tests.conversations.roles import WHERE, name_of, with_everybody
from tests.conversations.stage import RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
COLLEAGUE = "同事老丁"
PLACES = [*((role, UnitKind(WHERE[role])) for role in Role if role in HANDLERS), (Role.HANDLER, UnitKind.ENTERPRISE)]


def staff_of(town: Stage, db: Session, name: str) -> Staff:
    everybody = db.scalars(select(Staff).order_by(Staff.id))
    return next(one for one in everybody if directory.name_of(town.app.vault, one) == name)


def also_of_the_community(town: Stage, db: Session, name: str) -> None:
    """By the table they may say 核查: only whose work it was stops them."""
    community = db.scalars(select(Unit).where(Unit.kind == UnitKind.COMMUNITY)).one()
    staff = staff_of(town, db, name)
    if all((post.unit_id, post.role) != (community.id, Role.COMMUNITY) for post in staff.posts):
        db.add(Post(staff_id=staff.id, unit_id=community.id, role=Role.COMMUNITY))


@pytest.mark.parametrize(("role", "kind"), PLACES)
def test_nobody_verifies_their_own_work_nor_a_company_its_own(town: Stage, role: Role, kind: UnitKind) -> None:
    worker = "电梯老方" if kind == UnitKind.ENTERPRISE else name_of(role)
    with_everybody(town)
    with town.app.writing() as db:
        unit = db.scalars(select(Unit).where(Unit.kind == kind)).one()
        employ(town, db, COLLEAGUE, unit, role)
        for name in (worker, COLLEAGUE):
            also_of_the_community(town, db, name)
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", f"转派 1 {worker}")
    town.say(worker, "接单 1")
    town.say(worker, "办结 1 灯泡已换")
    assert town.ticket(1).status == "resolved"
    for way in ("核查 1 通过", "核查 1 不通过 还不亮"):
        assert "核查" in to(town.say(worker, way), worker)[0]
        assert town.ticket(1).status == "resolved", way
    town.press(worker, "verify_pass", 1)
    assert town.ticket(1).status == "resolved"
    town.say(COLLEAGUE, "核查 1 通过")
    assert town.ticket(1).status == ("resolved" if kind in NEVER_TOLD_WHO else "closed")
    town.say("周书记", "核查 1 通过")
    assert town.ticket(1).closing == "solved"
