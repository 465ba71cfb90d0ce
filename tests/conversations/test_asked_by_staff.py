"""谁看过1号, 各社区情况, 导一份表: asked by staff, and answered with what there is."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.timers import Timer
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


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


def counted(town: Stage) -> tuple[str, str] | None:
    """From which day until before which day figures were asked for last."""
    with town.app.reading() as db:
        asked = db.scalars(select(Timer).where(Timer.kind == "statistics").order_by(Timer.id.desc())).first()
        return (asked.data["first"], asked.data["after"]) if asked is not None else None


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("这周报了多少办了多少", ("2026-03-02", "2026-03-09")),
        ("这个月来了多少件，办完多少", ("2026-03-01", "2026-04-01")),
        ("我们社区本月一共报了几件办结了几件", ("2026-03-01", "2026-04-01")),
        ("上个星期收到多少单，办结多少？", ("2026-02-23", "2026-03-02")),
        ("今年到现在办了多少件", ("2026-01-01", "2027-01-01")),
        ("昨天接了几单", ("2026-03-01", "2026-03-02")),
        ("这个礼拜的情况", ("2026-03-02", "2026-03-09")),
    ],
)
@pytest.mark.parametrize("who", ["周书记", "小赵", "派单员"])
def test_how_many_came_and_were_done_is_counted_of_that_span(
    lamp: Stage, words: str, days: tuple[str, str], who: str
) -> None:
    assert to(lamp.say(who, words), who)[0] == "好，正在算，马上发来。"
    assert counted(lamp) == days
    assert len(lamp.tickets()) == 1


def test_a_resident_is_shown_no_figures_of_the_office(lamp: Stage) -> None:
    lamp.say("王阿姨", "这周报了多少办了多少")
    assert counted(lamp) is None


@pytest.mark.parametrize("words", ["现在什么情况", "现在啥情况", "目前怎么样了", "现在咋样", "今天社区什么情况啊"])
def test_whoever_asks_how_things_are_reads_what_is_open_where_they_work(lamp: Stage, words: str) -> None:
    heads = {
        "周书记": "梧桐社区：在办 1 件，近 30 天办完 0 件。",
        "派单员": "望江街道：在办 1 件，近 30 天办完 0 件。",
        "小赵": "待办 1 张，按时限排：",
        "小刘": "您手上没有待办，辛苦了。",
    }
    assert {who: to(lamp.say(who, words), who)[0].splitlines()[0] for who in heads} == heads
    assert lamp.say("周书记", words, OFFICE) == []  # to colleagues


def test_in_a_group_it_is_told_to_whoever_calls_the_bot(lamp: Stage) -> None:
    said = to(lamp.say("周书记", "现在什么情况", OFFICE, addressed=True), OFFICE)
    assert said[0].startswith("梧桐社区：在办 1 件")


def test_beside_a_card_or_right_behind_their_own_report_it_is_asked_of_that(lamp: Stage) -> None:
    assert to(lamp.say("小赵", "现在什么情况", quoted=lamp.card(1, "小赵")), "小赵")[0].startswith("1 道路设施")
    lamp.say("周书记", "6号楼下水道堵了，污水往外冒")
    said = lamp.say("周书记", "现在什么情况")
    assert to(said, "周书记") == ["2（排水污水）：已登记，等人接手，最迟今天 11:00。"]
    assert [who for who, _ in said] == ["周书记"]  # no word for whoever works on it
    lamp.say("周书记", "查 1")
    assert to(lamp.say("周书记", "现在什么情况"), "周书记")[0].startswith("梧桐社区：在办 2 件")
    lamp.say("周书记", "进度 2")
    lamp.wait(hours=1)
    assert to(lamp.say("周书记", "现在什么情况"), "周书记")[0].startswith("梧桐社区：在办 2 件")
