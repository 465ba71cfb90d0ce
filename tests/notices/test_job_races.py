"""A platform's report of a mass job that crosses the answer to the call."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from bot import notice_cutting, notice_sending, notices
from storage import notice_settling
from tests.notices.mass import Town, town
from tests.notices.world import World


@pytest.fixture
def here(world: World) -> Iterator[Town]:
    with town(world) as made:
        yield made


def test_a_report_while_the_jobs_name_is_being_written_is_not_lost(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    here.street(20)
    here.world.confirmed(20)
    while notices.fan_out_step(here.world.app) or notice_cutting.cut_step(here.world.app):
        pass
    hearing = threading.Thread(target=here.hear_only)
    real = notice_settling.submit

    def submit(*given: object) -> bool:
        kept = real(*given)  # type: ignore[arg-type]
        hearing.start()
        hearing.join(0.5)  # long enough to look for the name, which is not committed yet
        return kept

    monkeypatch.setattr(notice_settling, "submit", submit)
    notice_sending.send_due(here.world.app, time.monotonic())
    hearing.join()
    here.send()
    assert here.world.states() == {"sent": 18, "no_way": 2}
    assert here.oa.requests("message/mass/get") == []
