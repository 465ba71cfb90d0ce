"""The picture of a month's results: three figures, what it was about, why some are open. A PNG for a phone.

It needs a font with Chinese characters, which Debian's fonts-noto-cjk and fonts-wqy-microhei bring; we carry none. A
host without one gets no picture, and ``menkou doctor`` says so.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from handlers.wording import results as wording

MIME = "image/png"
WIDTH, MARGIN = 1080, 72
PAPER, INK, SOFT, LINE = "#fffdf8", "#1f2a24", "#5c6b62", "#e4dfd2"
BAR, DONE, OPEN = "#2f7d5b", "#2f7d5b", "#b4611a"
PLACES = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
)
FACES = {"NotoSansCJK-Regular.ttc": 2}  # of the fonts in one file, the one for simplified characters


def font_file(chosen: Path | None) -> Path | None:
    """The font to draw with: the operator's, else the first that Debian's packages bring; None where there is none."""
    candidates = (chosen,) if chosen is not None else tuple(Path(place) for place in PLACES)
    return next((path for path in candidates if path.is_file()), None)


def draw(font: Path, place: str, month: str, figures: Mapping[str, Any]) -> bytes:
    """The picture. ``month`` as ``2026-02``."""
    about, why = wording.about(figures), wording.why(figures)
    height = 600 + sum(110 + 84 * len(rows) for rows in (about, why) if rows)
    sheet = Sheet(font, height)
    sheet.text(MARGIN, 64, place, 52, INK, WIDTH - 2 * MARGIN)
    sheet.text(MARGIN, 142, wording.TITLE.format(month=wording.month(month)), 40, SOFT)
    _three(sheet, figures)
    top = 470
    if about:
        top = bars(sheet, top, wording.ABOUT, about, BAR)
    if why:
        top = bars(sheet, top, wording.WHY, why, OPEN)
    sheet.text(MARGIN, height - 92, wording.FOOT, 32, SOFT, WIDTH - 2 * MARGIN)
    return sheet.png()


def _three(sheet: Sheet, figures: Mapping[str, Any]) -> None:
    values = {**figures, "open": sum(figures["open"].values())}
    shown = [(name, label) for name, label in wording.FIGURES if values[name] or name == "done"]
    step = (WIDTH - 2 * MARGIN) // len(shown)
    colours = {"reported": INK, "done": DONE, "explained": SOFT, "open": OPEN}
    for place, (name, label) in enumerate(shown):
        left = MARGIN + place * step
        sheet.text(left, 222, str(values[name]), 108, colours[name], step - 24)
        sheet.text(left, 362, label, 38, SOFT)
    sheet.rule(440)


def bars(sheet: Sheet, top: int, title: str, rows: Sequence[tuple[str, int]], colour: str) -> int:
    """Bars below a title; answers where they end."""
    sheet.text(MARGIN, top, title, 40, INK)
    most, label_width = max(count for _, count in rows), 380
    left, room = MARGIN + label_width, WIDTH - 2 * MARGIN - label_width - 130
    for place, (label, count) in enumerate(rows):
        middle = top + 110 + place * 84
        sheet.text(MARGIN, middle - 24, label, 38, INK, label_width - 20)
        sheet.bar(left, middle, max(room * count // most, 8), colour)
        sheet.text(left + room * count // most + 24, middle - 24, f"{count} {wording.UNIT}", 36, SOFT)
    return top + 110 + len(rows) * 84


class Sheet:
    """A sheet of paper; places on it are in pixels from its upper left corner."""

    def __init__(self, font: Path, height: int) -> None:
        self._font, self._image = font, Image.new("RGB", (WIDTH, height), PAPER)
        self._pen = ImageDraw.Draw(self._image)

    def text(self, left: int, top: int, words: str, size: int, colour: str, room: int | None = None) -> None:
        """Words in one line; what would not fit into ``room`` is written smaller."""
        while room is not None and size > 18 and _face(self._font, size).getlength(words) > room:
            size -= 2
        self._pen.text((left, top), words, font=_face(self._font, size), fill=colour)

    def bar(self, left: int, middle: int, width: int, colour: str) -> None:
        """A bar whose middle line lies at ``middle``."""
        self._pen.rounded_rectangle((left, middle - 20, left + width, middle + 20), 8, fill=colour)

    def rule(self, top: int) -> None:
        """A thin line across."""
        self._pen.line((MARGIN, top, WIDTH - MARGIN, top), fill=LINE, width=3)

    def png(self) -> bytes:
        """The picture as a file."""
        out = io.BytesIO()
        self._image.save(out, "PNG", optimize=True)
        return out.getvalue()


@cache
def _face(font: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font), size, index=FACES.get(font.name, 0))
