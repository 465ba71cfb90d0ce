"""Staff on the way: what they say instead of a command, what it comes to, and what is only talk.

Sabotage that must turn these red: do at once what is asked about first; take every number for a ticket's; let words of
work become part of what somebody reported.
"""

from __future__ import annotations

import pytest

from tests.conversations.offices import with_departments
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


@pytest.fixture
def three(town: Stage) -> Stage:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("老周", "5号楼下水道堵了，脏水都冒出来了", RESIDENTS)
    town.say("李婶", "8号楼单元门禁坏了关不上", RESIDENTS)
    return town


@pytest.fixture
def lamp(town: Stage) -> Stage:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "接单 1")
    return town


def standing(town: Stage) -> list[str]:
    return [row.status for row in town.tickets()]


# --- taking


@pytest.mark.parametrize(
    "words",
    ["1 2 3我都接了，下午去看", "1 2 3都我接", "1、2、3我都接了", "1号2号3号都归我", "我接1、2、3", "1 2和3都给我吧"],
)
@pytest.mark.parametrize("group", [None, OFFICE])
def test_several_are_taken_in_one_breath(three: Stage, words: str, group: str | None) -> None:
    three.say("小赵", words, group)
    assert standing(three) == ["accepted"] * 3


@pytest.mark.parametrize("words", ["全接", "都我接", "三个都归我", "我全包了", "剩下的都我接"])
def test_all_that_wait_are_named_before_they_are_taken(three: Stage, words: str) -> None:
    [said] = to(three.say("小赵", words), "小赵")
    assert all(number in said for number in "123")
    assert standing(three) == ["reported"] * 3
    three.say("小赵", "是")
    assert standing(three) == ["accepted"] * 3


def test_the_one_that_was_quoted_is_meant(three: Stage) -> None:
    three.say("小赵", "这个归我", OFFICE, quoted=three.card(2, OFFICE))
    assert standing(three) == ["reported", "accepted", "reported"]
    assert three.say("小赵", "这个归我", OFFICE) == []
    assert "1（" in to(three.say("小赵", "这单我来"), "小赵")[0]


# --- giving the only one away


@pytest.mark.parametrize(
    "words",
    ["转物业", "给物业小刘", "这个不归我，给物业", "这单不是我们管的，转给物业吧", "让物业去看看", "先转物业处理"],
)
@pytest.mark.parametrize("accepted", [True, False])
def test_the_only_one_is_given_to_whoever_is_named(town: Stage, words: str, *, accepted: bool) -> None:
    town.say("王阿姨", "8号楼外墙掉瓷砖", RESIDENTS)
    if accepted:
        town.say("小赵", "接单 1")
    assert "转派 1 物业" in to(town.say("小赵", words), "小赵")[0]
    town.say("小赵", "是")
    assert "reassigned" in town.facts(1)


@pytest.mark.parametrize("words", ["转物业", "给小钱"])
def test_which_of_several_is_given_away_is_not_guessed(three: Stage, words: str) -> None:
    assert "是哪一张" in to(three.say("小赵", words), "小赵")[0]
    three.say("小赵", "是")
    assert all("reassigned" not in three.facts(number) for number in (1, 2, 3))


@pytest.mark.parametrize("which", ["2", "2号", "就2号吧", "第一个", "第1张", "２"])
def test_a_number_alone_says_which(three: Stage, which: str) -> None:
    three.say("小赵", "转物业")  # the pressing one is named first
    assert "2 号已转给安居物业" in to(three.say("小赵", which), "小赵")[0]
    assert ["reassigned" in three.facts(number) for number in (1, 2, 3)] == [False, True, False]
    assert "2 号" not in "".join(to(three.say("小赵", "2"), "小赵"))


@pytest.mark.parametrize(
    ("which", "given"), [("1和3", [1, 3]), ("1 2", [1, 2]), ("都是", [1, 2, 3]), ("全部", [1, 2, 3])]
)
def test_so_do_several_numbers(three: Stage, which: str, given: list[int]) -> None:
    three.say("小赵", "转派 物业")
    three.say("小赵", which)
    assert [number for number in (1, 2, 3) if "reassigned" in three.facts(number)] == given


