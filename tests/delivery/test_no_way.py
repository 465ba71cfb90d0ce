"""News that no channel can say: counted, kept, and said once at the person's next message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import clock, deliver
from bot.owe import Desk, owe
from bot.settings import Settings
from handlers.message import Person, Reply
from storage.outbox import Outbox, OutboxState
from storage.people import Account, Unit, UnitKind
from storage.tickets import Ticket
from tests.faults.processes import with_account
from tests.intake.front import LAMP, TALK, Front, open_front, said


@pytest.fixture
def front(make_settings: Callable[..., Settings], database_url: str) -> Iterator[Front]:
    """A furnished front door with an official account that cannot speak unasked."""
    opened = open_front(with_account(make_settings, database_url=database_url))
    opened.intake.start()
    yield opened
    opened.intake.stop()
    opened.app.close()


@pytest.fixture
def accepted(front: Front) -> int:
    """A resident of the official account reported; somebody accepted since. The number of the ticket."""
    assert front.answer(front.platform.text("oResident", LAMP)) is not None
    number = front.tickets()[0].number
    with front.app.writing() as db:  # the official account knows no place: somebody dispatched it to the grid
        grid = db.scalars(select(Unit).where(Unit.kind == UnitKind.GRID)).one()
        db.execute(update(Ticket).values(desk_id=grid.id, unit_id=grid.id))
    front.intake.take_now(said("小赵", f"接单 {number}", chat=None))
    deliver.run(front.app)
    return number


def no_way(front: Front) -> list[Outbox]:
    with front.app.reading() as db:
        return list(db.scalars(select(Outbox).where(Outbox.state == OutboxState.NO_WAY).order_by(Outbox.id)))


def test_it_is_counted_with_its_reason(front: Front, accepted: int) -> None:
    assert [row.reason for row in no_way(front)] == ["the channel cannot speak unasked"]


def test_it_is_said_once_at_the_next_message(front: Front, accepted: int) -> None:
    heard = front.answer(front.platform.text("oResident", "在吗"))
    assert heard is not None
    assert "小赵" in heard
    assert no_way(front) == []
    again = front.answer(front.platform.text("oResident", "好的呢"))
    assert again is None or "小赵已接单" not in again


def test_a_repeat_of_that_message_says_it_again_since_it_is_the_same_answer(front: Front, accepted: int) -> None:
    push = front.platform.text("oResident", "在吗")
    assert front.answer(push) == front.answer(push)


def test_it_is_said_even_to_talk_that_would_have_got_no_answer(front: Front, accepted: int) -> None:
    """Long after: nothing is open any more, the hint was given, and the words are none of the bot's business."""
    with front.app.writing() as db:
        account = db.scalars(select(Account).where(Account.door.startswith("oa:"))).one()
        soon = account.attentive_until
        assert soon is not None
        account.hinted_at = front.app.clock.wall()
    heard = front.answer(front.platform.text("oResident", TALK))
    assert heard is not None
    assert "小赵" in heard


def test_whoever_was_heard_once_only_is_expected_to_speak_again(front: Front) -> None:
    """The news itself makes the person's next words worth an answer."""
    front.answer(front.platform.text("oQuiet", TALK))
    front.answer(front.platform.text("oQuiet", TALK + "。"))
    with front.app.writing() as db:
        account = db.scalars(select(Account).where(Account.door.startswith("oa:"))).one()
        account.attentive_until, account.hinted_at = None, front.app.clock.wall()
        now = front.app.clock.wall()
        owe(Desk(db, front.app.vault, front.app.channels, now, now), [Reply("停水改期了", Person(account.id))], None)
    heard = front.answer(front.platform.text("oQuiet", TALK + "！"))
    assert heard is not None
    assert "停水改期了" in heard


def test_no_sweep_ever_takes_it(front: Front, accepted: int) -> None:
    with front.app.writing() as db:
        for row in db.scalars(select(Outbox)):
            row.next_try_at -= timedelta(days=1)
    clock.sweep(front.app)
    assert len(no_way(front)) == 1
    assert {row.state for row in front.outbox()} <= {"sent", "answered_inline", "no_way"}
