"""What is broken, told in one breath with a tip-off, in a group on 先审后说: it waits for a person by its own words,
while the tip-off is a confidential ticket at once. Whoever confirms reads nothing of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.context import Context
from handlers.groups import holding
from handlers.matter import belonging
from handlers.message import Incoming
from handlers.rules.deadlines import EMERGENCY
from handlers.wording import joining
from nlp.normalise import normalise
from nlp.reading import Part, Reading
from storage.listening import Candidate


def calm(incoming: Incoming, ctx: Context, parts: Sequence[Part]) -> list[Part]:
    """What tells on nobody, where a person has to confirm it and something beside it tells on somebody."""
    if not holding.reviews(incoming, ctx) or any(part.urgency == EMERGENCY for part in parts):
        return []
    if belonging.is_private_trouble(ctx) or not any(map(_tells_on, parts)):
        return []
    return _calm(parts)


def by_itself(incoming: Incoming, ctx: Context, parts: Sequence[Part]) -> tuple[Incoming, Context]:
    """The message as if these parts were all of it."""
    words = joining.PIECES.join(part.text for part in parts)
    return replace(incoming, text=words), replace(ctx, reading=_of(ctx.reading, parts), words=normalise(words))


def again(candidate: Candidate, reading: Reading) -> list[Part]:
    """What a candidate means of a message that is read again: all that tells on nobody, if something else does; nothing
    where it cannot be told apart any more."""
    told = any(map(_tells_on, reading.parts))
    return _calm(reading.parts) if is_apart(candidate) and told else []


def is_apart(candidate: Candidate) -> bool:
    """Whether only a part of its message is meant."""
    return holding.APART in candidate.reading


def _calm(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.kind is not None and not _tells_on(part)]


def _tells_on(part: Part) -> bool:
    return part.kind in belonging.CONFIDENTIAL


def _of(reading: Reading, parts: Sequence[Part]) -> Reading:
    first = parts[0]
    place = tuple(dict.fromkeys(name for part in parts for name in part.place))
    told = replace(reading, kind=first.kind, category=first.category, urgency=first.urgency, place=place)
    return replace(told, parts=tuple(parts), also=tuple(part.category for part in parts[1:]), because=())
