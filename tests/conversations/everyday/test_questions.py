"""What staff ask in their own words: how a ticket stands, whose is late, who is on duty; and who is urged.

Sabotage that must turn these red: take a question of what was done for word that it is; list what lies with others.
"""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, Stage, to


@pytest.mark.parametrize("words", ["1号啥情况", "1号到哪一步了", "1 怎么样了", "1号谁在办", "1号还剩多久", "1号在哪儿"])
def test_how_a_ticket_stands_is_told_at_once(lamp: Stage, words: str) -> None:
    assert to(lamp.say("小赵", words), "小赵")[0].startswith("1 道路设施 梧桐里小区3号楼")
    assert "accepted" in lamp.facts(1)


@pytest.mark.parametrize(
    "words", ["我手上有几个", "我手上还有啥单子", "还有几个没办", "哪些快超时了", "有没接的吗", "我这有几单"]
)
def test_what_is_in_hand_is_told_at_once(lamp: Stage, words: str) -> None:
    assert to(lamp.say("小赵", words), "小赵")[0].startswith("待办 1 张")


@pytest.mark.parametrize("words", ["哪些快超时了", "还有几个没办"])
def test_whoever_sees_to_others_is_told_of_theirs(lamp: Stage, words: str) -> None:
    assert to(lamp.say("周书记", words), "周书记")[0].startswith("梧桐社区：在办 1 件")
    assert to(lamp.say("周书记", "现在有几个没接的"), "周书记")[0] == "都有人接了。"


@pytest.mark.parametrize(
    "words",
    [
        "谁超时了",
        "哪些超时了",
        "超时的有哪几个",
        "有几张红灯",
        "查 超时",
        "有没有逾期的",
        "今天有超时的吗",
        "哪些单子过期了",
    ],
)
def test_what_is_late_is_listed_with_who_has_it(three: Stage, words: str) -> None:
    three.say("小赵", "转派 3 物业")
    assert to(three.say("周书记", words), "周书记") == ["您看得到的，现在没有超时的。"]
    three.wait(hours=9)
    heard = to(three.say("周书记", words), "周书记")[0]
    assert heard.startswith("超时的 3 张：\n🔴2 排水污水")
    assert "🔴3 房屋电梯 梧桐里小区8号楼 · 待接单 · 安居物业 ·" in heard
    assert to(three.say("小刘", words), "小刘")[0].count("\n") == 1, "a company sees what is its own"


def test_whoever_oversees_others_hears_below_their_own_how_many_are_late(three: Stage) -> None:
    assert to(three.say("周书记", "待办"), "周书记") == ["您手上没有待办，辛苦了。"]
    three.wait(hours=9)
    assert to(three.say("周书记", "今天有什么事"), "周书记") == ["您管的范围里有 3 张超时，说「查 超时」看。"]
    assert "您管的范围" not in to(three.say("小赵", "待办"), "小赵")[0]


@pytest.mark.parametrize("words", ["物业手上有几个", "物业还有多少没办完的", "查 物业", "查 安居物业"])
def test_what_lies_with_a_company_is_listed(three: Stage, words: str) -> None:
    assert to(three.say("周书记", words), "周书记") == ["安居物业手上没有您看得到的在办工单。"]
    three.say("小赵", "转派 3 物业")
    assert to(three.say("周书记", words), "周书记")[0].startswith("安居物业手上 1 张：\n3 房屋电梯")
    assert to(three.say("孙队", words), "孙队")[0] in (
        "安居物业手上没有您看得到的在办工单。",
        "您手上没有待办，辛苦了。",
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("我是新来的网格员，怎么用", "「接单」接下一张工单"),
        ("我该干什么", "「接单」接下一张工单"),
        ("接单怎么接", "「接单」接下一张工单"),
        ("办结怎么写", "「办结」办好了"),
        ("路灯归谁管", "「转派」交给别人"),
        ("噪音找哪个部门", "「转派」交给别人"),
    ],
)
def test_whoever_is_new_is_shown_the_words(lamp: Stage, words: str, told: str) -> None:
    assert told in to(lamp.say("小赵", words), "小赵")[0]
    assert len(lamp.tickets()) == 1


