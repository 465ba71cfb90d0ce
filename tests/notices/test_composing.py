"""Writing a notice: step by step in the chat, at one go, changed, tried on oneself, proposed and reviewed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from handlers.message import Kind, Member
from storage.media import Media
from storage.notice_ledger import text_of
from storage.notices import Notice, NoticeState
from storage.people import Building, Group, Household, Post, Role, Staff, Unit, UnitKind
from tests.notices.world import DOOR, Person, World

FROM_WATER = "来源：自来水公司 96110"


def stored(world: World, mime: str) -> str:
    """A file as a channel's message names it."""
    with world.app.writing() as db:
        row = Media(sha256="x", mime=mime, bytes=b"x", created_at=world.clock.at, expires_at=world.clock.at)
        db.add(row)
        db.flush()
        return f"media:{row.ref}"


def property_man(world: World, estate: int = 1) -> Person:
    """Somebody of the property company of an estate."""
    with world.app.writing() as db:
        above = world.unit(UnitKind.ESTATE, estate)
        unit = Unit(kind=UnitKind.PROPERTY, name="安居物业", parent_id=above.id)
        db.add(unit)
        db.flush()
        unit.path = f"{above.path}{unit.id}/"
    return world.member(Role.PROPERTY, unit, "刘工")


def neighbours(world: World) -> None:
    """Another estate of the first community, with one front door."""
    with world.app.writing() as db:
        above = world.unit(UnitKind.COMMUNITY)
        estate = Unit(kind=UnitKind.ESTATE, name="东里小区", parent_id=above.id)
        db.add(estate)
        db.flush()
        estate.path = f"{above.path}{estate.id}/"
        building = Building(estate_id=estate.id, name="1号楼")
        db.add(building)
        db.flush()
        home = Household(id=9000, building_id=building.id, estate_id=estate.id, community_id=above.id, room="101")
        db.add(home)


def words(world: World, number: int = 1) -> str:
    return text_of(world.app.vault, world.notice(number))


# --- step by step


def test_an_emergency_step_by_step_asks_whose_word_it_is_and_why_now(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(30))
    with world.app.writing() as db:
        street = world.unit(UnitKind.STREET)
        db.add(Unit(kind=UnitKind.DEPARTMENT, name="柳桥燃气", parent_id=street.id, function="gas", phone="96777"))
    assert "1 普通" in admin.says("写通知")
    assert admin.says("随便").startswith("没听清")
    assert "第一句先说要大家马上做什么" in admin.says("3")
    assert "图片收到。再打一段文字" in admin.sends(Kind.IMAGE, stored(world, "image/jpeg"))
    assert "1 柳桥燃气 96777" in admin.says("马上关煤气阀门，不要开灯。3号楼燃气管道检修，17点前停气")
    assert "还缺电话、文号或链接" in admin.says("燃气公司")
    assert "为什么等不到早上" in admin.says("1")
    assert "有图片、语音" in admin.says("管道在漏，等不到早上")
    assert "图片收到" in admin.sends(Kind.IMAGE, stored(world, "image/jpeg"))
    assert "语音收到" in admin.sends(Kind.VOICE, stored(world, "audio/amr"))
    assert "有效期我看是：到 3月5日 17:00" in admin.says("没有了")
    assert "发给谁" in admin.says("对")
    heard = admin.says("全体")
    assert "【紧急】杏花街道紧急通知\n马上关煤气阀门" in heard
    assert "来源：柳桥燃气 96777" in heard
    assert "附：图片，语音" in heard
    assert heard.endswith("确认发送 1 30户")
    made = world.notice()
    assert (made.kind, made.reason, made.asks) == ("emergency", "管道在漏，等不到早上", None)
    with world.app.reading() as db:
        kept = db.get_one(Media, made.picture_id), db.get_one(Media, made.voice_id)
        assert [row.expires_at for row in kept] == [None, None], "in use, it does not expire"


def test_it_can_be_left_taken_up_gone_back_in_and_dropped(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(10))
    admin.says("通知")
    admin.says("普通")
    assert "还没有发过通知" in admin.says("通知进度"), "a command is a command"
    world.pass_time(timedelta(hours=20))
    assert admin.says("通知").startswith("接着写 1 号通知")
    admin.says("接种疫苗，周六上午九点到十一点，带上接种本")
    assert "有效期我看是：3月7日 09:00 到 11:00" in admin.says("没有")
    assert "有图片" in admin.says("上一步")
    assert "写内容" in admin.says("上一步")
    admin.says("完成接种的不用再来")  # begins like a command, and is what was asked for
    assert words(world) == "完成接种的不用再来"
    assert "1 号通知不要了" in admin.says("取消")
    assert world.notice().state == NoticeState.CANCELLED
    assert admin.says("通知").startswith("写一条通知（2 号")


