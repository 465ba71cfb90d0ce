"""Asking for a number is talk; that a whole house has no power, water or lift is a report, whoever is asked for."""

from __future__ import annotations

import pytest

from nlp.reading import read

REPORTS = [
    ("谁知道物业电工电话，我们单元整个跳闸", "utilities"),
    ("谁有电工电话？我们整栋楼没电了", "utilities"),
    ("我们单元整个跳闸，谁有物业电工的电话", "utilities"),
    ("谁有电梯维保电话 3号楼电梯不动了", "building"),
    ("谁知道值班电话，一单元电梯卡住不动", "building"),
    ("有没有人知道自来水公司电话，我们楼停水一上午了", "utilities"),
    ("邻居们谁有供电局电话啊，整个小区都没电了", "utilities"),
    ("哪位知道水务公司的号码，我们巷子家家都没水", "utilities"),
    ("谁有管燃气的电话，整栋楼都没气做饭", "utilities"),
    ("請問邊個有管理處電話，成棟樓都冇水", "utilities"),
]
TALK = [
    "谁有疏通下水道的电话",
    "谁知道物业电话",
    "谁有电工师傅电话，我家跳闸了",
    "谁有开锁电话，我被锁外面了",
    "谁有搬家公司电话，我们单元电梯能进大件吗",
    "谁有装修师傅电话，5号楼的房子要刷墙",
    "谁有空调维修电话，5号楼3单元",
    "我们楼停过电，谁有那次电工的电话",
    "谁有修电梯的电话，我想问下年检",
]


@pytest.mark.parametrize(("said", "category"), REPORTS)
def test_who_asks_for_a_number_because_a_house_is_without_power_reports_it(said: str, category: str) -> None:
    reading = read(said)
    assert (reading.band, reading.category) == ("high", category)


@pytest.mark.parametrize("said", TALK)
def test_who_wants_a_tradesman_or_only_a_number_reports_nothing(said: str) -> None:
    assert read(said).band == "low"
