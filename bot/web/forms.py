"""Forms of our own pages: their fields, and that no foreign page sends them in somebody's name."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request


async def fields_of(request: Request) -> Mapping[str, str]:
    """The fields of a form of ours. Raises 403 for one that another site's page sends."""
    _refuse_foreign(request)
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


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
