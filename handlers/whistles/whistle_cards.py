"""The cards of a whistle: to whoever signs it, whoever is called, and the district that says who must come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handlers.context import Context
from handlers.message import Member, Reply
from handlers.rules.privacy import discreet_place
from handlers.ticket import beside, case
from handlers.wording import whistles as wording
from handlers.wording.times import when
from storage import directory, whistles
from storage.people import Staff, Unit, UnitKind
from storage.tickets import Ticket
from storage.whistles import Whistle, WhistleCall, WhistleKind


def mark(row: Whistle | WhistleCall) -> str:
    """What the names of a whistle's, or a call's, timers begin with."""
    return f"whistle:{row.id}:" if isinstance(row, Whistle) else f"whistle:{row.whistle_id}:call:{row.id}:"


def call_card(
    ctx: Context, whistle: Whistle, call: WhistleCall, ticket: Ticket, fact_id: int, head: str = ""
) -> Iterator[Reply]:
    """What a unit that is called reads: what is wrong, what is wanted, until when; never who complained."""
    unit = ctx.db.get_one(Unit, call.unit_id)
    place, due = case.where(ctx.db, ticket), when(call.due_at or ctx.now, ctx.now)
    shown = {"number": ticket.number, "what": case.what(ticket), "due": due}
    kind = wording.KINDS[whistle.kind]
    form = wording.CALL_GRID if unit.kind == UnitKind.COMMUNITY else wording.CALL
    text = form.format(
        **shown,
        place=beside.read_by(ctx, ticket, unit, place),
        kind=kind,
        problems=beside.read_by(ctx, ticket, unit, beside.words(ctx, whistle.problems_id)),
        needs=beside.read_by(ctx, ticket, unit, beside.words(ctx, whistle.needs_id)),
    )
    fields = (
        (wording.CARD_PLACE, beside.read_by(ctx, ticket, unit, place)),
        (wording.CARD_KIND, kind),
        (wording.CARD_DUE, due),
    )
    buttons = (
        (wording.RESPOND_BUTTON, "respond"),
        (wording.CONTACT_BUTTON, "respond_contact"),
        (wording.DECLINE_BUTTON, "decline"),
    )
    reply = Reply(
        "\n".join(filter(None, [head, text])),
        in_group=wording.CALL_IN_GROUP.format(**shown, place=discreet_place(place), unit=unit.name),
        card=beside.card(ticket, fields, *buttons),
        name=f"{mark(call)}card:{fact_id}",
        ticket_id=ticket.id,
        urgent=whistle.kind == WhistleKind.EMERGENCY,
    )
    yield from beside.to_unit(ctx, ticket, unit.id, reply)


def asks(ctx: Context, whistle: Whistle, ticket: Ticket, leaders: Sequence[Staff]) -> list[Reply]:
    """The card to whoever signs: the whole whistle, and one tap."""
    place = case.where(ctx.db, ticket)
    units = beside.names(ctx.db, (call.unit_id for call in whistles.calls(ctx.db, whistle.id)))
    kind = wording.KINDS[whistle.kind]
    text = wording.SIGN.format(
        by=directory.name_of(ctx.vault, ctx.db.get(Staff, whistle.by_id)),
        number=ticket.number,
        place=place,
        what=case.what(ticket),
        kind=kind,
        units=units,
        problems=beside.words(ctx, whistle.problems_id),
        needs=beside.words(ctx, whistle.needs_id),
    )
    fields = ((wording.CARD_PLACE, place), (wording.CARD_KIND, kind), (wording.CARD_CALLED, units))
    buttons = ((wording.SIGN_BUTTON, "whistle_sign"), (wording.NO_SIGN_BUTTON, "whistle_refuse"))
    return [
        Reply(
            text,
            to=Member(staff.id),
            card=beside.card(ticket, fields, *buttons),
            name=f"{mark(whistle)}sign:{ctx.inbox.id}",
            ticket_id=ticket.id,
            urgent=whistle.kind == WhistleKind.EMERGENCY,
        )
        for staff in leaders
    ]


def ask_district(street: Unit, ticket: Ticket, unit: str, reason: str, whistle: Whistle) -> Reply:
    """一事一议: the card to the district."""
    return Reply(
        wording.DECIDE_DISTRICT.format(number=ticket.number, unit=unit, reason=reason),
        in_group=wording.DECIDE_IN_GROUP.format(number=ticket.number, unit=unit),
        card=beside.card(
            ticket,
            ((wording.CARD_STREET, street.name),),
            (wording.MUST_BUTTON, "whistle_must"),
            (wording.EXCUSE_BUTTON, "whistle_excuse"),
        ),
        ticket_id=ticket.id,
        urgent=whistle.kind == WhistleKind.EMERGENCY,
    )
