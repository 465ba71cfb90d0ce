"""What follows a notice: a correction to whoever may have the wrong one, reminders to the unread, now or as planned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import clock
from bot.channels.base import TryLater
from handlers import conversation  # noqa: F401 - declares every command
from handlers.notice.notice_following import Wanted, read_plan
from handlers.rules.deadlines import LOCAL
from storage.notices import Ledger, Notice, NoticeState
from storage.people import Role, Staff, UnitKind
from storage.timers import Timer
from tests.notices.test_control import MINUTE, change, run, told
from tests.notices.world import DOOR, START, Person, World, channel

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def seen(world: World, households: int, number: int = 1) -> None:
    """So many of those who were sent it have read it."""
    with world.app.writing() as db:
        notice = db.scalars(select(Notice).where(Notice.number == number)).one()
        rows = db.scalars(
            select(Ledger)
            .where(Ledger.notice_id == notice.id, Ledger.state == "sent", Ledger.seen_at.is_(None))
            .order_by(Ledger.id)
            .limit(households)
        )
        for row in rows:
            row.seen_at = world.clock.at


def people(world: World, number: int) -> set[int]:
    """Whose doors a notice's ledger names."""
    with world.app.reading() as db:
        rows = select(Ledger.household_id).join(Notice).where(Notice.number == number)
        return set(db.scalars(rows))


def tick(world: World) -> None:
    """The clock rings, and what it made goes out."""
    clock.tick(world.app)
    run(world)


def confirm(admin: Person, heard: str) -> str:
    """Says the last line of a preview."""
    return admin.says(heard.splitlines()[-1])


@pytest.fixture
def admin(world: World) -> Person:
    """54 of 60 have it, 50 of them have read it."""
    world.households(60)
    somebody = world.confirmed(60)
    run(world)
    seen(world, 50)
    return somebody


class TestCorrecting:
    """更正通知 3 …"""

    def test_it_goes_to_exactly_those_who_may_have_the_wrong_one(self, world: World) -> None:
        world.app.channels[DOOR] = channel(world.sink, batch=20)
        world.households(60)
        world.sink.faults = [None, TryLater("busy", HOUR), TryLater("busy", HOUR)]
        admin = world.confirmed(60)
        run(world)
        assert "先停下来再更正" in admin.says("更正通知 1 水箱改到周日清洗")
        admin.says("取消通知 1")
        admin.says("确认取消 1")
        run(world)
        with world.app.reading() as db:
            wrong = set(db.scalars(select(Ledger.household_id).where(Ledger.state == "sent")))
        assert len(wrong) == 20
        heard = admin.says("更正通知 1 12 日改到周日清洗水箱")
        assert heard.startswith("更正 1 号通知，只发给可能收到过 1 号的 20 户：")
        assert "更正通知（前一条以这条为准）\n12 日改到周日清洗水箱" in heard, "a second number belongs to the words"
        assert heard.endswith("确认发送 2 20户")
        assert world.notice(2).state == NoticeState.DRAFT
        confirm(admin, heard)
        run(world)
        assert people(world, 2) == wrong
        assert len({message.person for message in world.sink.calls[-1]}) == 20

    def test_there_is_nothing_to_correct(self, world: World) -> None:
        admin = world.member(Role.ADMIN, world.households(10))
        admin.says("通知 周六清洗水箱")
        assert "修改 1" in admin.says("更正通知 1 周日清洗水箱")
        admin.says("取消通知 1")
        assert "还没有人收到" in admin.says("更正通知 1 周日清洗水箱")
        assert "没有 5 号通知" in admin.says("更正通知 5 周日")

    def test_without_words_it_says_how(self, admin: Person) -> None:
        assert "更正成什么" in admin.says("更正通知 1")


