"""``menkou answers import|list|export``: the deployment's 办事问答."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from bot import answers_file
from bot.answers_file import Row
from bot.moments import WallClock
from bot.settings import Settings
from bot.transactions import open_database, read_session, write_session
from handlers.rules.calendar import CHINA
from storage import office
from storage.office import Entry
from storage.people import Unit
from storage.registering import FaultsError, tree_of

FAULT, WRONG_USE = 1, 2
SOON = timedelta(days=30)
SAMPLE = Path(office.__file__).parent / "data" / "answers.toml"


def read_in(settings: Settings, source: Path, *, replace: bool, check: bool) -> int:
    """Everything in the file, or, with a fault in it, nothing."""
    try:
        rows = answers_file.read(source)
        engine = open_database(settings)
        try:
            with write_session(engine) as db:
                entries = entries_of(db, rows)
                if check:
                    print(f"{len(entries)} answers, no fault.")
                    return 0
                done = office.write_answers(db, entries, WallClock().now(db), replace=replace)
        finally:
            engine.dispose()
    except FaultsError as error:
        for fault in error.faults:
            print(f"{source.name}: {fault}", file=sys.stderr)
        return WRONG_USE
    print(f"{done.new} new, {done.changed} changed, {done.same} as before, {done.removed} removed.")
    return 0


def entries_of(db: Session, rows: Sequence[Row]) -> list[Entry]:
    """The rows with their units. Raises FaultsError for a unit that is not there, or there twice."""
    tree = tree_of(db)
    named = {row.unit: tree.called(row.unit) for row in rows if row.unit}
    wrong = {"none": "there is no unit called {}", "many": "several units are called {}"}
    faults = [
        f"line {row.line}: {wrong['many' if named[row.unit] else 'none'].format(row.unit)}"
        for row in rows
        if row.unit and len(named[row.unit]) != 1
    ]
    if faults:
        raise FaultsError(faults)
    unit_of = {name: units[0].id for name, units in named.items()}
    return [
        Entry(unit_of.get(row.unit), row.question, row.others, row.answer, row.source, row.valid_until) for row in rows
    ]


def _rows(db: Session) -> list[Row]:
    tree = tree_of(db)
    return [
        Row(
            0,
            tree.name_of(db.get_one(Unit, answer.unit_id)) if answer.unit_id else "",
            answer.question,
            tuple(answer.others),
            answer.answer,
            answer.source,
            answer.valid_until,
        )
        for answer in office.every_answer(db)
    ]


def show(settings: Settings, *, expired: bool) -> int:
    """One line an answer; what holds no longer says so."""
    engine = open_database(settings)
    try:
        with read_session(engine) as db:
            rows, today = _rows(db), WallClock().now(db).astimezone(CHINA).date()
    finally:
        engine.dispose()
    for row in rows:
        over = row.valid_until is not None and row.valid_until < today
        if expired and (row.valid_until is None or row.valid_until >= today + SOON):
            continue
        until = "always" if row.valid_until is None else f"until {row.valid_until}"
        print(f"{row.unit or '*'}  {row.question}  {until}{'  EXPIRED' if over else ''}")
    print(f"{len(rows)} answers.")
    return 0


def write_out(settings: Settings, target: Path) -> int:
    """All answers, in the format that `import` reads."""
    kinds = {".toml": answers_file.toml, ".csv": answers_file.comma_separated}
    kind = kinds.get(target.suffix.lower())
    if kind is None:
        print(f"menkou: {target.name}: the name must end in .toml or .csv", file=sys.stderr)
        return WRONG_USE
    engine = open_database(settings)
    try:
        with read_session(engine) as db:
            rows = _rows(db)
    finally:
        engine.dispose()
    # A mark of UTF-8 in front, without which spreadsheets read Chinese as something else.
    target.write_text(kind(rows), encoding="utf-8-sig" if target.suffix.lower() == ".csv" else "utf-8")
    print(f"{len(rows)} answers written.")
    return 0
