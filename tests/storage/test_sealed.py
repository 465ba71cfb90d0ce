"""Encryption at rest: bound to its place, every column listed, and rotated without losing anything."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, String, select, text, update
from sqlalchemy.orm import Session

from bot import keys, migrate, seed
from bot.settings import Settings
from bot.transactions import read_session, write_connection, write_session
from storage import sealed
from storage.inbox import Body
from storage.people import Account, Resident, Staff
from storage.tables import metadata
from storage.vault import Vault, VaultError
from tests.storage.conftest import NOW

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
PLAIN = {
    "marks.value",
    "screens.text",  # invented people only: the playground
    "screens.address",
    "units.path",
    "units.nicknames",
    "buildings.nicknames",
    "inbox.media",  # a handle, never words
    "scenes.url",  # printed on a door
    "pulls.cursor",  # a place in a list
    "answers.question",  # 办事问答: written to be read by everybody
    "answers.answer",
    "answers.source",
    "notices.source",  # what every reader of a notice is shown
    "notices.reason",  # why it could not wait: never about a person
    "notices.link",
    "decisions.article",  # 《…》第…条: a rule, read off the words and nothing else of them
}
LONGEST_PLAIN = 160  # characters; ciphertext of a name needs more


def test_every_column_that_could_hold_ciphertext_is_listed() -> None:
    listed = {f"{entry.name}.{column}" for entry in sealed.SEALED for column in entry.columns}
    wide = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, String) and (column.type.length or 10_000) > LONGEST_PLAIN
    }
    assert wide - PLAIN == listed


def test_every_sealed_table_has_the_ref_that_its_values_are_bound_to() -> None:
    for entry in sealed.SEALED:
        assert "ref" in entry.table.columns
        assert entry.key is not None


def test_every_keyed_hash_is_renewed_or_may_expire() -> None:
    renewed = {f"{entry.name}.{lookup.column}" for entry in sealed.SEALED for lookup in entry.lookups}
    hashes = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_hash") and not column.name.startswith("link")
    }
    expire = {
        "bind_codes.code_hash",
        "web_sessions.token_hash",
        "sign_in_links.token_hash",
        "inbox.text_hash",
        "notice_readers.viewer_hash",
    }
    assert hashes - expire == renewed


def test_a_moved_value_does_not_open(vault: Vault) -> None:
    value = vault.seal("王桂兰", "residents.name", "a")
    assert vault.open(value, "residents.name", "a") == "王桂兰"
    for place, row in (("residents.name", "b"), ("residents.phone", "a")):
        with pytest.raises(VaultError):
            vault.open(value, place, row)


def test_a_wrong_key_does_not_open(vault: Vault) -> None:
    value = vault.seal("王桂兰", "residents.name", "a")
    with pytest.raises(VaultError):
        Vault([os.urandom(32)]).open(value, "residents.name", "a")


def test_all_keys_read_and_the_first_writes() -> None:
    both, old = Vault([NEW, OLD]), Vault([OLD])
    value = old.seal("x", "staff.name", "r")
    assert both.open(value, "staff.name", "r") == "x"
    assert not both.is_current(value)
    assert both.is_current(both.seal("x", "staff.name", "r"))
    assert old.lookup("x") in both.lookups("x")


def every_value(db: Session, vault: Vault) -> dict[str, Any]:
    found = {}
    for entry in sealed.SEALED:
        for row in db.execute(select(entry.table)).mappings():
            for column in entry.columns:
                if row[column] is not None:
                    place = f"{entry.name}.{column}"
                    found[f"{place}:{row['ref']}"] = vault.open(row[column], place, row["ref"])
    return found


@pytest.fixture
def filled(migrated_url: str, make_settings: Callable[..., Settings]) -> Settings:
    """A sample database written with the old key, under settings that name the new one first."""
    settings = make_settings(database_url=migrated_url, sample=True, secret_keys=(OLD,))
    assert migrate.up(settings) == 0
    return replace(settings, secret_keys=(NEW, OLD))


def test_rotation_seals_everything_again(filled: Settings, open_url: Callable[[str], Engine]) -> None:
    engine = open_url(filled.database_url)
    with write_session(engine) as db:
        body = Body(created_at=NOW, ref="r1", text=Vault([OLD]).seal("路灯不亮", "bodies.text", "r1"))
        db.add(body)
    with read_session(engine) as db:
        before = every_value(db, Vault([NEW, OLD]))
    assert keys.rotate(filled) == 0
    new = Vault([NEW])  # the old key is gone
    with read_session(engine) as db:
        assert every_value(db, new) == before
        wang = db.scalars(select(Account).where(Account.address_hash == new.lookup("memory:sample:wang-guilan"))).one()
        assert new.open(wang.address, "accounts.address", wang.ref) == "wang-guilan"
        resident = db.get_one(Resident, wang.resident_id)
        assert resident.phone_hash == new.lookup(new.open(resident.phone or "", "residents.phone", resident.ref))
    assert before["bodies.text:r1"] == "路灯不亮"


def test_an_interrupted_rotation_goes_on_where_it_was(
    filled: Settings, open_url: Callable[[str], Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, vault = open_url(filled.database_url), Vault(filled.secret_keys)
    monkeypatch.setattr(sealed, "STEP", 100)
    with write_connection(engine) as connection:
        assert sealed.step(connection, vault, sealed.SEALED[0], None).sealed_again == 100
    with read_session(engine) as db:
        left = sealed.left(db.connection(), vault)
        assert left["accounts"] == len(db.scalars(select(Account.id)).all()) - 100
    assert keys.rotate(filled) == 0
    with read_session(engine) as db:
        assert sealed.left(db.connection(), vault) == {}


def test_what_no_key_opens_is_said_and_left_alone(
    filled: Settings, open_url: Callable[[str], Engine], capsys: pytest.CaptureFixture[str]
) -> None:
    engine = open_url(filled.database_url)
    foreign = Vault([os.urandom(32)]).seal("?", "staff.name", "x")
    with write_session(engine) as db:
        db.execute(update(Staff).where(Staff.id == 3).values(name=foreign))
    assert keys.rotate(filled) == 1
    assert "1 rows open with none of the keys" in capsys.readouterr().err
    with read_session(engine) as db:
        assert db.get_one(Staff, 3).name == foreign
        assert sealed.left(db.connection(), Vault(filled.secret_keys)) == {"staff": 1}


def test_nothing_personal_is_stored_in_the_open(filled: Settings, open_url: Callable[[str], Engine]) -> None:
    assert seed.run(filled, None, None) == 1  # it is filled
    with read_session(open_url(filled.database_url)) as db:
        for table in ("residents", "accounts", "staff"):
            for row in db.execute(text(f"SELECT * FROM {table}")):
                assert "王桂兰" not in str(row)
                assert "wang-guilan" not in str(row)
