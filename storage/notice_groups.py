"""A notice in the residents' groups: which ones it is said in, their links, and who read it there.

The rows of the groups are written together with the last rows of the ledger, so that every notice that has a whole
ledger has all of its groups. Everything runs inside the caller's transaction; ``now`` is business time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select
from sqlalchemy.orm import Session

from storage import notice_audience as audiences
from storage.base import UtcTime
from storage.candidates import SHADOW
from storage.conflict import on_conflict_do_nothing
from storage.notice_letting import Hour, is_over, may_go
from storage.notice_people import GroupPost, NoticeReader
from storage.notices import Notice, NoticeKind, NoticeState, Purpose
from storage.outbox import Outbox
from storage.people import Group, Unit
from storage.vault import Vault, link_hash

LATEST = timedelta(days=1)  # how long a notice waits for a group that wants silence
WAITING, OWED, SKIPPED = "waiting", "owed", "skipped"  # states of a group's row
TAKEN_BACK = "taken_back"  # a reason: the group was told, and then that the notice is cancelled
BY_WORKER = "by_worker"  # a reason: the platform lets nobody speak there, a grid worker was asked to


# --- which groups


def plan(db: Session, vault: Vault, notice: Notice) -> int:
    """Writes a row for each group that the notice is to be said in; again changes nothing. Answers how many."""
    if not notice.in_groups:
        return 0
    ids = db.scalars(select(Group.id).where(Group.kind == "residents", _places(db, notice)).order_by(Group.id)).all()
    rows = [
        {
            "notice_id": notice.id,
            "group_id": group_id,
            "state": WAITING,
            "link_hash": link_hash(vault.link(link_name(notice.id, group_id))),
            "link_key": vault.first.id,
        }
        for group_id in ids
    ]
    if rows:
        db.connection().execute(on_conflict_do_nothing(db, GroupPost, "notice_id", "group_id"), rows)
    return len(rows)


def hearing(db: Session, notice: Notice) -> int:
    """How many groups a notice would be said in now: not where the bot only listens."""
    if not notice.in_groups:
        return 0
    told = Group.kind == "residents", Group.mode != SHADOW, _places(db, notice)
    return db.scalar(select(func.count(Group.id)).where(*told)) or 0


def _places(db: Session, notice: Notice) -> ColumnElement[bool]:
    """Groups of the places that are addressed. What concerns single households says nothing aloud; but where the wrong
    word was said aloud, so is the right one."""
    if notice.purpose == Purpose.CORRECT and notice.of_id is not None:
        told = select(GroupPost.group_id).where(GroupPost.notice_id == notice.of_id, GroupPost.state == OWED)
        return Group.id.in_(told)
    if audiences.concerns_people(notice.audience):
        return false()
    path = db.scalar(select(Unit.path).where(Unit.id == notice.unit_id))
    rules = [Group.unit_id.in_(select(Unit.id).where(Unit.path.startswith(path)))]
    if audiences.UNITS in notice.audience:
        wanted = notice.audience[audiences.UNITS]
        paths = db.scalars(select(Unit.path).where(Unit.id.in_(wanted))).all()
        below = or_(*(Unit.path.startswith(one) for one in paths), Unit.grid_id.in_(wanted))
        rules.append(Group.unit_id.in_(select(Unit.id).where(below)))
    if audiences.BUILDINGS in notice.audience:
        rules.append(Group.building_id.in_(notice.audience[audiences.BUILDINGS]))
    return and_(*rules)


def link_name(notice_id: int, group_id: int) -> str:
    """What a group's link is made of; the link itself shows nothing of it."""
    return f"notice:{notice_id}:group:{group_id}"


def link_of(vault: Vault, post: GroupPost) -> str:
    """The token of a group's page. Raises KeyError when its key is gone."""
    return vault.link(link_name(post.notice_id, post.group_id), post.link_key)


def name_of(post: GroupPost) -> str:
    """What the group's line is called among all that is owed: it exists once."""
    return f"notice:{post.notice_id}:group:{post.group_id}"


# --- which of them now


def is_any_due(db: Session, hour: Hour) -> bool:
    """Whether anything is to be done with any group's row now."""
    return is_any_to_say(db, hour) or is_any_to_hear(db, hour)


def is_any_to_say(db: Session, hour: Hour) -> bool:
    """Whether any group is to be told, or given up."""
    return db.scalar(_due(hour).with_only_columns(GroupPost.id).limit(1)) is not None


def due(db: Session, hour: Hour, most: int) -> Sequence[tuple[GroupPost, Notice, Group]]:
    """Rows that are to be said or given up now, locked, each with its notice and its group."""
    locked = _due(hour).order_by(GroupPost.id).limit(most).with_for_update(of=GroupPost, skip_locked=True)
    rows = db.execute(locked.execution_options(populate_existing=True))
    return [(post, notice, group) for post, notice, group in rows]


def is_any_to_hear(db: Session, hour: Hour) -> bool:
    """Whether any group was told of a notice that was cancelled since."""
    return db.scalar(_to_hear(hour).with_only_columns(GroupPost.id).limit(1)) is not None


