"""One or two people confirm what was shown: by day, at night, by a tap, by telephone, and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.notices import run_due
from handlers.message import Member, Reply
from storage.listening import Change
from storage.notices import NoticeState
from storage.people import Account, Role, Staff, UnitKind
from tests.notices.world import Person, World

HOUSEHOLDS = 30
SOURCE = "来源：应急办 0571-88881234"
NIGHT = timedelta(hours=14)  # from nine in the morning


@pytest.fixture
def large(world: World) -> World:
    """A street in which more than ten households are many."""
    world.households(HOUSEHOLDS)
    notices = replace(world.app.policy.notices, second_above=9)
    world.app.policy = replace(world.app.policy, notices=notices)
    return world


def street(world: World, role: Role, name: str) -> Person:
    return world.member(role, world.unit(UnitKind.STREET), name)


def to(world: World, replies: list[Reply]) -> list[str]:
    """The names of those whom replies are for, beside whoever spoke."""
    with world.app.reading() as db:
        vault = world.app.vault
        ids = [reply.to.staff_id for reply in replies if isinstance(reply.to, Member)]
        rows = [db.get_one(Staff, number) for number in ids]
        return [vault.open(row.name, "staff.name", row.ref) for row in rows]


def kinds(world: World) -> list[str]:
    """What the history of the notices says."""
    with world.app.reading() as db:
        return list(db.scalars(select(Change.kind).where(Change.about.startswith("notice:")).order_by(Change.id)))


# --- the second person


def test_a_large_one_waits_for_a_second_person_and_one_tap(large: World) -> None:
    admin = street(large, Role.ADMIN, "王敏")
    leader = street(large, Role.STREET_LEADER, "陈主任")
    street(large, Role.DISPATCHER, "冯涛")
    below = large.member(Role.COMMUNITY, large.unit(UnitKind.COMMUNITY), "周书记")
    assert "确认以后还要第二个人点头" in admin.says("通知 周六清洗水箱")
    asked = admin.told(f"确认发送 1 {HOUSEHOLDS}户")
    assert asked[0].text.startswith("您已确认 1 号通知，发给 30 户。超过 9 户，还要第二个人点头，已经请了：陈主任。")
    assert to(large, asked) == ["陈主任"], "the dispatcher does not issue, the community is below"
    assert "共 30 户" in asked[1].text
    assert "【杏花街道】通知\n周六清洗水箱" in asked[1].text
    assert asked[1].card is not None
    assert [button.label for button in asked[1].card.buttons] == ["签发 30 户"]
    assert large.notice().state == NoticeState.SIGNING
    assert run_due(large.app) == 0, "nothing goes before both have signed"
    assert "您自己不能再点一次" in admin.says(f"确认发送 1 {HOUSEHOLDS}户")
    assert "要由杏花街道或上面的人签发" in below.says("签发 1")
    assert "户数对不上" in leader.says("签发 1 31户")
    tapped = leader.presses("notice_confirm", 1)
    assert "开始发给 30 户" in tapped[0].text
    assert tapped[0].stamp == "已签发"
    assert to(large, tapped) == ["王敏"]
    assert "不会重复发" in leader.presses("notice_confirm", 1)[0].text
    made = large.notice()
    assert (made.state, made.second_by_id == made.confirmed_by_id) == (NoticeState.CONFIRMED, False)


def test_what_a_community_sends_to_its_own_needs_one(large: World) -> None:
    office = large.member(Role.COMMUNITY, large.unit(UnitKind.COMMUNITY))
    office.says("通知 周六清洗水箱")
    assert "开始发给 10 户" in office.says("确认发送 1 10户")


def test_without_anybody_else_it_does_not_go(large: World) -> None:
    admin = street(large, Role.ADMIN, "王敏")
    admin.says("通知 周六清洗水箱")
    assert "现在没有别人能确认" in admin.says(f"确认发送 1 {HOUSEHOLDS}户")
    assert large.notice().state == NoticeState.DRAFT


def test_a_change_voids_every_signature(large: World) -> None:
    admin, leader = street(large, Role.ADMIN, "王敏"), street(large, Role.STREET_LEADER, "陈主任")
    admin.says("通知 周六清洗水箱")
    admin.says(f"确认发送 1 {HOUSEHOLDS}户")
    assert "签过的都作废" in admin.says("修改 1 周日清洗水箱")
    made = large.notice()
    assert (made.state, made.confirmed_at, made.confirmed_by_id) == (NoticeState.DRAFT, None, None)
    assert "请拟稿人本人确认" in leader.presses("notice_confirm", 1)[0].text
    assert run_due(large.app) == 0
    admin.says(f"确认发送 1 {HOUSEHOLDS}户")
    assert "开始发给" in leader.says("签发 1")
    assert kinds(large) == ["voided"]


@pytest.mark.parametrize("change", ["source", "picture", "validity", "household"])
def test_whatever_is_not_as_it_was_shown_is_shown_again(world: World, change: str) -> None:
    """Also when it was changed behind the product's back."""
    admin = world.member(Role.ADMIN, world.households(5))
    admin.says("通知 周六清洗水箱")
    with world.app.writing() as db:
        made = db.merge(world.notice())
        if change == "source":
            made.source = "别人 110"
        elif change == "picture":
            made.link = "https://example.org/"
        elif change == "validity":
            made.valid_until = world.clock.at + timedelta(days=1)
        else:
            made.audience = {"households": [1, 2, 3, 4, 5]}
    assert admin.says("确认发送 1 5户").startswith("住户有变动")
    assert world.notice().state == NoticeState.DRAFT


