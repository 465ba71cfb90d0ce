"""Which desk: the nearest row upwards, and the two rules that hold everywhere."""

from __future__ import annotations

from itertools import product

from handlers.rules.routing import ANY, ENFORCEMENT, NEVER_ENFORCE, Row, choose, may_own

STREET, COMMUNITY, ESTATE = 1, 2, 3
UPWARDS = (ESTATE, COMMUNITY, STREET)
HOMES = "居民区"


def row(unit: int, category: str, kind: str, area: str = ANY, function: str | None = None) -> Row:
    return Row(unit, area, category, kind, function)


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
