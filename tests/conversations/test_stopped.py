"""What is stopped or rung in the transaction of its reason."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from storage.deployment import ChannelAccount
from storage.timers import Timer
from tests.conversations.stage import RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"


def test_a_reminder_held_for_the_morning_is_not_said_once_somebody_accepted(town: Stage) -> None:
    town.wait(hours=7)  # four in the afternoon: red falls due at midnight and waits for eight
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(hours=15)
    town.say("小赵", "接单 1")
    said = town.wait(hours=2)
    assert not [text for text in to(said, "小赵") if "已超时" in text or "还没人接" in text]
    with town.app.reading() as db:
        waiting = db.scalars(select(Timer.kind).where(Timer.state == "waiting")).all()
    assert not [kind for kind in waiting if kind.startswith("accept")]


def test_a_door_that_was_heard_is_noted(town: Stage) -> None:
    town.intake._heard.note(["memory:replay"])
    with town.app.reading() as db:
        last = db.scalars(select(ChannelAccount.last_heard_at)).one()
    assert last is not None
    assert abs(last - town.app.clock.wall()) < timedelta(minutes=1)


def test_a_confirmed_notice_rings_the_bulk_queue_and_a_draft_does_not(town: Stage) -> None:
    rung: list[str] = []
    town.app.bell.ring = rung.append  # type: ignore[method-assign, assignment]
    preview = to(town.say("周书记", "通知 明天 9 点到 17 点停水。来源：自来水公司 000-5550207"), "周书记")[0]
    assert "bulk" not in rung
    town.say("周书记", preview.splitlines()[-1])
    assert "bulk" in rung
