"""The register's units, buildings and desks: what a line says is written, what no line says stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import register_moves
from storage.people import Building, Unit, UnitKind
from storage.registering import ABOVE, FaultsError, Line, Tally, Tree, meant, tree_of
from storage.tickets import Desk

_ROOTS = frozenset({UnitKind.CITY, UnitKind.DISTRICT, UnitKind.STREET, UnitKind.COMMUNITY})
TEXTS = ("function", "phone", "hours", "area", "nicknames")


def write_units(db: Session, lines: Sequence[Line], default_area: str) -> Tally:
    """Units, those above before those below, in whatever order they stand in the file."""
    units = _Units(db, lines, default_area)
    for line in sorted(lines, key=lambda line: not line["former_above"]):  # who moves makes room for a namesake
        units.made_of(line)
    db.flush()
    if not units.tally.faults:
        _grids(db, lines, units)
        for line in lines:
            units.tally.count(new=line.number in units.new, changed=line.number in units.changed)
    return units.tally


class _Units:
    """The lines of units on their way into the database."""

    def __init__(self, db: Session, lines: Sequence[Line], default_area: str) -> None:
        self.tally = Tally()
        self.of: dict[int, Unit] = {}  # by line, as are the next two
        self.new: set[int] = set()
        self.changed: set[int] = set()
        self._db, self._default_area = db, default_area
        self._tree = tree_of(db)
        self._lines: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            self._lines[line["name"]].append(line)
        self._open: list[int] = []  # lines that wait for those above them
        self._bad: set[int] = set()
        self._below: dict[tuple[int | None, str], Unit] = {
            (unit.parent_id, unit.name): unit for unit in db.scalars(select(Unit))
        }

    def made_of(self, line: Line) -> Unit | None:
        """The unit of a line, after those above it; None where the line is wrong."""
        if line.number in self.of or line.number in self._bad:
            return self.of.get(line.number)
        if line.number in self._open:
            raise _wrong(line, "it would stand above itself")
        self._open.append(line.number)
        try:
            made = self._made(line)
        except FaultsError as error:
            self.tally.faults += error.faults
            made = None
        self._open.remove(line.number)
        if made is None:
            self._bad.add(line.number)
        else:
            self.of[line.number] = made
        return made

    def _made(self, line: Line) -> Unit | None:
        above: Unit | None = None
        if line["above"]:
            above = self._above(line)
            if above is None:
                return None
        elif line["kind"] not in _ROOTS:
            raise _wrong(line, f"above is missing: a {line['kind']} stands below some other unit")
        known = self._known(line, above)
        if known is None:
            return self._new(line, above)
        if known in self.of.values():
            raise _wrong(line, f"{line['name']} stands in the file twice")
        if known.kind != line["kind"]:
            raise _wrong(line, f"{line['name']} is a {known.kind}")
        if self._told(line, known):
            self.changed.add(line.number)
        return known

    def _known(self, line: Line, above: Unit | None) -> Unit | None:
        parent, name = above.id if above else None, line["name"]
        known = self._below.get((parent, name))
        if known is None and (line["former_name"] or line["former_above"]):
            known = self._from_elsewhere(line, above)
            self._below[parent, name] = known
        elif known is not None and line["former_above"]:
            self._note_namesake(line, known)
        return known

    def _from_elsewhere(self, line: Line, above: Unit | None) -> Unit:
        """The unit that has another name, or stands below another one, until this line."""
        before, former = self._before(line, above), line["former_name"] or line["name"]
        found = self._below.pop((before, former), None)
        if found is None:
            raise _wrong(line, f"no unit called {former} stands there")
        if not line["former_above"]:
            return found
        if above is not None and above.path.startswith(found.path):
            raise _wrong(line, "it would stand below itself")
        stay = register_moves.move(self._db, found, above)
        homeless = [one for one in self._below_it(found) if not self._is_in_a_community(one)]
        if homeless:
            raise _wrong(line, f"{homeless[0].name} would stand in no community")
        self.tally.notes += [
            line.fault(f"{one.name} is walked by {found.name} and stays where it is: should it move, too?")
            for one in stay
        ]
        self.changed.add(line.number)
        return found

    def _before(self, line: Line, above: Unit | None) -> int | None:
        """Below what it stood; for what stood above everything that is said by a stroke alone."""
        if not line["former_above"]:
            return above.id if above else None
        if line["former_above"] == ABOVE:
            return None
        found = meant(self._tree, line, "former_above", (), self.tally)
        if found is None:
            raise FaultsError([])
        return found.id

    def _below_it(self, unit: Unit) -> Sequence[Unit]:
        estates = select(Unit).where(Unit.path.startswith(unit.path), Unit.kind == UnitKind.ESTATE)
        return self._db.scalars(estates.order_by(Unit.path)).all()

    def _note_namesake(self, line: Line, known: Unit) -> None:
        """A file that is read in again says the same of what it moved; two of one name are worth a look."""
        above = (
            [None] if line["former_above"] == ABOVE else [unit.id for unit in self._tree.called(line["former_above"])]
        )
        if any(self._below.get((one, line["name"]), known) is not known for one in above):
            self.tally.notes.append(
                line.fault(f"{known.name} stands there already; that of {line['former_above']} stays")
            )

    def _above(self, line: Line) -> Unit | None:
        own = line["above"].split(ABOVE)
        in_file = [one for one in self._lines.get(own[-1], ()) if one is not line and self._stands_below(one, own[:-1])]
        if len(in_file) > 1:
            raise _wrong(line, f"several are called {line['above']} in this file: write what is above it, too")
        if in_file:
            return self.made_of(in_file[0])
        return meant(self._tree, line, "above", (), self.tally)

    def _stands_below(self, line: Line, wanted: Sequence[str]) -> bool:
        return not wanted or wanted[-1] in line["above"].split(ABOVE)

    def _new(self, line: Line, above: Unit | None) -> Unit | None:
        if line["kind"] == UnitKind.ESTATE and not self._is_in_a_community(above):
            raise _wrong(line, "an estate stands below a community, or below a grid of one")
        unit = Unit(kind=line["kind"], parent_id=above.id if above else None)
        self._told(line, unit)
        self._db.add(unit)
        self._db.flush()
        unit.path = f"{above.path if above else '/'}{unit.id}/"
        self._below[unit.parent_id, unit.name] = unit
        self.new.add(line.number)
        return unit

    def _is_in_a_community(self, above: Unit | None) -> bool:
        while above is not None:
            if above.kind == UnitKind.COMMUNITY:
                return True
            above = self._db.get(Unit, above.parent_id) if above.parent_id is not None else None
        return False

    def _told(self, line: Line, unit: Unit) -> bool:
        said = {"name": line["name"], **{name: line[name] or None for name in TEXTS if name in line.fields}}
        if unit.kind == UnitKind.ESTATE:
            said["area"] = said.get("area") or unit.area or self._default_area
        return _set(unit, said)


def _wrong(line: Line, what: str) -> FaultsError:
    return FaultsError([line.fault(what)])


def _grids(db: Session, lines: Sequence[Line], units: _Units) -> None:
    """An estate's grid, once all units are there: the one that is named, else the one it stands below."""
    tree = tree_of(db)
    for line in lines:
        estate = units.of[line.number]
        if estate.kind != UnitKind.ESTATE:
            continue
        named = meant(tree, line, "grid", (UnitKind.GRID,), units.tally) if line["grid"] else None
        above = next((unit for unit in tree.up(estate) if unit.kind == UnitKind.GRID), None)
        grid_id = named.id if named else estate.grid_id or (above.id if above else None)
        if grid_id != estate.grid_id:
            estate.grid_id = grid_id
            units.changed.add(line.number)


