"""What staff ask of many tickets at once, in everyday words: last night, the hotline, the most, their own area.

Sabotage that must turn these red: tickets that do not reach whoever asks; what was said in confidence counted aloud; a
person ranked; 都催一下 done without a question.
"""

from __future__ import annotations

import pytest

from tests.conversations.offices import LEADER, with_departments
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

HOTLINE = "代报 热线 A-1043 截止 3月5日 17:00 8号楼门口路灯不亮"


@pytest.fixture
def told(town: Stage) -> Stage:
    """Two of building 3, one of building 5, which 小赵 has."""
    town.say("老周", "3号楼一单元电梯坏了", RESIDENTS)
    town.say("王阿姨", "5号楼门口垃圾堆了三天没人收", RESIDENTS)
    town.say("李婶", "3号楼2单元下水道堵了往外冒水", RESIDENTS)
    town.say("小赵", "接单 2")
    return town


@pytest.mark.parametrize("words", ["都催一下", "全部催一遍", "没办的都催催", "挨个催一下", "帮我都催一催"])
def test_all_that_waits_is_urged_when_asked_so(told: Stage, words: str) -> None:
    assert to(told.say("周书记", words), "周书记") == ["您是不是要「催办 1 2 3」？是的话回「是」。"]
    said = told.say("周书记", "是")
    assert "已催 2 号的小赵。" in to(said, "周书记")[0]
    assert any("催办 2 号" in text for text in to(said, "小赵"))
    said = told.say("周书记", "都催一下")
    assert not any("是不是要" in text for text in to(said, "周书记"))  # all were, just now


@pytest.mark.parametrize("words", ["没接的都催一下", "把没人接的都催一遍"])
def test_of_what_nobody_has_accepted_only_that(told: Stage, words: str) -> None:
    assert "「催办 1 3」" in to(told.say("周书记", words), "周书记")[0]


def test_what_is_late_comes_first_and_in_a_group_the_question_is_private(told: Stage) -> None:
    told.wait(hours=3)
    assert "「催办 1 3」" in to(told.say("周书记", "都催一下", OFFICE), "周书记")[0]


def test_whoever_may_urge_nobody_is_told_who_may(told: Stage) -> None:
    said = to(told.say("小刘", "都催一下"), "小刘")[0]
    assert "催办 1" not in said


@pytest.mark.parametrize("words", ["昨晚有什么事", "昨晚有什么事吗", "昨夜群里报了几件", "夜里有急事没有"])
def test_last_night_is_what_came_in_between_the_days(town: Stage, words: str) -> None:
    town.say("老周", "5号楼门口路灯坏了半个月了", RESIDENTS)
    town.wait(hours=13)  # 22:00
    town.say("王阿姨", "3号楼下水道堵了", RESIDENTS)
    town.wait(hours=10, minutes=30)
    lines = to(town.say("周书记", words), "周书记")[0].splitlines()
    assert lines[0].endswith("（昨天 18:00 到 今天 08:00）新报的 1 件：")
    assert lines[1].startswith("🔴 2 ") or "2 排水污水" in lines[1]
    assert len(lines) == 2


def test_a_quiet_night_and_a_weekend(town: Stage) -> None:
    town.say("老周", "5号楼门口路灯坏了半个月了", RESIDENTS)
    assert "昨晚（昨天 18:00 到 今天 08:00）没有新报的事。" in to(town.say("周书记", "昨晚有什么事"), "周书记")
    town.wait(days=5)  # Saturday
    town.say("王阿姨", "3号楼下水道堵了", RESIDENTS)
    town.wait(days=2)
    said = to(town.say("周书记", "周末报了几件"), "周书记")[0]
    assert "新报的 1 件" in said
    assert "2 排水污水" in said
    assert "新报的 1 件" not in to(town.say("小刘", "周末报了几件"), "小刘")[0]  # not of their desk


@pytest.mark.parametrize("words", ["12345转来的有几件", "热线的还有几件没办", "还有几个12345的单子没结"])
def test_what_the_hotline_sent_and_is_open(told: Stage, words: str) -> None:
    assert to(told.say("周书记", words), "周书记") == ["12345 转来的，现在没有还在办的。"]
    told.say("周书记", HOTLINE)
    lines = to(told.say("周书记", words), "周书记")[0].splitlines()
    assert lines[0] == "12345 转来、还没办完的 1 张："
    assert "4 道路设施" in lines[1]


@pytest.mark.parametrize("words", ["哪栋楼报的最多", "哪一类最多", "最近什么问题最多", "本月哪个小区投诉最多"])
@pytest.mark.parametrize("who", ["周书记", "派单员"])
def test_where_and_of_what_most_is_told(told: Stage, words: str, who: str) -> None:
    lines = to(told.say(who, words), who)[0].splitlines()
    assert "报得最多的：" in lines[0]
    assert "楼栋：梧桐里小区3号楼 2 件、梧桐里小区5号楼 1 件" in lines


