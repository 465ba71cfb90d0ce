"""What a platform's limits keep back: only until there is room again, and in the order in which it was owed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot import deliver
from bot.channels.base import Limit
from handlers.message import Member, Person
from handlers.rules.pacing import next_window
from storage.deployment import Spend
from storage.outbox import Outbox, OutboxState
from tests.delivery.office import KNOWS, Moody, Office, knowing
from tests.delivery.test_cards import CARD, due
from tests.delivery.test_ladder import one_person, says

MINUTE, DAY = timedelta(minutes=1), "day"


def waiting(office: Office) -> list[Outbox]:
    with office.app.reading() as db:
        return list(db.scalars(select(Outbox).where(Outbox.state == OutboxState.WAITING).order_by(Outbox.id)))


def test_what_a_minute_keeps_back_does_not_wait_for_tomorrow(office: Office) -> None:
    """Whichever of the two is asked first."""
    office.stands_still()
    for one, other in (("a", "b"), ("b", "a")):
        door = f"{KNOWS}:{one}"
        limits = (Limit(one, 1, MINUTE), Limit(other, 50, "day"))
        office.app.channels[door] = knowing(Moody(), door, batch=1, limits=limits)
        for number in range(2):
            says(office, "来修了", Person(office.account(door, str(number))))
        before = office.app.clock.wall()
        deliver.run(office.app)
        [row] = waiting(office)
        assert row.next_try_at <= next_window(MINUTE, before) + MINUTE
        office.change(row.id, state=OutboxState.DEAD)


def test_a_card_does_not_wait_behind_everything_said_later(office: Office) -> None:
    office.stands_still()
    moody = Moody()
    office.app.channels[KNOWS] = knowing(moody, batch=1, alike=True, limits=(Limit("sends", 1, MINUTE),))
    says(office, "新工单", Member(one_person(office, office.account(KNOWS, "zhao"), staff=True)), card=CARD)
    for number in range(3):
        says(office, f"第{number}户", Person(office.account(KNOWS, str(number))))
    deliver.run(office.app)
    assert moody.arrived == ["新工单"]


def test_each_is_said_once_however_often_it_is_kept_back(office: Office) -> None:
    office.stands_still()
    moody = Moody()
    office.app.channels[KNOWS] = knowing(moody, batch=1, limits=(Limit("sends", 2, MINUTE),))
    for number in range(5):
        says(office, f"第{number}户", Person(office.account(KNOWS, str(number))))
    for _ in range(4):
        deliver.run(office.app)
        due(office)
        with office.app.writing() as db:  # the next minute
            for spend in db.scalars(select(Spend)):
                spend.window_start -= MINUTE
    assert moody.arrived == [f"第{number}户" for number in range(5)]
