"""The entry that is asked for is found in words nobody wrote down, and what nothing answers gets no answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.answers import Index

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "questions.tsv").read_text(encoding="utf-8").splitlines()
    if line[0] != "#"
]
ENTRIES = [row for row in ROWS if row[0] != "-"]
UNANSWERED = [row[1] for row in ROWS if row[0] == "-"]
WAYS = 3


def figures(half: int) -> tuple[float, float]:
    """Hit at one, and the share of wrong answers among all that was asked; each way of asking is left out once."""
    hits = wrong = asked = 0
    for left_out in range(WAYS):
        index = Index([[way for number, way in enumerate(entry) if number != left_out] for entry in ENTRIES])
        for place, entry in list(enumerate(ENTRIES))[half::2]:
            found = index.answer(entry[left_out])
            hits += bool(found) and found[0].place == place
            wrong += len(found) == 1 and found[0].place != place
            asked += 1
    index, nothing = Index(ENTRIES), UNANSWERED[half::2]
    wrong += sum(bool(index.answer(question)) for question in nothing)
    return hits / asked, wrong / (asked + len(nothing))


def test_enough_was_written() -> None:
    assert len(ENTRIES) >= 60
    assert all(len(entry) == WAYS for entry in ENTRIES)
    assert len(UNANSWERED) >= 119


@pytest.mark.parametrize("half", [0, 1], ids=["tuned on", "held out"])
def test_what_is_asked_is_found_and_nothing_is_made_up(half: int) -> None:
    hit, wrong = figures(half)
    print(f"hit@1 {hit:.3f}, wrong answers {wrong:.3f}")
    assert hit >= 0.85
    assert wrong <= 0.03


def test_two_that_fit_equally_are_both_named() -> None:
    index = Index([["老年卡怎么办"], ["养犬证怎么办"], ["老年卡多少钱"]])
    assert {hit.place for hit in index.answer("老年卡")} == {0, 2}


@pytest.mark.parametrize("text", ["", "？？？", "怎么办", "请问一下", "多少钱", "几点"])
def test_a_question_without_a_subject_has_no_answer(text: str) -> None:
    assert Index(ENTRIES).answer(text) == []


def test_of_no_entries_none_fits() -> None:
    assert Index([]).answer("老年卡怎么办") == []
