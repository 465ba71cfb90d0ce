"""统计: every figure with its numerator, all of them summing; the hotline's rates by its own definitions.

Sabotage that must turn these red: count 自查自结 among the rest; call 挂账 or 解释说明 solved; leave a state out of the
sum; take an average for the middle; divide by orders that nobody followed up; forget the estates that a grid walks.
"""

from __future__ import annotations

import io
import random
from datetime import datetime, timedelta

from PIL import Image
from sqlalchemy import select

from bot import statistics as pictures
from handlers.rules import periods_said
from handlers.rules.deadlines import LOCAL
from handlers.wording import statistics as wording
from storage import statistics
from storage.media import Media
from storage.people import Account, Unit, UnitKind
from storage.statistics import Figures, Scope
from storage.tickets import Ticket, draw_number
from storage.workflow import Closing, Status
from tests.conversations.stage import MORNING, OFFICE, RESIDENTS, Stage, to
from tests.conversations.test_hotline import LAMP, order

STATES = list(Status)
CLOSINGS = [Closing.SOLVED, Closing.EXPLAINED, Closing.HANDED_OVER, Closing.UNVERIFIABLE]


def invented(town: Stage, many: int, seed: int) -> list[Ticket]:
    """Tickets in every state, some found and mended by staff, some nowhere, some to look for a root."""
    dice = random.Random(seed)
    with town.app.writing() as db:
        units = [*db.scalars(select(Unit).order_by(Unit.id)), None]
        reporter = db.scalars(select(Account).order_by(Account.id)).first()
        assert reporter is not None
        rows = [_ticket(dice, draw_number(db, MORNING), units, reporter.id) for _ in range(many)]
        db.add_all(rows)
    return rows


def _ticket(dice: random.Random, number: int, units: list[Unit | None], reporter_id: int) -> Ticket:
    opened = MORNING + timedelta(minutes=dice.randrange(60 * 24 * 40))
    status = dice.choice(STATES)
    accepted = opened + timedelta(minutes=dice.randrange(900)) if dice.random() < 0.7 else None
    place, desk = dice.choice(units), dice.choice(units)
    closed = status == Status.CLOSED
    return Ticket(
        number=number,
        status=status,
        source=dice.choice(["group", "private", "hotline", "patrol", "root_cause"]),
        kind="fault",
        category=dice.choice(["sanitation", "building"]),
        urgency="ordinary",
        closing=dice.choice(CLOSINGS) if closed else Closing.NOT_REPORT if status == Status.REJECTED else None,
        unit_id=place.id if place is not None else None,
        desk_id=desk.id if desk is not None else None,
        reporter_id=reporter_id,
        opened_at=opened,
        received_at=opened,
        accepted_at=accepted,
        contacted_at=accepted if dice.random() < 0.5 else None,
        progress_at=accepted + timedelta(minutes=30) if accepted and dice.random() < 0.5 else None,
        closed_at=opened + timedelta(minutes=dice.randrange(5000)) if closed else None,
        accept_due=opened + timedelta(hours=8),
        policy="standard",
        rating=dice.choice(["satisfied", "dissatisfied", None]),
        reopenings=dice.choice([0, 0, 2]),
        returns=dice.choice([0, 0, 1]),
        extensions=dice.choice([0, 0, 1]),
        self_handled=dice.random() < 0.1,
    )


def asked(town: Stage, who: str, words: str, *where: str) -> str:
    """What is heard once it was counted, in the chat where it was asked."""
    more = {"addressed": True} if where else {}
    town.say(who, words, *where, **more)  # type: ignore[arg-type]
    pictures.keep(town.app)
    [heard] = to(town.wait(seconds=0), where[0] if where else who)
    return heard


def counted(town: Stage, name: str, *categories: str, days: int = 31) -> Figures:
    with town.app.reading() as db:
        unit = db.scalars(select(Unit).where(Unit.name == name)).one()
        return statistics.counted(db, Scope(unit, MORNING, MORNING + timedelta(days=days), categories))


