"""The invented neighbourhood as its data file tells it: places, staff, and the people of the playground.

Every Chinese name is in ``data/sample.toml``; for more estates than it lists, names are put together from its halves.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

DATA = Path(__file__).parent / "data" / "sample.toml"
DOOR = "memory:sample"  # through which invented people speak


@dataclass(frozen=True, slots=True)
class Estate:
    """A residential estate with its grid, its property company and its residents' group."""

    name: str
    nicknames: str
    chat: str
    group: str
    grid: str
    property: str


@dataclass(frozen=True, slots=True)
class Community:
    """A community with its staff group and estates."""

    name: str
    phone: str
    chat: str
    group: str
    estates: tuple[Estate, ...]


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who works here; ``posts`` are pairs of a unit's name and a role."""

    name: str
    address: str
    cast: bool
    posts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CastResident:
    """A resident of the first estate whom the playground can speak as."""

    name: str
    address: str
    about: str
    building: int
    entrance: str
    room: str
    tags: str | None = None


@dataclass(frozen=True, slots=True)
class CastMember:
    """Whom the playground can speak as: ``address`` on the sample door, ``groups`` are chat ids they sit in."""

    name: str
    address: str
    role: str  # a key of storage.people.Role
    about: str  # where a resident lives, or the unit somebody works for
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleGroup:
    """A group of the playground; ``kind`` is residents or staff."""

    chat: str
    name: str
    kind: str


@cache
def read() -> dict[str, Any]:
    """The data file."""
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


def staff() -> tuple[StaffMember, ...]:
    """The staff the file lists, in its order."""
    return tuple(
        StaffMember(
            entry["name"],
            entry["address"],
            entry.get("cast", False),
            tuple((post["unit"], post["role"]) for post in entry["posts"]),
        )
        for entry in read()["staff"]
    )


def residents() -> tuple[CastResident, ...]:
    """The residents the file lists, in its order."""
    return tuple(CastResident(**entry) for entry in read()["cast"])


def sample_cast() -> tuple[CastMember, ...]:
    """Everybody whom the playground can speak as, residents first."""
    estate, work = sample_groups()
    living = [CastMember(who.name, who.address, "resident", who.about, (estate.chat,)) for who in residents()]
    working = [
        CastMember(who.name, who.address, who.posts[0][1], who.posts[0][0], (work.chat,)) for who in staff() if who.cast
    ]
    return (*living, *working)


def sample_groups() -> tuple[SampleGroup, SampleGroup]:
    """The residents' group and the staff group of the playground."""
    first = read()["communities"][0]
    estate = first["estates"][0]
    return (
        SampleGroup(estate["chat"], estate["group"], "residents"),
        SampleGroup(first["chat"], first["group"], "staff"),
    )


def communities(estates: int) -> list[Community]:
    """The file's communities, and as many invented ones as ``estates`` (at least the file's six) need."""
    found = [
        Community(
            entry["name"],
            entry["phone"],
            entry["chat"],
            entry["group"],
            tuple(Estate(**estate) for estate in entry["estates"]),
        )
        for entry in read()["communities"]
    ]
    missing = estates - sum(len(community.estates) for community in found)
    words = _estate_words(missing)
    found += [_community(number, words[start : start + 4]) for number, start in enumerate(range(0, len(words), 4), 1)]
    return found


def person_name(chance: Random) -> str:
    """An invented name."""
    generate = read()["generate"]
    return str(chance.choice(generate["surnames"]) + chance.choice(generate["given"]))


def building_name(number: int) -> str:
    """What building ``number`` of an estate is called."""
    return str(read()["words"]["building"].format(number=number))


def _estate_words(needed: int) -> list[str]:
    generate = read()["generate"]
    pairs = [first + second for second in generate["second"] for first in generate["first"]]
    words: list[str] = []
    for round_number in count(1):
        words += [word if round_number == 1 else f"{word}{round_number}" for word in pairs]
        if len(words) >= needed:
            return words[: max(needed, 0)]
    raise AssertionError("count() does not end")


def _community(number: int, estate_words: list[str]) -> Community:
    words, generate = read()["words"], read()["generate"]
    first = generate["first"]
    lap, place = divmod(number - 1, len(first))
    word = first[place] + (str(lap + 1) if lap else "")
    return Community(
        words["community"].format(word=word),
        f"000-556{number:04}",
        f"community-{number}-work",
        words["community_group"].format(word=word),
        tuple(_estate(estate, f"estate-{number}-{i}") for i, estate in enumerate(estate_words, 1)),
    )


def _estate(word: str, chat: str) -> Estate:
    words = read()["words"]
    return Estate(
        words["estate"].format(word=word),
        word,
        chat,
        words["estate_group"].format(word=word),
        words["grid"].format(word=word),
        words["property"].format(word=word),
    )
