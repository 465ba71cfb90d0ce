"""What kind of matter a message is: a report's kind, or what is asked, proposed or praised; mere talk has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.kinds import kind_of
from nlp.normalise import fold, tight

LINES = [
    line.split("\t")
    for line in (Path(__file__).parent / "kinds.tsv").read_text(encoding="utf-8").splitlines()
    if line[0] != "#"
]


@pytest.mark.parametrize(("kind", "category", "said"), LINES, ids=[line[2] for line in LINES])
def test_the_kind_of_a_message(kind: str, category: str, said: str) -> None:
    found = kind_of(tight(fold(said))[0], None if category == "-" else category)
    assert (found or "-") == kind


@pytest.mark.parametrize("category", ["building", "noise", "utilities"])
@pytest.mark.parametrize("said", ["电梯坏了，建议快点修", "表扬归表扬，楼道还是脏", "请问水管漏了怎么办理报修"])
def test_advice_praise_and_questions_never_outweigh_a_report(category: str, said: str) -> None:
    assert kind_of(said, category) in ("fault", "complaint")
