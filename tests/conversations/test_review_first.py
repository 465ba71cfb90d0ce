"""先审后说: nothing is said in the group before a person has said yes, and nothing at all after a no."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from storage.listening import Candidate, Example
from storage.people import Group
from tests.conversations.stage import RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
GAS = "3号楼一单元煤气味好大"


@pytest.fixture
def town(town: Stage) -> Stage:
    """The residents' group is new: a person confirms each ticket."""
    with town.app.writing() as db:
        db.execute(update(Group).where(Group.chat == RESIDENTS).values(mode="review"))
    return town


def candidates(town: Stage) -> list[Candidate]:
    with town.app.reading() as db:
        return list(db.scalars(select(Candidate).order_by(Candidate.id)))


def examples(town: Stage) -> list[Example]:
    with town.app.reading() as db:
        return list(db.scalars(select(Example).order_by(Example.id)))


def test_one_person_is_asked_and_the_group_hears_only_after_the_yes(town: Stage) -> None:
    said = town.say("王阿姨", LAMP, RESIDENTS)
    [(who, card)] = said
    assert who in ("小赵", "小钱")
    assert "路灯坏了" in card
    assert "要立单吗" in card
    assert not town.tickets()
    [waiting] = candidates(town)
    said = town.press(who, "candidate_open", waiting.number)
    [ticket] = town.tickets()
    assert any(f"{ticket.number}" in line for line in to(said, RESIDENTS))
    assert "已立单" in to(said, who)[0]
    assert candidates(town)[0].ticket_id == ticket.id
    assert [(one.category, one.is_report, one.source) for one in examples(town)] == [
        ("road_facility", True, "reviewed")
    ]
