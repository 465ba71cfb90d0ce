"""The desk: 接单, 进展, 办结, 核查. Each changes the ticket, leaves a fact, and tells those concerned."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from handlers import answering, cards, case, promising
from handlers.choosing import choose, not_now, reaches
from handlers.context import Context
from handlers.message import DeskOf, Incoming, Kind, Member, Person, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rules import deadlines, promises
from handlers.rules.privacy import discreet_place
from handlers.wording import advising, stamps, taxonomy
from handlers.wording import desk as wording
from handlers.wording.times import when
from storage import directory, persons, tickets
from storage.facts import Fact, FactKind
from storage.inbox import Inbox
from storage.people import Staff
from storage.tickets import Ticket
from storage.workflow import WAITING_FOR_STAFF, Closing, Status

REALLY = timedelta(minutes=30)


@on("accept")
def accept(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """接单: takes the ticket; the eight-hour clock and its reminders stop in this transaction."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    staff = _me(ctx)
    if ticket.holder_id is not None and ticket.status in (Status.ACCEPTED, Status.IN_PROGRESS):
        return [_already(ctx, ticket, staff)]
    if ticket.status != Status.REPORTED:
        return [not_now(ticket, "accept")]
    made = promising.at_acceptance(ctx, ticket)  # first: it asks the database, and the ticket is to be written once
    tickets.move(ticket, Status.ACCEPTED)
    ticket.holder_id, ticket.accepted_at = staff.id, ctx.now
    due = made[promises.PROGRESS].due
    data = {"late": ctx.now > ticket.accept_due, **promising.kept(made)}
    fact = case.record(ctx, ticket, FactKind.ACCEPTED, data=data)
    case.stop_timers(ctx.db, ticket, *case.ACCEPTANCE)
    case.arm(ctx.db, ticket, "progress:due", due)
    case.remember_card(ctx, incoming, ticket)
    answer = _you_have_it(ctx, ticket, due)
    return [
        Reply(answer, ticket_id=ticket.id, stamp=stamps.TAKEN),
        cards.stamped(ctx, ticket, _taken_by(ctx, staff)),
        *case.tell_members(ctx, ticket, fact, _told_accepted(ctx, ticket, staff)),
    ]


def _taken_by(ctx: Context, staff: Staff) -> str:
    return stamps.stamp(stamps.TAKEN_BY, name=directory.name_of(ctx.vault, staff))


def _you_have_it(ctx: Context, ticket: Ticket, due: datetime) -> str:
    if ticket.urgency == deadlines.EMERGENCY:
        place = case.where(ctx.db, ticket)
        place = place if ctx.group is None else discreet_place(place)
        return wording.ACCEPTED_EMERGENCY.format(number=ticket.number, place=place)
    form = advising.YOURS if ticket.kind in deadlines.WITHOUT_LIGHTS else wording.ACCEPTED
    return form.format(number=ticket.number, what=case.what(ticket), due=when(due, ctx.now))


def _me(ctx: Context) -> Staff:
    if ctx.who.staff is None:
        raise PermissionError("only staff reach this handler")
    return ctx.who.staff


def _told_accepted(ctx: Context, ticket: Ticket, staff: Staff) -> str:
    name = directory.name_of(ctx.vault, staff)
    return wording.TOLD_ACCEPTED.format(number=ticket.number, unit=unit_name(ctx, ticket.desk_id), name=name)


def unit_name(ctx: Context, unit_id: int | None) -> str:
    """A unit's name, or the plain word for the community."""
    unit = directory.unit_of(ctx.db, unit_id)
    return unit.name if unit is not None else taxonomy.ROLE["community"]


def _already(ctx: Context, ticket: Ticket, staff: Staff) -> Reply:
    if ticket.holder_id == staff.id:
        return Reply(wording.ACCEPTED_ALREADY.format(number=ticket.number), ticket_id=ticket.id, stamp=stamps.TAKEN)
    name = directory.name_of(ctx.vault, ctx.db.get(Staff, ticket.holder_id))
    words = stamps.stamp(stamps.TAKEN_BY, name=name)
    return Reply(wording.ACCEPTED_BY.format(number=ticket.number, name=name), ticket_id=ticket.id, stamp=words)


def _work_on(ctx: Context, ticket: Ticket, command: str) -> Reply | None:
    """Somebody who reports progress or the end of a ticket that nobody took has taken it."""
    if ticket.status == Status.REPORTED:
        tickets.move(ticket, Status.ACCEPTED)
        ticket.holder_id, ticket.accepted_at = _me(ctx).id, ctx.now
        case.record(ctx, ticket, FactKind.ACCEPTED, data={"late": ctx.now > ticket.accept_due, "by": command})
        case.stop_timers(ctx.db, ticket, *case.ACCEPTANCE)
        return None
    if ticket.status not in (Status.ACCEPTED, Status.IN_PROGRESS):
        return not_now(ticket, command)
    return None


