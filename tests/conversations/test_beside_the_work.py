"""督查员, 楼栋长, 路段长, 协管员 and 业委会: what they read and say beside a ticket, and that it moves nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import directory
from storage.facts import Fact
from storage.inbox import Body
from storage.people import Role, Unit, UnitKind
from tests.conversations.offices import employ
from tests.conversations.roles import WHERE, name_of, with_everybody
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
INSPECTOR, LEAD = name_of(Role.INSPECTOR), name_of(Role.BUILDING_LEAD)
NEIGHBOURS = [name_of(role) for role in (Role.BUILDING_LEAD, Role.ROAD_LEAD, Role.ASSISTANT, Role.OWNERS)]


@pytest.fixture
def lamp(town: Stage) -> Stage:
    """A lamp that 小赵 took, in a town with everybody."""
    with_everybody(town).say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    return town


def standing(town: Stage) -> tuple[object, ...]:
    row = town.ticket(1)
    return (row.status, row.holder_id, row.desk_id, row.accept_due, row.resolve_due, row.closing)


def test_an_opinion_is_told_to_the_holder_and_the_level_above_and_moves_nothing(lamp: Stage) -> None:
    stood = standing(lamp)
    said = lamp.say(INSPECTOR, "督办 1 请今天内上门")
    assert to(said, INSPECTOR) == ["1 号的督办意见记下了，已告诉小赵、梧桐社区。"]
    assert to(said, "小赵") == ["🔴 1 号有督办意见：请今天内上门。请说一句「进展」。"]
    assert to(said, "周书记") == to(said, "小赵")
    assert to(said, OFFICE) == ["🔴 1 号有督办意见，内容私下看：对门口说「查 1」。"]
    assert to(said, "王阿姨") == []
    assert to(said, RESIDENTS) == []
    assert standing(lamp) == stood
    assert lamp.facts(1)[-1] == "supervised"
    assert "督办意见（今天 09:00）：请今天内上门" in to(lamp.say("小赵", "查 1"), "小赵")[0]
    assert "请今天内上门" not in "".join(to(lamp.say("小赵", "查 1", OFFICE), OFFICE))


def test_an_opinion_is_kept_encrypted_and_said_twice_is_one(lamp: Stage) -> None:
    lamp.say(INSPECTOR, "督办 1 请今天内上门")
    again = lamp.say(INSPECTOR, "督办 1 请今天内上门")
    assert again == [(INSPECTOR, "1 号这条督办意见已经记过了。")]
    assert lamp.facts(1).count("supervised") == 1
    with lamp.app.reading() as db:
        fact = db.scalars(select(Fact).where(Fact.kind == "supervised")).one()
        body = db.get_one(Body, fact.body_id)
        assert "上门" not in (body.text or "")
        assert fact.data == {}
    assert len(lamp.say(INSPECTOR, "督办 1 明天前回话")) > 1


def test_an_opinion_wants_words_a_number_and_the_inspectors_part_of_the_town(lamp: Stage) -> None:
    assert to(lamp.say(INSPECTOR, "督办 1"), INSPECTOR) == ["请写上督办意见，例如「督办 1043 请今天内上门」。"]
    assert to(lamp.say(INSPECTOR, "督办 9 快办"), INSPECTOR) == ["没有 9 号工单。"]
    assert "私下" in to(lamp.say(INSPECTOR, "督办 1 快办", OFFICE), INSPECTOR)[0]
    with lamp.app.writing() as db:
        far = Unit(kind=UnitKind.STREET, name="别的街道")
        db.add(far)
        db.flush()
        far.path = f"/{far.id}/"
        employ(lamp, db, "外面的督查员", far, Role.INSPECTOR)
    lamp.say("外面的督查员", "督办 1 快办")
    assert "supervised" not in lamp.facts(1)


def test_before_acceptance_the_desk_hears_it(town: Stage) -> None:
    with_everybody(town).say("王阿姨", LAMP, RESIDENTS)
    said = town.say(INSPECTOR, "督办 1 马上接单")
    assert to(said, "小赵") == to(said, "小钱") == ["🔴 1 号有督办意见：马上接单。请说一句「进展」。"]


def test_a_comment_reaches_whoever_works_on_it_and_not_the_reporter(lamp: Stage) -> None:
    stood = standing(lamp)
    said = lamp.say(LEAD, "留言 1 电线也露出来了")
    assert to(said, LEAD) == ["1 号记下了，已告诉经办的人，谢谢。"]
    assert to(said, "小赵") == ["1 号梧桐里小区楼栋长留言：电线也露出来了"]
    assert to(said, "王阿姨") == []
    assert standing(lamp) == stood
    assert lamp.facts(1)[-1] == "commented"


@pytest.mark.parametrize("who", NEIGHBOURS)
def test_neighbours_report_look_and_are_sent_nothing_of_their_own_accord(lamp: Stage, who: str) -> None:
    assert [message for message in lamp.heard if message.person == who] == []
    assert "路灯" in to(lamp.say(who, "查 1"), who)[0] or "道路设施" in to(lamp.say(who, "查 1"), who)[0]
    assert "要由" in to(lamp.say(who, "接单 1"), who)[0]
    lamp.say(who, "3号楼下水道堵了，水漫到路上")
    assert len(lamp.tickets()) == 2


@pytest.mark.parametrize("who", NEIGHBOURS)
def test_what_was_said_in_confidence_does_not_exist_for_neighbours(town: Stage, who: str) -> None:
    with_everybody(town).say("王阿姨", "举报：有人占道经营，老板姓孙，不要说是我讲的")
    assert town.ticket(1).confidential
    for order in ("查 1", "留言 1 是的", "查 梧桐里小区"):
        answer = "".join(to(town.say(who, order), who))
        assert not any(word in answer for word in ("举报", "占道")), (order, answer)
    assert "commented" not in town.facts(1)


@pytest.mark.parametrize("who", [INSPECTOR, LEAD])
def test_no_ticket_is_given_to_who_works_on_none(lamp: Stage, who: str) -> None:
    stood = standing(lamp)
    lamp.say("小赵", f"转派 1 {who}")
    assert standing(lamp) == stood


def test_a_desk_with_inspectors_alone_is_empty(town: Stage) -> None:
    """Nobody waits for somebody who takes nothing."""
    with town.app.writing() as db:
        company = db.scalars(select(Unit).where(Unit.kind == UnitKind.PROPERTY)).one()
        employ(town, db, INSPECTOR, company, Role.INSPECTOR)
        assert [directory.name_of(town.app.vault, one) for one in directory.staff_of(db, company.id)] == ["小刘"]


def test_there_is_somebody_of_every_role() -> None:
    assert set(WHERE) == set(Role) - {Role.RESIDENT}
