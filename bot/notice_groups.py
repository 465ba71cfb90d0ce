"""A notice in the residents' groups: one line each, in small transactions; where nobody may speak, a grid worker is
asked to pass it on."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.notice_doors import hour_of
from bot.owe import Desk, owe
from bot.wiring import App
from handlers.message import InGroup, Reply
from handlers.notice import notice_aloud
from storage import notice_groups
from storage.candidates import SHADOW
from storage.notice_letting import Hour
from storage.notice_people import GroupPost
from storage.notices import Notice, NoticeKind, NoticeState
from storage.people import Group

AT_ONCE = 20  # groups of one transaction


@dataclass(frozen=True, slots=True)
class Said:
    """What becomes of one group: what is owed, and why it is not owed to the group itself."""

    state: str
    reason: str | None = None
    replies: tuple[Reply, ...] = ()


def say_due(app: App, until: float) -> int:
    """Says what groups are to be told, until the monotonic moment. Answers how many rows it settled."""
    done = 0
    while time.monotonic() < until and (settled := _step(app) + _step_back(app)):
        done += settled
    if done:
        app.bell.ring("replies")
    return done


def _step(app: App) -> int:
    with app.reading() as db:
        if not notice_groups.is_any_to_say(db, hour_of(app, db)):
            return 0
    with app.writing() as db:
        hour = hour_of(app, db)
        desk = Desk(db, app.vault, app.channels, hour.now, app.clock.wall(), app.doors_down())
        rows = notice_groups.due(db, hour, AT_ONCE)
        for post, notice, group in rows:
            said = _said(app, desk, hour, post, notice, group)
            owe(desk, said.replies, None)
            post.state, post.reason, post.at = said.state, said.reason, hour.now
        return len(rows)


def _step_back(app: App) -> int:
    """Groups that were told of a notice hear that it is cancelled."""
    with app.reading() as db:
        if not notice_groups.is_any_to_hear(db, hour_of(app, db)):
            return 0
    with app.writing() as db:
        hour = hour_of(app, db)
        desk = Desk(db, app.vault, app.channels, hour.now, app.clock.wall(), app.doors_down())
        rows = notice_groups.to_hear_it_is_cancelled(db, hour, AT_ONCE)
        for post, notice, group in rows:
            line = notice_aloud.cancelled_line(db, app.vault, notice)
            owe(desk, _aloud(desk, post, notice, group, line, ":cancelled"), None)
            post.reason = notice_groups.TAKEN_BACK
        return len(rows)


def _aloud(desk: Desk, post: GroupPost, notice: Notice, group: Group, line: str, mark: str = "") -> tuple[Reply, ...]:
    """A line in the group itself, or to whoever walks there; nothing where there is neither."""
    name = notice_groups.name_of(post) + mark
    able = desk.ladder.abilities(group.door)
    if able is not None and able.groups and post.reason != notice_groups.BY_WORKER:
        return (notice_aloud.in_group(notice, group, line, name),)
    return tuple(notice_aloud.by_worker(desk.db, notice, group, line, f"{name}:by"))


def _said(app: App, desk: Desk, hour: Hour, post: GroupPost, notice: Notice, group: Group) -> Said:
    why = _why_not(hour, notice, group)
    if why is not None:
        return Said(notice_groups.SKIPPED, why)
    try:
        address = f"{app.settings.public_url}/n/{notice_groups.link_of(app.vault, post)}"
    except KeyError:  # the key that made the link was taken away meanwhile
        return Said(notice_groups.SKIPPED, "no_key")
    line = notice_aloud.line(desk.db, app.vault, notice, address)
    told = _aloud(desk, post, notice, group, line)
    if not told:
        return Said(notice_groups.SKIPPED, "no_way")
    return Said(notice_groups.OWED, None if isinstance(told[0].to, InGroup) else notice_groups.BY_WORKER, told)


def _why_not(hour: Hour, notice: Notice, group: Group) -> str | None:
    """Why a group is told nothing: the notice is over, or the group is only listened to or wants silence for long."""
    if notice.state == NoticeState.CANCELLED:
        return "cancelled"
    if notice.valid_until is not None and notice.valid_until <= hour.now:
        return "expired"
    if group.mode == SHADOW:
        return "shadow"
    quiet = any(until is not None and until > hour.now for until in (group.muted_until, group.hushed_until))
    return "muted" if quiet and notice.kind != NoticeKind.EMERGENCY else None
