"""Trouble told to the bot alone piece by piece, in any order: who, where, what, by people who are old or afraid."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.inbox import Inbox
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


def said(town: Stage, *pieces: str, who: str = "李婶") -> list[tuple[str, str]]:
    """Everything that was heard while somebody told it in private."""
    return [line for piece in pieces for line in town.say(who, piece)]


def heard_by_staff(lines: list[tuple[str, str]], who: str) -> str:
    return "\n".join(to(lines, who))


# --- one trouble


@pytest.mark.parametrize(
    ("pieces", "category"),
    [
        (("有股味道", "像煤气"), "utilities"),
        (("我一个人在家", "摔了一跤", "起不来"), "welfare"),
        (("心口疼", "喘不上气"), "welfare"),
        (("3号楼", "四单元", "灯", "不亮"), "building"),
        (("下水道", "堵了"), "drainage"),
        (("水管", "爆了"), "utilities"),
    ],
)
def test_what_no_piece_says_by_itself_is_told_by_all(town: Stage, pieces: tuple[str, ...], category: str) -> None:
    said(town, "同志你好", "麻烦您一下", *pieces)
    assert [ticket.category for ticket in town.tickets()] == [category]


def test_the_place_comes_first_and_is_not_asked_again(town: Stage) -> None:
    lines = said(town, "3号楼", "四单元", "灯", "不亮")
    assert town.ticket(1).place == ["3号楼", "四单元"]
    assert "3号楼，四单元，灯" in heard_by_staff(lines, "小赵")


def test_what_was_said_before_an_emergency_stands_on_its_card(town: Stage) -> None:
    lines = said(town, "我家在2号楼502", "闻到煤气味")
    assert "我家在2号楼502，闻到煤气味" in heard_by_staff(lines, "小赵")
    assert town.ticket(1).place == ["2号楼", "502"]


def test_who_has_something_else_open_is_heard_when_it_gets_grave(town: Stage) -> None:
    said(town, "三号楼路灯坏了")
    town.wait(minutes=20)
    said(town, "我一个人", "摔了", "起不来")
    assert [ticket.urgency for ticket in town.tickets()] == ["ordinary", "emergency"]


@pytest.mark.parametrize(
    "pieces",
    [
        ("吃了吗", "今天天气不错", "我孙子昨天来看我了"),
        ("灯", "算了", "不亮就不亮吧"),
        ("楼上",),
        ("我住3号楼", "孩子在外地", "一个月回来一次"),
    ],
)
def test_small_talk_in_pieces_opens_nothing(town: Stage, pieces: tuple[str, ...]) -> None:
    said(town, *pieces)
    assert town.tickets() == []


def test_after_a_pause_it_is_something_else(town: Stage) -> None:
    said(town, "下水道")
    town.wait(minutes=40)
    said(town, "堵了")
    assert town.tickets() == []


# --- blows at home


def test_blows_at_home_told_in_pieces_stay_with_few(town: Stage) -> None:
    lines = said(town, "他又喝酒了", "在砸东西", "打我", "我躲在厕所", "4号楼301")
    assert "12338" in heard_by_staff(lines, "李婶")
    assert "他又喝酒了，在砸东西，打我" in heard_by_staff(lines, "值班老何")
    assert to(lines, OFFICE) == to(lines, RESIDENTS) == to(lines, "小刘") == to(lines, "孙队") == []
    ticket = town.ticket(1)
    assert (ticket.confidential, ticket.urgency, ticket.place) == (True, "emergency", ["4号楼", "301"])


@pytest.mark.parametrize("words", ["他睡着了 没事了", "算了 不用来了", "不要紧了"])
def test_a_second_thought_of_hers_ends_nothing(town: Stage, words: str) -> None:
    said(town, "他打我")
    lines = said(town, words)
    assert town.ticket(1).status == "reported"
    assert "补充到" not in heard_by_staff(lines, "李婶")


@pytest.mark.parametrize("words", ["我一个人", "有人来吗", "孩子都不管我"])
def test_who_goes_on_speaking_in_need_is_not_read_a_file_number(town: Stage, words: str) -> None:
    said(town, "我不想活了")
    town.wait(minutes=2)
    (answer,) = to(town.say("李婶", words), "李婶")
    assert answer.startswith("我在，您说的都转给值班的人了")


@pytest.mark.parametrize("words", ["3号楼一单元401家暴", "4号楼302家暴", "5号楼二单元201他打我"])
def test_the_number_of_a_door_makes_blows_no_matter_of_pipes(town: Stage, words: str) -> None:
    said(town, words)
    assert town.ticket(1).category in ("welfare", "security")


@pytest.mark.parametrize("words", ["楼上孩子哭得好惨，天天打", "隔壁小孩又哭了，肯定在打", "楼上打孩子打得哇哇哭"])
def test_a_child_that_cries_under_blows_is_no_noise(town: Stage, words: str) -> None:
    lines = town.say("王阿姨", words, RESIDENTS)
    assert "12355" in heard_by_staff(lines, "王阿姨")
    assert to(lines, RESIDENTS) == to(lines, OFFICE) == []


# --- tip-offs


@pytest.mark.parametrize("knock", ["我想举报", "举报", "我要举报一个人", "想跟你们举报个事", "怎么举报"])
def test_who_wants_to_tell_on_somebody_hears_first_who_will_know(town: Stage, knock: str) -> None:
    (answer,) = to(said(town, knock), "李婶")
    assert answer.startswith("您说，举报什么、在哪儿。只有办这事的人看得到")
    assert "12388" in answer


@pytest.mark.parametrize(
    "pieces",
    [
        ("3号楼502", "有人群租"),
        ("楼上", "赌博"),
        ("3号楼门口", "有人占道停车"),
        ("隔壁", "养了二十只鸡"),
    ],
)
def test_a_tip_off_in_pieces_is_confidential(town: Stage, pieces: tuple[str, ...]) -> None:
    lines = said(town, "我想举报", *pieces)
    assert [(ticket.kind, ticket.confidential) for ticket in town.tickets()] == [("tipoff", True)]
    assert town.ticket(1).urgency != "emergency"
    assert to(lines, OFFICE) == to(lines, RESIDENTS) == []


@pytest.mark.parametrize("more", ["他还在家里养鸡", "那家还占道停车", "还占道停车"])
def test_what_is_told_next_of_the_same_people_stays_as_confidential(town: Stage, more: str) -> None:
    said(town, "我要举报3号楼502群租")
    town.wait(minutes=4)
    lines = said(town, more)
    assert len(town.tickets()) == 1
    assert more in heard_by_staff(lines, "孙队")
    assert to(lines, OFFICE) == []


def test_another_trouble_after_a_tip_off_is_its_own(town: Stage) -> None:
    said(town, "我要举报3号楼502群租", "三号楼路灯坏了")
    assert [ticket.confidential for ticket in town.tickets()] == [True, False]


@pytest.mark.parametrize(
    "pieces",
    [("我要举报", "社区书记"), ("举报领导",), ("举报村干部打哪个电话",), ("我想举报", "街道主任", "收了人家红包")],
)
def test_whoever_would_tell_on_an_official_hears_the_right_number_and_nothing_is_kept(
    town: Stage, pieces: tuple[str, ...]
) -> None:
    lines = said(town, *pieces)
    assert {who for who, _ in lines} == {"李婶"}
    assert "12388" in heard_by_staff(lines, "李婶")
    assert town.tickets() == []
    with town.app.reading() as db:
        assert set(db.scalars(select(Inbox.text))) <= {None} or len(pieces) > 2


# --- a department that must find the door


def test_in_an_emergency_the_door_that_is_added_reaches_whoever_goes_there(town: Stage) -> None:
    lines = said(town, "4号楼有人打架 动刀了", "4号楼301")
    assert "4号楼301" in heard_by_staff(lines, "孙队")


def test_what_follows_an_emergency_is_passed_on_once_and_as_it_was_said(town: Stage) -> None:
    town.say("王阿姨", "3号楼我家着火了")
    town.say("王阿姨", "火很大")
    assert to(town.say("王阿姨", "厨房"), "小赵") == ["1 号报事人补充：厨房"]


# --- who begins with themselves


def test_who_types_slowly_is_given_time_and_rings_nobody(town: Stage) -> None:
    """打字 and 我 in one breath were taken for blows at somebody."""
    (answer,) = to(town.say("李婶", "孩子啊，我眼睛不好使，打字慢"), "李婶")
    assert answer.startswith("不急，您慢慢说")
    assert said(town, "我家门口", "灯") == []
    lines = said(town, "不亮")
    [ticket] = town.tickets()
    assert (ticket.category, ticket.urgency) == ("building", "ordinary")
    assert "居民说：我家门口，灯，不亮" in heard_by_staff(lines, "小赵")


# --- in a group


@pytest.mark.parametrize(
    ("pieces", "place"),
    [
        (("那个灯", "就是3号楼门口那个", "又不亮了"), ["3号楼"]),
        (("又不亮了", "3号楼门口那个灯"), ["3号楼"]),
        (("5号楼", "地下室", "全是水"), ["5号楼", "地下室"]),
        (("路灯", "不亮", "3号楼"), ["3号楼"]),
        (("门口那个垃圾桶", "臭死了", "三天没人收"), []),
        (("厨房", "下水道", "又堵了"), []),
        (("那个单元门", "关不上啦", "2单元"), ["2单元"]),
    ],
)
def test_what_one_person_tells_a_group_in_pieces_is_one_report(
    town: Stage, pieces: tuple[str, ...], place: list[str]
) -> None:
    for words in pieces:
        town.say("王阿姨", words, RESIDENTS)
        town.say("老周", "今晚吃啥", RESIDENTS)
    [ticket] = town.tickets()
    assert list(ticket.place) == place
    assert all("opened" not in line for line in town.facts(ticket.number)[1:])


def test_whoever_goes_there_reads_all_the_pieces(town: Stage) -> None:
    for words in ("那个灯", "就是3号楼门口那个"):
        assert town.say("王阿姨", words, RESIDENTS) == []
    said = town.say("王阿姨", "又不亮了", RESIDENTS)
    assert "居民说：那个灯，就是3号楼门口那个，又不亮了" in to(said, "小赵")[0]


@pytest.mark.parametrize(
    "pieces",
    [
        ("我家孩子", "又把手机摔坏了"),
        ("早上地铁", "又坏了", "迟到了"),
        ("我那个快递", "箱子全是破的", "里面碎了"),
        ("3号楼", "王姐在吗", "你家门开着呢"),
        ("我家钥匙", "忘带了"),
        ("昨晚那场球", "看得我急死", "又输了 裁判眼睛坏了"),
    ],
)
def test_talk_in_pieces_opens_nothing(town: Stage, pieces: tuple[str, ...]) -> None:
    for words in pieces:
        town.say("王阿姨", words, RESIDENTS)
    assert town.tickets() == []


@pytest.mark.parametrize(
    ("told", "pieces", "fact"),
    [
        ("3号楼楼道灯坏了", ("灯坏了", "3号楼"), "supported"),
        ("5号楼下水道堵了", ("下水道", "又堵了"), "supported"),
        ("5号楼停水了", ("停水了", "5号楼"), "supported"),
    ],
)
def test_pieces_of_what_was_told_belong_to_it_as_the_whole_would(
    town: Stage, told: str, pieces: tuple[str, ...], fact: str
) -> None:
    town.say("王阿姨", told, RESIDENTS)
    for words in pieces:
        town.say("老周", words, RESIDENTS)
    assert len(town.tickets()) == 1
    assert fact in town.facts(1)


def test_whoever_told_of_it_goes_on_in_pieces(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯坏了", RESIDENTS)
    town.wait(minutes=20)
    assert town.say("王阿姨", "路灯", RESIDENTS) == []
    assert "1 号报事人补充：路灯还坏着" in to(town.say("王阿姨", "还坏着", RESIDENTS), "小赵")[0]


def test_pieces_that_may_be_a_report_are_not_asked_about_in_a_group(town: Stage) -> None:
    assert town.say("王阿姨", "楼道里", RESIDENTS) == []
    assert town.say("王阿姨", "有点味", RESIDENTS) == []


def test_pieces_of_two_people_and_pieces_far_apart_are_not_put_together(town: Stage) -> None:
    town.say("王阿姨", "那个灯", RESIDENTS)
    town.say("老周", "又不亮了", RESIDENTS)
    town.wait(minutes=4)
    town.say("王阿姨", "又不亮了", RESIDENTS)
    assert town.tickets() == []
