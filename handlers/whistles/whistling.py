"""吹哨: a grid worker calls the community; the street, or a community through it, calls departments together.

Whatever is missing is asked in private, one thing after the other; the whistle waits as a row meanwhile, its lists
sealed. What one department can do alone is dispatched, not whistled.
"""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rosters import on_duty
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.routing import ENFORCEMENT
from handlers.ticket import acting, beside, called_names, case
from handlers.ticket.called_names import Named
from handlers.ticket.choosing import ELIGIBLE, choose_eligible, not_now, reaches
from handlers.ticket.working import me
from handlers.whistles import whistle_calls, whistle_cards
from handlers.wording import desk as desk_wording
from handlers.wording import whistles as wording
from handlers.wording.times import when
from storage import decisions, directory, whistles
from storage.deployment import Question
from storage.facts import FactKind
from storage.inbox import Body
from storage.people import Role, Unit, UnitKind
from storage.tickets import Ticket
from storage.whistles import Whistle, WhistleCall, WhistleKind, WhistleState

ASKED_WITHIN = timedelta(minutes=30)
QUESTION = "whistle"
UNITS, PROBLEMS, NEEDS = "units", "problems", "needs"
ASKS = {UNITS: wording.ASK_UNITS, PROBLEMS: wording.ASK_PROBLEMS, NEEDS: wording.ASK_NEEDS}
LONGEST = 800
OF_THE_STREET = frozenset({Role.DISPATCHER, Role.STREET_LEADER, Role.DUTY, Role.ADMIN})


