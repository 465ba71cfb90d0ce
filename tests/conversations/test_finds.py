"""巡查: what staff write into their own group of what they found, one find behind the other, and work talk between."""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to
from tests.conversations.test_group_talk import ticket_of

HYDRANT = "今天7号楼巡查，消防栓没水"


def found(town: Stage) -> list[tuple[str, list[str]]]:
    return [(row.category, row.place) for row in town.tickets()]


def test_what_names_another_building_is_never_part_of_an_earlier_find(town: Stage) -> None:
    town.say("小赵", HYDRANT, OFFICE)
    assert town.say("小赵", "3号楼101堆的杂物已经清了", OFFICE) == []
    assert ticket_of(town, town.last_key) is None
    town.say("小赵", "@小助手 5号楼2单元门禁坏了", OFFICE, addressed=True)
    assert found(town) == [("fire_safety", ["7号楼"]), ("building", ["5号楼", "2单元"])]
    assert town.facts(1) == ["opened"]


def test_several_finds_of_one_walk_are_several_tickets(town: Stage) -> None:
    for words in ("5号楼楼道堆物，已劝导", "6号楼消防栓没水", "7号楼门禁坏了", "7号楼3单元楼道里停了两辆电动车"):
        town.say("小赵", words, OFFICE)
    assert [place[0] for _, place in found(town)] == ["5号楼", "6号楼", "7号楼", "7号楼"]


@pytest.mark.parametrize(
    "words",
    [
        "今天巡查情况：\n1. 5号楼楼道堆放杂物\n2. 6号楼消防栓没水\n3. 7号楼门禁坏了",
        "5号楼楼道堆放杂物\n6号楼消防栓没水\n7号楼门禁坏了",
        "巡查发现5号楼楼道堆放杂物，6号楼消防栓没水，7号楼门禁坏了，都拍照了",
    ],
)
def test_one_message_with_a_list_of_finds_is_a_ticket_each_with_its_own_words(town: Stage, words: str) -> None:
    said = town.say("小赵", words, OFFICE)
    assert [place for _, place in found(town)] == [["5号楼"], ["6号楼"], ["7号楼"]]
    cards = [text for text in to(said, "小钱") if text.startswith("新工单")]
    assert ["门禁" in card for card in cards] == [False, False, True]


def test_the_building_above_a_list_is_that_of_all_its_points(town: Stage) -> None:
    town.say("小赵", "7号楼：1、消防栓没水 2、楼道灯不亮 3、单元门关不上", OFFICE)
    assert [place for _, place in found(town)] == [["7号楼"]] * 3


def test_the_same_once_more_elsewhere_is_a_ticket_that_says_what(town: Stage) -> None:
    town.say("小赵", "2号楼楼道有杂物", OFFICE)
    for words in ("3号楼也有", "4号楼同样的问题"):
        said = town.say("小赵", words, OFFICE)
        assert f"{words}（和 1 号一样：2号楼楼道有杂物）" in to(said, "小钱")[0]
    assert found(town) == [("fire_safety", [place]) for place in ("2号楼", "3号楼", "4号楼")]


def test_on_a_walk_less_is_enough_and_the_building_is_the_one_they_are_in(town: Stage) -> None:
    town.say("小钱", "2栋单元门闭门器坏了", OFFICE)
    town.photo("小钱", OFFICE)
    town.say("小钱", "还有三楼的窗户玻璃碎了", OFFICE)
    town.photo("小钱", OFFICE)
    photo = town.last_key
    town.say("小钱", "另外地下室有积水", OFFICE)
    assert [place for _, place in found(town)] == [["2栋"], ["2栋"], ["2栋", "地下室"]]
    assert ticket_of(town, photo) == 2


def test_what_may_be_danger_is_taken_at_its_word_among_staff(town: Stage) -> None:
    town.say("小赵", "8号楼有户人家家里着火了", OFFICE)
    assert [row.urgency for row in town.tickets()] == ["emergency"]


def test_done_right_behind_it_goes_there_and_the_finder_hears_how_to_end_it(town: Stage) -> None:
    town.say("小赵", "5号楼后面绿化带有人乱倒建筑垃圾", OFFICE)
    [(who, line)] = town.say("小赵", "已清理", OFFICE)
    assert (who, "办结 1" in line, ticket_of(town, town.last_key)) == ("小赵", True, 1)
    town.wait(minutes=20)
    town.say("小赵", "都弄好了", OFFICE)
    assert ticket_of(town, town.last_key) == 1


@pytest.mark.parametrize(
    "words",
    [
        "收到",
        "明天上午9点巡查3号楼，大家都到",
        "上午已巡查1-8号楼，未发现异常",
        "3号楼的消防栓谁负责的",
        "5号楼电梯维保单位到了，正在检修",
        "7号楼水泵房进水了吗？",
        "下午两点开会",
    ],
)
def test_work_talk_is_neither_a_find_nor_part_of_one(town: Stage, words: str) -> None:
    town.say("小赵", HYDRANT, OFFICE)
    assert town.say("小赵", words, OFFICE) == []
    assert (len(town.tickets()), town.facts(1)) == (1, ["opened"])


