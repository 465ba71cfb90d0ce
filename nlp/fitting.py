"""Logistic regression with L2 on sparse rows, in plain Python: needed only where weights are learned.

Dual coordinate descent after Yu, Huang and Lin, "Dual coordinate descent methods for logistic regression and maximum
entropy models", Machine Learning 85 (2011): no step size to tune, and the same rows in the same order give the same
weights to the last digit.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_NEARLY = 1e-3
_INNER = 30


@dataclass(frozen=True, slots=True)
class Row:
    """What is there of a message (numbers of features and their values), and how much the message counts."""

    at: Sequence[int]
    values: Sequence[float]
    weight: float


class Numbers:
    """Gives names numbers in the order they are first seen."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._known: dict[str, int] = {}

    def of(self, name: str) -> int:
        """The number of a name."""
        if name not in self._known:
            self._known[name] = len(self.names)
            self.names.append(name)
        return self._known[name]

    def row(self, features: Mapping[str, float], weight: float) -> Row:
        """A message as numbers."""
        return Row([self.of(name) for name in features], list(features.values()), weight)


def fit(
    rows: Sequence[Row],
    labels: Sequence[bool],
    size: int,
    *,
    strength: float,
    rounds: int,
    known: Sequence[float] | None = None,
) -> list[float]:
    """One weight a feature. ``strength``: how far one message may pull; more fits the rows closer. ``known``: what is
    known of each row's score beforehand, so that only the rest is learned."""
    known = known or [0.0] * len(rows)
    weights = [0.0] * size
    duals = [[1e-8 * row.weight, (strength - 1e-8) * row.weight] for row in rows]
    norms = [sum([value * value for value in row.values]) for row in rows]
    order = list(range(len(rows)))
    chance = random.Random(7)
    for _ in range(rounds):
        chance.shuffle(order)
        moved = 0.0
        for number in order:
            row, sign = rows[number], 1.0 if labels[number] else -1.0
            sums = [weights[at] * value for at, value in zip(row.at, row.values, strict=True)]
            margin = sign * (sum(sums) + known[number])
            step = _step(duals[number], norms[number], margin, strength * row.weight)
            if step:
                moved = max(moved, abs(step))
                by = step * sign
                for at, value in zip(row.at, row.values, strict=True):
                    weights[at] += by * value
        if moved < _NEARLY:
            break
    return weights


def _step(dual: list[float], norm: float, margin: float, most: float) -> float:
    """Moves one message's dual to where it is best while all others stay; returns by how much."""
    turned = 0.5 * norm * (dual[1] - dual[0]) + margin < 0
    mine, other, sign = (1, 0, -1.0) if turned else (0, 1, 1.0)
    before = dual[mine]
    now = before * 0.1 if most - before < 0.5 * most else before
    for _ in range(_INNER):
        slope = norm * (now - before) + sign * margin + math.log(now / (most - now))
        if abs(slope) < _NEARLY:
            break
        wanted = now - slope / (norm + most / (most - now) / now)
        now = wanted if wanted > 0 else now * 0.1
    if now == before:
        return 0.0
    dual[mine], dual[other] = now, most - now
    return sign * (now - before)
