"""Calls that are cut as the fan-out writes their households down: rows are written once, and nothing else changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from bot import notice_cutting, notice_pages, notices
from bot.channels.base import TryLater
from bot.notice_request import Request
from bot.settings import Settings
from storage import notice_cuts, notice_settling, notice_slices
from storage.notices import Ledger, Notice, NoticeState, Slice
from storage.people import Account, Household
from tests.notices.world import DOOR, World, channel, running

MINUTE = timedelta(minutes=1)
CALL = 10  # people of one call
WITH_WAY = 54  # of sixty households


@pytest.fixture
def town(world: World) -> World:
    """Sixty households behind a door that takes one text for ten people."""
    made = channel(world.sink, batch=CALL)
    made.abilities = replace(made.abilities, alike=True)
    world.app.channels[DOOR] = made
    world.households(60)
    return world


def written(world: World) -> None:
    """The whole ledger."""
    while notices.fan_out_step(world.app):
        pass


def run(world: World) -> None:
    while notices.run_due(world.app):
        pass


def calls(world: World) -> list[int]:
    """How many people each call had, and that nobody was told twice."""
    people = Counter(message.person for message in world.sink.messages)
    assert set(people.values()) <= {1}
    return [len(call) for call in world.sink.calls]


def test_whole_calls_are_cut_with_their_rows_and_the_rest_fills_one_more(town: World) -> None:
    town.confirmed(60)
    written(town)
    assert town.states() == {"cut": 50, "planned": 4, "no_way": 6}
    with town.app.reading() as db:
        rows = db.execute(select(Slice.request, Slice.ref, Slice.id).order_by(Slice.number)).all()
        for sealed, ref, number in rows:
            members = Request.load(town.app.vault.open(sealed or "", notice_cuts.PLACE, ref)).members
            own = select(Ledger.id).where(Ledger.slice_id == number, Ledger.state == "cut").order_by(Ledger.id)
            assert [member.ledger_id for member in members] == list(db.scalars(own))
    run(town)
    assert calls(town) == [CALL] * 5 + [4]
    assert town.states() == {"sent": WITH_WAY, "no_way": 6}
    assert town.notice().state == NoticeState.DONE


def test_a_page_ends_with_its_last_call_so_that_none_is_half_full(town: World) -> None:
    town.confirmed(60)
    steps = 0
    while notices.fan_out_step(town.app, 25):
        steps += 1
    assert town.states() == {"cut": 50, "planned": 4, "no_way": 6}
    assert steps == 3  # twice two calls, then the last


@pytest.mark.parametrize("why", ["paused", "held", "too late"])
def test_what_may_not_go_yet_is_cut_when_it_may(town: World, why: str) -> None:
    admin = town.confirmed(60)
    now = town.clock.at
    values = {
        "paused": {"paused_at": now},
        "held": {"hold_until": now + MINUTE},
        "too late": {"valid_until": now},
    }[why]
    with town.app.writing() as db:
        db.execute(update(Notice).values(**values))
    written(town)
    assert town.states() == {"planned": WITH_WAY, "no_way": 6}
    if why == "paused":
        admin.says("继续通知 1")
    town.pass_time(MINUTE)
    run(town)
    assert town.states() == {"skipped" if why == "too late" else "sent": WITH_WAY, "no_way": 6}


def test_whoever_is_paused_between_reading_and_writing_is_only_planned(
    town: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = town.confirmed(60)
    real = notice_pages.prepared

    def paused_meanwhile(*given: object) -> notice_pages.Ready:
        ready = real(*given)  # type: ignore[arg-type]
        admin.says("暂停通知 1")
        return ready

    monkeypatch.setattr(notice_pages, "prepared", paused_meanwhile)
    written(town)
    assert town.states() == {"planned": WITH_WAY, "no_way": 6}


def test_a_person_with_two_front_doors_is_told_once(town: World) -> None:
    with town.app.writing() as db:
        first, last = db.scalars(
            select(Household).where(Household.contact_id.is_not(None)).order_by(Household.id)
        ).all()[:: WITH_WAY - 1]
        last.contact_id = first.contact_id
    town.confirmed(60)
    written(town)
    assert town.states() == {"cut": 50, "planned": 4, "no_way": 6}
    run(town)
    assert town.states() == {"sent": WITH_WAY, "no_way": 6}
    assert sorted(Counter(message.person for message in town.sink.messages).values()) == [1] * (WITH_WAY - 2) + [2]
    assert max(len({message.person for message in call}) for call in town.sink.calls) <= CALL
    twice = [call for call in town.sink.calls if len({message.person for message in call}) < len(call)]
    assert len(twice) == 1  # both in the same call, whose people are named once


def test_an_address_that_does_not_open_is_left_to_be_cut_and_fails(town: World) -> None:
    with town.app.writing() as db:
        account = db.scalars(select(Account).where(Account.resident_id.is_not(None)).order_by(Account.id)).first()
        assert account is not None
        account.address = f"{account.address[:-8]}AAAAAAA="
    town.confirmed(60)
    run(town)
    assert town.states() == {"sent": WITH_WAY - 1, "failed": 1, "no_way": 6}


def test_a_power_cut_between_rows_and_requests_leaves_neither(town: World, monkeypatch: pytest.MonkeyPatch) -> None:
    town.confirmed(60)

    def power_cut(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(notice_cuts, "fill_slices", power_cut)
    with pytest.raises(KeyboardInterrupt):
        notices.fan_out_step(town.app)
    monkeypatch.undo()
    with town.app.reading() as db:
        assert db.scalar(select(func.count()).select_from(Slice)) == 0
    assert town.states() == {}
    run(town)
    assert calls(town) == [CALL] * 5 + [4]


def test_it_is_repeated_byte_for_byte(town: World) -> None:
    town.confirmed(60)
    town.sink.faults = [TryLater("busy")]
    run(town)
    town.pass_time(MINUTE)
    run(town)
    assert len(town.sink.calls) == 7
    assert town.sink.calls.count(town.sink.calls[0]) == 2
    assert town.states() == {"sent": WITH_WAY, "no_way": 6}


def test_a_page_that_was_prepared_in_vain_is_thrown_away(town: World) -> None:
    town.confirmed(60)
    with notice_pages.Ahead(town.app) as ahead:
        assert notices.fan_out_step(town.app, 20, ahead) == 11  # a page ends with a call
        assert notices.fan_out_step(town.app, 20) == 11  # by another worker, before ours comes back
        while notices.fan_out_step(town.app, 20, ahead):
            pass
    assert town.states() == {"cut": 50, "planned": 4, "no_way": 6}
    run(town)
    assert calls(town) == [CALL] * 5 + [4]


def test_settling_touches_no_index_of_the_ledger(make_settings: Callable[..., Settings], postgresql_url: str) -> None:
    """PostgreSQL writes the new state beside the old one (HOT): the other way costs six times as much."""
    stat = "pg_stat_get_xact_tuples{}updated('ledger'::regclass)"
    hot = text(f"SELECT {stat.format('_hot_')}, {stat.format('_')}")
    with running(make_settings(database_url=postgresql_url)) as world:
        world.households(60)
        world.confirmed(60)
        while notices.fan_out_step(world.app) or notice_cutting.cut_step(world.app):
            pass
        with world.app.writing() as db:
            held = notice_slices.claim(db, world.clock.wall(), MINUTE, world.hour)
            assert held is not None
            before = db.execute(hot).one()
            notice_settling.settle_sent(db, [held], world.clock.at, world.clock.wall())
            after = db.execute(hot).one()
        assert [late - early for late, early in zip(after, before, strict=True)] == [WITH_WAY, WITH_WAY]
