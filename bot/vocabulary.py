"""An administrator's own words and place names: entered and taken out by the command and by the console's page alike.

What is wrong is answered as a short key (``Refused``): each side has its own words for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import preview
from bot.wiring import App
from nlp import own
from nlp.own import SYNONYM, Entry
from nlp.previewing import World
from storage import own_words
from storage.people import Building, Unit, UnitKind
from storage.registering import tree_of

LONGEST_NAME = 40
LONGEST_NICKNAMES = 200
PLACES = (UnitKind.ESTATE, UnitKind.COMMUNITY, UnitKind.GRID, UnitKind.STREET)


class Refused(Exception):
    """What was given cannot be entered; the key says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class WordEdit:
    """A word put into a group (or made to stand for another), or taken out of it."""

    word: str
    means: str
    takes_out: bool = False


@dataclass(frozen=True, slots=True)
class PlaceEdit:
    """A name of a place of a unit, entered or dropped."""

    unit_id: int
    name: str
    outside: bool = False
    building: str = ""
    takes_out: bool = False


@dataclass(frozen=True, slots=True)
class NicknameEdit:
    """The nicknames of a unit, or of one of its buildings, in place of those it has."""

    unit_id: int
    names: tuple[str, ...]
    building: str = ""


Edit = WordEdit | PlaceEdit | NicknameEdit


def word_edit(word: str, means: str, *, takes_out: bool = False) -> WordEdit:
    """A word as it was typed; its group by key or Chinese name. Raises Refused."""
    if means[:1] in (SYNONYM, "＝"):
        return WordEdit(own.plain(word), SYNONYM + own.plain(means[1:]), takes_out)
    group = own.group_called(means)
    if group is None:
        raise Refused("group")
    return WordEdit(own.plain(word), group, takes_out)


def names_of(typed: str) -> tuple[str, ...]:
    """Nicknames as they were typed, separated by blanks or commas."""
    for mark in "，,、；;":
        typed = typed.replace(mark, " ")
    return tuple(dict.fromkeys(typed.split()))


def save(app: App, edit: Edit, staff_id: int | None) -> bool:
    """Enters or takes out, and writes down who. False where it was so already. Raises Refused."""
    with app.writing() as db:
        at = app.clock.now(db)
        if isinstance(edit, WordEdit):
            entry = _next(db, edit)
            if entry is None:
                return own_words.drop_word(db, edit.word, edit.means, at, staff_id=staff_id)
            return own_words.enter_word(db, entry.word, entry.means, at, removes=entry.removes, staff_id=staff_id)
        if isinstance(edit, NicknameEdit):
            of = _of(db, edit)
            return own_words.nickname(db, of, edit.names, at, staff_id=staff_id)
        building = _place(db, edit)
        if edit.takes_out:
            return own_words.drop_landmark(db, edit.unit_id, edit.name, at, staff_id=staff_id)
        building_id = building.id if building is not None else None
        return own_words.enter_landmark(
            db, edit.unit_id, edit.name, at, outside=edit.outside, building_id=building_id, staff_id=staff_id
        )


def proposed(db: Session, edit: Edit) -> World:
    """What the deployment would teach once this is saved. Raises Refused."""
    now = preview.world(db)
    if isinstance(edit, WordEdit):
        entry = _next(db, edit)
        others = [one for one in now.entries if (one.word, one.means) != (edit.word, edit.means)]
        return replace(now, entries=(*others, *([entry] if entry is not None else [])))
    if isinstance(edit, NicknameEdit):
        of = _of(db, edit)
        key = f"unit:{of.id}" if isinstance(of, Unit) else f"building:{of.name}"
        old = {(name, key) for name in (of.nicknames or "").split()}
        kept = (one for one in now.names if one not in old)
        return replace(now, names=(*kept, *((name, key) for name in edit.names)))
    _place(db, edit)
    pair = (edit.name, f"unit:{edit.unit_id}")
    rest = tuple(one for one in now.names if one != pair)
    return replace(now, names=rest if edit.takes_out else (*rest, pair))


def _next(db: Session, edit: WordEdit) -> Entry | None:
    """The row that there will be; None: an own row goes. Raises Refused."""
    row = own_words.word_of(db, edit.word, edit.means)
    if row is not None and row.removes != edit.takes_out:
        return None  # what was put in is taken out again, what was taken out is put back
    if row is not None:
        return Entry(row.word, row.means, row.removes)
    if edit.takes_out and edit.means.startswith(SYNONYM):
        raise Refused("not_there")
    entry = Entry(edit.word, edit.means, removes=edit.takes_out)
    fault = own.fault(entry)
    if fault is None and not entry.removes and entry.means.startswith(SYNONYM):
        fault = _chain(db, entry)
    if fault is not None:
        raise Refused(fault)
    return entry


def _chain(db: Session, entry: Entry) -> str | None:
    """A word stands for one word, and that one for itself."""
    stands_for = {row.word: row.means[1:] for row in own_words.words(db) if row.means.startswith(SYNONYM)}
    if entry.word in stands_for:
        return "twice"
    return "circle" if entry.means[1:] in stands_for or entry.word in stands_for.values() else None


def _of(db: Session, edit: NicknameEdit) -> Unit | Building:
    if not all(map(_is_name, edit.names)) or len(" ".join(edit.names)) > LONGEST_NICKNAMES:
        raise Refused("name")
    return _building(db, edit.unit_id, edit.building) if edit.building else _unit(db, edit.unit_id)


def _place(db: Session, edit: PlaceEdit) -> Building | None:
    _unit(db, edit.unit_id)
    if not _is_name(edit.name):
        raise Refused("name")
    if edit.takes_out and own_words.landmark_of(db, edit.unit_id, edit.name) is None:
        raise Refused("not_there")
    return _building(db, edit.unit_id, edit.building) if edit.building else None


def _is_name(name: str) -> bool:
    """Whether people could say this: nothing that cannot be seen, such as marks that turn the line around."""
    return 1 < len(name) <= LONGEST_NAME and name.isprintable() and not any(char.isspace() for char in name)


def _unit(db: Session, unit_id: int) -> Unit:
    unit = db.get(Unit, unit_id)
    if unit is None or unit.kind not in PLACES:
        raise Refused("unit")
    return unit


def _building(db: Session, unit_id: int, name: str) -> Building:
    row = db.scalars(select(Building).where(Building.estate_id == unit_id, Building.name == name)).one_or_none()
    if row is None:
        raise Refused("building")
    return row


def unit_named(db: Session, name: str) -> Unit:
    """The one unit of this name, or of this name below another (社区/网格). Raises Refused for none, or several."""
    rows = tree_of(db).called(name)
    if len(rows) != 1:
        raise Refused("unit" if not rows else "units")
    return rows[0]


def places(db: Session) -> Sequence[Unit]:
    """The units that places and nicknames belong to, from the widest to the narrowest."""
    return db.scalars(select(Unit).where(Unit.kind.in_(PLACES)).order_by(Unit.path)).all()
