"""影子: a group that is listened to and nothing else. What would be opened is counted; danger is told to staff at once.

Nothing is said in the group, nor to anybody in it, and no ticket opens, whoever speaks to the bot there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.groups import chiming, holding, reviewers
from handlers.matter import belonging
from handlers.message import Here, Incoming, Member, Person, Replies, Reply
from handlers.permissions import ChatKind
from handlers.rules import deadlines
from handlers.rules.deadlines import EMERGENCY, LOCAL, Policy
from handlers.rules.unnamed import points
from handlers.ticket import case
from handlers.wording import reviewing as wording
from handlers.wording.taxonomy import CATEGORY
from nlp.normalise import fold
from nlp.reading import Part
from storage import candidates
from storage.base import JsonObject
from storage.candidates import SHADOW, mark_of
from storage.conflict import insert_new
from storage.listening import Candidate
from storage.people import Group, Unit
from storage.timers import Timer

NIGHT = "shadow:list"  # a timer
LONGEST = 200  # characters of what is passed on


def listens(ctx: Context) -> bool:
    """Whether this is said in a group in shadow."""
    return ctx.group is not None and ctx.group.mode == SHADOW and ctx.chat_kind is ChatKind.RESIDENTS_GROUP


def quietly(replies: Replies, ctx: Context) -> Replies:
    """Only what staff are told: the speaker too, in private, where that is a member of staff."""
    return list(_to_staff(replies, ctx))


def _to_staff(replies: Replies, ctx: Context) -> Iterator[Reply]:
    for reply in replies:
        to_speaker = isinstance(reply.to, Here) or reply.to == Person(ctx.who.account.id)
        if isinstance(reply.to, Member):
            yield reply
        elif to_speaker and ctx.who.is_staff:
            yield Reply(reply.text, to=case.sender(ctx))


def overheard(incoming: Incoming, ctx: Context) -> Replies:
    """Counts what would be opened; the same trouble told again counts once. Danger goes to whoever is on duty."""
    if not belonging.has_words(incoming) or ctx.who.is_staff or not ctx.reading.parts or points(fold(ctx.words)):
        return _goes_with(incoming, ctx)
    parts = list(ctx.reading.parts)
    danger = next((part for part in parts if part.urgency == EMERGENCY), None)
    held = None if belonging.is_private_trouble(ctx) else holding.match(incoming, ctx, danger or parts[0])
    if held is not None:
        holding.attach(ctx, held)
        return list(_alarm(ctx, incoming, danger, again=True)) if danger is not None else []
    if danger is None and not holding.is_meant(incoming, ctx, parts):
        return _goes_with(incoming, ctx)
    _count(incoming, ctx, [danger, *(part for part in parts if part is not danger)] if danger else parts)
    return list(_alarm(ctx, incoming, danger, again=False)) if danger is not None else []


def _goes_with(incoming: Incoming, ctx: Context) -> Replies:
    """我家也是, said of what would be open by now, or of what a neighbour half told, which counts from then on."""
    if not belonging.has_words(incoming) or ctx.who.is_staff:
        return []
    chime = chiming.heard(incoming, ctx, None)
    if chime is not None:
        return _chimed(ctx, chime)
    held = holding.match(incoming, ctx, None)
    if held is not None:
        holding.attach(ctx, held)
    return []


def _chimed(ctx: Context, chime: chiming.Chime) -> Replies:
    if not chime.agrees or chiming.wait(ctx, chime) or candidates.was_shown(ctx.db, chime.line.row.id):
        return []
    said, then = chiming.as_then(ctx, chime)
    part = chime.hunch.part
    _count(said, then, [part])
    chiming.wait(ctx, chime)
    return list(_alarm(then, said, part, again=False)) if part.urgency == EMERGENCY else []


def _count(incoming: Incoming, ctx: Context, parts: list[Part]) -> None:
    """One more for tonight's list."""
    assert ctx.group is not None
    night, unit = _tonight(ctx.db, ctx.group, ctx.now, ctx.policy)
    more: JsonObject = {"night": night, "problems": len(parts)}
    if unit is not None and unit.review_list:
        more["words"] = True
    holding.remember(incoming, ctx, parts, more)


def _tonight(db: Session, group: Group, now: datetime, policy: Policy) -> tuple[str, Unit | None]:
    """The night of the next list and whose it is; its timer is armed by whatever is first on it."""
    unit = reviewers.listing_unit(db, group.unit_id)
    due = deadlines.next_at(policy.list_at, now)
    night = due.astimezone(LOCAL).date().isoformat()
    if unit is not None:
        data = {"unit": unit.id, "night": night}
        row = {"name": mark_of(unit.id, night), "kind": NIGHT, "due_at": due, "state": "waiting", "data": data}
        insert_new(db, Timer, [row], "name")
    return night, unit


def take_over(db: Session, group: Group, waiting: Sequence[Candidate], now: datetime, policy: Policy) -> None:
    """What somebody was asked to confirm, in a group that is only listened to from now on: it goes to the list of the
    night, without words where none are kept there."""
    if not waiting:
        return
    night, unit = _tonight(db, group, now, policy)
    candidates.stop_timers(db, waiting)
    for row in waiting:
        row.mode, row.reading = SHADOW, {**row.reading, "night": night}
        holding.let_go(db, row, now)
        if unit is None or not unit.review_list:
            candidates.forget_words(db, row)
    db.flush()


def _alarm(ctx: Context, incoming: Incoming, danger: Part, *, again: bool) -> Iterator[Reply]:
    """With the words as they were said: whoever goes there needs the door. They are forgotten with the talk."""
    assert ctx.group is not None
    form = wording.HEARD_MORE if again else wording.HEARD_EMERGENCY
    text = form.format(group=named(ctx), said=incoming.text[:LONGEST], what=CATEGORY[danger.category])
    for staff in reviewers.on_duty(ctx.db, ctx.group):
        name = f"shadow:heard:{ctx.inbox.id}:{staff.id}"
        yield Reply(text, to=Member(staff.id), name=name, urgent=True, aloud=not again)


def named(ctx: Context) -> str:
    """What a group is called by staff."""
    assert ctx.group is not None
    return ctx.group.name if ctx.group.name != ctx.group.chat else (ctx.group.place or ctx.group.name)
