"""A served neighbourhood that is spoken to by all its doors."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
from sqlalchemy import func, select

from bot import deliver
from bot.platforms.official_account import Callback
from bot.settings import Settings
from nlp.reading import warm
from storage.deployment import Pull
from storage.inbox import Inbox, InboxState
from storage.people import Account
from storage.tickets import Member, Ticket
from tests.conformance.ear import Ear
from tests.web.town import Town, town


@dataclass
class Street:
    """A served neighbourhood with all doors open, for all tests of one engine. Everybody is a stranger once."""

    town: Town
    ears: dict[str, Ear] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ear(self, kind: type[Ear], door: str) -> Ear:
        """The ear of a door."""
        if door not in self.ears:
            made = kind.__new__(kind)
            made.door = door
            made.__init__(self)  # type: ignore[misc]
            self.ears[door] = made
        return self.ears[door]

    def stranger(self, ear: Ear) -> str:
        """Somebody new."""
        return ear.meet(next(self._numbers))

    def report(self) -> str:
        """A report that is like no other."""
        return f"幸福里{next(self._numbers)}号楼门口的路灯坏了半个月了"

    def told(self, ear: Ear, person: str) -> list[str]:
        """What they read beside the answer within the request."""
        deliver.run(self.town.app)
        return ear.screen(person)

    def kept(self, ear: Ear, person: str) -> list[Inbox]:
        """The rows of what they said."""
        with self.town.app.reading() as db:
            hashed = self.town.app.vault.lookup(f"{ear.door}:{person}")
            mine = select(Inbox).join(Account, Account.id == Inbox.sender_id).where(Account.address_hash == hashed)
            return list(db.scalars(mine.order_by(Inbox.id)))

    def tickets(self, ear: Ear, person: str) -> int:
        """How many tickets are theirs."""
        with self.town.app.reading() as db:
            hashed = self.town.app.vault.lookup(f"{ear.door}:{person}")
            mine = select(func.count(Member.id)).join(Account, Account.id == Member.account_id)
            return db.scalar(mine.where(Account.address_hash == hashed)) or 0

    def counts(self) -> tuple[int, int, int]:
        """Everything that callbacks leave behind: messages, tickets, hints."""
        with self.town.app.reading() as db:
            hints = db.scalar(select(func.sum(Pull.wanted))) or 0
            return db.scalar(select(func.count(Inbox.id))) or 0, db.scalar(select(func.count(Ticket.id))) or 0, hints

    def failed(self) -> int:
        """Messages that were put away."""
        with self.town.app.reading() as db:
            return db.scalar(select(func.count(Inbox.id)).where(Inbox.state == InboxState.FAILED)) or 0

    def post(self, ear: Ear, callback: Callback, **query: str) -> httpx.Response:
        """A request to a door's callback."""
        whole = urlencode({**callback.query, **query})
        return self.town.site.client.post(f"{ear.path}?{whole}", content=callback.body)


@contextlib.contextmanager
def street(make_settings: Callable[..., Settings], database_url: str) -> Iterator[Street]:
    """Everything running."""
    with town(make_settings, database_url) as made:
        opened = Street(made)
        warm()  # the first word would wait for the dictionaries, on a busy machine longer than the platform does
        made.oa.platform.push(made.oa.platform.text("oFirst", "你好"))
        try:
            yield opened
        finally:
            for ear in opened.ears.values():
                ear.close()
