"""微信客服 is fetched: one leader follows every account by cursor, when a callback hints at it, and without any too.

The cursor is stored after the messages before it were committed, never before, and only by whoever still leads: a
process that dies in between leaves messages to be fetched again, and their names make that harmless. The platform
keeps them for three days. Without the token of a callback it answers seldom: once a minute, and less when it says so.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot import leadership, watch
from bot.batch import Arrival, put_away
from bot.channels import kf_links
from bot.channels.base import Closed, TryLater, Unsure
from bot.channels.kf import Hint, Kf, Page
from bot.channels.wechat_api import ApiError
from bot.leadership import LINE_LEASE
from bot.receive import UNREAD, Intake, NotTaken
from bot.wiring import App
from handlers.message import Incoming, Kind
from storage import pulls
from storage.deployment import Pull

log = logging.getLogger(__name__)

LOOK_EVERY = 0.2  # seconds between two looks at what callbacks hinted at
UNHINTED = timedelta(minutes=1)  # between two pulls that nothing hinted at
SELDOM = timedelta(minutes=15)  # the longest between them, where the platform finds them too many
ACCOUNTS_EVERY = 600.0  # seconds between two looks which accounts there are
DURABLE_WITHIN = 30.0  # seconds for a page of messages
REST, LONG_REST = 5.0, 60.0  # seconds after a pull that failed; after one that somebody has to mend
STANDING = 20  # empty answers in a row that promise more
BACKLOG = timedelta(hours=12)  # what was said longer before the first pull was for whoever answered then


@dataclass(slots=True)
class Pace:
    """How often an account may be asked."""

    unhinted: timedelta = UNHINTED
    rests_until: float = 0.0  # time.monotonic


def note_hint(app: App, door: str, hint: Hint) -> None:
    """A callback said that there is something. Rings nothing: whoever leads looks twice a second."""
    with app.writing() as db:
        pulls.note(db, app.vault, door, hint.account, hint.token, app.clock.wall())


class KfPull:
    """The line of one corporation's accounts."""

    def __init__(self, channel: Kf) -> None:
        self.channel = channel
        self.door = channel.door
        self._intake: Intake | None = None
        self._paces: dict[str, Pace] = {}
        self._accounts_at = 0.0

    def serve(self, app: App, fence: int, seconds: float) -> None:
        """Follows what there is for about this long, or until somebody else leads."""
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            if now >= self._accounts_at:
                self._learn_accounts(app, fence)
            for pull in self._due(app):
                if not self._follow(app, fence, pull, until):
                    return
            time.sleep(LOOK_EVERY)

    def _learn_accounts(self, app: App, fence: int) -> None:
        """Which accounts there are, for those that no callback has named yet."""
        self._accounts_at = time.monotonic() + ACCOUNTS_EVERY
        try:
            found = kf_links.accounts(self.channel.connected())
        except ApiError as error:
            log.info("which accounts %s has is not told (%s): callbacks name them", self.door, error)
            return
        except (TryLater, Unsure) as error:
            self._accounts_at = time.monotonic() + LONG_REST
            self._note(app, error)
            return
        with app.writing() as db:
            if leadership.holds(db, leadership.of_line(self.door), fence):
                pulls.ensure(db, self.door, (one.open_kfid for one in found))

    def _due(self, app: App) -> list[Pull]:
        now = time.monotonic()
        with app.reading() as db:
            wall = app.clock.wall()
            return [pull for pull in pulls.of_door(db, self.door) if self._is_due(pull, wall, now)]

    def _is_due(self, pull: Pull, wall: datetime, now: float) -> bool:
        pace = self._pace(pull)
        if now < pace.rests_until:
            return False
        return pull.wanted > pull.done or pull.pulled_at is None or wall - pull.pulled_at >= pace.unhinted

    def _pace(self, pull: Pull) -> Pace:
        return self._paces.setdefault(pull.account, Pace())

    def _follow(self, app: App, fence: int, pull: Pull, until: float) -> bool:
        """One account to its end, or for as long as there is time. False: somebody else leads."""
        token = pulls.hint(app.vault, pull, app.clock.wall())
        try:
            return _Follower(self, app, fence, pull, token).run(until)
        except (TryLater, Unsure) as error:
            self._put_off(app, pull, error, hinted=token is not None)
        except ApiError as error:
            log.error("%s does not tell what an account was sent (%s)", self.door, error)
            self._pace(pull).rests_until = time.monotonic() + LONG_REST
        except (NotTaken, TimeoutError) as error:
            log.warning("pulled messages were not durable in time (%s): they are pulled again", type(error).__name__)
            self.rest(pull)
        return True

    def _put_off(self, app: App, pull: Pull, error: TryLater | Unsure, *, hinted: bool) -> None:
        pace = self._pace(pull)
        after = error.after.total_seconds() if isinstance(error, TryLater) and error.after else REST
        pace.rests_until = time.monotonic() + max(after, LONG_REST if isinstance(error, Closed) else REST)
        if not hinted:
            pace.unhinted = min(pace.unhinted * 2, SELDOM)
        self._note(app, error)

    def _note(self, app: App, error: TryLater | Unsure) -> None:
        log.warning("%s cannot be pulled from now: %s", self.door, error)
        if isinstance(error, Closed) and error.fault:
            watch.note_fault(app, self.door, error.reason)

    def went_well(self, app: App, pull: Pull) -> None:
        """An account was followed to its end."""
        pace = self._pace(pull)
        pace.unhinted = max(pace.unhinted / 2, UNHINTED)
        watch.note_well(app, self.door, said=False)

    def close(self) -> None:
        """Finishes what was handed over."""
        if self._intake is not None:
            self._intake.stop()

    def rest(self, pull: Pull) -> None:
        """An account is left alone for a moment."""
        self._pace(pull).rests_until = time.monotonic() + REST

    def intake(self, app: App) -> Intake:
        """The way in that callbacks take too, in this process."""
        if self._intake is None:
            self._intake = Intake(app)
            self._intake.start()
        return self._intake


