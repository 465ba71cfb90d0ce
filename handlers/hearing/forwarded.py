"""代报: a chat record that somebody passes on in private, from a group that the bot does not sit in.

Each problem in it becomes a ticket whose reporter is whoever passed it on: they hear the news. Small talk and notices
open nothing, words that look like commands are never orders, and who said what in the record is kept nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from handlers.context import Context
from handlers.matter import belonging
from handlers.matter.opening import open_ticket
from handlers.matter.taking import acknowledge, flag
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.rules import whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.ticket import cards, case
from handlers.wording import joining
from handlers.wording import report as wording
from handlers.wording.forwarding import LEFT_OUT
from nlp import forward
from nlp.forward import Line
from nlp.normalise import fold, normalise
from nlp.reading import Part, Reading, ReadingContext, read
from storage.facts import FactKind
from storage.tickets import Ticket

MOST_PROBLEMS, MOST_EMERGENCIES = 10, 15  # of one record; each calls somebody, an emergency by paid ways too
_MENTIONED = re.compile(r"@\S+\s*")


@dataclass(slots=True)
class _Problem:
    """One problem of the record, and who in it speaks of it."""

    ticket: Ticket
    fresh: bool
    voices: set[int] = field(default_factory=set)


def lines_of(incoming: Incoming) -> list[Line]:
    """The record in a message; empty where it is somebody's own words."""
    if "forwarded" in incoming.data:
        return forward.from_platform(incoming.data["forwarded"])
    return forward.from_paste(incoming.text) if incoming.kind is Kind.TEXT and "\n" in incoming.text else []


def passed_on(incoming: Incoming, ctx: Context) -> Replies | None:
    """Opens what the record reports; asks back when it reports nothing. None: it is no record."""
    lines = lines_of(incoming) if ctx.group is None else []
    if not lines:
        return None
    ctx.inbox.text = None  # it names people: what is needed of it is kept with the tickets
    spoken = [_spoken(incoming, ctx, line) for line in lines]
    sure = any(_is_sure(then.reading) for _, then in spoken)
    problems: list[_Problem] = []
    left_out = False
    for line, (said, then) in zip(lines, spoken, strict=True):
        if problems and _agrees(then):
            problems[-1].voices.add(line.speaker)
        elif _is_sure(then.reading) or (not sure and then.reading.band == "middle"):
            for part in then.reading.parts:
                if len(problems) < (MOST_EMERGENCIES if part.urgency == EMERGENCY else MOST_PROBLEMS):
                    _take(said, then, line, part, problems)
                else:
                    left_out = True
    if not problems:
        return [Reply(wording.FORWARD_EMPTY)]
    return [*_told(ctx, problems), *([Reply(LEFT_OUT)] if left_out else [])]


def _spoken(incoming: Incoming, ctx: Context, line: Line) -> tuple[Incoming, Context]:
    """One line as if it had been said by itself, without the names that it calls."""
    text = _MENTIONED.sub("", line.text).strip()
    said = replace(incoming, text=text, kind=Kind.TEXT, media=None, quoted=None, data={})
    return said, replace(ctx, reading=read(text, ReadingContext()), words=normalise(text))


def _is_sure(reading: Reading) -> bool:
    return reading.is_report or any(part.urgency == EMERGENCY for part in reading.parts)


def _agrees(then: Context) -> bool:
    text = fold(then.words)
    if then.reading.cues & belonging.NO_AGREEMENT or belonging.says(joining.NOT_HERE, text):
        return False
    return "agreement" in then.reading.cues or belonging.says(joining.ME_TOO, text)


def _take(said: Incoming, then: Context, line: Line, part: Part, problems: list[_Problem]) -> None:
    """The problem is one that the record told already, one that was reported before, or a new one."""
    known = next((one for one in problems if _is_same(one.ticket, part)), None)
    if known is None:
        found = belonging.match(said, then, part)
        if found is not None and found.mine and all(one.ticket is not found.ticket for one in problems):
            known = _Problem(found.ticket, fresh=False)
            problems.append(known)
    body = then.keep(said.text)
    if known is None:
        ticket = open_ticket(
            then, part, body, kind=then.reading.kind or "fault", flagged=flag(then, part), source="proxy"
        )
        problems.append(_Problem(ticket, fresh=True, voices={line.speaker}))
        return
    known.voices.add(line.speaker)
    known.ticket.place = whereabouts.completed(known.ticket.place, part.place)
    case.record(then, known.ticket, FactKind.ADDED, body=body, said_here=True, data={"because": "forwarded"})


def _is_same(ticket: Ticket, part: Part) -> bool:
    return ticket.category == part.category and whereabouts.conflict(part.place, ticket.place) is None


def _told(ctx: Context, problems: list[_Problem]) -> Replies:
    """Thanks to whoever passed it on, the cards to the desks; others in the record who agree are households too."""
    for one in problems:
        case.belongs(ctx, one.ticket)
        if len(one.voices) > 1:
            data = {"because": "forwarded", "households": len(one.voices) - 1}
            case.record(ctx, one.ticket, FactKind.SUPPORTED, said_here=True, data=data)
    fresh = [one.ticket for one in problems if one.fresh]
    added = [one.ticket for one in problems if not one.fresh]
    replies = list(acknowledge(ctx, fresh)) if fresh else []
    replies += [Reply(wording.ADDED.format(number=ticket.number), ticket_id=ticket.id) for ticket in added]
    return [*replies, *(card for ticket in fresh for card in cards.card_to_desk(ctx, ticket))]
