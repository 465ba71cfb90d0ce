"""不满意: the same number again, promised anew, before the community of the place and not before whoever closed it.

After the second time it is the street's: somebody talks to the resident. An objection to 不予受理 goes the same way,
through one window.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from handlers.context import Context, words_of
from handlers.message import Button, Card, Member, Replies, Reply
from handlers.rules import promises
from handlers.rules.privacy import discreet_place
from handlers.ticket import cards, case, judges, promising, second_looks
from handlers.ticket.changing_hands import back_to_desk
from handlers.wording import desk as desk_wording
from handlers.wording import outside, taxonomy
from handlers.wording import reopening as wording
from handlers.wording.commands import BLANKS
from nlp.normalise import normalise
from storage import directory, endings
from storage.facts import FactKind
from storage.inbox import Body
from storage.people import Staff, Unit
from storage.tickets import Ticket
from storage.workflow import Status

ASKED_WHY = "why_bad"  # the question
DECIDE = ("redo", "reassign", "accept")
TALK = ("talked", "redo", "reassign")


@dataclass(frozen=True, slots=True)
class Before:
    """In whose hands it was when it was said to be done, and what was said then."""

    desk: Unit | None
    holder: Staff | None
    note: str


def reason_in(said: str) -> str | None:
    """Why somebody is not content, as far as their words tell; None for a bare 不满意."""
    text = normalise(said).strip(BLANKS)
    if text in wording.WORDS:
        return wording.WORDS[text]
    return next((reason for reason, words in wording.SAYS if any(word in text for word in words)), None)


def reopen(ctx: Context, ticket: Ticket, said: str, reason: str | None) -> Replies:
    """The same number, the first words' dates; until when it is accepted is promised anew, from now."""
    before = _before(ctx, ticket)
    ticket.rating, ticket.rating_reason = "dissatisfied", reason
    ticket.reopenings += 1
    unit = judges.of_reopened(ctx.db, ctx.policy, ticket)
    data = {"desk": ticket.desk_id, "holder": ticket.holder_id, "reason": reason}
    _back(ctx, ticket, unit)
    made = promising.at_reopening(ctx, ticket)
    body = ctx.keep(said) if said else None
    data |= promising.kept(made)
    fact = case.record(ctx, ticket, FactKind.REOPENED, body=body, said_here=True, data=data)
    case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now, promise=made[promises.ACCEPT])
    street = judges.is_the_streets(ctx.db, ctx.policy, ticket)
    if street:
        second_looks.arm_talk(ctx.db, ctx.policy, ctx.now, ticket, fact.id)
    name = unit.name if unit is not None else taxonomy.ROLE["community"]
    form = wording.REOPENED_STREET if street else wording.REOPENED
    return [
        *_answer(ctx, ticket, form.format(number=ticket.number, unit=name), reason),
        *_card(ctx, ticket, before, said, reason, street=street),
        *_former(ctx, ticket, before, name),
        *case.tell_members(ctx, ticket, fact, wording.OTHERS.format(number=ticket.number)),
    ]


def _before(ctx: Context, ticket: Ticket) -> Before:
    done = endings.newest(ctx.db, ticket, FactKind.RESOLVED)
    body = ctx.db.get(Body, done.body_id) if done is not None and done.body_id is not None else None
    holder = ctx.db.get(Staff, ticket.holder_id) if ticket.holder_id is not None else None
    return Before(directory.unit_of(ctx.db, ticket.desk_id), holder, words_of(ctx.vault, body))


def _back(ctx: Context, ticket: Ticket, unit: Unit | None) -> None:
    case.stop_timers(ctx.db, ticket)  # with a talk that was owed before: there is a new one
    back_to_desk(ctx, ticket, unit.id if unit is not None else ticket.desk_id)
    ticket.closing, ticket.closed_at, ticket.resolved_at = None, None, None
    case.drop_closing_questions(ctx, ticket)
    case.belongs(ctx, ticket)


def _answer(ctx: Context, ticket: Ticket, text: str, reason: str | None) -> Iterator[Reply]:
    """With a bare 不满意 they are asked why: three buttons, or words; no answer is needed."""
    if reason is not None:
        yield Reply(text, to=case.sender(ctx), ticket_id=ticket.id)
        return
    until = ctx.now + promising.policy_of(ctx, ticket).answer_within
    case.ask_in_private(ctx, ctx.who.account, ASKED_WHY, ticket=ticket, until=until)
    buttons = tuple(Button(label, f"answer:{key}") for key, label in wording.REASON_BUTTONS.items())
    title = desk_wording.CARD_TITLE.format(number=ticket.number, category=case.what(ticket), urgent="")
    card = Card(title=title, buttons=buttons, ticket=ticket.number)
    yield Reply(f"{text}\n{wording.WHY}", to=case.sender(ctx), ticket_id=ticket.id, card=card)


