"""接单1，2转给物业，3已经办好了: where one message begins to speak of another ticket. Pure.

A number that stands alone belongs to what it stands closest to: 、 and a blank bind closer than a comma.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from handlers.orders import MENTION, parse
from handlers.wording import clauses as wording
from handlers.wording.everyday import COURTESY, NUMBERS
from nlp.normalise import fold, normalise

_APART = re.compile(wording.APART)
_STRONG = re.compile(wording.STRONG)
_NUMBER = re.compile(rf"(?:{wording.NUMBER}|{wording.THE_REST})")
_ALONE = re.compile(wording.ALONE)
_COURTESY = re.compile(COURTESY)
_CALLED = re.compile(wording.CALLED)
_DIGIT = re.compile(r"\d")
_THEN = re.compile(wording.THEN)


LOOK = 60  # characters in which a clause shows how it begins


@dataclass(frozen=True, slots=True)
class Clause:
    """From where to where. ``apart``: a strong sign stands before it. ``more``: tickets that are meant besides its own,
    and ``alone``: it is nothing but numbers, and nobody knows whose."""

    start: int
    end: int
    apart: bool = False
    more: tuple[int, ...] = ()
    alone: bool = False

    def of(self, text: str) -> str:
        """What it says, as it was typed."""
        return text[self.start : self.end].strip(wording.SIGNS)


def typed(said: str) -> str:
    """A message as it is cut: its lines stay, and where nothing invisible is in it, its own signs."""
    folded = _folded(said)
    return said if len(folded) == len(said) else folded


def cut(text: str) -> list[Clause]:
    """The clauses of a message that begins with an order of a ticket; fewer than two where there is nothing to cut."""
    first = _front(text)
    if not _begins(text[first:]):
        return []
    starts = [(first, False)]
    for sign in _APART.finditer(text, first):
        if _begins(text[sign.end() :]) and not _is_word(text[starts[-1][0] : sign.start()]):
            starts.append((sign.end(), _STRONG.search(sign[0]) is not None))
    ends = [*(start for start, _ in starts[1:]), len(text)]
    found = [Clause(start, end, apart) for (start, apart), end in zip(starts, ends, strict=True)]
    return list(_with_numbers(found, text)) if len(found) > 1 else found


def numbers_of(words: str) -> tuple[int, ...]:
    """The numbers that a clause begins with, or that stand behind its command."""
    order = parse(words)
    if order is not None and order.numbers:
        return order.numbers
    found = _NUMBER.match(words)
    return tuple(int(number) for number in re.findall(NUMBERS, found[0])) if found is not None else ()


def is_glued(words: str) -> bool:
    """2还没弄好, which is said of 2; and not 2，都弄好了."""
    found = _NUMBER.match(words)
    return found is not None and words[found.end() : found.end() + 1] not in wording.SIGNS


def names_number_first(words: str) -> bool:
    """2转给物业; and not 转派2 物业."""
    return words[:1].isdigit() or words.startswith("#")


def without_then(words: str) -> str:
    """A clause without the 然后 it begins with."""
    found = _THEN.match(words)
    return words[found.end() :] if found is not None else words


def _front(text: str) -> int:
    """Where it begins behind the names that were called and 收到."""
    folded = _folded(text)
    called = MENTION.match(folded)
    at = called.end() if called is not None else 0
    for pattern in (_COURTESY, _CALLED):
        before = pattern.match(folded[at:])
        at += before.end() if before is not None and parse(folded[at:]) is None else 0
    return at


def _folded(text: str) -> str:
    return "\n".join(fold(line) for line in text.split("\n"))


def _begins(rest: str) -> bool:
    words = without_then(normalise(rest[:LOOK]))
    if _NUMBER.match(words) is not None:
        return True
    order, digit = parse(words), _DIGIT.search(words)
    if order is None or order.number is None or digit is None or _STRONG.search(words[: digit.start()]):
        return False
    return _NUMBER.match(words, digit.start()) is not None  # 延期 2天 means no ticket


def _is_word(said: str) -> bool:
    """接单 before the number that it means."""
    order = parse(without_then(normalise(said)))
    return order is not None and not order.numbers and not order.rest


def _with_numbers(found: Sequence[Clause], text: str) -> Iterator[Clause]:
    """Numbers alone go to the clause before them or behind them."""
    before: Clause | None = None
    run: list[Clause] = []
    for one in found:
        if _ALONE.fullmatch(normalise(one.of(text))) is not None:
            run.append(one)
            continue
        if run:
            before, left, one = _shared(before, run, one, text)
            if left is not None:
                yield from filter(None, (before,))
                before = left
        if before is not None:
            yield before
        before, run = one, []
    yield from _last(before, run, text)


def _shared(
    before: Clause | None, run: Sequence[Clause], behind: Clause, text: str
) -> tuple[Clause | None, Clause | None, Clause]:
    """The clause before, what is nobody's, and the clause behind."""
    takes = before is not None and _is_open(before, text)
    wants = names_number_first(normalise(behind.of(text)))
    if before is not None and not takes and behind.apart and not run[0].apart:
        return replace(before, end=run[-1].end), None, behind  # 退单 2 重复 1，3转物业
    gaps = [*(one.apart for one in run), behind.apart]
    if takes and wants and gaps.count(True) != 1:
        return before, _joined(run), behind
    if not takes and not wants:
        return before, _joined(run), behind
    at = len(run) if not wants else 0 if not takes else gaps.index(True)
    if before is not None:
        before = replace(before, more=_numbers(run[:at], text))
    first = run[at] if at < len(run) else behind
    return before, None, replace(behind, apart=first.apart, more=_numbers(run[at:], text))


def _last(before: Clause | None, run: Sequence[Clause], text: str) -> Iterator[Clause]:
    if before is not None:
        mine = bool(run) and _is_open(before, text)
        if run and not mine and not run[0].apart:
            before, run = replace(before, end=run[-1].end), []  # 退单 2 重复 1
        yield replace(before, more=_numbers(run, text)) if mine else before
        run = [] if mine else run
    if run:
        yield _joined(run)


def _is_open(one: Clause, text: str) -> bool:
    """接单1: whatever number comes next may be meant as well."""
    words = normalise(one.of(text))
    order = parse(words)
    return order is not None and order.number is not None and not order.rest and not names_number_first(words)


def _joined(run: Sequence[Clause]) -> Clause:
    return Clause(run[0].start, run[-1].end, run[0].apart, alone=True)


def _numbers(run: Sequence[Clause], text: str) -> tuple[int, ...]:
    return tuple(number for one in run for number in numbers_of(normalise(one.of(text))))
