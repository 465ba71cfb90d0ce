"""The playground on its bench and its ear: its screens are rows of our own database, and have bad days all the same."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.channels.base import Outcome, Outgoing, TryLater, Unsure
from bot.channels.memory import MemoryChannel
from bot.platforms.simulator import Simulator
from bot.receive import Intake
from bot.screens import ScreenWriter
from handlers.message import Incoming, Kind
from storage.deployment import Screen
from tests.conformance.bench import Bench
from tests.conformance.cases import Case
from tests.conformance.ear import Ear

if TYPE_CHECKING:
    from tests.conformance.stand import Stand
    from tests.conformance.street import Street


class MemoryEar(Ear):
    """The playground: what it takes in has a name of its own, and the pipeline below is the same."""

    def __init__(self, street: Street) -> None:
        super().__init__(street)
        app = self.town.app
        app.channels[self.door] = MemoryChannel(ScreenWriter(app.writing), self.door)
        self._intake = Intake(app)
        self._intake.start()
        self._ids = itertools.count(1)

    def meet(self, number: int) -> str:
        return f"stranger-{number:04}"

    def text(self, person: str, words: str, ago: int = 0) -> Incoming:
        return self._said(person, Kind.TEXT, words, ago)

    def _said(self, person: str, kind: Kind, words: str = "", ago: int = 0) -> Incoming:
        now = datetime.now(UTC)
        key = f"in:{self.door}:{next(self._ids)}"
        said_at = now - timedelta(seconds=ago)
        return Incoming(key, self.door, person, None, kind, said_at, now, text=words, addressed=True)

    def kinds(self, person: str) -> Sequence[Any]:
        return [self._said(person, kind) for kind in (Kind.TEXT, Kind.IMAGE, Kind.VOICE, Kind.LOCATION, Kind.LINK)]

    def odd(self, person: str) -> Sequence[Any]:
        return [self._said(person, Kind.UNKNOWN)]

    def bring(self, thing: Any) -> str | None:
        return self._intake.submit(thing).result(20).answer

    def screen(self, person: str) -> list[str]:
        with self.town.app.reading() as db:
            return list(db.scalars(select(Screen.text).where(Screen.address == f"person:{person}")))

    def close(self) -> None:
        self._intake.stop()


@dataclass
class Mood:
    """The screens of the playground on a bad day. Faults have the names and options of the platforms' own."""

    write: ScreenWriter
    on: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)

    def __call__(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        self._before()
        bad = self.lost | set().union(*(set(options.get("people", ())) for _, options in self.on))
        good = [one for one in batch if one.key in self.shown or one.person not in bad]  # what was shown is recognised
        sent = dict(zip([one.key for one in good], self.write(good) if good else [], strict=True))
        self.shown |= sent.keys()
        self._after()
        return [sent.get(one.key, Outcome("unreachable", reason="no such screen")) for one in batch]

    def _before(self) -> None:
        if self._hit("busy", "http_500") is not None:
            raise TryLater("busy")
        if self._hit("minute_quota") is not None:
            raise TryLater("minute", timedelta(minutes=1))
        if self._hit("hung", after=False) is not None:
            raise Unsure("no answer")
        if (fault := self._hit("slow")) is not None:
            time.sleep(fault["seconds"])

    def _after(self) -> None:
        if self._hit("reset_after_accept") is not None or self._hit("hung", after=True) is not None:
            raise Unsure("cut")

    def _hit(self, *names: str, **wanted: Any) -> dict[str, Any] | None:
        for name, options in self.on:
            fits = all(options.get(key, False) == value for key, value in wanted.items())
            if name in names and fits and options.get("times") != 0:
                options["times"] = options["times"] - 1 if options.get("times") is not None else None
                return options
        return None


class Memory(Bench):
    """The playground: screens are rows."""

    name, title = "memory", "memory (playground)"
    door = "memory:sample"
    ear = MemoryEar
    excused: Mapping[Case, str] = {
        Case.OVERSIZED: "Nothing comes in over a callback: the playground's own form has its own limit.",
        Case.MALFORMED: "Nothing comes in over a callback: there is no envelope to be broken.",
        Case.TOKEN_EXPIRY: "Its screens are rows of our own database: nobody asks for a token.",
        Case.TOKEN_REFUSED: "Its screens are rows of our own database: nobody asks for a token.",
        Case.GATEWAY: "Nothing stands between the program and a row of its own.",
        Case.NOT_JSON: "A row is written or it is not: there is no answer to be read.",
        Case.BANNED: "Nobody can ban us from our own table.",
    }

    def platform(self, simulator: Simulator) -> Any:
        return None

    def settings(self, base: str) -> dict[str, object]:
        return {}

    def furnish(self, stand: Stand) -> None:
        stand.platform = Mood(ScreenWriter(stand.app.writing))
        stand.app.channels[self.door] = MemoryChannel(stand.platform, self.door)

    def meet(self, stand: Stand, number: int) -> str:
        return f"liu-guifang-{number:04}"

    def lose(self, stand: Stand, person: str) -> None:
        stand.platform.lost.add(person)

    def screens(self, stand: Stand, door: str) -> Iterable[tuple[str, str]]:
        with stand.app.reading() as db:
            rows = db.execute(select(Screen.address, Screen.text)).all()
        found = [(address.partition(":")[2], text) for address, text in rows]
        return [one for one in found if not one[0].startswith("other-")]

    def switch_on(self, stand: Stand, fault: str, options: Mapping[str, Any]) -> None:
        stand.platform.on.append((fault, dict(options)))

    def clear(self, stand: Stand) -> None:
        stand.platform.on.clear()
