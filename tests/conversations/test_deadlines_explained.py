"""为什么: a deadline says why it is what it is, in the same words' moment everywhere, whatever changes afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.doctor_policy import holidays, look_at_policy
from bot.web import board
from handlers.context import Context
from handlers.matter.opening import open_ticket
from handlers.permissions import Who
from handlers.rules import policies, promises
from handlers.rules.deadlines import LOCAL, Policy
from handlers.rules.policies import load
from handlers.ticket import promising
from handlers.wording.times import when
from nlp.reading import ReadingContext, read
from storage.facts import FactKind, of_ticket
from storage.inbox import Inbox
from storage.people import Account
from storage.tickets import Ticket
from tests.conversations.stage import MORNING, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
DRAIN = "2号楼下水道堵了，污水往外冒"
WORKING = """
name = "office"
clock = "working"

[calendar]
holidays = [2026-03-04]
workdays = [2026-03-07]

[urgent]
accept = "2 working hours"
"""
OWN = '[units."梧桐社区".ordinary]\naccept = "4 hours"\n[units."望江街道/梧桐社区"]\nclock = "service"\n'


def with_policy(town: Stage, text: str) -> Stage:
    town.app.policy = policies.load(text, town.app.policy)
    return town


def due(town: Stage, number: int) -> str:
    return f"{town.ticket(number).accept_due.astimezone(LOCAL):%m-%d %H:%M}"


def why(town: Stage, who: str, number: int) -> str:
    [text] = to(town.say(who, f"为什么 {number}"), who)
    return text


def test_the_reporter_hears_why(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    assert why(town, "王阿姨", 1) == (
        "1 号：接手截止 周一 17:00（今天），因为第一句话是今天 09:00 说的，不分日夜算 8 小时。\n"
        "办结截止 周四 09:00（3月5日），因为第一句话是今天 09:00 说的，不分日夜算 3 天。"
    )
    assert to(town.say("王阿姨", "为什么"), "王阿姨")[0].startswith("1 号：接手截止")


def test_in_a_group_it_is_told_in_private_and_is_a_word_of_talk_otherwise(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    said = town.say("王阿姨", "为什么 1", RESIDENTS)
    assert (to(said, RESIDENTS), len(to(said, "王阿姨"))) == ([], 1)
    assert town.say("老周", "为什么？", RESIDENTS) == []
    assert "只有报事人和经办人员能查" in why(town, "老周", 1)
    assert to(town.say("老周", "为什么 99"), "老周") == [why(town, "老周", 1).replace("1 号", "99 号")]


def test_staff_also_hear_whose_figures_they_are(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    assert why(town, "小赵", 1).endswith(f"\n规定 {Policy().mark}")
    town.say("小赵", "接单 1")
    assert why(town, "小赵", 1).startswith("1 号：第一次联系或进展截止 周一 17:00（今天），因为第一句话是")
    town.say("小赵", "进展 1 已联系师傅")
    town.say("小赵", "办结 1 灯泡已换")
    assert why(town, "小赵", 1).splitlines()[0] == "1 号现在没有要等的时限。"


def test_what_is_urgent_is_accepted_within_two_hours_of_service(town: Stage) -> None:
    town.wait(hours=10, minutes=30)
    town.say("王阿姨", DRAIN, RESIDENTS)
    assert due(town, 1) == "03-03 09:30"
    assert "按服务时间算 2 小时（每天 08:00–20:00）。" in why(town, "王阿姨", 1)


def test_a_late_acceptance_leaves_an_hour(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(hours=9)
    town.say("小赵", "接单 1")
    assert "截止 周一 19:00（今天），因为今天 18:00 才接的单，不分日夜算 60 分钟。" in why(town, "小赵", 1)


def test_working_hours_name_the_days_that_were_passed_over(town: Stage) -> None:
    with_policy(town, WORKING)
    town.wait(hours=31)  # Tuesday 16:00; Wednesday is a day off here
    town.say("王阿姨", LAMP, RESIDENTS)
    assert due(town, 1) == "03-05 16:30"
    heard = why(town, "小赵", 1)
    assert "按上班时间算 8 小时（工作日 08:30–12:00、13:30–17:30），3月4日 不上班，不算。" in heard
    assert heard.splitlines()[-1].startswith("规定 office/")
    assert "日历 chinesecalendar 1." in heard
    # three working days from there pass over a Sunday, not over the Saturday that is worked
    resolve = town.ticket(1).resolve_due
    assert resolve == MORNING.replace(day=7, hour=16)


def test_a_unit_has_its_own_figures_and_clock(town: Stage) -> None:
    with_policy(town, OWN)
    town.wait(hours=9)
    town.say("王阿姨", LAMP, RESIDENTS)
    assert due(town, 1) == "03-03 10:00"  # two hours left of this day's service
    assert why(town, "王阿姨", 1).splitlines()[0].endswith("算 4 小时（每天 08:00–20:00）。这是梧桐社区自己的规定。")


def test_the_yellow_light_comes_after_three_quarters_on_the_same_clock(town: Stage) -> None:
    with_policy(town, OWN)
    town.wait(hours=9)
    town.say("王阿姨", LAMP, RESIDENTS)
    assert town.wait(hours=14, minutes=59) == []
    assert any(text.startswith("🟡 1") for text in to(town.wait(minutes=1), "小赵"))
    with town.app.reading() as db:
        row = board.row(db, town.app.vault, town.app.policy, town.ticket(1), with_words=False)
    assert datetime.fromisoformat(str(row.yellow_at)) == MORNING.replace(day=3)
    assert "🟡" in to(town.say("小赵", "待办"), "小赵")[0]


@pytest.mark.parametrize("step", ["转派 1 物业", "policy", "退单", "并案 1 2"])
def test_nothing_that_happens_later_moves_a_promise(town: Stage, step: str) -> None:
    """Neither other hands, nor another policy or calendar, nor something that was told later."""
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(hours=1)
    town.say("老周", "七号楼门口的垃圾三天没人收，臭死了", RESIDENTS)
    before, told = town.ticket(1), why(town, "王阿姨", 1)
    with_policy(town, WORKING)
    if step == "退单":
        town.say("小赵", "退单 1 非本辖区，建议转城管执法队")
        assert town.say("周书记", "同意 1")
    elif step != "policy":
        assert town.say("小赵", step)
    after = town.ticket(1)
    assert (after.accept_due, after.resolve_due, after.policy) == (before.accept_due, before.resolve_due, before.policy)
    assert why(town, "王阿姨", 1) == told
    said = town.wait(hours=7)
    assert any("已超时（应在 今天 17:00" in text for _, text in said), "red at the promised moment"


def test_one_moment_wherever_it_is_shown(town: Stage) -> None:
    said = town.say("王阿姨", LAMP, RESIDENTS)
    shown = when(town.ticket(1).accept_due, town.now)
    card = next(message.card for message in town.heard if message.card is not None)
    with town.app.reading() as db:
        row = board.row(db, town.app.vault, town.app.policy, town.ticket(1), with_words=False)
    everywhere = [
        to(said, RESIDENTS)[0],
        to(said, "小赵")[0],
        str(card.fields),
        to(town.say("王阿姨", "进度 1"), "王阿姨")[0],
        to(town.say("小赵", "待办"), "小赵")[0],
    ]
    assert all(shown in text for text in everywhere), everywhere
    assert datetime.fromisoformat(str(row.due_at)) == town.ticket(1).accept_due
    assert "周一 17:00（今天）" in why(town, "王阿姨", 1)


def test_reopening_counts_anew_to_accept_and_keeps_the_day_it_was_to_be_done(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 灯泡已换")
    town.say("王阿姨", "好了谢谢")
    resolve = town.ticket(1).resolve_due
    town.wait(days=1)
    town.say("王阿姨", "还是没修")
    assert (town.ticket(1).status, town.ticket(1).resolve_due) == ("reported", resolve)
    assert "接手截止 周二 17:00（今天），因为今天 09:00 又说没弄好，重新算起，不分日夜算 8 小时。" in why(
        town, "王阿姨", 1
    )


def test_a_merge_takes_the_earliest_and_taken_apart_each_has_its_own_again(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(hours=1)
    town.say("老周", DRAIN, RESIDENTS)
    before = why(town, "王阿姨", 1)
    town.say("小赵", "并案 1 2")
    assert due(town, 1) == "03-02 11:00"  # two hours, since it is urgent now, from the first word of both
    assert why(town, "王阿姨", 1).splitlines()[0] == (
        "1 号：接手截止 周一 11:00（今天），因为和 2 号并成了一件，"
        "第一句话是今天 09:00 说的，按服务时间算 2 小时（每天 08:00–20:00）。"
    )
    town.say("小赵", "拆分 2")
    assert (due(town, 1), due(town, 2)) == ("03-02 17:00", "03-02 12:00")
    assert why(town, "王阿姨", 1) == before


def test_what_stays_in_a_merge_still_counts(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("老周", DRAIN, RESIDENTS)
    town.say("李婶", "6号楼电梯坏了，停在一楼不动", RESIDENTS)
    town.say("小赵", "并案 1 2")
    town.say("小赵", "并案 1 3")
    town.say("小赵", "拆分 2")
    assert (due(town, 1), town.ticket(1).urgency) == ("03-02 11:00", "urgent")
    town.say("小赵", "拆分 3")
    assert (due(town, 1), town.ticket(1).urgency) == ("03-02 17:00", "ordinary")


def test_what_turns_out_to_be_an_emergency_is_promised_from_then_on(town: Stage) -> None:
    town.say("王阿姨", "二单元楼道有股怪味，熏得头晕，三天了没人管", RESIDENTS)
    assert town.ticket(1).urgency != "emergency"
    town.wait(minutes=5)
    town.say("王阿姨", "二单元是煤气味！好重的煤气味！", RESIDENTS)
    assert due(town, 1) == "03-02 09:15"
    assert "接手截止 周一 09:15（今天），因为今天 09:05 知道更急，从那时算起，不分日夜算 10 分钟。" in why(
        town, "小赵", 1
    )
    assert any("1 " in text for text in to(town.wait(minutes=10), "小赵"))


def test_the_card_that_is_quoted_is_what_is_asked_about(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("王阿姨", DRAIN, RESIDENTS)
    [told] = to(town.say("小赵", "为什么", quoted=town.card(2, "小赵")), "小赵")
    assert told == why(town, "小赵", 2)


def test_whoever_accepts_a_complex_matter_names_its_date_within_three_working_days(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    with town.app.writing() as db:
        ticket = db.get_one(Ticket, town.ticket(1).id)
        ticket.urgency, ticket.resolve_due = "complex", None
    assert "没有办结期限：接单后由承办的人定日期。" in why(town, "王阿姨", 1)
    town.wait(days=4, hours=7, minutes=30)  # Friday 16:30
    town.say("小赵", "接单 1")
    assert (
        "定下办结日期截止 周三 16:30（3月11日），因为今天 16:30 接的单，"
        "按上班时间算 3 天（工作日 08:30–12:00、13:30–17:30），3月7日到8日 不上班，不算。"
    ) in why(town, "小赵", 1)


def test_the_doctor_names_the_policy_and_units_that_nobody_knows(town: Stage, tmp_path: Path) -> None:
    path = tmp_path / "deadlines.toml"
    path.write_text(OWN + '[units."梧桐社区二"]\nclock = "working"\n', encoding="utf-8")
    settings = replace(town.app.settings, policy=path)
    said = [str(finding) for finding in look_at_policy(settings)]
    assert [line for line in said if "MENKOU_POLICY: no unit" in line] != []
    assert "梧桐社区二" in said[1]
    assert "standard/" in said[0]
    assert [str(finding)[:4] for finding in holidays(load(""), datetime(2092, 12, 1, tzinfo=LOCAL))] == ["warn", "warn"]
    assert list(holidays(load("[calendar]\nholidays = [2027-01-01]"), datetime(2026, 12, 1, tzinfo=LOCAL))) == []


def test_the_doctor_of_a_database_without_tables_leaves_the_units_to_others(town: Stage, tmp_path: Path) -> None:
    path = tmp_path / "deadlines.toml"
    path.write_text('[units."梧桐社区二"]\nclock = "working"\n', encoding="utf-8")
    empty = tmp_path / "empty.db"
    empty.touch()
    settings = replace(town.app.settings, policy=path, database_url=f"sqlite:///{empty}")
    assert str(next(iter(look_at_policy(settings)))).startswith("ok")
    assert all("no unit" not in str(finding) for finding in look_at_policy(settings))


def test_an_order_from_outside_keeps_its_deadline(town: Stage) -> None:
    """As an order of the hotline is opened: with the moment that came with it, whatever is learnt of it later."""
    ends = MORNING + timedelta(days=5, minutes=7)
    town.say("王阿姨", "您好")
    with town.app.writing() as db:
        row = db.scalars(select(Inbox).order_by(Inbox.id.desc())).first()
        assert row is not None
        reading = read(LAMP, ReadingContext(addressed=True))
        policy, who = town.app.policy, Who(db.get_one(Account, row.sender_id))
        ctx = Context(db, town.now, town.app.vault, policy, "", who, row, reading, words=LAMP)
        given = {promises.RESOLVE: promises.given(town.now, ends, policy, "hotline")}
        ticket = open_ticket(ctx, reading.parts[0], None, kind="fault", source="hotline", given=given)
        ticket.urgency = "urgent"
        made = promising.as_urgent_as_it_is(ctx, ticket)
        assert (ticket.source, ticket.resolve_due, list(made)) == ("hotline", ends, [promises.ACCEPT])
        ticket.urgency = "ordinary"
        assert promising.as_urgent_as_it_is(ctx, ticket) == {}  # nothing is accepted later than was said
        assert ticket.accept_due == made[promises.ACCEPT].due
        ticket.accept_due = MORNING + timedelta(hours=8)
    assert "办结截止 周六 09:07（3月7日），因为12345 热线转来时就定好了这个时间，照原来的办。" in why(town, "王阿姨", 1)


def test_a_promise_without_a_reason_is_still_told(town: Stage) -> None:
    """A ticket of an earlier version: its moments stand, and nobody invents a reason for them."""
    town.say("王阿姨", LAMP, RESIDENTS)
    with town.app.writing() as db:
        [fact] = [one for one in of_ticket(db, 1) if one.kind == FactKind.OPENED]
        fact.data = {name: value for name, value in fact.data.items() if name != promising.KEPT}
    assert why(town, "王阿姨", 1).startswith("1 号：接手截止 周一 17:00（今天）。当时没有记下原因。")
    assert to(town.wait(hours=6), "小赵")[0].startswith("🟡 1")


# --- by what it was known


def test_staff_who_ask_why_read_the_words_and_rules_that_decided_with_their_weights(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    [told] = to(town.say("小赵", "为什么 1"), "小赵")
    line = told.splitlines()[-2]
    assert line.startswith("怎么听出来的：说得直白：路灯坏；道路设施：路灯坏；")
    assert "（+" in line
    assert "把握 9" in line
    assert "怎么听出来的" not in to(town.say("王阿姨", "为什么 1"), "王阿姨")[0]


def test_what_is_confidential_is_not_told_by_its_words(town: Stage) -> None:
    town.say("王阿姨", "举报3号楼501群租，别说是我")
    assert town.ticket(1).confidential
    assert "怎么听出来的" not in to(town.say("周书记", "为什么 1"), "周书记")[0]
