"""Limits of platforms: reserved together by everybody, never beyond the ceiling.

Sabotage that must turn these red: read ``used`` before writing it instead of adding in the statement; forget to give
back what is beyond the ceiling.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy import Engine, select

from bot.moments import ManualClock
from bot.purge import forget
from bot.transactions import read_session, write_session
from handlers.rules.pacing import next_window, window_start
from storage.deployment import Spend
from storage.spending import Ceiling, give_back, reserve
from tests import warm

ROOT = Path(__file__).parents[2]
DOOR = "oa:wx1"
START = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)  # midnight in Shanghai
DAY = Ceiling("day", 10, START)


def used(engine: Engine, door: str = DOOR, ceiling: Ceiling = DAY) -> int | None:
    with read_session(engine) as db:
        return db.scalar(
            select(Spend.used).where(
                Spend.door == door, Spend.limit_name == ceiling.name, Spend.window_start == ceiling.start
            )
        )


def take(engine: Engine, wanted: int, ceiling: Ceiling = DAY, door: str = DOOR) -> int:
    with write_session(engine) as db:
        return reserve(db, door, ceiling, wanted)


def test_what_is_left_is_granted(engine: Engine) -> None:
    assert [take(engine, wanted) for wanted in (4, 0, 5, 3, 3, 1)] == [4, 0, 5, 1, 0, 0]
    assert used(engine) == 10


def test_the_first_may_want_more_than_there_is(engine: Engine) -> None:
    assert take(engine, 25) == 10
    assert used(engine) == 10


def test_what_was_not_used_is_there_again(engine: Engine) -> None:
    assert take(engine, 10) == 10
    with write_session(engine) as db:
        give_back(db, DOOR, DAY, 3)
        give_back(db, DOOR, DAY, 0)
    assert take(engine, 9) == 3


def test_a_failed_claim_takes_nothing(engine: Engine) -> None:
    take(engine, 1)
    with contextlib.suppress(RuntimeError), write_session(engine) as db:
        assert reserve(db, DOOR, DAY, 5) == 5
        raise RuntimeError
    assert used(engine) == 1


def test_doors_limits_and_windows_are_apart(engine: Engine) -> None:
    for ceiling in (DAY, Ceiling("minute", 10, START), Ceiling("day", 10, START + timedelta(days=1))):
        assert take(engine, 99, ceiling) == 10
    assert take(engine, 99, door="oa:wx2") == 10


def test_a_ceiling_that_was_lowered_grants_nothing_and_changes_nothing(engine: Engine) -> None:
    take(engine, 8)
    assert take(engine, 2, Ceiling("day", 5, START)) == 0
    assert used(engine) == 8


def test_four_processes_take_no_more_than_there_is(engine: Engine, database_url: str) -> None:
    given = (database_url, "100", START.isoformat())
    with contextlib.ExitStack() as stack:
        takers = [stack.enter_context(warm.talking("tests.storage.reserving", *given)) for _ in range(4)]
        for each in takers:
            assert each.stdout.readline() == "ready\n"
        for each in takers:
            each.stdin.write("go\n")
            each.stdin.flush()
        kept = [int(each.stdout.read()) for each in takers]
    assert sum(kept) == 100
    assert used(engine) == 100


def test_old_counters_are_forgotten(engine: Engine) -> None:
    take(engine, 1)
    forget(engine, ManualClock(START + timedelta(days=40, seconds=-1)))
    assert used(engine) == 1
    forget(engine, ManualClock(START + timedelta(days=40)))
    assert used(engine) is None


# --- windows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("per", "wall", "start", "following"),
    [
        ("day", "2026-11-22T15:59:59.999999", "2026-11-21T16:00", "2026-11-22T16:00"),
        ("day", "2026-11-22T16:00:00", "2026-11-22T16:00", "2026-11-23T16:00"),
        ("day", "2026-12-31T20:00:00", "2026-12-31T16:00", "2027-01-01T16:00"),
        (timedelta(minutes=1), "2026-11-22T04:05:59.999999", "2026-11-22T04:05", "2026-11-22T04:06"),
        (timedelta(minutes=1), "2026-11-22T04:06:00", "2026-11-22T04:06", "2026-11-22T04:07"),
        (timedelta(hours=1), "2026-11-22T04:06:00", "2026-11-22T04:00", "2026-11-22T05:00"),
    ],
)
def test_windows(per: timedelta | Literal["day"], wall: str, start: str, following: str) -> None:
    now = datetime.fromisoformat(wall).replace(tzinfo=UTC)
    assert window_start(per, now) == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert next_window(per, now) == datetime.fromisoformat(following).replace(tzinfo=UTC)


def test_windows_lie_end_to_end_wherever_one_looks() -> None:
    wall = START + timedelta(hours=5, seconds=7)
    every: list[timedelta | Literal["day"]] = ["day", timedelta(seconds=30), timedelta(minutes=1), timedelta(days=7)]
    for per in every:
        start, following = window_start(per, wall), next_window(per, wall)
        assert start <= wall < following
        assert window_start(per, following) == following
        assert window_start(per, following - timedelta(microseconds=1)) == start
