"""A door whose quota is used up until tomorrow or next month: nobody has to mend it, and nothing was sent.

Whoever has another way that costs nothing takes it; the others wait with the reason, in a slice of their own, and the
author is told until when. Nobody waits for longer than a day and a half: a notice that comes weeks late misleads. Those
count as not sent, and the author is told to have them called or visited.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import notice_doors, notice_news
from bot.channels.base import Closed
from bot.notice_request import Request
from bot.wiring import App
from storage import notice_cuts, notice_settling, notice_ways
from storage.base import new_ref
from storage.notice_attempts import Settled
from storage.notice_cuts import Cut
from storage.notice_slices import Claim
from storage.notices import LedgerState

QUOTA = "quota_used_up"
AT_LEAST = timedelta(minutes=10)
WORTH_TELLING = timedelta(hours=1)
LONGEST = timedelta(hours=36)


def paused(app: App, held: Claim, request: Request, error: Closed) -> Callable[[Session], bool]:
    """What is to be written of a slice whose door is shut for a while."""
    wall = app.clock.wall()
    until = wall + max(error.after or AT_LEAST, AT_LEAST)

    def write(db: Session) -> bool:
        too_late = until - wall > LONGEST and held.doubtful_since is None
        kept = _divide(app, db, held, request, until, too_late=too_late)
        if kept is None:
            return False
        if kept and too_late:
            notice_news.tell_given_up(app, db, held.notice_id, kept)
        elif kept and until - wall >= WORTH_TELLING:
            notice_news.tell_paused(app, db, held.notice_id, until)
        return True

    return write


def _divide(app: App, db: Session, held: Claim, request: Request, until: datetime, *, too_late: bool) -> int | None:
    """How many households wait, or are given up; None when the lease was lost."""
    ids = [member.ledger_id for member in request.members]
    doubtful = held.doubtful_since is not None  # an earlier try may have arrived: then nobody takes another way
    doors = notice_doors.doors_of(app)
    free = {} if doubtful else notice_ways.next_accounts(db, doors, ids, by=doors.free_but(held.door))
    if not free and not too_late:
        return len(ids) if notice_settling.put_off(db, held, until, QUOTA) else None
    results = [Settled(row, LedgerState.FAILED, QUOTA) for row in ids]
    accounts = notice_settling.accounts_of(db, ids)
    if not notice_settling.settle(db, held, results, app.clock.now(db), app.clock.wall()):
        return None
    notice_ways.plan_again(db, free if too_late else accounts | free, LedgerState.FAILED)
    rest = [row for row in ids if row not in free]
    if rest and not too_late:
        _cut_rest(app, db, held, request, rest, until)
    return len(rest)


def _cut_rest(app: App, db: Session, held: Claim, request: Request, rest: list[int], until: datetime) -> None:
    ref, key = new_ref(), notice_cuts.new_provider_key()
    sealed = app.vault.seal(request.only(frozenset(rest), key).dump(), notice_cuts.PLACE, ref)
    waits = Cut(
        notice_id=held.notice_id,
        door=held.door,
        round=held.round + 1,
        ref=ref,
        provider_key=key,
        request=sealed,
        members=rest,
        due=until,
        bulk=held.bulk,
        reason=QUOTA,
    )
    notice_cuts.add_slices(db, [waits])
