"""What is sent: encrypted callbacks, or messages to be fetched, made before any clock starts, the same for everybody.

Nineteen of twenty messages are talk, from a few thousand people who each say several things; the twentieth is a
report by somebody who has not reported before, since a second report of the same trouble joins the first.
"""

from __future__ import annotations

import json
import random
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

from bot.platforms.calls import Ground
from bot.platforms.official_account import Callback, OfficialAccountPlatform
from bot.platforms.wecom_push import WecomCallback
from nlp.reading import Reading, ReadingContext, read

APP_ID = "wx0123456789abcdef"
TOKEN = "benchmark"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CORP_ID, AGENT_ID, KF_ID = "ww0123456789abcdef", 1000002, "wk0123456789abcdef"
TALKERS = 2000
REPORTS_IN = 20  # one message of so many is a report
LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its name in the inbox, and whether it must become a ticket."""

    key: str
    is_report: bool


Maker = Callable[[str, str], tuple[str, bytes]]
"""From who says what: the message's name in the inbox, and its bytes as they go over the wire."""


def prepare(count: int, file: Path, door: str = "oa") -> list[Message]:
    """Writes ``count`` messages, each behind its length; answers what they are, in the same order."""
    make, messages = MAKERS[door](), []
    with file.open("wb") as out:
        for sender, text, is_report in _said(count):
            key, content = make(sender, text)
            _write(out, content)
            messages.append(Message(key, is_report))
    return messages


def prepare_first_words(file: Path, door: str = "oa") -> None:
    """One message of each talker, written like the others: whoever is heard for the first time is told what we do."""
    make, text = MAKERS[door](), _talk()[0]
    with file.open("wb") as out:
        for number in range(TALKERS):
            _write(out, make(_talker(number), text)[1])


def requests(file: Path) -> list[bytes]:
    """What was written, again."""
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


def _said(count: int) -> Iterator[tuple[str, str, bool]]:
    """Who says what, and whether it is a report."""
    chance = random.Random(count)  # the same order each time
    talk = _talk()
    reports = [text for text in sentences("report") if _reading(text).band == "high" and len(_reading(text).parts) == 1]
    for number in range(count):
        if number % REPORTS_IN == REPORTS_IN // 2:
            yield f"oReporter{number:019d}", chance.choice(reports), True
        else:
            yield _talker(chance.randrange(TALKERS)), chance.choice(talk), False


def _talk() -> list[str]:
    return [text for text in sentences("talk") if not _reading(text).parts]


def _talker(number: int) -> str:
    return f"oTalker{number:021d}"


def _write(out: BinaryIO, request: bytes) -> None:
    out.write(len(request).to_bytes(LENGTH_BYTES, "big") + request)


def _reading(text: str) -> Reading:
    """Sentences that the reading at hand takes for something else are left out: intake is measured here."""
    return read(text, ReadingContext(addressed=True))


def hint() -> bytes:
    """A whole request: 微信客服 says that there is something to fetch."""
    platform = WecomCallback(Ground(), CORP_ID, TOKEN, AES_KEY, name="kf")
    return _request("/callback/kf", platform.callback(platform.kf_event(secrets.token_urlsafe(24), KF_ID)))


def _official_account() -> Maker:
    platform = OfficialAccountPlatform("", APP_ID, TOKEN, AES_KEY)

    def make(sender: str, text: str) -> tuple[str, bytes]:
        push = platform.text(sender, text)
        return f"in:oa:{APP_ID}:{push.fields['MsgId']}", _request("/callback/oa", platform.callback(push))

    return make


def _wecom() -> Maker:
    platform = WecomCallback(Ground(seed=secrets.randbits(32)), CORP_ID, TOKEN, AES_KEY, agent_id=AGENT_ID)

    def make(sender: str, text: str) -> tuple[str, bytes]:
        push = platform.message(sender, "text", Content=text)
        key = f"in:wecom:{CORP_ID}:{AGENT_ID}:{push.fields['MsgId']}"
        return key, _request("/callback/wecom", platform.callback(push))

    return make


def _kf() -> Maker:
    """An entry of ``msg_list``, as it lies at the platform until it is fetched."""

    def make(sender: str, text: str) -> tuple[str, bytes]:
        whence = {"msgid": secrets.token_hex(16), "open_kfid": KF_ID, "external_userid": sender}
        said = {"send_time": int(time.time()), "origin": 3, "msgtype": "text", "text": {"content": text}}
        return f"in:kf:{CORP_ID}:{whence['msgid']}", json.dumps({**whence, **said}, ensure_ascii=False).encode()

    return make


MAKERS: dict[str, Callable[[], Maker]] = {"oa": _official_account, "wecom": _wecom, "kf": _kf}


def _request(path: str, callback: Callback) -> bytes:
    head = (
        f"POST {path}?{urlencode(callback.query)} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(callback.body)}\r\n\r\n"
    )
    return head.encode() + callback.body
