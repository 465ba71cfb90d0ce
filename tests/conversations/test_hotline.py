"""An order of the hotline keeps its own deadline, whatever becomes of it, and knows what had been told before.

Sabotage that must turn these red: a promise by the policy; 转派 or 并案 that sets it anew; a match that looks at the
category alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.hearing.hotline import DOOR, EVENT
from handlers.message import Incoming, Kind
from storage import hotline
from storage.origins import HotlineOrder
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, clock_time, to

LAMP = "三号楼门口路灯坏了半个月了"


def order(town: Stage, number: str, text: str, **more: str) -> list[tuple[str, str]]:
    now = town.now
    data = {"number": number, "received": now.isoformat(), "due": (now + timedelta(days=5)).isoformat(), **more}
    message = Incoming(
        key=f"in:{DOOR}:{number}:{now.timestamp()}",
        door=DOOR,
        sender=number,
        chat=None,
        kind=Kind.TEXT,
        said_at=now,
        received_at=now,
        text=text,
        addressed=True,
        event=EVENT,
        data=data,
    )
    town.intake.take_now(message)
    return town._deliver()


def kept(town: Stage, number: str) -> HotlineOrder:
    with town.app.reading() as db:
        found = hotline.by_number(db, number)
        assert found is not None
        return found


def resolve_due(town: Stage, number: int) -> datetime | None:
    return town.ticket(number).resolve_due


def test_the_hotlines_deadline_holds_whatever_becomes_of_it(town: Stage) -> None:
    due = town.now + timedelta(days=5)
    said = order(town, "A-1", "梧桐里小区三号楼门口路灯坏了半个月了")
    assert len(to(said, "小赵")) == 1
    assert (town.ticket(1).source, resolve_due(town, 1)) == ("hotline", due)
    assert order(town, "A-1", "又来一遍") == []
    [why] = to(town.say("小赵", "为什么 1"), "小赵")
    assert "12345 热线转来时就定好了这个时间" in why
    town.say("小赵", "转派 1 安居物业")
    town.say("小刘", "接单 1")
    assert resolve_due(town, 1) == due
    town.say("小刘", "进展 1 已报修")
    said = town.wait(days=4)
    assert any("要办结" in text for text in to(said, "小刘"))  # three quarters of the hotline's own five days
    said = town.wait(days=1, hours=1)
    assert any("已超时（应在" in text and "办结" in text for text in to(said, "小刘"))


def test_what_was_told_in_a_group_before_is_found_and_nothing_else(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    told = town.ticket(1)
    town.wait(days=6)
    town.say("老周", "五号楼电梯又停了，里面没人，反正不动", RESIDENTS)
    town.wait(hours=3)
    order(town, "B-1", "市民反映梧桐里小区3号楼门口的路灯一直不亮，晚上走路不安全")
    found = kept(town, "B-1")
    assert (found.earlier_id, found.earlier_at) == (told.id, told.opened_at)
    order(town, "B-2", "市民反映梧桐里小区9号楼路灯不亮")
    assert kept(town, "B-2").earlier_id is None
    town.wait(days=40)
    order(town, "B-3", "市民反映梧桐里小区3号楼门口的路灯一直不亮")
    assert kept(town, "B-3").earlier_id is None


def test_somebody_of_the_office_types_one_in_private(town: Stage) -> None:
    words = "代报 热线 B-7 截止 3月5日 17:00 梧桐里小区三号楼门口路灯坏了半个月了"
    said = town.say("派单员", words)
    assert "热线 B-7 登记了，编号 1（道路设施），截止 3月5日 17:00" in to(said, "派单员")[0]
    assert len(to(said, "小赵")) == 1
    due = resolve_due(town, 1)
    assert (town.ticket(1).source, due, kept(town, "B-7").due_at) == ("hotline", due, due)
    assert due is not None
    assert clock_time(due) == "03-05 17:00"
    assert "梧桐里小区三号楼" in to(town.say("小赵", "查 1"), "小赵")[0]
    assert to(town.say("派单员", words), "派单员") == ["热线 B-7 已经登记过了，是 1 号。"]
    assert to(town.say("派单员", "进度"), "派单员") != [], "it is not theirs"
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 换了灯泡")
    assert "登记" not in "".join(to(town.wait(minutes=2), "派单员")), "whoever typed it is not the reporter"
    with town.app.reading() as db:
        assert len(db.scalars(select(HotlineOrder)).all()) == 1


@pytest.mark.parametrize(
    ("words", "number", "due"),
    [
        ("12345转来的，单号 20260302-0815，请在5日前回复：5号楼下水道堵了", "20260302-0815", "03-05 17:30"),
        ("热线工单 B-77，3月5日17点前办结：5号楼下水道堵了", "B-77", "03-05 17:00"),
        ("12345热线转来一个，编号HZ20260302001，3月4日前答复，5号楼下水道堵了", "HZ20260302001", "03-04 17:30"),
        (
            "市民热线派下来的单子，工单号：2026-315\n内容：5号楼下水道堵了\n截止时间：3月5日 17:00",
            "2026-315",
            "03-05 17:00",
        ),
        ("刚收到12345工单A1043，市民反映5号楼下水道堵了，要求3天内办结", "A1043", "03-05 09:00"),
        ("5号楼下水道堵了，12345转来的，受理编号A1043，周五下班前要答复", "A1043", "03-06 17:30"),
        ("12345转来的，单号 A-1，5个工作日内回复：5号楼下水道堵了", "A-1", "03-09 09:00"),
        ("热线工单A-1，时限五个工作日，5号楼下水道堵了", "A-1", "03-09 09:00"),
        ("12345转来的，单号 A-1，24小时内办结，5号楼下水道堵了", "A-1", "03-03 09:00"),
        ("12345热线派来的，工单号A-1，限时2小时响应，5号楼下水道堵了", "A-1", "03-02 11:00"),
        ("12345转来的，单号 A-1，三天内回复：5号楼下水道堵了", "A-1", "03-05 09:00"),
        ("12345转来的，单号 A-1，本周五前回复：5号楼下水道堵了", "A-1", "03-06 17:30"),
        ("12345转来的，单号 A-1，一周内答复，5号楼下水道堵了", "A-1", "03-09 09:00"),
        ("12345转来的，单号 A-1，月底前办结，5号楼下水道堵了", "A-1", "03-31 17:30"),
        ("12345转来的，单号 A-1，明天中午之前反馈，5号楼下水道堵了", "A-1", "03-03 12:00"),
        ("12345工单A-1，请3天内处理5号楼下水道堵了", "A-1", "03-05 09:00"),
        ("代报 热线 A-1 时限 5个工作日 5号楼下水道堵了", "A-1", "03-09 09:00"),
        ("代报 热线 A-1 24小时内 5号楼下水道堵了", "A-1", "03-03 09:00"),
    ],
)
def test_one_that_is_handed_on_in_everyday_words(town: Stage, words: str, number: str, due: str) -> None:
    assert f"热线 {number} 登记了，编号 1" in to(town.say("派单员", words), "派单员")[0]
    kept_due = resolve_due(town, 1)
    assert kept_due is not None
    assert (town.ticket(1).source, clock_time(kept_due)) == ("hotline", due)
    assert kept(town, number).ticket_id == town.ticket(1).id
    assert "居民说：5号楼下水道堵了\n" in to(town.say("小赵", "查 1"), "小赵")[0]
    assert "已经登记过了，是 1 号" in to(town.say("派单员", words), "派单员")[0]


def test_working_days_leave_out_holidays(town: Stage) -> None:
    town.wait(days=30)  # the first of April; 清明 is from Saturday to Monday
    said = town.say("派单员", "12345转来的，单号 A-1，5个工作日内回复：5号楼下水道堵了")
    assert "截止 4月9日 09:00" in to(said, "派单员")[0]


def test_days_in_which_it_happened_are_no_deadline(town: Stage) -> None:
    said = to(town.say("派单员", "12345转来的，单号 A-1，5号楼3天内停了两次电"), "派单员")
    assert "没看懂哪天截止" in said[0]
    town.say("派单员", "12345转来的，单号 A-2，5号楼3天内停了两次电，请在3月5日前回复")
    assert "5号楼3天内停了两次电" in to(town.say("小赵", "查 1"), "小赵")[0]
    due = resolve_due(town, 1)
    assert due is not None
    assert clock_time(due) == "03-05 17:30"


def test_in_a_staff_group_whoever_hands_it_on_is_asked_in_private(town: Stage) -> None:
    said = town.say("派单员", "12345转来的，单号 20260302-0815，请在3月5日前回复：5号楼下水道堵了", OFFICE)
    assert to(said, OFFICE) == []
    assert "编号 20260302-0815，截止 3月5日 17:30：5号楼下水道堵了" in to(said, "派单员")[0]
    assert town.tickets() == []
    assert "热线 20260302-0815 登记了，编号 1" in to(town.say("派单员", "是"), "派单员")[0]
    assert town.ticket(1).source == "hotline"
    town.say("派单员", "12345转来的，单号 20260302-0816，请在3月5日前回复：8号楼垃圾没人收", OFFICE)
    assert to(town.say("派单员", "不用"), "派单员") == ["好的，没登记。"]
    assert len(town.tickets()) == 1


HANDED_ON = "12345转来的，单号 A-1，5个工作日内回复：5号楼下水道堵了"


@pytest.mark.parametrize("who", ["小赵", "小刘"])
def test_who_may_not_take_one_hands_it_to_who_may(town: Stage, who: str) -> None:
    said = town.say(who, HANDED_ON)
    assert "热线 A-1 还没登记：热线的单由社区、街道派单员、值班员登记。已经请周书记看了" in to(said, who)[0]
    assert f"{who}转来的。这是热线的单吧？编号 A-1，截止 3月9日 09:00：5号楼下水道堵了" in to(said, "周书记")[0]
    assert town.tickets() == []
    said = town.say("周书记", "是")
    assert "热线 A-1 登记了，编号 1" in to(said, "周书记")[0]
    assert "新工单 1" in to(said, "小赵")[0]
    assert (town.ticket(1).source, len(town.tickets())) == ("hotline", 1)
    assert "已经登记过了" in to(town.say(who, HANDED_ON), who)[0]


def test_whoever_is_away_is_not_asked_to_take_one(town: Stage) -> None:
    town.say("周书记", "请假 今天到周五")
    said = town.say("小赵", HANDED_ON)
    assert to(said, "周书记") == []
    assert "这是热线的单吧" in to(said, "派单员")[0]
    assert to(town.say("派单员", "不用"), "派单员") == ["好的，没登记。"]


def test_what_is_missing_is_asked_of_whoever_hands_it_on(town: Stage) -> None:
    said = town.say("小赵", "12345转来的，单号 A-1，5号楼下水道堵了，尽快办")
    assert "没看懂哪天截止" in to(said, "小赵")[0]
    assert to(said, "周书记") == []


def test_danger_does_not_wait_for_the_office(town: Stage) -> None:
    said = town.say("小赵", "12345转来的，单号 A-1，3月5日前回复：5号楼煤气泄漏了")
    assert "119" in "".join(text for _, text in said)
    assert town.ticket(1).urgency == "emergency"


def test_what_is_missing_of_one_that_is_handed_on_is_asked_for(town: Stage) -> None:
    said = to(town.say("派单员", "12345转来的，单号 A-9，5号楼下水道堵了，尽快办"), "派单员")
    assert "热线 A-9 还没登记" in said[0]
    assert "什么事" in to(town.say("派单员", "12345转来的，单号 A-9，3月5日前回复"), "派单员")[0]
    assert town.tickets() == []


@pytest.mark.parametrize(
    "talk", ["12345的单子A1043回复了吗？", "今天热线转来3个单子，大家辛苦", "居民打了12345，5号楼下水道堵了没人管"]
)
def test_talk_about_the_hotline_is_no_order(town: Stage, talk: str) -> None:
    town.say("派单员", talk, OFFICE)
    town.say("派单员", talk)
    with town.app.reading() as db:
        assert db.scalars(select(HotlineOrder)).all() == []


def test_what_is_missing_of_it_is_said_and_who_may(town: Stage) -> None:
    assert "要有编号、截止时间和内容" in to(town.say("派单员", "代报 热线 三号楼路灯坏了"), "派单员")[0]
    assert "已经过了" in to(town.say("派单员", "代报 热线 B-8 截止 3月1日 17:00 三号楼路灯坏了"), "派单员")[0]
    assert "要由" in to(town.say("小赵", "代报 热线 B-8 截止 3月5日 三号楼路灯坏了"), "小赵")[0]
    said = town.say("派单员", "代报 热线 B-8 截止 3月5日 三号楼路灯坏了", OFFICE)
    assert to(said, OFFICE) == []
    assert town.tickets() == []
