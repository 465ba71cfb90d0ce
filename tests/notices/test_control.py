"""An administrator who is not sure: pauses, goes on, cancels, tries again. Nobody is lost, nobody gets it twice."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import notice_calls, notice_cutting, notice_sending, notices
from bot.channels.base import Outcome, TryLater, Unsure
from handlers import conversation  # noqa: F401 - declares every command
from storage import listening, notice_slices
from storage.notice_figures import figures
from storage.notices import Ledger, LedgerState, Notice, NoticeKind, NoticeState, Slice
from storage.outbox import Outbox
from storage.people import Account, Resident, Role, UnitKind
from tests.notices.world import DOOR, Person, World, channel

MINUTE = timedelta(minutes=1)


def run(world: World) -> None:
    """Until nothing is due any more: twice, as a machine that stands still may use up the time of one look."""
    idle = 0
    while idle < 2:
        idle = 0 if notices.run_due(world.app) else idle + 1


def told(world: World) -> list[str]:
    """What people were told beside answers, oldest first."""
    with world.app.reading() as db:
        rows = db.scalars(select(Outbox).order_by(Outbox.id)).all()
        return [world.app.vault.open(row.text or "", "outbox.text", row.ref) for row in rows]


def change(world: World, **values: object) -> None:
    with world.app.writing() as db:
        db.execute(update(Notice).where(Notice.number == 1).values(**values))


def account(world: World, households: int = 60) -> None:
    """One row a household, and the figures add up."""
    with world.app.reading() as db:
        found = figures(db, world.notice().id).total
    assert found.adds_up
    assert found.households == households
    assert sum(world.states().values()) == households


def twice(world: World) -> list[str]:
    """Whoever got a notice more than once."""
    seen = Counter(message.person for message in world.sink.messages)
    return [str(person) for person, times in seen.items() if times > 1]


@pytest.fixture
def half(world: World) -> Person:
    """Twenty of 54 have it; the platform is busy until the next minute."""
    world.app.channels[DOOR] = channel(world.sink, batch=20)
    world.households(60)
    world.sink.faults = [None, TryLater("busy", MINUTE), TryLater("busy", MINUTE)]
    admin = world.confirmed(60)
    run(world)
    assert world.states() == {"sent": 20, "cut": 34, "no_way": 6}
    del world.sink.calls[1:]  # the platform took nothing of these
    world.pass_time(2 * MINUTE)
    return admin


class TestPausing:
    """暂停通知, 继续通知."""

    def test_nothing_goes_while_it_is_paused_and_all_the_rest_afterwards(self, world: World, half: Person) -> None:
        heard = half.says("暂停通知 1")
        assert heard.startswith("1 号通知暂停了，几秒内停稳。已发 20 户，其中 0 户看过，还有 34 户没发。")
        before = len(world.sink.calls)
        for _ in range(3):
            run(world)
            world.pass_time(timedelta(hours=1))
        assert len(world.sink.calls) == before
        assert half.says("暂停通知 1").startswith("1 号通知已经是暂停的（今天 09:14，王敏）")
        assert half.says("继续通知 1") == "1 号通知接着发，还有 34 户，不会重复，也不会漏。"
        assert "没有暂停，正常在发" in half.says("继续通知 1")
        run(world)
        assert world.states() == {"sent": 54, "no_way": 6}
        assert twice(world) == []

    def test_the_history_says_who_did_what_when(self, world: World, half: Person) -> None:
        for said in ("暂停通知 1", "暂停通知 1", "继续通知 1", "取消通知 1", "确认取消 1", "确认取消 1"):
            half.says(said)
        with world.app.reading() as db:
            rows = listening.changes(db, "notice:1", 20)
        kinds = [row.kind for row in reversed(rows) if row.kind in ("paused", "resumed", "cancelled")]
        assert kinds == ["paused", "resumed", "paused", "cancelled"]
        assert all(row.staff_id is not None for row in rows)

    def test_in_the_middle_of_sending_it_stops_after_the_calls_under_way(self, world: World) -> None:
        """Somebody pauses while the worker is in its loop of claims: what is claimed comes back, nothing more goes."""
        world.app.channels[DOOR] = channel(world.sink, batch=5)
        world.households(60)
        admin = world.confirmed(60)
        real = world.app.channels[DOOR].send
        calls = 0

        def send(batch: object) -> object:
            nonlocal calls
            calls += 1
            if calls == 3:
                assert "暂停了" in admin.says("暂停通知 1")
            return real(batch)  # type: ignore[arg-type]

        world.app.channels[DOOR].send = send  # type: ignore[method-assign,assignment]
        run(world)
        assert calls <= 4, "the call under way, and at most the one that was claimed behind it"
        admin.says("继续通知 1")
        run(world)
        assert world.states() == {"sent": 54, "no_way": 6}
        assert twice(world) == []

    def test_without_a_number_the_only_one_is_meant(self, world: World, half: Person) -> None:
        assert "1 号通知暂停了" in half.says("暂停通知")
        half.says("通知 再来一条")
        half.says("确认发送 2 60户")
        heard = half.says("继续通知")
        assert "请带上编号" in heard
        assert "2 号、1 号" in heard

    def test_its_author_hears_who_did_it(self, world: World, half: Person) -> None:
        other = world.member(Role.ADMIN, world.unit(UnitKind.STREET), "李强")
        said = other.says("暂停通知 1").split("\n----\n")
        assert said[1] == "李强暂停了您的 1 号通知。说「继续通知 1」接着发。"

    def test_who_may_not_is_told_who_may(self, world: World, half: Person) -> None:
        below = world.member(Role.COMMUNITY, world.unit(UnitKind.COMMUNITY), "小区的人")
        assert "要杏花街道或上级的" in below.says("暂停通知 1")
        assert world.notice().paused_at is None
        assert half.says("暂停通知 8") == "没有 8 号通知。说「通知进度」看最近的一条。"
        half.says("通知 还没确认的")
        assert "还没有开始发" in half.says("暂停通知 2")


class TestHoursAndValidity:
    """夜里不发, 过期不发."""

    def test_at_night_it_waits_for_the_morning_and_the_author_is_told_once(self, world: World) -> None:
        world.households(60)
        world.confirmed(60)
        world.pass_time(timedelta(hours=12))  # 21:12
        for _ in range(2):
            run(world)
            world.pass_time(MINUTE)
        assert world.sink.calls == []
        assert [line for line in told(world) if "夜里不发" in line] == [
            "1 号通知夜里不发，免得打扰大家，明天 07:30 接着发。要紧的事请另发「紧急」通知，或打电话、上门。"
        ]
        world.pass_time(timedelta(hours=10, minutes=20))  # 07:34
        run(world)
        assert world.states() == {"sent": 54, "no_way": 6}

    def test_confirmed_at_night_it_is_said_in_the_answer_and_not_again(self, world: World) -> None:
        world.households(60)
        world.pass_time(timedelta(hours=13))
        admin = world.member_of_street()
        heard = admin.says(admin.says("通知 周六清洗水箱").splitlines()[-1])
        assert "3月6日 07:30" in heard
        run(world)
        assert world.sink.calls == []
        assert [line for line in told(world) if "夜里不发" in line] == []
        world.pass_time(timedelta(hours=9, minutes=30))
        run(world)
        assert world.states() == {"sent": 54, "no_way": 6}

    def test_an_emergency_does_not_wait(self, world: World) -> None:
        world.households(60)
        world.confirmed(60)
        change(world, kind=NoticeKind.EMERGENCY)
        world.pass_time(timedelta(hours=14))
        run(world)
        assert world.states() == {"sent": 54, "no_way": 6}

    def test_what_is_going_on_at_night_says_so_when_it_is_resumed(self, world: World, half: Person) -> None:
        half.says("暂停通知 1")
        world.pass_time(timedelta(hours=13))
        assert half.says("继续通知 1") == "1 号通知不再暂停，还有 34 户，明天 07:30 接着发。"
        run(world)
        assert [line for line in told(world) if "夜里不发" in line] == [], "it was said already"
        assert world.states()["sent"] == 20

    def test_it_is_not_sent_before_its_author_wants(self, world: World) -> None:
        world.households(60)
        world.confirmed(60)
        change(world, hold_until=world.clock.at + 30 * MINUTE)
        run(world)
        assert world.states() == {"planned": 54, "no_way": 6}
        assert notices.run_due(world.app) == 0, "an idle sweep writes nothing"
        world.pass_time(30 * MINUTE)
        run(world)
        assert world.states() == {"sent": 54, "no_way": 6}

    def test_past_its_validity_nothing_is_sent_and_the_author_hears_how_many(self, world: World, half: Person) -> None:
        change(world, valid_until=world.clock.at)
        run(world)
        assert world.states() == {"sent": 20, "skipped": 34, "no_way": 6}
        assert world.notice().state == NoticeState.DONE
        account(world)
        late = [line for line in told(world) if "有效期" in line]
        assert late == ["1 号通知的有效期到 3月5日 09:14 就过了，还有 34 户没赶上，不再发了。要紧的请打电话或上门。"]
        assert "不再重发" in half.says("重发通知 1")

    @pytest.mark.parametrize("ends", ["expired", "cancelled"])
    def test_what_may_have_arrived_is_never_called_skipped(self, world: World, ends: str) -> None:
        world.app.channels[DOOR] = channel(world.sink, batch=20)
        world.households(60)
        world.sink.faults = [None, Unsure("timeout"), TryLater("busy", MINUTE)]
        admin = world.confirmed(60)
        run(world)
        world.pass_time(MINUTE / 60)
        if ends == "expired":
            change(world, valid_until=world.clock.at)
        else:
            admin.says("确认取消 1")
        run(world)
        assert world.states() == {"sent": 20, "unknown": 20, "skipped": 14, "no_way": 6}
        account(world)

    def test_a_holder_that_vanished_is_waited_for_and_then_doubtful(self, world: World) -> None:
        world.households(60)
        admin = world.confirmed(60)
        while notices.fan_out_step(world.app):
            pass
        while notice_cutting.cut_step(world.app):
            pass
        with world.app.writing() as db:
            db.execute(
                update(Slice).values(
                    state="leased",
                    lease="gone",
                    tries=1,
                    lease_until=world.clock.wall() + MINUTE,
                    next_try_at=world.clock.wall() + MINUTE,
                )
            )
        admin.says("确认取消 1")
        run(world)
        assert world.states() == {"cut": 54, "no_way": 6}, "it may be at work still"
        assert world.notice().done_at is None
        world.pass_time(MINUTE)
        run(world)
        assert world.states() == {"unknown": 54, "no_way": 6}
        assert world.notice().done_at is not None
        account(world)


class TestCancelling:
    """取消通知, 确认取消."""

    def test_it_stops_at_once_says_who_has_it_and_wants_the_last_word(self, world: World, half: Person) -> None:
        with world.app.writing() as db:
            row = db.scalars(select(Ledger).where(Ledger.state == "sent").limit(1)).one()
            row.seen_at = world.clock.at
        heard = half.says("取消通知 1")
        assert "先停下了。已发 20 户，其中 1 户看过，还有 34 户没发。发出去的收不回来。" in heard
        run(world)
        assert world.states()["sent"] == 20
        heard = half.says("确认取消 1")
        assert "1 号通知取消了，没发的不再发。已发 20 户，其中 1 户看过" in heard
        assert heard.endswith("更正通知 1 正确的内容")
        run(world)
        assert world.states() == {"sent": 20, "skipped": 34, "no_way": 6}
        assert world.notice().done_at is not None
        account(world)
        assert "已经取消了（今天 09:14，王敏）" in half.says("确认取消 1")
        assert "已经取消了" in half.says("取消通知 1")
        assert "已经取消了" in half.says("继续通知 1")
        assert "已经取消了" in half.says("重发通知 1")
        assert notices.run_due(world.app) == 0

    def test_asking_and_going_on_loses_nothing(self, world: World, half: Person) -> None:
        half.says("取消通知 1")
        assert "接着发" in half.says("继续通知 1")
        run(world)
        assert world.states() == {"sent": 54, "no_way": 6}

    def test_too_late_is_said_plainly(self, world: World) -> None:
        world.households(60)
        admin = world.confirmed(60)
        run(world)
        heard = admin.says("取消通知 1")
        assert heard.startswith("1 号通知已经发完了，取消不了。已发 54 户，其中 0 户看过。发出去的收不回来。")
        assert "更正通知 1" in heard
        assert admin.says("确认取消 1") == heard
        assert "已经发完了" in admin.says("暂停通知 1")
        assert world.notice().state == NoticeState.DONE

    def test_a_draft_is_dropped_at_once(self, world: World) -> None:
        admin = world.member(Role.ADMIN, world.households(10))
        admin.says("通知 明天洗水箱")
        assert admin.says("取消通知 1") == "1 号通知作废了，一户也没发。"
        assert "已经取消" in admin.says("确认发送 1 10户")
        assert notices.run_due(world.app) == 0
        assert world.states() == {}

    def test_before_the_ledger_is_written_everybody_is_accounted_for(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.households(60)
        admin = world.confirmed(60)
        notices.fan_out_step(world.app, 25)
        admin.says("确认取消 1")
        run(world)
        assert world.states() == {"skipped": 54, "no_way": 6}
        assert world.sink.calls == []
        account(world)


class TestTryingAgain:
    """重发通知, 确认重发."""

    @pytest.fixture
    def missed(self, world: World) -> Person:
        """Two failed, one is not known, the rest has it."""
        world.households(60)
        admin = world.confirmed(60)
        outcomes = [Outcome("dead", reason="43004"), Outcome("dead", reason="busy"), Outcome("unknown")]
        world.sink.outcomes = [[*outcomes, *[Outcome("sent")] * 51]]
        run(world)
        assert world.states() == {"sent": 51, "failed": 2, "unknown": 1, "no_way": 6}
        return admin

    def test_only_failures_are_tried_again(self, world: World, missed: Person) -> None:
        heard = missed.says("重发通知 1")
        assert "有 2 户没发成（平台没有收下 1，平台一直繁忙 1）" in heard
        assert "现在能再试 2 户。" in heard
        assert world.states()["failed"] == 2, "nothing happens before the last word"
        assert missed.says("确认重发 1") == "1 号通知再试 2 户，说「通知进度 1」看结果。"
        assert "没有要重发的了" in missed.says("确认重发 1")
        run(world)
        assert world.states() == {"sent": 53, "unknown": 1, "no_way": 6}
        assert [len(call) for call in world.sink.calls] == [54, 2]
        assert {message.key.split(":")[2] for message in world.sink.calls[1]} == {"1"}, "a new round, a new name"
        assert world.notice().state == NoticeState.DONE
        account(world)
        assert "不用重发" in missed.says("重发通知 1")

    def test_whoever_has_no_way_any_more_is_left_to_the_door(self, world: World, missed: Person) -> None:
        with world.app.writing() as db:
            row = db.scalars(select(Ledger).where(Ledger.state == LedgerState.FAILED).order_by(Ledger.id)).first()
            assert row is not None
            db.get_one(Account, row.account_id).follows = False
        assert "现在能再试 1 户，其余 1 户还是没有办法" in missed.says("重发通知 1")
        missed.says("确认重发 1")
        run(world)
        assert world.states() == {"sent": 52, "failed": 1, "unknown": 1, "no_way": 6}

    def test_another_way_that_came_meanwhile_is_used(self, world: World, missed: Person) -> None:
        with world.app.reading() as db:
            row = db.scalars(select(Ledger).where(Ledger.state == LedgerState.FAILED).order_by(Ledger.id)).first()
            assert row is not None
            household, old = row.household_id, row.account_id
        world.app.channels["memory:other"] = channel(world.sink, "memory:other")
        with world.app.writing() as db:
            db.get_one(Account, old).follows = False
        world.account(household, "memory:other", "new")
        missed.says("确认重发 1")
        run(world)
        assert world.states() == {"sent": 53, "unknown": 1, "no_way": 6}
        assert world.reached_by()["memory:other"] == 1


class TestOptingOut:
    """不收通知, 恢复通知."""

    def test_ordinary_notices_pass_by(self, world: World) -> None:
        world.households(60)
        resident = world.resident()
        assert "重要的和紧急的通知还是会发" in resident.says("不收通知").replace("停气、险情这样", "")
        assert "记着呢" in resident.says("不收通知了")
        admin = world.confirmed(60)
        run(world)
        assert world.states() == {"sent": 53, "skipped": 1, "no_way": 6}
        assert "不收普通通知 1" in admin.says("通知进度 1")
        account(world)

    @pytest.mark.parametrize("kind", [NoticeKind.IMPORTANT, NoticeKind.EMERGENCY, NoticeKind.DRILL])
    def test_what_is_graver_comes_all_the_same(self, world: World, kind: NoticeKind) -> None:
        world.households(60)
        world.resident().says("不收通知")
        world.confirmed(60)
        change(world, kind=kind)
        run(world)
        assert world.states() == {"sent": 54, "no_way": 6}

    def test_one_that_has_not_left_is_held_back_too(self, world: World) -> None:
        world.households(60)
        world.confirmed(60)
        world.pass_time(timedelta(hours=13))
        run(world)
        assert world.states() == {"planned": 54, "no_way": 6}
        world.resident().says("不收通知")
        assert world.states() == {"planned": 53, "skipped": 1, "no_way": 6}

    def test_taken_back_it_comes_again(self, world: World) -> None:
        world.households(60)
        resident = world.resident()
        assert "本来就会发" in resident.says("恢复通知")
        resident.says("不收通知")
        assert "照常发" in resident.says("恢复通知")
        world.confirmed(60)
        run(world)
        assert world.states() == {"sent": 54, "no_way": 6}

    def test_a_stranger_has_nothing_to_refuse(self, world: World) -> None:
        world.households(10)
        assert "还没有绑定门牌" in world.member_of_street().says("不收通知")
        with world.app.reading() as db:
            assert db.scalars(select(Resident).where(Resident.notices_off_at.is_not(None))).all() == []


def test_a_paused_notice_does_not_keep_another_waiting(world: World, half: Person) -> None:
    half.says("暂停通知 1")
    half.says("通知 另一条")
    half.says("确认发送 2 60户")
    run(world)
    with world.app.reading() as db:
        assert figures(db, world.notice(2).id).total.sent == 54
        assert figures(db, world.notice(1).id).total.sent == 20
        assert not notice_slices.anything_due(db, world.clock.wall(), world.hour)


def test_calls_that_are_not_begun_are_not_made_once_it_is_paused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform so slow that the pause is seen before its first answer: more is claimed than is under way, and that
    stays here."""
    monkeypatch.setattr(notice_sending, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(notice_calls, "AHEAD", 10)
    single = channel(world.sink, batch=1)
    single.abilities = replace(single.abilities, at_once=4)
    world.app.channels[DOOR] = single
    world.households(60)
    admin = world.confirmed(60)
    real, look, at_platform = single.send, notice_sending.Sending._hold_back, threading.Semaphore(0)
    paused, seen = threading.Event(), threading.Event()
    begun: list[object] = []

    def slow(batch: object) -> object:
        begun.append(batch)
        at_platform.release()
        assert seen.wait(30)
        return real(batch)  # type: ignore[arg-type]

    def nervous() -> None:
        at_platform.acquire()
        admin.says("暂停通知 1")
        paused.set()

    def looks(sending: notice_sending.Sending) -> None:
        after = paused.is_set()
        look(sending)
        if after:
            seen.set()

    monkeypatch.setattr(notice_sending.Sending, "_hold_back", looks)
    single.send = slow  # type: ignore[method-assign,assignment]
    somebody = threading.Thread(target=nervous)
    somebody.start()
    run(world)
    somebody.join()
    assert len(begun) == 4, "the calls of the moment, of 40 that were claimed"
    single.send = real  # type: ignore[method-assign]
    admin.says("继续通知 1")
    for _ in range(3):
        run(world)
        world.pass_time(MINUTE)
    assert world.states() == {"sent": 54, "no_way": 6}
    assert twice(world) == []
