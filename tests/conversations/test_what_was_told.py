"""Where nearly nothing speaks for a trouble of its own: what counts as told before, and what is heard all the same."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from nlp import circumstances
from nlp.circumstances import Circumstances
from storage.listening import Candidate
from storage.people import Group
from tests.conversations.stage import OFFICE, RESIDENTS, Stage

TALK_ONLY = Circumstances({"always": -9.0}, {"always": -9.0})
BLOCKED, THEN = "四号楼的消防通道被纸箱堵死了，谁来管管", "哎呀，那着火了往哪跑"
TIP_OFF = "举报3号楼201违建搭阳光房，楼板都打穿了"


def mode(town: Stage, mode: str) -> None:
    with town.app.writing() as db:
        db.execute(update(Group).where(Group.chat == RESIDENTS).values(mode=mode))


def counted(town: Stage) -> list[str]:
    with town.app.reading() as db:
        return [row.reading["urgency"] for row in db.scalars(select(Candidate).order_by(Candidate.id))]


def test_what_waits_for_a_persons_yes_was_told_like_a_ticket(town: Stage) -> None:
    """Talk about it rings no bell, though nothing is open yet."""
    mode(town, "review")
    town.say("王阿姨", BLOCKED, RESIDENTS)
    town.wait(minutes=1)
    with circumstances.trying(TALK_ONLY):
        heard = town.say("李婶", THEN, RESIDENTS)
    assert town.tickets() == []
    assert "可能紧急，还没立单" in "".join(text for name, text in heard if name != "李婶")


def test_a_tip_off_is_never_weighed(town: Stage) -> None:
    """A question about it would be more than anybody but those who may read it should see."""
    town.say("王阿姨", "3号楼201在敲承重墙，楼板都打穿了", RESIDENTS)
    town.wait(minutes=1)
    with circumstances.trying(TALK_ONLY):
        town.say("李婶", TIP_OFF, RESIDENTS)
    assert "tipoff" in [one.kind for one in town.tickets()]


def test_danger_told_amid_talk_is_counted_in_a_group_in_shadow(town: Stage) -> None:
    mode(town, "shadow")
    town.say("王阿姨", BLOCKED, RESIDENTS)
    town.wait(minutes=1)
    with circumstances.trying(TALK_ONLY):
        heard = town.say("李婶", THEN, RESIDENTS)
    assert heard, "whoever is on duty hears of it"
    assert counted(town) == ["urgent", "emergency"]


def test_how_long_ago_a_ticket_opened_counts_not_when_it_was_last_spoken_of(town: Stage) -> None:
    """A group that keeps talking about a lamp is not for ever just after it was told of the lamp."""
    town.say("王阿姨", "三号楼门口路灯坏了", RESIDENTS)
    for _ in range(6):
        town.wait(minutes=9)
        town.say("王阿姨", "三号楼门口那个灯还没亮", RESIDENTS)
    assert len(town.tickets()) == 1
    just_told = Circumstances({"always": -9.0}, {"always": 3.0, "told 30": -9.0})
    with circumstances.trying(just_told):
        town.say("李婶", "垃圾桶都满出来了", RESIDENTS)
    assert [one.category for one in town.tickets()] == ["road_facility", "sanitation"]


@pytest.mark.parametrize(("words", "opens"), [("消防通道又被电动车堵死了", 0), ("4号楼消防通道又被电动车堵死了", 1)])
def test_a_find_without_a_place_is_work_talk(town: Stage, words: str, opens: int) -> None:
    town.say("小赵", words, OFFICE)
    assert len(town.tickets()) == opens


@pytest.mark.parametrize("who", ["王阿姨", "李婶"])
def test_a_tip_off_joins_no_ticket_that_all_staff_read(town: Stage, who: str) -> None:
    """Whoever told it openly before may tell on somebody now: what they say then is read by few."""
    town.say("王阿姨", "3号楼201在违建", RESIDENTS)
    town.wait(minutes=1)
    for _ in range(2):
        town.say(who, "举报3号楼201违建搭阳光房", RESIDENTS)
    assert [one.confidential for one in town.tickets()] == [False, True]
