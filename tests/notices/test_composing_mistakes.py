"""What people mistype while they write and sign a notice: none of it reaches others than they meant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.message import Member
from handlers.notice.notice_audience import read
from handlers.notice.notice_places import Unclear
from storage.notices import NoticeState
from storage.people import Role, UnitKind
from tests.notices.test_composing import property_man, words
from tests.notices.test_signing import at_night, large, street
from tests.notices.world import START, World

__all__ = ["large"]


def test_a_range_that_ends_before_it_begins_is_asked_back(world: World) -> None:
    world.households(10)
    with world.app.reading() as db, pytest.raises(Unclear, match="没看懂「9-3号楼」"):
        read(db, world.unit(UnitKind.STREET), "老人,9-3号楼", START)


def test_what_was_given_besides_can_be_taken_back(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(10))
    admin.says("通知 周六清洗水箱 {number} %s {0}")
    admin.says("修改 1 链接 https://water.example/{x}")
    assert "https:// 开头的链接" in admin.says("修改 1 链接 javascript:alert(1)"), "nothing was changed, and it says so"
    assert world.notice().link == "https://water.example/{x}"
    admin.says("修改 1 来源 自来水公司 96110")
    assert "改好了" in admin.says("修改 1 链接 没有")
    assert "来源" not in admin.says("修改 1 来源 没有").partition("发给：")[0]
    assert (world.notice().link, world.notice().source) == (None, None)
    admin.says("修改 1 明天停水")
    assert "是哪个单位说的" in admin.says("没有"), "where it must be said it cannot be left out"
    assert world.notice().source is None


def test_a_notice_begun_anew_keeps_its_audience_and_its_kind(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(30))
    assert "还没有写内容" in admin.says("通知 @杏花1社区")
    assert "发给：杏花2社区\n" in admin.says("通知 @杏花2社区 周六清洗水箱")
    assert world.notice(1).state == NoticeState.DRAFT
    assert "还没有写内容" in admin.says("通知 @杏花1社区")
    admin.says("发演练通知 周六疏散")
    assert (words(world, 4), world.notice(4).kind) == ("周六疏散", "drill")
    admin.says("通知 @杏花1社区")
    assert "发给：杏花1社区\n" in admin.says("通知 周日清洗水箱"), "these are the words that were asked"


NO_CONSENT = ("不批准", "说不可以", "未同意", "不太同意", " 同意吗", " 同意了么？", " 可以不可以")


def test_a_no_or_a_question_is_no_consent(large: World) -> None:
    admin, _, _ = at_night(large)
    admin.says("确认发送 1 30户")
    large.pass_time(timedelta(minutes=3))
    for said in NO_CONSENT:
        assert len(admin.told(f"电话请示 张书记{said}")) == 1
        assert large.notice().state == NoticeState.SIGNING, said


def test_nobody_is_asked_about_what_cannot_go(world: World) -> None:
    world.households(60)
    office = world.member(Role.COMMUNITY, world.unit(UnitKind.COMMUNITY), "周书记")
    liu = property_man(world)
    liu.says("提议通知 周六清洗水箱")
    changed = liu.told("修改 1 明天停水")
    assert "是哪个单位说的" in changed[0].text
    assert [reply for reply in changed if isinstance(reply.to, Member)] == []
    assert world.notice().state == NoticeState.DRAFT
    assert "提议给杏花1社区" in liu.says("自来水公司 96110")
    liu.says("修改 1 有效期 今天 18 点")
    world.pass_time(timedelta(hours=12))
    refused = office.says("采用 1")
    assert "已经过了" in refused
    assert "退回通知 1" in refused
    assert world.notice().state == NoticeState.PROPOSED, "it can still be given back"
    assert "退回给刘工" in office.says("退回通知 1 时间过了")


def test_whoever_only_proposes_learns_of_nobody_what_they_are_or_have_read(world: World) -> None:
    world.households(60)
    office = world.member(Role.COMMUNITY, world.unit(UnitKind.COMMUNITY), "周书记")
    office.says("通知 周六清洗水箱")
    office.says("确认发送 1 20户")
    liu = property_man(world)
    for whom in ("孕妇", "低保户", "没看1的", "看过1的"):
        assert "由杏花1社区来挑" in liu.says(f"提议通知 @{whom} 周六来访"), whom
    assert "提议给杏花1社区" in liu.says("提议通知 周六来访")
    assert "由杏花1社区来挑" in liu.says("修改 2 发给 老人")
    assert world.notice(2).audience.keys() == {"units"}
    assert "这样挑下来一户也没有：杏花1社区里的孕妇" in office.says("通知 @孕妇 周六来访"), "an office may"


def test_a_tap_on_the_card_of_other_words_signs_nothing(large: World) -> None:
    admin, leader = street(large, Role.ADMIN, "王敏"), street(large, Role.STREET_LEADER, "陈主任")
    admin.says("通知 周六清洗水箱")
    admin.says("确认发送 1 30户")
    admin.says("修改 1 周日清洗水箱")
    admin.says("确认发送 1 30户")
    tapped = leader.presses("notice_confirm", 1)[0]
    assert (tapped.stamp, large.notice().state) == (None, NoticeState.SIGNING)
    assert "现在的内容是：\n周日清洗水箱" in tapped.text
    assert "开始发给 30 户" in leader.says("确认发送 1 30户")


def test_of_a_draft_that_was_dropped_no_correction_is_offered(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(10))
    admin.says("通知")
    admin.says("取消")
    for said in ("修改 1 新内容", "送审 1", "确认发送 1 10户"):
        assert admin.says(said) == "1 号通知已经取消了。"


def test_a_validity_that_was_set_stays_and_one_read_off_the_words_goes_with_them(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(10))
    admin.says("通知 明天 9 点到 17 点清洗水箱")
    assert world.notice().valid_until is not None
    admin.says("修改 1 下周清洗水箱")
    assert world.notice().valid_until is None
    admin.says("修改 1 有效期 3月8日 12 点")
    assert "到 3月8日 12:00，过了就不再发" in admin.says("修改 1 下周清洗水箱，请存水")
    assert "到 17:00，过了就不再发" in admin.says("修改 1 明天 9 点到 17 点清洗水箱")
