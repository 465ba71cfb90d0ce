"""查 with a place, and 待办: what staff read on a phone."""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

DRAIN = "三号楼门口下水道堵了，污水都漫出来了"


@pytest.fixture
def often(town: Stage) -> Stage:
    """The same drain three times, the first two mended; a lamp elsewhere."""
    for number, who in ((1, "王阿姨"), (2, "老周")):
        town.say(who, DRAIN, RESIDENTS)
        town.say("小赵", f"接单 {number}")
        town.say("小赵", f"办结 {number} 通了")
        town.wait(minutes=1)
        town.say(who, "满意")
        town.wait(days=5)
    town.say("李婶", DRAIN, RESIDENTS)
    town.wait(minutes=30)
    town.say("老周", "五号楼门口路灯坏了半个月了", RESIDENTS)
    return town


@pytest.mark.parametrize("said", ["查 三号楼", "查 3号楼", "查3栋"])
def test_a_building_shows_what_is_open_what_ended_and_what_comes_again(often: Stage, said: str) -> None:
    lines = to(often.say("小赵", said), "小赵")[0].splitlines()
    assert "在办 1 件，近 30 天办完 2 件。" in lines[0]
    assert "3 排水污水" in lines[1]
    assert lines[2] == "常发："
    assert "90 天里 3 次（3、2、1）" in lines[3]
    assert lines[4] == "最近办完的："
    assert [line[0] for line in lines[5:7]] == ["2", "1"]
    assert not any("路灯" in line or line.startswith("4 ") for line in lines)


def test_a_grid_and_the_word_behind_it_show_all_of_it(often: Stage) -> None:
    assert "在办 2 件" in to(often.say("小赵", "查 梧桐一网格"), "小赵")[0]
    assert "在办 2 件" in to(often.say("小赵", "查 网格1"), "小赵")[0]
    assert "没查到" in to(often.say("小赵", "查 网格12"), "小赵")[0]


def test_a_shop_is_found_by_its_name(town: Stage) -> None:
    town.say("王阿姨", "老王烧烤天天油烟熏得睡不着，没人管吗", RESIDENTS)
    assert "在办 1 件" in to(town.say("周书记", "查 老王烧烤"), "周书记")[0]
    assert "没查到" in to(town.say("小刘", "查 老王烧烤"), "小刘")[0]


def test_a_staff_group_reads_no_more_than_it_may(often: Stage) -> None:
    said = to(often.say("小赵", "查 三号楼", OFFICE), OFFICE)[0]
    assert "在办 1 件" in said
    assert "王阿姨" not in said


def test_whoever_may_not_see_it_finds_nothing(often: Stage) -> None:
    assert "没查到" in to(often.say("小刘", "查 三号楼"), "小刘")[0]


def test_what_is_due_first_stands_first_with_its_light(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    town.wait(hours=2)
    town.say("老周", "五号楼一单元水管爆裂，水漫到电梯了", RESIDENTS)
    town.wait(minutes=5)
    lines = to(town.say("小赵", "待办"), "小赵")[0].splitlines()
    assert lines[1].startswith("🔴")
    assert lines[1].split(" ")[0].lstrip("🔴") == "2"
    town.wait(hours=5)
    assert any(line.startswith("🟡1 ") for line in to(town.say("小赵", "待办"), "小赵")[0].splitlines())
    assert all(len(line) <= 60 for line in lines)
