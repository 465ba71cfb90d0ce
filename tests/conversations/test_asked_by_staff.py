"""谁看过1号, 各社区情况, 导一份表: asked by staff, and answered with what there is."""

from __future__ import annotations

import pytest

from tests.conversations.stage import RESIDENTS, Stage, to


@pytest.fixture
def lamp(town: Stage) -> Stage:
    town.say("王阿姨", "三号楼门口路灯坏了", RESIDENTS)
    return town


@pytest.mark.parametrize(
    "words",
    [
        *(
            "谁看过1号",
            "1号谁看了",
            "1号有谁能看到",
            "谁看得到1号",
            "小赵看过1号没有",
            "1号他们看到没有",
            "1号的卡片谁看过",
        ),
        *(
            "都有谁看了1号",
            "1号单子有几个人看过",
            "领导看到1号了吗",
        ),
    ],
)
def test_who_looked_at_a_ticket_is_not_kept_and_said_so(lamp: Stage, words: str) -> None:
    (said,) = to(lamp.say("周书记", words), "周书记")
    assert said.startswith("谁看过工单，门口不记。")
    assert "1 道路设施" in said


@pytest.mark.parametrize(
    "words",
    [
        "各社区情况",
        "各个社区怎么样",
        "各社区报了多少",
        "各网格情况",
        "每个社区办结了多少",
        "各社区本月数据",
        "按社区统计",
        "本月各社区的数据",
        "下面几个社区的情况怎么样",
        "统计 各 本月",
    ],
)
def test_of_each_unit_the_street_hears_the_whole_and_where_each_stands(lamp: Stage, words: str) -> None:
    (said, *_) = to(lamp.say("派单员", words), "派单员")
    assert said.startswith("好，正在算，马上发来。分开看，说单位的名字，例如「统计 本月 梧桐社区」")


@pytest.mark.parametrize(
    "words",
    [
        *(
            "导出",
            "导一份表",
            "导出本月工单",
            "给我导个excel",
            "发我一份表格",
            "哪里可以下载报表",
            "打印一份",
            "导出表格",
        ),
        *(
            "怎么导出数据",
            "能不能导出Excel",
            "帮我拉一张清单",
            "把本月数据导出来",
        ),
    ],
)
def test_where_a_table_is_to_be_had(lamp: Stage, words: str) -> None:
    (said,) = to(lamp.say("派单员", words), "派单员")
    assert said.startswith("表格在控制台「统计」页")


@pytest.mark.parametrize(
    "words", ["3号楼看过了，是灯泡坏了", "师傅看过了", "各位辛苦了", "下载不了医保码", "群里导航发一下"]
)
def test_what_asks_for_none_of_it(lamp: Stage, words: str) -> None:
    said = "".join(to(lamp.say("小赵", words), "小赵"))
    assert not any(word in said for word in ("门口不记", "正在算", "控制台「统计」"))


@pytest.mark.parametrize(
    "words",
    ["梧桐社区怎么样", "梧桐社区今天情况如何", "梧桐社区那边什么情况", "梧桐一网格怎么样了", "看看梧桐社区的情况"],
)
def test_a_unit_by_its_name_is_looked_up_and_no_tree(lamp: Stage, words: str) -> None:
    said = "".join(to(lamp.say("派单员", words), "派单员"))
    assert "1 道路设施" in said
    assert len(lamp.tickets()) == 1
