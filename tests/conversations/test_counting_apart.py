"""A notice's households are counted outside the write transaction: nobody's answer waits for them.

Sabotage that must turn these red: count inside the transaction; count in the intake thread; let what the same person
says meanwhile overtake; forget who still waits when intake stops; confirm without counting again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.batch import Taken
from bot.scratch import DOOR
from handlers.message import Incoming, Kind
from storage.engine import WRITES
from storage.people import Household
from tests.conversations.stage import Stage

COUNTING = ("group_concat", "string_agg", "max(anon_1.size)")  # what goes through every household there is
DRAFT = "通知 周六上午 9 点清洗水箱"


@dataclass
class Counting:
    """Every statement that counts households, with whether it stood in a transaction that writes; a door before it."""

    writes: list[bool] = field(default_factory=list)
    door: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)

    def heard(self, connection: Connection, cursor: object, statement: str, *more: object) -> None:
        if any(word in statement for word in COUNTING) or "AS rank" in statement:
            self.writes.append(bool(connection.get_execution_options().get(WRITES)))
            self.reached.set()
            assert self.door.wait(20)


@pytest.fixture
def counting(town: Stage) -> Iterator[Counting]:
    found = Counting()
    found.door.set()
    event.listen(town.app.engine, "before_cursor_execute", found.heard)
    yield found
    event.remove(town.app.engine, "before_cursor_execute", found.heard)


def heard(town: Stage, text: str, who: str = "周书记") -> str:
    return "\n".join(said for to, said in town.say(who, text) if to == who)


def submitted(town: Stage, number: int, who: str, text: str) -> Future[Taken]:
    now = town.app.clock.wall()
    fields: dict[str, Any] = {"key": f"in:apart:{number}", "addressed": True, "text": text}
    fields |= {"said_at": now, "received_at": now, "shown_name": who}
    return town.intake.submit(Incoming(door=DOOR, sender=who, chat=None, kind=Kind.TEXT, **fields))


def households(preview: str) -> int:
    return int(preview.partition("共 ")[2].partition(" 户")[0])


def test_a_preview_and_its_confirmation_are_counted_outside(town: Stage, counting: Counting) -> None:
    preview = heard(town, DRAFT)
    assert "1 号通知预览" in preview
    assert len(counting.writes) >= 2
    before = len(counting.writes)
    assert "开始发" in heard(town, f"确认发送 1 {households(preview)}户")
    assert len(counting.writes) > before
    assert not any(counting.writes)


def test_what_was_counted_is_what_is_bound(town: Stage, counting: Counting) -> None:
    """Somebody moves in between preview and confirmation: it is counted again, and nothing goes out."""
    count = households(heard(town, DRAFT))
    with town.app.writing() as db:
        one = db.query(Household).order_by(Household.id).first()
        assert one is not None
        places = {"estate_id": one.estate_id, "community_id": one.community_id, "building_id": one.building_id}
        db.add(Household(entrance="9", room="901", **places))
    said = heard(town, f"确认发送 1 {count}户")
    assert "开始发" not in said
    assert households(said) == count + 1
    assert "开始发" in heard(town, f"确认发送 1 {count + 1}户")


def test_others_are_answered_meanwhile_and_the_same_person_in_order(town: Stage, counting: Counting) -> None:
    town.intake.start()
    counting.door.clear()
    draft = submitted(town, 1, "周书记", DRAFT)
    assert counting.reached.wait(20)
    report = submitted(town, 2, "王桂兰", "三号楼门口路灯坏了半个月了")
    assert report.result(20).state == "handled"
    cancelled = submitted(town, 3, "周书记", "取消通知 1")
    assert submitted(town, 4, "王桂兰", "进度").result(20).state == "handled"
    assert not draft.done()
    assert not cancelled.done()
    counting.door.set()
    assert draft.result(20).state == "handled"
    assert cancelled.result(20).state == "handled"
    town.intake.stop()
    said = [text for to, text in town._deliver() if to == "周书记"]
    places = [at for at, text in enumerate(said) if "1 号通知" in text]
    assert "预览" in said[places[0]]
    assert "作废" in said[places[-1]]
    assert not any(counting.writes)


def test_whoever_waits_for_a_figure_is_taken_before_intake_stops(town: Stage, counting: Counting) -> None:
    town.intake.start()
    counting.door.clear()
    draft = submitted(town, 1, "周书记", DRAFT)
    assert counting.reached.wait(20)
    behind = submitted(town, 2, "周书记", "取消通知 1")
    stopping = threading.Thread(target=town.intake.stop)
    stopping.start()
    counting.door.set()
    stopping.join(20)
    assert not stopping.is_alive()
    assert (draft.result(0).state, behind.result(0).state) == ("handled", "handled")
