"""A resident's account and a front door: bound by oneself, by code, by QR; claimed, refused, unbound."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.households.homes import WRONG_CODES
from storage import phone_accounts
from storage.deployment import Question
from storage.inbox import Inbox
from storage.outbox import Outbox
from storage.people import Account, Household, Resident, Scene
from tests.conversations.doors import Doors
from tests.conversations.stage import ESTATE, OFFICE, RESIDENTS, Stage, to

NEW = "张姐的微信"
HOW = "小区里哪儿坏了、脏了、堵了，说一句或拍张照发来就行。问进展说「进度」，找人说「人工」。"
NOTED = "已记下，网格员核对后告诉您。"


@pytest.fixture
def doors(town: Stage) -> Doors:
    return Doors(town)


@pytest.mark.parametrize(
    "said",
    [
        "绑定 3-2-501 张桂兰",
        "绑定3栋2单元501 张桂兰",
        "绑定３－２－５０１　張桂蘭",
        "绑定 三号楼二单元五〇一，我叫张桂兰",
        f"绑定 {ESTATE}3-2-501 张桂兰",
        "绑定 张桂兰 3号楼2单元501室",
        "綁定 3-2-501 張桂蘭",
    ],
)
def test_door_and_name_bind_at_once(town: Stage, doors: Doors, said: str) -> None:
    heard = to(town.say(NEW, said), NEW)
    assert heard == [f"绑定好了：梧桐里小区3号楼2单元501。{HOW}"]
    assert doors.home_of(NEW) == doors.zhang
    with town.app.reading() as db:
        home = db.get_one(Household, doors.zhang)
        assert home.contact_id == doors.account(NEW).resident_id
        row = db.scalars(select(Inbox).where(Inbox.key == town.last_key)).one()
        assert row.text is None


def test_a_report_after_binding_goes_where_they_live(town: Stage, doors: Doors) -> None:
    town.say(NEW, "绑定 3-2-501 张桂兰")
    town.say(NEW, "楼道灯坏了")
    assert (town.ticket(1).unit_id, town.ticket(1).building_id) == (doors.estate_id, doors.building_id)


@pytest.mark.parametrize(
    "said", ["绑定 3-2-501 王小明", "绑定 3-1-302 王小明", "绑定 9-9-999 王小明", "绑定 3-2-502 张桂兰"]
)
def test_a_guess_learns_nothing(town: Stage, doors: Doors, said: str) -> None:
    """A wrong name, a door without a name, an unknown building, an unknown room: one answer."""
    assert to(town.say("老周的小号", said), "老周的小号") == [NOTED]
    assert doors.account("老周的小号").resident_id is None


def test_guesses_are_counted_as_codes_are(town: Stage, doors: Doors) -> None:
    for room in range(WRONG_CODES):
        assert to(town.say(NEW, f"绑定 3-2-60{room} 张桂兰"), NEW) == [NOTED]
    assert to(town.say(NEW, "绑定 3-2-501 张桂兰"), NEW) == ["今天试的次数太多了，请明天再试，或请管理员当面帮您绑定。"]
    town.wait(days=1)
    assert "绑定好了" in to(town.say(NEW, "绑定 3-2-501 张桂兰"), NEW)[0]


def test_the_grid_worker_agrees(town: Stage, doors: Doors) -> None:
    said = town.say(NEW, "绑定 3-2-501 张小兰")
    [claim] = doors.claims()
    asked = to(said, "小赵")
    assert len(asked) == 1
    assert "梧桐里小区3号楼2单元501，自称张小兰" in asked[0]
    assert to(said, OFFICE) == []
    card = next(message.card for message in town.heard if message.person == "小赵" and message.card)
    assert [button.action for button in card.buttons] == ["claim_agree", "claim_refuse"]
    assert card.ticket == claim.number
    assert "501" not in str(card.as_json())
    assert "张小兰" not in str(card.as_json())
    answer = town.press("小赵", "claim_agree", claim.number)
    assert to(answer, "小赵") == [f"{claim.number} 号：已绑定，也告诉住户了。"]
    assert "您已绑定在梧桐里小区3号楼2单元501" in to(answer, NEW)[0]
    assert doors.home_of(NEW) == doors.zhang
    [settled] = doors.claims()
    assert (settled.state, settled.name) == ("agreed", None)
    assert to(town.say("小钱", f"不是住户 {claim.number}"), "小钱") == [f"{claim.number} 号绑定申请已经处理过了。"]
    assert doors.home_of(NEW) == doors.zhang


def test_the_grid_worker_refuses(town: Stage, doors: Doors) -> None:
    town.say(NEW, "绑定 3-1-302 张小兰")
    number = doors.claims()[0].number
    answer = town.say("小赵", f"不是住户 {number}")
    assert "没有核对上" in to(answer, NEW)[0]
    assert doors.account(NEW).resident_id is None
    assert doors.claims()[0].name is None


def test_saying_it_twice_is_one_claim(town: Stage, doors: Doors) -> None:
    town.say(NEW, "绑定 3-1-302 张小兰")
    said = town.say(NEW, "绑定 3-1-302 张小兰")
    assert to(said, NEW) == [NOTED]
    assert to(said, "小赵") == []
    assert len(doors.claims()) == 1


def test_only_those_of_the_place_decide(town: Stage, doors: Doors) -> None:
    town.say(NEW, "绑定 3-1-302 张小兰")
    number = doors.claims()[0].number
    for who in ("小刘", "孙队", "派单员", "王阿姨"):
        said = "".join(to(town.say(who, f"确认绑定 {number}"), who))
        assert "已绑定" not in said
    assert "私下" in to(town.say("小赵", f"确认绑定 {number}", OFFICE), "小赵")[0]
    assert to(town.say("小赵", "确认绑定 987654"), "小赵") == ["没有 987654 号绑定申请，或者不归您管。"]
    assert doors.claims()[0].state == "waiting"
    assert "已绑定" in to(town.say("周书记", f"确认绑定 {number}"), "周书记")[0]


def test_a_claim_lapses_after_two_weeks(town: Stage, doors: Doors) -> None:
    town.say(NEW, "绑定 3-1-302 张小兰")
    number = doors.claims()[0].number
    assert "没有核对上" in to(town.wait(days=14), NEW)[0]
    assert "过期" in to(town.say("小赵", f"确认绑定 {number}"), "小赵")[0]
    assert doors.account(NEW).resident_id is None
    assert doors.claims()[0].name is None


def test_a_name_that_is_taken_is_for_the_grid_worker(town: Stage, doors: Doors) -> None:
    """Two accounts of one door cannot both be the same person by their own word."""
    town.say(NEW, "绑定 3-2-501 张桂兰")
    assert to(town.say("冒名的人", "绑定 3-2-501 张桂兰"), "冒名的人") == [NOTED]
    assert doors.account("冒名的人").resident_id is None


def test_whoever_lives_there_hears_of_a_new_account(town: Stage, doors: Doors) -> None:
    doors.household("2", "601", "李大山", "李小山")
    town.say("大山", "绑定 3-2-601 李大山")
    said = town.say("小山", "绑定 3-2-601 李小山")
    assert to(said, "大山") == [
        "有一个新账号绑定到了您家（梧桐里小区3号楼2单元601）。不是家里人，请说「人工」告诉我们。"
    ]


def test_several_estates_are_asked_about_once(town: Stage, doors: Doors) -> None:
    doors.estate("阳光小区")
    said = to(town.say(NEW, "绑定 3-2-501 张桂兰"), NEW)
    assert said == [f"您住哪个小区？回数字或小区名：1 {ESTATE}，2 阳光小区。"]
    with town.app.reading() as db:
        assert "张桂兰" not in str(db.scalars(select(Question)).one().data)
    assert "绑定好了" in to(town.say(NEW, "1"), NEW)[0]


def test_the_group_they_speak_in_names_the_estate(town: Stage, doors: Doors) -> None:
    doors.estate("阳光小区")
    town.say(NEW, "今晚吃什么", RESIDENTS)
    assert "绑定好了" in to(town.say(NEW, "绑定 3-2-501 张桂兰"), NEW)[0]


def test_the_code_they_came_by_names_the_estate(town: Stage, doors: Doors) -> None:
    other = doors.estate("阳光小区")
    with town.app.writing() as db:
        db.add(Scene(door="memory:replay", scene="u1", unit_id=doors.estate_id, url="x", made_at=town.now))
        db.add(Scene(door="memory:replay", scene="u2", unit_id=other, url="x", made_at=town.now))
    said = to(doors.arrive(NEW, "u1", "subscribe"), NEW)
    assert said == [f"您好，这里是梧桐里小区的门口小助手（机器人）。{HOW}"]
    assert "绑定好了" in to(town.say(NEW, "绑定 3-2-501 张桂兰"), NEW)[0]
    doors.arrive("路过的人", "u2")
    town.say("路过的人", "3栋门口的路灯不亮")
    assert town.ticket(town.tickets()[-1].number).unit_id == other
    assert "阳光小区" in "".join(to([(m.person or "", m.text) for m in town.heard], "小赵"))


def test_moving_is_asked_before_the_old_door_is_left(town: Stage, doors: Doors) -> None:
    new_home = doors.household("1", "101", "张桂兰")
    town.say(NEW, "绑定 3-2-501 张桂兰")
    asked = to(town.say(NEW, "绑定 3-1-101 张桂兰"), NEW)
    assert asked == ["您现在绑定的是梧桐里小区3号楼2单元501。要改绑到刚才说的这一户吗？要改回「是」，不改回「不」。"]
    assert to(town.say(NEW, "不"), NEW) == ["好的，没有改。"]
    assert doors.home_of(NEW) == doors.zhang
    town.say(NEW, "绑定 3-1-101 张桂兰")
    assert "绑定好了" in to(town.say(NEW, "是"), NEW)[0]
    assert doors.home_of(NEW) == new_home
    assert to(town.say(NEW, "绑定 3-1-101 张桂兰"), NEW) == ["您已经绑定在梧桐里小区3号楼1单元101了。"]


def test_a_door_said_in_a_group_is_not_kept(town: Stage, doors: Doors) -> None:
    said = town.say("李婶", "绑定 3-2-501 张桂兰", RESIDENTS)
    assert to(said, RESIDENTS) == []
    with town.app.reading() as db:
        assert db.scalars(select(Inbox).where(Inbox.key == town.last_key)).one().text is None


def test_staff_talk_in_groups_is_no_command(town: Stage, doors: Doors) -> None:
    for text in ("登记一下各楼栋的老人", "登记表发我一份"):
        assert town.say("小赵", text, OFFICE) == []
        assert town.say("小赵", text, RESIDENTS) == []


def test_unbinding_asks_for_one_word(town: Stage, doors: Doors) -> None:
    town.say(NEW, "绑定 3-2-501 张桂兰")
    assert "确定就回「是」" in to(town.say(NEW, "解绑"), NEW)[0]
    assert to(town.say(NEW, "不"), NEW) == ["好的，没有解绑。"]
    assert doors.home_of(NEW) == doors.zhang
    town.say(NEW, "解绑")
    assert "已解绑" in to(town.say(NEW, "确定"), NEW)[0]
    assert doors.account(NEW).resident_id is None
    assert to(town.say(NEW, "解绑"), NEW) == ["这个账号没有绑定。"]


def test_staff_give_up_their_post_and_take_out_who_moved_away(town: Stage, doors: Doors) -> None:
    town.say(NEW, "绑定 3-2-501 张桂兰")
    answer = town.say("小赵", "解绑 3-2-501 张桂兰")
    assert "已搬走" in to(answer, "小赵")[0]
    assert "由网格员解除" in to(answer, NEW)[0]
    with town.app.reading() as db:
        assert doors.account(NEW).resident_id is None
        gone = db.scalars(select(Resident).where(Resident.erased_at.is_not(None))).one()
        assert (gone.name, gone.household_id) == (None, None)
        assert db.get_one(Household, doors.zhang).contact_id is None
    assert "没有对上" in to(town.say("小赵", "解绑 3-2-501 张桂兰"), "小赵")[0]
    assert "工作人员身份" in to(town.say("小钱", "解绑"), "小钱")[0]
    town.say("小钱", "是")
    assert doors.account("小钱").staff_id is None


def test_whoever_moved_away_leaves_no_telephone_number_behind(town: Stage, doors: Doors) -> None:
    town.say(NEW, "绑定 3-2-501 张桂兰")
    with town.app.writing() as db:
        whose = doors.account(NEW).resident_id
        number = phone_accounts.of_number(db, town.app.vault, "13912345678", whose).id
    town.say("小赵", "解绑 3-2-501 张桂兰")
    with town.app.reading() as db:
        row = db.get_one(Account, number)
        assert (row.resident_id, row.follows) == (None, False)
        assert town.app.vault.open(row.address, "accounts.address", row.ref) == row.ref
        hashes = town.app.vault.lookups(f"{row.door}:13912345678")
        assert row.address_hash not in hashes, "nor is it found by its number"


def test_whoever_has_another_number_leaves_the_old_one_nowhere(town: Stage, doors: Doors) -> None:
    town.say("小赵", "登记 3-2-501 张桂兰 13912345678")
    with town.app.writing() as db:
        assert phone_accounts.add_residents(db, town.app.vault, 0) is None
    town.say("小赵", "登记 3-2-501 张桂兰 13987654321")
    with town.app.writing() as db:
        assert phone_accounts.add_residents(db, town.app.vault, 0) is None
        numbers = {
            town.app.vault.open(row.address, "accounts.address", row.ref): row.resident_id
            for row in db.scalars(select(Account).where(Account.door == phone_accounts.SMS))
        }
        assert "13912345678" not in numbers
        assert numbers["13987654321"] is not None


def test_the_same_number_said_again_stays_the_same_account(town: Stage, doors: Doors) -> None:
    known: list[list[int]] = []
    for _ in range(2):
        town.say("小赵", "登记 3-2-501 张桂兰 13912345678")
        with town.app.writing() as db:
            assert phone_accounts.add_residents(db, town.app.vault, 0) is None
            known.append(list(db.scalars(select(Account.id).where(Account.door == phone_accounts.SMS))))
    assert known[0] == known[1]


def test_a_whole_family_moves_away(town: Stage, doors: Doors) -> None:
    home = doors.household("2", "601", "李大山", "李小山")
    town.say("大山", "绑定 3-2-601 李大山")
    town.say("小山", "绑定 3-2-601 李小山")
    answer = town.say("小赵", "解绑 3-2-601 全家")
    assert "2 个账号解除绑定" in to(answer, "小赵")[0]
    assert doors.home_of("大山") is None
    assert doors.home_of("小山") is None
    with town.app.reading() as db:
        assert db.scalars(select(Resident).where(Resident.household_id == home)).all() == []
        assert db.get_one(Household, home).contact_id is None


def test_binding_ends_what_was_claimed_elsewhere(town: Stage, doors: Doors) -> None:
    """A claim that is agreed to late must not move somebody out of the door they have bound since."""
    town.say(NEW, "绑定 3-1-302 张小兰")
    number = doors.claims()[0].number
    town.say(NEW, "绑定 3-2-501 张桂兰")
    assert "过期" in to(town.say("小赵", f"确认绑定 {number}"), "小赵")[0]
    assert doors.home_of(NEW) == doors.zhang
    assert doors.claims()[0].name is None


def test_a_named_estate_goes_before_the_code_but_keeps_ones_own_building(town: Stage, doors: Doors) -> None:
    other = doors.estate("阳光小区")
    town.say(NEW, f"绑定 {ESTATE}3-2-501 张桂兰")
    town.say(NEW, f"{ESTATE}楼道灯坏了")
    town.say(NEW, "阳光小区门口的垃圾三天没人收了")
    mine, there = town.tickets()
    assert (mine.unit_id, mine.building_id) == (doors.estate_id, doors.building_id)
    assert (there.unit_id, there.building_id) == (other, None)


def test_a_resident_cannot_unbind_somebody_else(town: Stage, doors: Doors) -> None:
    town.say(NEW, "绑定 3-2-501 张桂兰")
    said = to(town.say("老周", "解绑 3-2-501 张桂兰"), "老周")
    assert "确定就回「是」" in said[0]  # taken for their own
    town.say("老周", "不")
    assert doors.home_of(NEW) == doors.zhang


def test_nothing_personal_is_left_in_clear(town: Stage, doors: Doors) -> None:
    town.say(NEW, "绑定 3-1-302 张小兰")
    town.say(NEW, "绑定 8-1-302 张小兰")
    with town.app.reading() as db:
        everything = [str(row.__dict__) for kind in (Inbox, Outbox, Question) for row in db.scalars(select(kind))]
        everything += [str(row.__dict__) for row in doors.claims()]
    assert "张小兰" not in "".join(everything)
