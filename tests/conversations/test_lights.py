"""The clock after acceptance: lights of handling, nudges, and reminders that never flood.

Sabotage that must turn these red: a rung that is not armed after the one before; lights that go on after 办结; a nudge
that does not look whether somebody was at it; two messages to one person within the hour.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from bot import clock
from handlers.rules import policies
from handlers.rules.deadlines import LOCAL
from storage.facts import Fact, FactKind
from storage.tickets import Ticket
from storage.timers import Reminder, Timer
from tests.conversations.stage import RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
TROUBLES = (
    "{n}号楼门口路灯坏了",
    "{n}号楼垃圾三天没收了臭死了",
    "{n}号楼下水道堵了，污水往外冒",
    "{n}号楼单元门锁坏了关不上",
)


def held(town: Stage) -> Stage:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "进展 1 已联系师傅")
    return town


def at(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL):%m-%d %H:%M}"


def lights_of(town: Stage, number: int) -> list[str]:
    """Which lights were lit when, as the facts say."""
    with town.app.reading() as db:
        rows = db.scalars(select(Fact).where(Fact.kind == FactKind.LATE).order_by(Fact.at, Fact.id)).all()
        ticket = town.ticket(number)
        return [f"{at(row.at)} {row.data['light']}" for row in rows if row.ticket_id == ticket.id]


def test_handling_turns_yellow_then_red_and_climbs_a_level_each_period(town: Stage) -> None:
    town = held(town)
    said = town.wait(days=2, hours=23)
    assert any("要办结，快到时间了" in text for text in to(said, "小赵"))  # 54 of 72 hours: on Wednesday at 15:00
    assert to(said, "周书记") == []
    said = town.wait(hours=1)
    assert "已超时（应在 今天 09:00 前办结）" in to(said, "小赵")[0]
    assert to(said, "周书记") == []
    said = town.wait(days=3)
    assert any("已超时" in text for text in to(said, "周书记"))
    lit = [line for line in lights_of(town, 1) if "resolve" in line]
    assert lit == ["03-04 15:00 resolve:yellow", "03-05 09:00 resolve:red", "03-08 09:00 resolve:red"]


def test_done_puts_the_lights_out_and_sent_back_lights_them_again(town: Stage) -> None:
    town = held(town)
    town.say("小赵", "办结 1 灯泡已换")
    assert to(town.wait(days=2), "小赵") == []
    town.say("周书记", "核查 1 不通过 还是不亮")
    assert town.ticket(1).status == "in_progress"
    assert any("要办结" in text for text in to(town.wait(hours=8), "小赵"))


def test_whoever_lets_it_lie_is_nudged_each_day_and_not_sooner_than_a_day_after_a_word(town: Stage) -> None:
    town = held(town)
    town.wait(hours=20)
    town.say("小赵", "进展 1 配件明天到")
    assert [text for text in to(town.wait(hours=23), "小赵") if "没动静" in text] == []
    assert len([text for text in to(town.wait(hours=4), "小赵") if "没动静" in text]) == 1


def test_a_complex_matter_may_lie_longer_by_policy(town: Stage) -> None:
    town.app.policy = policies.load('[progress]\nidle = "2 hours"\n[complex]\nidle = "1 day"', town.app.policy)
    town = held(town)
    with town.app.writing() as db:
        ticket = db.get_one(Ticket, town.ticket(1).id)
        ticket.urgency, ticket.resolve_due = "complex", None
    assert to(town.wait(hours=20), "小赵") == []
    assert any("没动静" in text for text in to(town.wait(hours=7), "小赵"))


def test_a_late_clock_lights_every_rung_once_at_its_own_time(town: Stage) -> None:
    town = held(town)
    town.app.clock.advance(None, town.now + timedelta(days=10))  # type: ignore[arg-type] # the clock was down
    assert clock.tick(town.app) > 0
    lit = [line for line in lights_of(town, 1) if "resolve" in line]
    assert lit[:3] == ["03-04 15:00 resolve:yellow", "03-05 09:00 resolve:red", "03-08 09:00 resolve:red"]
    assert clock.tick(town.app) == 0
    assert len(set(lit)) == len(lit)


def test_a_promise_that_moved_moves_its_lights(town: Stage) -> None:
    town = held(town)
    with town.app.writing() as db:
        from handlers.ticket import lights

        ticket = db.get_one(Ticket, town.ticket(1).id)
        ticket.resolve_due = town.now + timedelta(days=8)  # whoever moves it forgot to arm it anew
    said = town.wait(days=3, hours=1)
    assert not any("要办结" in text or "办结）" in text for text in to(said, "小赵"))
    with town.app.writing() as db:
        ticket = db.get_one(Ticket, town.ticket(1).id)
        ticket.resolve_due = town.now + timedelta(hours=2)
        lights.arm(db, ticket, town.app.policy, town.now)
        lights.arm(db, ticket, town.app.policy, town.now)
        kinds = select(Timer.id).where(Timer.kind.in_(lights.HANDLING), Timer.state == "waiting")
        assert len(db.scalars(kinds).all()) == 1
    assert any("办结）" in text for text in to(town.wait(hours=3), "小赵"))


def some_hours(town: Stage, chance: random.Random) -> None:
    """A few reports, perhaps somebody accepts, perhaps somebody goes on leave."""
    for _ in range(chance.randrange(3)):
        text = chance.choice(TROUBLES).format(n=len(town.tickets()) + 4)
        town.say(chance.choice(["王阿姨", "老周", "李婶"]), text, RESIDENTS)
    if chance.random() < 0.4 and town.tickets():
        ticket = chance.choice([row.number for row in town.tickets()])
        town.say(chance.choice(["小赵", "小钱"]), f"接单 {ticket}")
    if chance.random() < 0.2:
        town.say("小赵", "请假 今天 由小钱代")


def reminded(town: Stage, until: datetime) -> list[tuple[str, datetime]]:
    """Who was reminded when, as time goes by."""
    found = []
    while (due := clock.next_due(town.app)) is not None and due <= until:
        said = town.wait(seconds=max((due - town.now).total_seconds(), 0))
        found += [(who, town.now) for who, text in said if "🟡" in text or "🔴" in text]
    town.wait(seconds=max((until - town.now).total_seconds(), 0))
    return found


@pytest.mark.parametrize("seed", [3, 11])
def test_nobody_is_told_more_than_once_an_hour_or_at_night_and_nothing_is_lost(town: Stage, seed: int) -> None:
    """Over days of random reports, acceptances and leave: messages keep their distance, and none waits for ever."""
    chance = random.Random(seed)
    heard: dict[str, list[datetime]] = defaultdict(list)
    for _ in range(10):
        some_hours(town, chance)
        for who, moment in reminded(town, town.now + timedelta(minutes=chance.randrange(30, 600))):
            heard[who].append(moment)
    assert sum(map(len, heard.values())) > 4
    for moments in heard.values():
        assert all(later - one >= timedelta(hours=1) for one, later in pairwise(moments))
        assert all(8 <= moment.astimezone(LOCAL).hour < 21 for moment in moments)
    with town.app.reading() as db:
        late = select(Reminder).where(Reminder.state == "waiting", Reminder.say_after <= town.now)
        assert db.scalars(late).all() == []


def test_a_list_that_no_phone_holds_is_cut_and_says_how_many_more(town: Stage) -> None:
    """Twenty tickets that fell due while the clock was down: the gravest stand there, an emergency above all."""
    for estate_building in range(1, 20):
        town.say("王阿姨", f"{estate_building}号楼门口路灯坏了")
        town.wait(minutes=1)
    town.say("李婶", "5号楼2单元楼道里煤气味很重")
    count = len(town.tickets())
    assert count > 17
    clock.walk(town.app, town.now)
    with town.app.writing() as db:
        for timer in db.scalars(select(Timer).where(Timer.state == "waiting", Timer.kind == "accept:red")):
            timer.due_at = town.now
        for timer in db.scalars(select(Timer).where(Timer.state == "waiting", Timer.kind == "emergency")):
            timer.due_at = town.now
    message = max(to(town.wait(minutes=1), "小赵"), key=len).splitlines()
    assert message[0] == f"有 {count} 张工单等着："
    assert "紧急" in message[1]
    assert message[16] == f"……还有 {count - 15} 张"
    assert len(message) == 18