@on("whistle")
def whistle(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """吹哨: who is called, 问题清单 and 需求清单; signed by the leader on duty before anybody hears of it."""
    ticket = choose_eligible(incoming, ctx, order)
    if isinstance(ticket, Reply):
        return [ticket]
    decisions.lock(ctx.db, ticket)
    row = _drafted(ctx, ticket)
    said = called_names.read(ctx, ticket, order.rest, row.kind if row is not None else None)
    if isinstance(said, Reply):
        return [said]
    refusal = _refused(ctx, ticket, row, said)
    if refusal is not None:
        return [refusal]
    if row is not None and _says_the_same(ctx, row, said):
        return [
            Reply(wording.WAITS_ALREADY.format(number=ticket.number, names=_leaders(ctx, row)), ticket_id=ticket.id)
        ]
    row = row or _begin(ctx, ticket, said)
    _write(ctx, ticket, row, said)
    return _go_on(ctx, ticket, row)


def _says_the_same(ctx: Context, row: Whistle, said: Named) -> bool:
    """Whether a whistle that waits to be signed is only said once more."""
    before = {call.unit_id for call in whistles.calls(ctx.db, row.id)}
    lists = ((row.problems_id, said.problems), (row.needs_id, said.needs))
    same = all(words[:LONGEST] in ("", beside.words(ctx, body_id)) for body_id, words in lists)
    return row.needs_id is not None and same and not said.rest and {unit.id for unit in said.units} <= before


def _leaders(ctx: Context, row: Whistle) -> str:
    leaders = whistle_calls.signers(ctx.db, row, ctx.now)
    return wording.AND.join(directory.name_of(ctx.vault, staff) for staff in leaders) or _signer(ctx, row).name


def named(incoming: Incoming, ctx: Context) -> Replies | None:
    """The next words in private, right after one of the questions."""
    if incoming.kind not in (Kind.TEXT, Kind.VOICE) or ctx.group is not None or not ctx.who.is_staff:
        return None
    if not ctx.words.strip() or not ctx.who.is_attentive(ctx.now):
        return None
    question = case.asked(ctx, QUESTION)
    ticket = ctx.db.get(Ticket, question.ticket_id) if question is not None else None
    if question is None or ticket is None or (ctx.alarms and question.data["want"] == UNITS):
        return None
    return _answered(incoming, ctx, ticket, question)


def _answered(incoming: Incoming, ctx: Context, ticket: Ticket, question: Question) -> Replies:
    wanted = str(question.data["want"])
    decisions.lock(ctx.db, ticket)
    acting.note(ctx, ticket)
    row = _drafted(ctx, ticket)
    if row is None or ticket.status not in ELIGIBLE["whistle"] or not reaches(ctx, ticket, "whistle"):
        ctx.db.delete(question)
        return [not_now(ticket, "whistle")]
    if ctx.words.strip() in desk_wording.NO:
        ctx.db.delete(question)
        row.state, row.over_at = WhistleState.REFUSED, ctx.now
        return [Reply(wording.DROPPED.format(number=ticket.number), ticket_id=ticket.id)]
    said = _of_answer(incoming, ctx, ticket, wanted, row)
    if isinstance(said, Reply):
        return [said]
    if wanted == UNITS and (refusal := _refused(ctx, ticket, row, said)) is not None:
        return [refusal]
    ctx.db.delete(question)
    ctx.db.flush()
    ctx.inbox.forget_at = ctx.now  # what it says is kept with the whistle, sealed; the message itself is not needed
    _write(ctx, ticket, row, said)
    return _go_on(ctx, ticket, row)


def _of_answer(incoming: Incoming, ctx: Context, ticket: Ticket, wanted: str, row: Whistle) -> Named | Reply:
    words = incoming.text.strip()
    if wanted == UNITS:
        said = called_names.read(ctx, ticket, words, row.kind)
        strange = isinstance(said, Named) and not (said.problems or said.needs) and said.rest
        return called_names.unknown(ctx, ticket, strange[0]) if strange else said
    _, lists = called_names.split(words)
    plain = {} if lists else {wanted: words}
    both = {**lists, **plain}
    return Named(problems=both.get(PROBLEMS, ""), needs=both.get(NEEDS, ""))


def _drafted(ctx: Context, ticket: Ticket) -> Whistle | None:
    found = whistles.latest(ctx.db, ticket.id)
    return found if found is not None and found.state == WhistleState.DRAFTED else None


# --- who may call whom


def calls_community(ctx: Context, ticket: Ticket) -> bool:
    """A grid worker calls the community and nobody else; whoever also works for the community or the street calls
    departments."""
    kinds = {post.unit.kind for post in ctx.who.posts}
    wider = kinds & {UnitKind.COMMUNITY, UnitKind.STREET, UnitKind.DISTRICT, UnitKind.CITY}
    return not wider and whistle_calls.level(ctx.db, ticket, UnitKind.COMMUNITY) is not None


def _refused(ctx: Context, ticket: Ticket, row: Whistle | None, said: Named) -> Reply | None:
    if calls_community(ctx, ticket):
        return _community_called(ctx, ticket) if row is None else None
    strange = next((unit for unit in said.units if unit.kind not in called_names.CALLABLE), None)
    if strange is not None:
        return Reply(wording.NOT_CALLED.format(name=strange.name), ticket_id=ticket.id)
    if said.rest and (said.problems or said.needs or (said.units and all(len(word) <= 4 for word in said.rest))):
        return called_names.unknown(ctx, ticket, said.rest[0])
    waiting = {call.unit_id for call in whistles.calls_about(ctx.db, ticket.id) if whistles.waits(call)}
    said.units[:] = [unit for unit in said.units if unit.id not in waiting]
    if waiting and not said.units and row is None:
        names = beside.names(ctx.db, waiting)
        return Reply(wording.CALLED_ALREADY.format(number=ticket.number, units=names), ticket_id=ticket.id)
    return _one_only(ctx, ticket, row, said, waiting)


def _community_called(ctx: Context, ticket: Ticket) -> Reply | None:
    waiting = [call.unit_id for call in whistles.calls_about(ctx.db, ticket.id) if whistles.waits(call)]
    if not waiting:
        return None
    names = beside.names(ctx.db, waiting)
    return Reply(wording.CALLED_ALREADY.format(number=ticket.number, units=names), ticket_id=ticket.id)


def _one_only(ctx: Context, ticket: Ticket, row: Whistle | None, said: Named, waiting: set[int]) -> Reply | None:
    """A case of one department is dispatched: kindly, with the button to do it."""
    before = {call.unit_id for call in whistles.calls(ctx.db, row.id)} if row is not None else set()
    called = {unit.id for unit in said.units} | before
    desk = directory.unit_of(ctx.db, ticket.desk_id)
    has_it = desk is not None and desk.kind in called_names.CALLABLE
    needed = called | waiting | ({desk.id} if desk is not None and has_it else set())
    if not said.units or len(needed) > 1:
        return None
    unit = said.units[0]
    if has_it:
        return Reply(wording.ONE_HAS_IT.format(number=ticket.number, unit=unit.name), ticket_id=ticket.id)
    card = beside.card(ticket, (), (desk_wording.BUTTONS["reassign"], "reassign"))
    return Reply(wording.ONE_ONLY.format(number=ticket.number, unit=unit.name), card=card, ticket_id=ticket.id)


# --- the draft


def _begin(ctx: Context, ticket: Ticket, said: Named) -> Whistle:
    street = whistle_calls.street(ctx.db, ticket) or ctx.who.posts[0].unit
    row = Whistle(
        ticket_id=ticket.id,
        round=whistles.next_round(ctx.db, ticket.id),
        kind=said.kind or _usual_kind(ticket),
        unit_id=ctx.who.posts[0].unit_id,
        by_id=me(ctx).id,
        at=ctx.now,
        signer_unit_id=street.id,
    )
    ctx.db.add(row)
    ctx.db.flush()
    return row


def _usual_kind(ticket: Ticket) -> str:
    if ticket.urgency == EMERGENCY:
        return WhistleKind.EMERGENCY
    return WhistleKind.ENFORCEMENT if ticket.category in ENFORCEMENT else WhistleKind.HARD


def _write(ctx: Context, ticket: Ticket, row: Whistle, said: Named) -> None:
    """What was said now goes before what was said before."""
    row.kind = said.kind or row.kind
    if calls_community(ctx, ticket):
        community = whistle_calls.level(ctx.db, ticket, UnitKind.COMMUNITY)
        said = Named(units=[community] if community is not None else [], problems=said.problems, needs=_needs(said))
    elif said.rest and not said.needs:
        said.needs = " ".join(said.rest)
    if said.problems:
        row.problems_id = ctx.keep(said.problems[:LONGEST]).id
    if said.needs:
        row.needs_id = ctx.keep(said.needs[:LONGEST]).id
    before = {call.unit_id for call in whistles.calls(ctx.db, row.id)}
    ctx.db.add_all(WhistleCall(whistle_id=row.id, unit_id=unit.id) for unit in said.units if unit.id not in before)
    ctx.db.flush()


def _needs(said: Named) -> str:
    """A grid worker writes what is wanted in a few words; whom they name is part of it."""
    named_units = [unit.name for unit in said.units]
    return said.needs or " ".join([*named_units, *said.rest])


def _go_on(ctx: Context, ticket: Ticket, row: Whistle) -> Replies:
    if not whistles.calls(ctx.db, row.id):
        return _ask(ctx, ticket, UNITS)
    if row.problems_id is None:
        return _ask(ctx, ticket, PROBLEMS)
    if row.needs_id is None:
        return _ask(ctx, ticket, NEEDS)
    case.asks_no_more(ctx, ticket, QUESTION)
    _record(ctx, ticket, row)
    if calls_community(ctx, ticket):
        return _blown(ctx, ticket, row, wording.TO_COMMUNITY)
    leaders = [staff.id for staff in on_duty.leader_on_duty(ctx.db, _signer(ctx, row), ctx.now)]
    if me(ctx).id in leaders:
        return _blown(ctx, ticket, row, wording.BLOWN)
    return _to_sign(ctx, ticket, row)


def _record(ctx: Context, ticket: Ticket, row: Whistle) -> None:
    """History has both lists, so that they can be erased with it."""
    data = {"whistle": row.id, "kind": row.kind}
    for body_id in (row.problems_id, row.needs_id):
        body = ctx.db.get_one(Body, body_id) if body_id is not None else None
        case.record(ctx, ticket, FactKind.WHISTLED, body=body, said_here=True, data=data)


def _signer(ctx: Context, row: Whistle) -> Unit:
    return ctx.db.get_one(Unit, row.signer_unit_id)


def _ask(ctx: Context, ticket: Ticket, what: str) -> Replies:
    until = ctx.now + ASKED_WITHIN
    case.ask_in_private(ctx, ctx.who.account, QUESTION, ticket=ticket, until=until, data={"want": what})
    asked = Reply(ASKS[what].format(number=ticket.number), to=case.sender(ctx), ticket_id=ticket.id, part=what)
    if ctx.group is None:
        return [asked]
    return [Reply(wording.NOT_HERE.format(number=ticket.number), ticket_id=ticket.id), asked]


def _blown(ctx: Context, ticket: Ticket, row: Whistle, form: str) -> Replies:
    """By whoever signs, or from a grid to its community: nobody else has to sign."""
    row.state, row.signed_by_id, row.signed_at = WhistleState.BLOWN, me(ctx).id, ctx.now
    due, replies = whistle_calls.blow(ctx, row, ticket)
    units = beside.names(ctx.db, (call.unit_id for call in whistles.calls(ctx.db, row.id)))
    shown = {"number": ticket.number, "units": units, "unit": units, "kind": wording.KINDS[row.kind]}
    return [Reply(form.format(**shown, due=when(due, ctx.now)), ticket_id=ticket.id), *replies]


def _to_sign(ctx: Context, ticket: Ticket, row: Whistle) -> Replies:
    policy = beside.policy_of(ctx, ticket)
    sign_by = beside.until(ctx.now, whistle_calls.sign_span(row, policy), policy)
    whistles.stop(ctx.db, f"{whistle_calls.mark(row)}sign:")
    name = f"{whistle_calls.mark(row)}sign:{ctx.inbox.id}:1"
    whistle_calls.arm(ctx.db, name, whistle_calls.SIGN, sign_by.due, whistle=row.id, rung=1)
    unit = _signer(ctx, row)
    leaders = on_duty.leader_on_duty(ctx.db, unit, ctx.now)
    cards = whistle_cards.asks(ctx, row, ticket, leaders)
    if not cards:
        text = wording.NOBODY_SIGNS.format(number=ticket.number, unit=unit.name)
        return [Reply(text, ticket_id=ticket.id)]
    text = wording.WAITS.format(
        number=ticket.number,
        kind=wording.KINDS[row.kind],
        names=wording.AND.join(directory.name_of(ctx.vault, staff) for staff in leaders),
        units=beside.names(ctx.db, (call.unit_id for call in whistles.calls(ctx.db, row.id))),
    )
    return [Reply(text, ticket_id=ticket.id), *cards]
