"""Which ticket a command means: the number said, the card quoted or tapped, or the only one it can be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from handlers.context import Context
from handlers.message import Incoming, Reply
from handlers.orders import Order
from handlers.permissions import may_in, who_may
from handlers.ticket import acting, case, confiding, following
from handlers.ticket.beside import works_beside
from handlers.wording import desk as wording
from handlers.wording import taxonomy
from handlers.wording.commands import COMMANDS as SAID
from storage import directory, erasing, tickets, unsaid
from storage.inbox import Inbox
from storage.outbox import Outbox
from storage.people import Role
from storage.tickets import Ticket
from storage.workflow import OPEN, WAITING_FOR_STAFF, Status

ELIGIBLE: dict[str, frozenset[Status]] = {
    "accept": frozenset({Status.REPORTED}),
    "progress": frozenset({Status.ACCEPTED, Status.IN_PROGRESS}),
    "reassign": frozenset({Status.REPORTED, Status.ACCEPTED, Status.IN_PROGRESS}),
    "resolve": frozenset({Status.ACCEPTED, Status.IN_PROGRESS}),
    "return": frozenset({Status.REPORTED, Status.ACCEPTED, Status.IN_PROGRESS}),
    "assist": frozenset({Status.REPORTED, Status.ACCEPTED, Status.IN_PROGRESS}),
    "extend": frozenset({Status.ACCEPTED, Status.IN_PROGRESS}),
    "set_date": frozenset({Status.ACCEPTED, Status.IN_PROGRESS}),
    "suspend": frozenset({Status.ACCEPTED, Status.IN_PROGRESS}),
    "look_back": frozenset({Status.SUSPENDED}),
    "resume": frozenset({Status.SUSPENDED}),
    "whistle": WAITING_FOR_STAFF,
    "whistle_sign": WAITING_FOR_STAFF,
    "whistle_refuse": WAITING_FOR_STAFF,
    "whistle_over": WAITING_FOR_STAFF,
    "whistle_excuse": WAITING_FOR_STAFF,
    "whistle_must": WAITING_FOR_STAFF,
    "whistle_rate": frozenset(Status),
    "respond": WAITING_FOR_STAFF,
    "respond_contact": WAITING_FOR_STAFF,
    "decline": WAITING_FOR_STAFF,
    "task_force": WAITING_FOR_STAFF,
    "coordinate": WAITING_FOR_STAFF,
    "hand_release": WAITING_FOR_STAFF,
    "verify": frozenset({Status.RESOLVED}),
    "verify_pass": frozenset({Status.RESOLVED}),
    "redo": frozenset({Status.REPORTED}),
    "talked": frozenset({Status.REPORTED, Status.ACCEPTED, Status.IN_PROGRESS}),
    "lane": frozenset({Status.REPORTED, Status.ACCEPTED, Status.IN_PROGRESS}),
    "passed_on": frozenset(Status),
    "look": frozenset(Status),
    "erase": erasing.OVER,
    "recategorise": frozenset({Status.REPORTED, Status.ACCEPTED, Status.IN_PROGRESS, Status.RESOLVED}),
    "not_report": frozenset({Status.REPORTED, Status.ACCEPTED}),
    "is_report": frozenset({Status.REJECTED}),
    "reject": frozenset({Status.REPORTED, Status.ACCEPTED}),
    "hand_off": frozenset({Status.REPORTED, Status.ACCEPTED, Status.IN_PROGRESS}),
    "take_up": frozenset({Status.REJECTED, Status.TRANSFERRED, Status.CLOSED}),
    "nudge": frozenset({Status.REPORTED, Status.ACCEPTED, Status.IN_PROGRESS}),
    "supervise": OPEN,
    "comment": OPEN,
}
# What a command makes of a ticket: where it is that already, the answer says so.
BECOMES: dict[str, frozenset[Status]] = {
    "resolve": frozenset({Status.RESOLVED, Status.CLOSED}),
    "verify": frozenset({Status.CLOSED}),
    "take_up": frozenset({Status.REPORTED}),
}
MOST_ROLES = 8
LISTED = 6  # tickets that one may mean
WHICH = "which_ticket"  # a question, which a number alone answers
ASKED_FOR = timedelta(minutes=10)
OF_THE_PART = frozenset({"merge", "split"})  # what was merged answers these itself
# Without a number these mean what I hold.
HELD = frozenset({"progress", "resolve", "assist", "return", "passed_on", "coordinate"})
HELD_FIRST = frozenset({"extend", "set_date", "suspend"})  # these too; of what lies at my desk where I hold none


def choose(incoming: Incoming, ctx: Context, order: Order) -> Ticket | Reply:
    """The ticket, or what to say because it is not clear or not allowed. What was merged leads to its lead."""
    found = _chosen(incoming, ctx, order)
    if isinstance(found, Ticket):
        acting.note(ctx, found)
    return found


def _chosen(incoming: Incoming, ctx: Context, order: Order) -> Ticket | Reply:
    if order.number is not None:
        ticket = tickets.by_number(ctx.db, order.number)
        if ticket is None:
            return Reply(wording.NO_SUCH.format(number=order.number))
        return _allowed(ctx, ticket, order)
    quoted = quoted_ticket(incoming, ctx)
    if quoted is not None:
        return _allowed(ctx, quoted, order)
    return _only(ctx, order)


def choose_eligible(incoming: Incoming, ctx: Context, order: Order) -> Ticket | Reply:
    """The ticket, if its state allows the command."""
    ticket = choose(incoming, ctx, order)
    if isinstance(ticket, Reply) or ticket.status in ELIGIBLE[order.command]:
        return ticket
    return not_now(ticket, order.command)


def not_now(ticket: Ticket, command: str) -> Reply:
    """The state does not allow it; says which state it is in."""
    status = taxonomy.status_staff(ticket.status, ticket.desk_id is not None)
    word = wording.NAMES[command]
    if ticket.status in BECOMES.get(command, ()):
        return Reply(wording.ALREADY.format(number=ticket.number, status=status, word=word), ticket_id=ticket.id)
    return Reply(wording.NOT_NOW.format(number=ticket.number, status=status, word=word), ticket_id=ticket.id)


def quoted_ticket(incoming: Incoming, ctx: Context) -> Ticket | None:
    """The ticket of the card or message that was quoted."""
    if incoming.quoted is None:
        return None
    card = ctx.db.scalars(select(Outbox).where(Outbox.platform_id == incoming.quoted)).first()
    ticket_id = card.ticket_id if card is not None else None
    if ticket_id is None:
        row = ctx.db.scalars(select(Inbox).where(Inbox.key == incoming.quoted)).one_or_none()
        ticket_id = row.ticket_id if row is not None else None
    return ctx.db.get(Ticket, ticket_id) if ticket_id is not None else None


def reaches(ctx: Context, ticket: Ticket, command: str) -> bool:
    """Whether the person's posts reach this ticket; the holder always reaches his own."""
    if not confiding.may_see(ctx.who, ticket) or (ticket.confidential and ctx.who.is_neighbour):
        return False
    if ctx.who.is_staff and ticket.holder_id in ctx.who.hands:
        return True
    if may_in(ctx.who, command, directory.place_path(ctx.db, ticket), ticket.desk_id):
        return True
    return command in following.COMMANDS and following.follows(ctx, ticket)


