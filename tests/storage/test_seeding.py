"""The invented neighbourhood: believable, complete, reproducible, and only ever in an empty database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, create_engine, func, make_url, select, text
from sqlalchemy.orm import Session

from bot import migrate, seed
from bot.moments import OFFSET
from bot.settings import Settings
from bot.transactions import read_session, write_session
from handlers.rules.calendar import CHINA, is_working_day
from storage import invented
from storage.base import Base
from storage.deployment import Mark
from storage.people import Account, Building, Group, Household, Post, Resident, Role, Staff, Unit, UnitKind
from storage.tickets import Desk
from storage.vault import Vault

pytestmark = pytest.mark.xdist_group("seeding")
Make = Callable[..., Settings]
Open = Callable[[str], Engine]
SHARED = f"menkou_test_sample_{os.getpid()}"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A migrated and filled sample database, shared by the tests of this module, which change nothing that counts."""
    data = tmp_path_factory.mktemp("sample")
    if request.param == "sqlite":
        url, server = "", None
    else:
        server = request.getfixturevalue("postgres_url")
        _run_on(server, f"CREATE DATABASE {SHARED}")
        url = make_url(server).set(database=SHARED).render_as_string(hide_password=False)
    settings = Settings(database_url=url, data=data, secret_keys=(bytes(range(32)),), sample=True)
    assert migrate.up(settings) == 0
    yield settings
    if server:
        _run_on(server, f"DROP DATABASE {SHARED} WITH (FORCE)")


def _run_on(server: str, statement: str) -> None:
    maintenance = create_engine(server, isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(statement))
    maintenance.dispose()


@pytest.fixture
def plain(empty_database_url: str, make_settings: Make) -> Settings:
    """A migrated, empty database."""
    settings = make_settings(database_url=empty_database_url)
    assert migrate.up(settings) == 0
    return settings


def counted(db: Session, what: type[Base]) -> int:
    return db.scalar(select(func.count()).select_from(what)) or 0


def test_the_street_has_what_was_promised(sample: Settings, open_url: Open) -> None:
    with read_session(open_url(sample.database_url)) as db:
        kinds = dict(db.execute(select(Unit.kind, func.count()).group_by(Unit.kind)).all())
        assert [kinds[kind] for kind in ("street", "community", "estate", "grid", "property")] == [1, 3, 6, 6, 6]
        assert (counted(db, Building), counted(db, Household), counted(db, Staff)) == (40, 900, 18)
        bound = counted(db, Account) - 18
        grouped = db.scalar(select(func.count()).where(Household.group_id.is_not(None))) or 0
        assert bound / 900 == pytest.approx(0.70, abs=0.05)
        assert grouped / 900 == pytest.approx(0.15, abs=0.04)
        building = db.scalars(select(Building).where(Building.name == "3号楼")).first()
        assert building is not None
        assert {"3栋", "3幢", "3#"} <= set((building.nicknames or "").split())


def test_paths_lead_from_the_root_and_a_grid_reaches_its_estate(sample: Settings, open_url: Open) -> None:
    with read_session(open_url(sample.database_url)) as db:
        units = {unit.id: unit for unit in db.scalars(select(Unit))}
        for unit in units.values():
            above = units[unit.parent_id].path if unit.parent_id else "/"
            assert unit.path == f"{above}{unit.id}/"
            if unit.kind == UnitKind.ESTATE:
                assert unit.grid_id is not None
                assert unit.path.startswith(units[unit.grid_id].path)
        manned = set(db.scalars(select(Post.unit_id)))
        assert manned >= {unit.id for unit in units.values() if unit.kind != UnitKind.ESTATE}


def test_no_grid_or_community_is_responsible_for_enforcement(sample: Settings, open_url: Open) -> None:
    with read_session(open_url(sample.database_url)) as db:
        rows = db.scalars(select(Desk)).all()
    assert rows
    for row in rows:
        if row.category in {"encroachment", "security", "fire_safety", "*"}:
            assert row.desk_kind in {UnitKind.DEPARTMENT, UnitKind.PROPERTY}, row.category


