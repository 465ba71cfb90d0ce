"""The simulator's page at ``/``: every phone, and the desk of whoever looks after the accounts.

The page acts and reads through ``/admin`` like anybody else; here are only its files, and the photos of the screens.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.platforms.calls import ApiFault

if TYPE_CHECKING:
    from bot.platforms.simulator import Simulator

FILES = Path(__file__).with_name("static")
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HEADERS = {
    "cache-control": "no-cache",
    "content-security-policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@runtime_checkable
class HasFiles(Protocol):
    """A platform that people send photos to."""

    def file(self, media_id: str) -> tuple[bytes, str]:
        """The bytes and what they are. Raises ApiFault."""
        ...


def routes(simulator: Simulator) -> list[BaseRoute]:
    """The page, its parts, and the files of screens."""
    page = _Page(simulator)
    return [
        Route("/", page.whole),
        Route("/page/{name}", page.part),
        Route("/file/{door}/{media_id}", page.file),
    ]


class _Page:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._parts = {path.name: path for path in FILES.iterdir() if path.suffix in TYPES}

    async def whole(self, request: Request) -> Response:
        """The page."""
        return self._part("index.html")

    async def part(self, request: Request) -> Response:
        """A style sheet or a script."""
        return self._part(request.path_params["name"])

    async def file(self, request: Request) -> Response:
        """A photo or recording, for as long as the platform keeps it."""
        door, media_id = request.path_params["door"], request.path_params["media_id"]
        service = next((one for one in self._simulator.services if one.name == door), None)
        if not isinstance(service, HasFiles):
            return PlainTextResponse("there are no files", 404, HEADERS)
        try:
            content, mime = service.file(media_id)
        except ApiFault:
            return PlainTextResponse("there is no such file, or it has expired", 404, HEADERS)
        return Response(content, media_type=mime, headers={**HEADERS, "cache-control": "private, max-age=86400"})

    def _part(self, name: str) -> Response:
        path = self._parts.get(name)
        if path is None:
            return PlainTextResponse("there is no such page", 404, HEADERS)
        return Response(path.read_bytes(), media_type=TYPES[path.suffix], headers=HEADERS)
