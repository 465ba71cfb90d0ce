"""Lights of whistles and of parts in somebody else's ticket: yellow at three quarters, red when late, then further up.

A unit that does not answer a whistle is asked through its head, then through the district (一事一议). Every timer arms
the next one; one whose matter is settled, or whose ticket is done, says nothing when it rings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from handlers.context import words_of
from handlers.message import DeskOf, Member, Replies, Reply
from handlers.rosters import on_duty
from handlers.rules.counted_hours import Span
from handlers.ticket import beside, case
from handlers.ticket.ringing import Ringing, note_lateness, remind
from handlers.whistles import hands, whistle_calls, whistle_cards
from handlers.wording import hands as hand_words
from handlers.wording import reminders as lines
from handlers.wording import taxonomy
from handlers.wording import whistles as wording
from storage import directory, tickets, whistles
from storage.facts import Fact, FactKind
from storage.inbox import Body
from storage.people import Post, Role, Staff, Unit, UnitKind
from storage.tickets import Ticket
from storage.timers import Timer
from storage.whistles import OPEN_HANDS, Answer, Hand, HandState, Part, Whistle, WhistleCall, WhistleKind, WhistleState
from storage.workflow import WAITING_FOR_STAFF


def _under_way(at: Ringing, ticket_id: int) -> Ticket | None:
    """The ticket, or what it was merged into, while somebody works on it."""
    ticket = tickets.lead(at.db, at.db.get_one(Ticket, ticket_id))
    return ticket if ticket.status in WAITING_FOR_STAFF else None


def call(timer: Timer, at: Ringing) -> Replies:
    """A unit has not answered."""
    one = at.db.get_one(WhistleCall, int(timer.data["call"]))
    whistle = at.db.get_one(Whistle, one.whistle_id)
    ticket = _under_way(at, whistle.ticket_id)
    if ticket is None or whistle.state != WhistleState.BLOWN or not whistles.waits(one):
        return []
    unit = at.db.get_one(Unit, one.unit_id)
    rung = int(timer.data.get("rung", 0))
    one.rung = min(rung, whistle_calls.DISTRICT)
    note_lateness(timer, ticket, at, {"light": timer.kind, "rung": rung, "unit": unit.id})
    said = _tell(timer, at, ticket, whistle, _whom(at, whistle, unit, rung))
    if rung:
        _next(timer, at, ticket, whistle_calls.span(whistle, at.policy_of(ticket)), rung)
    if rung == whistle_calls.DISTRICT and one.decided is None:
        said = [*said, *_to_district(timer, at, ticket, whistle, one)]
    return said


def _whom(at: Ringing, whistle: Whistle, unit: Unit, rung: int) -> list[Staff]:
    people = on_duty.staff_there(at.db, unit, at.now)
    if rung >= whistle_calls.HEAD:
        people += heads(at, unit)
    if rung >= whistle_calls.DISTRICT:
        street = at.db.get_one(Unit, whistle.signer_unit_id)
        above = whistle_calls.district(at.db, street)
        people += on_duty.staff_there(at.db, above, at.now) or on_duty.leader_on_duty(at.db, street, at.now)
    return people or on_duty.last_resort(at.db, at.now)


def heads(at: Ringing, unit: Unit) -> list[Staff]:
    """Who answers for a department: its own leaders, the department above it, else the leader on duty above."""
    led = select(Staff).join(Post).where(Post.unit_id == unit.id, Post.role == Role.STREET_LEADER, Staff.active)
    own = list(at.db.scalars(led.order_by(Staff.id).distinct()))
    above = directory.unit_of(at.db, unit.parent_id)
    if not own and above is not None and above.kind in (UnitKind.DEPARTMENT, UnitKind.ENTERPRISE):
        own = on_duty.staff_there(at.db, above, at.now)
    return own or on_duty.leader_on_duty(at.db, unit, at.now)


def _to_district(timer: Timer, at: Ringing, ticket: Ticket, whistle: Whistle, one: WhistleCall) -> list[Reply]:
    """一事一议: the district is asked to say whether the unit must come."""
    street = at.db.get_one(Unit, whistle.signer_unit_id)
    above = whistle_calls.district(at.db, street)
    if above is None:
        return []
    unit = beside.names(at.db, [one.unit_id])
    reason = wording.NO_ANSWER
    if one.answer == Answer.DECLINED and one.body_id is not None:
        reason = words_of(at.vault, at.db.get(Body, one.body_id))
    card = whistle_cards.ask_district(street, ticket, unit, reason, whistle)
    return [replace(card, to=DeskOf(above.id), name=f"{timer.name}:district")]


def sign(timer: Timer, at: Ringing) -> Replies:
    """Nobody has signed."""
    whistle = at.db.get_one(Whistle, int(timer.data["whistle"]))
    ticket = _under_way(at, whistle.ticket_id)
    if ticket is None or whistle.state != WhistleState.DRAFTED:
        return []
    rung = int(timer.data["rung"])
    people = whistle_calls.signers(at.db, whistle, at.now)
    if rung > 1 or not people:
        people = [*people, *on_duty.staff_there(at.db, at.db.get_one(Unit, whistle.signer_unit_id), at.now)]
    note_lateness(timer, ticket, at, {"light": timer.kind, "rung": rung})
    _next(timer, at, ticket, whistle_calls.sign_span(whistle, at.policy_of(ticket)), rung)
    return _tell(timer, at, ticket, whistle, people or on_duty.last_resort(at.db, at.now))


def decide(timer: Timer, at: Ringing) -> Replies:
    """A unit said that it cannot come, and nobody has answered: the street's turn is over, the district's begins."""
    one = at.db.get_one(WhistleCall, int(timer.data["call"]))
    whistle = at.db.get_one(Whistle, one.whistle_id)
    ticket = _under_way(at, whistle.ticket_id)
    if ticket is None or one.answer != Answer.DECLINED or one.decided is not None:
        return []
    rung = int(timer.data["rung"])
    street = at.db.get_one(Unit, whistle.signer_unit_id)
    note_lateness(timer, ticket, at, {"light": timer.kind, "rung": rung, "unit": one.unit_id})
    _next(timer, at, ticket, at.policy_of(ticket).whistle_decide, rung)
    asked = _to_district(timer, at, ticket, whistle, one) if one.rung < whistle_calls.DISTRICT else []
    if asked:
        one.rung = whistle_calls.DISTRICT
        return asked
    above = whistle_calls.district(at.db, street)
    people = on_duty.staff_there(at.db, above, at.now) or on_duty.leader_on_duty(at.db, street, at.now)
    return _tell(timer, at, ticket, whistle, people or on_duty.staff_there(at.db, street, at.now))


def hand(timer: Timer, at: Ringing) -> Replies:
    """Somebody's part is nearly, or already, late: they hear it, then the holder and whoever asked, then further up."""
    one = at.db.get_one(Hand, int(timer.data["hand"]))
    ticket = _under_way(at, one.ticket_id)
    if ticket is None or one.state not in OPEN_HANDS:
        return []
    rung = int(timer.data.get("rung", 0))
    unit = at.db.get_one(Unit, one.unit_id)
    note_lateness(timer, ticket, at, {"light": timer.kind, "rung": rung, "unit": unit.id, "part": one.part})
    people = on_duty.staff_there(at.db, unit, at.now)
    if rung:
        people += _answer_for(at, ticket, one)
        people += on_duty.staff_there(at.db, on_duty.level_up(at.db, unit, rung - 1, at.now), at.now)
        _next(timer, at, ticket, _span_of(at, ticket, one), rung)
    remind(timer, ticket, people or on_duty.last_resort(at.db, at.now), at)
    return []


