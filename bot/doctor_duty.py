"""What `menkou doctor` says of people: a place where nobody is responsible, a roster that has run out, and a register
of them that was read in by half."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, make_url, select
from sqlalchemy.orm import Session

from bot import register_writing
from bot.findings import Finding, Findings, fault, ok, warn
from bot.moments import SampleClock
from bot.settings import Settings
from bot.transactions import open_database, snapshot_connection
from handlers.rosters import gaps, on_duty
from storage import schema
from storage.deployment import Mark
from storage.people import Unit
from storage.rosters import Duty

SUBJECT = "people"


def look_at_duty(settings: Settings) -> Findings:
    """Whether whatever falls to a unit now reaches somebody."""
    path = make_url(settings.database_url).database
    if settings.embedded_database and not Path(str(path)).exists():
        return
    engine = open_database(settings)
    try:
        with snapshot_connection(engine) as connection:
            if schema.current(connection) == schema.head():
                yield from list(_people(connection))
    finally:
        engine.dispose()


def _people(connection: Connection) -> Iterator[Finding]:
    with Session(bind=connection, join_transaction_mode="rollback_only") as db:
        if db.get(Mark, register_writing.UNFINISHED) is not None:
            says = "reading a register in was begun and has not come to its end: part of it may be missing"
            yield warn("register", says, "`menkou register import` with the same files again writes the rest")
        now = SampleClock().now(db)  # the wall's, but in the sample neighbourhood
        empty = gaps.unmanned(db, now)
        for unit in empty:
            says = f'nobody of "{unit.name}" or above it is there: what falls to it reaches nobody'
            yield fault(SUBJECT, says, "name a substitute, or give somebody a post there")
        for unit in db.scalars(select(Unit).where(Unit.id.in_(select(Duty.unit_id))).order_by(Unit.path)):
            if not on_duty.people_on_duty(db, unit, now):
                says = f'"{unit.name}" has kept a roster, and nobody is on duty now'
                yield warn(SUBJECT, says, "let the community or street write the next ones down")
        if not on_duty.last_resort(db, now):
            says = "nobody is on duty, dispatches or administers anywhere"
            yield warn(SUBJECT, says, "`menkou register import` enters people")
        elif not empty:
            yield ok(SUBJECT, "somebody is there for every unit with a post")
