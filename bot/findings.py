"""What ``menkou doctor`` found: one line each, and what to do about it. And the checks of the deployment's own rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.engine import make_url

from bot.seed import is_sample
from bot.settings import Settings
from bot.settings_check import open_doors
from bot.transactions import snapshot_connection
from storage import schema, sealed
from storage.engine import gate_of
from storage.inbox import Inbox, InboxState
from storage.outbox import Outbox, OutboxState
from storage.people import Account, Staff
from storage.timers import Timer
from storage.vault import Vault, VaultError

OLDEST_POSTGRES = 150000
GATE_PATIENCE = 3.0  # seconds
SKEW_WARN, SKEW_FAULT = timedelta(seconds=2), timedelta(seconds=60)  # platforms refuse signatures far off
OVERDUE = timedelta(minutes=2)  # the sweep looks every few seconds: what waits longer is waited for by nobody
RECENT = timedelta(days=1)


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line."""

    level: Level
    subject: str
    says: str
    todo: str = ""

    def __str__(self) -> str:
        line = f"{self.level:<5}  {self.subject}: {self.says}"
        return f"{line} -> {self.todo}" if self.todo else line


Findings = Iterator[Finding]


def ok(subject: str, says: str) -> Finding:
    return Finding(Level.OK, subject, says)


def warn(subject: str, says: str, todo: str) -> Finding:
    return Finding(Level.WARN, subject, says, todo)


def fault(subject: str, says: str, todo: str) -> Finding:
    return Finding(Level.FAULT, subject, says, todo)


def look_at_database(settings: Settings, engine: Engine) -> Findings:
    """Everything that the database can tell; the rest is left out when it has not this version's schema."""
    path = make_url(settings.database_url).database
    if settings.embedded_database and not Path(str(path)).exists():
        yield fault("database", f"there is none at {path}", "run `menkou up` or `menkou migrate`")
        return
    with snapshot_connection(engine) as connection:
        yield from _engine(connection, str(path))
        at = schema.current(connection)
        yield _schema(connection, at)
        if at == schema.head():
            for check in (_skew, _keys, _sample, _channels, _staff, _work):
                yield from check(settings, connection)
    yield from _gate(engine)


def _engine(connection: Connection, path: str) -> Findings:
    if connection.dialect.name == "sqlite":
        mode = connection.scalar(text("PRAGMA journal_mode"))
        if mode != "wal":
            yield fault("database", f"SQLite keeps its journal as {mode}", "put the data folder on a local disk")
        elif Path(path).stat().st_mode & 0o077:
            yield warn("database", f"{path} can be read by other users", f"chmod 600 {path}*")
        else:
            yield ok("database", f"SQLite at {path}")
        return
    version = int(connection.scalar(text("SHOW server_version_num")) or 0)
    if version < OLDEST_POSTGRES:
        yield warn("database", f"PostgreSQL {version // 10000}", "upgrade to PostgreSQL 15 or newer")
    else:
        yield ok("database", f"PostgreSQL {version // 10000}")


def _schema(connection: Connection, at: str | None) -> Finding:
    if at is None:
        return fault("schema", "the database has none", "run `menkou migrate`")
    if not schema.is_known(at):
        return fault("schema", f"revision {at} is newer than this program", "install the newer version of Menkou")
    if at != schema.head():
        return fault("schema", f"revision {at}, this program needs {schema.head()}", "run `menkou migrate`")
    if schema.differences(connection):
        return fault(
            "schema", "somebody changed the tables by hand", "compare with a fresh database, or restore a backup"
        )
    return ok("schema", f"revision {at}")


def _skew(settings: Settings, connection: Connection) -> Findings:
    if connection.dialect.name == "sqlite":
        return  # the same machine's clock
    before = datetime.now(UTC)
    said = connection.scalar(text("SELECT clock_timestamp()")) or before
    skew = abs(said - before)
    seconds = f"{skew.total_seconds():.1f} s between this machine and the database"
    if skew > SKEW_FAULT:
        yield fault("clock", seconds, "set both by NTP: deadlines and signatures go wrong")
    elif skew > SKEW_WARN:
        yield warn("clock", seconds, "set both by NTP")
    else:
        yield ok("clock", seconds)


