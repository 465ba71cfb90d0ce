"""Who may draft, issue, propose, review and second a notice: posts and units against the one table of permissions.

A community issues to its own, a street to its street, the district to all. Property companies and departments propose;
the community (a department: the street) above them decides. Of an emergency whoever is on duty may issue too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.permissions import OWN_TICKETS_ONLY, TABLE
from handlers.rosters import on_duty as roster
from storage import directory
from storage.notices import Notice, NoticeKind
from storage.people import Post, Role, Staff, Unit, UnitKind

ISSUE, EMERGENCY, SECOND, ON_DUTY = "notice_issue", "notice_issue_emergency", "notice_second", "notice_night"
HAVE_HOUSEHOLDS = frozenset(
    {
        *(UnitKind.CITY, UnitKind.DISTRICT, UnitKind.STREET, UnitKind.STATION),
        *(UnitKind.COMMUNITY, UnitKind.ESTATE, UnitKind.GRID),
    }
)


DEPARTMENTS = frozenset({UnitKind.DEPARTMENT, UnitKind.ENTERPRISE})


def rule(kind: str) -> str:
    """The row of the table that says who issues a kind."""
    return EMERGENCY if kind == NoticeKind.EMERGENCY else ISSUE


def issuing_unit(posts: Iterable[Post], kind: str = NoticeKind.ORDINARY) -> Unit | None:
    """The widest unit in which somebody may issue this kind; of several as wide, the oldest."""
    return _widest(post.unit for post in posts if _issues(post, kind))


def may_issue(posts: Iterable[Post], unit: Unit, kind: str) -> bool:
    """Whether somebody may issue this kind for a unit: by a post there or above it."""
    return any(_issues(post, kind) and unit.path.startswith(post.unit.path) for post in posts)


def roles_at(unit: Unit, kind: str) -> frozenset[Role]:
    """Who issues this kind in a unit, to be named when somebody else is refused."""
    elsewhere = Role.STREET_LEADER if unit.kind == UnitKind.COMMUNITY else Role.COMMUNITY
    return TABLE[rule(kind)].roles - {elsewhere}


def drafting_unit(posts: Sequence[Post], db: Session, kind: str = NoticeKind.ORDINARY) -> Unit | None:
    """For whom somebody writes: where they may issue, else where they may only draft or propose."""
    return issuing_unit(posts, kind) or _widest(_asked_by(posts)) or proposed_to(db, posts)


def _widest(units: Iterable[Unit]) -> Unit | None:
    return min(units, key=lambda unit: (unit.path.count("/"), unit.id), default=None)


def _issues(post: Post, kind: str) -> bool:
    return Role(post.role) in TABLE[rule(kind)].roles and post.unit.kind in HAVE_HOUSEHOLDS


def _asked_by(posts: Iterable[Post]) -> Iterable[Unit]:
    drafters = TABLE["notice"].roles - OWN_TICKETS_ONLY
    return (post.unit for post in posts if Role(post.role) in drafters and post.unit.kind in HAVE_HOUSEHOLDS)


# --- proposing


def proposed_to(db: Session, posts: Iterable[Post]) -> Unit | None:
    """Where what a property company or department writes goes: the nearest community or street above it.

    None without such a post, or where several posts lead to different ones: then they must say which.
    """
    found = {unit.id: unit for post in posts if (unit := _decides_for(db, post)) is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def only_proposes(posts: Iterable[Post], unit: Unit) -> bool:
    """Whether somebody writes for a unit as a property company or department only, and is none of its offices."""
    return not any(unit.path.startswith(within.path) for within in _asked_by(posts))


def proposers_estates(posts: Iterable[Post], below: Unit) -> list[int]:
    """The estates that a property company works in, below the unit that decides."""
    ids = (
        post.unit.parent_id
        for post in posts
        if Role(post.role) in OWN_TICKETS_ONLY
        and post.unit.kind == UnitKind.PROPERTY
        and post.unit.path.startswith(below.path)
    )
    return sorted({number for number in ids if number is not None})


def units_proposed_to(db: Session, posts: Iterable[Post]) -> list[Unit]:
    """Every community or street that may decide about what these posts write."""
    found = {unit.id: unit for post in posts if (unit := _decides_for(db, post)) is not None}
    return sorted(found.values(), key=lambda unit: unit.id)


def _decides_for(db: Session, post: Post) -> Unit | None:
    if Role(post.role) not in OWN_TICKETS_ONLY or Role(post.role) not in TABLE["notice"].roles:
        return None
    wanted = {UnitKind.STREET} if post.unit.kind in DEPARTMENTS else {UnitKind.COMMUNITY, UnitKind.STREET}
    return next((unit for unit in directory.ancestors(db, post.unit)[1:] if unit.kind in wanted), None)


# --- people


def issuers(db: Session, unit: Unit, kind: str, but: Collection[int | None]) -> list[Staff]:
    """Active people who may issue this kind for a unit: those of the nearest level that has any."""
    return _nearest(db, unit, TABLE[rule(kind)].roles, but)


def seconds(db: Session, unit: Unit, but: Collection[int | None], now: datetime) -> list[Staff]:
    """Who may be the second person by day: everybody of the same unit or above it who may, and is there."""
    return _there(db, _holding(db, directory.ancestors(db, unit), TABLE[SECOND].roles, but), now)


def on_duty(db: Session, unit: Unit, but: Collection[int | None], now: datetime) -> list[Staff]:
    """Who may be the second person at night: 带班领导 by the roster; else the leaders and whoever is on duty there."""
    listed = [staff for staff in roster.listed_leaders(db, unit, now) if staff.id not in but]
    return listed or _there(db, _holding(db, directory.ancestors(db, unit), TABLE[ON_DUTY].roles, but), now)


def _there(db: Session, people: Sequence[Staff], now: datetime) -> list[Staff]:
    """Without whoever is away: nobody signs for somebody else. All of them where nobody is there."""
    there = roster.there_themselves(db, [staff.id for staff in people], now)
    return [staff for staff in people if staff.id in there] or list(people)


def everybody_above(db: Session, unit: Unit, but: Collection[int | None]) -> list[Staff]:
    """Who is told that somebody's word by telephone stood for the second person: the office and the leaders above.

    Where nobody is above, those of the unit itself.
    """
    roles = TABLE[SECOND].roles | TABLE[ON_DUTY].roles
    levels = directory.ancestors(db, unit)
    return _holding(db, levels[1:], roles, but) or _holding(db, levels, roles, but)


def may_second(posts: Iterable[Post], unit: Unit, *, at_night: bool) -> bool:
    """Whether somebody with these posts may be the second person for a unit's notice."""
    roles = TABLE[SECOND].roles | (TABLE[ON_DUTY].roles if at_night else frozenset())
    return any(Role(post.role) in roles and unit.path.startswith(post.unit.path) for post in posts)


