"""What kind of matter a message is: a report's kind, or what is asked, proposed or praised; mere talk has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.kinds import kind_of, tells_on
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


@pytest.mark.parametrize(
    "said",
    [
        "我举报三楼卖假药",
        "我要投诉物业经理",
        "你好，我要投诉隔壁那家",
        "小刘态度太差了，我要投诉",
        "保安骂人，我要投诉他！",
    ],
)
def test_whoever_says_that_they_complain_of_whom_is_heard(said: str) -> None:
    assert tells_on(said)


@pytest.mark.parametrize(
    "said",
    [
        "我要投诉",
        "投诉电话多少",
        "怎么投诉物业",
        "我投诉过了没用",
        "再这样我就要投诉了",
        "投诉有用吗",
        "他们，投诉了也没用",
    ],
)
def test_whoever_only_speaks_of_complaining_is_not(said: str) -> None:
    assert not tells_on(said)
