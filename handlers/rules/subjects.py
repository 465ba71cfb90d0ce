"""What a problem is about, by its words: water, power, a lift, a dog; or what it may come of. Pure; nothing recognised
says nothing."""

from __future__ import annotations

import re
from functools import cache

from handlers.wording import merging as wording


@cache
def _subjects() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(text)) for name, text in wording.SUBJECTS)


def subjects_of(folded: str) -> frozenset[str]:
    """The subjects that a folded text speaks of."""
    return frozenset(name for name, pattern in _subjects() if pattern.search(folded))


@cache
def _felt() -> tuple[tuple[frozenset[str], re.Pattern[str]], ...]:
    return tuple((causes, re.compile(text)) for causes, text in wording.FELT)


def felt_by(folded: str) -> frozenset[str]:
    """The subjects of which may come what a folded text tells."""
    return frozenset().union(*(causes for causes, pattern in _felt() if pattern.search(folded)))


def corners_of(folded: str) -> frozenset[str]:
    """Whether it is told of the stairs or of the yard."""
    return frozenset(name for name, text in wording.CORNERS if re.search(text, folded))


def apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two texts are clearly about different things."""
    return bool(one) and bool(other) and one.isdisjoint(other)
