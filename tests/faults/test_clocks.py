"""A clock that was down, and two that are set back and forth and killed: `menkou bench timers` in small."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update

from bot.bench import timers, timers_proof, timers_town
from bot.bench.menkou_web import settings_for
from bot.bench.timers_town import AFTERNOON, Wanted
from bot.transactions import open_database, write_session
from storage.facts import Fact
from storage.timers import Timer


def test_every_timer_fires_once_however_the_clocks_are_treated(database_url: str, tmp_path: Path) -> None:
    engine = database_url.partition("+")[0].partition(":")[0]
    order = timers.Order(200, 1, engine, acts=4, seconds=2)
    account = timers.on_database(order, tmp_path, database_url)
    assert list(account.faults()) == [], "\n".join(timers.lines(account))
    assert account.proof is not None
    assert account.proof.fired == account.armed == 200
    assert len(account.usual) >= 40


def test_the_account_finds_what_it_should(sqlite_url: str, tmp_path: Path) -> None:
    """A timer that was lost, one that rang early, one that left no fact and one that left two."""
    settings = settings_for(tmp_path, sqlite_url, 1)
    timers_town.build(settings, Wanted(100, AFTERNOON - timedelta(hours=8), timedelta(hours=8), 1))
    engine = open_database(settings)
    with write_session(engine) as db:
        lost, early, bare, double, *others = db.scalars(select(Timer).order_by(Timer.id)).all()
        for timer in (early, bare, double, *others):
            timer.state, timer.fired_at = "fired", timer.due_at
        early.fired_at = early.due_at - timedelta(seconds=5)
        for number, timer in enumerate((early, double, double, *others)):
            data = {"light": timer.kind, "clock_late_s": 0}
            fact = {"ticket_id": timer.ticket_id, "kind": "late", "at": timer.due_at, "name": f"late:{number}"}
            db.add(Fact(**fact, data=data))
        db.execute(update(Timer).where(Timer.id == lost.id).values(state="failed"))
    proof = timers_proof.prove(engine, AFTERNOON)
    engine.dispose()
    assert list(proof.faults()) == ["not fired: 1", "early: 1", "without fact: 1", "twice: 1", "wrong lateness: 1"]
