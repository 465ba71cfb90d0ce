"""不同意: what the resident says to 不予受理 or 移交 brings the ticket before the community, by a tap or a word."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.closing import reopening
from handlers.context import Context
from handlers.message import Button, Card, Incoming, Kind, Member, Replies, Reply
from handlers.ticket import case, promising
from handlers.wording import desk as desk_wording
from handlers.wording import outside as wording
from nlp.normalise import normalise
from storage import tickets
from storage.deployment import Question
from storage.facts import Fact
from storage.tickets import Ticket
from storage.workflow import Closing, Status

OBJECTION = "objection"  # the question
PRESSED = "answer:object"


def tell_resident(ctx: Context, ticket: Ticket, fact: Fact, text: str) -> Iterator[Reply]:
    """Why, and where to turn; the reporter may object as long as a closed ticket may be opened again."""
    until = ctx.now + promising.policy_of(ctx, ticket).reopen_within
    case.ask_in_private(ctx, case.account(ctx, ticket.reporter_id), OBJECTION, ticket=ticket, until=until)
    title = desk_wording.CARD_TITLE.format(number=ticket.number, category=case.what(ticket), urgent="")
    card = Card(title=title, buttons=(Button(wording.BUTTON_OBJECT, PRESSED),), ticket=ticket.number)
    yield from case.tell_members(ctx, ticket, fact, text, card=card)


def tell_holder(ctx: Context, ticket: Ticket, holder_id: int | None, text: str) -> Iterator[Reply]:
    """Whoever was at work on it, if that is not who speaks."""
    if holder_id is not None and (ctx.who.staff is None or ctx.who.staff.id != holder_id):
        yield Reply(text, to=Member(holder_id), ticket_id=ticket.id)


def objected(incoming: Incoming, ctx: Context) -> Replies | None:
    """不同意, where it was offered: the ticket waits before the community again."""
    question = _question(incoming, ctx)
    ticket = ctx.db.get(Ticket, question.ticket_id) if question is not None else None
    if question is None or ticket is None:
        return None
    ctx.db.delete(question)
    return reopening.object_to_rejection(ctx, ticket, incoming.text) if may_be_taken_up(ticket) else None


def may_be_taken_up(ticket: Ticket) -> bool:
    """Whether it was refused, or handed to somebody outside."""
    if ticket.status == Status.CLOSED:
        return ticket.closing == Closing.HANDED_OVER
    return ticket.status in (Status.REJECTED, Status.TRANSFERRED)


def _question(incoming: Incoming, ctx: Context) -> Question | None:
    if incoming.kind is Kind.PRESS:
        number = incoming.data.get("ticket", "")
        ticket = tickets.by_number(ctx.db, int(number)) if incoming.event == PRESSED and number.isdigit() else None
        question = case.asked(ctx, OBJECTION, anywhere=True) if ticket is not None else None
        return question if question is not None and ticket is not None and question.ticket_id == ticket.id else None
    if (
        incoming.kind is not Kind.TEXT
        or ctx.who.is_staff
        or not ctx.who.is_attentive(ctx.now)
        or not _says_no(incoming)
    ):
        return None
    return case.asked(ctx, OBJECTION, anywhere=True)


def _says_no(incoming: Incoming) -> bool:
    """The word alone, or the word with a reason behind it."""
    text = normalise(incoming.text)
    first = text.replace(",", " ").replace("，", " ").replace("。", " ").replace("！", " ").split(" ", 1)[0]
    return first.strip("!.~ ") in wording.OBJECTS