def to_hear_it_is_cancelled(db: Session, hour: Hour, most: int) -> Sequence[tuple[GroupPost, Notice, Group]]:
    """Groups that have not heard that, locked as above."""
    locked = _to_hear(hour).order_by(GroupPost.id).limit(most).with_for_update(of=GroupPost, skip_locked=True)
    rows = db.execute(locked.execution_options(populate_existing=True))
    return [(post, notice, group) for post, notice, group in rows]


def _to_hear(hour: Hour) -> Select[GroupPost, Notice, Group]:
    """At night, and while they want silence, groups wait; after a day nobody needs to hear it any more."""
    open_now = and_(*(or_(until.is_(None), until <= hour.now) for until in (Group.muted_until, Group.hushed_until)))
    loud = Notice.kind == NoticeKind.EMERGENCY
    told = GroupPost.state == OWED, or_(GroupPost.reason.is_(None), GroupPost.reason == BY_WORKER)
    lately = Notice.cancelled_at > literal(hour.now - LATEST, UtcTime())
    return (
        select(GroupPost, Notice, Group)
        .join(Notice, Notice.id == GroupPost.notice_id)
        .join(Group, Group.id == GroupPost.group_id)
        .where(Notice.state == NoticeState.CANCELLED, lately, *told, loud if hour.quiet else or_(loud, open_now))
    )


def _due(hour: Hour) -> Select[GroupPost, Notice, Group]:
    began = func.coalesce(Notice.hold_until, Notice.confirmed_at)
    waited = began <= literal(hour.now - LATEST, UtcTime())
    open_now = and_(*(or_(until.is_(None), until <= hour.now) for until in (Group.muted_until, Group.hushed_until)))
    done = and_(Notice.state == NoticeState.DONE, Notice.paused_at.is_(None))
    done = and_(done, Notice.kind == NoticeKind.EMERGENCY) if hour.quiet else done
    say = and_(or_(may_go(hour), done), or_(open_now, Notice.kind == NoticeKind.EMERGENCY, waited))
    give_up = or_(Notice.state == NoticeState.CANCELLED, is_over(hour))
    return (
        select(GroupPost, Notice, Group)
        .join(Notice, Notice.id == GroupPost.notice_id)
        .join(Group, Group.id == GroupPost.group_id)
        .where(GroupPost.state == WAITING, or_(say, give_up))
    )


# --- a word in the group


def answered(db: Session, group_id: int, quoted: str) -> GroupPost | None:
    """The notice whose line in this group was quoted."""
    name = db.scalar(
        select(Outbox.name).where(Outbox.platform_id == quoted, Outbox.group_id == group_id).order_by(Outbox.id.desc())
    )
    posts = select(GroupPost).where(GroupPost.group_id == group_id, GroupPost.state == OWED)
    said = (name or "").partition(">")[0]
    return next((post for post in db.scalars(posts.order_by(GroupPost.id.desc())) if name_of(post) == said), None)


def newest(db: Session, group_id: int, since: datetime) -> GroupPost | None:
    """The notice that was last said in this group, if that was not before ``since``."""
    said = select(GroupPost).where(GroupPost.group_id == group_id, GroupPost.state == OWED, GroupPost.at >= since)
    return db.scalars(said.order_by(GroupPost.at.desc(), GroupPost.id.desc()).limit(1)).first()


# --- who read it there


@dataclass(frozen=True, slots=True)
class GroupRead:
    """A group and the people who read a notice there without being bound to a front door.

    Of those some say where they live: ``doors`` counts the front doors they named (自报), which nobody has checked.
    """

    group_id: int | None  # None: on the page that is no group's
    name: str
    state: str
    reason: str | None
    seen: int
    confirmed: int
    doors: int


def people(db: Session, notice_id: int) -> list[GroupRead]:
    """Each group that a notice is said in, and its readers without a door."""
    counts = {
        row[0]: row[1:]
        for row in db.execute(
            select(
                NoticeReader.group_id,
                func.count(),
                func.count(NoticeReader.confirmed_at),
                func.count(func.distinct(NoticeReader.household_id)),
            )
            .where(NoticeReader.notice_id == notice_id)
            .group_by(NoticeReader.group_id)
        )
    }
    posts = select(GroupPost.group_id, Group.name, GroupPost.state, GroupPost.reason).join(Group)
    rows = db.execute(posts.where(GroupPost.notice_id == notice_id).order_by(GroupPost.group_id))
    nowhere = [GroupRead(None, "", OWED, None, *counts[None])] if None in counts else []
    return [GroupRead(*row, *counts.get(row.group_id, (0, 0, 0))) for row in rows] + nowhere


def said_to_be_read(db: Session, notice_id: int) -> frozenset[int]:
    """Front doors of which somebody said in a group that they live there and read it (自报)."""
    named = select(NoticeReader.household_id).where(NoticeReader.notice_id == notice_id)
    return frozenset(number for number in db.scalars(named) if number is not None)
