"""What one person tells in one go: photos, voice, pins and words; two problems; putting it right; taking it back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.message import Kind
from storage.facts import Fact, FactKind
from storage.inbox import Inbox
from storage.tickets import Member
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
RUBBISH = "七号楼门口的垃圾三天没人收，臭死了"


def belongs_to(town: Stage, key: str) -> int | None:
    with town.app.reading() as db:
        ticket_id = db.scalars(select(Inbox.ticket_id).where(Inbox.key == key)).one()
    return next((row.number for row in town.tickets() if row.id == ticket_id), None)


def members(town: Stage, number: int) -> int:
    with town.app.reading() as db:
        return len(db.scalars(select(Member.id).where(Member.ticket_id == town.ticket(number).id)).all())


def corrections(town: Stage, number: int) -> list[dict[str, object]]:
    with town.app.reading() as db:
        mine = (Fact.ticket_id == town.ticket(number).id, Fact.kind == FactKind.CORRECTED)
        return list(db.scalars(select(Fact.data).where(*mine).order_by(Fact.id)))


# --- together


def test_photo_voice_pin_and_words_are_one_also_while_two_others_report_theirs(town: Stage) -> None:
    keys = []
    town.photo("王阿姨", RESIDENTS)
    keys.append(town.last_key)
    town.photo("老周", RESIDENTS)
    photo_of_zhou = town.last_key
    town.send("王阿姨", Kind.LOCATION, RESIDENTS, text="[位置] 梧桐里小区北门")
    keys.append(town.last_key)
    town.say("王阿姨", LAMP, RESIDENTS)
    keys.append(town.last_key)
    town.say("老周", RUBBISH, RESIDENTS)
    town.send("王阿姨", Kind.VOICE, RESIDENTS, media="test:voice")
    keys.append(town.last_key)
    assert {belongs_to(town, key) for key in keys} == {1}
    assert belongs_to(town, photo_of_zhou) == 2


def test_two_problems_in_one_burst_are_two_tickets_and_one_line(town: Stage) -> None:
    first = town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(minutes=2)
    second = town.say("王阿姨", "还有七号楼门口的垃圾三天没人收", RESIDENTS)
    assert len(to(first, RESIDENTS)) == 1
    assert to(second, RESIDENTS) == []
    assert [text for text in to(second, "王阿姨") if "编号 2" in text]
    assert [row.category for row in town.tickets()] == ["road_facility", "sanitation"]


def test_ones_own_photos_place_and_words_are_one_though_neighbours_say_the_same_between(town: Stage) -> None:
    town.photo("王阿姨", RESIDENTS)
    town.say("李婶", "哟，好多垃圾", RESIDENTS)
    town.say("王阿姨", "12号楼北边", RESIDENTS)
    town.say("老周", "臭死了吧", RESIDENTS)
    town.say("王阿姨", "三四天没人来收了", RESIDENTS)
    assert [(row.category, row.place) for row in town.tickets()] == [("sanitation", ["12号楼"])]
    assert town.facts(1).count("added") == 1
    assert members(town, 1) == 1


@pytest.mark.parametrize(
    ("before", "words", "place"),
    [
        ("5号楼这边", "楼道灯不亮了", ["5号楼"]),
        ("10号楼二单元", "纸箱子堆到三楼了", ["10号楼", "二单元", "三楼"]),
        ("北门那里", "地上好大一个坑，车都颠坏了", ["北门"]),
        ("5号楼的张姐在吗", "楼道灯不亮了", []),
        ("5号楼这边", "小区门口路灯不亮了", ["小区门口"]),
    ],
)
def test_the_place_in_a_line_of_its_own_before(town: Stage, before: str, words: str, place: list[str]) -> None:
    town.say("王阿姨", before, RESIDENTS)
    town.say("老周", "早", RESIDENTS)
    town.say("王阿姨", words, RESIDENTS)
    assert [row.place for row in town.tickets()] == [place]


@pytest.mark.parametrize("words", ["5号楼2单元，有人管吗", "5号楼2单元这边，什么时候来修", "5号楼2单元，有人来修吗"])
def test_whoever_asks_and_says_where_has_said_where(town: Stage, words: str) -> None:
    town.say("王阿姨", "楼道灯坏了", RESIDENTS)
    town.say("王阿姨", words, RESIDENTS)
    assert [row.place for row in town.tickets()] == [["5号楼", "2单元"]]


LIST = "1. 3号楼门口垃圾桶满了三天没人收 2. 5号楼楼道灯不亮 3. 儿童乐园滑梯裂了"


@pytest.mark.parametrize(
    "words",
    [
        LIST,
        "1.3号楼门口垃圾桶满了没人收2.5号楼楼道灯不亮3.儿童乐园滑梯裂了",
        "各位领导，反映几个问题：\n1、3号楼垃圾没人收\n2、5号楼楼道灯不亮\n3、儿童乐园滑梯裂了",
        "第一，3号楼垃圾三天没人收；第二，5号楼楼道灯不亮；第三，儿童乐园滑梯裂了",
        "说三个事\n3号楼垃圾三天没人收\n5号楼楼道灯不亮\n儿童乐园滑梯裂了",
    ],
)
def test_each_point_of_a_list_is_a_ticket_in_its_own_place(town: Stage, words: str) -> None:
    said = town.say("王阿姨", words, RESIDENTS)
    assert [row.category for row in town.tickets()] == ["sanitation", "building", "road_facility"]
    assert [row.place for row in town.tickets()] == [["3号楼"], ["5号楼"], ["儿童乐园"]]
    assert to(said, RESIDENTS) == ["收到，记成3件：1、2、3，最迟今天 17:00 有人接手。"]


@pytest.mark.parametrize(
    "words",
    [
        "4号楼电梯坏了\n6楼老人下不来\n物业电话没人接",
        "1、我家楼上漏水 2、漏了三天了 3、打物业电话没人来",
        "5号楼2单元漏水，还有602也漏",
        "3号楼停水了，还有5号楼也没水",
        "1、3号楼都停水了",
    ],
)
def test_one_trouble_in_several_lines_is_one(town: Stage, words: str) -> None:
    town.say("王阿姨", words, RESIDENTS)
    assert len(town.tickets()) == 1


def test_points_stand_below_the_place_above_them_and_come_one_message_after_another(town: Stage) -> None:
    town.say("王阿姨", "5号楼的问题：1）电梯老坏 2）门禁刷不开", RESIDENTS)
    assert [row.place for row in town.tickets()] == [["5号楼"], ["5号楼"]]
    town.say("老周", "第一，7号楼垃圾站没人清", RESIDENTS)
    town.say("老周", "第二，地库B区灯全灭了", RESIDENTS)
    assert [row.category for row in town.tickets()][2:] == ["sanitation", "building"]


@pytest.mark.parametrize(
    "words", ["南门的路灯不亮，另外东门的路灯也不亮", "三单元门口的灯不亮，还有小区北门那个减速带翘起来了"]
)
def test_two_of_one_kind_in_two_places_are_two(town: Stage, words: str) -> None:
    town.say("王阿姨", words, RESIDENTS)
    assert len(town.tickets()) == 2


@pytest.mark.parametrize(("photos", "each"), [(1, [1, 1, 1]), (2, [2, 2, 2]), (3, [1, 1, 1])])
def test_photos_before_a_list_are_of_all_of_it_or_one_of_each(town: Stage, photos: int, each: list[int]) -> None:
    for _ in range(photos):
        town.photo("王阿姨", RESIDENTS)
    town.say("王阿姨", LIST, RESIDENTS)
    assert [town.facts(number).count("added") for number in (1, 2, 3)] == each


def test_a_later_report_of_the_same_person_has_a_line_of_its_own(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(minutes=20)
    assert len(to(town.say("王阿姨", RUBBISH, RESIDENTS), RESIDENTS)) == 1


def test_an_emergency_in_a_burst_is_said_aloud(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    said = town.say("王阿姨", "另外五号楼二单元着火了，快来人", RESIDENTS)
    assert any("119" in text for text in to(said, RESIDENTS))


def test_another_thing_named_right_behind_a_report_is_no_part_of_it(town: Stage) -> None:
    town.say("王阿姨", "3号楼电梯又坏了", RESIDENTS)
    town.say("王阿姨", "路灯也不亮了", RESIDENTS)
    assert belongs_to(town, town.last_key) != 1


# --- put right


@pytest.mark.parametrize(
    "words",
    [
        "说错了是5号楼",
        "不是3号楼是5号楼",
        "打错了，5号楼",
        "更正：5号楼",
        "不对，是5号楼的",
        "写错咧 5号楼",
        "5号楼，刚才讲错了",
        "手误，5号楼那边",
        "弄错了，是5号楼",
        "搞错了是5号楼的",
        "看错楼号了，是5号楼",
    ],
)
def test_a_correction_moves_it_and_is_heard_once(town: Stage, words: str) -> None:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    said = town.say("王阿姨", words, RESIDENTS)
    assert (len(town.tickets()), town.ticket(1).place) == (1, ["5号楼"])
    assert to(said, RESIDENTS) == []
    assert to(said, "王阿姨") == ["1 号已按您说的更正。"]
    assert len(to(said, OFFICE)) == 1
    [fact] = corrections(town, 1)
    assert (fact["before"]["place"], fact["after"]["place"]) == (["3号楼"], ["5号楼"])  # type: ignore[index]


def test_of_two_tickets_that_one_is_put_right_which_names_the_wrong_place(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("王阿姨", "还有7号楼门口的垃圾三天没人收", RESIDENTS)
    town.say("王阿姨", "不是3号楼，是2号楼", RESIDENTS)
    assert [row.place for row in town.tickets()] == [["2号楼"], ["7号楼"]]


def test_another_matter_than_was_first_said_goes_to_its_desk(town: Stage) -> None:
    town.say("王阿姨", "五号楼门口的垃圾堆了三天没人收", RESIDENTS)
    said = town.say("王阿姨", "说错了，是五号楼门口有人摆摊占道，路都堵死了", RESIDENTS)
    ticket = town.ticket(1)
    assert (len(town.tickets()), ticket.category) == (1, "encroachment")
    assert [text for name, text in said if name == "孙队" and "新工单 1" in text]
    after = corrections(town, 1)[0]["after"]
    assert (after["category"], after["desk"]) == ("encroachment", ticket.desk_id)  # type: ignore[index]


def test_nobody_puts_right_what_somebody_else_said(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("老周", "说错了，是5号楼", RESIDENTS)
    assert "5号楼" not in town.ticket(1).place


# --- taken back


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("2号楼后面井盖没了，差点掉进去", "搞错了，有人用砖头挡着"),
        ("2号楼后面井盖没了，差点掉进去", "看错了，已经有人拿锥桶围起来了"),
        ("2号楼后面井盖没了，差点掉进去", "看错了，盖子在旁边，洞还敞着"),
        ("4号楼电梯困人了，快来", "搞错了，里面还有两个人"),
        ("3号楼后面草坪着火了", "不好意思弄错了，火还没灭"),
        ("3号楼门口路灯坏了", "没事了，不过旁边还有一个坏的"),
        ("3号楼门口路灯坏了", "看错了，是旁边那个灯"),
        ("3号楼门口路灯坏了", "你看错了吧"),
        ("3号楼门口路灯坏了", "不是物业搞错了吗"),
    ],
)
def test_a_mistake_of_which_something_is_left_ends_nothing(town: Stage, told: str, words: str) -> None:
    town.say("王阿姨", told, RESIDENTS)
    town.say("王阿姨", words, RESIDENTS)
    assert [row.status for row in town.tickets()] == ["reported"]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("3号楼后面草坪着火了", "看错了，是灯光"),
        ("3号楼后面草坪着火了", "虚惊一场，是有人烧纸"),
        ("2号楼后面井盖没了，差点掉进去", "看错了看错了，盖子在的"),
        ("2号楼后面井盖没了，差点掉进去", "不好意思各位，看错了"),
        ("3号楼门口路灯坏了", "没事了没事了，不过还是谢谢大家"),
        ("3号楼门口路灯坏了", "弄错了，是我家电表欠费"),
        ("3号楼门口路灯坏了", "看错了，没坏"),
    ],
)
def test_a_mistake_of_which_nothing_is_left_ends_it(town: Stage, told: str, words: str) -> None:
    town.say("王阿姨", told, RESIDENTS)
    town.say("王阿姨", words, RESIDENTS)
    assert [row.status for row in town.tickets()] == ["withdrawn"]


def test_taking_the_first_words_back_withdraws_what_nobody_took(town: Stage) -> None:
    town.photo("王阿姨", RESIDENTS)
    town.say("王阿姨", LAMP, RESIDENTS)
    town.send("王阿姨", Kind.RECALL, RESIDENTS, quoted=town.last_key)
    assert town.ticket(1).status == "withdrawn"


def test_after_acceptance_whoever_has_it_is_told_to_ask(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    key = town.last_key
    town.say("小赵", "接单 1")
    said = town.send("王阿姨", Kind.RECALL, RESIDENTS, quoted=key)
    assert to(said, "小赵") == ["1 号报事人撤回了原话，请先跟报事人确认还要不要办。"]
    assert town.ticket(1).status == "accepted"
    assert town.send("王阿姨", Kind.RECALL, RESIDENTS, quoted=key) == []


def test_taking_an_addition_back_takes_only_its_words(town: Stage) -> None:
    town.say("王阿姨", LAMP)
    town.say("小赵", "接单 1")
    town.say("王阿姨", "就在老李头家窗户底下那盏")
    key = town.last_key
    said = town.send("王阿姨", Kind.RECALL, quoted=key)
    assert to(said, "小赵") == ["1 号报事人撤回了后来补充的一句，不用理它。"]
    with town.app.reading() as db:
        assert db.scalars(select(Inbox.text).where(Inbox.key == key)).one() is None
    assert "老李头" not in "".join(text for _, text in town.say("小赵", "查 1"))
    assert town.ticket(1).status == "accepted"


def test_whoever_takes_me_too_back_is_out_of_it_and_nobody_is_bothered(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("李婶", "我家也是", RESIDENTS)
    assert members(town, 1) == 2
    assert town.send("李婶", Kind.RECALL, RESIDENTS, quoted=town.last_key) == []
    assert members(town, 1) == 1


def test_another_thing_of_the_same_category_by_somebody_else_is_another_ticket(town: Stage) -> None:
    town.say("王阿姨", "五号楼停水了，一滴都没有", RESIDENTS)
    town.say("老周", "五号楼二单元停电了，跳闸跳个不停", RESIDENTS)
    assert len(town.tickets()) == 2
    town.say("李婶", "五号楼真没水，水龙头拧开啥都没有", RESIDENTS)
    assert len(town.tickets()) == 2


@pytest.mark.parametrize(
    ("first", "second", "category"),
    [
        ("3号楼灯坏了", "水也停了", "utilities"),
        ("电梯坏了", "路灯也不亮了", "road_facility"),
        ("下水道堵了", "垃圾也没人收", "sanitation"),
    ],
)
def test_another_thing_that_is_broken_too_is_a_second_ticket(
    town: Stage, first: str, second: str, category: str
) -> None:
    """也 made it sound like more of the first, and it was lost."""
    town.say("王阿姨", first, RESIDENTS)
    town.wait(minutes=1)
    town.say("王阿姨", second, RESIDENTS)
    assert [ticket.category for ticket in town.tickets()][1:] == [category]


def test_what_stands_still_in_a_power_cut_is_no_ticket_of_its_own(town: Stage) -> None:
    for words in ("我们楼停电了", "电梯也停了", "楼道全黑"):
        town.say("王阿姨", words, RESIDENTS)
    assert len(town.tickets()) == 1


def test_a_pin_says_the_house_once(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    town.send("王阿姨", Kind.LOCATION, RESIDENTS, text="[位置] 梧桐里小区3号楼")
    assert town.tickets()[0].place == ["梧桐里小区3号楼"]


def test_whoever_works_on_it_hears_of_a_photo_once_and_the_group_of_nothing(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    said = town.photo("王阿姨", RESIDENTS)
    assert to(said, "小赵") == ["1 号报事人补充了照片。"]
    assert to(said, RESIDENTS) == to(town.send("王阿姨", Kind.VOICE, RESIDENTS, media="test:voice"), RESIDENTS) == []
    assert town.photo("王阿姨", RESIDENTS) == []


@pytest.mark.parametrize("chat", [RESIDENTS, None])
@pytest.mark.parametrize(
    ("first", "smell"),
    [
        ("东门口垃圾堆了三天", "还有臭味"),
        ("3号楼下水道堵了", "还有一股臭味，熏得开不了窗"),
        ("3号楼垃圾桶满了没人收", "而且味道很大"),
    ],
)
def test_a_mere_smell_comes_of_what_smells(town: Stage, first: str, smell: str, chat: str | None) -> None:
    town.say("老周", first, chat)
    town.say("老周", smell, chat)
    assert (len(town.tickets()), "added" in town.facts(1)) == (1, True)


@pytest.mark.parametrize(
    ("first", "another"),
    [("3号楼门口路灯坏了", "还有臭味"), ("3号楼下水道堵了", "还有股煤气味"), ("3号楼下水道堵了", "还有5号楼一股臭味")],
)
def test_a_smell_of_something_else_does_not(town: Stage, first: str, another: str) -> None:
    town.say("老周", first, RESIDENTS)
    said = town.say("老周", another, RESIDENTS)
    assert len(town.tickets()) == 2 or "登记成报事吗" in to(said, "老周")[0]
    assert "added" not in town.facts(1)


@pytest.mark.parametrize("first", ["3号楼门口路灯坏了", "3号楼停电了", "楼上半夜装修太吵了", "3号楼单元门坏了"])
def test_nothing_smells_of_a_lamp_or_of_noise(town: Stage, first: str) -> None:
    town.say("老周", first)
    (answer,) = to(town.say("老周", "还有臭味"), "老周")
    assert answer.startswith("收到，已登记，编号 2（油烟异味")
    town.say("李婶", first, RESIDENTS)
    assert to(town.say("李婶", "还有味道", RESIDENTS), "李婶") == []
    assert not any("added" in town.facts(row.number) for row in town.tickets())
