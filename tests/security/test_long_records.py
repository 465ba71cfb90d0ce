"""A record of a talk is as long as whoever passes it on likes: it must not bury a desk, nor ring every phone."""

from __future__ import annotations

import json

import pytest

from handlers.hearing.forwarded import MOST_EMERGENCIES, MOST_PROBLEMS
from handlers.message import Kind
from handlers.wording.forwarding import LEFT_OUT
from tests.conversations.stage import Stage, to

THIEF = "生人"
TROUBLES = ("路灯坏了半个月了", "电梯坏了", "下水道堵了", "垃圾没人清", "楼道灯不亮", "漏水了")


def passed_on(town: Stage, lines: list[str]) -> list[str]:
    record = [{"name": f"邻居{number}", "text": text, "time": "1"} for number, text in enumerate(lines)]
    data = {"forwarded": json.dumps(record, ensure_ascii=False)}
    return to(town.send(THIEF, Kind.UNKNOWN, data=data, addressed=True), THIEF)


def test_one_record_opens_a_few_tickets_and_says_that_it_was_cut(town: Stage) -> None:
    heard = passed_on(town, [f"{number + 1}栋{TROUBLES[number % 6]}" for number in range(100)])
    assert len(town.tickets()) == MOST_PROBLEMS
    assert LEFT_OUT in heard


def test_pasted_lines_are_no_way_round(town: Stage) -> None:
    town.say(THIEF, "\n".join(f"邻居{number}: {number + 1}栋{TROUBLES[number % 6]}" for number in range(50)))
    assert len(town.tickets()) == MOST_PROBLEMS


def test_an_emergency_at_the_end_is_not_what_is_left_out(town: Stage) -> None:
    lines = [f"{number + 1}栋{TROUBLES[number % 6]}" for number in range(50)]
    passed_on(town, [*lines, "88栋燃气泄漏，味道很大"])
    assert [ticket.urgency for ticket in town.tickets()].count("emergency") == 1


def test_invented_emergencies_do_not_ring_for_ever(town: Stage) -> None:
    passed_on(town, [f"{number + 1}栋燃气泄漏，味道很大" for number in range(100)])
    assert len(town.tickets()) <= MOST_EMERGENCIES


@pytest.mark.parametrize("count", [1, 5])
def test_a_short_record_is_taken_whole(town: Stage, count: int) -> None:
    heard = passed_on(town, [f"{number + 1}栋{TROUBLES[number]}" for number in range(count)])
    assert len(town.tickets()) == count
    assert LEFT_OUT not in heard
