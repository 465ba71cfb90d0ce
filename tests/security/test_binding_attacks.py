"""Somebody who knows names and doors, as every neighbour does, and wants to be somebody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.households.homes import CODE_USES, WRONG_CODES
from handlers.message import Kind
from storage.base import new_ref
from storage.people import Account, BindCode, Household
from tests.conversations.doors import Doors
from tests.conversations.stage import RESIDENTS, Stage, to

ZHANG, THIEF = "张姐", "冒名的人"
NOTED = "已记下，网格员核对后告诉您。"


@pytest.fixture
def doors(town: Stage) -> Doors:
    return Doors(town)


def code_of(said: list[str]) -> str:
    return said[0].partition("绑定码 ")[2].partition("，")[0]


def enrolled(town: Stage, who: str = "张桂兰") -> str:
    """The code that the grid worker hands over at the door."""
    return code_of(to(town.say("小赵", f"登记 3-2-501 {who}"), "小赵"))


def speaks_elsewhere(town: Stage, doors: Doors) -> None:
    """张桂兰 is bound by another platform already, where she has told us of something."""
    with town.app.writing() as db:
        resident = db.get_one(Household, doors.zhang).contact_id or first_resident(town, doors)
        ref = new_ref()
        address = town.app.vault.seal("o_zhang", "accounts.address", ref)
        hashed = town.app.vault.lookup("oa:wx1:o_zhang")
        db.add(Account(ref=ref, door="oa:wx1", address=address, address_hash=hashed, resident_id=resident))


def first_resident(town: Stage, doors: Doors) -> int:
    from storage import households

    with town.app.reading() as db:
        return households.residents(db, doors.zhang)[0].id


def test_a_name_and_a_door_do_not_make_anybody_a_resident_who_speaks_already(town: Stage, doors: Doors) -> None:
    """A stranger on one platform must not become, by a word, whoever is bound on another."""
    speaks_elsewhere(town, doors)
    said = town.say(THIEF, "绑定 3-2-501 张桂兰")
    assert to(said, THIEF) == [NOTED]
    assert doors.account(THIEF).resident_id is None
    assert "已有账号" in to(said, "小赵")[0]  # whoever decides knows what they decide


def test_registering_a_resident_who_speaks_already_binds_nobody_who_asked(town: Stage, doors: Doors) -> None:
    assert to(town.say(THIEF, "绑定 3-2-777 张桂兰"), THIEF) == [NOTED]
    with town.app.writing() as db:
        home = db.get_one(Household, doors.zhang)
        home.room = "777"
    speaks_elsewhere(town, doors)
    town.say("小赵", "登记 3-2-777 张桂兰")
    assert doors.account(THIEF).resident_id is None


def test_a_code_ends_when_the_family_moves_away(town: Stage, doors: Doors) -> None:
    code = enrolled(town)
    assert "绑定好了" in to(town.say(ZHANG, f"绑定 {code}"), ZHANG)[0]
    town.say("小赵", "解绑 3-2-501 张桂兰")
    assert "不对或已过期" in to(town.say(ZHANG, f"绑定 {code}"), ZHANG)[0]
    assert doors.account(ZHANG).resident_id is None
    assert "不对或已过期" in to(town.say("张姐的朋友", f"绑定 {code}"), "张姐的朋友")[0]


def test_the_next_family_has_a_code_of_its_own(town: Stage, doors: Doors) -> None:
    old = enrolled(town)
    town.say("小赵", "解绑 3-2-501 全家")
    new = enrolled(town, "李新来")
    assert old != new
    assert "绑定好了" in to(town.say("新来的", f"绑定 {new}"), "新来的")[0]
    assert "不对或已过期" in to(town.say(ZHANG, f"绑定 {old}"), ZHANG)[0]


def test_a_code_is_used_up(town: Stage, doors: Doors) -> None:
    code = enrolled(town)
    for number in range(CODE_USES):
        assert "绑定好了" in to(town.say(f"家人{number}", f"绑定 {code}"), f"家人{number}")[0]
    assert "不对或已过期" in to(town.say("第七个", f"绑定 {code}"), "第七个")[0]
    with town.app.reading() as db:
        assert db.scalars(select(BindCode)).one().uses_left == 0


def test_a_code_ends_after_two_days(town: Stage, doors: Doors) -> None:
    code = enrolled(town)
    town.wait(hours=49)
    assert "不对或已过期" in to(town.say(ZHANG, f"绑定 {code}"), ZHANG)[0]
    assert "过期" in to(doors.arrive("扫码的人", f"h{code}"), "扫码的人")[0]


def test_a_code_said_in_a_group_is_not_answered_there(town: Stage, doors: Doors) -> None:
    code = enrolled(town)
    said = town.say(ZHANG, f"绑定 {code}", RESIDENTS)
    assert to(said, RESIDENTS) == []
    assert code not in str(said)
    assert doors.account(ZHANG).resident_id is None


def test_codes_of_households_are_not_tried_out_by_scanning(town: Stage, doors: Doors) -> None:
    code = enrolled(town)
    for number in range(WRONG_CODES):
        doors.arrive(THIEF, f"hWRONG{number}AA")
    assert "明天再试" in to(doors.arrive(THIEF, f"h{code}"), THIEF)[0]
    assert "明天再试" in to(town.say(THIEF, f"绑定 {code}"), THIEF)[0]
    assert doors.account(THIEF).resident_id is None


def test_claims_do_not_flood_the_grid_worker(town: Stage, doors: Doors) -> None:
    for room in range(30):
        doors.household("1", f"9{room:02}", "李大山")
    asked = [to(town.say(THIEF, f"绑定 3-1-9{room:02} 张三"), "小赵") for room in range(30)]
    assert sum(len(texts) for texts in asked) <= WRONG_CODES
    assert len(doors.claims()) <= WRONG_CODES


def test_somebody_elses_door_is_the_same_to_a_stranger_as_none(town: Stage, doors: Doors) -> None:
    """Bound or not, named or not, there or not: the words are the same, and so is how many there are."""
    town.say(ZHANG, "绑定 3-2-501 张桂兰")
    answers = {
        tuple(to(town.say(f"陌生人{number}", f"绑定 {door} {name}"), f"陌生人{number}"))
        for number, (door, name) in enumerate(
            [("3-2-501", "张桂兰"), ("3-2-501", "李四"), ("3-1-302", "张桂兰"), ("9-9-999", "张桂兰")]
        )
    }
    assert answers == {(NOTED,)}


def test_whoever_was_unbound_hears_no_more_of_the_door(town: Stage, doors: Doors) -> None:
    doors.household("2", "601", "李大山", "李小山", "王新来")
    town.say("大山", "绑定 3-2-601 李大山")
    town.say("小赵", "解绑 3-2-601 李大山")
    said = town.say("新来", "绑定 3-2-601 王新来")
    assert to(said, "大山") == []


def test_a_scene_is_no_door_of_another_platform(town: Stage, doors: Doors) -> None:
    """What a code of another account says means nothing here."""
    from storage.people import Scene

    with town.app.writing() as db:
        db.add(Scene(door="oa:other", scene="u1", unit_id=doors.estate_id, url="x", made_at=town.now))
    doors.arrive(THIEF, "u1")
    assert doors.account(THIEF).unit_id is None


@pytest.mark.parametrize("scene", ["h", "hé" * 10, "h' OR 1=1 --", "u%", "h" + "A" * 5000, "\x00", "u\n1"])
def test_what_a_link_was_made_to_say_does_no_harm(town: Stage, doors: Doors, scene: str) -> None:
    doors.arrive(THIEF, scene, "enter")
    assert doors.account(THIEF).resident_id is None
    assert "编号" in "".join(to(town.say(THIEF, "三号楼门口路灯坏了半个月了"), THIEF))


@pytest.mark.parametrize("action", ["accept", "resolve", "claim_agree", "notice_confirm", "reassign", "unknown:x"])
def test_a_press_of_somebody_without_a_post_does_nothing(town: Stage, action: str) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了")
    before = town.ticket(1).version
    town.press(THIEF, action, 1)
    assert town.ticket(1).version == before


def test_a_press_of_somebody_who_left_does_nothing(town: Stage) -> None:
    from tests.security.test_accounts import leave

    town.say("王阿姨", "三号楼门口路灯坏了半个月了")
    before = town.ticket(1).version
    leave(town, "小赵")
    said = town.press("小赵", "accept", 1)
    assert town.ticket(1).version == before
    assert "路灯" not in str(said)


@pytest.mark.parametrize("who", ["孙队", "小刘"])
@pytest.mark.parametrize("action", ["accept", "resolve", "progress", "verify"])
def test_a_forged_press_reaches_no_further_than_its_presser(town: Stage, who: str, action: str) -> None:
    """A department's handler and the property company's, at a ticket that lies with the grid; with another's card."""
    town.say("王阿姨", "三号楼门口路灯坏了半个月了")
    before = town.ticket(1).version
    data = {"ticket": "1", "task": "somebody-elses-card", "code": "c" * 40}
    said = town.send(who, Kind.PRESS, event=action, data=data, addressed=True)
    assert town.ticket(1).version == before
    assert "路灯" not in str(to(said, who))


def test_an_answer_to_somebody_elses_ticket_is_not_taken(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了")
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 灯泡已换")
    town.press(THIEF, "answer:good", 1)
    assert town.ticket(1).rating is None
    town.press("王阿姨", "answer:good", 1)
    assert town.ticket(1).rating == "satisfied"
