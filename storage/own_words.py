"""A deployment's own words, place names and nicknames: looked up, entered, taken out. Each change is a row with who."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storage.listening import Landmark, Word, note_change
from storage.people import Building, Unit

LONGEST_NICKNAMES = 200  # characters, as the column


def words(db: Session) -> Sequence[Word]:
    """Every own word, in the order of the words."""
    return db.scalars(select(Word).order_by(Word.word, Word.means)).all()


def word_of(db: Session, word: str, means: str) -> Word | None:
    """One of them."""
    return db.scalars(select(Word).where(Word.word == word, Word.means == means)).one_or_none()


def enter_word(db: Session, word: str, means: str, at: datetime, *, removes: bool, staff_id: int | None) -> bool:
    """Enters a word, or changes whether it is put in or taken out. False where it is there already."""
    row = word_of(db, word, means)
    if row is not None and row.removes == removes:
        return False
    before = {"means": means, "removes": row.removes} if row is not None else None
    if row is None:
        db.add(Word(word=word, means=means, removes=removes, added_at=at))
    else:
        row.removes = removes
    db.flush()
    data = {"before": before, "after": {"means": means, "removes": removes}}
    note_change(db, f"word:{word}", "entered", at, staff_id=staff_id, data=data)
    return True


def drop_word(db: Session, word: str, means: str, at: datetime, *, staff_id: int | None) -> bool:
    """Forgets an own word. False where there is none."""
    row = word_of(db, word, means)
    if row is None:
        return False
    data = {"before": {"means": means, "removes": row.removes}, "after": None}
    db.execute(delete(Word).where(Word.id == row.id))
    note_change(db, f"word:{word}", "dropped", at, staff_id=staff_id, data=data)
    return True


def landmarks(db: Session) -> Sequence[Landmark]:
    """Every name that residents use for a place, by unit."""
    return db.scalars(select(Landmark).order_by(Landmark.unit_id, Landmark.name)).all()


def landmark_of(db: Session, unit_id: int, name: str) -> Landmark | None:
    """One of them."""
    return db.scalars(select(Landmark).where(Landmark.unit_id == unit_id, Landmark.name == name)).one_or_none()


def enter_landmark(
    db: Session, unit_id: int, name: str, at: datetime, *, outside: bool, building_id: int | None, staff_id: int | None
) -> bool:
    """Enters a place name of a unit, or changes where it lies. False where it is there already."""
    row = landmark_of(db, unit_id, name)
    after = {"outside": outside, "building": building_id}
    before = {"outside": row.outside, "building": row.building_id} if row is not None else None
    if before == after:
        return False
    if row is None:
        row = Landmark(unit_id=unit_id, name=name, added_at=at)
        db.add(row)
    row.outside, row.building_id = outside, building_id
    db.flush()
    note_change(
        db, f"place:{unit_id}:{name}", "entered", at, staff_id=staff_id, data={"before": before, "after": after}
    )
    return True


def drop_landmark(db: Session, unit_id: int, name: str, at: datetime, *, staff_id: int | None) -> bool:
    """Forgets a place name. False where there is none."""
    row = landmark_of(db, unit_id, name)
    if row is None:
        return False
    data = {"before": {"outside": row.outside, "building": row.building_id}, "after": None}
    db.execute(delete(Landmark).where(Landmark.id == row.id))
    note_change(db, f"place:{unit_id}:{name}", "dropped", at, staff_id=staff_id, data=data)
    return True


def nickname(db: Session, of: Unit | Building, names: Sequence[str], at: datetime, *, staff_id: int | None) -> bool:
    """Gives a unit or building its nicknames, instead of those it had. False where nothing changes."""
    after = " ".join(dict.fromkeys(names)) or None
    if after == of.nicknames:
        return False
    about = f"unit:{of.id}" if isinstance(of, Unit) else f"building:{of.id}"
    data = {"before": of.nicknames, "after": after}
    of.nicknames = after
    db.flush()
    note_change(db, about, "nicknames", at, staff_id=staff_id, data=data)
    return True


def place_names(db: Session) -> Iterator[tuple[str, str]]:
    """Every name of a place that the deployment knows, with the key of its unit or building."""
    for unit_id, name, nicknames in db.execute(select(Unit.id, Unit.name, Unit.nicknames)):
        for one in (name, *(nicknames or "").split()):
            yield one, f"unit:{unit_id}"
    seen = select(Building.name, Building.nicknames).distinct()
    for name, nicknames in db.execute(seen):
        for one in (name, *(nicknames or "").split()):
            yield one, f"building:{name}"
    for landmark in landmarks(db):
        yield landmark.name, f"unit:{landmark.unit_id}"
