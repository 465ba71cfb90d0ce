"""What somebody says of front doors they were at: which ones, and what they found there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from handlers.notice import rounds
from handlers.notice.visiting import Learnt
from handlers.orders import Order
from handlers.wording import knocking as wording
from nlp import front_door
from nlp.front_door import FrontDoor
from nlp.normalise import fold
from storage import households
from storage.knocking import Found
from storage.people import Unit

ROOM = re.compile(wording.ROOM)
TAG_WORDS = (("elderly", wording.ELDERLY), ("alone", wording.ALONE))
FOUND_WORDS = ((Found.MOVED, wording.MOVED), (Found.TENANT, wording.TENANT), (Found.ABSENT, wording.ABSENT))
BEHIND_A_NUMBER = re.compile(wording.OF_NOTICE)


@dataclass(frozen=True, slots=True)
class Said:
    """Doors with the estate that was named, and the words besides."""

    doors: tuple[FrontDoor, ...]
    estate: Unit | None
    words: tuple[str, ...]


def read(db: Session, order: Order) -> Said | None:
    """Every door of a message; a bare room stands in the building and entrance before it. None where there is none."""
    rest = BEHIND_A_NUMBER.sub("", order.rest) if order.number is not None else order.rest
    first = front_door.read(rest)
    if first is None:
        return None
    found, words, estate = [replace(first, words=())], list[str](), None
    everywhere = households.estates(db)
    for word in first.words:
        known, left = rounds.named(word, everywhere)
        estate = known or estate
        another = front_door.read(left)
        room = ROOM.fullmatch(left)
        if another is not None:
            found.append(replace(another, words=()))
            words += another.words
        elif room is not None:
            found.append(replace(found[-1], room=room[1]))
        elif left:
            words.append(left)
    return Said(tuple(dict.fromkeys(found)), estate, tuple(words))


def learnt_from(words: Sequence[str]) -> tuple[Learnt | None, str]:
    """What the words behind a door say, and those of them that nobody understands; None where these may mean no."""
    left = fold("".join(words))
    tags = [tag for tag, known in TAG_WORDS if any(word in left for word in known)]
    found = next((what for what, known in FOUND_WORDS if any(word in left for word in known)), Found.TOLD)
    for word in sorted(wording.UNDERSTOOD, key=len, reverse=True):
        left = left.replace(word, "")
    if any(sign in left for sign in wording.NEGATIONS):
        return None, left
    if found == Found.TOLD and tags:
        found = Found.ALONE if "alone" in tags else Found.ELDERLY
    return Learnt(found, tuple(tags)), left