@on("progress")
def progress(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """进展: the first one is due within the same eight hours."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if not order.rest and not incoming.media:
        return [Reply(wording.PROGRESS_EMPTY.format(number=ticket.number))]
    refusal = _work_on(ctx, ticket, "progress")
    if refusal is not None:
        return [refusal]
    note_progress(ctx, ticket)
    fact = case.record(ctx, ticket, FactKind.PROGRESS, body=ctx.keep(order.rest), said_here=True)
    case.belongs(ctx, ticket)
    told = wording.TOLD_PROGRESS.format(number=ticket.number, note=order.rest)
    answer = Reply(wording.PROGRESS.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *case.tell_members(ctx, ticket, fact, told)]


def note_progress(ctx: Context, ticket: Ticket) -> None:
    """The holder's first note makes it 处置中 and stops the reminder for it."""
    if ticket.status == Status.ACCEPTED:
        tickets.move(ticket, Status.IN_PROGRESS)
    ticket.progress_at = ticket.progress_at or ctx.now
    case.stop_timers(ctx.db, ticket, "progress:due")


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
    mine = [row.id for row in directory.accounts_of_staff(ctx.db, _me(ctx).id)]
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
    refusal = _work_on(ctx, ticket, "resolve")
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
    if not reaches(ctx, ticket, "resolve"):  # it has changed hands since the question
        return [not_now(ticket, "resolve")]
    if said is not None:
        said.ticket_id, said.forget_at = ticket.id, None
    return finish(ctx, ticket, "", _evidence(incoming, ctx))


@on("verify")
def verify(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """核查: the community confirms or sends back; never the handler's own work."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if ticket.status != Status.RESOLVED:
        return [not_now(ticket, "verify")]
    if _me(ctx).id in (ticket.holder_id, _resolved_by(ctx, ticket)):
        return [Reply(wording.VERIFY_OWN.format(number=ticket.number))]
    verdict = _said_of(order.rest)
    if verdict is None:
        return [Reply(wording.VERIFY_WHICH.format(number=ticket.number), ticket_id=ticket.id)]
    passed, reason = verdict
    if passed:
        return _verified(ctx, ticket)
    if not reason:
        return [Reply(wording.VERIFY_REASON.format(number=ticket.number))]
    return _sent_back(ctx, ticket, reason)


def _resolved_by(ctx: Context, ticket: Ticket) -> int | None:
    """Whoever said last that it is done: not always the holder."""
    done = select(Fact.staff_id).where(Fact.ticket_id == ticket.id, Fact.kind == FactKind.RESOLVED)
    return ctx.db.scalars(done.order_by(Fact.id.desc())).first()


def _said_of(rest: str) -> tuple[bool, str] | None:
    """Passed or not, and the reason. Anything that says neither is asked again, never taken for a pass."""
    for passed, words in ((False, wording.VERIFY_FAIL), (True, wording.VERIFY_PASS)):
        for word in words:
            if rest.lower().startswith(word):
                return passed, rest[len(word) :].strip(wording.PAUSES)
    return None


def _verified(ctx: Context, ticket: Ticket) -> Replies:
    fact = case.record(ctx, ticket, FactKind.VERIFIED, said_here=True, data={"passed": True})
    case.close(ctx, ticket, Closing.SOLVED)
    told = wording.TOLD_CLOSED.format(number=ticket.number)
    answer = Reply(wording.VERIFIED.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *case.tell_members(ctx, ticket, fact, told)]


def _sent_back(ctx: Context, ticket: Ticket, reason: str) -> Replies:
    tickets.move(ticket, Status.IN_PROGRESS)
    case.stop_timers(ctx.db, ticket)
    case.drop_closing_questions(ctx, ticket)
    fact = case.record(ctx, ticket, FactKind.VERIFIED, body=ctx.keep(reason), said_here=True, data={"passed": False})
    text = wording.VERIFY_FAILED_STAFF.format(number=ticket.number, reason=reason)
    holder = [Reply(text, to=Member(ticket.holder_id), ticket_id=ticket.id)] if ticket.holder_id is not None else []
    told = wording.TOLD_VERIFY_FAILED.format(number=ticket.number)
    answer = Reply(wording.VERIFY_FAILED.format(number=ticket.number), ticket_id=ticket.id)
    return [answer, *holder, *case.tell_members(ctx, ticket, fact, told)]


__all__ = ["DeskOf", "Fact", "Person", "accept", "answer_really", "finish", "progress", "resolve", "verify"]
