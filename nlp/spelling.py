"""What the runs of characters of a message say, to the report model and to the danger model at once.

Both know tens of thousands of runs, and most of the time of reading talk goes into looking them up: a table of both
halves it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Both:
    report: Weights
    danger: Weights
    # The report's weight as the real part and the danger's as the imaginary one: one sum adds up both.
    table: Mapping[str, complex]


_last: _Both | None = None


def total(runs: Iterable[str], report: Weights, danger: Weights) -> tuple[float, float]:
    """The sums of the weights of these runs in both tables."""
    said = sum(filter(None, map(_both(report, danger).get, runs)))
    return said.real, said.imag


def _both(report: Weights, danger: Weights) -> Mapping[str, complex]:
    """The table for these weights, made anew when others were chosen."""
    global _last
    last = _last
    if last is None or last.report is not report or last.danger is not danger:
        runs = report.keys() | danger.keys()
        last = _Both(report, danger, {run: complex(report.get(run, 0.0), danger.get(run, 0.0)) for run in runs})
        _last = last
    return last.table
