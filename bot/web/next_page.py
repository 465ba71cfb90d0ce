"""What came of a press on the console is said on the next page, once. On the way there it lies sealed in the person's
own browser: it names places and people, and belongs in no address.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web import pages
from bot.wiring import App
from storage.people import Staff
from storage.vault import VaultError

COOKIE, SEALED, PATH = "menkou_said", "console.said", "/console"
LONGEST = 800  # characters: a cookie holds about 4,000 bytes
SECONDS = 120  # how long the next page may take


def leads_to(app: App, to: str, said: str, staff_id: int) -> Response:
    """The way to the next page, which says it to this person and nobody else."""
    answer = RedirectResponse(to, 303, headers=pages.PRIVATE)
    if said:
        sealed = app.vault.seal(said[:LONGEST], SEALED, str(staff_id))
        secure = urlsplit(app.settings.public_url).scheme == "https"
        answer.set_cookie(COOKIE, sealed, max_age=SECONDS, path=PATH, httponly=True, samesite="lax", secure=secure)
    return answer


def said_before(app: App, request: Request, staff: Staff) -> str:
    """What came of the last press; nothing where there is none, or where somebody else has signed in since."""
    try:
        return app.vault.open(request.cookies.get(COOKIE, ""), SEALED, str(staff.id))
    except (VaultError, ValueError):
        return ""


def show(template: str, values: dict[str, Any], *, status: int = 200) -> Response:
    """A page; what it says of the last press is said once."""
    answer = pages.page(template, values, status=status)
    if values.get("said"):
        answer.delete_cookie(COOKIE, path=PATH)
    return answer
