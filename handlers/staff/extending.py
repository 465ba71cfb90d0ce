"""延期 and 定期: the moment by which it is done is moved with the level above, or set by whoever has a complex case.

Each keeps a promise of its own with the fact that made it, so that every moment that was ever said can be told again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from handlers.context import Context, words_of
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order, as_typed
from handlers.registry import on
from handlers.rosters import deciders
from handlers.rules import dates_said, deadlines, promises
from handlers.rules.dates_said import Until
from handlers.rules.deadlines import LOCAL
from handlers.rules.promises import Promise
from handlers.staff import asking_up
from handlers.staff.asking_up import Asking, Way
from handlers.ticket import case, date_lights, lights, promising
from handlers.ticket.working import me
from handlers.wording import deadlines as deadline_words
from handlers.wording import deciding as deciding_words
from handlers.wording import extending as wording
from handlers.wording.times import days, when
from storage.decisions import Decision, Wanted
from storage.facts import FactKind
from storage.inbox import Body
from storage.people import Unit
from storage.tickets import Ticket

LONGEST_TOLD = 60  # characters of a reason


@on("extend")
def extend(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """延期, of one or of several: before the moment is over, with a reason; all of a ticket together no longer than its
    first period."""
    numbers, words = dates_said.numbered(ctx.words, order.numbers) if order.numbers else ((), order.rest)
    if len(numbers) < 2:
        return _extend(incoming, ctx, order, words)
    each = (replace(order, numbers=(number,)) for number in dict.fromkeys(numbers))
    return [reply for one in each for reply in _extend(incoming, ctx, one, words)]


def _extend(incoming: Incoming, ctx: Context, order: Order, words: str) -> Replies:
    ticket = asking_up.about(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    refused = _no_more(ctx, ticket)
    if refused is not None:
        return [refused]
    said = _said(ctx, words, ticket, ticket.resolve_due or ctx.now)
    until = _fitting(ctx, ticket, said)
    if isinstance(until, Reply):
        return [until]
    judge = _judge(ctx, ticket, Wanted.EXTENSION)
    if judge is None or said is None:
        return [Reply(deciding_words.NOBODY, to=case.sender(ctx), ticket_id=ticket.id)]
    reason = ctx.keep(as_typed(incoming.text, said.reason))
    return asking_up.ask(ctx, ticket, Asking(Wanted.EXTENSION, judge, reason=reason, until=until))


def _no_more(ctx: Context, ticket: Ticket) -> Reply | None:
    """Why there is no more time for it, whatever is asked."""
    policy, number = promising.policy_of(ctx, ticket), ticket.number
    if ticket.resolve_due is None:
        return Reply(wording.NO_DATE.format(number=number), ticket_id=ticket.id)
    due = when(ticket.resolve_due, ctx.now)
    stands = promising.known(ctx.db, ticket).get(promises.RESOLVE)
    if stands is not None and stands.cause == promises.GIVEN:
        by = deadline_words.BY.get(stands.by, stands.by)
        return Reply(wording.GIVEN.format(number=number, by=by), ticket_id=ticket.id)
    if ctx.now >= ticket.resolve_due:
        return Reply(wording.TOO_LATE.format(number=number, due=due), ticket_id=ticket.id)
    if ticket.extensions >= policy.extensions:
        return Reply(wording.MOST.format(number=number, count=ticket.extensions), ticket_id=ticket.id)
    return None


def _said(ctx: Context, words: str, ticket: Ticket, counted_from: datetime) -> Until | None:
    """By when, as it was said behind the number; on a quoted card behind the command."""
    return dates_said.until(words, ctx.now, promising.policy_of(ctx, ticket), counted_from)


def _fitting(ctx: Context, ticket: Ticket, said: Until | None) -> datetime | Reply:
    """The new end, or why it cannot be that one. The last day that is possible ends when what is possible does."""
    assert ticket.resolve_due is not None
    number = ticket.number
    if said is None:
        return Reply(wording.HOW.format(number=number), ticket_id=ticket.id)
    latest = _latest(ctx, ticket)
    until = said.at
    if not said.to_the_hour and until.astimezone(LOCAL).date() == latest.astimezone(LOCAL).date():
        until = min(until, latest)
    if until <= ticket.resolve_due:
        due = when(ticket.resolve_due, ctx.now)
        return Reply(wording.NOT_LATER.format(number=number, due=due), ticket_id=ticket.id)
    if until > latest:
        return Reply(wording.TOO_FAR.format(number=number, latest=when(latest, ctx.now)), ticket_id=ticket.id)
    if not said.reason:
        return Reply(wording.REASON.format(number=number), ticket_id=ticket.id)
    return until.astimezone(UTC)


def _latest(ctx: Context, ticket: Ticket) -> datetime:
    """How far all extensions together may go: the first period once more, behind its own end."""
    policy = promising.policy_of(ctx, ticket)
    before = [one for one in promising.history(ctx.db, ticket, promises.RESOLVE) if one.cause != promises.EXTENDED]
    first = before[-1] if before else promising.handling(ctx.db, ticket, policy)
    return promises.first_period(first, policy.extension_percent, policy)


def _judge(ctx: Context, ticket: Ticket, kind: Wanted) -> Unit | None:
    desk = ctx.db.get_one(Unit, ticket.desk_id)
    return deciders.first(ctx.db, kind, desk, ctx.now, me(ctx).id)


def _moved(ctx: Context, ticket: Ticket, until: datetime, cause: str) -> Promise:
    """The moment stands from now on, and its lights with it."""
    policy = promising.policy_of(ctx, ticket)
    promise = promises.set_by_hand(ctx.now, until, policy, cause)
    ticket.resolve_due = promise.due
    return promise


def _not_over(ctx: Context, ticket: Ticket, decision: Decision, rest: str) -> Reply | None:
    assert decision.until is not None
    if decision.until > ctx.now:
        return None
    text = wording.PASSED.format(number=ticket.number, until=when(decision.until, ctx.now))
    return Reply(text, ticket_id=ticket.id)


def _grant(ctx: Context, ticket: Ticket, decision: Decision, rest: str) -> Replies:
    """More time: the resident hears why, until when, and how long they have really waited."""
    assert decision.until is not None
    before = ticket.resolve_due
    ticket.extensions += 1
    made = {promises.RESOLVE: _moved(ctx, ticket, decision.until, promises.EXTENDED)}
    data = {"before": before.isoformat() if before is not None else None, "decision": decision.id}
    fact = case.record(ctx, ticket, FactKind.EXTENDED, data={**data, **promising.kept(made)})
    lights.arm(ctx.db, ticket, ctx.policy, ctx.now)
    until, waited = when(decision.until, ctx.now), days(ticket.opened_at, ctx.now)
    reason = words_of(ctx.vault, ctx.db.get(Body, decision.body_id) if decision.body_id is not None else None)
    told = wording.TOLD.format(
        number=ticket.number,
        reason=_in_short(reason.strip(wording.PAUSES)),
        until=until,
        waited=wording.WAITED.format(days=waited) if waited else "",
    )
    return [
        Reply(wording.GRANTED.format(number=ticket.number, until=until), stamp=deciding_words.STAMP[True]),
        *_tell(ctx, ticket, decision, wording.TOLD_ASKER.format(number=ticket.number, until=until)),
        *case.tell_members(ctx, ticket, fact, told),
    ]


def _in_short(reason: str) -> str:
    """What the resident reads of a reason: its first line, and no essay."""
    first = reason.splitlines()[0] if reason else reason
    return first if len(first) <= LONGEST_TOLD else f"{first[: LONGEST_TOLD - 1]}{wording.CUT}"


def _tell(ctx: Context, ticket: Ticket, decision: Decision, text: str) -> Replies:
    """Whoever asked, and whoever has it."""
    told = {decision.asked_by_id, ticket.holder_id or decision.asked_by_id} - {me(ctx).id}
    mark = f"decision:{decision.id}:granted"
    return [Reply(text, to=Member(one), name=f"{mark}:{one}", ticket_id=ticket.id) for one in sorted(told)]


@on("set_date")
def set_date(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """定期: by when a complex case is done; a date that is far away is a street leader's to grant."""
    ticket = asking_up.about(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    if ticket.resolve_due is not None:
        due = when(ticket.resolve_due, ctx.now)
        return [Reply(wording.DATE_SET.format(number=ticket.number, due=due), ticket_id=ticket.id)]
    words = dates_said.behind_number(ctx.words, order.number) if order.number is not None else order.rest
    said = _said(ctx, words, ticket, ctx.now)
    if said is None:
        return [Reply(wording.DATE_HOW.format(number=ticket.number), ticket_id=ticket.id)]
    if said.at <= ctx.now:
        return [Reply(wording.DATE_PAST.format(until=when(said.at, ctx.now)), ticket_id=ticket.id)]
    policy, until = promising.policy_of(ctx, ticket), said.at.astimezone(UTC)
    if not deadlines.needs_leader(ticket.accepted_at or ctx.now, until, policy):
        return _dated(ctx, ticket, until, None)
    judge = _judge(ctx, ticket, Wanted.DATE)
    if judge is None:
        return [Reply(deciding_words.NOBODY, to=case.sender(ctx), ticket_id=ticket.id)]
    reason = ctx.keep(as_typed(incoming.text, said.reason)) if said.reason else None
    return asking_up.ask(ctx, ticket, Asking(Wanted.DATE, judge, reason=reason, until=until))


def _dated(ctx: Context, ticket: Ticket, until: datetime, decision: Decision | None) -> Replies:
    made = {promises.RESOLVE: _moved(ctx, ticket, until, promises.DATED)}
    data = {"decision": decision.id} if decision is not None else {}
    fact = case.record(ctx, ticket, FactKind.DATED, said_here=True, data={**data, **promising.kept(made)})
    case.stop_timers(ctx.db, ticket, *date_lights.KINDS)
    lights.arm(ctx.db, ticket, ctx.policy, ctx.now)
    values = {"number": ticket.number, "until": when(until, ctx.now)}
    form = wording.DATE_NOW if decision is None else wording.DATE_GRANTED
    stamp = deciding_words.STAMP[True] if decision is not None else None
    asker = wording.DATE_TOLD_ASKER.format(**values)
    return [
        Reply(form.format(**values), ticket_id=ticket.id, stamp=stamp),
        *(_tell(ctx, ticket, decision, asker) if decision is not None else ()),
        *case.tell_members(ctx, ticket, fact, wording.DATE_TOLD.format(**values)),
    ]


def _grant_date(ctx: Context, ticket: Ticket, decision: Decision, rest: str) -> Replies:
    assert decision.until is not None
    return _dated(ctx, ticket, decision.until, decision)


asking_up.WAYS[Wanted.EXTENSION] = Way(_not_over, _grant)
asking_up.WAYS[Wanted.DATE] = Way(_not_over, _grant_date)