def test_what_was_told_is_told_of_the_one_that_is_said_later(three: Stage) -> None:
    three.say("小赵", "接单 1 2 3")
    three.say("小赵", "师傅说配件下周到")
    assert "正在处理：师傅说配件下周到" in to(three.say("小赵", "3"), "李婶")[0]
    three.say("小赵", "弄好了")
    assert "怎么弄好的" in to(three.say("小赵", "1"), "小赵")[0]


@pytest.mark.parametrize("later", ["2", "都是", "第二个"])
def test_a_number_that_answers_nothing_is_none(three: Stage, later: str) -> None:
    three.say("小赵", "转物业")
    three.wait(minutes=11)
    three.say("小赵", later)
    three.say("小赵", "待办")
    assert standing(three) == ["reported"] * 3
    assert all("reassigned" not in three.facts(number) for number in (1, 2, 3))


@pytest.mark.parametrize("which", ["都", "1和2", "两个都是"])
def test_what_is_said_of_one_at_a_time_is_done_with_none_of_several(three: Stage, which: str) -> None:
    three.say("小赵", "接单 1 2")
    three.say("小赵", "延期 到周五 等配件")
    assert "一张一张说，回一个编号就行：2、1" in "".join(to(three.say("小赵", which), "小赵"))
    assert ["asked" in three.facts(number) for number in (1, 2)] == [False, False]
    three.say("小赵", "1")
    assert ["asked" in three.facts(number) for number in (1, 2)] == [True, False]


def test_a_number_answers_what_was_asked_last(three: Stage) -> None:
    three.say("小赵", "接单 1 2")
    three.say("小赵", "进展 下午到")
    assert "「转派 2 物业」" in "".join(to(three.say("小赵", "2转物业"), "小赵"))
    three.say("小赵", "1")
    assert ["progress" in three.facts(number) for number in (1, 2)] == [False, False]


@pytest.mark.parametrize("words", ["都给物业", "这三个都给物业", "三个都转物业吧"])
def test_several_are_given_away_in_the_group_of_the_office_once_that_was_asked_in_private(
    three: Stage, words: str
) -> None:
    said = three.say("小赵", words, OFFICE)
    assert "「转派 1 2 3 物业」" in to(said, "小赵")[0]
    assert {whom for whom, _ in said} == {"小赵"}
    three.say("小赵", "是")
    assert "reassigned" in three.facts(3)


GIVEN_AT_ONCE = [
    "都给物业",
    "都转物业吧",
    "全转给物业",
    "三个都给物业",
    "这三张都转物业小刘",
    "这几个都让物业去弄",
    "都不归我管，转物业",
    "统统派给物业",
    "手上的单子全部转给物业处理",
    "把这三个转给物业",
    "剩下的都给物业",
    "3个都归物业管",
]


@pytest.mark.parametrize("words", GIVEN_AT_ONCE)
@pytest.mark.parametrize("accepted", [True, False])
def test_several_are_given_away_at_once(three: Stage, words: str, *, accepted: bool) -> None:
    if accepted:
        three.say("小赵", "接单 1 2 3")
    assert "转派 1 2 3 物业" in to(three.say("小赵", words), "小赵")[0]
    three.say("小赵", "是")
    assert all("reassigned" in three.facts(number) for number in (1, 2, 3))
    assert len(three.tickets()) == 3


def test_as_many_are_given_away_as_were_said(three: Stage) -> None:
    three.say("小赵", "接单 1 3")
    assert "转派 1 3 小钱" in to(three.say("小赵", "两个都给小钱"), "小赵")[0]
    assert "转派 1 3 小钱" in to(three.say("小赵", "都给小钱"), "小赵")[0]
    assert "转派 1 2 3 小钱" in to(three.say("小赵", "三个都给小钱"), "小赵")[0]
    assert "1（" in to(three.say("小赵", "这四个都给小钱"), "小赵")[0]


@pytest.mark.parametrize("words", ["都给我看看", "都让他们去", "两个都给我", "全转成红色", "都给物业打过电话没人接"])
def test_what_names_nobody_gives_several_to_nobody(three: Stage, words: str) -> None:
    three.say("小赵", words)
    three.say("小赵", "是")
    assert all("reassigned" not in three.facts(number) for number in (1, 2, 3))


