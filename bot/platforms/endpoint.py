"""One wrapper for every interface of every door: faults, method, token, quotas, JSON, record.

Handlers are plain functions from a Call to the answer's fields; they raise ApiFault for what the platform refuses. They
run one at a time under the ground's lock, so that they may read and change the simulator's state freely.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from bot.platforms.calls import ApiFault, Call, Ground, Upload
from bot.platforms.faults import Fault, Faults
from bot.platforms.record import REFUSED
from bot.platforms.tokens import Token, TokenRefused, Tokens

CUT = "menkou.cut"  # the ASGI extension with which the server lets an endpoint cut its connection
LOOK = 0.02  # seconds between two looks whether a hung call may go on

BUSY, DAY_QUOTA, BANNED = -1, 45009, 48004
NEED_GET, NEED_POST, EMPTY_BODY, BAD_JSON, ESCAPES = 43001, 43002, 44002, 47001, 40033
_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")


class Cut(Exception):
    """The connection ends here without an answer."""


class Instead(Exception):
    """Something other than the interface's JSON is answered."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered with something else")
        self.response = response


class Quota(NamedTuple):
    """How many calls of one path are allowed; None: any number."""

    minute: int | None = None
    day: int | None = None
    hour: int | None = None


Handler = Callable[[Call], "dict[str, Any] | Response"]


@dataclass(frozen=True, slots=True)
class Interface:
    """One path of a door. ``secret``: it hands out tokens; neither request nor answer is recorded."""

    method: str
    path: str
    handler: Handler
    token: bool = True
    secret: bool = False
    upload: bool = False


