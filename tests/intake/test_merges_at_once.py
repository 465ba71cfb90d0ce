"""Merges against each other: one wins, nothing goes in a circle, and undone it is as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.settings import Settings
from storage import incidents, tickets
from storage.facts import Fact, FactKind
from storage.tickets import Ticket
from storage.workflow import OPEN, Status
from tests.conversations.stage import RESIDENTS, Stage
from tests.intake.front import Front, open_front, said
from tests.intake.test_races import at_once

TROUBLES = (
    "五号楼电梯坏了，停在三楼不动",
    "七号楼门口的垃圾三天没人收，臭死了",
    "二号楼门口路灯不亮了",
    "九号楼门口的下水道堵了，污水漫出来",
)
pytestmark = pytest.mark.xdist_group("merges")
PAIRS = st.tuples(st.sampled_from(["并案", "拆分"]), st.integers(1, 4), st.integers(1, 4))


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Four tickets of four people, on one database for all examples: each example ends with all of them split."""
    folder: Path = tmp_path_factory.mktemp("merges")
    stage = Stage(folder, f"sqlite:///{folder / 'town.db'}")
    for who, words in zip(("王阿姨", "老周", "李婶", "张三"), TROUBLES, strict=True):
        stage.say(who, words, RESIDENTS)
    assert len(stage.tickets()) == 4
    yield stage
    stage.app.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=st.lists(PAIRS, max_size=7))
def test_no_order_of_merges_and_splits_makes_a_circle_or_loses_anybody(
    four: Stage, orders: list[tuple[str, int, int]]
) -> None:
    before = {row.number: (row.desk_id, row.accept_due, row.reporter_id) for row in four.tickets()}
    for word, one, other in orders:
        four.say("周书记", f"{word} {one} {other}" if word == "并案" else f"{word} {one}")
        with four.app.reading() as db:
            rows = db.scalars(select(Ticket)).all()
            leads = {row.number: tickets.lead(db, row) for row in rows}
            assert all(lead.status in OPEN for lead in leads.values())
            heard = {
                row.number: {member.account_id for member in tickets.members(db, leads[row.number])} for row in rows
            }
            assert all(row.reporter_id in heard[row.number] for row in rows)
    for number in (1, 2, 3, 4):
        four.say("周书记", f"拆分 {number}")
    after = {row.number: (row.desk_id, row.accept_due, row.reporter_id) for row in four.tickets()}
    assert after == before
    assert {row.status for row in four.tickets()} == {Status.REPORTED}


@pytest.fixture
def other(front: Front, oa_settings: Settings) -> Iterator[Front]:
    """A second process' program on the same database."""
    opened = open_front(oa_settings, furnished=True)
    yield opened
    opened.app.close()


def test_two_merges_against_each_other_end_with_one(front: Front, other: Front) -> None:
    for round_ in range(3):
        for number, words in enumerate(("电梯坏了，停着不动", "门口的垃圾三天没人收，臭死了")):
            told = f"{10 + round_}号楼{words}"
            front.intake.take_now(said(f"居民{round_}{number}", told, key=f"in:memory:{round_}:told:{number}"))
        one, two = (row.number for row in front.tickets()[-2:])
        at_once(
            lambda one=one, two=two, r=round_: front.intake.take_now(  # type: ignore[misc]
                said("周书记", f"并案 {one} {two}", None, key=f"in:memory:{r}:a", addressed=True)
            ),
            lambda one=one, two=two, r=round_: other.intake.take_now(  # type: ignore[misc]
                said("小赵", f"并案 {two} {one}", None, key=f"in:memory:{r}:b", addressed=True)
            ),
        )
        with front.app.reading() as db:
            rows = [tickets.by_number(db, number) for number in (one, two)]
            assert [row.status for row in rows if row is not None] == ["reported", "merged"]
            kinds = select(Fact.kind).where(Fact.ticket_id.in_([row.id for row in rows if row is not None]))
            assert list(db.scalars(kinds)).count(FactKind.MERGED) == 2


def test_what_is_being_merged_is_kept_from_everybody_else(front: Front, other: Front) -> None:
    """Nobody closes the lead while something is merged into it: on SQLite the gate, on PostgreSQL the rows' locks."""
    if front.app.engine.dialect.name != "postgresql":
        pytest.skip("one writer at a time anyway")
    for number, words in enumerate(TROUBLES[:2]):
        front.intake.take_now(said(f"居民{number}", words))
    ids = [row.id for row in front.tickets()]
    with front.app.writing() as db:
        assert [row.id for row in incidents.locked(db, set(ids))] == ids
        wanted = select(Ticket.id).where(Ticket.id == ids[0]).with_for_update(nowait=True)
        with other.app.writing() as beside, pytest.raises(OperationalError):
            beside.execute(wanted)