def may_second_now(db: Session, staff: Staff, unit: Unit, now: datetime, *, at_night: bool) -> bool:
    """The same for whoever is there now: at night also by the roster."""
    if may_second(staff.posts, unit, at_night=at_night):
        return True
    return at_night and any(leader.id == staff.id for leader in roster.listed_leaders(db, unit, now))


def may_change(staff: Staff, notice: Notice, unit: Unit) -> bool:
    """Whether somebody may change a draft: its author, as long as they have a post there, and whoever may issue it."""
    if may_issue(staff.posts, unit, notice.kind):
        return True
    return staff.id == notice.author_id and any(_writes_for(post, unit) for post in staff.posts)


def _writes_for(post: Post, unit: Unit) -> bool:
    """Whether a post drafts for a unit: from there or above, or proposes to it from below."""
    theirs = post.unit.path
    return Role(post.role) in TABLE["notice"].roles and (unit.path.startswith(theirs) or theirs.startswith(unit.path))


def _nearest(db: Session, unit: Unit, roles: Collection[Role], but: Collection[int | None]) -> list[Staff]:
    for level in directory.ancestors(db, unit):
        if found := _holding(db, [level], roles, but):
            return found
    return []


def _holding(db: Session, units: Sequence[Unit], roles: Collection[Role], but: Collection[int | None]) -> list[Staff]:
    held = select(Post.staff_id).where(Post.unit_id.in_([unit.id for unit in units]), Post.role.in_(roles))
    people = db.scalars(select(Staff).where(Staff.id.in_(held), Staff.active).order_by(Staff.id))
    return [staff for staff in people if staff.id not in but]
