"""Commands are read forgivingly and only where a command may stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.orders import Order, as_typed, parse, parse_soft
from handlers.wording.commands import COMMANDS
from nlp.normalise import normalise


@pytest.mark.parametrize(
    ("said", "command", "numbers", "rest"),
    [
        ("接单 1043", "accept", (1043,), ""),
        ("接单１０４３", "accept", (1043,), ""),
        ("1043 接单", "accept", (1043,), ""),
        ("1043号接单", "accept", (1043,), ""),
        ("接單 1043", "accept", (1043,), ""),
        ("@门口 接单 1043", "accept", (1043,), ""),
        ("接单 1043 1044", "accept", (1043, 1044), ""),
        ("转派 1043 物业", "reassign", (1043,), "物业"),
        ("转办1043物业", "reassign", (1043,), "物业"),
        ("派给 1043 小刘", "reassign", (1043,), "小刘"),
        ("退回 1043 不归我管", "return", (1043,), "不归我管"),
        ("反馈 1043 师傅下午到", "progress", (1043,), "师傅下午到"),
        ("销号1043 已清", "resolve", (1043,), "已清"),
        ("结单 1043", "resolve", (1043,), ""),
        ("通知进度 3", "notice_progress", (3,), ""),
        ("通知 明天停水", "notice", (), "明天停水"),
        ("查 3号楼", "look", (), "3号楼"),
        ("进度", "status", (), ""),
    ],
)
def test_reads(said: str, command: str, numbers: tuple[int, ...], rest: str) -> None:
    order = parse(normalise(said))
    assert order is not None
    assert order.command == command
    if command != "look":  # 查 3号楼 is about a building; the desk sorts that out
        assert (order.numbers, order.rest) == (numbers, rest)


@pytest.mark.parametrize(
    "said", ["接孩子去了", "查出来是水管坏了", "我们查一下", "昨天就接单了", "已经办结的那个", "完成作业了吗"]
)
def test_talk_is_no_command(said: str) -> None:
    order = parse(normalise(said))
    assert order is None or COMMANDS[order.command].staff  # staff words count from staff alone


def test_every_example_of_the_help_is_what_it_says() -> None:
    for name, command in COMMANDS.items():
        order = parse(normalise(command.example))
        assert order is not None, command.example
        assert order.command == name, command.example


def test_everyday_words_only_alone_or_before_a_pause() -> None:
    assert parse_soft("收到") == Order("accept", soft=True)
    assert parse_soft("好了") == Order("resolve", soft=True)
    assert parse_soft("好了，灯泡换了") == Order("resolve", rest="灯泡换了", soft=True)
    assert parse_soft("收到的人很多") is None


def test_what_people_are_told_is_what_was_typed() -> None:
    assert (
        as_typed("进展 1043 已联系，下午 3 点到！", normalise("已联系，下午 3 点到").strip()) == "已联系，下午 3 点到"
    )


@given(st.text(max_size=200))
def test_nothing_breaks_the_parser(said: str) -> None:
    parse(normalise(said))
    parse_soft(normalise(said))
