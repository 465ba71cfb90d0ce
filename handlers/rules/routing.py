"""Which desk a ticket goes to: a table of (kind of area × category), the nearest unit upwards that has a row.

Rules that hold everywhere, whatever the table says (source: the project's taxonomy). Inside the red line the property
company comes first, or the community where there is none; outside it the municipal department; where nobody knows on
which side it is, the grid worker looks first. A community or grid is never the responsible party of enforcement,
demolition, city management or work safety: such tickets reach them only to check or persuade. What one department alone
does (no power: the power company) goes straight to it where the table names its field. Pure: rows and units are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ANY = "*"
ENFORCEMENT = frozenset({"encroachment", "security"})  # categories that are one of the four fields as a whole
FIELDS = frozenset({"enforcement", "demolition", "city_management", "work_safety"})
NEVER_ENFORCE = frozenset({"grid", "station", "community", "estate"})
# whom residents complain of most is not handed what was said in confidence
NEVER_TIPPED_OFF = frozenset({"property", "enterprise"})
INSIDE, OUTSIDE, UNKNOWN = "inside", "outside", "unknown"  # of the red line
LINES = (INSIDE, OUTSIDE, UNKNOWN)
PROPERTY, COMMUNITY, GRID, DEPARTMENT = "property", "community", "grid", "department"
FIRST = {INSIDE: (PROPERTY, COMMUNITY), OUTSIDE: (DEPARTMENT,), UNKNOWN: (GRID, COMMUNITY)}
# The department of a category, where a table names none: what the taxonomy calls first responsible.
FUNCTIONS = {
    "sanitation": "sanitation",
    "drainage": "drainage",
    "road_facility": "municipal",
    "parking": "traffic",
    "fire_safety": "fire",
    "building": "housing",
    "noise": "urban",
    "fumes": "ecology",
    "encroachment": "urban",
    "greening": "greening",
    "animals": "police",
    "security": "police",
    "property_service": "housing",
    "dispute": "justice",
    "welfare": "civil",
}
OF_FIELDS = {"enforcement": "urban", "demolition": "urban", "city_management": "urban", "work_safety": "emergency"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the desk table; ``unit_id`` is where it holds, downwards.

    ``category`` may also be a field (``work_safety``) or what a single department does (``power``, ``gas``).
    """

    unit_id: int
    area: str
    category: str
    kind: str
    function: str | None


@dataclass(frozen=True, slots=True)
class Matter:
    """What a ticket is about, as far as it decides whose it is."""

    category: str
    kind: str = "fault"
    field: str | None = None  # one of FIELDS, told by the words
    duty: str | None = None  # what a single department does, told by the words
    line: str = INSIDE

    @property
    def enforced(self) -> bool:
        """Whether it is enforcement, demolition, city management or work safety."""
        return self.category in ENFORCEMENT or self.kind == "tipoff" or self.field in FIELDS


def may_own(category: str, unit_kind: str, kind: str = "fault", field: str | None = None) -> bool:
    """Whether this kind of unit may be the responsible party at all."""
    if kind == "tipoff" and unit_kind in NEVER_TIPPED_OFF:
        return False
    return not (Matter(category, kind, field).enforced and unit_kind in NEVER_ENFORCE)


def may_come_first(matter: Matter, unit_kind: str) -> bool:
    """Whether a row of the table may name this kind of unit: a property company answers inside the red line alone."""
    if unit_kind == PROPERTY and matter.line != INSIDE:
        return False
    return may_own(matter.category, unit_kind, matter.kind, matter.field)


def choose(
    rows: Iterable[Row], upwards: Sequence[int], area: str, category: str, kind: str = "fault", **more: str | None
) -> Row | None:
    """The fitting row of the nearest unit upwards: what one department does before its field, the field before the
    category, the category before ``*``."""
    matter = Matter(category, kind, more.get("field"), more.get("duty"), more.get("line") or INSIDE)
    table = {(row.unit_id, row.category): row for row in rows if row.area in (area, ANY)}
    field = None if category in ENFORCEMENT else matter.field  # such a category has its own department
    wanted = [name for name in (matter.duty, field, category, ANY) if name is not None]
    for unit_id in upwards:
        for name in wanted:
            row = table.get((unit_id, name))
            if row is not None and may_come_first(matter, row.kind):
                return row
    return None


def by_rule(matter: Matter) -> list[tuple[str, str | None]]:
    """Kinds of unit (and the field of a department) to ask, in their order, where the table names nobody."""
    if matter.enforced:
        fields = (OF_FIELDS.get(matter.field or ""), FUNCTIONS.get(matter.category))
        return [(DEPARTMENT, function) for function in dict.fromkeys(fields) if function] or [(DEPARTMENT, None)]
    if matter.duty is not None:
        return [(DEPARTMENT, matter.duty), *((kind, None) for kind in FIRST[matter.line] if kind != DEPARTMENT)]
    function = FUNCTIONS.get(matter.category)
    return [(kind, function if kind == DEPARTMENT else None) for kind in FIRST[matter.line]]
