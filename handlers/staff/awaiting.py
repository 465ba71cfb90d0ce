"""What waits for the word of whoever is looking: requests from below, whistles, what was reopened or is to be checked.

Each with how long the resident has really waited. The words are those of staff and of the resident, as this person may
read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import false, or_, select

from handlers.context import Context
from handlers.permissions import TABLE, ChatKind, may, told_who
from handlers.staff import asking_up
from handlers.staff.may_now import is_open
from handlers.ticket import beside, case, traces
from handlers.ticket.working import me
from handlers.whistles import whistle_calls
from handlers.wording import deciding, reopening
from handlers.wording import whistles as whistle_words
from handlers.wording.times import days
from storage import directory, endings, whistles
from storage.decisions import Wanted
from storage.facts import Fact, FactKind
from storage.people import Role, Unit
from storage.tickets import Ticket
from storage.whistles import Whistle
from storage.workflow import Status

MOST = 50  # of each kind


@dataclass(frozen=True, slots=True)
class Awaiting:
    """One thing to decide. ``fields`` are labelled lines, ``commands`` what may be answered."""

    ticket: Ticket
    what: str
    place: str
    waited: int  # whole days since it was first told
    commands: tuple[str, ...]
    fields: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    names_owner: bool = False  # a return: with the consent goes whose it is, where another unit is meant


def hidden(ctx: Context, ticket: Ticket) -> bool:
    """Whether whoever looks is not to learn who reported it."""
    return ticket.kind == "tipoff" or ctx.who.staff is None or not told_who(ctx.who.staff)


def readable(ctx: Context, ticket: Ticket, words: str) -> str:
    """Words of a ticket's history as whoever looks may read them."""
    if not words or not hidden(ctx, ticket):
        return words
    return traces.without(ctx.db, ctx.vault, ticket, words)


def _one(
    ctx: Context,
    ticket: Ticket,
    commands: Sequence[str],
    fields: Sequence[tuple[str, str]] = (),
    words: Sequence[str] = (),
    what: str = "",
) -> Awaiting:
    return Awaiting(
        ticket=ticket,
        what=what or case.what(ticket),
        place=case.where_for(ctx.db, ticket, ctx.who.staff),
        waited=days(ticket.opened_at, ctx.now),
        commands=tuple(commands),
        fields=tuple(fields),
        words=tuple(filter(None, (readable(ctx, ticket, said) for said in words))),
    )


def requests(ctx: Context) -> list[Awaiting]:
    """退单, 延期, 挂账, 定期: asked of this person, earliest first."""
    found = []
    for decision, ticket in asking_up.mine(ctx)[:MOST]:
        card = next(asking_up.put(ctx.db, ctx.vault, ctx.now, decision, ticket)).card
        fields = [pair for pair in card.fields if pair[0] != deciding.CARD_WAITED] if card is not None else []
        what = f"{deciding.WANTED[decision.kind]} · {case.what(ticket)}"
        commands = [name for name in ("agree", "disagree") if may(ctx.who, name, ChatKind.PRIVATE)]
        one = _one(ctx, ticket, commands, fields, [beside.words(ctx, decision.body_id)], what)
        found.append(replace(one, names_owner=decision.kind == Wanted.RETURN))
    return found


def to_sign(ctx: Context) -> list[Awaiting]:
    """Whistles that wait for this leader's signature."""
    if not may(ctx.who, "whistle_sign", ChatKind.PRIVATE):
        return []
    return [
        _one(ctx, ticket, ("whistle_sign", "whistle_refuse"), _of_whistle(ctx, whistle))
        for whistle, ticket in whistles.to_sign(ctx.db, beside.my_units(ctx))[:MOST]
        if me(ctx).id in [staff.id for staff in whistle_calls.signers(ctx.db, whistle, ctx.now)]
    ]


def _of_whistle(ctx: Context, whistle: Whistle) -> list[tuple[str, str]]:
    units = beside.names(ctx.db, (call.unit_id for call in whistles.calls(ctx.db, whistle.id)))
    return [
        (whistle_words.CARD_KIND, whistle_words.KINDS[whistle.kind]),
        (whistle_words.CARD_CALLED, units),
        (whistle_words.PAGE_BY, ctx.db.get_one(Unit, whistle.unit_id).name),
        (whistle_words.PAGE_PROBLEMS, beside.words(ctx, whistle.problems_id)),
        (whistle_words.PAGE_NEEDS, beside.words(ctx, whistle.needs_id)),
    ]


def declined(ctx: Context) -> list[Awaiting]:
    """Units that said they cannot come, for the street that whistled."""
    rows = whistles.declined(ctx.db, beside.my_units(ctx))[:MOST]
    return [
        _one(
            ctx,
            ticket,
            ("whistle_excuse", "whistle_must"),
            [(whistle_words.PAGE_DECLINED, beside.names(ctx.db, [call.unit_id]))],
            [beside.words(ctx, call.body_id)],
        )
        for call, ticket in rows
        if is_open(ctx, ticket, "whistle_excuse")
    ]


def reopened(ctx: Context) -> list[Awaiting]:
    """What residents were not content with, at the desks of whoever looks."""
    back = select(Ticket).where(Ticket.status == Status.REPORTED, Ticket.desk_id.in_(ctx.who.desks))
    has = select(1).where(Fact.ticket_id == Ticket.id, Fact.kind == FactKind.REOPENED).exists()
    rows = ctx.db.scalars(back.where(has).order_by(Ticket.accept_due, Ticket.id).limit(MOST)).all()
    return [one for row in rows if (one := _reopened(ctx, row)) is not None]


def _reopened(ctx: Context, ticket: Ticket) -> Awaiting | None:
    fact = endings.awaits_judgement(ctx.db, ticket)
    commands = [name for name in ("talked", "redo", "reassign", "accept", "reject") if is_open(ctx, ticket, name)]
    if fact is None or not commands:
        return None
    done = endings.newest(ctx.db, ticket, FactKind.RESOLVED)
    desk = directory.unit_of(ctx.db, fact.data.get("desk"))
    reason = reopening.REASONS.get(str(fact.data.get("reason")), "")
    fields = [
        (reopening.PAGE_TIMES, str(ticket.reopenings) if ticket.reopenings else reopening.PAGE_OBJECTED),
        (reopening.PAGE_REASON, reason),
        (reopening.PAGE_LAST, desk.name if desk is not None else ""),
        (reopening.PAGE_DONE, beside.words(ctx, done.body_id) if done is not None else ""),
    ]
    return _one(ctx, ticket, commands, [pair for pair in fields if pair[1]], [beside.words(ctx, fact.body_id)])


def to_verify(ctx: Context) -> list[Awaiting]:
    """What was said to be done, for whoever may check it and did not do it."""
    paths = [post.unit.path for post in ctx.who.posts if Role(post.role) in TABLE["verify"].roles]
    done = select(Ticket).join(Unit, Unit.id == Ticket.unit_id).where(Ticket.status == Status.RESOLVED)
    mine = done.where(or_(*(Unit.path.startswith(path) for path in paths))) if paths else done.where(false())
    rows = ctx.db.scalars(mine.order_by(Ticket.resolved_at, Ticket.id).limit(MOST)).all()
    found = [row for row in rows if is_open(ctx, row, "verify")]
    return [_one(ctx, row, ("verify",), (), [_said_done(ctx, row)]) for row in found]


def _said_done(ctx: Context, ticket: Ticket) -> str:
    done = endings.newest(ctx.db, ticket, FactKind.RESOLVED)
    return beside.words(ctx, done.body_id) if done is not None else ""
