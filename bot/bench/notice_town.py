"""A town for the benches of notices: as many households as wanted, each with one account, and one confirmed notice.

Nothing is drawn by chance. Households stand a hundred to a building and a thousand to a community.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, text

from bot.bench.menkou_web import settings_for
from bot.bench.workload import sentences
from bot.settings import Settings
from bot.transactions import open_database, write_connection, write_session
from storage import map_state, notice_audience, notice_ledger
from storage.base import new_ref
from storage.inserts import table_of
from storage.notices import NoticeKind, NoticeState
from storage.people import Account, Building, Household, Resident, Staff, Unit, UnitKind
from storage.vault import Vault

CORP, AGENT = "ww0123456789abcdef", 1000002
DOORS = {"single": "sms:main", "batch": f"wecom:{CORP}:{AGENT}", "unkeyed": "sms:main"}
"""How a notice goes out: one call each with a name the platform knows, a thousand a call, one call each without."""

PREFIX = {"single": "138", "batch": "u", "unkeyed": "138"}
WORDS = "".join(sentences("talk")[:4])
AT_A_TIME = 20_000  # rows of one insert
IN_A_COMMUNITY, IN_A_BUILDING = 1000, 100


def settings_of(data: Path, url: str, platform: int, **more: Any) -> Settings:
    """A deployment with both doors to the platform at this port. A notice goes out at any hour."""
    base = f"http://127.0.0.1:{platform}"
    given: dict[str, Any] = {
        "data": data,
        "database_url": url,
        "port": 1,
        "secret_keys": settings_for(data, url, 1).secret_keys,
        "sms_url": f"{base}/sms",
        "wecom_corp_id": CORP,
        "wecom_agent_id": str(AGENT),
        "wecom_secret": "unused",
        "wecom_token": "token",
        "wecom_aes_key": "A" * 43,
        "wecom_api_base": base,
        "notice_quiet_from": time(0),
        "notice_quiet_until": time(0),
    }
    return Settings(**given | more)


@dataclass(slots=True)
class Town:
    """What was made."""

    notice_id: int
    households: int


def build(settings: Settings, households: int, way: str) -> Town:
    """Fills a migrated database with a street of its own, and confirms a notice to everybody there."""
    engine = open_database(settings)
    vault = Vault(settings.secret_keys)
    try:
        with write_connection(engine, unhurried=True) as connection:
            street = _fill(connection, vault, households, way)
        if engine.dialect.name == "postgresql":
            _tidy(engine)
        return Town(_confirmed(engine, vault, street, households), households)
    finally:
        engine.dispose()


def _fill(connection: Connection, vault: Vault, households: int, way: str) -> int:
    units, buildings = _places(connection, households)
    home = max(connection.scalar(select(func.max(kind.id))) or 0 for kind in (Resident, Household)) + 1
    communities, estates = units
    for start in range(0, households, AT_A_TIME):
        numbers = range(start, min(start + AT_A_TIME, households))
        _insert(connection, Resident, ({"id": home + n, "ref": f"resident-{home + n}"} for n in numbers))
        rows = (
            {
                "id": home + n,
                "building_id": buildings[n // IN_A_BUILDING],
                "estate_id": estates[n // IN_A_COMMUNITY],
                "community_id": communities[n // IN_A_COMMUNITY],
                "entrance": "1",
                "room": str(n),
                "contact_id": home + n,
            }
            for n in numbers
        )
        _insert(connection, Household, rows)
        _insert(connection, Account, (_account(vault, home + n, n, way) for n in numbers))
    if connection.dialect.name == "postgresql":
        for name in ("units", "buildings", "residents", "households"):
            top = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
            connection.execute(text(top))
    return communities[0] - 1


def _places(connection: Connection, households: int) -> tuple[tuple[list[int], list[int]], list[int]]:
    """A street with communities, an estate in each, and their buildings."""
    street = (connection.scalar(select(func.max(Unit.id))) or 0) + 1
    count = -(-households // IN_A_COMMUNITY)
    communities = [street + 1 + 2 * n for n in range(count)]
    estates = [community + 1 for community in communities]
    root = f"/{street}/"
    kinds: dict[int, tuple[UnitKind, int | None, str]] = {street: (UnitKind.STREET, None, root)}
    for community, estate in zip(communities, estates, strict=True):
        kinds[community] = (UnitKind.COMMUNITY, street, f"{root}{community}/")
        kinds[estate] = (UnitKind.ESTATE, community, f"{root}{community}/{estate}/")
    rows = (
        {"id": number, "kind": str(kind), "name": f"unit {number}", "parent_id": parent, "path": path}
        for number, (kind, parent, path) in kinds.items()
    )
    _insert(connection, Unit, rows)
    first = (connection.scalar(select(func.max(Building.id))) or 0) + 1
    buildings = list(range(first, first - (-households // IN_A_BUILDING)))
    _insert(
        connection,
        Building,
        (
            {"id": number, "estate_id": estates[n * IN_A_BUILDING // IN_A_COMMUNITY], "name": f"{n}"}
            for n, number in enumerate(buildings)
        ),
    )
    map_state.change(connection)
    return (communities, estates), buildings


def _account(vault: Vault, resident: int, number: int, way: str) -> dict[str, Any]:
    ref, address = f"bench-account-{number}", f"{PREFIX[way]}{number:08}"
    return {
        "ref": ref,
        "door": DOORS[way],
        "address": vault.seal(address, "accounts.address", ref),
        "address_hash": f"bench-{number}",
        "resident_id": resident,
        "follows": True,
        "window_left": 0,
    }


def _insert(connection: Connection, kind: Any, rows: Iterator[dict[str, Any]]) -> None:
    connection.execute(insert(table_of(kind)), list(rows))


def _tidy(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _confirmed(engine: Engine, vault: Vault, street: int, households: int) -> int:
    with write_session(engine) as db:
        author = Staff(ref=new_ref(), name="")
        author.name = vault.seal("bench", "staff.name", author.ref)
        db.add(author)
        db.flush()
        now = datetime.now(UTC)
        notice = notice_ledger.open_draft(db, vault, unit_id=street, author_id=author.id, text=WORDS, now=now)
        counted, digest = notice_ledger.snapshot(db, notice_audience.members(db, notice))
        if counted != households:
            raise RuntimeError(f"{counted} households were counted, {households} were made")
        notice.kind, notice.fingerprint, notice.counted = NoticeKind.IMPORTANT, digest, counted
        notice.state, notice.confirmed_at, notice.confirmed_by_id = NoticeState.CONFIRMED, now, author.id
        return notice.id
