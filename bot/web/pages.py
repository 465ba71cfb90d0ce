"""Pages from templates: the words that people read stand there or in ``handlers/wording``, never in this code."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from handlers.rules.deadlines import LOCAL
from handlers.wording import taxonomy, times

HERE = Path(__file__).parent
# 0571-88881234, 000-5550100, 400-800-1234, a mobile; not the short numbers, which may be anything.
TELEPHONE = re.compile(r"(?<![\d-])(?:\d{3,4}-\d{7,8}|400-?\d{3}-?\d{4}|1\d{10})(?![\d-])")
PRIVATE = {"cache-control": "no-store"}  # what a link opens must not stay in a shared browser


def asset(name: str) -> str:
    """Address of a static file; it changes with the file's content, so that no browser shows yesterday's."""
    return f"/static/{name}?v={_fingerprint(name)}"


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:10]


def local(moment: datetime, form: str) -> str:
    """A moment in Asia/Shanghai; the template gives the form, as ``%-m 月 %-d 日 %H:%M``."""
    return moment.astimezone(LOCAL).strftime(form)


def telephones(text: str) -> Iterator[tuple[str, str]]:
    """Words and the telephone number behind them, as often as there is one: to be tapped, and never broken in two."""
    at = 0
    for found in TELEPHONE.finditer(text):
        yield text[at : found.start()], found[0]
        at = found.end()
    yield text[at:], ""


@cache
def environment() -> Environment:
    """The templates, with autoescaping; a name that is not given is an error, not an empty place."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals |= {"asset": asset, "CATEGORY": taxonomy.CATEGORY, "CLOSING": taxonomy.CLOSING}
    found.filters |= {"local": local, "when": times.when, "hhmm": times.clock, "telephones": telephones}
    return found


def page(
    template: str,
    values: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page from its template."""
    return HTMLResponse(environment().get_template(template).render(values), status, headers=headers or PRIVATE)


def refusal(request: Request, status: int, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """A page that says what is wrong and where to turn; it repeats nothing of the address that was asked for."""
    values = {"status": status, "of_staff": request.url.path.startswith("/console")}
    return page("refusal.html", values, status=status, headers={**PRIVATE, **(headers or {})})
