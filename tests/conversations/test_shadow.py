"""影子: hears, says nothing, opens nothing; a list each night to one role; danger at once to whoever is on duty."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import clock, purge
from bot.owe import Desk, owe
from handlers.message import InGroup, Reply
from storage.inbox import Inbox
from storage.listening import Candidate, Change, Example
from storage.outbox import Outbox
from storage.people import Group, Staff, Unit, UnitKind
from storage.timers import Timer
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
BIN = "垃圾桶满了没人收"
DOOR = "门禁刷卡没反应"
GAS = "3号楼一单元煤气味好大"
NAMED = "我是5号楼502的王大爷，13800001234，楼道堆满了纸箱，业主张桂兰天天堆"
SECRETS = ("13800001234", "502", "王大爷", "张桂兰", "王阿姨")


@pytest.fixture
def town(town: Stage) -> Stage:
    with town.app.writing() as db:
        db.execute(update(Group).where(Group.chat == RESIDENTS).values(mode="shadow"))
    return town


@pytest.fixture
def listed(town: Stage) -> Stage:
    """The community has switched its list on."""
    town.say("周书记", "审核清单 开")
    return town


def rows(town: Stage) -> list[Candidate]:
    with town.app.reading() as db:
        return list(db.scalars(select(Candidate).order_by(Candidate.id)))


def states(town: Stage) -> list[str]:
    return [row.state for row in rows(town)]


def changes(town: Stage, kind: str) -> list[Change]:
    with town.app.reading() as db:
        return list(db.scalars(select(Change).where(Change.kind == kind).order_by(Change.id)))


def test_nothing_is_said_and_nothing_opens_whatever_is_said(town: Stage) -> None:
    for words in (LAMP, "我家也是", "@小助手 垃圾桶满了没人收", "进度", "没人管吗", "举报3号楼201违建搭阳光房"):
        assert town.say("王阿姨", words, RESIDENTS, addressed=words.startswith("@")) == []
    assert town.photo("王阿姨", RESIDENTS) == []
    assert town.tickets() == []


def test_at_night_the_secretary_reads_how_many_and_what_about(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("李婶", "我家也是", RESIDENTS)
    town.wait(minutes=40)
    town.say("老周", BIN, RESIDENTS)
    said = town.wait(hours=12)
    [(who, text)] = said
    assert who == "周书记"
    assert "今天会立 2 件：道路设施 1 件、环境卫生 1 件" in text
    assert "审核清单 开" in text
    assert [row.words for row in rows(town)] == [None, None], "without the list no words are kept"
    assert not any({"because", "place"} & set(row.reading) for row in rows(town))


def test_the_list_is_sent_once_by_whichever_clock(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(hours=11, minutes=59)
    with town.app.writing() as db:
        town.app.clock.advance(db, town.now + timedelta(minutes=1))
    assert clock.tick(town.app) + clock.tick(town.app) == 1
    with town.app.reading() as db:
        assert len(db.scalars(select(Outbox).where(Outbox.name.startswith("shadow:list:"))).all()) == 1
        assert len(db.scalars(select(Timer).where(Timer.kind == "shadow:list")).all()) == 1
    assert town.wait(hours=20) != []
    assert town.wait(hours=48) == []


def test_a_clock_that_was_down_sends_it_by_day(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    with town.app.writing() as db:
        town.app.clock.advance(db, town.now + timedelta(hours=18))  # 03:00
    assert clock.tick(town.app) == 1
    assert town.wait(minutes=1) == [], "nothing at three in the morning"
    assert [text for text in to(town.wait(hours=6), "周书记") if "昨天会立 1 件" in text]


def test_a_list_of_masked_words_is_ticked_and_teaches(listed: Stage) -> None:
    town = listed
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("李婶", "我家也是", RESIDENTS)
    town.wait(minutes=40)
    town.say("老周", NAMED, RESIDENTS)
    town.wait(minutes=40)
    town.say("李婶", DOOR, RESIDENTS)
    [text] = to(town.wait(hours=12), "周书记")
    lines = text.splitlines()
    assert lines[0] == "梧桐社区的影子群，今天会立 3 件："
    assert lines[1] == "1. 道路设施 · 三号楼「三号楼门口路灯坏了半个月了」（2 户在说）"
    assert not any(secret in text for secret in SECRETS)
    assert to(town.say("周书记", "对 1 9"), "周书记") == ["清单里没有 9。今天的清单有 3 件。"]
    assert to(town.say("周书记", "对 1 3 错 2"), "周书记") == ["记下了：今天的清单，对 2 件，错 1 件，都定了。"]
    assert states(town) == ["right", "wrong", "right"]
    with town.app.reading() as db:
        taught = db.scalars(select(Example).order_by(Example.id)).all()
    assert [(one.category, one.is_report, one.source) for one in taught] == [
        ("road_facility", True, "shadow"),
        ("building", True, "shadow"),
        (None, False, "shadow"),
    ]
    assert town.say("周书记", "错 1") != []
    assert states(town) == ["wrong", "wrong", "right"], "the last word counts"
    assert town.tickets() == []


def test_all_right_in_one_word_also_behind_a_quote(listed: Stage) -> None:
    town = listed
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(hours=13)
    first = f"out:{town.heard[-1].key}"
    town.say("老周", BIN, RESIDENTS)
    town.wait(hours=24)
    town.say("周书记", "全错", quoted=first)
    assert states(town) == ["wrong", "waiting"]
    town.say("周书记", "全对")
    assert states(town) == ["wrong", "right"]


@pytest.mark.parametrize("who", ["小赵", "小刘", "老周", "值班老何", "派单员"])
def test_a_list_is_one_roles_alone(listed: Stage, who: str) -> None:
    listed.say("王阿姨", LAMP, RESIDENTS)
    listed.wait(hours=13)
    said = listed.say(who, "全对") + listed.say(who, "审核清单") + listed.say(who, "审核清单 关")
    assert states(listed) == ["waiting"]
    assert not any("半个月" in text for _, text in said)
    assert rows(listed)[0].words is not None


@pytest.mark.parametrize("words", ["对", "对，我去", "对 路灯", "错了", "全部对照一下", "不是"])
def test_other_words_tick_nothing(listed: Stage, words: str) -> None:
    listed.say("王阿姨", LAMP, RESIDENTS)
    listed.wait(hours=13)
    listed.say("周书记", words)
    assert states(listed) == ["waiting"]


def test_reading_a_list_is_noted(listed: Stage) -> None:
    town = listed
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(hours=13)
    assert "路灯坏了" in to(town.say("周书记", "审核清单"), "周书记")[0]
    with town.app.reading() as db:
        secretary = db.scalars(select(Staff.id).join(Unit, Unit.kind == UnitKind.COMMUNITY)).all()
    [read], [sent], [switched] = (changes(town, kind) for kind in ("read_list", "listed", "review_list"))
    assert read.staff_id in secretary
    assert sent.data["count"] == 1
    assert switched.data == {"before": False, "after": True}


def test_words_and_lists_are_gone_after_three_days(listed: Stage) -> None:
    town = listed
    town.say("王阿姨", NAMED, RESIDENTS)
    town.wait(hours=13)
    town.say("周书记", "审核清单")
    town.wait(hours=60)
    purge.purge(town.app)
    [row] = rows(town)
    assert row.words is None
    assert row.state == "lapsed"
    assert not {"because", "place", "voices", "with"} & set(row.reading)
    with town.app.reading() as db:
        assert set(db.scalars(select(Outbox.text).where(Outbox.name.startswith("shadow:list:")))) == {None}
    assert purge.purge(town.app).candidates == 0


def test_switching_the_list_off_forgets_what_is_kept(listed: Stage) -> None:
    listed.say("王阿姨", LAMP, RESIDENTS)
    listed.say("周书记", "审核清单 关")
    assert rows(listed)[0].words is None
    assert "没有留原话" in to(listed.wait(hours=13), "周书记")[0]


def test_danger_is_told_to_whoever_is_on_duty_and_nobody_else(town: Stage) -> None:
    said = town.say("王阿姨", GAS, RESIDENTS)
    assert {who for who, _ in said} == {"值班老何"}
    assert "听到的话，未立单" in said[0][1]
    assert GAS in said[0][1]
    assert [row.urgency for row in town.tickets()] == []
    again = town.say("李婶", "3号楼真的有煤气味，呛人", RESIDENTS)
    assert {who for who, _ in again} <= {"值班老何"}
    assert len(rows(town)) == 1
    assert town.wait(hours=1) == [], "no ladder: there is no ticket"


def test_a_life_in_danger_is_told_to_whoever_is_on_duty(listed: Stage) -> None:
    said = listed.say("老周", "我不想活了，活着没意思", RESIDENTS)
    assert {who for who, _ in said} == {"值班老何"}
    assert listed.tickets() == []
    assert [row.words for row in rows(listed)] == [None], "nobody reads that on a list"


def test_what_accuses_an_official_is_not_kept(listed: Stage) -> None:
    assert listed.say("老周", "村支书收钱才给办低保", RESIDENTS) == []
    assert rows(listed) == []
    with listed.app.reading() as db:
        assert db.scalars(select(Inbox.text).where(Inbox.group_id.is_not(None))).all() == [None]


def test_what_was_opened_before_says_nothing_there_either(town: Stage) -> None:
    with town.app.writing() as db:
        db.execute(update(Group).where(Group.chat == RESIDENTS).values(mode="direct"))
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("周书记", "本群 影子", RESIDENTS)
    assert to(town.say("李婶", "我家也是", RESIDENTS), RESIDENTS) == []
    said = town.say("小赵", "接单 1") + town.say("小赵", "办结 1 换了灯泡")
    assert to(said, RESIDENTS) == []
    assert to(said, "王阿姨") != [], "the reporter still hears of the ticket, in private"


def test_nothing_is_ever_owed_to_a_group_in_shadow(town: Stage) -> None:
    with town.app.writing() as db:
        desk = Desk(db, town.app.vault, town.app.channels, town.now, town.now)
        here = db.scalars(select(Group).where(Group.chat == RESIDENTS)).one()
        work = db.scalars(select(Group).where(Group.chat == OFFICE)).one()
        work.mode = "shadow"  # has no meaning there
        assert owe(desk, [Reply("x", to=InGroup(here.id), name="x")], None) == 0
        assert owe(desk, [Reply("x", to=InGroup(work.id), name="y")], None) == 1


def test_staff_groups_and_private_talk_are_as_always(town: Stage) -> None:
    assert town.say("王阿姨", LAMP) != []
    assert len(town.tickets()) == 1
    assert town.say("小赵", "待办", OFFICE) != []


def test_a_life_in_danger_is_nothing_more_said_of_what_was_told_before(town: Stage) -> None:
    town.say("王阿姨", "5号楼电梯困人了", RESIDENTS)
    [told] = to(town.say("王阿姨", "不想活了", RESIDENTS), "值班老何")
    assert told.startswith("🔴")
    assert len(rows(town)) == 2
