"""Whether everyday words fit what there is: a ticket that is in hand, a colleague of that name, a chat to say it in."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import Select, select

from handlers.context import Context
from handlers.counting import figures
from handlers.everyday import Everyday
from handlers.matter import talked_of
from handlers.message import Incoming
from handlers.orders import Order
from handlers.permissions import told_who
from handlers.rosters import colleagues
from handlers.rules import whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.subjects import subjects_of
from handlers.staff import late_ones, listing, nudging, run_together
from handlers.ticket import case, choosing, following, targets
from handlers.wording import clauses as wording
from handlers.wording import looking
from handlers.wording.everyday_told import FROM_AN_EMERGENCY
from nlp.normalise import fold
from nlp.places import find
from nlp.reading import ReadingContext, read
from storage import directory, tickets
from storage.people import Role
from storage.tickets import Ticket
from storage.workflow import Status

NAMES_NOTHING = frozenset({"", looking.NOW, looking.JUST_NOW, looking.GO_ON})  # what is looked at has no name
IN_HAND = (Status.ACCEPTED, Status.IN_PROGRESS)
MOST = 6  # tickets that are taken in one breath
TOLD = frozenset({"progress", "resolve"})
AMONG_COLLEAGUES = TOLD | {"accept"}  # said in their group without a number: asked about in private
GIVEN = frozenset({"reassign", "return"})
ASKED_WHICH = TOLD | GIVEN | {"extend", "assist"}  # of several, where no number was said
WAITING = f"{wording.NOT_ACCEPTED}|{wording.NOT_GIVEN}|{wording.LATE}"
PAUSE = r"[,。;!?~\s]+"
OF_NOTHING = frozenset({"property_service", "other"})  # categories of what names nothing that is broken
OF_A_TICKET = TOLD | {"reassign", "return", "extend", "assist", "whistle", "recategorise", "not_report", "verify"}


def fitted(incoming: Incoming, ctx: Context, one: Everyday) -> Everyday | None:
    """What was read, with the one ticket that it means; None where it is nothing that could be done here."""
    order = one.order
    if order.command == "group_mode":
        return one
    of_all = order.command == "nudge" or re.search(WAITING, one.each) is not None
    urges_all = of_all and bool(one.each)  # 没人接的都催一遍 is no trouble
    of_a_unit = order.command == "look" and bool(one.whom)  # 梧桐社区怎么样 is no tree
    if not urges_all and not (of_a_unit and _is_known(ctx, one)) and _is_a_trouble(ctx, order):
        return None
    if not following.may_give(ctx, order):  # where it may be said, is told to whoever called the bot
        aloud = one.plainly and incoming.addressed and ctx.group is not None
        of_somebody = order.command == "nudge" and ctx.group is None and one.who and colleagues.named(ctx, one.who)
        return replace(one, plainly=True) if aloud or of_somebody else None
    if ctx.group is not None and not (order.numbers or incoming.addressed or choosing.quoted_ticket(incoming, ctx)):
        works = (order.command in AMONG_COLLEAGUES or bool(one.each)) and not re.search(wording.PAPERS, ctx.words)
        found = _of_work(incoming, ctx, one) if works else None
        return replace(found, plainly=False) if found is not None else None
    return _of_work(incoming, ctx, one)


def _of_work(incoming: Incoming, ctx: Context, one: Everyday) -> Everyday | None:
    order = run_together.apart(ctx, one.order)
    if order is not one.order:
        return replace(one, order=order, plainly=one.plainly or not order.numbers)
    if one.whom and not _is_known(ctx, one):
        return None
    if order.command == "reassign" and one.whom:
        return _of_a_colleague(ctx, one)
    if order.command in ("accept", "look", "leave") and not (order.numbers or order.rest not in NAMES_NOTHING):
        return _without_more(incoming, ctx, one)
    if one.each:
        return _of_all_to_urge(ctx, one) if order.command == "nudge" else _of_each(ctx, one)
    if order.command == "nudge" and one.who:
        return _of_whoever_has_them(ctx, one)
    if order.command in OF_A_TICKET:
        return _of_a_ticket(incoming, ctx, one)
    return one if not one.who or colleagues.named(ctx, one.who) else None


def _without_more(incoming: Incoming, ctx: Context, one: Everyday) -> Everyday | None:
    """都归我, 哪些超时了; and 我要请假: from when, and who stands in, is asked at once."""
    if one.order.command == "accept":
        return _waiting(incoming, ctx, one)
    if one.order.command == "look":
        found = _looked_at(incoming, ctx, one.order.rest)
        return replace(one, order=found) if found is not None else None
    return replace(one, plainly=True) if ctx.group is None else None


def _is_known(ctx: Context, one: Everyday) -> bool:
    """A colleague, or a company or department whose work is looked at: 物业手上有几个."""
    if len(colleagues.named(ctx, one.whom)) == 1:
        return True
    units = (unit.name for post in ctx.who.posts for unit in directory.units_below(ctx.db, post.unit.path))
    return one.order.command == "look" and (bool(late_ones.desks(ctx, one.whom)) or one.whom in units)


def _overseen(ctx: Context) -> Order:
    """哪些超时了: of whoever sees to other desks all that is below theirs, else what they have themselves."""
    units = figures.tops([post for post in ctx.who.posts if Role(post.role) in late_ones.OVERSEE])
    return Order("look", rest=units[0].name) if units else Order("todo")


def _looked_at(incoming: Incoming, ctx: Context, said: str) -> Order | None:
    """现在什么情况, 刚才那个呢: of what was quoted or talked of just now, else of all that is theirs."""
    if said == looking.GO_ON:
        return Order("look", rest=said) if listing.left(ctx) else Order("todo")
    if said and (quoted := choosing.quoted_ticket(incoming, ctx)) is not None:
        return Order("look", (quoted.number,))
    spoken_of = talked_of.last(ctx, ctx.policy.additions) if said else None
    if spoken_of is not None and spoken_of.reporter_id in ctx.mine:
        return Order("status", (spoken_of.number,))
    if said == looking.JUST_NOW:
        return Order("look", (spoken_of.number,)) if spoken_of is not None else None
    return _overseen(ctx)


def _is_a_trouble(ctx: Context, order: Order) -> bool:
    """8号楼着火了, and whatever is surely a report."""
    if order.command in TOLD and _is_from_an_emergency(ctx):
        return False
    if any(part.urgency == EMERGENCY for part in ctx.reading.parts):
        return True
    if order.command in ("knocked", "help") or order.rest.startswith(looking.SEES_TO_IS_ASKED):
        return False  # 敲过门了, by whoever walked there, is no noise; nor is 路灯归谁管 a lamp
    told = not order.numbers or order.command == "progress"  # 1号电梯也坏了 is said of a building
    sure = told and bool(ctx.reading.parts) and ctx.reading.band == "high"
    return sure and (order.command != "progress" or bool(order.numbers) or not _is_of_what_is_held(ctx))


def _is_of_what_is_held(ctx: Context) -> bool:
    """灯杆线路老化，要换线, by whoever has such a thing in hand or waiting, and of no place of its own."""
    if ctx.group is not None or ctx.reading.place:
        return False
    rows = ctx.db.scalars(_held(ctx)).all() or choosing.candidates(ctx, "accept")
    return {part.category for part in ctx.reading.parts} <= {ticket.category for ticket in rows} | OF_NOTHING


def _is_from_an_emergency(ctx: Context) -> bool:
    """已经打119了, by whoever has an emergency in hand, of no place of its own and with no other alarm beside it."""
    here = ctx.group is None and not ctx.reading.place
    if not here or all(ticket.urgency != EMERGENCY for ticket in ctx.db.scalars(_held(ctx))):
        return False
    others = [one for one in re.split(PAUSE, fold(ctx.words)) if not re.search(FROM_AN_EMERGENCY, one)]
    return all(read(one, ReadingContext()).urgency != EMERGENCY for one in others if one)


def _is_elsewhere(ctx: Context, ticket: Ticket) -> bool:
    """6号楼水管漏了，要找人修, of a house that is not the ticket's."""
    houses = {span.text for span in find(fold(ctx.words)) if "building" in whereabouts.levels([span.text])}
    return bool(houses) and houses.isdisjoint(ticket.place)


