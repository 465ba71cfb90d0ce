"""Commands that were spoken: the platform's recognition writes 接单一零四三, 幺零四三接单 or 接单 1043。. Pure."""

from __future__ import annotations

import re

from handlers.orders import parse, word_in
from handlers.wording import spoken_orders as wording
from handlers.wording.commands import BLANKS

_LEADING = re.compile(
    rf"(?P<said>{wording.NUMERALS})\s*(?:{wording.OF_A_TICKET})?[\s,，。、]*(?P<rest>\D.*)", re.DOTALL
)
_BEHIND = re.compile(
    rf"{wording.BETWEEN}*(?P<said>{wording.NUMERALS})(?P<mark>{wording.OF_A_TICKET}|(?={wording.BETWEEN})|$)"
)
_LONG = re.compile(
    rf"[\s,，。、:：]*(?P<said>{wording.DIGITS}{{3,9}})(?!{wording.DIGITS}|{wording.NO_TICKET})(?P<mark>)"
)
MOST = 999_999_999


def number_of(said: str) -> int | None:
    """一零四三 and 一千零四十三 as 1043; None where it is no number."""
    if not any(sign in wording.TENS for sign in said):
        return int("".join(str(wording.VALUES[sign]) for sign in said)) if len(said) <= 9 else None
    total, last = 0, 0
    for sign in said:
        if sign in wording.TENS:
            total += (last or 1) * wording.TENS[sign]
            last = 0
        else:
            last = wording.VALUES[sign]
    return min(total + last, MOST)


def typed(words: str) -> str:
    """The words as they would have been typed. What is no command stays what it is."""
    text = words.strip(BLANKS)
    leading = _LEADING.fullmatch(text)
    if leading is not None and (number := number_of(leading["said"])) is not None:
        rest = leading["rest"].strip(BLANKS)
        if parse(rest) is not None:
            return f"{number} {rest}"
    found = word_in(text)
    if found is None:
        return text
    word, after = found
    numbers: list[str] = []
    while (match := _BEHIND.match(after) or _LONG.match(after)) is not None:
        numbers.append(str(number_of(match["said"])))
        after = after[match.end() :]
    return f"{word} {' '.join(numbers)} {after.strip(BLANKS)}".strip() if numbers else text
