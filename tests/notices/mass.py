"""A street whose households follow a simulated official account, over real HTTP, with both clocks moving together."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot import later, notices
from bot.channels.oa_jobs import OfficialAccountMass
from storage.notices import Slice
from storage.outbox import Outbox
from storage.people import Account
from tests.channels.oa_speaking import Speaking, speaking
from tests.notices.world import Person, World

SEND = "/oa/cgi-bin/message/mass/send"
GET = "/oa/cgi-bin/message/mass/get"


@dataclass
class Town:
    """Both sides."""

    world: World
    oa: Speaking

    @property
    def door(self) -> str:
        return self.oa.channel.door

    def street(self, households: int) -> None:
        """Households; nine of ten follow the account, as ``person-<number>``."""
        self.world.households(households, door=self.door)
        self.oa.act.followers(households + 1, "person-")

    def send(self) -> None:
        """What the workers do until nothing is due."""
        while notices.run_due(self.world.app):
            pass

    def hear(self) -> None:
        """The platform's reports come in, each once, and what they ask for is done."""
        self.hear_only()
        self.send()

    def hear_only(self) -> None:
        """The platform's reports come in, each once."""
        came = [incoming for incoming in self.oa.came() if incoming.event == "masssendjobfinish"]
        self.oa.world.ours.came.clear()
        for incoming in came:
            with self.world.app.writing() as db:
                assert later.heard(self.world.app, db, incoming, Account())  # the platform itself says it

    def pass_time(self, span: timedelta) -> None:
        self.world.pass_time(span)
        self.oa.world.clock.advance(span.total_seconds())

    def jobs(self) -> list[int]:
        """The platform's jobs, by how many people they are for."""
        return [len(request["touser"]) for request in self.oa.requests("message/mass/send")]

    def reached(self) -> int:
        """How many people have the notice on their screens, each once."""
        screens = self.oa.world.simulator.screens
        seen = {
            person: sum(one.kind == "mass text" for one in screens.of("oa", person)) for person in screens.people("oa")
        }
        assert max(seen.values(), default=0) <= 1, "somebody got it twice"
        return sum(seen.values())

    def slices(self) -> list[Slice]:
        with self.world.app.reading() as db:
            return list(db.scalars(select(Slice).order_by(Slice.id)))

    def told(self) -> list[str]:
        """What the author was told beside answers."""
        with self.world.app.reading() as db:
            rows = db.scalars(select(Outbox).order_by(Outbox.id)).all()
            return [self.world.app.vault.open(row.text or "", "outbox.text", row.ref) for row in rows]

    def progress(self, admin: Person) -> str:
        return admin.says("通知进度 1")


@contextlib.contextmanager
def town(world: World, **options: Any) -> Iterator[Town]:
    """The account's two channels in the program."""
    with speaking(**options) as oa:
        world.clock.at = datetime.fromtimestamp(oa.world.clock.now(), UTC)
        mass = OfficialAccountMass(oa.channel.door, oa.api, wall=world.clock.wall)
        world.app.channels[oa.channel.door] = oa.channel
        world.app.bulk[oa.channel.door] = mass
        yield Town(world, oa)