def test_what_somebody_else_decided_needs_their_word_with_a_number(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(10))
    heard = admin.says("通知 明天 9 点到 17 点停水，请提前备水")
    assert "停水的通知，是哪个单位说的？" in heard
    assert "确认发送" not in heard
    assert "改过以后还没有看过" not in admin.says("确认发送 1 10户")
    assert world.notice().state == NoticeState.DRAFT
    heard = admin.says("自来水公司 96110")
    assert "来源：自来水公司 96110" in heard
    assert heard.endswith("确认发送 1 10户")
    assert "有效：3月6日 09:00 到 17:00，过了就不再发" in heard
    assert admin.says(f"通知 明天停电。{FROM_WATER}").endswith("确认发送 2 10户")
    assert words(world, 2) == "明天停电"
    assert "确认发送 3 10户" in admin.says("通知 今天不停水，请放心")
    assert "已经过了" in admin.says("通知 3月1日9点到10点查水表")


def test_the_kind_stands_in_the_first_line(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(10))
    assert "【演练】杏花街道演练通知，不是真的\n明天" in admin.says("发演练通知 明天消防演练")
    assert "【杏花街道】重要通知\n明天" in admin.says("通知 重要：明天选举")
    assert "为什么等不到早上" in admin.says(f"发紧急通知 马上撤离。{FROM_WATER}")


# --- changing, trying


def test_the_preview_says_how_many_groups_will_hear_it(world: World) -> None:
    """A line in a group that never comes is as wrong as one that nobody was told of."""
    admin = world.member(Role.ADMIN, world.households(10))
    assert "业主群里不说：这个范围没有自己的群" in admin.says("通知 明天清洗水箱")
    with world.app.writing() as db:
        db.execute(update(Building).values(name="1号楼"))
        for nth in (1, 2):
            db.add(Group(door=DOOR, chat=f"estate-{nth}", name="业主群", unit_id=world.unit(UnitKind.ESTATE, nth).id))
    assert "\n2 个业主群里也说一句" in admin.says("修改 1 群里 说")
    assert "\n1 个业主群里也说一句" in admin.says("修改 1 发给 杏花1社区")
    assert "业主群里不说：" in admin.says("修改 1 发给 杏花1小区1号楼")
    with world.app.writing() as db:
        db.execute(update(Group).values(mode="shadow"))
    assert "业主群里不说：" in admin.says("修改 1 发给 全体")


def test_a_change_shows_it_again_and_the_test_counts_nothing(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(10))
    admin.says("通知 周六上午 9 点清洗水箱")
    heard = admin.says("修改 1 周日上午 ９ 点清洗水箱")
    assert heard.startswith("改好了")
    assert words(world) == "周日上午 ９ 点清洗水箱"
    assert "有效：到 3月8日 24:00" in admin.says("修改 1 有效期 3月8日")
    assert "没看懂这个时间" in admin.says("修改 1 有效期 下回")
    assert "10 户" in admin.says("修改 1 发给 全体")
    assert "3月7日 08:00 才开始发" in admin.says("修改 1 定时 周六早上8点")
    assert "群里" not in admin.says("修改 1 群里 不说")
    assert not world.notice().in_groups
    tried = admin.says("试发 1")
    assert "【试看】\n【杏花街道】通知\n周日上午" in tried
    assert "/n/test/1/" in tried
    assert "没有 9 号通知" in admin.says("修改 9 新内容")
    other = world.member(Role.COMMUNITY, world.unit(UnitKind.COMMUNITY))
    assert "由王敏在写" in other.says("修改 1 别的")
    admin.says("确认发送 1 10户")
    assert "已经确认了，改不了" in admin.says("修改 1 太晚了")


# --- proposing and reviewing


