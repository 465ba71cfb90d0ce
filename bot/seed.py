"""``menkou seed`` and the first start of sample mode: an invented neighbourhood in an empty database."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, insert, text
from sqlalchemy.orm import Session

from bot import answers_file, answers_kept
from bot.maintenance import RefusedError, maintained, refuse
from bot.moments import OFFSET
from bot.policy_file import policy_of
from bot.settings import Settings
from bot.transactions import snapshot_connection, write_connection
from handlers.rules.calendar import next_working_morning
from storage import office, schema, seeding
from storage.tables import metadata
from storage.vault import Vault

SAMPLE = "sample"


def run(settings: Settings, households: int | None, groups: int | None) -> int:
    """Fills the database. Answers 1, with a sentence, when it is not empty or has no schema yet."""
    try:
        with maintained(settings) as engine:
            made = _fill_empty(settings, engine, households, groups)
    except RefusedError as error:
        return refuse(error)
    print(
        f"{made.estates} estates, {made.buildings} buildings, {made.households} households, {made.groups} groups, "
        f"{made.staff} staff, {made.accounts} accounts."
    )
    return 0


def fill(
    connection: Connection, settings: Settings, households: int | None = None, groups: int | None = None
) -> seeding.Seeded:
    """Writes the neighbourhood into the caller's transaction. In sample mode it also marks the database for ever, and
    business time starts on the next working day at 09:00 in China."""
    if settings.sample:
        wall = datetime.now(UTC)
        ahead = next_working_morning(wall, policy_of(settings).calendar) - wall
        marks = {SAMPLE: wall.isoformat(timespec="seconds"), OFFSET: str(round(ahead.total_seconds() * 1000))}
        connection.execute(
            insert(metadata.tables["marks"]), [{"name": name, "value": value} for name, value in marks.items()]
        )
    made = seeding.fill(connection, Vault(settings.secret_keys), households, groups, sample=settings.sample)
    with Session(bind=connection, join_transaction_mode="rollback_only") as db:
        entries = answers_kept.entries_of(db, answers_file.read(answers_kept.SAMPLE))
        office.write_answers(db, entries, datetime.now(UTC))
        db.commit()
    return made


def is_sample(connection: Connection) -> bool:
    """Whether this database was marked as the sample neighbourhood."""
    return connection.execute(text("SELECT 1 FROM marks WHERE name = :name"), {"name": SAMPLE}).first() is not None


def _fill_empty(settings: Settings, engine: Engine, households: int | None, groups: int | None) -> seeding.Seeded:
    with snapshot_connection(engine) as connection:
        at = schema.current(connection)
    if at != schema.head():
        raise RefusedError("The database has not this version's schema: run `menkou migrate` first.")
    with write_connection(engine, unhurried=True) as connection:
        if not schema.is_empty(connection):
            raise RefusedError("The database is not empty: an invented neighbourhood has no place beside a real one.")
        return fill(connection, settings, households, groups)
