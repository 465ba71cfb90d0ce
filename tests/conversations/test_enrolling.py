"""登记: staff at the door write down who lives there, and the code that they hand over binds the household."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from handlers.message import Incoming, Kind
from storage.inbox import Inbox
from storage.people import Account, BindCode, Household, Resident
from tests.conversations.doors import Doors
from tests.conversations.stage import OFFICE, Stage, to

NEW = "张姐的微信"


@pytest.fixture
def doors(town: Stage) -> Doors:
    return Doors(town)


def enrol(town: Stage, said: str = "登记 3-2-501 张桂兰 13800000000", who: str = "小赵") -> str:
    """Registers somebody and returns the code."""
    answer = to(town.say(who, said), who)[0]
    found = re.search(r"绑定码 (\w{8})", answer)
    assert found is not None, answer
    return found[1]


def residents(town: Stage, home: int) -> list[tuple[str, str]]:
    vault = town.app.vault
    with town.app.reading() as db:
        return [
            (
                vault.open(row.name, "residents.name", row.ref) if row.name else "",
                vault.open(row.phone, "residents.phone", row.ref) if row.phone else "",
            )
            for row in db.scalars(select(Resident).where(Resident.household_id == home).order_by(Resident.id))
        ]


def test_what_was_typed_is_forgotten_and_the_book_is_right(town: Stage, doors: Doors) -> None:
    enrol(town)
    assert residents(town, doors.zhang) == [("张桂兰", "13800000000")]
    with town.app.reading() as db:
        assert db.scalars(select(Inbox).where(Inbox.key == town.last_key)).one().text is None
        resident = db.scalars(select(Resident).where(Resident.household_id == doors.zhang)).one()
        assert resident.phone_hash == town.app.vault.lookup("13800000000")
        assert db.get_one(Household, doors.zhang).contact_id == resident.id
    enrol(town, "登记 3-2-501 張桂蘭")  # once more, without the telephone
    assert residents(town, doors.zhang) == [("张桂兰", "13800000000")]
    enrol(town, "登记 3-2-501 李建军")
    assert [name for name, _ in residents(town, doors.zhang)] == ["张桂兰", "李建军"]


def test_a_new_door_in_a_known_building(town: Stage, doors: Doors) -> None:
    enrol(town, "登记3栋4单元1201 刘一")
    with town.app.reading() as db:
        home = db.scalars(select(Household).where(Household.room == "1201")).one()
    assert (home.entrance, home.estate_id, home.community_id) == ("4", doors.estate_id, doors.community_id)
    assert "没有这栋楼" in to(town.say("小赵", "登记 9-4-1201 刘一"), "小赵")[0]


def test_the_whole_family_uses_the_code_six_times(town: Stage, doors: Doors) -> None:
    code = enrol(town)
    for number in range(6):
        heard = to(town.say(f"家人{number}", f"绑定 {code.lower()}"), f"家人{number}")
        assert heard[0].startswith("绑定好了：梧桐里小区3号楼2单元501。")
        assert doors.home_of(f"家人{number}") == doors.zhang
    assert "不对或已过期" in to(town.say("家人7", f"绑定 {code}"), "家人7")[0]
    names = [name for name, _ in residents(town, doors.zhang)]
    assert names == ["张桂兰", "", "", "", "", ""]  # the first is whom it was given to; nobody else is taken for her


def by_another_door(town: Stage, number: int, kind: Kind, **more: object) -> None:
    """Somebody on a second platform does something."""
    now = town.app.clock.wall()
    who = {"door": "memory:other", "sender": "o1", "chat": None, "said_at": now, "received_at": now}
    town.intake.take_now(Incoming(key=f"in:other:{number}", kind=kind, **who, **more))  # type: ignore[arg-type]


def other_account(town: Stage) -> Account:
    with town.app.reading() as db:
        return db.scalars(select(Account).where(Account.door == "memory:other")).one()


def test_one_code_on_two_doors_is_one_person_who_says_so(town: Stage, doors: Doors) -> None:
    code = enrol(town)
    town.say(NEW, f"绑定 {code}")
    by_another_door(town, 1, Kind.EVENT, event="enter", data={"scene": f"h{code}"})
    assert other_account(town).resident_id is None, "whoever scans somebody's code is asked first"
    by_another_door(town, 2, Kind.TEXT, text="是", addressed=True)
    assert other_account(town).resident_id == doors.account(NEW).resident_id
    town.say(NEW, "三号楼门口路灯坏了半个月了")
    by_another_door(town, 3, Kind.TEXT, text="没事了", addressed=True)
    assert town.ticket(1).status == "withdrawn"


def test_somebody_else_of_the_family_says_that_too(town: Stage, doors: Doors) -> None:
    code = enrol(town)
    town.say(NEW, f"绑定 {code}")
    by_another_door(town, 1, Kind.TEXT, text=f"绑定 {code}", addressed=True)
    by_another_door(town, 2, Kind.TEXT, text="不", addressed=True)
    mine, theirs = doors.account(NEW).resident_id, other_account(town).resident_id
    assert theirs is not None
    assert theirs != mine


def test_whoever_scans_a_strangers_code_and_says_nothing_is_nobody(town: Stage, doors: Doors) -> None:
    """Somebody pins up the code of their own door as if it were the estate's."""
    code = enrol(town)
    town.say(NEW, f"绑定 {code}")
    by_another_door(town, 1, Kind.EVENT, event="enter", data={"scene": f"h{code}"})
    by_another_door(town, 2, Kind.TEXT, text="三号楼门口路灯坏了半个月了", addressed=True)
    assert other_account(town).resident_id is None


