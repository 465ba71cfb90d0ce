"""不予受理: with a reason from the table and where to turn instead."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.message import Button, Card, Incoming, Kind, Replies, Reply
from handlers.orders import Order
from handlers.permissions import may
from handlers.registry import on
from handlers.staff import objecting
from handlers.ticket import acting, cards, case
from handlers.ticket.changing_hands import is_taken_down
from handlers.ticket.choosing import ELIGIBLE, choose, not_now, reaches
from handlers.whistles import hands
from handlers.wording import desk as desk_wording
from handlers.wording import outside as wording
from handlers.wording.commands import BLANKS
from nlp.normalise import normalise
from storage import persons, tickets
from storage.deployment import Question
from storage.facts import FactKind
from storage.tickets import Ticket
from storage.workflow import Status

ASK_WITHIN = timedelta(minutes=10)
PRESSED = "answer:reject_"


@on("reject")
def reject(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """不予受理 1043 不在本辖区 请找江滨社区: the words behind the reason say where to turn; the table knows else."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if (refusal := _refusal(ticket)) is not None:
        return [refusal]
    if not order.rest:
        return [_which(ctx, ticket)]
    code, where = _reason_in(order.rest)
    return _rejected(ctx, ticket, code, where) if code is not None else [_unknown(ticket, order.rest)]


def _refusal(ticket: Ticket) -> Reply | None:
    """It is so already, or its state does not allow it."""
    if ticket.status == Status.REJECTED and not is_taken_down(ticket):
        reason = wording.REASONS[ticket.reason_code or ""].name
        return Reply(wording.REJECTED_ALREADY.format(number=ticket.number, reason=reason), ticket_id=ticket.id)
    return None if ticket.status in ELIGIBLE["reject"] else not_now(ticket, "reject")


def _reason_in(said: str) -> tuple[str | None, str]:
    """The reason that the words begin with, and what stands behind it."""
    text = said.strip(wording.BEFORE_WHERE)
    named = [(word, code) for code, reason in wording.REASONS.items() for word in (reason.name, *reason.words)]
    for word, code in sorted(named, key=lambda pair: -len(pair[0])):
        if normalise(text).startswith(word):
            return code, _where_in(text[len(word) :])
    return None, ""


def _where_in(behind: str) -> str:
    text = behind.strip(wording.BEFORE_WHERE)
    for word in wording.WHERE_WORDS:
        if text.startswith(word):
            return text[len(word) :].strip(wording.BEFORE_WHERE)
    return text


def _names() -> str:
    return wording.NAMES_APART.join(reason.name for reason in wording.REASONS.values())


def _unknown(ticket: Ticket, said: str) -> Reply:
    form = wording.REASON_UNKNOWN
    return Reply(form.format(number=ticket.number, word=said[:20], names=_names()), ticket_id=ticket.id)


def _which(ctx: Context, ticket: Ticket) -> Reply:
    """By a tap, or by the next words in private."""
    buttons = [Button(reason.words[0], f"{PRESSED}{code}") for code, reason in wording.REASONS.items()]
    title = desk_wording.CARD_TITLE.format(number=ticket.number, category=case.what(ticket), urgent="")
    card = Card(title=title, buttons=tuple(buttons[: wording.MOST_BUTTONS]), ticket=ticket.number)
    until = ctx.now + ASK_WITHIN
    case.ask(ctx, ctx.who.account.id, ctx.address, "reject", ticket=ticket, until=until)
    persons.attend(ctx.db, ctx.who.account, until)
    text = wording.WHICH_REASON.format(number=ticket.number, names=_names())
    return Reply(text, card=card, ticket_id=ticket.id)


def named(incoming: Incoming, ctx: Context) -> Replies | None:
    """The reason, tapped or said right after it was asked for. What is none leaves the question open."""
    if not may(ctx.who, "reject", ctx.chat_kind):
        return None
    if incoming.kind is Kind.PRESS and incoming.event.startswith(PRESSED):
        number = incoming.data.get("ticket", "")
        ticket = tickets.by_number(ctx.db, int(number)) if number.isdigit() else None
        code = incoming.event.removeprefix(PRESSED)
        return _decided(ctx, ticket, code, "") if ticket is not None and code in wording.REASONS else None
    question = case.asked(ctx, "reject") if incoming.kind is Kind.TEXT else None
    return _answered(incoming, ctx, question) if question is not None else None


def _answered(incoming: Incoming, ctx: Context, question: Question) -> Replies | None:
    ticket = ctx.db.get_one(Ticket, question.ticket_id)
    if ctx.words.strip(BLANKS) in desk_wording.NO:
        ctx.db.delete(question)
        return [Reply(wording.KEPT.format(number=ticket.number), ticket_id=ticket.id)]
    code, where = _reason_in(incoming.text)
    if code is None:
        return None
    ctx.db.delete(question)
    return _decided(ctx, ticket, code, where)


def _decided(ctx: Context, ticket: Ticket, code: str, where: str) -> Replies:
    """As if it had been said in one go."""
    acting.note(ctx, ticket)
    if not reaches(ctx, ticket, "reject"):
        return [not_now(ticket, "reject")]
    refusal = _refusal(ticket)
    return [refusal] if refusal is not None else _rejected(ctx, ticket, code, where)


def _rejected(ctx: Context, ticket: Ticket, code: str, where: str) -> Replies:
    reason = wording.REASONS[code]
    holder_id = ticket.holder_id
    tickets.move(ticket, Status.REJECTED)
    ticket.reason_code, ticket.holder_id, ticket.closed_at = code, None, ctx.now
    case.stop_timers(ctx.db, ticket)
    hands.ended(ctx, ticket)
    case.drop_closing_questions(ctx, ticket)
    data = {"code": code, "holder": holder_id}
    fact = case.record(
        ctx, ticket, FactKind.REJECTED, body=ctx.keep(where) if where else None, said_here=True, data=data
    )
    case.belongs(ctx, ticket)
    told = wording.TOLD_REJECTED.format(number=ticket.number, reason=reason.name, where=where or reason.turn_to)
    answer = Reply(wording.REJECTED.format(number=ticket.number, reason=reason.name), ticket_id=ticket.id)
    return [
        answer,
        cards.stamped(ctx, ticket, wording.STAMP_REJECTED),
        *objecting.tell_holder(
            ctx, ticket, holder_id, wording.HOLDER_REJECTED.format(number=ticket.number, reason=reason.name)
        ),
        *objecting.tell_resident(ctx, ticket, fact, told),
    ]
