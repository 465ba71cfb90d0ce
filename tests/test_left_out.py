"""What only `make soak` runs is a second engine or a paraphrase, never a test as a whole."""

from __future__ import annotations

from tests.left_out import ENGINES, IN_TURN, left_out

TALK = "tests/conversations/test_asking.py::test_it_is_heard"
SOME_FAULT = f"{IN_TURN[0]}test_up.py::test_it_starts"


def test_of_many_words_the_first_are_tried() -> None:
    ways = [f"{TALK}[sqlite-{number}]" for number in range(9)]
    assert [name for name in ways if name not in left_out(ways)] == ways[:1]
    assert not left_out([TALK])


def test_where_each_case_is_a_rule_none_is_left_out() -> None:
    assert not left_out([f"tests/conversations/test_twice.py::test_a[sqlite-{number}]" for number in range(40)])
    assert not left_out([f"tests/security/test_web.py::test_a[{number}]" for number in range(40)])


def test_what_takes_turns_runs_on_one_engine() -> None:
    both = [f"{SOME_FAULT}[{engine}]" for engine in ENGINES]
    assert len(left_out(both)) == 1


def test_a_dialogue_runs_on_sqlite_and_now_and_then_on_postgresql() -> None:
    names = [f"{TALK}_{number}[{engine}]" for number in range(960) for engine in ENGINES]
    others = left_out(names)
    tried = [name for name in names if name not in others]
    assert sum("sqlite" in name for name in tried) == 960
    assert 1 <= sum("postgresql" in name for name in tried) <= 40


def test_intake_runs_on_both() -> None:
    assert not left_out([f"tests/intake/test_races.py::test_a[{engine}]" for engine in ENGINES])