@pytest.mark.parametrize("words", ["给我看看", "让他们去吧", "转一下群里的通知", "给居民回个电话"])
def test_what_names_nobody_gives_nothing_away(town: Stage, words: str) -> None:
    town.say("王阿姨", "8号楼外墙掉瓷砖", RESIDENTS)
    town.say("小赵", words)
    town.say("小赵", "是")
    assert "reassigned" not in town.facts(1)


# --- asking


@pytest.mark.parametrize("words", ["1号啥情况", "1号到哪一步了", "1 怎么样了", "1号谁在办", "1号还剩多久", "1号在哪儿"])
def test_how_a_ticket_stands_is_told_at_once(lamp: Stage, words: str) -> None:
    assert to(lamp.say("小赵", words), "小赵")[0].startswith("1 道路设施 梧桐里小区3号楼")
    assert "accepted" in lamp.facts(1)


@pytest.mark.parametrize(
    "words", ["我手上有几个", "我手上还有啥单子", "还有几个没办", "哪些快超时了", "有没接的吗", "我这有几单"]
)
def test_what_is_in_hand_is_told_at_once(lamp: Stage, words: str) -> None:
    assert to(lamp.say("小赵", words), "小赵")[0].startswith("待办 1 张")


@pytest.mark.parametrize("words", ["现在有几个没接的", "哪些快超时了", "还有几个没办"])
def test_whoever_sees_to_others_is_told_of_theirs(lamp: Stage, words: str) -> None:
    assert to(lamp.say("周书记", words), "周书记")[0].startswith("梧桐社区：在办 1 件")


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


# --- what is asked about first


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("1号灯换好了", "办结 1 灯换好了"),
        ("灯修好了，换了灯泡", "办结 1 灯修好了,换了灯泡"),
        ("1号已经修好，换了灯泡", "办结 1 已经修好,换了灯泡"),
        ("到现场了，灯泡烧了，叫师傅下午来", "进展 1 到现场了,灯泡烧了,叫师傅下午来"),
        ("师傅在路上", "进展 1 师傅在路上"),
        ("1 维修公司说要等配件 大概后天", "进展 1 维修公司说要等配件 大概后天"),
        ("1号转小钱", "转派 1 小钱"),
        ("1给小钱", "转派 1 小钱"),
        ("让小钱去看看1号", "转派 1 小钱"),
        ("1号物业处理一下", "转派 1 物业"),
        ("小钱，1号你去看一下", "转派 1 小钱"),
        ("1号不是我们的，是物业的", "转派 1 物业"),
        ("1号退给物业", "转派 1 物业"),
        ("1号不归我管", "退单 1"),
        ("1号退了吧", "退单 1"),
        ("1号要等配件，延到周五", "延期 1 到周五 要等配件"),
        ("一时半会弄不完，宽限两天", "延期 1 两天 一时半会弄不完"),
        ("1号再给我三天", "延期 1 三天"),
        ("延期三天", "延期 1 三天"),
        ("1号分错了，是消防的", "改类 1 消防"),
        ("1号应该是房屋电梯类", "改类 1 房屋电梯"),
        ("1号不是工单", "不是报事 1"),
        ("我下班了，手上的给小钱", "交班 给小钱"),
        ("明天请假，小钱替我", "请假 明天 由小钱代"),
        ("灯要换灯头，下午物业来换", "进展 1 灯要换灯头,下午物业来换"),
        ("1号师傅联系好了 十点到", "进展 1 师傅联系好了 十点到"),
        ("1号小钱去看下吧，辛苦", "转派 1 小钱"),
        ("1号退给张三丰", "转派 1 张三丰"),
        ("1号转错了", "撤销 1"),
    ],
)
def test_what_moves_a_ticket_is_asked_about_first(lamp: Stage, words: str, meant: str) -> None:
    before = lamp.facts(1)
    assert to(lamp.say("小赵", words), "小赵") == [f"您是不是要「{meant}」？是的话回「是」。"]
    assert (lamp.facts(1), len(lamp.tickets())) == (before, 1)


@pytest.mark.parametrize("words", ["1号灯换好了", "1号转小钱", "1号等配件，后天到", "1号不归我管"])
def test_among_colleagues_the_speaker_is_asked_in_private(lamp: Stage, words: str) -> None:
    said = lamp.say("小赵", words, OFFICE)
    assert [who for who, _ in said] == ["小赵"]


