"""Where it is: named, completed, doubted, asked once and answered in whatever way people answer."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from handlers.message import Kind
from storage.listening import Landmark
from storage.people import Account, Building, Unit, UnitKind
from storage.tickets import Desk
from tests.conversations.doors import Doors
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


@dataclass
class Streets:
    """Two estates of one community with eight buildings each, each with a grid of its own, and a road department."""

    town: Stage
    wutong: int = 0
    heping: int = 0
    heping_grid: int = 0
    municipal: int = 0

    def __post_init__(self) -> None:
        doors = Doors(self.town)
        self.wutong, self.heping = doors.estate_id, doors.estate("和平苑小区")
        with self.town.app.writing() as db:
            db.get_one(Unit, self.wutong).nicknames = "梧桐里"
            estate = db.get_one(Unit, self.heping)
            estate.nicknames = "和平苑"
            community = db.get_one(Unit, estate.parent_id)
            grid = Unit(parent_id=community.id, kind=UnitKind.GRID, name="和平苑网格", path="")
            road = Unit(
                parent_id=community.parent_id, kind=UnitKind.DEPARTMENT, name="市政养护处", function="municipal"
            )
            db.add_all([grid, road])
            db.flush()
            grid.path = f"{community.path}{grid.id}/"
            road.path = f"/{community.parent_id}/{road.id}/"
            estate.grid_id, self.heping_grid, self.municipal = grid.id, grid.id, road.id
            street = community.parent_id or 0
            row = {"category": "road_facility", "desk_kind": UnitKind.DEPARTMENT, "desk_function": "municipal"}
            db.add(Desk(unit_id=street, area="道路", **row))
            for number in range(1, 9):
                if number != 3:
                    db.add(Building(estate_id=self.wutong, name=f"{number}号楼"))
                if number < 7:
                    db.add(
                        Building(estate_id=self.heping, name=f"{number}号楼", nicknames="大白楼" if number == 5 else "")
                    )
        self.town.intake.surroundings.forget()

    def nobody_lives_anywhere(self) -> None:
        with self.town.app.writing() as db:
            for account in db.scalars(select(Account).where(Account.staff_id.is_(None))):
                account.resident_id = account.unit_id = None

    def landmark(self, name: str, unit_id: int, *, outside: bool = False) -> None:
        with self.town.app.writing() as db:
            db.add(Landmark(unit_id=unit_id, name=name, outside=outside, added_at=self.town.now))
        self.town.intake.surroundings.forget()


@pytest.fixture
def streets(town: Stage) -> Streets:
    return Streets(town)


def test_a_name_nobody_registered_does_not_fall_back_silently(streets: Streets) -> None:
    town = streets.town
    (line,) = to(town.say("王阿姨", "金桂苑3号楼电梯坏了，老人下不来", RESIDENTS), RESIDENTS)
    assert line.endswith("\n1 号是在 1 梧桐里小区 还是 2 金桂苑？回数字就行。")
    assert town.ticket(1).flagged == "elsewhere"
    said = town.say("王阿姨", "2", RESIDENTS)
    assert to(said, RESIDENTS) == []
    assert "不在我这儿登记的小区里" in to(said, "王阿姨")[0]
    assert town.ticket(1).flagged == "elsewhere"
    assert any("金桂苑" in text for text in to(said, "小赵"))


def test_it_was_ours_after_all(streets: Streets) -> None:
    town = streets.town
    town.say("王阿姨", "金桂苑3号楼电梯坏了，老人下不来", RESIDENTS)
    said = town.say("王阿姨", "1", RESIDENTS)
    assert "记在梧桐里小区" in to(said, "王阿姨")[0]
    assert town.ticket(1).flagged is None
    assert town.facts(1).count("placed") == 1
    assert town.ticket(1).place == ["3号楼"]
    town.say("王阿姨", "1", RESIDENTS)
    assert town.facts(1).count("placed") == 1


@pytest.mark.parametrize("answer", ["2", "２", "第二个", "和平苑", "是和平苑小区的", "和平苑那边"])
def test_the_question_is_answered_as_people_answer(streets: Streets, answer: str) -> None:
    town = streets.town
    streets.nobody_lives_anywhere()
    (asked,) = to(town.say("生人", "3号楼路灯坏了好几天了"), "生人")
    assert "1 号是哪个小区的？1 梧桐里小区 还是 2 和平苑小区？" in asked
    (heard,) = to(town.say("生人", answer), "生人")
    assert heard == "好，1 号记在和平苑小区3号楼了，有人接手就告诉您。"
    ticket = town.ticket(1)
    assert (ticket.unit_id, ticket.desk_id, ticket.flagged) == (streets.heping, streets.heping_grid, None)
    assert ticket.building_id is not None


def test_a_pin_answers_too_and_is_kept(streets: Streets) -> None:
    town = streets.town
    streets.nobody_lives_anywhere()
    town.say("生人", "路灯坏了好几天了，黑灯瞎火")
    town.send("生人", Kind.LOCATION, text="[位置] 和平苑小区南门", data={"latitude": "30.1", "longitude": "120.2"})
    ticket = town.ticket(1)
    assert ticket.unit_id == streets.heping
    assert "和平苑小区南门" in ticket.place


def test_without_an_answer_it_goes_in_flagged(streets: Streets) -> None:
    town = streets.town
    streets.nobody_lives_anywhere()
    town.say("生人", "3号楼路灯坏了好几天了")
    assert "好" in to(town.say("生人", "不知道"), "生人")[0]
    town.wait(hours=30)
    assert (town.ticket(1).flagged, town.ticket(1).status) == ("no_place", "reported")
    assert "记在" not in "".join(to(town.say("生人", "1"), "生人"))


def test_a_building_that_only_one_estate_has_needs_no_question(streets: Streets) -> None:
    town = streets.town
    streets.nobody_lives_anywhere()
    (answer,) = to(town.say("生人", "8号楼路灯坏了好几天了"), "生人")
    assert "哪个小区" not in answer
    assert town.ticket(1).unit_id == streets.wutong


@pytest.mark.parametrize("named", ["8号楼", "一栋"])
def test_where_a_list_of_buildings_is_short_the_only_one_called_so_may_not_be_the_only_one(
    streets: Streets, named: str
) -> None:
    town = streets.town
    streets.nobody_lives_anywhere()
    with town.app.writing() as db:
        for building in db.scalars(select(Building).where(Building.estate_id == streets.heping)):
            db.delete(building)
        first = select(Building).where(Building.estate_id == streets.wutong, Building.name == "1号楼")
        db.scalars(first).one().nicknames = "一栋"
    town.intake.surroundings.forget()
    (answer,) = to(town.say("生人", f"{named}的楼道灯坏了三天了"), "生人")
    assert "哪个小区" in answer
    assert town.ticket(1).building_id is None


@pytest.mark.parametrize("twice", [False, True])
def test_a_house_that_people_have_a_name_for_tells_the_estate(streets: Streets, twice: bool) -> None:
    town = streets.town
    streets.nobody_lives_anywhere()
    if twice:
        with town.app.writing() as db:
            of_wutong = select(Building).where(Building.estate_id == streets.wutong, Building.name == "8号楼")
            db.scalars(of_wutong).one().nicknames = "大白楼"
        town.intake.surroundings.forget()
    (answer,) = to(town.say("生人", "大白楼的楼道灯坏了三天了"), "生人")
    assert ("哪个小区" in answer) is twice
    if not twice:
        ticket = town.ticket(1)
        with town.app.reading() as db:
            building = db.get_one(Building, ticket.building_id)
            assert (ticket.unit_id, building.name) == (streets.heping, "5号楼")


def test_a_building_that_does_not_exist_is_said_kindly(streets: Streets) -> None:
    town = streets.town
    (line,) = to(town.say("王阿姨", "28号楼下水道堵了，臭水往外冒", RESIDENTS), RESIDENTS)
    assert line.endswith("1 号想再问一句：梧桐里小区没有 28 号楼，是 1 8号楼 还是 2 2号楼？回数字或楼号都行。")
    assert town.ticket(1).building_id is None
    town.say("王阿姨", "是5号楼", RESIDENTS)
    ticket = town.ticket(1)
    assert (ticket.place, ticket.flagged) == (["5号楼"], None)
    assert ticket.building_id is not None


@pytest.mark.parametrize("number", ["三", "3", "３"])
def test_the_building_is_found_however_its_number_is_written(streets: Streets, number: str) -> None:
    town = streets.town
    town.say("王阿姨", f"{number}幢楼下垃圾堆了三天没人收", RESIDENTS)
    assert town.ticket(1).building_id is not None
    assert town.ticket(1).flagged is None


def test_another_estate_of_ours_is_named_in_this_ones_group(streets: Streets) -> None:
    town = streets.town
    (line,) = to(town.say("王阿姨", "和平苑2号楼的垃圾堆到路上来了，三天没人收", RESIDENTS), RESIDENTS)
    assert "\n" not in line
    assert (town.ticket(1).unit_id, town.ticket(1).desk_id) == (streets.heping, streets.heping_grid)


def test_the_estate_across_the_road_is_asked_for(streets: Streets) -> None:
    town = streets.town
    (line,) = to(town.say("王阿姨", "对面小区半夜还在施工，吵得睡不着", RESIDENTS), RESIDENTS)
    assert line.endswith("1 号是在 1 和平苑小区 还是 2 都不是？回数字就行。")
    assert town.ticket(1).flagged == "elsewhere"
    town.say("王阿姨", "1", RESIDENTS)
    assert (town.ticket(1).unit_id, town.ticket(1).desk_id) == (streets.heping, streets.heping_grid)


def test_outside_the_red_line_the_department_goes_first(streets: Streets) -> None:
    town = streets.town
    town.say("王阿姨", "建设路上的路灯坏了好几天了，黑灯瞎火", RESIDENTS)
    assert (town.ticket(1).area, town.ticket(1).desk_id) == ("道路", streets.municipal)
    town.wait(hours=8)
    town.say("老周", "3号楼门口路灯坏了半个月了", RESIDENTS)
    assert town.ticket(2).area is None
    assert town.ticket(2).desk_id != streets.municipal


def test_a_registered_landmark_says_which_estate_and_which_side(streets: Streets) -> None:
    town = streets.town
    streets.landmark("老槐树", streets.heping)
    streets.landmark("三角地", streets.wutong, outside=True)
    streets.nobody_lives_anywhere()
    town.say("生人", "老槐树底下路灯坏了好几天了")
    assert (town.ticket(1).unit_id, town.ticket(1).area) == (streets.heping, None)
    town.say("另一个生人", "三角地那边路灯坏了好几天了")
    assert (town.ticket(2).unit_id, town.ticket(2).desk_id) == (streets.wutong, streets.municipal)


def test_a_building_is_known_by_its_nickname(streets: Streets) -> None:
    town = streets.town
    town.say("王阿姨", "和平苑大白楼电梯坏了，老人下不来", RESIDENTS)
    assert town.ticket(1).place[-1] == "大白楼"
    assert town.ticket(1).building_id is not None


def test_staff_of_several_estates_are_asked_which(streets: Streets) -> None:
    town = streets.town
    said = town.say("周书记", "巡查发现3号楼门口垃圾堆了三天没人收", OFFICE)
    assert any("1 梧桐里小区 还是 2 和平苑小区" in text for text in to(said, OFFICE))
    town.say("周书记", "2", OFFICE)
    assert town.ticket(1).unit_id == streets.heping


def test_two_problems_are_asked_about_once(streets: Streets) -> None:
    town = streets.town
    streets.nobody_lives_anywhere()
    (answer,) = to(town.say("生人", "3号楼路灯坏了，另外5号楼的垃圾三天没人收"), "生人")
    assert answer.count("哪个小区") == 1


def test_a_question_about_the_end_is_answered_before_that_about_the_place(streets: Streets) -> None:
    """Whoever was asked where, and then whether it is done, means the later question."""
    town = streets.town
    town.say("王阿姨", "金桂苑3号楼电梯坏了，老人下不来")
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 已修好")
    assert town.ticket(1).status == "resolved"
    town.say("王阿姨", "1")
    assert "记在" not in "".join(to([(m.person or "", m.text) for m in town.heard], "王阿姨"))


def test_somebody_elses_number_answers_nothing(streets: Streets) -> None:
    town = streets.town
    town.say("王阿姨", "金桂苑3号楼电梯坏了，老人下不来", RESIDENTS)
    town.say("老周", "1", RESIDENTS)
    assert town.ticket(1).flagged == "elsewhere"


@pytest.mark.parametrize("words", ["活着没意思，不想活了", "楼道灯也坏了"])
def test_the_estate_that_was_said_a_minute_ago_is_not_asked_again(town: Stage, words: str) -> None:
    town.say("生人", "梧桐里小区5号楼下水道堵了")
    said = town.say("生人", words)
    assert "哪个小区" not in "".join(to(said, "生人"))
    assert town.tickets()[-1].place == ["5号楼"]
    assert any("梧桐里小区5号楼" in text for text in to(said, "小赵"))
