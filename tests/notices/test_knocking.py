"""The last metre: whose doors are on whose list, what is said there, and that a mistake can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import clock
from bot.notices import run_due
from handlers.notice import door_words
from handlers.notice.visiting import Learnt
from storage import knocking
from storage.base import new_ref
from storage.knocking import Found
from storage.listening import Change
from storage.notice_figures import Tally, figures
from storage.notice_people import Knock, NoticeReader
from storage.notices import Ledger, LedgerState, Notice
from storage.people import Account, Building, Claim, Household, Resident, Role, Unit, UnitKind
from tests.notices.world import Person, World, add_account

# Estate, building, entrance, room, tags, the contact's name (none: nobody is known there), and whether they are bound.
DOORS = (
    ("桃源里小区", "3号楼", "2", "502", None, "赵一", True),
    ("桃源里小区", "3号楼", "2", "501", "elderly alone", "王桂兰", True),
    ("桃源里小区", "3号楼", "1", "1203", None, "钱二", False),
    ("桃源里小区", "3号楼", "1", "302", None, None, False),
    ("桃源里小区", "12号楼", "1", "101", "elderly", "孙三", False),
    ("柳岸小区", "3号楼", "2", "701", None, "李四", True),
)
NEWS = "周六上午社区广场义诊，欢迎大家来"


@dataclass
class Street:
    """One community with two grids, each with an estate, and whoever works there."""

    world: World
    zhao: Person  # of the first grid
    qian: Person  # of the second
    zhou: Person  # of the community
    admin: Person

    def sends(self, number: int = 1) -> None:
        """A notice to all of them, as far as it gets."""
        self.world.confirmed(len(DOORS), number, self.admin)
        self.works()

    def works(self) -> None:
        while run_due(self.world.app):
            pass

    def home(self, room: str) -> Household:
        with self.world.app.reading() as db:
            return db.scalars(select(Household).where(Household.room == room)).one()

    def row(self, room: str, number: int = 1) -> Ledger:
        with self.world.app.reading() as db:
            mine = select(Ledger).join(Household, Household.id == Ledger.household_id).where(Household.room == room)
            return db.scalars(mine.join(Notice, Notice.id == Ledger.notice_id).where(Notice.number == number)).one()

    def reads(self, room: str) -> None:
        with self.world.app.writing() as db:
            db.execute(update(Ledger).where(Ledger.id == self.row(room).id).values(seen_at=self.world.clock.at))

    def account(self, room: str) -> Account | None:
        with self.world.app.reading() as db:
            mine = (
                select(Account)
                .join(Resident, Resident.id == Account.resident_id)
                .join(Household, Household.id == Resident.household_id)
            )
            return db.scalars(mine.where(Household.room == room)).one_or_none()

    def figures(self) -> Tally:
        with self.world.app.reading() as db:
            return figures(db, db.scalars(select(Notice.id)).one()).total

    def knocks(self) -> Sequence[Knock]:
        with self.world.app.reading() as db:
            return db.scalars(select(Knock).order_by(Knock.id)).all()


@pytest.fixture
def street(world: World) -> Street:
    with world.app.writing() as db:
        top = unit(db, UnitKind.STREET, "杏花街道")
        office = unit(db, UnitKind.COMMUNITY, "杏花社区", top)
        grids = [unit(db, UnitKind.GRID, name, office) for name in ("一网格", "二网格")]
        first = unit(db, UnitKind.ESTATE, "桃源里小区", grids[0], nicknames="桃源里")
        second = unit(db, UnitKind.ESTATE, "柳岸小区", office, nicknames="柳岸", grid_id=grids[1].id)  # beside its grid
        for number, row in enumerate(DOORS):
            add_door(db, world, number, {"桃源里小区": first, "柳岸小区": second}[row[0]], office, row)
    zhao, qian = (
        world.member(Role.GRID_WORKER, grid, name) for grid, name in zip(grids, ("赵敏", "钱进"), strict=True)
    )
    zhou = world.member(Role.COMMUNITY, office, "周静")
    return Street(world, zhao, qian, zhou, world.member(Role.ADMIN, top))


def unit(db: Session, kind: UnitKind, name: str, parent: Unit | None = None, **more: object) -> Unit:
    made = Unit(kind=kind, name=name, parent_id=parent.id if parent else None, **more)
    db.add(made)
    db.flush()
    made.path = f"{parent.path if parent else '/'}{made.id}/"
    db.flush()
    return made


def add_door(db: Session, world: World, number: int, estate: Unit, office: Unit, row: tuple[object, ...]) -> None:
    _, building, entrance, room, tags, name, bound = row
    named = select(Building).where(Building.estate_id == estate.id, Building.name == building)
    here = db.scalars(named).one_or_none()
    if here is None:
        here = Building(estate_id=estate.id, name=str(building))
        db.add(here)
        db.flush()
    home = Household(building_id=here.id, estate_id=estate.id, community_id=office.id, tags=tags)
    home.entrance, home.room = str(entrance), str(room)
    db.add(home)
    db.flush()
    if name is None:
        return
    living = Resident(ref=new_ref(), household_id=home.id)
    living.name = world.app.vault.seal(str(name), "residents.name", living.ref)
    living.phone = world.app.vault.seal("13900000001", "residents.phone", living.ref)
    db.add(living)
    db.flush()
    home.contact_id = living.id
    if bound:
        add_account(db, world.app.vault, f"home-{number}", resident_id=living.id)


# --- the list


def test_the_list_is_of_ones_own_grid_old_people_first_in_the_order_of_walking(street: Street) -> None:
    street.sends()
    assert street.zhao.says("上门名单 1") == (
        "1 号通知：一网格还有 5 户要上门，其中老人、独居 2 户。先去老人和独居的：\n"
        "・3-2-501 王** 老人、独居，没看\n"
        "・12-1-101 孙** 老人，没有渠道\n"
        "・3-1-302，没有渠道\n"
        "・3-1-1203 钱**，没有渠道\n"
        "・3-2-502 赵**，没看\n"
        "全部名单和打印：http://127.0.0.1:8000/console/notices/1/doors（没登录的，先对我说「控制台」）\n"
        "说过了，回「已上门 3-2-501」；没人，回「已上门 3-2-501 没人」。不要转到群里。"
    )
    assert "二网格还有 1 户要上门：\n・3-2-701 李**，没看" in street.qian.says("上门名单")
    assert "一网格、二网格还有 6 户要上门" in street.zhou.says("上门名单")


def test_whoever_read_it_wants_no_notices_or_lives_nowhere_is_not_on_the_list(street: Street) -> None:
    street.sends()
    street.reads("501")
    with street.world.app.writing() as db:
        spared = {"state": LedgerState.SKIPPED, "reason": "opted_out"}
        db.execute(update(Ledger).where(Ledger.id == street.row("502").id).values(spared))
        db.execute(update(Household).where(Household.room == "302").values(tags="vacant"))
        waits = {"state": LedgerState.PLANNED, "waits": True, "reason": None}
        db.execute(update(Ledger).where(Ledger.id == street.row("1203").id).values(waits))
    heard = street.zhao.says("上门名单")
    assert "还有 1 户" in heard
    assert "12-1-101" in heard


def test_nobody_goes_for_a_draft_or_what_was_cancelled(street: Street) -> None:
    assert "没有要上门的户" in street.zhao.says("上门名单")
    street.admin.says(f"通知 {NEWS}")
    assert "还没有发出去" in street.zhao.says("上门名单 1")
    street.sends(2)
    with street.world.app.writing() as db:
        db.execute(update(Notice).where(Notice.number == 2).values(state="cancelled"))
    assert "已经取消了" in street.zhao.says("上门名单 2")
    assert "没有 9 号通知" in street.zhao.says("上门名单 9")


def test_what_is_over_is_meant_only_by_its_number(street: Street) -> None:
    street.sends()
    with street.world.app.writing() as db:
        db.execute(update(Notice).values(valid_until=street.world.clock.at + timedelta(hours=1)))
    assert "还有 5 户" in street.zhao.says("上门名单")
    street.world.pass_time(timedelta(hours=1))
    assert "没有要上门的户" in street.zhao.says("上门名单")
    assert "1 号通知（有效期已过）：一网格还有 5 户" in street.zhao.says("上门名单 1")


def test_each_look_is_noted_once(street: Street) -> None:
    street.sends()
    for _ in range(2):
        street.zhao.says("上门名单")
    with street.world.app.reading() as db:
        looks = db.scalars(select(Change).where(Change.about == "notice:1", Change.kind == "read_doors")).all()
    assert len(looks) == 1
    assert looks[0].staff_id is not None


# --- visits


def test_told_at_the_door_counts_and_leaves_the_list(street: Street) -> None:
    street.sends()
    assert street.zhao.says("已上门 3-2-501") == "1 号通知记下了：3-2-501 已上门。\n您这一片还有 4 户。"
    assert street.row("501").knocked_at == street.world.clock.at
    assert street.row("501").seen_at is None, "telling at the door is not reading"
    assert "3-2-501" not in street.zhao.says("上门名单")
    assert "已经记过了" in street.zhao.says("已上门 3-2-501")
    assert len(street.knocks()) == 1


def test_several_doors_at_once(street: Street) -> None:
    street.sends()
    heard = street.zhao.says("已上门 1 3号楼2单元501 502、12-1-101 说过了")
    assert heard.startswith("1 号通知记下了：3-2-501 已上门、3-2-502 已上门、12-1-101 已上门。\n您这一片还有 2 户。")


def test_nobody_at_home_is_a_visit_and_comes_later_on_the_list(street: Street) -> None:
    street.sends()
    heard = street.zhao.says("已上门 3-2-501 没人在家")
    assert "3-2-501 没人在家" in heard
    assert "还有 5 户" in heard
    street.zhao.says("已上门 3-2-501 没人")
    assert len(street.knocks()) == 1, "the same visit, said twice"
    assert street.row("501").knocked_at is None
    lines = street.zhao.says("上门名单").splitlines()
    assert "・3-2-501 王** 老人、独居，今天没人开门" in lines[-3]
    street.world.pass_time(timedelta(days=1))
    street.zhao.says("已上门 3-2-501 没人")
    assert len(street.knocks()) == 2
    assert "3-2-501 已上门" in street.zhao.says("已上门 3-2-501")


def test_what_is_wrong_is_said_and_nothing_is_written(street: Street) -> None:
    street.sends()
    for said, heard in (
        ("已上门", "请写门牌"),
        ("已上门 501", "请写门牌"),
        ("已上门 3-2-503", "名册里没有 3-2-503，没有记。像的有：3-2-502、3-2-501"),
        ("已上门 3-2-701", "3-2-701 不在您管的小区里"),
        ("已上门 柳岸3-2-701", "柳岸小区不归您管"),
        ("已上门 3-2-501 不是独居", "「不是独居」我没看懂，没有记"),
        ("已上门 3-2-501 没说成", "没有记"),
        ("已上门 7 3-2-501", "没有 7 号通知"),
        ("撤销上门", "请写门牌"),
        ("撤销上门 3-2-501", "没有可以撤销的上门记录"),
    ):
        assert heard in street.zhao.says(said), said
    assert street.knocks() == []


def test_a_door_that_two_people_may_mean_is_asked_about(street: Street) -> None:
    street.sends()
    with street.world.app.writing() as db:
        db.execute(update(Household).where(Household.room == "302").values(room="501"))
    assert "不止一户" in street.zhao.says("已上门 3-501")
    assert "3-1-501 已上门" in street.zhao.says("已上门 3-1-501")
    assert "柳岸小区3-2-501" not in street.zhou.says("已上门 3-2-501")


def test_without_a_number_it_is_the_newest_notice_that_still_needs_the_door(street: Street) -> None:
    street.sends(1)
    street.sends(2)
    assert street.zhao.says("已上门 3-2-501").startswith("2 号通知")
    assert street.zhao.says("已上门 3-2-501").startswith("1 号通知")
    assert "已经记过了" in street.zhao.says("已上门 3-2-501")
    assert street.zhao.says("已上门 1 3-2-502").startswith("1 号通知")


def test_a_door_that_the_notice_did_not_concern(street: Street) -> None:
    street.sends()
    with street.world.app.writing() as db:
        db.delete(db.get_one(Ledger, street.row("302").id))
    assert "3-1-302 不在 1 号通知里" in street.zhao.says("已上门 1 3-1-302")
    assert "没有要到 3-1-302 上门的通知" in street.zhao.says("已上门 3-1-302")


# --- what was learnt


def test_whoever_lives_alone_comes_first_next_time(street: Street) -> None:
    street.sends()
    assert "3-2-502 独居" in street.zhao.says("已上门 3-2-502 一个人住，老人")
    assert street.home("502").tags == "elderly alone"
    assert street.row("502").knocked_at is not None
    assert "撤销了：3-2-502 的上门记录（独居）。这一户又回到名单里。" in street.zhao.says("撤销上门 3-2-502")
    assert street.home("502").tags is None


def test_whoever_moved_out_is_unbound_and_the_flat_is_empty(street: Street) -> None:
    street.sends()
    before = street.account("501")
    assert before is not None
    heard = street.zhao.says("已上门 3-2-501 搬走了")
    assert "账号已解绑" in heard
    assert "您在桃源里小区3号楼2单元501的绑定已由网格员解除" in heard
    assert street.account("501") is None
    assert (street.home("501").contact_id, street.home("501").tags) == (None, "vacant")
    assert street.row("501").knocked_at is None, "nobody was told"
    assert "3-2-501" not in street.zhao.says("上门名单")
    street.sends(2)
    assert (street.row("501", 2).state, street.row("501", 2).reason) == ("no_way", "vacant")
    assert "3-2-501" not in street.zhao.says("上门名单 2")


def test_a_slip_is_taken_back_whole(street: Street) -> None:
    street.sends()
    before, account = street.home("501"), street.account("501")
    assert account is not None
    street.zhao.says("已上门 3-2-501 搬走了")
    heard = street.zhao.says("撤销上门 3-2-501")
    assert "解绑的账号也恢复了" in heard
    assert "绑定恢复了" in heard
    after, again = street.home("501"), street.account("501")
    assert again is not None
    assert (after.contact_id, after.tags, again.id) == (before.contact_id, before.tags, account.id)
    assert [(row.found, row.undone_at is not None) for row in street.knocks()] == [("moved", True)]
    street.world.pass_time(timedelta(days=2))
    ring(street)
    with street.world.app.reading() as db:
        assert db.get_one(Resident, before.contact_id).name is not None
    assert "没有可以撤销" in street.zhao.says("撤销上门 3-2-501")


def test_a_day_later_the_book_has_forgotten_who_moved_out(street: Street) -> None:
    street.sends()
    who = street.home("501").contact_id
    street.zhao.says("已上门 3-2-501 搬走了")
    street.world.pass_time(timedelta(hours=23))
    ring(street)
    with street.world.app.reading() as db:
        assert db.get_one(Resident, who).name is not None
    street.world.pass_time(timedelta(hours=1))
    ring(street)
    with street.world.app.reading() as db:
        gone = db.get_one(Resident, who)
        assert (gone.name, gone.phone, gone.phone_hash) == (None, None, None)
        assert gone.erased_at is not None
    assert "请重新登记" in street.zhao.says("撤销上门 3-2-501")
    assert street.account("501") is None


def test_the_day_is_counted_from_the_visit_that_stands(street: Street) -> None:
    street.sends()
    who = street.home("501").contact_id
    street.zhao.says("已上门 3-2-501 搬走了")
    street.zhao.says("撤销上门 3-2-501")
    street.world.pass_time(timedelta(hours=12))
    street.zhao.says("已上门 3-2-501 搬走了")
    street.world.pass_time(timedelta(hours=12))
    ring(street)
    with street.world.app.reading() as db:
        assert db.get_one(Resident, who).name is not None
    assert "解绑的账号也恢复了" in street.zhao.says("撤销上门 3-2-501")


def ring(street: Street) -> None:
    """Everything that is due by now."""
    clock.walk(street.world.app, street.world.clock.at)


def test_new_people_behind_a_door_are_told_and_to_be_registered(street: Street) -> None:
    street.sends()
    with street.world.app.writing() as db:
        asks = add_account(db, street.world.app.vault, "somebody-new")
        db.add(Claim(number=77, account_id=asks.id, household_id=street.home("501").id, asked_at=street.world.clock.at))
    heard = street.zhao.says("已上门 3-2-501 换租户了")
    assert "请登记现在的住户：「登记 桃源里小区3-2-501 姓名 电话」" in heard
    assert "有人在申请绑定这一户：「确认绑定 77」" in heard
    assert street.row("501").knocked_at is not None
    assert street.account("501") is None
    assert street.home("501").tags is None, "what was known of the old tenants went with them"
    street.zhao.says("撤销上门 3-2-501")
    assert street.home("501").tags == "elderly alone"


def test_a_mistaken_visit_is_kept_and_counts_no_more(street: Street) -> None:
    street.sends()
    street.zhao.says("已上门 3-2-501")
    told = street.figures()
    assert "又回到名单里" in street.zhou.says("撤销上门 3-2-501")
    assert (told.knocked, street.figures().knocked) == (1, 0)
    assert not street.figures().falls_behind(told), "its curve goes on"
    assert street.row("501").knocked_at is None
    assert "3-2-501" in street.zhao.says("上门名单")
    street.zhao.says("已上门 3-2-501")
    assert [row.undone_at is None for row in street.knocks()] == [False, True]
    assert "不在您管的小区里" in street.qian.says("撤销上门 3-2-501")


def test_a_visit_for_a_reminder_counts_for_what_it_reminds_of(street: Street) -> None:
    street.sends(1)
    street.sends(2)
    with street.world.app.writing() as db:
        first = db.scalars(select(Notice.id).where(Notice.number == 1)).one()
        db.execute(update(Notice).where(Notice.number == 2).values(purpose="remind", of_id=first))
    street.zhao.says("已上门 2 3-2-501")
    assert street.row("501", 1).knocked_at == street.row("501", 2).knocked_at == street.world.clock.at
    street.zhao.says("已上门 1 3-2-502")
    assert street.row("502", 2).knocked_at is None, "what came later is still to be told"
    street.zhao.says("撤销上门 1 3-2-501")
    assert (street.row("501", 1).knocked_at, street.row("501", 2).knocked_at) == (None, None)


@pytest.mark.parametrize(
    ("words", "found", "tags"),
    [
        ("", Found.TOLD, ()),
        ("说过了", Found.TOLD, ()),
        ("大爷说晚上给孩子看", Found.TOLD, ()),
        ("不在家", Found.ABSENT, ()),
        ("敲不开门", Found.ABSENT, ()),
        ("老人不在家", Found.ABSENT, ("elderly",)),
        ("没人住了", Found.MOVED, ()),
        ("空房", Found.MOVED, ()),
        ("換租戶了", Found.TENANT, ()),
        ("独居老人", Found.ALONE, ("elderly", "alone")),
        ("高龄老人", Found.ELDERLY, ("elderly",)),
        ("没搬走", None, ()),
        ("没收到", None, ()),
        ("拒绝签字", None, ()),
    ],
)
def test_words_behind_a_door(words: str, found: Found | None, tags: tuple[str, ...]) -> None:
    """What may mean no is asked back: who is ticked off by mistake is never told."""
    assert door_words.learnt_from([words])[0] == (None if found is None else Learnt(found, tags))


def test_two_who_say_it_at_the_same_moment_are_one_visit(street: Street) -> None:
    street.sends()
    with ThreadPoolExecutor(4) as pool:
        heard = list(pool.map(lambda who: who.says("已上门 3-2-501 搬走了"), [street.zhao, street.zhou] * 2))
    assert sum("账号已解绑" in answer for answer in heard) == 1
    assert sum("已经记过了" in answer for answer in heard) == 3
    assert len(street.knocks()) == 1
    street.zhao.says("撤销上门 3-2-501")
    assert street.account("501") is not None


def test_a_tap_is_the_same_visit_only_where_it_found_the_same(street: Street) -> None:
    street.sends()
    with street.world.app.writing() as db:
        notice = db.scalars(select(Notice)).one()
        staff = db.get_one(Account, street.zhao.account_id).staff_id
        assert staff is not None
        given = (street.home("501").id, Found.TOLD, staff, street.world.clock.at)
        assert knocking.add_visit(db, notice, *given, 0) is not None
        assert knocking.add_visit(db, notice, *given, 0) is None
        other = (given[0], Found.ALONE, *given[2:])
        assert knocking.add_visit(db, notice, *other, 0) is not None


def test_a_door_that_somebody_named_in_a_group_stays_on_the_list_and_says_so(street: Street) -> None:
    """自报: nobody has checked it, so that somebody still goes; but they know."""
    street.sends()
    with street.world.app.writing() as db:
        notice_id = db.scalars(select(Notice.id)).one()
        home = street.home("502").id
        db.add(NoticeReader(notice_id=notice_id, viewer_hash="h", seen_at=street.world.clock.at, household_id=home))
    lines = street.zhao.says("上门名单 1").splitlines()
    assert [line for line in lines if "自报" in line] == [line for line in lines if "3-2-502" in line]
    assert "没看；有人在群里自报看过" in next(line for line in lines if "3-2-502" in line)
