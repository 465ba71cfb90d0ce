"""To whom a notice goes: words that name places and people, lists, what others have read; and exactly to those."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select

from bot.notices import run_due
from handlers.notice import audience_said, notice_audience
from handlers.notice.notice_places import Unclear
from storage import notice_audience as audiences
from storage.notices import Ledger, Notice
from storage.people import Building, Household, Role, Unit, UnitKind
from tests.notices.world import START, Person, World

# Two estates in the first community, one in the second. Both of the first have a 3号楼.
FLATS = {
    "梧桐里": ("杏花1社区", ("1号楼", "3号楼", "5号楼")),
    "和平苑": ("杏花1社区", ("3号楼", "听雨轩")),
    "锦绣": ("杏花2社区", ("8号楼",)),
}
ROOMS = ("101", "102", "501")


@pytest.fixture
def street(world: World) -> World:
    """A few buildings with three rooms in each of two entrances; every 101 is old, of 梧桐里 they also live alone."""
    world.households(2, communities=2)
    ids = count(1000)
    with world.app.writing() as db:
        for name, (community, buildings) in FLATS.items():
            above = db.query(Unit).filter(Unit.name == community).one()
            estate = Unit(kind=UnitKind.ESTATE, name=f"{name}小区", parent_id=above.id, nicknames=name)
            db.add(estate)
            db.flush()
            estate.path = f"{above.path}{estate.id}/"
            for called in buildings:
                building = Building(estate_id=estate.id, name=called, nicknames=called.replace("号楼", "栋"))
                db.add(building)
                db.flush()
                for entrance in ("1", "2"):
                    for room in ROOMS:
                        tags = ("elderly alone" if name == "梧桐里" else "elderly") if room == "101" else None
                        home = Household(
                            id=next(ids), building_id=building.id, estate_id=estate.id, community_id=above.id
                        )
                        home.entrance, home.room, home.tags = entrance, room, tags
                        db.add(home)
    return world


def chosen(world: World, words: str, community: int = 1, kind: UnitKind = UnitKind.COMMUNITY) -> tuple[int, str]:
    """How many households words mean, and how that is said back."""
    with world.app.reading() as db:
        unit = db.get_one(Unit, world.unit(kind, community).id)
        spec = notice_audience.read(db, unit, words, START)
        ids = db.scalars(select(Household.id).where(audiences.matching(db, unit.path, spec))).all()
        return len(ids), audience_said.describe(db, Notice(unit_id=unit.id, audience=spec))


MEANT = {
    "全体": (31, "杏花1社区全体住户"),
    "梧桐里": (18, "梧桐里小区"),
    "梧桐里小区的住户": (18, "梧桐里小区"),
    "1号楼和5号楼": (12, "梧桐里小区1号楼、梧桐里小区5号楼"),
    "梧桐里3号楼，5栋": (12, "梧桐里小区3号楼、梧桐里小区5号楼"),
    "梧桐里的３号楼": (6, "梧桐里小区3号楼"),
    "和平苑三号楼": (6, "和平苑小区3号楼"),
    "听雨轩": (6, "和平苑小区听雨轩"),
    "和平苑，梧桐里5号楼": (18, "和平苑小区、梧桐里小区5号楼"),
    "老人": (10, "杏花1社区里的老年人"),
    "独居老人": (6, "杏花1社区里的独居老人"),
    "和平苑的老人": (4, "和平苑小区里的老年人"),
    "梧桐里3号楼独居": (2, "梧桐里小区3号楼里的独居"),
    "梧桐里3-2-501": (1, "名单里的 1 户"),
    "1-1-101、5-2-102": (2, "名单里的 2 户"),
    "梧桐里5号楼2单元": (3, "名单里的 3 户"),
    "发给1号楼和5-1-101": (7, "名单里的 7 户"),
}
UNCLEAR = {
    "3号楼": "「3号楼」有 2 处：梧桐里小区3号楼、和平苑小区3号楼。请写上小区名",
    "锦绣": "「锦绣」不在杏花1社区的范围里",
    "杏花2社区": "不在杏花1社区的范围里",
    "梧桐里9号楼": "梧桐里小区里没有找到「9号楼」",
    "梧桐里3-2-909": "没有找到「3-2-909」这一户",
    "桃花源": "没看懂「桃花源」发给谁",
    "1号楼和那谁": "没看懂「那谁」发给谁",
    "没看 7 的": "没有 7 号通知",
    "的": "没看懂「的」发给谁",
}


def test_words_mean_places_and_people(street: World) -> None:
    found = {words: chosen(street, words) for words in MEANT}
    assert found == MEANT


def test_what_is_unclear_unknown_or_elsewhere_is_asked_back(street: World) -> None:
    for words, sentence in UNCLEAR.items():
        with pytest.raises(Unclear) as raised:
            chosen(street, words)
        assert sentence in str(raised.value), words


def test_the_street_reaches_every_estate(street: World) -> None:
    assert chosen(street, "锦绣8栋", kind=UnitKind.STREET) == (6, "锦绣小区8号楼")
    assert chosen(street, "杏花2社区，和平苑", kind=UnitKind.STREET)[0] == 1 + 6 + 12


LIST = """小区,楼号,单元,房号
梧桐里,3号楼,2单元,501
和平苑小区,3,1,101室
梧桐里3-2-501
锦绣,8,1,101
梧桐里,3,2
,,
梧桐里,77,1,101
"""


def test_a_list_says_what_is_wrong_with_which_line(street: World) -> None:
    with street.app.reading() as db:
        spec, wrong = notice_audience.read_list(db, street.unit(UnitKind.COMMUNITY), LIST)
    assert len(spec[audiences.HOUSEHOLDS]) == 2
    assert [line for line, _ in wrong] == [4, 5, 6, 8]
    assert wrong[0][1] == "和第 2 行是同一户"
    assert "不在杏花1社区的范围里" in wrong[1][1]


def test_in_one_line_of_the_chat(street: World) -> None:
    office = street.member(Role.COMMUNITY, street.unit(UnitKind.COMMUNITY))
    heard = office.says("通知 @梧桐里3号楼,5号楼 周六清洗水箱")
    assert "发给：梧桐里小区3号楼、梧桐里小区5号楼" in heard
    assert heard.endswith("确认发送 1 12户")
    assert "有 2 处" in office.says("通知 @3号楼 周六清洗水箱")
    assert office.says("通知 @1号楼, 5号楼 周六清洗水箱").endswith("确认发送 2 12户")
    assert office.says("修改 2 发给 梧桐里的独居老人").endswith("确认发送 2 6户")


def issue(person: Person, number: int, words: str) -> None:
    """Writes, confirms and sends one."""
    line = person.says(words).rpartition("\n")[2]
    assert line.startswith(f"确认发送 {number} "), line
    person.says(line)
    while run_due(person.world.app):
        pass


def households(world: World, number: int) -> list[int]:
    """The households of a notice's ledger."""
    with world.app.reading() as db:
        rows = select(Ledger.household_id).join(Notice).where(Notice.number == number).order_by(Ledger.household_id)
        return list(db.scalars(rows))


