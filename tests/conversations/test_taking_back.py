"""撤销 of what stands beside a ticket: questions to the level above, decisions, whistles, parts, 并案, 分流, a roster.

Each goes back exactly, whoever had been asked hears of it, and what was taken back can be done and heard again.

Sabotage that must turn these red: a question above that stays; units that are not told; a name that stays taken, so
that the second time is heard by nobody; one of two merged tickets that goes back alone.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import rows_beside, tickets
from storage.rosters import Duty
from storage.tickets import Ticket
from storage.timers import Timer
from tests.conversations.offices import FIREMAN, LEADER, WATERMAN, WHISTLE, with_departments
from tests.conversations.stage import RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
RETURN = "退单 1 非本单位职责，《城市照明管理规定》第五条，建议转城管执法队"
WITHOUT = frozenset({"version", "handovers", "link_hash", "link_key"})
OVER = {"taken_back", "over", "refused", "released"}


@pytest.fixture
def lamp(town: Stage) -> Stage:
    with_departments(town, district=True)
    town.say("王阿姨", LAMP, RESIDENTS)
    return town


def stands(town: Stage) -> tuple[object, ...]:
    """Tickets, what still counts beside them, and what waits to ring; not what was taken back."""
    with town.app.reading() as db:
        columns = [column.key for column in Ticket.__mapper__.column_attrs if column.key not in WITHOUT]
        rows = [[getattr(row, key) for key in columns] for row in db.scalars(select(Ticket).order_by(Ticket.id))]
        found = tickets.by_number(db, 1)
        assert found is not None
        beside = {key: row for key, row in rows_beside.standing(db, found.id).items() if row.get("state") not in OVER}
        gone = [key for key, row in beside.items() if "whistle_id" in row and key.startswith("call:")]
        for key in gone:
            if f"whistle:{beside[key]['whistle_id']}" not in beside:
                del beside[key]
        waiting = select(Timer.kind, Timer.due_at).where(Timer.state == "waiting", Timer.kind != "undo:over")
        return rows, beside, sorted(map(tuple, db.execute(waiting)))


CASES: dict[str, tuple[list[tuple[str, str]], tuple[str, str], list[tuple[str, str]]]] = {
    "asked": ([("小赵", "接单 1")], ("小赵", RETURN), [("周书记", "1 号的「退单」撤回了，不用您定了。")]),
    "extension": (
        [("小赵", "接单 1")],
        ("小赵", "延期 1 3月6日 等配件"),
        [("周书记", "1 号的「延期」撤回了，不用您定了。")],
    ),
    "suspension": (
        [("小赵", "接单 1")],
        ("小赵", "挂账 1 缺资金"),
        [(LEADER, "1 号的「挂账」撤回了，不用您定了。")],
    ),
    "granted": (
        [("小赵", RETURN)],
        ("周书记", "同意 1"),
        [
            ("小赵", "1 号的「退单」，刚才定的撤销了，还在等梧桐社区定。"),
            ("孙队", "1 号的「审批」撤销了，不用办了，回到梧桐一网格。"),
        ],
    ),
    "refused": (
        [("小赵", RETURN)],
        ("周书记", "不同意 1 就是你们的"),
        [("小赵", "1 号的「退单」，刚才定的撤销了，还在等梧桐社区定。")],
    ),
    "more time": (
        [("小赵", "接单 1"), ("小赵", "延期 1 3月6日 等配件")],
        ("周书记", "同意 1"),
        [("王阿姨", "您报的 1 号，刚才告诉您的安排是点错了，还照原来的办，最迟时间不变。")],
    ),
    "whistled": ([("小赵", "接单 1")], ("周书记", WHISTLE), [(LEADER, "1 号的吹哨撤回了，不用签了。")]),
    "signed": (
        [("小赵", "接单 1"), ("周书记", WHISTLE)],
        (LEADER, "签哨 1"),
        [
            (FIREMAN, "1 号的哨收了，还没到的不用来了，谢谢。"),
            ("周书记", "1 号的吹哨，刚才的签字撤销了，叫的单位先不用来。"),
            ("王阿姨", "您报的 1 号，刚才说请几家一起办，是点错了；还照原来的接着办。"),
        ],
    ),
    "called off": (
        [("小赵", "接单 1"), ("周书记", WHISTLE), (LEADER, "签哨 1")],
        ("周书记", "收哨 1"),
        [(FIREMAN, "1 号的哨没有收，刚才说错了，还请按原来的时间到。")],
    ),
    "task force": (
        [("小赵", "接单 1")],
        ("周书记", "专班 1 物业 供水"),
        [(WATERMAN, "1 号不用您单位一起办了，谢谢。"), ("小刘", "1 号不用您单位一起办了，谢谢。")],
    ),
    "coordination": (
        [("小赵", "接单 1")],
        ("小赵", "协调 1 灯和树都要动"),
        [("周书记", "1 号不用您单位一起办了，谢谢。")],
    ),
    "let go": (
        [("小赵", "接单 1"), ("周书记", "专班 1 供水")],
        ("周书记", "不用协办 1 供水"),
        [(WATERMAN, "1 号还要请您单位一起办，刚才说不用了是点错了。")],
    ),
    "a part done": (
        [("小赵", "接单 1"), ("周书记", "专班 1 供水")],
        (WATERMAN, "办结 1 阀门关了"),
        [("小赵", "1 号：供水公司刚才那一步撤销了，现在是还没接。")],
    ),
    "lane": ([], ("周书记", "分流 1 大家事"), []),
}


@pytest.mark.parametrize("case", CASES)
def test_it_goes_back_exactly_and_can_be_done_and_heard_again(lamp: Stage, case: str) -> None:
    before, (who, words), told = CASES[case]
    for speaker, said in before:
        lamp.say(speaker, said)
        lamp.wait(seconds=70)
    stood = stands(lamp)
    first = lamp.say(who, words)
    acted = stands(lamp)
    assert acted != stood, first
    lamp.wait(seconds=20)
    back = lamp.say(who, "撤销")
    assert "撤销了" in to(back, who)[0]
    assert stands(lamp) == stood
    for person, text in told:
        assert text in to(back, person), (person, to(back, person))
    lamp.wait(seconds=5)
    assert "已经撤销过了" in to(lamp.say(who, "撤销"), who)[0]
    again = lamp.say(who, words)
    assert stands(lamp) != stood
    assert {name for name, _ in again} == {name for name, _ in first}, "all hear it again"


def test_said_step_by_step_it_goes_back_whole(lamp: Stage) -> None:
    lamp.say("小赵", "退单 1")
    lamp.say("小赵", "非本单位职责")
    lamp.say("小赵", "《城市照明管理规定》第五条")
    assert "已报给梧桐社区" in to(lamp.say("小赵", "城管执法队"), "小赵")[0]
    lamp.say("小赵", "撤销")
    assert to(lamp.say("周书记", "同意 1"), "周书记") == ["1 号现在没有等人定的事。"]
    assert lamp.ticket(1).returns == 0
    assert not any("城管" in text for text in to(lamp.say("小赵", "城管执法队"), "小赵")), "nothing is asked any more"


def test_what_somebody_decided_since_is_not_turned_back(lamp: Stage) -> None:
    lamp.say("小赵", RETURN)
    lamp.say("周书记", "不同意 1 就是你们的")
    assert "后来周书记又「审批」了" in to(lamp.say("小赵", "撤销"), "小赵")[0]
    lamp.say("小赵", "接单 1")
    assert "后来小赵又「接单」了" in to(lamp.say("周书记", "撤销"), "周书记")[0]


def test_two_that_were_made_one_are_two_again_or_neither(lamp: Stage) -> None:
    lamp.say("老周", "七号楼门口的垃圾三天没人收，臭死了", RESIDENTS)
    stood = stands(lamp)
    lamp.say("周书记", "并案 2 1")
    assert lamp.ticket(2).status == "merged"
    said = lamp.say("周书记", "撤销 2")
    assert stands(lamp) == stood
    assert "还是单独办" in to(said, "老周")[0]
    assert to(said, "王阿姨") == []
    lamp.say("周书记", "并案 2 1")
    made_one = stands(lamp)
    lamp.say("周书记", "拆分 2")
    said = lamp.say("周书记", "撤销")
    assert stands(lamp) == made_one
    assert "还和别人报的一起办" in to(said, "老周")[0]
    lamp.say("周书记", "拆分 2")
    lamp.say("小赵", "接单 1")
    assert "不能撤销了" in to(lamp.say("周书记", "撤销"), "周书记")[0]
    assert lamp.ticket(2).status == "reported"


def test_a_line_of_a_roster_goes_back_too(town: Stage) -> None:
    def on_it() -> list[tuple[object, ...]]:
        with town.app.reading() as db:
            rows = db.scalars(select(Duty).where(Duty.dropped_at.is_(None)))
            return [(row.staff_id, row.starts_at, row.ends_at) for row in rows]

    town.say("周书记", "值班 今晚 20:00-08:00 小赵")
    stood = on_it()
    town.wait(minutes=2)
    assert "没有能撤销的" in to(town.say("周书记", "撤销"), "周书记")[0], "after a minute it is 取消值班"
    for words, who in (("换班 今晚 小赵 小钱", "小钱"), ("取消值班 今晚 小赵", "小赵")):
        assert to(town.say("周书记", words), who)
        assert on_it() != stood
        town.wait(seconds=5)
        assert to(town.say("周书记", "撤销"), who), words
        assert on_it() == stood
        assert "没有能撤销的" in to(town.say("周书记", "撤销"), "周书记")[0], "and only once"
        town.wait(minutes=2)
    town.say("周书记", "值班 明晚 20:00-08:00 小钱")
    assert "您不用来了" in to(town.say("周书记", "撤销"), "小钱")[0]
    assert on_it() == stood


def test_what_is_never_taken_back_says_what_to_say_instead(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.say("周书记", "催办 1")
    assert "收不回来" in to(lamp.say("周书记", "撤销"), "周书记")[0]
    lamp.say("周书记", WHISTLE)
    lamp.say(LEADER, "签哨 1")
    lamp.say(FIREMAN, "报到 1")
    assert "请直接告诉吹哨的单位" in to(lamp.say(FIREMAN, "撤销 1"), FIREMAN)[0]
    lamp.wait(minutes=2)
    assert "要改，说「收哨 1」" in to(lamp.say(LEADER, "撤销"), LEADER)[0]