def test_a_property_company_proposes_and_the_community_publishes(world: World) -> None:
    world.households(60)
    office = world.member(Role.COMMUNITY, world.unit(UnitKind.COMMUNITY), "周书记")
    liu = property_man(world)
    told = liu.told("提议通知 周六清洗水箱，请提前存水")
    assert told[0].text == "1 号通知已经提议给杏花1社区，他们看过再发，有结果告诉您。"
    assert "刘工提议发一条通知（1 号），发给 20 户" in told[1].text
    assert told[1].card is not None
    assert [button.action for button in told[1].card.buttons] == ["notice_adopt", "notice_return"]
    assert isinstance(told[1].to, Member)
    assert "还在等杏花1社区审核" in office.says("确认发送 1 20户")
    returned = office.told("退回通知 1 时间不对，是周日")
    assert "刘工" in returned[0].text
    assert "时间不对，是周日" in returned[1].text
    again = liu.told("修改 1 周日清洗水箱")
    assert "提议给杏花1社区" in again[0].text
    assert "哪里要改" in office.presses("notice_return", 1)[0].text
    preview = office.presses("notice_adopt", 1)
    assert preview[0].text.startswith("好，1 号通知采用了。")
    assert preview[0].text.endswith("确认发送 1 20户")
    assert "采用了您提议的" in preview[-1].text
    assert "开始发给 20 户" in office.says("确认发送 1 20户")
    neighbours(world)
    assert "有不归您管的地方" in liu.says("提议通知 @东里小区 明天来访"), "the same community, another company's"
    assert "不在杏花1社区的范围里" in liu.says("提议通知 @杏花2小区 明天来访")


def test_three_people_draft_review_and_sign(world: World) -> None:
    street = world.households(30)
    admin = world.member(Role.ADMIN, street, "王敏")
    world.member(Role.DISPATCHER, street, "冯涛")
    leader = world.member(Role.STREET_LEADER, street, "陈主任")
    third = world.member(Role.ADMIN, street, "秦岚")
    admin.says("通知 周六清洗水箱")
    assert "没有叫「赵六」" in admin.says("送审 1 赵六")
    sent = admin.told("送审 1 陈主任")
    assert sent[0].text == "1 号通知送给陈主任审核了，有结果告诉您。"
    assert len(sent) == 2
    assert "等杏花街道审核" in admin.says("确认发送 1 30户")
    assert "自己写的不能自己审核" in admin.says("审核通过 1")
    reviewed = leader.told("审核通过 1")
    assert "已经告诉王敏" in reviewed[0].text
    assert "请您签发" in reviewed[-1].text
    assert "现在不用审核" in third.says("审核通过 1")
    assert "开始发给 30 户" in third.says("签发 1 30户"), "once reviewed, whoever may issue it signs"
    with world.app.reading() as db:
        made = db.get_one(Notice, 1)
        people = [
            db.get_one(Staff, number).ref for number in (made.author_id, made.reviewed_by_id, made.confirmed_by_id)
        ]
        assert len(set(people)) == 3


def test_whoever_is_on_duty_issues_emergencies_only(world: World) -> None:
    street = world.households(30)
    world.member(Role.STREET_LEADER, street, "陈主任")
    duty = world.member(Role.DUTY, street, "老何")
    assert "1 号通知已经提议给杏花街道" in duty.says("通知 周六清洗水箱")
    duty.says(f"发紧急通知 马上离开河边。上游放水。{FROM_WATER}")
    assert duty.says("水十分钟就到").endswith("确认发送 2 30户")
    assert "开始发给 30 户" in duty.says("确认发送 2 30户")


def test_of_several_communities_a_property_company_says_which(world: World) -> None:
    world.households(30)
    liu = property_man(world)
    with world.app.writing() as db:
        second = property_unit_of(world, db, 2)
        staff = db.query(Staff).one()
        db.add(Post(staff_id=staff.id, unit_id=second, role=Role.PROPERTY))
    world.member(Role.COMMUNITY, world.unit(UnitKind.COMMUNITY, 2), "吴书记")
    assert "请写上给哪个小区" in liu.says("提议通知 周六清洗水箱")
    assert "提议给杏花2社区" in liu.says("提议通知 @杏花2小区 周六清洗水箱")


def property_unit_of(world: World, db: Session, nth: int) -> int:
    """Another estate's property company."""
    above = world.unit(UnitKind.ESTATE, nth)
    unit = Unit(kind=UnitKind.PROPERTY, name="安居物业二部", parent_id=above.id)
    db.add(unit)
    db.flush()
    unit.path = f"{above.path}{unit.id}/"
    return unit.id
