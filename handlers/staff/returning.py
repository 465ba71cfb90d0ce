"""退单: a unit says that a ticket is not theirs, with a reason, its rule and who should have it. One level up decides.

What is missing is asked for in private, step by step. Until it is decided the first receiver stays in charge.
"""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from handlers import clauses
from handlers.context import Context
from handlers.message import Incoming, Kind, Person, Replies, Reply
from handlers.orders import Order, as_typed, parse
from handlers.registry import on
from handlers.rosters import deciders
from handlers.rules import returns
from handlers.staff import asking_up, return_reasons, returned
from handlers.staff.asking_up import Asking, Way
from handlers.ticket import case, choosing_reasons, promising
from handlers.ticket.choosing import ELIGIBLE, choose_eligible, not_now
from handlers.ticket.working import me
from handlers.wording import deciding as deciding_words
from handlers.wording import desk as desk_wording
from handlers.wording import returning as wording
from handlers.wording.commands import BLANKS
from handlers.wording.times import when
from nlp.normalise import normalise
from storage import decisions, facts
from storage.decisions import Wanted
from storage.facts import FactKind
from storage.inbox import Inbox
from storage.people import Unit
from storage.tickets import Ticket
from storage.workflow import Status

FEATURE = "return"
ANSWERED_WITHIN = timedelta(minutes=30)
LONGEST = 80
_AT_A_LOSS, _DROPPED = re.compile(wording.AT_A_LOSS), re.compile(wording.DROPPED)
DISPATCHED = (FactKind.OPENED, FactKind.ROUTED, FactKind.REASSIGNED, FactKind.RETURNED, FactKind.REOPENED)


