"""任务: given once, a row and a message a grid, done by a word, a fault becomes a ticket, nobody is ranked.

Sabotage that must turn these red: give without confirming; a row for only the first grid; remind whom is done; leave
the task off the ticket; count people instead of communities.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.origins import PATROL
from storage.people import Role, Unit, UnitKind
from storage.tasks import Task, TaskRow
from tests.conversations.offices import employ
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

SAID = "任务 本周五前 全体网格员 检查沿街门店灭火器 准入清单：消防 3.2"


@pytest.fixture
def grids(town: Stage) -> Stage:
    """A second grid of the community with 小孙, and a second community with a grid and 小周."""
    with town.app.writing() as db:
        street = db.scalars(select(Unit).where(Unit.kind == UnitKind.STREET)).one()
        community = db.scalars(select(Unit).where(Unit.kind == UnitKind.COMMUNITY)).one()
        other = _unit(db, street, UnitKind.COMMUNITY, "江滨社区")
        employ(town, db, "小孙", _unit(db, community, UnitKind.GRID, "梧桐二网格"), Role.GRID_WORKER)
        employ(town, db, "小周", _unit(db, other, UnitKind.GRID, "江滨一网格"), Role.GRID_WORKER)
    return town


def _unit(db, above: Unit, kind: UnitKind, name: str) -> Unit:  # type: ignore[no-untyped-def]
    unit = Unit(parent_id=above.id, kind=kind, name=name)
    db.add(unit)
    db.flush()
    unit.path = f"{above.path}{unit.id}/"
    db.flush()
    return unit


def given(town: Stage) -> list[tuple[str, str]]:
    town.say("派单员", SAID)
    return town.say("派单员", "确认任务 3")


def states(town: Stage) -> list[str]:
    with town.app.reading() as db:
        return list(db.scalars(select(TaskRow.state).order_by(TaskRow.id)))


def test_a_task_is_confirmed_once_and_read_in_every_grid(grids: Stage) -> None:
    [shown] = grids.say("派单员", SAID)
    assert shown[1].startswith(
        "3月6日 17:30 前，3 个网格各查一遍：检查沿街门店灭火器\n准入清单：消防 3.2\n发给 4 位网格员"
    )
    assert states(grids) == []
    [wrong] = to(grids.say("派单员", "确认任务 5"), "派单员")
    assert wrong.startswith("现在是 3 个网格，和您说的 5 个对不上")
    said = grids.say("派单员", "确认任务 3")
    assert to(said, "派单员") == ["任务 1 发出去了：3 个网格，3月6日 17:30 前。说「任务 1」看查到哪了。"]
    asked = {who for who, text in said if "任务 1（" in text}
    assert asked == {"小赵", "小钱", "小孙", "小周"}
    assert not any(who == OFFICE for who, _ in said)
    assert states(grids) == ["open"] * 3
    assert to(grids.say("派单员", "确认任务 3"), "派单员")[0].startswith("没有等您确认的任务")
    with grids.app.reading() as db:
        assert db.scalars(select(Task)).one().admission == "消防 3.2"


def test_done_by_a_tap_or_a_word_and_seen_by_community(grids: Stage) -> None:
    given(grids)
    assert to(grids.press("小孙", "task_done", 1), "小孙") == ["记下了：任务 1，梧桐二网格查完了。辛苦了。"]
    assert to(grids.say("小孙", "完成任务 1"), "小孙") == ["任务 1，梧桐二网格已经查完了。"]
    [state] = to(grids.say("派单员", "任务 1"), "派单员")
    assert "1/3 个网格查完 · 发现问题 0 件" in state
    assert "梧桐社区 1/2\n江滨社区 0/1" in state
    assert not any(name in state for name in ("小孙", "小赵", "小周"))
    [mine] = to(grids.say("小孙", "任务"), "小孙")
    assert mine.endswith("检查沿街门店灭火器 · 您查完了")
    assert to(grids.say("小周", "任务 1 已查"), "小周") == ["记下了：任务 1，江滨一网格查完了。辛苦了。"]
    last = grids.say("小赵", "完成任务 都正常")
    assert to(last, "小赵") == ["记下了：任务 1，梧桐一网格查完了。辛苦了。"]
    assert to(last, "派单员") == ["任务 1 都查完了：3 个网格，发现问题 0 件。"]
    assert states(grids) == ["done"] * 3


def test_a_fault_that_is_found_is_a_ticket_of_the_task(grids: Stage) -> None:
    given(grids)
    said = grids.say("小赵", "任务 1 发现 梧桐里小区3号楼楼道堆满纸箱")
    ticket = grids.tickets()[0]
    assert f"{ticket.number} 号记在任务 1 下面（专项）" in to(said, "小赵")[-1]
    assert (ticket.source, ticket.task_id is not None) == (PATROL, True)
    assert "发现问题 1 件" in to(grids.say("派单员", "任务 1"), "派单员")[0]
    assert "专项：任务 1" in to(grids.say("小赵", f"查 {ticket.number}"), "小赵")[0]
    assert to(grids.say("小赵", "任务 1 发现"), "小赵")[0].startswith("发现了什么？")


def test_only_what_is_open_is_reminded_and_once_a_day(grids: Stage) -> None:
    given(grids)
    grids.say("派单员", "任务 3月6日前 梧桐社区网格员 清点消火栓")
    grids.say("派单员", "确认任务")
    grids.say("小孙", "完成任务 1")
    said = [(who, text) for who, text in grids.wait(days=3, hours=10) if "还没查完的任务" in text]
    assert sorted(who for who, _ in said) == ["小周", "小孙", "小赵", "小钱"]
    by_person = dict(said)
    assert by_person["小赵"].startswith("还没查完的任务 2 个：")
    assert "任务 1 ·" not in by_person["小孙"]
    [due] = [text for text in to(grids.wait(days=1), "派单员") if text.startswith("任务 1 到期了：1/3 个网格查完")]
    assert due.endswith("梧桐社区 1/2\n江滨社区 0/1\n要收就说「结束任务 1」。")


def test_its_owner_ends_it_and_who_has_not_looked_hears_so(grids: Stage) -> None:
    given(grids)
    grids.say("小孙", "完成任务 1")
    assert to(grids.say("小赵", "任务 1 结束"), "小赵") == ["任务 1 由派单员派的，要结束请找他。"]
    said = grids.say("派单员", "结束任务 1")
    assert to(said, "派单员") == ["任务 1 结束了：1/3 个网格查完，发现问题 0 件。没查的不再提醒。"]
    assert {who for who, text in said if "不用再查" in text} == {"小赵", "小钱", "小周"}
    assert to(grids.say("小周", "完成任务 1"), "小周") == ["任务 1 已经结束了。"]
    assert not any("还没查完" in text for _, text in grids.wait(days=5))


def test_who_may_and_where(grids: Stage) -> None:
    assert to(grids.say("小赵", SAID), "小赵") == ["派任务由网格长、社区和街道来做。看自己的说「任务」。"]
    assert to(grids.say("周书记", SAID, OFFICE, addressed=True), "周书记") == ["派任务请私下对我说，先给您看一遍再发。"]
    assert grids.say("王阿姨", "任务 1 已查", RESIDENTS) == []
    [shown] = grids.say("周书记", SAID)
    assert "2 个网格" in shown[1]
    given(grids)
    assert to(grids.say("小刘", "任务 1"), "小刘")[0].startswith("「看任务」要由")
