"""What a preview says beside the count: how long, how much, whether the quota suffices, who will look."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.base import Limit
from bot.notices import run_due
from handlers.notice import notice_estimate
from handlers.wording import notice_preview as wording
from storage.notice_doors import Door, Pace
from storage.notices import Ledger
from storage.people import Resident, Role
from tests.notices.world import DOOR, Sink, World, channel

MINUTE, DAY = 60.0, 86_400


@pytest.mark.parametrize(
    ("door", "households", "used", "expected"),
    [
        (Door("a", batch=1000), 42_000, {}, (2.1, 145.2)),  # a mass message is settled within two minutes more
        (Door("a", at_once=128), 42_000, {}, (16.4, 196.9)),
        (Door("a", at_once=128, paces=(Pace("m", 1000, MINUTE),)), 42_000, {}, (2460, 2520)),
        (Door("a", batch=100, paces=(Pace("m", 1000, MINUTE, by_people=True),)), 5000, {}, (240, 300)),
        (Door("a", at_once=8, paces=(Pace("d", 1000, None),)), 900, {}, (5.6, 67.5)),
        (Door("a", at_once=8, paces=(Pace("d", 1000, None),)), 900, {"d": 500}, (5.6, DAY)),
        (Door("a", at_once=8, paces=(Pace("d", 1000, None),)), 3500, {}, (2 * DAY, 3 * DAY)),
    ],
)
def test_how_long(door: Door, households: int, used: dict[str, int], expected: tuple[float, float]) -> None:
    assert notice_estimate.seconds(door, households, used) == pytest.approx(expected, abs=0.1)


def test_what_is_left_of_the_day_and_what_text_messages_cost() -> None:
    [quota] = notice_estimate.quotas(Door("a", paces=(Pace("d", 1000, None), Pace("m", 5, 1))), 900, {"d": 300})
    assert (quota.needed, quota.left, quota.short) == (900, 700, 200)
    assert notice_estimate.fen(100, 70) == (300, 600)
    assert notice_estimate.fen(100, 71) == (600, 1200)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ((0.1, 60), "1 分钟以内"),
        ((20, 90), "1–2 分钟"),
        ((61, 100), "1–2 分钟"),
        ((120, 120), "2 分钟"),
        ((3000, 9000), "最多 3 小时"),
        ((2 * DAY, 3 * DAY), "2–3 天"),
    ],
)
def test_how_long_is_said(span: tuple[float, float], said: str) -> None:
    assert wording.span(*span) == said


def test_the_price_the_quota_and_whom_it_spares(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(30))
    sms, limited = channel(Sink(), "sms:main"), channel(world.sink)
    sms.abilities = replace(sms.abilities, costs=True)
    limited.abilities = replace(limited.abilities, batch=1, limits=(Limit("a day", 20, "day"),), a_month=4)
    world.app.channels |= {"sms:main": sms, DOOR: limited}
    world.account(10, "sms:main", "13800000010")
    with world.app.writing() as db:
        for number in (1, 2):
            db.get_one(Resident, number).notices_off_at = world.clock.at
    heard = admin.says("通知 周六清洗水箱")
    assert "渠道：样例聊天 25，短信 1" in heard
    assert "不会发：2 户" in heard
    assert "短信大约 0.03–0.06 元，以合同为准" in heard
    assert "样例聊天这个月会用掉每人 4 条里的 1 条" in heard
    assert "样例聊天今天只剩 20 次，还差 5 次，要等到明天" in heard
    assert "还没有发过，不知道会有多少户看" in heard
    assert "不会发" not in admin.says("通知 重要：周六清洗水箱"), "an important one spares nobody"


def test_how_many_will_look_is_known_from_those_before(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(30))
    for number, seen in ((1, 9), (2, 18)):
        admin.says("通知 周六清洗水箱")
        admin.says(f"确认发送 {number} 30户")
        while run_due(world.app):
            pass
        with world.app.writing() as db:
            rows = select(Ledger).where(Ledger.notice_id == world.notice(number).id, Ledger.state == "sent")
            for row in db.scalars(rows.order_by(Ledger.id).limit(seen)):
                row.seen_at = world.clock.at
    assert "还没有发过" in admin.says("通知 周日清洗水箱"), "the day is not over yet"
    world.pass_time(timedelta(days=1, minutes=1))
    assert "最近 2 次有 33%–67% 的住户看过" in admin.says("通知 周日清洗水箱")
