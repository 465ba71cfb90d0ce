"""Every step of a notice on its way, repeated, interrupted and faulted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import notice_cutting, notice_slices, notices
from bot.channels.base import Abilities, Outcome, TryLater, Unsure
from storage import notice_ledger, notice_reading, notice_settling
from storage import notice_slices as slices
from storage.notices import Attempt, Ledger, LedgerState, NoticeState, Slice
from storage.people import Account, Role
from storage.vault import link_hash
from tests.notices.world import DOOR, Person, World, channel

MINUTE = timedelta(minutes=1)


def confirmed(world: World, households: int = 60) -> Person:
    """A notice that is ready to go."""
    admin = world.member(Role.ADMIN, world.households(households))
    admin.says("通知 明天洗水箱，请提前备水")
    admin.says(f"确认发送 1 {households}户")
    return admin


def run(world: World) -> None:
    """Until nothing is due any more."""
    while notices.run_due(world.app):
        pass


def cut(world: World, households: int = 60) -> None:
    """Ready to be sent."""
    confirmed(world, households)
    while notices.fan_out_step(world.app):
        pass
    while notice_cutting.cut_step(world.app):
        pass


def attempts(world: World) -> dict[str, int]:
    with world.app.reading() as db:
        return dict(db.execute(select(Attempt.state, func.count()).group_by(Attempt.state)).all())


def the_slice(world: World) -> Slice:
    with world.app.reading() as db:
        return db.scalars(select(Slice)).one()


# --- fan-out


def test_one_row_a_household_in_steps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "STEP", 7)
    confirmed(world)
    steps = 0
    while notices.fan_out_step(world.app):
        steps += 1
    assert steps == 9  # eight full ones and the rest
    assert world.states() == {"planned": 54, "no_way": 6}
    assert world.notice().state == NoticeState.SENDING
    assert world.notice().households == 60


def test_a_step_that_fails_leaves_neither_rows_nor_cursor(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "STEP", 20)
    confirmed(world)
    notices.fan_out_step(world.app)

    def power_cut(*given: Any) -> int:
        real(*given)
        raise KeyboardInterrupt

    real = notice_ledger.fan_out_step
    monkeypatch.setattr(notice_ledger, "fan_out_step", power_cut)
    with pytest.raises(KeyboardInterrupt):
        notices.fan_out_step(world.app)
    monkeypatch.undo()
    assert sum(world.states().values()) == 20
    run(world)
    assert world.states() == {"sent": 54, "no_way": 6}


def test_reasons_without_a_way(world: World) -> None:
    confirmed(world)
    run(world)
    with world.app.reading() as db:
        rows = db.execute(select(Ledger.reason, func.count()).where(Ledger.state == "no_way").group_by(Ledger.reason))
        assert dict(rows.all()) == {"unbound": 2, "in_group_only": 2, "door_cannot_speak": 2}


def test_links_are_the_households_own_and_match_what_was_sent(world: World) -> None:
    confirmed(world)
    run(world)
    sent = {message.text.rpartition("/n/")[2] for message in world.sink.messages}
    with world.app.reading() as db:
        stored = set(db.scalars(select(Ledger.link_hash).where(Ledger.state == "sent")))
    assert {link_hash(token) for token in sent} == stored
    assert len(stored) == 54


def test_a_draft_and_a_quiet_day_write_nothing(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(10))
    admin.says("通知 明天洗水箱")
    assert notices.run_due(world.app) == 0
    assert world.states() == {}


# --- cutting


def test_members_are_fixed_and_numbered(world: World) -> None:
    world.app.channels[DOOR] = channel(world.sink, batch=10)
    cut(world)
    with world.app.reading() as db:
        rows = db.execute(select(Slice.number, Slice.members).order_by(Slice.number)).all()
    assert rows == [(1, 10), (2, 10), (3, 10), (4, 10), (5, 10), (6, 4)]
    assert notice_cutting.cut_step(world.app) == 0


def test_a_request_at_rest_shows_neither_addresses_nor_links(world: World) -> None:
    cut(world)
    stored = the_slice(world).request or ""
    assert stored.startswith("k")
    assert "person-" not in stored
    assert "洗水箱" not in stored


def test_a_door_that_went_away_before_the_cut(world: World) -> None:
    confirmed(world)
    notices.fan_out_step(world.app)
    del world.app.channels[DOOR]
    run(world)
    assert world.states() == {"no_way": 60}
    assert world.notice().state == NoticeState.DONE


def test_an_address_that_does_not_open_fails_alone(world: World) -> None:
    confirmed(world)
    with world.app.writing() as db:
        db.scalars(select(Account).where(Account.resident_id == 1)).one().address = "kffffffff:AAAA"
    run(world)
    assert world.states() == {"sent": 53, "failed": 1, "no_way": 6}


# --- sending and settling


def test_done_when_the_states_add_up(world: World) -> None:
    confirmed(world)
    run(world)
    assert world.notice().state == NoticeState.DONE
    assert attempts(world) == {}
    row = the_slice(world)
    assert (row.state, row.request, row.lease) == ("sent", None, None)


def test_each_household_gets_its_own_outcome(world: World) -> None:
    confirmed(world, 12)
    world.sink.outcomes = [[Outcome("dead", reason="43004"), Outcome("unknown"), *[Outcome("sent")] * 9]]
    run(world)
    assert world.states() == {"sent": 9, "failed": 1, "unknown": 1, "no_way": 1}
    assert attempts(world) == {"failed": 1, "unknown": 1}


def test_later_means_later_and_the_same_bytes(world: World) -> None:
    confirmed(world)
    world.sink.faults = [TryLater("busy"), TryLater("busy", 3 * MINUTE)]
    run(world)
    assert (the_slice(world).state, the_slice(world).reason) == ("waiting", "busy")
    world.pass_time(timedelta(seconds=5))
    run(world)
    world.pass_time(2 * MINUTE)
    assert notices.run_due(world.app) == 0  # the platform asked for three minutes
    world.pass_time(MINUTE)
    run(world)
    assert world.states() == {"sent": 54, "no_way": 6}
    assert world.sink.calls[0] == world.sink.calls[1] == world.sink.calls[2]
    assert attempts(world) == {}  # nothing had reached anybody before, and then all went plainly


def test_a_platform_that_never_takes_it_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice_slices, "MOST_TRIES", 3)
    confirmed(world)
    world.sink.faults = [TryLater("busy")] * 3
    for _ in range(3):
        run(world)
        world.pass_time(11 * MINUTE)
    assert world.states() == {"failed": 54, "no_way": 6}
    assert world.notice().state == NoticeState.DONE


def test_unsure_is_repeated_where_keys_are_known(world: World) -> None:
    confirmed(world)
    world.sink.faults = [Unsure("timeout")]
    run(world)
    assert attempts(world) == {"unknown": 54}
    world.pass_time(MINUTE)
    run(world)
    assert world.states() == {"sent": 54, "no_way": 6}
    assert world.sink.calls[0] == world.sink.calls[1]
    assert attempts(world) == {"unknown": 54}


@pytest.mark.parametrize("fault", [Unsure("timeout"), RuntimeError("a fault of the channel")])
def test_unsure_is_never_repeated_where_keys_are_not_known(world: World, fault: Exception) -> None:
    world.app.channels[DOOR] = channel(world.sink, knows_keys=None)
    confirmed(world)
    world.sink.faults = [fault]
    for _ in range(3):
        run(world)
        world.pass_time(11 * MINUTE)
    assert len(world.sink.calls) == 1
    assert world.states() == {"unknown": 54, "no_way": 6}
    assert world.notice().state == NoticeState.DONE


def test_the_window_counts_from_the_first_doubtful_try(world: World) -> None:
    world.app.channels[DOOR] = channel(world.sink, knows_keys=30 * MINUTE)
    confirmed(world)
    world.sink.faults = [Unsure("timeout"), TryLater("busy", 20 * MINUTE), TryLater("busy", 20 * MINUTE)]
    run(world)
    for _ in range(3):
        world.pass_time(20 * MINUTE)
        run(world)
    assert len(world.sink.calls) == 2  # the third would have come after 40 minutes
    assert world.states() == {"unknown": 54, "no_way": 6}


@pytest.mark.parametrize(("knows_keys", "state"), [(timedelta(hours=1), "sent"), (None, "unknown")])
def test_a_holder_that_vanished(world: World, knows_keys: timedelta | None, state: str) -> None:
    """Killed between claim and settling: repeated within the window, else honestly unknown."""
    world.app.channels[DOOR] = channel(world.sink, knows_keys=knows_keys)
    cut(world)
    with world.app.writing() as db:
        assert slices.claim(db, world.clock.wall(), notice_slices.LEASE, world.hour) is not None
    run(world)
    assert world.sink.calls == []  # its lease still runs
    world.pass_time(MINUTE)
    run(world)
    assert world.states() == {state: 54, "no_way": 6}
    assert len(world.sink.calls) == (1 if state == "sent" else 0)


def test_whoever_lost_the_lease_does_not_settle(world: World) -> None:
    cut(world)
    with world.app.writing() as db:
        slow = slices.claim(db, world.clock.wall(), notice_slices.LEASE, world.hour)
    assert slow is not None
    world.pass_time(MINUTE)
    run(world)
    with world.app.writing() as db:
        now = world.clock.at
        assert not notice_settling.settle_alike(db, slow, LedgerState.FAILED, "late", now, now)
        assert not notice_settling.put_off(db, slow, now, "late")
    assert world.states() == {"sent": 54, "no_way": 6}


def test_a_slice_is_claimed_once(world: World) -> None:
    cut(world)
    with world.app.writing() as db:
        assert slices.claim(db, world.clock.wall(), notice_slices.LEASE, world.hour) is not None
        assert slices.claim(db, world.clock.wall(), notice_slices.LEASE, world.hour) is None


def test_read_before_it_was_settled_stays_sent(world: World) -> None:
    """The phone may be quicker than the settling transaction; then no outcome takes it back."""
    cut(world)
    real = world.sink.__class__.__call__

    def read_at_once(batch: object) -> list[Outcome]:
        real(world.sink, batch)  # type: ignore[arg-type]
        token = world.sink.messages[0].text.rpartition("/n/")[2]
        with world.app.writing() as db:
            assert notice_reading.note_seen(db, token, world.clock.at)
        return [Outcome("dead", reason="45047") for _ in world.sink.messages]

    memory = channel(world.sink)
    memory._show = read_at_once
    world.app.channels[DOOR] = memory
    run(world)
    assert world.states() == {"sent": 1, "failed": 53, "no_way": 6}


def test_a_channel_that_answers_for_fewer_is_not_believed(world: World) -> None:
    confirmed(world)
    world.sink.outcomes = [[Outcome("sent")]]
    run(world)
    assert the_slice(world).state == "waiting"


def test_a_long_text_is_cut_to_what_the_platform_carries(world: World) -> None:
    memory = channel(world.sink)
    memory.abilities = replace(memory.abilities, text_bytes=400)
    world.app.channels[DOOR] = memory
    admin = world.member(Role.ADMIN, world.households(10))
    admin.says("通知 " + "水" * 300)
    admin.says("确认发送 1 10户")
    run(world)
    text = world.sink.messages[0].text
    assert 350 < len(text.encode()) <= 400
    assert "全文请点开看" in text


# --- decisions


def test_pauses_double_up_to_ten_minutes_and_end() -> None:
    pauses = [notice_slices.next_pause(tries, None) for tries in (1, 2, 3, 20, 59, 60)]
    seconds = [pause and pause.total_seconds() for pause in pauses]
    assert seconds == [5, 10, 20, 600, 600, None]
    assert notice_slices.next_pause(1, timedelta(hours=2)) == timedelta(hours=2)


def test_recognised_leaves_room_for_the_call_itself(world: World) -> None:
    abilities = Abilities(speaks="now", idempotent_for=30 * MINUTE)
    now = world.clock.at
    assert notice_slices.recognised(abilities, now - 29 * MINUTE, now)
    assert not notice_slices.recognised(abilities, now - 29.5 * MINUTE, now)
