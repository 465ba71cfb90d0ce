"""Which of a person's accounts a notice takes, that the preview says the same, and what follows when one fails."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot import notice_cutting, notice_doors, notices
from bot.channels.base import Abilities, Closed, Limit, Outcome, TryLater, Window
from storage import notice_audience, notice_ways
from storage.notices import Attempt, Ledger, NoticeState, Slice
from storage.people import Account, Unit, UnitKind
from tests.notices.world import DOOR, Sink, World, channel

CHAT, SMS, VOICE, APP, BULK = "kf:corp", "sms:main", "voice:main", "wecom:corp:1", "oa:wx2"
WINDOW = Window(timedelta(hours=48), 5)
MINUTE = timedelta(minutes=1)


def add(world: World, door: str, **able: object) -> Sink:
    """A door with these abilities; what arrives by it."""
    sink = Sink()
    made = channel(sink, door, batch=1)
    made.abilities = replace(made.abilities, **able)  # type: ignore[arg-type]
    world.app.channels[door] = made
    return sink


def add_bulk(world: World, door: str = BULK, **able: object) -> Sink:
    """A door of mass messages; it says of each at once that it was sent."""
    sink = Sink()
    made = channel(sink, door, batch=1000)
    made.abilities = replace(made.abilities, alike=True, **able)  # type: ignore[arg-type]
    world.app.bulk[door] = made
    return sink


def run(world: World) -> None:
    while notices.run_due(world.app):
        pass


def previewed(world: World) -> Counter[tuple[str | None, str | None]]:
    """Households by door and reason, as the preview counts them."""
    found: Counter[tuple[str | None, str | None]] = Counter()
    with world.app.reading() as db:
        path = db.scalars(select(Unit.path).where(Unit.kind == UnitKind.STREET)).one()
        for row in notice_ways.count_ways(db, notice_audience.within(path), notice_doors.doors_of(world.app)):
            found[row.door, row.reason] += row.households
    return found


def planned(world: World) -> Counter[tuple[str | None, str | None]]:
    """The same as the fan-out writes it."""
    while notices.fan_out_step(world.app):
        pass
    found: Counter[tuple[str | None, str | None]] = Counter()
    with world.app.reading() as db:
        query = (
            select(Account.door, Ledger.reason, func.count())
            .select_from(Ledger)
            .outerjoin(Account, Account.id == Ledger.account_id)
        )
        for door, reason, households in db.execute(query.group_by(Account.door, Ledger.reason)):
            found[door, reason] += households
    return found


def who_got(sink: Sink) -> list[str]:
    return sorted(message.person or "" for message in sink.messages)


# --- choosing


def test_what_is_paid_is_for_those_who_have_nothing_else(world: World) -> None:
    world.households(30)
    sms, voice = add(world, SMS, costs=True), add(world, VOICE, costs=True, aloud=True)
    for household in (1, 10, 20):  # the tenth is unbound, the twentieth in a group only
        world.account(household, SMS, f"1380000{household:04}")
        world.account(household, VOICE, f"1380000{household:04}")
    before = previewed(world)
    world.confirmed(30)
    assert planned(world) == before == {(DOOR, None): 27, (SMS, None): 2, (None, "door_cannot_speak"): 1}
    run(world)
    assert who_got(sms) == ["13800000010", "13800000020"]
    assert voice.messages == []


def test_a_window_must_be_open_and_what_it_allows_is_spent_when_it_is_cut(world: World) -> None:
    world.households(30, door="none:1")
    chat = add(world, CHAT, windows={"message": WINDOW})
    now = world.clock.wall()
    later, earlier = now + MINUTE, now - MINUTE
    listens = world.account(1, CHAT, "one", window_until=later, window_left=2)
    world.account(2, CHAT, "two", window_until=earlier, window_left=5)
    world.account(3, CHAT, "three", window_until=later, window_left=0)
    world.account(4, CHAT, "four", window_until=later, window_left=5, with_person_until=later)
    world.account(5, CHAT, "five")
    before = previewed(world)
    world.confirmed(30)
    assert planned(world) == before
    assert before[CHAT, None] == 1
    assert before[None, "window_closed"] == 4
    run(world)
    assert who_got(chat) == ["one"]
    with world.app.reading() as db:
        assert db.get_one(Account, listens).window_left == 1


def test_a_window_that_ends_between_plan_and_cut(world: World) -> None:
    world.households(2, door=CHAT)
    chat, sms = add(world, CHAT, windows={"message": WINDOW}), add(world, SMS, costs=True)
    with world.app.writing() as db:
        for row in db.scalars(select(Account).where(Account.door == CHAT)):
            row.window_until, row.window_left = world.clock.wall() + MINUTE, 5
    world.account(1, SMS, "13800000001")
    world.confirmed(2)
    assert planned(world) == {(CHAT, None): 2}
    world.pass_time(2 * MINUTE)
    run(world)
    assert chat.messages == []
    assert who_got(sms) == ["13800000001"]
    assert world.states() == {"sent": 1, "no_way": 1}


def test_of_two_free_accounts_the_older(world: World) -> None:
    world.households(2)
    other = add(world, "memory:two")
    world.account(1, "memory:two", "newer")
    world.confirmed(2)
    run(world)
    assert other.messages == []


def test_a_broken_door_is_waited_for_where_nothing_else_is_free(world: World) -> None:
    world.households(3)
    sms, other = add(world, SMS, costs=True), add(world, "memory:two")
    world.account(1, "memory:two", "two")
    world.account(2, SMS, "13800000002")
    world.app.doors_down = lambda: frozenset({DOOR})
    before = previewed(world)
    world.confirmed(3)
    assert planned(world) == before == {(DOOR, None): 2, ("memory:two", None): 1}
    world.sink.faults = [Closed("errcode 40125")]
    run(world)
    assert (who_got(other), sms.messages) == (["two"], [])
    assert world.states() == {"cut": 2, "sent": 1}
    world.app.doors_down = frozenset
    world.pass_time(MINUTE)
    run(world)
    assert world.states() == {"sent": 3}


# --- the month's quota


def test_after_four_in_a_month_the_next_account_or_none(world: World) -> None:
    world.households(12, door=BULK)
    bulk, sms = add_bulk(world, a_month=4), add(world, SMS, costs=True)
    admin = world.member_of_street()
    for number in (1, 2, 3, 4):
        world.confirmed(12, number, admin)
        run(world)
    assert len(bulk.messages) == 4 * 11
    world.account(2, SMS, "13800000002")
    before = previewed(world)
    assert before == {(None, "month_quota"): 10, (SMS, None): 1, (None, "unbound"): 1}
    assert "这个月的群发已经收满了 10" in admin.says("通知 洗水箱")
    world.confirmed(12, 6, admin)
    run(world)
    assert len(bulk.messages) == 4 * 11
    assert who_got(sms) == ["13800000002"]
    with world.app.reading() as db:
        rows = select(Ledger.state, Ledger.reason, func.count()).where(Ledger.notice_id == world.notice(6).id)
        counted = {(state, reason): count for state, reason, count in db.execute(rows.group_by("state", "reason"))}
    assert counted == {("skipped", "month_quota"): 10, ("sent", None): 1, ("no_way", "unbound"): 1}
    world.pass_time(timedelta(days=27))  # the next month
    assert previewed(world)[BULK, None] == 11


def test_what_is_on_its_way_counts_and_a_failure_does_not(world: World) -> None:
    world.households(2, door=BULK)
    bulk = add_bulk(world, a_month=2)
    admin = world.member_of_street()
    bulk.outcomes = [[Outcome("sent"), Outcome("unreachable")]]
    world.confirmed(2, 1, admin)
    run(world)
    bulk.faults = [TryLater("busy")]
    world.confirmed(2, 2, admin)
    run(world)
    assert world.states() == {"sent": 1, "failed": 1, "cut": 2}
    assert previewed(world) == {(None, "month_quota"): 1, (BULK, None): 1}


# --- falling back


def test_whom_a_door_cannot_reach_falls_back_step_by_step(world: World) -> None:
    world.households(4)
    two, sms = add(world, "memory:two"), add(world, SMS, costs=True)
    for household in (1, 2, 3):
        world.account(household, SMS, f"1380000000{household}")
    world.account(1, "memory:two", "two-1")
    world.account(2, "memory:two", "two-2")
    missed = Outcome("unreachable", reason="errcode 45015")
    world.sink.outcomes = [[missed, missed, Outcome("gone", reason="errcode 43004"), missed]]
    two.outcomes = [[missed], [Outcome("sent")]]
    world.confirmed(4)
    run(world)
    assert who_got(two) == ["two-1", "two-2"]
    assert who_got(sms) == ["13800000001", "13800000003"]
    assert world.states() == {"sent": 3, "failed": 1}
    assert world.notice().state == NoticeState.DONE
    with world.app.reading() as db:
        follows = db.scalars(select(Account.follows).where(Account.door == DOOR, Account.resident_id.is_not(None)))
        assert sorted(follows) == [False, True, True, True]
        rows = db.execute(select(Attempt.number, Attempt.state).join(Ledger).where(Ledger.household_id == 1))
        assert sorted(rows) == [(1, "failed"), (1001, "failed")]
    links = {message.text.rpartition("/n/")[2] for sink in (world.sink, two, sms) for message in sink.messages}
    assert len(links) == 4, "a household's link stays its own, whichever way it goes"
    keys = [message.key for sink in (world.sink, two, sms) for message in sink.messages]
    assert len(keys) == len(set(keys))


def test_those_who_fall_back_on_mass_messages_wait_for_each_other(world: World) -> None:
    world.households(5)
    bulk = add_bulk(world)
    for household in range(1, 6):
        world.account(household, BULK, f"follower-{household}")
    memory = channel(world.sink, batch=1)
    world.app.channels[DOOR] = memory
    world.sink.outcomes = [[Outcome("unreachable")]] * 5
    world.confirmed(5)
    run(world)
    assert [len(call) for call in bulk.calls] == [5]
    assert world.states() == {"sent": 5}


def test_a_platform_that_never_takes_it_leaves_it_to_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.notice_slices.MOST_TRIES", 1)
    world.households(2)
    sms = add(world, SMS, costs=True)
    world.account(1, SMS, "13800000001")
    world.sink.faults = [TryLater("busy")]
    world.confirmed(2)
    run(world)
    assert who_got(sms) == ["13800000001"]
    assert world.states() == {"sent": 1, "failed": 1}


def test_a_door_that_went_away_before_the_cut_leaves_it_to_the_next(world: World) -> None:
    world.households(2)
    sms = add(world, SMS, costs=True)
    world.account(2, SMS, "13800000002")
    world.confirmed(2)
    notices.fan_out_step(world.app)
    del world.app.channels[DOOR]
    run(world)
    assert who_got(sms) == ["13800000002"]
    assert world.states() == {"sent": 1, "no_way": 1}


# --- one text for all


def test_where_one_text_is_for_all_they_go_out_together(world: World) -> None:
    world.households(8, door=APP)
    app = add(world, APP, alike=True, batch=1000)
    app.outcomes = [[Outcome("unreachable"), *[Outcome("sent")] * 7]]
    world.confirmed(8)
    run(world)
    [call] = app.calls
    assert len({message.text for message in call}) == 1
    [slice_] = _slices(world)
    assert {message.together for message in call} == {slice_.provider_key}
    assert world.states() == {"sent": 7, "failed": 1}


def test_the_limits_of_a_door_are_kept(world: World) -> None:
    world.households(9)
    limited = channel(world.sink, batch=1)
    limited.abilities = replace(
        limited.abilities, limits=(Limit("calls", 4, MINUTE), Limit("people", 6, "day", "people"))
    )
    world.app.channels[DOOR] = limited
    world.clock.at = world.clock.at.replace(second=0)
    world.confirmed(9)
    for sent in (4, 6, 6):
        run(world)
        assert len(world.sink.calls) == sent
        world.pass_time(MINUTE)
    assert all(row.tries == (row.state == "sent") for row in _slices(world))
    world.pass_time(timedelta(days=1))
    run(world)
    assert world.states() == {"sent": 9}


def test_reserving_gives_back_what_another_limit_forbids(world: World) -> None:
    made = channel(Sink())
    made.abilities = Abilities("now", limits=(Limit("a", 9, MINUTE), Limit("b", 1, MINUTE)))
    with world.app.writing() as db:
        wall = world.clock.wall()
        assert notice_doors.reserve(db, made, 1, wall) is None
        assert [notice_doors.reserve(db, made, 1, wall) is not None for _ in range(20)] == [True] * 20
        made.abilities = replace(made.abilities, limits=(Limit("a", 9, MINUTE),))
        assert [notice_doors.reserve(db, made, 1, wall) is None for _ in range(9)] == [True] * 8 + [False]


def _slices(world: World) -> list[Slice]:
    with world.app.reading() as db:
        return list(db.scalars(select(Slice).order_by(Slice.id)))


def test_nothing_is_written_while_a_notice_only_waits(world: World) -> None:
    world.households(3)
    world.sink.faults = [TryLater("busy", timedelta(days=3))]
    world.confirmed(3)
    run(world)
    before = [(row.tries, row.next_try_at) for row in _slices(world)]
    assert notices.run_due(world.app) == 0
    assert notice_cutting.cut_step(world.app) == 0
    assert [(row.tries, row.next_try_at) for row in _slices(world)] == before
