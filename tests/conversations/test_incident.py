"""The same trouble told in several chats: one incident, of which everybody hears."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.web import board
from handlers.matter.incident import RANK
from handlers.rules import deadlines
from storage import tickets
from storage.facts import FactKind
from storage.people import Building, Group, Household, Resident
from tests.conversations.incidents import DRY, GARDEN, LIFT, LINE, SECOND, THIRD, facts, group, led_by, live_in
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


@pytest.fixture
def two(town: Stage) -> Stage:
    """One outage, told in two groups."""
    group(town, SECOND)
    town.say("王阿姨", DRY, RESIDENTS)
    return town


# --- told in another group


def test_an_outage_told_in_two_groups_is_one_incident(two: Stage) -> None:
    two.wait(minutes=20)
    said = two.say("李婶", "咋回事啊，5号楼水龙头没水了", SECOND)
    assert to(said, SECOND) == [LINE]
    assert not any(name in (OFFICE, "小赵") and "新工单" in text for name, text in said)
    assert (two.ticket(2).status, led_by(two, 2)) == ("merged", 1)
    [fact] = facts(two, 2, FactKind.MERGED)
    assert fact["into"] == 1
    assert {"category:utilities", "subject:water", "place:beside", "minutes:20"} <= set(fact["because"])  # type: ignore[call-overload]
    assert facts(two, 1, FactKind.MERGED)[0]["from"] == 2
    two.say("小赵", "接单 1")
    said = two.say("小赵", "进展 1 水厂在抢修")
    assert to(said, "李婶") == to(said, "王阿姨") == ["您报的 1 号正在处理：水厂在抢修"]
    two.say("小赵", "办结 1 已恢复供水")
    said = two.wait(minutes=1)
    assert to(said, "李婶") == to(said, "王阿姨") != []
    said = two.say("王阿姨", "好了")
    assert any("1 号" in text for text in to(said, "李婶"))


def test_neighbours_of_the_second_group_join_what_was_merged(two: Stage) -> None:
    two.say("李婶", "5号楼水龙头没水了", SECOND)
    said = two.say("老周", "我家也是", SECOND)
    assert to(said, "老周") == ["已并入 1 号，同样会通知您。"]
    two.say("小赵", "接单 1")
    assert to(two.say("小赵", "进展 1 在修"), "老周") == ["您报的 1 号正在处理：在修"]


def test_the_incident_knows_its_buildings_and_households(two: Stage) -> None:
    live_in(two, "3号楼", ["王阿姨"])
    live_in(two, "5号楼", ["李婶", "老周"])
    two.say("李婶", "水龙头没水了，咋回事", SECOND)
    two.say("老周", "我家也是", SECOND)
    looked = "".join(to(two.say("小赵", "查 1"), "小赵"))
    assert "涉及 3号楼（1 户）、5号楼（2 户），共 3 户" in looked
    assert "并入的：2" in looked
    assert "涉及 3号楼、5号楼，3 户" in "".join(to(two.say("小赵", "待办"), "小赵"))
    two.say("小赵", "转派 1 物业")
    cards = [message.card for message in two.heard if message.card is not None and message.card.ticket == 1]
    assert ("涉及", "3号楼、5号楼，3 户") in cards[-1].fields
    with two.app.reading() as db:
        rows = board.newest(db, 5)
        plain = [board.row(db, two.app.vault, two.app.policy, row, with_words=False) for row in rows]
        shown = {row.number: row.extent for row in board.with_extents(db, rows, plain)}
    assert shown[1] == "3号楼、5号楼，3 户"


def test_everybody_behind_one_door_is_one_household(two: Stage) -> None:
    live_in(two, "5号楼", ["李婶", "老周"])
    with two.app.writing() as db:
        door = select(Household.id).join(Building, Building.id == Household.building_id).where(Building.name == "5号楼")
        people = db.scalars(select(Resident).where(Resident.household_id.in_(door))).all()
        people[1].household_id = people[0].household_id
    two.say("李婶", "水龙头没水了，咋回事", SECOND)
    two.say("老周", "我家也是", SECOND)
    assert "5号楼（1 户）" in "".join(to(two.say("小赵", "查 1"), "小赵"))


def test_a_new_building_is_told_to_whoever_works_on_it(two: Stage) -> None:
    two.say("小赵", "接单 1")
    said = two.say("李婶", "5号楼水龙头没水了", SECOND)
    [line] = to(said, "小赵")
    assert line.startswith("1 号又有人报同一件事，涉及 3号楼、5号楼，2 户。")
    assert "都是水电气暖" in line
    assert "拆分 2" in line


def test_in_private_one_is_told_all_of_it(two: Stage) -> None:
    said = two.say("李婶", "家里水龙头没水了，一滴都没有")
    [heard] = to(said, "李婶")
    assert heard.startswith("收到，记为 2 号。和 1 号像是同一件，已并入 1，同样会通知您。")
    assert [row.status for row in two.tickets()] == ["reported", "merged"]


def test_an_outage_crosses_to_the_next_estate_once_several_groups_tell_it(two: Stage) -> None:
    group(two, GARDEN, "桂花苑小区")
    group(two, THIRD)
    said = two.say("老周", "桂花苑水龙头没水了", GARDEN)
    assert led_by(two, 2) == 2
    assert any("像是同一件：#1，回复「并案 2 1」" in text for name, text in said if name == OFFICE)
    two.say("李婶", "5号楼水龙头没水了", SECOND)
    assert led_by(two, 3) == 1
    group(two, "桂花苑二群")
    with two.app.writing() as db:
        rows = {row.chat: row for row in db.scalars(select(Group))}
        rows["桂花苑二群"].unit_id = rows[GARDEN].unit_id
    two.say("孙阿姨", "停水了，水龙头一滴都没有", "桂花苑二群")
    assert led_by(two, 4) in (1, 2)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (DRY, "三号楼停电了，啥电都没有"),  # another thing comes in by another wire
        (LIFT, "八号楼的电梯停在四楼不动了，按了没反应"),
        ("五号楼电梯坏了，停在三楼不动", "五号楼门禁坏了，单元门关不上"),
        ("三号楼有户人家养狗，狗天天晚上叫个不停", "三号楼装修电钻响了一下午，吵死了"),
    ],
)
def test_what_is_about_something_else_or_elsewhere_stays_apart(town: Stage, first: str, second: str) -> None:
    group(town, SECOND)
    town.say("王阿姨", first, RESIDENTS)
    town.say("李婶", second, SECOND)
    assert [row.status for row in town.tickets()] == ["reported", "reported"]


def test_the_same_lift_hours_later_is_the_same(town: Stage) -> None:
    group(town, SECOND)
    town.say("王阿姨", LIFT, RESIDENTS)
    town.wait(hours=5)
    said = town.say("李婶", "五号楼电梯坏了没人修吗，老人下不来", SECOND)
    assert (to(said, SECOND), led_by(town, 2)) == ([LINE], 1)


def test_after_it_was_done_it_is_a_new_matter(two: Stage) -> None:
    two.say("小赵", "接单 1")
    two.say("小赵", "办结 1 已恢复供水")
    two.say("李婶", "5号楼水龙头没水了", SECOND)
    assert led_by(two, 2) == 2


# --- never


def test_what_was_said_in_confidence_merges_with_nothing(town: Stage) -> None:
    group(town, SECOND)
    town.say("王阿姨", "举报五号楼楼顶有人违建，搭了个彩钢房")
    town.say("李婶", "五号楼楼顶有人搭彩钢房，违建没人管", SECOND)
    assert town.ticket(1).confidential
    assert {row.status for row in town.tickets()} == {"reported"}
    assert "像是同一件" not in "".join(message.text for message in town.heard)
    assert "保密" in "".join(text for _, text in town.say("派单员", "并案 2 1"))
    assert {row.status for row in town.tickets()} == {"reported"}


def test_trouble_at_home_merges_with_nothing(town: Stage) -> None:
    group(town, SECOND)
    town.say("王阿姨", "三号楼2单元有人打架，打得头破血流，快来人", RESIDENTS)
    town.say("李婶", "三号楼2单元，我老公又打我，救命", SECOND)
    assert all(row.status != "merged" for row in town.tickets())


def test_an_emergency_is_never_merged_into_something_calmer(town: Stage) -> None:
    group(town, SECOND)
    town.say("王阿姨", "三号楼燃气灶打不着火，没气了", RESIDENTS)
    assert town.ticket(1).urgency != "emergency"
    said = town.say("李婶", "三号楼好重的煤气味！快来人", SECOND)
    assert (town.ticket(2).urgency, led_by(town, 2)) == ("emergency", 2)
    assert any("119" in text for text in to(said, SECOND))


def test_one_fire_seen_from_two_groups_is_one(town: Stage) -> None:
    group(town, SECOND)
    town.say("王阿姨", "三号楼着火了，好大的烟", RESIDENTS)
    town.wait(minutes=3)
    said = town.say("李婶", "三号楼着火了快打119", SECOND)
    assert led_by(town, 2) == 1
    assert to(said, SECOND) == ["先撤离，打 119！收到，已并入 1 号一起办，同样会通知您。"]
    assert not any("紧急 2" in text for _, text in said)
    town.wait(minutes=5)
    town.say("老周", "五号楼着火了！", SECOND)
    assert led_by(town, 3) == 3


# --- the promise


def test_the_promise_counts_from_the_earliest_word(town: Stage) -> None:
    group(town, SECOND)
    town.wait(minutes=50)
    earlier = town.now - timedelta(minutes=40)
    town.say("王阿姨", DRY, RESIDENTS)
    due = town.ticket(1).accept_due
    town.say("李婶", "5号楼水龙头没水了", SECOND, said_at=earlier)
    assert (led_by(town, 2), town.ticket(1).accept_due) == (1, due - timedelta(minutes=40))
    reminded = town.wait(hours=7, minutes=21)
    assert any("1" in text and "接单" in text for text in to(reminded, "小赵"))


SPREAD = (
    "{n}号楼门口路灯坏了",
    "{n}号楼电梯停了，上不去",
    "{n}号楼门口的垃圾三天没人收",
    "{n}号楼下水道堵了，污水往外冒",
)


@pytest.mark.parametrize("seed", [6, 7, 11])
def test_however_they_are_merged_the_earliest_promise_of_all_holds(town: Stage, seed: int) -> None:
    """In any order, one into another, some of them accepted: never later than the earliest, never before its word."""
    draw = random.Random(seed)
    for building, words in zip(draw.sample(range(1, 20), 4), draw.sample(SPREAD, 4), strict=True):
        town.say("王阿姨", words.format(n=building))
        town.wait(minutes=draw.randint(1, 90))
    apart = list(town.tickets())
    assert len(apart) == 4
    for row in apart:
        if draw.random() < 0.3:
            town.say("小赵", f"接单 {row.number}")
    left = [row.number for row in apart]
    while len(left) > 1:
        town.say("周书记", f"并案 {' '.join(str(number) for number in draw.sample(left, 2))}")
        left = [row.number for row in town.tickets() if row.status != "merged"]
    lead = town.ticket(left[0])
    first, gravest = min(row.opened_at for row in apart), max((row.urgency for row in apart), key=RANK.__getitem__)
    assert (lead.opened_at, lead.urgency) == (first, gravest)
    fresh = deadlines.resolve_by(first, gravest, town.app.policy)
    assert fresh is not None
    assert lead.resolve_due == min(fresh.due, *(row.resolve_due for row in apart if row.resolve_due is not None))
    if lead.status == "reported":
        accept = deadlines.accept_by(first, gravest, town.app.policy)
        assert lead.accept_due == min(accept.due, *(row.accept_due for row in apart)) > first


def test_by_hand_the_earliest_leads_with_the_highest_urgency(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    town.wait(hours=1)
    town.say("老周", "七号楼门口的垃圾三天没人收，臭死了", RESIDENTS)
    with town.app.writing() as db:
        first, second = (tickets.by_number(db, number) for number in (1, 2))
        assert first is not None
        assert second is not None
        first.urgency, second.urgency = "ordinary", "urgent"
        first.resolve_due = first.opened_at + timedelta(days=3)
    said = town.say("小赵", "并案 1 2")
    assert any("已把 2 并入 1 号" in text for text in to(said, "小赵"))
    assert (led_by(town, 2), town.ticket(1).urgency) == (1, "urgent")
    assert town.ticket(1).resolve_due == town.ticket(1).opened_at + timedelta(hours=24)
    town.say("小赵", "拆分 2")
    assert (town.ticket(1).urgency, town.ticket(1).resolve_due) == (
        "ordinary",
        town.ticket(1).opened_at + timedelta(days=3),
    )


# --- the lift of one's own house


def _lift_in_two_groups(town: Stage, first: str, second: str) -> list[str]:
    group(town, SECOND)
    live_in(town, "3号楼", ["老周"])
    live_in(town, "5号楼", ["李婶"])
    town.say("王阿姨", first, RESIDENTS)
    town.wait(minutes=10)
    return to(town.say("老周", second, SECOND), SECOND)


@pytest.mark.parametrize("second", ["3号楼电梯又停了", "3栋的电梯不动了", "电梯坏了", "我们楼电梯坏了"])
def test_the_lift_of_a_house_told_in_a_second_group_is_the_same(town: Stage, second: str) -> None:
    assert _lift_in_two_groups(town, "3号楼电梯坏了", second) == [LINE]
    assert [row.status for row in town.tickets()] == ["reported", "merged"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("5号楼电梯坏了", "电梯坏了"),  # theirs is another
        ("3号楼电梯坏了", "地下车库的电梯坏了"),
        ("3号楼电梯坏了", "8号楼电梯坏了"),
    ],
)
def test_another_lift_is_another(town: Stage, first: str, second: str) -> None:
    _lift_in_two_groups(town, first, second)
    assert [row.status for row in town.tickets()] == ["reported", "reported"]


def test_after_days_staff_are_asked_whether_it_is_the_lift_that_nobody_mended(town: Stage) -> None:
    group(town, SECOND)
    town.say("王阿姨", "3号楼电梯坏了", RESIDENTS)
    town.wait(hours=50)
    said = town.say("李婶", "3号楼电梯坏了几天了", SECOND)
    assert any("像是同一件：#1，回复「并案 2 1」" in text for name, text in said if name == OFFICE)
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 换了主板")
    said = town.say("老周", "3号楼电梯又坏了", SECOND)
    assert not any("#1" in text for _, text in said)


def test_where_they_live_stands_on_no_card(town: Stage) -> None:
    group(town, SECOND)
    live_in(town, "3号楼", ["老周"])
    town.say("老周", "电梯坏了", SECOND)
    assert town.heard
    assert not any("3号楼" in message.text for message in town.heard)
