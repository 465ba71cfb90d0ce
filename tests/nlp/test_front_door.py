"""A front door behind a command, and chat records that are passed on: every way of writing, and nonsense."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import forward, front_door
from nlp.front_door import FrontDoor, building_number, same_name

NONSENSE = st.text(
    alphabet="十一二三四五六七八九零〇号楼栋单元室0123456789-—/AaB 张桂兰，:：\n户#座幢梯东", max_size=40
)


@pytest.mark.parametrize(
    ("text", "door", "words"),
    [
        ("3-2-501 张桂兰", ("3", "2", "501"), ("张桂兰",)),
        ("３－２－５０１　張桂蘭", ("3", "2", "501"), ("张桂兰",)),
        ("3栋2单元501张桂兰", ("3", "2", "501"), ("张桂兰",)),
        ("3 号楼 2 单元 501 张桂兰", ("3", "2", "501"), ("张桂兰",)),
        ("三号楼二单元五〇一，张桂兰", ("3", "2", "501"), ("张桂兰",)),
        ("二十一幢东单元1201 王五", ("21", "东", "1201"), ("王五",)),
        ("阳光小区03-02-501 张桂兰", ("3", "2", "501"), ("阳光小区", "张桂兰")),
        ("我住3号楼501室，我叫张桂兰", ("3", "", "501"), ("张桂兰",)),
        ("A座1203 Tom", ("A", "", "1203"), ("Tom",)),
        ("张桂兰 3-501", ("3", "", "501"), ("张桂兰",)),
    ],
)
def test_a_door_in_every_way_of_writing(text: str, door: tuple[str, str, str], words: tuple[str, ...]) -> None:
    assert front_door.read(text) == FrontDoor(*door, words)


def test_a_telephone_is_no_part_of_the_door() -> None:
    found = front_door.read("3-2-501 张桂兰 138 0000 0000")
    assert found is not None
    assert (found.phone, found.words) == ("13800000000", ("张桂兰",))
    assert front_door.read("13800000000 张桂兰") is None


@pytest.mark.parametrize("text", ["", "AB12CD34", "绑定手机号怎么弄", "2026-03-02", "1043", "三号楼"])
def test_what_is_no_door(text: str) -> None:
    assert front_door.read(text) is None


@pytest.mark.parametrize(
    ("name", "number"), [("3号楼", "3"), ("三号楼", "3"), ("A座", "A"), ("1", "1"), ("会所", "会所")]
)
def test_the_number_of_a_building(name: str, number: str) -> None:
    assert building_number(name) == number


def test_names_are_compared_by_what_is_read() -> None:
    assert same_name("张桂兰", "張桂蘭")
    assert same_name("阿依古丽·买买提", "阿依古丽•买买提")
    assert not same_name("", "")
    assert not same_name("张桂兰", "张桂")


@given(NONSENSE)
@settings(derandomize=True, max_examples=500)
def test_nonsense_is_read_without_an_error(text: str) -> None:
    found = front_door.read(text)
    assert found is None or (found.building and found.room)
    building_number(text)
    lines = [*forward.from_paste(text), *forward.from_platform(text)]
    assert all(line.text for line in lines)


@pytest.mark.parametrize(
    "listed", ["", "[", "{}", "[1]", '[{"name": 3}]', '[{"text": 5}]', "[" * 5000, '[{"text": " "}]']
)
def test_a_misshapen_record_is_empty(listed: str) -> None:
    assert forward.from_platform(listed) == []


def test_speakers_are_told_apart_and_forgotten() -> None:
    lines = forward.from_paste("甲: 一\n乙: 二\n接着说\n甲: 三")
    assert [(line.speaker, line.text) for line in lines] == [(0, "一"), (1, "二\n接着说"), (0, "三")]