@pytest.mark.parametrize("words", ["1处理了", "1号已经处理好了"])
def test_everyday_words_that_end_it_are_asked_about_behind_a_number(town: Stage, words: str) -> None:
    town.say("王阿姨", "5号楼电梯停了", RESIDENTS)
    assert town.say("小赵", words, OFFICE) == [("小赵", "您是不是要「办结 1」？是的话回「是」。")]


@pytest.mark.parametrize("words", ["1 收到", "1号我去"])
def test_everyday_words_that_take_it_do_so_behind_a_number(town: Stage, words: str) -> None:
    town.say("王阿姨", "5号楼电梯停了", RESIDENTS)
    town.say("小赵", words, OFFICE)
    assert town.ticket(1).status == "accepted"


@pytest.mark.parametrize(
    "told",
    [
        "5栋李姐找我说楼上天天半夜拖椅子",
        "刚接到居民电话，9号楼下水道反味",
        "李大姐来电说滑梯裂了个口子",
        "居民反映东门的减速带松了，车一过哐哐响",
        "有业主跟我讲，地下车库灯全黑了",
        "老孙头来社区说阳台渗水没人管",
    ],
)
def test_what_somebody_asked_to_be_passed_on_is_a_find_of_its_own(town: Stage, told: str) -> None:
    town.say("小赵", "王阿姨反映3号楼门口路灯不亮", OFFICE)
    town.say("小赵", told, OFFICE)
    assert len(town.tickets()) == 2


@pytest.mark.parametrize(
    "talk",
    [
        "陈姐找我借钥匙",
        "何师傅说配件到了",
        "李婶说昨天那个灯好了",
        "刘大爷来开证明",
        "有居民问公积金怎么取",
        "张大爷说谢谢大家",
    ],
)
def test_what_somebody_said_otherwise_is_none(town: Stage, talk: str) -> None:
    assert town.say("小赵", talk, OFFICE) == []


def test_entrances_are_told_apart_too_and_stay_in_their_building(town: Stage) -> None:
    town.say("小赵", "4号楼二单元的声控灯不亮，三单元门禁坏了", OFFICE)
    assert [place for _, place in found(town)] == [["4号楼", "二单元"], ["4号楼", "三单元"]]


def test_a_report_of_work_done_is_no_find(town: Stage) -> None:
    town.say("小赵", "今日工作：\n1. 走访独居老人3户，一切正常\n2. 5号楼楼道杂物已清理\n3. 通知各户明天停水", OFFICE)
    assert town.tickets() == []


def test_a_find_is_said_once_in_the_group_and_as_a_find(town: Stage) -> None:
    said = town.say("小赵", HYDRANT, OFFICE)
    [line] = to(said, OFFICE)
    assert line.startswith("新工单 1：")
    [card] = to(said, "小钱")
    assert f"工作人员报：{HYDRANT}" in card
    assert "居民说" not in card


def test_nobody_reads_twice_what_the_finder_says_of_it(town: Stage) -> None:
    town.say("小赵", HYDRANT, OFFICE)
    assert town.say("小赵", "7号楼消防栓已经叫物业去开阀了", OFFICE) == []
    assert ticket_of(town, town.last_key) == 1


def test_a_find_that_a_colleague_told_before_is_named(town: Stage) -> None:
    town.say("小赵", HYDRANT, OFFICE)
    said = town.say("小钱", "7号楼消防栓没有水，谁去看看", OFFICE)
    assert said == [(OFFICE, "这件已经有了，补到 1 号了。")]
    assert len(town.tickets()) == 1


def test_the_name_of_the_bot_is_nothing_that_two_messages_have_in_common(town: Stage) -> None:
    town.say("小赵", "@小助手 9号楼那边门禁好像不太灵", OFFICE, addressed=True)
    assert len(town.tickets()) == 1
    assert town.say("小赵", "@小助手 收到", OFFICE, addressed=True) == []
    assert to(town.say("小赵", "@小助手 谢谢", OFFICE, addressed=True), "小赵") == ["不客气，有事随时说。"]
    assert town.facts(1).count("added") == 0


def test_whose_it_is_is_told_in_the_staff_group(town: Stage) -> None:
    town.say("小赵", "7号楼门禁坏了", OFFICE)
    assert town.say("小钱", "@小助手 这个谁在跟", OFFICE, addressed=True) == [(OFFICE, "1 号已登记，等人接手。")]
    town.say("小钱", "接单 1", OFFICE)
    said = town.say("小赵", "@小助手 这件谁在弄", OFFICE, addressed=True)
    assert said == [(OFFICE, "1 号已有人接手，小钱在办。")]


def test_a_command_said_to_the_bot_is_a_command(town: Stage) -> None:
    town.say("小赵", "7号楼门禁坏了", OFFICE)
    [(_, line)] = town.say("小钱", "@小助手 进度", OFFICE, addressed=True)
    assert line.startswith("您还没有在办的报事")


def test_a_card_of_a_residents_report_keeps_the_residents_words(town: Stage) -> None:
    said = town.say("王阿姨", "5号楼电梯停了", RESIDENTS)
    assert "居民说：5号楼电梯停了" in to(said, "小赵")[0]
