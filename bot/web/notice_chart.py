"""The curve of a notice as lines of a drawing: pure, from points to coordinates.

Figures hold until the next point, so lines are steps: a long flat piece is one in which nobody looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WIDTH, HEIGHT = 640, 230
LEFT, RIGHT, TOP, BOTTOM = 58, 16, 14, 30
CORNER = 14  # where a moment would stand on the lowest number
NAMES = ("sent", "seen", "confirmed", "knocked")
STEPS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080)
)
MOST_TICKS = 6
SHORTEST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure over time. ``path`` is the drawing, ``last`` where it ends."""

    name: str
    path: str
    last: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything a drawing needs: lines, and where numbers and moments stand at its edges."""

    lines: Sequence[Line]
    across: Sequence[tuple[float, datetime]]
    up: Sequence[tuple[float, int]]


Moment = tuple[datetime, dict[str, int]]


def draw(moments: Sequence[Moment], households: int) -> Chart:
    """``moments``: the oldest first, each with its figures; the first is the beginning, where nothing had happened."""
    begun, ended = moments[0][0], max(moments[-1][0], moments[0][0] + SHORTEST)
    span = (ended - begun).total_seconds()
    top = max(households, 1)

    def x(at: datetime) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (at - begun).total_seconds() / span, 1)

    def y(count: int) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(count, top) / top, 1)

    lines = []
    for name in NAMES:
        steps = [(x(at), y(figures[name])) for at, figures in moments]
        path = f"M{steps[0][0]} {steps[0][1]}" + "".join(f"H{across}V{up}" for across, up in steps[1:])
        last = moments[-1][1][name]
        if last or name != "knocked":
            lines.append(Line(name, path, last))
    across = [(x(at), at) for at in _ticks(begun, ended) if x(at) > LEFT + CORNER]
    return Chart(lines, across, [(y(n), n) for n in _counts(top)])


def _ticks(begun: datetime, ended: datetime) -> list[datetime]:
    step = next((step for step in STEPS if (ended - begun) / step <= MOST_TICKS), STEPS[-1])
    day = begun.replace(hour=0, minute=0, second=0, microsecond=0)
    first = day + step * -(-(begun - day) // step)
    return [first + step * nth for nth in range(MOST_TICKS + 1) if first + step * nth <= ended]


def _counts(top: int) -> list[int]:
    return sorted({0, top // 2, top}) if top > 1 else [0, 1]
