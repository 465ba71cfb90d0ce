"""公家事, 大家事, 自家事: each goes its way, staff put it right, and no resident hears the name of it."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from storage.people import Unit, UnitKind
from storage.tickets import Desk
from tests.conversations.stage import RESIDENTS, Stage, to

UPSTAIRS = "3号楼2单元楼上邻居天天半夜拖椅子吵得睡不着，没法休息"
LAMP = "三号楼门口路灯坏了半个月了"
COMMON = "物业公司的保安天天睡觉，收了钱不干活，物业服务太差了，反映多少次都没人管"
LABELS = ("公家事", "大家事", "自家事", "分流")
CAST = ("王阿姨", "老周", "李婶", RESIDENTS)


def labels_heard(town: Stage) -> list[str]:
    said = [(message.chat or message.person, message.text) for message in town.heard]
    cards = [(message.chat or message.person, str(message.card)) for message in town.heard if message.card]
    return [text for who, text in said + cards if who in CAST and any(label in text for label in LABELS)]


def test_between_two_households_somebody_sits_down_with_both(town: Stage) -> None:
    said = town.say("王阿姨", UPSTAIRS)
    assert (town.ticket(1).category, town.ticket(1).lane) == ("noise", "private")
    assert any("可以请网格员小赵和两家坐下来谈" in text for text in to(said, "王阿姨"))
    assert "自家事：上门调解" in str([message.card for message in town.heard if message.person == "小赵"])
    assert town.facts(1).count("lane") == 1
    # in a group it is told in private
    said = town.say("李婶", UPSTAIRS.replace("3", "5"), RESIDENTS)
    assert any("坐下来谈" in text for text in to(said, "李婶"))
    assert "坐下来谈" not in "".join(to(said, RESIDENTS))
    assert labels_heard(town) == []


@pytest.mark.parametrize("words", ["物业费一年两千多，电梯天天坏，12号楼", "3号楼楼道灯坏了一个月，物业费白交了"])
def test_who_grumbles_at_the_fee_of_what_is_broken_is_not_called_together(town: Stage, words: str) -> None:
    said = town.say("老周", words, RESIDENTS)
    assert town.ticket(1).category == "building"
    assert "坐下来谈" not in "".join(text for _, text in said)
    assert to(said, "小赵")


def test_what_all_owners_must_settle_is_the_communitys_to_call_together(town: Stage) -> None:
    said = town.say("老周", COMMON, RESIDENTS)
    assert (town.ticket(1).category, town.ticket(1).lane) == ("property_service", "common")
    assert to(said, "周书记")
    assert to(said, "小赵") == []
    assert "梧桐社区会请物业和邻居们一起坐下来谈" in "".join(to(said, "老周"))
    assert labels_heard(town) == []


def test_everything_else_goes_as_before(town: Stage) -> None:
    said = town.say("王阿姨", LAMP, RESIDENTS)
    assert town.ticket(1).lane == "public"
    assert to(said, "小赵")
    assert to(said, "王阿姨") == []
    assert "lane" not in town.facts(1)


def test_staff_put_it_right_and_the_desk_follows(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    due = town.ticket(1).accept_due
    assert "公家事、大家事" in to(town.say("小赵", "分流 1"), "小赵")[0] or town.ticket(1).lane == "public"
    said = town.say("小赵", "分流 1 大家事")
    assert "1 号改成大家事了，转给梧桐社区，时限不变" in to(said, "小赵")[0]
    assert to(said, "周书记")
    assert "一起坐下来谈" in "".join(to(said, "王阿姨") + to(town.wait(minutes=2), "王阿姨"))
    assert (town.ticket(1).lane, town.ticket(1).accept_due) == ("common", due)
    assert "本来就是大家事" in to(town.say("周书记", "分流 1 大家事"), "周书记")[0]
    town.say("周书记", "分流 1 公家事")
    assert to(town.say("周书记", "查 1"), "周书记")[0].count("分流") == 2
    assert labels_heard(town) == []


def test_repair_of_common_parts_is_the_companys_first_and_nobody_is_called_together(town: Stage) -> None:
    with town.app.writing() as db:
        db.execute(delete(Desk))  # a table that says nothing
        estate = db.scalars(select(Unit).where(Unit.kind == UnitKind.ESTATE)).one()
        company = db.scalars(select(Unit).where(Unit.kind == UnitKind.PROPERTY)).one()
        company.parent_id, company.path = estate.id, f"{estate.path}{company.id}/"
    town.say("王阿姨", "三号楼电梯坏了两天了", RESIDENTS)
    company_id = town.ticket(1).desk_id
    assert (town.ticket(1).category, town.ticket(1).lane, company_id) == ("building", "common", company.id)
    town.say("周书记", "分流 1 公家事")
    town.say("周书记", "分流 1 大家事")
    assert (town.ticket(1).lane, town.ticket(1).desk_id) == ("common", company_id)


def test_an_emergency_and_enforcement_are_nobodys_private_matter(town: Stage) -> None:
    town.say("老周", "楼上邻居家里好大的煤气味！！", RESIDENTS)
    town.say("王阿姨", "东门口小贩占道摆摊，路都走不了了，天天这样没人管", RESIDENTS)
    assert {row.lane for row in town.tickets()} == {"public"}
    assert "不能分到自家事" in to(town.say("派单员", "分流 2 自家事"), "派单员")[0]
    assert town.ticket(2).lane == "public"