def test_yes_gives_it_with_what_stood_behind_it(lamp: Stage) -> None:
    lamp.photo("小赵")
    lamp.say("小赵", "灯修好了，换了灯泡", OFFICE)
    assert lamp.say("小赵", "灯修好了，换了灯泡") != []
    lamp.say("小赵", "是")
    assert lamp.ticket(1).status == "resolved"
    assert "灯修好了，换了灯泡" in to(lamp.wait(minutes=2), "王阿姨")[0]


def test_of_several_the_one_that_is_spoken_of_is_meant(three: Stage) -> None:
    three.say("小赵", "1 2 3都我接")
    assert "办结 1 灯修好了" in to(three.say("小赵", "灯修好了，换了灯泡"), "小赵")[0]
    assert "办结 2 下水道" in to(three.say("小赵", "下水道通了，地也冲干净了"), "小赵")[0]
    assert not any("办结 " in text for _, text in three.say("小赵", "弄干净了，都收拾好了") if "您是不是" in text)


def test_what_was_asked_later_is_answered_first(lamp: Stage) -> None:
    lamp.say("小赵", "1号灯换好了")
    lamp.say("小赵", "退单 1")
    assert to(lamp.say("小赵", "不用"), "小赵") == ["好的，1 号不退了。"]


def test_a_whistle_is_called_without_a_blank_and_called_off(lamp: Stage) -> None:
    with_departments(lamp)
    assert "吹哨 1 城管" in to(lamp.say("小赵", "1号吹哨，城管都来"), "小赵")[0]
    assert "吹哨 1 城管" in to(lamp.say("小赵", "吹哨城管"), "小赵")[0]
    lamp.say("小赵", "吹哨 1")
    lamp.say("小赵", "灯杆歪了")
    assert to(lamp.say("小赵", "取消"), "小赵") == ["好的，1 号先不吹哨。"]


@pytest.mark.parametrize("began", ["吹哨 1", "退单 1", "改类 1"])
def test_what_is_asked_in_between_is_no_answer(lamp: Stage, began: str) -> None:
    question = to(lamp.say("小赵", began), "小赵")
    before = lamp.facts(1)
    assert to(lamp.say("小赵", "今晚谁值班"), "小赵") != question
    assert to(lamp.say("小赵", "1号啥情况"), "小赵")[0].startswith("1 道路设施")
    assert lamp.facts(1) == before


@pytest.mark.parametrize("words", ["哎呀接错了", "接错了，不是我的", "点错了", "刚才点错了"])
def test_a_slip_is_taken_back_at_once(lamp: Stage, words: str) -> None:
    lamp.say("小赵", words)
    assert lamp.ticket(1).status == "reported"


def test_a_name_that_is_nobodys_is_no_colleague(lamp: Stage) -> None:
    before = lamp.facts(1)
    for words in ("1号请尽快处理", "1号让他们弄", "1号给张三丰看"):
        assert not any("转派" in text for _, text in lamp.say("小赵", words)), words
    assert lamp.facts(1) == before


def test_whose_it_is_is_said_at_once(lamp: Stage) -> None:
    assert "不" in to(lamp.say("小刘", "1号转小钱"), "小刘")[0]
    assert len(lamp.facts(1)) == 2


def test_the_office_says_that_it_has_seen_it(lamp: Stage) -> None:
    assert not any("核查" in text for _, text in lamp.say("周书记", "1号我看了，没问题"))
    lamp.say("小赵", "办结 1 灯泡已换")
    assert to(lamp.say("周书记", "1号我看过了，没问题"), "周书记") == ["您是不是要「核查 1 通过」？是的话回「是」。"]
    lamp.say("周书记", "是")
    assert lamp.ticket(1).status == "closed"


def test_a_command_with_a_nod_before_it_and_thanks_behind(three: Stage) -> None:
    three.say("小赵", "好的，1号我接，辛苦了", OFFICE)
    assert three.ticket(1).status == "accepted"


def test_how_a_command_is_used(lamp: Stage) -> None:
    assert "「办结」" in to(lamp.say("小赵", "怎么办结"), "小赵")[0]


