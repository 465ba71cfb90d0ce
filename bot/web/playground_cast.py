"""Whom the playground can speak as, and in which chats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bot.screens import screen_of
from handlers.wording import taxonomy
from storage import invented
from storage.invented import CastMember as Person
from storage.invented import SampleGroup as Room
from storage.people import Role

__all__ = ["Cast", "Person", "Room", "cast"]


@dataclass(frozen=True, slots=True)
class Cast:
    """The invented people and the groups they sit in."""

    people: tuple[Person, ...]
    rooms: tuple[Room, ...]

    def person(self, address: str) -> Person | None:
        """Whoever has this address."""
        return next((person for person in self.people if person.address == address), None)

    def members(self, room: Room) -> tuple[Person, ...]:
        """Who sits in a group."""
        return tuple(person for person in self.people if room.chat in person.groups)

    def room(self, kind: str) -> Room:
        """The group of residents, or of staff."""
        return next(room for room in self.rooms if room.kind == kind)

    @property
    def publisher(self) -> Person:
        """Who may send notices."""
        return next(person for person in self.people if person.role == Role.ADMIN)

    @property
    def screens(self) -> Iterator[str]:
        """The screens on the page. The sample's other households have phones too, which nobody is looking at."""
        yield from (screen_of(room.chat, None) for room in self.rooms)
        yield from (screen_of(None, person.address) for person in self.people)


@cache
def cast() -> Cast:
    """The cast of every sample neighbourhood: it is the same in all of them."""
    return Cast(invented.sample_cast(), invented.sample_groups())


def role_name(person: Person) -> str:
    """What somebody is, in the word that people read."""
    return taxonomy.ROLE[person.role]
