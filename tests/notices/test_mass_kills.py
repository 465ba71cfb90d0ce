"""kill -9 while the platform has taken a mass message and its answer is on the way. A real process, both engines."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import notice_jobs, notice_slices, notices, wiring
from bot.moments import WallClock
from bot.platforms.oa_account import OaOptions
from tests import warm
from tests.conftest import SECRET_KEY
from tests.notices.mass import SEND
from tests.notices.mass_worker import settings
from tests.notices.world import World
from tests.platforms.callback import APP_ID
from tests.platforms.oa_world import OaWorld, oa_world

ROOT = Path(__file__).parents[2]
LEASE = timedelta(seconds=5)


def test_nobody_gets_it_twice_and_nobody_is_forgotten(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "worker.log"
    with oa_world(OaOptions()) as platform:
        platform.act.followers(21, "person-")
        platform.faults.on("hung", path=SEND, after=True)
        world.households(20, door=f"oa:{APP_ID}")
        world.confirmed(20)
        given = {
            "url": world.app.settings.database_url,
            "data": str(world.app.settings.data),
            "key": SECRET_KEY.hex(),
            "base": f"{platform.address}/oa",
        }
        with log.open("wb") as output:
            worker = warm.start("tests.notices.mass_worker", json.dumps(given), output=output)
        try:
            assert until(lambda: bool(jobs(platform)))
        finally:
            worker.kill()
            worker.wait(30)
        platform.faults.clear()
        monkeypatch.setattr(notice_slices, "LEASE", LEASE)
        monkeypatch.setattr(notice_jobs, "FIRST_LOOK", timedelta())
        app = wiring.build(settings(given))
        try:
            app.clock = Later()
            while notices.run_due(app):
                pass
        finally:
            app.close()
        assert [len(request["touser"]) for request in jobs(platform)] == [18]
        assert [len(platform.texts(f"person-{number}")) for number in (1, 2, 3)] == [1, 1, 1]
    assert world.states() == {"sent": 18, "no_way": 2}


class Later(WallClock):
    """The wall an hour on: the dead worker's lease has ended."""

    def wall(self) -> datetime:
        return super().wall() + timedelta(hours=1)


def jobs(platform: OaWorld) -> list[dict[str, list[str]]]:
    return [entry.fields["request"] for entry in platform.simulator.record.entries("message/mass/send")]


def until(true: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()
