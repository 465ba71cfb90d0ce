"""Every command twice in a row: the second time nothing happens again, and nobody hears it twice.

Generated over all commands that staff give about a ticket. A command whose repeat is something new by its nature (a
second note, a list that is asked for) is named here, with the reason.
"""

from __future__ import annotations

import pytest
from sqlalchemy import update

from handlers.permissions import TABLE, ChatKind
from handlers.wording.commands import COMMANDS
from storage import rows_beside
from storage.people import Role
from storage.tickets import Ticket
from tests.conversations.offices import DISTRICT, FIREMAN, LEADER, WHISTLE, with_departments
from tests.conversations.stage import RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
WITHOUT = {"小刘": Role.PROPERTY, "孙队": Role.HANDLER, "小赵": Role.GRID_WORKER, "值班老何": Role.DUTY}
SAYS_ALREADY = {"accept", "resolve", "verify", "undo", "hand_off", "reject", "take_up", "nudge", "not_report", "erase"}
# Another note, comment, call for help, talk or regular look: a legitimate step of its own.
SAYS_MORE = {"progress", "assist", "comment", "talked", "look_back"}
# What brings a ticket to where a command means something, and what is said.
SCENES: dict[str, tuple[list[tuple[str, str]], tuple[str, str]]] = {
    "accept": ([], ("小赵", "接单 1")),
    "reassign": ([], ("小赵", "转派 1 安居物业")),
    "resolve": ([("小赵", "接单 1")], ("小赵", "办结 1 灯泡已换")),
    "verify": ([("小赵", "接单 1"), ("小赵", "办结 1 灯泡已换")], ("周书记", "核查 1 通过")),
    "undo": ([("小赵", "接单 1")], ("小赵", "撤销 1")),
    "erase": (
        [("小赵", "接单 1"), ("小赵", "办结 1 灯泡已换"), ("王阿姨", "满意")],
        ("周书记", "抹去原话 1 确认"),
    ),
    "hand_off": ([], ("周书记", "移交 1 供电公司 编号 A12 电话 95598")),
    "reject": ([], ("周书记", "不予受理 1 个人纠纷")),
    "take_up": ([("周书记", "不予受理 1 个人纠纷")], ("周书记", "恢复受理 1 确属我们办")),
    "nudge": ([("小赵", "接单 1")], ("周书记", "催办 1")),
    "recategorise": ([], ("小赵", "改类 1 绿化")),
    "not_report": ([], ("小赵", "不是报事 1")),
    "is_report": ([("小赵", "不是报事 1")], ("小赵", "是报事 1")),
    "return": ([("小赵", "接单 1")], ("小赵", "退单 1 不归我们，建议转城管")),
    "passed_on": ([], ("小赵", "已转告 1")),
    "look": ([], ("小赵", "查 1")),
    "todo": ([], ("小赵", "待办")),
    "hurry": ([("小赵", "接单 1")], ("王阿姨", "催一下 1")),
    "withdraw": ([], ("王阿姨", "撤回 1")),
}
TAKEN = ("小赵", "接单 1")
LATER = ("小赵", "延期 1 3月6日 等配件")
SHELVED = [TAKEN, ("小赵", "挂账 1 等资金"), (LEADER, "同意 1")]
AGAIN = [TAKEN, ("小赵", "办结 1 灯泡已换"), ("王阿姨", "还是没修")]
BLOWN = [TAKEN, ("周书记", WHISTLE), (LEADER, "签哨 1")]
CANNOT = [*BLOWN, (FIREMAN, "说明不到 1 都出警了")]
# The same where the level above, departments and a leader are needed.
WITH_OFFICES: dict[str, tuple[list[tuple[str, str]], tuple[str, str]]] = {
    "extend": ([TAKEN], LATER),
    "set_date": ([TAKEN], ("小赵", "定期 1 3月20日")),
    "suspend": ([TAKEN], SHELVED[1]),
    "resume": (SHELVED, ("小赵", "恢复 1")),
    "agree": ([TAKEN, LATER], ("周书记", "同意 1")),
    "disagree": ([TAKEN, LATER], ("周书记", "不同意 1 配件明天就到")),
    "redo": (AGAIN, ("周书记", "退回重办 1")),
    "lane": ([], ("周书记", "分流 1 大家事")),
    "task_force": ([TAKEN], ("周书记", "专班 1 供水")),
    "coordinate": ([TAKEN], ("小赵", "协调 1 灯和树都要动")),
    "hand_release": ([TAKEN, ("周书记", "专班 1 供水")], ("周书记", "不用协办 1 供水")),
    "whistle": ([TAKEN], ("周书记", WHISTLE)),
    "whistle_sign": (BLOWN[:-1], (LEADER, "签哨 1")),
    "whistle_refuse": (BLOWN[:-1], (LEADER, "不签 1 先由社区协调")),
    "whistle_over": (BLOWN, ("周书记", "收哨 1")),
    "respond": (BLOWN, (FIREMAN, "报到 1 已到现场")),
    "respond_contact": (BLOWN, (FIREMAN, "电话报到 1")),
    "decline": (BLOWN, CANNOT[-1]),
    "whistle_excuse": (CANNOT, (DISTRICT, "可以不到 1 消防")),
    "whistle_must": (CANNOT, (DISTRICT, "必须到 1 消防")),
    "whistle_rate": ([*BLOWN, (FIREMAN, "报到 1 已到现场")], ("派单员", "评价 1 消防 5")),
}


