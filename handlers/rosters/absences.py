"""请假 and 销假: who is away, and who gets what they would have got. Why somebody is away is nobody's business here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from handlers.context import Context
from handlers.message import Incoming, Member, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.rosters import colleagues, gaps
from handlers.rosters.roster_lines import away, said_behind
from handlers.rules import spoken_stretches
from handlers.wording import rosters as wording
from storage import rosters
from storage.people import Staff
from storage.presence import presence_of
from storage.rosters import Absence
from storage.tickets import Ticket
from storage.workflow import Status

IN_HAND = (Status.ACCEPTED, Status.IN_PROGRESS, Status.SUSPENDED)


@on("leave")
def leave(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """请假 明天到周五 由小李代; with a colleague's name by the community: 请假 小赵 明天."""
    said = said_behind(ctx, "leave")
    found = wording.SUBSTITUTE.search(said)
    substitute: Staff | None = None
    if found is not None:
        said = f"{said[: found.start()]} {said[found.end() :]}".strip()
        named = colleagues.one_named(ctx, found["name"] or found["last"])
        if isinstance(named, Reply):
            return [named]
        substitute = named
    stretch = spoken_stretches.leave(said, ctx.now)
    if stretch.end is None and (stretch.rest or substitute is None):
        said_when = stretch.rest and not colleagues.named(ctx, stretch.rest)
        return [] if ctx.group is not None else [Reply(wording.LEAVE_UNCLEAR if said_when else wording.LEAVE_HELP)]
    if stretch.end is not None and stretch.end <= ctx.now:
        return [Reply(wording.PAST)]
    staff = _whose(ctx, stretch.rest)
    if isinstance(staff, Reply):
        return [staff]
    refused = _refused(ctx, staff, substitute)
    return [refused] if refused is not None else put_down(ctx, staff, substitute, stretch.start, stretch.end)


def dates(said: str, now: datetime) -> str | None:
    """From when until when leave would be, as it was said; None where nobody can tell."""
    days = wording.SUBSTITUTE.sub(" ", said).strip()
    stretch = spoken_stretches.leave(days, now)
    until_back = not days and bool(said.strip())
    return away(stretch.start, stretch.end, now).strip() if stretch.end is not None or until_back else None


def _whose(ctx: Context, rest: str) -> Staff | Reply:
    """The colleague who is named by their full or everyday name, else the speaker; other words are the reason, which is
    not kept."""
    assert ctx.who.staff is not None
    for word in rest.split():
        found = colleagues.named(ctx, word)
        if len(found) > 1:
            return colleagues.one_named(ctx, word)
        if found:
            return found[0]
    return ctx.who.staff


def _refused(ctx: Context, staff: Staff, substitute: Staff | None) -> Reply | None:
    if not colleagues.keeps(ctx, staff):
        return Reply(wording.NOT_FOR_YOU.format(name=colleagues.full_name(ctx, staff)))
    if substitute is None:
        return None
    if substitute.id == staff.id:
        return Reply(wording.SELF_SUBSTITUTE)
    if not colleagues.may_take_over(staff, substitute):
        names = {"name": colleagues.full_name(ctx, substitute), "who": colleagues.full_name(ctx, staff)}
        return Reply(wording.MAY_NOT_STAND_IN.format(**names))
    return None


def put_down(ctx: Context, staff: Staff, substitute: Staff | None, start: datetime, end: datetime | None) -> Replies:
    """Writes an absence down, in place of what it overlaps, and tells those concerned."""
    overlapped = [
        known for known in rosters.absences_of(ctx.db, [staff.id], start) if end is None or known.starts_at < end
    ]
    for known in overlapped:
        known.ended_at = ctx.now
    me = ctx.who.staff.id if ctx.who.staff is not None else None
    row = Absence(staff_id=staff.id, starts_at=start, ends_at=end, made_by_id=me, made_at=ctx.now)
    row.substitute_id = substitute.id if substitute is not None else None
    ctx.db.add(row)
    ctx.db.flush()
    gaps.arm(ctx.db, row, [known.id for known in overlapped])
    own = staff.id == me
    who = wording.YOU if own else colleagues.full_name(ctx, staff)
    span = away(start, end, ctx.now)
    instead = _instead(ctx, staff, substitute, start)
    lines = [wording.LEFT.format(who=who, span=span, instead=instead), *gaps.lines(ctx.db, staff, max(start, ctx.now))]
    if own and (count := _holds(ctx, staff)):
        name = colleagues.full_name(ctx, substitute)
        lines.append((wording.HOLDS if name else wording.HOLDS_NOBODY).format(count=count, name=name))
    return [Reply("\n".join(lines)), *_told(ctx, row, staff, span, instead, own=own)]


def _instead(ctx: Context, staff: Staff, substitute: Staff | None, start: datetime) -> str:
    if substitute is not None:
        return wording.INSTEAD.format(name=colleagues.full_name(ctx, substitute))
    return wording.INSTEAD_NOBODY.format(desk=wording.AND.join(dict.fromkeys(post.unit.name for post in staff.posts)))


def _holds(ctx: Context, staff: Staff) -> int:
    held = select(func.count()).where(Ticket.holder_id == staff.id, Ticket.status.in_(IN_HAND))
    return ctx.db.scalar(held) or 0


def _told(ctx: Context, row: Absence, staff: Staff, span: str, instead: str, *, own: bool) -> list[Reply]:
    mark = f"absence:{row.id}"
    replies = []
    if row.substitute_id is not None and (ctx.who.staff is None or row.substitute_id != ctx.who.staff.id):
        text = wording.TOLD_SUBSTITUTE.format(who=colleagues.full_name(ctx, staff), span=span)
        replies.append(Reply(text, to=Member(row.substitute_id, in_person=True), name=f"{mark}:substitute"))
    if not own:
        by = colleagues.full_name(ctx, ctx.who.staff)
        text = wording.TOLD_LEAVE.format(by=by, span=span, instead=instead)
        replies.append(Reply(text, to=Member(staff.id, in_person=True), name=f"{mark}:told"))
    return replies


@on("back")
def back(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """销假: whoever was away is there again, or does not go; for a colleague by the community."""
    said = said_behind(ctx, "back")
    staff = _whose(ctx, said)
    if isinstance(staff, Reply):
        return [staff]
    name = colleagues.full_name(ctx, staff)
    own = ctx.who.staff is not None and staff.id == ctx.who.staff.id
    if not colleagues.keeps(ctx, staff):
        return [Reply(wording.NOT_FOR_YOU.format(name=name))]
    rows = rosters.absences_of(ctx.db, [staff.id], ctx.now)
    who = wording.YOU if own else name
    if not rows:
        return [Reply(wording.BACK_NONE.format(who=who))]
    present = presence_of(ctx.db, ctx.now)
    told = {row.substitute_id for row in rows if row.substitute_id is not None and present.away(staff.id, ctx.now)}
    for row in rows:
        row.ended_at = ctx.now
    ctx.db.flush()
    text = wording.TOLD_BACK.format(who=name)
    news = [
        Reply(text, to=Member(one, in_person=True), name=f"absence:{rows[0].id}:back:{one}") for one in sorted(told)
    ]
    return [Reply(wording.BACK.format(who=who)), *news]
