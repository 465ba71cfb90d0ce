"""The same trouble told in another chat: what was just opened is merged into the incident it belongs to, or only
offered to staff as perhaps the same. One query a ticket; the rules are in ``rules.incidents``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from handlers.context import Context, words_of
from handlers.matter import incident, open_here
from handlers.message import Reply
from handlers.permissions import NEVER_TOLD_WHO
from handlers.rules import incidents
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.incidents import Bond, Decision, Known, Told
from handlers.rules.likeness import RELATED
from handlers.rules.subjects import subjects_of
from handlers.ticket import case
from handlers.ticket.extent import extent_of
from handlers.wording import merging as wording
from handlers.wording.first_aid import first_aid
from nlp.normalise import fold
from storage import incidents as rows
from storage import tickets
from storage.inbox import Body
from storage.incidents import Telling
from storage.people import UnitKind
from storage.streets import Place, streets_of
from storage.tickets import Ticket
from storage.workflow import WAITING_FOR_STAFF

READ_CLOSELY = 12  # candidates whose words are compared
NARROW = frozenset({UnitKind.ESTATE, UnitKind.GRID})
MILESTONES = frozenset({3, 5, 10, 20, 50, 100, 200, 500, 1000})  # households at which whoever works on it is told


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a ticket that was just opened: merged into ``lead``, perhaps the same as ``like``, or neither."""

    ticket: Ticket
    lead: Ticket | None = None
    like: Ticket | None = None
    news: tuple[Reply, ...] = ()


def settle(ctx: Context, opened: Sequence[Ticket], texts: Sequence[str], apart: Collection[int] = ()) -> list[Settled]:
    """Looks for the incident of each ticket. ``texts`` are the words of each; ``apart``: ids of tickets of which the
    reporter said that they are something else."""
    besides = {*apart, *(ticket.id for ticket in opened)}
    return [_settle(ctx, ticket, text, besides) for ticket, text in zip(opened, texts, strict=True)]


def _settle(ctx: Context, ticket: Ticket, text: str, besides: Collection[int]) -> Settled:
    if ticket.confidential or ticket.kind not in incidents.KINDS or _is_anywhere(ctx, ticket):
        return Settled(ticket)
    found = _best(ctx, ticket, text, besides)
    if found is None:
        return Settled(ticket)
    lead, decision = found
    if decision.bond is Bond.MAYBE:
        return Settled(ticket, like=lead if _may_merge(ctx, ticket) else None)
    before = extent_of(ctx.db, lead)
    merged = incident.merge(ctx, ticket, lead, decision.because)
    if merged is None:
        return Settled(ticket)
    after = extent_of(ctx.db, merged.lead)
    grown = after.by_building and len(after.by_building) > len(before.by_building)
    wider = after.households in MILESTONES and after.households > before.households
    news: Iterable[Reply] = ()
    if grown or wider:
        why = wording.why(decision.because)
        form = wording.WIDER_STAFF.format(number="{number}", extent=after.short(), part=ticket.number, why=why)
        news = case.tell_workers(ctx, merged.lead, merged.fact, form)
    return Settled(ticket, lead=merged.lead, news=(*merged.replies, *news))


def _is_anywhere(ctx: Context, ticket: Ticket) -> bool:
    """Known no narrower than a street: nothing is near."""
    unit = streets_of(ctx.db).unit(ticket.unit_id)
    return unit is None or unit.kind not in (*NARROW, UnitKind.COMMUNITY)


def _may_merge(ctx: Context, ticket: Ticket) -> bool:
    """Property companies and departments merge nothing: they are not asked."""
    desk = streets_of(ctx.db).unit(ticket.desk_id)
    return desk is None or desk.kind not in NEVER_TOLD_WHO


def _best(ctx: Context, ticket: Ticket, text: str, besides: Collection[int]) -> tuple[Ticket, Decision] | None:
    new = told_of(ctx, ticket, text)
    found = []
    for lead, known in _candidates(ctx, ticket, new, text, besides):
        decision = incidents.decide(new, known)
        if decision is not None:
            found.append((decision.rank, -known.quiet.total_seconds(), lead.id, lead, decision))
    best = max(found, key=lambda one: one[:3], default=None)
    return best[3:] if best is not None else None


