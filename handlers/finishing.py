"""办结: whoever works on a ticket says that it is done, with a sentence or a photo; the reporter is asked."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from handlers import acting, answering, cards, case, promising
from handlers.choosing import choose, not_now, reaches
from handlers.context import Context
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rules import deadlines
from handlers.wording import desk as wording
from handlers.wording.times import when
from handlers.working import me, work_on
from storage import directory, persons, tickets
from storage.facts import FactKind
from storage.inbox import Inbox
from storage.tickets import Ticket
from storage.workflow import WAITING_FOR_STAFF, Status

REALLY = timedelta(minutes=30)


@on("resolve")
def resolve(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """办结: needs a sentence or a photo; everyday words are asked once unless a photo stands beside them."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if ticket.kind in deadlines.WITHOUT_LIGHTS:
        refused = ticket.status not in WAITING_FOR_STAFF
        return [not_now(ticket, "resolve")] if refused else answering.answer(ctx, ticket, order.rest)
    photo = _evidence(incoming, ctx)
    if order.soft and photo is None:
        return [_really(ctx, ticket)]
    if not order.rest and photo is None:
        return [Reply(wording.RESOLVE_EVIDENCE.format(number=ticket.number), ticket_id=ticket.id)]
    return finish(ctx, ticket, order.rest, photo)


def _really(ctx: Context, ticket: Ticket) -> Reply:
    case.ask(
        ctx,
        ctx.who.account.id,
        ctx.address,
        "resolve",
        ticket=ticket,
        until=ctx.now + REALLY,
        data={"said": ctx.inbox.id},
    )
    return Reply(wording.REALLY_RESOLVE.format(number=ticket.number, what=case.what(ticket)), ticket_id=ticket.id)


def _evidence(incoming: Incoming, ctx: Context) -> Inbox | None:
    """A photo by the same person in the ten minutes before, in any of the chats with us, not used yet."""
    if incoming.media and incoming.kind in (Kind.IMAGE, Kind.VIDEO):
        return ctx.inbox
    mine = [row.id for row in directory.accounts_of_staff(ctx.db, me(ctx).id)]
    return ctx.db.scalars(
        select(Inbox)
        .where(
            Inbox.sender_id.in_(mine),
            Inbox.kind.in_([Kind.IMAGE, Kind.VIDEO]),
            Inbox.ticket_id.is_(None),
            Inbox.recalled_at.is_(None),
            Inbox.said_at >= ctx.inbox.said_at - ctx.policy.evidence,
        )
        .order_by(Inbox.id.desc())
    ).first()


def finish(ctx: Context, ticket: Ticket, note: str, photo: Inbox | None) -> Replies:
    """The holder says it is done: the reporter is asked, and silence closes it on a stated date."""
    refusal = work_on(ctx, ticket, "resolve")
    if refusal is not None:
        return [refusal]
    tickets.move(ticket, Status.RESOLVED)
    ticket.resolved_at = ctx.now
    media_id = _use_photo(ctx, ticket, photo)
    body = ctx.keep(note) if note else None
    fact = case.record(
        ctx, ticket, FactKind.RESOLVED, body=body, said_here=True, media_id=media_id, data={"photo": photo is not None}
    )
    case.belongs(ctx, ticket)
    case.stop_timers(ctx.db, ticket)
    closes = ctx.now + promising.policy_of(ctx, ticket).answer_within
    case.arm(ctx.db, ticket, "close", closes, step=fact.id)
    for member in tickets.members(ctx.db, ticket):
        case.ask(ctx, member.account_id, f"a:{member.account_id}", "closing", ticket=ticket, until=closes)
        persons.attend(ctx.db, case.account(ctx, member.account_id), closes)
    told = wording.TOLD_RESOLVED.format(
        number=ticket.number,
        note=wording.TOLD_RESOLVED_NOTE.format(note=note) if note else "",
        closes=when(closes, ctx.now),
    )
    answer = Reply(wording.RESOLVED.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *case.tell_members(ctx, ticket, fact, told, media_id=media_id, card=cards.closing_card(ticket))]


def _use_photo(ctx: Context, ticket: Ticket, photo: Inbox | None) -> int | None:
    if photo is None:
        return None
    photo.ticket_id, photo.forget_at = ticket.id, None
    media_id = case.photo_id(ctx, photo.media)
    case.record(ctx, ticket, FactKind.EVIDENCE, media_id=media_id, inbox_id=photo.id)
    return media_id


def answer_really(incoming: Incoming, ctx: Context) -> Replies | None:
    """是 to "shall it be closed"; a photo instead of a word does as well."""
    question = case.asked(ctx, "resolve") if ctx.who.is_staff else None
    if question is None:
        return None
    ticket = ctx.db.get(Ticket, question.ticket_id)
    word = ctx.words.strip("。.!！ ")
    if ticket is None or (incoming.kind is Kind.TEXT and word not in wording.YES):
        return None
    if incoming.kind not in (Kind.TEXT, Kind.IMAGE):
        return None
    said = ctx.db.get(Inbox, question.data.get("said"))
    ctx.db.delete(question)
    acting.note(ctx, ticket)
    if not reaches(ctx, ticket, "resolve"):  # it has changed hands since the question
        return [not_now(ticket, "resolve")]
    if said is not None:
        said.ticket_id, said.forget_at = ticket.id, None
    return finish(ctx, ticket, "", _evidence(incoming, ctx))
