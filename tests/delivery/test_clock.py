"""The clock: in order, late if it must, never twice, nothing ordinary at night, and silent once somebody accepts."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot import clock, deliver
from bot.channels.base import Outgoing
from bot.moments import BackwardsError, ManualClock, SampleClock, WallClock
from bot.wiring import App
from handlers import reminders
from handlers.rules.deadlines import LOCAL
from handlers.ticket import arming, case
from storage.engine import open_engine
from storage.facts import Fact, FactKind
from storage.timers import Reminder, Timer
from tests.conversations.stage import MORNING, RESIDENTS, Stage

LAMP = "3号楼门口路灯坏了半个月了"
GAS = "5号楼楼道里煤气味很大，快来人"


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Stage]:
    """A neighbourhood on each engine, on a Monday at nine."""
    stage = Stage(tmp_path, database_url)
    yield stage
    stage.app.close()


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    """A moment of that Monday, or of a day after it."""
    return MORNING.replace(hour=hour, minute=minute) + timedelta(days=day)


def jump(town: Stage, to: datetime) -> None:
    """No clock looked until then: everything due in between is found at once."""
    assert isinstance(town.app.clock, ManualClock)
    town.app.clock.at = to
    clock.tick(town.app)
    deliver.run(town.app)


def walk(town: Stage, to: datetime) -> None:
    clock.walk(town.app, to)
    deliver.run(town.app)


def lateness(town: Stage) -> list[tuple[str, float]]:
    with town.app.reading() as db:
        facts = db.scalars(select(Fact).where(Fact.kind == FactKind.LATE).order_by(Fact.id)).all()
        return [(fact.data["light"], fact.data["clock_late_s"]) for fact in facts]


def told(town: Stage) -> list[tuple[str, datetime]]:
    """Who was told by the clock, and when (business time)."""
    return [(m.person or m.chat or "", m.at) for m in heard(town) if m.at is not None]


def heard(town: Stage) -> list[Outgoing]:
    return list(town._ear.said)


def timers(app: App) -> list[Timer]:
    with app.reading() as db:
        return list(db.scalars(select(Timer).order_by(Timer.due_at, Timer.id)))


def waiting_reminders(town: Stage) -> list[Reminder]:
    with town.app.reading() as db:
        return list(db.scalars(select(Reminder).where(Reminder.state == "waiting")))


def test_yellow_after_six_hours_red_after_eight_then_one_level_up(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town._ear.said.clear()
    walk(town, at(14, 59))
    assert told(town) == []
    walk(town, at(15))
    assert {who for who, _ in told(town)} == {"小赵", "小钱"}
    town._ear.said.clear()
    walk(town, at(17))
    assert {who for who, _ in told(town)} == {"小赵", "小钱"}
    town._ear.said.clear()
    walk(town, at(1, day=1) + timedelta(minutes=1))
    assert told(town) == []  # at night it is counted, not said
    walk(town, at(8, day=1))
    assert "周书记" in {who for who, _ in told(town)}
    assert [light for light, _ in lateness(town)] == ["accept:yellow", "accept:red", "accept:red"]


def test_acceptance_stops_the_reminders_in_its_own_transaction(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    with town.app.reading() as db:
        kinds = {timer.kind for timer in timers(town.app) if timer.state == "waiting"}
        assert not kinds & set(case.ACCEPTANCE)
        assert db.scalars(select(Reminder)).all() == []
    town._ear.said.clear()
    walk(town, at(20))
    assert [light for light, _ in lateness(town) if light in case.ACCEPTANCE] == []


def test_a_reminder_already_due_is_not_said_once_somebody_accepted(town: Stage) -> None:
    """It fell due at night and waits for the morning; the ticket is accepted before."""
    walk(town, at(16))
    town.say("王阿姨", LAMP, RESIDENTS)
    walk(town, at(23))
    assert len(waiting_reminders(town)) > 0
    town.say("小赵", "接单 1")
    assert waiting_reminders(town) == []
    town._ear.said.clear()
    walk(town, at(8, 30, day=1))
    assert [line.text for line in heard(town) if "限" in line.text and line.person == "小钱"] == []


def test_an_acceptance_that_fails_leaves_the_reminders_running(town: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the timers stopped in a transaction of their own, a crash right after would silence a ticket for ever."""
    town.say("王阿姨", LAMP, RESIDENTS)
    before = [(timer.name, timer.state) for timer in timers(town.app)]
    stop = arming.stop_timers

    def stop_and_die(*given: object, **more: object) -> None:
        stop(*given, **more)  # type: ignore[arg-type]
        raise RuntimeError("killed here")

    monkeypatch.setattr(arming, "stop_timers", stop_and_die)
    with pytest.raises(RuntimeError, match="killed here"):
        town.say("小赵", "接单 1")
    assert [(timer.name, timer.state) for timer in timers(town.app)] == before
    monkeypatch.undo()
    jump(town, at(15))
    assert [light for light, _ in lateness(town)] == ["accept:yellow"]


