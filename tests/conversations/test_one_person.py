"""One person with two accounts: the same reporter, the same supporter, the same member of staff on both."""

from __future__ import annotations

from sqlalchemy import select

from storage.facts import Fact
from storage.people import Account
from storage.tickets import Member
from tests.conversations.stage import RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"


def also(town: Stage, first: str, second: str) -> None:
    """The second account is the first one's person too."""
    town.say(second, "进度")  # heard once, so that the account is there
    with town.app.writing() as db:
        one, other = (
            db.scalars(
                select(Account).where(Account.address_hash == town.app.vault.lookup(f"memory:replay:{name}"))
            ).one()
            for name in (first, second)
        )
        other.resident_id, other.staff_id = one.resident_id, one.staff_id


def members(town: Stage) -> int:
    with town.app.reading() as db:
        return len(db.scalars(select(Member)).all())


def test_the_reporter_asks_and_rates_from_the_other_account(town: Stage) -> None:
    also(town, "王阿姨", "王阿姨的企微")
    town.say("王阿姨", LAMP)
    assert "等人接手" in to(town.say("王阿姨的企微", "进度 1"), "王阿姨的企微")[0]
    assert "等人接手" in to(town.say("王阿姨的企微", "咋样了"), "王阿姨的企微")[0]
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 灯泡已换")
    town.wait(minutes=1)
    said = town.say("王阿姨的企微", "好了谢谢")
    assert len(to(said, "王阿姨的企微")) == 1
    assert to(said, "王阿姨") == []  # told once, where it was said
    assert (town.ticket(1).status, town.ticket(1).rating) == ("closed", "satisfied")


def test_additions_and_withdrawal_come_from_any_account(town: Stage) -> None:
    also(town, "王阿姨", "王阿姨的企微")
    town.say("王阿姨", LAMP)
    town.wait(minutes=1)
    assert to(town.say("王阿姨的企微", "就是靠近大门的那一盏灯"), "王阿姨的企微") == ["补充到 1 号了。"]
    said = town.say("王阿姨的企微", "没事了")
    assert len(to(said, "王阿姨的企微")) == 1
    assert town.ticket(1).status == "withdrawn"


def test_a_stranger_with_the_same_words_is_somebody_else(town: Stage) -> None:
    town.say("王阿姨", LAMP)
    assert to(town.say("老周", "进度 1"), "老周")[0].startswith("1 号只有报事人")
    town.say("老周", "没事了")
    assert town.ticket(1).status == "reported"


def test_agreeing_by_a_second_account_is_no_second_household(town: Stage) -> None:
    also(town, "李婶", "李婶的企微")
    also(town, "王阿姨", "王阿姨的企微")
    town.say("王阿姨", "三号楼又停水了，一滴都没有", RESIDENTS)
    town.say("李婶", "我家也是", RESIDENTS)
    assert members(town) == 2
    assert town.say("李婶的企微", "我家也是", RESIDENTS) == []
    assert to(town.say("王阿姨的企微", "我家也是", RESIDENTS), "王阿姨的企微") == []  # the reporter is no supporter
    assert members(town) == 2
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 水厂已恢复")
    said = town.wait(minutes=1)
    assert len(to(said, "李婶") + to(said, "李婶的企微")) == 1


def test_two_accounts_that_joined_before_they_were_one_hear_once(town: Stage) -> None:
    town.say("王阿姨", "三号楼又停水了，一滴都没有", RESIDENTS)
    town.say("李婶", "我家也是", RESIDENTS)
    town.say("李婶的企微", "我家也是", RESIDENTS)
    assert members(town) == 3
    also(town, "李婶", "李婶的企微")
    said = town.say("小赵", "接单 1")
    assert len(to(said, "李婶") + to(said, "李婶的企微")) == 1


def test_staff_accept_by_one_account_and_resolve_by_the_other(town: Stage) -> None:
    also(town, "小赵", "小赵的公众号")
    town.say("王阿姨", LAMP)
    town.say("小赵", "接单 1")
    town.photo("小赵")
    assert to(town.say("小赵的公众号", "办结 1 灯泡已换"), "小赵的公众号") == ["1 号已办结，等报事人确认。"]
    with town.app.reading() as db:
        done = db.scalars(select(Fact).where(Fact.kind == "resolved")).one()
        assert done.data == {"photo": True, "closing": "solved"}
