"""挂账, 恢复, 回看: what cannot be done for the time being, with a reason code and a street leader's signature."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from handlers.context import Context
from handlers.message import Incoming, Kind, Member, Person, Replies, Reply
from handlers.orders import Order, as_typed, parse
from handlers.registry import on
from handlers.rosters import deciders
from handlers.staff import asking_up, shelved
from handlers.staff.asking_up import Asking, Way
from handlers.ticket import case, choosing_reasons, date_lights, lights, promising
from handlers.ticket.choosing import ELIGIBLE, choose_eligible, not_now
from handlers.ticket.working import me
from handlers.wording import deciding as deciding_words
from handlers.wording import desk as desk_wording
from handlers.wording import reasons
from handlers.wording import suspending as wording
from handlers.wording.commands import BLANKS
from handlers.wording.times import days, when
from nlp.normalise import normalise
from storage import directory
from storage.decisions import Decision, Wanted
from storage.facts import FactKind
from storage.inbox import Inbox
from storage.people import Staff, Unit
from storage.tickets import Ticket
from storage.workflow import Status

FEATURE = "suspend"
ANSWERED_WITHIN = timedelta(minutes=30)


@on(FEATURE)
def suspend(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """挂账, of one or of several for the same reason: with its code; a street leader signs, until then everything goes
    on."""
    if len(order.numbers) < 2:
        return _suspend(incoming, ctx, order)
    if choosing_reasons.said(normalise(order.rest), FEATURE) is None:
        shown = "、".join(reasons.NAMES[code] for code in reasons.SUSPENSION)
        return [Reply(wording.SEVERAL_WHY.format(reasons=shown), to=case.sender(ctx))]
    each = (replace(order, numbers=(number,)) for number in dict.fromkeys(order.numbers))
    return [reply for one in each for reply in _suspend(incoming, ctx, one)]


def _suspend(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    ticket = asking_up.about(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    code = choosing_reasons.said(normalise(order.rest), FEATURE)
    return _ask_leader(ctx, ticket, code, order.rest) if code is not None else _ask_code(ctx, ticket)


def _ask_code(ctx: Context, ticket: Ticket) -> Replies:
    account, until = ctx.who.account, ctx.now + ANSWERED_WITHIN
    case.ask_in_private(ctx, account, FEATURE, ticket=ticket, until=until, data={"said": ctx.inbox.id})
    if ctx.inbox.forget_at is not None:
        ctx.inbox.forget_at = max(ctx.inbox.forget_at, until)
    here = [Reply(wording.IN_PRIVATE.format(number=ticket.number), ticket_id=ticket.id)] if ctx.group else []
    card = choosing_reasons.card(ticket, FEATURE, deciding_words.WANTED[Wanted.SUSPENSION])
    text = wording.ASK_CODE.format(number=ticket.number)
    return [*here, Reply(text, to=Person(account.id), card=card, ticket_id=ticket.id, part="code")]


def _ask_leader(ctx: Context, ticket: Ticket, code: str, words: str) -> Replies:
    desk = ctx.db.get_one(Unit, ticket.desk_id)
    judge = deciders.first(ctx.db, Wanted.SUSPENSION, desk, ctx.now, me(ctx).id)
    if judge is None:
        return [Reply(deciding_words.NOBODY, to=case.sender(ctx), ticket_id=ticket.id)]
    case.asks_no_more(ctx, ticket, FEATURE)
    reason = ctx.keep(words) if words else None
    look = shelved.next_look(ctx.now, promising.policy_of(ctx, ticket))
    return asking_up.ask(ctx, ticket, Asking(Wanted.SUSPENSION, judge, code=code, reason=reason, until=look))


def answered(incoming: Incoming, ctx: Context) -> Replies | None:
    """A tapped or said code: the answer to why it cannot be done."""
    code = choosing_reasons.tapped(incoming, FEATURE)
    worded = incoming.kind is Kind.TEXT and not ctx.alarms and ctx.who.is_attentive(ctx.now)
    if ctx.group is not None or not ctx.who.is_staff or (code is None and not worded):
        return None
    question = case.asked(ctx, FEATURE)
    ticket = ctx.db.get(Ticket, question.ticket_id) if question is not None and question.ticket_id else None
    if question is None or ticket is None:
        return None
    words = ctx.words.strip(BLANKS)
    code = code or choosing_reasons.said(words, FEATURE)
    if code is None and words not in desk_wording.NO:
        return None
    said = ctx.db.get(Inbox, question.data.get("said"))
    ctx.db.delete(question)
    if code is None:
        return [Reply(wording.KEPT.format(number=ticket.number), ticket_id=ticket.id)]
    if ticket.status not in ELIGIBLE[FEATURE]:
        return [not_now(ticket, FEATURE)]
    refused = asking_up.refusal(ctx, ticket)
    return [refused] if refused is not None else _ask_leader(ctx, ticket, code, _words(ctx, said))


def _words(ctx: Context, said: Inbox | None) -> str:
    """The reason as it was typed with the command."""
    text = ctx.vault.open(said.text, "inbox.text", said.ref) if said is not None and said.text else ""
    order = parse(normalise(text))
    return as_typed(text, order.rest) if order is not None and order.command == FEATURE else ""


def _check(ctx: Context, ticket: Ticket, decision: Decision, rest: str) -> Reply | None:
    return None


def _grant(ctx: Context, ticket: Ticket, decision: Decision, rest: str) -> Replies:
    told = sorted({decision.asked_by_id, ticket.holder_id or decision.asked_by_id} - {me(ctx).id})
    news = shelved.shelve(ctx, ticket, decision.code, {"decision": decision.id})
    assert ticket.look_at is not None
    values = {"number": ticket.number, "look": when(ticket.look_at, ctx.now)}
    mark, text = f"decision:{decision.id}:granted", wording.TOLD_ASKER.format(**values)
    return [
        Reply(wording.GRANTED.format(**values), ticket_id=ticket.id, stamp=deciding_words.STAMP[True]),
        *(Reply(text, to=Member(one), name=f"{mark}:{one}", ticket_id=ticket.id) for one in told),
        *news,
    ]


asking_up.WAYS[Wanted.SUSPENSION] = Way(_check, _grant)


@on("look_back")
def look_back(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """回看: 仍不能办, or 可以办了. A tap says the first; for the second there is a button of its own."""
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    words = normalise(order.rest)
    if order.tapped or any(word in words for word in wording.STILL):
        return shelved.looked_at(ctx, ticket)
    if any(word in words for word in wording.CAN):
        return _resumed(ctx, ticket)
    return [Reply(wording.LOOK_WHICH.format(number=ticket.number), ticket_id=ticket.id)]


@on("resume")
def resume(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """恢复: a new moment to be done by, the acceptance kept."""
    ticket = choose_eligible(incoming, ctx, order)
    return [ticket] if isinstance(ticket, Reply) else _resumed(ctx, ticket)


def _resumed(ctx: Context, ticket: Ticket) -> Replies:
    kept, due, date = shelved.resume(ctx, ticket)
    fact = case.record(ctx, ticket, FactKind.RESUMED, said_here=True, data=kept)
    _arm(ctx, ticket, fact.id)
    late = due is not None and due <= ctx.now
    form, told_form = (wording.RESUMED_LATE, wording.TOLD_LATE) if late else (wording.RESUMED_DUE, wording.TOLD_DUE)
    staff_due = _due_in_words(ctx, due, date, form, wording.RESUMED_DATE)
    values = {"number": ticket.number, "due": staff_due.format(number=ticket.number)}
    mine = ticket.holder_id == me(ctx).id
    other = [] if mine or ticket.holder_id is None else [Member(ticket.holder_id)]
    holder_text = wording.RESUMED_HOLDER.format(**values)
    mark = f"ticket:{ticket.number}:resumed:{fact.id}"
    waited = days(ticket.opened_at, ctx.now)
    told = wording.TOLD_RESUMED.format(
        number=ticket.number,
        holder=_holder(ctx, ticket),
        due=_due_in_words(ctx, due, None, told_form, ""),
        waited=deciding_words.STATUS_WAITED.format(days=waited) if waited else "",
    )
    return [
        Reply((wording.RESUMED if mine else wording.RESUMED_OTHER).format(**values), ticket_id=ticket.id),
        *(Reply(holder_text, to=to, name=f"{mark}:{to.staff_id}", ticket_id=ticket.id) for to in other),
        *case.tell_members(ctx, ticket, fact, told),
    ]


def _due_in_words(ctx: Context, due: datetime | None, date: datetime | None, form: str, date_form: str) -> str:
    if due is not None:
        return form.format(due=when(due, ctx.now))
    return date_form.replace("{due}", when(date, ctx.now)) if date is not None else ""


def _holder(ctx: Context, ticket: Ticket) -> str:
    unit = directory.unit_of(ctx.db, ticket.desk_id)
    person = ctx.db.get(Staff, ticket.holder_id) if ticket.holder_id is not None else None
    return (unit.name if unit is not None else "") + directory.name_of(ctx.vault, person)


def _arm(ctx: Context, ticket: Ticket, step: int) -> None:
    """Its lights run again: in the same hands, or where nobody has it any more until somebody accepts."""
    if ticket.status == Status.REPORTED:
        case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now, again=f":b{step}")
        return
    lights.arm(ctx.db, ticket, ctx.policy, ctx.now)
    date_lights.arm(ctx.db, ticket)
    if ticket.progress_at is None and ticket.progress_due is not None:
        case.arm(ctx.db, ticket, "progress:due", ticket.progress_due, step=step)
