"""Which desk: the nearest row upwards, and the rules that hold everywhere, in every combination."""

from __future__ import annotations

from itertools import product
from random import Random

from handlers.rules.routing import (
    ANY,
    COMMUNITY,
    DEPARTMENT,
    ENFORCEMENT,
    FIELDS,
    FUNCTIONS,
    GRID,
    INSIDE,
    LINES,
    NEVER_ENFORCE,
    OUTSIDE,
    PROPERTY,
    UNKNOWN,
    Matter,
    Row,
    by_rule,
    choose,
    may_come_first,
    may_own,
)
from handlers.wording.taxonomy import CATEGORY, KIND
from storage.people import UnitKind

STREET, IN_COMMUNITY, ESTATE = 1, 2, 3
UPWARDS = (ESTATE, IN_COMMUNITY, STREET)
HOMES = "居民区"
DUTIES = ("power", "water", "gas", "heating")


def row(unit: int, category: str, kind: str, area: str = ANY, function: str | None = None) -> Row:
    return Row(unit, area, category, kind, function)


def matters() -> list[Matter]:
    """Every category, kind of report, field, single duty and side of the red line there is."""
    fields, duties = (None, *sorted(FIELDS)), (None, *DUTIES)
    return [Matter(*one) for one in product(CATEGORY, KIND, fields, duties, LINES)]


def test_the_nearest_unit_upwards_decides() -> None:
    rows = [row(STREET, ANY, "community"), row(ESTATE, ANY, "grid")]
    chosen = choose(rows, UPWARDS, HOMES, "sanitation")
    assert chosen is not None
    assert chosen.kind == "grid"


def test_a_row_for_the_category_goes_before_the_general_one() -> None:
    rows = [row(STREET, ANY, "grid"), row(STREET, "drainage", "department")]
    chosen = choose(rows, UPWARDS, HOMES, "drainage")
    assert chosen is not None
    assert chosen.kind == "department"


def test_without_a_fitting_row_nobody_is_responsible() -> None:
    assert choose([], UPWARDS, HOMES, "noise") is None
    assert choose([row(STREET, ANY, "grid", area="道路")], UPWARDS, HOMES, "noise") is None


def test_a_grid_or_community_is_never_the_responsible_party_of_enforcement() -> None:
    for category, kind in product(ENFORCEMENT, NEVER_ENFORCE):
        assert not may_own(category, kind)
        assert choose([row(STREET, ANY, kind)], UPWARDS, HOMES, category) is None
    assert not may_own("noise", "grid", kind="tipoff")
    assert may_own("noise", "grid")


def test_none_of_the_four_fields_is_a_communitys_or_grids_whatever_the_table_says() -> None:
    """Enforcement, demolition, city management, work safety: told by the category or by the words."""
    enforced = 0
    for matter in matters():
        if not (matter.field or matter.category in ENFORCEMENT or matter.kind == "tipoff"):
            assert may_own(matter.category, GRID, matter.kind, matter.field)
            continue
        enforced += 1
        for kind in NEVER_ENFORCE:
            assert not may_own(matter.category, kind, matter.kind, matter.field)
            assert not may_come_first(matter, kind)
        assert {kind for kind, _ in by_rule(matter)} == {DEPARTMENT}
    assert enforced > 1000


def test_random_tables_never_break_a_rule() -> None:
    chance = Random(20270101)
    names = [*CATEGORY, *FIELDS, *DUTIES, ANY]
    chosen = 0
    for matter in chance.sample(matters(), 1500):
        rows = [row(chance.choice(UPWARDS), chance.choice(names), chance.choice(list(UnitKind))) for _ in range(40)]
        more = {"field": matter.field, "duty": matter.duty, "line": matter.line}
        found = choose(rows, UPWARDS, HOMES, matter.category, matter.kind, **more)
        if found is None:
            continue
        chosen += 1
        assert not (matter.enforced and found.kind in NEVER_ENFORCE)
        assert not (found.kind == PROPERTY and (matter.line != INSIDE or matter.kind == "tipoff"))
        assert found.category in (matter.duty, matter.field, matter.category, ANY)
    assert chosen > 500


def test_where_the_table_is_silent_the_red_line_decides() -> None:
    for category in set(CATEGORY) - ENFORCEMENT:
        assert [kind for kind, _ in by_rule(Matter(category, line=INSIDE))] == [PROPERTY, COMMUNITY]
        assert by_rule(Matter(category, line=OUTSIDE)) == [(DEPARTMENT, FUNCTIONS.get(category))]
        assert [kind for kind, _ in by_rule(Matter(category, line=UNKNOWN))] == [GRID, COMMUNITY]


def test_outside_the_red_line_no_row_gives_it_to_a_property_company() -> None:
    rows = [row(STREET, ANY, PROPERTY), row(STREET, "road_facility", DEPARTMENT, function="municipal")]
    assert choose(rows, UPWARDS, HOMES, "sanitation", line=OUTSIDE) is None
    assert choose(rows, UPWARDS, HOMES, "sanitation", line=UNKNOWN) is None
    inside = choose(rows, UPWARDS, HOMES, "sanitation", line=INSIDE)
    assert inside is not None
    assert inside.kind == PROPERTY


def test_what_one_department_alone_does_goes_straight_to_it() -> None:
    rows = [row(STREET, "utilities", GRID), row(STREET, "gas", DEPARTMENT, function="gas")]
    for duty, kind in (("gas", DEPARTMENT), ("power", GRID), (None, GRID)):
        found = choose(rows, UPWARDS, HOMES, "utilities", duty=duty)
        assert found is not None
        assert found.kind == kind


def test_a_category_with_a_department_of_its_own_keeps_it() -> None:
    rows = [
        row(STREET, "enforcement", DEPARTMENT, function="urban"),
        row(STREET, "security", DEPARTMENT, function="police"),
    ]
    found = choose(rows, UPWARDS, HOMES, "security", field="enforcement")
    assert found is not None
    assert found.function == "police"
