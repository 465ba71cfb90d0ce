"""Whatever is said or pressed, in whatever order: nothing closes as solved without evidence, or by its own handler."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from handlers.permissions import TABLE
from handlers.wording.commands import COMMANDS
from storage import directory
from storage.people import Post, Role, Staff, Unit
from storage.workflow import Closing, Status
from tests.conversations.stage import RESIDENTS, Stage

REPORTS = (
    "三号楼门口路灯坏了半个月了",
    "五号楼的垃圾三天没人收，臭死了",
    "8号楼下水道堵了，脏水冒出来了",
    "东门口的人行道地砖坏了好几块",
)
STEPS = 90
RESTS = ("", "通过", "灯泡已换", "解释 明年改造", "无法核实 去了没看到", "好了", "大家事", "小赵", "在楼下谈过")
EVERYDAY = ("好了", "弄完了", "是", "满意", "谢谢", "收到")
PRESSES = sorted({*TABLE, "answer:good", "answer:bad", "answer:slow"})
OF_TICKETS = sorted(
    name for name, command in COMMANDS.items() if command.staff and not name.startswith(("notice", "patrol", "proxy"))
)


def everything(rng: random.Random, count: int, rests: tuple[str, ...]) -> Iterator[tuple[str, str, int]]:
    """Commands with a number and something behind it, buttons, everyday words."""
    for _ in range(STEPS):
        number = rng.randint(1, count)
        way = rng.random()
        if way < 0.5:
            words = COMMANDS[rng.choice([*OF_TICKETS, *("accept", "resolve", "verify", "redo") * 6])].words
            yield "say", f"{rng.choice(words)} {number} {rng.choice(rests)}".strip(), number
        elif way < 0.75:
            yield "press", rng.choice([*PRESSES, *("answer:good", "verify_pass") * 5]), number
        else:
            yield "say", rng.choice(EVERYDAY), number


def opened(town: Stage) -> int:
    for who, said in zip(("王阿姨", "李婶", "老周", "王阿姨"), REPORTS, strict=True):
        town.say(who, said, RESIDENTS)
    town.say("小赵", "六号楼张大爷说他家门口的楼道灯坏了很久了")  # reported by whoever will do it
    return len(town.tickets())


def every_post(town: Stage, name: str) -> None:
    """The handler is of the community, the street and the grid at once: only that it is their own work stops them."""
    with town.app.writing() as db:
        staff = next(one for one in db.scalars(select(Staff)) if directory.name_of(town.app.vault, one) == name)
        for kind, role in (("community", Role.COMMUNITY), ("street", Role.DISPATCHER), ("grid", Role.GRID_LEAD)):
            unit = db.scalars(select(Unit).where(Unit.kind == kind)).one()
            db.add(Post(staff_id=staff.id, unit_id=unit.id, role=role))


@pytest.mark.parametrize("seed", [20260302])
def test_whoever_did_it_never_closes_it_as_solved(town: Stage, seed: int) -> None:
    every_post(town, "小赵")
    count = opened(town)
    resolved = 0
    for how, what, number in everything(random.Random(seed), count, RESTS):
        town.say("小赵", what) if how == "say" else town.press("小赵", what, number)
        rows = town.tickets()
        resolved += sum(row.status == Status.RESOLVED for row in rows)
        wrong = [row.number for row in rows if row.closing == Closing.SOLVED and not row.self_handled]
        assert wrong == [], (how, what, number)
    assert resolved, "nothing was done at all: the walk proves nothing"


@pytest.mark.parametrize("seed", [20260303])
def test_without_a_sentence_or_a_photo_nothing_is_done(town: Stage, seed: int) -> None:
    count = opened(town)
    rng = random.Random(seed)
    accepted = 0
    for how, what, number in everything(rng, count, ("",)):
        who = rng.choice(("小赵", "小赵", "小钱", "周书记", "派单员", "王阿姨"))
        town.say(who, what) if how == "say" else town.press(who, what, number)
        rows = town.tickets()
        accepted += sum(row.status == Status.ACCEPTED for row in rows)
        assert [row.number for row in rows if row.resolved_at or row.closing == Closing.SOLVED] == [], (who, what)
    assert accepted, "nothing was accepted at all: the walk proves nothing"