def test_what_is_said_to_a_colleague_is_theirs(lamp: Stage) -> None:
    lamp.say("小赵", "@小钱 1号灯泡麻烦你换下", OFFICE)
    assert lamp.facts(1)[-1] == "reassigned"
    lamp.say("小赵", "@小钱 1号辛苦了", OFFICE)
    assert lamp.say("小赵", "@小钱 1号我转给物业", OFFICE) == []
    assert lamp.facts(1).count("reassigned") == 1


# --- talk


@pytest.mark.parametrize(
    "talk",
    [
        "1点我来接",
        "3号开会",
        "1号楼的灯我去看看",
        "2天内弄完",
        "1 2 3 开始",
        "我去吃饭了",
        "我来晚了",
        "接小孩去了",
        "好了好了不说了",
        "这个我来不及了",
        "谁有3号楼电梯维保电话",
        "吹哨人那个电影看了吗",
        "交接班表谁有",
        "1号谁去？",
        "2号没人接吗",
        "灯换好了吗",
        "哪些快超时了",
        "现在是什么模式",
        "改成直接",
        "他接错了电话",
        "我手上有几个橘子",
        "材料弄好了，发你了",
        "报表做好了",
    ],
)
def test_talk_among_colleagues_moves_nothing(three: Stage, talk: str) -> None:
    three.say("小赵", "接单 1")
    before = [three.facts(number) for number in (1, 2, 3)]
    assert three.say("小赵", talk, OFFICE) == []
    assert [three.facts(number) for number in (1, 2, 3)] == before
    assert len(three.tickets()) == 3


@pytest.mark.parametrize(
    ("words", "order"),
    [("修好了", "办结 1"), ("灯换好了", "办结 1"), ("已经联系维修公司，半小时到", "进展 1"), ("师傅在路上", "进展 1")],
)
def test_what_can_only_be_of_the_one_ticket_in_hand_is_asked_in_private(lamp: Stage, words: str, order: str) -> None:
    said = lamp.say("小赵", words, OFFICE)
    assert f"您是不是要「{order}" in to(said, "小赵")[0]
    assert {whom for whom, _ in said} == {"小赵"}
    assert lamp.facts(1)[-1] == "accepted"


def test_all_that_waits_is_taken_in_the_group_of_the_office(three: Stage) -> None:
    assert "「接单 2 1 3」" in to(three.say("小赵", "都接了", OFFICE), "小赵")[0]  # the pressing one first
    three.say("小赵", "是")
    assert standing(three) == ["accepted"] * 3


def test_what_is_of_the_only_one_that_waits_is_asked_too(town: Stage) -> None:
    """这个我来, to the bot alone, is done at once; among colleagues it may have been an answer to one of them."""
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    assert "「接单 1」" in to(town.say("小赵", "这个我来", OFFICE), "小赵")[0]
    assert standing(town) == ["reported"]