@pytest.mark.parametrize("words", ["1号我来", "1我去看看", "1号我马上去", "1我来处理吧"])
def test_whoever_goes_has_it_at_once(three: Stage, words: str) -> None:
    assert "1 号归您了" in to(three.say("小赵", words), "小赵")[0]


@pytest.mark.parametrize("words", ["1不归我们，是环卫的", "1号不是我们管的，应该找市政", "1不归我们"])
def test_that_it_is_somebody_elses_is_nothing_a_resident_reads(lamp: Stage, words: str) -> None:
    assert "「退单 1」" in to(lamp.say("小赵", words), "小赵")[0]


@pytest.mark.parametrize("words", ["小钱帮我办了哪些", "1修好了多少", "全部修好了几个"])
def test_a_question_of_what_is_done_is_no_word_that_it_is(lamp: Stage, words: str) -> None:
    assert "办结 1" not in "".join(to(lamp.say("小赵", words), "小赵"))


@pytest.mark.parametrize(
    "words",
    [
        *(
            "今天干了什么",
            "这周办了多少",
            "今天报了几件",
            "本月情况",
            "梧桐社区今天几件",
            "把这周的数据给我",
            "本月办结率",
        ),
        *("本月办结率", "满意率多少", "上周的报表", "今天要开会，把这周的数据给我", "社区这个月情况怎么样"),
    ],
)
def test_figures_are_counted(lamp: Stage, words: str) -> None:
    assert "正在算" in to(lamp.say("周书记", words), "周书记")[0]


def test_who_is_on_duty(lamp: Stage) -> None:
    assert "值班" in to(lamp.say("派单员", "今晚谁值班"), "派单员")[0]


@pytest.mark.parametrize(
    "words",
    [
        "催1",
        "催一下1",
        "催催1号",
        "1号催一下",
        "再催一下1号",
        "1号还没人接，催一下",
        "1号催催物业",
        "帮我催下1号",
        "1号那个灯，催一催",
        "盯一下1号",
        "催1号单",
        "1 催",
    ],
)
@pytest.mark.parametrize("group", [None, OFFICE])
def test_the_office_that_urges_is_heard(three: Stage, words: str, group: str | None) -> None:
    assert "已催 1 号" in to(three.say("周书记", words, group), group or "周书记")[0]


@pytest.mark.parametrize("words", ["催一下小赵", "催小赵", "帮我催下小赵吧", "再催一催小赵"])
def test_somebody_is_urged_by_name(three: Stage, words: str) -> None:
    three.say("小赵", "接单 2")
    assert "已催 2 号的小赵" in to(three.say("周书记", words), "周书记")[0]
    three.say("小赵", "接单 1")
    assert "催办 1 2" in to(three.say("周书记", words), "周书记")[0]


def test_who_has_nothing_is_urged_for_nothing(three: Stage) -> None:
    three.say("小赵", "接单 2")
    for words in ("催一下小钱", "催一下会议材料", "催催孩子写作业"):
        assert "没看懂" in to(three.say("周书记", words), "周书记")[0]


def test_who_urged_it_a_moment_ago_is_told_so(three: Stage) -> None:
    three.say("周书记", "催1")
    assert to(three.say("周书记", "催1"), "周书记") == ["1 号您刚刚催过，先等等回音。"]
    three.wait(minutes=5)
    assert to(three.say("周书记", "催1"), "周书记") == ["1 号您5 分钟前刚催过，先等等回音。"]


def test_several_are_urged(three: Stage) -> None:
    said = to(three.say("周书记", "催一下1、2"), "周书记")[0]
    assert "已催 1 号" in said
    assert "已催 2 号" in said


@pytest.mark.parametrize("words", ["催3号楼的水电费", "1号催过没", "谁催过1号", "催1单元交费"])
def test_other_urging_is_none(three: Stage, words: str) -> None:
    three.say("周书记", words, OFFICE)
    assert all("nudged" not in three.facts(number) for number in (1, 2, 3))


def test_the_office_that_asks_is_a_nudge(three: Stage) -> None:
    assert "已催 1 号" in to(three.say("周书记", "1号催一下"), "周书记")[0]
    assert "请社区来催" in to(three.say("小赵", "催一下 1"), "小赵")[0]
