"""统计 本月 3号网格, and 热线回访: figures in words and as a picture, a moment later.

Figures carry no names and no rooms, so that a staff group may read them. They are counted outside: years of tickets
take seconds, and nobody's report waits for them.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.counting import figures, most
from handlers.counting.figures import Asked
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order, as_typed
from handlers.registry import on
from handlers.rosters.roster_lines import said_behind
from handlers.rules import periods_said
from handlers.rules.periods_said import Period
from handlers.wording import statistics as wording
from storage import hotline, tickets
from storage.base import JsonObject
from storage.conflict import insert_new
from storage.facts import Fact, FactKind
from storage.inserts import insert_one
from storage.origins import HotlineOrder
from storage.people import Unit
from storage.statistics import Figures, Scope
from storage.tickets import Ticket
from storage.timers import Timer

ASKED, TO_COUNT = "statistics", "to_count"  # a timer that the clock does not ring: it is counted outside
LATEST = timedelta(hours=1)  # figures that come later than this are not wanted any more


@on("statistics")
def show(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """统计 本月 3号网格, 统计 上周 环境卫生; alone: this month of the widest unit of one's own."""
    mine = figures.units(ctx.db, ctx.who.posts)
    tops = figures.tops(ctx.who.posts)
    if not tops:
        return [Reply(wording.NOTHING_YOURS)]
    words = said_behind(ctx, "statistics")
    if (instead := next((told for word, told in wording.INSTEAD if words.startswith(word)), None)) is not None:
        return [Reply(instead)]
    of_each, is_most = words.startswith(wording.EACH), words.startswith(wording.MOST)
    if is_most:
        words = words.removeprefix(wording.MOST).strip() or wording.LAST_MOST
    asked = figures.asked(words.removeprefix(wording.EACH).strip(), ctx.now, mine)
    if asked.left:
        names = wording.AND.join(unit.name for unit in tops)
        hint = wording.NOT_YOURS.format(words=asked.left, units=names)
        return [Reply(f"{wording.UNKNOWN.format(words=asked.left)}\n{hint}")]
    if is_most:
        return [Reply(most.said(ctx, asked, asked.unit or tops[0]))]
    _count_later(ctx, asked, (asked.unit or tops[0]).id)
    apart = next((unit.name for unit in mine if unit not in tops), None) if of_each else None
    later = wording.COUNTING if apart is None else wording.COUNTING + wording.OF_EACH.format(name=apart)
    return [Reply(later)] if ctx.group is None else []


def _count_later(ctx: Context, asked: Asked, unit_id: int) -> None:
    """What is to be counted and drawn, once a message: both take longer than a transaction may."""
    period = {"first": f"{asked.period.first}", "after": f"{asked.period.after}"}
    data = {"unit": unit_id, "categories": list(asked.categories), "to": ctx.address, **period}
    row = {"name": f"{ASKED}:{ctx.inbox.id}", "kind": ASKED, "due_at": ctx.now, "state": TO_COUNT, "data": data}
    insert_new(ctx.db, Timer, [row], "name")


def scope_of(db: Session, data: JsonObject) -> Scope:
    """The scope of what was asked for, as it was kept."""
    period = Period(date.fromisoformat(data["first"]), date.fromisoformat(data["after"]))
    return Scope(db.get_one(Unit, int(data["unit"])), period.begin, period.end, tuple(data["categories"]))


def said(scope: Scope, found: Figures) -> str:
    """The figures in words."""
    period = periods_said.between(scope.begin, scope.end)
    head = wording.HEAD.format(unit=scope.unit.name, period=period, what=wording.about(tuple(scope.categories)))
    return "\n".join([head, *wording.lines(found)])


@on("hotline_result")
def follow_up(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """热线回访 A20260315 已响应 已解决 满意: what the hotline found when it rang the resident back."""
    number, _, said = said_behind(ctx, "hotline_result").partition(" ")
    if not number:
        return [Reply(wording.RESULT_HOW)]
    row = _order(ctx, as_typed(incoming.text, f"{number} {said}".strip()).split()[0])
    if row is None:
        return [Reply(wording.RESULT_NO_SUCH.format(number=number))]
    results = {name: value for name, forms in wording.RESULTS.items() if (value := _result(said, forms)) is not None}
    if not results:
        return [Reply(wording.RESULT_NONE)]
    for name, value in results.items():
        setattr(row, name, value)
    ticket = ctx.db.get_one(Ticket, row.ticket_id)
    staff_id = ctx.who.staff.id if ctx.who.staff is not None else None
    fact = {"ticket_id": ticket.id, "kind": FactKind.TOLD, "at": ctx.now, "account_id": ctx.who.account.id}
    insert_one(ctx.db, Fact, {**fact, "staff_id": staff_id, "inbox_id": ctx.inbox.id, "data": {"hotline": results}})
    shown = wording.AND.join(wording.RESULTS[name][1 if value else 0][0] for name, value in results.items())
    told = wording.RESULT_KEPT.format(number=row.number, ticket=ticket.number, results=shown)
    return [Reply(told, ticket_id=ticket.id)]


def _order(ctx: Context, number: str) -> HotlineOrder | None:
    """The order by the hotline's number, or by the number of its ticket."""
    row = hotline.by_number(ctx.db, number)
    if row is None and number.isdecimal() and len(number) < 10:
        ticket = tickets.by_number(ctx.db, int(number))
        row = hotline.of_ticket(ctx.db, ticket.id) if ticket is not None else None
    return row


def _result(said: str, forms: tuple[tuple[str, ...], tuple[str, ...]]) -> bool | None:
    no, yes = forms
    if any(word in said for word in no):
        return False
    return True if any(word in said for word in yes) else None
