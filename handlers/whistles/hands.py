"""A part in somebody else's ticket (专班, 协调单, 调解): asked for, begun, done, let go; each has a clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.message import Reply
from handlers.rules.counted_hours import Span
from handlers.rules.deadlines import EMERGENCY
from handlers.ticket import beside, case
from handlers.ticket.working import me
from handlers.whistles import whistle_calls
from handlers.wording import hands as wording
from storage import directory, whistles
from storage.facts import Fact, FactKind
from storage.inbox import Body
from storage.people import Unit
from storage.tickets import Ticket
from storage.whistles import Hand, HandState, Part

YELLOW, RED, ENDED = "hand:yellow", "hand:red", "hands:ended"


@dataclass(frozen=True, slots=True)
class Ask:
    """What a unit is asked for beside the holder."""

    part: Part
    span: Span
    note: Body | None = None
    whistle_id: int | None = None
    state: HandState = HandState.ASKED


def mark(hand: Hand) -> str:
    """What the names of its timers begin with."""
    return f"hand:{hand.id}:"


def begin(ctx: Context, ticket: Ticket, unit: Unit, ask: Ask) -> Hand:
    """A new part for a unit, with its lights. The caller records why and tells people."""
    until = _until(ctx, ticket, ask)
    working = ask.state == HandState.WORKING
    hand = Hand(
        ticket_id=ticket.id,
        unit_id=unit.id,
        round=_round(ctx.db, ticket.id, unit.id),
        staff_id=me(ctx).id if working else None,
        part=ask.part,
        whistle_id=ask.whistle_id,
        state=ask.state,
        body_id=ask.note.id if ask.note is not None else None,
        asked_by_id=me(ctx).id,
        asked_at=ctx.now,
        due_at=until.due,
        began_at=ctx.now if working else None,
    )
    ctx.db.add(hand)
    ctx.db.flush()
    arm(ctx.db, hand, until)
    return hand


def _until(ctx: Context, ticket: Ticket, ask: Ask) -> beside.Until:
    latest = ticket.resolve_due if ask.part == Part.MEMBER else None
    return beside.until(ctx.now, ask.span, beside.policy_of(ctx, ticket), latest)


def _round(db: Session, ticket_id: int, unit_id: int) -> int:
    query = select(func.max(Hand.round)).where(Hand.ticket_id == ticket_id, Hand.unit_id == unit_id)
    return (db.scalar(query) or 0) + 1


def arm(db: Session, hand: Hand, until: beside.Until) -> None:
    """Its lights; those of a date it had before are stopped."""
    whistles.stop(db, mark(hand))
    name = f"{mark(hand)}{int(until.due.timestamp())}:"
    whistle_calls.arm(db, f"{name}yellow", YELLOW, until.yellow, hand=hand.id)
    whistle_calls.arm(db, f"{name}red:1", RED, until.due, hand=hand.id, rung=1, mark=name)


def redate(ctx: Context, ticket: Ticket, hand: Hand, span: Span) -> datetime:
    """A new date, counted from now: taken over, it has a clock of its own."""
    until = beside.until(ctx.now, span, beside.policy_of(ctx, ticket))
    hand.due_at = until.due
    arm(ctx.db, hand, until)
    return until.due


def accept(ctx: Context, hand: Hand) -> bool:
    """Somebody of the unit takes its part; False where a colleague was first."""
    values = {"state": HandState.WORKING, "staff_id": me(ctx).id, "began_at": ctx.now}
    return whistles.take(ctx.db, hand, "state", values)


def finish(ctx: Context, ticket: Ticket, hand: Hand, said: Body | None, media_id: int | None) -> Fact | None:
    """Their part is done; None where a colleague was first."""
    values = {"state": HandState.DONE, "done_at": ctx.now, "answer_id": said.id if said is not None else None}
    values["staff_id"] = hand.staff_id or me(ctx).id
    if not whistles.take(ctx.db, hand, "state", values):
        return None
    whistles.stop(ctx.db, mark(hand))
    data = {"hand": hand.id, "unit": hand.unit_id, "part": hand.part, "late": ctx.now > hand.due_at}
    return case.record(ctx, ticket, FactKind.HAND_DONE, body=said, media_id=media_id, said_here=True, data=data)


def release(ctx: Context, hand: Hand) -> bool:
    """Not needed any more."""
    whistles.stop(ctx.db, mark(hand))
    return whistles.take(ctx.db, hand, "state", {"state": HandState.RELEASED, "done_at": ctx.now})


def ended(ctx: Context, ticket: Ticket) -> None:
    """The ticket is done, refused, withdrawn or somebody else's: what was asked for beside it is over, once that can be
    taken back no more."""
    if whistles.latest(ctx.db, ticket.id) is None and not beside.still_open(ctx.db, ticket):
        return
    due = ctx.now + beside.policy_of(ctx, ticket).undo_within
    whistle_calls.arm(ctx.db, f"ticket:{ticket.number}:ended:{ctx.inbox.id}", ENDED, due, ticket=ticket.id)


def card(ctx: Context, ticket: Ticket, hand: Hand, text: str, in_group: str, fact: Fact) -> Iterator[Reply]:
    """What is asked of a unit, to everybody there; the words in private only."""
    unit = ctx.db.get_one(Unit, hand.unit_id)
    place = beside.read_by(ctx, ticket, unit, case.where(ctx.db, ticket))
    fields = ((wording.CARD_PLACE, place), (wording.CARD_PART, wording.PARTS[hand.part]))
    buttons = ((wording.ACCEPT_BUTTON, "accept"), (wording.DONE_BUTTON, "resolve"))
    reply = Reply(
        text,
        in_group=in_group,
        card=beside.card(ticket, fields, *(buttons[:1] if hand.part == Part.MEDIATE else buttons)),
        name=f"{mark(hand)}card:{fact.id}",
        ticket_id=ticket.id,
        urgent=ticket.urgency == EMERGENCY and hand.part == Part.MEMBER,
    )
    yield from beside.to_unit(ctx, ticket, hand.unit_id, reply)


def unit_of(ctx: Context, hand: Hand) -> Unit:
    """Whose part it is."""
    return ctx.db.get_one(Unit, hand.unit_id)


def came(ctx: Context, ticket: Ticket, unit_id: int, whistle_id: int) -> Hand:
    """A department that answered a whistle has a part in the ticket from now on: the one it has, or a new one."""
    known = whistles.open_hand(ctx.db, ticket.id, [unit_id])
    if known is not None:
        if known.state == HandState.ASKED:
            accept(ctx, known)
        return known
    span = beside.policy_of(ctx, ticket).hand_member
    ask = Ask(Part.MEMBER, span, whistle_id=whistle_id, state=HandState.WORKING)
    return begin(ctx, ticket, directory.unit_of(ctx.db, unit_id) or ctx.who.posts[0].unit, ask)
