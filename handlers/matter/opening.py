"""Opens a ticket: number, promises, place, desk, first fact, timers. Shared by every feature that may open one."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.context import Context
from handlers.matter import belonging, burst, doubts, lanes, locating, points, root_causes
from handlers.matter.owning import desk_for as desk_for
from handlers.rules import promises
from handlers.rules.deadlines import WITHOUT_LIGHTS, Promise
from handlers.rules.lanes import PUBLIC
from handlers.ticket import case, confiding, promising
from nlp.normalise import fold
from nlp.reading import Part
from storage import tickets
from storage.base import new_ref
from storage.facts import FactKind
from storage.inbox import Body
from storage.inserts import insert_one
from storage.people import UnitKind
from storage.streets import streets_of
from storage.tickets import Member, Ticket
from storage.workflow import Status


def open_ticket(
    ctx: Context,
    part: Part,
    words: Body | None,
    *,
    kind: str,
    flagged: str | None = None,
    source: str | None = None,
    given: Mapping[str, Promise] | None = None,
) -> Ticket:
    """One problem becomes one ticket, with everything it owes, in the transaction at hand.

    ``given``: promises that come with it from outside (an order of the hotline); they go before the policy's.
    """
    spot = locating.spot(ctx, part)
    opened = ctx.inbox.said_at
    policy = promising.policy_at(ctx.db, ctx.policy, spot.unit_id)
    promised = promising.new_round(opened, part.urgency, kind, policy) | dict(given or {})
    resolve = promised.get(promises.RESOLVE)
    if flagged is None and spot.area is None and not locating.is_in_estate(ctx, spot.unit_id):
        flagged = "no_place"
    ticket = Ticket(
        number=tickets.draw_number(ctx.db, ctx.now),
        source=source or _source(ctx),
        kind=kind,
        category=part.category,
        urgency=part.urgency,
        confidential=kind in belonging.CONFIDENTIAL or belonging.is_private_trouble(ctx),
        flagged=flagged or doubts.flag(spot.doubt),
        confidence=ctx.reading.confidence,
        place=list(points.place_of(ctx, part, kind)),
        unit_id=spot.unit_id,
        building_id=spot.building_id,
        area=spot.area,
        group_id=ctx.group.id if ctx.group is not None else None,
        reporter_id=ctx.who.account.id,
        words_id=words.id if words is not None else None,
        opened_at=opened,
        received_at=ctx.heard_at or ctx.now,
        accept_due=promised[promises.ACCEPT].due,
        progress_due=None,
        resolve_due=resolve.due if resolve is not None else None,
        policy=policy.mark,
    )
    ticket.accused = confiding.accused_in(ctx, points.words_of(ctx, part), kind, ticket.unit_id)
    lanes.give(ctx, ticket, part.text or ctx.words)
    ticket.desk_id = desk_for(ctx, ticket)
    ticket.ref = new_ref()
    tickets.make_link(ctx.vault, ticket)
    ctx.db.add(ticket)
    ctx.db.flush()
    reporter = {"ticket_id": ticket.id, "account_id": ctx.who.account.id, "role": "reporter", "joined_at": ctx.now}
    insert_one(ctx.db, Member, reporter)
    case.record(
        ctx,
        ticket,
        FactKind.OPENED,
        body=words,
        said_here=True,
        data={
            "because": list(ctx.reading.because),
            "confidence": ctx.reading.confidence,
            "desk": ticket.desk_id,
            **({"door": door} if (door := points.door_of(ctx, part, kind)) else {}),
            **promising.kept(promised),
        },
    )
    if ticket.lane != PUBLIC:
        lanes.note(ctx, ticket, None, by_hand=False)
    doubts.ask(ctx, ticket, spot.doubt)
    case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now, promise=promised[promises.ACCEPT], resolve=resolve)
    if not ticket.confidential and kind not in WITHOUT_LIGHTS:
        root_causes.arm(ctx.db, ticket, ctx.now, policy)
    case.belongs(ctx, ticket)
    burst.stay_attentive(ctx)
    return ticket


def moves_to_estate(ctx: Context, ticket: Ticket) -> str | None:
    """The reporter says which estate it is in, once asked: its desk gets it, unless somebody dispatched it already.

    They are taken to live there, until they say otherwise. Answers its name; None where nothing is new.
    """
    if ticket.group_id is not None or locating.is_in_estate(ctx, ticket.unit_id):
        return None
    named = streets_of(ctx.db).named_in(UnitKind.ESTATE, fold(ctx.words))
    if named is None:
        return None
    before = {"unit": ticket.unit_id, "desk": ticket.desk_id}
    ticket.unit_id, ticket.building_id = named.id, locating.building_named(ctx, named.id, tuple(ticket.place))
    ctx.who.account.unit_id = named.id
    if ticket.status == Status.REPORTED and (ticket.desk_id is None or ticket.handovers == 0):
        ticket.desk_id = desk_for(ctx, ticket)
    ticket.flagged = None if ticket.flagged == "no_place" and ticket.place else ticket.flagged
    after = {"unit": ticket.unit_id, "desk": ticket.desk_id}
    case.record(ctx, ticket, FactKind.PLACED, said_here=True, data={"before": before, "after": after})
    return named.name


def _source(ctx: Context) -> str:
    """What staff tell in private they tell for somebody: a word at the door, messages passed on one by one."""
    if ctx.group is not None:
        return "group"
    return "proxy" if ctx.who.is_staff else "private"
