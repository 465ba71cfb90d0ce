"""Several people sign, answer, or ask for the same help at the same moment, on both engines: one wins, one fact."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

from sqlalchemy import select

from bot.receive import Intake
from bot.scratch import DOOR
from handlers.message import Incoming, Kind
from storage.facts import Fact
from storage.people import Role, Unit, UnitKind
from storage.whistles import Hand, WhistleCall
from tests.conversations.offices import LEADER, WHISTLE, employ, with_departments
from tests.conversations.stage import RESIDENTS, Stage

SECOND_LEADER, COLLEAGUE = "林主任", "孙队的同事"


def at_once(town: Stage, *said: tuple[str, str]) -> None:
    """Each speaks through a door of their own, all at the same moment."""
    together = threading.Barrier(len(said))

    def speak(number: int, who: str, text: str) -> None:
        now = town.app.clock.wall()
        key = f"in:race:{number}:{text}"
        message = Incoming(key, DOOR, who, None, Kind.TEXT, now, now, text=text, addressed=True, shown_name=who)
        intake = Intake(town.app)
        together.wait()
        intake.take_now(message)

    threads = [threading.Thread(target=speak, args=(number, *one)) for number, one in enumerate(said)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_several_at_once_one_wins_and_leaves_one_fact(tmp_path: Path, database_url: str) -> None:
    town = with_departments(Stage(tmp_path, database_url))
    with town.app.writing() as db:
        street = db.scalars(select(Unit).where(Unit.kind == UnitKind.STREET)).one()
        bureau = db.scalars(select(Unit).where(Unit.function == "urban")).one()
        employ(town, db, SECOND_LEADER, street, Role.STREET_LEADER)
        employ(town, db, COLLEAGUE, bureau, Role.HANDLER)
    town.say("王阿姨", "三号楼楼道堆满东西，消防通道都堵死了", RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("周书记", WHISTLE)
    at_once(town, (LEADER, "签哨 1"), (SECOND_LEADER, "签哨 1"), (LEADER, "签哨 1"), (SECOND_LEADER, "不签 1 先等等"))
    facts = Counter(town.facts(1))
    assert facts["whistle_signed"] == 1
    with town.app.reading() as db:
        refused = db.scalars(select(Fact).where(Fact.kind == "whistle_signed")).one().data.get("refused", False)
    if refused:  # whoever said no was first: the street whistles again
        town.say("周书记", WHISTLE)
        town.say(LEADER, "签哨 1")
    at_once(town, ("孙队", "报到 1 已到现场"), (COLLEAGUE, "报到 1 已联系"), ("孙队", "报到 1"), (COLLEAGUE, "报到 1"))
    at_once(
        town, ("周书记", "专班 1 物业"), ("派单员", "专班 1 物业"), (LEADER, "专班 1 物业"), ("周书记", "专班 1 供水")
    )
    with town.app.reading() as db:
        answers = [call.answer for call in db.scalars(select(WhistleCall).where(WhistleCall.answered_at.is_not(None)))]
        units = Counter(db.scalars(select(Hand.unit_id)))
        failed = db.connection().exec_driver_sql("SELECT count(*) FROM inbox WHERE state = 'failed'").scalar()
    assert len(answers) == 1
    assert set(units.values()) == {1}
    assert len(units) == 3
    assert town.facts(1).count("responded") == 1
    assert failed == 0
    town.app.close()
