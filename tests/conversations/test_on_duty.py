"""Who is there: rosters, leave with a substitute, work handed over, and an alarm where nobody is responsible.

Sabotage that must turn these red: cards that do not ask who is away; a substitute who cannot act; an emergency that
passes the roster by; 交班 that forgets reminders; a leader's absence that nobody notices.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.rosters import on_duty
from storage import directory
from storage.people import Post, Role, Staff, Unit
from storage.tickets import Ticket
from storage.timers import Reminder
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
GAS = "5号楼2单元楼道里煤气味很重，是不是漏气了"


def names(town: Stage, found: list[Staff]) -> list[str]:
    return [directory.name_of(town.app.vault, staff) for staff in found]


def test_a_roster_is_written_listed_changed_and_dropped(town: Stage) -> None:
    said = town.say("周书记", "值班 今晚 20:00-08:00 小赵")
    assert to(said, "周书记") == ["记下了：梧桐社区 今天 20:00–明天 08:00 值班：小赵。到点我会提醒本人。"]
    assert to(said, "小赵")[0].startswith("梧桐社区给您排了值班：今天 20:00–明天 08:00。")
    assert "已经是小赵了" in to(town.say("周书记", "值班 今晚 小赵"), "周书记")[0]
    assert "不能带班" in to(town.say("周书记", "带班 周六 小钱"), "周书记")[0]
    assert "带班：周书记" in to(town.say("周书记", "带班 3月7日 周书记"), "周书记")[0]
    listed = to(town.say("小钱", "值班表"), "小钱")[0].splitlines()
    assert listed[0] == "梧桐社区值班表："
    assert [line.split(" ")[-1] for line in listed[1:]] == ["值班：小赵", "带班：周书记"]
    assert "不是您的" in to(town.say("小钱", "换班 今晚 小钱"), "小钱")[0]
    said = town.say("小赵", "换班 今晚 小钱")
    assert "值班：小钱（原来是小赵）" in to(said, "小赵")[0]
    assert (len(to(said, "小钱")), len(to(said, "周书记"))) == (1, 1)
    said = town.say("周书记", "取消值班 今晚 小钱")
    assert "取消了" in to(said, "周书记")[0]
    assert "您不用来了" in to(said, "小钱")[0]
    assert "要由" in to(town.say("小赵", "值班 今晚 小赵"), "小赵")[0]
    assert town.say("周书记", "值班电话是多少来着", OFFICE) == []


def test_whoever_is_on_duty_is_rung_before_the_post_and_may_accept_anywhere_in_the_place(town: Stage) -> None:
    assert "不能给别的单位值班" in to(town.say("派单员", "值班 今天 小刘"), "派单员")[0]
    town.say("派单员", "值班 今天白天 小钱")
    said = town.say("王阿姨", GAS, RESIDENTS)
    assert to(said, "小钱")
    assert to(said, "值班老何") == []
    said = town.say("王阿姨", "东门口小贩占道摆摊，路都走不了了，天天这样没人管", RESIDENTS)
    town.say("小钱", "接单 2")
    assert town.ticket(2).status == "accepted"


def test_who_begins_a_duty_hears_what_is_open_and_an_end_without_a_next_is_an_alarm(town: Stage) -> None:
    town.say("周书记", "值班 今天 10:00-12:00 小赵")
    town.say("王阿姨", LAMP, RESIDENTS)
    assert to(town.wait(hours=1), "小赵") == ["您现在值班：梧桐社区，到 今天 12:00。没人接的有 1 张：1。"]
    with town.app.writing() as db:  # nobody holds the post any more
        for post in db.scalars(select(Post).where(Post.role == Role.DUTY)):
            post.role = Role.DISPATCHER
    said = town.wait(hours=2)
    assert any("没有人值班" in text for text in to(said, "周书记"))


def test_a_substitute_gets_cards_and_reminders_and_may_do_the_work(town: Stage) -> None:
    said = town.say("小赵", "请假 今天到周五 由小钱代")
    assert to(said, "小赵")[0].startswith("记下了：您今天 09:00 到 3月6日 24:00 请假。新单、提醒和卡片先给小钱。")
    assert "由您代" in to(said, "小钱")[0]
    said = town.say("王阿姨", LAMP, RESIDENTS)
    assert (to(said, "小赵"), len(to(said, "小钱"))) == ([], 1)  # both of them sit at this desk: one card
    said = town.wait(hours=6)
    assert (to(said, "小赵"), len(to(said, "小钱"))) == ([], 1)
    said = town.say("小赵", "销假")
    assert "欢迎回来" in to(said, "小赵")[0]
    assert "回来了" in to(said, "小钱")[0]
    assert len(to(town.wait(hours=2), "小赵")) == 1


def test_a_substitute_from_another_desk_acts_for_whom_they_stand_in_for(town: Stage) -> None:
    town.say("小刘", "请假 今天 由小赵代")
    town.say("王阿姨", LAMP, RESIDENTS)
    said = town.say("小钱", "转派 1 安居物业")
    assert to(said, "小刘") == []
    assert len(to(said, "小赵")) == 1
    assert "1 道路设施" in to(town.say("小赵", "待办"), "小赵")[0]
    town.say("小赵", "接单 1")
    assert town.ticket(1).status == "accepted"
    assert "不能代" in to(town.say("小赵", "请假 明天 由小刘代"), "小赵")[0]
    assert "本人或者社区" in to(town.say("小钱", "请假 周书记 明天"), "小钱")[0]


def test_what_falls_to_an_empty_desk_goes_up_and_nobody_at_all_is_an_alarm(town: Stage) -> None:
    town.say("周书记", "请假 小赵 今天")
    said = town.say("周书记", "请假 小钱 今天")
    assert "梧桐一网格那时没有别的人在岗，新单落到梧桐社区" in to(said, "周书记")[0]
    said = town.wait(minutes=1)
    assert any("没有人在岗" in text for text in to(said, "周书记"))
    assert any("没有人在岗" in text for text in to(said, "值班老何"))
    said = town.say("王阿姨", LAMP, RESIDENTS)
    assert to(said, "小赵") == to(said, "小钱") == []
    assert len(to(said, "周书记")) == 1
    assert any("已超时" in text for text in to(town.wait(hours=8), "周书记"))


def test_a_leaders_absence_goes_to_the_next(town: Stage) -> None:
    town.say("派单员", "带班 今天 周书记")
    with town.app.reading() as db:
        community = db.scalars(select(Unit).where(Unit.name == "梧桐社区")).one()
        assert names(town, on_duty.leader_on_duty(db, community, town.now)) == ["周书记"]
    town.say("周书记", "请假 今天")
    with town.app.writing() as db:
        community = db.scalars(select(Unit).where(Unit.name == "梧桐社区")).one()
        assert on_duty.leader_on_duty(db, community, town.now) == []
        post = db.scalars(select(Post).where(Post.role == Role.DISPATCHER)).one()
        post.role = Role.STREET_LEADER
        db.flush()
        assert names(town, on_duty.leader_on_duty(db, community, town.now)) == ["派单员"]


def two_in_hand(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("老周", "五号楼垃圾三天没收了臭死了", RESIDENTS)
    town.say("小赵", "接单 1 2")


def dues(town: Stage) -> list[object]:
    with town.app.reading() as db:
        rows = db.scalars(select(Ticket).order_by(Ticket.id))
        return [(row.accept_due, row.progress_due, row.resolve_due) for row in rows]


def test_a_shift_is_handed_over_with_its_reminders_and_the_residents_hear_their_contact(town: Stage) -> None:
    two_in_hand(town)
    before = dues(town)
    said = town.say("小赵", "交班 给小钱")
    [answer] = to(said, "小赵")
    assert answer.startswith("交给小钱了，2 张，时限都不变：")
    assert "到 明天 08:00 前，您的新单也先给小钱" in answer
    assert to(said, "小钱")[0].startswith("小赵把 2 张工单交给您了")
    assert dues(town) == before
    said = town.wait(minutes=2)
    assert to(said, "王阿姨") == ["您报的 1 号换成小钱接着办，时限不变。"]
    said = town.wait(hours=8)
    assert (to(said, "小赵"), len(to(said, "小钱"))) == ([], 1)
    said = town.say("小钱", "交班 还给小赵")
    assert to(said, "小赵")[0].startswith("小钱把 2 张工单还给您了")
    town.wait(minutes=2)
    assert "handed_over" in town.facts(1)
    assert "没有从小赵那里接过来的工单" in to(town.say("小钱", "交班 还给小赵"), "小钱")[0]
    assert len(to(town.say("王阿姨", LAMP + "，还有一盏也不亮"), "小钱")) <= 1


def test_what_was_handed_over_by_mistake_is_taken_back_whole(town: Stage) -> None:
    two_in_hand(town)
    town.say("小赵", "交班 1 给小钱")
    assert town.ticket(1).holder_id != town.ticket(2).holder_id
    said = town.say("小赵", "撤销")
    assert "1 号" in to(said, "小赵")[0]
    assert to(town.wait(minutes=2), "王阿姨") == []
    assert "1 道路设施" in to(town.say("小赵", "待办"), "小赵")[0]
    assert "不在您手上" in to(town.say("小钱", "交班 1 给小赵"), "小钱")[0]


def test_a_reminder_that_waits_for_the_morning_follows_its_ticket(town: Stage) -> None:
    town.wait(hours=6)
    two_in_hand(town)  # 15:00: the first word of progress is due at 23:00, and said at eight
    town.wait(hours=9)
    town.say("小赵", "交班 1 给小钱")
    with town.app.reading() as db:
        waiting = db.scalars(select(Reminder).where(Reminder.state == "waiting")).all()
        assert len({row.staff_id for row in waiting if row.kind == "progress:due"}) == 2
    said = town.wait(hours=9)
    assert [len([text for text in to(said, who) if "没有进展" in text]) for who in ("小赵", "小钱")] == [1, 1]


def test_without_a_name_it_goes_to_whoever_is_next_on_the_roster(town: Stage) -> None:
    town.say("周书记", "值班 今晚 小钱")
    two_in_hand(town)
    assert "交给小钱了" in to(town.say("小赵", "交班"), "小赵")[0]
    assert "交给谁" in to(town.say("派单员", "交班"), "派单员")[0]


@pytest.mark.parametrize("told", ["已经打119了", "人救出来了", "住户都疏散了", "火灭了，没人受伤", "消防车到了"])
def test_what_is_told_from_an_emergency_is_progress_of_it(town: Stage, told: str) -> None:
    town.say("王阿姨", "3号楼着火了", RESIDENTS)
    town.say("小赵", "接单 1")
    assert "「进展 1 " in to(town.say("小赵", told), "小赵")[0]
    town.say("小赵", "是")
    assert (len(town.tickets()), town.facts(1)[-1]) == (1, "progress")
    assert "编号 2" in to(town.say("小赵", "5号楼也着火了"), "小赵")[0]


def test_another_alarm_told_from_an_emergency_rings(town: Stage) -> None:
    town.say("王阿姨", "3号楼着火了", RESIDENTS)
    town.say("小赵", "接单 1")
    said = to(town.say("小赵", "有人困在电梯里了，已经打119了"), "小赵")[0]
    assert "编号 2" in said


def test_whoever_has_no_emergency_in_hand_and_calls_for_help_is_asked(town: Stage) -> None:
    assert "别等我" in to(town.say("小赵", "已经打119了"), "小赵")[0]
