"""延期, 定期, 挂账, 恢复: what was promised moves only with a reason and a word, and the days waited are told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.rules.deadlines import LOCAL
from storage.decisions import Decision
from storage.tickets import Ticket
from storage.timers import Timer
from tests.conversations.offices import DISTRICT, LEADER, with_departments
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, clock_time, to

LAMP = "三号楼门口路灯坏了半个月了"


@pytest.fixture
def lamp(town: Stage) -> Stage:
    """Accepted on Monday at nine, to be done by Thursday at nine."""
    with_departments(town, district=True)
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "进展 1 看过了，镇流器坏了")
    return town


@pytest.fixture
def hard(lamp: Stage) -> Stage:
    """A complex case, accepted on Monday at nine: no day has been said yet."""
    with lamp.app.writing() as db:
        ticket = db.scalars(select(Ticket)).one()
        ticket.urgency, ticket.resolve_due = "complex", None
    lamp.say("小赵", "转派 1 小钱")
    lamp.say("小钱", "接单 1")
    return lamp


def due(town: Stage) -> str:
    moment = town.ticket(1).resolve_due
    return clock_time(moment) if moment is not None else ""


def states(town: Stage) -> list[tuple[str, str]]:
    with town.app.reading() as db:
        return [(row.kind, row.state) for row in db.scalars(select(Decision).order_by(Decision.id))]


def waiting(town: Stage) -> set[str]:
    with town.app.reading() as db:
        return set(db.scalars(select(Timer.kind).where(Timer.state == "waiting")))


# --- 延期


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("等配件，延到周五", "延期 1 到周五 等配件"),
        ("等配件延到周五", "延期 1 到周五 等配件"),
        ("1号厂家缺货，拖到下周一", "延期 1 到下周一 厂家缺货"),
        ("1等镇流器延到周五", "延期 1 到周五 等镇流器"),
        ("再给两天，等配件", "延期 1 两天 等配件"),
        ("配件没到，推迟到周五再装", "延期 1 到周五 配件没到"),
        ("延到周五吧，等配件呢", "延期 1 到周五 等配件呢"),
    ],
)
def test_more_time_is_asked_for_in_everyday_words(lamp: Stage, words: str, meant: str) -> None:
    before = lamp.facts(1)
    assert to(lamp.say("小赵", words), "小赵") == [f"您是不是要「{meant}」？是的话回「是」。"]
    assert lamp.facts(1) == before
    lamp.wait(minutes=1)
    if "下周一" not in meant:  # further than may be
        assert "1 号的延期已报给梧桐社区" in to(lamp.say("小赵", "是"), "小赵")[0]
        assert states(lamp) == [("extension", "waiting")]


def test_which_of_several_gets_more_time_is_asked_and_a_number_answers(lamp: Stage) -> None:
    lamp.say("老周", "5号楼下水道堵了，脏水都冒出来了", RESIDENTS)
    lamp.say("李婶", "8号楼单元门禁坏了关不上", RESIDENTS)
    lamp.say("小赵", "接单 2")
    lamp.say("小钱", "接单 3")  # not theirs
    asked = to(lamp.say("小赵", "等配件，延到周五"), "小赵")
    assert asked == ["是哪一张？请带上编号，例如「延期 2」。您能办的有：2（排水污水）、1（道路设施）。"]
    assert "1 号的延期已报给梧桐社区" in to(lamp.say("小赵", "1"), "小赵")[0]
    assert states(lamp) == [("extension", "waiting")]


@pytest.mark.parametrize("words", ["快递延到周五了", "1号师傅周五才有空来", "等了两天了还没人来"])
def test_what_asks_for_no_time_is_no_extension(lamp: Stage, words: str) -> None:
    assert "「延期" not in "".join(to(lamp.say("小赵", words), "小赵"))


def test_more_time_is_given_by_the_level_above_and_told_with_the_days_waited(lamp: Stage) -> None:
    lamp.wait(days=1)
    said = lamp.say("小赵", "延期 1 到周五 等配件")
    assert "已报给梧桐社区" in to(said, "小赵")[0]
    assert due(lamp) == "03-05 09:00", "nothing moves before it is granted"
    said = lamp.press("周书记", "agree", 1)
    assert due(lamp) == "03-06 17:30"
    assert to(said, "王阿姨") == [
        "您报的 1 号要晚几天办好：等配件。现在说好 3月6日 17:30 前办完。您已经等了 1 天。对不住，让您多等了。"
    ]
    why = to(lamp.say("王阿姨", "为什么 1"), "王阿姨")[0]
    assert "因为今天 09:00 上一级同意延期到这个时候" in why
    assert "原来说的是 周四 09:00（3月5日）" in why
    assert lamp.ticket(1).extensions == 1
    late = [text for text in to(lamp.wait(days=3, hours=9), "小赵") if "🔴" in text]
    assert "应在 今天 17:30 前办结" in late[0], "its lights lead to the new moment"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("延期 1", "延到什么时候"),
        ("延期 1 到周五", "要写原因"),
        ("延期 1 到周三 等配件", "要比这个晚"),
        ("延期 1 到3月20日 等配件", "最多能延到 3月8日 09:00"),
    ],
)
def test_what_is_wanted_must_be_possible(lamp: Stage, said: str, answer: str) -> None:
    assert answer in to(lamp.say("小赵", said), "小赵")[0]
    assert states(lamp) == []


def test_not_after_the_moment_is_over(lamp: Stage) -> None:
    lamp.wait(days=3)
    assert "已经过了，不能再延期" in to(lamp.say("小赵", "延期 1 到周五 等配件"), "小赵")[0]


def test_twice_at_most_and_together_no_longer_than_the_first_period(lamp: Stage) -> None:
    lamp.say("小赵", "延期 1 到3月6日 等配件")
    lamp.say("周书记", "同意 1")
    assert "最多能延到 3月8日 09:00" in to(lamp.say("小赵", "延期 1 到3月9日 还没到"), "小赵")[0]
    lamp.say("小赵", "延期 1 到3月8日 还没到")
    lamp.say("周书记", "同意 1")
    assert due(lamp) == "03-08 09:00", "the last day that is possible ends when what is possible does"
    assert "已经延过 2 次" in to(lamp.say("小赵", "延期 1 到3月8日12点 还没到"), "小赵")[0]


def test_refused_everything_stays(lamp: Stage) -> None:
    lamp.say("小赵", "延期 1 到3月6日 等配件")
    said = lamp.say("周书记", "不同意 1 库房里有")
    assert to(said, "小赵") == ["1 号的延期，梧桐社区不同意：库房里有，还请您这边接着办，时限不变。"]
    assert (due(lamp), to(said, "王阿姨")) == ("03-05 09:00", [])
    lamp.say("小赵", "1 延期 2天 库房里没有")
    assert states(lamp) == [("extension", "refused"), ("extension", "waiting")]


def test_one_thing_at_a_time_is_asked_about_a_ticket(lamp: Stage) -> None:
    lamp.say("小赵", "延期 1 到3月6日 等配件")
    assert "还在等梧桐社区定" in to(lamp.say("小赵", "挂账 1 等资金"), "小赵")[0]


def test_somebody_elses_ticket_is_not_theirs_to_extend(lamp: Stage) -> None:
    assert "在梧桐一网格手上" in to(lamp.say("周书记", "延期 1 到3月6日 等配件"), "周书记")[0]


# --- 定期


def test_a_complex_case_gets_its_day_from_whoever_has_it(hard: Stage) -> None:
    said = hard.say("小钱", "定期 1 3月20日")
    assert to(said, "王阿姨")[0] == "您报的 1 号比较复杂，现在说好 3月20日 17:30 前办完，中间有进展会告诉您。"
    assert due(hard) == "03-20 17:30"
    assert "说好的这个日子" in to(hard.say("王阿姨", "为什么 1"), "王阿姨")[0]
    assert "date:red" not in waiting(hard)
    assert "已经说好" in to(hard.say("小钱", "定期 1 3月25日"), "小钱")[0]


def test_a_day_far_away_is_a_street_leaders_to_grant(hard: Stage) -> None:
    said = hard.say("小钱", "定期 1 9月30日")
    assert "申请定期" in to(said, LEADER)[0]
    assert due(hard) == ""
    assert "要由望江街道来定" in to(hard.say("派单员", "同意 1"), "派单员")[0]
    hard.say(LEADER, "同意 1")
    assert due(hard) == "09-30 17:30"


def test_a_day_that_nobody_says_is_a_light(hard: Stage) -> None:
    """Three working days from Monday nine: Thursday morning; the community hears of the red one."""
    said = hard.wait(days=4)
    assert any("🟡" in text and "定期" in text for text in to(said, "小钱"))
    assert any("🔴" in text and "定期" in text for text in to(said, "小钱"))
    assert any("🔴" in text and "定期" in text for text in to(said, "周书记"))


# --- 挂账, 回看, 恢复


def test_suspended_with_a_code_and_a_leaders_signature(lamp: Stage) -> None:
    lamp.wait(days=2)
    assert "为什么一时办不了" in to(lamp.say("小赵", "挂账 1"), "小赵")[0]
    said = lamp.press("小赵", "answer:suspend:funding", 1)
    assert (len(to(said, LEADER)), to(said, "派单员"), to(said, "周书记")) == (1, [], [])
    assert lamp.ticket(1).status == "in_progress", "until it is signed everything goes on"
    said = lamp.press(LEADER, "agree", 1)
    ticket = lamp.ticket(1)
    assert (ticket.status, ticket.reason_code, ticket.accepted_at is not None) == ("suspended", "funding", True)
    assert "要等一笔钱落实" in to(said, "王阿姨")[0]
    assert "4月3日 09:00 会再看一次" in to(said, "王阿姨")[0]
    assert "您已经等了 2 天" in to(said, "王阿姨")[0]
    assert waiting(lamp) <= {"suspended:look", "undo:over"}
    status = to(lamp.say("王阿姨", "进度 1"), "王阿姨")[0]
    assert "下次 4月3日 09:00 回看。您已经等了 2 天。" in status
    assert "4月3日" in to(lamp.say("王阿姨", "为什么 1"), "王阿姨")[0]


@pytest.fixture
def shelved(lamp: Stage) -> Stage:
    lamp.say("小赵", "挂账 1 产权不清，开发商已注销")
    lamp.say(LEADER, "同意 1")
    return lamp


def test_it_is_looked_at_every_thirty_days_and_the_resident_hears_of_it(shelved: Stage) -> None:
    asked = [text for text in to(shelved.wait(days=30), "小赵") if "回看" in text]
    assert len(asked) == 1
    assert "产权不清，居民已等 30 天" in asked[0]
    said = shelved.press("小赵", "look_back", 1)
    assert "又看过一次，还是办不了" in to(said, "王阿姨")[0]
    assert "下次 5月1日" in to(said, "王阿姨")[0]
    assert any("回看" in text for text in to(shelved.wait(days=30), "小赵"))


def test_a_look_that_nobody_takes_is_asked_again_with_whoever_signed(shelved: Stage) -> None:
    said = shelved.wait(days=32)
    assert any("还没有人看" in text for text in to(said, LEADER))
    assert all(8 <= message.at.astimezone(LOCAL).hour < 21 for message in shelved.heard[-4:] if message.at)


def test_resumed_it_has_a_new_moment_and_keeps_its_acceptance(shelved: Stage) -> None:
    accepted = shelved.ticket(1).accepted_at
    shelved.wait(days=12)
    said = shelved.say("小赵", "恢复 1")
    ticket = shelved.ticket(1)
    assert (ticket.status, ticket.accepted_at, ticket.look_at) == ("in_progress", accepted, None)
    assert due(shelved) == "03-17 09:00"
    assert "接着办，最迟 3月17日 09:00。您已经等了 12 天。" in to(said, "王阿姨")[0]
    assert "今天 09:00 恢复办理，重新算起" in to(shelved.say("王阿姨", "为什么 1"), "王阿姨")[0]
    assert {"resolve:yellow", "idle"} <= waiting(shelved)
    assert "suspended:look" not in waiting(shelved)


def test_it_counts_as_unsolved_and_may_be_withdrawn(shelved: Stage) -> None:
    assert shelved.ticket(1).closed_at is None
    shelved.say("王阿姨", "撤回 1")
    assert shelved.ticket(1).status == "withdrawn"
    assert not any("回看" in text for _, text in shelved.wait(days=31))


def test_the_street_does_not_sign_so_the_district_is_asked(lamp: Stage) -> None:
    lamp.say("小赵", "挂账 1 等资金")
    assert any("望江街道没有按时定" in text for text in to(lamp.wait(hours=2), DISTRICT))
    lamp.say(DISTRICT, "同意 1")
    assert lamp.ticket(1).status == "suspended"


# --- several at once


def test_several_are_asked_for_and_decided_at_once(lamp: Stage) -> None:
    lamp.say("老周", "七号楼门口的垃圾三天没人收，臭死了", RESIDENTS)
    lamp.say("小赵", "接单 2")
    said = lamp.say("小赵", "延期 1 2 3月6日 等配件")
    assert [text[:9] for text in to(said, "小赵")] == ["1 号的延期已报给", "2 号的延期已报给"], said
    lamp.say("周书记", "同意 1、2")
    with lamp.app.reading() as db:
        moments = db.scalars(select(Ticket.resolve_due).order_by(Ticket.id)).all()
    assert {clock_time(moment) for moment in moments if moment is not None} == {"03-06 17:30"}
    assert "请把原因写在后面" in to(lamp.say("小赵", "挂账 1 2"), "小赵")[0]
    assert len(to(lamp.say("小赵", "挂账 1 2 等资金"), LEADER)) == 2
    lamp.say(LEADER, "不同意 1 2 钱已经批了")
    with lamp.app.reading() as db:
        states = db.scalars(select(Decision.state).order_by(Decision.id)).all()
    assert states == ["granted", "granted", "refused", "refused"]


def test_a_day_is_no_ticket(lamp: Stage) -> None:
    for day in ("3月6日", "6号", "2天"):
        assert len(to(lamp.say("小赵", f"延期 1 {day} 等配件"), "小赵")) == 1, day
        lamp.say("小赵", "撤销")


# --- the days


def test_the_days_really_waited_stand_wherever_it_is_shown(lamp: Stage) -> None:
    lamp.wait(days=4)
    assert "您已经等了 4 天。" in to(lamp.say("王阿姨", "进度 1"), "王阿姨")[0]
    assert "居民已等 4 天" in to(lamp.say("小赵", "待办"), "小赵")[0], "over what was promised"
    assert "居民已等 4 天。" in to(lamp.say("小赵", "查 1"), "小赵")[0]
    assert "居民已等 4 天" in to(lamp.say("小赵", "待办", OFFICE), OFFICE)[0]
    lamp.say("小赵", "转派 1 小钱")
    shown = [message.card for message in lamp.heard if message.card is not None and message.card.ticket == 1][-1]
    assert dict(shown.fields)["居民已等"] == "4 天"