def test_whoever_saw_another_notice_or_did_not(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(20))
    issue(admin, 1, "通知 周六清洗水箱")
    with world.app.writing() as db:
        for row in db.scalars(select(Ledger).where(Ledger.household_id.in_([1, 2, 3]))):
            row.seen_at = world.clock.at
        told = db.scalars(select(Ledger).where(Ledger.household_id == 4)).one()
        told.knocked_at = world.clock.at
    issue(admin, 2, "通知 @看过1的 谢谢大家")
    assert households(world, 2) == [1, 2, 3]
    preview = admin.says("通知 @没看过1号通知的 请看 1 号通知")
    assert "发给：杏花街道里的没看 1 号通知的" in preview
    world.pass_time(timedelta(minutes=1))
    with world.app.writing() as db:
        late = db.scalars(select(Ledger).join(Notice).where(Notice.number == 1, Ledger.household_id == 5)).one()
        late.seen_at = world.clock.at
    heard = admin.says("确认发送 3 16户")
    assert "开始发给 16 户" in heard, "reading is judged as it stood when it was written"
    while run_due(world.app):
        pass
    assert households(world, 3) == list(range(5, 21))


def test_exactly_the_households_of_the_preview_are_in_the_ledger(street: World) -> None:
    office = street.member(Role.COMMUNITY, street.unit(UnitKind.COMMUNITY))
    issue(office, 1, "通知 @和平苑的老人,独居老人 有上门体检")
    with street.app.reading() as db:
        tags = db.scalars(select(Household.tags).where(Household.id.in_(households(street, 1)))).all()
    assert len(tags) == 4
    assert all("elderly" in (tag or "") for tag in tags)
