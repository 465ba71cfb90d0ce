"""Staff on the way: what they say instead of a command, and what it comes to.

Sabotage that must turn these red: do at once what is asked about first; take every number for a ticket's.
"""

from __future__ import annotations

import pytest

from tests.conversations.offices import with_departments
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, standing, to

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


@pytest.mark.parametrize(("words", "starts"), [("1", "1 道路设施"), ("12", "没有 12 号工单")])
def test_a_number_alone_is_looked_up(lamp: Stage, words: str, starts: str) -> None:
    assert to(lamp.say("小赵", words), "小赵")[0].startswith(starts)


def test_what_was_done_is_asked_of_the_one_that_was_picked(three: Stage) -> None:
    three.say("小赵", "接单 1 2 3")
    three.say("小赵", "办结")
    assert "是" not in to(three.say("小赵", "5"), "小赵")[0][:1]
    assert "说一句怎么弄好的" in to(three.say("小赵", "2"), "小赵")[0]
    three.say("小赵", "疏通了")
    assert standing(three) == ["accepted", "resolved", "accepted"]
