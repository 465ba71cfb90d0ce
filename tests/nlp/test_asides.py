"""Clauses that tell nothing: whatever is called out, feared or sworn beside a fire, it is a fire."""

from __future__ import annotations

import pytest

from nlp import asides
from nlp.reading import ReadingContext, read

FIRES = [
    "3号楼着火了",
    "我家煤气味很大",
    "电梯里困人了",
    "我爸晕倒了",
    "有人落水了",
    "井盖没了",
    "孩子不见了",
    "有人拿刀",
]
TROUBLES = ["路灯坏了", "电梯停了", "楼上漏水", "下水道堵了", "健身器材断了", "暖气不热"]
BEFORE = [
    "你好，",
    "@物业 ",
    "各位邻居，",
    "注意了，",
    "跟你说个事，",
    "谁管一下，",
    "王主任，",
    "紧急！",
    "物业在吗？",
]
BEHIND = [
    "，大家小心",
    "，有人管吗",
    "，多久能来",
    "，气死我了",
    "，不是开玩笑",
    "，我拍了照片",
    "，该打119吗",
    "，物业呢",
    "，没人管",
    "，帮忙转给物业",
    "，物业电话打不通",
    "，发给你看",
    "，要不要报警",
    "，真的",
    " [图片]",
    "，已经打119了！快点",
]


@pytest.mark.parametrize("aside", [*BEFORE, *BEHIND])
def test_an_emergency_rings_whatever_is_said_beside_it(aside: str) -> None:
    dressed = [f"{aside}{fire}" if aside in BEFORE else f"{fire}{aside}" for fire in FIRES]
    assert [text for text in dressed if read(text).urgency != "emergency"] == []


@pytest.mark.parametrize("aside", [*BEFORE, *BEHIND])
def test_a_trouble_told_to_the_bot_opens_whatever_is_said_beside_it(aside: str) -> None:
    dressed = [f"{aside}{trouble}" if aside in BEFORE else f"{trouble}{aside}" for trouble in TROUBLES]
    assert [text for text in dressed if read(text, ReadingContext(addressed=True)).band != "high"] == []


@pytest.mark.parametrize(
    "text",
    [
        "儿子走丢了十分钟，吓死我，就在滑梯里躲猫猫",
        "如果着火了，大家小心",
        "着火着火，我说股市",
        "修好了，大家小心",
        "灯亮了，真的",
        "明天停电检修，大家注意",
        "有没有修门锁的，电话多少",
        "你好，在吗",
        "大家小心，注意安全",
        "气死我了，快递又丢一个",
    ],
)
def test_a_story_a_notice_and_mere_calls_are_what_they_were(text: str) -> None:
    assert read(text).band != "high"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("你好，3号楼 着火了，快来人", "3号楼 着火了"),
        ("8:30开始漏水，没人管，6 号楼也是", "8:30开始漏水，6 号楼也是"),
        ("大家小心", "大家小心"),
        ("帮老人报修一下灯不亮，谢谢", "帮老人报修一下灯不亮，谢谢"),
        ("大家小心，帮她说一声厨房着火了", "帮她说一声厨房着火了"),
        ("大家小心，气死我了", "大家小心，气死我了"),
        ("路灯坏了", "路灯坏了"),
    ],
)
def test_what_tells_something_stays_as_it_was_written(text: str, told: str) -> None:
    assert asides.without(text) == told


@pytest.mark.parametrize("text", ["我这着火了", "学校门口着火了", "医院旁边井盖没了"])
def test_here_is_home_and_a_school_gate_is_no_elsewhere(text: str) -> None:
    assert read(text).urgency == "emergency"


def test_home_stands_where_here_was_said() -> None:
    said = read("我这停水了，5号楼3单元")
    assert (said.band, said.place) == ("high", ("5号楼", "3单元"))
