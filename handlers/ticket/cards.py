"""How a ticket is shown and announced: its card, the call to the desk, the page for the reporter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.message import Button, Card, CardsOf, InGroup, Member, MessagesOf, Reply, To
from handlers.rosters import on_duty
from handlers.rules import deadlines
from handlers.rules.privacy import discreet_place
from handlers.ticket import beside, fencing, promising
from handlers.ticket.case import at_desk, hides, hides_reporter, said, shown, what, where
from handlers.ticket.extent import extent_of
from handlers.wording import advising, deciding, delicate, merging, outside, reasons, suspending, taxonomy
from handlers.wording import desk as wording
from handlers.wording import lanes as lanes_wording
from handlers.wording import status as status_wording
from handlers.wording.times import days, span, when
from storage import directory, facts, presence, tickets
from storage.facts import Fact, FactKind
from storage.origins import PATROL
from storage.people import Role, Staff
from storage.streets import streets_of
from storage.tickets import Ticket
from storage.workflow import OPEN, Closing, Status

SEEN = (FactKind.OPENED, FactKind.ADDED)
WAITED_FOR = OPEN - {Status.RESOLVED}


def card_of(
    db: Session,
    ticket: Ticket,
    now: datetime,
    buttons: tuple[str, ...] = ("accept", "reassign"),
    more: tuple[tuple[str, str], ...] = (),
) -> Card:
    """A ticket at a glance. The card carries no words of the reporter: those are encrypted and sent as text."""
    urgent = {"emergency": wording.CARD_URGENT, "urgent": wording.CARD_TODAY}.get(ticket.urgency, "")
    due = wording.CARD_EMERGENCY if ticket.urgency == deadlines.EMERGENCY else when(ticket.accept_due, now)
    due = wording.CARD_IS_LATE.format(due=due) if is_late(ticket, now) else due
    fields = [(wording.CARD_PLACE, where(db, ticket) or wording.FLAGS["no_place"]), (wording.CARD_DUE, due)]
    if waited := days(ticket.opened_at, now):
        fields.append((deciding.CARD_WAITED, deciding.DAYS.format(days=waited)))
    if ticket.flagged:
        fields.append((wording.CARD_FLAG, wording.FLAGS[ticket.flagged]))
    if ticket.lane in lanes_wording.CARD and not ticket.confidential:
        fields.append((lanes_wording.CARD_FIELD, lanes_wording.CARD[ticket.lane]))
    if ticket.confidential:
        alone = ticket.kind != "tipoff"
        fields.append((wording.CARD_FLAG, delicate.PRIVATELY if alone else wording.CARD_CONFIDENTIAL))
    return Card(
        title=wording.CARD_TITLE.format(number=ticket.number, category=what(ticket), urgent=urgent),
        fields=(*fields, *more),
        buttons=tuple(Button(wording.BUTTONS[name], name) for name in buttons),
        ticket=ticket.number,
    )


def card_to_desk(
    ctx: Context,
    ticket: Ticket,
    text: str | None = None,
    in_group: str | None = None,
    *,
    like: Ticket | None = None,
    fresh: bool = False,
    person: Staff | None = None,
) -> Iterator[Reply]:
    """The card to the responsible desk; without one to those who dispatch there, or anywhere.

    ``person``: whom it was given to there by name; the others read of it in their group. ``like``: another ticket that
    may be the same. ``fresh``: it was opened just now and concerns nobody else yet.
    """
    place = where(ctx.db, ticket)
    hint = "" if like is None else merging.LIKE.format(number=ticket.number, lead=like.number)
    words = words_of_reporter(ctx, ticket)
    more = (*_likeness(ticket, like), *(() if fresh else _reach(ctx.db, ticket)))
    card = Reply(
        text or "\n".join(filter(None, [_announce(ctx, ticket, place), words, hint])),
        in_group=in_group or "\n".join(filter(None, [_announce(ctx, ticket, discreet_place(place)), hint])),
        card=card_of(ctx.db, ticket, ctx.now, _buttons(ctx, ticket), more=more),
        name=f"ticket:{ticket.number}:r{ticket.reopenings}:h{ticket.handovers}:card:{ticket.version}",
        ticket_id=ticket.id,
        urgent=ticket.urgency == deadlines.EMERGENCY,
        media_id=first_photo(ctx, ticket),
    )
    unit_id = ticket.desk_id or (ticket.unit_id if ticket.accused is None else None)
    if unit_id is not None:
        by_name = [] if person is None or card.urgent else _at_person(ctx, ticket, unit_id, person)
        yield from (replace(card, to=to) for to in by_name or at_desk(ctx.db, ticket, unit_id))
        if card.urgent and ticket.handovers == 0:
            yield from (replace(card, to=Member(staff.id)) for staff in on_duty_of(ctx, ticket))
    if unit_id is None or not presence.desk_people(ctx.db, unit_id, ctx.now):
        yield from (replace(card, to=Member(staff.id)) for staff in on_duty.last_resort(ctx.db, ctx.now))
    yield from fencing.calls(ctx, ticket, card)


def _at_person(ctx: Context, ticket: Ticket, unit_id: int, person: Staff) -> list[To]:
    group = None if ticket.confidential else streets_of(ctx.db).staff_group(unit_id)
    return [*([InGroup(group.id)] if group is not None else []), Member(person.id)]


def is_late(ticket: Ticket, now: datetime) -> bool:
    """Whether it should have been accepted by now: what was promised stays, through whatever hands it goes."""
    lit = ticket.urgency != deadlines.EMERGENCY and ticket.kind not in deadlines.WITHOUT_LIGHTS
    return lit and ticket.status == Status.REPORTED and ticket.accept_due <= now


def _buttons(ctx: Context, ticket: Ticket) -> tuple[str, ...]:
    """Whether it is a report at all is not for those to say whom it would spare the work."""
    usual = ("accept", "reassign", "why")
    return usual if hides_reporter(ctx.db, ticket.desk_id) else (*usual, "not_report")


def _likeness(ticket: Ticket, like: Ticket | None) -> Iterator[tuple[str, str]]:
    if like is not None:
        yield merging.LIKE_FIELD, merging.LIKE_VALUE.format(number=ticket.number, lead=like.number)


def _reach(db: Session, ticket: Ticket) -> Iterator[tuple[str, str]]:
    """How many households in which buildings, where there is more than the one that reported it."""
    extent = extent_of(db, ticket)
    if extent.wide:
        yield merging.EXTENT_FIELD, extent.short()


def on_duty_of(ctx: Context, ticket: Ticket) -> list[Staff]:
    """Whoever is on duty for the place hears of an emergency at once, whosever desk it lies on; once."""
    place = directory.unit_of(ctx.db, ticket.unit_id or ticket.desk_id)
    if ticket.desk_id is None:
        return []
    duty = on_duty.people_on_duty(ctx.db, place, ctx.now)
    alone = ticket.confidential and ticket.kind != "tipoff"  # somebody of the community must hear of it at once
    return duty or (directory.with_role_above(ctx.db, place, Role.COMMUNITY) if alone else [])


def stamped(ctx: Context, ticket: Ticket, words: str) -> Reply:
    """Nobody is to press the buttons of the cards that were shown: they say why, where the platform can change them."""
    name = f"ticket:{ticket.number}:v{ticket.version}:stamp:{ctx.inbox.id}"
    return Reply(words, to=CardsOf(ticket.id), name=name, ticket_id=ticket.id)


def taken_back(ctx: Context, ticket: Ticket) -> Iterator[Reply]:
    """What was said in confidence leaves the phones of those who have nothing more to do with it."""
    if ticket.confidential:
        name = f"ticket:{ticket.number}:v{ticket.version}:recall:{ctx.inbox.id}"
        yield Reply("", to=MessagesOf(ticket.id), name=name, ticket_id=ticket.id)


def somebody_to_call(ctx: Context, ticket: Ticket) -> bool:
    """Whether anybody at all would hear of this ticket; the reporter is not told that somebody was called otherwise."""
    unit_id = ticket.desk_id or ticket.unit_id
    if unit_id is None:
        return bool(on_duty.last_resort(ctx.db, ctx.now))
    return bool(presence.desk_people(ctx.db, unit_id, ctx.now) or on_duty.last_resort(ctx.db, ctx.now))


def first_photo(ctx: Context, ticket: Ticket) -> int | None:
    """The reporter's first photo, for whoever goes there."""
    found = ctx.db.connection().scalar(_FIRST_PHOTO, {"ticket": ticket.id})
    return int(found) if found is not None else None


