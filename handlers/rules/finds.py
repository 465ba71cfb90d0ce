"""巡查: what one message of staff tells of, and which earlier find it speaks of. Pure.

Whoever walks a beat writes one find behind the other, and work talk in between. What names another building or another
thing is never part of what they told before: lost there, nobody would see to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handlers.orders import MENTION
from handlers.rules import sameness, whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.likeness import Known, Said, elsewhere
from handlers.rules.sameness import Verdict, Why
from handlers.rules.subjects import apart
from handlers.wording import joining
from handlers.wording import patrolling as wording
from nlp.normalise import fold
from nlp.places import find

_POINT = re.compile(wording.POINT, re.MULTILINE)
_PATROL = re.compile(joining.PATROL)
_OF_WORK = re.compile(joining.OF_WORK)
_CLAUSE = re.compile(wording.CLAUSE)
CLOSELY = 2  # pairs of characters that are no chance
ALONE = 8  # characters: they say nothing but that


@dataclass(frozen=True, slots=True)
class Item:
    """One of several things told in a message, with the place that stands above all of them."""

    text: str
    place: tuple[str, ...] = ()


def items(text: str) -> list[Item]:
    """What a message tells, point by point or line by line; else by the places that it names one after another."""
    points = list(_POINT.finditer(text))
    if len(points) > 1:
        starts = [point.end() for point in points]
        ends = [point.start() for point in points[1:]] + [len(text)]
        return _below(text[: points[0].start()], [text[at:end] for at, end in zip(starts, ends, strict=True)])
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        first = lines[0].rstrip()
        return _below(first, lines[1:]) if first.endswith((":", "：")) else _below("", lines)
    return _by_place(text)


def _below(heading: str, told: list[str]) -> list[Item]:
    place = tuple(span.text for span in find(fold(heading)))
    return [Item(one.strip(), place) for one in told if one.strip()]


def _by_place(text: str) -> list[Item]:
    """Cut where another building or entrance is named; below the building that was named before."""
    told: list[Item] = []
    here: tuple[str, ...] = ()
    start = 0
    for clause in _clauses(text):
        named = tuple(span.text for span in find(fold(text[clause])))
        if whereabouts.conflict(named, here) in ("building", "unit"):
            told.append(Item(text[start : clause.start].strip(wording.AROUND), here))
            start, here = clause.start, within(here, named)
        else:
            here = (*here, *named)
    return [*told, Item(text[start:].strip(wording.AROUND), here)]


def within(above: Sequence[str], place: tuple[str, ...]) -> tuple[str, ...]:
    """A place that names no building, in that of ``above``."""
    if "building" in whereabouts.levels(place):
        return place
    return (*(word for word in above if "building" in whereabouts.levels([word])), *place)


def _clauses(text: str) -> list[slice]:
    ends = [found.end() for found in _CLAUSE.finditer(text)]
    return [slice(at, end) for at, end in zip([0, *ends], [*ends, len(text)], strict=True)]


def unplaced(text: str) -> str:
    """A folded text without what any two of staff have in common: the bot's name, places, that it was found."""
    text = MENTION.sub("", text)
    for span in find(text):
        text = text.replace(span.text, ".")
    return _PATROL.sub(".", text)


def judge(said: Said, known: Known) -> Verdict | None:
    """Whether a find is one that was told before: what may be the same trouble, and has something in common with it."""
    verdict = sameness.judge(said, known)
    if verdict is None or known.quoted or known.urgency == EMERGENCY or known.wordless:
        return verdict
    if said.places and known.places and not whereabouts.agree(said.places, known.places):
        return verdict if known.shared >= CLOSELY else None  # 东门, behind 3号楼门口
    return verdict if known.shared or said.subjects & known.subjects else None


def judge_of(text: str, *, tells: bool) -> Callable[[Said, Known], Verdict | None]:
    """How to judge what staff say to the bot alone: 今晚谁值班, right behind what they told, is no part of it
    unless it speaks of the same thing. ``tells``: it tells of a trouble."""
    return goes_on if not tells and _OF_WORK.search(text) is not None else sameness.judge


def goes_on(said: Said, known: Known) -> Verdict | None:
    """Whether work talk is about what the speaker found: the same thing, and nowhere else."""
    if not known.mine or elsewhere(said, known) or apart(said.subjects, known.subjects):
        return None
    if known.quoted:
        return Verdict(Why.QUOTED, 9)
    if _is_over(said, known):
        return Verdict(Why.TOLD_ON, 4)
    close = known.shared and known.own_quiet is not None and known.own_quiet <= sameness.ADDITIONS
    if close or known.shared >= CLOSELY or said.subjects & known.subjects:
        return Verdict(Why.SAME_WORDS, 3)
    return None


def _is_over(said: Said, known: Known) -> bool:
    """已清理, behind it: however short, it is said of what they found last."""
    if "solved" not in said.cues or said.places or known.own_quiet is None:
        return False
    return known.own_quiet <= (sameness.ADDITIONS if said.length <= ALONE else sameness.BURST)
