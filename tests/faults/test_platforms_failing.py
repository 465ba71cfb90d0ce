"""The real doors on the platforms' simulators: a token is refused, an interface banned, a line cut; and it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import clock, deliver, watch
from bot.door_faults import FaultyDoors
from bot.moments import ManualClock
from bot.owe import Desk, owe
from bot.platforms.clock import PlatformClock
from bot.platforms.oa_account import OaOptions
from bot.platforms.oa_api import SimulatedOfficialAccount
from bot.platforms.simulator import Simulator, running
from bot.settings import Settings
from bot.wiring import App, build
from handlers.message import Person, Reply
from storage.base import new_ref
from storage.deployment import ChannelAccount
from storage.people import Account, Post, Role, Staff, Unit, UnitKind
from tests import doors
from tests.platforms.callback import APP_ID, NOON, callback
from tests.platforms.wecom import AGENT, CORP, MEMBERS

OA, WECOM = f"oa:{APP_ID}", f"wecom:{CORP}:{AGENT}"
STEP = timedelta(seconds=20)
RESIDENT, ON_DUTY = "oResident", "lisi"


class Town:
    """A program whose doors are an official account and a WeCom app, with time that stands still until it is moved."""

    def __init__(self, app: App, simulator: Simulator) -> None:
        self.app, self.simulator, self.faults = app, simulator, simulator.faults
        self.time = ManualClock(datetime.fromtimestamp(NOON, UTC))
        app.clock, app.doors_down = self.time, FaultyDoors(app.reading, self.time.wall)
        with app.writing() as db:
            unit = Unit(kind=UnitKind.STREET, name="望江街道", path="/1/")
            ref = new_ref()
            staff = Staff(ref=ref, name=app.vault.seal("老何", "staff.name", ref))
            db.add_all([unit, staff])
            db.flush()
            db.add(Post(staff_id=staff.id, unit_id=unit.id, role=Role.DUTY))
            self.resident = self._account(OA, RESIDENT, window_until=self.time.wall() + timedelta(hours=48))
            db.add_all([self.resident, self._account(WECOM, ON_DUTY, staff_id=staff.id)])

    def _account(self, door: str, name: str, **more: Any) -> Account:
        ref, vault = new_ref(), self.app.vault
        sealed, hashed = vault.seal(name, "accounts.address", ref), vault.lookup(f"{door}:{name}")
        return Account(ref=ref, door=door, address=sealed, address_hash=hashed, window_left=5, **more)

    def tell_the_resident(self, text: str) -> None:
        with self.app.writing() as db:
            wall, down = self.time.wall(), self.app.doors_down()
            desk = Desk(db, self.app.vault, self.app.channels, self.time.at, wall, down)
            owe(desk, [Reply(text, to=Person(self.resident.id), name=f"news:{text}")], None)

    def pass_time(self, span: timedelta, step: timedelta = STEP) -> None:
        """Workers deliver, the clock looks, sweeps and tries shut doors."""
        until = self.time.at + span
        while self.time.at < until:
            self.time.at += step
            self.simulator.clock.advance(step.total_seconds())
            deliver.run(self.app)
            watch.look(self.app)
            clock.sweep(self.app)
            watch.try_again(self.app)

    def heard_on_duty(self) -> list[str]:
        return [text[:6] for text in self.simulator.screens.texts("wecom", ON_DUTY)]

    def heard_by_the_resident(self) -> list[str]:
        return [text for text in self.simulator.screens.texts("oa", RESIDENT) if text != "在吗"]

    def door(self, door: str = OA) -> ChannelAccount:
        with self.app.reading() as db:
            return db.get_one(ChannelAccount, door)


@pytest.fixture
def town(make_settings: Callable[..., Settings], sqlite_url: str) -> Iterator[Town]:
    """Both platforms, and a resident who spoke a moment ago."""
    simulator = Simulator(clock=PlatformClock(NOON))
    oa = simulator.add(SimulatedOfficialAccount(simulator.ground, doors.oa_account(), OaOptions()))
    doors.wecom(simulator, members=MEMBERS)
    with callback() as ours, running(simulator) as base:
        oa.act.set_callback(ours.address)
        oa.act.follow(RESIDENT)
        oa.act.say(RESIDENT, "在吗")
        app = build(make_settings(database_url=sqlite_url, **doors.oa_settings(base), **doors.wecom_settings(base)))
        yield Town(app, simulator)
        app.close()


def refuse(town: Town) -> None:
    town.faults.on("refuse_token", path="/oa")


def ban(town: Town) -> None:
    town.faults.on("banned", path="/cgi-bin/message/custom/send")


def cut(town: Town) -> None:
    town.faults.on("reset_before", path="/oa")


@pytest.mark.parametrize("fault", [refuse, ban], ids=["token-refused", "banned"])
def test_people_on_duty_hear_of_it_on_wecom_within_two_minutes(town: Town, fault: Callable[[Town], None]) -> None:
    fault(town)
    town.tell_the_resident("路灯修好了")
    town.pass_time(timedelta(minutes=2))
    assert town.heard_on_duty() == ["⚠️公众号从"]
    town.pass_time(timedelta(minutes=8))
    assert town.heard_on_duty() == ["⚠️公众号从"]
    assert town.heard_by_the_resident() == []


def test_a_platform_that_does_not_even_answer_is_told_too(town: Town) -> None:
    cut(town)
    town.tell_the_resident("路灯修好了")
    town.pass_time(timedelta(minutes=4))
    assert town.heard_on_duty() == ["⚠️公众号从"]
    town.faults.clear()
    town.pass_time(timedelta(minutes=10))
    assert town.heard_by_the_resident() == ["路灯修好了"]
    assert town.heard_on_duty() == ["⚠️公众号从", "✅公众号通了"]


def test_an_interface_that_alone_is_always_busy_is_told_once(town: Town) -> None:
    """The harmless question is answered all the while."""
    town.faults.on("busy", path="/cgi-bin/message/custom/send")
    town.tell_the_resident("路灯修好了")
    town.pass_time(timedelta(minutes=20))
    assert town.heard_on_duty() == ["⚠️公众号从"]
    town.faults.clear()
    town.pass_time(timedelta(minutes=12))
    assert town.heard_by_the_resident() == ["路灯修好了"]
    assert town.heard_on_duty() == ["⚠️公众号从", "✅公众号通了"]


def test_an_interface_that_takes_and_never_answers_is_told_too(town: Town) -> None:
    """What may have arrived is not repeated, so that nothing waits: three unknown in a row are enough."""
    town.faults.on("reset_after_accept", path="/cgi-bin/message/custom/send")
    for n in range(3):
        town.tell_the_resident(f"第 {n} 条")
    town.pass_time(timedelta(minutes=3))
    assert town.heard_on_duty() == ["⚠️公众号从"]
    assert town.heard_by_the_resident() == ["第 0 条", "第 1 条", "第 2 条"]


def test_what_waited_goes_out_once_when_the_token_is_given_again(town: Town) -> None:
    refuse(town)
    texts = [f"第 {n} 条" for n in range(3)]
    for text in texts:
        town.tell_the_resident(text)
    town.pass_time(timedelta(minutes=10))
    town.faults.clear()
    town.pass_time(timedelta(minutes=12))
    assert town.heard_by_the_resident() == texts
    assert town.heard_on_duty() == ["⚠️公众号从", "✅公众号通了"]


def test_a_night_later_it_still_goes_out_and_at_once(town: Town) -> None:
    """Ten hours until somebody resets the secret; the residents' news are not given up meanwhile."""
    refuse(town)
    town.tell_the_resident("路灯修好了")
    town.pass_time(timedelta(hours=10), timedelta(minutes=15))
    assert town.heard_by_the_resident() == []
    town.faults.clear()
    town.pass_time(timedelta(minutes=2))
    assert town.heard_by_the_resident() == ["路灯修好了"]
    town.pass_time(timedelta(minutes=2))
    assert town.heard_on_duty() == ["⚠️公众号从", "✅公众号通了"]


