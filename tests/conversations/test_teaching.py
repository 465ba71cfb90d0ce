"""Staff put right what the bot understood; each correction is an example, masked and sealed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import households, listening
from storage.facts import Fact
from storage.listening import Example, Label
from storage.people import Account
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
CHAT = "晚上谁去打牌呀，三缺一"


@pytest.fixture
def lamp(town: Stage) -> Stage:
    town.say("王阿姨", LAMP, RESIDENTS)
    return town


def taught(town: Stage) -> list[Label]:
    with town.app.reading() as db:
        return listening.examples(db, town.app.vault)


# --- 改类


@pytest.mark.parametrize(
    "words", ["改类 1 排水", "改类1排水污水", "1 改类 drainage", "改類 １ 排水", "改类 1 成排水", "改类 排水"]
)
def test_the_category_is_put_right_and_the_reporter_is_not_bothered(lamp: Stage, words: str) -> None:
    due = lamp.ticket(1).accept_due
    said = lamp.say("小赵", words)
    assert to(said, "小赵") == ["1 号改成排水污水了，时限不变。"]
    assert [name for name, _ in said] == ["小赵"]
    assert (lamp.ticket(1).category, lamp.ticket(1).accept_due) == ("drainage", due)
    assert [(one.text, one.category, one.source) for one in taught(lamp)] == [(LAMP, "drainage", "recategorised")]


def test_the_fact_says_what_it_was_before(lamp: Stage) -> None:
    lamp.say("小赵", "改类 1 绿化")
    with lamp.app.reading() as db:
        fact = db.scalars(select(Fact).where(Fact.kind == "recategorised")).one()
    assert (fact.data["before"]["category"], fact.data["after"]["category"]) == ("road_facility", "greening")
    assert "改类" in to(lamp.say("小赵", "查 1"), "小赵")[0]


def test_another_desk_gets_it_with_the_deadline_untouched(lamp: Stage) -> None:
    lamp.say("小钱", "接单 1")
    due = lamp.ticket(1).accept_due
    said = lamp.say("小赵", "改类 1 占道违建")
    assert to(said, "小赵")[0].startswith("1 号改成占道违建了，转给城管执法队，时限不变")
    assert "占道违建" in to(said, "孙队")[0]
    assert "您不用再办" in to(said, "小钱")[0]
    assert to(said, "王阿姨") == []
    ticket = lamp.ticket(1)
    assert (ticket.status, ticket.holder_id, ticket.accept_due) == ("reported", None, due)
    lamp.say("孙队", "接单 1")
    assert lamp.ticket(1).status == "accepted"


def test_what_was_dispatched_by_hand_stays_where_it_is(lamp: Stage) -> None:
    lamp.say("小赵", "转派 1 安居物业")
    desk = lamp.ticket(1).desk_id
    assert to(lamp.say("周书记", "改类 1 占道违建"), "周书记") == ["1 号改成占道违建了，时限不变。"]
    assert lamp.ticket(1).desk_id == desk


def test_a_near_miss_is_asked_about_and_a_yes_is_enough(lamp: Stage) -> None:
    said = to(lamp.say("小赵", "改类 1 窨井盖翘了"), "小赵")
    assert "您是不是要" in said[0]
    assert lamp.ticket(1).category == "road_facility"
    said = to(lamp.say("小赵", "改类 1 狗叫"), "小赵")
    assert said == ["没有「狗叫」这一类，您是不是要「噪音扰民」？是的话回「是」，或者说「改类 1 噪音扰民」。"]
    assert to(lamp.say("小赵", "是"), "小赵") == ["1 号改成噪音扰民了，时限不变。"]


def test_a_word_that_fits_two_categories_is_never_guessed(lamp: Stage) -> None:
    said = to(lamp.say("小赵", "改类 1 安全"), "小赵")[0]
    assert "消防安全" in said
    assert "治安安全" in said
    assert lamp.ticket(1).category == "road_facility"


def test_without_a_category_it_is_asked_for(lamp: Stage) -> None:
    assert "改成哪一类" in to(lamp.say("小赵", "改类 1"), "小赵")[0]
    assert to(lamp.say("小赵", "不用"), "小赵") == ["好的，1 号还是道路设施。"]
    lamp.say("小赵", "改类 1")
    lamp.say("小赵", "停车")
    assert lamp.ticket(1).category == "parking"
    assert "没有「嘎嘎」这一类" in to(lamp.say("小赵", "改类 1 嘎嘎"), "小赵")[0]
    assert to(lamp.say("小赵", "改类 1 停车"), "小赵") == ["1 号本来就是停车交通。"]


@pytest.mark.parametrize("words", ["改类 1 排水", "不是报事 1", "是报事 1"])
@pytest.mark.parametrize("who", ["小刘", "孙队", "老周"])
def test_it_is_not_for_residents_nor_for_those_whom_it_spares_work(lamp: Stage, who: str, words: str) -> None:
    lamp.say(who, words)
    assert (lamp.ticket(1).category, lamp.ticket(1).status) == ("road_facility", "reported")
    assert taught(lamp) == []


def test_the_last_label_of_a_ticket_counts(lamp: Stage) -> None:
    lamp.say("小赵", "改类 1 绿化")
    lamp.say("周书记", "改类 1 排水")
    assert [one.category for one in taught(lamp)] == ["drainage"]


# --- 不是报事, and back


def test_no_report_is_taken_down_with_one_kind_line(lamp: Stage) -> None:
    lamp.say("老周", "我家也是", RESIDENTS)
    said = lamp.say("小赵", "不是报事 1", OFFICE)
    assert to(said, RESIDENTS) == []
    assert to(said, OFFICE) == ["1 号不算报事，已经撤下。弄错了说「是报事 1」。"]
    assert to(said, "王阿姨") == []  # as long as it may be taken back
    told = lamp.wait(minutes=1)
    [line] = to(told, "王阿姨")
    assert line.startswith(f"您说的「{LAMP}」登成了 1 号")
    assert "12345" in line
    assert LAMP not in "".join(to(told, "老周"))
    ticket = lamp.ticket(1)
    assert (ticket.status, ticket.closing) == ("rejected", "not_report")
    assert lamp.wait(hours=30) == []
    assert [one.category for one in taught(lamp)] == [None]
    assert "撤下" in to(lamp.say("王阿姨", "进度 1"), "王阿姨")[0]
    assert lamp.facts(1).count("not_report") == 1


def test_whoever_was_merged_into_it_does_not_read_the_other_reporters_words(lamp: Stage) -> None:
    lamp.say("老周", "五号楼垃圾三天没收了臭死了", RESIDENTS)
    lamp.say("周书记", "并案 2 1")
    lamp.say("小赵", "不是报事 1")
    [line] = to(lamp.wait(minutes=1), "老周")
    assert "12345" in line
    assert LAMP not in line


def test_saying_it_twice_is_harmless(lamp: Stage) -> None:
    lamp.say("小赵", "不是报事 1")
    said = lamp.say("周书记", "不是报事 1")
    assert said == [("周书记", "1 号已经撤下了。弄错了说「是报事 1」。")]
    assert lamp.facts(1).count("not_report") == 1


def test_it_is_undone_with_its_promise_and_its_reminders(lamp: Stage) -> None:
    due = lamp.ticket(1).accept_due
    lamp.say("小钱", "接单 1")
    assert "您不用再办" in to(lamp.say("小赵", "不是报事 1"), "小钱")[0]
    lamp.wait(minutes=1)
    said = lamp.say("周书记", "是报事 1")
    assert to(said, "周书记")[0].startswith("1 号恢复了，等梧桐一网格接单")
    assert "又接着办了" in to(said, "王阿姨")[0]
    ticket = lamp.ticket(1)
    assert (ticket.status, ticket.closing, ticket.closed_at, ticket.holder_id) == ("reported", None, None, None)
    assert ticket.accept_due == due
    assert any("1" in text for _, text in lamp.wait(hours=6, minutes=1))
    assert [one.category for one in taught(lamp)] == ["road_facility"]
    lamp.say("小赵", "接单 1")
    assert lamp.ticket(1).status == "accepted"


def test_what_somebody_works_on_already_is_no_mistake(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.say("小赵", "进展 1 已联系师傅")
    assert "不能撤下" in to(lamp.say("小赵", "不是报事 1"), "小赵")[0]


def test_the_card_has_a_button_for_it_but_not_the_property_companys(lamp: Stage) -> None:
    card = next(one.card for one in lamp.heard if one.card and one.chat == OFFICE)
    assert [button.action for button in card.buttons] == ["accept", "reassign", "why", "not_report"]
    lamp.say("小赵", "转派 1 安居物业")
    card = next(one.card for one in reversed(lamp.heard) if one.card and one.person == "小刘")
    assert [button.action for button in card.buttons] == ["accept", "reassign", "why"]
    lamp.press("周书记", "not_report", 1)
    assert lamp.ticket(1).closing == "not_report"


# --- 是报事 of what opened nothing


def test_a_quoted_message_is_opened_for_its_sender_with_the_time_of_then(town: Stage) -> None:
    assert town.say("李婶", CHAT, RESIDENTS) == []
    key, then = town.last_key, town.now
    town.wait(hours=2)
    said = town.say("小赵", "是报事", RESIDENTS, quoted=key)
    assert len(to(said, RESIDENTS)) == 1
    assert to(said, "小赵")[0] == "已立单 1，替说这句话的人登记的。类别不对说「改类 编号 类别」。"
    ticket = town.ticket(1)
    assert (ticket.opened_at, ticket.category, ticket.source) == (then, "other", "group")
    assert "1 号" in to(town.say("小赵", "接单 1"), "李婶")[0]
    assert [(one.text, one.category) for one in taught(town)] == [(CHAT, "other")]
    town.say("小赵", "改类 1 噪音")
    assert [(one.text, one.category) for one in taught(town)] == [(CHAT, "noise")]


def test_the_category_may_be_said_at_once_and_a_second_time_opens_nothing(town: Stage) -> None:
    town.say("李婶", CHAT, RESIDENTS)
    key = town.last_key
    town.say("周书记", "是报事 噪音", RESIDENTS, quoted=key)
    assert town.ticket(1).category == "noise"
    said = town.say("小赵", "是报事", RESIDENTS, quoted=key)
    assert to(said, RESIDENTS) == []
    assert to(said, "小赵") == ["这句话已经立单了，是 1 号。"]
    assert len(town.tickets()) == 1


def test_what_was_passed_on_in_private_is_opened_where_it_was_said(town: Stage) -> None:
    town.say("李婶", CHAT, RESIDENTS)
    then = town.now
    town.wait(minutes=30)
    town.say("小赵", CHAT)
    said = town.say("小赵", "是报事")
    assert len(to(said, RESIDENTS)) == 1
    ticket = town.ticket(1)
    assert (ticket.opened_at, ticket.source) == (then, "group")
    assert "1 号" in to(town.say("小赵", "接单 1"), "李婶")[0]


def test_a_photo_is_opened_with_its_picture(town: Stage) -> None:
    town.photo("李婶", RESIDENTS)
    town.say("小赵", "是报事 环境卫生", RESIDENTS, quoted=town.last_key)
    assert town.ticket(1).category == "sanitation"
    assert "added" in town.facts(1)


def test_talk_that_is_forgotten_cannot_be_opened(town: Stage) -> None:
    from bot import purge

    town.say("李婶", CHAT, RESIDENTS)
    key = town.last_key
    town.wait(hours=25)
    purge.purge(town.app)
    assert "已经不留了" in to(town.say("小赵", "是报事", RESIDENTS, quoted=key), "小赵")[0]
    assert town.tickets() == []


def test_it_needs_something_to_open_and_residents_may_not(town: Stage) -> None:
    assert "请引用那句话" in to(town.say("小赵", "是报事"), "小赵")[0]
    assert [name for name, _ in town.say("小赵", "是报事", RESIDENTS)] == ["小赵"]
    assert "请引用那句话" in to(town.say("小赵", "是报事"), "小赵")[0]
    town.say("李婶", CHAT, RESIDENTS)
    assert town.say("老周", "是报事", RESIDENTS, quoted=town.last_key) == []
    assert town.tickets() == []


# --- what is kept of the words


def test_what_is_kept_is_masked_and_sealed(town: Stage) -> None:
    town.say("王阿姨", "我叫张桂兰，住3号楼501室，电话13800001234，三号楼门口的路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "改类 1 房屋")
    [label] = taught(town)
    for private in ("张桂兰", "501", "13800001234"):
        assert private not in label.text
    assert "路灯坏了" in label.text
    with town.app.reading() as db:
        stored = db.scalars(select(Example.text)).one()
    assert "路灯" not in stored


def test_of_two_problems_each_ticket_teaches_its_own_half(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了，另外垃圾三天没人收，臭死了", RESIDENTS)
    assert len(town.tickets()) == 2
    other = next(one for one in town.tickets() if one.category == "sanitation")
    town.say("小赵", f"改类 {other.number} 排水")
    [label] = taught(town)
    assert "垃圾" in label.text
    assert "路灯" not in label.text


def test_whoever_moves_away_takes_what_was_learnt_from_them_along(lamp: Stage) -> None:
    lamp.say("老周", "我家厨房下水道堵了，往上冒脏水", RESIDENTS)
    lamp.say("小赵", "改类 1 绿化")
    lamp.say("小赵", "改类 2 房屋")
    assert len(taught(lamp)) == 2
    with lamp.app.reading() as db:
        home = households.home_of(db, db.get_one(Account, lamp.ticket(1).reporter_id))
        assert home is not None
    lamp.say("小赵", f"解绑 1-{home.room} 王阿姨")
    assert [one.category for one in taught(lamp)] == ["building"]
