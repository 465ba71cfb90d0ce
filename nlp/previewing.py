"""What other words and place names would change: the same messages read both ways. Made to run in a process of its own,
since it changes what its process knows while it reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp import model, own
from nlp.own import Entry
from nlp.places import Gazetteer
from nlp.reading import ReadingContext, read
from nlp.training import Example, written
from nlp.trial import Answer, Marks, marks


@dataclass(frozen=True, slots=True)
class World:
    """What a deployment teaches: its own words, and the names of its places with their keys."""

    entries: tuple[Entry, ...]
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Job:
    """Both worlds, the deployment's own weights if it has any, and messages to read."""

    before: World
    after: World
    texts: tuple[str, ...]
    weights: Path | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a message would be taken for: a report of this category, or none; and the places that were found."""

    category: str | None
    place: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flip:
    """A message that would be read differently: its place in the list it came from."""

    at: int
    before: Seen
    after: Seen


@dataclass(frozen=True, slots=True)
class Difference:
    """Flips among the messages that come with Menkou and among the given ones, and the figures of the former."""

    shipped: tuple[Flip, ...]
    given: tuple[Flip, ...]
    before: Marks
    after: Marks


def compare(job: Job) -> Difference:
    """Reads everything in both worlds. Leaves this process in neither: with what comes with Menkou."""
    model.use(model.load(job.weights) if job.weights is not None else None)
    known = written()
    try:
        old, old_given = _read(job.before, known, job.texts)
        new, new_given = _read(job.after, known, job.texts)
    finally:
        own.use(())
        model.use(None)
    return Difference(
        _flips(old, new), _flips(old_given, new_given), marks((), _answers(known, old)), marks((), _answers(known, new))
    )


def _read(world: World, known: Sequence[Example], texts: Sequence[str]) -> tuple[list[Seen], list[Seen]]:
    own.use(world.entries)
    context = ReadingContext(gazetteer=Gazetteer(world.names))
    return [_seen(one.text, context) for one in known], [_seen(text, context) for text in texts]


def _seen(text: str, context: ReadingContext) -> Seen:
    reading = read(text, context)
    return Seen(reading.category, reading.place)


def _flips(old: Sequence[Seen], new: Sequence[Seen]) -> tuple[Flip, ...]:
    pairs = enumerate(zip(old, new, strict=True))
    return tuple(Flip(at, before, after) for at, (before, after) in pairs if before != after)


def _answers(known: Sequence[Example], seen: Sequence[Seen]) -> list[Answer]:
    return [Answer(one, said.category is not None, said.category) for one, said in zip(known, seen, strict=True)]
