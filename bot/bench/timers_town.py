"""A district for ``menkou bench timers``: streets with their communities and grids, staff, tickets, and armed timers.

Nothing is drawn by chance but the moments at which timers are due. Of a hundred timers 64 belong to 16 tickets that
nobody has accepted (yellow, red, and two levels up), 36 to 12 that somebody has in hand (the first word, yellow, a
nudge); the last two of these arm others when they ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, text

from bot.settings import Settings
from bot.transactions import open_database, write_connection
from storage import map_state
from storage.inserts import table_of
from storage.people import Account, Post, Role, Staff, Unit, UnitKind
from storage.tickets import Ticket
from storage.timers import Timer
from storage.vault import Vault
from storage.workflow import Status

DOOR = "memory:bench"
AFTERNOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 17:00 of a Monday in China: people may be reminded
STREETS, COMMUNITIES, GRIDS = 12, 8, 6  # of the district, of a street, of a community
WORKERS = 2  # at every desk
TICKETS_IN_HUNDRED, WAITING_IN_HUNDRED = 28, 16
AT_A_TIME = 20_000  # rows of one insert

UNACCEPTED = (("accept:yellow", 0, 0), ("accept:red", 1, 0), ("accept:red", 2, 1), ("accept:red", 3, 2))
IN_HAND = ("progress:due", "resolve:yellow", "idle")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many timers are due from a moment on, within how long, and what their moments are drawn by."""

    timers: int
    start: datetime
    span: timedelta
    seed: int
    first: int = 0  # number of the first ticket, where there are tickets already


def build(settings: Settings, wanted: Wanted) -> int:
    """Fills a migrated database. Answers how many timers were armed: the next full hundred."""
    engine = open_database(settings)
    try:
        with write_connection(engine, unhurried=True) as connection:
            desks, people = _places(connection, Vault(settings.secret_keys))
            armed = _tickets(connection, wanted, desks, people)
        _tidy(engine)
        return armed
    finally:
        engine.dispose()


def arm(engine: Engine, wanted: Wanted) -> int:
    """More tickets and timers in a district that was built."""
    with write_connection(engine, unhurried=True) as connection:
        grids = select(Unit.id).where(Unit.kind == UnitKind.GRID, Unit.name.like("bench%")).order_by(Unit.id)
        desks = list(connection.scalars(grids))
        posts = select(Post.unit_id, func.min(Post.staff_id)).where(Post.unit_id.in_(desks)).group_by(Post.unit_id)
        return _tickets(connection, wanted, desks, dict(connection.execute(posts).all()))


def _places(connection: Connection, vault: Vault) -> tuple[list[int], dict[int, int]]:
    """Units and whoever works there; answers the grids, and one of each grid's people."""
    units = list(_units((connection.scalar(select(func.max(Unit.id))) or 0) + 1))
    staff, post = ((connection.scalar(select(func.max(kind.id))) or 0) + 1 for kind in (Staff, Post))
    people = [(unit, role) for unit, role in units for _ in range(WORKERS)]
    _insert(connection, Unit, (unit for unit, _ in units))
    _insert(connection, Staff, (_person(vault, staff + n) for n in range(len(people))))
    posts = (
        {"id": post + n, "staff_id": staff + n, "unit_id": unit["id"], "role": str(role)}
        for n, (unit, role) in enumerate(people)
    )
    _insert(connection, Post, posts)
    first = (connection.scalar(select(func.max(Account.id))) or 0) + 1
    _insert(connection, Account, (_account(vault, first + n, staff + n) for n in range(len(people))))
    _count_on(connection, "units", "staff", "posts", "accounts")
    map_state.change(connection)
    grids = [unit["id"] for unit, role in units if role == Role.GRID_WORKER]
    return grids, {unit["id"]: staff + n for n, (unit, _) in enumerate(people)}


def _units(number: int) -> Iterator[tuple[Row, Role]]:
    def made(kind: UnitKind, parent: Row | None) -> Row:
        nonlocal number
        above = parent or {"id": None, "path": "/"}
        path = f"{above['path']}{number}/"
        unit = {"id": number, "kind": str(kind), "name": f"bench {number}", "parent_id": above["id"], "path": path}
        number += 1
        return unit

    for _ in range(STREETS):
        street = made(UnitKind.STREET, None)
        yield street, Role.STREET_LEADER
        for _ in range(COMMUNITIES):
            community = made(UnitKind.COMMUNITY, street)
            yield community, Role.COMMUNITY
            for _ in range(GRIDS):
                yield made(UnitKind.GRID, community), Role.GRID_WORKER


