"""Authorisation by account only: codes that are guessed, used twice, or belong to somebody who left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from handlers.households.household import WRONG_CODES
from handlers.message import Kind
from storage.inbox import Inbox
from storage.people import Account, BindCode, Staff
from tests.conversations.stage import RESIDENTS, Stage, to

CODE = "AB12CD34"


def give_code(town: Stage, code: str = CODE, name: str = "小赵") -> None:
    with town.app.writing() as db:
        db.add(
            BindCode(
                code_hash=town.app.vault.lookup(f"code:{code}"),
                staff_id=staff_id(town, name),
                expires_at=town.now + timedelta(days=1),
            )
        )


def staff_id(town: Stage, name: str) -> int:
    with town.app.reading() as db:
        for staff in db.scalars(select(Staff)):
            if town.app.vault.open(staff.name, "staff.name", staff.ref) == name:
                return staff.id
    raise LookupError(name)


def leave(town: Stage, name: str) -> None:
    with town.app.writing() as db:
        db.execute(update(Staff).where(Staff.id == staff_id(town, name)).values(active=False))


def bound(town: Stage) -> int:
    with town.app.reading() as db:
        return len(db.scalars(select(Account.id).where(Account.staff_id == staff_id(town, "小赵"))).all())


def test_codes_cannot_be_tried_out(town: Stage) -> None:
    give_code(town)
    before = bound(town)
    for number in range(WRONG_CODES):
        assert "不对" in to(town.say("李婶", f"绑定 WRONG{number}"), "李婶")[0]
    assert "明天再试" in to(town.say("李婶", f"绑定 {CODE}"), "李婶")[0]
    assert bound(town) == before
    assert "绑定好了" in to(town.say("老周", f"绑定 {CODE}"), "老周")[0]  # somebody else's tries are not his
    town.wait(days=1)
    give_code(town, "EF56GH78")
    assert "绑定好了" in to(town.say("李婶", "绑定 EF56GH78"), "李婶")[0]


def test_a_code_is_used_once_and_kept_nowhere(town: Stage) -> None:
    give_code(town)
    town.say("老周", f"绑定 {CODE}")
    assert "不对" in to(town.say("李婶", f"绑定 {CODE}"), "李婶")[0]
    town.say("老周", "绑定 ZZ99ZZ99")  # bound already: this code is somebody's all the same
    with town.app.reading() as db:
        assert [row.text for row in db.scalars(select(Inbox))] == [None, None, None]


def test_whoever_left_does_nothing_and_hears_nothing_more(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了")
    town.say("小赵", "接单 1")
    town.say("小赵", "好了")  # asked whether it is done
    leave(town, "小赵")
    town.heard.clear()
    version = town.ticket(1).version
    for order in ("是", "办结 1 好了", "查 1", "待办", "进度 1", "转派 1 物业", "进展 1 在修"):
        town.say("小赵", order)
    town.press("小赵", "accept", 1)
    assert town.ticket(1).version == version
    said = town.say("王阿姨", "补充一下，我电话13812345678")
    assert to(said, "小赵") == []
    assert "13812345678" in to(said, "小钱")[0]  # a colleague of the desk hears instead
    assert not any("13812345678" in message.text for message in town.heard if message.person == "小赵")


def test_an_old_question_does_not_outlive_the_ticket_changing_hands(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了")
    town.say("小赵", "转派 1 安居物业")
    town.say("小刘", "接单 1")
    town.say("小刘", "好了")
    town.say("周书记", "转派 1 城管")
    town.say("小刘", "是")
    assert town.ticket(1).status == "reported"


def test_whoever_said_it_is_done_does_not_verify_it(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了")
    town.say("小赵", "接单 1")
    town.say("周书记", "办结 1 灯已换")
    assert "自己办的" in to(town.say("周书记", "核查 1 通过"), "周书记")[0]
    assert town.ticket(1).status == "resolved"


@pytest.mark.parametrize("group", [None, RESIDENTS])
def test_what_somebody_said_in_private_cannot_be_quoted_by_another(town: Stage, group: str | None) -> None:
    town.photo("老周")
    private = town.last_key
    town.say("王阿姨", "这个谁管", group, quoted=private, addressed=True)
    town.say("王阿姨", "三号楼门口路灯坏了半个月了", group, quoted=private, addressed=True)
    town.send("王阿姨", Kind.RECALL, group, quoted=private)
    with town.app.reading() as db:
        row = db.scalars(select(Inbox).where(Inbox.key == private)).one()
        assert row.ticket_id is None
        assert row.recalled_at is None
