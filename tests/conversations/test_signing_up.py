"""招募: neighbours offer to come, the last place goes once, whoever waits moves up, the organiser arranges it."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from handlers.rules.deadlines import LOCAL
from storage import shifts
from storage.notice_people import Shift, SignUp
from storage.notices import Notice, NoticeState
from storage.people import Account, Unit, UnitKind
from storage.tickets import Member
from storage.timers import Timer
from tests.conversations.stage import RESIDENTS, Stage, to

CALL = "招募 周末清洁日，来搭把手\n周六 9:00-11:00 东门 2人\n周日 14:00-16:00 西门 3人"


@pytest.fixture
def call(town: Stage) -> Stage:
    """A call for help that went out; number 1."""
    preview = "\n".join(to(town.say("周书记", CALL), "周书记"))
    line = next(line for line in preview.splitlines() if line.startswith("确认发送"))
    town.say("周书记", line)
    town.wait(seconds=1)
    return town


def test_the_preview_says_how_to_sign_up(town: Stage) -> None:
    preview = "\n".join(to(town.say("周书记", CALL), "周书记"))
    assert "周末清洁日，来搭把手" in preview
    assert "想来帮忙的，请回「报名 1」加班次号，如「报名 1 1」，来不了了回「退出报名 1」。" in preview


def test_places_a_waiting_line_and_somebody_who_cannot_come(call: Stage) -> None:
    asked = to(call.say("王阿姨", "报名 1"), "王阿姨")[0]
    assert "1. 3月7日（周六）9:00–11:00 东门（0/2）\n2. 3月8日（周日）14:00–16:00 西门（0/3）" in asked
    first = "3月7日（周六）9:00–11:00 东门"
    assert to(call.say("王阿姨", "报名 1 1"), "王阿姨")[0].startswith(f"记下了，谢谢您！{first}，现在 1/2 人。")
    assert to(call.say("王阿姨", "报名 1 1"), "王阿姨") == [f"您已经报上了：{first}。"]
    call.say("老周", "报名 1 1")
    waits = to(call.say("李婶", "报名 1 1"), "李婶")[0]
    assert f"{first}已经报满，您排在候补第 1 位" in waits
    said = call.say("王阿姨", "退出报名 1")
    assert to(said, "王阿姨")[0].startswith(f"好的，已经替您退出：{first}。")
    assert to(said, "李婶") == [f"有人退出，轮到您了：{first}。来不了请说「退出报名 1」。"]
    assert to(call.say("王阿姨", "退出报名"), "王阿姨") == ["您没有报名，不用退出。"]
    assert "候补第 1 位" in to(call.say("王阿姨", "报名 1 1"), "王阿姨")[0]  # whoever comes back stands behind


def test_in_the_group_nobody_reads_who_comes(call: Stage) -> None:
    said = call.say("王阿姨", "报名 1 2", RESIDENTS)
    assert to(said, RESIDENTS) == []
    assert to(said, "王阿姨")[0].startswith("记下了")
    assert call.say("老周", "报名", RESIDENTS) == []  # whatever they may mean by it


def test_the_organiser_sees_and_arranges(call: Stage) -> None:
    for who in ("王阿姨", "老周", "李婶"):
        call.say(who, "报名 1 1")
    listed = to(call.say("周书记", "名单 1"), "周书记")[0]
    assert listed.startswith("1 号招募，报上 2/5 人，候补 1 人\n【1 班】3月7日（周六）9:00–11:00 东门：2/2\n 1. 王阿姨")
    assert "\n 候补 3. 李婶" in listed
    said = call.say("周书记", "换人 1 2 3")
    assert to(said, "老周")[0].startswith("组织人另作了安排")
    assert to(said, "李婶")[0].startswith("组织人给您留了位置")
    assert to(call.say("周书记", "安排 1 2"), "周书记") == ["第 2 位已经退出了。"]
    said = call.say("周书记", "安排 1 1 2班")
    assert to(said, "王阿姨") == ["组织人把您调到：3月8日（周日）14:00–16:00 西门。来不了请说「退出报名 1」。"]
    assert to(call.say("周书记", "带话 1 记得戴手套"), "李婶") == ["1 号招募的组织人带话：记得戴手套"]
    said = call.say("周书记", "取消班次 1 1 下雨")
    assert to(said, "李婶") == ["3月7日（周六）9:00–11:00 东门这一班取消了（下雨）。您不用来了，谢谢您。"]
    assert to(said, "王阿姨") == []
    again = call.say("周书记", "取消班次 1 1 下雨")
    assert to(again, "李婶") == []
    assert "这一班已经截止了" in to(call.say("老周", "报名 1 1"), "老周")[0]


def test_names_are_for_the_organiser_only(call: Stage) -> None:
    call.say("王阿姨", "报名 1 1")
    for who in ("小赵", "孙队", "王阿姨"):
        assert "王阿姨" not in "".join(text for _, text in call.say(who, "名单 1"))
    assert not any("王阿姨" in text for _, text in call.say("周书记", "名单 1", "梧桐社区工作群"))


def test_they_are_reminded_the_evening_before(call: Stage) -> None:
    call.say("王阿姨", "报名 1 1")
    call.say("老周", "报名 1 2")
    said = [(who, text) for who, text in call.wait(days=5) if text.startswith("提醒一声")]
    assert said == [
        ("王阿姨", "提醒一声：您报名了3月7日（周六）9:00–11:00 东门。来不了请说「退出报名 1」，好让别人补上。")
    ]


@pytest.mark.parametrize(("hour", "reminded"), [(6, []), (8, ["07:30"]), (11, ["09:00"])])
def test_nobody_is_woken_to_be_reminded(town: Stage, hour: int, reminded: list[str]) -> None:
    """Whoever signs up at eight in the evening for the next morning."""
    preview = "\n".join(to(town.say("周书记", f"招募 明天{hour}点到{hour + 1}点 东门 扫雪 2人"), "周书记"))
    town.say("周书记", next(line for line in preview.splitlines() if line.startswith("确认发送")))
    town.wait(hours=11)
    town.say("王阿姨", "报名 1")
    with town.app.reading() as db:
        due = db.scalars(select(Timer.due_at).where(Timer.kind == "shift:remind")).all()
    assert [f"{moment.astimezone(LOCAL):%H:%M}" for moment in due] == reminded


def test_too_late(call: Stage) -> None:
    call.wait(days=7)
    assert to(call.say("王阿姨", "报名 1 1"), "王阿姨") == ["1 号招募已经截止了，谢谢您的心意。"]
    assert to(call.say("王阿姨", "报名"), "王阿姨")[0].startswith("现在没有正在招募的活动")
    assert to(call.say("王阿姨", "报名 9"), "王阿姨")[0].startswith("没有 9 号招募")


@pytest.mark.parametrize(
    ("said", "answer"),
    {
        "招募": "写清楚做什么",
        "招募 大家来帮忙": "没看到要几个人",
        "招募 清洁日\n昨天 9:00-11:00 东门 0人": "「昨天 9:00-11:00 东门 0人」这一班的人数",
        "招募 清洁日\n周六 9:00-11:00 东门 10500人": "「周六 9:00-11:00 东门 10500人」这一班的人数",
        "招募 清洁日\n周六 9:00-11:00 东门 一百二十人": "「周六 9:00-11:00 东门 一百二十人」这一班的人数",
        "招募 清洁日\n3月1日 9:00-11:00 东门 2人": "「3月1日 9:00-11:00 东门 2人」已经过去了",
    }.items(),
)
def test_a_call_that_cannot_be_one(town: Stage, said: str, answer: str) -> None:
    assert to(town.say("周书记", said), "周书记")[0].startswith(answer)


def test_a_call_in_one_line(town: Stage) -> None:
    preview = "\n".join(to(town.say("周书记", "招募 周六上午9点到11点 东门 清理楼道 五人"), "周书记"))
    assert "请回「报名 1」，来不了了" in preview
    with town.app.reading() as db:
        row = db.scalars(select(Shift)).one()
        assert (row.place, row.places) == ("东门 清理楼道", 5)


def test_the_last_place_is_given_once(call: Stage) -> None:
    """Eight at once for two places, on whichever engine."""
    with call.app.reading() as db:
        shift_id = db.scalars(select(Shift.id).where(Shift.number == 1)).one()
        accounts = list(db.scalars(select(Account.id).limit(8)))

    def join(account_id: int) -> None:
        with call.app.writing() as db:
            shifts.join(db, shift_id, account_id, {account_id}, call.app.clock.now(db))

    threads = [threading.Thread(target=join, args=(account_id,)) for account_id in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with call.app.reading() as db:
        states = sorted(db.scalars(select(SignUp.state)))
        turns = list(db.scalars(select(SignUp.turn)))
    assert states == ["in"] * 2 + ["waiting"] * 6
    assert sorted(turns) == list(range(1, 9))


def test_a_changed_call_keeps_how_to_sign_up_and_its_shifts(town: Stage) -> None:
    foot = "想来帮忙的，请回「报名 1」加班次号，如「报名 1 1」，来不了了回「退出报名 1」。"
    town.say("周书记", CALL)
    said = "\n".join(to(town.say("周书记", "修改 1 周末大扫除"), "周书记"))
    assert f"周末大扫除\n3月7日（周六）9:00–11:00 东门 2人\n3月8日（周日）14:00–16:00 西门 3人\n{foot}\n" in said
    assert "有效：到 3月8日 16:00" in said
    said = "\n".join(to(town.say("周书记", "修改 1 周末大扫除\n周日 8:00-10:00 北门 4人"), "周书记"))
    assert "周日 8:00-10:00 北门 4人\n想来帮忙的，请回「报名 1」，来不了了" in said
    assert "有效：到 3月8日 10:00" in said
    assert "我读到的班次（时间不对就改那一行）：\n1. 3月8日（周日）8:00–10:00 北门（0/4）" in said
    refused = "\n".join(to(town.say("周书记", "修改 1 周末大扫除\n3月1日 8:00-10:00 北门 4人"), "周书记"))
    assert refused.startswith("「3月1日 8:00-10:00 北门 4人」已经过去了")
    with town.app.reading() as db:
        assert [(row.place, row.places) for row in db.scalars(select(Shift))] == [("北门", 4)]


def test_a_call_that_was_too_long_is_begun_anew(town: Stage) -> None:
    assert to(town.say("周书记", f"招募 {'很' * 700}\n周六 9:00 东门 2人"), "周书记")[0].startswith("这条有")
    said = "\n".join(to(town.say("周书记", "招募 清洁日\n周日 9:00 西门 3人"), "周书记"))
    assert "通知\n清洁日\n周日 9:00 西门 3人\n想来帮忙的，请回「报名 2」" in said


def test_me_too_is_no_report(call: Stage) -> None:
    call.say("老周", "3号楼门口的路灯不亮了", RESIDENTS)
    assert to(call.say("李婶", "我也报名 1 2", RESIDENTS), "李婶")[0].startswith("记下了")
    assert call.say("李婶", "我也报名", RESIDENTS) == []
    assert [row.number for row in call.tickets()] == [1]
    with call.app.reading() as db:
        assert db.scalars(select(Member.role)).all() == ["reporter"]


def test_nobody_is_arranged_into_what_is_over_or_called_off(call: Stage) -> None:
    for who in ("王阿姨", "老周", "李婶"):
        call.say(who, "报名 1 1")
    call.say("李婶", "报名 1 2")
    call.say("周书记", "取消班次 1 2")
    off = "3月8日（周日）14:00–16:00 西门已经结束或取消了，不能再排人。"
    assert call.say("周书记", "安排 1 1 2班") == [("周书记", off)]
    assert call.say("周书记", "安排 1 4") == [("周书记", off)]
    assert to(call.say("周书记", "带话 1 带手套"), "李婶") == []  # waits in the first, and the second is called off
    assert to(call.say("周书记", "名单 1"), "周书记")[0].startswith("1 号招募，报上 2/2 人，候补 1 人\n")
    call.wait(days=5, hours=3)
    assert to(call.say("周书记", "换人 1 1 3"), "周书记")[0].endswith("不能再排人。")


def test_nobody_moves_up_into_a_shift_that_is_over(call: Stage) -> None:
    for who in ("王阿姨", "老周", "李婶"):
        call.say(who, "报名 1 1")
    call.say("王阿姨", "报名 1 2")
    call.wait(days=5, hours=3)
    said = call.say("王阿姨", "退出报名 1")
    assert to(said, "王阿姨")[0].startswith("好的，已经替您退出：3月8日（周日）14:00–16:00 西门。")
    assert to(said, "李婶") == []
    assert to(call.say("王阿姨", "退出报名 1"), "王阿姨") == ["您报的班次已经结束或取消了，不用退出。"]


def test_a_cancelled_call_is_told_to_whoever_signed_up(call: Stage) -> None:
    call.say("王阿姨", "报名 1 1")
    with call.app.writing() as db:  # as if it were still on its way to a large town
        db.scalars(select(Notice)).one().state = NoticeState.SENDING
    call.say("周书记", "取消通知 1")
    said = call.say("周书记", "确认取消 1")
    assert to(said, "王阿姨") == ["3月7日（周六）9:00–11:00 东门这一班取消了。您不用来了，谢谢您。"]
    assert not any(text.startswith("提醒一声") for _, text in call.wait(days=5))


def test_whoever_lives_elsewhere_is_offered_what_is_near(call: Stage) -> None:
    with call.app.writing() as db:
        other = Unit(kind=UnitKind.COMMUNITY, name="锦绣社区", path="/99/")
        db.add(other)
        db.flush()
        db.scalars(select(Notice)).one().unit_id = other.id
    assert to(call.say("王阿姨", "报名", RESIDENTS, addressed=True), "王阿姨")[0].startswith("现在没有正在招募")
    assert "想来哪一班" in to(call.say("王阿姨", "报名 1"), "王阿姨")[0]


def test_progress_says_how_many_come(call: Stage) -> None:
    for who in ("王阿姨", "老周", "李婶"):
        call.say(who, "报名 1 1")
    assert "\n报上 2/5 人，候补 1 人\n" in to(call.say("周书记", "通知进度 1"), "周书记")[0]


@pytest.mark.parametrize("said", ["报名 12345678901", "退出报名 12345678901"])
def test_a_number_that_none_can_be_is_not_passed_over(call: Stage, said: str) -> None:
    call.say("王阿姨", "报名 1 1")
    assert to(call.say("王阿姨", said), "王阿姨") == [
        "没有 12345678901 号招募。把通知里「报名」后面的号码原样发来就行。"
    ]
    assert "1/2" in to(call.say("周书记", "名单 1"), "周书记")[0]
