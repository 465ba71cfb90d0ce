"""Alarms are found before all else and rung for nothing else; the other delicate topics are told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp import delicate
from nlp.delicate import ALARMS, accused, hear
from nlp.normalise import fold, tight

HERE = Path(__file__).parent
Line = tuple[str, str]


def lines(name: str) -> list[Line]:
    rows = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [(topic, tight(fold(said))[0]) for topic, said in (row.split("\t") for row in rows if row[0] != "#")]


def heard(said: str) -> str:
    found = hear(said)
    return found.topic if found is not None else "-"


def shares(rows: list[Line]) -> tuple[float, float]:
    """The share of true lines that are found, and of false ones that are taken for something."""
    true = [(topic, said) for topic, said in rows if topic != "-"]
    found = [topic for topic, said in true if topic == heard(said) or {topic, heard(said)} <= ALARMS]
    false = [said for topic, said in rows if topic == "-"]
    return len(found) / len(true), sum(heard(said) != "-" for said in false) / len(false)


def test_enough_was_written() -> None:
    topics = [topic for topic, _ in lines("alarms.tsv")]
    assert sum(topic in ALARMS for topic in topics) >= 60
    assert topics.count("-") >= 120


@pytest.mark.parametrize("half", [0, 1], ids=["tuned on", "held out"])
def test_a_life_in_danger_is_heard(half: int) -> None:
    found, false = shares(lines("alarms.tsv")[half::2])
    assert found >= 0.98
    assert false <= 0.02


def test_indirect_words_are_heard_too() -> None:
    found, _ = shares(lines("alarms_more.tsv"))
    assert found >= 0.9


@pytest.mark.parametrize(("half", "at_least"), [(0, 0.95), (1, 0.7)], ids=["tuned on", "held out"])
def test_what_is_kept_apart_is_heard(half: int, at_least: float) -> None:
    found, false = shares(lines("aside.tsv")[half::2])
    assert found >= at_least
    assert false <= 0.03


@pytest.mark.parametrize("name", ["alarms.tsv", "alarms_more.tsv", "aside.tsv"])
def test_the_gate_lets_through_whatever_fits(name: str) -> None:
    """A rule that fits is never skipped for want of a character in its second column."""
    rules = delicate._rules()
    for topic, said in lines(name):
        worth = set(delicate._gate().worth(said))
        fits = {n for n, rule in enumerate(rules) if rule.pattern.search(said) and not _taken_back(rule, said)}
        assert topic == "-" or fits <= worth, said


def _taken_back(rule: delicate._Rule, said: str) -> bool:
    return rule.unless is not None and rule.unless.search(said) is not None


@pytest.mark.parametrize(
    ("said", "whom"),
    [
        ("举报物业乱收费", "property"),
        ("举报保安把车位卖给外人", "property"),
        ("举报社区工作人员不作为", "community"),
        ("举报网格员乱收费", "community"),
        ("我要投诉周书记", "community"),
        ("投诉城管态度恶劣", "department"),
        ("我要投诉业委会的书记", None),
        ("门口小贩占道，城管不管", None),
        ("举报三号楼群租", None),
        ("举报社区广场有人摆摊", None),
    ],
)
def test_whom_a_tipoff_is_about(said: str, whom: str | None) -> None:
    assert accused(said) == whom
