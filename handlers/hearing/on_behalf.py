"""代报: staff report for somebody who cannot. The ticket is that person's: their household counts, and they hear of it
by whatever way they have; where they have none, whoever works on it is asked to tell them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import update

from handlers.context import Context
from handlers.hearing import hotline_told
from handlers.households import doorstep, homes
from handlers.matter import burst, joining, points
from handlers.matter.opening import open_ticket
from handlers.matter.taking import flag
from handlers.message import Incoming, Person, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rules import whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.ticket import cards, case
from handlers.wording import on_behalf as wording
from handlers.wording.commands import COMMANDS
from handlers.wording.times import when
from nlp.normalise import normalise
from nlp.reading import Part, ReadingContext, read
from storage import directory, households, phone_accounts
from storage.inbox import Body
from storage.origins import PROXY
from storage.people import Account, Household, Resident
from storage.tickets import Member, Ticket

_PHONE = re.compile(wording.PHONE)
_PHONE_WORDS = re.compile(wording.PHONE_WORDS)


@dataclass(frozen=True, slots=True)
class Told:
    """What was told for somebody: the words without the telephone, and the telephone."""

    words: str
    phone: str


def told_in(said: str) -> Told:
    """3号楼张阿姨家漏水 13800000000, in either order."""
    found = _PHONE.search(said)
    if found is None:
        return Told(said.strip(), "")
    before = _PHONE_WORDS.sub("", said[: found.start()])
    words = " ".join(filter(None, (before.strip(), said[found.end() :].strip())))
    return Told(words, "".join(filter(None, found.groups())))


@on("proxy")
def proxy(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """代报 3号楼张阿姨家漏水 13800000000. What was typed is not kept: it names a person and a telephone."""
    said = " ".join([*(str(number) for number in order.numbers), order.rest]).strip()
    ctx.inbox.text = None
    if (order_taken := hotline_told.ordered(incoming, ctx, said)) is not None:
        return order_taken
    told = told_in(said)
    if not told.words:
        return [Reply(wording.PROXY_HOW)]
    reading = read(told.words, ReadingContext(addressed=True))
    if not reading.parts:
        return [Reply(wording.NOTHING_HEARD.format(example=COMMANDS["proxy"].example))]
    whose = _whose(ctx, told)
    theirs = replace(ctx, reading=reading, words=normalise(told.words))
    opened = _open(theirs, told, whose)
    burst.gather_earlier(theirs, opened)
    texts = [part.text for part in reading.parts] if len(reading.parts) > 1 else [theirs.words]
    settled = joining.settle(theirs, opened, texts)
    return [reply for one in settled for reply in _said(ctx, one, whose)]


def _open(ctx: Context, told: Told, whose: Account) -> list[Ticket]:
    parts = ctx.reading.parts
    bodies = points.bodies(ctx, told.words, parts)
    return [_theirs(ctx, whose, _one(ctx, part, body)) for part, body in zip(parts, bodies, strict=True)]


def _one(ctx: Context, part: Part, body: Body) -> Ticket:
    return open_ticket(ctx, part, body, kind=points.kind_of(ctx, part), flagged=flag(ctx, part), source=PROXY)


def _theirs(ctx: Context, whose: Account, ticket: Ticket) -> Ticket:
    """Whoever it was told for is the reporter; who told it stands in its first fact."""
    ticket.reporter_id = whose.id
    mine = (Member.ticket_id == ticket.id, Member.account_id == ctx.who.account.id)
    ctx.db.execute(update(Member).where(*mine).values(account_id=whose.id))
    return ticket


# --- who it is


def _whose(ctx: Context, told: Told) -> Account:
    """The account by which they hear: their own, else their telephone's, else one that no door speaks to."""
    home = _home(ctx, told)
    resident = _resident(ctx, home, told.phone)
    known = households.accounts_of(ctx.db, resident.id) if resident is not None else ()
    spoken = [row for row in known if row.door in ctx.doors]
    if spoken:
        return spoken[0]
    if told.phone:
        return phone_accounts.of_number(ctx.db, ctx.vault, told.phone, resident.id if resident is not None else None)
    return known[0] if known else homes.without_door(ctx.db, ctx.vault, resident.id if resident is not None else None)


def _home(ctx: Context, told: Told) -> Household | None:
    """The one front door that the words give, among the estates that are the speaker's to know."""
    estates = homes.estates_of(ctx, "enrol")
    given = doorstep.understand(ctx, told.words, estates) if estates else None
    if given is None:
        return None
    among = [given.estate] if given.estate is not None else estates
    found = [home for estate in among for home in doorstep.find(ctx, given.door, estate)]
    return found[0] if len(found) == 1 else None


def _resident(ctx: Context, home: Household | None, phone: str) -> Resident | None:
    """Whoever has this telephone; at a known door somebody new, where nobody has; without one its contact."""
    if phone and (known := households.with_phone(ctx.db, ctx.vault, phone)) is not None:
        return known
    if home is None:
        return None
    if phone:
        return households.add_resident(ctx.db, ctx.vault, home.id, phone=phone)
    contact = ctx.db.get(Resident, home.contact_id) if home.contact_id is not None else None
    return contact or households.add_resident(ctx.db, ctx.vault, home.id)


# --- what is said


def _said(ctx: Context, one: joining.Settled, whose: Account) -> Iterator[Reply]:
    """To whoever told it, to the person it was told for, and to the desk."""
    ticket, heard = one.ticket, whose.door in ctx.doors
    hears = wording.HEARS if heard else wording.HEARS_NOTHING
    if one.lead is not None:
        yield Reply(wording.MERGED.format(number=one.lead.number, hears=hears), ticket_id=one.lead.id)
        yield from one.news
        return
    place = whereabouts.in_one(ticket.place)
    given = {"number": ticket.number, "what": case.what(ticket), "due": when(ticket.accept_due, ctx.now)}
    urgent = ticket.urgency == EMERGENCY
    text = wording.REPORTED.format(**given, place=wording.PLACE.format(place=place) if place else "", hears=hears)
    yield Reply(f"{wording.EMERGENCY}{text}" if urgent else text, ticket_id=ticket.id, urgent=urgent)
    if heard:
        name = directory.name_of(ctx.vault, ctx.who.staff)
        told = wording.TOLD.format(name=name, **given)
        yield Reply(told, to=Person(whose.id), name=f"ticket:{ticket.number}:proxy", ticket_id=ticket.id)
    yield from cards.card_to_desk(ctx, ticket, like=one.like, fresh=True)
