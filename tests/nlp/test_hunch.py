"""What is half told, and what is said to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp.hunch import answers, guess, may_answer

CORPUS = Path(__file__).parent.parent / "corpus"


@pytest.mark.parametrize(
    ("text", "said", "category"),
    [
        ("是不是停电了？", "停电了", "utilities"),
        ("今天水好小啊", "水小", "utilities"),
        ("大家有没有觉得今天水特别小", "水小", "utilities"),
        ("你们家有网吗", "没网", "utilities"),
        ("来水了吗", "没水", "utilities"),
        ("你家暖气热吗", "暖气不热", "utilities"),
        ("你们家水黄不黄", "水黄", "utilities"),
        ("单元门是不是坏了", "单元门坏了", "building"),
        ("垃圾今天没人收吗", "垃圾没人收", "sanitation"),
        ("楼下好臭", "楼下臭", "fumes"),
        ("什么味道啊", "什么味道", "fumes"),
    ],
)
def test_what_is_half_told_is_read_without_the_asking(text: str, said: str, category: str) -> None:
    hunch = guess(text)
    assert hunch is not None
    assert (hunch.said, hunch.part.category, hunch.reading.band) == (said, category, "middle")


@pytest.mark.parametrize(
    "text",
    [
        "你们谁家有酱油", "快递到了吗", "今天好热", "今晚会停电吗", "明天停水吗", "手机没信号", "股票又跌了",
        "下雨了吗", "这菜味道怎么样", "谁家的猫", "大家都睡了吗", "老家又停电了吗", "我没电了先下了", "水好喝吗",
        "电费怎么这么贵",
    ],
)  # fmt: skip
def test_what_is_none_of_the_communitys_business_is_no_hunch(text: str) -> None:
    assert guess(text) is None


@pytest.mark.parametrize(
    ("told", "text", "answer"),
    [
        ("是不是停电了", "停了，我家也没电", "yes"),
        ("是不是停电了", "没有啊", "no"),
        ("是不是停电了", "没停", "no"),
        ("是不是停电了", "我家正常啊", "no"),
        ("是不是停电了", "晚上吃啥", None),
        ("你们家有网吗", "没有", "yes"),
        ("你们家有网吗", "有啊", "no"),
        ("热水热吗", "热的", "no"),
        ("热水热吗", "冰凉的", "yes"),
        ("大家有没有觉得今天水特别小", "小得很", "yes"),
        ("什么味道啊", "我也闻到了", "yes"),
        ("什么味道啊", "我也觉得", None),
    ],
)
def test_yes_and_no_depend_on_what_was_asked(told: str, text: str, answer: str | None) -> None:
    hunch = guess(told)
    assert hunch is not None
    assert answers(text, hunch) == answer


def test_of_everyday_talk_little_is_looked_into() -> None:
    texts = [
        str(json.loads(line)["text"])
        for author in ("chat", "chat2")
        for line in (CORPUS / author / "messages.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert sum(guess(text) is not None for text in texts) <= len(texts) // 250
    assert sum(may_answer(text) for text in texts) <= len(texts) // 20
