"""Whose a matter is: the red line where the table is silent, four fields that are no grid's, danger fenced first."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from storage.people import Unit, UnitKind
from storage.tickets import Desk
from tests.conversations.offices import with_departments
from tests.conversations.stage import RESIDENTS, Stage, to

FENCE = "先处置：请马上到现场围起来、把人疏散开，归谁管随后再定。"


@pytest.fixture
def silent(town: Stage) -> Stage:
    """A table of desks that says nothing."""
    with_departments(town)
    with town.app.writing() as db:
        db.execute(delete(Desk))
    return town


def desk(town: Stage, number: int = 1) -> str | None:
    with town.app.reading() as db:
        return db.scalar(select(Unit.name).where(Unit.id == town.ticket(number).desk_id))


def set_company(town: Stage, *, there: bool) -> None:
    """Whether the estate has a property company of its own."""
    with town.app.writing() as db:
        estate = db.scalars(select(Unit).where(Unit.kind == UnitKind.ESTATE)).one()
        company = db.scalars(select(Unit).where(Unit.kind == UnitKind.PROPERTY)).one()
        company.parent_id = estate.id if there else None
        company.path = f"{estate.path}{company.id}/" if there else f"/{company.id}/"


@pytest.mark.parametrize(("there", "whose"), [(True, "安居物业"), (False, "梧桐社区")])
def test_inside_the_red_line_the_company_or_else_the_community_comes_first(
    silent: Stage, there: bool, whose: str
) -> None:
    set_company(silent, there=there)
    silent.say("王阿姨", "三号楼电梯坏了两天了", RESIDENTS)
    assert desk(silent) == whose


def test_outside_it_the_department_and_where_nobody_knows_whoever_dispatches(silent: Stage) -> None:
    set_company(silent, there=True)
    silent.say("王阿姨", "解放路上有人占道摆摊，路都堵了", RESIDENTS)
    assert desk(silent) == "城管执法队"


@pytest.mark.parametrize(
    "said",
    [
        "三号楼楼顶有人私搭阳光房，没人管吗",
        "小区北门工地违规动火，电焊火花掉到楼下，太危险了",
        "门口流动摊贩把路都占了，天天卖到半夜",
        "四号楼有人群租，一套房住了二十几个人",
    ],
)
def test_enforcement_is_never_a_grids_however_it_is_called(town: Stage, said: str) -> None:
    town.say("王阿姨", said, RESIDENTS)
    assert desk(town) not in ("梧桐一网格", "梧桐社区", "梧桐里小区")
    holder = "孙队" if desk(town) else "派单员"
    answer = to(town.say(holder, "转派 1 梧桐一网格"), holder)
    assert "不能派给社区和网格" in answer[0] or "不能派给社区或网格" in answer[0]


def test_of_several_troubles_in_one_breath_only_the_one_that_is_enforced_is_held_back(town: Stage) -> None:
    town.say("王阿姨", "三号楼楼道灯坏了，另外东门口流动摊贩占道堵了路", RESIDENTS)
    desks = {ticket.category: desk(town, ticket.number) for ticket in town.tickets()}
    assert desks["building"] == "梧桐一网格"
    assert desks["encroachment"] == "城管执法队"


def test_what_a_stall_blocks_is_where_the_stall_is(town: Stage) -> None:
    """However many tickets it makes: the line says until when of each, and every card says where."""
    said = town.say("老周", "东门口小贩占道摆摊，把消防通道都堵了", RESIDENTS)
    [line] = to(said, RESIDENTS)
    shown = [message for message in town.heard if message.card is not None]
    assert {message.card.ticket for message in shown} == {ticket.number for ticket in town.tickets()}  # type: ignore[union-attr]
    for message in shown:
        assert message.card is not None
        fields = dict(message.card.fields)
        assert "东门" in fields["地点"]
        assert fields["接单"] in line


def test_danger_is_fenced_before_anybody_asks_whose_it_is(silent: Stage) -> None:
    set_company(silent, there=False)
    with silent.app.writing() as db:
        for unit in db.scalars(select(Unit).where(Unit.kind.in_((UnitKind.COMMUNITY, UnitKind.PROPERTY)))):
            unit.kind = UnitKind.CITY  # nobody is responsible by any rule
    said = silent.say("王阿姨", "三号楼门口井盖没了，孩子差点掉下去", RESIDENTS)
    assert desk(silent) is None
    for who in ("小赵", "小钱", "值班老何"):
        assert to(said, who)[0].startswith(FENCE)
        assert len(to(said, who)) == 1
    assert "routed" in silent.facts(1)


def test_a_department_far_away_is_not_the_only_one_called(town: Stage) -> None:
    with town.app.writing() as db:
        grid = db.scalars(select(Desk).where(Desk.category == "*")).one()
        grid.desk_kind, grid.desk_function = UnitKind.DEPARTMENT, "urban"
    said = town.say("王阿姨", "三号楼门口井盖没了，孩子差点掉下去", RESIDENTS)
    assert desk(town) == "城管执法队"
    assert not to(said, "孙队")[0].startswith(FENCE)
    assert to(said, "小赵")[0].startswith(FENCE)
    assert to(said, "值班老何")