def _waiting(incoming: Incoming, ctx: Context, one: Everyday) -> Everyday | None:
    """这个归我, of the card that was quoted or of the only one; 都归我, of all that wait."""
    quoted = choosing.quoted_ticket(incoming, ctx)
    found = [quoted] if quoted is not None else choosing.candidates(ctx, "accept")
    if not found or len(found) > (1 if one.plainly else MOST):
        return replace(one, plainly=True) if ctx.group is None else None  # which, or that there is none
    return replace(one, order=replace(one.order, numbers=tuple(ticket.number for ticket in found)))


def _of_a_ticket(incoming: Incoming, ctx: Context, one: Everyday) -> Everyday | None:
    order = one.order
    ticket = (
        tickets.by_number(ctx.db, order.number) if order.number is not None else _only_one(incoming, ctx, order.command)
    )
    if ticket is None:
        return _which(ctx, one)
    if not choosing.reaches(ctx, ticket, order.command):  # whose it is, is said at once
        plain = order.number is not None and order.command not in TOLD and ctx.group is None and not ticket.confidential
        return replace(one, plainly=True) if plain else None
    held = ticket.holder_id in ctx.who.hands and ticket.status in IN_HAND
    waits = ticket.status == Status.REPORTED and ticket.desk_id in ctx.who.desks
    if order.command in TOLD and (not (held or waits) or (not order.numbers and _is_elsewhere(ctx, ticket))):
        return None
    if order.command == "verify" and ticket.status != Status.RESOLVED:
        return None
    if one.who and not targets.targets(ctx, ticket, one.who):
        return None
    meant = replace(order, numbers=order.numbers or (ticket.number,))
    return replace(one, order=_sent_back(ctx, ticket, meant, one.who) or meant)


