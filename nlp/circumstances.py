"""What each circumstance of a message in its chat counts, learned from authored chats; it holds nobody's words.

What the circumstances are is written in `handlers.rules.weighing`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nlp.normalise import DATA

FILE = DATA / "circumstances.json"
_LEAST = 0.02


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Weights by circumstance (log odds): of belonging to a ticket, and of being a trouble of its own."""

    joins: Mapping[str, float]
    stands: Mapping[str, float]
    authors: Sequence[str] = ()  # of whom they were learned


def load(path: Path = FILE) -> Circumstances:
    """Weights from a file that `save` wrote."""
    return Circumstances(**json.loads(path.read_text(encoding="utf-8")))


def save(learned: Circumstances, path: Path = FILE) -> None:
    """Writes them one a line, in a stable order, so that two trainings can be compared, without what hardly counts."""
    tables = {"joins": learned.joins, "stands": learned.stands}
    content: dict[str, object] = {
        name: {key: round(value, 2) for key, value in sorted(table.items()) if abs(value) >= _LEAST}
        for name, table in tables.items()
    }
    content["authors"] = sorted(learned.authors)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@cache
def _shipped() -> Circumstances:
    return load()


_chosen: Circumstances | None = None


def weights() -> Circumstances:
    """The weights in use: those that come with Menkou, unless others are tried."""
    return _chosen or _shipped()


@contextmanager
def trying(other: Circumstances | None) -> Iterator[None]:
    """Weighs with others for a while; None: those that come with Menkou."""
    global _chosen
    before, _chosen = _chosen, other
    try:
        yield
    finally:
        _chosen = before
