"""Two problems in one message are two; one trouble told with what it brings is one."""

from pathlib import Path

import pytest

from nlp.reading import read

LOOKED_AT = 80


def _lines() -> list[list[str]]:
    lines = (Path(__file__).parent / "doubles.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def _told(said: str) -> set[str]:
    return {part.category for part in read(said).parts}


@pytest.mark.parametrize(
    ("chosen", "found", "split"),
    [(slice(0, LOOKED_AT), 0.75, 0.25), (slice(LOOKED_AT, None), 0.55, 0.25)],
    ids=["looked at", "only measured"],
)
def test_a_second_problem_is_heard_and_one_trouble_stays_one(chosen: slice, found: float, split: float) -> None:
    lines = _lines()[chosen]
    two = [_told(said) == set(categories) for kind, said, *categories in lines if kind == "two"]
    one = [len(_told(said)) > 1 for kind, said, *_ in lines if kind == "one"]
    assert sum(two) >= found * len(two)
    assert sum(one) <= split * len(one)


def test_an_emergency_is_not_split_by_what_it_brings() -> None:
    assert len(read("三楼着火了，楼道里堆的纸箱都烧起来了，烟往上走，电梯也停了").parts) == 1
