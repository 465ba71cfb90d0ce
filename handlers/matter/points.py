"""What is kept of each point of a list: its own words, so that a desk reads its trouble and nobody reads another's.

What stands above the points is read with each, unless one of them tells on somebody.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.matter.belonging import CONFIDENTIAL
from handlers.rules import own_doors
from nlp.listed import heading, points
from nlp.normalise import fold, tight
from nlp.reading import Part
from storage.inbox import Body


def bodies(ctx: Context, said: str, parts: Sequence[Part]) -> list[Body]:
    """The words of each part: of a point its own, else all that was said."""
    whole = None if all(_is_point(part) for part in parts) else ctx.keep(said)
    apart = any(kind_of(ctx, part) in CONFIDENTIAL for part in parts)
    above = "" if apart or not points(said) else heading(said).strip()
    return [
        ctx.keep(f"{above}{_typed(said, part.text)}") if whole is None or _is_point(part) else whole for part in parts
    ]


def kind_of(ctx: Context, part: Part) -> str:
    """Its own kind of matter, else that of the message."""
    return part.kind or ctx.reading.kind or "fault"


def words_of(ctx: Context, part: Part) -> str:
    """What is told of it: of a point that, else the message."""
    return part.text if _is_point(part) else ctx.words


def place_of(ctx: Context, part: Part, kind: str) -> tuple[str, ...]:
    """Where it is: of a tip-off never the door that its reporter calls their own."""
    return own_doors.without_own(words_of(ctx, part), part.place) if kind in CONFIDENTIAL else part.place


def door_of(ctx: Context, part: Part, kind: str) -> list[str]:
    """The door of whom a tip-off is about, where it is plainly theirs."""
    return own_doors.theirs(words_of(ctx, part), place_of(ctx, part, kind)) if kind in CONFIDENTIAL else []


def _is_point(part: Part) -> bool:
    return part.kind is not None


def _typed(said: str, told: str) -> str:
    """The point as it was typed, with the telephone that stands in it."""
    told = told.strip(" ,")
    return next((one for one in points(said) if told in tight(fold(one))[0]), told)
