"""微信客服 for ``menkou bench intake --door kf``: messages lie there to be fetched, in as few steps as it can.

``python -m bot.bench.kf_platform PORT FILE``. ``/show`` makes more of them visible, all at once or so many a second,
and answers when it began; a cursor is the number of messages before it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from bot.bench.platform import TOKEN, Caller, Counts
from bot.bench.workload import KF_ID, requests

SHOW, PULL = "/show", "/cgi-bin/kf/sync_msg"
ACCOUNTS = json.dumps({"errcode": 0, "account_list": [{"open_kfid": KF_ID, "name": "bench"}]}).encode()


class Shelf:
    """The messages, and how many of them are there by now."""

    def __init__(self, messages: list[bytes]) -> None:
        self.messages = messages
        self._from, self._to, self._rate, self._at = 0, 0, 0.0, 0.0

    def show(self, count: int, rate: float) -> float:
        """So many more from now on, at once where ``rate`` is 0, else so many a second."""
        self._from, self._to, self._rate, self._at = self._to, self._to + count, rate, time.monotonic()
        return self._at

    def page(self, cursor: str, limit: int) -> bytes:
        """What follows the cursor, as the platform answers a pull."""
        start, there = int(cursor or 0), self._there()
        end = min(start + limit, there)
        head = f'{{"errcode":0,"errmsg":"ok","next_cursor":"{end}","has_more":{int(end < there)},"msg_list":['
        return head.encode() + b",".join(self.messages[start:end]) + b"]}"

    def _there(self) -> int:
        if not self._rate:
            return self._to
        return min(self._from + int((time.monotonic() - self._at) * self._rate) + 1, self._to)


class Fetcher(Caller):
    """One connection."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__(0, Counts())
        self.shelf = shelf

    def take(self, head: bytes, body: bytes) -> None:
        """One request."""
        path = head.split(b" ", 2)[1].partition(b"?")[0].decode()
        given: dict[str, Any] = json.loads(body) if body else {}
        if path == PULL:
            self.answer(self.shelf.page(given.get("cursor", ""), given.get("limit", 1000)))
        elif path == SHOW:
            self.answer(json.dumps({"at": self.shelf.show(given["count"], given["rate"])}).encode())
        else:
            self.answer(TOKEN if path.endswith("token") else ACCOUNTS)


async def _serve(port: int, file: Path) -> None:
    shelf = Shelf(requests(file))
    server = await asyncio.get_running_loop().create_server(lambda: Fetcher(shelf), "127.0.0.1", port)
    await server.serve_forever()


def main() -> None:
    """The platform's process; it ends with a signal."""
    import uvloop

    uvloop.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))


if __name__ == "__main__":
    main()