def test_a_code_ends_after_two_days(town: Stage, doors: Doors) -> None:
    code = enrol(town)
    town.wait(hours=49)
    assert "不对或已过期" in to(town.say(NEW, f"绑定 {code}"), NEW)[0]
    assert doors.account(NEW).resident_id is None


def test_scanning_binds_and_welcomes(town: Stage, doors: Doors) -> None:
    code = enrol(town)
    heard = to(doors.arrive(NEW, f"h{code}", "subscribe"), NEW)
    assert heard == [
        f"绑定好了：梧桐里小区3号楼2单元501。{'小区里哪儿坏了、脏了、堵了，说一句或拍张照发来就行。'}问进展说「进度」，找人说「人工」。"
    ]
    assert doors.home_of(NEW) == doors.zhang
    assert to(doors.arrive(NEW, f"h{code}"), NEW) == ["您已经绑定在梧桐里小区3号楼2单元501了。"]
    assert "已过期或用完" in to(doors.arrive("别人", "hAAAAAAAA"), "别人")[0]
    with town.app.writing() as db:
        db.execute(update(BindCode).values(expires_at=town.now - timedelta(seconds=1)))
    assert "已过期或用完" in to(doors.arrive("别人", f"h{code}"), "别人")[0]


def test_staff_who_try_the_code_do_not_move_in(town: Stage, doors: Doors) -> None:
    code = enrol(town)
    assert "已经绑定为" in to(doors.arrive("小赵", f"h{code}"), "小赵")[0]
    assert "已经绑定为" in to(town.say("小赵", f"绑定 {code}"), "小赵")[0]
    assert doors.account("小赵").resident_id is None


def test_another_household_is_asked_about_first(town: Stage, doors: Doors) -> None:
    town.say(NEW, "绑定 3-2-501 张桂兰")
    code = enrol(town, "登记 3-1-302 王小明")
    assert "要改绑到刚才说的这一户吗" in to(doors.arrive(NEW, f"h{code}"), NEW)[0]
    assert doors.home_of(NEW) == doors.zhang
    assert "绑定好了" in to(town.say(NEW, "是"), NEW)[0]
    assert doors.home_of(NEW) == doors.empty


def test_who_asked_for_an_unknown_door_is_bound_when_it_is_registered(town: Stage, doors: Doors) -> None:
    said = town.say(NEW, "绑定 3-4-1201 刘一")
    assert to(said, NEW) == ["已记下，网格员核对后告诉您。"]
    assert "名册查无此户" in to(said, "小赵")[0]
    answer = town.say("小赵", "登记 3-4-1201 刘一")
    assert "先前申请绑定的账号已经绑好了" in to(answer, "小赵")[0]
    assert "您已绑定在梧桐里小区3号楼4单元1201" in to(answer, NEW)[0]
    assert doors.home_of(NEW) is not None


@pytest.mark.parametrize("who", ["王阿姨", "小刘", "孙队", "派单员"])
def test_only_those_who_know_the_doors_register(town: Stage, doors: Doors, who: str) -> None:
    town.say(who, "登记 3-2-501 冒名者")
    assert [name for name, _ in residents(town, doors.zhang)] == ["张桂兰"]


def test_not_in_a_group(town: Stage, doors: Doors) -> None:
    said = town.say("小赵", "登记 3-2-501 李建军 13800000000", OFFICE)
    assert to(said, OFFICE) == []
    assert to(said, "小赵") == ["「登记」请私下对我说。"]
    assert [name for name, _ in residents(town, doors.zhang)] == ["张桂兰"]
    with town.app.reading() as db:
        assert db.scalars(select(Inbox).where(Inbox.key == town.last_key)).one().text is None


def test_several_estates_must_be_named(town: Stage, doors: Doors) -> None:
    doors.estate("阳光小区")  # the community's, not the grid worker's
    assert "请写上小区名" in to(town.say("周书记", "登记 3-2-501 张桂兰"), "周书记")[0]
    enrol(town, "登记 梧桐里小区3-2-501 张桂兰", "周书记")
    enrol(town)


def test_without_a_name_nothing_is_written(town: Stage, doors: Doors) -> None:
    for said in ("登记", "登记 3-2-501", "登记 张桂兰", "登记 3-2-501 13800000000"):
        assert to(town.say("小赵", said), "小赵") == [
            "请写门牌和姓名，电话可以不写，例如「登记 3-2-501 张桂兰 13800000000」。"
        ]
