"""Buttons of a card as the lines of a menu message, and a tapped line as the button again.

Source: official document "customer service messages", type ``msgmenu``. A tap comes back as a text message whose
``bizmsgmenuid`` is the id that the line had; the person reads the line as something they said.
"""

from __future__ import annotations

import re
from typing import Any

from handlers.message import Card

LONGEST_HEAD = 1024  # bytes before the lines: no document gives a limit, the sister platform's is this
_ID = re.compile(r"([a-z_]{1,20}(?:\.[a-z_]{1,20})?)\.([0-9]{1,9})")


def menu(text: str, card: Card) -> dict[str, Any] | None:
    """The content of a menu message; None where the card has nothing to tap or the text is too long for one."""
    if not card.buttons or card.ticket is None or not text or len(text.encode()) > LONGEST_HEAD:
        return None
    lines = [
        {"id": f"{button.action.replace(':', '.')}.{card.ticket}", "content": button.label} for button in card.buttons
    ]
    return {"head_content": text, "list": lines, "tail_content": ""}


def button_of(choice: str) -> tuple[str, str] | None:
    """Action and ticket of a tapped line; None where it is no line of ours."""
    found = _ID.fullmatch(choice)
    return (found[1].replace(".", ":"), found[2]) if found is not None else None