class TestRemindingNow:
    """催看通知 3."""

    def test_only_who_was_sent_it_and_has_not_read_it(self, world: World, admin: Person) -> None:
        heard = admin.says("催看通知 1")
        assert heard.startswith("催看 1 号通知，只发给收到了还没看的 4 户：")
        assert heard.endswith("确认发送 2 4户")
        confirm(admin, heard)
        run(world)
        assert len(people(world, 2)) == 4
        assert [len(call) for call in world.sink.calls] == [54, 4]
        assert "刚催过 4 户" in admin.says("催看通知 1")

    def test_who_reads_meanwhile_is_not_reminded(self, world: World, admin: Person) -> None:
        heard = admin.says("催看通知 1")
        world.pass_time(MINUTE)
        seen(world, 1)
        confirm(admin, heard)
        assert world.notice(2).counted == 4, "the audience is judged as it was shown"
        newer = admin.says("催看通知 1")
        assert "刚催过" in newer

    def test_an_older_draft_is_dropped(self, world: World, admin: Person) -> None:
        first, second = admin.says("催看通知 1"), admin.says("催看通知 1")
        assert "已经取消" in confirm(admin, first)
        assert "开始发给 4 户" in confirm(admin, second)

    def test_of_a_reminder_the_first_is_meant(self, world: World, admin: Person) -> None:
        confirm(admin, admin.says("催看通知 1"))
        run(world)
        world.pass_time(2 * HOUR)
        heard = admin.says("催看通知 2")
        assert heard.startswith("2 号是催看 1 号的，按 1 号没看的算。")
        assert world.notice(3).of_id == world.notice(1).id

    def test_there_is_nobody_to_remind(self, world: World, admin: Person) -> None:
        admin.says("通知 还没发的")
        assert "还没有发" in admin.says("催看通知 2")
        with world.app.writing() as db:
            left = db.scalars(select(Ledger).where(Ledger.state == "sent", Ledger.seen_at.is_(None))).all()
            for row in left:
                row.knocked_at = world.clock.at
        assert "不用催" in admin.says("催看通知 1"), "told at the door is told"
        change(world, valid_until=world.clock.at)
        assert "不再催看" in admin.says("催看通知 1")
        change(world, valid_until=None, state=NoticeState.CANCELLED)
        assert "已经取消" in admin.says("催看通知 1")


