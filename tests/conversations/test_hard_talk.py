"""People as they are: in fragments, in a hurry, angry, joking, unsure where; each hears once, warmly, what is next."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from handlers.message import Kind
from storage.people import Building, Group
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to
from tests.conversations.test_where import Streets

DRAIN = "28号楼下水道堵了，臭水往外冒"


@pytest.fixture
def streets(town: Stage) -> Streets:
    return Streets(town)


def of_a_stranger(streets: Streets) -> Stage:
    """Somebody in private of whom nothing is known told of a lamp and was asked where."""
    streets.nobody_lives_anywhere()
    (asked,) = to(streets.town.say("生人", "路灯坏了好几天了"), "生人")
    assert "哪个小区的" in asked
    return streets.town


# --- the one question, and answers that are none


def test_nonsense_is_asked_once_more_and_then_left_to_staff(streets: Streets) -> None:
    town = of_a_stranger(streets)
    (again,) = to(town.say("生人", "香蕉"), "生人")
    assert again == (
        "补充到 1 号了。\n1 号还差在哪儿：回 1 梧桐里小区 还是 2 和平苑小区；说不清也没关系，工作人员会问您。"
    )
    assert "还差在哪儿" not in "".join(to(town.say("生人", "9"), "生人"))
    assert town.ticket(1).flagged == "no_place"
    assert "和平苑小区" in to(town.say("生人", "2"), "生人")[0]
    assert (town.ticket(1).unit_id, town.ticket(1).flagged) == (streets.heping, "no_place")  # which lamp?


@pytest.mark.parametrize("answer", ["和平", "梧桐里那边啊"])
def test_a_piece_of_a_name_is_enough(streets: Streets, answer: str) -> None:
    town = of_a_stranger(streets)
    assert "记在" in to(town.say("生人", answer), "生人")[0]
    assert town.ticket(1).unit_id == (streets.heping if answer == "和平" else streets.wutong)


def test_a_pin_that_names_nothing_known_is_heard(streets: Streets) -> None:
    town = of_a_stranger(streets)
    said = town.send("生人", Kind.LOCATION, text="[位置] 银河广场东门", data={"latitude": "30.1", "longitude": "120.2"})
    (heard,) = to(said, "生人")
    assert heard.startswith("位置补到 1 号了。\n1 号还差在哪儿：")
    assert "银河广场东门" in town.ticket(1).place


@pytest.mark.parametrize("insists", ["就是28号楼啊", "28", "28号楼，你是不是傻"])
def test_whoever_insists_is_not_moved_to_another_building(streets: Streets, insists: str) -> None:
    town = streets.town
    town.say("王阿姨", DRAIN, RESIDENTS)
    (heard,) = to(town.say("王阿姨", insists, RESIDENTS), "王阿姨")
    assert heard == "好，1 号就按您说的28号楼记着，找不到时工作人员会问您。"
    assert (town.ticket(1).place, town.ticket(1).building_id) == (["28号楼"], None)


@pytest.mark.parametrize("answer", ["7", "七号", "7幢"])
def test_another_building_by_its_number_alone(streets: Streets, answer: str) -> None:
    town = streets.town
    town.say("王阿姨", DRAIN, RESIDENTS)
    town.say("王阿姨", answer, RESIDENTS)
    assert town.ticket(1).place == ["7号楼"]


def test_a_neighbours_bare_number_answers_for_nobody(streets: Streets) -> None:
    town = streets.town
    town.say("王阿姨", DRAIN, RESIDENTS)
    assert town.say("老周", "1", RESIDENTS) == []
    assert town.ticket(1).place == ["28号楼"]
    assert "supported" not in town.facts(1)


def test_what_is_named_and_not_ours_does_not_stand_behind_our_name(streets: Streets) -> None:
    said = streets.town.say("李婶", "金桂苑那边垃圾堆成山了", RESIDENTS)
    assert any("金桂苑" in text and "梧桐里小区金桂苑" not in text for text in to(said, OFFICE))


def test_two_problems_are_asked_about_once_and_placed_together(streets: Streets) -> None:
    town = streets.town
    streets.nobody_lives_anywhere()
    (asked,) = to(town.say("生人", "路灯坏了好几天了，另外垃圾堆成山也没人收"), "生人")
    assert asked.count("哪个小区的") == 1
    assert to(town.say("生人", "2"), "生人") == ["好，1、2 号记在和平苑小区了，有人接手就告诉您。"]
    assert {ticket.unit_id for ticket in town.tickets()} == {streets.heping}
    assert {ticket.desk_id for ticket in town.tickets()} == {streets.heping_grid}


def test_a_tip_off_is_asked_nothing(streets: Streets) -> None:
    streets.nobody_lives_anywhere()
    streets.town.say("生人", "我举报有人群租，隔成好多小间")
    assert "记在" not in "".join(to(streets.town.say("生人", "1"), "生人"))


def test_a_short_list_of_buildings_says_nothing_about_where_it_is(streets: Streets) -> None:
    town = streets.town
    streets.nobody_lives_anywhere()
    with town.app.writing() as db:
        db.execute(delete(Building).where(Building.estate_id == streets.heping, Building.name != "1号楼"))
    town.intake.surroundings.forget()
    assert "哪个小区的" in to(town.say("生人", "8号楼路灯坏了好几天了"), "生人")[0]


def test_another_building_than_the_groups_own_is_not_taken_for_it(streets: Streets) -> None:
    town = streets.town
    with town.app.writing() as db:
        own = db.scalars(
            select(Building.id).where(Building.estate_id == streets.wutong, Building.name == "1号楼")
        ).one()
        db.scalars(select(Group).where(Group.kind == "residents")).first().building_id = own  # type: ignore[union-attr]
    town.intake.surroundings.forget()
    town.say("王阿姨", "28号楼路灯坏了好几天了", RESIDENTS)
    assert town.ticket(1).building_id is None


# --- putting it right


@pytest.mark.parametrize(
    "words",
    ["哎不对，还是5号楼", "5号楼", "哦是五号楼", "不好意思打错字了，五号", "是5号楼不是3号楼", "不是3号楼是5号楼"],
)
def test_another_place_right_behind_puts_the_first_one_right(town: Stage, words: str) -> None:
    town.say("王阿姨", "3号楼电梯坏了", RESIDENTS)
    assert to(town.say("王阿姨", words, RESIDENTS), "王阿姨") == ["1 号已按您说的更正。"]
    assert town.ticket(1).place[0].replace("五", "5") == "5号楼"
    assert len(town.tickets()) == 1


@pytest.mark.parametrize("words", ["5号楼也坏了", "5号楼呢", "5号楼来人了", "是不是5号楼？", "还有5号楼"])
def test_what_only_speaks_of_another_place_puts_nothing_right(town: Stage, words: str) -> None:
    town.say("王阿姨", "3号楼电梯坏了", RESIDENTS)
    town.say("王阿姨", words, RESIDENTS)
    assert "3号楼" in town.ticket(1).place
    assert "corrected" not in town.facts(1)


def test_a_corrected_building_stands_before_its_entrance(town: Stage) -> None:
    town.say("王阿姨", "3号楼2单元楼道灯不亮", RESIDENTS)
    town.say("王阿姨", "不是3号楼是5号楼", RESIDENTS)
    assert town.ticket(1).place == ["5号楼", "2单元"]


def test_wrong_but_what_is_right(town: Stage) -> None:
    town.say("王阿姨", "3号楼电梯坏了", RESIDENTS)
    (asked,) = to(town.say("王阿姨", "说错了", RESIDENTS), "王阿姨")
    assert asked == "1 号哪里不对？说一句对的就行，比如「5号楼」；要撤回说「没事了」。"
    town.say("王阿姨", "5号楼", RESIDENTS)
    assert town.ticket(1).place == ["5号楼"]


@pytest.mark.parametrize("words", ["刚才说错了，是5号楼", "不是2号楼是5号楼"])
def test_what_was_told_in_the_group_is_put_right_in_private(town: Stage, words: str) -> None:
    town.say("王阿姨", "2号楼电梯坏了", RESIDENTS)
    said = town.say("王阿姨", words)
    assert to(said, "王阿姨") == ["1 号已按您说的更正。"]
    assert to(said, RESIDENTS) == []
    assert town.ticket(1).place == ["5号楼"]


def test_nobody_takes_back_what_another_said(town: Stage) -> None:
    town.say("王阿姨", "3号楼电梯坏了", RESIDENTS)
    town.send("老周", Kind.RECALL, RESIDENTS, quoted=town.last_key)
    assert (town.ticket(1).status, "corrected" in town.facts(1)) == ("reported", False)


def test_what_was_dispatched_by_hand_stays_there_when_it_is_put_right(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "转办 1 安居物业")
    before = town.ticket(1).desk_id
    town.say("王阿姨", "不是3号楼是5号楼", RESIDENTS)
    assert (town.ticket(1).place, town.ticket(1).desk_id) == (["5号楼"], before)


# --- once, and never a wall


def test_ten_fragments_are_one_line_for_the_staff_group(town: Stage) -> None:
    town.say("王阿姨", "楼道灯不亮", RESIDENTS)
    lines = [to(town.say("王阿姨", word, RESIDENTS), OFFICE) for word in ("3号楼", "2单元", "黑得吓人", "一点光都没有")]
    assert sum(map(len, lines)) == 1
    town.wait(minutes=31)
    assert "added" in town.facts(1)


def test_in_private_fragments_are_answered_once_and_the_impatient_hear_where_it_stands(town: Stage) -> None:
    town.say("李婶", "三号楼电梯坏了")
    first = to(town.say("李婶", "人呢"), "李婶")
    assert first == ["让您久等了，话已转给经办的人。1（房屋电梯）：已登记，等人接手，最迟今天 11:00。"]
    assert to(town.say("李婶", "死哪去了"), "李婶") == []


@pytest.mark.parametrize(
    "words", ["我要找你们领导", "叫你们负责人来", "社区电话多少", "物业联系方式有吗", "打哪个电话"]
)
def test_whoever_asks_for_a_person_gets_one_also_in_the_middle_of_a_report(town: Stage, words: str) -> None:
    town.say("李婶", "三号楼电梯坏了")
    (heard,) = to(town.say("李婶", words), "李婶")
    assert "梧桐社区：周书记，电话 0571-0002，每天" in heard
    assert "12345" in heard


def test_an_angry_question_of_somebody_who_waits_is_no_cold_hint(town: Stage) -> None:
    town.say("老周", "5号楼垃圾桶没人收，臭死了", RESIDENTS)
    town.wait(hours=1)
    (heard,) = to(town.say("老周", "你们他妈的干什么吃的"), "老周")
    assert "1（环境卫生）：已登记，等人接手" in heard
    assert "没听出要报修的事" not in heard


def test_whoever_joined_and_is_not_understood_hears_of_what_they_joined(town: Stage) -> None:
    town.say("王阿姨", "3号楼电梯坏了", RESIDENTS)
    town.say("老周", "我家也是", RESIDENTS)
    (heard,) = to(town.say("老周", "讲岔了呀"), "老周")
    assert "1（房屋电梯）：已登记，等人接手" in heard


def test_what_was_dispatched_by_hand_stays_there_when_the_place_is_told(streets: Streets) -> None:
    town = streets.town
    town.say("王阿姨", "金桂苑3号楼电梯坏了，老人下不来", RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "转办 1 安居物业")
    before = town.ticket(1).desk_id
    town.say("王阿姨", "1", RESIDENTS)
    assert "placed" in town.facts(1)
    assert town.ticket(1).desk_id == before


def test_a_promise_that_was_not_kept_is_not_repeated_as_one(town: Stage) -> None:
    town.say("李婶", "三号楼门口路灯不亮")
    town.wait(hours=26)
    (heard,) = to(town.say("李婶", "进度"), "李婶")
    where, waited = heard.rsplit("。", 2)[0], heard.rsplit("。", 2)[1]
    assert where == "1（道路设施）：已登记，等人接手，本该昨天 17:00 前有人接手，晚了，正在催。急的话说「人工」找电话"
    assert waited == "您已经等了 1 天"


@pytest.mark.parametrize("group", [RESIDENTS, None])
def test_a_fire_wherever_it_is_is_never_answered_without_the_number(town: Stage, group: str | None) -> None:
    said = town.say("王阿姨", "对面小区着火了", group)
    assert "119" in "".join(text for name, text in said if name in (RESIDENTS, "王阿姨"))


def test_a_correction_makes_an_emergency_no_calmer(town: Stage) -> None:
    town.say("王阿姨", "3号楼有人困在电梯里出不来", RESIDENTS)
    category = town.ticket(1).category
    town.say("王阿姨", "说错了，是5号楼垃圾没人收", RESIDENTS)
    assert (town.ticket(1).urgency, town.ticket(1).category) == ("emergency", category)


@pytest.mark.parametrize(("name", "place"), [("3-2-501王阿姨", []), ("3号楼2单元501王阿姨", ["3号楼", "2单元"])])
def test_a_door_in_somebodys_name_stays_out_of_the_place(town: Stage, name: str, place: list[str]) -> None:
    town.say(name, "我家停电了", RESIDENTS)
    assert town.ticket(1).place == place


def test_a_joke_told_to_the_bot_opens_nothing(town: Stage) -> None:
    town.say("老周", "@机器人 我老婆打呼噜太响能不能报修", RESIDENTS, addressed=True)
    town.wait(minutes=11)
    assert town.tickets() == []


def test_an_old_neighbour_reports_in_due_form(town: Stage) -> None:
    """With name and number, as one does on paper. The number is on no line in the group."""
    heard = town.say("王阿姨", "您好，我是5号楼的老王，我家厕所漏水，电话13800001111")
    [ticket] = town.tickets()
    assert ticket.place == ["5号楼"]
    assert not any("13800001111" in text for who, text in heard if who.endswith("群"))
