"""Nobody's words are kept for ever: 抹去原话 of what is over, three years after it by itself, and 删掉我的原话."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import purge
from storage import sealed
from storage.deployment import Question
from storage.facts import Fact
from storage.inbox import Inbox
from storage.listening import Example
from storage.media import Media
from storage.outbox import Outbox
from storage.people import Group
from storage.tickets import Ticket
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

SAID = "3-2-501 厨房下水道堵了往上冒脏水，我姓汪"
MARKS = ("厨房", "冒脏水", "姓汪", "2-501", "捞出来", "疏通机")


def closed(town: Stage, number: int = 1) -> None:
    """A blocked drain with a photo, worked on, done, and good."""
    town.say("王阿姨", SAID)
    town.photo("王阿姨")
    town.say("小赵", f"接单 {number}")
    town.say("小赵", f"进展 {number} 约了师傅带疏通机下午来")
    town.photo("小赵")
    town.say("小赵", f"办结 {number} 捞出来一团头发，疏通了")
    town.say("王阿姨", "满意")
    assert town.ticket(number).status == "closed"


def left(town: Stage) -> Iterator[str]:
    """Everything that the key opens, and the rest of every row as it stands."""
    with town.app.reading() as db:
        for one in sealed.SEALED:
            for row in db.execute(select(one.table)).mappings():
                for name, value in row.items():
                    if name in one.columns and value is not None:
                        yield town.app.vault.open(value, f"{one.name}.{name}", row["ref"])
        for model in (Ticket, Fact, Question, Outbox):
            for row in db.execute(select(model.__table__)).mappings():
                yield str({name: value for name, value in row.items() if name not in ("text", "code")})


def told(town: Stage, marks: tuple[str, ...] = MARKS) -> set[str]:
    return {mark for mark in marks for words in left(town) if mark in words}


def photos(town: Stage) -> list[int]:
    with town.app.reading() as db:
        return [len(row.bytes) for row in db.scalars(select(Media).order_by(Media.id))]


# --- by the community


def test_it_says_what_is_lost_and_erases_only_when_it_is_said_again(town: Stage) -> None:
    closed(town)
    [asked] = to(town.say("周书记", "抹去原话 1"), "周书记")
    assert "找不回来" in asked
    assert "抹去原话 1 确认" in asked
    assert told(town) == set(MARKS)
    lines = town.say("周书记", "抹去原话 1 确认")
    assert to(lines, "周书记") == ["1 号的原话、照片和办理时写的话已抹去。"]
    assert to(lines, "王阿姨") == ["1 号的原话和照片已经抹去，只留办理经过。"]
    assert told(town) == set()
    assert not any(photos(town))


def test_the_history_and_every_count_stay(town: Stage) -> None:
    closed(town)
    before = town.facts(1)
    town.say("周书记", "抹去原话 1 确认")
    ticket = town.ticket(1)
    assert town.facts(1) == [*before, "erased"]
    assert (ticket.status, ticket.closing, ticket.category, ticket.rating) == (
        "closed", "solved", "drainage", "satisfied",
    )  # fmt: skip
    [look] = to(town.say("周书记", "查 1"), "周书记")
    assert "原话已抹去。" in look
    assert "居民说" not in look


def test_it_is_done_once(town: Stage) -> None:
    closed(town)
    town.say("周书记", "抹去原话 1 确认")
    assert to(town.say("周书记", "抹去原话 1"), "周书记") == ["1 号的原话已经抹去了。"]
    assert town.facts(1).count("erased") == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("确认", "asked"),
        ("确认抹去", "asked"),
        ("确认 话里说到的人要求", "concerned"),
        ("确认，办完了不用再留", "needless"),
    ],
)
def test_why_is_kept_with_it_and_never_in_words_of_ones_own(town: Stage, said: str, why: str) -> None:
    closed(town)
    town.say("周书记", "抹去原话 1 确认 王阿姨说的")
    assert told(town) == set(MARKS)
    town.say("周书记", f"抹去原话 1 {said}")
    with town.app.reading() as db:
        [fact] = db.scalars(select(Fact).where(Fact.kind == "erased"))
        assert (fact.data, fact.staff_id is not None) == ({"why": why}, True)


def test_what_is_still_worked_on_keeps_its_words(town: Stage) -> None:
    town.say("王阿姨", SAID)
    assert "还没办完" in to(town.say("周书记", "抹去原话 1 确认"), "周书记")[0]
    assert "厨房" in told(town)


@pytest.mark.parametrize("who", ["小赵", "小刘", "老周"])
def test_only_the_community_and_the_street_may(town: Stage, who: str) -> None:
    closed(town)
    town.say(who, "抹去原话 1 确认")
    assert "厨房" in told(town)


def test_never_in_a_group(town: Stage) -> None:
    closed(town)
    town.say("周书记", "抹去原话 1 确认", OFFICE)
    assert "厨房" in told(town)


def test_whatever_was_merged_into_it_goes_too(town: Stage) -> None:
    town.say("老周", "3-2-502 楼道里的灯不亮，我姓汪", RESIDENTS)
    town.say("王阿姨", SAID)
    town.say("小赵", "并案 1 2")
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 捞出来一团头发，疏通了")
    town.say("老周", "满意")
    assert (town.ticket(1).status, town.ticket(2).status) == ("closed", "merged")
    assert "（连同并进来的 2）" in to(town.say("周书记", "抹去原话 2"), "周书记")[0]
    town.say("周书记", "抹去原话 1 确认")
    assert told(town, (*MARKS, "2-502")) == set()
    assert town.ticket(2).erased_at is not None


def test_the_other_ticket_of_the_same_message_keeps_what_it_needs(town: Stage) -> None:
    town.say("王阿姨", "3号楼门口路灯不亮，另外5号楼门口垃圾桶满了没人收")
    assert [ticket.number for ticket in town.tickets()] == [1, 2]
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 换了灯泡")
    town.say("王阿姨", "满意")
    town.say("周书记", "抹去原话 1 确认")
    assert town.ticket(1).erased_at is not None
    assert "垃圾桶" in to(town.say("周书记", "查 2"), "周书记")[0]


def test_what_was_taught_of_it_is_unlearnt(town: Stage) -> None:
    closed(town)
    with town.app.writing() as db:
        inbox_id = db.scalars(select(Inbox.id).where(Inbox.ticket_id == town.ticket(1).id)).first()
        text = {"text": town.app.vault.seal("下水道", "examples.text", "r"), "ref": "r", "is_report": True}
        db.add(Example(about=f"in:{inbox_id}", source="recategorised", made_at=town.now, **text))
    town.say("周书记", "抹去原话 1 确认")
    with town.app.reading() as db:
        assert db.scalars(select(Example)).all() == []


def test_reopened_it_has_new_words_that_are_erased_in_their_turn(town: Stage) -> None:
    closed(town)
    town.say("周书记", "抹去原话 1 确认")
    town.say("王阿姨", "1 不满意 又堵了，厨房全是水")
    assert (town.ticket(1).status, town.ticket(1).erased_at) == ("reported", None)
    assert "厨房" in told(town)


# --- by itself


def test_three_years_after_the_end_it_is_erased(town: Stage) -> None:
    closed(town)
    town.wait(days=1094)
    purge.purge(town.app)
    assert "厨房" in told(town)
    town.wait(days=1, hours=1)
    assert purge.purge(town.app).tickets == 1
    assert told(town) == set()
    assert purge.purge(town.app).tickets == 0


def test_never_where_the_deployment_says_so_nor_what_is_open(town: Stage) -> None:
    town.say("王阿姨", SAID)
    with town.app.writing() as db:
        db.execute(update(Ticket).values(opened_at=town.now - timedelta(days=4000)))
    assert purge.purge(town.app).tickets == 0
    object.__setattr__(town.app.settings, "keep_tickets_days", 0)
    town.say("王阿姨", "没事了")
    with town.app.writing() as db:
        db.execute(update(Ticket).values(closed_at=town.now - timedelta(days=4000)))
    assert purge.purge(town.app).tickets == 0
    object.__setattr__(town.app.settings, "keep_tickets_days", 1095)
    assert purge.purge(town.app).tickets == 1


def test_what_was_asked_in_private_and_answered_is_kept_for_a_month(town: Stage) -> None:
    town.say("王阿姨", "进度")
    with town.app.reading() as db:
        [row] = db.scalars(select(Inbox)).all()
        assert row.forget_at == town.now + timedelta(days=30)
    town.wait(days=29)
    purge.purge(town.app)
    assert "进度" in told(town, ("进度",))
    town.wait(days=2)
    purge.purge(town.app)
    with town.app.reading() as db:
        assert db.scalars(select(Inbox.text)).all() == [None]


# --- asked for by whoever reported


@pytest.mark.parametrize(
    "words", ["删掉我的原话", "删除我的信息", "把我的信息删了", "帮我把我说的话删掉", "请清除我的个人信息"]
)
def test_whoever_reported_asks_and_the_secretary_decides(town: Stage, words: str) -> None:
    closed(town)
    town.wait(hours=1)
    lines = town.say("王阿姨", words)
    assert "1 号，已请社区抹去" in to(lines, "王阿姨")[0]
    [request] = to(lines, "周书记")
    assert "抹去原话 1" in request
    assert "王阿姨" not in request
    assert len(town.tickets()) == 1


def test_what_is_open_waits_and_nothing_is_promised_of_it(town: Stage) -> None:
    town.say("王阿姨", SAID)
    lines = town.say("王阿姨", "删掉我的原话")
    assert "1 号还在办" in to(lines, "王阿姨")[0]
    assert to(lines, "周书记") == []


def test_the_secretary_is_asked_once_a_day_and_a_neighbours_are_not_theirs(town: Stage) -> None:
    closed(town)
    town.say("王阿姨", "删掉我的原话")
    assert to(town.say("王阿姨", "删掉我的原话"), "周书记") == []
    lines = town.say("老周", "删掉我的原话")
    assert "没有办完以后还留着原话" in to(lines, "老周")[0]
    assert to(lines, "周书记") == []


def test_asked_in_a_group_it_is_answered_in_private(town: Stage) -> None:
    closed(town)
    with town.app.writing() as db:
        db.execute(update(Group).where(Group.chat == RESIDENTS).values(mode="direct"))
    lines = town.say("王阿姨", "删掉我的原话", RESIDENTS, addressed=True)
    assert to(lines, RESIDENTS) == []
    assert "已请社区抹去" in to(lines, "王阿姨")[0]
