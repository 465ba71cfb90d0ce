"""What every feature does with a ticket: record a fact, tell those concerned, arm and stop timers, show a card."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from handlers.context import QUESTIONS, THREADS, TICKETS, Context, words_of
from handlers.message import Card, DeskOf, Incoming, Member, Person, Reply, To
from handlers.permissions import NEVER_TOLD_WHO, told_who
from handlers.rules import deadlines, whereabouts
from handlers.rules.privacy import discreet, discreet_place, nameless
from handlers.ticket import confiding
from handlers.ticket.arming import ACCEPTANCE as ACCEPTANCE
from handlers.ticket.arming import arm as arm
from handlers.ticket.arming import arm_acceptance as arm_acceptance
from handlers.ticket.arming import stop_timers as stop_timers
from handlers.ticket.arming import taken as taken
from handlers.wording import report as report_wording
from handlers.wording import taxonomy
from storage import directory, facts, media, persons, tickets, undos
from storage.base import JsonObject
from storage.deployment import Question
from storage.facts import Fact, FactKind
from storage.inbox import Body
from storage.inserts import insert_one
from storage.origins import ROOT_CAUSE
from storage.people import Account, Group, Staff, Unit
from storage.streets import streets_of
from storage.tickets import Ticket
from storage.workflow import Closing, Status

TIPOFF = "tipoff"  # a kind
LIST_LEFT = "list_left"  # no question, but what of a list was not shown: nothing that is said answers it


def record(
    ctx: Context,
    ticket: Ticket,
    kind: FactKind,
    *,
    body: Body | None = None,
    media_id: int | None = None,
    said_here: bool = False,
    inbox_id: int | None = None,
    data: JsonObject | None = None,
) -> Fact:
    """Adds a fact by whoever is speaking, to be read only. ``said_here`` ties it to the message being handled."""
    row = {
        "ticket_id": ticket.id,
        "kind": kind,
        "at": ctx.now,
        "account_id": ctx.who.account.id,
        "staff_id": ctx.who.staff.id if ctx.who.staff is not None else None,
        "inbox_id": ctx.inbox.id if said_here else inbox_id,
        "body_id": body.id if body is not None else None,
        "media_id": media_id or (photo_id(ctx, ctx.inbox.media) if said_here else None),
        "data": data or {},
    }
    ctx.db.flush()  # what it speaks of comes first
    if kind not in facts.BESIDE:
        undos.end(ctx.db, ticket.id)
    fact = Fact(id=insert_one(ctx.db, Fact, row), **row)
    ctx.facts.append(fact)
    ctx.look_anew(TICKETS, THREADS)
    return fact


def belongs(ctx: Context, ticket: Ticket) -> None:
    """The message being handled became part of a ticket: it is not forgotten with the talk."""
    ctx.inbox.ticket_id = ticket.id
    ctx.inbox.forget_at = None


def tell_members(
    ctx: Context, ticket: Ticket, fact: Fact, text: str, *, media_id: int | None = None, card: Card | None = None
) -> Iterator[Reply]:
    """The same news to the reporter and to everybody who joined, each in private, once a fact.

    Who joined is a neighbour: what staff wrote about the reporter's door or telephone is not for them.
    """
    for member in persons.one_each(ctx.db, tickets.members(ctx.db, ticket)):
        if member.account_id not in ctx.mine:
            yield Reply(
                discreet(text) if tickets.supports(ticket, member) else text,
                to=Person(member.account_id),
                name=f"ticket:{ticket.number}:told:{fact.id}:{member.account_id}",
                ticket_id=ticket.id,
                media_id=media_id,
                card=card,
            )


def what(ticket: Ticket) -> str:
    """The category's name; of advice and praise, which of them it is; of what looks for a root, that it does."""
    name = category(ticket)
    return taxonomy.FOR_THE_ROOT.format(what=name) if ticket.source == ROOT_CAUSE else name


def category(ticket: Ticket) -> str:
    """The name of the trouble itself."""
    return taxonomy.KIND[ticket.kind] if ticket.kind in deadlines.WITHOUT_LIGHTS else taxonomy.CATEGORY[ticket.category]


