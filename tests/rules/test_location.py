"""From words to the unit: candidates with reasons, what is not ours, which side of the red line, the answers."""

from __future__ import annotations

import pytest

from handlers.rules.estate_names import Estate, Estates
from handlers.rules.location import (
    Candidate,
    Known,
    Landmark,
    Said,
    Why,
    building_numbers,
    declines,
    is_whole,
    likeliest,
    outside,
    pick,
    resolve,
)
from nlp.places import find

WUTONG = Estate(1, "梧桐里小区", ("梧桐里小区", "梧桐里"))
TAOYUAN = Estate(2, "桃园新村", ("桃园新村", "新村"))
ESTATES = Estates((WUTONG, TAOYUAN))
GROUP = Candidate(1, 7, Why.GROUP)


def said(text: str) -> Said:
    return Said(text, tuple(span.text for span in find(text)))


def test_the_group_is_believed_where_nothing_else_is_named() -> None:
    finding = resolve(said("3号楼灯坏了"), Known(GROUP, ESTATES))
    assert (finding.candidates, finding.elsewhere) == ((GROUP,), None)


def test_a_name_goes_before_the_group_with_more_confidence() -> None:
    first, second = resolve(said("新村4号楼灯坏了"), Known(GROUP, ESTATES)).candidates
    assert (first.unit_id, first.why, second) == (2, Why.NAMED, GROUP)
    assert first.confidence > second.confidence


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        ("红星新村3号楼停水", "红星新村"),
        ("金桂苑的灯坏了", "金桂苑"),
        ("对面小区半夜施工", ""),
        ("对面小区的物业费才一块", None),
        ("梧桐里的灯坏了", None),
        ("3号楼灯坏了", None),
        ("人民广场的灯坏了", None),
        ("中心花园的灯坏了", None),
        ("厂家属院的灯坏了", None),
        ("2号院的灯坏了", None),
    ],
)
def test_what_sounds_like_an_estate_and_is_none_of_ours(text: str, elsewhere: str | None) -> None:
    assert resolve(said(text), Known(GROUP, ESTATES)).elsewhere == elsewhere


def test_a_landmark_brings_its_unit_and_its_side() -> None:
    finding = resolve(said("三角地没灯"), Known(GROUP, ESTATES, (Landmark("三角地", 2, None, outside=True),)))
    assert (finding.candidates[0], finding.outside) == (Candidate(2, None, Why.LANDMARK), True)


@pytest.mark.parametrize(
    ("text", "beyond"),
    [
        ("建设路的灯坏了", True),
        ("门外马路上井盖没了", True),
        ("3号楼外面马路上井盖没了", True),
        ("公交站牌倒了", True),
        ("人民公园的椅子坏了", True),
        ("3号楼门口灯坏了", False),
        ("电梯坏了", False),
        ("我们小区的路灯坏了", False),
        ("楼上的人往马路上扔东西", None),
        ("垃圾没人收", None),
    ],
)
def test_inside_or_outside_the_red_line(text: str, beyond: bool | None) -> None:
    assert outside(said(text)) is beyond


@pytest.mark.parametrize(
    ("number", "near"),
    [("28", ["8", "2"]), ("33", ["3"]), ("12", ["2", "1"]), ("50", ["5"]), ("99", [])],
)
def test_the_likeliest_buildings_are_one_digit_away(number: str, near: list[str]) -> None:
    assert likeliest(number, ["1", "2", "3", "5", "8"]) == near


def test_lanes_and_rows_are_no_buildings() -> None:
    assert building_numbers(["6巷", "三排", "B座", "3号楼", "5-2-501"]) == ["3", "5"]
    assert is_whole(["1", "2", "3"])
    assert not is_whole(["1", "2"])
    assert not is_whole(["1", "2", "A"])


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("2", 1), ("第二个", 1), ("选1", 0), ("是2吧", 1), ("二", 1), ("3", None), ("12", None),
        ("金桂苑", 1), ("是金桂苑的", 1),
        ("梧桐里", 0), ("2号楼", None), ("谢谢", None), ("2点来", None), ("", None),
    ],
)  # fmt: skip
def test_how_people_answer(text: str, chosen: int | None) -> None:
    assert pick(text, ["梧桐里小区", "金桂苑"]) == chosen


def test_neither_and_not_knowing() -> None:
    assert declines("都不是。")
    assert declines("不知道啊")
    assert not declines("梧桐里")


def test_a_slip_of_the_thumb_is_offered_first() -> None:
    assert ESTATES.alike("梧同里") == [WUTONG]
    assert ESTATES.alike("金桂苑") == []


def test_the_longer_of_two_names_is_meant() -> None:
    second = Estate(3, "梧桐里二期", ("梧桐里二期",))
    finding = resolve(said("梧桐里二期的灯坏了"), Known(None, Estates((*ESTATES.all, second))))
    assert [one.unit_id for one in finding.candidates] == [3]


def test_a_name_of_three_characters_is_believed_behind_others() -> None:
    finding = resolve(Said("老梧桐里灯坏了", ("老梧桐里",)), Known(None, ESTATES))
    assert [one.unit_id for one in finding.candidates] == [1]


@pytest.mark.parametrize("text", ["这个破店又放音响", "那家黑店天天吵"])
def test_a_shop_without_a_name_is_no_place(text: str) -> None:
    assert not any(word.endswith("店") for word in said(text).places)
