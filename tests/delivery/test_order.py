"""Who gets what when: in order at one address, each address for itself, emergencies before all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import deliver
from bot.channels.base import Outcome, TryLater, Unsure
from handlers.rules.pacing import GIVE_UP_AFTER
from storage.outbox import OutboxState
from tests.delivery.office import FORGETS, KNOWS, Moody, Office, forgetful, knowing


def past(office: Office, row_id: int) -> None:
    """The pause of a row is over."""
    office.change(row_id, next_try_at=office.app.clock.wall())


def test_one_address_hears_everything_in_order(office: Office, knows: Moody) -> None:
    person = office.account(KNOWS, "王阿姨")
    office.owe(person, "已受理", "处理中", "已办结")
    assert deliver.run(office.app) == 3
    assert knows.arrived == ["已受理", "处理中", "已办结"]
    assert office.states() == ["sent"] * 3


def test_an_older_row_in_back_off_holds_the_younger_one_back(office: Office, knows: Moody) -> None:
    person, other = office.account(KNOWS, "王阿姨"), office.account(KNOWS, "老周")
    knows.faults = [TryLater("45009 busy")]
    first, second = office.owe(person, "已受理", "已办结")
    deliver.run(office.app)
    assert knows.arrived == []
    office.owe(other, "你好")
    deliver.run(office.app)
    assert knows.arrived == ["你好"]  # others do not wait
    assert office.states() == ["waiting", "waiting", "sent"]
    past(office, first)
    deliver.run(office.app)
    assert knows.arrived == ["你好", "已受理", "已办结"]
    assert office.row(second).state == OutboxState.SENT


def test_a_leased_row_holds_the_younger_one_back(office: Office, knows: Moody) -> None:
    person = office.account(KNOWS, "王阿姨")
    office.owe(person, "已受理")
    deliver._claim(office.app, "replies", timedelta())  # another worker is at it
    office.owe(person, "已办结")
    assert deliver.run(office.app) == 0
    assert knows.arrived == []


def test_an_emergency_waits_for_nothing(office: Office, knows: Moody) -> None:
    person = office.account(KNOWS, "值班老何")
    knows.faults = [TryLater("busy")]
    office.owe(person, "一般提醒")
    deliver.run(office.app)
    office.owe(person, "燃气泄漏！", urgent=True)
    deliver.run(office.app)
    assert knows.arrived == ["燃气泄漏！"]


def test_emergencies_go_out_first_of_a_full_load(office: Office, knows: Moody) -> None:
    for number in range(5):
        office.owe(office.account(KNOWS, f"居民{number}"), "您好")
    office.owe(office.account(KNOWS, "值班老何"), "燃气泄漏！", urgent=True)
    deliver.run(office.app)
    assert knows.arrived[0] == "燃气泄漏！"


def test_a_settled_row_of_any_outcome_lets_the_next_one_go(office: Office, knows: Moody) -> None:
    person = office.account(KNOWS, "王阿姨")
    for state in ("sent", "dead", "unknown", "no_way", "answered_inline"):
        office.owe(person, state, state=state)
    office.owe(person, "下一条")
    deliver.run(office.app)
    assert knows.arrived == ["下一条"]


def test_what_was_answered_inline_is_touched_by_no_sweep(office: Office, knows: Moody) -> None:
    person = office.account(KNOWS, "王阿姨")
    long_ago = office.app.clock.wall() - timedelta(days=2)
    row = office.owe(person, "已登记", state="answered_inline", next_try_at=long_ago, lease_until=long_ago)[0]
    before = office.row(row)
    for _ in range(3):
        deliver.run(office.app)
        deliver.run(office.app, older_than=timedelta(seconds=5))
    after = office.row(row)
    assert knows.arrived == []
    assert (after.state, after.tries, after.next_try_at) == (before.state, 0, before.next_try_at)


def test_the_two_queues_do_not_take_each_others_rows(office: Office, knows: Moody) -> None:
    person = office.account(KNOWS, "王阿姨")
    office.owe(person, "通知", queue="bulk")
    deliver.run(office.app, "replies")
    assert knows.arrived == []
    office.owe(person, "回复")  # nor do they wait for each other
    deliver.run(office.app, "replies")
    assert knows.arrived == ["回复"]
    deliver.run(office.app, "bulk")
    assert knows.arrived == ["回复", "通知"]


# --- try later, give up


def test_pauses_grow_and_the_platforms_own_wish_counts(office: Office, knows: Moody) -> None:
    person = office.account(KNOWS, "王阿姨")
    row = office.owe(person, "您好")[0]
    pauses = []
    for fault in (TryLater("busy"), TryLater("busy"), TryLater("busy"), TryLater("busy", timedelta(minutes=7))):
        knows.faults = [fault]
        past(office, row)
        begun = office.app.clock.wall()
        deliver.run(office.app)
        pauses.append((office.row(row).next_try_at - begun).total_seconds())
    assert 1.9 < pauses[0] < pauses[1] < pauses[2]
    assert pauses[3] >= 7 * 60
    assert (office.row(row).reason, office.row(row).state) == ("busy", "waiting")


def test_in_the_end_it_is_given_up_with_a_reason(office: Office, knows: Moody) -> None:
    row = office.owe(office.account(KNOWS, "王阿姨"), "您好")[0]
    knows.faults = [TryLater("45047 out of reach " + "x" * 200)] * (GIVE_UP_AFTER + 5)
    for _ in range(GIVE_UP_AFTER):
        past(office, row)
        deliver.run(office.app)
    dead = office.row(row)
    assert (dead.state, dead.tries) == (OutboxState.DEAD, GIVE_UP_AFTER)
    assert dead.reason is not None
    assert dead.reason.startswith("45047 out of reach")
    assert deliver.run(office.app) == 0


def test_a_platform_may_say_no_with_words_as_long_as_it_likes(office: Office) -> None:
    office.app.channels[KNOWS] = knowing(lambda batch: [Outcome("dead", "i" * 400, "blocked " * 50)] * len(batch))
    row = office.owe(office.account(KNOWS, "王阿姨"), "您好")[0]
    deliver.run(office.app)
    assert office.row(row).state == OutboxState.DEAD
    assert (office.row(row).reason or "").startswith("blocked")


# --- not knowing


def test_an_unknown_outcome_is_tried_again_under_the_same_key_where_keys_are_known(
    office: Office, knows: Moody
) -> None:
    row = office.owe(office.account(KNOWS, "王阿姨"), "您好")[0]
    knows.faults = [Unsure("timed out")]
    deliver.run(office.app)
    assert office.row(row).state == OutboxState.WAITING
    past(office, row)
    deliver.run(office.app)
    assert knows.keys == [office.row(row).ref]
    assert office.row(row).state == OutboxState.SENT


def test_an_unknown_outcome_is_never_repeated_where_keys_are_not_known(office: Office, forgets: Moody) -> None:
    row = office.owe(office.account(FORGETS, "王阿姨"), "您好")[0]
    forgets.faults = [Unsure("timed out")]
    deliver.run(office.app)
    assert office.row(row).state == OutboxState.UNKNOWN
    past(office, row)
    deliver.run(office.app)
    assert forgets.arrived == []


def test_a_fault_of_our_own_while_sending_counts_as_unknown(office: Office, forgets: Moody) -> None:
    rows = office.owe(office.account(FORGETS, "王阿姨"), "您好")
    rows += office.owe(office.account(FORGETS, "老周"), "您好")
    office.app.channels[FORGETS] = forgetful(forgets, batch=1)
    forgets.faults = [KeyError("a bug"), None]
    deliver.run(office.app)
    assert office.states() == ["unknown", "sent"]  # the others still go out


def test_too_few_outcomes_are_no_outcome(office: Office) -> None:
    office.app.channels[FORGETS] = forgetful(lambda batch: [Outcome("sent")])
    office.owe(office.account(FORGETS, "王阿姨"), "您好")
    office.owe(office.account(FORGETS, "老周"), "您好")
    deliver.run(office.app)
    assert office.states() == ["unknown", "unknown"]


@pytest.mark.parametrize("window", [timedelta(minutes=30)])
def test_nothing_doubtful_is_repeated_after_the_platform_forgot_the_key(
    office: Office, knows: Moody, window: timedelta
) -> None:
    office.app.channels[KNOWS] = knowing(knows, idempotent_for=window)
    row = office.owe(office.account(KNOWS, "王阿姨"), "您好")[0]
    knows.faults = [Unsure("timed out"), TryLater("busy")]
    deliver.run(office.app)
    doubtful = office.row(row)
    assert doubtful.state == OutboxState.WAITING
    past(office, row)
    deliver.run(office.app)  # being told to come later does not make the doubt younger
    assert doubtful.sent_at is not None
    office.change(row, sent_at=doubtful.sent_at - window, next_try_at=office.app.clock.wall())
    deliver.run(office.app)
    assert office.row(row).state == OutboxState.UNKNOWN
    assert knows.arrived == []


# --- rows that cannot be sent


def test_a_row_that_cannot_be_read_keeps_nobody_waiting(office: Office, knows: Moody) -> None:
    person = office.account(KNOWS, "王阿姨")
    broken = office.owe(person, "您好", text="k00000000:bm90aGluZw==")[0]
    office.owe(person, "下一条")
    deliver.run(office.app)
    deliver.run(office.app)
    assert (office.row(broken).state, office.row(broken).reason) == ("dead", "unreadable")
    assert knows.arrived == ["下一条"]


def test_a_row_of_a_channel_that_is_gone_has_no_way_and_is_counted(office: Office, knows: Moody) -> None:
    row = office.owe(office.account("memory:gone", "王阿姨"), "您好")[0]
    office.owe(office.account(KNOWS, "老周"), "您好")
    deliver.run(office.app)
    assert (office.row(row).state, office.row(row).reason) == ("no_way", "no such channel")
    assert knows.arrived == ["您好"]
