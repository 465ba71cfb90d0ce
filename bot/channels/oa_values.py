"""What a value of a template may be, by the type in its key.

The platform's rules, told by those who met them rather than by one document: they are kept here so that a form is not
refused, and are the stricter reading where accounts of them differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.channels.flat import clean
from handlers.wording.help import DUTY_LINE
from handlers.wording.menu import NOTHING

MORE = "\N{HORIZONTAL ELLIPSIS}"
MOMENTS = frozenset({"due", "when"})
PHRASE, THING, STRING, PHONE = 5, 20, 32, 17  # characters
_NOT_HAN = re.compile(r"[^\u4e00-\u9fff]")
_NOT_ASCII = re.compile(r"[^\x20-\x7e]")
_NUMBER = re.compile(r"[0-9]{1,32}")
_DIGIT = re.compile(r"[0-9]")
_PHONE = re.compile(r"[-+0-9]{3,17}")


def _thing(text: str) -> str:
    """One line of at most 20 characters; what is too long ends in an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= THING else line[: THING - 1] + MORE


def _phrase(text: str) -> str:
    return _NOT_HAN.sub("", text)[:PHRASE]


def _string(text: str) -> str:
    return _NOT_ASCII.sub("", text).strip()[:STRING]


def _first(shape: re.Pattern[str]) -> Callable[[str], str]:
    def find(text: str) -> str:
        found = shape.search(text)
        return found[0] if found is not None else ""

    return find


def _moment(text: str) -> str:
    return _thing(text) if _DIGIT.search(text) else ""


TYPES: Mapping[str, Callable[[str], str]] = {
    "thing": _thing,
    "const": _thing,  # one of the words that the platform's console lists: its state is best given as fixed words
    "phrase": _phrase,
    "character_string": _string,
    "number": _first(_NUMBER),
    "phone_number": _first(_PHONE),
    "time": _moment,
    "date": _moment,
}
FITS: Mapping[str, frozenset[str]] = {
    "phrase": frozenset({"state"}),
    "character_string": frozenset({"number", "phone"}),
    "number": frozenset({"number"}),
    "phone_number": frozenset({"phone"}),
    "time": MOMENTS,
    "date": MOMENTS,
}
"""Types that only some fields fit; the others hold any."""
INSTEAD: Mapping[str, str] = {"thing": NOTHING, "const": NOTHING, "phrase": NOTHING, "phone_number": DUTY_LINE}


def filled(kind: str, name: str, form: Mapping[str, str]) -> str | None:
    """The value of a key of this type; None where there is none, and nothing can stand in for it."""
    text = clean(form.get(name, ""))
    if kind in ("time", "date") and not _DIGIT.search(text):
        text = form.get("when", "")
    return TYPES[kind](text) or INSTEAD.get(kind)


def fixed(kind: str, words: str) -> bool:
    """Whether words that never change fit a key of this type as they are."""
    if kind in ("time", "date"):
        return False  # a moment that never changes says nothing
    return bool(words.strip()) and TYPES[kind](words) == words