def test_what_is_said_while_the_only_door_is_known_to_be_shut_waits_for_it(town: Town) -> None:
    refuse(town)
    watch.note_fault(town.app, OA, "no token: errcode 40125")
    town.pass_time(timedelta(minutes=2))
    town.tell_the_resident("路灯修好了")
    town.pass_time(timedelta(minutes=6))
    town.faults.clear()
    town.pass_time(timedelta(minutes=12))
    assert town.heard_by_the_resident() == ["路灯修好了"]


def test_the_return_is_noticed_though_nothing_waits(town: Town) -> None:
    refuse(town)
    watch.note_fault(town.app, OA, "no token: errcode 40125")
    town.pass_time(timedelta(minutes=3))
    assert town.door().fault is not None
    town.faults.clear()
    town.pass_time(timedelta(minutes=3))
    assert town.door().fault is None
    assert town.heard_on_duty() == ["⚠️公众号从", "✅公众号通了"]


def test_a_ban_is_not_believed_to_be_over_for_an_hour(town: Town) -> None:
    """A harmless question shows nothing of the interface that is banned."""
    watch.note_fault(town.app, OA, "errcode 48004 from /cgi-bin/message/custom/send")
    town.pass_time(timedelta(minutes=40), timedelta(minutes=2))
    assert town.door().fault is not None
    town.pass_time(timedelta(minutes=25), timedelta(minutes=2))
    assert town.door().fault is None


@pytest.mark.parametrize(("reason", "over"), [("no token: errcode 40125", True), ("errcode 48004 from /send", False)])
def test_being_let_in_shows_nothing_of_what_is_banned(town: Town, reason: str, over: bool) -> None:
    watch.note_fault(town.app, OA, reason)
    watch.note_well(town.app, OA, said=False)
    assert (town.door().fault is None) == over
    watch.note_well(town.app, OA)
    assert town.door().fault is None


def test_the_reason_changes_with_what_the_platform_says(town: Town) -> None:
    watch.note_fault(town.app, OA, "no token: errcode 40125")
    town.faults.on("refuse_token", path="/oa", errcode=40164)
    town.pass_time(timedelta(minutes=3))
    assert town.door().fault == "no token: errcode 40164"