def _keys(settings: Settings, connection: Connection) -> Findings:
    """Whether the keys at hand open what is stored."""
    vault = Vault(settings.secret_keys)
    for entry in sealed.SEALED:
        for column in entry.columns:
            found = sealed.sample_of(connection, entry, column)
            try:
                if found is not None:
                    vault.open(found[0], f"{entry.name}.{column}", found[1])
            except VaultError:
                yield fault(
                    "keys",
                    f"{entry.name}.{column} opens with none of the secret keys",
                    "add the key of this deployment to MENKOU_SECRET_KEY, or put back the key file",
                )
                return
    left = sum(sealed.left(connection, vault).values())
    if left:
        yield warn("keys", f"{left} rows are written with an older key", "run `menkou keys rotate`")
    else:
        yield ok("keys", "what is stored opens with them")


def _sample(settings: Settings, connection: Connection) -> Findings:
    marked = is_sample(connection)
    if settings.sample and not marked:
        yield fault(
            "sample", "MENKOU_SAMPLE is set on a database that is no sample", "unset it, or use an empty database"
        )
    elif marked and not settings.sample:
        yield warn("sample", "this database holds an invented neighbourhood", "start a real one in an empty database")
    elif marked:
        yield warn(
            "sample", "anybody at this machine may speak as anybody", "unset MENKOU_SAMPLE for a real deployment"
        )


def _channels(settings: Settings, connection: Connection) -> Findings:
    """Those that are set up (a half-set one is refused at start). What is behind each is looked at on its own."""
    doors = open_doors(settings)
    if not doors and not settings.sample:
        yield warn("channels", "none is set up, nobody can reach the bot", "set one up: see docs/settings.md")
    for door in doors:
        yield ok("channels", f"{door.name} is set up")


def _staff(settings: Settings, connection: Connection) -> Findings:
    """Whom no card reaches, because they never had an account or left the platform."""
    reached = select(Account.staff_id).where(Account.follows, Account.staff_id.is_not(None))
    missed = connection.scalar(select(func.count(Staff.id)).where(Staff.active, Staff.id.not_in(reached)))
    if missed:
        yield warn("staff", f"{missed} have no account that reaches them", "bind them: `menkou staff list` shows who")


def _work(settings: Settings, connection: Connection) -> Findings:
    """What should have been done and was not."""
    now = datetime.now(UTC)
    waiting = [OutboxState.WAITING, OutboxState.LEASED]
    overdue = select(func.count(Outbox.id)).where(Outbox.state.in_(waiting), Outbox.next_try_at < now - OVERDUE)
    if late := connection.scalar(overdue):
        yield fault("delivery", f"{late} messages wait to be sent", "see that `menkou clock` and the workers run")
    rung = select(func.count(Timer.id)).where(Timer.state == "waiting", Timer.due_at < now - OVERDUE)
    if late := connection.scalar(rung):
        yield fault("timers", f"{late} are overdue", "see that `menkou clock` runs")
    dead = select(func.count(Outbox.id)).where(Outbox.state == OutboxState.DEAD, Outbox.next_try_at > now - RECENT)
    if given_up := connection.scalar(dead):
        yield warn(
            "delivery", f"{given_up} messages of the last day could not be sent", "see the console for the reasons"
        )
    failed = select(func.count(Inbox.id)).where(Inbox.state == InboxState.FAILED, Inbox.raw.is_not(None))
    if stuck := connection.scalar(failed):
        yield warn("inbox", f"{stuck} messages could not be handled", "run `menkou inbox retry`")


def _gate(engine: Engine) -> Findings:
    gate = gate_of(engine)
    if gate is None:
        return
    if gate.is_free_within(GATE_PATIENCE):
        yield ok("write gate", "free")
    else:
        yield fault(
            "write gate", f"held for over {GATE_PATIENCE:.0f} s", f"find who holds it: `fuser -v {gate.path}.writing`"
        )