def where(db: Session, ticket: Ticket) -> str:
    """The place as staff need it: where the group lives, and what was said."""
    group = db.get(Group, ticket.group_id) if ticket.group_id is not None else None
    unit = streets_of(db).unit(ticket.unit_id)
    base = (group.place if group is not None else None) or (unit.name if unit is not None else "")
    said = whereabouts.in_one(ticket.place)
    if said and ticket.flagged == "elsewhere":
        return said  # named, and none of ours as far as we know
    return said if base and base in said else f"{base}{said}"


def where_for(db: Session, ticket: Ticket, staff: Staff | None) -> str:
    """The place as somebody may read it: the building without the room, for those who are not told who complained.

    In an emergency the door comes before who lives behind it.
    """
    place = where(db, ticket)
    told = staff is not None and (told_who(staff) or confiding.goes_there(db, ticket, staff))
    return place if told or ticket.urgency == deadlines.EMERGENCY else discreet_place(place)


def said(ctx: Context, ticket: Ticket) -> str:
    """The reporter's own words."""
    if ticket.words_id in ctx.kept:
        return ctx.kept[ticket.words_id]
    return words_of(ctx.vault, ctx.db.get(Body, ticket.words_id) if ticket.words_id is not None else None)


def is_private_trouble(ticket: Ticket) -> bool:
    """A life in danger, blows at home: whoever goes on speaking of it is talking to somebody, not adding to a file."""
    return ticket.confidential and ticket.kind != TIPOFF and ticket.urgency == deadlines.EMERGENCY


def hides_reporter(db: Session, desk_id: int | None) -> bool:
    """Whether the desk must not learn who complained (property companies, departments)."""
    unit = db.get(Unit, desk_id) if desk_id is not None else None
    return unit is not None and unit.kind in NEVER_TOLD_WHO


def ask(
    ctx: Context,
    account_id: int,
    address: str,
    kind: str,
    *,
    ticket: Ticket | None,
    until: datetime,
    data: JsonObject | None = None,
) -> None:
    """Remembers a question; a newer one of the same kind in the same chat replaces it."""
    same = Question.account_id == account_id, Question.address == address, Question.kind == kind
    question = ctx.db.scalars(select(Question).where(*same)).one_or_none()
    if question is None:
        question = Question(account_id=account_id, address=address, kind=kind, asked_at=ctx.now, expires_at=until)
        ctx.db.add(question)
    question.ticket_id = ticket.id if ticket is not None else None
    question.data, question.asked_at, question.expires_at = data or {}, ctx.now, until
    ctx.db.flush()
    ctx.look_anew(QUESTIONS)


def ask_in_private(
    ctx: Context,
    account: Account,
    kind: str,
    *,
    ticket: Ticket | None,
    until: datetime,
    data: JsonObject | None = None,
) -> None:
    """The same to somebody in private, whose words are read with it in mind until then."""
    ask(ctx, account.id, f"a:{account.id}", kind, ticket=ticket, until=until, data=data)
    persons.attend(ctx.db, account, until)


def asked(ctx: Context, kind: str, *, anywhere: bool = False) -> Question | None:
    """The open question of this kind to whoever is speaking, newest first."""
    of_kind = (one for one in ctx.questions if one.kind == kind and (anywhere or one.address == ctx.address))
    return next(of_kind, None)


def asked_since(ctx: Context, question: Question) -> bool:
    """Whether whoever is speaking was asked something else here later: 是 and 不用 answer that."""
    mine = (question.kind, LIST_LEFT)
    others = (one for one in ctx.questions if one.address == ctx.address and one.kind not in mine)
    return any(one.asked_at >= question.asked_at for one in others)


def sender(ctx: Context) -> Person:
    """Whoever is speaking, in private."""
    return Person(ctx.who.account.id)


