"""吹哨报到: who may call whom, one tap to sign, an answer in time, and what happens where there is none."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import tickets, whistles
from storage.facts import Fact, FactKind
from storage.inbox import Body
from tests.conversations.offices import DISTRICT, FIREMAN, LEADER, WHISTLE, with_departments
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

STAIRS = "三号楼楼道堆满东西，消防通道都堵死了，我叫王秀英 13987654321"
TOGETHER = "您报的 1 号，正在协调几个部门一起办，有进展就告诉您。"


@pytest.fixture
def stairs(town: Stage) -> Stage:
    """Things in a staircase, held by the grid worker; a street with a leader, a district above it."""
    with_departments(town, district=True)
    town.say("王阿姨", STAIRS, RESIDENTS)
    town.say("小赵", "接单 1")
    return town


@pytest.fixture
def blown(stairs: Stage) -> Stage:
    stairs.say("周书记", WHISTLE)
    stairs.press(LEADER, "whistle_sign", 1)
    return stairs


def answers(town: Stage) -> list[str]:
    """What the units that were called have answered, in the order they were named."""
    with town.app.reading() as db:
        found = tickets.by_number(db, 1)
        assert found is not None
        return [row.answer for row in whistles.calls_about(db, found.id)]


def read_by(town: Stage, *names: str) -> str:
    return "\n".join(f"{m.text} {m.card}" for m in town.heard if (m.chat or m.person) in names)


def test_step_by_step_in_private_then_one_tap_and_everybody_knows(stairs: Stage) -> None:
    said = stairs.say("周书记", "吹哨 1", OFFICE)
    assert to(said, OFFICE) == ["1 号要叫谁、什么情况，已私下问您，不在群里说。"]
    assert "要叫哪几个部门" in to(said, "周书记")[0]
    assert "没找到「消房」" in to(stairs.say("周书记", "城管 消房"), "周书记")[0]
    assert "问题清单" in to(stairs.say("周书记", "城管和消防"), "周书记")[0]
    assert "需求清单" in to(stairs.say("周书记", "三家占着通道"), "周书记")[0]
    said = stairs.say("周书记", "城管劝离，消防查通道")
    assert "已请陈主任签发" in to(said, "周书记")[0]
    assert "问题：三家占着通道\n需求：城管劝离，消防查通道" in to(said, LEADER)[0]
    assert to(said, "孙队") == []  # nobody is called before it is signed
    said = stairs.press(LEADER, "whistle_sign", 1)
    for who in ("孙队", FIREMAN):
        assert "问题：三家占着通道" in to(said, who)[0]
    assert to(said, "王阿姨") == [TOGETHER]
    assert to(stairs.press(LEADER, "whistle_sign", 1), LEADER) == ["1 号的吹哨 陈主任 已经处理了。"]
    assert stairs.facts(1).count("whistle_signed") == 1


def test_whoever_is_called_never_reads_who_complained(stairs: Stage) -> None:
    with_name = "吹哨 1 城管 消防 问题：王阿姨 13987654321 住3-1203，反映几次了 需求：劝离"
    stairs.say("周书记", with_name)
    stairs.press(LEADER, "whistle_sign", 1)
    stairs.say("孙队", "查 1")
    stairs.say("孙队", "查 1", OFFICE)
    for secret in ("王阿姨", "王秀英", "13987654321", "1203"):
        assert secret not in read_by(stairs, "孙队", FIREMAN, OFFICE)
    assert "反映几次了" in read_by(stairs, "孙队", FIREMAN)
    assert "反映几次了" not in read_by(stairs, OFFICE, RESIDENTS)


def test_the_lists_are_sealed_and_known_to_history(blown: Stage) -> None:
    with blown.app.reading() as db:
        kept = db.scalars(select(Fact).where(Fact.kind == FactKind.WHISTLED)).all()
        assert all(fact.body_id is not None for fact in kept)
        assert len(kept) == 2
        dump = str(db.scalars(select(Body.text)).all())
    assert dump
    assert "劝离" not in dump


def test_a_case_of_one_department_is_dispatched(stairs: Stage) -> None:
    said = stairs.say("周书记", "吹哨 1 城管 问题：堵了 需求：劝离")
    assert "不用吹哨，直接派单就行" in to(said, "周书记")[0]
    card = next(message.card for message in reversed(stairs.heard) if message.card)
    assert [button.action for button in card.buttons] == ["reassign"]
    assert "whistled" not in stairs.facts(1)


def test_a_grid_worker_calls_the_community_and_stays(stairs: Stage) -> None:
    said = stairs.say("小赵", "吹哨 1 问题：三家占着 需求：请社区叫人")
    assert "已报梧桐社区" in to(said, "小赵")[0]
    assert "请社区叫人" in to(said, "周书记")[0]
    assert stairs.ticket(1).status == "in_progress"
    said = stairs.press("周书记", "respond", 1)
    assert "梧桐社区报到" in to(said, "小赵")[0]
    assert stairs.ticket(1).holder_id is not None


def test_only_the_leader_on_duty_signs_and_says_why_not(stairs: Stage) -> None:
    stairs.say("周书记", WHISTLE)
    assert "要由陈主任签发" in to(stairs.press("派单员", "whistle_sign", 1), "派单员")[0]
    assert "要由" in to(stairs.press("小赵", "whistle_sign", 1), "小赵")[0]
    assert "为什么不签" in to(stairs.press(LEADER, "whistle_refuse", 1), LEADER)[0]
    said = stairs.say(LEADER, "先由社区协调")
    assert to(said, "周书记") == ["1 号的吹哨 陈主任 没有签发：先由社区协调"]
    assert to(said, "孙队") == []
    assert answers(stairs) == []
    assert "没有在吹的哨" in to(stairs.say("周书记", "收哨 1"), "周书记")[0]


def test_the_street_leader_needs_no_other_signature(stairs: Stage) -> None:
    assert "哨响了" in to(stairs.say(LEADER, WHISTLE), LEADER)[0]
    assert answers(stairs) == ["waiting", "waiting"]


def test_there_by_presence_or_by_telephone_and_each_has_a_part(blown: Stage) -> None:
    assert "等您单位报到" in to(blown.say("孙队", "待办"), "孙队")[0]
    said = blown.say("孙队", "报到 已到现场，在三号楼东侧")  # the only one: no number
    assert "您这部分" in to(said, "孙队")[0]
    assert "城管执法队报到（到现场）" in to(said, "周书记")[0]
    blown.press(FIREMAN, "respond_contact", 1)
    assert answers(blown) == ["present", "contact"]
    assert to(blown.say("孙队", "报到 1"), "孙队") == ["1 号城管执法队已经报到过了。"]
    assert blown.facts(1).count("responded") == 2
    assert "还有城管执法队、消防救援站没办好" in to(blown.say("小赵", "办结 1 都清了"), "小赵")[0]
    assert blown.ticket(1).status == "in_progress"
    assert "三家都劝走了" in to(blown.say("孙队", "办结 1 三家都劝走了"), "小赵")[0]
    assert "几家都办好了" in to(blown.say(FIREMAN, "办结 1 通道查过了"), "小赵")[0]
    blown.say("小赵", "办结 1 都清了")
    assert blown.ticket(1).status == "resolved"
    heard = [m.text for m in blown.heard if m.person == "王阿姨"]
    assert heard.count(TOGETHER) == 1
    assert not any("报到" in text or "劝走" in text for text in heard)


def test_whoever_is_not_called_has_nothing_to_answer(stairs: Stage) -> None:
    stairs.say("周书记", "吹哨 1 城管 供水 问题：堵了 需求：劝离")
    stairs.press(LEADER, "whistle_sign", 1)
    for order in ("报到 1 已到现场", "说明不到 1 不归我", "查 1", "办结 1 好了"):
        assert "不在您的范围" in to(stairs.say(FIREMAN, order), FIREMAN)[0]


def test_who_cannot_come_is_the_streets_then_the_districts_to_say(blown: Stage) -> None:
    blown.press(FIREMAN, "decline", 1)
    said = blown.say(FIREMAN, "不在我们站的管辖范围")
    assert "可以不到" in to(said, LEADER)[0]
    assert "江北区定" in to(blown.press(LEADER, "whistle_must", 1), LEADER)[0]
    assert "现在由江北区定" in to(blown.press(LEADER, "whistle_excuse", 1), LEADER)[0]
    said = blown.press(DISTRICT, "whistle_must", 1)
    assert "一定要来" in to(said, FIREMAN)[0]
    assert "不能再说明不到" in to(blown.say(FIREMAN, "说明不到 1 真的来不了"), FIREMAN)[0]
    blown.say(FIREMAN, "报到 1 已到现场")
    assert answers(blown) == ["waiting", "present"]


def test_the_street_may_excuse_by_itself(blown: Stage) -> None:
    blown.say(FIREMAN, "说明不到 1 人都在火场")
    said = blown.say(LEADER, "可以不到 1")
    assert to(said, FIREMAN) == ["1 号消防救援站：可以不到。"]
    assert "可以不到" in to(blown.say("周书记", "查 1"), "周书记")[0]
    assert "没有等您定的" in to(blown.press(LEADER, "whistle_excuse", 1), LEADER)[0]
    assert [text for text in to(blown.wait(hours=30), FIREMAN) if "报到" in text] == []


def test_nobody_answers_the_head_then_the_district(stairs: Stage) -> None:
    """应急处置: thirty minutes, at any hour; yellow, red to the head, then 一事一议; said once to a person."""
    stairs.say("周书记", WHISTLE.replace("吹哨 1", "吹哨 1 应急处置"))
    said = stairs.wait(minutes=11)
    assert any("等着签发" in text for text in to(said, LEADER))
    stairs.press(LEADER, "whistle_sign", 1)
    assert "🟡" in to(stairs.wait(minutes=25), FIREMAN)[0]
    said = stairs.wait(minutes=6)
    assert [text for text in to(said, LEADER) if "还没报到" in text] == [
        "🔴 1 消防安全：吹哨叫到的单位还没报到，已超时，请马上过问。"
    ]
    assert to(said, DISTRICT) == []
    said = stairs.wait(minutes=30)
    assert any("一事一议" in text for text in to(said, DISTRICT))
    stairs.say("孙队", "报到 1 已到现场")
    stairs.press(FIREMAN, "respond", 1)
    assert [text for _, text in stairs.wait(hours=2) if "报到" in text] == []
    lights = [kind for kind in stairs.facts(1) if kind == "late"]
    assert len(lights) >= 6
    stairs.say(LEADER, "评价 1 城管 2")
    assert "2 分" in to(stairs.say("周书记", "查 1"), "周书记")[0]


def test_a_rating_is_of_a_department_and_never_of_a_person(blown: Stage) -> None:
    blown.say("孙队", "报到 1 已到现场")
    assert "不给个人打分" in to(blown.say(LEADER, "评价 1 孙队 5"), LEADER)[0]
    assert to(blown.say(LEADER, "评价 1 城管 5"), "孙队") == ["望江街道给您单位 1 号的报到打了 5 分（满分 5 分）。"]
    assert "已经是 5 分" in to(blown.say(LEADER, "评价 1 城管 5"), LEADER)[0]
    assert blown.facts(1).count("whistle_rated") == 1
    assert "要由" in to(blown.say("小赵", "评价 1 城管 1"), "小赵")[0]


def test_called_off_nobody_need_come_and_nothing_rings(blown: Stage) -> None:
    said = blown.say("周书记", "收哨 1")
    assert to(said, FIREMAN) == ["1 号的哨收了，还没到的不用来了，谢谢。"]
    assert [text for _, text in blown.wait(hours=40) if "报到" in text] == []


def test_what_is_done_and_taken_back_within_the_minute_calls_nobody_off(blown: Stage) -> None:
    blown.say("小赵", "办结 1 都清了")
    blown.say("小赵", "撤销")
    assert blown.wait(minutes=2) == []
    assert answers(blown) == ["waiting", "waiting"]
    blown.say("小赵", "办结 1 都清了")
    said = blown.wait(minutes=2)
    assert to(said, FIREMAN) == ["1 号的哨收了，还没到的不用来了，谢谢。"]
    assert "吹哨（重点难点）已收" in to(blown.say("周书记", "查 1"), "周书记")[0]
