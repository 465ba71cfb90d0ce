"""A backup holds everything but the keys, restores on either engine, and is refused when it is not what was written."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, null, select, text, update

from bot import backup, migrate
from bot.settings import Settings
from bot.transactions import read_session, write_session
from storage import archive, tickets
from storage.deployment import Screen
from storage.media import Media
from storage.people import Household, Unit
from tests.storage.conftest import NOW

Make = Callable[..., Settings]
Open = Callable[[str], Engine]


@pytest.fixture
def filled(migrated_url: str, make_settings: Make, open_url: Open) -> Settings:
    """A sample database with a photo, a drawn number and both kinds of emptiness in a JSON column."""
    settings = make_settings(database_url=migrated_url, sample=True)
    assert migrate.up(settings) == 0
    with write_session(open_url(settings.database_url)) as db:
        db.add(Media(ref="m", sha256="m", mime="image/jpeg", bytes=bytes(range(256)), created_at=NOW))
        for _ in range(7):
            tickets.draw_number(db, NOW)
        db.execute(text("DELETE FROM ticket_numbers WHERE number > 5"))
        for number, card in enumerate(({"title": "编号 1"}, None, null())):
            db.add(Screen(key=str(number), address="group:x", sender="", text='灯\n\t"不亮"', at=NOW, card=card))
    return settings


@pytest.fixture
def saved(filled: Settings, tmp_path: Path) -> Path:
    """Its backup."""
    target = tmp_path / "saved.zip"
    assert backup.backup(filled, target) == 0
    return target


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, make_settings: Make, tmp_path: Path) -> Settings:
    """An empty database of either engine."""
    if request.param == "sqlite":
        return make_settings(data=tmp_path / "other")
    url = request.getfixturevalue("postgresql_url")
    return make_settings(database_url=url)


def test_everything_comes_back_on_either_engine(
    saved: Path, other: Settings, open_url: Open, tmp_path: Path, filled: Settings
) -> None:
    other = _without_schema(other, open_url)
    assert backup.restore(other, saved) == 0
    again = tmp_path / "again.zip"
    assert backup.backup(other, again) == 0
    first, second = archive.verify(saved), archive.verify(again)
    assert first.tables == second.tables
    assert first.high_water == second.high_water
    assert first.tables["households"].rows == 900
    with write_session(open_url(other.database_url)) as db:
        assert db.scalars(select(Media.bytes)).one() == bytes(range(256))
        empties = db.execute(text("SELECT card IS NULL FROM screens ORDER BY id")).scalars().all()
        assert [bool(empty) for empty in empties] == [False, False, True]
        assert tickets.draw_number(db, NOW) == 8  # never one that was said aloud, also when its row is gone
        db.add(Unit(kind="community", name="新社区"))
        db.flush()
    assert migrate.up(replace(filled, database_url=other.database_url)) == 0  # a sample stays one


def _without_schema(settings: Settings, open_url: Open) -> Settings:
    if not settings.embedded_database:
        with write_session(open_url(settings.database_url)) as db:
            db.execute(text("DROP SCHEMA public CASCADE"))
            db.execute(text("CREATE SCHEMA public"))
    return settings


def test_a_migrated_but_empty_database_may_be_restored_into(saved: Path, make_settings: Make, tmp_path: Path) -> None:
    settings = make_settings(data=tmp_path / "other")
    assert migrate.up(settings) == 0
    assert backup.restore(settings, saved) == 0


def test_a_database_with_anything_in_it_is_left_alone(
    saved: Path, filled: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backup.restore(filled, saved) == 1
    assert "not empty" in capsys.readouterr().err


def test_somebody_elses_tables_are_left_alone(
    saved: Path, make_settings: Make, tmp_path: Path, open_url: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = make_settings(data=tmp_path / "other")
    settings.data.mkdir()
    with write_session(open_url(settings.database_url)) as db:
        db.execute(text("CREATE TABLE theirs (id INTEGER)"))
    assert backup.restore(settings, saved) == 1
    assert "somebody else" in capsys.readouterr().err


def test_the_file_is_for_its_owner_and_holds_no_key(
    saved: Path, filled: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.partial"))
    with zipfile.ZipFile(saved) as packed:
        content = b"".join(packed.read(name) for name in packed.namelist())
    for key in filled.secret_keys:
        assert key not in content
    assert "王桂兰".encode() not in content
    assert backup.backup(filled, tmp_path / "more.zip") == 0
    assert "keys are not in it" in capsys.readouterr().out


def rewritten(source: Path, change: Callable[[str, bytes], bytes]) -> Path:
    target = source.with_name("changed.zip")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


def less_one_household(name: str, content: bytes) -> bytes:
    return content.split(b"\n", 1)[1] if name == "tables/households.jsonl" else content


def of_the_future(name: str, content: bytes) -> bytes:
    return json.dumps(json.loads(content) | {"revision": "9999"}).encode() if name == archive.MANIFEST else content


def without_manifest(name: str, content: bytes) -> bytes:
    return b"{}" if name == archive.MANIFEST else content


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (less_one_household, "not what was written"),
        (of_the_future, "newer version"),
        (without_manifest, "no manifest"),
    ],
)
def test_a_changed_file_is_refused_and_nothing_is_left_half_done(
    saved: Path,
    make_settings: Make,
    tmp_path: Path,
    open_url: Open,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[str, bytes], bytes],
    said: str,
) -> None:
    settings = make_settings(data=tmp_path / "other")
    assert migrate.up(settings) == 0
    assert backup.restore(settings, rewritten(saved, change)) == 1
    assert said in capsys.readouterr().err
    with read_session(open_url(settings.database_url)) as db:
        assert db.scalars(select(Household.id)).first() is None


def test_a_file_that_is_no_backup_is_refused(
    make_settings: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "x.zip"
    source.write_bytes(b"hello")
    assert backup.restore(make_settings(), source) == 1
    assert "not a file that" in capsys.readouterr().err


def test_an_empty_database_has_nothing_to_save(
    make_settings: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backup.backup(make_settings(), tmp_path / "x.zip") == 1
    assert "no schema" in capsys.readouterr().err
    assert not (tmp_path / "x.zip").exists()


def test_a_folder_that_is_not_there_is_said_in_one_sentence(
    filled: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert backup.backup(filled, tmp_path / "none" / "x.zip") == 1
    assert "No such file" in capsys.readouterr().err


def test_a_backup_is_one_moment_while_others_write(
    filled: Settings, tmp_path: Path, open_url: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, original = open_url(filled.database_url), archive._write_table

    def and_somebody_writes(*args: object) -> archive.Entry:
        with write_session(engine) as db:
            db.execute(update(Household).values(tags="meanwhile"))
        return original(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(archive, "_write_table", and_somebody_writes)
    target = tmp_path / "moment.zip"
    assert backup.backup(filled, target) == 0
    with zipfile.ZipFile(target) as packed:
        columns = json.loads(packed.read(archive.MANIFEST))["tables"]["households"]["columns"]
        first = json.loads(packed.read("tables/households.jsonl").splitlines()[0])
    assert first[columns.index("tags")] != "meanwhile"
