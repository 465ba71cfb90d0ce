"""代报 for somebody who cannot, and 巡查 of what staff found themselves."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.hearing.on_behalf import Told, told_in
from storage import households
from storage.facts import Fact
from storage.inbox import Inbox
from storage.outbox import Outbox, OutboxState
from storage.people import Account, Household
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

NUMBER = "13812345678"


@pytest.mark.parametrize(
    ("said", "words", "phone"),
    [
        (f"3号楼张阿姨家漏水 {NUMBER}", "3号楼张阿姨家漏水", NUMBER),
        ("3号楼张阿姨家漏水，电话：138 1234 5678", "3号楼张阿姨家漏水", NUMBER),
        (f"{NUMBER} 3号楼张阿姨家漏水", "3号楼张阿姨家漏水", NUMBER),
        ("3号楼张阿姨家漏水 0571-88886666", "3号楼张阿姨家漏水", "057188886666"),
        ("3-2-501 漏水", "3-2-501 漏水", ""),
    ],
)
def test_the_telephone_is_told_from_the_words(said: str, words: str, phone: str) -> None:
    assert told_in(said) == Told(words, phone)


def reporter(town: Stage, number: int = 1) -> Account:
    with town.app.reading() as db:
        return db.get_one(Account, town.ticket(number).reporter_id)


def test_what_is_told_for_somebody_is_theirs(town: Stage) -> None:
    said = to(town.say("小赵", f"代报 三号楼张阿姨家水管漏水 {NUMBER}"), "小赵")
    assert said[0].startswith("替居民登记了，编号 1（")
    assert "请办的人打电话或上门告诉他" in said[0]
    assert town.ticket(1).source == "proxy"
    assert reporter(town).door == "sms:main"
    town.say("小钱", "接单 1")
    assert "📞 1 号有 1 条消息没有办法发给居民" in to(town.say("小钱", "待办"), "小钱")[0]
    with town.app.reading() as db:
        kept = db.scalars(select(Inbox).where(Inbox.ticket_id.is_not(None))).all()
        assert kept[0].text is None
        opened = db.scalars(select(Fact).where(Fact.kind == "opened")).one()
        assert opened.staff_id is not None


def test_somebody_who_can_be_written_to_hears_it_themselves(town: Stage) -> None:
    with town.app.writing() as db:
        account = db.scalars(select(Account).where(Account.staff_id.is_(None)).order_by(Account.id)).first()
        assert account is not None
        name = town.app.vault.open(account.shown_name or "", "accounts.shown_name", account.ref)
        home = db.scalars(select(Household).order_by(Household.id)).first()
        assert home is not None
        resident = households.add_resident(db, town.app.vault, home.id, "张桂兰", NUMBER)
        account.resident_id = resident.id
    said = town.say("小赵", f"代报 三号楼水管漏水 {NUMBER}")
    assert "小赵替您报的事登记了，编号 1" in to(said, name)[0]
    assert "有进展会直接告诉报事人" in to(said, "小赵")[0]
    assert "已接手" in to(town.say("小钱", "接单 1"), name)[0]


def test_without_a_telephone_staff_are_asked_to_pass_it_on(town: Stage) -> None:
    town.say("小赵", "代报 三号楼张阿姨家水管漏水")
    town.say("小赵", "接单 1")
    with town.app.reading() as db:
        states = db.scalars(select(Outbox.state).where(Outbox.account_id == town.ticket(1).reporter_id)).all()
    assert states == [OutboxState.NO_WAY]


def test_it_is_no_matter_for_a_group_and_small_talk_opens_nothing(town: Stage) -> None:
    assert "请私下对我说" in to(town.say("小赵", "代报 三号楼张阿姨家漏水", OFFICE), "小赵")[0]
    assert "没听出要办的事" in to(town.say("小赵", "代报 今天天气真好"), "小赵")[0]
    assert "替谁报" in to(town.say("小赵", "代报"), "小赵")[0]
    assert town.tickets() == []


def test_the_same_trouble_told_for_a_neighbour_is_one(town: Stage) -> None:
    town.say("王阿姨", "三号楼又停水了，一滴都没有", RESIDENTS)
    town.wait(minutes=3)
    said = to(town.say("小赵", f"代报 三号楼停水了，一滴都没有 {NUMBER}"), "小赵")
    assert "并入 1 号" in said[0]


@pytest.mark.parametrize("group", [None, OFFICE])
def test_an_own_find_is_mended_there_and_then_by_one_person(town: Stage, group: str | None) -> None:
    town.say("小赵", "巡查 三号楼路灯坏了", group)
    assert town.ticket(1).source == "patrol"
    town.wait(minutes=2)
    town.photo("小赵")
    said = to(town.say("小赵", "办结 1 换了灯泡"), "小赵")
    assert said == ["1 号办结了，自查自结，单独统计。"]
    row = town.ticket(1)
    assert (row.status, row.closing, row.self_handled) == ("closed", "solved", True)


def test_the_finders_photo_says_enough_without_a_word(town: Stage) -> None:
    town.say("小赵", "巡查 三号楼路灯坏了")
    town.photo("小赵")
    assert to(town.say("小赵", "办结 1"), "小赵") == ["1 号办结了，自查自结，单独统计。"]
    assert town.ticket(1).self_handled


def test_a_photo_from_before_the_find_shows_nothing_mended(town: Stage) -> None:
    town.photo("小赵")
    town.wait(minutes=1)
    town.say("小赵", "巡查 三号楼路灯坏了")
    town.say("小赵", "办结 1")
    assert not town.ticket(1).self_handled


def test_without_a_photo_somebody_else_looks_at_it(town: Stage) -> None:
    town.say("小赵", "巡查 三号楼路灯坏了")
    town.say("小赵", "办结 1 换了灯泡")
    assert (town.ticket(1).status, town.ticket(1).self_handled) == ("resolved", False)


def test_what_a_colleague_mends_is_no_self_handled_find(town: Stage) -> None:
    town.say("小赵", "巡查 三号楼路灯坏了")
    town.say("小钱", "接单 1")
    town.photo("小钱")
    town.say("小钱", "办结 1 换了灯泡")
    assert (town.ticket(1).status, town.ticket(1).self_handled) == ("resolved", False)


def test_it_is_taken_back_like_any_act(town: Stage) -> None:
    town.say("小赵", "巡查 三号楼路灯坏了")
    town.wait(minutes=2)
    town.photo("小赵")
    town.say("小赵", "办结 1 换了灯泡")
    town.say("小赵", "撤销")
    assert (town.ticket(1).status, town.ticket(1).self_handled) == ("reported", False)


@pytest.mark.parametrize("said", ["巡查 一切正常", "巡查"])
def test_a_round_without_a_find_opens_nothing(town: Stage, said: str) -> None:
    town.say("小赵", said)
    assert town.tickets() == []