def ended(timer: Timer, at: Ringing) -> Replies:
    """The ticket is over, and that was not taken back: open parts end with it, and whoever has not come need not. Each
    unit is told once."""
    ticket = at.db.get_one(Ticket, int(timer.data["ticket"]))
    if ticket.status in WAITING_FOR_STAFF:
        return []
    told = dict.fromkeys(_let_go(at, ticket), hand_words.TOLD_RELEASED)
    found = whistles.latest(at.db, ticket.id)
    if found is not None and found.state in (WhistleState.BLOWN, WhistleState.DRAFTED):
        called = whistle_calls.not_there(at.db, found) if found.state == WhistleState.BLOWN else ()
        told |= {call.unit_id: wording.TOLD_OVER for call in called}
        whistles.stop(at.db, whistle_calls.mark(found))
        whistles.take(at.db, found, "state", {"state": WhistleState.OVER, "over_at": at.now})
        at.db.add(Fact(ticket_id=ticket.id, kind=FactKind.WHISTLE_OVER, at=at.now, data={"whistle": found.id}))
    why = hand_words.WHY_OVER.get(ticket.status, "")
    return [
        Reply((why + form).format(number=ticket.number), to=to, name=f"{timer.name}:told", ticket_id=ticket.id)
        for unit_id, form in told.items()
        for to in case.at_desk(at.db, ticket, unit_id)
    ]


