"""What has to be asked about where a ticket is: one short question with the likeliest answers, remembered as a row."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.matter.locating import Doubt, Option
from handlers.ticket import case
from handlers.wording import locating as wording
from storage.base import JsonObject
from storage.deployment import Question
from storage.tickets import Ticket

KIND = "where"
IN_GROUP, IN_PRIVATE = timedelta(minutes=30), timedelta(hours=24)  # how long a bare 1 answers it
FLAG = {"estate": "no_place", "elsewhere": "elsewhere", "building": "no_place"}


def flag(doubt: Doubt | None) -> str | None:
    """What staff are told to look at first."""
    return FLAG[doubt.kind] if doubt is not None else None


def ask(ctx: Context, ticket: Ticket, doubt: Doubt | None) -> None:
    """Remembers the question. One at most for a message, however many tickets it became."""
    if doubt is None or ticket.confidential:
        return
    if (question := _asked_just_now(ctx)) is not None:
        if question.data["kind"] == doubt.kind:
            question.data = {**question.data, "also": [*question.data.get("also", ()), ticket.id]}
        return
    options = [{"label": one.label, "unit": one.unit_id, "building": one.building_id} for one in doubt.options]
    data: JsonObject = {"kind": doubt.kind, "options": options, "said": doubt.said, "estate": doubt.estate}
    until = ctx.now + (IN_PRIVATE if ctx.group is None else IN_GROUP)
    case.ask(ctx, ctx.who.account.id, ctx.address, KIND, ticket=ticket, until=until, data=data)


def _asked_just_now(ctx: Context) -> Question | None:
    question = case.asked(ctx, KIND)
    return question if question is not None and question.asked_at == ctx.now else None


def options_of(question: Question) -> tuple[Option, ...]:
    """The answers it offered."""
    return tuple(Option(one["label"], one["unit"], one["building"]) for one in question.data["options"])


def line(ctx: Context, ticket: Ticket) -> str:
    """The question, to stand below the thanks; nothing where there is none about this ticket."""
    question = case.asked(ctx, KIND)
    if question is None or question.ticket_id != ticket.id:
        return ""
    labels = [one.label for one in options_of(question)]
    kind, said = question.data["kind"], question.data["said"]
    if kind == "building":
        return wording.no_such_building(ticket.number, question.data["estate"], said, labels)
    if kind == "elsewhere" and labels:
        return wording.which_place(ticket.number, labels)
    return wording.which_estate(ticket.number, labels)


def once_more(ctx: Context, ticket: Ticket) -> str:
    """In private, where what was said answered nothing: the question again, one time."""
    question = case.asked(ctx, KIND) if ctx.group is None else None
    if question is None or question.ticket_id != ticket.id or question.data.get("again"):
        return ""
    question.data = {**question.data, "again": True}
    return wording.once_more(ticket.number, [one.label for one in options_of(question)])
