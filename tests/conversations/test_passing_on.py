"""What cannot be sent to a resident is on the worker's list until somebody has told them."""

from __future__ import annotations

from sqlalchemy import select, update

from storage.outbox import Outbox
from storage.people import Account
from tests.conversations.stage import OFFICE, Stage, to

LAMP = "3号楼门口路灯坏了"


def unheard(stage: Stage) -> int:
    """A ticket that was accepted after its reporter had left the account. Answers its number."""
    stage.say("王阿姨", LAMP)
    number = stage.tickets()[0].number
    with stage.app.writing() as db:
        db.execute(update(Account).where(Account.id == stage.tickets()[0].reporter_id).values(follows=False))
    stage.say("小赵", f"接单 {number}")
    return number


def test_it_is_on_the_list_until_it_was_passed_on(town: Stage) -> None:
    number = unheard(town)
    listed = to(town.say("小赵", "待办"), "小赵")[0]
    assert f"{number} 号有 1 条消息没有办法发给居民" in listed
    assert "记下了" in to(town.say("小赵", f"已转告 {number}"), "小赵")[0]
    assert "没有办法" not in to(town.say("小赵", "待办"), "小赵")[0]
    assert "told" in town.facts(number)


def test_a_ticket_shows_what_its_reporter_has_not_heard(town: Stage) -> None:
    number = unheard(town)
    assert "还没告诉居民的消息 1 条" in to(town.say("小赵", f"查 {number}"), "小赵")[0]
    town.say("小赵", f"已转告 {number}")
    assert "还没告诉" not in to(town.say("小赵", f"查 {number}"), "小赵")[0]


def test_what_was_passed_on_stays_counted_as_no_way(town: Stage) -> None:
    number = unheard(town)
    town.say("小赵", f"已转告 {number}")
    with town.app.reading() as db:
        rows = db.execute(select(Outbox.state, Outbox.reason).where(Outbox.reason.is_not(None))).all()
    assert ("no_way", "passed on by staff") in [tuple(row) for row in rows]


def test_with_nothing_to_pass_on_it_says_so(town: Stage) -> None:
    town.say("王阿姨", LAMP)
    town.say("小赵", "接单 1")
    number = town.tickets()[0].number
    assert "没有要转告的消息" in to(town.say("小赵", f"已转告 {number}"), "小赵")[0]


def test_in_the_staff_group_the_list_names_numbers_only(town: Stage) -> None:
    unheard(town)
    said = to(town.say("小赵", "待办", OFFICE), OFFICE)[0]
    assert "没有办法发给居民" in said
    assert "王阿姨" not in said


def test_somebody_elses_ticket_is_not_on_my_list(town: Stage) -> None:
    unheard(town)
    assert "没有办法" not in to(town.say("小钱", "待办"), "小钱")[0]
