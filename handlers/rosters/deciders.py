"""Who decides what is asked about a ticket: the level above the desk, then one further up; street leaders sign.

Whoever asked never decides. A department that returns what its street dispatched, or a street that names a department,
goes to the district where they do not agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.rosters.on_duty import leader_on_duty
from handlers.rules.returns import DISTRICT, STREET
from storage import directory
from storage.decisions import Decision, Wanted
from storage.people import Post, Role, Staff, Unit
from storage.presence import DUTY, presence_of

DECIDE = frozenset({Role.GRID_LEAD, Role.COMMUNITY, Role.DISPATCHER, Role.DUTY, Role.HANDLER})
SIGNED = frozenset({Wanted.SUSPENSION, Wanted.DATE})
LEADING = DISTRICT | {STREET}


def people(db: Session, kind: str, unit: Unit, now: datetime, but: int) -> list[Staff]:
    """Who of a unit may decide now, without ``but`` (who asked). Substitutes decide; nobody signs for a leader."""
    found = leader_on_duty(db, unit, now) if kind in SIGNED else _deciding(db, unit, now)
    return [staff for staff in found if staff.id != but]


def _deciding(db: Session, unit: Unit, now: datetime) -> Sequence[Staff]:
    """Who dispatches there; leaders only where nobody else is."""
    known = presence_of(db, now)
    there = known.there(_holding(db, unit, DECIDE), now)
    ids = dict.fromkeys([*there, *known.listed([unit.id], DUTY, now)])
    ids = ids or dict.fromkeys(known.there(_holding(db, unit, frozenset({Role.STREET_LEADER})), now))
    return db.scalars(select(Staff).where(Staff.id.in_(ids), Staff.active).order_by(Staff.id)).all()


def _holding(db: Session, unit: Unit, roles: frozenset[Role]) -> Sequence[int]:
    held = select(Staff.id).join(Post).where(Post.unit_id == unit.id, Post.role.in_(roles), Staff.active)
    return db.scalars(held.order_by(Staff.id).distinct()).all()


def first(db: Session, kind: str, desk: Unit, now: datetime, but: int) -> Unit | None:
    """The unit that is asked first: the nearest above with anybody; for a signature the street, or what is above it."""
    levels = directory.ancestors(db, desk)
    wanted = [level for level in levels if level.kind in LEADING] if kind in SIGNED else levels[1:]
    return _nearest(db, kind, wanted, now, but)


def above(db: Session, decision: Decision, now: datetime) -> Unit | None:
    """The unit that is asked after the one that did not answer; None at the top."""
    levels = directory.ancestors(db, db.get(Unit, decision.judge_id))[1:]
    return _nearest(db, decision.kind, levels, now, decision.asked_by_id)


def district(db: Session, unit: Unit, now: datetime, but: int) -> Unit | None:
    """Who decides between a street and a department; None where the tree ends before."""
    levels = [level for level in directory.ancestors(db, unit)[1:] if level.kind in DISTRICT]
    return _nearest(db, Wanted.RETURN, levels, now, but)


def is_top(db: Session, decision: Decision, now: datetime) -> bool:
    """Whether nobody stands above whoever is asked."""
    return above(db, decision, now) is None


def _nearest(db: Session, kind: str, levels: Sequence[Unit], now: datetime, but: int) -> Unit | None:
    return next((level for level in levels if people(db, kind, level, now, but)), None)


def may_decide(ctx: Context, decision: Decision) -> bool:
    """Whether whoever is speaking is asked."""
    unit, staff = ctx.db.get_one(Unit, decision.judge_id), ctx.who.staff
    if staff is None:
        return False
    return any(one.id == staff.id for one in people(ctx.db, decision.kind, unit, ctx.now, decision.asked_by_id))


def units_of(ctx: Context) -> list[int]:
    """The units for which this person may be asked: their own, and as a leader what lies below."""
    led = [post.unit.path for post in ctx.who.posts if post.role == Role.STREET_LEADER]
    below = [unit.id for path in led for unit in directory.units_below(ctx.db, path) if unit.kind in LEADING]
    return list(dict.fromkeys([*ctx.who.desks, *below]))
