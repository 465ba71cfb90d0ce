"""Where: found in what was said, and completed from where the group is."""

import pytest

from nlp.places import Gazetteer, complete, find


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("三号楼门口", ["三号楼"]),
        ("3栋2单元", ["3栋", "2单元"]),
        ("3#楼下", ["3#"]),
        ("B座大堂", ["B座"]),
        ("3-2-501漏水", ["3-2-501"]),
        ("4-6层楼道灯", ["4-6层"]),
        ("负一楼电梯口", ["负一楼"]),
        ("东门口堵了", ["东门"]),
        ("文昌路跟胜利街交叉口", ["文昌路", "胜利街"]),
        ("建设东路坑坑洼洼", ["建设东路"]),
        ("荔景花园5栋604", ["荔景花园", "5栋604"]),
        ("小广场那边", ["小广场"]),
        ("打119和12345都没用", []),
        ("家里才15度，交了2000块", []),
        ("走路都走不动，马路上全是水", []),
        ("6 号楼电梯坏了", ["6 号楼"]),
        ("3 栋 2 单元漏水", ["3 栋", "2 单元"]),
        ("3 - 2 - 501 漏水", ["3 - 2 - 501"]),
        ("三 号 楼 停 水", ["三 号 楼"]),
        ("B 座大堂", ["B 座"]),
        ("二十三栋没水", ["二十三栋"]),
        ("九十九号楼", ["九十九号楼"]),
        ("人民路路灯不亮", ["人民路"]),
    ],
)
def test_places_are_found(said: str, places: list[str]) -> None:
    assert [span.text for span in find(said)] == places


def test_the_gazetteer_goes_first_and_names_the_unit() -> None:
    known = Gazetteer([("红旗三号楼", "b3"), ("老槐树", "g1")])
    assert [(s.text, s.unit_key) for s in find("老槐树底下和红旗三号楼", known)] == [
        ("老槐树", "g1"),
        ("红旗三号楼", "b3"),
    ]


@pytest.mark.parametrize(
    ("said", "group", "whole"),
    [
        (("二单元",), "卫河嘉苑7号楼", "卫河嘉苑7号楼二单元"),
        (("3号楼", "一单元"), "卫河嘉苑7号楼", "卫河嘉苑3号楼一单元"),
        (("卫河嘉苑", "3号楼"), "卫河嘉苑7号楼", "卫河嘉苑3号楼"),
        ((), "卫河嘉苑7号楼", "卫河嘉苑7号楼"),
        (("东门",), "", "东门"),
    ],
)
def test_what_is_left_out_comes_from_the_group(said: tuple[str, ...], group: str, whole: str) -> None:
    assert complete(said, group) == whole
