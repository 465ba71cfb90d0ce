"""What ``menkou bench send`` sends to: a platform that takes everything, after a delay, in as few steps as it can.

``python -m bot.bench.platform PORT DELAY_MS``. A path that ends in ``token`` hands out a token. ``/counts`` answers how
many calls, people and tokens there were since it was last asked, at once.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from typing import cast

COUNTS = "/counts"
SENT = b'{"errcode":0,"errmsg":"ok","msgid":"9kqT0RXVrC2HYy0UXnN6b1wK3WnLSAfAAwYQ"}'
TOKEN = b'{"access_token":"' + b"t" * 136 + b'","expires_in":7200}'


@dataclass(slots=True)
class Counts:
    """What came since it was last asked."""

    calls: int = 0
    people: int = 0
    tokens: int = 0

    def told(self) -> bytes:
        """As JSON; counting starts again."""
        answer = json.dumps(asdict(self)).encode()
        self.calls = self.people = self.tokens = 0
        return answer


class Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self, delay: float, counts: Counts) -> None:
        self.delay, self.counts = delay, counts
        self.seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way back."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answers once the whole request is here; a caller sends its next when it has the answer."""
        self.seen += data
        end = self.seen.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.seen[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.seen) >= end + 4 + length:
            request, self.seen = self.seen, b""
            self.take(head, request[end + 4 :])

    def take(self, head: bytes, body: bytes) -> None:
        """One request."""
        path = head.split(b" ", 2)[1].partition(b"?")[0].decode()
        if path == COUNTS:
            self.answer(self.counts.told())
        elif path.endswith("token"):
            self.counts.tokens += 1
            self.answer(TOKEN)
        else:
            self.counts.calls += 1
            self.counts.people += body.count(b"|") + 1
            asyncio.get_running_loop().call_later(self.delay, self.answer, SENT) if self.delay else self.answer(SENT)

    def answer(self, content: bytes) -> None:
        """With JSON, and 200."""
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: {len(content)}\r\n"
        self.transport.write(head.encode() + b"\r\n" + content)


async def _serve(port: int, delay: float) -> None:
    counts = Counts()
    server = await asyncio.get_running_loop().create_server(lambda: Caller(delay, counts), "127.0.0.1", port)
    await server.serve_forever()


def main() -> None:
    """The platform's process; it ends with a signal."""
    import uvloop

    uvloop.run(_serve(int(sys.argv[1]), int(sys.argv[2]) / 1000))


if __name__ == "__main__":
    main()
