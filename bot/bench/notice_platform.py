"""What ``menkou bench notice`` and ``bench kills`` send to: two platforms in one process, which remember whom they
reached and how often.

``python -m bot.bench.notice_platform PORT DELAY_MS SEED``. An SMS port that knows a message by its id,
unless it is told to forget, and a WeCom app that knows a call by its words and people. ``/counts`` answers
what came; ``/reached`` how often each person was reached, a byte each; ``/faults`` sets which share of the calls goes
wrong, how many calls a token lasts, and after how many seconds it answers.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from urllib.parse import parse_qs

from bot.bench.platform import Caller, Counts

OK = b'{"errcode":0,"errmsg":"ok","msgid":"9kqT0RXVrC2HYy0UXnN6b1wK3WnLSAfAAwYQ"}'
DEAD_TOKEN = b'{"errcode":42001,"errmsg":"access_token expired"}'
BUSY = b'{"errcode":-1,"errmsg":"system error"}'
PLACES = 8  # digits at the end of an address that number the person


@dataclass(slots=True)
class Told(Counts):
    """What came. ``repeats``: calls that a platform knew again and did not act on; ``faults`` by their kind."""

    repeats: int = 0
    refused_tokens: int = 0
    faults: dict[str, int] = field(default_factory=dict)


class World:
    """What all connections share."""

    def __init__(self, delay: float, seed: int) -> None:
        self.delay = delay
        self.chance = random.Random(seed)
        self.told = Told()
        self.reached = bytearray()
        self.known: set[bytes] = set()
        self.share = 0.0  # of calls that go wrong
        self.forgets = False  # whether a repeat is acted upon like anything else
        self.token, self.lasts, self.used = 1, 0, 0

    def reach(self, address: str) -> None:
        """One more message on a person's screen."""
        number = int(address[-PLACES:])
        if number >= len(self.reached):
            self.reached.extend(bytes(number + 1 - len(self.reached)))
        self.reached[number] = min(self.reached[number] + 1, 255)
        self.told.people += 1

    def knows(self, key: bytes) -> bool:
        """Whether this was asked for before; from now on it was."""
        if self.forgets:
            return False
        mark = hashlib.blake2b(key, digest_size=12).digest()
        if mark in self.known:
            self.told.repeats += 1
            return True
        self.known.add(mark)
        return False

    def fault(self) -> str:
        """What goes wrong with this call, if anything."""
        if not self.share or self.chance.random() >= self.share:
            return ""
        kind = self.chance.choice(("cut_before", "cut_after", "busy", "garbage", "unavailable", "gateway"))
        self.told.faults[kind] = self.told.faults.get(kind, 0) + 1
        return kind

    def token_is_dead(self, given: str) -> bool:
        """Tokens die of age in the middle of a run."""
        self.used += 1
        if self.lasts and self.used > self.lasts:
            self.token, self.used = self.token + 1, 0
        if given == f"token-{self.token}":
            return False
        self.told.refused_tokens += 1
        return True


class PlatformCaller(Caller):
    """One connection."""

    def __init__(self, world: World) -> None:
        super().__init__(world.delay, world.told)
        self.world = world

    def take(self, head: bytes, body: bytes) -> None:
        """One request."""
        # the head comes in small letters; nothing that matters here is lost by it
        path, _, query = head.split(b" ", 2)[1].decode().partition("?")
        given = {name: values[0] for name, values in parse_qs(query).items()}
        asked: dict[str, Callable[[], bytes]] = {
            "/counts": lambda: json.dumps(asdict(self.world.told)).encode(),
            "/reached": lambda: bytes(self.world.reached),
            "/faults": lambda: self._set(given),
        }
        if path in asked:
            self.answer(asked[path]())
        elif path.endswith("token"):
            self.world.told.tokens += 1
            token = f"token-{self.world.token}"
            self.answer(json.dumps({"errcode": 0, "access_token": token, "expires_in": 7200}).encode())
        else:
            self._send(path, given.get("access_token", ""), body)

    def _set(self, given: dict[str, str]) -> bytes:
        world = self.world
        world.share = float(given.get("share", world.share))
        world.lasts = int(given.get("lasts", world.lasts))
        world.forgets = bool(int(given.get("forgets", world.forgets)))
        world.delay = float(given.get("delay", world.delay))
        return b"{}"

    def _send(self, path: str, token: str, body: bytes) -> None:
        world = self.world
        world.told.calls += 1
        if not path.endswith("/sms") and world.token_is_dead(token):
            self._later(DEAD_TOKEN)
            return
        kind = world.fault()
        if kind == "busy" and path.endswith("/sms"):
            kind = "too_much"  # a port says it by its status
        if kind in _BEFORE:
            self._wrong(kind)
            return
        content = _TAKE.get(path.rpartition("/")[2], _asked)(world, body)
        if kind:
            self._wrong(kind)
        else:
            self._later(content)

    def _wrong(self, kind: str) -> None:
        status = _STATUS.get(kind)
        if kind.startswith("cut"):
            self.transport.abort()
        elif status is not None:
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
        else:
            self._later(BUSY if kind == "busy" else b"<html>?")

    def _later(self, content: bytes) -> None:
        asyncio.get_running_loop().call_later(self.world.delay, self._answer_if_there, content)

    def _answer_if_there(self, content: bytes) -> None:
        if not self.transport.is_closing():
            self.answer(content)


_STATUS = {
    "unavailable": b"503 Service Unavailable",
    "gateway": b"502 Bad Gateway",
    "too_much": b"429 Too Many Requests",
}
_BEFORE = frozenset(
    {"cut_before", "busy", "unavailable", "too_much"}
)  # nothing was done; the others acted and did not say so


def _sms(world: World, body: bytes) -> bytes:
    message = json.loads(body)
    if not world.knows(message["id"].encode()):
        world.reach(message["to"])
    return json.dumps({"id": message["id"]}).encode()


def _wecom(world: World, body: bytes) -> bytes:
    if not world.knows(body):
        for person in json.loads(body)["touser"].split("|"):
            world.reach(person)
    return OK


def _asked(world: World, body: bytes) -> bytes:
    """Somebody looks whether the door works."""
    return OK


_TAKE: dict[str, Callable[[World, bytes], bytes]] = {"sms": _sms, "send": _wecom}


async def _serve(port: int, delay: float, seed: int) -> None:
    world = World(delay, seed)
    server = await asyncio.get_running_loop().create_server(
        lambda: PlatformCaller(world), "127.0.0.1", port, backlog=1024
    )
    await server.serve_forever()


def main() -> None:
    """The platform's process; it ends with a signal."""
    import uvloop

    port, delay, seed = (int(given) for given in sys.argv[1:4])
    uvloop.run(_serve(port, delay / 1000, seed))


if __name__ == "__main__":
    main()