_FIRST_PHOTO = (
    select(Fact.media_id)
    .where(Fact.ticket_id == bindparam("ticket"), Fact.media_id.is_not(None), Fact.kind.in_(SEEN))
    .order_by(Fact.id)
    .limit(1)
)


def _announce(ctx: Context, ticket: Ticket, place: str) -> str:
    form = wording.CARD_NEW_EMERGENCY if ticket.urgency == deadlines.EMERGENCY else wording.CARD_NEW
    form = advising.NEW if ticket.kind in deadlines.WITHOUT_LIGHTS else form
    if ticket.desk_id is None:
        grave = ticket.urgency == deadlines.EMERGENCY
        form = f"{wording.URGENT_MARK}{wording.CARD_NO_DESK}" if grave else wording.CARD_NO_DESK
    elif is_late(ticket, ctx.now):
        form = wording.CARD_LATE
    due, grace = when(ticket.accept_due, ctx.now), span(promising.policy_of(ctx, ticket).progress_grace)
    done = _done_by(ticket, ctx.now)
    said = form.format(number=ticket.number, place=place, what=what(ticket), due=due, grace=grace, done=done)
    return fencing.before(ctx, ticket, said) if fencing.is_ownerless(ticket) and fencing.can_be(ticket) else said


def _done_by(ticket: Ticket, now: datetime) -> str:
    if ticket.resolve_due is None:
        return wording.CARD_DONE_OPEN
    form = wording.CARD_DONE_BY if ticket.resolve_due > now else wording.CARD_DONE_LATE
    return form.format(due=when(ticket.resolve_due, now))


