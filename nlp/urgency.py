"""What cannot wait: emergencies and urgent matters, by rules that a safety officer can read in two data files."""

import re
from dataclasses import dataclass
from functools import cache

from nlp.gate import Gate
from nlp.normalise import DATA
from nlp.talk import rows


@dataclass(frozen=True, slots=True)
class Danger:
    """One kind of emergency: what says so, and what takes it back."""

    name: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    category: str
    why: str


@cache
def dangers() -> tuple[Danger, ...]:
    """The list of emergencies."""
    return tuple(
        Danger(name, re.compile(text), None if unless == "-" else re.compile(unless), category, why)
        for name, _, text, unless, category, why in rows("emergencies.tsv", 6)
    )


@cache
def _gate() -> Gate:
    return Gate(row[1] for row in rows("emergencies.tsv", 6))


@cache
def _not_now() -> re.Pattern[str]:
    return re.compile("|".join((DATA / "not_now.txt").read_text(encoding="utf-8").split()))


@cache
def _levels() -> dict[str, tuple[tuple[str, re.Pattern[str], str], ...]]:
    table: dict[str, tuple[tuple[str, re.Pattern[str], str], ...]] = {}
    for level, category, text, why in rows("urgency.tsv", 4):
        table[category] = (*table.get(category, ()), (level, re.compile(text), why))
    return table


def emergency(folded: str) -> Danger | None:
    """The emergency that a folded text speaks of, unless it is told of the past, of elsewhere, as a joke or as over."""
    known = dangers()
    for place in _gate().worth(folded):
        danger = known[place]
        if danger.pattern.search(folded) and not (danger.unless and danger.unless.search(folded)):
            return None if _not_now().search(folded) else danger
    return None


def urgency(folded: str, category: str) -> tuple[str, str]:
    """How soon a matter of this category must be dealt with, and why."""
    for level, pattern, why in _levels().get(category, ()) + _levels().get("*", ()):
        if pattern.search(folded):
            return level, why
    return "ordinary", "一般事项"
