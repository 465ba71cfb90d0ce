"""12都接 by somebody who has the tickets 1 and 2 before them and gloves on: both, unless ticket 12 is theirs.

Sabotage that must turn these red: take the number for one ticket whatever there is; take it apart where there is one.
"""

from __future__ import annotations

import pytest
from sqlalchemy import update

from storage.tickets import Ticket
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, standing, to


def numbered(town: Stage, before: int, number: int) -> None:
    """The ticket has another number: so many were told before it."""
    with town.app.writing() as db:
        db.execute(update(Ticket).where(Ticket.number == before).values(number=number))


@pytest.mark.parametrize(
    "words", ["12都接", "12我都接了", "12两个都接", "12都我接", "12都归我", "1和2都接", "12 都接了哈"]
)
@pytest.mark.parametrize("group", [None, OFFICE])
def test_two_numbers_without_a_blank_are_two_tickets(three: Stage, words: str, group: str | None) -> None:
    three.say("小赵", words, group)
    assert standing(three) == ["accepted", "accepted", "reported"]


def test_so_are_three_and_one_that_is_taken_says_so(three: Stage) -> None:
    three.say("小赵", "接单 2")
    heard = to(three.say("小赵", "123都接"), "小赵")[0].splitlines()
    assert standing(three) == ["accepted"] * 3
    assert heard[1] == "2 号已经在您手上。"


def test_where_there_is_such_a_ticket_to_take_it_is_that_one(three: Stage) -> None:
    numbered(three, 3, 12)
    assert to(three.say("小赵", "12都接"), "小赵")[0].startswith("12 号归您了")
    assert standing(three) == ["reported", "reported", "accepted"]
    three.say("小赵", "12都接")  # that one is theirs, and these are what is left
    assert standing(three) == ["accepted"] * 3


def test_what_is_neither_is_asked(three: Stage) -> None:
    assert "您能办的有：2（排水污水）、1（道路设施）、3（房屋电梯）" in to(three.say("小赵", "14都接"), "小赵")[0]
    assert standing(three) == ["reported"] * 3
    three.say("小赵", "1和3")
    assert standing(three) == ["accepted", "reported", "accepted"]
    assert to(three.say("小赵", "45都接"), "小赵") == ["没有 45 号工单。"]  # with one left there is nothing to ask


def test_a_number_of_which_nothing_says_several_stays_one(three: Stage) -> None:
    assert to(three.say("小赵", "12我接"), "小赵") == ["没有 12 号工单。"]
    assert to(three.say("小赵", "接单12"), "小赵") == ["没有 12 号工单。"]
    assert standing(three) == ["reported"] * 3


@pytest.mark.parametrize(
    ("words", "order"), [("12都转给物业", "转派 1 2 物业"), ("12都修好了，换了灯泡", "办结 1 2 都修好了,换了灯泡")]
)
def test_both_are_named_before_more_is_done_with_them(three: Stage, words: str, order: str) -> None:
    three.say("小赵", "12都接")
    assert to(three.say("小赵", words), "小赵") == [f"您是不是要「{order}」？是的话回「是」。"]


def test_both_are_urged(three: Stage) -> None:
    three.say("小赵", "接单 1 2")
    assert to(three.say("周书记", "12都催一下"), "周书记")[0] == "已催 1 号的小赵。\n已催 2 号的小赵。"


def test_whose_neither_is_takes_nothing(three: Stage) -> None:
    three.say("小刘", "12都接")
    assert standing(three) == ["reported"] * 3
    three.say("王阿姨", "12都接", RESIDENTS)
    assert standing(three) == ["reported"] * 3
