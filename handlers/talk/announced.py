"""停水到几点, 什么时候来电: asked by a household while an outage lasts that was announced. They hear it in the words of
the announcement, in a group once an hour, and no ticket is opened. Whoever waits longer than was said reports that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from handlers.context import Context
from handlers.matter import belonging
from handlers.message import Incoming, Replies, Reply
from handlers.rosters import turning_to
from handlers.rules import spoken_times
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.subjects import subjects_of
from handlers.wording import announced as wording
from handlers.wording.times import when
from nlp.normalise import fold
from storage import announcements, notice_ledger
from storage.candidates import DIRECT

LATELY = timedelta(days=2)  # how long before an announcement may have been made
HEAD, SENTENCES = re.compile(wording.HEAD), re.compile(wording.SENTENCES)


class Announced(NamedTuple):
    """What was announced: when, in which words, and until when it holds, as far as they say."""

    at: datetime
    words: str
    until: datetime | None


def may_ask(text: str) -> bool:
    """Whether a folded text may ask about an outage."""
    return (
        len(text) <= wording.LONGEST and belonging.says(wording.ASKS, text) and not belonging.says(wording.LATE, text)
    )


def asked(incoming: Incoming, ctx: Context) -> Replies | None:
    """None where nothing of the kind was announced: then it is talk, a question, or perhaps a report."""
    text = fold(ctx.words)
    if ctx.who.is_staff or not belonging.has_words(incoming) or not may_ask(text):
        return None
    things = {name for name, pattern in wording.THINGS if belonging.says(pattern, text)}
    if _tells_more(ctx, things) or not (things or belonging.says(wording.OF_ANY, text)):
        return None
    found = next((one for one in _holding(ctx) if _is_of(one, things)), None)
    if found is None:
        return None
    if ctx.group is not None and not incoming.addressed and ctx.group.mode != DIRECT:
        return []
    said = wording.SAID.format(when=when(found.at, ctx.now), words=_outline(found))
    hourly = f"announced:{ctx.address}:{found.at.timestamp():.0f}:{ctx.now:%Y%m%d%H}"
    return [Reply(said, name=None if incoming.addressed else hourly, as_written=True)]


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
        yield Announced(at, words, notice.valid_until or _until(words, at))
    for row in announcements.by_staff(ctx.db, group_ids, since):
        words = ctx.vault.open(row.text, "inbox.text", row.ref) if row.text else ""
        yield Announced(row.said_at, words, _until(words, row.said_at))


def _until(words: str, at: datetime) -> datetime | None:
    """今天9点到17点, 预计下午3点来水: the last moment that is said."""
    found = spoken_times.find(words, at)
    return (found.end or found.start) if found is not None else None


def _outline(one: Announced) -> str:
    """The sentence that says until when."""
    sentences = [part for part in map(str.strip, SENTENCES.split(HEAD.sub("", one.words))) if part]
    told = next((part for part in sentences if spoken_times.find(part, one.at) is not None), one.words)
    flat = " ".join(told.split())
    return flat if len(flat) <= wording.ROOM else flat[: wording.ROOM] + wording.MORE