def test_a_clock_that_was_down_for_hours_catches_up_in_order_and_says_how_late_it_was(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    jump(town, at(18))
    assert lateness(town) == [("accept:yellow", 3 * 3600), ("accept:red", 3600)]
    with town.app.reading() as db:
        moments = db.scalars(select(Fact.at).where(Fact.kind == FactKind.LATE).order_by(Fact.id)).all()
    assert [moment.astimezone(LOCAL) for moment in moments] == [at(15), at(17)]  # when it fell due


def test_it_fires_nothing_twice_however_often_it_looks(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town._ear.said.clear()
    for _ in range(3):
        jump(town, at(18))
    assert len(lateness(town)) == 2
    assert sorted(who for who, _ in told(town)) == ["小赵", "小钱"]  # one message each, although two rungs were due


def test_emergencies_ring_every_ten_minutes_at_any_hour_until_accepted(town: Stage) -> None:
    walk(town, at(2, day=1))
    town.say("王阿姨", GAS, RESIDENTS)
    town._ear.said.clear()
    walk(town, at(2, 35, day=1))
    rings = sorted({moment.astimezone(LOCAL) for who, moment in told(town) if who == "小赵"})
    assert rings == [at(2, minute, day=1) for minute in (10, 20, 30)]
    town.say("小赵", "接单 1")
    town._ear.said.clear()
    walk(town, at(4, day=1))
    assert [line for line in heard(town) if "紧急" in line.text] == []


def test_emergency_rounds_that_were_slept_through_are_all_counted_and_said_at_once(town: Stage) -> None:
    walk(town, at(2, day=1))
    town.say("王阿姨", GAS, RESIDENTS)
    town._ear.said.clear()
    jump(town, at(3, 5, day=1))
    assert lateness(town) == [("emergency", late) for late in (3300, 2700, 2100, 1500, 900, 300)]
    assert [who for who, _ in told(town)].count("小赵") == 1


def test_rungs_of_several_tickets_are_rung_in_the_order_they_fell_due(town: Stage) -> None:
    """A chain that grows while it is rung (every ten minutes) is not overtaken by what fell due later."""
    town.say("王阿姨", GAS, RESIDENTS)
    town.say("李婶", "垃圾三天没清运了，臭死了", RESIDENTS)
    jump(town, at(15, 30))
    with town.app.reading() as db:
        moments = db.scalars(select(Fact.at).where(Fact.kind == FactKind.LATE).order_by(Fact.id)).all()
    assert moments == sorted(moments)
    assert len(moments) > 30


def test_several_due_for_one_person_are_one_message(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("李婶", "垃圾三天没清运了，臭死了", RESIDENTS)
    town.say("老周", "5号楼门口的健身器材坏了", RESIDENTS)
    with town.app.writing() as db:
        db.execute(update(Timer).where(Timer.kind == "accept:yellow").values(due_at=at(15)))
    town._ear.said.clear()
    walk(town, at(15))
    mine = [line for line in heard(town) if line.person == "小赵"]
    assert len(mine) == 1
    assert len([reminder for reminder in said_reminders(town) if reminder.due_at == at(15)]) >= 3


def said_reminders(town: Stage) -> list[Reminder]:
    with town.app.reading() as db:
        return list(db.scalars(select(Reminder).where(Reminder.state == "said")))


def test_ordinary_reminders_are_said_by_day_while_lateness_counts_regardless(town: Stage) -> None:
    walk(town, at(20))
    town.say("王阿姨", LAMP, RESIDENTS)
    town._ear.said.clear()
    walk(town, at(7, 59, day=1))
    assert [light for light, _ in lateness(town)] == ["accept:yellow", "accept:red"]
    assert [moment.astimezone(LOCAL) for who, moment in told(town) if who == "小赵"] == []
    walk(town, at(8, day=1))
    assert [moment.astimezone(LOCAL) for who, moment in told(town) if who == "小赵"] == [at(8, day=1)]


def test_nothing_ordinary_is_said_at_night_by_a_clock_that_comes_back_late(town: Stage) -> None:
    """Due at 15:00, the clock was down until 23:00: it waits for the morning like everything else."""
    town.say("王阿姨", LAMP, RESIDENTS)
    town._ear.said.clear()
    jump(town, at(23))
    assert len(lateness(town)) == 2
    assert told(town) == []
    walk(town, at(8, day=1))
    assert {who for who, _ in told(town)} >= {"小赵", "小钱"}


def test_two_clocks_at_once_do_no_harm(town: Stage, tmp_path: Path, database_url: str) -> None:
    for number in range(12):
        town.say("王阿姨", f"{number + 1}号楼下水道堵了，污水往外冒", RESIDENTS)
    others = [second_clock(town, tmp_path, database_url) for _ in range(3)]
    town._ear.said.clear()
    assert isinstance(town.app.clock, ManualClock)
    town.app.clock.at = at(18, day=1)
    for other in others:
        assert isinstance(other.clock, ManualClock)
        other.clock.at = at(18, day=1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(clock.tick, [town.app, *others] * 2))
    clock.tick(town.app)
    with town.app.reading() as db:
        names = db.scalars(select(Fact.name).where(Fact.kind == FactKind.LATE)).all()
        assert db.scalars(select(Timer.id).where(Timer.state == "waiting", Timer.due_at <= at(18, day=1))).all() == []
    assert len(names) == len(set(names)) > 0
    deliver.run(town.app)
    texts = [(line.person, line.text) for line in heard(town)]
    assert len(texts) == len(set(texts)) > 0
    for other in others:
        other.close()


def second_clock(town: Stage, tmp_path: Path, database_url: str) -> App:
    engine = open_engine(database_url, tmp_path / "write")
    return replace(town.app, engine=engine, clock=ManualClock(town.at))


def test_one_timer_that_cannot_be_rung_keeps_no_other_from_ringing(
    town: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    town.app.strict = False
    town.say("王阿姨", LAMP, RESIDENTS)
    walk(town, at(14, 50))
    town.say("李婶", GAS, RESIDENTS)
    ring = reminders.ring

    def broken(timer: Timer, ringing: reminders.Ringing) -> object:
        if timer.kind == "accept:yellow":
            raise KeyError("13800138000")
        return ring(timer, ringing)

    monkeypatch.setattr(reminders, "ring", broken)
    town._ear.said.clear()
    jump(town, at(15))
    jump(town, at(17))
    assert ("accept:red", 0) in lateness(town)
    assert [timer.state for timer in timers(town.app) if timer.kind == "accept:yellow"] == ["failed"]
    assert "13800138000" not in caplog.text
    assert "KeyError" in caplog.text


def test_a_clock_that_dies_while_it_rings_leaves_its_timers_waiting(
    town: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were a timer marked as fired in a transaction of its own, its effect would be lost with the process."""
    town.say("王阿姨", LAMP, RESIDENTS)
    before = [(timer.name, timer.state) for timer in timers(town.app)]

    def die(timer: Timer, ringing: reminders.Ringing) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reminders, "ring", die)
        with pytest.raises(KeyboardInterrupt):
            jump(town, at(15))
    assert [(timer.name, timer.state) for timer in timers(town.app)] == before
    jump(town, at(15))
    assert [light for light, _ in lateness(town)] == ["accept:yellow"]


def test_a_timers_name_exists_once(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    first = timers(town.app)[0]
    copy = Timer(name=first.name, kind=first.kind, ticket_id=first.ticket_id, due_at=first.due_at, data=first.data)
    with pytest.raises(IntegrityError), town.app.writing() as db:
        db.add(copy)


def test_the_sample_clock_only_moves_forward(town: Stage) -> None:
    sample = SampleClock()
    with town.app.writing() as db:
        sample.advance(db, sample.wall() + timedelta(hours=8))
    with town.app.writing() as db:
        sample.advance(db, sample.wall() + timedelta(hours=2))
        assert sample.now(db) > sample.wall() + timedelta(hours=7, minutes=59)
    assert abs(sample.wall() - WallClock().wall()) < timedelta(seconds=5)  # wall is never shifted


def test_production_time_cannot_be_moved(town: Stage) -> None:
    with pytest.raises(BackwardsError), town.app.writing() as db:
        WallClock().advance(db, MORNING)
