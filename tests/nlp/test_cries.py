"""Cries: messages that are nothing but a call for help, as people send them who have no time to write more."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.reading import ReadingContext, read

LINES = [
    line.split("\t")
    for line in (Path(__file__).parent / "cries.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
TO_THE_BOT = ReadingContext(addressed=True)


def said(where: str) -> list[str]:
    return [text for kind, text in LINES if kind == where]


def test_in_a_group_they_ring() -> None:
    assert [text for text in said("all") if read(text).urgency != "emergency"] == []


def test_said_to_the_bot_they_ring() -> None:
    assert [text for text in said("bot") if read(text, TO_THE_BOT).urgency != "emergency"] == []
    assert [text for text in said("bot") if read(text).urgency == "emergency"] == []


def test_words_like_them_ring_nowhere() -> None:
    assert [text for text in said("none") if read(text, TO_THE_BOT).urgency == "emergency"] == []


@pytest.mark.parametrize(
    ("text", "category"),
    [("3号楼厨房着火了，快来人", "fire_safety"), ("孩子被陌生人抱走了", "security"), ("液化气爆炸了", "utilities")],
)
def test_it_says_what_and_why(text: str, category: str) -> None:
    reading = read(text)
    assert (reading.urgency, reading.category, reading.band) == ("emergency", category, "high")
    assert reading.because[0].startswith("紧急：说")


def test_told_of_elsewhere_or_asked_they_are_none() -> None:
    for text in ("隔壁小区厨房着火了", "听说商场那边有人晕倒了", "厨房着火了吗", "昨天阳台着火了"):
        assert read(text).urgency != "emergency", text
