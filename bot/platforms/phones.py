"""The SMS and voice port as a district's adapter would run it: ``POST /sms`` and ``GET /sms/health``.

The request is the one of ``docs/sms-port.md``; nothing here is of any platform, the port is our own. An id is done
once: for a day it is answered 409 and reaches nobody again. What arrives is on the screen of the telephone number, as
kind ``sms`` or ``voice``. Faults are those of the platforms, with HTTP statuses for their errcodes.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.platforms.calls import Ground
from bot.platforms.endpoint import Cut, Served, held_up
from bot.platforms.record import REFUSED

ROOT, HEALTH = "/", "/health"
NUMBER = re.compile(r"\+?[0-9]{3,15}")
ID = re.compile(r"[\x21-\x7e]{1,200}")
LONGEST = {"sms": 1050, "voice": 450}  # bytes of UTF-8
REMEMBERED = 24 * 3600  # seconds for which an id is known
TAKEN, BAD, UNAUTHORISED, FORBIDDEN, UNREACHABLE, REPEATED = 200, 400, 401, 403, 422, 409
TOO_MANY, BROKEN, UNAVAILABLE = 429, 500, 503

# What a fault answers with, in the order in which they are looked for.
STATUSES = {
    "http_500": BROKEN,
    "busy": UNAVAILABLE,
    "refuse_token": UNAUTHORISED,
    "banned": FORBIDDEN,
    "minute_quota": TOO_MANY,
    "day_quota": TOO_MANY,
}


class Refusal(Exception):
    """The adapter does not take this request."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(f"{status} {why}")
        self.status, self.why = status, why


