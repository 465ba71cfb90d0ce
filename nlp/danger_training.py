"""Learns the weights of the danger model; needed only when its examples or signs change."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp import happenings, signs, training
from nlp.fitting import Numbers, Row, fit
from nlp.lexicon import CATEGORIES
from nlp.normalise import DATA, fold, tight

# How closely the examples are fitted, and how often they are gone through.
_STRENGTH, _ROUNDS = 0.5, 25
# Weights that cannot matter are not kept: of signs, of runs of characters, of categories.
_SMALL, _SMALL_RUN, _FAINT = 0.02, 0.08, 0.15


@dataclass(frozen=True, slots=True)
class Told:
    """A labelled message: the category of the emergency that it tells, or None; and how much it counts."""

    text: str
    category: str | None
    weight: float = 1.0


def written() -> list[Told]:
    """The messages that come with Menkou: those written for danger, and those of all reports and talk."""
    found: dict[str, str | None] = {}
    heading = ""
    for line in (DATA / "danger.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line[1:-1]
        elif line and not line.startswith("#"):
            found.setdefault(line, heading if heading in CATEGORIES else None)
    for example in training.written():
        found.setdefault(example.text, None)
    return [Told(text, category) for text, category in found.items()]


def labelled(messages: Iterable[dict[str, Any]]) -> list[Told]:
    """The same from labelled messages of a corpus, but those of which two readers could not agree whether it is one."""
    return [
        Told(
            row["text"],
            row["category"] if row.get("urgency") == "emergency" else None,
            training.CHATTER if row.get("kind") == "chatter" else 1.0,
        )
        for row in messages
        if not row.get("doubt")
    ]


def train(examples: Sequence[Told]) -> dict[str, Any]:
    """Weights from examples, as they are kept in danger.json."""
    numbers = Numbers()
    sights = [_see(example.text) for example in examples]
    often = Counter(name for sight in sights for name in sight)
    # What was seen once could only learn a message by heart.
    rows = [
        numbers.row({n: v for n, v in sight.items() if often[n] > 1}, example.weight)
        for sight, example in zip(sights, examples, strict=True)
    ]
    told = _fit(rows, [example.category is not None for example in examples], numbers)
    grave = [(row, example.category) for row, example in zip(rows, examples, strict=True) if example.category]
    about = {
        category: _fit([row for row, _ in grave], [its == category for _, its in grave], numbers)
        for category in sorted({its for _, its in grave})
    }
    return {
        "bias": round(told.pop("bias"), 3),
        "danger": {name: round(value, 3) for name, value in sorted(told.items()) if abs(value) >= _least(name)},
        "category": _by_feature(about),
    }


def _least(name: str) -> float:
    return _SMALL if name[1:2] == ":" else _SMALL_RUN


def _see(text: str) -> dict[str, float]:
    folded, _ = tight(fold(text))
    share = signs.share(folded)
    runs = dict.fromkeys(sorted(signs.runs(folded)), share)
    found = signs.seen(folded)
    told = signs.told(happenings.heard(folded), found)
    return {**signs.outline(folded, found), **told, **runs, "bias": 1.0}


def _fit(rows: Sequence[Row], labels: Sequence[bool], numbers: Numbers) -> dict[str, float]:
    weights = fit(rows, labels, len(numbers.names), strength=_STRENGTH, rounds=_ROUNDS)
    return dict(zip(numbers.names, weights, strict=True))


def _by_feature(about: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for category, weights in about.items():
        for name, weight in weights.items():
            if abs(weight) >= _FAINT:
                table.setdefault(name, {})[category] = round(weight, 2)
    return dict(sorted(table.items()))


def save(weights: dict[str, Any], path: Path = DATA / "danger.json") -> None:
    """Writes weights, compact and in a stable order."""
    path.write_text(json.dumps(weights, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
