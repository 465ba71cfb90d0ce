"""Not sure enough to open, by itself or among other talk: the sender is asked in private, once.

Without an answer it opens nothing, unless something else speaks for it: a photo by the same person beside the words, a
second household that says the same, staff who answer that they will see to it, or, told to the bot alone, where it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.groups import reviewers
from handlers.matter import belonging, burst, locating, open_here
from handlers.matter.taking import open_parts
from handlers.message import Incoming, Kind, Member, Replies, Reply
from handlers.permissions import Who
from handlers.rosters import on_duty
from handlers.rules import sameness, yes_or_no
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.likeness import SPREADS, Known, Said
from handlers.ticket import case
from handlers.wording import offered
from handlers.wording import report as wording
from nlp.hunch import guess
from nlp.normalise import fold, normalise
from nlp.reading import Part, Reading, ReadingContext, read
from storage import directory
from storage.deployment import Question
from storage.facts import FactKind
from storage.inbox import Inbox
from storage.people import Account, Group, Staff
from storage.tickets import Ticket

ASK_WITHIN = timedelta(minutes=10)
LATE = timedelta(hours=2)  # in private somebody may read the question later, and say yes
ASK_ALONE = timedelta(minutes=30)  # to the bot alone nobody else answers in between
LONGEST = 200  # characters of what is passed on
ASKED_LATELY = 30  # open questions that are looked at


def offer(incoming: Incoming, ctx: Context) -> Replies:
    """What nobody can be sure of: asks the sender, once, and opens nothing without an answer.

    In private, where a door leads to them; else by one short line in the group that repeats nothing.
    """
    alone = ctx.group is None
    in_private = alone or ctx.who.account.door in ctx.doors
    address = f"a:{ctx.who.account.id}" if in_private else ctx.address
    within = ASK_ALONE if alone else ASK_WITHIN
    case.ask(
        ctx,
        ctx.who.account.id,
        address,
        "report",
        ticket=None,
        until=ctx.now + (LATE if in_private else within),
        data={"inbox": ctx.inbox.id},
    )
    # However short talk is kept: until the answer. The question quotes it, and is forgotten with it.
    ctx.inbox.forget_at = max(ctx.inbox.forget_at or ctx.now, ctx.now + within)
    burst.expect_words(ctx)
    grave = ctx.reading.doubtful or _is_grave(_words(ctx, ctx.inbox)[1])
    first = wording.FIRST if grave else ""
    warned = _warn(ctx, incoming)
    if not in_private:
        return [Reply(first + wording.REALLY_REPORT_HERE), *warned]
    really = wording.REALLY_REPORT_ALONE if alone else wording.REALLY_REPORT
    return [Reply(first + really.format(said=_short(incoming.text)), to=case.sender(ctx)), *warned]


def _warn(ctx: Context, incoming: Incoming) -> list[Reply]:
    """What may be danger is told to whoever is on duty at once, by message: no bell rings for a doubt."""
    if not (ctx.reading.doubtful or _is_grave(ctx.reading)):
        return []
    said = incoming.text[:LONGEST]
    if ctx.group is not None:
        text = wording.MAYBE_DANGER.format(group=ctx.group.name, said=said)
        people = reviewers.on_duty(ctx.db, ctx.group)
    else:
        text = wording.MAYBE_DANGER_ALONE.format(said=said)
        people = _on_duty_for(ctx)
    return [
        Reply(text, to=Member(staff.id), name=f"doubt:{ctx.inbox.id}:{staff.id}", urgent=True, aloud=False)
        for staff in people
    ]


def _on_duty_for(ctx: Context) -> Sequence[Staff]:
    """Who is on duty where something told in private would be."""
    unit = directory.unit_of(ctx.db, locating.spot(ctx, ctx.reading.parts[0]).unit_id)
    people = on_duty.people_on_duty(ctx.db, unit, ctx.now) if unit is not None else []
    return people or on_duty.last_resort(ctx.db, ctx.now)


def _is_grave(reading: Reading) -> bool:
    return any(part.urgency == EMERGENCY for part in reading.parts)


def is_unsure(incoming: Incoming, ctx: Context) -> bool:
    """Whether this may be a report of its own. What was told to the bot alone is never passed over."""
    reading = ctx.reading
    if reading.band == "low" or not reading.parts or not belonging.has_words(incoming):
        return False
    if ctx.group is None:
        return True
    if ctx.who.is_staff:
        return False
    if _is_grave(reading) or reading.doubtful:
        return True
    if belonging.said_of(incoming, ctx, reading.parts[0]).aside:
        return False
    talked_about = burst.recent_ticket(ctx, ctx.policy.additions) or belonging.emergency_here(ctx)
    return reading.band == "high" or talked_about is None


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"


def calmly(ctx: Context, original: Inbox) -> str | None:
    """What was asked about, in so many words as fit; None where it may be danger, and nobody should ask twice."""
    words, reading = _words(ctx, original)
    return None if reading.doubtful or _is_grave(reading) else _short(words)


def beside(incoming: Incoming, ctx: Context, opened: Replies) -> Replies:
    """天天晚上十点以后, behind the yes: whoever works on it reads that, too."""
    ticket = next((ctx.db.get_one(Ticket, one.ticket_id) for one in opened if one.ticket_id is not None), None)
    if ticket is None:
        return []
    if incoming.kind in burst.PHOTOLIKE and incoming.media:
        return burst.add_media(incoming, ctx, ticket)
    case.belongs(ctx, ticket)
    if len(yes_or_no.beside(fold(ctx.words), belonging.places(ctx))) <= offered.TELLS:
        return []
    data = {"kind": incoming.kind, "because": "told_on"}
    fact = case.record(ctx, ticket, FactKind.ADDED, body=ctx.keep(incoming.text), said_here=True, data=data)
    return list(case.tell_workers(ctx, ticket, fact, wording.ADDED_STAFF, incoming.text))


def open_then(
    incoming: Incoming,
    ctx: Context,
    original: Inbox,
    apart: Collection[int] = (),
    known: str | None = None,
    place: tuple[str, ...] = (),
) -> Replies:
    """Opens what was said earlier, by whoever said it, with the words, the place and the moment of then. ``known``: the
    category of what it already belongs to, beside which something else was asked about. ``place``: said since."""
    words, reading = _words(ctx, original)
    if not reading.parts:
        return [Reply(wording.NOT_REPORTED)]
    group = ctx.db.get(Group, original.group_id) if original.group_id is not None else None
    account = ctx.db.get_one(Account, original.sender_id)
    who = ctx.who if account.id == ctx.who.account.id else Who(account)
    then = replace(ctx, inbox=original, group=group, reading=reading, words=normalise(words), who=who)
    said = replace(incoming, text=words, kind=Kind.TEXT, media=None, quoted=None, shown_name=name_of(ctx, account))
    parts = [part for part in reading.parts if part.category != known] or list(reading.parts)
    told = [replace(part, place=part.place or place, urgency=_soon(reading, part)) for part in parts]
    return open_parts(said, then, told, apart=apart)


def _soon(reading: Reading, part: Part) -> str:
    """Whoever says yes to what may be danger is not left to wait for days."""
    return "urgent" if reading.doubtful and part.urgency != EMERGENCY else part.urgency


def tells(ctx: Context, original: Inbox) -> bool:
    """Whether a message that is remembered tells of a problem, read as meant for the bot."""
    return original.text is not None and bool(_words(ctx, original)[1].parts)


def name_of(ctx: Context, account: Account) -> str:
    return ctx.vault.open(account.shown_name, "accounts.shown_name", account.ref) if account.shown_name else ""


def _words(ctx: Context, original: Inbox) -> tuple[str, Reading]:
    words = ctx.vault.open(original.text or "", "inbox.text", original.ref) if original.text else ""
    group = ctx.db.get(Group, original.group_id) if original.group_id is not None else None
    place = (group.place if group is not None else None) or ""
    reading = read(words, ReadingContext(group_place=place, addressed=True))
    half = guess(words) if not reading.parts or reading.doubtful else None
    if half is not None and (not reading.parts or half.reading.urgency == EMERGENCY):
        return words, half.reading
    return words, reading


def pending(ctx: Context) -> list[tuple[Question, Inbox]]:
    """What was asked about lately in this group and is still without an answer, newest first."""
    since = Question.asked_at > ctx.now - (ASK_ALONE if ctx.group is None else ASK_WITHIN)
    query = select(Question).where(Question.kind == "report", Question.expires_at > ctx.now, since)
    found = []
    for question in ctx.db.scalars(query.order_by(Question.asked_at.desc()).limit(ASKED_LATELY)):
        original = ctx.db.get(Inbox, question.data["inbox"])
        here = original is not None and (original.group_id == ctx.inbox.group_id or _is_mine_elsewhere(ctx, original))
        if original is not None and here and _stands(original):
            found.append((question, original))
    return found


def _is_mine_elsewhere(ctx: Context, original: Inbox) -> bool:
    """In private somebody may send the photo of what they said in a group."""
    return ctx.group is None and original.sender_id in ctx.mine and not ctx.reading.parts


def is_pending(ctx: Context, row: Inbox) -> bool:
    """Whether somebody was asked about this very message."""
    return any(original.id == row.id and original.sender_id not in ctx.mine for _, original in pending(ctx))


def _stands(original: Inbox) -> bool:
    return original.text is not None and original.ticket_id is None and original.recalled_at is None


def pictured(ctx: Context, incoming: Incoming) -> Replies | None:
    """Half a sentence with a photo is a report: the photo comes right behind the words that were asked about."""
    return _opened_for_asker(incoming, ctx) if incoming.kind is Kind.IMAGE else None


def placed(incoming: Incoming, ctx: Context) -> Replies:
    """To the bot alone: 三号楼门口, right behind what was asked about, is said by somebody who means it."""
    if ctx.group is not None or ctx.reading.band == "high" or not belonging.places(ctx):
        return []
    return _opened_for_asker(incoming, ctx) or []


def _opened_for_asker(incoming: Incoming, ctx: Context) -> Replies | None:
    since = ctx.inbox.said_at - ctx.policy.burst
    for question, original in pending(ctx):
        if original.sender_id in ctx.mine and original.said_at >= since:
            ctx.db.delete(question)
            opened = open_then(incoming, ctx, original)
            return opened if original.group_id == ctx.inbox.group_id else [*opened, *beside(incoming, ctx, opened)]
    return None


def settle(ctx: Context) -> None:
    """To the bot alone something was told plainly after what was asked about: 好 is thanks now, and opens nothing."""
    question = case.asked(ctx, "report") if ctx.group is None else None
    if question is not None:
        ctx.db.delete(question)


def second_voice(incoming: Incoming, ctx: Context, part: Part | None, found: belonging.Match | None) -> Replies:
    """Another household says the same, or quotes it and asks who is in charge: then it is opened for the first.

    Agreement means what was said last: not the ticket ``found`` when something unsure was said after it.
    """
    if found is not None and found.verdict.why is not sameness.Why.AGREED:
        return []
    if ctx.group is None or ctx.who.is_staff or (part is not None and part.urgency == EMERGENCY):
        return []
    said = belonging.said_of(incoming, ctx, part)
    for question, original in pending(ctx):
        later = found is None or ctx.inbox.said_at - original.said_at < found.quiet
        if later and original.sender_id not in ctx.mine and _says_the_same(incoming, ctx, said, original):
            ctx.db.delete(question)
            return open_then(incoming, ctx, original)
    return []


def _says_the_same(incoming: Incoming, ctx: Context, said: Said, original: Inbox) -> bool:
    words, reading = _words(ctx, original)
    if not reading.parts:
        return False
    first = reading.parts[0]
    known = Known(
        category=first.category,
        urgency=first.urgency,
        places=first.place,
        quiet=max(ctx.inbox.said_at - original.said_at, timedelta()),
        shared=open_here.in_common(fold(ctx.words), fold(words)),
        quoted=incoming.quoted == original.key,
    )
    verdict = sameness.judge(said, known)
    if verdict is None or not verdict.affected:
        return False
    plain = verdict.why in (sameness.Why.AGREED, sameness.Why.QUOTED)
    if said.sure and said.category != first.category and not plain:
        return False  # it is a report by itself, of something else
    return plain or said.first_hand or first.category in SPREADS