def test_on_the_way_is_of_what_one_has_in_hand_and_not_of_what_waits(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    assert town.say("小赵", "师傅在路上", OFFICE) == []


FOUND_OUT = [
    "按钮要等配件",
    "厂家说按钮缺货",
    "师傅说主板坏了，要等配件",
    "主板烧了，得换",
    "电梯主板坏了",
    "看过了，是控制板烧了",
    "缺材料",
    "要申请维修资金",
    "配件后天才有",
    "业主不开门",
    "住户家里一直没人",
    "今天弄不完",
    "要叫维保来",
    "明天继续",
]


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("words", FOUND_OUT)
def test_what_they_find_out_is_of_what_they_work_on(town: Stage, words: str, *, accepted: bool) -> None:
    town.say("王阿姨", "8号楼电梯按钮不亮", RESIDENTS)
    if accepted:
        town.say("小赵", "接单 1")
    assert "「进展 1 " in to(town.say("小赵", words), "小赵")[0]
    assert len(town.tickets()) == 1
    assert "正在处理" in "".join(to(town.say("小赵", "是"), "王阿姨"))


@pytest.mark.parametrize("words", ["按钮要等配件", "厂家说缺货", "缺材料", "主板烧了，得换"])
def test_of_several_in_hand_it_is_asked_which(three: Stage, words: str) -> None:
    three.say("小赵", "接单 1 2 3")
    assert "是哪一张" in to(three.say("小赵", words), "小赵")[0]
    assert len(three.tickets()) == 3


@pytest.mark.parametrize(
    "words", ["5号楼单元门坏了，得换", "6号楼东边水管漏了，要找人修", "3号楼消防栓没水，我刚看到的"]
)
def test_what_they_find_elsewhere_is_a_find(lamp: Stage, words: str) -> None:
    lamp.say("小赵", words)
    assert len(lamp.tickets()) == 2


def test_whoever_runs_to_an_emergency_says_that_they_are_there(town: Stage) -> None:
    """Nobody has accepted it, and it rings on: their words are a message about it, and yes is an acceptance."""
    town.say("王阿姨", "5号楼东边着火了！！", RESIDENTS)
    assert "「进展 1 已到现场" in to(town.say("小赵", "已到现场，是垃圾桶着了，已扑灭", OFFICE), "小赵")[0]
    assert "正在处理：已到现场" in to(town.say("小赵", "是"), "王阿姨")[0]
    assert town.facts(1)[-2:] == ["accepted", "progress"]


@pytest.mark.parametrize("talk", ["1 2 3都我接", "1号归我", "3号啥情况", "灯修好了"])
def test_residents_say_none_of_it(three: Stage, talk: str) -> None:
    before = standing(three)
    three.say("老周", talk, RESIDENTS)
    three.say("李婶", talk)
    assert not any("接单" in text for _, text in three.say("老周", talk))
    assert standing(three) == before


@pytest.mark.parametrize(
    "words",
    [
        "今晚谁值班",
        "改派物业",
        "1派城管",
        "1分类错了",
        "1号给城管队",
        "还是给物业吧",
        "是",
        "值班老何电话",
        "梧桐社区今天几件",
    ],
)
def test_words_of_work_are_no_part_of_what_staff_reported(town: Stage, words: str) -> None:
    town.say("派单员", "3号楼门口路灯不亮")
    said = town.say("派单员", words)
    assert town.facts(1) == ["opened"]
    assert {who for who, _ in said} == {"派单员"}


def test_what_they_tell_on_still_is(town: Stage) -> None:
    town.say("小刘", "门口保安打起来了")
    town.say("小刘", "两个人都受伤了")
    town.say("小刘", "在东门口")
    assert town.facts(1).count("added") == 2
    assert town.ticket(1).place == ["东门"]


# --- said to the bot in a group


@pytest.mark.parametrize("words", ["这个要怎么弄", "帮我转一下", "看一下文件"])
def test_staff_who_call_the_bot_are_answered_each_time(lamp: Stage, words: str) -> None:
    for _ in range(2):
        assert "没看懂这句" in to(lamp.say("周书记", words, RESIDENTS, addressed=True), "周书记")[0]


@pytest.mark.parametrize("words", ["我手上有几个", "1号啥情况", "今天办了几件"])
def test_among_residents_they_hear_where_to_say_it(lamp: Stage, words: str) -> None:
    assert lamp.say("小赵", words, RESIDENTS) == []
    [(who, said)] = lamp.say("小赵", words, RESIDENTS, addressed=True)
    assert (who, "请私下对我说" in said) == ("小赵", True)


def test_a_trouble_at_a_house_of_that_number_is_a_report(lamp: Stage) -> None:
    lamp.say("小赵", "1号电梯也坏了，按钮没反应")
    assert [row.category for row in lamp.tickets()] == ["road_facility", "building"]


@pytest.mark.parametrize("words", ["1", "12"])
def test_a_number_alone_is_answered_as_word_of_staff(lamp: Stage, words: str) -> None:
    assert to(lamp.say("小赵", words), "小赵")[0].startswith("没看懂这句")


def test_what_was_done_is_asked_of_the_one_that_was_picked(three: Stage) -> None:
    three.say("小赵", "接单 1 2 3")
    three.say("小赵", "办结")
    assert "是" not in to(three.say("小赵", "5"), "小赵")[0][:1]
    assert "说一句怎么弄好的" in to(three.say("小赵", "2"), "小赵")[0]
    three.say("小赵", "疏通了")
    assert standing(three) == ["accepted", "resolved", "accepted"]
