"""通知进度: what became of a notice, in figures that do not flatter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from handlers.context import Context
from handlers.message import Incoming, Reply
from handlers.orders import Order
from handlers.permissions import TABLE, Who
from handlers.registry import on
from handlers.wording import notice_progress as wording
from handlers.wording import notices
from handlers.wording import shifts as shift_words
from storage import directory, notice_curve, shifts
from storage import notice_ledger as ledger
from storage.notice_figures import Figures
from storage.notices import Notice, NoticeState
from storage.people import Role, Unit

NOT_CONFIRMED = frozenset({NoticeState.DRAFT, NoticeState.PROPOSED, NoticeState.SIGNING})
RUNNING = frozenset({NoticeState.CONFIRMED, NoticeState.SENDING})


@on("notice_progress")
def progress(incoming: Incoming, ctx: Context, order: Order) -> Iterable[Reply]:
    """Figures of one notice, or of the latest that concerns the speaker's units."""
    if order.no_number:
        return [Reply(notices.NO_SUCH.format(number=order.no_number))]
    if order.number is not None:
        found = ledger.by_number(ctx.db, order.number)
        unit = directory.unit_of(ctx.db, found.unit_id if found is not None else None)
        if found is None or unit is None:
            return [Reply(notices.NO_SUCH.format(number=order.number))]
        if not concerns(ctx.who, unit):
            return [Reply(notices.NOT_ALLOWED.format(number=order.number, unit=unit.name))]
        return [Reply(_told(ctx, found))]
    mine = (notice for notice, unit in ledger.latest_issued(ctx.db) if concerns(ctx.who, unit))
    latest = next(mine, None)
    return [Reply(wording.NONE_YET if latest is None else _told(ctx, latest))]


def concerns(who: Who, unit: Unit) -> bool:
    """Whether one of somebody's posts lies above the issuing unit, or below it and so among those it wrote to."""
    roles = TABLE["notice_progress"].roles
    paths = [post.unit.path for post in who.posts if Role(post.role) in roles]
    return any(unit.path.startswith(path) or path.startswith(unit.path) for path in paths)


def _told(ctx: Context, notice: Notice) -> str:
    if notice.state in NOT_CONFIRMED:
        return wording.STILL_DRAFT.format(number=notice.number)
    found, at = notice_curve.told(ctx.db, notice.id)
    lines = list(_lines(found, how_it_stands(notice, ctx.now), at))
    if shifts.of(ctx.db, notice.id):
        lines.insert(2, shift_words.tally(*shifts.tally(ctx.db, notice.id)))
    return "\n".join(lines)


def how_it_stands(notice: Notice, now: datetime) -> str:
    """Where a notice stands, in words; one that is held back or stopped says so."""
    if notice.state in RUNNING and notice.paused_at is not None:
        return wording.PAUSED
    if notice.state in RUNNING and notice.hold_until is not None and notice.hold_until > now:
        return wording.HELD.format(until=notices.moment(notice.hold_until))
    return wording.STATES[notice.state]


def _lines(found: Figures, standing: str, at: datetime | None) -> Iterator[str]:
    total = found.total
    yield wording.progress_head(found.number, found.issuer, standing, found.confirmed_at, total.households)
    yield wording.progress_line(total.sent, total.seen, total.confirmed)
    yield from wording.progress_beside(total.delivered, total.knocked, found.groups, found.people)
    yield from wording.progress_rest(
        total.planned, total.submitted, total.failed, total.unknown, total.no_way, total.skipped, found.reasons
    )
    if found.filtered:
        yield wording.FILTERED.format(count=found.filtered)
    yield from wording.progress_places(
        (name, row.households, row.sent, row.seen, row.confirmed) for name, row in found.places.items()
    )
    if at is not None:
        yield wording.AS_OF.format(at=notices.moment(at))
