"""Places compared by level."""

from __future__ import annotations

import pytest

from handlers.rules.whereabouts import agree, another_gate, completed, conflict, corrected, levels


def test_levels_of_what_people_write() -> None:
    assert levels(["三号楼", "二单元"]) == {"building": {"3"}, "unit": {"2"}}
    assert levels(["3-2-501"]) == {"building": {"3"}, "unit": {"2"}, "room": {"501"}}
    assert levels(["B2", "十四楼"]) == {"building": {"B2"}, "floor": {"14"}}
    assert levels(["健身器材"]) == {}


@pytest.mark.parametrize(
    ("word", "level", "names"),
    [
        ("3、5、7号楼", "building", {"3", "5", "7"}),
        ("三号楼和五号楼", "building", {"3", "5"}),
        ("3到5号楼", "building", {"3", "4", "5"}),
        ("3-5栋", "building", {"3", "4", "5"}),
        ("九号楼到十一号楼", "building", {"9", "10", "11"}),
        ("1-6层", "floor", {"1", "2", "3", "4", "5", "6"}),
        ("9到3号楼", "building", {"3"}),
        ("3-2-501", "building", {"3"}),
        ("13号楼", "building", {"13"}),
    ],
)
def test_lists_and_ranges_name_several(word: str, level: str, names: set[str]) -> None:
    assert levels([word])[level] == names


def test_gates_are_told_apart() -> None:
    assert another_gate(["南门"], ["北门外"])
    assert not another_gate(["南大门"], ["南门"])
    assert not another_gate(["东门诊"], ["北门"])
    assert another_gate(["南门"], ["5号楼"])
    assert not another_gate(["5号楼南门"], ["5号楼"])
    assert not another_gate(["南门"], [])
    assert not another_gate(["3号楼"], ["5号楼"])


def test_a_range_agrees_with_what_it_holds() -> None:
    assert agree(["3到5号楼"], ["4号楼"])
    assert conflict(["3到5号楼"], ["6号楼"]) == "building"
    assert conflict(["1-6层"], ["三楼"]) is None


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (["3号楼"], ["三号楼"], None),
        (["3号楼"], ["5号楼"], "building"),
        (["3号楼"], ["二单元"], None),
        (["3号楼", "一单元"], ["3号楼", "二单元"], "unit"),
        (["三楼"], ["五楼"], "floor"),
        ([], ["五楼"], None),
        (["6巷", "9巷"], ["9巷"], None),
    ],
)
def test_conflict(one: list[str], other: list[str], level: str | None) -> None:
    assert conflict(one, other) == level


def test_agreement_needs_a_level_in_common() -> None:
    assert agree(["3栋"], ["三栋", "二单元"])
    assert not agree(["3栋"], ["二单元"])


def test_a_place_is_completed_level_by_level() -> None:
    assert completed(["三楼"], ["5栋", "二单元"]) == ["三楼", "5栋", "二单元"]
    assert completed(["3栋"], ["5栋"]) == ["3栋"]
    assert completed([], ["架空层"]) == ["架空层"]
    assert completed(["14楼"], ["15楼"], everything=True) == ["14楼", "15楼"]


def test_a_correction_replaces_its_own_level() -> None:
    assert corrected(["三楼", "5栋"], ["6栋"]) == ["6栋", "三楼"]
    assert corrected(["一单元"], ["二单元"]) == ["二单元"]
    assert corrected(["南门"], ["5号楼"]) == ["5号楼"]