def _person(vault: Vault, number: int) -> Row:
    ref = f"bench-staff-{number}"
    return {"id": number, "ref": ref, "name": vault.seal(f"bench {number}", "staff.name", ref), "active": True}


def _account(vault: Vault, number: int, staff: int) -> Row:
    ref = f"bench-account-{number}"
    return {
        "id": number,
        "ref": ref,
        "door": DOOR,
        "address": vault.seal(f"bench-{number}", "accounts.address", ref),
        "address_hash": f"bench-{number}",
        "staff_id": staff,
        "follows": True,
        "window_left": 0,
    }


def _tickets(connection: Connection, wanted: Wanted, desks: list[int], people: dict[int, int]) -> int:
    hundreds = -(-wanted.timers // 100)
    chance = Random(wanted.seed)
    first = (connection.scalar(select(func.max(Ticket.id))) or 0) + 1
    reporter = connection.scalar(select(func.max(Account.id)).where(Account.door == DOOR))
    number = max(first, connection.scalar(select(func.max(Ticket.number))) or 0) + 1
    armed, tickets, timers = 0, [], []
    for n in range(hundreds * TICKETS_IN_HUNDRED):
        desk = desks[n % len(desks)]
        waits = n % TICKETS_IN_HUNDRED < WAITING_IN_HUNDRED
        moments = sorted(wanted.start + wanted.span * chance.random() for _ in range(4 if waits else 3))
        ticket = _ticket(first + n, number + n, desk, reporter, moments)
        ticket |= {} if waits else _taken(people[desk], wanted, moments)
        tickets.append(ticket)
        rows = list(_timers(ticket, moments))
        timers += rows
        armed += len(rows)
        if len(tickets) >= AT_A_TIME or n + 1 == hundreds * TICKETS_IN_HUNDRED:
            _insert(connection, Ticket, tickets)
            _insert(connection, Timer, timers)
            tickets, timers = [], []
    _count_on(connection, "tickets")
    return armed


def _count_on(connection: Connection, *tables: str) -> None:
    """PostgreSQL's sequences know nothing of rows that brought their own ids."""
    if connection.dialect.name == "postgresql":
        for name in tables:
            top = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
            connection.execute(text(top))


def _ticket(number_in_table: int, number: int, desk: int, reporter: int | None, moments: list[datetime]) -> Row:
    opened = moments[0] - timedelta(hours=6)
    return {
        "id": number_in_table,
        "number": number,
        "ref": f"bench-ticket-{number}",
        "version": 1,
        "status": str(Status.REPORTED),
        "kind": "fault",
        "category": "road_facility",
        "urgency": "ordinary",
        "unit_id": desk,
        "desk_id": desk,
        "reporter_id": reporter,
        "opened_at": opened,
        "received_at": opened,
        "accept_due": moments[1],
        "policy": "bench",
        "holder_id": None,
        "accepted_at": None,
        "progress_due": None,
        "resolve_due": None,
    }


def _taken(holder: int, wanted: Wanted, moments: list[datetime]) -> Row:
    """Somebody has it in hand; it is to be done half a day later."""
    return {
        "status": str(Status.ACCEPTED),
        "holder_id": holder,
        "accepted_at": moments[0] - timedelta(days=3),
        "opened_at": moments[0] - timedelta(days=3),
        "received_at": moments[0] - timedelta(days=3),
        "progress_due": moments[0],
        "resolve_due": wanted.start + wanted.span + timedelta(hours=12),
    }


def _timers(ticket: Row, moments: Iterable[datetime]) -> Iterator[Row]:
    mark = f"ticket:{ticket['number']}:r0:h0"
    if ticket["holder_id"] is None:
        for (kind, rung, level), due in zip(UNACCEPTED, moments, strict=True):
            yield _timer(f"{mark}:{kind}:{rung}", kind, ticket, due, {"rung": rung, "level": level})
        return
    until = f"{int(ticket['resolve_due'].timestamp())}"
    for kind, due in zip(IN_HAND, moments, strict=True):
        data = {"rung": 0, "level": 0, "until": until}
        yield _timer(f"{mark}:{kind}:0:{until}", kind, ticket, due, data)


def _timer(name: str, kind: str, ticket: Row, due: datetime, data: Row) -> Row:
    return {"name": name, "kind": kind, "ticket_id": ticket["id"], "due_at": due, "state": "waiting", "data": data}


def _insert(connection: Connection, kind: Any, rows: Iterable[Row]) -> None:
    connection.execute(insert(table_of(kind)), list(rows))


def _tidy(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