@on(FEATURE)
def give_back(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """退单: one at a time, with a reason code, the article and a proposed owner; what is missing is asked for."""
    if len(order.numbers) > 1:
        return [Reply(deciding_words.ONE_BY_ONE.format(word=desk_wording.NAMES[FEATURE]), to=case.sender(ctx))]
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    refused = _refusal(ctx, ticket)
    if refused is not None:
        return [refused]
    draft = return_reasons.Draft(said=ctx.inbox.id)
    if order.rest:
        draft = return_reasons.read(ctx, ticket, draft, order.rest)
    told = return_reasons.with_owner(ctx, ticket, draft, incoming.data.get("owner", ""))
    return [told] if isinstance(told, Reply) else _go_on(ctx, ticket, told)


def _refusal(ctx: Context, ticket: Ticket) -> Reply | None:
    """Why this unit cannot return this ticket now."""
    if ticket.desk_id is None:
        return Reply(wording.NO_DESK_YET.format(number=ticket.number), ticket_id=ticket.id)
    refused = asking_up.refusal(ctx, ticket)
    if refused is not None:
        return refused
    if decisions.returned_before(ctx.db, ticket.id, ticket.desk_id):
        return Reply(wording.ONCE.format(number=ticket.number), ticket_id=ticket.id)
    if decisions.is_final(ctx.db, ticket.id, ticket.desk_id):
        return Reply(wording.FINAL.format(number=ticket.number), ticket_id=ticket.id)
    dispatched = _dispatched(ctx, ticket)
    until = returns.may_ask_until(dispatched, promising.policy_of(ctx, ticket))
    if ticket.status != Status.REPORTED and ctx.now > until:
        said = {"at": when(dispatched, ctx.now), "until": when(until, ctx.now)}
        return Reply(wording.TOO_LATE.format(number=ticket.number, **said), ticket_id=ticket.id)
    return None


def _dispatched(ctx: Context, ticket: Ticket) -> datetime:
    """When it came to the desk where it lies."""
    moved = [
        fact.at
        for fact in facts.of_ticket(ctx.db, ticket.id)
        if fact.kind in DISPATCHED or _moved(fact.data.get("before"), fact.data.get("after"))
    ]
    return moved[-1] if moved else ticket.received_at


def _moved(before: object, after: object) -> bool:
    """改类 that led to another desk."""
    return isinstance(before, dict) and isinstance(after, dict) and before.get("desk") != after.get("desk")


# --- step by step


def _go_on(ctx: Context, ticket: Ticket, draft: return_reasons.Draft) -> Replies:
    """The next question, or all of it to whoever decides."""
    asker = ctx.db.get_one(Unit, ticket.desk_id)
    if draft.same_as is not None and (wrong := return_reasons.wrong_same(ctx, ticket, draft.same_as)) is not None:
        return _ask(ctx, ticket, replace(draft, same_as=None), return_reasons.Missing("", wrong))
    missing = return_reasons.missing(ctx, ticket, draft, asker)
    if missing is not None:
        return _ask(ctx, ticket, draft, missing)
    owner = ctx.db.get(Unit, draft.owner) if draft.owner is not None else None
    judge = _judge(ctx, asker, owner)
    if judge is None:
        return [Reply(deciding_words.NOBODY, to=case.sender(ctx), ticket_id=ticket.id)]
    case.asks_no_more(ctx, ticket, FEATURE)
    ticket.returns += 1
    words = _words(ctx, draft)
    asking = Asking(
        Wanted.RETURN,
        judge,
        code=draft.code,
        article=draft.article,
        reason=ctx.keep(words) if words else None,
        proposed=owner,
        same_as=draft.same_as,
    )
    return asking_up.ask(ctx, ticket, asking)


def _judge(ctx: Context, asker: Unit, owner: Unit | None) -> Unit | None:
    """The level that dispatched; the district at once where a street and a department name each other."""
    by = me(ctx).id
    if owner is not None and returns.is_quarrel(asker.kind, owner.kind):
        above = deciders.district(ctx.db, asker, ctx.now, by)
        if above is not None:
            return above
    return deciders.first(ctx.db, Wanted.RETURN, asker, ctx.now, by)


def _ask(ctx: Context, ticket: Ticket, draft: return_reasons.Draft, missing: return_reasons.Missing) -> Replies:
    """One question in private, wherever the command was given."""
    account, until = ctx.who.account, ctx.now + ANSWERED_WITHIN
    case.ask_in_private(ctx, account, FEATURE, ticket=ticket, until=until, data=asdict(draft))
    said = ctx.db.get(Inbox, draft.said)
    if said is not None and said.forget_at is not None:
        said.forget_at = max(said.forget_at, until)
    card = choosing_reasons.card(ticket, FEATURE, deciding_words.WANTED[FEATURE]) if draft.code is None else None
    here = [Reply(wording.IN_PRIVATE.format(number=ticket.number), ticket_id=ticket.id)] if ctx.group else []
    to = Person(account.id)
    return [*here, Reply(missing.question, to=to, card=card, ticket_id=ticket.id, part=missing.part)]


def _words(ctx: Context, draft: return_reasons.Draft) -> str:
    """The reason as it was typed with the command."""
    row = ctx.db.get(Inbox, draft.said)
    text = ctx.vault.open(row.text, "inbox.text", row.ref) if row is not None and row.text else ""
    order = parse(normalise(text))
    return as_typed(text, order.rest) if order is not None and order.command == FEATURE else ""


def answered(incoming: Incoming, ctx: Context) -> Replies | None:
    """A tapped code, an article, a number or a unit: the answer to what was asked about a return."""
    code = choosing_reasons.tapped(incoming, FEATURE)
    if ctx.group is not None or not ctx.who.is_staff or (code is None and not _may_answer(incoming, ctx)):
        return None
    question = case.asked(ctx, FEATURE)
    ticket = ctx.db.get(Ticket, question.ticket_id) if question is not None and question.ticket_id else None
    if question is None or ticket is None:
        return None
    draft = return_reasons.Draft(**question.data)
    ends = _let_go(ctx, draft) if code is None else None
    if ends is not None:
        ctx.db.delete(question)
        return [Reply(ends.format(number=ticket.number), ticket_id=ticket.id)]
    if ticket.status not in ELIGIBLE[FEATURE]:
        ctx.db.delete(question)
        return [not_now(ticket, FEATURE)]
    refused = _refusal(ctx, ticket)
    if refused is not None:
        ctx.db.delete(question)
        return [refused]
    told = replace(draft, code=code) if code is not None else return_reasons.answer(ctx, ticket, draft, incoming.text)
    if (isinstance(told, Reply) or told == draft) and _is_of_another(ctx, ticket):
        return None
    return [told] if isinstance(told, Reply) else _go_on(ctx, ticket, told)


def _let_go(ctx: Context, draft: return_reasons.Draft) -> str | None:
    """算了, or that nobody knows the rule or the owner: no return without them, and whom to turn to instead."""
    words = ctx.words.strip(BLANKS)
    if words in desk_wording.NO or _DROPPED.fullmatch(words) is not None:
        return wording.KEPT
    if draft.code not in (None, *return_reasons.NEEDS_OWNER) or _AT_A_LOSS.search(words) is None:
        return None  # of the other reasons the level above may know whose it is
    return wording.UNKNOWN_OWNER if draft.article is not None else wording.UNKNOWN_ARTICLE


def _is_of_another(ctx: Context, ticket: Ticket) -> bool:
    """2号厂家周四来, 1号业主电话多少: told of another ticket, or asked; the question waits."""
    named = clauses.numbers_of(ctx.words) if clauses.names_number_first(ctx.words) else ()
    return any(number != ticket.number for number in named) or re.search(wording.ASKS, ctx.words) is not None


def _may_answer(incoming: Incoming, ctx: Context) -> bool:
    short = incoming.kind is Kind.TEXT and 0 < len(ctx.words.strip(BLANKS)) <= LONGEST
    return short and not ctx.alarms and ctx.who.is_attentive(ctx.now)


asking_up.WAYS[Wanted.RETURN] = Way(returned.check, returned.grant)
