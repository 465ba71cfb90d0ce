"""The register (底册) as lines of files: what a line is, what is wrong with one, and finding a unit by its name.

A unit is called by its name, or, where several have it, by those above it, too: ``梧桐社区/第一网格``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.people import Unit

ABOVE = "/"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file. ``fields`` are keys, texts without blanks around them; "" says that there is none, and a
    column that the file has not is missing."""

    file: str
    number: int
    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    def fault(self, what: str) -> str:
        """What is wrong with it, or worth a look, as people read it."""
        return f"{self.file} line {self.number}: {what}"


def portioned(groups: Iterable[list[Line]], size: int) -> list[list[Line]]:
    """Groups of lines that belong together, as many in one as make ``size`` lines."""
    found: list[list[Line]] = []
    for group in groups:
        if not found or len(found[-1]) + len(group) > size:
            found.append([])
        found[-1] += group
    return found


class FaultsError(Exception):
    """The files cannot be taken; each fault names its file and line."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


@dataclass(slots=True)
class Tally:
    """What became of the lines of one file."""

    new: int = 0
    changed: int = 0
    same: int = 0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # right, and perhaps not meant

    def count(self, *, new: bool, changed: bool) -> None:
        """One line more."""
        self.new += new
        self.changed += changed and not new
        self.same += not new and not changed


class Tree:
    """The units as the database has them now."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._by_id = {unit.id: unit for unit in units}
        self._named: dict[str, list[Unit]] = defaultdict(list)
        for unit in self._by_id.values():
            self._named[unit.name].append(unit)

    def called(self, name: str) -> list[Unit]:
        """Every unit that may be meant."""
        *above, own = name.split(ABOVE)
        return [unit for unit in self._named.get(own, ()) if _in_order(above, self._chain(unit))]

    def name_of(self, unit: Unit) -> str:
        """The shortest name that means it alone; its whole chain where two have even that."""
        chain = [unit.name, *self._chain(unit)]
        names = (ABOVE.join(reversed(chain[:length])) for length in range(1, len(chain) + 1))
        return next((name for name in names if len(self.called(name)) == 1), ABOVE.join(reversed(chain)))

    def up(self, unit: Unit) -> list[Unit]:
        """The unit and those above it, nearest first."""
        found = [unit]
        while (above := self._by_id.get(found[-1].parent_id or 0)) is not None:
            found.append(above)
        return found

    def _chain(self, unit: Unit) -> list[str]:
        return [one.name for one in self.up(unit)[1:]]


def tree_of(db: Session) -> Tree:
    """The units as this transaction sees them."""
    return Tree(db.scalars(select(Unit).order_by(Unit.id)))


def meant(tree: Tree, line: Line, column: str, kinds: Sequence[str], tally: Tally) -> Unit | None:
    """The unit that a line names, of one of these kinds (any, where none is named); None and a fault where it is not
    one."""
    found = [unit for unit in tree.called(line[column]) if not kinds or unit.kind in kinds]
    if len(found) == 1:
        return found[0]
    what = f"{' or '.join(kinds)} called" if kinds else "unit called"
    if found:
        several = ", ".join(tree.name_of(unit) for unit in found)
        tally.faults.append(line.fault(f"several are called {line[column]}: write one of {several}"))
    else:
        tally.faults.append(line.fault(f"there is no {what} {line[column]}"))
    return None


def _in_order(wanted: Sequence[str], chain: Sequence[str]) -> bool:
    """Whether these names stand above one another in the chain, nearest last."""
    rest = iter(chain)
    return all(name in rest for name in reversed(wanted))
