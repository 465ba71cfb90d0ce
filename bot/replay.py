"""``menkou replay``: a chat log through the real pipeline with a virtual clock, on a scratch database.

Timers fall due between messages at their own moments. The log's format is in ``docs/replay.md``: one JSON object a
line with seq, at, chat, sender, role, kind, text, media, recognition, reply_to, mentions.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock, deliver
from bot.channels.base import Outgoing
from bot.channels.flat import clean
from bot.receive import Intake
from bot.scratch import DOOR, Neighbourhood, open_scratch
from handlers.message import Incoming, Kind
from handlers.rules.deadlines import LOCAL
from handlers.wording.joining import BOT_NAMES
from storage import directory, tickets
from storage.facts import Fact, FactKind
from storage.inbox import Inbox
from storage.origins import ROOT_CAUSE
from storage.people import Account, Staff
from storage.tickets import Ticket
from storage.timers import Reminder
from storage.workflow import Status

PRIVATE = "private"
IGNORED = "bot_other"
KINDS = {"text": Kind.TEXT, "image": Kind.IMAGE, "voice": Kind.VOICE, "location": Kind.LOCATION, "recall": Kind.RECALL}
STAFF = frozenset({"grid_worker", "community", "admin"})
ROLES = STAFF | {"resident", IGNORED}
YEARS = range(2000, 2101)  # in which somebody may have talked
SILENT = frozenset({"system", "video", "link", "file"})  # kinds that a log may have and that say nothing to the bot

Line = Mapping[str, Any]


BOT_NAME = re.compile(BOT_NAMES)


class BadLog(click.ClickException):
    """The log cannot be read; says which line."""

    exit_code = 2


def load(path: Path) -> list[Line]:
    """The lines of a log. Raises BadLog."""
    lines: list[Line] = []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise BadLog(f"{path} cannot be read: {why}") from error
    for number, raw in enumerate(text.splitlines(), 1):
        if raw.strip():
            line = _line(raw, number)
            _follows(line, lines, number)
            lines.append(line)
    return lines


def _follows(line: Line, before: Sequence[Line], number: int) -> None:
    """Time runs forward and every message has a number of its own."""
    if before and line["at"] < before[-1]["at"]:
        raise BadLog(f"line {number} was said before the line above it: a log is in the order of time")
    if any(line["seq"] == other["seq"] for other in before):
        raise BadLog(f"line {number}: seq {line['seq']} is taken already")


def _line(raw: str, number: int) -> Line:
    try:
        line = json.loads(raw)
        at = datetime.fromisoformat(line["at"])
        if not all(isinstance(line[name], str) for name in ("chat", "sender", "role", "kind")):
            raise TypeError
        words = {name: clean(value) for name, value in line.items() if isinstance(value, str)}
        said = {**line, **words, "at": at if at.tzinfo else at.replace(tzinfo=LOCAL), "seq": int(line["seq"])}
    except KeyError as error:
        raise BadLog(f"line {number} has no {error.args[0]}") from error
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise BadLog(f"line {number} is not a message of a chat log ({type(error).__name__})") from error
    _check(said, number)
    return said


def _check(line: Line, number: int) -> None:
    """Says in one sentence what a line has that no log has."""
    if line["at"].year not in YEARS:
        raise BadLog(f"line {number}: nobody talked in the year {line['at'].year}")
    for name in ("chat", "sender"):
        if not line[name].strip():
            raise BadLog(f"line {number}: {name} is empty")
    if line["role"] not in ROLES:
        raise BadLog(f"line {number}: role is one of {', '.join(sorted(ROLES))}, not {line['role']!r}")
    if line["kind"] not in KINDS.keys() | SILENT:
        raise BadLog(f"line {number}: kind is one of {', '.join(sorted(KINDS.keys() | SILENT))}, not {line['kind']!r}")
    if not all(isinstance(line.get(name) or "", str) for name in ("text", "recognition")):
        raise BadLog(f"line {number}: text and recognition are words or null")
    if not isinstance(line.get("mentions") or [], list):
        raise BadLog(f"line {number}: mentions is a list of names")


class Replay:
    """One log on one scratch deployment."""

    def __init__(self, lines: Sequence[Line], place: str, folder: Path) -> None:
        self.lines = lines
        self.app, self.heard = open_scratch(folder, lines[0]["at"])
        self.intake = Intake(self.app)
        self._texts: dict[int, Line] = {line["seq"]: line for line in lines}
        self._spoken: list[dict[str, Any]] = []
        self._people_named = {line["sender"] for line in lines if line["role"] != IGNORED}
        self._people(place)

    def _people(self, place: str) -> None:
        with self.app.writing() as db:
            home = Neighbourhood(db, self.app.vault, place)
            for chat in dict.fromkeys(line["chat"] for line in self.lines):
                if chat != PRIVATE:
                    home.group(chat, "staff" if self._is_staff_chat(chat) else "residents")
            for line in self.lines:
                if line["role"] != IGNORED:
                    home.person(line["sender"], line["role"])
            home.man_the_grid()

    def _is_staff_chat(self, chat: str) -> bool:
        roles = {line["role"] for line in self.lines if line["chat"] == chat} - {IGNORED}
        return bool(roles) and roles <= STAFF

    def run(self, until: datetime | None) -> None:
        """Plays the lines, each at its time, and stops at ``until``, where time runs to when that is later."""
        for line in self.lines:
            if until is not None and line["at"] > until:
                break
            self._to(line["at"])
            if line["role"] != IGNORED and line["kind"] in KINDS and self._is_for_us(line):
                self.intake.take_now(self._incoming(line))
            self._deliver()
        if until is not None:
            self._to(until)

    def _is_for_us(self, line: Line) -> bool:
        """In a private chat with the bot, what staff say there stands for the bot's own side."""
        return line["chat"] != PRIVATE or line["role"] not in STAFF

    def _to(self, moment: datetime) -> None:
        while (due := clock.next_due(self.app)) is not None and due <= moment:
            clock.walk(self.app, due)
            self._deliver()
        clock.walk(self.app, moment)
        self._deliver()

    def _deliver(self) -> None:
        deliver.run(self.app)
        self._spoken += [_said(message) for message in self.heard.said]
        self.heard.said.clear()

    def _incoming(self, line: Line) -> Incoming:
        text = line.get("text") or line.get("recognition") or ""
        if line["kind"] == "voice":
            text = line.get("recognition") or line.get("text") or ""
        private = line["chat"] == PRIVATE
        quoted = line.get("reply_to")
        return Incoming(
            key=f"in:replay:{line['seq']}",
            door=DOOR,
            sender=line["sender"],
            chat=None if private else line["chat"],
            kind=KINDS[line["kind"]],
            said_at=line["at"],
            received_at=line["at"],
            text=text,
            media=f"replay:{line['media']}" if line.get("media") else None,
            quoted=f"in:replay:{quoted}" if quoted else None,
            addressed=private or any(self._is_bot(name) for name in line.get("mentions") or ()),
            mentions=tuple(line.get("mentions") or ()),
            shown_name=line["sender"],
        )

    def _is_bot(self, name: str) -> bool:
        return name not in self._people_named and BOT_NAME.search(name) is not None

    def result(self) -> dict[str, Any]:
        """What became of it, as the contract prints it."""
        with self.app.reading() as db:
            reported = select(Ticket).where(Ticket.status != Status.MERGED, Ticket.source != ROOT_CAUSE)
            rows = db.scalars(reported.order_by(Ticket.id)).all()
            reminders = db.scalars(select(Reminder).where(Reminder.state == "said").order_by(Reminder.id)).all()
            return {
                "tickets": [self._ticket(db, row) for row in rows],
                "said": self._spoken,
                "reminders": [self._reminder(db, row) for row in reminders],
            }

    def _ticket(self, db: Session, ticket: Ticket) -> dict[str, Any]:
        told = select(Inbox.key).where(Inbox.ticket_id.in_(tickets.whole(ticket.id)))
        seqs = sorted(_seq(key) for key in db.scalars(told))
        opening = select(Inbox.key).join(Fact, Fact.inbox_id == Inbox.id)
        first = _seq(db.scalars(opening.where(Fact.ticket_id == ticket.id, Fact.kind == FactKind.OPENED)).one())
        members = tickets.members(db, ticket)
        return {
            "number": ticket.number,
            "first_seq": first,
            "also_seqs": [seq for seq in seqs if seq != first],
            "reporter": self._name(db, ticket.reporter_id),
            "category": ticket.category,
            "urgency": ticket.urgency,
            "place": list(ticket.place),
            "status": ticket.status,
            "supporters": [self._name(db, member.account_id) for member in members if tickets.supports(ticket, member)],
            "withdrawn": ticket.status == "withdrawn",
        }

    def _name(self, db: Session, account_id: int) -> str:
        account = db.get_one(Account, account_id)
        return self.app.vault.open(account.shown_name or "", "accounts.shown_name", account.ref)

    def _reminder(self, db: Session, row: Reminder) -> dict[str, Any]:
        return {
            "at": _iso(row.say_after),
            "to": directory.name_of(self.app.vault, db.get_one(Staff, row.staff_id)),
            "ticket": db.get_one(Ticket, row.ticket_id).number,
            "kind": row.kind,
        }