class _Follower:
    """One account on its way to the end of what there is."""

    def __init__(self, line: KfPull, app: App, fence: int, pull: Pull, token: str | None) -> None:
        self.line, self.app, self.fence, self.pull = line, app, fence, pull
        self.channel = line.channel
        self.cursor, self.token = pull.cursor, token
        self._lease = leadership.of_line(line.door)
        self._standing = 0

    def run(self, until: float) -> bool:
        """False: somebody else leads."""
        since = self._since()
        while since is not None:
            page = self._page()
            if not leadership.keep(self.app, self._lease, self.fence, LINE_LEASE):
                return False
            self._take(page.messages, since - BACKLOG)
            if not self._advance(page):
                return False
            if not page.more:
                self.line.went_well(self.app, self.pull)
                return True
            if self._stands() or time.monotonic() > until:
                return True
        return False

    def _since(self) -> datetime | None:
        """When this account was followed first; None: somebody else leads."""
        with self.app.writing() as db:
            if not leadership.holds(db, self._lease, self.fence):
                return None
            return pulls.first_follow(db, self.line.door, self.pull.account, self.app.clock.wall())

    def _page(self) -> Page:
        """The next messages. A token that is refused is left out; after a refused cursor everything is asked for anew,
        and what is known already changes nothing."""
        ways = [(self.cursor, self.token), (self.cursor, None), ("", None)]
        for cursor, token in dict.fromkeys(ways[:-1]):
            try:
                page = self.channel.pull(self.pull.account, cursor, token)
            except ApiError as error:
                log.warning("a pull of %s is refused (%s)", self.line.door, error)
                self.token = None
            else:
                return page
        return self.channel.pull(self.pull.account, *ways[-1])

    def _take(self, messages: Sequence[Mapping[str, Any]], not_before: datetime) -> None:
        """Everything of a page, durable. Raises NotTaken or TimeoutError where that is not so."""
        received_at = self.app.clock.wall()
        intake, old, taken = self.line.intake(self.app), 0, []
        for message in messages:
            raw = self.channel.pulled(message, received_at)
            try:
                incoming = self.channel.understand(message, received_at)
            except Exception as error:  # noqa: BLE001 - one that nobody understands must not hold up the others
                put_away(self.app, Arrival(self._bare(message, received_at), UNREAD, raw, False), error)
                continue
            if incoming is None:
                continue
            if incoming.said_at < not_before:
                old += 1
                continue
            taken.append(intake.submit(incoming, raw))
        end = time.monotonic() + DURABLE_WITHIN
        for future in taken:
            future.result(timeout=max(end - time.monotonic(), 0.1))
        if old:
            log.info("%d messages of %s are older than its first pull: not answered", old, self.line.door)

    def _bare(self, message: Mapping[str, Any], received_at: datetime) -> Incoming:
        key = self.channel.name(message)
        return Incoming(key, self.line.door, "", None, Kind.UNKNOWN, received_at, received_at)

    def _advance(self, page: Page) -> bool:
        """Stores how far we are, unless somebody else leads."""
        with self.app.writing() as db:
            if not leadership.holds(db, self._lease, self.fence):
                return False
            stored = db.get_one(Pull, self.pull.id, with_for_update=True)
            stored.cursor = page.cursor
            if not page.more:
                stored.done = max(stored.done, self.pull.wanted)
                stored.pulled_at = self.app.clock.wall()
        self._standing = self._standing + 1 if page.cursor == self.cursor else 0
        self.cursor = page.cursor
        return True

    def _stands(self) -> bool:
        """An answer may be empty though there is more; one that never ends is left for later."""
        if self._standing < STANDING:
            return False
        self.line.rest(self.pull)
        return True
