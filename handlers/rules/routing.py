"""Which desk a ticket goes to: a table of (kind of area × category), the nearest unit upwards that has a row.

Two rules hold everywhere (source: the project's taxonomy): inside the red line unknown ownership means that the grid
worker looks first; and a community or grid is never the responsible party of enforcement, demolition, city management
or work safety. Pure: rows and units are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ANY = "*"
ENFORCEMENT = frozenset({"encroachment", "security"})
NEVER_ENFORCE = frozenset({"grid", "community", "estate"})
NEVER_TIPPED_OFF = frozenset({"property"})  # whom residents complain of most is not handed what was said in confidence


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the desk table; ``unit_id`` is where it holds, downwards."""

    unit_id: int
    area: str
    category: str
    kind: str
    function: str | None


def may_own(category: str, unit_kind: str, kind: str = "fault") -> bool:
    """Whether this kind of unit may be the responsible party at all."""
    if kind == "tipoff" and unit_kind in NEVER_TIPPED_OFF:
        return False
    enforced = category in ENFORCEMENT or kind == "tipoff"
    return not (enforced and unit_kind in NEVER_ENFORCE)


def choose(rows: Iterable[Row], upwards: Sequence[int], area: str, category: str, kind: str = "fault") -> Row | None:
    """The fitting row of the nearest unit upwards; a row for the category goes before ``*``."""
    table = {(row.unit_id, row.category): row for row in rows if row.area in (area, ANY)}
    for unit_id in upwards:
        for wanted in (category, ANY):
            row = table.get((unit_id, wanted))
            if row is not None and may_own(category, row.kind, kind):
                return row
    return None
