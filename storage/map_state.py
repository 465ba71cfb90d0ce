"""Which state of the map a process may keep: a mark that every change of units, buildings, names, desks, groups, posts,
rosters and 办事问答 replaces by a new word, in the transaction of the change.

What was read while the mark said one thing is kept by the process under that word, and is used by every transaction
that finds the same word: never older than what the transaction itself may see, whichever process made the change, and
also after a rollback, which brings the old word back. It costs one look a transaction in place of reading the whole
map, and whoever changes the map waits for whoever else does (PostgreSQL).

What is written past the session, as seeds and benches do, must call ``change`` itself.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from secrets import token_hex
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, bindparam, event, inspect, select, update
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.pool import Pool

from storage.base import Base
from storage.conflict import on_conflict_do_nothing
from storage.deployment import Mark
from storage.engine import WRITES
from storage.inserts import table_of
from storage.listening import Answer, Landmark
from storage.people import Building, Group, Post, Staff, Unit
from storage.rosters import Absence, Duty
from storage.tickets import Desk

NAME = "map"  # of the mark
_KEY = "map_state"  # of a session
_OWN = "map_kept"  # of a session that may neither find nor write the mark
_KEPT = 4  # states a process keeps: transactions that began before a change go on beside those after it
T = TypeVar("T")

# What the map shows of each table. None: all of it.
_SHOWN: dict[type[Base], frozenset[str] | None] = {
    Unit: None,
    Building: None,
    Landmark: None,
    Answer: None,
    Desk: None,
    Post: None,
    Duty: None,
    Absence: None,
    Staff: frozenset({"active"}),
    Group: frozenset({"door", "chat", "kind", "unit_id", "building_id", "place"}),
}
_TABLES = frozenset(table_of(kind).name for kind in _SHOWN)
_MARK = select(Mark.value).where(Mark.name == NAME)
_AGAIN = update(table_of(Mark)).where(Mark.name == bindparam("mark")).values(value=bindparam("state"))

_kept: weakref.WeakKeyDictionary[Pool, dict[tuple[str, str | None], Any]] = weakref.WeakKeyDictionary()


def state(db: Session) -> str | None:
    """The word for the map as this transaction sees it. None: there is none yet, and this one may only read."""
    if _KEY not in db.info:
        found = db.connection().scalar(_MARK)
        db.info[_KEY] = found if found is not None else _first(db)
    known: str | None = db.info[_KEY]
    return known


def kept(db: Session, what: str, read: Callable[[Session], T]) -> T:
    """What ``read`` makes of the map, from this process's memory where it is of the state that this transaction sees.

    What is kept is shared by all threads: nobody may change it.
    """
    word = state(db)
    shelf = _kept.setdefault(_pool(db), {}) if word is not None else db.info.setdefault(_OWN, {})
    found: T | None = shelf.get((what, word))
    if found is None:
        found = shelf[what, word] = read(db)
        _throw_away(shelf, what)
    return found


def change(connection: Connection) -> None:
    """The map changes with this transaction."""
    given = {"mark": NAME, "state": token_hex(16)}
    if not connection.execute(_AGAIN, given).rowcount:
        statement = on_conflict_do_nothing(connection, Mark, "name")
        connection.execute(statement, {"name": NAME, "value": given["state"]})


def _first(db: Session) -> str | None:
    """A database of before this mark gets it from the first transaction that may write."""
    if not db.get_bind().get_execution_options().get(WRITES):
        return None
    change(db.connection())
    return db.connection().scalar(_MARK)


def _pool(db: Session) -> Pool:
    bind = db.get_bind()
    return bind.pool if isinstance(bind, Engine) else bind.engine.pool


def _throw_away(shelf: dict[tuple[str, str | None], Any], what: str) -> None:
    for key in [key for key in list(shelf) if key[0] == what][:-_KEPT]:
        shelf.pop(key, None)


def _changes(db: Session) -> Iterator[Base]:
    for row in (*db.new, *db.deleted):
        if type(row) in _SHOWN:
            yield row
    for row in db.dirty:
        if type(row) in _SHOWN and _shows(row, _SHOWN[type(row)]):
            yield row


def _shows(row: Base, columns: frozenset[str] | None) -> bool:
    fields = inspect(row).attrs
    names = columns if columns is not None else fields.keys()
    return any(fields[name].history.has_changes() for name in names)


@event.listens_for(Session, "after_flush")
def _after_flush(db: Session, flushed: object) -> None:
    if next(_changes(db), None) is not None:
        change(db.connection())
        _look_again(db)


@event.listens_for(Session, "do_orm_execute")
def _with_statement(given: ORMExecuteState) -> None:
    """An INSERT, UPDATE or DELETE of its own passes by the flush."""
    if not given.is_select and getattr(getattr(given.statement, "table", None), "name", None) in _TABLES:
        change(given.session.connection())
        _look_again(given.session)


@event.listens_for(Session, "after_soft_rollback")
def _after_rollback(db: Session, ended: SessionTransaction) -> None:
    _look_again(db)


@event.listens_for(Session, "after_transaction_end")
def _after_end(db: Session, ended: SessionTransaction) -> None:
    """A session may have several transactions, one after another: each looks for itself."""
    if ended.parent is None:
        _look_again(db)


def _look_again(db: Session) -> None:
    db.info.pop(_KEY, None)
    db.info.pop(_OWN, None)
