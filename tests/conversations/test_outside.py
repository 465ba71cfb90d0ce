"""移交, 不予受理, 恢复受理, 催办: what cannot be done here has a reason and a way on, and may be objected to."""

from __future__ import annotations

import pytest

from storage.workflow import Closing
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"


@pytest.fixture
def lamp(town: Stage) -> Stage:
    town.say("王阿姨", LAMP, RESIDENTS)
    return town


def test_handing_over_names_body_number_and_telephone(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    assert "对方编号" in to(lamp.say("周书记", "移交 1 供电公司"), "周书记")[0]
    said = lamp.say("周书记", "移交 1 供电公司 编号 2026-0315 电话 95598")
    assert to(said, "周书记") == ["1 号移交供电公司，报事人会听到编号和电话。"]
    assert to(said, "小赵") == ["1 号移交供电公司了，不用办了。"]
    assert to(said, "王阿姨") == []
    told = to(lamp.wait(minutes=1), "王阿姨")
    assert "由供电公司来办" in told[0]
    assert "编号是 2026-0315，可打 95598 问" in told[0]
    row = lamp.ticket(1)
    assert (row.status, row.outside, row.outside_number) == ("transferred", "供电公司", "2026-0315")
    lamp.wait(days=3)
    assert (lamp.ticket(1).status, lamp.ticket(1).closing) == ("closed", Closing.HANDED_OVER)


@pytest.mark.parametrize(
    ("said", "body", "number", "phone"),
    [
        ("供电公司 编号 2026-0315 电话 95598", "供电公司", "2026-0315", "95598"),
        ("给市政公司，工单号：A1234，请打0571-88886666", "市政公司", "A1234", "0571-88886666"),
        ("地铁公司 无编号 电话 0571-96600", "地铁公司", None, "0571-96600"),
        ("燃气公司 没有编号 96777", "燃气公司", None, "96777"),
    ],
)
def test_what_is_said_of_the_outside_is_understood(said: str, body: str, number: str | None, phone: str) -> None:
    from handlers.staff.handing_off import Outside, outside_in

    assert outside_in(said) == Outside(body, number, phone)


@pytest.mark.parametrize("said", ["供电公司", "供电公司 95598", "编号 12 电话 95598", "供电公司 编号 X1"])
def test_what_is_missing_is_asked_for(said: str) -> None:
    from handlers.staff.handing_off import outside_in

    assert outside_in(said) is None


def test_a_refusal_has_a_reason_and_says_where_to_turn(lamp: Stage) -> None:
    said = lamp.say("周书记", "不予受理 1 不在本辖区 请找江滨社区，电话 0571-8888")
    assert "不予受理：不在本辖区" in to(said, "周书记")[0]
    told = to(lamp.wait(minutes=1), "王阿姨")
    assert "社区这边办不了，原因是不在本辖区。可以找江滨社区，电话 0571-8888。" in told[0]
    assert "觉得不对就回「不同意」" in told[0]
    assert lamp.ticket(1).reason_code == "elsewhere"


def test_the_reason_is_one_of_the_table_by_a_tap_or_a_word(lamp: Stage) -> None:
    assert "不是规定的原因" in to(lamp.say("周书记", "不予受理 1 懒得办"), "周书记")[0]
    assert "为什么不予受理" in to(lamp.say("周书记", "不予受理 1"), "周书记")[0]
    lamp.press("周书记", "answer:reject_private", 1)
    assert lamp.ticket(1).reason_code == "private"
    lamp.say("周书记", "撤销")
    lamp.say("周书记", "不予受理 1")
    lamp.say("周书记", "诉讼")
    assert lamp.ticket(1).reason_code == "legal"


def test_the_tap_of_somebody_who_may_not_refuses_nothing(lamp: Stage) -> None:
    lamp.press("小赵", "answer:reject_private", 1)
    lamp.press("王阿姨", "answer:reject_private", 1)
    assert lamp.ticket(1).status == "reported"


@pytest.mark.parametrize("act", ["不予受理 1 个人纠纷", "移交 1 供电公司 无编号 电话 95598"])
def test_the_resident_objects_and_the_community_looks_again(lamp: Stage, act: str) -> None:
    lamp.say("派单员", act)
    lamp.wait(minutes=1)
    said = lamp.say("王阿姨", "不同意，路灯就是小区的")
    assert lamp.ticket(1).status == "reported"
    assert to(said, "周书记")
    assert lamp.say("老周", "不同意") is not None
    assert lamp.facts(1).count("reopened") == 1


def test_an_objection_by_a_tap_counts_once(lamp: Stage) -> None:
    lamp.say("派单员", "不予受理 1 个人纠纷")
    lamp.wait(minutes=1)
    lamp.press("老周", "answer:object", 1)
    assert lamp.ticket(1).status == "rejected"
    lamp.press("王阿姨", "answer:object", 1)
    lamp.press("王阿姨", "answer:object", 1)
    assert lamp.facts(1).count("reopened") == 1


def test_it_is_taken_up_again_with_a_reason(lamp: Stage) -> None:
    lamp.say("派单员", "不予受理 1 个人纠纷")
    lamp.wait(minutes=5)
    assert "恢复受理 1 原因" in to(lamp.say("派单员", "撤销"), "派单员")[0]
    assert "要写原因" in to(lamp.say("派单员", "恢复受理 1"), "派单员")[0]
    said = lamp.say("派单员", "恢复受理 1 核实后确属我们办")
    assert "重新受理了" in to(said, "王阿姨")[0]
    assert lamp.ticket(1).status == "reported"
    assert lamp.ticket(1).accept_due > lamp.now


def test_a_nudge_reaches_the_holder_once_in_a_while(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    said = lamp.say("周书记", "催办 1", OFFICE)
    assert "梧桐社区催办 1 号" in to(said, "小赵")[0]
    assert to(said, OFFICE) == ["已催 1 号的小赵。"]
    lamp.wait(minutes=10)
    said = lamp.say("派单员", "督促 1")
    assert to(said, "派单员") == ["1 号周书记10 分钟前刚催过，先等等回音。"]
    assert to(said, "小赵") == []
    lamp.wait(minutes=20)
    assert to(lamp.say("派单员", "催办 1"), "小赵")


def test_before_acceptance_the_desk_is_nudged(lamp: Stage) -> None:
    said = lamp.say("周书记", "催办 1")
    assert to(said, "小赵")
    assert to(said, "小钱")


def test_a_residents_urging_is_said_on(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    said = lamp.say("王阿姨", "催办 1")
    assert "让您久等了" in to(said, "王阿姨")[0]
    assert to(said, "小赵") == ["1 号报事人在催，请尽快联系。"]
    assert to(lamp.say("王阿姨", "催一下"), "小赵") == []
    assert "不是您报的" in to(lamp.say("老周", "催一下 1"), "老周")[0]
    assert "nudged" not in lamp.facts(1)


LINE = (
    "1 号转给供电公司在办，那边的编号是 2026-0315，还没弄好的话，可打 95598 催一催。"
    "要是没人管，回「不同意」，我们接着跟。"
)


@pytest.fixture
def outside(lamp: Stage) -> Stage:
    """The lamp is the power company's; a day has gone by."""
    lamp.say("周书记", "移交 1 供电公司 编号 2026-0315 电话 95598")
    lamp.wait(days=1)
    return lamp


@pytest.mark.parametrize(
    "words",
    [
        "还是不亮",
        "三号楼的灯还是不亮啊",
        "路灯还是没人修",
        "怎么还没人来",
        "什么时候来修啊",
        "一点动静都没有",
        "灯还没修好",
    ],
)
@pytest.mark.parametrize("days", [0, 3])
def test_whoever_waits_for_somebody_outside_hears_whom_to_ask(outside: Stage, words: str, days: int) -> None:
    outside.wait(days=days)
    assert to(outside.say("王阿姨", words), "王阿姨") == [LINE]
    assert len(outside.tickets()) == 1
    assert "reopened" not in outside.facts(1)


def test_in_the_group_they_hear_it_alone(outside: Stage) -> None:
    said = outside.say("王阿姨", "三号楼路灯还是不亮", RESIDENTS)
    assert to(said, "王阿姨") == [LINE]
    assert to(said, RESIDENTS) == []
    assert len(outside.tickets()) == 1


@pytest.mark.parametrize("words", ["还是不亮", "到底管不管", "三号楼门口的路灯还没修"])
def test_said_once_more_the_community_looks_again(outside: Stage, words: str) -> None:
    outside.say("王阿姨", "三号楼的灯还是不亮啊")
    said = outside.say("王阿姨", words)
    assert outside.ticket(1).status == "reported"
    assert "移交供电公司，那边的编号是 2026-0315，报事人说还没弄好" in to(said, "周书记")[0]
    assert "不予受理" not in to(said, "周书记")[0]
    assert "2026-0315" not in to(said, OFFICE)[0]


@pytest.mark.parametrize("words", ["打了95598没人接", "他们也不管", "电话打不通啊"])
def test_who_cannot_reach_them_objects(outside: Stage, words: str) -> None:
    outside.say("王阿姨", words)
    assert outside.facts(1).count("reopened") == 1
    assert len(outside.tickets()) == 1


def test_asking_twice_is_no_objection(outside: Stage) -> None:
    outside.say("王阿姨", "什么时候来修啊")
    assert to(outside.say("王阿姨", "大概几点来"), "王阿姨") == [LINE]


@pytest.mark.parametrize("words", ["灯亮了", "修好了", "三号楼路灯修好了，谢谢"])
def test_what_is_well_ends_and_counts_as_handed_over(outside: Stage, words: str) -> None:
    assert "1 号就结了" in to(outside.say("王阿姨", words), "王阿姨")[0]
    assert (outside.ticket(1).status, outside.ticket(1).closing) == ("closed", Closing.HANDED_OVER)


def test_another_trouble_is_another_ticket(outside: Stage) -> None:
    for words in (
        "5号楼下水道堵了，没人管",
        "3号楼电梯坏了",
        "6号楼的路灯什么时候来修啊",
        "垃圾什么时候来收，都堆了三天了",
    ):
        assert LINE not in to(outside.say("王阿姨", words), "王阿姨")
        outside.wait(hours=3)
    assert len(outside.tickets()) == 5
    assert outside.ticket(1).status == "transferred"


def test_danger_told_of_what_lies_outside_rings(outside: Stage) -> None:
    said = outside.say("王阿姨", "路灯还没人修，电线冒火花了")
    assert "编号 2，已呼叫值班人员" in to(said, "王阿姨")[0]
    assert outside.ticket(2).urgency == "emergency"


def test_something_else_that_is_well_ends_nothing(outside: Stage) -> None:
    outside.say("王阿姨", "电梯修好了")
    outside.say("王阿姨", "5号楼的路灯修好了")
    assert outside.ticket(1).status == "transferred"


def test_where_something_else_is_open_that_is_meant_unless_the_lamp_is_named(outside: Stage) -> None:
    outside.say("王阿姨", "5号楼下水道堵了，脏水都冒出来了")
    outside.wait(hours=3)
    for words in ("下水道什么时候来修啊", "什么时候来修啊"):
        assert to(outside.say("王阿姨", words), "王阿姨")[0].startswith("2（排水污水）")
    assert to(outside.say("王阿姨", "路灯什么时候来修啊"), "王阿姨") == [LINE]


def test_of_two_that_lie_outside_the_newest_is_meant_unless_the_other_is_named(outside: Stage) -> None:
    outside.say("王阿姨", "1号楼单元门关不上了")
    outside.wait(hours=1)
    outside.say("周书记", "移交 2 门禁公司 无编号 电话 12345")
    outside.wait(days=1)
    line = "2 号转给门禁公司在办，还没弄好的话，可打 12345 催一催。"
    assert to(outside.say("王阿姨", "什么时候来修啊"), "王阿姨")[0].startswith(line)
    for words in ("路灯什么时候来修啊", "路灯怎么还没人来"):
        assert to(outside.say("王阿姨", words), "王阿姨") == [LINE]


def test_what_is_handed_over_anew_is_asked_for_anew(outside: Stage) -> None:
    outside.say("王阿姨", "还是不亮")
    outside.say("周书记", "恢复受理 1 核实后确属我们办")
    outside.say("周书记", "移交 1 供电公司 编号 2026-0316 电话 95598")
    outside.wait(days=1)
    assert "编号是 2026-0316" in to(outside.say("王阿姨", "还是不亮"), "王阿姨")[0]
    assert outside.ticket(1).status == "transferred"


@pytest.mark.parametrize("action", ["answer:bad", "answer:object"])
def test_a_tap_objects_at_once(outside: Stage, action: str) -> None:
    outside.press("王阿姨", action, 1)
    assert outside.facts(1).count("reopened") == 1


def test_who_asks_whether_that_is_right_at_all_objects(outside: Stage) -> None:
    outside.say("王阿姨", "凭什么。")
    assert outside.facts(1).count("reopened") == 1


def test_what_was_mended_here_is_nobodys_outside(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.photo("小赵")
    lamp.say("小赵", "办结 1 灯换好了")
    lamp.say("王阿姨", "好了")
    assert "转给" not in to(lamp.say("王阿姨", "什么时候来修啊"), "王阿姨")[0]


@pytest.mark.parametrize("words", ["什么时候来修啊", "你们几点来"])
def test_talk_among_neighbours_asks_of_nothing_outside(outside: Stage, words: str) -> None:
    assert to(outside.say("王阿姨", words, RESIDENTS), "王阿姨") == []
