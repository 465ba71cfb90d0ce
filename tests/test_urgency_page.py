"""The page that a safety officer reads about urgency says what the rules say, and reads its own examples so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlp.danger import kinds
from nlp.reading import read
from nlp.talk import rows
from nlp.titles import CATEGORY_NAMES

PAGE = (Path(__file__).parent.parent / "docs" / "zh" / "紧急程度.md").read_text(encoding="utf-8")
LEVELS = {"紧急": "emergency", "当天办": "urgent", "约定日期": "complex", "一般": "ordinary"}


def tables() -> Iterator[tuple[str, list[str]]]:
    """The rows of the tables by the heading above them."""
    heading = ""
    for line in PAGE.splitlines():
        if found := re.match(r"#+ (.+)", line):
            heading = found[1]
        elif line.startswith("| ") and not line.startswith(("| 类别", "| 听出", "| 说法", "| 档")):
            yield heading, [cell.strip() for cell in line.strip("| ").split("|")]


def of(heading: str) -> list[list[str]]:
    return [cells for name, cells in tables() if name == heading]


@pytest.mark.parametrize("why", sorted({kind.why for kind in kinds()}))
def test_every_kind_of_emergency_stands_there(why: str) -> None:
    assert any(why in cells[0] for cells in of("紧急"))


@pytest.mark.parametrize(("level", "category", "pattern", "why"), rows("urgency.tsv", 4))
def test_every_rule_stands_there(level: str, category: str, pattern: str, why: str) -> None:
    heading = next(name for name, key in LEVELS.items() if key == level)
    assert [CATEGORY_NAMES[category], why] in [cells[:2] for cells in of(heading)], pattern


@pytest.mark.parametrize("said", [cells[1] for cells in of("紧急")])
def test_what_is_said_to_ring_rings(said: str) -> None:
    assert read(said).urgency == "emergency"


@pytest.mark.parametrize(
    ("heading", "title", "said"),
    [(name, cells[0], cells[-1]) for name in ("当天办", "约定日期", "一般") for cells in of(name)],
)
def test_the_examples_are_of_their_category_and_level(heading: str, title: str, said: str) -> None:
    reading = read(said)
    assert (CATEGORY_NAMES[reading.category or "other"], reading.urgency) == (title, LEVELS[heading])


@pytest.mark.parametrize("said", [cells[0] for cells in of("不响的")])
def test_what_is_said_not_to_ring_does_not(said: str) -> None:
    assert read(said).urgency != "emergency"
