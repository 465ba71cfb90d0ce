"""From words to the unit: candidates with reasons and confidence, and whether it lies outside the red line.

Pure: the estates, landmarks and the speaker's own place are given. A name that sounds like an estate's and is none of
the deployment's is ``elsewhere``: it never falls back silently to the place that is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from handlers.rules import whereabouts
from handlers.rules.estate_names import Estates, bare
from handlers.wording import locating as wording
from nlp.named import estate_name
from nlp.numbered import BUILDING

FEW = 2  # likeliest buildings in a question
ENOUGH = 3  # numbered buildings from which on an estate's list is taken to be whole


class Why(StrEnum):
    """Why a unit is a candidate."""

    NAMED = "named"
    LANDMARK = "landmark"
    GROUP = "group"
    HOME = "home"
    HEARD = "heard"
    ONLY = "only"  # no other estate has a building of this number


CONFIDENCE: Mapping[Why, float] = {
    Why.NAMED: 0.95,
    Why.LANDMARK: 0.9,
    Why.GROUP: 0.9,
    Why.HOME: 0.85,
    Why.ONLY: 0.75,
    Why.HEARD: 0.6,
}


@dataclass(frozen=True, slots=True)
class Landmark:
    """A registered name, folded, and the unit it belongs to; ``outside`` the red line or not."""

    name: str
    unit_id: int
    building_id: int | None
    outside: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit where it may be, and why."""

    unit_id: int
    building_id: int | None
    why: Why

    @property
    def confidence(self) -> float:
        """Between 0 and 1."""
        return CONFIDENCE[self.why]


@dataclass(frozen=True, slots=True)
class Said:
    """The folded words of one problem and the places named in them."""

    text: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known without the words: where the speaker is, the estates, the landmarks that were named."""

    here: Candidate | None
    estates: Estates
    landmarks: Sequence[Landmark] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Candidates, the best first. ``elsewhere``: the words that name a place that is not ours. ``outside``: None where
    nobody can tell."""

    candidates: tuple[Candidate, ...]
    elsewhere: str | None
    outside: bool | None


def resolve(said: Said, known: Known) -> Finding:
    """Where it is, as far as the words and what is known say."""
    spoken = known.estates.named_in(said.text, said.places)
    named = [*(Candidate(one.id, None, Why.NAMED) for one in spoken), *_at_landmarks(known.landmarks)]
    ours = (known.here,) if known.here is not None else ()
    foreign = None if named else _foreign(said, known)
    found = dict.fromkeys([*named, *ours])
    return Finding(tuple(found), foreign, outside(said, known.landmarks))


def _at_landmarks(landmarks: Iterable[Landmark]) -> Iterator[Candidate]:
    for landmark in landmarks:
        yield Candidate(landmark.unit_id, landmark.building_id, Why.LANDMARK)


def _foreign(said: Said, known: Known) -> str | None:
    """What sounds like an estate and is none of those known; ``""`` for 对面小区, which has no name."""
    for place in said.places:
        if estate_name(place) and not known.estates.sounds_known(place):
            return place
    next_door = _pattern(wording.NEXT_DOOR).search(said.text)
    return "" if next_door is not None and not _has_level(said.places) else None


def _has_level(places: Sequence[str]) -> bool:
    return bool(whereabouts.levels(places))


def outside(said: Said, landmarks: Iterable[Landmark] = ()) -> bool | None:
    """Outside the red line (True), inside it (False), or nobody can tell (None)."""
    if _pattern(wording.ON_THE_ROAD).search(said.text):
        return True
    marks = [landmark.outside for landmark in landmarks]
    if set(whereabouts.levels(said.places)) or False in marks or _pattern(wording.HERE).search(said.text):
        return False
    road = any(_pattern(wording.PUBLIC_PLACE).search(place) for place in said.places)
    beyond = road or True in marks or _pattern(wording.OUTSIDE).search(said.text) is not None
    within = _pattern(wording.INSIDE).search(said.text) is not None
    if beyond and within:
        return True if road or True in marks else None
    return True if beyond else False if within else None


def building_numbers(places: Iterable[str]) -> list[str]:
    """The numbers of buildings that words of place name; lanes, rows and zones are no buildings."""
    named = [place for place in places if BUILDING.search(place)]
    return sorted(number for number in whereabouts.levels(named).get("building", ()) if number.isdigit())


def likeliest(number: str, known: Iterable[str]) -> list[str]:
    """The known building numbers that are one digit away from what was said, the nearest first."""
    near = [other for other in known if other != number and _one_digit(number, other)]
    return sorted(near, key=lambda other: (abs(len(other) - len(number)), abs(int(other) - int(number))))[:FEW]


def _one_digit(one: str, other: str) -> bool:
    """One digit more, less or different."""
    short, long = sorted((one, other), key=len)
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) == 1
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def is_whole(numbers: Sequence[str]) -> bool:
    """Whether an estate's list of buildings can be trusted to be all: enough of them, and all have numbers."""
    return len(numbers) >= ENOUGH and all(number.isdigit() for number in numbers)


def pick(text: str, labels: Sequence[str]) -> int | None:
    """Which of the numbered answers a short text gives, from 0; None where it gives none."""
    said = text.strip(wording.AROUND)
    chosen = _pattern(wording.CHOICE).fullmatch(said)
    if chosen is not None:
        number = int(whereabouts.number(chosen[1]))
        return number - 1 if number <= len(labels) else None
    named = [at for at, label in enumerate(labels) if stands_in(bare(label), said)]
    named = named or [at for at, label in enumerate(labels) if len(said) > 1 and stands_in(said, label)]
    return named[0] if len(named) == 1 else None


def stands_in(short: str, long: str) -> bool:
    """Whether a name stands in a text: 8号楼 in 是8号楼, but not in 28号楼."""
    numbered = bool(short) and short[0].isnumeric()
    found = (at.start() for at in re.finditer(re.escape(short), long)) if short else ()
    return any(not (numbered and at > 0 and long[at - 1].isnumeric()) for at in found)


def bare_number(text: str) -> str | None:
    """7, 七号, 7楼: the number that a text is, where it is no more than that."""
    found = _pattern(wording.BARE_NUMBER).fullmatch(text.strip(wording.AROUND))
    return whereabouts.number(found[1]) if found is not None else None


def declines(text: str) -> bool:
    """Neither of them, or who answers does not know."""
    return _pattern(wording.NEITHER).search(text.strip(wording.AROUND)) is not None


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
