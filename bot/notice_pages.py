"""Pages of a fan-out: the next households of a notice, looked up before anybody's transaction waits for them.

Looking up, opening addresses and making links takes a processor about as long as writing takes the database. So the
next page is prepared by a thread of its own while the last one is written. It reads only; a page that was prepared in
vain, since somebody else wrote the one before it, is thrown away.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import notice_doors, notice_straight
from bot.notice_straight import Call
from bot.wiring import App
from storage import notice_ledger
from storage.notice_ledger import Page
from storage.notice_letting import may_go_once_written
from storage.notices import Notice


@dataclass(frozen=True, slots=True)
class Ready:
    """A page and the full calls in it."""

    notice_id: int
    page: Page
    calls: Sequence[Call]


def prepared(app: App, notice_id: int, after: int, size: int) -> Ready:
    """About ``size`` households of a notice behind ``after``: at least a call or two where calls are alike."""
    doors = notice_doors.doors_of(app)
    with app.reading() as db:
        notice = db.get_one(Notice, notice_id)
        straight = notice_straight.doors(app, doors) if goes_at_once(app, db, notice) else {}
        size = max(size, *(2 * channel.abilities.batch for channel in straight.values()), 0)
        page = notice_ledger.read_page(db, app.vault, notice, doors, after, size, straight)
    return Ready(notice_id, *notice_straight.calls(app, page, straight))


def goes_at_once(app: App, db: Session, notice: Notice) -> bool:
    """Whether it may be sent as soon as its ledger is complete."""
    let = may_go_once_written(notice_doors.hour_of(app, db))
    return db.scalar(select(Notice.id).where(Notice.id == notice.id, let)) is not None


class Ahead:
    """One page ahead of whoever writes."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._thread = ThreadPoolExecutor(1, "pages")
        self._next: tuple[int, int, Future[Ready]] | None = None

    def __enter__(self) -> Ahead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)

    def page(self, notice_id: int, after: int, size: int) -> Ready:
        """The page behind ``after``, and begins with the one behind that. Raises what reading raised."""
        waits, self._next = self._next, None
        if waits is not None and waits[:2] == (notice_id, after):
            ready = waits[2].result()
        else:
            ready = prepared(self._app, notice_id, after, size)
        if not ready.page.last:
            end = ready.page.end
            self._next = notice_id, end, self._thread.submit(prepared, self._app, notice_id, end, size)
        return ready
