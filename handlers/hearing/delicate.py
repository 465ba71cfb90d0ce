"""What is handled with care. An alarm goes to people at once and in private; what accuses an official is not kept; a
petition, a fight of the owners' committee or a named person is told to the secretary, and opens nothing by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.hearing import report
from handlers.matter import belonging
from handlers.message import Incoming, Member, Replies, Reply
from handlers.permissions import ChatKind
from handlers.rosters import turning_to
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.privacy import nameless
from handlers.ticket import case, confiding
from handlers.wording import delicate as wording
from handlers.wording import help as help_wording
from handlers.wording import report as report_wording
from nlp.delicate import APART, OFFICIAL, QUARREL, Delicate, hear
from nlp.listed import beside_a_tipoff, in_one
from nlp.normalise import fold, tight
from nlp.reading import Part, Reading, ReadingContext, read
from storage.conflict import insert_new
from storage.deployment import Mark
from storage.inbox import Inbox

AGAIN_AFTER = timedelta(hours=6)  # one line to the secretary a topic and chat
ANGRY_WITHIN = timedelta(minutes=10)  # two angry words in this time are a quarrel
HUSH = timedelta(minutes=30)
LOOKED_AT = 40  # messages of the group
# What an alarm may be about besides the person: with fire or gas, with a knife. Whatever else was read is a misreading.
BESIDE = {"self_harm": {"fire_safety", "utilities"}, "home": {"security", "fire_safety"}, "child": {"security"}}
# A quarrel about these is no trouble of its own that somebody could mend.
NO_MATTER = frozenset({"property_service", "dispute", "other"})


def heard(incoming: Incoming, ctx: Context) -> Delicate | None:
    """What a message touches that wants care, if anything."""
    return hear(tight(fold(ctx.words))[0]) if belonging.has_words(incoming) else None


def concerns(incoming: Incoming) -> bool:
    """Whether talk that no model cares for touches any of this."""
    return hear(tight(fold(incoming.text))[0]) is not None


def with_care(incoming: Incoming, ctx: Context) -> Replies | None:
    """What goes before everything else that a message may mean."""
    steps = (alarm, official, of_own_people, apart)
    found = (step(incoming, ctx) for step in steps if belonging.has_words(incoming))
    return next((replies for replies in found if replies is not None), None)


def alarm(incoming: Incoming, ctx: Context) -> Replies | None:
    """A life in danger, blows at home, a child that is hurt: a confidential emergency, whatever the model thought."""
    found = heard(incoming, ctx)
    if found is None or not found.is_alarm or (ctx.who.is_staff and ctx.group is not None):
        return None
    replies = report.report(incoming, replace(ctx, reading=as_emergency(ctx, found)))
    return [_warmly(ctx, reply) for reply in replies or []]


def as_emergency(ctx: Context, found: Delicate) -> Reading:
    """The message as the emergency that it is, whatever the model thought."""
    fitting = (part for part in ctx.reading.parts if part.urgency == EMERGENCY and part.category in BESIDE[found.topic])
    part = next(fitting, None) or Part("welfare", EMERGENCY, belonging.places(ctx), ctx.words)
    return replace(
        ctx.reading,
        is_report=True,
        band="high",
        confidence=max(ctx.reading.confidence, 0.97),
        kind="fault",
        category=part.category,
        urgency=EMERGENCY,
        also=(),
        because=(found.why, *ctx.reading.because),
        cues=ctx.reading.cues - belonging.NEVER_PART,
        parts=(part,),
    )


def _warmly(ctx: Context, reply: Reply) -> Reply:
    """Somebody who goes on speaking of it is not told that an addition was noted."""
    added = report_wording.ADDED.partition("{")[0]
    cold = bool(added) and reply.text.startswith(added) and ctx.group is None
    return replace(reply, text=wording.STILL_HERE) if cold else reply


def official(incoming: Incoming, ctx: Context) -> Replies | None:
    """收钱的书记: forgotten at once, whoever says it where; the sender hears the right number in private."""
    found = heard(incoming, ctx)
    if found is None or found.topic != OFFICIAL:
        return None
    ctx.inbox.text, ctx.inbox.forget_at = None, ctx.now
    return [Reply(wording.OFFICIAL, to=case.sender(ctx))]


def of_own_people(incoming: Incoming, ctx: Context) -> Replies | None:
    """我要投诉小赵, of whoever works here: as confidential as 投诉网格员, and never on that very desk."""
    text = fold(ctx.words)
    told = not ctx.who.is_staff and (incoming.addressed or ctx.reading.band == "high")
    if not told or ctx.reading.urgency == EMERGENCY or not belonging.says(wording.COMPLAINS_OF, text):
        return None
    home = turning_to.home(ctx)
    if belonging.says(wording.ONLY_ASKS, text) or not confiding.whose_people(ctx, text, home.id if home else None):
        return None
    return report.report(incoming, replace(ctx, reading=as_tipoff(ctx)))


def as_tipoff(ctx: Context) -> Reading:
    """The message as a tip-off, and what is broken elsewhere beside it as a fault of its own."""
    whole = _of_somebody(ctx.reading, ctx)
    apart = beside_a_tipoff(ctx.words, _fault, lambda one: _of_somebody(_fault(one), ctx))
    return in_one(whole, apart, ())


def _fault(words: str) -> Reading:
    return read(words, ReadingContext())


def _of_somebody(reading: Reading, ctx: Context) -> Reading:
    unsaid = (Part("other", "ordinary", belonging.places(ctx), ctx.words, named=False),)
    parts = reading.parts if reading.band == "high" and _also_a_trouble(reading) else unsaid
    return replace(reading, is_report=True, band="high", kind=confiding.TIPOFF, parts=parts)


def apart(incoming: Incoming, ctx: Context) -> Replies | None:
    """上访, 罢免业委会, 举报某人: never a ticket by itself. What stands beside it and is broken still is one."""
    found = heard(incoming, ctx)
    if found is None or found.topic not in APART or ctx.who.is_staff or _also_a_trouble(ctx.reading):
        return None
    if not incoming.addressed:
        return []
    lines = [wording.APART, *turning_to.desk_lines(ctx), help_wording.HUMAN_CITY]
    return [Reply("\n".join(lines), to=case.sender(ctx))]


def _also_a_trouble(reading: Reading) -> bool:
    urgent = any(part.urgency == EMERGENCY for part in reading.parts)
    named = any(part.category not in NO_MATTER for part in reading.parts)
    return urgent or (reading.band == "high" and named)


def beside(incoming: Incoming, ctx: Context) -> Replies:
    """One private line to the secretary, a topic and chat and six hours; a quarrel also makes the bot keep quiet."""
    found = heard(incoming, ctx)
    if found is None or ctx.who.is_staff or ctx.chat_kind is ChatKind.STAFF_GROUP:
        return []
    if found.topic == QUARREL:
        return _quarrel(ctx)
    return _tell(ctx, found.topic) if found.topic in APART else []


def _quarrel(ctx: Context) -> Replies:
    if ctx.group is None or not _angry_before(ctx):
        return []
    ctx.group.hushed_until = ctx.now + HUSH
    return _tell(ctx, QUARREL)


def _angry_before(ctx: Context) -> bool:
    """Whether somebody was shouted at in this group a short while ago. One insult alone is no quarrel."""
    lately = select(Inbox).where(
        Inbox.group_id == ctx.inbox.group_id,
        Inbox.said_at >= ctx.inbox.said_at - ANGRY_WITHIN,
        Inbox.text.is_not(None),
        Inbox.id != ctx.inbox.id,
    )
    for row in ctx.db.scalars(lately.order_by(Inbox.id.desc()).limit(LOOKED_AT)):
        found = hear(tight(fold(ctx.vault.open(row.text or "", "inbox.text", row.ref)))[0])
        if found is not None and found.topic == QUARREL:
            return True
    return False


def _tell(ctx: Context, topic: str) -> Replies:
    if not _is_new(ctx, topic):
        return []
    place = wording.IN_PRIVATE if ctx.group is None else ctx.group.name
    said = nameless(ctx.words)[: wording.HALF_LENGTH]
    text = wording.SECRETARY[topic].format(place=place, half=wording.HALF.format(said=said))
    name = f"delicate:{topic}:{ctx.inbox.id}"
    return [Reply(text, to=Member(staff.id), name=name) for staff in turning_to.secretaries(ctx)]


def _is_new(ctx: Context, topic: str) -> bool:
    """Whether the secretary was not told of this within the time; from now on, they were."""
    name = f"told:{topic}:{ctx.address}"
    insert_new(ctx.db, Mark, [{"name": name, "value": ""}], "name")
    mark = ctx.db.get_one(Mark, name, with_for_update=True, populate_existing=True)
    if mark.value and ctx.now < datetime.fromisoformat(mark.value) + AGAIN_AFTER:
        return False
    mark.value = ctx.now.isoformat()
    return True
