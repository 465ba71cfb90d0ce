"""The order of a list of front doors, as somebody walks it."""

from __future__ import annotations

from random import Random

import pytest

from handlers.rules import walking

# Estate, building, entrance, room, whether somebody old or alone lives there, whether nobody opened: in this order.
WALKED = (
    (1, "3号楼", "2", "501", True, False),
    (1, "12号楼", "1", "101", True, False),
    (2, "1号楼", "1", "101", True, False),
    (1, "2栋", "1", "201", False, False),
    (1, "三号楼", "1", "302", False, False),
    (1, "3号楼", "1", "501", False, False),
    (1, "3号楼", "1", "502", False, False),
    (1, "3号楼", "1", "502A", False, False),
    (1, "3号楼", "1", "1203", False, False),
    (1, "3号楼", "1", "B101", False, False),
    (1, "3号楼", "1", "地下2", False, False),
    (1, "3号楼", "1", "7", False, False),
    (1, "3号楼", "1", "12", False, False),
    (1, "3号楼", "1", "门面", False, False),
    (1, "3号楼", "2", "0301", False, False),
    (1, "3号楼", "10", "101", False, False),
    (1, "3号楼", "东", "101", False, False),
    (1, "12号楼", "1", "101", False, False),
    (1, "A座", "", "101", False, False),
    (2, "1号楼", "1", "101", False, False),
    (2, "9号楼", "1", "101", True, True),
    (1, "1号楼", "1", "101", False, True),
)


def test_old_people_first_then_as_one_walks_and_whoever_did_not_open_last() -> None:
    mixed = list(WALKED)
    Random(7).shuffle(mixed)
    walked = sorted(mixed, key=lambda row: walking.key(*row[:4], first=row[4], later=row[5]))
    assert walked == list(WALKED)


@pytest.mark.parametrize(
    ("room", "floor"),
    [
        ("501", 5), ("1203", 12), ("0301", 3), ("502A", 5), ("５０１", 5),
        ("12", None), ("10501", None), ("001", None), ("B101", None), ("地下2", None), ("", None),
    ],
)  # fmt: skip
def test_the_floor_is_told_by_the_number_of_the_room(room: str, floor: int | None) -> None:
    assert walking.floor_of(room) == floor
