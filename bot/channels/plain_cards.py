"""A card where the platform has none: the same words as text, with what to type in place of each button."""

from __future__ import annotations

from bot.channels.base import Outgoing
from handlers.message import Card
from handlers.wording import desk as wording
from handlers.wording.commands import COMMANDS


def in_words(message: Outgoing, *, hint: bool = True) -> str:
    """Everything that the message and its card say. ``hint``: also what to type in place of its buttons.

    What the text says already is not said again: most texts begin with what their card shows.
    """
    card = message.card
    if card is None:
        return message.text
    lines = [(message.text if hint else beside_buttons(message.text, card)) or card.title]
    lines += [wording.CARD_LINE.format(name=name, value=value) for name, value in _untold(card, message.text)]
    if card.link and card.link not in message.text:
        lines.append(card.link)
    if hint and (words := words_for(card)):
        lines.append(wording.CARD_SAY.format(words=wording.CARD_OR.join(words)))
    return "\n".join(lines)


def beside_buttons(text: str, card: Card) -> str:
    """The text without what to type in place of buttons that stand below it, or where nobody can answer."""
    return text.replace(wording.ANSWER_IN_WORDS, "") if card.buttons else text


def words_for(card: Card) -> list[str]:
    """What to type in place of each button that is a command; answers to a question are in its own words."""
    known = (COMMANDS[button.action].words[0] for button in card.buttons if button.action in COMMANDS)
    return [wording.CARD_WORD.format(word=word, number=card.ticket or "").strip() for word in known]


def _untold(card: Card, text: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in card.fields if value and value not in text]