class Phones:
    """The adapter. While ``status`` is not 200, everything is answered with it instead of being taken."""

    name = "sms"

    def __init__(self, ground: Ground, *, token: str = "", per_minute: int | None = 60) -> None:
        """Without a token everybody is taken to be us; ``per_minute`` None: any number of messages."""
        self.ground = ground
        self.per_minute = per_minute
        self.status = TAKEN
        self._token = token
        self._known: dict[str, float] = {}  # id: when it was taken
        self._taken: deque[float] = deque()
        self._unreachable: set[str] = set()

    # --- for tests and for the interface of the simulator ----------------------------------------------------------

    def told(self, number: str, kind: str = "sms") -> list[str]:
        """What arrived at a number: messages, or calls with ``kind`` "voice"."""
        return [seen.text for seen in self.ground.screens.of(self.name, number) if seen.kind == kind]

    def disconnect(self, number: str, gone: bool = True) -> None:
        """Nobody can be reached at this number any more, or they can again."""
        (self._unreachable.add if gone else self._unreachable.discard)(number)

    @property
    def acts(self) -> Mapping[str, Callable[..., Any]]:
        """Nobody answers an SMS here; a number can be given up."""
        return {"disconnect": self.disconnect}

    def routes(self) -> Iterable[BaseRoute]:
        """What it serves."""
        return [
            Route(f"/{self.name}{HEALTH}", Served(self._health)),
            Route(f"/{self.name}", Served(self._post)),
        ]

    def state(self) -> Mapping[str, Any]:
        """What whoever looks at the simulator wants to know of it."""
        with self.ground.lock:
            self._forget()
            return {
                "per_minute": self.per_minute,
                "this_minute": self._this_minute(),
                "known_ids": len(self._known),
                "unreachable": sorted(self._unreachable),
            }

    def close(self) -> None:
        """Nothing runs beside."""

    # --- requests --------------------------------------------------------------------------------------------------

    async def _health(self, request: Request) -> Response:
        path = f"/{self.name}{HEALTH}"
        try:
            await self._weather(path)
            self._check_caller(request, "GET")
        except Refusal as refusal:
            return self._refused(HEALTH, refusal)
        return _json(TAKEN, {"ok": True})

    async def _post(self, request: Request) -> Response:
        path = f"/{self.name}"
        try:
            await self._weather(path)
            self._check_caller(request, "POST")
            message = _read(await request.body())
            with self.ground.lock:
                self._take(path, message)
        except Refusal as refusal:
            return self._refused(ROOT, refusal)
        await held_up(self.ground.faults, path, after=True)
        if self.ground.faults.hit("reset_after_accept", path):
            raise Cut
        return _json(TAKEN, {"id": message["id"]})

    async def _weather(self, path: str) -> None:
        """Faults that have nothing to do with what is asked. Raises Cut and Refusal."""
        faults = self.ground.faults
        await held_up(faults, path, after=False)
        if faults.hit("reset_before", path):
            self.ground.record.add(self.name, REFUSED, path=path.removeprefix(f"/{self.name}") or ROOT, errcode=None)
            raise Cut
        for name, status in STATUSES.items():
            if fault := faults.hit(name, path):
                raise Refusal(fault.options.get("status", status), name)

    def _check_caller(self, request: Request, method: str) -> None:
        if request.method != method:
            raise Refusal(405, "method")
        if self._token and request.headers.get("authorization") != f"Bearer {self._token}":
            raise Refusal(UNAUTHORISED, "token")
        if self.status != TAKEN:
            raise Refusal(self.status, "status")

    def _take(self, path: str, message: Mapping[str, str]) -> None:
        """Shows it, unless it was shown before, cannot be, or there were too many. Raises Refusal."""
        self._forget()
        if message["id"] in self._known:
            raise Refusal(REPEATED, "id")
        if message["to"] in self._unreachable | self._invalid(path):
            raise Refusal(UNREACHABLE, "to")
        if self.per_minute is not None and self._this_minute() >= self.per_minute:
            raise Refusal(TOO_MANY, "minute")
        now = self.ground.clock.now()
        self._known[message["id"]] = now
        self._taken.append(now)
        if not self.ground.faults.hit("silent_drop", path):
            self.ground.screens.show(self.name, message["to"], message["kind"], message["text"], from_=self.name)
        self.ground.record.add(self.name, message["kind"], request=dict(message))

    def _invalid(self, path: str) -> set[str]:
        fault = self.ground.faults.hit("partial", path)
        return set(fault.options.get("people", ())) if fault else set()

    def _forget(self) -> None:
        now = self.ground.clock.now()
        while self._known and now - next(iter(self._known.values())) >= REMEMBERED:
            del self._known[next(iter(self._known))]

    def _this_minute(self) -> int:
        now = self.ground.clock.now()
        while self._taken and now - self._taken[0] >= 60:
            self._taken.popleft()
        return len(self._taken)

    def _refused(self, path: str, refusal: Refusal) -> Response:
        self.ground.record.add(self.name, REFUSED, path=path, errcode=refusal.status, why=refusal.why)
        return _json(refusal.status, {"error": refusal.why})


def _read(raw: bytes) -> dict[str, str]:
    """The four fields, when they are what the port takes. Raises Refusal."""
    try:
        given = json.loads(raw)
    except ValueError:
        raise Refusal(BAD, "not JSON") from None
    if not isinstance(given, dict) or not all(isinstance(given.get(one), str) for one in ("id", "to", "kind", "text")):
        raise Refusal(BAD, "fields")
    message = {name: given[name] for name in ("id", "to", "kind", "text")}
    if not ID.fullmatch(message["id"]) or message["kind"] not in LONGEST or not message["text"]:
        raise Refusal(BAD, "fields")
    if len(message["text"].encode(errors="replace")) > LONGEST[message["kind"]]:
        raise Refusal(BAD, "text")
    if not NUMBER.fullmatch(message["to"]):
        raise Refusal(UNREACHABLE, "to")
    return message


def _json(status: int, fields: Mapping[str, Any]) -> Response:
    return Response(json.dumps(fields), status, media_type="application/json")
