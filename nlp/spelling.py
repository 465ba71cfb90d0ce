"""What the runs of characters of a message say, to the report model and to the danger model at once.

Both know tens of thousands of runs, and most of the time of reading talk goes into looking them up: a table of both
halves it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nlp.model import GRAIN

# What the report's sum may take, either way: two million in weights.
_BITS = 32
_HALF, _LOW = 1 << (_BITS - 1), (1 << _BITS) - 1

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Both:
    report: Weights
    danger: Weights
    # Both weights in one whole number, the danger's above the report's: one sum adds up both.
    table: Mapping[str, int]


_last: _Both | None = None


def total(runs: Iterable[str], report: Weights, danger: Weights) -> tuple[float, float]:
    """The sums of the weights of these runs in both tables."""
    said = sum(filter(None, map(_both(report, danger).get, runs)))
    low = ((said + _HALF) & _LOW) - _HALF
    return low * GRAIN, ((said - low) >> _BITS) * GRAIN


def _both(report: Weights, danger: Weights) -> Mapping[str, int]:
    """The table for these weights, made anew when others were chosen."""
    global _last
    last = _last
    if last is None or last.report is not report or last.danger is not danger:
        runs = report.keys() | danger.keys()
        last = _Both(report, danger, {run: _grains(report, run) + (_grains(danger, run) << _BITS) for run in runs})
        _last = last
    return last.table


def _grains(weights: Weights, run: str) -> int:
    return round(weights.get(run, 0.0) / GRAIN)
