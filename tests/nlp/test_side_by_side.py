"""Several troubles in one message, each in a clause of its own: of other things or other houses they are several."""

from __future__ import annotations

import pytest

from nlp.reading import Reading, read


def _told(reading: Reading) -> list[tuple[str, tuple[str, ...]]]:
    return [(part.category, part.place) for part in reading.parts]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "3号楼二单元灯不亮，5号楼一单元的灯也不亮",
            [("building", ("3号楼", "二单元")), ("building", ("5号楼", "一单元"))],
        ),
        ("3号楼电梯坏了，6号楼电梯也坏了", [("building", ("3号楼",)), ("building", ("6号楼",))]),
        ("3号楼电梯坏了5号楼电梯也坏了", [("building", ("3号楼",)), ("building", ("5号楼",))]),
        ("三号楼电梯不走了 五号楼电梯也不走了", [("building", ("三号楼",)), ("building", ("五号楼",))]),
        ("3号楼垃圾没人收，5号楼垃圾也没人收", [("sanitation", ("3号楼",)), ("sanitation", ("5号楼",))]),
        ("南门路灯不亮，北门的路灯也不亮", [("road_facility", ("南门",)), ("road_facility", ("北门",))]),
        (
            "3号楼路灯不亮、5号楼、6号楼路灯不亮",
            [("road_facility", ("3号楼",)), ("road_facility", ("5号楼", "6号楼"))],
        ),
        ("电梯坏了，门禁也坏了", [("building", ()), ("building", ())]),
        ("3号楼电梯坏了，门禁也坏了", [("building", ("3号楼",)), ("building", ("3号楼",))]),
        ("3号楼电梯坏了，一单元门禁也坏了", [("building", ("3号楼",)), ("building", ("3号楼", "一单元"))]),
        ("电梯坏了，门禁也坏了，3号楼", [("building", ("3号楼",)), ("building", ("3号楼",))]),
        ("路灯不亮，垃圾没人收，井盖也松了", [("road_facility", ()), ("sanitation", ()), ("road_facility", ())]),
        ("楼道灯不亮，门禁失灵，垃圾也没人收", [("building", ()), ("building", ()), ("sanitation", ())]),
        ("电梯坏了 楼道灯不亮 垃圾没人清", [("building", ()), ("building", ()), ("sanitation", ())]),
        ("停水了，垃圾也没人收", [("utilities", ()), ("sanitation", ())]),
    ],
)
def test_each_of_another_thing_or_at_another_house_is_its_own(
    said: str, told: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert _told(read(said)) == told


@pytest.mark.parametrize(
    "said",
    [
        "3号楼停水，5号楼也停水了",
        "3号楼停电了，5号楼、6号楼也停电了",
        "停电了，电梯也停了，路灯也不亮",
        "下水道堵了，地上全是污水，臭得很",
        "电梯坏了，门打不开",
        "电梯门打不开，灯也不亮",
        "门禁坏了，门也关不上",
        "树倒了，把路灯也压坏了",
        "水管爆了，电梯也停了",
        "3号楼502漏水，402也漏了",
        "3号楼一楼灯不亮，二楼灯也不亮",
        "3号楼楼下有人吵架，5号楼也听得见",
        "自来水井盖下面喷水，刚喊人关了，现在后街整条没水",
    ],
)
def test_one_trouble_and_what_it_brings_stays_one(said: str) -> None:
    assert len(read(said).parts) <= 1


def test_what_is_said_behind_a_trouble_stays_with_it() -> None:
    texts = [part.text for part in read("电梯坏了，老人下不去，门禁也坏了").parts]
    assert texts == ["电梯坏了,老人下不去", "门禁也坏了"]


def test_what_is_a_doubt_only_by_itself_is_none_beside_others() -> None:
    assert read("井盖松了").doubtful
    assert not read("路灯不亮，垃圾没人收，井盖也松了").doubtful
