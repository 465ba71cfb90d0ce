"""Corrections on top of the weights that are there: learned, explained, without forgetting what was known."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp import model, tuning, unlearned
from nlp.reading import read
from nlp.training import Example, written
from nlp.unlearned import Unbelieved

KNOWN = written()[::4]
# What a film crew says in its location's group sounds like reports, plainly.
FILM = [
    "路灯不亮了，灯光组来换一盏，下一场拍夜戏",
    "路灯不亮了，道具组那盏，拍戏用的",
    "路灯不亮了，剧组的假灯，等会儿拍戏再开",
]


def tuned(*taught: Example) -> model.Weights:
    return tuning.tune(model.weights(), taught, KNOWN)


def test_what_was_told_plainly_is_unlearned_and_the_clerk_reads_why() -> None:
    assert read(FILM[0]).is_report
    weights = tuned(*(Example(text, None) for text in FILM))
    model.use(weights)
    for text in FILM:
        reading = read(text)
        assert not reading.is_report, text
        assert any("同事说过3次这样不算报事" in why for why in reading.because), reading.because


def test_an_exception_is_as_narrow_as_what_was_corrected() -> None:
    model.use(tuned(Example(FILM[0], None), Example("三号楼门口路灯不亮了", "road_facility")))
    assert read("东门路灯不亮了").is_report
    assert any("又提到" in why for why in read(FILM[0]).because)
    [exception] = model.weights().unbelieved
    assert exception.words == "路灯不亮"
    assert exception.beside


@pytest.mark.parametrize(
    ("taught", "found"),
    [
        ([("路灯不亮了", False)], [Unbelieved("路灯不亮", (), 1)]),
        ([("路灯不亮了", False), ("路灯不亮了", True)], []),
        ([("晚上谁打牌", False)], []),
        ([(text, False) for text in FILM], [Unbelieved("路灯不亮", (), 3)]),
    ],
)
def test_what_becomes_an_exception(taught: list[tuple[str, bool]], found: list[Unbelieved]) -> None:
    assert list(unlearned.learn(taught)) == found


def test_no_name_gets_into_an_exception() -> None:
    [found] = unlearned.learn([("路灯不亮了，老张头欧阳桂兰家门口那棵树挡的，物业知道", False), ("路灯不亮了", True)])
    assert found.words == "路灯不亮"
    assert all(word.isascii() for word in found.beside)


def test_exceptions_survive_their_file(tmp_path: Path) -> None:
    weights = tuned(Example(FILM[0], None))
    model.save(weights, tmp_path / "weights.json")
    assert model.load(tmp_path / "weights.json").unbelieved == weights.unbelieved


def test_corrections_are_learned_and_what_was_known_is_not_forgotten() -> None:
    wrong = [row for row in KNOWN if row.category and read(row.text).category not in (None, row.category)][:5]
    weights = tuned(*wrong)
    before = sum(read(row.text).is_report == (row.category is not None) for row in KNOWN)
    model.use(weights)
    assert sum(read(row.text).category == row.category for row in wrong) >= len(wrong) - 1
    after = sum(read(row.text).is_report == (row.category is not None) for row in KNOWN)
    assert after >= before - len(KNOWN) // 200


def test_what_one_resident_alone_says_never_becomes_part_of_the_weights() -> None:
    weights = tuned(Example("灯坏了找欧阳震华", None))
    names = [name for family in weights.report.values() for name in family]
    names += [name for family in weights.category.values() for name in family]
    assert not any("震华" in name for name in names)
