"""What a message means to the community, as reading says it."""

from dataclasses import dataclass
from typing import Literal

from nlp.places import Gazetteer

Band = Literal["high", "middle", "low"]


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What is known before reading: where the group is, whether the bot was meant, the deployment's place names."""

    group_place: str = ""
    addressed: bool = False
    gazetteer: Gazetteer | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One problem of a message."""

    category: str
    urgency: str
    place: tuple[str, ...]
    text: str
    # Its words say what it is about; else the category is only likelier than the others.
    named: bool = True
    # Of a point of a list, what kind of matter it is; else it is that of the whole message.
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message means. Not a report: category and urgency are None and there are no parts."""

    is_report: bool
    band: Band
    confidence: float
    kind: str | None
    category: str | None
    also: tuple[str, ...]
    urgency: str | None
    place: tuple[str, ...]
    because: tuple[str, ...]
    cues: frozenset[str]
    parts: tuple[Part, ...]
    # It may be danger, and is not sure: whoever is on duty should hear of it.
    doubtful: bool = False
