"""Pausing and cancelling what a platform holds as a job: said as it is, asked back, believed only on its word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.notice_jobs import FIRST_LOOK
from handlers import conversation  # noqa: F401 - declares every command
from storage.notices import NoticeState
from tests.notices.mass import GET, Town, town
from tests.notices.test_jobs import job_of
from tests.notices.world import Person, World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def here(world: World) -> Iterator[Town]:
    with town(world) as made:
        yield made


def held(here: Town) -> Person:
    """A job that waits for the account's administrator."""
    here.oa.act.set_option("mass_protected", True)
    here.street(20)
    admin = here.world.confirmed(20)
    here.send()
    assert here.world.states() == {"cut": 18, "no_way": 2}
    return admin


def test_what_the_platform_holds_cannot_be_paused_and_that_is_said(here: Town) -> None:
    admin = held(here)
    heard = admin.says("暂停通知 1")
    assert "还一户也没发。另有 18 户的已经交给平台，暂停管不到。" in heard
    here.oa.act.confirm_mass(job_of(here))
    here.hear()
    assert here.world.states() == {"sent": 18, "no_way": 2}, "it is settled all the same"
    assert here.world.notice().state == NoticeState.DONE


def test_cancelled_it_is_asked_back_once_and_nobody_gets_it(here: Town) -> None:
    admin = held(here)
    admin.says("取消通知 1")
    assert "正在请平台撤下" in admin.says("确认取消 1")
    here.send()
    here.pass_time(FIRST_LOOK + MINUTE)
    here.send()
    assert len(here.oa.requests("message/mass/delete")) == 1
    assert here.world.states() == {"skipped": 18, "no_way": 2}
    assert here.world.notice().done_at is not None
    assert here.reached() == 0
    assert [line for line in here.told() if "没发出去" in line] == [], "nobody is told that it failed"
    assert "已经取消了" in admin.says("取消通知 1")


def test_what_was_sent_before_it_was_asked_back_counts_as_sent(here: Town) -> None:
    here.street(20)
    admin = here.world.confirmed(20)
    here.send()
    admin.says("确认取消 1")
    here.send()
    assert here.oa.requests("message/mass/delete") == []
    here.hear()
    assert here.world.states() == {"sent": 18, "no_way": 2}
    assert here.reached() == 18
    assert "更正通知 1" in admin.says("取消通知 1")


def test_one_that_left_while_it_was_asked_back_counts_as_sent(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was running when we looked, and gone when we asked: its report says that it reached people."""
    admin = held(here)
    admin.says("确认取消 1")
    mass = here.world.app.bulk[here.door]
    real = mass.job  # type: ignore[attr-defined]

    def job(platform_id: str) -> object:
        state = real(platform_id)
        if state == "running":
            here.oa.act.confirm_mass(int(platform_id))
        return state

    monkeypatch.setattr(mass, "job", job)
    here.send()
    assert len(here.oa.requests("message/mass/delete")) == 1
    monkeypatch.undo()
    here.hear()
    here.pass_time(FIRST_LOOK + MINUTE)
    here.send()
    assert here.world.states() == {"sent": 18, "no_way": 2}
    assert here.reached() == 18


def test_a_platform_that_does_not_answer_is_not_believed(here: Town) -> None:
    admin = held(here)
    here.oa.faults.on("http_500", path=GET, times=5)
    admin.says("确认取消 1")
    here.send()
    assert here.oa.requests("message/mass/delete") == []
    here.oa.act.confirm_mass(job_of(here))
    here.hear()
    assert here.world.states() == {"sent": 18, "no_way": 2}