def _allowed(ctx: Context, ticket: Ticket, order: Order) -> Ticket | Reply:
    if order.command not in OF_THE_PART:
        ticket = tickets.lead(ctx.db, ticket)
    if reaches(ctx, ticket, order.command) or works_beside(ctx, ticket, order.command):
        return ticket
    if ticket.confidential:  # for everybody else it does not exist
        return Reply(wording.NO_SUCH.format(number=ticket.number))
    desk = directory.unit_of(ctx.db, ticket.desk_id)
    who = desk.name if desk is not None else roles_in_words(who_may(order.command))
    return Reply(wording.NOT_YOURS.format(number=ticket.number, who=who))


def roles_in_words(roles: frozenset[Role]) -> str:
    """Roles as a refusal names them; where nearly all of staff may, nobody reads a list of them."""
    if len(roles) > MOST_ROLES:
        return taxonomy.ROLE_STAFF
    return "、".join(taxonomy.ROLE[role] for role in Role if role in roles)


def candidates(ctx: Context, command: str) -> list[Ticket]:
    """Tickets the command could mean for this person, nearest deadline first."""
    rows = ctx.db.scalars(
        select(Ticket).where(Ticket.status.in_(ELIGIBLE[command])).order_by(Ticket.accept_due, Ticket.id).limit(500)
    ).all()
    if command == "passed_on":
        rows = [row for row in rows if unsaid.count(ctx.db, row.id) > 0]
    held = [row for row in rows if row.holder_id in ctx.who.hands]
    if (command in HELD and ctx.who.staff is not None) or (command in HELD_FIRST and held):
        return held
    if command == "accept":
        desks = set(ctx.who.desks)
        own = [row for row in rows if row.desk_id in desks]
        if own:
            return own
    if command == "nudge":  # nobody urges themselves
        rows = [row for row in rows if row.holder_id not in ctx.who.hands]
    return [row for row in rows if reaches(ctx, row, command)]


def _only(ctx: Context, order: Order) -> Ticket | Reply:
    found = candidates(ctx, order.command)
    if len(found) == 1:
        return found[0]
    if not found:
        return Reply(wording.NONE_OPEN.format(word=wording.NAMES[order.command]))
    return ask_which(ctx, order.command, found)


def ask_which(ctx: Context, command: str, found: Sequence[Ticket]) -> Reply:
    """Which of these is meant; in private a number alone answers."""
    if ctx.group is None and ctx.who.is_staff:
        data = {"said": ctx.inbox.id, "command": command, "numbers": [row.number for row in found[:LISTED]]}
        until = ctx.now + ASKED_FOR
        case.ask_in_private(ctx, ctx.who.account, WHICH, ticket=None, until=until, data=data)
    word = SAID[command].words[0]
    numbers = "、".join(f"{row.number}（{case.what(row)}）" for row in found[:LISTED])
    return Reply(wording.WHICH.format(word=word, first=found[0].number, numbers=numbers))