class TestPlans:
    """催看通知 3 每天9点 共3次, 确认催看 3."""

    @pytest.mark.parametrize(
        ("said", "plan"),
        [
            ("明天9点", (6, 9, 0, 1)),
            ("9点", (6, 9, 0, 1)),
            ("今天下午3点半", (5, 15, 30, 1)),
            ("每天9点 共3次", (6, 9, 0, 3)),
            ("每天上午10点", (5, 10, 0, 3)),
            ("每天8:30，两次", (6, 8, 30, 2)),
            ("明天9点 共3次", None),
            ("三天后9点", None),
            ("明天9点到10点", None),
            ("过会儿", None),
        ],
    )
    def test_times_as_people_write_them(self, said: str, plan: tuple[int, int, int, int] | None) -> None:
        now = START.astimezone(LOCAL)
        found = read_plan(said, now)
        if plan is None:
            assert found is None
        else:
            day, hour, minute, times = plan
            at = now.replace(day=day, hour=hour, minute=minute, second=0, microsecond=0)
            assert found == Wanted(at, times)

    @pytest.mark.parametrize(
        ("said", "heard"),
        [
            ("什么时候都行", "没看懂"),
            ("明天22点", "夜里不催（21:00到07:30）"),
            ("每天9点 共30次", "最多催 7 次"),
            ("每天9点 共0次", "最多催 7 次"),
            ("5月1日9点", "最远只能排到 14 天以后"),
        ],
    )
    def test_a_plan_that_cannot_be_says_why(self, world: World, admin: Person, said: str, heard: str) -> None:
        assert heard in admin.says(f"催看通知 1 {said}")
        assert "没有等您确认的催看" in admin.says("确认催看 1")

    def test_it_reminds_by_itself_and_says_so(self, world: World, admin: Person) -> None:
        heard = admin.says("催看通知 1 明天9点")
        assert "（现在 4 户）：明天 09:00。" in heard
        world.pass_time(DAY)
        tick(world)
        assert world.sink.calls[1:] == [], "nothing is planned before it is confirmed"
        world.pass_time(-DAY)
        assert "排好了，明天 09:00：到时候自己催还没看 1 号通知的户" in admin.says("确认催看 1")
        assert "已经排好了：明天 09:00" in admin.says("确认催看 1")
        seen(world, 1)
        world.pass_time(timedelta(hours=23, minutes=50))
        for _ in range(2):
            tick(world)
        assert [len(call) for call in world.sink.calls] == [54, 3], "those who are unread then"
        line = "按计划催看 1 号通知：这次发给还没看的 3 户（2 号）。这是最后一次，再没看的请上门说。"
        assert [words for words in told(world) if "按计划" in words] == [line]
        assert "没有排好的催看" in admin.says("取消催看 1")

    def test_every_day_until_nobody_is_unread(self, world: World, admin: Person) -> None:
        admin.says("催看通知 1 每天9点 共3次")
        admin.says("确认催看 1")
        world.pass_time(DAY)
        tick(world)
        world.pass_time(DAY)
        seen(world, 4)
        tick(world)
        world.pass_time(DAY)
        tick(world)
        assert [len(call) for call in world.sink.calls] == [54, 4]
        assert told(world)[-2:] == [
            "按计划催看 1 号通知：这次发给还没看的 4 户（2 号）。下一次是明天 09:00。",
            "收到 1 号通知的户都看过了，或者已经上门说过，后面不催了。",
        ]

    def test_a_clock_that_was_down_reminds_by_day_and_not_twice(self, world: World, admin: Person) -> None:
        admin.says("催看通知 1 每天20点 共3次")
        admin.says("确认催看 1")
        world.pass_time(timedelta(hours=14))  # 23:12, three hours late
        tick(world)
        assert world.sink.calls[1:] == []
        world.pass_time(timedelta(hours=9))  # 08:12
        tick(world)
        assert [len(call) for call in world.sink.calls] == [54, 4]
        assert "下一次是今天 20:00" in told(world)[-1]

    @pytest.mark.parametrize(
        ("values", "why"),
        [
            ({"state": NoticeState.CANCELLED}, "取消了，排好的催看也不发了"),
            ({"valid_until": START + HOUR}, "过了有效期，排好的催看不发了"),
        ],
    )
    def test_what_is_over_is_not_reminded_of(
        self, world: World, admin: Person, values: dict[str, object], why: str
    ) -> None:
        admin.says("催看通知 1 每天9点 共3次")
        admin.says("确认催看 1")
        change(world, **values)
        world.pass_time(DAY)
        tick(world)
        assert world.sink.calls[1:] == []
        assert why in told(world)[-1]
        with world.app.reading() as db:
            assert db.scalars(select(Timer).where(Timer.state == "waiting")).all() == []

    def test_a_plan_of_somebody_who_left_ends(self, world: World, admin: Person) -> None:
        other = world.member(Role.ADMIN, world.unit(UnitKind.STREET), "李强")
        other.says("催看通知 1 明天9点")
        other.says("确认催看 1")
        with world.app.writing() as db:
            left = db.scalars(select(Staff).order_by(Staff.id.desc()).limit(1)).one()
            db.execute(update(Staff).where(Staff.id == left.id).values(active=False))
        world.pass_time(DAY)
        tick(world)
        assert world.sink.calls[1:] == []
        assert "不在岗了" in told(world)[-1]

    def test_it_can_be_called_off_and_made_anew(self, world: World, admin: Person) -> None:
        for said in ("催看通知 1 每天9点", "确认催看 1", "催看通知 1 明天10点", "确认催看 1"):
            admin.says(said)
        assert "明天 10:00" in admin.says("确认催看 1"), "the newer plan takes the place of the older"
        assert "后面不再催了" in admin.says("取消催看 1")
        assert "没有排好的催看" in admin.says("取消催看 1")
        world.pass_time(2 * DAY)
        tick(world)
        assert world.sink.calls[1:] == []
