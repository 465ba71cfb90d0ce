"""停水到几点, 什么时候来电, 我家停电了: said by a household while an outage lasts that was announced. They hear it in
the words of the announcement, in a group once an hour, and no ticket is opened. Whoever waits longer than was said, or
lives in another building, reports that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from handlers.context import Context
from handlers.groups import chiming
from handlers.matter import belonging
from handlers.message import Incoming, Replies, Reply
from handlers.rosters import turning_to
from handlers.rules import spoken_times, whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.subjects import subjects_of
from handlers.wording import announced as wording
from handlers.wording import joining
from handlers.wording.times import when
from nlp.normalise import fold
from nlp.places import find
from storage import announcements, notice_ledger
from storage.candidates import DIRECT
from storage.people import Building, Household, Resident

LATELY = timedelta(days=2)  # how long before an announcement may have been made
HEAD, SENTENCES = re.compile(wording.HEAD), re.compile(wording.SENTENCES)


class Announced(NamedTuple):
    """What was announced: when, in which words, and until when it holds, as far as they say."""

    at: datetime
    words: str
    since: datetime
    until: datetime | None

    @property
    def places(self) -> list[str]:
        """The places that it names."""
        return [span.text for span in find(fold(self.words))]


def may_ask(text: str) -> bool:
    """Whether a folded text may ask about an outage."""
    return len(text) <= wording.LONGEST and belonging.says(wording.ASKS, text)


def asked(incoming: Incoming, ctx: Context) -> Replies | None:
    """None where nothing of the kind was announced: then it is talk, a question, or perhaps a report."""
    text = fold(ctx.words)
    if ctx.who.is_staff or not belonging.has_words(incoming):
        return None
    asks = may_ask(text)
    if not asks and not _tells_of_it(incoming, ctx, text):
        return _nodded(incoming, ctx, text)
    things = _things(text)
    if _tells_more(ctx, things) or not (things or belonging.says(wording.OF_ANY, text)):
        return None
    found = next((one for one in _holding(ctx) if _is_of(one, things) and _is_here(ctx, one, asks=asks)), None)
    if found is None:
        return _nodded(incoming, ctx, text)
    if ctx.group is not None and not incoming.addressed and ctx.group.mode != DIRECT:
        return []
    said = wording.SAID.format(when=when(found.at, ctx.now), words=_outline(found))
    said += "" if asks else f"\n{wording.SOMETHING_ELSE}"
    hourly = f"announced:{ctx.address}:{found.at.timestamp():.0f}:{ctx.now:%Y%m%d%H}"
    return [Reply(said, name=None if incoming.addressed else hourly, as_written=True)]


def _things(text: str) -> set[str]:
    return {name for name, pattern in wording.THINGS if belonging.says(pattern, text)}


def _nodded(incoming: Incoming, ctx: Context, text: str) -> Replies | None:
    """我家也是, behind a neighbour's 3号楼停电了 that was answered like this: it opens as little as that."""
    if ctx.group is None or not (belonging.says(joining.ME_TOO, text) or belonging.says(joining.AGREES, text)):
        return None
    part = next(iter(ctx.reading.parts), None)
    chime = chiming.heard(incoming, ctx, part)
    if chime is None or not chime.agrees or chime.line.row.ticket_id is not None:
        return None
    told = fold(chime.line.words)
    if not belonging.says(wording.IS_OFF, told) or belonging.says(wording.ALONE, f"{told} {text}"):
        return None
    places, things = [span.text for span in find(told)], _things(told)
    known = any(_is_of(one, things) and whereabouts.conflict(places, one.places) is None for one in _holding(ctx))
    return [] if known and belonging.match(incoming, ctx, part) is None else None


def _tells_of_it(incoming: Incoming, ctx: Context, text: str) -> bool:
    """我家停电了: that something is off, and no more; what is open already it belongs to."""
    if len(text) > wording.LONGEST or not belonging.says(wording.IS_OFF, text) or belonging.says(wording.ALONE, text):
        return False
    if len(ctx.reading.parts) != 1:
        return False
    known = belonging.match(incoming, ctx, ctx.reading.parts[0])
    return known is None or whereabouts.conflict(belonging.places(ctx), known.ticket.place) is not None


def _is_here(ctx: Context, one: Announced, *, asks: bool) -> bool:
    """Whether it was announced for where they speak of; whoever does not ask speaks of what has begun, at home."""
    spoken = belonging.places(ctx) or _home(ctx)
    known = asks or bool(spoken) or "building" not in whereabouts.levels(one.places)
    return known and whereabouts.conflict(spoken, one.places) is None and (asks or one.since <= ctx.now)


def _home(ctx: Context) -> tuple[str, ...]:
    """The building they live in, where it is known."""
    resident_id = ctx.who.account.resident_id
    if resident_id is None:
        return ()
    home = select(Building.name).join(Household, Household.building_id == Building.id)
    names = ctx.db.scalars(home.join(Resident, Resident.household_id == Household.id).where(Resident.id == resident_id))
    return tuple(names)


def _tells_more(ctx: Context, things: set[str]) -> bool:
    """Whether it tells of danger, or of something else than what may be announced."""
    of = "building" if "lift" in things else "utilities"
    return any(part.urgency == EMERGENCY or part.category != of for part in ctx.reading.parts)


def _is_of(one: Announced, things: set[str]) -> bool:
    told = subjects_of(fold(one.words))
    return bool(told & things) if things else bool(told)


def _holding(ctx: Context) -> Iterator[Announced]:
    """What was announced here and is not over, the newest first."""
    found = sorted(_all(ctx), key=lambda one: one.at, reverse=True)
    return (one for one in found if one.until is not None and one.until >= ctx.now)


def _all(ctx: Context) -> Iterator[Announced]:
    since = ctx.now - LATELY
    group_ids = [ctx.group.id] if ctx.group is not None else announcements.groups_of(ctx.db, turning_to.home(ctx))
    household_of = ctx.who.account.resident_id if ctx.group is None else None
    for notice in announcements.notices(ctx.db, group_ids, household_of, since):
        words = notice_ledger.text_of(ctx.vault, notice)
        at = notice.confirmed_at or notice.created_at
        since, until = _span(words, at)
        yield Announced(at, words, since, notice.valid_until or until)
    for row in announcements.by_staff(ctx.db, group_ids, since):
        words = ctx.vault.open(row.text, "inbox.text", row.ref) if row.text else ""
        yield Announced(row.said_at, words, *_span(words, row.said_at))


def _span(words: str, at: datetime) -> tuple[datetime, datetime | None]:
    """今天9点到17点, 预计下午3点来水: since when, and the last moment that is said."""
    found = spoken_times.find(words, at)
    if found is None:
        return at, None
    return (found.start, found.end) if found.end is not None else (at, found.start)


def _outline(one: Announced) -> str:
    """The sentence that says until when."""
    sentences = [part for part in map(str.strip, SENTENCES.split(HEAD.sub("", one.words))) if part]
    told = next((part for part in sentences if spoken_times.find(part, one.at) is not None), one.words)
    flat = " ".join(told.split())
    return flat if len(flat) <= wording.ROOM else flat[: wording.ROOM] + wording.MORE
