"""A small neighbourhood to talk in: what is said goes through the real pipeline, what is heard comes out of it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, select

from bot import clock, deliver
from bot.channels.base import Outgoing
from bot.receive import Intake
from bot.scratch import DOOR, Neighbourhood, open_scratch
from bot.wiring import App
from handlers.message import Incoming, Kind
from handlers.rules.deadlines import LOCAL
from storage import tickets
from storage.facts import Fact
from storage.people import Post, Role
from storage.tickets import Ticket

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=LOCAL)  # a Monday
ESTATE = "梧桐里小区"
RESIDENTS, OFFICE = "梧桐里业主群", "梧桐社区工作群"
CAST = {
    "小赵": "grid_worker",
    "小钱": "grid_worker",
    "周书记": "community",
    "小刘": "admin",  # the property company's
    "王阿姨": "resident",
    "老周": "resident",
    "李婶": "resident",
}


@dataclass
class Stage:
    """Who says what where, and what everybody hears of it."""

    folder: Path
    url: str
    at: datetime = MORNING
    heard: list[Outgoing] = field(default_factory=list)
    last_key: str = ""

    def __post_init__(self) -> None:
        parsed = make_url(self.url)
        on_sqlite = parsed.get_backend_name() == "sqlite"
        if on_sqlite:
            Path(str(parsed.database)).write_bytes(_built())
        self.app, self._ear = open_scratch(self.folder, self.at, self.url)
        if not on_sqlite:
            _build(self.app)
        self.intake = Intake(self.app)
        self._count = 0

    # --- saying

    def say(self, who: str, text: str, group: str | None = None, **more: Any) -> list[tuple[str, str]]:
        """Somebody says something, in a group or to the bot in private. Returns what was said next: (to, text)."""
        return self._take(who, Kind.TEXT, group, text=text, **more)

    def photo(self, who: str, group: str | None = None, **more: Any) -> list[tuple[str, str]]:
        return self._take(who, Kind.IMAGE, group, media="test:photo", **more)

    def press(self, who: str, action: str, number: int, group: str | None = None) -> list[tuple[str, str]]:
        return self._take(who, Kind.PRESS, group, event=action, data={"ticket": str(number)}, addressed=True)

    def send(self, who: str, kind: Kind, group: str | None = None, **more: Any) -> list[tuple[str, str]]:
        return self._take(who, kind, group, **more)

    def _take(self, who: str, kind: Kind, group: str | None, **more: Any) -> list[tuple[str, str]]:
        self._count += 1
        now = self.app.clock.wall()
        usual = {"key": f"in:test:{self._count}", "addressed": group is None, "said_at": now}
        fields: dict[str, Any] = usual | more
        self.last_key = str(fields["key"])
        message = Incoming(door=DOOR, sender=who, chat=group, kind=kind, received_at=now, shown_name=who, **fields)
        self.intake.take_now(message)
        return self._deliver()

    def _deliver(self) -> list[tuple[str, str]]:
        deliver.run(self.app)
        news, self._ear.said[:] = list(self._ear.said), []
        self.heard += news
        return [_line(message) for message in news]

    # --- time

    def wait(self, **span: float) -> list[tuple[str, str]]:
        """Time goes by, timer by timer. Returns what was said meanwhile."""
        target = self.now + timedelta(**span)
        said = []
        while (due := clock.next_due(self.app)) is not None and due <= target:
            clock.walk(self.app, due)
            said += self._deliver()
        clock.walk(self.app, target)
        return said + self._deliver()

    @property
    def now(self) -> datetime:
        with self.app.reading() as db:
            return self.app.clock.now(db)

    # --- looking

    def ticket(self, number: int) -> Ticket:
        with self.app.reading() as db:
            found = tickets.by_number(db, number)
            assert found is not None, f"no ticket {number}"
            return found

    def tickets(self) -> Sequence[Ticket]:
        with self.app.reading() as db:
            return db.scalars(select(Ticket).order_by(Ticket.id)).all()

    def facts(self, number: int) -> list[str]:
        with self.app.reading() as db:
            found = tickets.by_number(db, number)
            assert found is not None
            return list(db.scalars(select(Fact.kind).where(Fact.ticket_id == found.id).order_by(Fact.id)))

    def card(self, number: int, to: str) -> str:
        """The key of the card of a ticket that somebody was sent last, to be quoted."""
        cards = [m for m in self.heard if m.card and m.card.ticket == number and to in (m.person, m.chat)]
        return f"out:{cards[-1].key}"


@cache
def _built() -> bytes:
    """The neighbourhood as an SQLite file: to build it anew costs three times what a short dialogue does."""
    with tempfile.TemporaryDirectory(prefix="menkou-town-") as folder:
        app, _ = open_scratch(Path(folder), MORNING)
        _build(app)
        app.close()
        return Path(str(app.engine.url.database)).read_bytes()


def _build(app: App) -> None:
    with app.writing() as db:
        home = Neighbourhood(db, app.vault, ESTATE)
        home.units["grid"].name, home.units["community"].name = "梧桐一网格", "梧桐社区"
        home.units["property"].name, home.units["department"].name = "安居物业", "城管执法队"
        home.units["street"].name = "望江街道"
        for unit, phone in (("grid", "0571-0001"), ("community", "0571-0002"), ("street", "0571-0003")):
            home.units[unit].phone = phone
        home.group(RESIDENTS)
        home.group(OFFICE, "staff")
        for name, role in CAST.items():
            home.person(name, role)
        _post(home, "孙队", home.units["department"].id, Role.HANDLER)
        _post(home, "派单员", home.units["street"].id, Role.DISPATCHER)
        _post(home, "值班老何", home.units["street"].id, Role.DUTY)


def _post(home: Neighbourhood, name: str, unit_id: int, role: Role) -> None:
    account = home.person(name, "community")
    post = home.db.scalars(select(Post).where(Post.staff_id == account.staff_id)).one()
    post.unit_id, post.role = unit_id, role
    home.db.flush()


def _line(message: Outgoing) -> tuple[str, str]:
    return (message.chat or message.person or "", message.text)


def to(said: list[tuple[str, str]], who: str) -> list[str]:
    """What one person or group heard."""
    return [text for name, text in said if name == who]


def clock_time(moment: datetime) -> str:
    return moment.astimezone(LOCAL).strftime("%m-%d %H:%M")


__all__ = ["MORNING", "OFFICE", "RESIDENTS", "UTC", "Stage", "clock_time", "to"]


def standing(town: Stage) -> list[str]:
    """How every ticket stands, in the order of their numbers."""
    return [row.status for row in town.tickets()]
