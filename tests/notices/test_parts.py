"""Doors that take one person a call: many calls at once, slices that come back in parts, and nobody told twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import notice_calls, notice_cutting, notice_slices, notices
from bot.channels.base import Closed, Limit, Outcome, Outgoing, TryLater, Unsure
from storage import notice_slices as slices
from storage.notices import Attempt, NoticeState, Slice
from tests.notices.world import DOOR, FOREVER, World, channel

HOUSEHOLDS = 40
WITH_WAY = 36
MINUTE = timedelta(minutes=1)
Fault = Callable[[str], Exception | Outcome | None]


@dataclass
class Screens:
    """A platform that takes one person a call. ``fault`` decides by address; ``knows``: a repeated key shows once."""

    knows: bool = True
    fault: Fault = lambda person: None
    shown: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    calls: Counter[str] = field(default_factory=Counter)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        (message,) = batch
        person = message.person or ""
        with self.guard:
            self.calls[person] += 1
            wrong = self.fault(person) if self.calls[person] == 1 else None
            if isinstance(wrong, Outcome):
                return [wrong]
            if not isinstance(wrong, TryLater) and not (self.knows and message.key in self.keys):
                self.keys.add(message.key)
                self.shown.append(person)  # what raises Unsure was shown as well
            if wrong is not None:
                raise wrong
        return [Outcome("sent")]


def single(world: World, screens: Callable[..., Sequence[Outcome]], *, at_once: int = 8, knows: bool = True) -> None:
    """The street's door, one person a call."""
    made = channel(screens, batch=1, knows_keys=FOREVER if knows else None)  # type: ignore[arg-type]
    made.abilities = replace(made.abilities, at_once=at_once)
    world.app.channels[DOOR] = made


def confirmed(world: World) -> None:
    world.households(HOUSEHOLDS)
    world.confirmed(HOUSEHOLDS)


def run(world: World, minutes: int = 0) -> None:
    """Until nothing is due, and again minute by minute."""
    for _ in range(minutes + 1):
        while notices.run_due(world.app):
            pass
        world.pass_time(MINUTE)


def only(*people: int) -> Callable[[str], bool]:
    names = {f"person-{number}" for number in people}
    return lambda person: person in names


def test_calls_are_under_way_at_the_same_time(world: World) -> None:
    """Four calls wait for each other: one after the other they would wait for ever."""
    together = threading.Barrier(4)

    def meet(batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        together.wait(30)
        return [Outcome("sent")]

    single(world, meet, at_once=4)
    confirmed(world)
    run(world)
    assert world.states() == {"sent": WITH_WAY, "no_way": HOUSEHOLDS - WITH_WAY}


def test_what_was_not_told_goes_on_in_a_slice_of_its_own(world: World) -> None:
    """One address is dead, one call is put off, one line is cut: the others are settled at once."""
    wrong: dict[str, Exception | Outcome] = {
        "person-1": Outcome("gone", reason="no such number"),
        "person-2": TryLater("busy"),
        "person-3": Unsure("cut"),
    }
    screens = Screens(fault=lambda person: wrong.get(person))
    single(world, screens)
    confirmed(world)
    while notices.run_due(world.app):
        pass
    before = world.states()
    assert (before["failed"], before["cut"], before["sent"]) == (1, 2, WITH_WAY - 3)
    run(world, minutes=1)
    assert world.states() == {"sent": WITH_WAY - 1, "failed": 1, "no_way": HOUSEHOLDS - WITH_WAY}
    assert world.notice().state == NoticeState.DONE
    assert sorted(Counter(screens.shown).values()) == [1] * (WITH_WAY - 1)
    assert (screens.calls["person-2"], screens.calls["person-3"]) == (2, 2)
    with world.app.reading() as db:
        rows = db.scalars(select(Slice)).all()
        numbers = db.execute(select(Attempt.ledger_id, Attempt.number)).all()
    assert sum(row.members for row in rows) == WITH_WAY
    assert len(numbers) == len(set(numbers))


def test_without_keys_only_the_call_in_doubt_is_unknown(world: World) -> None:
    doubtful = only(3, 4)
    screens = Screens(knows=False, fault=lambda person: Unsure("cut") if doubtful(person) else None)
    single(world, screens, knows=False)
    confirmed(world)
    run(world, minutes=12)
    assert world.states() == {"sent": WITH_WAY - 2, "unknown": 2, "no_way": HOUSEHOLDS - WITH_WAY}
    assert sorted(Counter(screens.shown).values()) == [1] * WITH_WAY
    assert world.notice().state == NoticeState.DONE


def test_a_door_that_shuts_is_not_asked_for_everybody_in_turn(world: World) -> None:
    shut = only(*range(5, HOUSEHOLDS))
    screens = Screens(fault=lambda person: Closed("banned") if shut(person) else None)
    single(world, screens, at_once=2)
    confirmed(world)
    while notices.run_due(world.app):
        pass
    assert sum(screens.calls.values()) < WITH_WAY / 2
    assert world.states()["cut"] > WITH_WAY / 2
    assert "failed" not in world.states()


def test_a_platform_that_is_busy_is_left_alone_after_some_calls(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice_calls, "REFUSED_ENOUGH", 3)
    screens = Screens(fault=lambda person: TryLater("busy", MINUTE))
    single(world, screens, at_once=2)
    confirmed(world)
    while notices.run_due(world.app):
        pass
    assert 3 <= sum(screens.calls.values()) <= 3 * len(_slices(world)) + 2 * len(_slices(world))
    run(world, minutes=30)
    assert world.states() == {"sent": WITH_WAY, "no_way": HOUSEHOLDS - WITH_WAY}


def test_every_call_counts_for_the_platforms_limit(world: World) -> None:
    screens = Screens()
    single(world, screens, at_once=5)
    made = world.app.channels[DOOR]
    made.abilities = replace(made.abilities, limits=(Limit("calls", 10, MINUTE),))  # type: ignore[misc]
    confirmed(world)
    seen = []
    for _ in range(5):
        while notices.run_due(world.app):
            pass
        seen.append(len(screens.shown))
        world.pass_time(MINUTE)
    assert max(after - before for before, after in zip([0, *seen], seen, strict=False)) <= 10
    assert seen[-1] == WITH_WAY


@pytest.mark.parametrize(("knows", "state"), [(True, "sent"), (False, "unknown")])
def test_a_holder_of_single_calls_that_vanished(world: World, knows: bool, state: str) -> None:
    """Some of its calls had been made: with keys all are made again, without them nobody can tell which."""
    screens = Screens(knows=knows)
    single(world, screens, knows=knows)
    confirmed(world)
    while notices.fan_out_step(world.app) or notice_cutting.cut_step(world.app):
        pass
    with world.app.writing() as db:
        held = slices.claim(db, world.clock.wall(), notice_slices.LEASE, world.hour)
    assert held is not None
    needs = notice_slices.without_calls(world.app, held)
    assert isinstance(needs, tuple)
    for message in needs[1].messages()[:2]:
        screens([message])
    run(world, minutes=2)
    assert world.states()[state] >= held.members
    assert sum(world.states().values()) == HOUSEHOLDS
    assert max(Counter(screens.shown).values()) == 1


def _slices(world: World) -> Sequence[Slice]:
    with world.app.reading() as db:
        return db.scalars(select(Slice)).all()