class Door:
    """The interfaces of one platform under ``/<name>``."""

    def __init__(
        self,
        name: str,
        ground: Ground,
        tokens: Tokens,
        *,
        messages: Mapping[int, str],
        quotas: Mapping[str, Quota] | None = None,
        minute_code: int = 45011,
        dead_code: int = 40001,
        secret_code: int = 40125,
        token_query: str = "access_token",
        rid: bool = False,
        refuses_escapes: bool = True,
    ) -> None:
        """``messages`` are the errmsg of errcodes; ``rid`` puts a request id behind them.

        The codes: the minute's quota is used up, a token was killed, a secret is refused.
        """
        self.name = name
        self.ground = ground
        self.tokens = tokens
        self.quotas = dict(quotas or {})
        self._messages = messages
        self._minute_code, self._dead_code, self._secret_code = minute_code, dead_code, secret_code
        self._token_query = token_query
        self._rid = rid
        self._refuses_escapes = refuses_escapes
        self._interfaces: list[Interface] = []
        self._used: dict[tuple[str, str], int] = defaultdict(int)
        ground.faults.when_on("token_dead", self._kill_tokens)

    # --- for the services ------------------------------------------------------------------------------------------

    def offer(self, method: str, path: str, handler: Handler, **options: bool) -> None:
        """Adds an interface; the options are those of Interface."""
        self._interfaces.append(Interface(method, path, handler, **options))

    def routes(self) -> Iterable[BaseRoute]:
        """What is served."""
        return [Route(f"/{self.name}{one.path}", Served(partial(self.serve, one))) for one in self._interfaces]

    def used_today(self, path: str) -> int:
        """How many calls of a path counted today."""
        return self._used[path, self.ground.clock.day()]

    def use(self) -> list[dict[str, Any]]:
        """What has been called today, beside how much is allowed, for whoever looks at the simulator."""
        day, minute = self.ground.clock.day(), f"minute {self.ground.clock.minute()}"
        with self.ground.lock:
            paths = [path for path, window in self._used if window == day]
            return [
                {
                    "path": path,
                    "today": self._used[path, day],
                    "this_minute": self._used.get((path, minute), 0),
                    **self.quotas.get(path, Quota())._asdict(),
                }
                for path in paths
            ]

    def forget_use(self) -> None:
        """Today's counters start again at nought."""
        self._used.clear()

    # --- one call --------------------------------------------------------------------------------------------------

    async def serve(self, interface: Interface, request: Request) -> Response:
        """The answer to one call. Raises Cut."""
        path = f"/{self.name}{interface.path}"
        try:
            await self._weather(path)
            call = await self._accepted(interface, request)
            with self.ground.lock:
                answer = self._handled(interface, call)
        except ApiFault as fault:
            self.ground.record.add(self.name, REFUSED, path=interface.path, errcode=fault.errcode)
            return _json(self._refusal(fault))
        except Instead as instead:
            self.ground.record.add(self.name, REFUSED, path=interface.path, errcode=None)
            return instead.response
        await held_up(self.ground.faults, path, after=True)
        if self.ground.faults.hit("reset_after_accept", path):
            raise Cut
        return answer if isinstance(answer, Response) else _json(answer)

    async def _weather(self, path: str) -> None:
        """Faults that have nothing to do with what is asked."""
        faults = self.ground.faults
        await held_up(faults, path, after=False)
        if faults.hit("reset_before", path):
            self.ground.record.add(self.name, REFUSED, path=path.removeprefix(f"/{self.name}"), errcode=None)
            raise Cut
        if fault := faults.hit("http_500", path):
            raise Instead(Response("Internal Server Error", fault.options.get("status", 500)))
        if faults.hit("not_json", path):
            raise Instead(Response("<html><body>upstream</body></html>", media_type="text/html"))
        if faults.hit("busy", path):
            raise ApiFault(BUSY)

    async def _accepted(self, interface: Interface, request: Request) -> Call:
        """The call, after everything that is the same for all interfaces. Raises ApiFault."""
        if request.method != interface.method:
            raise ApiFault(NEED_GET if interface.method == "GET" else NEED_POST)
        raw = await request.body()
        call = Call(self.ground, self.name, interface.path, request.query_params, cookies=request.cookies)
        call.caller = request.client.host if request.client else ""
        if interface.token:
            call.token = self._token(call)
        self._refuse(interface)
        self._count(interface)
        if interface.upload:
            call.upload = await _upload(request)
        elif interface.method == "POST":
            call.body = self._fields(raw)
        return call

    def _token(self, call: Call) -> Token:
        try:
            with self.ground.lock:
                return self.tokens.check(call.query.get(self._token_query, ""))
        except TokenRefused as refused:
            raise ApiFault(refused.errcode) from refused

    def _refuse(self, interface: Interface) -> None:
        """Faults that refuse what is asked. Raises ApiFault."""
        path, faults = f"/{self.name}{interface.path}", self.ground.faults
        if interface.secret and (fault := faults.hit("refuse_token", path)):
            raise ApiFault(fault.options.get("errcode", self._secret_code))
        if faults.hit("banned", path):
            raise ApiFault(BANNED)
        if fault := faults.hit("minute_quota", path):
            raise ApiFault(fault.options.get("errcode", self._minute_code))
        if faults.hit("day_quota", path):
            raise ApiFault(DAY_QUOTA)

    def _count(self, interface: Interface) -> None:
        """Counts the call, or refuses it for the minute's, hour's or day's quota. Raises ApiFault."""
        clock = self.ground.clock
        quota = self.quotas.get(interface.path, Quota())
        windows = (
            (f"minute {clock.minute()}", quota.minute, self._minute_code),
            (f"hour {clock.minute() // 60}", quota.hour, self._minute_code),
            (clock.day(), quota.day, DAY_QUOTA),
        )
        with self.ground.lock:
            for window, most, errcode in windows:
                if most is not None and self._used[interface.path, window] >= most:
                    raise ApiFault(errcode)
            for window, _, _ in windows:
                self._used[interface.path, window] += 1

    def _fields(self, raw: bytes) -> dict[str, Any]:
        """JSON, whatever the content type says."""
        if not raw:
            raise ApiFault(EMPTY_BODY)
        if self._refuses_escapes and _ESCAPE.search(raw):
            raise ApiFault(ESCAPES)
        try:
            body = json.loads(raw)
        except ValueError as error:
            raise ApiFault(BAD_JSON) from error
        if not isinstance(body, dict):
            raise ApiFault(BAD_JSON)
        return body

    def _handled(self, interface: Interface, call: Call) -> dict[str, Any] | Response:
        answer = interface.handler(call)
        asked = call.body or {name: value for name, value in call.query.items() if name != self._token_query}
        written: dict[str, Any] = {} if interface.secret else {"request": asked}
        if isinstance(answer, dict) and not interface.secret:
            written["answer"] = answer
        what = interface.path.removeprefix("/cgi-bin/").strip("/")
        self.ground.record.add(self.name, what, **written, **call.noted)
        return answer

    def _refusal(self, fault: ApiFault) -> dict[str, Any]:
        errmsg = fault.errmsg or self._messages.get(fault.errcode, "refused")
        if self._rid:
            errmsg += f" rid: {self.ground.letters(8)}-{self.ground.letters(8)}-{self.ground.letters(8)}".lower()
        return {"errcode": fault.errcode, "errmsg": errmsg, **fault.more}

    def _kill_tokens(self, fault: Fault) -> None:
        if fault.applies(f"/{self.name}/"):
            with self.ground.lock:
                self.tokens.kill(errcode=fault.options.get("errcode", self._dead_code))


class Served:
    """One interface as an ASGI application: only there can a connection be cut without an answer."""

    def __init__(self, serve: Callable[[Request], Awaitable[Response]]) -> None:
        """``serve`` answers a request, or raises Cut."""
        self._serve = serve

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._serve(Request(scope, receive))
        except Cut:
            scope["extensions"][CUT]()
            while (await receive())["type"] != "http.disconnect":  # the server complains of an answer that never starts
                pass
            return
        await response(scope, receive, send)


async def held_up(faults: Faults, path: str, *, after: bool) -> None:
    """Waits as ``slow`` and ``hung`` have it, before the call is done or after it."""
    if slow := faults.hit("slow", path, after=after):
        await asyncio.sleep(slow.options.get("seconds", 1.0))
    hung = faults.hit("hung", path, after=after)
    while hung and faults.is_on(hung):
        await asyncio.sleep(LOOK)


async def _upload(request: Request) -> Upload | None:
    async with request.form() as form:
        file = form.get("media")
        if not isinstance(file, UploadFile):
            return None
        return Upload(file.filename or "", file.content_type or "", await file.read())


def _json(fields: Mapping[str, Any]) -> Response:
    body = json.dumps(fields, ensure_ascii=False).encode()
    return Response(body, media_type="application/json; encoding=utf-8")
