"""A tap asks for a reason, a name, a code. Whoever then gives the whole command instead has answered: their next words
are read as if nothing had been asked, above all where they are somebody's trouble.

Sabotage that must turn these red: leave the question standing when the command itself was carried out.
"""

from __future__ import annotations

import pytest

from tests.conversations.offices import FIREMAN, LEADER, WHISTLE, with_departments
from tests.conversations.stage import RESIDENTS, Stage, to

FIRE = "五号楼设备间着火了，快来人"
TROUBLE = "七号楼设备间门口的路灯坏了半个月了"
SIGNED = [("周书记", WHISTLE), (LEADER, "签哨 1")]
# what was said before, who taps what, and the whole command
TAPS = {
    "decline": (SIGNED, FIREMAN, "说明不到 1 两台车都在火场"),
    "decline, and come": (SIGNED, FIREMAN, "报到 1 已到现场"),
    "whistle_refuse": (SIGNED[:1], LEADER, "不签 1 先由社区协调"),
    "whistle_refuse, and sign": (SIGNED[:1], LEADER, "签哨 1"),
    "whistle": ([], "周书记", WHISTLE),
    "suspend": ([], "小赵", "挂账 1 等资金"),
    "return": ([], "小赵", "退单 1 非本单位职责，《城市照明管理规定》第五条，建议转城管执法队"),
    "reassign": ([], "小赵", "转派 1 安居物业"),
    "reject": ([], "周书记", "不予受理 1 不在本辖区"),
    "recategorise": ([], "周书记", "改类 1 排水污水"),
    "resolve": ([], "小赵", "办结 1 灯泡已换"),
    "assist": ([], "小赵", "求助 1 要登高车"),
    "comment": ([], "周书记", "留言 1 楼下也黑"),
}


@pytest.fixture
def lamp(town: Stage) -> Stage:
    with_departments(town)
    town.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "接单 1")
    return town


@pytest.mark.parametrize("tapped", list(TAPS))
def test_what_the_whole_command_said_is_asked_no_more(lamp: Stage, tapped: str) -> None:
    before, who, whole = TAPS[tapped]
    for one in before:
        lamp.say(*one)
    lamp.press(who, tapped.partition(",")[0], 1)
    done = to(lamp.say(who, whole), who)
    assert done, whole
    said = to(lamp.say(who, TROUBLE), who)
    assert len(lamp.tickets()) == 2, (done, said)


@pytest.mark.parametrize("tapped", [name for name in TAPS if "," not in name])
def test_an_emergency_is_no_answer_to_anything(lamp: Stage, tapped: str) -> None:
    """Whoever is asked for a reason and sees a fire says the fire; the reason may still be said after it."""
    before, who, _ = TAPS[tapped]
    for one in before:
        lamp.say(*one)
    lamp.press(who, tapped, 1)
    said = to(lamp.say(who, FIRE), who)
    assert [ticket.urgency for ticket in lamp.tickets()] == ["ordinary", "emergency"], said


def test_after_the_emergency_the_reason_is_still_awaited(lamp: Stage) -> None:
    for one in SIGNED:
        lamp.say(*one)
    lamp.press(FIREMAN, "decline", 1)
    lamp.say(FIREMAN, FIRE)
    assert "的说明已报" in to(lamp.say(FIREMAN, "两台车都在火场"), FIREMAN)[0]


def test_who_cannot_come_is_not_said_to_have_come(lamp: Stage) -> None:
    for one in (*SIGNED, (FIREMAN, "说明不到 1 两台车都在火场")):
        lamp.say(*one)
    assert to(lamp.say(FIREMAN, "说明不到 1 还是来不了"), FIREMAN) == ["1 号消防救援站已经说明不到了，等答复。"]
    lamp.press(LEADER, "whistle_excuse", 1)
    assert to(lamp.say(FIREMAN, "报到 1"), FIREMAN) == ["1 号消防救援站已经说明不到了，可以不到。"]
