"""A reason is a code, tapped or said: asked for with buttons in private, by the words that mean it otherwise."""

from __future__ import annotations

from handlers.message import Button, Card, Incoming, Kind
from handlers.wording import reasons as wording
from storage.tickets import Ticket

ANSWER = "answer:"


def card(ticket: Ticket, feature: str, what: str) -> Card:
    """A button for each code of a feature."""
    choices = wording.BUTTONS[feature].items()
    return Card(
        title=wording.CARD_TITLE.format(number=ticket.number, what=what),
        buttons=tuple(Button(label, f"{ANSWER}{feature}:{code}") for code, label in choices),
        ticket=ticket.number,
    )


def tapped(incoming: Incoming, feature: str) -> str | None:
    """The code whose button was pressed; None for any other message."""
    code = incoming.event.removeprefix(f"{ANSWER}{feature}:")
    return code if incoming.kind is Kind.PRESS and code in wording.BUTTONS[feature] else None


def said(words: str, feature: str) -> str | None:
    """The code whose button the words begin with, as they do in a form where it was chosen; else the first of the
    table that they name."""
    chosen = next((code for code, label in wording.BUTTONS[feature].items() if words.startswith(label)), None)
    if chosen is not None:
        return chosen
    return next((code for code, names in wording.TABLES[feature].items() if any(name in words for name in names)), None)
