"""Rows to deliver and channels to deliver them through: one that knows keys, one that does not, one that is moody."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.channels.base import Abilities, Outcome, Outgoing
from bot.channels.memory import MemoryChannel
from bot.moments import ManualClock
from bot.screens import ScreenWriter
from bot.wiring import App
from storage.base import new_ref
from storage.deployment import Screen
from storage.outbox import Outbox, OutboxState
from storage.people import Account

KNOWS, FORGETS = "memory:knows", "memory:forgets"

_names = itertools.count(1)


@dataclass
class Moody:
    """What arrived, in order. ``faults`` come first, one a call; None lets a call through."""

    faults: list[Exception | None] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def __call__(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        self.arrived += [message.text for message in batch]
        self.keys += [message.key for message in batch]
        return [Outcome("sent", platform_id=f"out:{message.key}") for message in batch]


def knowing(show: Any, door: str = KNOWS, **abilities: Any) -> MemoryChannel:
    """A channel that recognises a key it has seen."""
    return with_abilities(MemoryChannel(show, door), **abilities)


def forgetful(show: Any, door: str = FORGETS, **abilities: Any) -> MemoryChannel:
    """A channel that shows whatever it is sent, however often."""
    return with_abilities(MemoryChannel(show, door), idempotent_for=None, **abilities)


def with_abilities(channel: MemoryChannel, **abilities: Any) -> MemoryChannel:
    known: Abilities = channel.abilities
    channel.abilities = replace(known, **abilities)
    return channel


def screens(app: App, door: str = KNOWS) -> MemoryChannel:
    """The playground's screens: rows, one a key."""
    return MemoryChannel(ScreenWriter(app.writing), door)


@dataclass
class Office:
    """The outbox of a program."""

    app: App

    def stands_still(self) -> None:
        """The clock stands at half past a minute: no window of a limit ends while a slow machine is at it."""
        self.app.clock = ManualClock(self.app.clock.wall().replace(second=30))

    def account(self, door: str, name: str) -> int:
        with self.app.writing() as db:
            ref = new_ref()
            sealed = self.app.vault.seal(name, "accounts.address", ref)
            hashed = self.app.vault.lookup(f"{door}:{name}")
            account = Account(ref=ref, door=door, address=sealed, address_hash=hashed)
            db.add(account)
            db.flush()
            return account.id

    def owe(self, account: int, *texts: str, **fields: Any) -> list[int]:
        """Rows owed to somebody, in this order."""
        wall = self.app.clock.wall()
        ids = []
        for text in texts:
            with self.app.writing() as db:
                ref = new_ref()
                row = Outbox(
                    **{
                        "ref": ref,
                        "name": f"test:{next(_names)}:{ref}",
                        "account_id": account,
                        "address": f"a:{account}",
                        "text": self.app.vault.seal(text, "outbox.text", ref),
                        "state": OutboxState.WAITING,
                        "created_at": wall,
                        "next_try_at": wall,
                        "tries": 0,
                    }
                    | fields
                )
                db.add(row)
                db.flush()
                ids.append(row.id)
        return ids

    def row(self, row_id: int) -> Outbox:
        with self.app.reading() as db:
            return db.get_one(Outbox, row_id)

    def states(self) -> list[str]:
        with self.app.reading() as db:
            return list(db.scalars(select(Outbox.state).order_by(Outbox.id)))

    def shown(self) -> list[str]:
        """What the screens show, in the order it appeared."""
        with self.app.reading() as db:
            return list(db.scalars(select(Screen.text).order_by(Screen.id)))

    def change(self, row_id: int, **fields: Any) -> None:
        with self.app.writing() as db:
            row = db.get_one(Outbox, row_id)
            for name, value in fields.items():
                setattr(row, name, value)

    def lease_runs_out(self, row_id: int, since: timedelta = timedelta(seconds=61)) -> None:
        """As if the worker had died so long ago."""
        row = self.row(row_id)
        assert row.state == OutboxState.LEASED
        assert row.lease_until is not None
        self.change(row_id, lease_until=row.lease_until - since)
