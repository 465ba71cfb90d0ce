"""Every bug that was found by talking to the bot leaves a dialogue."""

from __future__ import annotations

import pytest

from tests.conversations.stage import RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"


@pytest.fixture
def done(town: Stage) -> Stage:
    """A lamp that is said to be mended."""
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 灯泡已换")
    town.wait(minutes=1)  # then the resident hears of it
    return town


def test_a_verification_that_says_neither_is_asked_again(done: Stage) -> None:
    heard = to(done.say("周书记", "核查 1 灯还是不亮"), "周书记")
    assert heard == ["1 号看过了怎么样？说「核查 1 通过」，或「核查 1 不通过」加上原因。"]
    assert done.ticket(1).status == "resolved"
    said = done.say("周书记", "核查 1 不通过 灯还是不亮")
    assert to(said, "王阿姨") == ["您报的 1 号核查时还没弄好，已退回接着办。"]


def test_another_trouble_after_closing_is_a_new_case(done: Stage) -> None:
    done.say("王阿姨", "好了谢谢")
    done.say("王阿姨", "5号楼的下水道又堵了，脏水都冒出来了", RESIDENTS)
    assert (done.ticket(1).status, done.ticket(2).category) == ("closed", "drainage")


def test_another_trouble_is_no_answer_to_the_closing_question(done: Stage) -> None:
    done.say("王阿姨", "5号楼的下水道又堵了，脏水都冒出来了", RESIDENTS)
    assert (done.ticket(1).status, done.ticket(2).category) == ("resolved", "drainage")


def test_the_same_trouble_within_the_window_reopens(done: Stage) -> None:
    done.say("王阿姨", "好了谢谢")
    done.wait(days=3)
    done.say("王阿姨", "三号楼门口路灯又坏了")
    assert (done.ticket(1).status, done.ticket(1).reopenings) == ("reported", 1)


def test_thanks_after_closing_are_answered_kindly(done: Stage) -> None:
    done.say("王阿姨", "好了谢谢")
    assert to(done.say("王阿姨", "谢谢"), "王阿姨") == ["不客气，有事随时说。"]


def test_a_building_is_no_ticket_number(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    assert to(town.say("小赵", "查 3号楼"), "小赵")[0].splitlines()[1].startswith("1 道路设施")
    assert "没找到「3号楼物业」" in to(town.say("小赵", "转派 1 3号楼物业"), "小赵")[0]


def test_an_emergency_is_red_and_has_no_eight_hours(town: Stage) -> None:
    town.say("老周", "二单元楼道里好大的煤气味！！", RESIDENTS)
    assert "🔴1 " in to(town.say("小赵", "待办"), "小赵")[0]
    assert to(town.say("小赵", "接单 1"), "小赵")[0].startswith("1 号归您了，请马上赶到：")


def test_it_says_that_it_is_a_bot(town: Stage) -> None:
    assert "机器人" in to(town.say("王阿姨", "你是谁？"), "王阿姨")[0]


def test_an_emergency_does_not_join_somebody_elses_door(town: Stage) -> None:
    town.say("王阿姨", "三号楼单元门关不上了，谁都能进", RESIDENTS)
    town.say("老周", "6号楼电梯困人了，有老人在里面", RESIDENTS)
    urgent = [row for row in town.tickets() if row.urgency == "emergency"]
    assert len(urgent) == 1
    assert town.facts(urgent[0].number).count("opened") == 1


def test_yes_after_done_tells_the_resident_nothing_odd(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "好了")
    town.photo("小赵")
    assert to(town.wait(minutes=1), "王阿姨")[0].startswith("您报的 1 号说是弄好了，请您看看。")


def test_a_supporter_who_is_content_does_not_close_it_for_the_reporter(town: Stage) -> None:
    town.say("王阿姨", "三号楼又停水了，一滴都没有", RESIDENTS)
    town.say("李婶", "我家也是", RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 水厂已恢复")
    town.wait(minutes=1)
    assert to(town.say("李婶", "好了"), "李婶") == ["好，您家好了，记下了。等 1 号的报事人也说好就结案。"]
    assert town.ticket(1).status == "resolved"
    town.say("王阿姨", "还是没修")
    assert (town.ticket(1).status, town.ticket(1).reopenings) == ("reported", 1)


def test_several_numbers_mean_each_of_them(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("老周", "五号楼的垃圾三天没人收", RESIDENTS)
    [said] = to(town.say("小赵", "接单 1 2"), "小赵")
    assert [line[:3] for line in said.split("\n")] == ["1 号", "2 号"]
    assert {row.status for row in town.tickets()} == {"accepted"}


def test_another_matter_during_an_emergency_is_not_swallowed(town: Stage) -> None:
    town.say("老周", "二单元楼道里好大的煤气味！！", RESIDENTS)
    town.wait(minutes=12)
    town.say("李婶", "五号楼门口路灯不亮了", RESIDENTS)
    assert [row.category for row in town.tickets()] == ["utilities", "road_facility"]


def test_a_closed_ticket_is_not_in_anybodys_hands(done: Stage) -> None:
    done.say("王阿姨", "好了谢谢")
    assert "现在是已结案" in to(done.say("小赵", "接单 1"), "小赵")[0]


def test_whoever_knocks_is_asked_in(town: Stage) -> None:
    assert to(town.say("王阿姨", "在吗"), "王阿姨")[0].startswith("在的，您说。")
    assert to(town.say("王阿姨", "我要投诉"), "王阿姨")[0].startswith("在的，您说。")


def test_asking_the_bot_in_the_group_is_answered(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    said = town.say("王阿姨", "咋样了", RESIDENTS, addressed=True)
    assert to(said, RESIDENTS) == ["1 号已登记，等人接手，细节私下发您了。"]


def test_a_lift_elsewhere_is_not_swallowed_by_a_gas_leak(town: Stage) -> None:
    town.say("老周", "二单元楼道里好大的煤气味！！", RESIDENTS)
    town.wait(minutes=12)
    town.say("李婶", "五号楼电梯坏了，停在三楼不动", RESIDENTS)
    assert [row.category for row in town.tickets()] == ["utilities", "building"]
