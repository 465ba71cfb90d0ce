"""1 2 3都我接, 3号啥情况, 灯修好了: what staff say in everyday words, as the command it comes to. Pure.

The table is ``wording.everyday``. What is said plainly, or only asks, is done at once; the rest is asked about first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from handlers.orders import Order, called, parse
from handlers.wording import everyday as wording
from handlers.wording import everyday_dates as of_dates
from handlers.wording import everyday_many as of_many
from handlers.wording import everyday_others as of_others
from handlers.wording import everyday_several as of_several
from handlers.wording import everyday_short as shortly

Rows = tuple[tuple[str, str], ...]
LONGEST = 100  # characters
PARTS = (
    "n",
    "who",
    "rest",
    "mode",
    "name",
    "where",
    "when",
    "whom",
    "instead",
    "till",
    "days",
    "why",
    "cat",
    "to",
    "word",
)
# Of colleagues and of several at once, before and after what is said of one ticket.
_FIRST = (
    of_several.URGED_ALL,
    of_several.GIVEN,
    *of_several.IN_A_ROW,
    *of_others.HANDED_ON,
    *of_others.HANDED_OVER,
    *of_others.AWAY,
    *of_others.OWN_LEAVE,
    *of_others.NOT_TAKEN,
    *of_others.THEIRS,
    *of_dates.MORE_TIME,
    *shortly.TOLD_SHORTLY,
)
_TO_THE_BOT = (
    *of_many.TO_THE_BOT,
    *shortly.WHAT_NEXT,
    shortly.WHERE_IT_IS,
    of_others.KNOCKED,
    *of_others.HAS,
    *of_others.WAITS_FOR_ME,
    *of_others.FIGURES,
    *of_others.WHO_IS_AWAY,
    *of_others.HOW_TO,
    *of_others.FOUND,
    *wording.PLAINLY_TO_THE_BOT,
    of_others.HOW_MANY_OF,
)
_LAST = (of_several.URGED_BY_NAME, *of_others.HURRIED, of_others.NOT_TAKEN_BY)
_COURTESY = re.compile(wording.COURTESY)


@dataclass(frozen=True, slots=True)
class Everyday:
    """What somebody may mean. ``who``: a colleague or unit that there must be for it. ``each``: it is said of several
    tickets, 都 or 两个都. ``whom``: the colleague that it is about, who must be one as well."""

    order: Order
    plainly: bool = False
    who: str = ""
    each: str = ""
    whom: str = ""

    @property
    def count(self) -> int | None:
        """How many it is said of."""
        return next((of_several.COUNTS[sign] for sign in self.each if sign in of_several.COUNTS), None)


@dataclass(frozen=True, slots=True)
class Picked:
    """Which of several somebody says: numbers, the place in the row that was shown, or all."""

    numbers: tuple[int, ...] = ()
    place: int = 0
    each: bool = False

    def of(self, shown: Sequence[int], *, several: bool) -> tuple[int, ...]:
        """The numbers that are meant; nothing where that is not clear, or one alone may be meant."""
        if self.each:
            return tuple(shown) if several else ()
        if self.place:
            return tuple(shown[self.place - 1 : self.place])
        return self.numbers if several or len(self.numbers) == 1 else ()


def picked(words: str) -> Picked | None:
    """2, 2号, 第二个, 1和2, 都是; None where more is said."""
    found = re.fullmatch(of_several.PICKED, words.strip(wording.AROUND))
    if found is None:
        return None
    place = found["place"] or ""
    numbers = dict.fromkeys(int(number) for number in re.findall(wording.NUMBERS, found["n"] or ""))
    return Picked(tuple(numbers), of_several.PLACES.get(place, 0), each=bool(found["each"]))


@cache
def _table(rows: Rows) -> Sequence[tuple[re.Pattern[str], str]]:
    return tuple((re.compile(pattern), say) for pattern, say in rows)


def readings(words: str, *, to_the_bot: bool) -> Iterator[Everyday]:
    """What normalised words may mean, the likeliest first. ``to_the_bot``: said to nobody else."""
    said = called(words.strip()).strip(wording.AROUND)
    text = _COURTESY.sub("", said).strip(wording.AROUND)
    if not 0 < len(text) <= LONGEST or parse(said) is not None:
        return
    if (order := parse(text)) is not None:
        yield Everyday(order, plainly=True)  # 好的，1号我接
    yield from _fitting(
        text, (*wording.PLAINLY, of_several.TAKEN, *of_several.URGED, of_several.URGED_ONE), plainly=True
    )
    if to_the_bot:
        yield from _fitting(text, _TO_THE_BOT, plainly=True)
    yield from _fitting(text, (*_FIRST, *wording.PERHAPS, *_LAST), plainly=False)


def _fitting(text: str, rows: Rows, *, plainly: bool) -> Iterator[Everyday]:
    for pattern, say in _table(rows):
        found = pattern.fullmatch(text)
        order = _order(found, say) if found is not None else None
        if found is not None and order is not None:
            parts = found.groupdict()
            asks = order.command == "look"  # 物业还没接1号 moves nothing, where it is no nudge
            yield Everyday(order, plainly or asks, *(parts.get(name) or "" for name in ("who", "each", "whom")))


def _order(found: re.Match[str], say: str) -> Order | None:
    said = {name: (value or "").strip(wording.AROUND) for name, value in found.groupdict().items()}
    given = dict.fromkeys(PARTS, "") | said
    if re.fullmatch(of_several.ROW_ALONE, given["n"]) is None:  # 9到15 is for the command to read
        given["n"] = " ".join(dict.fromkeys(re.findall(wording.NUMBERS, given["n"])))
    given["instead"] = wording.INSTEAD.format(who=given["who"]) if given["who"] else ""
    head, _, rest = say.partition("|")
    order = parse(head.format(**given).strip())
    return replace(order, rest=" ".join(rest.format(**given).split())) if order is not None else None