def test_a_company_counts_its_own_desk_and_confidence_counts_nowhere(told: Stage) -> None:
    assert "没有报事" in to(told.say("小刘", "哪栋楼报的最多"), "小刘")[0]
    told.say("李婶", "我要举报8号楼有人群租，隔了十几间")
    assert told.ticket(4).confidential
    assert "8号楼" not in to(told.say("周书记", "哪栋楼报的最多"), "周书记")[0]


@pytest.mark.parametrize("words", ["谁手上最多", "谁的单子最多", "谁最慢", "谁办得最少"])
def test_nobody_is_ranked(told: Stage, words: str) -> None:
    said = to(told.say("周书记", words), "周书记")
    assert said == ["我不给人排名次。看一位同事手上的说「查 小赵」，看各单位的数说「统计」。"]


@pytest.mark.parametrize("words", ["我管哪几栋", "我负责哪些楼", "我的网格是哪里", "我管的是哪几栋楼啊"])
def test_ones_own_area(told: Stage, words: str) -> None:
    told.say("小钱", "6号楼门口路灯坏了")
    said = told.say("小钱", words)
    assert said == [("小钱", "梧桐一网格：梧桐里小区（1号楼，共 1 栋）")]  # and nothing to their own ticket


def test_reminders_of_the_clock_are_one_line_of_the_history(town: Stage) -> None:
    town.say("老周", "3号楼一单元电梯坏了", RESIDENTS)
    town.wait(days=5)
    said = to(town.say("周书记", "查 1"), "周书记")[0]
    assert said.count("催办") == 1
    assert "起自动催办" in said
    assert "最近一次今天 09:00" in said
    town.say("周书记", "催办 1")
    assert "今天 09:00 催办 周书记" in to(town.say("周书记", "查 1"), "周书记")[0]


def test_whoever_may_not_check_is_not_asked_to(town: Stage) -> None:
    with_departments(town)
    town.say("老周", "物业乱收停车费，收了钱也不开票", RESIDENTS)
    town.say("周书记", "接单 1")  # the community's own work: the street looks at it
    said = town.say("周书记", "办结 1 解释说明 厂家说要等配件")
    assert any("请核查" in text for text in to(said, "派单员"))
    assert not any("请核查" in text for who in (LEADER, "值班老何") for text in to(said, who))
    said = town.wait(days=3)
    assert any("等核查" in text for text in to(said, "派单员"))
    assert not any("等核查" in text for text in to(said, LEADER))


@pytest.mark.parametrize(
    "words", ["办结的有哪些", "办结了几件", "办结的单子有哪些", "进展了没有", "挂账的有哪些", "退单的有几件"]
)
def test_what_asks_how_many_writes_nothing_on_the_only_ticket(told: Stage, words: str) -> None:
    before = told.facts(2)
    told.say("小赵", words)
    assert told.facts(2) == before


STATES = {
    "没人接的有几个": "还没人接的 2 张：",
    "还有几个没人接": "还没人接的 2 张：",
    "今天到期的有哪些": "今天到期的 2 张：",
    "挂账的有哪些": "现在没有挂账的。",
    "有几件退回来的": "在办的没有退过单的。",
    "上周不满意的有哪些": "近 30 天没有说不满意的。",
    "现在有几件待核查": "现在没有等核查的。",
}


@pytest.mark.parametrize("words", STATES)
def test_tickets_by_how_they_stand(told: Stage, words: str) -> None:
    assert to(told.say("周书记", words), "周书记")[0].splitlines()[0] == STATES[words]


def test_what_ended_is_shown_as_it_ended(told: Stage) -> None:
    told.say("小赵", "办结 2 收走了")
    assert "等核查、等回音的 1 张" in to(told.say("周书记", "待核查的有哪些"), "周书记")[0]
    told.wait(minutes=1)
    told.say("王阿姨", "满意")
    lines = to(told.say("周书记", "这周办完了哪些"), "周书记")[0].splitlines()
    assert lines[0] == "近 7 天办完的 1 张："
    assert lines[1].startswith("2 环境卫生")
    assert "已结案（已解决）" in lines[1]


@pytest.mark.parametrize("words", ["我下班了，交给小钱", "下班了，手上的交给小钱", "交接给小钱"])
def test_a_shift_is_handed_over_in_everyday_words(told: Stage, words: str) -> None:
    assert "「交班 给小钱」" in to(told.say("小赵", words), "小赵")[0]
    told.say("小赵", "是")
    assert "2 环境卫生" in to(told.say("小钱", "待办"), "小钱")[0]
    assert "「交班 还给小赵」" in to(told.say("小钱", "都还给小赵"), "小钱")[0]


def test_leave_without_days_is_asked_about_at_once(town: Stage) -> None:
    said = to(town.say("周书记", "小赵过几天请假，小钱代一下"), "周书记")[0]
    assert said.startswith("从哪天到哪天、谁来代？")
    assert "「请假 小赵 这周 由小钱代」" in to(town.say("周书记", "小赵这周请假，小钱代一下"), "周书记")[0]


