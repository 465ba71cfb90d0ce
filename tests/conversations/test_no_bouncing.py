"""What a lazy unit might try so that its lights go out without work.

Sabotage that must turn these red: let a department pass on to another one; take a mere word of agreement for evidence;
let silence close what was reported for somebody who hears nothing by whoever did it.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.people import Staff
from tests.conversations.offices import FIREMAN, LEADER, with_departments
from tests.conversations.stage import RESIDENTS, Stage, to


@pytest.fixture
def stall(town: Stage) -> Stage:
    with_departments(town).say("王阿姨", "东门口小贩占道摆摊", RESIDENTS)
    return town


def test_a_department_hands_nothing_to_another_one_by_itself(stall: Stage) -> None:
    """Whose it is is decided one level up; while that waits the first receiver stays in charge."""
    stall.say("孙队", "退单 1 非本单位职责，《市容条例》第三条，建议转消防")
    for order in ("转派 1 消防", "转派 1 安居物业", "转派 1 望江街道"):
        said = stall.say("孙队", order)
        assert "说「退单 1」，由上一级定" in to(said, "孙队")[0]
        assert [name for name, _ in said] == ["孙队"]
    kept = stall.ticket(1)
    assert "不同意" in to(stall.say("派单员", "不同意 1 占道归城管"), "派单员")[0], "the question still waits"
    stall.say("派单员", "转派 1 消防")  # whoever dispatches may
    assert stall.ticket(1).desk_id != kept.desk_id
    assert "由上一级定" in to(stall.say(FIREMAN, "转派 1 城管"), FIREMAN)[0]


@pytest.mark.parametrize("note", ["好的", "完成", "😀", "已处理", "OK", "1。", "没问题！"])
def test_a_mere_word_is_no_evidence(stall: Stage, note: str) -> None:
    stall.say("孙队", "接单 1")
    assert "请附一句话或一张照片" in to(stall.say("孙队", f"办结 1 {note}"), "孙队")[0]
    assert stall.ticket(1).status == "accepted"


def test_who_told_it_for_somebody_unreachable_and_did_it_is_looked_at(town: Stage) -> None:
    """Nobody hears of it but the one who did it: silence would close it as solved."""
    town.say("小赵", "代报 3号楼张阿姨家漏水 13800000000")
    town.say("小赵", "接单 1")
    said = town.say("小赵", "办结 1 换了水管接头")
    assert "等梧桐社区核查" in to(said, "小赵")[0]
    assert "报的人和办的人是同一个" in to(said, "周书记")[0]
    town.wait(days=4)
    assert town.ticket(1).status == "resolved"
    town.say("周书记", "核查 1 通过")
    assert town.ticket(1).closing == "solved"


def test_who_told_it_for_somebody_and_had_it_done_asks_as_ever(town: Stage) -> None:
    town.say("周书记", "代报 3号楼张阿姨家漏水 13800000000")
    town.say("小赵", "办结 1 换了水管接头")
    town.wait(days=4)
    assert town.ticket(1).status == "closed"


def test_a_colleague_takes_over_from_somebody_who_left(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "接单 1")
    before = town.ticket(1)
    with town.app.writing() as db:
        db.get_one(Staff, before.holder_id).active = False
    assert "归您了" in to(town.say("小钱", "接单 1"), "小钱")[0]
    assert to(town.wait(minutes=2), "王阿姨") == ["您报的 1 号，梧桐一网格已接手，联系人小钱。"]
    now = town.ticket(1)
    assert now.holder_id != before.holder_id
    assert (now.accept_due, now.progress_due, now.resolve_due, now.accepted_at) == (
        *(before.accept_due, before.progress_due, before.resolve_due, before.accepted_at),
    )


def test_the_resident_reads_no_essay(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "延期 1 到周五 等配件" + "，厂家说要再等一等" * 100)
    told = to(town.say("周书记", "同意 1"), "王阿姨")[0]
    assert "等配件" in told
    assert len(told) < 150


@pytest.fixture
def late(town: Stage) -> Stage:
    """Accepted, and two days late."""
    with_departments(town).say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "接单 1")
    town.wait(days=5)
    return town


def test_to_suspend_and_resume_makes_nothing_late_punctual(late: Stage) -> None:
    """Five minutes of 挂账 would be three new days, as often as somebody signs."""
    due = late.ticket(1).resolve_due
    late.say("小赵", "挂账 1 等资金")
    late.say(LEADER, "同意 1")
    late.wait(minutes=5)
    said = late.say("小赵", "恢复 1")
    assert "已经超时" in to(said, "小赵")[0]
    assert "已经晚了" in to(said, "王阿姨")[0]
    assert late.ticket(1).resolve_due == due
    assert "不能再延期" in to(late.say("小赵", "延期 1 到3月12日 等配件"), "小赵")[0]
    assert any("🔴 1" in text for text in to(late.wait(days=3), "小赵"))


def test_a_short_while_of_being_suspended_gives_what_was_left(town: Stage) -> None:
    with_departments(town).say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "接单 1")
    due = town.ticket(1).resolve_due
    town.wait(days=1)
    town.say("小赵", "挂账 1 等材料")
    town.say(LEADER, "同意 1")
    town.wait(hours=20)
    town.say("小赵", "恢复 1")
    assert due is not None
    assert town.ticket(1).resolve_due == due + timedelta(hours=20)
    assert "恢复办理，接着算" in to(town.say("王阿姨", "为什么 1"), "王阿姨")[0]


def test_the_second_time_somebody_is_not_content_is_no_reason_for_the_first(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "办结 1 换了灯泡")
    town.wait(minutes=2)
    town.say("王阿姨", "不满意")
    assert "记下了" in to(town.say("王阿姨", "根本没人来过，骗人"), "王阿姨")[0]
    assert len(town.tickets()) == 1, "a reason that was asked for is no report"
    town.say("周书记", "退回重办 1")
    town.say("小赵", "办结 1 又换了一个灯泡")
    town.wait(minutes=2)
    assert "1 号交望江街道" not in to(town.say("王阿姨", "谢谢"), "王阿姨")
    said = to(town.say("王阿姨", "不满意"), "王阿姨")
    assert town.ticket(1).reopenings == 2, said
    assert "由望江街道和居民谈过再定" in to(town.say("周书记", "退回重办 1"), "周书记")[0]
    assert "已退回" in to(town.say("派单员", "退回重办 1"), "派单员")[0]


def test_a_leader_is_told_what_a_leader_can_do(town: Stage) -> None:
    """接单 is not theirs to say, at two in the morning least of all."""
    with_departments(town)
    town.wait(hours=17)
    town.say("王阿姨", "3号楼起火了，快来人", RESIDENTS)
    said = to(town.wait(minutes=25), LEADER)
    assert said
    assert "说「催办 编号」" in said[0]
    assert "接单 编号" not in said[0]
    assert "已催 1 号" in to(town.say(LEADER, "催办 1"), LEADER)[0]
