"""The story: from a sentence in a group to a closed ticket."""

from __future__ import annotations

from datetime import timedelta

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"


def test_from_a_sentence_in_a_group_to_a_closed_ticket(town: Stage) -> None:
    said = town.say("王阿姨", LAMP, RESIDENTS)
    assert to(said, RESIDENTS) == ["收到，已登记，编号 1，最迟今天 17:00 有人接手。"]
    assert len(to(said, RESIDENTS)[0]) <= 40
    assert to(said, "小赵")[0].startswith("新工单 1：梧桐里小区三号楼 道路设施，今天 17:00 前接单。")
    assert town.ticket(1).category == "road_facility"

    said = town.say("小赵", "接单", None)
    assert to(said, "小赵") == ["1 号归您了：道路设施。今天 17:00 前请先联系报事人或说一句「进展」。"]
    assert to(said, "王阿姨") == ["您报的 1 号，梧桐一网格已接手，联系人小赵。"]
    assert to(said, RESIDENTS) == []

    said = town.say("小赵", "进展 1 已联系维修师傅，下午到")
    assert to(said, "王阿姨") == ["您报的 1 号正在处理：已联系维修师傅，下午到"]
    assert town.ticket(1).status == "in_progress"

    town.photo("小赵")
    town.say("小赵", "办结 1 灯泡已换")
    said = town.wait(minutes=1)  # as long as it may be taken back
    assert to(said, "王阿姨")[0].startswith("您报的 1 号说是弄好了：灯泡已换，请您看看。")
    assert "evidence" in town.facts(1)

    said = town.say("王阿姨", "好了谢谢")
    assert to(said, "王阿姨") == ["好的，1 号就结案了，谢谢您。"]
    assert (town.ticket(1).status, town.ticket(1).closing, town.ticket(1).rating) == ("closed", "solved", "satisfied")


def test_eight_hours_without_anybody_turn_yellow_then_red_then_climb(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    assert town.wait(hours=5, minutes=59) == []
    said = town.wait(minutes=1)
    assert to(said, "小赵") == [
        "🟡 1 道路设施：今天 17:00 前要接单，还没人接。\n说「接单 编号」接手，说「待办」看全部。"
    ]
    said = town.wait(hours=2)
    assert "已超时" in to(said, "小赵")[0]
    assert to(said, "周书记") == []
    # one level up eight hours later is one in the morning: it is counted then and said at eight
    assert town.wait(hours=14) == []
    said = town.wait(hours=1)
    assert "已超时" in to(said, "周书记")[0]
    assert town.facts(1).count("late") == 3


def test_acceptance_stops_its_reminders(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(hours=7)
    town.say("小赵", "接单1")
    said = town.wait(hours=24)
    assert [text for _, text in said if "接单" in text and "没有进展" not in text] == []


def test_accepted_without_a_word_is_nudged_within_the_same_eight_hours(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    said = town.wait(hours=8)
    assert "接单后还没有进展" in to(said, "小赵")[0]
    assert town.wait(hours=12) == []


def test_an_emergency_rings_at_once_and_every_ten_minutes_until_accepted(town: Stage) -> None:
    town.wait(hours=14)  # eleven at night
    said = town.say("老周", "二单元楼道里好大的煤气味！！", RESIDENTS)
    assert to(said, RESIDENTS)[0].startswith("先离开现场，打 119！编号 1")
    assert to(said, "小赵")[0].startswith("🔴紧急 1")
    said = town.wait(minutes=10)
    assert to(said, "小赵")[0].startswith("🔴 紧急 1")
    assert to(said, "周书记"), "the level above hears of the second round"
    said = town.wait(minutes=10)
    assert to(said, "值班老何")
    town.say("小赵", "接单 1")
    assert town.wait(hours=1) == []


def test_two_accept_at_once_and_the_second_is_told_who(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1", OFFICE)
    said = town.say("小钱", "接单 1", OFFICE)
    assert to(said, OFFICE) == ["1 号 小赵 已经接了。"]
    assert to(town.say("小赵", "接单 1", OFFICE), OFFICE) == ["1 号已经在您手上。"]


def test_silence_closes_on_the_stated_date_and_is_no_praise(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 灯泡已换")
    assert "3月5日 09:00 前没回音就先结案" in to(town.wait(minutes=1), "王阿姨")[0]
    said = town.wait(days=3)
    assert "先结案了" in to(said, "王阿姨")[0]
    assert (town.ticket(1).status, town.ticket(1).rating) == ("closed", None)
    said = town.say("王阿姨", "那个灯又坏了，还是没修")
    assert "1 号接着办，还是这个编号" in to(said, "王阿姨")[0]
    assert (town.ticket(1).status, town.ticket(1).reopenings) == ("reported", 1)


def test_not_fixed_goes_to_the_community_and_not_back_to_whoever_closed_it(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 灯泡已换")
    said = town.say("王阿姨", "还是没修")
    assert "还没好" in to(said, "小赵")[0]
    assert "请定：「退回重办 1」" in to(said, "周书记")[0]
    assert (town.ticket(1).status, town.ticket(1).holder_id) == ("reported", None)
    assert town.wait(hours=8) != []


def test_a_deadline_is_the_same_instant_for_everybody(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    due = town.ticket(1).accept_due
    assert due - town.ticket(1).opened_at == timedelta(hours=8)
    assert "今天 17:00" in to(town.say("王阿姨", "进度"), "王阿姨")[0]
    assert "今天 17:00" in to(town.say("小赵", "待办"), "小赵")[0]
    town.say("小赵", "转派 1 安居物业")
    assert town.ticket(1).accept_due == due
