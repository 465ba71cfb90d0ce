"""A nervous administrator and a notice: said in everyday words, with second thoughts at every step."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot import notices
from storage.notice_ledger import text_of
from storage.notices import Notice, NoticeState
from storage.people import Building, Household, Resident
from tests.conversations.stage import RESIDENTS, Stage, to

OFFICE = "周书记"
TANK = "明天9点到11点清洗水箱，请提前存水"


@pytest.fixture
def town(town: Stage) -> Stage:
    """Buildings 3 and 5, with a family each, beside the building that everybody lives in."""
    with town.app.writing() as db:
        home = db.scalars(select(Household).order_by(Household.id)).first()
        assert home is not None
        for name in ("3号楼", "5号楼"):
            building, family = Building(estate_id=home.estate_id, name=name), Resident(ref=f"family-{name}")
            db.add_all([building, family])
            db.flush()
            where = {"estate_id": home.estate_id, "community_id": home.community_id}
            db.add(Household(building_id=building.id, room="101", contact_id=family.id, **where))
    return town


def said(town: Stage, words: str, who: str = OFFICE) -> str:
    return "\n".join(to(town.say(who, words), who))


def notice(town: Stage, number: int = 1) -> Notice:
    with town.app.reading() as db:
        return db.scalars(select(Notice).where(Notice.number == number)).one()


def words(town: Stage, number: int = 1) -> str:
    return text_of(town.app.vault, notice(town, number))


def count(town: Stage) -> int:
    with town.app.reading() as db:
        return len(db.scalars(select(Notice.id)).all())


def shown(town: Stage, line: str = f"通知 {TANK}") -> str:
    return said(town, line).rpartition("\n")[2]


def work(town: Stage) -> None:
    while notices.run_due(town.app):
        pass


def sent(town: Stage) -> None:
    said(town, shown(town))
    work(town)
    town.wait(minutes=1)


# --- beginning


@pytest.mark.parametrize(
    "asked",
    [*("我想发个通知", "帮我发个通知", "发一条通知吧", "我要写个通知", "麻烦帮我发个通知", "您好，我想给大家发个通知")],
)
def test_whoever_asks_for_one_in_their_own_words_is_led_through_it(town: Stage, asked: str) -> None:
    heard = said(town, asked)
    assert "哪一种" in heard or "还没有写内容" in heard


@pytest.mark.parametrize(
    "asked", ["怎么发通知", "怎么给全部居民发个通知", "我想问下怎么给3号楼发通知", "如何发一条通知"]
)
def test_whoever_asks_how_is_told(town: Stage, asked: str) -> None:
    assert said(town, asked).startswith("【写通知】")


@pytest.mark.parametrize(
    "asked",
    [
        f"{TANK}，给大家说一声",
        f"{TANK}，帮我通知大家一下",
        f"{TANK}，麻烦跟居民们说一下吧",
        f"跟大家说一下，{TANK}",
        f"帮我告诉各位业主一声：{TANK}",
    ],
)
def test_what_all_are_to_know_is_shown_as_a_notice_first(town: Stage, asked: str) -> None:
    heard = said(town, asked)
    assert f"通知\n{TANK}" in heard
    assert notice(town).state == NoticeState.DRAFT


@pytest.mark.parametrize("asked", ["3号楼漏水了，跟业主说一声", "谢谢大家", "跟大家说一声辛苦了"])
def test_what_is_no_plan_is_no_notice(town: Stage, asked: str) -> None:
    said(town, asked)
    assert count(town) == 0


@pytest.mark.parametrize(
    ("asked", "text", "whom"),
    [
        (f"帮我发个通知，{TANK}", TANK, "全体"),
        (f"发个通知：{TANK}", TANK, "全体"),
        (f"给3号楼发个通知，{TANK}", TANK, "3号楼"),
        (f"麻烦给5号楼的住户发一条通知：{TANK}", TANK, "5号楼"),
        ("麻烦帮我通知一下各位，周六大扫除", "各位，周六大扫除", "全体"),
    ],
)
def test_with_its_words_it_is_shown_at_once_to_whom_it_was_meant(town: Stage, asked: str, text: str, whom: str) -> None:
    heard = said(town, asked)
    assert f"【梧桐社区】通知\n{text}" in heard
    assert f"{whom}" in heard.partition("发给：")[2].partition("\n")[0]


def test_of_an_urgent_one_the_kind_is_not_asked_again(town: Stage) -> None:
    assert "第一句先说要大家马上做什么" in said(town, "发个紧急通知")
    assert notice(town).kind == "emergency"


def test_whoever_names_the_kind_first_reports_nothing(town: Stage) -> None:
    assert "是哪个单位说的" in said(town, "紧急通知 3号楼电梯困人，请大家不要乘坐")
    assert "【梧桐社区】重要通知" in said(town, f"重要通知：{TANK}")
    assert town.tickets() == []


@pytest.mark.parametrize(
    "words", ["明天停水，给大家说一声", "明天上午停水，跟大家说一下", "帮我通知一下大家周六清水箱"]
)
def test_who_writes_none_hears_who_does(town: Stage, words: str) -> None:
    assert "要由社区" in said(town, words, "小赵")
    assert town.tickets() == []


def test_a_grid_worker_hears_who_may_and_a_question_opens_nothing(town: Stage) -> None:
    assert "要由社区" in said(town, "帮我发个通知", "小赵")
    assert "一步一步问" in said(town, "通知怎么发")
    assert count(town) == 0


# --- step by step


def test_the_kind_is_understood_loosely_and_words_given_too_early_are_kept(town: Stage) -> None:
    said(town, "发通知")
    assert "内容记下了" in said(town, "各位居民，周六上午9点在小区广场义诊")
    assert "图片" in said(town, "普通的吧"), "the words are there"
    assert (words(town), notice(town).kind) == ("各位居民，周六上午9点在小区广场义诊", "ordinary")


@pytest.mark.parametrize("aside", ["等一下", "等一下我想想", "我再想想", "稍等，我问一下", "先放着"])
def test_who_must_think_first_is_waited_for(town: Stage, aside: str) -> None:
    said(town, "通知")
    said(town, "1")
    assert "不急" in said(town, aside)
    assert "图片" in said(town, TANK)
    assert words(town) == TANK


@pytest.mark.parametrize("junk", ["2", "没有", "跳过", "。。。", "下一步"])
def test_what_nobody_could_read_is_no_notice(town: Stage, junk: str) -> None:
    said(town, "通知")
    said(town, "1")
    assert "太短" in said(town, junk)
    assert "太短" in said(town, f"修改 1 {junk}")


@pytest.mark.parametrize("leaves", ["算了不发了", "不想写了", "不要了", "算了", "取消吧", "不写了", "先不发了"])
def test_whoever_has_enough_may_say_so_in_many_ways(town: Stage, leaves: str) -> None:
    said(town, "通知")
    said(town, "1")
    assert "不要了" in said(town, leaves)
    assert notice(town).state == NoticeState.CANCELLED


@pytest.mark.parametrize("none", ["没有图片", "不用了", "不要了", "没别的了", "都没有"])
def test_no_picture_is_no_reason_to_drop_it(town: Stage, none: str) -> None:
    said(town, "通知")
    said(town, "1")
    said(town, TANK)
    assert "有效期" in said(town, none)


def test_going_back_shows_what_was_written_and_it_may_stay(town: Stage) -> None:
    said(town, "通知")
    said(town, "1")
    said(town, TANK)
    assert f"现在是：{TANK}" in said(town, "写错了")
    assert "图片" in said(town, "不变")
    assert "有效期" in said(town, "没有")
    assert f"现在是：{TANK}" in said(town, "改一下内容")
    assert "图片" in said(town, "后天9点到11点清洗水箱")
    assert words(town) == "后天9点到11点清洗水箱"


def test_whoever_left_in_the_middle_and_answers_too_late_is_told_how_to_go_on(town: Stage) -> None:
    said(town, "通知")
    said(town, "1")
    said(town, TANK)
    town.wait(hours=2)
    assert "「写通知」" in said(town, "没有")
    assert "接着写 1 号" in said(town, "写通知")


# --- the preview is there, nothing has gone out


@pytest.mark.parametrize("yes", ["好的", "发吧", "确认", "可以发了", "没问题", "确认发送", "发出去吧"])
def test_a_yes_that_is_not_the_line_is_shown_the_line_and_sends_nothing(town: Stage, yes: str) -> None:
    line = shown(town)
    assert line in said(town, yes)
    assert notice(town).state == NoticeState.DRAFT


@pytest.mark.parametrize(
    "no", ["不发了", "别发了", "取消", "撤销", "撤回", "算了", "还是不发了吧", "取消通知", "不要了"]
)
def test_a_no_drops_it(town: Stage, no: str) -> None:
    shown(town)
    assert "作废了，一户也没发" in said(town, no)
    assert notice(town).state == NoticeState.CANCELLED


@pytest.mark.parametrize("later", ["先放着", "等等", "我再想想", "明天再发", "先不发", "先别发了", "缓一缓吧"])
def test_not_now_keeps_it(town: Stage, later: str) -> None:
    shown(town)
    assert "没有发" in said(town, later)
    assert notice(town).state == NoticeState.DRAFT


@pytest.mark.parametrize("wrong", ["时间不对，改成10点", "写错了", "不对不对", "发错人了", "楼号错了"])
def test_something_is_wrong_with_it_and_how_it_is_changed_is_said(town: Stage, wrong: str) -> None:
    shown(town)
    heard = said(town, wrong)
    assert "还没有发" in heard
    assert "修改 1" in heard


@pytest.mark.parametrize(
    "change",
    [
        *("修改 1 发给3号楼", "修改 1 发给 3号楼", "发给3号楼就行", "还是发给3号楼吧", "改一下，发给3号楼"),
        *("只发给3号楼", "修改 发给3号楼", "不对，发给3号楼"),
    ],
)
def test_to_whom_is_changed_in_many_ways_and_never_becomes_the_words(town: Stage, change: str) -> None:
    shown(town)
    heard = said(town, change)
    if "还没有发" not in heard:
        assert "发给：梧桐里小区3号楼" in heard
    assert words(town) == TANK


def test_other_fields_glued_to_their_word(town: Stage) -> None:
    shown(town)
    assert "到 3月3日 18:00" in said(town, "有效期明天18点")
    assert "【梧桐社区】重要通知" in said(town, "改成重要")
    assert "来源：安居物业 000-5550101" in said(town, "修改 1 来源安居物业 000-5550101")
    said(town, "修改 1 来源不明的快递请不要签收，有问题找社区")
    assert words(town) == "来源不明的快递请不要签收，有问题找社区"


def test_a_house_that_the_words_name_is_pointed_out_where_everybody_is_addressed(town: Stage) -> None:
    assert "内容里说到 3号楼、5号楼" in said(town, f"通知 3号楼和5号楼{TANK}")
    assert "内容里说到" not in said(town, f"通知 @3号楼 3号楼{TANK}")
    assert "内容里说到" not in said(town, "通知 周六9点在3号楼门口集合，3号晚上到5号楼活动室开会")


@pytest.mark.parametrize("look", ["先发给我看看", "试一下看看什么样", "先给我看看", "试试看"])
def test_it_can_be_tried_in_everyday_words(town: Stage, look: str) -> None:
    shown(town)
    heard = said(town, look)
    assert "【试看】" in heard or "还没有发" in heard
    assert notice(town).state == NoticeState.DRAFT


def test_hours_later_a_yes_shows_it_once_more_and_a_no_drops_it(town: Stage) -> None:
    shown(town)
    town.wait(hours=3)
    assert "预览过了半小时，请再看一遍" in said(town, "行，发吧")
    town.wait(hours=3)
    assert "作废" in said(town, "还是不发了")


# --- it is on its way, or out


@pytest.mark.parametrize("stop", ["停", "快停下！", "赶紧停", "别发了", "先别发", "快停发", "暂停", "停一下"])
def test_stop_stops(town: Stage, stop: str) -> None:
    said(town, shown(town))  # nobody has worked on it yet
    assert "1 号通知" in said(town, stop)
    assert notice(town).paused_at is not None


@pytest.mark.parametrize(
    "regret", ["发错了", "哎呀发错了", "时间写错了", "撤回", "撤销", "能撤回吗", "撤回来", "通知发错了", "停"]
)
def test_what_is_out_cannot_be_called_back_and_how_it_is_put_right_is_said(town: Stage, regret: str) -> None:
    sent(town)
    heard = said(town, regret)
    assert "收不回来" in heard
    assert "更正通知 1" in heard
    assert count(town) == 1


@pytest.mark.parametrize(
    "right", ["更正 1 是后天9点清洗水箱", "更正 刚才写错了，是后天9点清洗水箱", "更正通知 是后天9点清洗水箱"]
)
def test_it_is_put_right_without_the_very_word(town: Stage, right: str) -> None:
    sent(town)
    heard = said(town, right)
    assert "更正 1 号通知" in heard
    assert words(town, 2).endswith("是后天9点清洗水箱")


@pytest.mark.parametrize("bare", ["更正通知 1", "更正 1", "更正通知", "更正通知 1 。", "更正 1 没有"])
def test_a_correction_without_words_asks_for_them(town: Stage, bare: str) -> None:
    sent(town)
    heard = said(town, bare)
    assert "更正" in heard or "没看懂" in heard
    assert count(town) == 1


@pytest.mark.parametrize(
    "asked",
    [
        *("多少人看了", "有几户看了", "大家都看了吗", "通知发出去了吗", "看得怎么样了", "还有几家没看", "发完了吗"),
        *("通知有多少人看了？", "1号通知有几户看了"),
    ],
)
def test_how_many_read_it_is_asked_in_many_ways_and_drafts_nothing(town: Stage, asked: str) -> None:
    sent(town)
    assert "已看 0" in said(town, asked)
    assert count(town) == 1


@pytest.mark.parametrize("asked", ["谁没看", "谁还没看", "哪些人没看", "哪几户没看到", "还有谁没看"])
def test_who_did_not_is_the_list_of_doors(town: Stage, asked: str) -> None:
    sent(town)
    assert "要上门" in said(town, asked)


@pytest.mark.parametrize("urged", ["催一下没看的", "催催没看的人", "提醒一下还没看的", "再催一下没看的", "再催一下"])
def test_the_unread_are_urged_in_everyday_words(town: Stage, urged: str) -> None:
    sent(town)
    assert "催看 1 号通知，只发给收到了还没看的" in said(town, urged)


def test_urging_is_planned_and_called_off_in_everyday_words(town: Stage) -> None:
    sent(town)
    assert "今天 15:00" in said(town, "今天下午3点再催一次没看的")
    said(town, "确认催看 1")
    assert "后面不再催了" in said(town, "不催了")


def test_how_it_went_with_anothers_notice_is_asked_by_naming_them(town: Stage) -> None:
    sent(town)
    assert "已看 0" in said(town, "周书记那条通知发了吗", "派单员")


@pytest.mark.parametrize(
    "heard", ["看到了，知道了", "好的，收到了，谢谢社区", "收到，辛苦了", "嗯嗯知道了", "已经看到了"]
)
def test_a_family_that_says_so_in_other_words_has_read_it(town: Stage, heard: str) -> None:
    sent(town)
    assert "谢谢您看过 1 号通知" in said(town, heard, "王阿姨")


@pytest.mark.parametrize("talk", ["知道", "知道几点停水吗", "看到狗没拴绳", "收到坏的快递", "谢谢", "好的"])
def test_what_only_begins_so_has_read_nothing(town: Stage, talk: str) -> None:
    sent(town)
    assert "谢谢您看过" not in said(town, talk, "王阿姨")


# --- whoever decides about others'


def test_whoever_decides_hears_what_to_say_and_may_think_again(town: Stage) -> None:
    said(town, "我们要发个通知，周四上午清洗外墙", "小刘")
    for word in ("同意", "可以", "行，发吧", "不行，时间不对"):
        assert "「采用 1」" in said(town, word)
    town.press(OFFICE, "notice_return", 1)
    assert to(town.say(OFFICE, "时间写错了，是周五"), "小刘") == [
        "周书记退回了 1 号通知：时间写错了，是周五\n改好了再送一次，例如：修改 1 新内容"
    ]
    said(town, "修改 1 周五上午清洗外墙", "小刘")
    said(town, "采用")
    assert "退回给小刘" in said(town, "退回通知 1 还是要先问一下业委会")
    assert notice(town).reviewed_at is None


def test_whoever_proposed_may_take_it_back(town: Stage) -> None:
    said(town, "通知 周四上午清洗外墙", "小刘")
    assert "作废" in said(town, "不发了", "小刘")
    assert "没有等您看的通知" in said(town, "采用")


# --- whatever else is said goes on as it did


def test_without_a_notice_in_hand_the_words_are_for_others(town: Stage) -> None:
    for word in ("取消", "发错了", "停", "好的", "多少人看了", "谁没看"):
        assert "通知" not in said(town, word).replace("不收通知", "")
    assert count(town) == 0


def test_an_act_on_a_ticket_since_then_is_what_is_undone(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    shown(town)
    said(town, "接单 1")
    assert "「接单」撤销了" in said(town, "撤销")
    assert notice(town).state == NoticeState.DRAFT


def test_a_question_about_a_ticket_since_then_is_what_is_answered(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    shown(town)
    said(town, "转派 1")
    assert "作废" not in said(town, "取消")
    assert notice(town).state == NoticeState.DRAFT