def told_of(ctx: Context, ticket: Ticket | Telling, text: str, confidential: bool = False) -> Told:
    """What is compared of a ticket, with these words of it."""
    unit = streets_of(ctx.db).unit(ticket.unit_id)
    return Told(
        category=ticket.category,
        urgency=ticket.urgency,
        kind=ticket.kind,
        places=tuple(ticket.place),
        subjects=subjects_of(fold(text)) if text else frozenset(),
        path=unit.path if unit is not None else "",
        estate=unit is not None and unit.kind in NARROW,
        building=ticket.building_id,
        chat=ticket.group_id,
        confidential=confidential,
    )


def _candidates(
    ctx: Context, ticket: Ticket, new: Told, text: str, besides: Collection[int]
) -> Iterator[tuple[Ticket, Known]]:
    """What is open near by, with what the rules want to know of it: the newest few that may be it, with their words."""
    categories = {ticket.category, *(other for pair in RELATED if ticket.category in pair for other in pair)}
    near = rows.near(ctx.db, _units_about(ctx, ticket), categories, ticket.opened_at - incidents.lasts(ticket.category))
    near = [row for row in near if row.id not in besides]
    alike = [row for row in near if incidents.worth_reading(new, told_of(ctx, row, ""))][:READ_CLOSELY]
    bodies = _bodies(ctx, alike)
    for row in alike:
        lead = _lead(ctx, row)
        if lead.status not in WAITING_FOR_STAFF or lead.id in besides:
            continue
        last, groups = _told_by(lead, near)
        words = bodies.get(row.words_id or 0, "")
        yield (
            lead,
            Known(
                told=told_of(ctx, row, words, confidential=lead.confidential),
                quiet=max(ticket.opened_at - last, timedelta()),
                groups=groups,
                shared=open_here.in_common(fold(text), fold(words)),
                urgency=lead.urgency,
                mine=row.reporter_id in ctx.mine,
            ),
        )


def _lead(ctx: Context, row: Telling) -> Ticket:
    return tickets.lead(ctx.db, ctx.db.get_one(Ticket, row.id))


def _told_by(lead: Ticket, near: Sequence[Telling]) -> tuple[datetime, int]:
    """When an incident was told last, and in how many groups."""
    tellings = [row for row in near if lead.id in (row.id, row.merged_into_id)]
    groups = {lead.group_id, *(row.group_id for row in tellings)} - {None}
    return max([lead.opened_at, *(row.opened_at for row in tellings)]), len(groups)


def _units_about(ctx: Context, ticket: Ticket) -> list[int]:
    """Where a ticket may be told of that is the same: its estate, what that lies in, and for outages the estates around
    it, as far as the street."""
    streets = streets_of(ctx.db)
    levels = streets.upwards(ticket.unit_id)
    about = [level.id for level in levels]
    around = _around(levels) if ticket.category == "utilities" or not _is_narrow(levels) else []
    return [*about, *(estate.id for estate in streets.estates_below(around) if estate.id not in about)]


def _is_narrow(levels: Sequence[Place]) -> bool:
    return bool(levels) and levels[0].kind in NARROW


def _around(levels: Sequence[Place]) -> list[int]:
    wide = [level.id for level in levels if level.kind in (UnitKind.COMMUNITY, UnitKind.STREET)]
    return wide if _is_narrow(levels) else wide[:1]


def _bodies(ctx: Context, near: Sequence[Telling]) -> dict[int, str]:
    ids = [row.words_id for row in near if row.words_id is not None]
    if not ids:
        return {}
    return {body.id: words_of(ctx.vault, body) for body in ctx.db.scalars(select(Body).where(Body.id.in_(ids)))}


def told(ctx: Context, settled: Settled, *, aloud: bool) -> Reply:
    """What the reporter of a merged ticket hears: one short line where they spoke, or all of it in private."""
    assert settled.lead is not None
    text = wording.MERGED.format(number=settled.ticket.number, lead=settled.lead.number)
    short = wording.MERGED_IN_GROUP.format(lead=settled.lead.number)
    line = Reply(text, in_group=short, ticket_id=settled.ticket.id)
    if settled.ticket.urgency == EMERGENCY:  # whoever told of it first heard what to do; this one has not
        first = first_aid(settled.ticket.category, ctx.words)
        line = replace(line, text=first + text, in_group=first + short, urgent=True)
    return line if aloud else replace(line, to=case.sender(ctx))
