"""A callback of our own over real HTTP: the channel reads what the platform pushed and answers with a text."""

from __future__ import annotations

import contextlib
import re
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from bot.channels.base import RawRequest
from bot.channels.official_account import OfficialAccount
from bot.platforms.sealing import PlatformSeal
from handlers.message import Incoming

APP_ID, SECRET, TOKEN = "wxba5fad812f8e6fb9", "s" * 32, "AAAAA"
AES_KEY = "A" * 43
NOON = 1_763_697_600.0  # 2025-11-21 12:00 in Shanghai


@dataclass
class Callback:
    """What came, and what is answered to it."""

    address: str = ""
    came: list[Incoming] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)  # what was inside the envelopes
    answer: Callable[[Incoming], str | None] = lambda incoming: None
    broken: bool = False

    def field(self, event: str, *path: str) -> list[str]:
        """One field of every push of this event, by the path to its element."""
        trees = [ElementTree.fromstring(raw) for raw in self.raw]
        return [tree.findtext("/".join(path)) or "" for tree in trees if tree.findtext("Event") == event]

    def kinds(self) -> list[str]:
        """What came, in one word each."""
        return [one.event or one.kind for one in self.came]


@contextlib.contextmanager
def callback() -> Iterator[Callback]:
    """A server in a thread."""
    channel = OfficialAccount(APP_ID, TOKEN, AES_KEY)
    ours = Callback()
    lock = threading.Lock()
    seal = PlatformSeal(TOKEN, AES_KEY, APP_ID)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(channel.check_url(self.request_of(b"")).body)

        def do_POST(self) -> None:
            raw = self.request_of(self.rfile.read(int(self.headers["Content-Length"])))
            if ours.broken:
                self.send_error(500)
                return
            incoming = channel.verify_and_parse(raw)
            found = re.search(rb'(?:CDATA\[|"Encrypt": ?")([\w+/=]{40,})', raw.body)
            with lock:
                ours.came.append(incoming)
                ours.raw.append(seal.decrypt(found[1].decode() if found else "").decode())
            self.reply(channel.answer(raw, incoming, ours.answer(incoming)).body)

        def request_of(self, body: bytes) -> RawRequest:
            return RawRequest(body, dict(parse_qsl(urlsplit(self.path).query)), datetime.now(UTC))

        def reply(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in the library)
            """Nothing is logged."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        ours.address = f"http://127.0.0.1:{server.server_address[1]}/callback/oa"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield ours
        finally:
            server.shutdown()
            thread.join(10)