def test_the_second_must_come_within_half_an_hour(large: World) -> None:
    admin, leader = street(large, Role.ADMIN, "王敏"), street(large, Role.STREET_LEADER, "陈主任")
    admin.says("通知 周六清洗水箱")
    admin.says(f"确认发送 1 {HOUSEHOLDS}户")
    large.pass_time(timedelta(minutes=31))
    late = leader.presses("notice_confirm", 1)
    assert "请王敏再确认一次" in late[0].text
    assert to(large, late) == ["王敏"]
    assert large.notice().state == NoticeState.DRAFT


# --- at night


def at_night(large: World) -> tuple[Person, Person, Person]:
    """An administrator who must warn a street at eleven, the leader, and whoever is on duty."""
    admin, leader = street(large, Role.ADMIN, "王敏"), street(large, Role.STREET_LEADER, "陈主任")
    duty = street(large, Role.DUTY, "老何")
    large.pass_time(NIGHT)
    admin.says(f"发紧急通知 马上离开河边。上游放水。{SOURCE}")
    admin.says("水二十分钟就到")
    return admin, leader, duty


def test_at_night_the_leader_on_duty_by_one_tap(large: World) -> None:
    admin, _, duty = at_night(large)
    asked = admin.told(f"确认发送 1 {HOUSEHOLDS}户")
    assert "夜里要值班领导点头" in asked[0].text
    assert to(large, asked) == ["陈主任", "老何"]
    assert all(reply.urgent for reply in asked[1:])
    assert "开始发给 30 户" in duty.presses("notice_confirm", 1)[0].text


def test_after_three_minutes_his_word_by_telephone_and_everybody_above_hears(large: World) -> None:
    admin, leader, duty = at_night(large)
    assert "不用记电话请示" in admin.says("电话请示 张书记 同意")
    admin.says(f"确认发送 1 {HOUSEHOLDS}户")
    assert "再等 3 分钟" in admin.says("电话请示 张书记 同意")
    large.pass_time(timedelta(minutes=3))
    assert "请写上是谁" in admin.says("电话请示")
    assert "没有同意" in admin.says("电话请示 张书记 不同意")
    assert "由他" in leader.says("电话请示 1 张书记 同意") or "请他来记" in leader.says("电话请示 1 张书记 同意")
    noted = admin.told("电话请示 张书记 同意")
    assert noted[0].text.startswith("记下了：电话请示张书记，同意。1 号通知开始发给 30 户")
    assert to(large, noted) == ["陈主任", "老何"]
    assert "没等到值班领导点头，记的是：电话请示张书记，同意" in noted[1].text
    made = large.notice()
    assert made.state == NoticeState.CONFIRMED
    assert made.consent is not None
    assert "张书记" not in made.consent, "sealed"
    assert "张书记 同意" in large.app.vault.open(made.consent, "notices.consent", made.ref)
    assert "已经确认过了" in duty.presses("notice_confirm", 1)[0].text


def test_the_telephone_is_for_emergencies_at_night_only(large: World) -> None:
    admin, _ = street(large, Role.ADMIN, "王敏"), street(large, Role.STREET_LEADER, "陈主任")
    admin.says(f"发紧急通知 马上离开河边。上游放水。{SOURCE}")
    admin.says("水二十分钟就到")
    admin.says(f"确认发送 1 {HOUSEHOLDS}户")
    large.pass_time(timedelta(minutes=5))
    assert "白天请值班领导自己点" in admin.says("电话请示 张书记 同意")
    large.pass_time(NIGHT)
    admin.says("通知 周六清洗水箱")
    admin.says(f"确认发送 2 {HOUSEHOLDS}户")
    large.pass_time(timedelta(minutes=5))
    assert "2 号不是紧急通知" in admin.says("电话请示 2 张书记 同意")


def test_what_is_confirmed_at_night_says_when_it_goes(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(5))
    world.pass_time(NIGHT)
    assert "现在是夜里，3月6日 07:30 才开始发" in admin.says("通知 周六清洗水箱")
    assert "发给 5 户，3月6日 07:30 开始发" in admin.says("确认发送 1 5户")


def test_somebody_who_left_signs_nothing(large: World) -> None:
    admin, leader = street(large, Role.ADMIN, "王敏"), street(large, Role.STREET_LEADER, "陈主任")
    admin.says("通知 周六清洗水箱")
    with large.app.writing() as db:
        account = db.get_one(Account, leader.account_id)
        db.get_one(Staff, account.staff_id).active = False
    assert "现在没有别人能确认" in admin.says(f"确认发送 1 {HOUSEHOLDS}户")
