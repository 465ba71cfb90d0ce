"""A front door in this process: an official account, staff reached through memory, and what is in the tables."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from bot.batch import Taken
from bot.channels.base import RawRequest
from bot.channels.memory import MemoryChannel
from bot.platforms.official_account import HttpAnswer, OfficialAccountPlatform, Push
from bot.receive import Intake
from bot.scratch import DOOR, Heard, Neighbourhood
from bot.settings import Settings
from bot.wiring import App, build
from handlers.message import Incoming, Kind
from storage.inbox import Inbox
from storage.outbox import Outbox
from storage.tickets import Ticket
from tests.channels.vectors import OA_APP_ID, OA_KEY, OA_TOKEN

ESTATE = "梧桐里小区"
GROUP = "梧桐里业主群"
LAMP = "三号楼门口路灯坏了半个月了"
LIFT = "电梯又停了，2号楼的，出不去"
TALK = "今天天气不错，下午一起去公园走走吧大家"
DOOR_OA = f"oa:{OA_APP_ID}"

_numbers = itertools.count(1)


def no_network(method: str, address: str, body: bytes | None) -> HttpAnswer:
    raise AssertionError("this test needs no network")


def pushing(**more: object) -> OfficialAccountPlatform:
    """The platform's side, without a wire."""
    return OfficialAccountPlatform("", OA_APP_ID, OA_TOKEN, OA_KEY, call=no_network, **more)  # type: ignore[arg-type]


@dataclass
class Front:
    """One process' program."""

    app: App
    intake: Intake
    heard: Heard
    platform: OfficialAccountPlatform

    def request(self, push: Push) -> RawRequest:
        """One try of the platform: each has a fresh ciphertext, nonce and time."""
        callback = self.platform.callback(push)
        return RawRequest(callback.body, callback.query, datetime.now(UTC))

    def receive(self, push: Push) -> tuple[Incoming, Taken]:
        """A push through the channel and the writing thread, as the web hands it over."""
        raw = self.request(push)
        incoming = self.app.channels[DOOR_OA].verify_and_parse(raw)
        return incoming, self.intake.submit(incoming, raw).result(30)

    def answer(self, push: Push) -> str | None:
        """What the person reads, judged by the platform."""
        raw = self.request(push)
        channel = self.app.channels[DOOR_OA]
        incoming = channel.verify_and_parse(raw)
        taken = self.intake.submit(incoming, raw).result(30)
        answer = channel.answer(raw, incoming, taken.answer)
        return self.platform.read(push, HttpAnswer(200, answer.body))

    # --- what is in the tables

    def inbox(self) -> Sequence[Inbox]:
        with self.app.reading() as db:
            return db.scalars(select(Inbox).order_by(Inbox.id)).all()

    def outbox(self) -> Sequence[Outbox]:
        with self.app.reading() as db:
            return db.scalars(select(Outbox).order_by(Outbox.id)).all()

    def tickets(self) -> Sequence[Ticket]:
        with self.app.reading() as db:
            return db.scalars(select(Ticket).order_by(Ticket.id)).all()

    def words(self, row: Outbox) -> str:
        return self.app.vault.open(row.text or "", "outbox.text", row.ref)


def furnish(app: App) -> Heard:
    """Units, desks, a residents' group and staff; what is said to them is heard, under each key once."""
    heard = Heard()
    app.channels[DOOR] = MemoryChannel(heard, DOOR)
    with app.writing() as db:
        home = Neighbourhood(db, app.vault, ESTATE)
        home.group(GROUP)
        home.person("小赵", "grid_worker")
        home.person("小钱", "grid_worker")
        home.person("周书记", "community")
    return heard


def open_front(settings: Settings, *, furnished: bool = False) -> Front:
    """A process' program; the first of a database furnishes it."""
    app = build(settings)
    if furnished:
        heard = Heard()
        app.channels[DOOR] = MemoryChannel(heard, DOOR)
    else:
        heard = furnish(app)
    return Front(app, Intake(app), heard, pushing())


def said(sender: str, text: str, chat: str | None = GROUP, **more: object) -> Incoming:
    """Something said through the memory channel, under a name of its own."""
    now = datetime.now(UTC)
    fields: dict[str, object] = {
        "key": f"in:memory:{next(_numbers)}",
        "door": DOOR,
        "sender": sender,
        "chat": chat,
        "kind": Kind.TEXT,
        "said_at": now,
        "received_at": now,
        "text": text,
        "addressed": chat is None,
    }
    return Incoming(**(fields | more))  # type: ignore[arg-type]
