"""Reads a call for help: words, and a line a shift with when, where and how many. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.rules import spoken_times
from handlers.wording import shifts as wording
from handlers.wording.commands import BLANKS


class CallError(ValueError):
    """What is wrong with a call, in the words for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class ShiftSaid:
    """One shift as it was written."""

    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    places: int


@dataclass(frozen=True, slots=True)
class CallSaid:
    """A call as it was written: ``text`` is all of it, for everybody to read."""

    text: str
    shifts: tuple[ShiftSaid, ...]


def read(text: str, now: datetime) -> CallSaid:
    """The call in ``text``. A single line is words and shift in one. Raises CallError."""
    lines = _lines(text)
    marked = shift_lines(text)
    told = [line for line in lines if line not in marked]
    if not marked:
        raise CallError(wording.NO_SHIFT)
    if not told and len(lines) > 1:
        raise CallError(wording.NO_WORDS)
    if len(marked) > wording.MOST_SHIFTS:
        raise CallError(wording.TOO_MANY)
    return CallSaid("\n".join(lines), tuple(_shift(line, now, alone=not told) for line in marked))


def shift_lines(text: str) -> list[str]:
    """The lines that say how many people are wanted."""
    return [line for line in _lines(text) if wording.PLACES.search(line) is not None]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _shift(line: str, now: datetime, *, alone: bool) -> ShiftSaid:
    found = wording.PLACES.search(line)
    assert found is not None
    places = spoken_times.number(found["count"]) or 0
    if not 1 <= places <= wording.MOST_PLACES:
        raise CallError(wording.BAD_COUNT.format(line=line))
    span = spoken_times.find(line[: found.start()], now)
    if span is None:
        return ShiftSaid(None, None, "" if alone else line[: found.start()].strip(BLANKS)[:80], places)
    if (span.end or span.start) <= now:
        raise CallError(wording.PAST.format(line=line))
    place = span.after if alone else span.rest
    return ShiftSaid(span.start, span.end, place.strip(BLANKS)[:80], places)


def first_words(text: str, most: int = 20) -> str:
    """What a call is about, short."""
    line = next(iter(text.splitlines()), "")
    return line if len(line) <= most else f"{line[:most]}…"