def _let_go(at: Ringing, ticket: Ticket) -> list[int]:
    """Ends what is open; answers whose parts they were."""
    let_go = []
    for one in beside.still_open(at.db, ticket):
        done = one.part == Part.MEDIATE and one.unit_id == ticket.desk_id
        whistles.stop(at.db, hands.mark(one))
        state = HandState.DONE if done else HandState.RELEASED
        whistles.take(at.db, one, "state", {"state": state, "done_at": at.now})
        let_go += [] if done else [one.unit_id]
    return let_go


def _answer_for(at: Ringing, ticket: Ticket, one: Hand) -> list[Staff]:
    found = (at.db.get(Staff, staff_id) for staff_id in (ticket.holder_id, one.asked_by_id) if staff_id is not None)
    return [staff for staff in found if staff is not None and staff.active]


def _span_of(at: Ringing, ticket: Ticket, one: Hand) -> Span:
    policy = at.policy_of(ticket)
    if one.part == Part.COORDINATE:
        return policy.hand_station
    if one.part == Part.MEDIATE:
        return policy.mediation_accept if one.began_at is None else policy.mediation_level
    return policy.hand_member


def _next(timer: Timer, at: Ringing, ticket: Ticket, span: Span, rung: int) -> None:
    """The next period's timer, as long as the ladder is."""
    policy = at.policy_of(ticket)
    if rung >= policy.highest_rung:
        return
    clock = policy.counted(span)
    due: datetime = clock.after(timer.due_at, span.on(clock))
    data = {**timer.data, "rung": rung + 1}
    whistle_calls.arm(at.db, f"{timer.name.rpartition(':')[0]}:{rung + 1}", timer.kind, due, **data)


def _tell(timer: Timer, at: Ringing, ticket: Ticket, whistle: Whistle, people: Sequence[Staff]) -> list[Reply]:
    """An emergency's at once, at any hour and by every way; all else with the other reminders, by day."""
    if whistle.kind != WhistleKind.EMERGENCY:
        remind(timer, ticket, people, at)
        return []
    text = lines.LINES[timer.kind].format(number=ticket.number, what=taxonomy.CATEGORY[ticket.category])
    name = f"{whistle_calls.mark(whistle)}{timer.kind}:{int(timer.due_at.timestamp())}"  # once, however many are late
    return list(_urgent(name, ticket, text, people))


def _urgent(name: str, ticket: Ticket, text: str, people: Sequence[Staff]) -> Iterable[Reply]:
    for staff_id in dict.fromkeys(staff.id for staff in people):
        yield Reply(text, to=Member(staff_id), name=name, ticket_id=ticket.id, urgent=True)


RINGS: dict[str, Callable[[Timer, Ringing], Replies]] = {
    whistle_calls.YELLOW: call,
    whistle_calls.RED: call,
    whistle_calls.SIGN: sign,
    whistle_calls.DECIDE: decide,
    hands.ENDED: ended,
    hands.YELLOW: hand,
    hands.RED: hand,
}
