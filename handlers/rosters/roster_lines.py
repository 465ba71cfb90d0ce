"""How rosters and stretches of time are said to staff."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.orders import MENTION
from handlers.rules.deadlines import LOCAL
from handlers.wording import rosters as wording
from handlers.wording.commands import BLANKS
from handlers.wording.commands import COMMANDS as SAID
from handlers.wording.times import until, when
from storage import directory, rosters
from storage.people import Staff, Unit
from storage.presence import presence_of
from storage.rosters import Duty
from storage.vault import Vault

DAYS = timedelta(days=14)
LINES = 20


def said_behind(ctx: Context, command: str) -> str:
    """What was said behind the command's word, its digits with it: 12月1日 begins with no ticket's number."""
    text = MENTION.sub("", ctx.words.strip()).strip()
    for word in sorted(SAID[command].words, key=len, reverse=True):
        if text.startswith(word):
            return text[len(word) :].strip(BLANKS)
    return text


def span(start: datetime, end: datetime, now: datetime) -> str:
    """``今天 20:00–明天 08:00``; the second day is left out where it is the same."""
    (day, _), (last, ends) = when(start, now).split(" "), until(end, now).split(" ")
    return f"{when(start, now)}–{ends if day == last else until(end, now)}"


def away(start: datetime, end: datetime | None, now: datetime) -> str:
    """How long somebody is away: ``今天 09:00 到 明天 24:00``, or until they say that they are back."""
    begins = when(start, now)
    return (
        wording.UNTIL_BACK.format(start=begins)
        if end is None
        else wording.STRETCH.format(start=begins, end=until(end, now))
    )


def day(moment: datetime) -> str:
    """``3月2日``: as it can be said again any day."""
    local = moment.astimezone(LOCAL)
    return wording.DAY.format(month=local.month, day=local.day)


class At(Protocol):
    """Where rosters are looked at: a chat's context, or a page."""

    @property
    def db(self) -> Session: ...
    @property
    def now(self) -> datetime: ...
    @property
    def vault(self) -> Vault: ...


def shown(at: At, row: Duty) -> dict[str, str]:
    """The parts of a line."""
    return {
        "span": span(row.starts_at, row.ends_at, at.now),
        "part": wording.PARTS[row.part],
        "name": directory.name_of(at.vault, at.db.get(Staff, row.staff_id)),
    }


def line(at: At, row: Duty) -> str:
    """One line of a roster: when, what, who, and who comes instead."""
    now = wording.LIST_NOW if row.starts_at <= at.now < row.ends_at else ""
    text = wording.LIST_LINE.format(now=now, **shown(at, row))
    presence = presence_of(at.db, at.now)
    moment = max(row.starts_at, at.now)
    if presence.away(row.staff_id, moment) is None:
        return text
    other = presence.who_gets(row.staff_id, moment)
    name = directory.name_of(at.vault, at.db.get(Staff, other)) if other is not None else ""
    substitute = wording.LIST_SUBSTITUTE.format(name=name) if name else ""
    return text + wording.LIST_AWAY.format(substitute=substitute)


def listed(at: At, unit: Unit) -> str:
    """A unit's roster of the next two weeks."""
    rows = rosters.duties_between(at.db, [unit.id], at.now, at.now + DAYS)
    if not rows:
        return wording.LIST_NONE.format(unit=unit.name)
    return "\n".join([wording.LIST_HEAD.format(unit=unit.name), *(line(at, row) for row in rows[:LINES])])
