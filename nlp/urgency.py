"""What cannot wait: emergencies and urgent matters, by rules that a safety officer can read in two data files."""

import re
from dataclasses import dataclass
from functools import cache

from nlp.normalise import DATA
from nlp.talk import rows


@dataclass(frozen=True, slots=True)
class Danger:
    """One kind of emergency: what says so, and what takes it back."""

    name: str
    triggers: frozenset[str]
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    category: str
    why: str


@cache
def dangers() -> tuple[Danger, ...]:
    """The list of emergencies."""
    return tuple(
        Danger(name, frozenset(chars), re.compile(text), None if unless == "-" else re.compile(unless), category, why)
        for name, chars, text, unless, category, why in rows("emergencies.tsv", 6)
    )


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
    chars = set(folded)
    for danger in dangers():
        if danger.triggers.isdisjoint(chars) or not danger.pattern.search(folded):
            continue
        if danger.unless is not None and danger.unless.search(folded):
            continue
        return None if _not_now().search(folded) else danger
    return None


def urgency(folded: str, category: str) -> tuple[str, str]:
    """How soon a matter of this category must be dealt with, and why."""
    for level, pattern, why in _levels().get(category, ()) + _levels().get("*", ()):
        if pattern.search(folded):
            return level, why
    return "ordinary", "一般事项"
