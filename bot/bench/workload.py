"""What is sent: encrypted callbacks of an official account, sealed before any clock starts, the same for every server.

Nineteen of twenty messages are talk, from a few thousand people who each say several things; the twentieth is a
report by somebody who has not reported before, since a second report of the same trouble joins the first.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

from bot.platforms.official_account import Callback, OfficialAccountPlatform, Push
from nlp.reading import Reading, ReadingContext, read

APP_ID = "wx0123456789abcdef"
TOKEN = "benchmark"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PATH = "/callback/oa"
TALKERS = 2000
REPORTS_IN = 20  # one message of so many is a report
LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its name in the inbox, and whether it must become a ticket."""

    key: str
    is_report: bool


def prepare(count: int, file: Path) -> list[Message]:
    """Writes ``count`` complete HTTP requests, each behind its length; answers what they are, in the same order."""
    platform = OfficialAccountPlatform("", APP_ID, TOKEN, AES_KEY)
    messages = []
    with file.open("wb") as out:
        for push, is_report in _pushes(platform, count):
            _write(out, _request(platform.callback(push)))
            messages.append(Message(f"in:oa:{APP_ID}:{push.fields['MsgId']}", is_report))
    return messages


def prepare_first_words(file: Path) -> None:
    """One message of each talker, written like the others: whoever is heard for the first time is told what we do."""
    platform = OfficialAccountPlatform("", APP_ID, TOKEN, AES_KEY)
    text = _talk()[0]
    with file.open("wb") as out:
        for number in range(TALKERS):
            _write(out, _request(platform.callback(platform.text(_talker(number), text))))


def requests(file: Path) -> list[bytes]:
    """The requests again."""
    content, at, found = file.read_bytes(), 0, []
    while at < len(content):
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(content[at:start], "big")
        found.append(content[start:at])
    return found


def sentences(section: str) -> Sequence[str]:
    """The invented sentences of ``[talk]`` or ``[report]``."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in files("bot.bench").joinpath("messages.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif line and not line.startswith("#"):
            found.setdefault(name, []).append(line)
    return found[section]


def _pushes(platform: OfficialAccountPlatform, count: int) -> Iterator[tuple[Push, bool]]:
    chance = random.Random(count)  # the same order each time
    talk = _talk()
    reports = [text for text in sentences("report") if _reading(text).band == "high" and len(_reading(text).parts) == 1]
    for number in range(count):
        if number % REPORTS_IN == REPORTS_IN // 2:
            yield platform.text(f"oReporter{number:019d}", chance.choice(reports)), True
        else:
            yield platform.text(_talker(chance.randrange(TALKERS)), chance.choice(talk)), False


def _talk() -> list[str]:
    return [text for text in sentences("talk") if not _reading(text).parts]


def _talker(number: int) -> str:
    return f"oTalker{number:021d}"


def _write(out: BinaryIO, request: bytes) -> None:
    out.write(len(request).to_bytes(LENGTH_BYTES, "big") + request)


def _reading(text: str) -> Reading:
    """Sentences that the reading at hand takes for something else are left out: intake is measured here."""
    return read(text, ReadingContext(addressed=True))


def _request(callback: Callback) -> bytes:
    head = (
        f"POST {PATH}?{urlencode(callback.query)} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(callback.body)}\r\n\r\n"
    )
    return head.encode() + callback.body
