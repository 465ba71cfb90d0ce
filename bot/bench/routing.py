"""The desks of ``menkou bench places``: labelled messages through the real pipeline in the sample neighbourhood.

What is no report to the bot is counted apart: this measures where it goes, not whether it is heard.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.channels.memory import MemoryChannel
from bot.receive import Intake
from bot.scratch import open_scratch
from bot.wiring import App
from handlers.matter.doubts import KIND
from handlers.message import Incoming, Kind
from handlers.rules.deadlines import LOCAL
from storage import invented, seeding
from storage.deployment import Question
from storage.people import Building, Group, Unit
from storage.tickets import Ticket

DATA = Path(__file__).with_name("routing.tsv")
BEGIN = datetime(2026, 3, 2, 10, 0, tzinfo=LOCAL)
APART = timedelta(days=2)  # so that no two messages are of the same trouble
ASKED = "?"
HOME = "wang-guilan"


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled message: where it is said, the words, and part of the desk's name or ``?``."""

    where: str
    text: str
    desk: str


@dataclass(frozen=True, slots=True)
class Routed:
    """What became of it. ``desk`` is None where nothing was opened, ``?`` where it was asked where it is."""

    case: Case
    desk: str | None

    @property
    def right(self) -> bool:
        """Whether it reached the desk it belongs on."""
        return self.desk is not None and self.case.desk in self.desk


def cases() -> list[Case]:
    """The labelled messages, in order."""
    lines = DATA.read_text(encoding="utf-8").splitlines()
    return [Case(*line.split("\t")) for line in lines if line and not line.startswith("#")]


def measure(wanted: Sequence[Case]) -> list[Routed]:
    """Says each message on a scratch copy of the sample neighbourhood."""
    with tempfile.TemporaryDirectory(prefix="menkou-") as folder:
        app, heard = open_scratch(Path(folder), BEGIN)
        try:
            app.channels = {invented.DOOR: MemoryChannel(heard, invented.DOOR)}
            with app.engine.begin() as connection:
                seeding.fill(connection, app.vault, sample=True)
            intake = Intake(app)
            return [_say(app, intake, number, case) for number, case in enumerate(wanted)]
        finally:
            app.close()


def _say(app: App, intake: Intake, number: int, case: Case) -> Routed:
    with app.writing() as db:
        app.clock.advance(db, BEGIN + number * APART)
    sender, chat = _from_where(app, case.where, number)
    now = app.clock.wall()
    message = Incoming(
        key=f"in:bench:{number}",
        door=invented.DOOR,
        sender=sender,
        chat=chat,
        kind=Kind.TEXT,
        said_at=now,
        received_at=now,
        text=case.text,
        addressed=True,
        shown_name=sender,
    )
    intake.take_now(message)
    return Routed(case, _desk(app, number))


def _from_where(app: App, where: str, number: int) -> tuple[str, str | None]:
    """Who says it, and in which chat."""
    if where == "home":
        return HOME, None
    if where == "unknown":
        return f"unknown-{number}", None
    if where.startswith("staff:"):
        _, chat, sender = where.split(":")
        return sender, chat
    with app.reading() as db:
        if where == "building":
            first = select(Building.id).order_by(Building.id).limit(1).scalar_subquery()
            return f"neighbour-{number}", db.scalars(select(Group.chat).where(Group.building_id == first)).one()
        estates = select(Group.chat).where(Group.name.startswith(where), Group.kind == "residents")
        return f"neighbour-{number}", db.scalars(estates.where(Group.building_id.is_(None))).one()


def _desk(app: App, number: int) -> str | None:
    with app.reading() as db:
        since = BEGIN + number * APART
        ticket = db.scalars(select(Ticket).where(Ticket.opened_at >= since).order_by(Ticket.id)).first()
        if ticket is None:
            return None
        if db.scalar(select(Question.id).where(Question.kind == KIND, Question.ticket_id == ticket.id)) is not None:
            return ASKED
        desk = db.get(Unit, ticket.desk_id) if ticket.desk_id is not None else None
        return desk.name if desk is not None else ""


def run() -> int:
    """Measures and prints, by where it was said, and what went wrong."""
    routed = measure(cases())
    print(f"{'':14}{'messages':>10}{'opened':>8}{'right':>8}{'share':>8}")
    for name in [*dict.fromkeys(_kind(one.case.where) for one in routed), "all"]:
        _print(name, [one for one in routed if name in ("all", _kind(one.case.where))])
    for name, half in (("odd lines", routed[0::2]), ("even lines", routed[1::2])):
        _print(name, half)
    for one in routed:
        if one.desk is not None and not one.right:
            print(f"  {one.case.where}: {one.case.text} -> {one.desk or '-'}, wanted {one.case.desk}")
    return 0


def _kind(where: str) -> str:
    if where in ("home", "unknown", "building"):
        return {"home": "private, home", "unknown": "private, new"}.get(where, where)
    return "staff" if where.startswith("staff") else "estate"


def _print(name: str, routed: Sequence[Routed]) -> None:
    opened = [one for one in routed if one.desk is not None]
    right = sum(one.right for one in opened)
    print(f"{name:14}{len(routed):10}{len(opened):8}{right:8}{right / max(1, len(opened)):8.3f}")
