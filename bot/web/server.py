"""The web process: uvicorn with uvloop and httptools, and a stop that waits for nobody who only listens."""

from __future__ import annotations

import gc
import logging
import socket
import sys

import uvicorn
from fastapi import FastAPI

from bot.receive import Intake
from bot.settings import Settings
from bot.settings_check import port_refused
from bot.web.app import create_app
from bot.wiring import build

FAULT = 1
PATIENCE = 3  # seconds for requests under way; the supervisor waits five
BACKLOG = 2048
COLLECT = (50_000, 20, 50)  # objects more than before, and how often the older ones are looked through
LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"


class Server(uvicorn.Server):
    """Tells streams to end before it waits for connections: they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, web: FastAPI) -> None:
        super().__init__(config)
        self._web = web

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._web.state.closing.set()
        await super().shutdown(sockets)


def run(settings: Settings) -> int:
    """Serves until told to stop. Answers 1 when the address cannot be had."""
    _say_what_happens()
    try:
        door = listen(settings.host, settings.port)
    except OSError as error:
        print("menkou:", port_refused(settings, error), file=sys.stderr)
        return FAULT
    with door:
        app = build(settings)
        web = create_app(app, Intake(app))
        _spare_the_collector()
        Server(configuration(web), web).run(sockets=[door])
    return 0


def configuration(web: FastAPI) -> uvicorn.Config:
    """How we serve. Our own access log names route templates; uvicorn's would name paths, which carry tokens."""
    return uvicorn.Config(
        web,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing here depends on the caller's address but /metrics, which must see the real one
        backlog=BACKLOG,
        timeout_graceful_shutdown=PATIENCE,
    )


def listen(host: str, port: int) -> socket.socket:
    """The listening socket, made by us so that a port in use is a sentence and not a traceback."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    door = socket.socket(family, kind, protocol)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
    except OSError:
        door.close()
        raise
    return door


def _spare_the_collector() -> None:
    """What is loaded by now stays: walking it again and again made every hundredth answer wait for it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)


def _say_what_happens() -> None:
    if not logging.getLogger().handlers:
        logging.basicConfig(
            level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
        )
    logging.getLogger("uvicorn").setLevel(logging.WARNING)  # its address line would repeat the supervisor's