def _card(
    ctx: Context, ticket: Ticket, before: Before, said: str, reason: str | None, *, street: bool
) -> Iterator[Reply]:
    """To whoever decides: who did it last and how, what the resident says now, and what can be decided."""
    place, what = case.where(ctx.db, ticket), case.what(ticket)
    note = wording.LAST_NOTE.format(note=before.note) if before.note else ""
    text = wording.JUDGE.format(
        number=ticket.number,
        place=place,
        what=what,
        times=ticket.reopenings,
        reason=wording.REASON.format(reason=wording.REASONS[reason]) if reason is not None else "",
        desk=before.desk.name if before.desk is not None else taxonomy.ROLE["community"],
        note=note,
        how=(wording.HOW_STREET if street else wording.HOW).format(number=ticket.number),
    )
    words = case.shown(said, hidden=case.hides(ctx.db, ticket))
    in_group = wording.IN_GROUP.format(
        number=ticket.number, place=discreet_place(place), what=what, times=ticket.reopenings
    )
    text = "\n".join(filter(None, [text, wording.SAID.format(said=words) if words else ""]))
    card = cards.card_of(ctx.db, ticket, ctx.now, TALK if street else DECIDE)
    for reply in cards.card_to_desk(ctx, ticket, text, in_group):
        yield replace(reply, card=card)


def _former(ctx: Context, ticket: Ticket, before: Before, unit: str) -> Iterator[Reply]:
    """Whoever did the work hears that it was not well, without the resident's words."""
    if before.holder is not None and before.holder.active and before.holder.id not in ctx.who.hands:
        text = wording.FORMER.format(number=ticket.number, unit=unit)
        name = f"ticket:{ticket.number}:r{ticket.reopenings}:former"
        yield Reply(text, to=Member(before.holder.id), name=name, ticket_id=ticket.id)


def give_reason(ctx: Context, ticket: Ticket, reason: str, said: str) -> Replies:
    """Why they are not content, said after the fact: kept, and told to whoever decides."""
    ticket.rating_reason = reason
    case.belongs(ctx, ticket)
    body = ctx.keep(said) if said else None
    data = {"rating": "dissatisfied", "reason": reason}
    fact = case.record(ctx, ticket, FactKind.RATED, body=body, said_here=True, data=data)
    form = wording.REASON_STAFF.replace("{reason}", wording.REASONS[reason])
    form = form.replace("{said}", "（{said}）" if said else "")
    told = case.tell_workers(ctx, ticket, fact, form, said)
    return [Reply(wording.NOTED, to=case.sender(ctx), ticket_id=ticket.id), *told]


def object_to_rejection(ctx: Context, ticket: Ticket, said: str) -> Replies:
    """不同意, said of what was not taken on or was handed outside: the community of the place looks again, whoever did
    that."""
    unit, before = judges.judge_of(ctx.db, ticket), ticket.status
    data = {"desk": ticket.desk_id, "of": "rejected", "reason": ticket.reason_code}
    _back(ctx, ticket, unit)
    made = promising.at_reopening(ctx, ticket)
    body = ctx.keep(said) if said else None
    case.record(ctx, ticket, FactKind.REOPENED, body=body, said_here=True, data=data | promising.kept(made))
    case.arm_acceptance(ctx.db, ticket, ctx.policy, ctx.now, promise=made[promises.ACCEPT])
    place, what = case.where(ctx.db, ticket), case.what(ticket)
    words = case.shown(said, hidden=case.hides(ctx.db, ticket))
    shown = {"number": ticket.number, "place": place, "what": what, **_outside(ticket)}
    handed_on = before != Status.REJECTED
    text = (wording.OUTSIDE_STAFF if handed_on else wording.OBJECTED_STAFF).format(**shown)
    text = "\n".join(filter(None, [text, wording.SAID.format(said=words) if words else ""]))
    shown["place"] = discreet_place(place)
    in_group = (wording.OUTSIDE_IN_GROUP if handed_on else wording.OBJECTED_IN_GROUP).format(**shown)
    name = unit.name if unit is not None else taxonomy.ROLE["community"]
    answer = Reply(wording.OBJECTED.format(number=ticket.number, unit=name), to=case.sender(ctx), ticket_id=ticket.id)
    return [answer, *cards.card_to_desk(ctx, ticket, text, in_group)]


def _outside(ticket: Ticket) -> dict[str, str]:
    number = ticket.outside_number
    under = outside.OUTSIDE_NUMBER.format(number=number) if number is not None else ""
    return {"body": ticket.outside or "", "outside": under, "phone": ticket.outside_phone or outside.HOTLINE}
