"""Every way people write what leads to a person. Sabotage: take any pattern out."""

from __future__ import annotations

import re

import pytest

from handlers.rules.privacy import discreet, discreet_place, nameless

MOBILES = ("13812345678", "138 1234 5678", "138-1234-5678", "138.1234.5678", "138—1234—5678", "138 12345678",
           "+8613812345678", "+86 138 1234 5678", "008613812345678", "１３８１２３４５６７８",
           "1 3 8 1 2 3 4 5 6 7 8")  # fmt: skip
LANDLINES = ("0571-87654321", "0571 8765 4321", "(0571)87654321", "（0571）87654321", "010-12345678")
IDENTITIES = ("33010219900101123X", "330102199001011234", "330102 19900101 123x", "330102-1990-0101-1234",
              "330102900101123")  # fmt: skip
PLATES = ("浙A12345", "浙a12345", "浙A·12345", "浙A-12345", "浙 A12345", "浙AD12345", "粤B12345D", "浙Ａ１２３４５")
ROOMS = ("1203室", "1203 房", "1203号房", "3-501", "3-2-501", "3号楼501", "3栋1203", "2单元 501", "3#501", "五零二室")
AROUND = ("{}", "请打{}找我", "…{}，谢谢", "在（{}）")


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("number", [*MOBILES, *LANDLINES, *IDENTITIES, *PLATES, *ROOMS])
def test_no_group_reads_it(number: str, around: str) -> None:
    shown = discreet(around.format(number))
    assert not re.search(r"\d{3,}|[五零二]{3}", shown), shown


@pytest.mark.parametrize("place", ["三单元五零二", "1203", "东门1203户", *ROOMS])
def test_no_place_in_a_group_names_the_door(place: str) -> None:
    assert not re.search(r"\d{3,}|五零二", discreet_place(place))


@pytest.mark.parametrize(
    "text",
    [
        "接单 1043 通过",
        "3号楼 · 待接单 · 截止 今天 17:00",
        "12-15 日",
        "2026-03-02 09:00",
        "通知 3 618户",
        "3号楼108号",
    ],
)
def test_what_names_nobody_stands(text: str) -> None:
    assert discreet(text) == text


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("电梯坏了，我是王秀英13812345678", "王秀英"),
        ("我叫周大民，电话13987654321", "周大民"),
        ("本人姓欧阳", "欧阳"),
        ("我是王阿姨", "王"),
        ("联系人：李秀兰", "李秀兰"),
        ("我是小赵", "赵"),
        ("有人吸毒，我是邻居周大民", "周大民"),
        ("我住502，楼上天天吵", "502"),
        ("我家1203漏水", "1203"),
        ("路灯坏了半个月了，住502", "502"),
        ("楼上住在603的", "603"),
    ],
)
def test_whoever_is_not_told_who_complained_reads_no_name(said: str, gone: str) -> None:
    assert gone not in nameless(said)


@pytest.mark.parametrize(
    "said",
    [
        "这楼住300人，电梯坏了",
        "住1200多户",
        "我是说这个灯坏了",
        "我在200号门口",
        "我等了100块钱",
        "我叫了三次物业",
        "三号楼路灯坏了",
    ],
)
def test_the_trouble_itself_stands(said: str) -> None:
    assert nameless(said) == said
