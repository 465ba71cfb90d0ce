"""What an administrator says and hears, from the draft to the figures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.notices import run_due
from storage.notice_ledger import text_of
from storage.notices import NoticeState
from storage.people import Account, Household, Post, Role, UnitKind
from tests.notices.world import World

LONGEST = 600
WATER = "明天 9 点到 17 点洗水箱，请提前备水。"


def test_the_preview_shows_the_text_the_counts_and_the_line_to_say(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(60))
    heard = admin.says(f"通知 {WATER}")
    assert f"【杏花街道】通知\n{WATER}" in heard
    assert "共 60 户" in heard
    assert "・杏花1社区 20 户，能发到 18" in heard
    assert "渠道：样例聊天 54\n" in heard, "an official account cannot speak unasked yet"
    assert heard.endswith("确认发送 1 60户")


def test_households_without_a_way_are_counted_by_reason(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(60))
    assert "发不到：6 户（还没绑定 2，只在群里 2，所用渠道暂不能主动发 2）" in admin.says(f"通知 {WATER}")


def test_a_community_writes_to_its_own_households_only(world: World) -> None:
    world.households(60)
    office = world.member(Role.COMMUNITY, world.unit(UnitKind.COMMUNITY, 2))
    heard = office.says(f"通知 {WATER}")
    assert "【杏花2社区】" in heard
    assert heard.endswith("确认发送 1 20户")


def test_of_several_posts_the_widest_issues(world: World) -> None:
    street = world.households(30)
    person = world.member(Role.COMMUNITY, world.unit(UnitKind.COMMUNITY), "双职")
    with world.app.writing() as db:
        staff_id = db.get_one(Account, person.account_id).staff_id
        assert staff_id is not None
        db.add(Post(staff_id=staff_id, unit_id=street.id, role=Role.ADMIN))
    assert "确认发送 1 30户" in person.says(f"通知 {WATER}")


@pytest.mark.parametrize("said", ["通知", "通知：", "通知 \u200b\u202e ", "发通知　", "写通知"])
def test_without_a_text_it_is_written_step_by_step(world: World, said: str) -> None:
    admin = world.member(Role.ADMIN, world.households(10))
    assert admin.says(said).startswith("写一条通知（1 号，杏花街道）。哪一种？")


def test_a_text_nobody_would_read_is_refused(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(10))
    heard = admin.says("通知 " + "水" * 10_000)
    assert "10000 个字" in heard
    assert str(LONGEST) in heard


def test_the_longest_text_comes_in_two_messages_whole(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(10))
    text, counts = admin.says("通知 " + "水" * LONGEST).split("\n----\n")
    assert "水" * LONGEST in text
    assert counts.endswith("确认发送 1 10户")


def test_the_text_stays_as_it_was_written(world: World) -> None:
    """Also when it begins with a number, which a command's reader would take for a ticket's."""
    admin = world.member(Role.ADMIN, world.households(10))
    admin.says("通知 ３号楼：１２日開會\n\n请备水\u202e")
    assert text_of(world.app.vault, world.notice()) == "３号楼：１２日開會\n\n请备水"


def test_the_text_is_stored_encrypted(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(10))
    admin.says(f"通知 {WATER}")
    assert world.notice().text.startswith("k")
    assert "洗水箱" not in world.notice().text


def test_nobody_lives_here_yet(world: World) -> None:
    world.households(10)
    heard = world.member(Role.ADMIN, world.unit(UnitKind.COMMUNITY, 1)).says(f"通知 {WATER}")
    assert "共 4 户" in heard
    empty = world.households(0, street="空白街道")
    assert "还没有登记住户" in world.member(Role.ADMIN, empty).says(f"通知 {WATER}")


def test_confirmed_with_the_count_it_starts_once(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(30))
    admin.says(f"通知 {WATER}")
    assert "开始发给 30 户" in admin.says("确认发送 1 30户")
    assert world.notice().state == NoticeState.CONFIRMED
    assert "不会重复发" in admin.says("确认发送 1 30户")
    run_due(world.app)
    assert "不会重复发" in admin.says("确认发送１　３０户")
    assert len(world.sink.messages) == 27


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("确认发送 1 31户", "1 号预览的是 30 户，您写的是 31 户"),
        ("确认发送 1", "请写上编号和户数"),
        ("确认发送 1 30 30", "请写上编号和户数"),
        ("确认发送", "要确认哪一条"),
        ("确认发送 9 30户", "没有 9 号通知"),
    ],
)
def test_a_wrong_confirmation_says_what_is_wrong(world: World, said: str, heard: str) -> None:
    admin = world.member(Role.ADMIN, world.households(30))
    admin.says(f"通知 {WATER}")
    answer = admin.says(said)
    assert heard in answer
    assert world.notice().state == NoticeState.DRAFT


def test_after_half_an_hour_it_is_shown_again(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(30))
    admin.says(f"通知 {WATER}")
    world.pass_time(timedelta(minutes=31))
    again = admin.says("确认发送 1 30户")
    assert again.startswith("预览过了半小时")
    assert again.endswith("确认发送 1 30户")
    assert world.notice().state == NoticeState.DRAFT
    assert "开始发给 30 户" in admin.says("确认发送 1 30户")


def test_another_audience_voids_the_preview_even_with_the_same_count(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(30))
    admin.says(f"通知 {WATER}")
    with world.app.writing() as db:
        moved = db.get_one(Household, 30)
        db.delete(moved)
        db.flush()
        db.add(
            Household(
                id=500,
                building_id=moved.building_id,
                estate_id=moved.estate_id,
                community_id=moved.community_id,
                room="新户",
            )
        )
    assert admin.says("确认发送 1 30户").startswith("住户有变动")
    assert "开始发给 30 户" in admin.says("确认发送 1 30户")


def test_only_the_author_confirms(world: World) -> None:
    street = world.households(30)
    world.member(Role.ADMIN, street, "王敏").says(f"通知 {WATER}")
    assert "王敏" in world.member(Role.ADMIN, street, "李强").says("确认发送 1 30户")
    outside = world.member(Role.COMMUNITY, world.unit(UnitKind.COMMUNITY))
    assert "请找杏花街道的街道领导、管理员签发" in outside.says("确认发送 1 30户")
    assert world.notice().state == NoticeState.DRAFT


def test_numbers_count_on(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(10))
    assert "1 号通知" in admin.says(f"通知 {WATER}")
    assert "2 号通知" in admin.says(f"通知 {WATER}")


def test_progress_says_what_happened_and_why_not(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(60))
    assert "还没有发过通知" in admin.says("通知进度")
    admin.says(f"通知 {WATER}")
    assert "还没有确认发送" in admin.says("通知进度 1")
    admin.says("确认发送 1 60户")
    assert "还没轮到 60" in admin.says("通知进度 1")
    while run_due(world.app):
        pass
    assert admin.says("通知进度") == (
        "1 号通知（杏花街道，3月5日 09:12）发完了，共 60 户\n"
        "已发 54，已看 0，收到 0\n"
        "没有办法发到 6（还没绑定 2，只在群里 2，所用渠道暂不能主动发 2）\n"
        "・杏花1社区 20 户：发 18，看 0，收到 0\n"
        "・杏花2社区 20 户：发 18，看 0，收到 0\n"
        "・杏花3社区 20 户：发 18，看 0，收到 0"
    )
    assert "没有 7 号通知" in admin.says("通知进度 7")


def test_progress_is_for_those_it_concerns(world: World) -> None:
    street = world.households(60)
    other = world.households(10, street="桃源街道")
    admin = world.member(Role.ADMIN, street)
    admin.says(f"通知 {WATER}")
    admin.says("确认发送 1 60户")
    below = world.member(Role.COMMUNITY, world.unit(UnitKind.COMMUNITY, 2))
    assert "1 号通知" in below.says("通知进度")
    stranger = world.member(Role.ADMIN, other)
    assert "还没有发过通知" in stranger.says("通知进度")
    assert "请找杏花街道" in stranger.says("通知进度 1")


class TestReceivedInTheChat:
    """收到, said in private."""

    @pytest.fixture
    def sent(self, world: World) -> World:
        admin = world.member(Role.ADMIN, world.households(30))
        for number in (1, 2):
            admin.says(f"通知 {WATER}")
            admin.says(f"确认发送 {number} 30户")
            while run_due(world.app):
                pass
        return world

    def test_confirms_the_latest_first(self, sent: World) -> None:
        person = sent.resident()
        answers = [person.receives("收到。") for _ in range(3)]
        assert [answer and answer[0].text for answer in answers] == [
            "记下了，谢谢您看过 2 号通知。",
            "记下了，谢谢您看过 1 号通知。",
            None,
        ]

    def test_other_words_are_left_alone(self, sent: World) -> None:
        assert sent.resident().receives("路灯不亮") is None

    def test_old_notices_are_left_alone(self, sent: World) -> None:
        sent.pass_time(timedelta(days=3, minutes=1))
        assert sent.resident().receives("收到") is None

    def test_strangers_have_nothing_to_confirm(self, sent: World) -> None:
        assert sent.member(Role.GRID_WORKER, sent.unit(UnitKind.COMMUNITY)).receives("收到") is None

    def test_a_household_of_two_flats_confirms_both(self, world: World) -> None:
        admin = world.member(Role.ADMIN, world.households(30))
        with world.app.writing() as db:
            db.get_one(Household, 2).contact_id = 1
        admin.says(f"通知 {WATER}")
        admin.says("确认发送 1 30户")
        while run_due(world.app):
            pass
        assert world.resident().receives("收到")
        assert "已看 2，收到 2" in admin.says("通知进度 1")
