"""What is asked of the level above, at the same moment as something else: one outcome and one fact, on both engines.

Sabotage that must turn these red: settle a decision without looking whether it still waits.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import clock
from bot.receive import Intake
from bot.scratch import DOOR
from handlers.message import Incoming, Kind
from storage import decisions as stored
from storage.decisions import Decision, DecisionState
from storage.facts import Fact, FactKind
from storage.people import Staff, Unit
from tests.conversations.stage import RESIDENTS, Stage

WHOLE = "退单 1 非本单位职责，《城市照明管理规定》第五条，建议转城管执法队"


@pytest.fixture
def lamp(tmp_path: Path, database_url: str) -> Iterator[Stage]:
    """A lamp that waits at the grid's desk."""
    stage = Stage(tmp_path, database_url)
    stage.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    yield stage
    stage.app.close()


def desk(town: Stage) -> str:
    with town.app.reading() as db:
        return db.get_one(Unit, town.ticket(1).desk_id).name


def decisions(town: Stage) -> list[tuple[str, str]]:
    with town.app.reading() as db:
        return [(row.kind, row.state) for row in db.scalars(select(Decision).order_by(Decision.id))]


def at_once(town: Stage, *said: tuple[str, str]) -> None:
    """Each says it over an intake of their own, at the same moment."""
    together, failed = threading.Barrier(len(said)), list[BaseException]()

    def speak(number: int, who: str, words: str) -> None:
        now = town.app.clock.wall()
        message = Incoming(f"in:race:{number}", DOOR, who, None, Kind.TEXT, now, now, words, addressed=True)
        intake = Intake(town.app)
        together.wait()
        try:
            intake.take_now(message)
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=speak, args=(number, *one)) for number, one in enumerate(said)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def kinds(town: Stage, *wanted: str) -> Sequence[str]:
    with town.app.reading() as db:
        found = db.scalars(select(Fact.kind).where(Fact.kind.in_(wanted)).order_by(Fact.id)).all()
        return [str(kind) for kind in found]


def test_two_who_are_asked_decide_at_once_and_one_does(lamp: Stage) -> None:
    lamp.wait(minutes=1)
    lamp.say("小赵", WHOLE)
    lamp.wait(hours=2)  # the street is asked: two people there
    at_once(lamp, ("派单员", "同意 1"), ("值班老何", "不同意 1 不行"))
    [(_, state)] = decisions(lamp)
    assert kinds(lamp, FactKind.DECIDED) == ["decided"]
    assert kinds(lamp, FactKind.RETURNED) == (["returned"] if state == "granted" else [])
    assert desk(lamp) == ("城管执法队" if state == "granted" else "梧桐一网格")
    texts = [text for _, text in lamp._deliver()]
    assert sum("已经定了" in text for text in texts) == 1


def test_two_who_refuse_at_once_are_one_refusal(lamp: Stage) -> None:
    """A refusal leaves the ticket as it is, so that nothing but the decision itself can stop the second."""
    lamp.wait(minutes=1)
    lamp.say("小赵", WHOLE)
    lamp.wait(hours=2)
    at_once(lamp, ("派单员", "不同意 1 不归城管"), ("值班老何", "不同意 1 不行"))
    assert decisions(lamp) == [("return", "refused")]
    assert kinds(lamp, FactKind.DECIDED) == ["decided"]
    texts = [text for _, text in lamp._deliver()]
    assert sum("已经定了" in text for text in texts) == 1


def test_what_is_decided_is_decided_by_the_first(lamp: Stage) -> None:
    """As it comes to whoever waited for the lock of the ticket, and had read before that nobody had decided."""
    lamp.say("小赵", WHOLE)
    with lamp.app.writing() as db:
        decision = db.scalars(select(Decision)).one()
        first, second = db.scalars(select(Staff.id).order_by(Staff.id).limit(2))

        def settled(state: DecisionState, by: int) -> bool:
            return stored.settle(db, decision, state, by=by, at=lamp.now, answer=None, final=False)

        assert settled(DecisionState.GRANTED, first)
        assert not settled(DecisionState.REFUSED, second)
        assert not stored.pass_up(db, decision, decision.judge_id, lamp.now)
        assert (decision.state, decision.decided_by_id, decision.rung) == ("granted", first, 0)


@pytest.mark.parametrize("word", ["接单 1", "办结 1 灯泡已换"])
def test_a_decision_against_the_desks_own_word_has_one_outcome(lamp: Stage, word: str) -> None:
    if word != "接单 1":
        lamp.say("小赵", "接单 1")
    before = len(kinds(lamp, FactKind.ACCEPTED))
    lamp.say("小赵", WHOLE)
    at_once(lamp, ("周书记", "同意 1"), ("小赵", word))
    ticket, [(_, state)] = lamp.ticket(1), decisions(lamp)
    if state == "granted":  # also where it was accepted in the moment before
        assert (desk(lamp), ticket.status, ticket.holder_id) == ("城管执法队", "reported", None)
        assert len(kinds(lamp, FactKind.ACCEPTED)) <= before + 1
        assert kinds(lamp, FactKind.RESOLVED) == []
    else:
        assert (state, ticket.status) == ("taken_back", "resolved")
        assert kinds(lamp, FactKind.RETURNED, FactKind.DECIDED) == []


def test_a_return_against_being_done_at_once(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    at_once(lamp, ("小赵", "办结 1 灯泡已换"), ("小钱", WHOLE))
    assert lamp.ticket(1).status == "resolved"
    assert decisions(lamp) in ([], [("return", "taken_back")])


def test_two_of_a_desk_ask_at_once_and_it_is_asked_once(lamp: Stage) -> None:
    at_once(lamp, ("小赵", WHOLE), ("小钱", WHOLE))
    assert decisions(lamp) == [("return", "waiting")]
    assert (kinds(lamp, FactKind.ASKED), lamp.ticket(1).returns) == (["asked"], 1)


def test_more_time_is_asked_for_once_by_two_at_once(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    at_once(lamp, ("小赵", "延期 1 到3月6日 等配件"), ("小钱", "延期 1 到3月7日 等师傅"))
    assert decisions(lamp) == [("extension", "waiting")]


def test_the_clock_and_a_word_at_once_ask_or_decide_but_not_both(lamp: Stage) -> None:
    lamp.say("小赵", WHOLE)
    lamp.app.clock.at += timedelta(hours=2)  # type: ignore[attr-defined]
    done = threading.Thread(target=clock.tick, args=(lamp.app,))
    done.start()
    at_once(lamp, ("周书记", "同意 1"))
    done.join()
    with lamp.app.reading() as db:
        [decision] = db.scalars(select(Decision)).all()
        assert (decision.state, decision.rung) in (("granted", 0), ("waiting", 1))
