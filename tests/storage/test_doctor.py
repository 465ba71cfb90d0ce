"""``menkou doctor`` says what is wrong and what to do; 1 only where something is broken."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue, Worker
from sqlalchemy import Engine, make_url, text

from bot import doctor, findings, migrate
from bot.doctor_duty import look_at_duty
from bot.settings import Settings
from bot.transactions import write_session
from storage.engine import gate_of, open_engine
from storage.outbox import Outbox
from storage.people import Account, Post, Staff, Unit
from storage.rosters import Absence
from tests.storage.conftest import NOW

Make = Callable[..., Settings]
Open = Callable[[str], Engine]


@pytest.fixture
def deployment(migrated_url: str, make_settings: Make, clean_valkey: str) -> Settings:
    """A migrated deployment with a queue."""
    settings = make_settings(database_url=migrated_url, redis_url=clean_valkey)
    settings.data.chmod(0o700)
    return settings


def lines(settings: Settings, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    return doctor.run(settings), capsys.readouterr().out


def test_a_sound_deployment(deployment: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with Redis.from_url(str(deployment.redis_url)) as redis:
        workers = [Worker([Queue(name, connection=redis)], connection=redis) for name in doctor.QUEUES]
        for worker in workers:
            worker.register_birth()  # type: ignore[no-untyped-call]
        code, said = lines(deployment, capsys)
        for worker in workers:
            worker.register_death()  # type: ignore[no-untyped-call]
    assert code == 0
    assert "fault" not in said
    for words in ("schema: revision", "keys: what is stored opens", "append-only file", "bulk is served", "MB free"):
        assert words in said


def test_what_is_not_there_yet(make_settings: Make, capsys: pytest.CaptureFixture[str]) -> None:
    settings = make_settings()
    code, said = lines(settings, capsys)
    assert code == 1
    assert "fault  database: there is none at" in said
    assert "menkou up" in said
    assert not (settings.data / "menkou.db").exists()


def test_a_queue_that_does_not_answer(deployment: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = lines(replace(deployment, redis_url="redis://127.0.0.1:1"), capsys)
    assert code == 1
    assert "fault  queue: the server of REDIS_URL does not answer" in said


def test_nobody_works(deployment: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = lines(deployment, capsys)
    assert code == 0
    assert "warn   workers: nobody serves replies" in said


AWAY = {"127.0.0.1:1": "nothing listens at that host and port", "nowhere.invalid": "nobody knows the name of its host"}


@pytest.mark.parametrize(("host", "why"), list(AWAY.items()))
def test_a_database_that_does_not_answer(
    make_settings: Make, host: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = lines(make_settings(database_url=f"postgresql+psycopg://somebody:secret-word@{host}/menkou"), capsys)
    assert code == 1
    assert f"fault  database: cannot be looked at ({why}) -> start the database, or correct DATABASE_URL" in said
    assert said.count("cannot be looked at") == 1
    assert "secret-word" not in said


def test_a_damaged_file(make_settings: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "menkou.db").write_bytes(b"no database" * 1000)
    code, said = lines(make_settings(database_url=f"sqlite:///{tmp_path / 'menkou.db'}"), capsys)
    assert code == 1
    assert "fault  database: cannot be looked at (the file is none) -> end what else holds the file, or" in said
    assert said.count("cannot be looked at") == 1


def test_a_database_that_refuses_says_why(
    make_settings: Make, postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    there = make_url(postgresql_url).set(password="secret-word")
    wrong = {
        "it has no such database": there.set(database="nowhere"),
        "it has no such user": there.set(username="nobody"),
    }
    for why, url in wrong.items():
        code, said = lines(make_settings(database_url=url.render_as_string(hide_password=False)), capsys)
        assert code == 1
        assert f"fault  database: cannot be looked at ({why}) -> start the database, or correct DATABASE_URL" in said
        assert "secret-word" not in said


def test_a_schema_of_the_future(deployment: Settings, open_url: Open, capsys: pytest.CaptureFixture[str]) -> None:
    with write_session(open_url(deployment.database_url)) as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    code, said = lines(deployment, capsys)
    assert code == 1
    assert "revision 9999 is newer than this program" in said


def test_tables_changed_by_hand(deployment: Settings, open_url: Open, capsys: pytest.CaptureFixture[str]) -> None:
    with write_session(open_url(deployment.database_url)) as db:
        db.execute(text("ALTER TABLE timers ADD COLUMN mine INTEGER"))
    assert "fault  schema: somebody changed the tables by hand" in lines(deployment, capsys)[1]


def test_keys_of_another_deployment(deployment: Settings, open_url: Open, capsys: pytest.CaptureFixture[str]) -> None:
    with write_session(open_url(deployment.database_url)) as db:
        db.add(Staff(name="k00000000:AAAA"))
    code, said = lines(deployment, capsys)
    assert code == 1
    assert "fault  keys: staff.name opens with none of the secret keys" in said


def test_a_rotation_that_is_due(deployment: Settings, make_settings: Make, capsys: pytest.CaptureFixture[str]) -> None:
    old = bytes(range(32))
    settings = replace(deployment, sample=True)
    assert migrate.up(settings) == 0
    assert "run `menkou keys rotate`" in lines(replace(settings, secret_keys=(bytes(32), old)), capsys)[1]


def test_messages_that_nobody_sends(deployment: Settings, open_url: Open, capsys: pytest.CaptureFixture[str]) -> None:
    with write_session(open_url(deployment.database_url)) as db:
        db.add(Account(id=1, door="oa:wx1", address="k:", address_hash="h", ref="a"))
        db.flush()
        db.add(Outbox(name="n", account_id=1, address="a:1", created_at=NOW, next_try_at=NOW))
    said = lines(deployment, capsys)[1]
    assert "fault  delivery: 1 messages wait to be sent" in said


def test_a_gate_that_is_held(
    make_settings: Make, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(findings, "GATE_PATIENCE", 0.05)
    settings = make_settings(database_url=sqlite_url)
    engine = open_engine(sqlite_url, settings.run_folder / "write")
    gate = gate_of(engine)
    assert gate is not None
    with gate.passage():
        assert "fault  write gate: held" in lines(settings, capsys)[1]
    assert "ok     write gate: free" in lines(settings, capsys)[1]
    engine.dispose()


@pytest.mark.parametrize(("free", "code"), [(100, 1), (1000, 0)])
def test_a_full_disk(
    deployment: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], free: int, code: int
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: type("Usage", (), {"free": free * doctor.MEGABYTE}))
    assert lines(deployment, capsys)[0] == code


def test_a_key_that_others_can_read(make_settings: Make, capsys: pytest.CaptureFixture[str]) -> None:
    settings = make_settings()
    (settings.data / "secret.key").touch(mode=0o644)
    assert "fault  key file" in lines(settings, capsys)[1]


def test_a_clock_that_is_off(
    deployment: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(findings, "SKEW_FAULT", timedelta(seconds=-1))
    said = lines(deployment, capsys)[1]
    assert ("fault  clock" in said) != deployment.embedded_database


def test_a_place_where_nobody_is_responsible_is_a_fault(deployment: Settings) -> None:
    engine = open_engine(deployment.database_url, deployment.data / "write")
    with write_session(engine) as db:
        db.add(Unit(id=1, kind="community", name="梧桐社区", path="/1/"))
        db.add(Staff(id=1, name="sealed", active=True))
        db.flush()
        db.add(Post(staff_id=1, unit_id=1, role="community"))
        db.flush()
    assert [one.level for one in look_at_duty(deployment)] == ["warn"]  # nobody dispatches anywhere
    with write_session(engine) as db:
        db.add(Absence(staff_id=1, starts_at=NOW - timedelta(days=1), made_at=NOW))
    engine.dispose()
    said = [str(one) for one in look_at_duty(deployment)]
    assert said[0].startswith('fault  people: nobody of "梧桐社区" or above it is there')
