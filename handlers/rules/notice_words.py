"""What the words of a notice say about it: its kind, whose word it is, how long it holds. Pure; takes ``now``."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from handlers.rules import spoken_times
from handlers.wording import notice_words as wording
from nlp.normalise import fold

# Control characters, and marks that turn the direction of writing: they could make a text look like another one.
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
LINES = re.compile(r"\n{3,}")
EMERGENCY = "emergency"
AROUND = " \t\n。.!！、,，~～"
LEAST = 3  # letters and figures of a notice


class Validity(NamedTuple):
    """From when until when it concerns people, business time; None where it does not say."""

    start: datetime | None
    end: datetime | None


class Parted(NamedTuple):
    """Words without what was said beside them: whose word it is, and where more is said."""

    text: str
    source: str | None
    link: str | None


def cleaned(text: str) -> str:
    """The words as they are kept: no invisible characters, no more than one empty line."""
    return LINES.sub("\n\n", UNWANTED.sub("", text.replace("\r\n", "\n"))).strip()


def part(text: str) -> Parted:
    """Takes 来源：… off the end. A link stays where it is: it is shown as it was written, and known besides."""
    found = wording.SOURCE.search(text)
    source = found["source"].strip() if found is not None else None
    left = text[: found.start()].rstrip() if found is not None else text
    link = wording.LINK.search(left)
    return Parted(left, source, link.group() if link is not None else None)


def passed_on(text: str) -> str | None:
    """The field (water, power, weather …) of what somebody else decided and the office only passes on."""
    plain = wording.NOT_PASSED_ON.sub("", fold(text))
    return next((field for pattern, field in wording.PASSED_ON if pattern.search(plain)), None)


def kind_of(word: str) -> str | None:
    """A kind by its name, or by its number among those offered: 紧急的, 2, 选1吧."""
    found = wording.KIND_SAID.match(fold(word).strip(AROUND))
    if found is None:
        return None
    said = found["kind"]
    return wording.KIND_WORDS.get(said) or wording.KIND_NUMBERS[wording.DIGITS.index(said) % len(wording.KIND_NUMBERS)]


def too_short(text: str) -> bool:
    """Whether nobody could make anything of these words: 2, 没有, 。。。"""
    return fold(text).strip(AROUND) in wording.NONE or sum(map(str.isalnum, text)) < LEAST


def validity(text: str, now: datetime) -> Validity:
    """停水 14:00–18:00, 明天 9 点到 17 点, 12月3日18点前. A beginning alone says nothing of an end."""
    found = spoken_times.find(text, now)
    if found is None:
        return Validity(None, None)
    if found.end is not None:
        return Validity(found.start, found.end)
    ends = wording.UNTIL_BEFORE.search(found.before) or wording.UNTIL_AFTER.match(found.after)
    return Validity(None, found.start) if ends else Validity(None, None)


def until(answer: str, now: datetime) -> Validity | None:
    """The same of an answer to until when it holds: one moment or day alone is its end. None: unclear."""
    found = spoken_times.find(answer, now)
    if found is None:
        found = spoken_times.find(answer.rstrip() + wording.END_OF_DAY, now)
        if found is None or found.before not in wording.UP_TO:
            return None
    return Validity(found.start, found.end) if found.end is not None else Validity(None, found.start)
