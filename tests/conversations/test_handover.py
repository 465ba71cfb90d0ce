"""A person on the platform takes a talk over: the bot is silent for as long as that lasts, and loses nothing."""

from __future__ import annotations

from handlers.message import Kind
from storage.people import Account
from tests.conversations.stage import RESIDENTS, Stage, to

LIFT = "五号楼电梯困人了，快来"
LAMP = "三号楼门口路灯坏了半个月了"


def taken_over(town: Stage, who: str = "王阿姨", change: str = "taken") -> None:
    assert town.send(who, Kind.EVENT, event="session", data={"change": change}) == []


def test_beside_a_person_reports_are_taken_and_nothing_is_said_to_the_reporter(town: Stage) -> None:
    taken_over(town)
    said = town.say("王阿姨", LIFT)
    assert to(said, "王阿姨") == []
    assert to(said, "小赵"), "whoever must come is still called"
    assert town.ticket(1).urgency == "emergency"
    assert town.say("王阿姨", "在吗") == []
    assert town.say("王阿姨", "人工") == []


def test_others_and_groups_hear_the_bot_as_ever(town: Stage) -> None:
    taken_over(town)
    assert to(town.say("老周", LAMP), "老周")
    assert to(town.say("王阿姨", LIFT, RESIDENTS), RESIDENTS)


def test_when_the_person_leaves_the_bot_is_back(town: Stage) -> None:
    taken_over(town)
    taken_over(town, change="ended")
    assert to(town.say("王阿姨", LAMP), "王阿姨")


def test_a_person_who_is_not_heard_of_for_two_hours_has_left(town: Stage) -> None:
    taken_over(town)
    town.wait(minutes=90)
    town.send("王阿姨", Kind.EVENT, event="staff_said")
    town.wait(minutes=90)
    assert town.say("王阿姨", "在吗") == [], "every word of the person begins the time anew"
    town.wait(minutes=31)
    assert to(town.say("王阿姨", "在吗"), "王阿姨")


def test_a_tap_counts_beside_a_person(town: Stage) -> None:
    town.say("王阿姨", LAMP)
    town.say("小赵", "接单 1")
    town.photo("小赵")
    town.say("小赵", "办结 1 灯泡已换")
    taken_over(town)
    town.say("王阿姨", "好了谢谢")
    assert town.ticket(1).status == "resolved", "thanks are meant for the person"
    town.press("王阿姨", "answer:good", 1)
    assert town.ticket(1).status == "closed"


def test_asking_for_a_person_says_whom_where_no_platform_hands_over(town: Stage) -> None:
    (answer,) = to(town.say("王阿姨", "人工"), "王阿姨")
    assert "12345" in answer
    with town.app.reading() as db:
        assert all(account.with_person_until is None for account in db.query(Account))


def test_news_waits_for_the_end_of_the_talk(town: Stage) -> None:
    """No list for staff to telephone from: somebody is talking to them at this very moment."""
    town.say("王阿姨", LAMP)
    taken_over(town)
    assert not to(town.say("小赵", "接单 1"), "王阿姨")
    assert "没有办法" not in to(town.say("小赵", "待办"), "小赵")[0]
    heard = town.send("王阿姨", Kind.EVENT, event="session", data={"change": "ended"})
    assert any("已接手" in said for said in to(heard, "王阿姨"))


def test_news_comes_by_itself_when_nobody_says_that_the_talk_is_over(town: Stage) -> None:
    town.say("王阿姨", LAMP)
    taken_over(town)
    town.say("小赵", "接单 1")
    assert any("已接手" in said for said in to(town.wait(hours=2, minutes=1), "王阿姨"))
