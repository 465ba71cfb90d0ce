"""Who hears that something beside a ticket was taken back: whoever was asked to decide, called, or given a part.

Judges need not decide, whoever was called need not come (收哨), and whose part came back goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from handlers.context import Context
from handlers.message import Member, Reply
from handlers.rosters import deciders
from handlers.ticket import beside
from handlers.ticket.working import me
from handlers.whistles import hands, whistle_calls
from handlers.wording import deciding as deciding_words
from handlers.wording import hands as hands_wording
from handlers.wording import undoing as wording
from handlers.wording import whistles as whistle_words
from storage import rows_beside, whistles
from storage.decisions import Decision, DecisionState, Undo
from storage.people import Unit
from storage.rows_beside import Change
from storage.tickets import Ticket
from storage.whistles import OPEN_HANDS, Hand, HandState, Whistle, WhistleState

DECIDED = (DecisionState.GRANTED, DecisionState.REFUSED)


def news(ctx: Context, ticket: Ticket, act: Undo) -> Iterator[Reply]:
    """To everybody who had been asked for something by an act that was taken back just now."""
    for one in rows_beside.of(ctx.db, act.before.get("beside", {})):
        match one.row:
            case Decision():
                yield from _of_decision(ctx, ticket, act, one)
            case Whistle():
                yield from _of_whistle(ctx, ticket, act, one)
            case Hand():
                yield from _of_hand(ctx, ticket, act, one)


def _of_decision(ctx: Context, ticket: Ticket, act: Undo, one: Change) -> Iterator[Reply]:
    asked: Decision = one.row
    what = deciding_words.WANTED[asked.kind]
    judge = ctx.db.get_one(Unit, one.after["judge_id"])
    up = one.before is not None and one.before["rung"] != one.after["rung"]
    if up or one.went(None, DecisionState.WAITING):
        text = wording.NOT_ASKED.format(number=ticket.number, what=what)
        for staff in deciders.people(ctx.db, asked.kind, judge, ctx.now, asked.asked_by_id):
            yield _to(ctx, ticket, act, staff.id, text)
    if up or one.went(DecisionState.WAITING, *DECIDED):
        waits_for = ctx.db.get_one(Unit, asked.judge_id)
        text = wording.ASKED_AGAIN.format(number=ticket.number, what=what, judge=waits_for.name)
        for staff_id in sorted({asked.asked_by_id, ticket.holder_id or asked.asked_by_id} - {me(ctx).id}):
            yield _to(ctx, ticket, act, staff_id, text)


def _to(ctx: Context, ticket: Ticket, act: Undo, staff_id: int, text: str) -> Reply:
    name = f"ticket:{ticket.number}:undone:{act.id}:asked"
    return Reply(text, to=Member(staff_id), name=f"{name}:{staff_id}", ticket_id=ticket.id)


def _of_whistle(ctx: Context, ticket: Ticket, act: Undo, one: Change) -> Iterator[Reply]:
    whistle: Whistle = one.row
    signed = one.after["state"] == WhistleState.BLOWN
    if signed:
        yield from _called(ctx, ticket, act, whistle, whistle_words.TOLD_OVER)
        if whistle.by_id != me(ctx).id:
            text = wording.NOT_SIGNED.format(number=ticket.number)
            yield _to(ctx, ticket, act, whistle.by_id, text)
    elif rows_beside.is_new(one):
        text = wording.NOT_TO_SIGN.format(number=ticket.number)
        for staff in whistle_calls.signers(ctx.db, whistle, ctx.now):
            if staff.id != me(ctx).id:
                yield _to(ctx, ticket, act, staff.id, text)
    elif one.went(WhistleState.BLOWN, WhistleState.OVER):
        yield from _called(ctx, ticket, act, whistle, wording.STILL_CALLED)


def _called(ctx: Context, ticket: Ticket, act: Undo, whistle: Whistle, form: str) -> Iterator[Reply]:
    """Every unit that has not come."""
    name = f"{whistle_calls.mark(whistle)}undone:{act.id}"
    reply = Reply(form.format(number=ticket.number), name=name, ticket_id=ticket.id)
    for call in whistles.calls(ctx.db, whistle.id):
        if whistles.waits(call):
            yield from beside.to_unit(ctx, ticket, call.unit_id, reply)


def _of_hand(ctx: Context, ticket: Ticket, act: Undo, one: Change) -> Iterator[Reply]:
    """A part that nobody is asked for any more; one that was let go and is wanted again; one that is not done yet."""
    hand: Hand = one.row
    name = f"{hands.mark(hand)}undone:{act.id}"
    unit = hands.unit_of(ctx, hand).name
    if one.before is None:
        text = hands_wording.TOLD_RELEASED.format(number=ticket.number)
        yield from beside.to_unit(ctx, ticket, hand.unit_id, Reply(text, name=name, ticket_id=ticket.id))
    elif one.after["state"] == HandState.RELEASED and one.before["state"] in OPEN_HANDS:
        text = wording.PART_AGAIN.format(number=ticket.number)
        yield from beside.to_unit(ctx, ticket, hand.unit_id, Reply(text, name=name, ticket_id=ticket.id))
    elif one.before["state"] != one.after["state"]:
        text = wording.PART_AS_BEFORE.format(number=ticket.number, unit=unit, state=wording.PARTS[hand.state])
        for staff_id in sorted({hand.asked_by_id, ticket.holder_id or hand.asked_by_id} - {me(ctx).id}):
            yield _to(ctx, ticket, act, staff_id, text)