def words_of_reporter(ctx: Context, ticket: Ticket) -> str:
    """The reporter's words as a line of a card that only one person reads, as the desk may read them."""
    words = shown(said(ctx, ticket), hidden=hides(ctx.db, ticket))
    form = wording.FOUND_WORDS if ticket.source == PATROL else wording.LOOK_WORDS
    return form.format(said=words) if words else ""


def status_line(ctx: Context, ticket: Ticket) -> str:
    """The state of one ticket in a sentence for the reporter; of what was merged, that of the ticket that leads."""
    lead = tickets.lead(ctx.db, ticket)
    if lead.id != ticket.id:
        return merging.STATUS_MERGED.format(number=ticket.number, lead=lead.number, line=status_line(ctx, lead))
    unit = directory.unit_of(ctx.db, ticket.desk_id)
    person = ctx.db.get(Staff, ticket.holder_id) if ticket.holder_id is not None else None
    holder = (unit.name if unit is not None else taxonomy.ROLE["community"]) + directory.name_of(ctx.vault, person)
    due = {Status.REPORTED: ticket.accept_due, Status.ACCEPTED: ticket.progress_due}.get(Status(ticket.status))
    state = "not_report" if ticket.closing == Closing.NOT_REPORT else ticket.status
    more = _last_said(ctx, ticket) if state == Status.IN_PROGRESS else _why(ticket, ctx.now)
    line = status_wording.line(ticket.number, what(ticket), state, holder, due, ctx.now, more)
    waited = days(ticket.opened_at, ctx.now) if ticket.status in WAITED_FOR else 0
    return f"{line}{deciding.STATUS_WAITED.format(days=waited)}" if waited else line


def _last_said(ctx: Context, ticket: Ticket) -> str:
    """The last 进展 that the reporter heard: whoever asks when somebody comes mostly asks of that."""
    notes = facts.by_ticket(ctx.db, [ticket.id], FactKind.PROGRESS).get(ticket.id, [])
    told = [fact for fact in notes if fact.body_id is not None and "hand" not in fact.data]
    words = beside.words(ctx, told[-1].body_id) if told else ""
    return status_wording.LAST_SAID.format(when=when(told[-1].at, ctx.now), note=words) if words else ""


def _why(ticket: Ticket, now: datetime) -> str:
    """Why it is not done here: of what is 挂账 until when, of what went elsewhere whom to ask."""
    if ticket.outside is not None and (ticket.status == Status.TRANSFERRED or ticket.closing == Closing.HANDED_OVER):
        form = status_wording.OUTSIDE if ticket.status == Status.TRANSFERRED else status_wording.OUTSIDE_OVER
        number = ticket.outside_number
        under = status_wording.OUTSIDE_NUMBER.format(number=number) if number is not None else ""
        return form.format(body=ticket.outside, number=under, phone=ticket.outside_phone or outside.HOTLINE)
    if ticket.status == Status.REJECTED and ticket.reason_code in outside.REASONS:
        reason = outside.REASONS[ticket.reason_code]
        return status_wording.REFUSED.format(reason=reason.name, where=reason.turn_to)
    if ticket.look_at is None or ticket.status != Status.SUSPENDED:
        return ""
    return suspending.STATUS.format(reason=reasons.told(ticket.reason_code), look=when(ticket.look_at, now))


def closing_card(ticket: Ticket) -> Card:
    """One tap to say whether it is well now."""
    return Card(
        title=wording.CARD_TITLE.format(number=ticket.number, category=what(ticket), urgent=""),
        buttons=(Button(wording.BUTTON_GOOD, "answer:good"), Button(wording.BUTTON_BAD, "answer:bad")),
        ticket=ticket.number,
    )


def page_line(ctx: Context, ticket: Ticket) -> str:
    """Where the reporter reads it all: said to the reporter alone, since whoever holds the link is taken for them."""
    return wording.PAGE.format(link=f"{ctx.public_url}{tickets.link_path(ctx.vault, ticket)}")
