"""A door fails or falls silent: administrators and people on duty hear of it by another, once, and of its return."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import clock, deliver, watch
from bot.channels.base import Closed, Outcome, Outgoing
from bot.channels.memory import MemoryChannel
from bot.door_faults import FaultyDoors
from bot.heard import Heard
from bot.moments import ManualClock
from bot.owe import Desk, owe
from bot.scratch import Neighbourhood, open_scratch
from bot.wiring import App
from handlers.message import Person, Reply
from handlers.rules.calendar import CHINA
from handlers.wording import doors as wording
from storage.base import new_ref
from storage.deployment import ChannelAccount
from storage.engine import open_engine
from storage.people import Account, Post, Role, Staff
from tests.delivery.office import with_abilities

MORNING = datetime(2026, 11, 5, 9, tzinfo=CHINA)  # a Thursday
OA, WECOM = "oa:wx1", "wecom:ww1:1000002"
STEP, MINUTE = timedelta(seconds=10), timedelta(minutes=1)
REFUSED = "no token: errcode 40125"


@dataclass
class Platform:
    """A platform that can be shut. What arrived, in order."""

    shut: str = ""
    arrived: list[Outgoing] = field(default_factory=list)

    def __call__(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        if self.shut:
            raise Closed(self.shut)
        self.arrived += batch
        return [Outcome("sent", platform_id=f"out:{message.key}") for message in batch]

    def said_to(self, person: str) -> list[str]:
        return [message.text for message in self.arrived if message.person == person]


class Town:
    """Two doors: a resident by the first, an administrator by both, somebody on duty by the second."""

    def __init__(self, folder: Path, url: str) -> None:
        self.app = open_scratch(folder, MORNING, url)[0]
        self.platforms = {OA: Platform(), WECOM: Platform()}
        self.furnish(self.app)
        with self.app.writing() as db:
            home = Neighbourhood(db, self.app.vault, "")
            self.street = home.units["street"].id
        self.staff("管理员", Role.ADMIN, OA, WECOM)
        self.staff("值班员", Role.DUTY, WECOM)
        self.staff("网格员", Role.GRID_WORKER, WECOM)
        self.resident = self.account(OA, "居民")

    def furnish(self, app: App) -> None:
        app.channels.clear()
        for door, platform in self.platforms.items():
            app.channels[door] = with_abilities(MemoryChannel(platform, door), batch=1)
        app.doors_down = FaultyDoors(app.reading, app.clock.wall)

    def staff(self, name: str, role: Role, *doors: str) -> None:
        with self.app.writing() as db:
            ref = new_ref()
            one = Staff(ref=ref, name=self.app.vault.seal(name, "staff.name", ref))
            db.add(one)
            db.flush()
            db.add(Post(staff_id=one.id, unit_id=self.street, role=role))
        for door in doors:
            self.account(door, name, one.id)

    def account(self, door: str, name: str, staff_id: int | None = None) -> int:
        with self.app.writing() as db:
            ref = new_ref()
            row = Account(
                ref=ref,
                door=door,
                address=self.app.vault.seal(name, "accounts.address", ref),
                address_hash=self.app.vault.lookup(f"{door}:{name}"),
                staff_id=staff_id,
                last_said_at=MORNING if door == OA else None,  # the door that will fail is the one they use
            )
            db.add(row)
            db.flush()
            return row.id

    def tell_the_resident(self, text: str) -> None:
        with self.app.writing() as db:
            now, wall = self.app.clock.now(db), self.app.clock.wall()
            desk = Desk(db, self.app.vault, self.app.channels, now, wall)
            owe(desk, [Reply(text, to=Person(self.resident), name=f"news:{text}")], None)

    def pass_time(self, span: timedelta, *, looking: bool = True, working: bool = True, step: timedelta = STEP) -> None:
        """The clock looks and sweeps every ten seconds; the workers deliver, unless they are dead."""
        assert isinstance(self.app.clock, ManualClock)
        until = self.app.clock.at + span
        while self.app.clock.at < until:
            self.app.clock.at += step
            if working:
                deliver.run(self.app)
            if looking:
                watch.look(self.app)
            clock.sweep(self.app)

    def door(self, door: str) -> ChannelAccount:
        with self.app.reading() as db:
            return db.get_one(ChannelAccount, door)

    def shut(self, door: str = OA, reason: str = REFUSED) -> None:
        self.platforms[door].shut = reason
        watch.note_fault(self.app, door, reason)

    def open(self, door: str = OA) -> None:
        self.platforms[door].shut = ""
        watch.note_well(self.app, door)


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    """On SQLite and on PostgreSQL."""
    made = Town(tmp_path, database_url)
    yield made
    made.app.close()


def told(town: Town, person: str, door: str = WECOM) -> list[str]:
    """The first words of everything somebody was told at a door."""
    return [text[:6] for text in town.platforms[door].said_to(person)]


@pytest.mark.parametrize("working", [True, False], ids=["workers", "clock-alone"])
def test_a_refused_token_is_told_at_the_other_door_within_two_minutes(town: Town, working: bool) -> None:
    town.platforms[OA].shut = REFUSED
    town.tell_the_resident("路灯修好了")
    town.pass_time(timedelta(minutes=2), working=working)
    for person in ("管理员", "值班员"):
        (text,) = town.platforms[WECOM].said_to(person)
        assert text.startswith("⚠️公众号从今天 09:00起发不出消息")
        assert "AppSecret" in text
        assert "《公众号》" in text
    assert told(town, "网格员") == []
    town.pass_time(timedelta(minutes=30), working=working, step=MINUTE)
    assert len(told(town, "管理员")) == len(told(town, "值班员")) == 1


def test_what_waited_goes_out_once_after_the_return_and_people_hear_of_it(town: Town) -> None:
    town.platforms[OA].shut = REFUSED
    texts = [f"第 {n} 条" for n in range(3)]
    for text in texts:
        town.tell_the_resident(text)
    town.pass_time(timedelta(minutes=20), step=MINUTE / 2)
    assert town.platforms[OA].arrived == []
    town.platforms[OA].shut = ""
    town.pass_time(timedelta(minutes=15), step=MINUTE / 2)
    assert town.platforms[OA].said_to("居民") == texts
    assert len({message.key for message in town.platforms[OA].arrived}) == len(town.platforms[OA].arrived)
    last = town.platforms[WECOM].said_to("值班员")[-1]
    assert last.startswith("✅公众号通了。从今天 09:00到今天 09:2")
    town.pass_time(timedelta(minutes=15), step=MINUTE / 2)
    assert told(town, "值班员") == ["⚠️公众号从", "✅公众号通了"]
    row = town.door(OA)
    assert (row.fault, row.failing_since, row.told_at) == (None, None, None)
    assert "well_since" not in row.rhythm


def test_a_hiccup_is_told_to_nobody(town: Town) -> None:
    town.shut()
    town.pass_time(timedelta(seconds=50))
    town.open()
    town.pass_time(timedelta(minutes=5))
    assert told(town, "管理员") == []
    assert town.door(OA).failing_since is None


def test_a_door_that_comes_and_goes_is_told_once(town: Town) -> None:
    town.shut()
    for _ in range(10):
        town.pass_time(timedelta(seconds=50))
        town.open()
        town.pass_time(timedelta(seconds=30))
        town.shut()
    assert told(town, "管理员") == told(town, "值班员") == []  # never shut for a minute
    for _ in range(10):
        town.pass_time(timedelta(seconds=90))
        town.open()
        town.pass_time(timedelta(seconds=30))
        town.shut()
    assert told(town, "值班员") == ["⚠️公众号从"]
    town.open()
    town.pass_time(timedelta(minutes=3))
    assert told(town, "值班员") == ["⚠️公众号从", "✅公众号通了"]


def test_the_next_outage_is_news_again(town: Town) -> None:
    for _ in range(2):
        town.shut()
        town.pass_time(timedelta(minutes=3))
        town.open()
        town.pass_time(timedelta(minutes=3))
    assert told(town, "值班员") == ["⚠️公众号从", "✅公众号通了"] * 2


def test_two_clocks_tell_it_once(town: Town, tmp_path: Path, database_url: str) -> None:
    other = open_scratch(tmp_path, MORNING, database_url)[0]
    town.furnish(other)
    town.shut()
    town.pass_time(timedelta(minutes=3), looking=False)
    assert isinstance(other.clock, ManualClock)
    other.clock.at = town.app.clock.wall()
    together = threading.Barrier(2)

    def look(app: App) -> None:
        together.wait(30)
        for _ in range(3):  # past the lease: both hold the news in their hands
            watch._tell(app, OA)

    threads = [threading.Thread(target=look, args=(app,)) for app in (town.app, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    deliver.run(town.app)
    assert len(told(town, "管理员")) == len(told(town, "值班员")) == 1
    assert watch.look(other) == watch.look(town.app) == 0
    other.close()


def test_with_no_other_door_the_log_says_it_loudly(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.shut(OA)
    town.shut(WECOM, "errcode 48004 from /cgi-bin/message/send")
    town.pass_time(timedelta(minutes=3))
    loud = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert [line.partition(" since")[0] for line in loud] == [f"DOOR {OA}: fails", f"DOOR {WECOM}: fails"]


def test_a_door_that_is_not_set_up_any_more_is_no_news(town: Town) -> None:
    town.shut()
    del town.app.channels[OA]
    town.pass_time(timedelta(minutes=5))
    assert told(town, "管理员") == []


def test_a_note_is_written_on_change_only(town: Town) -> None:
    watch.note_well(town.app, OA)
    with town.app.reading() as db:
        assert db.scalars(select(ChannelAccount)).all() == []
    watch.note_fault(town.app, OA, "x" * 200)
    noted = town.door(OA)
    assert noted.fault == "x" * 80
    town.app.clock.at += STEP  # type: ignore[attr-defined]
    watch.note_fault(town.app, OA, "another reason")
    assert town.door(OA).failing_since == noted.failing_since
    with town.app.writing():  # a write could not begin in here on SQLite
        watch.note_fault(town.app, OA, "another reason")


def test_a_note_without_a_database_is_only_logged(town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engine, town.app.engine = town.app.engine, open_engine(f"sqlite:///{tmp_path}/nowhere/db", tmp_path / "gate")
    watch.note_fault(town.app, OA, REFUSED)
    watch.note_well(town.app, OA)
    assert [record.getMessage().partition(" (")[0] for record in caplog.records] == [
        f"that the door {OA} fails was not noted",
        f"that the door {OA} works again was not noted",
    ]
    town.app.engine.dispose()
    town.app.engine = engine


# --- silence


def lively(town: Town, days: int = 4) -> None:
    """The account is heard every twenty minutes of these days, by day."""
    assert isinstance(town.app.clock, ManualClock)
    heard = Heard(town.app)
    end = town.app.clock.at
    at = end - timedelta(days=days)
    while at <= end:
        town.app.clock.at = at
        if 7 <= at.hour < 22:
            heard._noted.clear()
            heard.note([OA])
        at += timedelta(minutes=20)
    town.app.clock.at = end


def test_a_silence_longer_than_usual_is_told_once_and_its_end_too(town: Town) -> None:
    lively(town)
    town.pass_time(timedelta(hours=1, minutes=59), step=MINUTE)
    assert told(town, "管理员", OA) == []
    town.pass_time(timedelta(hours=1), step=MINUTE)
    (text,) = town.platforms[OA].said_to("管理员")  # it can still speak: it is only not heard
    assert text.startswith("🔔公众号从今天 09:00起一条消息也没收到，已经 2 小时")
    assert "平常最多 20 分钟" in text
    town.pass_time(timedelta(hours=2), step=5 * MINUTE)
    Heard(town.app).note([OA])
    town.pass_time(timedelta(minutes=1))
    assert told(town, "管理员", OA) == ["🔔公众号从今", "✅公众号又收"]
    assert told(town, "值班员") == ["🔔公众号从今", "✅公众号又收"]
    row = town.door(OA)
    assert "silent_since" not in row.rhythm
    assert row.rhythm["longest"]["day"] <= 2 * 3600  # the outage did not become a habit


@pytest.mark.parametrize("days", [1, 2])
def test_a_young_door_is_not_missed(town: Town, days: int) -> None:
    lively(town, days)
    town.pass_time(timedelta(hours=5), step=5 * MINUTE)
    assert told(town, "管理员", OA) == []


def test_a_sample_is_never_missed(town: Town) -> None:
    lively(town)
    town.app.sample = True
    town.pass_time(timedelta(hours=5), step=5 * MINUTE)
    assert told(town, "管理员", OA) == []


def test_a_door_that_is_known_to_be_shut_is_not_missed_as_well(town: Town) -> None:
    lively(town)
    town.shut()
    town.pass_time(timedelta(hours=5), step=5 * MINUTE)
    assert told(town, "值班员") == ["⚠️公众号从"]


# --- words


@pytest.mark.parametrize("door", ["oa:wx1", "wecom:ww1:2", "kf:ww1", "sms:main", "voice:main", "memory:x", "new:1"])
@pytest.mark.parametrize("reason", [REFUSED, "123456"])
def test_every_door_has_words(door: str, reason: str) -> None:
    said = [
        wording.fails(door, reason, MORNING, MORNING),
        wording.works(door, MORNING, MORNING, MORNING),
        wording.heard(door, MORNING, MORNING, MORNING),
    ]
    assert not any("{" in text or "errcode" in text or door in text for text in said)


def test_what_was_missed_is_fetched_only_where_the_platform_keeps_it() -> None:
    def said(door: str) -> Any:
        return wording.heard(door, MORNING, MORNING, MORNING)

    assert "补收" in said("kf:ww1")
    assert "再说一次" in said("oa:wx1")
