"""谁负责三号楼, 三号楼归谁管: staff are told whose a house is, who is there now, and in no group a number to ring.

Sabotage that must turn these red: a number in a group; whoever is away named; a report taken for a question.
"""

from __future__ import annotations

import pytest

from storage.people import Building, Role, Unit, UnitKind
from tests.conversations.offices import employ
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

PRIVATELY = ["梧桐一网格：小赵、小钱，电话 0571-0001", "梧桐社区：周书记，电话 0571-0002", "现在值班：值班老何"]


@pytest.mark.parametrize(
    "words",
    [
        "谁负责三号楼",
        "三号楼归谁管",
        "3号楼谁管的",
        "请问3栋是谁的网格",
        "谁管着3号楼那边",
        "3号楼的网格员是谁",
        "3号楼的路灯归谁管",
        "三号楼二单元谁负责",
        "查 谁管 3号楼",
    ],
)
@pytest.mark.parametrize("who", ["小赵", "周书记", "派单员", "小刘"])
def test_whose_a_house_is(town: Stage, words: str, who: str) -> None:
    assert to(town.say(who, words), who)[0].splitlines() == ["梧桐里小区3号楼：", *PRIVATELY]
    assert not town.tickets()


def test_a_group_reads_no_number_and_only_where_the_bot_is_called(town: Stage) -> None:
    said = to(town.say("周书记", "三号楼归谁管", OFFICE, addressed=True), OFFICE)
    assert said == ["梧桐里小区3号楼：\n梧桐一网格：小赵、小钱\n梧桐社区：周书记\n现在值班：值班老何"]
    assert town.say("周书记", "三号楼归谁管", OFFICE) == []


def test_whoever_is_away_is_not_named(town: Stage) -> None:
    town.say("小赵", "请假 今天")
    assert "梧桐一网格：小钱，" in to(town.say("派单员", "谁负责三号楼"), "派单员")[0]
    town.say("小钱", "请假 今天")
    assert "梧桐一网格：现在没有人在岗，" in to(town.say("派单员", "谁负责三号楼"), "派单员")[0]
    town.say("派单员", "值班 今天 09:00-20:00 周书记")
    assert "现在值班：周书记" in to(town.say("派单员", "谁负责三号楼"), "派单员")[0]


def test_of_two_houses_of_one_number_the_one_that_is_ones_own(town: Stage) -> None:
    with town.app.writing() as db:
        community = db.query(Unit).filter_by(kind=UnitKind.COMMUNITY).one()
        grid = Unit(kind=UnitKind.GRID, name="梧桐二网格", parent_id=community.id)
        db.add(grid)
        db.flush()
        grid.path = f"{community.path}{grid.id}/"
        other = Unit(kind=UnitKind.ESTATE, name="河畔苑", parent_id=community.id, grid_id=grid.id)
        db.add(other)
        db.flush()
        other.path = f"{community.path}{other.id}/"
        db.add(Building(estate_id=other.id, name="1号楼"))
        company = Unit(kind=UnitKind.PROPERTY, name="河畔物业", parent_id=other.id)
        db.add(company)
        db.flush()
        company.path = f"{other.path}{company.id}/"
        employ(town, db, "小河", grid, Role.GRID_WORKER)
        employ(town, db, "大河", company, Role.PROPERTY)
    both = to(town.say("周书记", "1号楼归谁管"), "周书记")[0].splitlines()
    assert [line for line in both if line.endswith("：")] == ["梧桐里小区1号楼：", "河畔苑1号楼："]
    own = to(town.say("小河", "1号楼归谁管"), "小河")[0].splitlines()
    assert own[:4] == ["河畔苑1号楼：", "梧桐二网格：小河", "梧桐社区：周书记，电话 0571-0002", "河畔物业：大河"]
    named = to(town.say("小赵", "河畔苑1号楼归谁管"), "小赵")[0].splitlines()
    assert named[0] == "河畔苑1号楼："
    assert to(town.say("派单员", "河畔苑谁负责"), "派单员")[0].splitlines()[:2] == ["河畔苑：", "梧桐二网格：小河"]
    assert "没找到「9号楼」归谁管" in to(town.say("周书记", "谁管9号楼"), "周书记")[0]  # of which estate?


def test_a_community_by_its_name_is_no_tree(town: Stage) -> None:
    said = to(town.say("派单员", "梧桐社区归谁管"), "派单员")[0].splitlines()
    assert said == ["梧桐社区：", "梧桐社区：周书记，电话 0571-0002", "现在值班：值班老何"]
    assert not town.tickets()


@pytest.mark.parametrize("words", ["3号楼电梯坏了归谁管", "3号楼着火了谁管", "3号楼下水道堵了谁管"])
def test_what_is_broken_is_a_report(town: Stage, words: str) -> None:
    town.say("小赵", words)
    assert len(town.tickets()) == 1


def test_residents_are_told_nothing_of_the_desks(town: Stage) -> None:
    assert not any("小钱" in text for _, text in town.say("王阿姨", "三号楼归谁管", RESIDENTS, addressed=True))