def tell_workers(ctx: Context, ticket: Ticket, fact: Fact, form: str, words: str = "") -> Iterator[Reply]:
    """News for whoever works on the ticket, or on what it was merged into: the holder, before acceptance the desk.

    ``form`` has places for the number and what was ``said``; a group reads that something was, never the words.
    """
    ticket = tickets.lead(ctx.db, ticket)
    name = f"ticket:{ticket.number}:staff:{fact.id}"
    holder = ctx.db.get(Staff, ticket.holder_id) if ticket.holder_id is not None else None
    if holder is not None and holder.active:
        hidden = ticket.kind == "tipoff" or not told_who(holder)
        text = form.format(number=ticket.number, said=_shown_at_once(ctx, ticket, words, hidden=hidden))
        yield Reply(text, to=Member(holder.id), name=name, ticket_id=ticket.id)
    elif ticket.desk_id is not None:
        hidden = hides(ctx.db, ticket)
        text = form.format(number=ticket.number, said=_shown_at_once(ctx, ticket, words, hidden=hidden))
        briefly = report_wording.BRIEFLY.get(form, report_wording.SAID_IN_PRIVATE)
        in_group = (briefly if words else form).format(number=ticket.number)
        once = _once(ctx, ticket) if form == report_wording.ADDED_STAFF else ""
        for to in at_desk(ctx.db, ticket, ticket.desk_id):
            yield Reply(text, to=to, name=name, ticket_id=ticket.id, in_group=in_group, group_name=once)


def _once(ctx: Context, ticket: Ticket) -> str:
    """Somebody who tells in ten fragments is one line in the staff group, each half hour; never in an emergency."""
    if ticket.urgency == deadlines.EMERGENCY:
        return ""
    slot = int(ctx.inbox.said_at.timestamp() // ctx.policy.additions.total_seconds())
    return f"ticket:{ticket.number}:added:{slot}"


def hides(db: Session, ticket: Ticket) -> bool:
    """Whether the desk reads the words without whatever leads to the reporter: a tip-off's reporter is on no card."""
    return ticket.kind == "tipoff" or hides_reporter(db, ticket.desk_id)


def shown(words: str, *, hidden: bool) -> str:
    """The reporter's words as staff read them; ``hidden`` from those who are not told who complained."""
    return nameless(words) if hidden else words


def _shown_at_once(ctx: Context, ticket: Ticket, words: str, *, hidden: bool) -> str:
    """The words; in an emergency with the door that was left out of them, where it is the ticket's."""
    text = shown(words, hidden=hidden)
    if text == words or ticket.urgency != deadlines.EMERGENCY:
        return text
    return report_wording.AT.format(said=text, place=where(ctx.db, ticket))


def at_desk(db: Session, ticket: Ticket, unit_id: int) -> list[To]:
    """A desk's address. What is confidential is said to each of its people alone, never to a group."""
    if not ticket.confidential:
        return [DeskOf(unit_id)]
    above = directory.level_above(db, directory.unit_of(db, unit_id))
    people = directory.staff_of(db, unit_id) or (directory.staff_of(db, above.id) if above is not None else [])
    return [Member(staff.id) for staff in people]


def is_desks_group(ctx: Context, unit_id: int) -> bool:
    """Whether what a desk is told is read in this very chat."""
    group = streets_of(ctx.db).staff_group(unit_id) if ctx.group is not None else None
    return group is not None and ctx.group is not None and group.id == ctx.group.id


def account(ctx: Context, account_id: int) -> Account:
    """An account that is known to exist."""
    return ctx.db.get_one(Account, account_id)


def photo_id(ctx: Context, handle: str | None) -> int | None:
    """The file behind ``media:<ref>``, here or on its way from a platform."""
    if handle is None or not handle.startswith("media:"):
        return None
    return media.known(ctx.db, handle.removeprefix("media:"))


def asks_no_more(ctx: Context, ticket: Ticket, kind: str) -> None:
    """What was asked of whoever is speaking is done, by another way than the answer: their next words are their own."""
    mine = Question.account_id.in_(ctx.mine), Question.ticket_id == ticket.id, Question.kind == kind
    ctx.db.execute(delete(Question).where(*mine))


def drop_closing_questions(ctx: Context, ticket: Ticket) -> None:
    """Nobody is asked any longer whether it is done."""
    ctx.db.execute(delete(Question).where(Question.ticket_id == ticket.id, Question.kind == "closing"))


def close(ctx: Context, ticket: Ticket, kind: Closing) -> Fact:
    """结案: the end of the clock for this ticket."""
    tickets.move(ticket, Status.CLOSED)
    ticket.closing, ticket.closed_at = kind, ctx.now
    stop_timers(ctx.db, ticket)
    drop_closing_questions(ctx, ticket)
    return record(ctx, ticket, FactKind.CLOSED, data={"closing": kind})


def remember_card(ctx: Context, incoming: Incoming, ticket: Ticket) -> None:
    """The message that accepted belongs to the ticket's history."""
    if incoming.text:
        belongs(ctx, ticket)