def state(stage: Stage) -> tuple[object, ...]:
    row = stage.ticket(1)
    with stage.app.reading() as db:
        beside = rows_beside.standing(db, row.id)
    return (
        beside,
        row.lane,
        row.resolve_due,
        row.status,
        row.holder_id,
        row.desk_id,
        row.category,
        row.closing,
        row.reopenings,
        row.handovers,
    )


@pytest.mark.parametrize("command", [*SCENES, *WITH_OFFICES])
def test_a_repeat_changes_nothing_and_the_resident_hears_nothing(town: Stage, command: str) -> None:
    before, (who, words) = SCENES[command] if command in SCENES else WITH_OFFICES[command]
    if command in WITH_OFFICES:
        with_departments(town, district=True)
    town.say("王阿姨", LAMP, RESIDENTS)
    if command == "set_date":
        with town.app.writing() as db:
            db.execute(update(Ticket).values(urgency="complex", resolve_due=None))
    for speaker, said in before:
        town.say(speaker, said)
        town.wait(minutes=2) if command != "undo" else None
    first = to(town.say(who, words), who)
    assert first, words
    town.wait(seconds=5)
    stood, facts = state(town), town.facts(1)
    heard = town.say(who, words)
    assert to(heard, who), "a repeat is answered too"
    if command in SAYS_ALREADY:
        assert any(word in to(heard, who)[0] for word in ("已经", "已由", "刚催过", "本来就是")), to(heard, who)
    new = [fact for fact in town.facts(1)[len(facts) :] if fact != "added"]
    assert (state(town), new) == (stood, [])
    if who != "王阿姨":
        assert to(heard, "王阿姨") == []
    assert {name for name, _ in heard} <= {who}, "whoever heard it once is not told again"
    town.wait(minutes=2)
    news = [message.text for message in town.heard if message.person == "王阿姨"] if who != "王阿姨" else []
    assert len(news) == len(set(news))


def test_whoever_may_not_is_told_who_may(town: Stage) -> None:
    """Each command by somebody of the staff who has none of its roles: harmless, and the answer names who may."""
    town.say("王阿姨", LAMP, RESIDENTS)
    stood, tried = town.facts(1), 0
    for name, command in COMMANDS.items():
        rule = TABLE[name]
        speaker = next((who for who, role in WITHOUT.items() if role not in rule.roles), None)
        if Role.RESIDENT in rule.roles or speaker is None or ChatKind.PRIVATE not in rule.chats:
            continue
        said = to(town.say(speaker, command.example.replace("1043", "1")), speaker)
        assert any("要由" in text and "来操作" in text for text in said), (name, speaker, said)
        tried += 1
    assert town.facts(1) == stood
    assert tried > 50


def test_every_command_about_a_ticket_is_tried() -> None:
    """Whoever adds a command that takes a ticket's number adds its scene, here or in the dialogues of its feature."""
    about_a_ticket = {name for name, one in COMMANDS.items() if "1043" in one.example}
    assert about_a_ticket - set(SCENES) - set(WITH_OFFICES) - SAYS_MORE - set(ELSEWHERE) == set()


# Where the repeats of the others are tried.
ELSEWHERE = {
    **dict.fromkeys(("merge", "split"), "test_merging.py"),
    **dict.fromkeys(("candidate_open", "candidate_refuse"), "test_review_first.py"),
    **dict.fromkeys(("status", "why"), "they answer what stands, and change nothing"),
    "supervise": "test_inspectors.py",
}
