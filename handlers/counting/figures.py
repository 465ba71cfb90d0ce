"""Whose figures somebody may see, and the scope that was asked for: shared by 统计 and the console's page.

Each sees what is below their own posts; a department and a property company what is on their own desk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.permissions import TABLE
from handlers.rules import periods_said, whereabouts
from handlers.rules.deadlines import LOCAL
from handlers.rules.periods_said import Period
from handlers.wording import looking
from handlers.wording import statistics as wording
from handlers.wording.taxonomy import CATEGORY
from nlp.normalise import fold
from storage import directory
from storage.people import Post, Role, Unit, UnitKind
from storage.statistics import Scope

_GRID = re.compile(looking.GRID)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for; ``left`` are words that nobody understood."""

    period: Period
    unit: Unit | None
    categories: tuple[str, ...]
    left: str

    def scope(self, unit: Unit) -> Scope:
        """The scope of a unit."""
        return Scope(unit, self.period.begin, self.period.end, self.categories)


def tops(posts: Iterable[Post]) -> list[Unit]:
    """The units whose figures somebody sees, without those inside another one; the widest first."""
    units = {post.unit.id: post.unit for post in posts if Role(post.role) in TABLE["statistics"].roles}
    ordered = sorted(units.values(), key=lambda unit: (len(unit.path), unit.path))
    return [unit for unit in ordered if not any(unit != one and unit.path.startswith(one.path) for one in ordered)]


def units(db: Session, posts: Iterable[Post]) -> list[Unit]:
    """Every unit whose figures somebody sees, in the order of the tree."""
    found: dict[int, Unit] = {}
    for top in tops(posts):
        below = directory.units_below(db, top.path)
        found |= {unit.id: unit for unit in below if unit.kind != UnitKind.ESTATE or unit.id == top.id}
    return list(found.values())


def asked(words: str, now: datetime, mine: Sequence[Unit]) -> Asked:
    """Reads 本月 3号网格 环境卫生, in any order. Without a period it is this month."""
    said = periods_said.find(words, now)
    period, rest = said if said is not None else (periods_said.month_of(_today(now)), words)
    categories, rest = _categories(rest)
    unit, rest = _unit(rest, mine)
    return Asked(period, unit, categories, rest.strip(wording.AROUND))


def _today(now: datetime) -> date:
    return now.astimezone(LOCAL).date()


def _categories(words: str) -> tuple[tuple[str, ...], str]:
    """The categories that are named, by their whole names or one half: 环境卫生, 卫生."""
    found: list[str] = []
    for key, name in CATEGORY.items():
        for form in (name, name[:2], name[2:]):
            if len(form) > 1 and form in words:
                found.append(key)
                words = words.replace(form, " ", 1)
                break
    return tuple(found), " ".join(words.split())


def _unit(words: str, mine: Sequence[Unit]) -> tuple[Unit | None, str]:
    """The unit that is named, of those one may see: by its number where it is a grid, else by its longest name."""
    for word in words.split():
        number = _GRID.fullmatch(word)
        if number is not None:
            wanted = whereabouts.number(number["before"] or number["after"])
            grids = [unit for unit in mine if unit.kind == UnitKind.GRID and wanted in _numbers(unit)]
            if len(grids) == 1:
                return grids[0], words.replace(word, " ", 1).strip()
        named = [unit for unit in mine if any(fold(word) in fold(name) for name in _names(unit))]
        exact = [unit for unit in named if fold(word) in map(fold, _names(unit))] or named
        if len(exact) == 1:
            return exact[0], words.replace(word, " ", 1).strip()
    return None, words


def _names(unit: Unit) -> list[str]:
    return [unit.name, *(unit.nicknames or "").split()]


def _numbers(unit: Unit) -> set[str]:
    found = (_GRID.search(name) for name in _names(unit))
    return {whereabouts.number(one["before"] or one["after"]) for one in found if one is not None}
