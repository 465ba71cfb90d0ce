"""``menkou bench places``: how well places are found in labelled messages, and whose desk 120 messages reach.

Exact: the words of the label, no more and no fewer. Touching: what was found and what is labelled share characters;
authors draw the line of a place differently (16栋2单元 or 16栋 and 2单元), staff find it all the same.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.bench import routing
from nlp.normalise import fold
from nlp.places import find

Range = tuple[int, int]


@dataclass(slots=True)
class Score:
    """Counts over messages."""

    both: int = 0
    wrong: int = 0
    hit: int = 0
    missed: int = 0
    useful: int = 0
    idle: int = 0

    @property
    def exact(self) -> float:
        """F1 of the very words."""
        return 2 * self.both / max(1, 2 * self.both + self.wrong)

    @property
    def touching(self) -> float:
        """F1 of places that share characters."""
        recall, precision = self.hit / max(1, self.hit + self.missed), self.useful / max(1, self.useful + self.idle)
        return 2 * recall * precision / max(0.001, recall + precision)

    def add(self, text: str, labels: Sequence[str]) -> None:
        """One message with its labelled places. ``text`` must not hold invisible characters."""
        spans = [(span.start, span.end) for span in find(fold(text))]
        found, wanted = Counter(text[start:end] for start, end in spans), Counter(labels)
        self.both += (found & wanted).total()
        self.wrong += (found - wanted).total() + (wanted - found).total()
        ranges = [(at, at + len(label)) for label in labels if (at := text.find(label)) >= 0]
        self.hit += sum(_touches(one, spans) for one in ranges)
        self.missed += sum(not _touches(one, spans) for one in ranges)
        self.useful += sum(_touches(one, ranges) for one in spans)
        self.idle += sum(not _touches(one, ranges) for one in spans)


def score(rows: Iterable[dict[str, Any]]) -> Score:
    """Over the reports of a file of labelled messages."""
    counts = Score()
    for row in rows:
        if row.get("kind") == "report":
            counts.add(row["text"], row["place"])
    return counts


class BadFile(ValueError):
    """The file holds no labelled messages; says which line."""


def labelled(path: Path) -> list[dict[str, Any]]:
    """The messages of a file. Raises BadFile."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{path} cannot be read: {type(error).__name__}") from error
    rows = [_labelled(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not any(row["kind"] == "report" for row in rows):
        raise BadFile(f"{path} has no reports")
    return rows


def _labelled(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    told = isinstance(row, dict) and isinstance(row.get("text"), str) and isinstance(row.get("kind"), str)
    if not told or (row["kind"] == "report" and not _are_words(row.get("place"))):
        raise BadFile(f'{path}: line {number} is not a message with "text", "kind" and, of a report, a list "place"')
    return dict(row)


def _are_words(place: object) -> bool:
    return isinstance(place, list) and all(isinstance(word, str) for word in place)


def run(files: Sequence[Path]) -> int:
    """Measures and prints. Raises BadFile before anything is measured."""
    read = [(path, labelled(path)) for path in files]
    if read:
        print(f"{'':32}{'exact F1':>10}{'touching':>10}")
    for path, rows in read:
        counts = score(rows)
        print(f"{'/'.join(path.parts[-2:]):32}{counts.exact:10.3f}{counts.touching:10.3f}")
    return routing.run()


def _touches(one: Range, others: Iterable[Range]) -> bool:
    return any(one[0] < end and start < one[1] for start, end in others)
