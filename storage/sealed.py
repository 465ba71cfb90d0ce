"""Every encrypted column in one list, and what rotation does with them: one step of rows at a time.

A sealed value is bound to ``table.column`` and its row's ``ref``, so each listed table has a ``ref``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, Table, and_, bindparam, func, or_, select, update

from storage.tables import metadata
from storage.vault import Vault, VaultError

STEP = 500  # rows a transaction


@dataclass(frozen=True, slots=True)
class Lookup:
    """A keyed hash that is made from a sealed column: ``of`` says what is hashed, given the row and the open value."""

    column: str
    source: str
    of: Callable[[RowMapping, str], str]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SealedTable:
    """The sealed columns of one table and the hashes made from them."""

    name: str
    columns: tuple[str, ...]
    lookups: tuple[Lookup, ...] = ()

    @property
    def table(self) -> Table:
        return metadata.tables[self.name]

    @property
    def key(self) -> Column[Any]:
        [column] = self.table.primary_key.columns
        return column


SEALED = (
    SealedTable(
        "accounts",
        ("address", "shown_name"),
        (Lookup("address_hash", "address", lambda row, address: f"{row['door']}:{address}", needs=("door",)),),
    ),
    SealedTable("residents", ("name", "phone"), (Lookup("phone_hash", "phone", lambda row, phone: phone),)),
    SealedTable("staff", ("name", "phone")),
    SealedTable("bodies", ("text",)),
    SealedTable("inbox", ("text", "raw")),
    SealedTable("outbox", ("text", "code")),
    SealedTable("claims", ("name",)),
    SealedTable("media", ("handle",)),
    SealedTable("pulls", ("hint",)),
    SealedTable("notices", ("text", "consent")),
    SealedTable("slices", ("request",)),
    SealedTable("tokens", ("sealed",)),
    SealedTable("examples", ("text",)),
    SealedTable("candidates", ("words",)),
)


@dataclass(slots=True)
class Step:
    """What one step did. ``cursor`` is the last row looked at; None when the table is through."""

    cursor: object | None
    sealed_again: int = 0
    unreadable: list[str] = field(default_factory=list)  # ``table:ref`` of values that no key opens


def step(connection: Connection, vault: Vault, sealed: SealedTable, after: object | None) -> Step:
    """Seals the next rows after ``after`` with the first key, and renews their hashes. Rows that are current already
    are passed over, so a rotation that was interrupted goes on where it was. The caller commits."""
    rows = _old_rows(connection, vault, sealed, after)
    if not rows:
        return Step(None)
    done = Step(rows[-1][sealed.key.name])
    changes = []
    for row in rows:
        try:
            changes.append({"b_key": row[sealed.key.name], **_renewed(vault, sealed, row)})
        except VaultError:
            done.unreadable.append(f"{sealed.name}:{row['ref']}")
    if changes:
        columns = [name for name in changes[0] if name != "b_key"]
        connection.execute(
            update(sealed.table)
            .where(sealed.key == bindparam("b_key"))
            .values({name: bindparam(name) for name in columns}),
            changes,
        )
    done.sealed_again = len(changes)
    return done


def left(connection: Connection, vault: Vault) -> dict[str, int]:
    """How many rows of each table are still written with another key."""
    counts = {
        sealed.name: connection.scalar(select(func.count(sealed.key)).where(_old(vault, sealed))) or 0
        for sealed in SEALED
    }
    return {name: number for name, number in counts.items() if number}


def sample_of(connection: Connection, sealed: SealedTable, column: str) -> tuple[str, str] | None:
    """Some sealed value of a column with its row's ref, newest first: to see whether the keys at hand open it."""
    table = sealed.table
    row = connection.execute(
        select(table.c[column], table.c.ref).where(table.c[column].is_not(None)).order_by(sealed.key.desc()).limit(1)
    ).first()
    return None if row is None else (row[0], row[1])


def _old(vault: Vault, sealed: SealedTable) -> ColumnElement[bool]:
    current = f"k{vault.first.id}:"
    columns = [sealed.table.c[name] for name in sealed.columns]
    return or_(*(and_(column.is_not(None), column.not_like(f"{current}%")) for column in columns))


def _old_rows(connection: Connection, vault: Vault, sealed: SealedTable, after: object | None) -> Sequence[RowMapping]:
    table = sealed.table
    wanted = {sealed.key.name, "ref", *sealed.columns}
    for lookup in sealed.lookups:
        wanted |= {lookup.column, *lookup.needs}
    query = select(*(table.c[name] for name in sorted(wanted))).where(_old(vault, sealed))
    if after is not None:
        query = query.where(sealed.key > after)
    # locked, so that nobody's newer value is overwritten; SQLite's write gate does the same
    return connection.execute(query.order_by(sealed.key).limit(STEP).with_for_update()).mappings().all()


def _renewed(vault: Vault, sealed: SealedTable, row: RowMapping) -> dict[str, str | None]:
    opened = {
        name: None if row[name] is None else vault.open(row[name], f"{sealed.name}.{name}", row["ref"])
        for name in sealed.columns
    }
    fresh: dict[str, str | None] = {
        name: None if value is None else vault.seal(value, f"{sealed.name}.{name}", row["ref"])
        for name, value in opened.items()
    }
    for lookup in sealed.lookups:
        value = opened[lookup.source]
        fresh[lookup.column] = row[lookup.column] if value is None else vault.lookup(lookup.of(row, value))
    return fresh
