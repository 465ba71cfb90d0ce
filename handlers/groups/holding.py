"""What the bot would open, where it does not open by itself: remembered as a candidate, with what is said of it later.

Words are masked before they are kept, and kept 72 hours at most. The message itself stays as long as somebody may still
confirm it; nothing is said in the group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from handlers.context import Context
from handlers.groups import learning
from handlers.matter import belonging, burst, open_here
from handlers.matter.belonging import Match
from handlers.message import Incoming
from handlers.permissions import ChatKind
from handlers.rules import deadlines, sameness, weighing, whereabouts
from handlers.rules.deadlines import EMERGENCY, Policy
from handlers.rules.likeness import Known, Said
from handlers.rules.privacy import discreet_place, faceless
from handlers.rules.sameness import Verdict
from nlp.normalise import fold
from nlp.places import find
from nlp.reading import Part
from storage import candidates, tickets
from storage.base import JsonObject, new_ref
from storage.candidates import KEPT, REVIEW, SHADOW
from storage.inbox import Inbox
from storage.inserts import insert_all
from storage.listening import Candidate
from storage.timers import Timer
from storage.vault import Vault

LATELY = 8  # candidates of a group that are looked at
APART = "apart"  # a candidate's reading says so: of its message only what tells on nobody is meant
REMIND, LAPSE = "candidate:remind", "candidate:lapse"  # timers


@dataclass(frozen=True, slots=True)
class Held:
    """The candidate that a message belongs to."""

    candidate: Candidate
    verdict: Verdict
    mine: bool
    quiet: timedelta


def reviews(incoming: Incoming, ctx: Context) -> bool:
    """Whether a person confirms what is heard here; never what was said to the bot: a person asked for it."""
    here = ctx.chat_kind is ChatKind.RESIDENTS_GROUP and ctx.group is not None and ctx.group.mode == REVIEW
    return here and not incoming.addressed


def holds(incoming: Incoming, ctx: Context, parts: Sequence[Part]) -> bool:
    """Whether these problems wait for a person. Danger never does; nor what is confidential: nothing of it is said in
    the group anyhow, and whoever confirms may be who it is about."""
    if not reviews(incoming, ctx) or any(part.urgency == EMERGENCY for part in parts):
        return False
    return not is_confidential(ctx)


def is_confidential(ctx: Context) -> bool:
    """Tip-offs and trouble at home: nobody reads them on a card or a list before they are a confidential ticket."""
    return ctx.reading.kind in belonging.CONFIDENTIAL or belonging.is_private_trouble(ctx)


def is_meant(incoming: Incoming, ctx: Context, parts: Sequence[Part]) -> bool:
    """High opens where enough speaks for a trouble of its own, an emergency where it is not plainly talk about what was
    told; what was said to the bot opens where it is plainly told of here and now."""
    said = belonging.said_of(incoming, ctx, _gravest(parts))
    if incoming.addressed:
        return weighing.is_plain(said, _told(incoming, ctx)) or is_confidential(ctx) or burst.photo_waits(ctx)
    if ctx.reading.band == "middle" and said.urgency != EMERGENCY:
        return not said.aside and burst.photo_waits(ctx)
    if is_confidential(ctx):
        return True  # a ticket that few may read gives less away than a question
    if said.story:
        return False
    return weighing.opens(said, _told(incoming, ctx))


def is_worth_asking(incoming: Incoming, ctx: Context, parts: Sequence[Part]) -> bool:
    """Whether what does not open by itself may be a trouble of its own all the same; danger is never passed over."""
    said = belonging.said_of(incoming, ctx, _gravest(parts))
    if incoming.addressed or said.story or said.doubtful or said.urgency == EMERGENCY:
        return True
    return weighing.stands(said, _told(incoming, ctx)) >= weighing.ASKS


def _gravest(parts: Sequence[Part]) -> Part:
    return next((part for part in parts if part.urgency == EMERGENCY), parts[0])


def _told(incoming: Incoming, ctx: Context) -> list[Known]:
    """What this chat was told of, whether or not anything was opened."""
    text = fold(ctx.words)
    waiting = [_known(incoming, ctx, candidate, text) for candidate in _lately(ctx)]
    return [*belonging.told_lately(incoming, ctx), *waiting]


# --- remembering


def remember(incoming: Incoming, ctx: Context, parts: Sequence[Part], more: JsonObject) -> Candidate:
    """A new candidate of the group's mode. ``more`` is kept with its reading; it holds nobody's words."""
    assert ctx.group is not None
    with_words = "words" in more and not is_confidential(ctx)
    first, ref = parts[0], new_ref()
    reading: JsonObject = {
        "category": first.category,
        "urgency": first.urgency,
        "kind": ctx.reading.kind or "fault",
        "confidence": round(ctx.reading.confidence, 3),
        "band": ctx.reading.band,
        **{key: value for key, value in more.items() if key != "words"},
    }
    if with_words:
        reading |= {"because": list(ctx.reading.because), "place": masked_places(first.place)}
    words = masked(ctx, incoming.text) if with_words else ""
    row = Candidate(
        ref=ref,
        number=tickets.draw_number(ctx.db, ctx.now),
        group_id=ctx.group.id,
        inbox_id=ctx.inbox.id,
        mode=ctx.group.mode,
        words=ctx.vault.seal(words, "candidates.words", ref) if with_words else None,
        reading=reading,
        state="waiting",
        heard_at=ctx.now,
        until=ctx.now + KEPT,
    )
    ctx.db.add(row)
    ctx.db.flush()
    return row


def masked(ctx: Context, words: str) -> str:
    """Words as a list may hold them: no number, plate, room or name that leads to a person."""
    return faceless(learning.masked(ctx, words, ctx.who.account.id))


def masked_places(place: Sequence[str]) -> list[str]:
    """Places down to the building and entrance, never a door."""
    return [discreet_place(word) for word in place if "room" not in whereabouts.levels([word])]


def words_of(vault: Vault, candidate: Candidate) -> str:
    """The masked words; empty where none are kept."""
    return vault.open(candidate.words, "candidates.words", candidate.ref) if candidate.words else ""


def arm(db: Session, candidate: Candidate, now: datetime, policy: Policy) -> datetime:
    """One reminder, then it lapses. Returns when: within the time that words are kept."""
    remind = deadlines.after_hours_of_day(now, policy.review, policy)
    lapse = min(deadlines.after_hours_of_day(remind, policy.review, policy), candidate.until)
    rows = [
        {"name": f"candidate:{candidate.number}:{kind.partition(':')[2]}", "kind": kind, "due_at": due}
        for kind, due in ((REMIND, remind), (LAPSE, lapse))
    ]
    insert_all(db, Timer, [{**row, "data": {"candidate": candidate.id}} for row in rows])
    return lapse


def keep(rows: Sequence[Inbox], until: datetime) -> None:
    """What may still become a ticket is not forgotten before."""
    for row in rows:
        if row.forget_at is not None:
            row.forget_at = max(row.forget_at, until)


def let_go(db: Session, candidate: Candidate, at: datetime) -> None:
    """What becomes no ticket is talk again, and goes with the next purge after ``at``."""
    ids = [candidate.inbox_id, *attached(candidate)]
    for row in db.scalars(select(Inbox).where(Inbox.id.in_(ids), Inbox.ticket_id.is_(None))):
        if row.forget_at is not None:
            row.forget_at = min(row.forget_at, at)


# --- what is said of it later


def attached(candidate: Candidate) -> list[int]:
    """The messages that were said of it since, by id."""
    return [int(number) for number in candidate.reading.get("with", ())]


def attach(ctx: Context, held: Held) -> None:
    """The message goes with the candidate: heard again if it is opened, forgotten with it if not."""
    go_with(ctx, held.candidate, voice=not held.mine and held.verdict.affected)


def go_with(ctx: Context, candidate: Candidate, *, voice: bool = False) -> None:
    """The same; ``voice``: another household speaks. Raises StaleDataError, by which the message is handled anew, where
    it was decided in this very moment."""
    row = ctx.db.get_one(Candidate, candidate.id, with_for_update=True, populate_existing=True)
    if row.state != "waiting":
        raise StaleDataError("decided while something was said of it")
    reading = {**row.reading, "with": [*attached(row), ctx.inbox.id]}
    if voice:
        known = set(row.reading.get("voices", ()))
        reading["voices"] = sorted(known | {ctx.who.account.id})
        reading["households"] = 1 + len(reading["voices"])
    row.reading = reading
    if row.mode == REVIEW:
        until = ctx.db.scalar(select(Timer.due_at).where(Timer.name == f"candidate:{row.number}:lapse"))
        keep([ctx.inbox], until or row.until)
    burst.expect_words(ctx)
    ctx.db.flush()


def match(incoming: Incoming, ctx: Context, part: Part | None, found: Match | None = None) -> Held | None:
    """The waiting candidate that the message, or one problem of it, belongs to rather than to the ticket ``found``."""
    if ctx.group is None or ctx.who.is_staff or ctx.group.mode not in (REVIEW, SHADOW):
        return None
    said = belonging.said_of(incoming, ctx, part)
    text = fold(part.text if part is not None and len(ctx.reading.parts) > 1 else ctx.words)
    rated = [(held.verdict.rank, -held.quiet.total_seconds(), held) for held in _held(incoming, ctx, said, text)]
    if not rated:
        return None
    best = max(rated, key=lambda one: one[:2])[2]
    if found is None or best.verdict.rank > found.verdict.rank:
        return best
    return best if best.verdict.rank == found.verdict.rank and best.quiet < found.quiet else None


def _held(incoming: Incoming, ctx: Context, said: Said, text: str) -> Iterator[Held]:
    for candidate in _lately(ctx):
        known = _known(incoming, ctx, candidate, text)
        verdict = weighing.judge(said, known)
        if verdict is not None and (known.mine or not is_confidential(ctx)):
            yield Held(candidate, verdict, known.mine, known.quiet)


def _lately(ctx: Context) -> Sequence[Candidate]:
    """The newest that still wait, newest first."""
    if ctx.group is None or ctx.group.mode not in (REVIEW, SHADOW):
        return []
    since = ctx.now - sameness.HOURS * 6
    return candidates.waiting(ctx.db, [ctx.group.id], ctx.group.mode, since)[::-1][:LATELY]


def _known(incoming: Incoming, ctx: Context, candidate: Candidate, text: str) -> Known:
    """A candidate as the rules of sameness want it: as if it were a ticket."""
    rows = ctx.db.scalars(select(Inbox).where(Inbox.id.in_([candidate.inbox_id, *attached(candidate)]))).all()
    original = next(row for row in rows if row.id == candidate.inbox_id)
    own = [row.said_at for row in rows if row.sender_id in ctx.mine]
    words = told(ctx, candidate, original)
    return Known(
        category=str(candidate.reading["category"]),
        urgency=str(candidate.reading["urgency"]),
        places=tuple(span.text for span in find(fold(words))),
        quiet=_since(ctx, max(row.said_at for row in rows)),
        since=_since(ctx, original.said_at),
        mine=original.sender_id in ctx.mine,
        joined=ctx.who.account.id in candidate.reading.get("voices", ()),
        own_quiet=_since(ctx, max(own)) if own else None,
        shared=open_here.in_common(text, fold(words)),
        quoted=incoming.quoted is not None and any(row.key == incoming.quoted for row in rows),
    )


def told(ctx: Context, candidate: Candidate, original: Inbox) -> str:
    """The words that it waits by: its own, where a tip-off stands beside them."""
    if APART in candidate.reading:
        return words_of(ctx.vault, candidate)
    return ctx.vault.open(original.text, "inbox.text", original.ref) if original.text else ""


def is_held(ctx: Context, row: Inbox) -> bool:
    """Whether a message waits for a person here."""
    return any(row.id in (held.inbox_id, *attached(held)) for held in _lately(ctx))


def _since(ctx: Context, moment: datetime) -> timedelta:
    return max(ctx.inbox.said_at - moment, timedelta())


def mine_lately(ctx: Context, within: timedelta) -> Candidate | None:
    """What this person told last in this group and nobody decided yet, if they spoke of it within the time."""
    for row in _lately(ctx):
        said = select(Inbox.id).where(
            Inbox.id.in_([row.inbox_id, *attached(row)]),
            Inbox.sender_id.in_(ctx.mine),
            Inbox.said_at >= ctx.inbox.said_at - within,
        )
        if ctx.db.scalar(said.limit(1)) is not None:
            return row
    return None
