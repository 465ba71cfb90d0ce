"""What is never repeated in a group."""

from __future__ import annotations

import pytest

from handlers.rules.privacy import discreet, discreet_place, nameless


@pytest.mark.parametrize(
    ("text", "kept", "gone"),
    [
        ("打我电话13812345678", "打我电话", "13812345678"),
        ("138 1234 5678", "", "5678"),
        ("+86-13812345678", "", "13812345678"),
        ("座机 0571-87654321", "座机", "87654321"),
        ("身份证 33010219900101123X", "身份证", "19900101"),
        ("浙A12345 又堵门", "又堵门", "A12345"),
        ("3-2-501 漏水", "漏水", "501"),
        ("2 单元 1203 室没人应", "2 单元", "1203"),
    ],
)
def test_is_masked(text: str, kept: str, gone: str) -> None:
    assert kept in discreet(text)
    assert gone not in discreet(text)


@pytest.mark.parametrize(
    "text", ["接单 1043", "编号 1043，最迟今天 17:00", "3号楼2单元", "2026-03-02 09:00", "通知 3 618户"]
)
def test_is_left_alone(text: str) -> None:
    assert discreet(text) == text


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("梧桐里小区3号楼1203", "梧桐里小区3号楼…"),
        ("1003", "…"),
        ("3-2-501", "3-2-…"),
        ("梧桐路108号", "梧桐路108号"),
        ("12号楼2单元", "12号楼2单元"),
        ("101栋", "101栋"),
    ],
)
def test_a_place_in_a_group_names_the_building_and_never_the_room(place: str, shown: str) -> None:
    assert discreet_place(place) == shown


@pytest.mark.parametrize(
    "text",
    [
        "我是3-2-501王桂兰13812345678",
        "我是3号楼501室的王桂兰，楼上漏水",
        "我是5栋业主王桂兰",
        "我叫王桂兰，没水",
        "我是2单元的王桂兰",
    ],
)
def test_a_name_behind_ones_own_door_is_not_read_by_those_who_are_not_told_who(text: str) -> None:
    assert "桂兰" not in nameless(text)
    assert nameless("我是3号楼的，水管漏了") == "我是3号楼的，水管漏了"
