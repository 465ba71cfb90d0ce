"""The picture of 统计: what was reported, where it stands, and each rate with its numerator. A PNG for a phone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.results_picture import BAR, DONE, INK, MARGIN, OPEN, SOFT, WIDTH, Sheet, bars
from handlers.rules import periods_said
from handlers.wording import statistics as wording
from storage.statistics import Figures, Scope

LINE = 92  # pixels of a rate
TOP = 262


def draw(font: Path, scope: Scope, found: Figures) -> bytes:
    """The picture of a scope's figures."""
    states = wording.states(found)
    rates = [(name, getattr(found, part), getattr(found, whole)) for name, part, whole in wording.RATES]
    rates.append((wording.ONE_GRID, found.levels.get("grid", 0), found.solved))
    period = periods_said.between(scope.begin, scope.end)
    height = TOP + 110 + LINE * len(rates) + (110 + 84 * len(states) if states else 0) + 130
    sheet = Sheet(font, height)
    sheet.text(MARGIN, 64, wording.TITLE.format(unit=scope.unit.name), 52, INK, WIDTH - 2 * MARGIN)
    about = wording.SUBTITLE.format(period=period, what=wording.about(tuple(scope.categories)))
    sheet.text(MARGIN, 142, about, 40, SOFT, WIDTH - 2 * MARGIN)
    head = f"{wording.OPENED_ROW} {found.opened} {wording.PIECES}"
    if found.own:
        head = f"{head} · {wording.OWN_ROW} {found.own} {wording.PIECES}"
    sheet.text(MARGIN, 206, head, 40, INK, WIDTH - 2 * MARGIN)
    sheet.rule(TOP + 14)
    top = _rates(sheet, TOP + 44, rates)
    if states:
        bars(sheet, top + 20, wording.STATES_HEAD, states, BAR)
    sheet.text(MARGIN, height - 92, wording.PICTURE_FOOT, 32, SOFT, WIDTH - 2 * MARGIN)
    return sheet.png()


def _rates(sheet: Sheet, top: int, rates: Sequence[tuple[str, int, int]]) -> int:
    """A line for each rate: its name, a bar as long as the rate, and what it was counted from."""
    left, room = MARGIN + 300, WIDTH - 2 * MARGIN - 300 - 330
    for place, (name, part, whole) in enumerate(rates):
        middle = top + 46 + place * LINE
        sheet.text(MARGIN, middle - 24, name, 38, INK, 280)
        if whole:
            sheet.bar(left, middle, max(room * part // whole, 8), DONE if part == whole else BAR)
            sheet.text(left + room + 24, middle - 24, f"{wording.percent(part, whole)}  {part}/{whole}", 34, SOFT, 300)
        else:
            sheet.text(left, middle - 24, wording.NO_RATE.format(name="").strip(), 34, OPEN, 400)
    return top + LINE * len(rates)
