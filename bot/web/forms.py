"""Forms of our own pages: their fields, and that no foreign page sends them in somebody's name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from handlers.rules.deadlines import LOCAL


async def fields_of(request: Request) -> Mapping[str, str]:
    """The fields of a form of ours. Raises 403 for one that another site's page sends."""
    return (await whole_form(request))[0]


async def whole_form(request: Request) -> tuple[Mapping[str, str], Mapping[str, bytes]]:
    """The fields of a form of ours, and its files; an empty choice of a file is none. Raises 403 as above."""
    _refuse_foreign(request)
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    async with request.form() as form:
        for name, value in form.items():
            if isinstance(value, str):
                fields[name] = value.replace("\r\n", "\n")  # browsers end every line of a form so, no chat does
            elif content := await value.read():
                files[name] = content
    return fields, files


def moment(said: str) -> datetime | None:
    """What a field for a date and a time holds: the time of this country; None where it is no such thing."""
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    return found.replace(tzinfo=LOCAL) if found.tzinfo is None else None


def _refuse_foreign(request: Request) -> None:
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise HTTPException(403)
    # "null" is what a form sends under our Referrer-Policy: then the browser must vouch for it as above
    foreign = site is None if origin == "null" else origin is not None and _host(origin) != request.headers.get("host")
    if foreign:
        raise HTTPException(403)


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
