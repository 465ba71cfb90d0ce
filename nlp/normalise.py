"""Makes different ways of typing the same words equal: widths, scripts, invisible characters, stray spaces."""

import re
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"

# Zero-width characters, bidirectional marks, variation selectors, soft hyphens: they carry no meaning in a report
# but break every comparison.
INVISIBLE = frozenset(
    [
        *(0x7F, 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0xFEFF, 0xFFFC),
        *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)),
        *(*range(0xE0000, 0xE0080), *range(0x09), *range(0x0E, 0x20)),
    ]
)
_SPACES = [0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F]
_LONE = re.compile(r"(?<![一-鿿])[一-鿿](?: [一-鿿](?![一-鿿]))+")
_RUN = re.compile(r" {2,}")
# Blanks inside a place: "6 号楼", "3 栋 2 单元", "3 - 2 - 501".
_INSIDE = re.compile(
    r"(?<=[\dA-Za-z一二三四五六七八九十百]) +(?=号|[栋幢座楼层室#]|单元)|(?<=号) +(?=[楼院门])"
    r"|(?<=第) +(?=[\d一二三四五六七八九十])|(?<=\d) +(?=- *\d)|(?<=-) +(?=\d)"
)
# 我这停水了: whoever says "here" speaks of home. As long as what it stands for, so that places stay where they were.
_HERE, _HOME = re.compile(r"(?<![对给跟和叫让])[我俺咱偶]这(?=[着漏停冒没有又起被断跳塌爆进淹闻])"), "我家"


@cache
def _table() -> dict[int, str | None]:
    """One table for str.translate: half-width forms, simplified characters, and what is dropped."""
    table: dict[int, str | None] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table[0x3000] = " "
    table.update((code, " ") for code in _SPACES)
    table.update((code, "-") for code in (0x2010, 0x2011, 0x2012, 0x2013, 0x2212))
    table.update((code, None) for code in INVISIBLE)
    for line in (DATA / "traditional.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            table.update((ord(pair[0]), pair[1]) for pair in line.split())
    return table


def fold(text: str) -> str:
    """Half-width, simplified, without invisible characters; spaces stay where they were."""
    return text if text.isascii() and text.isprintable() else text.translate(_table())


def origins(text: str) -> list[int] | None:
    """For each character of fold(text) its index in text; None where the two run side by side."""
    if INVISIBLE.isdisjoint(map(ord, text)):
        return None
    return [i for i, char in enumerate(text) if ord(char) not in INVISIBLE]


def tight(folded: str) -> tuple[str, list[int] | None]:
    """A folded text without blanks inside places and between lone characters, and where each character stood.

    The places are None where nothing was dropped.
    """
    if " " not in folded:
        return folded, None
    loose = {at for found in _INSIDE.finditer(folded) for at in range(*found.span())}
    loose |= {at for found in _LONE.finditer(folded) for at in range(*found.span()) if folded[at] == " "}
    if not loose:
        return folded, None
    kept = [at for at in range(len(folded)) if at not in loose]
    return "".join(folded[at] for at in kept), kept


def at_home(folded: str) -> str:
    """A folded text in which 我这 is 我家."""
    return _HERE.sub(_HOME, folded) if "这" in folded else folded


def normalise(text: str) -> str:
    """The text as commands want it: folded, single spaces, none at the ends or between lone characters."""
    flat = _RUN.sub(" ", fold(text)).strip()
    return _LONE.sub(lambda found: found.group().replace(" ", ""), flat)