def test_all_figures_sum(town: Stage) -> None:
    rows = [row for row in invented(town, 400, seed=7) if row.opened_at < MORNING + timedelta(days=31)]
    rows = [row for row in rows if row.source != "root_cause"]
    found = counted(town, "望江街道")
    assert found.opened + found.own == len(rows)
    assert found.own == sum(row.self_handled for row in rows)
    told = [row for row in rows if not row.self_handled]
    assert sum(found.states.values()) == found.opened == len(told)
    assert sum(found.closings.values()) == found.closed == found.states[Status.CLOSED]
    assert sum(found.levels.values()) == found.solved == found.closings[Closing.SOLVED]
    never = {Status.MERGED, Status.WITHDRAWN, Status.REJECTED}
    assert found.valid == sum(row.status not in never for row in told)
    assert found.solved <= found.closed <= found.valid
    assert found.accepted_in_time <= found.accepted <= found.valid
    assert found.satisfied <= found.rated <= found.valid
    both = [counted(town, "望江街道", one) for one in ("sanitation", "building")]
    assert sum(one.opened for one in both) == found.opened
    assert sum(one.solved for one in both) == found.solved


def test_the_middle_and_the_ninetieth_are_moments_that_were(town: Stage) -> None:
    rows = invented(town, 60, seed=3)
    known = sorted(
        round((row.accepted_at - row.opened_at).total_seconds() / 60)
        for row in rows
        if row.accepted_at is not None
        and row.opened_at < MORNING + timedelta(days=31)
        and row.source != "root_cause"
        and not row.self_handled
        and row.status not in (Status.MERGED, Status.WITHDRAWN, Status.REJECTED)
    )
    found = counted(town, "望江街道").accept
    count = len(known)
    assert found.count == count > 5
    assert (found.middle, found.ninety) == (known[-(-count // 2) - 1], known[-(-count * 9 // 10) - 1])


def test_a_grid_counts_the_estates_that_it_walks_and_a_department_its_desk(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口的路灯不亮了", RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "转派 1 城管")
    town.wait(hours=1)
    town.say("老周", "5号楼电梯坏了，按了没反应", RESIDENTS)
    assert [counted(town, name).opened for name in ("梧桐一网格", "梧桐社区", "望江街道")] == [2, 2, 2]
    assert [counted(town, name).opened for name in ("城管执法队", "安居物业")] == [1, 0]


def test_said_in_words_at_once_and_as_a_picture(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口的路灯不亮了", RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 灯泡已换")
    town.say("王阿姨", "好了，谢谢")
    assert to(town.say("派单员", "统计"), "派单员") == ["好，正在算，马上发来。"]
    assert pictures.keep(town.app) == 1
    assert pictures.keep(town.app) == 0
    [said] = to(town.wait(seconds=0), "派单员")
    lines = said.splitlines()
    assert lines[:2] == ["望江街道 3月1日–3月31日 全部类别", "报事 1 件：已结案 1"]
    assert "解决率 100.0%（1/1）" in lines
    assert "一格解决率 100.0%（1/1）" in lines
    assert town.heard[-1].media_ref is not None
    with town.app.reading() as db:
        shown = db.scalars(select(Media).order_by(Media.id.desc())).first()
        assert shown is not None
    with Image.open(io.BytesIO(shown.bytes)) as image:
        assert (image.format, image.width) == ("PNG", 1080)
        assert len(image.convert("L").getcolors() or range(256)) > 10
    assert asked(town, "周书记", "统计 本周 道路设施", OFFICE).startswith("梧桐社区 3月2日–3月8日 道路设施\n报事 1 件")


def test_each_sees_what_is_theirs(town: Stage) -> None:
    assert asked(town, "小赵", "统计 今天").startswith("梧桐一网格 3月2日 全部类别")
    [other] = to(town.say("小赵", "统计 望江街道"), "小赵")
    assert other.startswith("没听懂「望江街道」")
    assert "您能看的是：梧桐一网格" in other
    assert asked(town, "小刘", "统计 上月").startswith("安居物业 2月1日–2月28日")
    assert asked(town, "派单员", "统计 一网格 本月").startswith("梧桐一网格 3月1日–3月31日")
    assert town.say("王阿姨", "统计 本月", RESIDENTS) == []


def test_the_hotlines_rates_are_over_what_was_followed_up(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 灯泡已换")
    town.say("王阿姨", "好了，谢谢")
    town.wait(days=2)
    order(town, "A-1", "梧桐里小区三号楼门口路灯坏了半个月了")
    order(town, "A-2", "梧桐里小区5号楼电梯坏了")
    order(town, "A-3", "梧桐里小区东门垃圾成堆")
    kept = to(town.say("派单员", "热线回访 A-1 已响应 已解决 满意"), "派单员")
    assert kept == ["记下了：热线工单 A-1（2 号），已响应、已解决、满意。"]
    assert "未响应、不满意" in to(town.say("派单员", "热线回访 A-2 未响应 不满意"), "派单员")[0]
    assert to(town.say("派单员", "热线回访 B-9 已响应"), "派单员") == ["没有热线工单「B-9」。"]
    assert to(town.say("派单员", "热线回访 A-3"), "派单员")[0].startswith("写上结果")
    assert to(town.say("小赵", "热线回访 A-3 已响应"), "小赵")[0].startswith("「记热线回访」要由")
    line = counted(town, "望江街道").hotline
    assert (line.orders, line.followed_up) == (3, 2)
    assert (line.responded, line.solved, line.satisfied) == (1, 1, 1)
    assert (line.told_before, line.done_before, line.days_gained) == (1, 1, 2.0)
    said = asked(town, "派单员", "统计")
    assert "12345 转来 3 件，已回访 2 件，未回访 1 件" in said
    assert "响应率 50.0%（1/2） · 解决率 50.0%（1/2） · 满意率 50.0%（1/2）" in said
    assert "未诉先办：1 件居民先在群里说过，其中 1 件转来前就办好了，共早知道 2.0 天" in said


def test_periods_are_those_of_the_calendar() -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=LOCAL)
    said = {
        "本月": "3月1日–3月31日",
        "上个月 环境卫生": "2月1日–2月28日",
        "本周": "3月2日–3月8日",
        "上周": "2月23日–3月1日",
        "今天": "3月2日",
        "昨天": "3月1日",
        "本季度": "1月1日–3月31日",
        "上季度": "10月1日–12月31日",
        "12月": "12月1日–12月31日",
        "近30天": "2月1日–3月2日",
    }
    found = {words: periods_said.find(words, now) for words in said}
    assert {words: periods_said.in_words(one[0]) for words, one in found.items() if one} == said
    assert periods_said.find("环境卫生", now) is None
    month = periods_said.find("12月", now)
    assert month is not None
    assert month[0].first.year == 2025


def test_the_tables_say_the_same_as_the_lines(town: Stage) -> None:
    invented(town, 80, seed=5)
    found = counted(town, "望江街道")
    tables = wording.table(found)
    rates = {row[0]: row for row in tables[wording.RATES_HEAD]}
    for name, part, whole in wording.RATES:
        assert rates[name][1:3] == (str(getattr(found, part)), str(getattr(found, whole)))
    assert sum(int(row[1]) for row in tables[wording.STATES_HEAD][3:]) == found.opened
    assert set(found.levels) <= set(wording.LEVELS)


def test_every_kind_of_unit_has_a_name() -> None:
    assert {kind.value for kind in UnitKind} <= set(wording.LEVELS)


def test_a_percentile_is_the_nearest_rank() -> None:
    assert statistics.times([]) == statistics.Times()
    assert statistics.times([7]) == statistics.Times(1, 7, 7)
    assert statistics.times([9, 1]) == statistics.Times(2, 1, 9)
    assert statistics.times(range(1, 11)) == statistics.Times(10, 5, 9)
