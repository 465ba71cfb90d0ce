"""What a report is about, where its words alone would say something else."""

from __future__ import annotations

import pytest

from nlp.reading import read


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("黑灯瞎火的下楼差点摔了", "building"),
        ("晚上下楼黑咕隆咚的，差点一脚踩空", "building"),
        ("下楼一路摸黑，差点滚下去", "building"),
        ("三楼到四楼黑着，灯一盏都没有", "building"),
        ("黑灯瞎火的小区门口差点摔了", "road_facility"),
        ("南门那条小路黑漆漆的，路灯一盏不亮", "road_facility"),
        ("门禁坏了", "building"),
        ("三号楼那个门禁坏了", "building"),
        ("我们单元的可视对讲没反应了", "building"),
        ("单元门锁坏了谁都能进，昨晚丢了东西", "security"),
        ("解放路那个红绿灯坏了", "road_facility"),
        ("楼下那盏路灯不亮了", "road_facility"),
    ],
)
def test_what_is_to_be_mended_in_the_house_is_of_the_house(said: str, category: str) -> None:
    assert read(said).category == category
