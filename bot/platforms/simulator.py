"""The simulator: services side by side under one address, and a server in a thread that can cut connections."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.platforms import admin, page
from bot.platforms.calls import Ground
from bot.platforms.clock import PlatformClock
from bot.platforms.endpoint import CUT
from bot.platforms.own_pages import OwnPages
from bot.platforms.record import Record

PATIENCE = 5  # seconds for a server to start and to stop
NO_LINGER = struct.pack("ii", 1, 0)  # closing answers with a reset instead of an end


class Service(Protocol):
    """One platform. ``acts`` is what people of it can do, by name, for the admin interface."""

    @property
    def name(self) -> str: ...

    @property
    def acts(self) -> Mapping[str, Callable[..., Any]]: ...

    def routes(self) -> Iterable[BaseRoute]:
        """What it serves."""
        ...

    def state(self) -> Mapping[str, Any]:
        """What whoever looks at the simulator wants to know of it."""
        ...

    def close(self) -> None:
        """Ends its threads."""
        ...


AnyService = TypeVar("AnyService", bound=Service)


class Simulator:
    """``clock`` None follows the real one. Services are added with ``add`` before it is served."""

    def __init__(self, *, clock: PlatformClock | None = None, record: Path | None = None, seed: int = 0) -> None:
        """``record`` is a file to which everything accepted is appended as JSON lines."""
        self.clock = clock or PlatformClock()
        self.record = Record(self.clock, record)
        self.ground = Ground(self.clock, self.record, seed)
        self.faults, self.screens = self.ground.faults, self.ground.screens
        self.services: list[Service] = []
        self.cast: dict[str, dict[str, str]] = {}  # door: who may be acted for, and what they are called

    def add(self, service: AnyService) -> AnyService:
        """Another platform under the same address; it was made on this simulator's ground."""
        self.services.append(service)
        return service

    def asgi(self) -> ASGIApp:
        """The application. Cutting a connection needs the server of ``running``."""
        routes = [route for service in self.services for route in service.routes()]
        return OwnPages(Starlette(routes=[*routes, *admin.routes(self), *page.routes(self)]))

    def close(self) -> None:
        """Lets hung calls go and ends what runs beside."""
        self.faults.clear()
        for service in self.services:
            service.close()
        self.record.close()


class CuttableProtocol(HttpToolsProtocol):
    """HTTP whose application may end the connection in the middle of a request, with a reset."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Hands the application the way to cut this connection."""
        super().connection_made(transport)
        whole = self.app

        async def cuttable(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[CUT] = lambda: _cut(transport)
            await whole(scope, receive, send)

        self.app = cuttable


def _cut(transport: asyncio.Transport) -> None:
    with contextlib.suppress(OSError):  # it may have gone already
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    transport.abort()


class _Server(uvicorn.Server):
    """Stops the moment it is told to: a test starts one of its own, and a fifth of a second each adds up."""

    _stopped: asyncio.Event
    _loop: asyncio.AbstractEventLoop | None = None  # set when there is something to stop

    def stop(self) -> None:
        """From another thread, once it has started or while it is starting."""
        self.should_exit = True
        if self._loop:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stopped.set)

    async def main_loop(self) -> None:
        """Waits to be told."""
        self._stopped = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:
            await self._stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Nobody is waited for when nobody is there."""
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()


@contextlib.contextmanager
def running(simulator: Simulator, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Serves in a thread; yields the base address. Port 0 takes a free one."""
    listener = socket.create_server((host, port), backlog=512)
    simulator.ground.address = f"http://{host}:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        simulator.asgi(),
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=CuttableProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        date_header=False,
        log_level="critical",
        timeout_graceful_shutdown=PATIENCE,
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="simulator", daemon=True)
    thread.start()
    try:
        yield simulator.ground.address
    finally:
        simulator.close()
        server.stop()
        thread.join(2 * PATIENCE)
        listener.close()
