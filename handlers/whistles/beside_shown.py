"""What 查 and 待办 show of whistles and of parts in somebody else's ticket: units by name, nobody who complained."""

from __future__ import annotations

from handlers.context import Context
from handlers.ticket import beside, case
from handlers.whistles import whistle_calls
from handlers.wording import desk as desk_wording
from handlers.wording import hands as wording
from handlers.wording import tasks as tasks_wording
from handlers.wording import whistles as whistle_wording
from handlers.wording.times import when
from storage import whistles
from storage.people import Role
from storage.tasks import Task
from storage.tickets import Ticket
from storage.whistles import OPEN_HANDS, Hand, HandState, Part, Whistle, WhistleCall, WhistleState

LINES = 8
SIGNERS = frozenset({Role.STREET_LEADER})


def of_ticket(ctx: Context, ticket: Ticket) -> list[str]:
    """The task that led to it, the whistle and who answered it, and whoever works on it beside the holder."""
    found = whistles.latest(ctx.db, ticket.id)
    lines = _whistle(ctx, ticket, found) if found is not None and found.needs_id is not None else []
    if ticket.task_id is not None:
        number = ctx.db.get_one(Task, ticket.task_id).number
        lines = [tasks_wording.SPECIAL.format(number=number), *lines]
    hands = whistles.hands_of(ctx.db, ticket.id)
    if hands:
        lines += [wording.LOOK, *(_hand(ctx, ticket, hand) for hand in hands[-LINES:])]
    return lines


def _whistle(ctx: Context, ticket: Ticket, found: Whistle) -> list[str]:
    at = found.over_at or found.signed_at or found.at
    state = whistle_wording.LOOK_STATE[found.state].format(at=when(at, ctx.now))
    head = whistle_wording.LOOK.format(kind=whistle_wording.KINDS[found.kind], state=state)
    if found.state not in (WhistleState.BLOWN, WhistleState.OVER):
        return [head]
    return [head, *(_call(ctx, ticket, found, call) for call in whistles.calls_about(ctx.db, ticket.id))]


def _call(ctx: Context, ticket: Ticket, found: Whistle, call: WhistleCall) -> str:
    said = whistle_calls.answer_in_words(call, _call_light(ctx, ticket, found, call), ctx.now)
    return whistle_wording.LOOK_CALL.format(unit=beside.names(ctx.db, [call.unit_id]), answer=said)


def _call_light(ctx: Context, ticket: Ticket, found: Whistle, call: WhistleCall) -> str:
    if call.due_at is None or found.state != WhistleState.BLOWN or not whistles.waits(call):
        return ""
    policy = beside.policy_of(ctx, ticket)
    began = found.signed_at if call.decided is None else None
    made = beside.until(began or call.due_at, whistle_calls.span(found, policy), policy)
    if ctx.now >= call.due_at:
        return desk_wording.LIGHTS["red"]
    return desk_wording.LIGHTS["yellow" if ctx.now >= made.yellow else ""]


def _hand(ctx: Context, ticket: Ticket, hand: Hand) -> str:
    at = when(hand.done_at, ctx.now) if hand.done_at is not None else ""
    climbed = hand.part == Part.MEDIATE and hand.state == HandState.RELEASED and hand.began_at is not None
    form = wording.CLIMBED if climbed else wording.STATES[hand.state]
    state = form.format(light=_light(ctx, ticket, hand), due=when(hand.due_at, ctx.now), at=at)
    unit = beside.names(ctx.db, [hand.unit_id])
    return wording.LOOK_HAND.format(unit=unit, part=wording.PARTS[hand.part], state=state)


def _light(ctx: Context, ticket: Ticket, hand: Hand) -> str:
    if hand.state not in OPEN_HANDS:
        return ""
    policy = beside.policy_of(ctx, ticket)
    return desk_wording.LIGHTS[beside.light(ctx.now, hand.began_at or hand.asked_at, hand.due_at, policy)]


def todo(ctx: Context, *, aloud: bool = False) -> list[str]:
    """What waits for this person's units beside their own tickets: calls, parts, and whistles to sign.

    ``aloud``: a group reads it, and what was said in confidence is left out.
    """
    units = beside.my_units(ctx)
    lines = [
        _todo_call(ctx, call, ticket)
        for call, ticket in whistles.waiting_calls(ctx.db, units)[:LINES]
        if not (aloud and ticket.confidential)
    ]
    mine = [
        (hand, ticket)
        for hand, ticket in whistles.open_hands(ctx.db, units)
        if ticket.holder_id != _me(ctx) and not (aloud and ticket.confidential)
    ]
    lines += [_todo_hand(ctx, hand, ticket) for hand, ticket in mine[:LINES]]
    if ctx.who.roles & SIGNERS and not aloud:
        lines += [
            whistle_wording.TODO_SIGN.format(number=ticket.number, what=case.what(ticket))
            for _, ticket in whistles.to_sign(ctx.db, units)[:LINES]
        ]
    return [wording.HEAD, *lines] if lines else []


def _me(ctx: Context) -> int | None:
    return ctx.who.staff.id if ctx.who.staff is not None else None


def _todo_call(ctx: Context, call: WhistleCall, ticket: Ticket) -> str:
    found = ctx.db.get_one(Whistle, call.whistle_id)
    return whistle_wording.TODO.format(
        light=_call_light(ctx, ticket, found, call),
        number=ticket.number,
        what=case.what(ticket),
        due=when(call.due_at or ctx.now, ctx.now),
    )


def _todo_hand(ctx: Context, hand: Hand, ticket: Ticket) -> str:
    return wording.TODO.format(
        light=_light(ctx, ticket, hand),
        number=ticket.number,
        what=case.what(ticket),
        part=wording.PARTS[hand.part],
        due=when(hand.due_at, ctx.now),
    )
