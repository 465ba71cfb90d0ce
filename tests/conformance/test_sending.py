"""What every channel does when its platform is slow, shut, throttled, cut off or gone, and whom it reaches anyhow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.outbox import OutboxState
from tests.conformance.bench import Bench
from tests.conformance.cases import Case, tries
from tests.conformance.stand import OTHER, Stand

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def all_arrived(stand: Stand) -> bool:
    return all(stand.is_state(one, OutboxState.SENT) and stand.everybody_once(one) for one in stand.letters)


def honest(stand: Stand) -> None:
    """What became of letters that may have arrived: seen once, and said again only where that is known."""
    for letter in stand.letters:
        if stand.knows_keys:
            assert stand.is_state(letter, OutboxState.SENT)
            assert stand.everybody_once(letter)
        else:
            assert stand.is_state(letter, OutboxState.UNKNOWN)


# --- tokens


@tries(Case.TOKEN_EXPIRY)
def test_a_token_that_dies_costs_one_new_one(ledger: Stand) -> None:
    for _ in range(2):
        ledger.owe()
    ledger.run()
    assert ledger.tokens() == 1
    ledger.simulator.faults.on("token_dead")
    for _ in range(4):
        ledger.owe()
    ledger.run()
    assert ledger.tokens() == 2
    assert all_arrived(ledger)
    ledger.check()


@tries(Case.TOKEN_EXPIRY)
def test_a_token_that_is_over_is_replaced_before_it_is_refused(stand: Stand) -> None:
    stand.owe()
    stand.run()
    stand.time.at += 3 * HOUR
    stand.simulator.clock.advance(3 * 3600)
    for _ in range(3):
        stand.owe()
    stand.run()
    assert stand.tokens() == 2
    assert all_arrived(stand)
    assert not stand.simulator.record.entries("refused")
    stand.check()


@tries(Case.TOKEN_REFUSED)
def test_without_a_token_the_door_has_a_fault_and_what_waits_goes_out_later(stand: Stand, bench: Bench) -> None:
    stand.on("refuse_token", path=None if bench.path != "/sms" else "/sms")
    stand.owe()
    stand.owe()
    stand.pass_time(MINUTE)
    assert stand.fault() is not None
    assert not any(stand.seen(letter) for letter in stand.letters)
    stand.clear()
    stand.pass_time(15 * MINUTE, MINUTE)
    assert stand.fault() is None
    assert all_arrived(stand)
    stand.check()


# --- too much at once


@tries(Case.THROTTLING)
def test_a_used_up_minute_makes_it_slower_and_loses_nothing(ledger: Stand) -> None:
    ledger.on("minute_quota", times=3)
    for _ in range(5):
        ledger.owe()
    ledger.run()
    waiting = [letter for letter in ledger.letters if ledger.is_state(letter, OutboxState.WAITING)]
    assert len(waiting) == (5 if ledger.app.channels[ledger.door].abilities.batch == 100 else 3)  # calls, not letters
    assert not any(ledger.seen(letter) for letter in waiting)
    ledger.pass_time(3 * MINUTE)
    assert all_arrived(ledger)
    ledger.check()


@tries(Case.THROTTLING)
def test_what_waited_is_said_in_the_order_in_which_it_was_owed(stand: Stand, bench: Bench) -> None:
    stand.on("minute_quota", times=1)
    people = stand.owe().people
    for _ in range(2):
        stand.owe(*people)
    stand.pass_time(5 * MINUTE)
    assert all_arrived(stand)
    read = [text for person, text in bench.screens(stand, stand.door) if person == people[0]]
    assert [text for text in read if "私事" in text] == [letter.text for letter in stand.letters]
    stand.check()


# --- people


@tries(Case.UNREACHABLE)
def test_whoever_cannot_be_reached_here_is_told_the_next_way(ledger: Stand, bench: Bench) -> None:
    person, nobody = ledger.person(other=True), ledger.person()
    bench.lose(ledger, person)
    bench.lose(ledger, nobody)
    other, none = ledger.owe(person), ledger.owe(nobody)
    ledger.run()
    assert ledger.states(other) == [OutboxState.DEAD]
    assert ledger.seen(other, OTHER) == {f"other-{person}": 1}
    assert ledger.states(none) == [OutboxState.NO_WAY]
    assert not ledger.seen(none)
    ledger.pass_time(HOUR, 10 * MINUTE)
    ledger.check()


@tries(Case.PARTIAL)
def test_one_who_fails_among_others_goes_the_next_way_alone(ledger: Stand, bench: Bench) -> None:
    people = [ledger.person(other=True) for _ in range(5)]
    bench.lose(ledger, people[2])
    letters = [ledger.owe(*people)] if bench.together else [ledger.owe(person) for person in people]
    ledger.run()
    states = [state for letter in letters for state in ledger.states(letter)]
    assert states == ["sent", "sent", "dead", "sent", "sent"]
    assert ledger.seen(letters[0] if bench.together else letters[2], OTHER) == {f"other-{people[2]}": 1}
    ledger.check()


# --- what may have arrived


@tries(Case.RESET)
@pytest.mark.parametrize("times", [1, 2])
def test_a_connection_cut_after_it_was_taken(ledger: Stand, times: int) -> None:
    ledger.on("reset_after_accept", times=times)
    ledger.owe()
    ledger.pass_time(5 * MINUTE)
    honest(ledger)
    assert ledger.everybody_once(ledger.letters[0])
    ledger.pass_time(HOUR, 20 * MINUTE)
    ledger.check()


@tries(Case.RESEND)
def test_a_worker_that_dies_in_between(ledger: Stand) -> None:
    ledger.owe()
    ledger.run_killed()
    assert ledger.is_state(ledger.letters[0], OutboxState.LEASED)
    ledger.pass_time(5 * MINUTE)
    honest(ledger)
    assert ledger.everybody_once(ledger.letters[0])
    ledger.check()


@tries(Case.RESEND)
def test_a_worker_that_dies_again_and_again(stand: Stand) -> None:
    stand.owe()
    for _ in range(3):
        stand.run_killed()
        stand.time.at += 61 * timedelta(seconds=1)
        stand.simulator.clock.advance(61)
    stand.pass_time(5 * MINUTE)
    honest(stand)
    assert stand.everybody_once(stand.letters[0])
    stand.check()


@tries(Case.RESEND)
def test_what_waits_too_long_to_be_known_is_not_said_again(stand: Stand) -> None:
    """The platform has forgotten it when the door opens again: nobody can tell, so nobody is told twice."""
    known = stand.app.channels[stand.door].abilities.idempotent_for or timedelta()
    stand.owe()
    stand.run_killed()
    beyond = min(known, timedelta(days=40)) + 2 * MINUTE
    stand.time.at += beyond
    stand.simulator.clock.advance(beyond.total_seconds())
    stand.run()
    forgets = known < timedelta(days=40)
    assert stand.is_state(stand.letters[0], OutboxState.UNKNOWN if forgets else OutboxState.SENT)
    assert stand.everybody_once(stand.letters[0])
    stand.check()


# --- a platform that does not answer, or late, or something else


@tries(Case.HANG)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_platform_that_hangs_holds_nobody_up(stand: Stand, after: bool) -> None:
    stand.on("hung", after=after)
    stand.owe()
    elsewhere = stand.elsewhere()
    stand.run()
    assert stand.is_state(elsewhere, OutboxState.SENT)
    assert not stand.is_state(stand.letters[0], OutboxState.SENT)
    stand.clear()
    stand.pass_time(5 * MINUTE)
    letter = stand.letters[0]
    assert stand.is_state(letter, OutboxState.SENT if stand.knows_keys else OutboxState.UNKNOWN)
    assert stand.everybody_once(letter) or not (after or stand.knows_keys)
    stand.check()


@tries(Case.SLOW)
def test_a_slow_platform_is_waited_for(stand: Stand) -> None:
    stand.on("slow", seconds=0.05, times=3)
    for _ in range(3):
        stand.owe()
    stand.run()
    assert all_arrived(stand)
    stand.check()


@tries(Case.BUSY)
@pytest.mark.parametrize("fault", ["busy", "http_500"])
def test_a_busy_platform_is_asked_again(stand: Stand, fault: str) -> None:
    stand.on(fault, times=3)
    for _ in range(2):
        stand.owe()
    stand.run()
    assert not any(stand.seen(letter) for letter in stand.letters)
    stand.pass_time(3 * MINUTE)
    assert all_arrived(stand)
    stand.check()


@tries(Case.GATEWAY)
def test_what_a_gateway_may_have_let_through_is_not_said_elsewhere(stand: Stand) -> None:
    stand.on("http_500", status=504)
    letter = stand.owe(other=True)
    stand.pass_time(3 * HOUR, 10 * MINUTE)
    assert stand.is_state(letter, OutboxState.UNKNOWN)
    assert not stand.seen(letter, OTHER)
    stand.check()


@tries(Case.NOT_JSON)
def test_a_page_in_place_of_an_answer_leaves_us_unsure(stand: Stand) -> None:
    stand.on("not_json", times=1)
    stand.owe()
    stand.pass_time(5 * MINUTE)
    letter = stand.letters[0]
    assert stand.is_state(letter, OutboxState.SENT if stand.knows_keys else OutboxState.UNKNOWN)
    assert stand.everybody_once(letter) == stand.knows_keys
    stand.check()


@tries(Case.BANNED)
def test_a_ban_is_the_doors_fault_and_emergencies_go_another_way(ledger: Stand) -> None:
    ledger.on("banned")
    alarm, news = ledger.owe(urgent=True, other=True), ledger.owe(other=True)
    ledger.run()
    assert ledger.fault() is not None
    assert ledger.is_state(alarm, OutboxState.DEAD)
    assert ledger.seen(alarm, OTHER).total() == len(alarm.people)
    assert ledger.is_state(news, OutboxState.WAITING)
    ledger.clear()
    ledger.pass_time(10 * MINUTE, MINUTE)
    assert ledger.fault() is None
    assert ledger.is_state(news, OutboxState.SENT)
    assert ledger.everybody_once(news)
    ledger.check()
