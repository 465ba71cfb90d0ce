"""``menkou register import|export``: the deployment's own units, buildings, front doors, people and desks."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from bot import register_files, register_writing
from bot.maintenance import RefusedError, maintained, refuse
from bot.register_files import SHEETS
from bot.seed import is_sample
from bot.settings import Settings
from bot.transactions import open_database, read_session
from storage import register_people, register_places
from storage.registering import FaultsError
from storage.vault import Vault

WRONG_USE = 2
SHOWN = 50  # faults: whoever has more has one that makes them all
_OWNER_ONLY = 0o600


def read_in(settings: Settings, folder: Path, *, check: bool) -> int:
    """Everything in the folder's files, or, with a fault in any of them, nothing."""
    vault = Vault(settings.secret_keys)
    try:
        with maintained(settings) as engine:
            lines = register_files.read(folder)
            with read_session(engine) as db:
                if is_sample(db.connection()):
                    raise RefusedError("This is the sample neighbourhood: real people have no place in it.")
            done = register_writing.rehearse(engine, vault, lines)
            if not check:
                register_writing.write(engine, vault, lines, done)
    except (RefusedError, register_writing.UnfinishedError) as error:
        return refuse(error)
    except FaultsError as error:
        return _say(error.faults)
    for name, tally in done.items():
        print(f"{name}: {tally.new} new, {tally.changed} changed, {tally.same} as before")
        for note in tally.notes[:SHOWN]:
            print(f"  look: {note}")
    print("No fault; nothing was written." if check else "Running processes know it within seconds.")
    return 0


def _say(faults: list[str]) -> int:
    for fault in faults[:SHOWN]:
        print(fault, file=sys.stderr)
    if len(faults) > SHOWN:
        print(f"and {len(faults) - SHOWN} more", file=sys.stderr)
    print("menkou: nothing was written.", file=sys.stderr)
    return WRONG_USE


def write_out(settings: Settings, folder: Path) -> int:
    """The whole register, each file as `import` reads it; for the owner's eyes, since it names who works here."""
    engine = open_database(settings)
    try:
        with read_session(engine) as db:
            rows = {**_places(db), **_people(db, Vault(settings.secret_keys))}
    finally:
        engine.dispose()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    taken = [sheet.file for sheet in SHEETS if (folder / sheet.file).exists()]
    if taken:
        return refuse(f"{', '.join(taken)} is in {folder.name} already: give another folder.")
    for sheet in SHEETS:
        # A mark of UTF-8 in front, without which spreadsheets read Chinese as something else.
        text = register_files.text_of(sheet, rows[sheet.name]).encode("utf-8-sig")
        with os.fdopen(os.open(folder / sheet.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as file:
            file.write(text)
        print(f"{sheet.file}: {len(rows[sheet.name])} lines")
    return 0


Row = Mapping[str, str]


def _places(db: Session) -> dict[str, list[Row]]:
    tree, units, buildings, desks = register_places.places(db)
    by_id = {unit.id: unit for unit in units}
    name = {unit.id: tree.name_of(unit) for unit in units}
    return {
        "units": [
            {
                "name": unit.name,
                "kind": unit.kind,
                "above": name[unit.parent_id] if unit.parent_id in by_id else "",
                "grid": name[unit.grid_id] if unit.grid_id in by_id else "",
                **{column: getattr(unit, column) or "" for column in register_places.TEXTS},
            }
            for unit in units
        ],
        "buildings": [
            {"estate": name[estate.id], "name": building.name, "nicknames": building.nicknames or ""}
            for building, estate in buildings
        ],
        "desks": [
            {
                "unit": name[desk.unit_id],
                "area": desk.area,
                "category": desk.category,
                "desk_kind": desk.desk_kind,
                "desk_function": desk.desk_function or "",
            }
            for desk in desks
        ],
    }


def _people(db: Session, vault: Vault) -> dict[str, list[Row]]:
    tree, doors, staff = register_people.people(db)
    return {
        "doors": [
            {
                "estate": tree.name_of(estate),
                "building": building.name,
                "entrance": home.entrance,
                "room": home.room,
                "tags": home.tags or "",
            }
            for home, building, estate in doors
        ],
        "staff": [
            {
                "name": vault.open(row.name, "staff.name", row.ref),
                "phone": vault.open(row.phone, "staff.phone", row.ref) if row.phone else "",
                "unit": tree.name_of(post.unit) if post else "",
                "role": post.role if post else "",
                "active": "yes" if row.active else "no",
            }
            for row, post in staff
        ],
    }