def _sent_back(ctx: Context, ticket: Ticket, order: Order, who: str) -> Order | None:
    """3城管的, by a company whose ticket it is: they give nothing to others, but may return it and say whose it is."""
    bound = ctx.who.staff is not None and not told_who(ctx.who.staff)
    if order.command != "reassign" or not bound or len(order.numbers) != 1:
        return None
    units = {unit.id for unit, _ in targets.targets(ctx, ticket, who)}
    if units & set(ctx.who.desks):
        return None
    return replace(order, command="return", rest=wording.NOT_OURS.format(who=who))


def _which(ctx: Context, one: Everyday) -> Everyday | None:
    """修好了, 转物业, 延到周五, to the bot alone and of one of several: without a number, so that it is asked which."""
    order = one.order
    if ctx.group is not None or order.number is not None or order.command not in ASKED_WHICH:
        return None
    several = choosing.candidates(ctx, order.command)
    if order.command in TOLD and all(_is_elsewhere(ctx, ticket) for ticket in several):
        return None
    if len(several) < 2 or (one.who and not targets.targets(ctx, several[0], one.who)):
        return None
    return replace(one, plainly=False)


def _held(ctx: Context) -> Select[Ticket]:
    return select(Ticket).where(Ticket.holder_id.in_(ctx.who.hands), Ticket.status.in_(IN_HAND))


def _of_each(ctx: Context, one: Everyday) -> Everyday | None:
    """两个都给物业: of those in hand, of those that wait, or of both, as many as were said; else which, is asked."""
    if re.search(WAITING, one.each):
        return _of_those_that_wait(ctx, one)
    mine = _held(ctx).order_by(Ticket.id)
    held, waiting = ctx.db.scalars(mine.limit(MOST + 1)).all(), choosing.candidates(ctx, "accept")
    both = [*held, *waiting]
    if not both or not targets.targets(ctx, both[0], one.who):
        return None
    many = [rows for rows in (held, waiting, both) if one.count in (None, len(rows))]
    found = next((rows for rows in many if 1 < len(rows) <= MOST), [])
    if not found:
        return replace(one, plainly=True)
    return replace(one, order=replace(one.order, numbers=tuple(sorted(row.number for row in found))))


