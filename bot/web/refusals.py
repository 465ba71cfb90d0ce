"""A form of the console that was refused: it comes back as it was typed, open, with what is wrong beside it.

The page is the answer to what was posted, so that nothing of it stands in an address. Where the form is offered no
more, or its page may be looked at no more, what was typed stands below the reason, to be copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from bot.web import pages


@dataclass(frozen=True, slots=True)
class Refused:
    """What was refused, and why. ``typed``: its fields by name; no browser gives a photo back. ``wrong``: the field
    that is missing or wrong, where it is one."""

    why: str
    command: str = ""
    number: int = 0
    typed: Mapping[str, str] = field(default_factory=dict)
    with_photo: bool = False
    wrong: str = ""
    status: int = 422

    @property
    def kept(self) -> str:
        """What was chosen and written, as one reads it."""
        return "\n".join(filter(None, self.typed.values()))


def put_back(forms: Iterable[dict[str, Any]], refused: Refused | None) -> Refused | None:
    """Puts what was typed and why into the form it was typed in; answers it where that one is offered no more."""
    if refused is None:
        return None
    for form in forms:
        if (form["command"], form["number"]) == (refused.command, refused.number):
            form |= {"why": refused.why, "wrong": refused.wrong}
            form |= {"typed": refused.typed, "photo_again": refused.with_photo}
            return None
    return refused


def status_of(refused: Refused | None) -> int:
    """Of the page that a form stands on."""
    return refused.status if refused is not None else 200


def alone(refused: Refused) -> Response:
    """For whoever may not look at the page any more."""
    return pages.page("console_refused.html", {"refused": refused}, status=refused.status)
