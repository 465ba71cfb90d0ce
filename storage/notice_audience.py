"""To whom a notice goes: its audience as SQL over front doors, the one rule of preview, hash, fan-out and figures.

``Notice.audience`` narrows what lies below the issuing unit; empty is everybody there. All of its keys must hold:
``units``, ``buildings`` and ``households`` (ids), ``tags`` (words of ``Household.tags``), any one of which is enough
within a key; ``seen_of``, ``unseen_of`` and ``sent_of`` (a notice's id) ask that notice's ledger.

Reading is judged as it stood at ``as_of`` (ISO, UTC, business time), so that the same audience always means the same
doors. Sending is not: what arrives late of a wrong notice is to be corrected too. Everything runs inside the caller's
transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from storage.base import UtcTime
from storage.given import given
from storage.notices import Ledger, LedgerState, Notice, Slice
from storage.people import Household, Unit

UNITS, BUILDINGS, HOUSEHOLDS, TAGS = "units", "buildings", "households", "tags"
SEEN_OF, UNSEEN_OF, SENT_OF, AS_OF = "seen_of", "unseen_of", "sent_of", "as_of"
BY_READING = (SEEN_OF, UNSEEN_OF, SENT_OF)
PEOPLE = frozenset({TAGS, *BY_READING})  # says something about whoever lives there
AT_THE_PLATFORM = ("leased", "submitted")  # a slice that may be on people's screens before we hear of it


def members(db: Session, notice: Notice) -> ColumnElement[bool]:
    """The households of a notice."""
    path = db.scalar(select(Unit.path).where(Unit.id == notice.unit_id))
    assert path is not None
    return matching(db, path, notice.audience)


def key_of(notice: Notice) -> str:
    """What its households are counted under: the same for every notice of a unit to the same audience."""
    return f"{notice.unit_id} {json.dumps(notice.audience, sort_keys=True)}"


def matching(db: Session, path: str, audience: Mapping[str, Any]) -> ColumnElement[bool]:
    """The households below a unit that an audience names."""
    rules = [within(path)]
    if UNITS in audience:
        rules.append(_in_units(db, audience[UNITS]))
    if BUILDINGS in audience:
        rules.append(Household.building_id.in_(_numbers(db, audience[BUILDINGS], BUILDINGS)))
    if HOUSEHOLDS in audience:
        rules.append(Household.id.in_(_numbers(db, audience[HOUSEHOLDS], HOUSEHOLDS)))
    if TAGS in audience:
        rules.append(or_(*(tagged(tag) for tag in audience[TAGS])))
    rules += [_of_another(name, audience) for name in BY_READING if name in audience]
    return and_(*rules)


def within(path: str) -> ColumnElement[bool]:
    """Everybody below a unit."""
    return Household.estate_id.in_(select(Unit.id).where(Unit.path.startswith(path)))


def tagged(tag: str) -> ColumnElement[bool]:
    """Whoever has this word among the words of their door; of words joined by a plus, all of them."""
    words = " " + func.coalesce(Household.tags, "") + " "
    return and_(*(words.contains(f" {word} ", autoescape=True) for word in tag.split("+")))


def concerns_people(audience: Mapping[str, Any]) -> bool:
    """Whether being addressed says something about a household itself, not only where it is: that is not said aloud."""
    return any(name in audience for name in (TAGS, HOUSEHOLDS, *BY_READING))


def _in_units(db: Session, unit_ids: Collection[int]) -> ColumnElement[bool]:
    """Below any of these; a grid has estates beside it in the tree that name it."""
    paths = db.scalars(select(Unit.path).where(Unit.id.in_(unit_ids))).all()
    below = or_(*(Unit.path.startswith(path) for path in paths), Unit.grid_id.in_(unit_ids))
    return Household.estate_id.in_(select(Unit.id).where(below))


def _numbers(db: Session, ids: Collection[int], name: str) -> Select[int]:
    """Any number of ids as a table: a list from a file is longer than what one statement takes as parameters."""
    return select(given(db, {"id": BigInteger()}, [(number,) for number in sorted(ids)], f"given_{name}").c.id)


def _of_another(name: str, audience: Mapping[str, Any]) -> ColumnElement[bool]:
    """What another notice's ledger must say of the same door. Row by row: it is asked for a page of doors at a time."""
    rows = (Ledger.notice_id == audience[name], Ledger.household_id == Household.id)
    return exists().where(*rows, _reached(name, audience)).correlate(Household)


def _reached(name: str, audience: Mapping[str, Any]) -> ColumnElement[bool]:
    if name == SENT_OF:
        under_way = select(Slice.id).where(Slice.notice_id == audience[name], Slice.state.in_(AT_THE_PLATFORM))
        return or_(
            Ledger.state.in_((LedgerState.SENT, LedgerState.UNKNOWN)),
            and_(Ledger.state == LedgerState.CUT, Ledger.slice_id.in_(under_way)),
        )
    then = literal(datetime.fromisoformat(audience[AS_OF]), UtcTime())
    if name == SEEN_OF:
        return Ledger.seen_at <= then
    # Whoever was told at the door needs no reminder, read or not.
    return and_(*(or_(at.is_(None), at > then) for at in (Ledger.seen_at, Ledger.knocked_at)))
