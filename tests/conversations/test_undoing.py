"""撤销: one's own last act is taken back within a minute, exactly; what nobody had heard yet nobody ever hears."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot import clock
from storage import tickets, undos
from storage.decisions import Undo
from storage.deployment import Question
from storage.facts import Fact, FactKind
from storage.outbox import Outbox, OutboxState
from storage.timers import Timer
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
WHERE_IT_GOES_ON = frozenset({"version", "handovers"})


@pytest.fixture
def lamp(town: Stage) -> Stage:
    town.say("王阿姨", LAMP, RESIDENTS)
    return town


def everything(stage: Stage, number: int = 1) -> dict[str, object]:
    """A ticket with its timers that wait and what was asked about it."""
    with stage.app.reading() as db:
        ticket = tickets.by_number(db, number)
        assert ticket is not None
        standing = undos.standing(db, ticket)
        asked = db.scalars(select(Question.kind).where(Question.ticket_id == ticket.id)).all()
    waiting = {"timers": standing.timers, "reminders": standing.reminders, "asked_above": standing.asked_above}
    return {**standing.fields, **waiting, "asked": sorted(asked)}


def held(stage: Stage) -> int:
    with stage.app.reading() as db:
        return len(db.scalars(select(Outbox.id).where(Outbox.state == OutboxState.HELD)).all())


@pytest.mark.parametrize(
    ("before", "act"),
    [
        ([], "接单 1"),
        ([], "办结 1 换了灯泡"),
        ([], "转派 1 安居物业"),
        ([], "改类 1 绿化"),
        ([], "不是报事 1"),
        (["接单 1"], "进展 1 已联系师傅"),
        (["接单 1"], "转派 1 小钱"),
        (["接单 1", "进展 1 已联系师傅"], "办结 1 换了灯泡"),
    ],
)
def test_a_ticket_goes_back_exactly_as_it_was(lamp: Stage, before: list[str], act: str) -> None:
    for words in before:
        lamp.say("小赵", words)
    stood = everything(lamp)
    lamp.wait(seconds=20)
    lamp.say("小赵", act)
    assert everything(lamp) != stood
    lamp.wait(seconds=20)
    said = to(lamp.say("小赵", "撤销"), "小赵")
    assert "撤销了" in said[0]
    assert everything(lamp) == stood
    assert lamp.facts(1)[-1] == "undone"
    lamp.say("小赵", act)  # and it can be done again
    assert everything(lamp) != stood


def test_what_was_taken_back_is_never_heard(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    assert to(lamp.say("小赵", "办结 1 换了灯泡"), "王阿姨") == []
    assert held(lamp) == 1
    assert to(lamp.say("小赵", "撤销"), "小赵") == ["1 号的「办结」撤销了，现在是已接单。居民还没听到。"]
    assert to(lamp.wait(minutes=5), "王阿姨") == []
    assert held(lamp) == 0


def test_after_a_minute_the_resident_hears_and_the_counter_command_is_named(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.say("小赵", "办结 1 换了灯泡")
    assert to(lamp.wait(seconds=59), "王阿姨") == []
    assert "说是弄好了：换了灯泡" in to(lamp.wait(seconds=1), "王阿姨")[0]
    lamp.wait(seconds=1)
    said = to(lamp.say("小赵", "撤销"), "小赵")
    assert said == ["1 号的「办结」过了1 分钟，不能撤销了。要改，说「核查 1 不通过 原因」。"]
    assert lamp.ticket(1).status == "resolved"


def test_acceptance_is_heard_at_once_and_so_is_its_end(lamp: Stage) -> None:
    assert "已接手" in to(lamp.say("小赵", "接单 1"), "王阿姨")[0]
    said = lamp.say("小赵", "撤销")
    assert "点错了" in to(said, "王阿姨")[0]
    assert "还等人接" in to(said, "小钱")[0]
    assert lamp.ticket(1).holder_id is None


def test_an_emergency_is_never_held_back(town: Stage) -> None:
    town.say("王阿姨", "三号楼电梯困人了，快来", RESIDENTS)
    town.say("小赵", "接单 1")
    assert "说是弄好了" in to(town.say("小赵", "办结 1 人已救出"), "王阿姨")[0]
    assert "说错了" in to(town.say("小赵", "撤销"), "王阿姨")[0]


def test_the_unit_that_had_it_for_a_moment_is_told(lamp: Stage) -> None:
    assert to(lamp.say("小赵", "转派 1 安居物业"), "小刘")
    said = lamp.say("小赵", "撤销")
    assert to(said, "小刘") == ["1 号的「转派」撤销了，不用办了，回到梧桐一网格。"]
    assert to(said, "王阿姨") == []


def test_nobody_takes_back_what_somebody_went_on_from(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.say("小赵", "办结 1 换了灯泡")
    heard = lamp.say("周书记", "核查 1 通过")
    assert ["说是弄好了" in text for text in to(heard, "王阿姨")] == [True, False]  # in order, at once
    said = to(lamp.say("小赵", "撤销"), "小赵")
    assert said == ["1 号后来周书记又「核查」了，您的「办结」不能撤销了。"]
    assert lamp.ticket(1).status == "closed"


def test_the_resident_who_answered_first_is_not_overruled(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.say("小赵", "办结 1 换了灯泡")
    lamp.say("王阿姨", "还是没修")
    assert "居民已经回了话" in to(lamp.say("小赵", "撤销"), "小赵")[0]
    assert lamp.ticket(1).status == "reported"


def test_an_act_is_its_own_persons_to_take_back(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    assert to(lamp.say("周书记", "撤销 1"), "周书记") == ["1 号最近一步不是您办的，是小赵的「接单」，要改请找小赵。"]
    assert "没有能撤销的" in to(lamp.say("周书记", "撤销"), "周书记")[0]
    assert lamp.ticket(1).status == "accepted"


def test_twice_is_once(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.say("小赵", "撤销")
    assert to(lamp.say("小赵", "撤销"), "小赵") == ["1 号的「接单」已经撤销过了。"]
    assert lamp.facts(1).count("undone") == 1


def test_what_one_message_did_is_taken_back_as_one(lamp: Stage) -> None:
    lamp.say("老周", "五号楼垃圾三天没收了臭死了", RESIDENTS)
    lamp.say("小赵", "接单 1 2")
    assert len(to(lamp.say("小赵", "撤销"), "小赵")) >= 2
    assert {ticket.status for ticket in lamp.tickets()} == {"reported"}


def test_a_photo_is_evidence_again(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.photo("小赵")
    lamp.say("小赵", "好了")
    lamp.say("小赵", "撤销")
    lamp.say("小赵", "办结 1")
    assert lamp.ticket(1).status == "resolved"


def test_what_a_wrong_correction_taught_is_forgotten(lamp: Stage) -> None:
    from storage.listening import examples

    lamp.say("小赵", "不是报事 1")
    lamp.say("小赵", "撤销")
    with lamp.app.reading() as db:
        assert examples(db, lamp.app.vault) == []


def test_what_is_held_outlives_every_process(lamp: Stage) -> None:
    """It is a row with a timer that stops with nothing: whatever clock runs next lets it go."""
    lamp.say("小赵", "接单 1")
    lamp.say("小赵", "办结 1 换了灯泡")
    with lamp.app.reading() as db:
        waiting = db.scalars(select(Timer).where(Timer.kind == "undo:over", Timer.state == "waiting")).all()
        assert [timer.ticket_id for timer in waiting] == [None, None]
    with lamp.app.writing() as db:
        lamp.app.clock.advance(db, lamp.now.replace(hour=12))
    clock.tick(lamp.app)  # hours late, and only once
    clock.tick(lamp.app)
    lamp.wait(seconds=1)
    told = [message for message in lamp.heard if message.person == "王阿姨" and "说是弄好了" in message.text]
    assert len(told) == 1


def test_in_the_staff_group_too(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1", OFFICE)
    said = lamp.say("小赵", "撤销", OFFICE, quoted=lamp.card(1, OFFICE))
    assert any("撤销了" in text for text in to(said, OFFICE))
    assert lamp.ticket(1).status == "reported"


def test_the_promise_is_that_of_before(lamp: Stage) -> None:
    lamp.wait(hours=7, minutes=40)
    before = to(lamp.say("小赵", "为什么 1"), "小赵")
    lamp.say("小赵", "接单 1")
    lamp.say("小赵", "撤销")
    assert to(lamp.say("小赵", "为什么 1"), "小赵") == before
    with lamp.app.reading() as db:
        facts = db.scalars(select(Fact.kind).order_by(Fact.id)).all()
    assert facts[-2:] == [FactKind.ACCEPTED, FactKind.UNDONE]


def test_what_was_asked_of_the_level_above_is_asked_again(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.say("小赵", "延期 1 3月6日 等配件")
    asked = everything(lamp)["asked_above"]
    assert asked
    lamp.say("小赵", "办结 1 换了灯泡")
    assert not everything(lamp)["asked_above"]
    lamp.say("小赵", "撤销")
    assert everything(lamp)["asked_above"] == asked


def test_what_moved_without_anybodys_word_is_not_turned_back(lamp: Stage) -> None:
    """The clock may close a ticket and leave no act behind: what the act changed must still stand as it left it."""
    lamp.say("小赵", "接单 1")
    with lamp.app.writing() as db:
        ticket = tickets.by_number(db, 1)
        assert ticket is not None
        ticket.status = "withdrawn"
    assert "不能撤销了" in to(lamp.say("小赵", "撤销"), "小赵")[0]
    assert lamp.ticket(1).status == "withdrawn"


def test_of_two_who_decide_at_once_one_wins(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    with lamp.app.writing() as db:
        number = db.scalars(select(Undo.id)).one()
        assert undos.settle(db, number, undos.OVER)
        assert not undos.settle(db, number, undos.DONE)
    assert "不能撤销了" in to(lamp.say("小赵", "撤销"), "小赵")[0]
