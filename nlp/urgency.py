"""How soon a matter must be dealt with: what cannot wait (see `nlp.danger`), then levels by rules of a data file."""

import re
from functools import cache

from nlp.danger import Danger, danger, emergency
from nlp.talk import rows

__all__ = ["Danger", "danger", "emergency", "urgency"]


@cache
def _levels() -> dict[str, tuple[tuple[str, re.Pattern[str], str], ...]]:
    table: dict[str, tuple[tuple[str, re.Pattern[str], str], ...]] = {}
    for level, category, text, why in rows("urgency.tsv", 4):
        table[category] = (*table.get(category, ()), (level, re.compile(text), why))
    return table


def urgency(folded: str, category: str) -> tuple[str, str]:
    """How soon a matter of this category must be dealt with, and why."""
    for level, pattern, why in _levels().get(category, ()) + _levels().get("*", ()):
        if pattern.search(folded):
            return level, why
    return "ordinary", "一般事项"
