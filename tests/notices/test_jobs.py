"""A notice as mass messages of an official account: jobs that are taken, wait, finish, fail, and are never doubled."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import notice_cutting, notice_sending, notice_slices, notices
from storage import notice_slices as slices
from storage.notice_figures import figures
from storage.notices import Ledger, NoticeState, Slice
from storage.outbox import Outbox
from storage.people import Account, Household
from tests.notices.mass import GET, SEND, Town, town
from tests.notices.world import Person, World, channel

MINUTE = timedelta(minutes=1)


@pytest.fixture
def here(world: World) -> Iterator[Town]:
    with town(world) as made:
        yield made


def sent_off(here: Town, households: int = 20) -> Person:
    """Confirmed and handed to the platform."""
    here.street(households)
    admin = here.world.confirmed(households)
    here.send()
    return admin


def no_more(here: Town, households: int) -> bool:
    """Everybody who follows has it once, and the ledger says so."""
    return here.reached() == here.world.states()["sent"] == households


# --- taken, and finished


def test_one_job_for_all_and_the_report_settles_it(here: Town) -> None:
    admin = sent_off(here)
    assert here.jobs() == [18]
    assert here.world.states() == {"cut": 18, "no_way": 2}
    said = here.progress(admin)
    assert "已提交平台 18 户，等平台回报" in said
    assert "已发 0" in said
    assert "还没轮到" not in said
    here.hear()
    assert no_more(here, 18)
    [row] = here.slices()
    assert (row.state, row.request, row.figures["sent"]) == ("sent", None, 18)
    assert here.world.notice().state == NoticeState.DONE
    assert "已提交" not in here.progress(admin)
    assert here.told() == []


def test_everybody_is_sent_the_same_words_and_link(here: Town) -> None:
    sent_off(here)
    [request] = here.oa.requests("message/mass/send")
    assert request["clientmsgid"] == here.slices()[0].provider_key
    assert "明天洗水箱" in request["text"]["content"]
    assert here.world.notice().link_hash is not None
    with here.world.app.reading() as db:
        hashes = set(db.scalars(select(Ledger.link_hash)))
    assert here.world.notice().link_hash not in hashes


@pytest.mark.parametrize("sizes", [(2, [2]), (10_001, [5_001, 5_000])])
def test_ten_thousand_in_a_call_and_nobody_left_over(here: Town, sizes: tuple[int, list[int]]) -> None:
    people, expected = sizes
    here.street(-(-people * 10 // 9))
    with here.world.app.reading() as db:
        followers = db.scalars(select(Account.id).where(Account.door == here.door).order_by(Account.id)).all()
    with here.world.app.writing() as db:
        db.execute(update(Account).where(Account.id.in_(followers[people:])).values(follows=False))
    admin = here.world.member_of_street()
    heard = admin.says("通知 明天洗水箱")
    admin.says(heard.splitlines()[-1])
    here.send()
    assert here.jobs() == expected
    here.hear()
    assert no_more(here, people)


def test_two_households_of_one_person_are_one_message(here: Town) -> None:
    here.street(20)
    with here.world.app.writing() as db:
        db.get_one(Household, 2).contact_id = 1
    here.world.confirmed(20)
    here.send()
    here.hear()
    assert here.jobs() == [17]
    assert here.reached() == 17
    assert here.world.states() == {"sent": 18, "no_way": 2}


def test_shares() -> None:
    assert [notice_cutting.share(left, 10) for left in (0, 1, 10, 11, 19, 20, 21, 35)] == [0, 1, 10, 6, 10, 10, 10, 10]


def test_a_word_in_the_chat_counts_before_the_platform_reports(here: Town) -> None:
    admin = sent_off(here)
    answer = here.world.resident().receives("收到")
    assert answer is not None
    assert "已发 1，已看 1，收到 1" in here.progress(admin)
    here.hear()
    assert here.world.states() == {"sent": 18, "no_way": 2}
    assert "已发 18，已看 1，收到 1" in here.progress(admin)


def test_whom_the_platform_left_out_is_counted(here: Town) -> None:
    here.street(20)
    here.oa.act.unfollow("person-1")
    admin = here.world.confirmed(20)
    here.send()
    here.hear()
    assert "平台说其中 1 户没收到" in here.progress(admin)
    with here.world.app.reading() as db:
        found = figures(db, here.world.notice().id)
    assert (found.filtered, found.total.sent) == (1, 18)
    assert found.total.adds_up


# --- reports that are lost, early or late


def test_a_report_before_the_answer_was_stored_is_not_lost(here: Town) -> None:
    here.street(20)
    here.world.confirmed(20)
    while notices.fan_out_step(here.world.app) or notice_cutting.cut_step(here.world.app):
        pass
    real = here.world.app.bulk[here.door]

    class Early:
        """The report is taken in while the call is still under way."""

        door, abilities, job = real.door, real.abilities, real.job  # type: ignore[attr-defined]

        def send(self, batch: object) -> object:
            answer = real.send(batch)  # type: ignore[arg-type]
            here.hear_only()
            return answer

    here.world.app.bulk[here.door] = Early()  # type: ignore[assignment]
    notice_sending.send_due(here.world.app, time.monotonic())
    here.world.app.bulk[here.door] = real
    assert [row.state for row in here.slices()] == ["submitted"]
    here.send()
    assert no_more(here, 18)
    assert here.slices()[0].figures["sent"] == 18
    assert here.oa.requests("message/mass/get") == []


def test_a_report_while_nobody_remembers_the_call_is_asked_for(here: Town) -> None:
    """Its holder dies: the repeat finds the job, the report is long over."""
    here.oa.faults.on("lost")
    here.oa.faults.on("reset_after_accept", path=SEND, times=1)
    sent_off(here)
    here.pass_time(MINUTE)
    here.send()
    assert here.world.states() == {"cut": 18, "no_way": 2}
    here.pass_time(MINUTE)
    here.send()
    assert no_more(here, 18)
    assert here.told() == []


def test_without_a_report_the_platform_is_asked_and_in_doubt_asked_again(here: Town) -> None:
    here.oa.faults.on("lost", times=None)
    here.oa.act.set_option("mass_seconds", 38 * 60)
    sent_off(here)
    for minutes, asked in ((1, 1), (20, 1), (15, 2), (5, 3), (5, 3)):
        here.pass_time(timedelta(minutes=minutes))
        here.send()
        assert len(here.oa.requests("message/mass/get")) == asked, minutes
    assert no_more(here, 18)


def test_a_platform_that_cannot_be_asked_is_asked_later(here: Town) -> None:
    here.oa.faults.on("lost")
    here.oa.faults.on("http_500", path=GET, times=1)
    sent_off(here)
    here.pass_time(MINUTE)
    here.send()
    assert here.world.states() == {"cut": 18, "no_way": 2}
    here.pass_time(35 * MINUTE)
    here.send()
    assert no_more(here, 18)


def test_a_job_that_never_ends_is_unknown_after_two_days(here: Town) -> None:
    here.oa.act.set_option("mass_seconds", 10**9)
    sent_off(here)
    here.pass_time(MINUTE)
    here.send()
    here.pass_time(timedelta(hours=48))
    here.send()
    assert here.world.states() == {"unknown": 18, "no_way": 2}
    assert here.world.notice().state == NoticeState.DONE


def test_a_report_of_somebody_elses_job_changes_nothing(here: Town) -> None:
    sent_off(here)
    with here.world.app.writing() as db:
        db.execute(update(Slice).values(platform_id="999"))
    here.hear()
    assert here.world.states() == {"cut": 18, "no_way": 2}


# --- the protection of mass messages


def protected(here: Town) -> Person:
    """Handed in, and a minute later nobody has confirmed it."""
    here.oa.act.set_option("mass_protected", True)
    admin = sent_off(here)
    assert here.told() == []
    here.pass_time(MINUTE)
    here.send()
    return admin


def job_of(here: Town) -> int:
    return int(here.slices()[0].platform_id or 0)


def test_the_author_is_told_once_that_it_waits_for_the_administrator(here: Town) -> None:
    admin = protected(here)
    [told] = here.told()
    assert "群发保护" in told
    assert "已提交平台 18 户" in here.progress(admin)
    here.pass_time(MINUTE)
    here.oa.act.confirm_mass(job_of(here))
    here.hear()
    assert no_more(here, 18)
    assert here.told() == [told]
    with here.world.app.reading() as db:
        assert db.get_one(Account, db.scalars(select(Outbox.account_id)).one()).staff_id is not None


def test_nobody_confirms_and_the_author_hears_it(here: Town) -> None:
    admin = protected(here)
    here.pass_time(30 * MINUTE)
    here.hear()
    assert here.world.states() == {"failed": 18, "no_way": 2}
    assert here.reached() == 0
    assert "半小时里没等到公众号管理员确认" in here.told()[-1]
    assert "没发成 18（半小时内没有管理员确认 18）" in here.progress(admin)
    assert here.world.notice().state == NoticeState.DONE


def test_the_administrator_refuses(here: Town) -> None:
    protected(here)
    here.oa.act.refuse_mass(job_of(here))
    here.hear()
    assert here.world.states() == {"failed": 18, "no_way": 2}
    assert "没有放行" in here.told()[-1]


# --- cut lines, dead workers


def test_a_line_cut_after_the_platform_took_it_is_mended_by_the_same_name(here: Town) -> None:
    here.oa.faults.on("reset_after_accept", path=SEND, times=1)
    sent_off(here)
    assert here.slices()[0].state == "waiting"
    here.pass_time(MINUTE)
    here.send()  # 45065: the job of the first call
    assert here.oa.world.errcodes() == [45065]
    here.pass_time(MINUTE)
    here.send()
    assert here.jobs() == [18]
    assert no_more(here, 18)


def test_a_holder_that_died_between_accept_and_settling(here: Town) -> None:
    here.street(20)
    here.world.confirmed(20)
    while notices.fan_out_step(here.world.app) or notice_cutting.cut_step(here.world.app):
        pass
    with here.world.app.writing() as db:
        held = slices.claim(db, here.world.clock.wall(), notice_slices.LEASE, here.world.hour)
    assert held is not None
    needs = notice_slices.without_calls(here.world.app, held)
    assert isinstance(needs, tuple)
    channel, request = needs
    channel.send(request.messages())  # and the outcome is lost
    here.hear()
    assert here.world.states() == {"cut": 18, "no_way": 2}
    here.pass_time(MINUTE)
    here.send()
    here.pass_time(MINUTE)
    here.send()
    assert here.jobs() == [18]
    assert no_more(here, 18)


# --- limits and quotas


def test_sixty_calls_a_minute_and_no_more(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    mass = here.world.app.bulk[here.door]
    monkeypatch.setattr(mass, "abilities", replace(mass.abilities, batch=3))
    here.world.clock.at = here.world.clock.at.replace(second=0)
    sent_off(here, 220)  # 198 follow: 66 calls
    assert len(here.jobs()) == 60
    assert here.oa.world.errcodes() == []
    here.hear()
    assert len(here.jobs()) == 60
    here.pass_time(MINUTE)
    here.send()
    here.hear()
    assert here.oa.world.errcodes() == []
    assert no_more(here, 198)


def test_the_days_calls_wait_for_tomorrow(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    mass = here.world.app.bulk[here.door]
    monkeypatch.setattr(mass, "abilities", replace(mass.abilities, batch=2))
    here.world.clock.at = here.world.clock.at.replace(second=0)
    admin = sent_off(here, 260)  # 234 follow: 117 calls
    for _ in range(3):
        here.pass_time(MINUTE)
        here.send()
    assert len(here.jobs()) == 100
    assert "还没轮到 34（平台限速，分批发 34）" in here.progress(admin)
    here.pass_time(timedelta(days=1))
    here.send()
    here.hear()
    assert here.oa.world.errcodes() == [42001]  # a token's two hours are over
    assert no_more(here, 234)


def test_the_months_messages_are_used_up_and_nobody_is_told_weeks_late(here: Town) -> None:
    here.oa.act.set_option("mass_left", 0)
    admin = sent_off(here)
    assert here.world.states() == {"failed": 18, "no_way": 2}
    assert "平台给的群发次数用完了" in here.progress(admin)
    assert "18 户没发出去" in here.told()[0]
    here.oa.act.set_option("mass_left", 9)
    here.pass_time(timedelta(days=11))
    here.send()
    assert here.jobs() == []
    assert here.world.notice().state == NoticeState.DONE


def test_at_the_end_of_the_month_it_waits_for_the_next_day(here: Town) -> None:
    here.pass_time(timedelta(days=9))  # 30 November
    here.oa.act.set_option("mass_left", 0)
    admin = sent_off(here)
    assert here.world.states() == {"cut": 18, "no_way": 2}
    assert "还没轮到 18（平台给的群发次数用完了 18）" in here.progress(admin)
    assert "12月1日 07:30" in here.told()[0], "the quota comes back at midnight, and by night nothing goes"
    here.oa.act.set_option("mass_left", 9)
    here.pass_time(timedelta(days=1))
    here.send()
    here.hear()
    assert no_more(here, 18)


def test_whoever_has_another_free_way_is_told_by_it(here: Town) -> None:
    here.world.app.channels["memory:sample"] = channel(here.world.sink)
    here.oa.act.set_option("mass_left", 0)
    here.street(20)
    for household in (1, 2, 3):
        here.world.account(household, "memory:sample", f"other-{household}")
    here.world.confirmed(20)
    here.send()
    assert {message.person for message in here.world.sink.messages} == {"other-1", "other-2", "other-3"}
    assert here.world.states() == {"sent": 3, "failed": 15, "no_way": 2}
    assert here.world.notice().state == NoticeState.DONE


# --- one person alone


def test_a_single_person_is_told_in_the_chat_while_they_listen(here: Town) -> None:
    here.oa.act.followers(3, "person-")
    here.world.households(1, door=here.door)
    here.oa.act.say("person-1", "你好")
    with here.world.app.writing() as db:
        account = db.scalars(select(Account).where(Account.door == here.door)).one()
        account.window_until, account.window_left = here.world.clock.at + timedelta(hours=48), 5
    here.world.confirmed(1)
    here.send()
    assert here.jobs() == []
    assert any("明天洗水箱" in seen.text for seen in here.oa.seen("person-1"))
    with here.world.app.reading() as db:
        assert db.get_one(Account, account.id).window_left == 4
    assert here.world.states() == {"sent": 1}


def test_a_single_person_who_does_not_listen_is_said_to_be_missed(here: Town) -> None:
    here.oa.act.followers(3, "person-")
    here.world.households(1, door=here.door)
    here.world.confirmed(1)
    here.send()
    assert here.world.states() == {"failed": 1}
    assert here.oa.world.errcodes() == []