@pytest.mark.parametrize("words", ["转派 1 2 3 物业", "转派 1、2、3 物业", "转派 1 2 3 给物业"])
def test_three_are_given_to_one_in_one_breath(told: Stage, words: str) -> None:
    told.say("小赵", words)
    assert to(told.say("小刘", "待办"), "小刘")[0].startswith("待办 3 张")


@pytest.mark.parametrize("words", ["转派给物业的怎么样了", "转给物业那几个办了吗"])
def test_how_what_was_given_away_goes_on(told: Stage, words: str) -> None:
    told.say("小赵", "转派 1 物业")
    said = to(told.say("小赵", words), "小赵")[0]
    assert said.startswith("安居物业手上 1 张：\n1 房屋电梯")
    assert told.ticket(3).desk_id != told.ticket(1).desk_id


@pytest.mark.parametrize("words", ["4是市政的", "4号是市政的管道，不是我们的", "4在红线外"])
def test_that_it_is_somebody_elses_sends_it_back(told: Stage, words: str) -> None:
    told.say("老周", "6号楼门口路灯不亮", RESIDENTS)
    told.say("小赵", "转派 4 物业")
    assert "「退单 4 " in to(told.say("小刘", words), "小刘")[0]
    said = to(told.say("小刘", "是"), "小刘")[0]
    assert said.startswith("按哪一条规定不归你们？")  # the reason was told already


def test_while_the_rule_is_asked_for_other_tickets_are_spoken_of(told: Stage) -> None:
    told.say("小赵", "转派 1 3 物业")
    told.say("小刘", "接单 1")
    told.say("小刘", "退单 3 非本单位职责")
    told.wait(minutes=1)
    assert "「进展 1 厂家说周四来」" in to(told.say("小刘", "1号厂家说周四来"), "小刘")[0]
    assert "门口不对外说" in to(told.say("小刘", "谁报的"), "小刘")[0]
    said = to(told.say("小刘", "《城市排水条例》第五条，建议转城管"), "小刘")
    assert "报给" in said[0] or "退单" in said[0]
    assert told.facts(3)[-1] == "asked"


def test_to_whom_a_shift_goes_is_asked_and_a_name_answers(told: Stage) -> None:
    assert to(told.say("小赵", "交班"), "小赵")[0].startswith("交给谁？")
    assert to(told.say("小赵", "小钱"), "小赵")[0].startswith("交给小钱了，1 张")
    assert to(told.say("小赵", "小钱"), "小赵")[0].startswith("小钱手上 1 张")  # now it only looks


@pytest.mark.parametrize("words", ["A-1043", "查 a-1043", "热线A-1043怎么样了"])
def test_an_order_of_the_hotline_is_found_by_its_number(told: Stage, words: str) -> None:
    told.say("周书记", HOTLINE)
    assert to(told.say("周书记", words), "周书记")[0].startswith("4 道路设施")
    assert "道路设施" not in to(told.say("小刘", words), "小刘")[0]


@pytest.mark.parametrize("words", ["2号师傅来过没有", "2号修到哪了"])
def test_a_question_is_not_offered_as_progress(told: Stage, words: str) -> None:
    assert "「进展 2" not in "".join(to(told.say("小赵", words), "小赵"))


def test_what_is_said_to_be_the_departments_is_offered_to_it(told: Stage) -> None:
    assert "「转派 1 城管」" in to(told.say("小赵", "1城管的"), "小赵")[0]
    assert "我先走了" not in to(told.say("小赵", "我先走了 单子小钱盯着"), "小赵")[0]


@pytest.mark.parametrize("words", ["3城管的", "3号归城管管"])
def test_a_company_that_names_whose_it_is_is_offered_to_return_it(told: Stage, words: str) -> None:
    told.say("小赵", "转派 3 物业")
    assert "「退单 3 非本单位职责，建议转城管」" in to(told.say("小刘", words), "小刘")[0]
    assert to(told.say("小刘", "是"), "小刘")[0].startswith("按哪一条规定不归你们？")
    told.wait(minutes=1)
    told.say("小刘", "《城市排水条例》第五条")
    assert told.facts(3)[-1] == "asked"


@pytest.mark.parametrize("words", ["通知 全体网格员下午两点开会", "通知网格员和楼长周五培训", "通知小赵下午来一趟"])
def test_what_is_for_colleagues_becomes_no_notice_to_households(town: Stage, words: str) -> None:
    said = to(town.say("周书记", words), "周书记")[0]
    assert said.startswith("「通知」发给住户，同事收不到，没有起草。")


def test_what_colleagues_will_do_at_the_door_is_a_notice(town: Stage) -> None:
    assert "通知预览" in to(town.say("周书记", "通知 网格员明天上门登记，请开门"), "周书记")[0]
    assert "通知预览" in to(town.say("周书记", "通知 @全体 全体网格员明天上门登记"), "周书记")[0]