def test_names_open_only_in_their_own_row(sample: Settings, open_url: Open) -> None:
    vault = Vault(sample.secret_keys)
    with read_session(open_url(sample.database_url)) as db:
        for who in invented.sample_cast():
            found = db.scalars(
                select(Account).where(Account.address_hash == vault.lookup(f"{invented.DOOR}:{who.address}"))
            )
            account = found.one()
            assert vault.open(account.address, "accounts.address", account.ref) == who.address
            person = db.get(Staff, account.staff_id) if account.staff_id else db.get(Resident, account.resident_id)
            assert person is not None
            table = "staff" if account.staff_id else "residents"
            assert vault.open(person.name or "", f"{table}.name", person.ref) == who.name
            assert (who.role == Role.RESIDENT) == (account.staff_id is None)
        chats = set(db.scalars(select(Group.chat)))
        assert {chat for who in invented.sample_cast() for chat in who.groups} <= chats
        assert {group.chat for group in invented.sample_groups()} <= chats


def test_sample_time_starts_on_a_working_morning(sample: Settings, open_url: Open) -> None:
    with read_session(open_url(sample.database_url)) as db:
        mark = db.get_one(Mark, OFFSET)
        assert db.get(Mark, "sample") is not None
    start = (datetime.now(UTC) + timedelta(milliseconds=int(mark.value))).astimezone(CHINA)
    assert is_working_day(start.date())
    assert start.hour == 9  # the test itself takes a moment
    assert int(mark.value) >= 0


def test_a_second_start_keeps_the_sample(sample: Settings, open_url: Open) -> None:
    with write_session(open_url(sample.database_url)) as db:
        ahead = str(int(db.get_one(Mark, OFFSET).value) + 60_000)
        db.get_one(Mark, OFFSET).value = ahead
    assert migrate.up(sample) == 0
    with read_session(open_url(sample.database_url)) as db:
        assert (db.get_one(Mark, OFFSET).value, counted(db, Household)) == (ahead, 900)


def test_sample_mode_refuses_a_real_database(
    plain: Settings, make_settings: Make, open_url: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    with write_session(open_url(plain.database_url)) as db:
        db.add(Unit(kind="street", name="真实街道"))
    assert migrate.up(make_settings(database_url=plain.database_url, sample=True)) == 1
    assert "real deployment" in capsys.readouterr().err


def test_seed_refuses_a_database_with_anything_in_it(
    plain: Settings, open_url: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seed.run(plain, 30, 3) == 0
    assert seed.run(plain, 30, 3) == 1
    assert "not empty" in capsys.readouterr().err
    with read_session(open_url(plain.database_url)) as db:
        assert counted(db, Household) == 30
        assert db.scalar(select(func.count()).where(Group.kind == "residents")) == 3
        assert db.get(Mark, "sample") is None  # only the sample mode marks
        assert db.scalar(select(func.count()).where(Account.staff_id.is_not(None))) == 0  # nobody is impersonated


def test_new_rows_get_new_ids_after_seeding(plain: Settings, open_url: Open) -> None:
    assert seed.run(plain, 30, 3) == 0
    with write_session(open_url(plain.database_url)) as db:
        for _ in range(2):
            db.add(Unit(kind="community", name="新社区"))
        db.flush()


def test_a_county_fits(plain: Settings, open_url: Open) -> None:
    assert seed.run(plain, 5000, 69) == 0
    with read_session(open_url(plain.database_url)) as db:
        assert counted(db, Household) == 5000
        assert db.scalar(select(func.count()).where(Group.kind == "residents")) == 69
        estates = db.scalars(select(Unit.name).where(Unit.kind == UnitKind.ESTATE)).all()
        assert len(set(estates)) == len(estates) == 27
