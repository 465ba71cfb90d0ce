"""@门口 typed by hand: the platform tells of no mention, and the bot is meant all the same.

The name is taken off before anything reads the words. It is no place (a gate), and nobody who works on a ticket wants
to read it. Whoever the platform itself names is who was called.
"""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.message import Incoming, Kind
from handlers.orders import meant, parse
from handlers.wording import by_name as wording
from nlp.normalise import normalise

_FIRST = re.compile(wording.FIRST, re.IGNORECASE)
_LAST = re.compile(wording.LAST, re.IGNORECASE)
_ALONE = re.compile(wording.ALONE, re.IGNORECASE)


def spoken_to(incoming: Incoming) -> Incoming:
    """The message, meant for the bot where its name was typed before or behind what was said, or 随手拍."""
    told = called_in(incoming.text) if incoming.kind is Kind.TEXT and not incoming.mentions else None
    return meant(incoming if told is None else replace(incoming, text=told, addressed=True))


def called_in(text: str) -> str | None:
    """What was said beside the bot's name, all of it where that is nothing; None where it was not called.

    Before: with a blank or a stop behind it, or written in one with all that follows or with a command. A platform
    puts a blank behind a name that was picked, so that @门口老李 stays who he is; 保安 and their like do without.
    """
    if _ALONE.match(text) is not None:
        return text
    first = _FIRST.match(text)
    told = text[first.end() :] if first is not None else text
    if first is not None and not first["stop"] and len(told.split()) > 1 and parse(normalise(told)) is None:
        return None
    told = _LAST.sub("", told)
    return told if told != text else None