def _seq(key: str) -> int:
    return int(key.rpartition(":")[2])


def _iso(moment: datetime) -> str:
    return moment.astimezone(LOCAL).isoformat(timespec="seconds")


def _said(message: Outgoing) -> dict[str, Any]:
    to = {"chat": message.chat} if message.chat is not None else {"person": message.person}
    return {"at": _iso(message.at) if message.at is not None else None, "to": to, "text": message.text}


def run(log: Path, place: str | None, until: datetime | None, as_json: bool, out: TextIO | None = None) -> int:
    """The body of ``menkou replay``."""
    lines = load(log)
    with tempfile.TemporaryDirectory(prefix="menkou-replay-") as folder:
        if not lines:
            raise BadLog(f"{log} has no messages")
        replay = Replay(lines, place or "", Path(folder))
        replay.run(until)
        result = replay.result()
        replay.app.close()
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else _readable(result), file=out)
    return 0


def _readable(result: Mapping[str, Any]) -> str:
    lines = [
        f"{len(result['tickets'])} tickets, {len(result['said'])} lines said, {len(result['reminders'])} reminders"
    ]
    lines += [
        f"  {row['number']:>4} {row['category']:<16} {row['urgency']:<10} {row['status']:<12} "
        f"{''.join(row['place'])} ← {row['first_seq']} + {row['also_seqs']}"
        for row in result["tickets"]
    ]
    lines += [f"{row['at']} → {next(iter(row['to'].values()))}: {row['text']}" for row in result["said"]]
    return "\n".join(lines)