def _of_those_that_wait(ctx: Context, one: Everyday) -> Everyday | None:
    """没人接的都给小钱: those that are due first, no more than are named in one breath."""
    rows = choosing.candidates(ctx, one.order.command)
    if re.search(wording.LATE, one.each):
        late = {row.id for row in late_ones.of(ctx)}
        rows = [row for row in rows if row.id in late]
    else:
        given = re.search(wording.NOT_GIVEN, one.each) is None
        rows = [row for row in rows if row.status == Status.REPORTED and (row.desk_id is not None) == given]
    if not rows:  # which is the answer
        return replace(one, order=Order("look", rest=(re.findall(WAITING, one.each) or [""])[0]), plainly=True)
    if not targets.targets(ctx, rows[0], one.who):
        return None
    return replace(one, order=replace(one.order, numbers=tuple(row.number for row in rows[:MOST])))


def _of_all_to_urge(ctx: Context, one: Everyday) -> Everyday | None:
    """都催一下: what is late, else what waits; of 没接 what nobody has accepted. None twice in a while."""
    rows = [row for row in choosing.candidates(ctx, "nudge") if not nudging.lately(ctx, row)]
    if re.search(wording.NOT_ACCEPTED, one.each):
        rows = [row for row in rows if row.status == Status.REPORTED]
    late = {row.id for row in late_ones.of(ctx)}
    rows = [row for row in rows if row.id in late] or rows
    if not rows:
        return replace(one, plainly=True) if ctx.group is None else None
    return replace(one, order=replace(one.order, numbers=tuple(sorted(row.number for row in rows[:MOST]))))


def _of_whoever_has_them(ctx: Context, one: Everyday) -> Everyday | None:
    """催一下小赵, 催催物业: what they hold, or what waits at their desk; several are asked about first."""
    rows = choosing.candidates(ctx, "nudge")
    named = targets.targets(ctx, rows[0], one.who) if rows else []
    theirs = {staff.id for _, staff in named if staff is not None}
    desks = {unit.id for unit, staff in named if staff is None}
    found = [row for row in rows if row.holder_id in theirs or row.desk_id in desks][:MOST]
    if not found:
        return None
    numbers = tuple(sorted(row.number for row in found))
    return replace(one, order=replace(one.order, numbers=numbers, rest=""), plainly=len(found) == 1)


def _of_a_colleague(ctx: Context, one: Everyday) -> Everyday | None:
    """把小赵的单子都给小钱: what they have in hand, as far as it is the speaker's to give."""
    [whom] = colleagues.named(ctx, one.whom)
    rows = [row for row in choosing.candidates(ctx, "reassign") if row.holder_id == whom.id]
    if not rows or not targets.targets(ctx, rows[0], one.who):
        return None
    return replace(one, order=replace(one.order, numbers=tuple(sorted(row.number for row in rows))))


def _only_one(incoming: Incoming, ctx: Context, command: str) -> Ticket | None:
    """The card that was quoted, else what alone is in hand, or alone of what is in hand is spoken of: 灯修好了. What is
    given away may wait as well: 转物业."""
    quoted = choosing.quoted_ticket(incoming, ctx)
    if quoted is not None:
        return quoted
    held = ctx.db.scalars(_held(ctx).limit(MOST)).all()
    if not held and (command in GIVEN or command == "progress"):
        # 已到现场, 按钮要等配件, of the only one, which nobody has accepted: whoever works does not look for commands.
        held = choosing.candidates(ctx, "accept")
        grave = [row for row in held if row.urgency == EMERGENCY]
        held = grave if command == "progress" and (grave or ctx.group is not None) else held
    said = subjects_of(fold(ctx.words))
    spoken_of = [row for row in held if said & subjects_of(fold(case.said(ctx, row)))] if len(held) > 1 else held
    return spoken_of[0] if len(spoken_of) == 1 else None