def write_buildings(db: Session, lines: Sequence[Line]) -> Tally:
    """Buildings of estates, each by its name."""
    tally, tree = Tally(), tree_of(db)
    known = {(one.estate_id, one.name): one for one in db.scalars(select(Building))}
    said: dict[tuple[int, str], int] = {}
    for line in lines:
        estate = meant(tree, line, "estate", (UnitKind.ESTATE,), tally)
        if estate is None:
            continue
        key = (estate.id, line["name"])
        if (before := said.setdefault(key, line.number)) != line.number:
            tally.faults.append(line.fault(f"the same building stands in line {before}"))
            continue
        building = known.get(key) or known.pop((estate.id, line["former_name"]), None)
        if building is None and line["former_name"]:
            tally.faults.append(line.fault(f"{estate.name} has no building called {line['former_name']}"))
            continue
        new = building is None
        building = building or Building(estate_id=estate.id)
        nicknames = {"nicknames": line["nicknames"] or None} if "nicknames" in line.fields else {}
        tally.count(new=new, changed=_set(building, {"name": line["name"], **nicknames}))
        db.add(building)
    db.flush()
    return tally


def write_desks(db: Session, lines: Sequence[Line]) -> Tally:
    """Who must accept what (权责清单), by unit, kind of area and matter."""
    tally, tree = Tally(), tree_of(db)
    known = {(one.unit_id, one.area, one.category): one for one in db.scalars(select(Desk))}
    said: dict[tuple[int, str, str], int] = {}
    for line in lines:
        unit = meant(tree, line, "unit", (), tally)
        if unit is None:
            continue
        key = (unit.id, line["area"], line["category"])
        if (before := said.setdefault(key, line.number)) != line.number:
            tally.faults.append(line.fault(f"the same matter stands in line {before}"))
            continue
        desk = known.get(key) or Desk(unit_id=unit.id, area=line["area"], category=line["category"])
        changed = _set(desk, {"desk_kind": line["desk_kind"], "desk_function": line["desk_function"] or None})
        tally.count(new=key not in known, changed=changed)
        db.add(desk)
    db.flush()
    return tally


def places(db: Session) -> tuple[Tree, Sequence[Unit], Sequence[tuple[Building, Unit]], Sequence[Desk]]:
    """All units with their tree, all buildings with their estate, and all desks, for writing them out."""
    estates = select(Building, Unit).join(Unit, Unit.id == Building.estate_id).order_by(Building.estate_id, Building.id)
    return (
        tree_of(db),
        db.scalars(select(Unit).order_by(Unit.path)).all(),
        [(building, estate) for building, estate in db.execute(estates)],
        db.scalars(select(Desk).order_by(Desk.unit_id, Desk.area, Desk.category)).all(),
    )


def _set(row: Unit | Building | Desk, said: dict[str, str | None]) -> bool:
    """Writes what differs; says whether anything did."""
    different = {name: value for name, value in said.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
