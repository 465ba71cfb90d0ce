"""The simulator's own interface under ``/admin``, JSON: act as somebody, switch faults, move the clock, read screens.

    GET  /admin/state                              clock, faults, doors with their acts
    GET  /admin/screens?door=oa&person=o1          one screen; without person everybody with a screen
    GET  /admin/record?door=oa&what=media/upload&after=12
    POST /admin/clock    {"advance": 3600}
    POST /admin/faults   {"on": "busy", "path": "/oa", "times": 2} | {"off": "busy"} | {"clear": true}
    POST /admin/act/oa   {"act": "say", "person": "o1", "text": "…"}    the acts are those of the service

An act or fault that does not exist, or has other arguments, is answered 400 with {"error"}.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.platforms import faults

if TYPE_CHECKING:
    from bot.platforms.simulator import Simulator

MOST_ENTRIES = 1000  # of the record in one answer


def routes(simulator: Simulator) -> list[BaseRoute]:
    """What is served under ``/admin``."""
    admin = _Admin(simulator)
    return [
        Route("/admin/state", admin.state),
        Route("/admin/screens", admin.screens),
        Route("/admin/record", admin.record),
        Route("/admin/clock", admin.clock, methods=["POST"]),
        Route("/admin/faults", admin.faults, methods=["POST"]),
        Route("/admin/act/{door}", admin.act, methods=["POST"]),
    ]


class _Admin:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator, self._ground = simulator, simulator.ground

    async def state(self, request: Request) -> Response:
        """Everything that is not a screen or a record."""
        return _json(
            {
                "now": self._ground.clock.now(),
                "day": self._ground.clock.day(),
                "virtual": self._ground.clock.virtual,
                "faults": [asdict(fault) for fault in self._ground.faults.active()],
                "fault_names": list(faults.NAMES),
                "cast": self._simulator.cast,
                "doors": {
                    service.name: {
                        "acts": sorted(service.acts),
                        "state": service.state(),
                        "people": self._ground.screens.people(service.name),
                    }
                    for service in self._simulator.services
                },
            }
        )

    async def screens(self, request: Request) -> Response:
        """One screen, or whose screens there are."""
        door, person = request.query_params.get("door", ""), request.query_params.get("person")
        screens = self._ground.screens
        if person is None:
            return _json({"people": screens.people(door)})
        return _json({"seen": [asdict(seen) for seen in screens.of(door, person)]})

    async def record(self, request: Request) -> Response:
        """Entries behind ``after``, a thousand at most."""
        query = request.query_params
        entries = self._ground.record.entries(query.get("what"), query.get("door"))
        after = int(query["after"]) if query.get("after", "").isdigit() else 0
        found = [asdict(entry) for entry in entries if entry.seq > after]
        return _json({"entries": found[:MOST_ENTRIES]})

    async def clock(self, request: Request) -> Response:
        """Moves the clock; what falls due may be pushed, so this happens off the loop."""
        given = await _given(request)
        return await _tried(lambda: {"now": self._ground.clock.advance(float(given["advance"]))})

    async def faults(self, request: Request) -> Response:
        """Switches faults; answers what is on."""
        given = await _given(request)
        return await _tried(lambda: self._switched(given))

    async def act(self, request: Request) -> Response:
        """Somebody does something."""
        given = await _given(request)
        return await _tried(lambda: self._acted(request.path_params["door"], given))

    def _switched(self, given: dict[str, Any]) -> dict[str, Any]:
        faults = self._ground.faults
        if "on" in given:
            faults.on(given.pop("on"), **given)
        elif "off" in given:
            faults.off(given["off"])
        elif given.get("clear"):
            faults.clear()
        return {"faults": [asdict(fault) for fault in faults.active()]}

    def _acted(self, door: str, given: dict[str, Any]) -> dict[str, Any]:
        acts = {service.name: service.acts for service in self._simulator.services}[door]
        return {"result": acts[given.pop("act")](**given)}


async def _given(request: Request) -> dict[str, Any]:
    try:
        given = json.loads(await request.body() or b"{}")
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}


async def _tried(work: Callable[[], Mapping[str, Any]]) -> Response:
    """The work's answer, off the loop: our own server may call an interface before it answers a push."""
    try:
        return _json(await asyncio.to_thread(work))
    except (KeyError, TypeError, ValueError) as error:
        return _json({"error": f"{type(error).__name__}: {error}"}, 400)


def _json(fields: Mapping[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(fields, ensure_ascii=False, default=_plain), status, media_type="application/json")


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, set | frozenset) else str(value)
