"""A trouble that many tell by halves: 是不是停电了, 停了, 5号楼也是. What makes it a report, and what stays talk."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from storage.inbox import Inbox
from storage.listening import Candidate
from storage.people import Account, Group
from storage.tickets import Member, Ticket
from tests.conversations.stage import RESIDENTS, Stage, to

SEWER = "3号楼下水道堵了，污水都冒出来了"
OUTAGE = "三号楼又停水了，一滴都没有"
TWO = "3号楼2单元门口路灯坏了，另外5号楼的垃圾桶满了没人收"


def people(town: Stage, number: int) -> list[str]:
    """The reporter and everybody who joined."""
    with town.app.reading() as db:
        query = select(Account).join(Member, Member.account_id == Account.id)
        rows = db.scalars(query.where(Member.ticket_id == town.ticket(number).id).order_by(Member.role, Member.id))
        return [town.app.vault.open(row.shown_name or "", "accounts.shown_name", row.ref) for row in rows]


def set_mode(town: Stage, mode: str) -> None:
    town.say("小赵", "帮助")
    with town.app.writing() as db:
        db.execute(update(Group).where(Group.chat == RESIDENTS).values(mode=mode))


def candidates(town: Stage) -> list[Candidate]:
    with town.app.reading() as db:
        return list(db.scalars(select(Candidate).order_by(Candidate.id)))


# --- two households


@pytest.mark.parametrize(
    ("first", "second", "category"),
    [
        ("是不是停电了？", "停了，我家也没电", "utilities"),
        ("今天水好小啊", "是啊，我家也小", "utilities"),
        ("大家有没有觉得今天水特别小", "我家也是，洗澡都没法洗", "utilities"),
        ("今天水好小啊", "水怎么这么小", "utilities"),
        ("你们家有网吗", "没有", "utilities"),
        ("热水热吗", "我家不热", "utilities"),
        ("网掉了没", "掉了掉了", "utilities"),
        ("我家好像跳闸了？", "我们这栋都跳了", "utilities"),
        ("什么味道啊", "我也闻到了，像烧塑料", "fumes"),
        ("你们那边网卡不卡", "卡得要死", "utilities"),
        ("家里网速正常不", "不正常，看视频一直转圈", "utilities"),
        ("热水器点不着，是气的问题吗", "我家也点不着", "utilities"),
        ("咦，我家灯突然灭了，你们呢", "我家也黑了", "building"),
    ],
)
def test_two_who_tell_it_by_halves_are_a_report_of_the_first(
    town: Stage, first: str, second: str, category: str
) -> None:
    assert town.say("王阿姨", first, RESIDENTS) == []
    said = town.say("李婶", second, RESIDENTS)
    assert len(to(said, RESIDENTS)) == 1
    assert to(said, "李婶") == ["已并入 1 号，同样会通知您。"]
    assert [one.category for one in town.tickets()] == [category]
    assert people(town, 1) == ["王阿姨", "李婶"]


def test_others_join_whatever_their_building(town: Stage) -> None:
    town.say("王阿姨", "是不是停电了？", RESIDENTS)
    town.say("李婶", "停了，我家也没电", RESIDENTS)
    town.say("老周", "5号楼也是", RESIDENTS)
    assert people(town, 1) == ["王阿姨", "李婶", "老周"]


def test_whoever_was_asked_need_not_answer_any_more(town: Stage) -> None:
    assert to(town.say("王阿姨", "楼下路灯今天咋没亮", RESIDENTS), "王阿姨")
    town.say("老周", "是没亮，黑漆漆的", RESIDENTS)
    assert people(town, 1) == ["王阿姨", "老周"]
    town.say("王阿姨", "是")
    assert len(town.tickets()) == 1


def test_danger_that_two_wonder_about_rings(town: Stage) -> None:
    town.say("王阿姨", "是不是有煤气味", RESIDENTS)
    town.say("李婶", "我也闻到了，楼道里好重", RESIDENTS)
    assert [one.urgency for one in town.tickets()] == ["emergency"]
    assert people(town, 1) == ["王阿姨", "李婶"]


def test_behind_a_no_only_who_says_so_again_says_yes(town: Stage) -> None:
    town.say("王阿姨", "是不是停气了呀", RESIDENTS)
    town.say("李婶", "没有啊", RESIDENTS)
    assert town.say("孙奶奶", "+1", RESIDENTS) == []
    town.say("老周", "我家停了，打不着火", RESIDENTS)
    assert people(town, 1) == ["王阿姨", "老周"]


# --- talk


@pytest.mark.parametrize(
    "lines",
    [
        ("今天好热", "是啊热死了"),
        ("你们谁家有酱油", "我家也没有"),
        ("快递到了吗", "我的也没到"),
        ("是不是停电了", "没有啊", "没停"),
        ("是不是停电了", "我也不知道"),
        ("快递到了吗", "是不是停电了", "我的也没到"),
        ("今天水好小啊", "晚上谁打牌", "我也去"),
        ("我没电了先下了", "我也没电了"),
        ("手机没信号", "我的也没"),
        ("今晚停电吗", "我也想知道"),
        ("地铁停了吗", "停了"),
        ("这个菜什么味道啊", "我也觉得难吃"),
        ("昨天停水了吗", "停了"),
        ("有没有人去跳广场舞", "我也去", "+1"),
    ],
)
def test_small_talk_stays_talk(town: Stage, lines: tuple[str, ...]) -> None:
    for who, words in zip(("王阿姨", "李婶", "老周"), lines, strict=False):
        assert town.say(who, words, RESIDENTS) == []
    assert town.tickets() == []


def test_the_same_person_twice_is_one_household(town: Stage) -> None:
    town.say("王阿姨", "今天水好小啊", RESIDENTS)
    assert town.say("王阿姨", "我家也是", RESIDENTS) == []
    assert town.tickets() == []


def test_what_was_said_a_while_ago_is_answered_no_more(town: Stage) -> None:
    town.say("王阿姨", "今天水好小啊", RESIDENTS)
    town.wait(minutes=12)
    assert town.say("李婶", "是啊", RESIDENTS) == []


def test_what_stays_talk_is_kept_no_longer_than_talk(town: Stage) -> None:
    town.say("王阿姨", "晚安各位", RESIDENTS)
    town.say("王阿姨", "是不是停电了", RESIDENTS)
    town.say("李婶", "没有啊", RESIDENTS)
    with town.app.reading() as db:
        kept = {row.forget_at for row in db.scalars(select(Inbox))}
    assert len(kept) == 1
    assert None not in kept


# --- beside a ticket of something else


def test_agreement_answers_the_line_before_it_and_no_open_ticket(town: Stage) -> None:
    town.say("老周", SEWER, RESIDENTS)
    town.wait(minutes=3)
    town.say("李婶", "大家有没有觉得今天水特别小", RESIDENTS)
    said = town.say("王阿姨", "我家也是，洗澡都没法洗", RESIDENTS)
    assert to(said, "王阿姨") == ["已并入 2 号，同样会通知您。"]
    assert [one.category for one in town.tickets()] == ["drainage", "utilities"]
    assert (people(town, 1), people(town, 2)) == (["老周"], ["李婶", "王阿姨"])


def test_a_no_is_no_news_of_another_ticket(town: Stage) -> None:
    town.say("老周", SEWER, RESIDENTS)
    town.wait(minutes=3)
    town.say("李婶", "大家有没有觉得今天水特别小", RESIDENTS)
    assert town.say("老周", "我家正常啊", RESIDENTS) == []
    assert town.say("王阿姨", "+1", RESIDENTS) == []
    assert (town.facts(1), people(town, 1)) == (["opened"], ["老周"])


def test_agreement_with_neighbours_among_themselves_joins_nothing(town: Stage) -> None:
    town.say("老周", OUTAGE, RESIDENTS)
    town.wait(minutes=4)
    for asked, answer in (("有没有人拼团买苹果", "+1"), ("孩子发烧了吃什么药", "我家也是，咳嗽")):
        town.say("王阿姨", asked, RESIDENTS)
        assert town.say("李婶", answer, RESIDENTS) == []
    assert people(town, 1) == ["老周"]


@pytest.mark.parametrize("words", ["有人报修了吗", "哪个单元？", "真的假的", "物业怎么说"])
def test_a_question_about_the_ticket_keeps_no_one_from_joining(town: Stage, words: str) -> None:
    town.say("老周", OUTAGE, RESIDENTS)
    town.wait(minutes=2)
    town.say("王阿姨", words, RESIDENTS)
    town.say("李婶", "我家也停了", RESIDENTS)
    assert "李婶" in people(town, 1)


def test_the_same_trouble_half_told_again_is_no_second_ticket(town: Stage) -> None:
    town.say("老周", OUTAGE, RESIDENTS)
    town.wait(minutes=4)
    town.say("王阿姨", "你们家还有水吗", RESIDENTS)
    town.say("李婶", "我家也没有", RESIDENTS)
    assert (len(town.tickets()), "李婶" in people(town, 1)) == (1, True)


def test_a_bare_yes_to_two_troubles_of_one_message_goes_for_both(town: Stage) -> None:
    town.say("王阿姨", TWO, RESIDENTS)
    for who, words in (("老周", "+1"), ("李婶", "我家也是")):
        assert to(town.say(who, words, RESIDENTS), who) == ["已并入 1、2 号，同样会通知您。"]
    assert people(town, 1) == people(town, 2) == ["王阿姨", "老周", "李婶"]


# --- the other kinds of group


def test_where_a_person_confirms_one_is_asked_once(town: Stage) -> None:
    set_mode(town, "review")
    assert town.say("王阿姨", "是不是停电了？", RESIDENTS) == []
    said = town.say("李婶", "停了，我家也没电", RESIDENTS)
    assert [who for who, _ in said] == ["小赵"]
    assert "「是不是停电了？」" in said[0][1]
    assert town.say("老周", "5号楼也是", RESIDENTS) == []
    [candidate] = candidates(town)
    assert candidate.reading["households"] == 3
    town.say("小赵", f"立单 {candidate.number}")
    [ticket] = town.tickets()
    assert people(town, ticket.number) == ["王阿姨", "李婶", "老周"]


def test_in_shadow_it_is_counted_once(town: Stage) -> None:
    set_mode(town, "shadow")
    for who, words in (("王阿姨", "是不是停电了？"), ("李婶", "停了，我家也没电"), ("老周", "5号楼也是")):
        assert town.say(who, words, RESIDENTS) == []
    [candidate] = candidates(town)
    assert (candidate.reading["category"], candidate.reading["households"]) == ("utilities", 3)


def test_in_shadow_another_trouble_is_no_voice_of_the_first(town: Stage) -> None:
    set_mode(town, "shadow")
    town.say("老周", SEWER, RESIDENTS)
    town.wait(minutes=3)
    for who, words in (("李婶", "大家有没有觉得今天水特别小"), ("老周", "我家正常啊"), ("王阿姨", "我家小得很")):
        town.say(who, words, RESIDENTS)
    assert [one.reading["category"] for one in candidates(town)] == ["drainage", "utilities"]
    assert "with" not in candidates(town)[0].reading


def test_in_shadow_danger_that_two_wonder_about_is_told_at_once(town: Stage) -> None:
    set_mode(town, "shadow")
    town.say("王阿姨", "是不是有煤气味", RESIDENTS)
    assert any("是不是有煤气味" in text for _, text in town.say("李婶", "我也闻到了", RESIDENTS))


# --- it lasts


@pytest.mark.parametrize(
    "words", ["路灯还是没修啊，黑咕隆咚的", "路灯到现在还黑着", "都两天了路灯还不亮", "5号楼东边路灯还没好"]
)
def test_what_lasts_is_what_was_told_days_ago(town: Stage, words: str) -> None:
    town.say("王阿姨", "5号楼东边路灯一排都不亮", RESIDENTS)
    town.wait(days=2)
    said = town.say("李婶", words, RESIDENTS)
    assert to(said, "李婶") == ["已并入 1 号，同样会通知您。"]
    assert people(town, 1) == ["王阿姨", "李婶"]
    assert len(town.tickets()) == 1


@pytest.mark.parametrize("words", ["8号楼路灯还是没修", "垃圾到现在还没人收", "路灯又坏了，另一边的"])
def test_what_lasts_elsewhere_or_is_another_thing_is_not(town: Stage, words: str) -> None:
    town.say("王阿姨", "5号楼东边路灯一排都不亮", RESIDENTS)
    town.wait(days=2)
    town.say("李婶", words, RESIDENTS)
    assert people(town, 1) == ["王阿姨"]


def test_of_two_that_last_none_is_guessed(town: Stage) -> None:
    town.say("王阿姨", "5号楼东边路灯一排都不亮", RESIDENTS)
    town.say("老周", "3号楼门口路灯坏了", RESIDENTS)
    town.wait(days=2)
    town.say("李婶", "路灯还是没修啊，黑咕隆咚的", RESIDENTS)
    assert (people(town, 1), people(town, 2)) == (["王阿姨"], ["老周"])


def test_hours_later_the_same_in_other_words_joins(town: Stage) -> None:
    town.say("王阿姨", "9号楼门口下水道堵了，脏水往外冒", RESIDENTS)
    town.wait(hours=5)
    town.say("老周", "9号楼那个脏水都流到车库坡道了", RESIDENTS)
    assert people(town, 1) == ["王阿姨", "老周"]


def test_another_building_does_not_chime_in(town: Stage) -> None:
    town.say("王阿姨", "6号楼电梯坏了", RESIDENTS)
    town.wait(minutes=5)
    town.say("李婶", "6号楼电梯还没好？", RESIDENTS)
    town.say("老周", "5号楼电梯也没好", RESIDENTS)
    assert people(town, 1) == ["王阿姨", "李婶"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("路灯坏了", "路灯不亮了"),
        ("电梯坏了", "电梯不动了"),
        ("门禁坏了", "门禁刷不开了"),
        ("下水道堵了", "下水道返水了"),
    ],
)
def test_the_same_told_as_shortly_by_another_is_not_lost(town: Stage, first: str, second: str) -> None:
    town.say("王阿姨", first, RESIDENTS)
    town.say("李婶", second, RESIDENTS)
    assert people(town, 1) == ["王阿姨", "李婶"]


@pytest.mark.parametrize(
    ("days", "words", "joined"),
    [(1, "路灯还是没修啊", True), (1, "5号楼路灯还是没修啊", False), (8, "路灯还是没修啊", False)],
)
def test_what_lasts_is_told_of_the_same_place_within_a_week(town: Stage, days: int, words: str, joined: bool) -> None:
    town.say("王阿姨", "3号楼路灯坏了", RESIDENTS)
    town.wait(days=days)
    town.say("老周", words, RESIDENTS)
    assert ("supported" in town.facts(1), len(town.tickets())) == (joined, 1 if joined else 2)


def test_what_lasts_joins_nothing_that_few_may_read(town: Stage) -> None:
    town.say("王阿姨", "3号楼路灯坏了", RESIDENTS)
    with town.app.writing() as db:
        db.execute(update(Ticket).values(confidential=True))
    town.wait(days=1)
    town.say("老周", "路灯还是没修啊", RESIDENTS)
    assert "supported" not in town.facts(1)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("5号楼门口停了辆黑色SUV堵着路", "南门外面包车停了好几天了占着盲道"),
        ("5号楼下水道堵了 厨房反水", "楼下烧烤店油烟太大了"),
        ("南门道闸坏了", "北门的道闸也坏了"),
        ("南门垃圾桶满了", "北门垃圾桶也满了"),
        ("垃圾房三天没人收了", "楼下饭店油烟往我家灌"),
    ],
)
def test_what_is_at_another_gate_or_of_another_smell_is_a_ticket_of_its_own(
    town: Stage, first: str, second: str
) -> None:
    town.say("老周", first, RESIDENTS)
    town.wait(minutes=5)
    town.say("王阿姨", second, RESIDENTS)
    assert len(town.tickets()) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("5号楼下水道堵了臭死了", "一楼全是臭味"),
        ("南门道闸坏了", "南门那个杆子抬不起来好几天了"),
        ("楼下烧烤店油烟太大了", "烧烤店天天晚上放音响"),
        ("南门道闸坏了", "就是啊，大门口堵得一塌糊涂"),
    ],
)
def test_another_side_of_the_same_trouble_still_joins(town: Stage, first: str, second: str) -> None:
    town.say("老周", first, RESIDENTS)
    town.wait(minutes=3)
    town.say("王阿姨", second, RESIDENTS)
    assert len(town.tickets()) == 1
    assert people(town, 1) == ["老周", "王阿姨"]


@pytest.mark.parametrize(
    ("between", "agreed"),
    [
        ("今天菜场的菜真贵", "可不是嘛"),
        ("今天菜场的菜真贵", "我家也是，天天吃白菜"),
        ("今天天气真热", "可不是嘛 我家空调都开了一天"),
        ("孩子期末考得咋样", "我家也是"),
        ("刚看新闻 今年冬天特别冷", "是的是的"),
        ("晚上包饺子吃", "+1"),
    ],
)
def test_whoever_agrees_with_other_talk_joins_no_ticket(town: Stage, between: str, agreed: str) -> None:
    town.say("王阿姨", "3号楼电梯坏了", RESIDENTS)
    town.wait(minutes=2)
    town.say("老周", between, RESIDENTS)
    town.say("赵大爷", "是啊", RESIDENTS)
    assert town.say("李婶", agreed, RESIDENTS) == []
    assert people(town, 1) == ["王阿姨"]


@pytest.mark.parametrize(
    "between", ["唉", "老人怎么下楼啊", "天天坏 物业吃干饭的", "有人报物业了没", "又要爬十楼", "无语"]
)
def test_whoever_agrees_with_talk_about_it_joins(town: Stage, between: str) -> None:
    town.say("王阿姨", "3号楼电梯坏了", RESIDENTS)
    town.wait(minutes=2)
    town.say("老周", between, RESIDENTS)
    town.say("李婶", "我家也是", RESIDENTS)
    assert "李婶" in people(town, 1)


def test_agreeing_with_whoever_joined_is_agreeing_with_the_trouble(town: Stage) -> None:
    """What they say besides is no other talk, though it names nothing."""
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("李婶", "我家也是", RESIDENTS)
    town.wait(minutes=1)
    town.say("李婶", "孙子一直念叨", RESIDENTS)
    assert "已并入 1 号" in to(town.say("老周", "我家也是", RESIDENTS), "老周")[0]


@pytest.mark.parametrize(
    "words",
    [
        "8号楼电梯师傅说主板坏了，要等配件",
        "8号楼电梯听保安说零件坏了要等几天",
        "师傅说8号楼电梯主板坏了，要换",
        "8号楼电梯听物业说下周才能修好",
        "物业说8号楼的电梯争取明天修好",
    ],
)
def test_what_those_say_who_mend_makes_nobody_one_of_those_who_told(town: Stage, words: str) -> None:
    """Nor is it over because it will be mended."""
    town.say("王阿姨", "8号楼电梯坏了", RESIDENTS)
    assert town.say("李婶", words, RESIDENTS) == []
    assert "supported" not in town.facts(1)


@pytest.mark.parametrize(
    "words", ["物业说8号楼电梯要等配件，我家老人都下不来了", "8号楼电梯物业说明天来修，都三天了还没动静"]
)
def test_whoever_says_what_it_means_to_them_is(town: Stage, words: str) -> None:
    town.say("王阿姨", "8号楼电梯坏了", RESIDENTS)
    town.say("李婶", words, RESIDENTS)
    assert "supported" in town.facts(1)


@pytest.mark.parametrize("words", ["➕1", "me too", "咱家也一样", "咱们家也是"])
def test_agreement_is_heard_however_it_is_written(town: Stage, words: str) -> None:
    town.say("王阿姨", "5号楼电梯坏了", RESIDENTS)
    assert to(town.say("老周", words, RESIDENTS), "老周") == ["已并入 1 号，同样会通知您。"]
