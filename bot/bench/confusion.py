"""A confusion table as a picture: which category was read where which was meant, the darker the more often."""

from __future__ import annotations

from collections.abc import Mapping

from nlp.lexicon import CATEGORIES

_CELL, _LEFT, _TOP = 34, 130, 130
_LEGEND = "rows: what was meant; columns: what was read; percent of the row"
_SIZE = _CELL * len(CATEGORIES)


def svg(pairs: Mapping[tuple[str, str], int]) -> str:
    """``pairs`` counts (meant, read)."""
    marks = [_cell(row, column, pairs) for row in CATEGORIES for column in CATEGORIES]
    labels = [label for at, name in enumerate(CATEGORIES) for label in _labels(at, name)]
    width, height = _LEFT + _SIZE + 10, _TOP + _SIZE + 30
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *labels,
            *marks,
            f'<text font-size="12" x="{_LEFT}" y="{height - 8}" fill="#555">{_LEGEND}</text>',
            "</svg>\n",
        ]
    )


def _labels(at: int, name: str) -> tuple[str, str]:
    middle = at * _CELL + _CELL / 2
    x, y = _LEFT + middle + 4, _TOP - 6
    return (
        f'<text font-size="12" x="{_LEFT - 6}" y="{_TOP + middle + 4}" text-anchor="end">{name}</text>',
        f'<text font-size="12" x="{x}" y="{y}" transform="rotate(-60 {x} {y})">{name}</text>',
    )


def _cell(row: str, column: str, pairs: Mapping[tuple[str, str], int]) -> str:
    whole = sum(pairs.get((row, other), 0) for other in CATEGORIES)
    count = pairs.get((row, column), 0)
    share = count / whole if whole else 0.0
    x, y = _LEFT + CATEGORIES.index(column) * _CELL, _TOP + CATEGORIES.index(row) * _CELL
    colour = f"rgb({_blend(share, row == column)})"
    said = f"{share * 100:.0f}" if count else ""
    ink = "#fff" if share > 0.55 else "#222"
    middle, under = x + _CELL / 2, y + _CELL / 2 + 4
    return (
        f'<rect x="{x}" y="{y}" width="{_CELL - 1}" height="{_CELL - 1}" fill="{colour}"/>'
        f'<text font-size="12" x="{middle}" y="{under}" text-anchor="middle" fill="{ink}">{said}</text>'
    )


def _blend(share: float, right: bool) -> str:
    full = (24, 100, 72) if right else (176, 42, 32)
    depth = share if right else min(1.0, share * 2.5)
    return ",".join(str(round(240 + (end - 240) * depth)) for end in full)
