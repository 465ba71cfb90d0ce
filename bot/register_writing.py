"""How a register is written: rehearsed as a whole on a copy in memory, which holds nobody up and finds every fault,
then written in portions, between which messages take their turn. Each portion may be written again (decision 0026).

    done = rehearse(engine, vault, lines)    # raises FaultsError; nothing was written
    write(engine, vault, lines, done)        # UnfinishedError: the same command again writes the rest
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine, Table, delete, select
from sqlalchemy.orm import Session

from bot.moments import WallClock
from bot.transactions import read_session, rebuild_connection, write_session
from handlers.wording.taxonomy import DEFAULT_AREA
from storage import base, register_doors, register_people, register_places
from storage.base import JsonObject
from storage.conflict import insert_new
from storage.deployment import Mark
from storage.engine import is_passing, open_engine
from storage.inserts import table_of
from storage.listening import note_change
from storage.people import Building, Household, Post, Resident, Staff, Unit
from storage.registering import FaultsError, Line, Tally
from storage.tickets import Desk
from storage.vault import Vault

UNFINISHED = "register_unfinished"  # mark: a register was begun and not written to its end
CHANGE = "register"
TRIES = 6
BATCH = 5_000  # rows copied at once
_COPIED: Mapping[Table, frozenset[str]] = {  # by what the steps look at; of residents only where they live
    table_of(Unit): frozenset(),
    table_of(Building): frozenset(),
    table_of(Household): frozenset(),
    table_of(Resident): frozenset({"id", "ref", "household_id"}),
    table_of(Staff): frozenset(),
    table_of(Post): frozenset(),
    table_of(Desk): frozenset(),
}
Lines = Mapping[str, Sequence[Line]]


class UnfinishedError(Exception):
    """What was rehearsed no longer held while it was written."""

    def __init__(self) -> None:
        super().__init__(
            "somebody changed the same things meanwhile, and part of the files is written. Read them in again."
        )


@dataclass(frozen=True, slots=True)
class Step:
    """How the lines of one file are written: in which portions, and each of them."""

    write: Callable[[Session, Sequence[Line]], Tally]
    portions: Callable[[Sequence[Line]], Sequence[Sequence[Line]]] = field(default=lambda lines: [lines])


def _steps(vault: Vault) -> Mapping[str, Step]:
    """Each file after those that it names things of."""
    roll = register_people.Roll(vault)
    return {
        "units": Step(lambda db, told: register_places.write_units(db, told, DEFAULT_AREA)),
        "buildings": Step(register_places.write_buildings),
        "doors": Step(lambda db, told: register_doors.write_doors(db, vault, told), register_doors.portions),
        "staff": Step(lambda db, told: register_people.write_staff(db, vault, told, roll), register_people.portions),
        "desks": Step(register_places.write_desks),
    }


def rehearse(engine: Engine, vault: Vault, lines: Lines) -> dict[str, Tally]:
    """What would become of each file. Raises FaultsError with every fault of the first file that has one."""
    done: dict[str, Tally] = {}
    with _copy(engine) as db:
        for name, step in _steps(vault).items():
            if name in lines:
                done[name] = step.write(db, lines[name])
                if done[name].faults:
                    raise FaultsError(done[name].faults)
    return done


@contextmanager
def _copy(engine: Engine) -> Iterator[Session]:
    """What the register is about, as it is now, in memory. Names in it are sealed as they are in the database."""
    memory = open_engine("sqlite://")
    try:
        base.metadata.create_all(memory)
        with read_session(engine) as db, rebuild_connection(memory) as there:
            for table, columns in _COPIED.items():
                wanted = [column for column in table.columns if not columns or column.name in columns]
                for rows in db.execute(select(*wanted)).mappings().partitions(BATCH):
                    there.execute(table.insert(), [dict(row) for row in rows])
        with Session(memory) as rehearsal:
            yield rehearsal
    finally:
        memory.dispose()


def write(engine: Engine, vault: Vault, lines: Lines, done: Mapping[str, Tally]) -> None:
    """Writes what was rehearsed, and notes the change with the last of it."""
    with write_session(engine) as db:
        insert_new(db, Mark, [{"name": UNFINISHED, "value": WallClock().now(db).isoformat()}], "name")
    for name, step in _steps(vault).items():
        if name in done and (done[name].new or done[name].changed):
            for portion in step.portions(lines[name]):
                _write(engine, step, portion)
    counts: JsonObject = {name: {"new": tally.new, "changed": tally.changed} for name, tally in done.items()}
    with write_session(engine) as db:
        note_change(db, CHANGE, "imported", WallClock().now(db), data=counts)
        db.execute(delete(Mark).where(Mark.name == UNFINISHED))


def _write(engine: Engine, step: Step, portion: Sequence[Line]) -> None:
    for tries in range(1, TRIES + 1):
        try:
            with write_session(engine) as db:
                if step.write(db, portion).faults:
                    raise UnfinishedError
        except Exception as error:
            if tries == TRIES or not is_passing(error):
                raise
        else:
            return
