"""The office speaks of its colleagues: what they have, who is away, who takes over, who does not accept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


@pytest.fixture
def town(town: Stage) -> Stage:
    """小赵 has two in hand."""
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("老周", "5号楼下水道堵了，脏水都冒出来了", RESIDENTS)
    town.say("小赵", "接单 1 2")
    return town


def said(town: Stage, words: str, who: str = "周书记") -> str:
    return "\n".join(to(town.say(who, words), who))


@pytest.mark.parametrize(
    "words",
    ["小赵手上有几个", "小赵还有几张没办完", "小赵手里现在有哪些", "查 小赵", "小赵离职了", "看看小赵名下多少单"],
)
def test_what_a_colleague_has_is_told_and_how_it_is_handed_on(town: Stage, words: str) -> None:
    heard = said(town, words)
    assert heard.startswith("小赵手上 2 张")
    assert "「转派 1 2 同事名字」" in heard


def test_a_colleague_who_has_nothing_is_not_the_one_who_asks(town: Stage) -> None:
    assert said(town, "小钱手上有什么") == "小钱手上没有您看得到的在办工单。"
    assert said(town, "小赵手上有几个", "孙队") == "小赵手上没有您看得到的在办工单。", (
        "as far as whoever asks reaches it"
    )


@pytest.mark.parametrize(
    "words",
    [
        "把小赵的单子都给小钱",
        "小赵手上的都转小钱",
        "小赵的工单转给小钱",
        "小赵请假了，他手上的给小钱",
        "小赵调走了，以后小钱管",
        "小赵病了，他的活先给小钱",
    ],
)
def test_what_a_colleague_has_is_handed_on_once_that_was_asked(town: Stage, words: str) -> None:
    assert "「转派 1 2 小钱」" in said(town, words)
    assert "reassigned" not in town.facts(1)
    said(town, "是")
    assert "reassigned" in town.facts(1)
    assert "reassigned" in town.facts(2)


@pytest.mark.parametrize(
    "words",
    [
        "小赵明天请假，小钱顶一下",
        "小赵请假 明天 由小钱代",
        "给小赵请假，明天，小钱代",
        "明天小赵休息小钱顶班",
        "小赵明天来不了，让小钱替他",
    ],
)
def test_leave_of_a_colleague_is_put_down_once_that_was_asked(town: Stage, words: str) -> None:
    assert "「请假 小赵 明天 由小钱代」" in said(town, words)
    heard = town.say("周书记", "是")
    assert "小赵明天 00:00 到" in to(heard, "周书记")[0]
    assert "由您代" in to(heard, "小钱")[0]


def test_only_what_that_colleague_has_is_handed_on(town: Stage) -> None:
    town.say("老周", "6号楼门口的下水道堵了", RESIDENTS)
    town.say("小钱", "接单 3")
    assert town.ticket(3).status == "accepted"
    assert "「转派 1 2 小钱」" in said(town, "把小赵的单子都给小钱")


@pytest.mark.parametrize(
    "words", ["小李明天请假，小钱顶一下", "老板娘明天请假", "把李四的单子都给小钱", "快递明天休息"]
)
def test_of_a_name_that_is_nobodys_nothing_is_put_down(town: Stage, words: str) -> None:
    """Least of all for whoever says it."""
    assert "是不是要" not in said(town, words)
    assert "记下了" not in said(town, "是")


@pytest.mark.parametrize("words", ["我今天不舒服请个假", "今天有事，请假", "我明天休假，小钱替我", "明天想请一天假"])
def test_ones_own_leave_in_ones_own_words(town: Stage, words: str) -> None:
    assert "「请假 " in said(town, words, "小赵")
    assert "记下了：您" in said(town, "是", "小赵")


@pytest.mark.parametrize("words", ["物业还没接3号，怎么办", "3号物业一直不接单", "3号还没人接", "3号怎么还没弄好"])
def test_who_does_not_accept_is_urged_by_those_who_may(town: Stage, words: str) -> None:
    town.say("李婶", "8号楼电梯按钮不亮", RESIDENTS)
    town.say("周书记", "转派 3 物业")
    assert "「催办 3」" in said(town, words)
    assert "归安居物业办" in said(town, words, "小赵")
    assert len(town.tickets()) == 3


@pytest.mark.parametrize("words", ["3号物业不接，我接回来", "3号我自己来吧", "3还是我来吧"])
def test_what_was_given_away_is_wanted_back(town: Stage, words: str) -> None:
    town.say("李婶", "8号楼电梯按钮不亮", RESIDENTS)
    town.say("周书记", "转派 3 物业")
    said(town, words, "小赵")
    assert "归安居物业办" in said(town, "是", "小赵")
    assert "「转派 3 小赵」" in said(town, "3号转回给小赵")


@pytest.mark.parametrize(
    "words", ["早上好，有什么要我处理的", "有要我审批的吗", "有没有等我同意的", "今天有哪些事需要我定"]
)
def test_what_waits_for_me(town: Stage, words: str) -> None:
    assert said(town, words) == "您手上没有待办，辛苦了。"
    town.say("小赵", "挂账 1 等资金")
    assert "待办" in said(town, words, "小赵") or "张" in said(town, words, "小赵")


def test_a_unit_without_tickets_is_known_all_the_same(tmp_path: Path) -> None:
    quiet = Stage(tmp_path, f"sqlite:///{tmp_path}/quiet.db")
    assert said(quiet, "昨天有几件没办完") == "「梧桐社区」现在没有在办的工单，最近也没有办完的。"
    assert said(quiet, "查 老王烧烤") == "没查到和「老王烧烤」有关的工单。"


@pytest.mark.parametrize("words", ["2号楼没人修", "3号楼电梯一直没人管"])
def test_a_house_that_nobody_mends_is_a_report(town: Stage, words: str) -> None:
    said(town, words, "小赵")
    assert len(town.tickets()) == 3


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("路灯那个是几号", 1),
        ("找一下路灯的单子", 1),
        ("帮我查下下水道的工单", 2),
        ("有没有下水道的", 2),
        ("5号楼那个呢", 2),
        ("哪些是排水的", 2),
        ("查 排水", 2),
    ],
)
def test_one_of_many_is_found_by_what_it_is(town: Stage, words: str, number: int) -> None:
    heard = said(town, words)
    assert "在办 1 件" in heard
    assert f"\n{number} " in heard


@pytest.mark.parametrize("words", ["最急的是哪个", "最早要到期的是哪张", "按时间排一下", "有没有新来的工单"])
def test_all_are_shown_by_their_deadline(town: Stage, words: str) -> None:
    assert "在办 2 件" in said(town, words)
    assert "待办 2 张" in said(town, words, "小赵")


@pytest.mark.parametrize(
    "words",
    ["3号楼101敲过门了，没人", "3-101敲门了，说了", "3号楼1单元101去过了，不在家", "刚才3-2-501上门了没人开门"],
)
def test_a_door_that_somebody_knocked_on_is_no_noise(town: Stage, words: str) -> None:
    """There is no notice to knock for, and that is said; the ledger is tried in tests of doors."""
    assert "没有记" in said(town, words, "小赵")
    assert len(town.tickets()) == 2


def test_a_door_that_does_not_open_may_be_an_emergency(town: Stage) -> None:
    said(town, "3号楼101敲门没人应，老人好几天没见了", "小赵")
    assert town.ticket(3).urgency == "emergency"


@pytest.mark.parametrize(
    "words", ["1号让赵师傅去修", "1叫了电工来看", "1安排保洁去了", "1 派维修工去了", "1请厂家来看"]
)
def test_whoever_mends_and_is_no_colleague_is_no_desk(town: Stage, words: str) -> None:
    assert "「进展 1 " in said(town, words, "小赵")


@pytest.mark.parametrize(("words", "order"), [("1让小钱去", "转派 1 小钱"), ("1请物业去看看", "转派 1 物业")])
def test_a_colleague_or_whoever_may_be_one_is(town: Stage, words: str, order: str) -> None:
    assert f"「{order}」" in said(town, words, "小赵")


@pytest.mark.parametrize("words", ["催一下小钱", "小钱一直不接单"])
def test_who_may_urge_is_said_to_whoever_may_not(town: Stage, words: str) -> None:
    assert "「催办」要由" in said(town, words, "小赵")
    assert "没看懂" in said(town, "催一下王阿姨", "小赵")


@pytest.mark.parametrize("words", ["让小赵快点", "小赵抓紧点", "督促一下小赵", "叫小赵抓紧办"])
def test_a_colleague_is_urged_in_other_words(town: Stage, words: str) -> None:
    assert "「催办 1 2」" in said(town, words)


def test_who_cannot_be_reached_is_progress(town: Stage) -> None:
    said(town, "转派 2 物业")
    assert "「进展 1 厂家电话没人接」" in said(town, "厂家电话没人接", "小赵")
    assert len(town.tickets()) == 2


@pytest.mark.parametrize(
    "words",
    ["谁请假了", "今天谁不在", "谁在岗", "有人请假吗", "请假名单", "今天谁没来上班", "这两天都有谁休息"],
)
def test_who_is_away_is_listed_for_whoever_keeps_the_roster(town: Stage, words: str) -> None:
    assert said(town, words) == "现在和往后两周，都没有人记请假。"
    town.say("小钱", "请假 今天到周五 由小赵代")
    town.say("小赵", "请假 下周三")
    heard = said(town, words)
    assert heard.startswith("现在请假的 1 位：\n小钱（梧桐一网格）")
    assert "小赵代" in heard
    assert "往后两周：\n小赵（梧桐一网格）" in heard
    assert "没有人代" in heard
    assert "小钱" in said(town, words, "小赵"), "of one's own unit everybody reads it"
    assert said(town, words, "孙队") == "现在和往后两周，都没有人记请假。"


def test_the_list_of_who_is_away_counts_people_and_looks_two_weeks_ahead(town: Stage) -> None:
    town.say("小赵", "请假 4月20日")
    assert said(town, "请假名单") == "现在和往后两周，都没有人记请假。"
    assert "小赵现在和往后两周都没有记请假" in said(town, "请假名单 小赵")
    town.say("小钱", "请假 下周三")
    assert said(town, "请假名单").startswith("现在没有人请假。\n往后两周：\n小钱")
    town.say("小钱", "请假 今天到周五")
    heard = said(town, "请假名单")
    assert heard.startswith("现在请假的 1 位：\n小钱")
    assert "其余 3 位现在没有记请假。" in heard, "周书记, 小赵 and whoever else is below them, each once"
    assert "没有记请假" not in said(town, "请假名单 小钱")


def test_who_keeps_no_roster_reads_of_their_own_unit_alone(town: Stage) -> None:
    town.say("周书记", "请假 明天")
    town.say("小钱", "请假 今天到周五")
    assert "周书记" not in said(town, "请假名单", "小赵")
    assert "小钱" not in said(town, "请假名单", "值班老何")


@pytest.mark.parametrize("words", ["小钱请假了吗", "小钱在吗", "小钱什么时候回来", "小钱休到哪天", "请假名单 小钱"])
def test_whether_one_colleague_is_away(town: Stage, words: str) -> None:
    assert said(town, words) == "小钱现在和往后两周都没有记请假。"
    town.say("小钱", "请假 今天到周五")
    assert said(town, words).startswith("小钱（梧桐一网格）今天")
    assert "只看得到" in said(town, words, "孙队")


def test_in_the_staff_group_who_is_away_is_told_to_whoever_asks(town: Stage) -> None:
    town.say("小钱", "请假 今天到周五")
    heard = town.say("周书记", "请假名单", OFFICE)
    assert to(heard, OFFICE) == []
    assert "小钱" in to(heard, "周书记")[0]
    heard = town.say("周书记", "请假名单 小钱", OFFICE)
    assert to(heard, OFFICE) == []
    assert "小钱" in to(heard, "周书记")[0]
    assert town.say("周书记", "今天谁不在", OFFICE) == [], "said among colleagues"
