"""+1，我们12栋的下水也反味, when nobody had said anything of it: what agrees is read as if it were told first."""

from __future__ import annotations

import pytest

from nlp.agreeing import told_first
from nlp.reading import ReadingContext

GROUP = ReadingContext()


@pytest.mark.parametrize(
    ("said", "band", "category"),
    [
        ("+1，我们12栋的下水也反味", "high", "drainage"),
        ("同问，我们3号楼也停水了", "high", "utilities"),
        ("+1 我们5栋也没水", "high", "utilities"),
        ("我家也停水了", "high", "utilities"),
        ("我家也是，停水了", "high", "utilities"),
        ("附议，俺们单元门也坏了", "high", "building"),
        ("+1 我家门口也是这堆", "middle", "fire_safety"),
        ("+1，我家也没水，等通知吧", "middle", "utilities"),
    ],
)
def test_what_agrees_tells_a_trouble_by_itself(said: str, band: str, category: str) -> None:
    reading = told_first(said, GROUP)
    assert reading is not None
    assert (reading.band, reading.parts[0].category) == (band, category)


@pytest.mark.parametrize(
    "said",
    [
        "+1",
        "我家也是",
        "我们单元也是",
        "同问",
        "就是就是 下水味儿忒大",
        "+1 我们楼下超市也贵",
        "我家也想装一个",
        "我家孩子也在那个班",
        "3号楼路灯坏了",
        "",
    ],
)
def test_what_only_agrees_or_tells_of_nothing_here_tells_none(said: str) -> None:
    assert told_first(said, GROUP) is None
