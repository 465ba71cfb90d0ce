"""What is shared by everything that brings others to a ticket beside its holder: who hears what, and only once.

The resident hears one kind line, never who quarrels with whom; departments and property companies never read who
complained; a group reads numbers and places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.context import Context, words_of
from handlers.message import Button, Card, Incoming, Kind, Member, Reply
from handlers.permissions import NEVER_TOLD_WHO
from handlers.rules import promises
from handlers.rules.counted_hours import Span
from handlers.rules.deadlines import EMERGENCY, Policy
from handlers.rules.privacy import MASK, nameless
from handlers.ticket import case, confiding, promising
from handlers.wording import desk as desk_wording
from handlers.wording import hands as hands_wording
from handlers.wording import whistles as wording
from handlers.wording.commands import BLANKS
from storage import directory, tickets, whistles
from storage.deployment import Question
from storage.facts import Fact
from storage.inbox import Body
from storage.people import Account, Resident, Unit
from storage.tickets import Ticket
from storage.whistles import OPEN_HANDS, Hand, Part

BESIDE = frozenset({"accept", "progress", "resolve", "look", "respond", "respond_contact", "decline"})


@dataclass(frozen=True, slots=True)
class Until:
    """A date of somebody who helps, and when it turns yellow. UTC."""

    yellow: datetime
    due: datetime


def until(now: datetime, span: Span, policy: Policy, latest: datetime | None = None) -> Until:
    """A span from now; ``latest`` (what the resident was promised) comes first where it is sooner and not over yet."""
    made = promises.promised(now, span, policy, promises.SAID)
    if latest is None or not now < latest < made.due:
        return Until(made.yellow, made.due)
    return Until(now + (latest - now) * policy.yellow_percent / 100, latest)


def answered(incoming: Incoming, ctx: Context, kind: str) -> Question | None:
    """The question to a member of staff in private that these words answer; it is asked no more."""
    if incoming.kind is not Kind.TEXT or ctx.group is not None or not ctx.who.is_staff:
        return None
    if ctx.alarms or not ctx.words.strip(BLANKS) or not ctx.who.is_attentive(ctx.now):
        return None
    question = case.asked(ctx, kind)
    if question is not None:
        ctx.db.delete(question)
    return question


def my_units(ctx: Context) -> list[int]:
    """The units whoever is speaking works in, also for somebody else."""
    return ctx.who.desks


def works_beside(ctx: Context, ticket: Ticket, command: str) -> bool:
    """Whether somebody may say this of a ticket because their unit was called to it, or has a part in it."""
    if command not in BESIDE or not ctx.who.is_staff or not confiding.may_see(ctx.who, ticket):
        return False
    return whistles.works_on(ctx.db, ticket.id, my_units(ctx))


def read_by(ctx: Context, ticket: Ticket, unit: Unit, words: str) -> str:
    """What staff wrote, as a unit may read it: those who are never told who complained read no name."""
    if unit.kind not in NEVER_TOLD_WHO:
        return words
    for name in _who_complained(ctx, ticket):
        words = words.replace(name, MASK)
    return nameless(words)


def _who_complained(ctx: Context, ticket: Ticket) -> list[str]:
    """The names, longest first, by which the reporter and whoever joined are known."""
    ids = [member.account_id for member in tickets.members(ctx.db, ticket)]
    found = {name for one in ctx.db.scalars(select(Account).where(Account.id.in_(ids))) for name in _names(ctx, one)}
    return sorted((name for name in found if len(name) > 1), key=len, reverse=True)


def _names(ctx: Context, account: Account) -> Iterator[str]:
    if account.shown_name:
        yield ctx.vault.open(account.shown_name, "accounts.shown_name", account.ref)
    resident = ctx.db.get(Resident, account.resident_id) if account.resident_id is not None else None
    if resident is not None and resident.name:
        yield ctx.vault.open(resident.name, "residents.name", resident.ref)


def words(ctx: Context, body_id: int | None) -> str:
    """Words that were kept."""
    if body_id in ctx.kept:
        return ctx.kept[body_id]
    return words_of(ctx.vault, ctx.db.get(Body, body_id) if body_id is not None else None)


def names(db: Session, unit_ids: Iterable[int]) -> str:
    """Units by name."""
    found = (directory.unit_of(db, unit_id) for unit_id in dict.fromkeys(unit_ids))
    return wording.AND.join(unit.name for unit in found if unit is not None)


def card(ticket: Ticket, fields: tuple[tuple[str, str], ...], *buttons: tuple[str, str]) -> Card:
    """A ticket for somebody who helps: its number, what is asked, and what to tap (label, command)."""
    urgent = desk_wording.CARD_URGENT if ticket.urgency == EMERGENCY else ""
    title = desk_wording.CARD_TITLE.format(number=ticket.number, category=case.what(ticket), urgent=urgent)
    return Card(title, fields, tuple(Button(label, action) for label, action in buttons), ticket.number)


def to_unit(ctx: Context, ticket: Ticket, unit_id: int, reply: Reply) -> Iterator[Reply]:
    """A message to everybody of a unit and its staff group; of what is confidential to its people alone."""
    yield from (replace(reply, to=to) for to in case.at_desk(ctx.db, ticket, unit_id))


def to_holder(ctx: Context, ticket: Ticket, text: str, fact: Fact, *others: int | None) -> Iterator[Reply]:
    """A line to whoever holds the ticket and to others who asked for it, but not to whoever is speaking."""
    me = ctx.who.staff.id if ctx.who.staff is not None else None
    name = f"ticket:{ticket.number}:beside:{fact.id}"
    for staff_id in dict.fromkeys((ticket.holder_id, *others)):
        if staff_id is not None and staff_id != me:
            yield Reply(text, to=Member(staff_id), name=name, ticket_id=ticket.id)


def to_resident_once(ctx: Context, ticket: Ticket, fact: Fact, text: str, mark: str) -> Iterator[Reply]:
    """One line to the reporter and whoever joined, once for ever, however many are called."""
    for reply in case.tell_members(ctx, ticket, fact, text):
        yield replace(reply, name=f"ticket:{ticket.number}:{mark}>{getattr(reply.to, 'account_id', '')}")


def still_open(db: Session, ticket: Ticket, part: Part | None = None) -> Sequence[Hand]:
    """Parts that are neither done nor let go."""
    found = whistles.hands_of(db, ticket.id)
    return [hand for hand in found if hand.state in OPEN_HANDS and part in (None, hand.part)]


def left(ctx: Context, ticket: Ticket) -> Reply | None:
    """What to say to a holder who is done while others are not; a task force ends together."""
    hands = still_open(ctx.db, ticket, Part.MEMBER)
    if not hands:
        return None
    units = names(ctx.db, (hand.unit_id for hand in hands))
    first = names(ctx.db, [hands[0].unit_id])
    return Reply(hands_wording.LEFT.format(number=ticket.number, units=units, first=first), ticket_id=ticket.id)


def light(now: datetime, start: datetime, due: datetime, policy: Policy) -> str:
    """Which light a date shows."""
    if now >= due:
        return "red"
    return "yellow" if now >= start + (due - start) * policy.yellow_percent / 100 else ""


def policy_of(ctx: Context, ticket: Ticket) -> Policy:
    """The figures of the place."""
    return promising.policy_of(ctx, ticket)
