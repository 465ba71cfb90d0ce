"""The ladder of ways: what one door cannot say goes by the next, and what none can is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot import deliver
from bot.channels.base import Closed, Limit, Outcome, Outgoing, TryLater, Unsure, Window
from bot.owe import Desk, owe
from handlers.message import Member, Person, Reply, To
from handlers.rules.pacing import GIVE_UP_AFTER
from storage.base import new_ref
from storage.outbox import Outbox, OutboxState
from storage.people import Account, Resident, Staff
from tests.delivery.office import FORGETS, KNOWS, Moody, Office, forgetful, knowing, with_abilities

TALK, TEXT_MESSAGES, CALLS = "memory:talk", "memory:sms", "memory:voice"
TWO_DAYS = {"message": Window(timedelta(hours=48), 2)}


def says(office: Office, text: str, to: To, **fields: Any) -> int:
    """What a handler wants said. Answers how many rows wait."""
    app = office.app
    with app.writing() as db:
        desk = Desk(db, app.vault, app.channels, app.clock.now(db), app.clock.wall(), app.doors_down())
        return owe(desk, [Reply(text, to=to, **fields)], None)


def one_person(office: Office, *accounts: int, staff: bool = False) -> int:
    """Binds accounts to one resident, or one member of staff. Answers their id."""
    with office.app.writing() as db:
        ref = new_ref()
        name = office.app.vault.seal("张桂兰", "staff.name" if staff else "residents.name", ref)
        person = Staff(ref=ref, name=name) if staff else Resident(ref=ref, name=name)
        db.add(person)
        db.flush()
        for account in accounts:
            row = db.get_one(Account, account)
            if staff:
                row.staff_id = person.id
            else:
                row.resident_id = person.id
        return person.id


def opened(office: Office, account: int, left: int = 2, ago: timedelta = timedelta()) -> None:
    """The person said something; the platform lets us answer."""
    with office.app.writing() as db:
        row = db.get_one(Account, account)
        row.window_until, row.window_left = office.app.clock.wall() - ago + timedelta(hours=48), left


def windowed(office: Office, moody: Moody, door: str = TALK) -> int:
    office.app.channels[door] = forgetful(moody, door, windows=TWO_DAYS)
    return office.account(door, "oZhang")


def outbox(office: Office) -> list[tuple[str, str | None]]:
    with office.app.reading() as db:
        return [(row.state, row.reason) for row in db.scalars(select(Outbox).order_by(Outbox.id))]


def test_a_window_allows_so_many_messages_and_no_more(office: Office) -> None:
    talk = Moody()
    account = windowed(office, talk)
    opened(office, account)
    for text in ("一", "二", "三"):
        says(office, text, Person(account))
        deliver.run(office.app)
    assert talk.arrived == ["一", "二"]
    assert outbox(office)[-1] == (OutboxState.NO_WAY, "the channel cannot speak unasked")


def test_a_window_that_is_over_allows_nothing(office: Office) -> None:
    talk = Moody()
    account = windowed(office, talk)
    opened(office, account, ago=timedelta(hours=48, seconds=1))
    assert says(office, "来修了", Person(account)) == 0
    assert outbox(office) == [(OutboxState.NO_WAY, "the channel cannot speak unasked")]


def test_messages_that_wait_together_do_not_overdraw_the_window(office: Office) -> None:
    """All of them were owed while it was open: the claim counts, not the writing."""
    talk = Moody()
    account = windowed(office, talk)
    opened(office, account)
    assert sum(says(office, text, Person(account)) for text in ("一", "二", "三")) == 3
    deliver.run(office.app)
    assert talk.arrived == ["一", "二"]
    assert [state for state, _ in outbox(office)] == ["sent", "sent", "no_way"]


def test_what_a_closed_window_cannot_say_goes_by_the_persons_other_account(office: Office, knows: Moody) -> None:
    talk = Moody()
    account = windowed(office, talk)
    one_person(office, account, office.account(KNOWS, "zhang"))
    assert says(office, "来修了", Person(account)) == 1
    deliver.run(office.app)
    assert (talk.arrived, knows.arrived) == ([], ["来修了"])


def test_a_try_that_is_repeated_costs_one_message_of_the_window(office: Office) -> None:
    talk = Moody(faults=[TryLater("busy")])
    account = windowed(office, talk)
    opened(office, account)
    says(office, "来修了", Person(account))
    deliver.run(office.app)
    with office.app.writing() as db:
        db.scalars(select(Outbox)).one().next_try_at = office.app.clock.wall()
    deliver.run(office.app)
    assert talk.arrived == ["来修了"]
    with office.app.reading() as db:
        assert db.get_one(Account, account).window_left == 1


def test_the_platform_says_that_the_person_cannot_be_reached_and_the_next_way_is_taken(
    office: Office, knows: Moody
) -> None:
    office.app.channels[FORGETS] = forgetful(refusing("unreachable"))
    account = office.account(FORGETS, "oZhang")
    one_person(office, account, office.account(KNOWS, "zhang"))
    says(office, "来修了", Person(account))
    deliver.run(office.app)
    assert knows.arrived == ["来修了"]
    assert outbox(office) == [("dead", "45015"), ("sent", None)]
    with office.app.reading() as db:
        assert db.get_one(Account, account).follows, "the window was over: they have not left"


def test_who_has_left_is_not_written_to_again(office: Office, knows: Moody) -> None:
    asked: list[str] = []
    office.app.channels[FORGETS] = forgetful(refusing("gone", asked))
    account = office.account(FORGETS, "oZhang")
    one_person(office, account, office.account(KNOWS, "zhang"))
    for text in ("来修了", "修好了"):
        says(office, text, Person(account))
        deliver.run(office.app)
    assert asked == ["来修了"]
    assert knows.arrived == ["来修了", "修好了"]


def refusing(state: Any, asked: list[str] | None = None) -> Any:
    def show(batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        (asked if asked is not None else []).extend(message.text for message in batch)
        return [Outcome(state, reason="45015") for _ in batch]

    return show


def test_below_the_last_rung_it_is_shown_as_no_way(office: Office) -> None:
    office.app.channels[FORGETS] = forgetful(refusing("unreachable"))
    account = office.account(FORGETS, "oZhang")
    says(office, "来修了", Person(account))
    deliver.run(office.app)
    assert [state for state, _ in outbox(office)] == ["no_way"]


def test_two_doors_that_both_refuse_are_tried_once_each(office: Office) -> None:
    asked: list[str] = []
    for door in (KNOWS, FORGETS):
        office.app.channels[door] = forgetful(refusing("unreachable", asked), door)
    account = office.account(FORGETS, "oZhang")
    one_person(office, account, office.account(KNOWS, "zhang"))
    says(office, "来修了", Person(account))
    deliver.run(office.app)
    assert asked == ["来修了", "来修了"]
    assert [state for state, _ in outbox(office)] == ["dead", "no_way"]


def test_what_costs_money_is_for_emergencies_and_for_those_with_nothing_else(office: Office, knows: Moody) -> None:
    paid = Moody()
    office.app.channels[TEXT_MESSAGES] = knowing(paid, TEXT_MESSAGES, costs=True)
    phone, chat = office.account(TEXT_MESSAGES, "13800000000"), office.account(KNOWS, "zhang")
    alone = office.account(TEXT_MESSAGES, "13800000001")
    staff = one_person(office, chat, phone, staff=True)
    says(office, "新工单", Member(staff))
    says(office, "来修了", Person(alone))
    says(office, "燃气泄漏", Member(staff), urgent=True)
    deliver.run(office.app)
    assert sorted(knows.arrived) == ["新工单", "燃气泄漏"]
    assert sorted(paid.arrived) == ["来修了", "燃气泄漏"]


def test_an_emergency_reaches_staff_by_every_way_they_have(office: Office, knows: Moody, forgets: Moody) -> None:
    calls = Moody()
    office.app.channels[CALLS] = knowing(calls, CALLS, costs=True, aloud=True)
    accounts = [office.account(KNOWS, "zhao"), office.account(FORGETS, "zhao"), office.account(CALLS, "138")]
    staff = one_person(office, *accounts, staff=True)
    says(office, "燃气泄漏", Member(staff), urgent=True)
    deliver.run(office.app)
    assert knows.arrived == forgets.arrived == calls.arrived == ["燃气泄漏"]


def test_a_telephone_does_not_ring_for_ordinary_things(office: Office) -> None:
    calls = Moody()
    office.app.channels[CALLS] = knowing(calls, CALLS, costs=True, aloud=True)
    account = office.account(CALLS, "138")
    says(office, "来修了", Person(account))
    deliver.run(office.app)
    assert calls.arrived == []
    assert [state for state, _ in outbox(office)] == ["no_way"]


def test_an_emergency_does_not_wait_for_a_door_that_is_shut(office: Office, knows: Moody) -> None:
    office.app.channels[FORGETS] = forgetful(Moody(faults=[Closed("token refused")] * 9))
    account = office.account(FORGETS, "zhao")
    one_person(office, account, office.account(KNOWS, "zhao"), staff=False)
    says(office, "燃气泄漏", Person(account), urgent=True)
    deliver.run(office.app)
    assert knows.arrived == ["燃气泄漏"]


def test_what_only_a_shut_door_could_say_waits_until_it_is_mended(office: Office) -> None:
    moody = Moody(faults=[Closed("token refused")])
    office.app.channels[FORGETS] = forgetful(moody)
    account = office.account(FORGETS, "zhao")
    says(office, "来修了", Person(account))
    deliver.run(office.app)
    assert outbox(office) == [("waiting", "token refused")]
    says(office, "修好了", Person(account))
    with office.app.writing() as db:
        for row in db.scalars(select(Outbox)):
            row.next_try_at = office.app.clock.wall()
    deliver.run(office.app)
    assert moody.arrived == ["来修了", "修好了"]


def test_a_door_that_stays_busy_hands_over_to_the_next_in_the_end(office: Office, knows: Moody) -> None:
    office.app.channels[FORGETS] = forgetful(Moody(faults=[TryLater("busy")] * 99))
    account = office.account(FORGETS, "zhang")
    one_person(office, account, office.account(KNOWS, "zhang"))
    says(office, "来修了", Person(account))
    for _ in range(GIVE_UP_AFTER):
        deliver.run(office.app)
        with office.app.writing() as db:
            for row in db.scalars(select(Outbox).where(Outbox.state == "waiting")):
                row.next_try_at = office.app.clock.wall()
    deliver.run(office.app)
    assert knows.arrived == ["来修了"]


def test_a_limit_of_the_platform_keeps_the_rest_for_the_next_window(office: Office) -> None:
    office.stands_still()
    moody = Moody()
    minute = Limit("sends", 3, timedelta(minutes=1))
    office.app.channels[KNOWS] = knowing(moody, batch=1, limits=(minute,))
    for number in range(5):
        says(office, f"第{number}户", Person(office.account(KNOWS, str(number))))
    deliver.run(office.app)
    assert len(moody.arrived) == 3
    with office.app.reading() as db:
        waiting = db.scalars(select(Outbox).where(Outbox.state == "waiting")).all()
        assert {row.tries for row in waiting} == {0}
        assert all(row.next_try_at > office.app.clock.wall() - timedelta(seconds=1) for row in waiting)


def test_an_emergency_goes_first_when_little_is_left_of_a_limit(office: Office) -> None:
    office.stands_still()
    moody = Moody()
    office.app.channels[KNOWS] = knowing(moody, batch=1, limits=(Limit("sends", 1, "day"),))
    says(office, "来修了", Person(office.account(KNOWS, "1")))
    says(office, "燃气泄漏", Person(office.account(KNOWS, "2")), urgent=True)
    deliver.run(office.app)
    assert moody.arrived == ["燃气泄漏"]


def test_no_window_is_spent_on_what_a_limit_keeps_back(office: Office) -> None:
    moody = Moody()
    account = windowed(office, moody)
    office.app.channels[TALK] = forgetful(moody, TALK, windows=TWO_DAYS, limits=(Limit("sends", 0, "day"),))
    opened(office, account)
    says(office, "来修了", Person(account))
    deliver.run(office.app)
    with office.app.reading() as db:
        assert db.get_one(Account, account).window_left == 2


def test_a_person_who_talks_to_staff_on_the_platform_is_left_alone(office: Office, knows: Moody) -> None:
    with_abilities(office.app.channels[KNOWS], windows=TWO_DAYS)  # type: ignore[arg-type]
    account = office.account(KNOWS, "zhang")
    opened(office, account)
    with office.app.writing() as db:
        db.get_one(Account, account).with_person_until = office.app.clock.wall() + timedelta(hours=1)
    says(office, "来修了", Person(account))
    deliver.run(office.app)
    assert knows.arrived == []


@pytest.mark.parametrize(("urgent", "heard"), [(False, []), (True, ["来修了"])], ids=["ordinary", "emergency"])
def test_what_an_earlier_try_may_have_brought_takes_no_second_way_but_in_an_emergency(
    office: Office, knows: Moody, urgent: bool, heard: list[str]
) -> None:
    """The platform did not answer, and at the repeat says that the person has left: they may have read it before."""
    calls: list[str] = []

    def show(batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        calls.append(batch[0].text)
        if len(calls) == 1:
            raise Unsure("no answer")
        return [Outcome("gone", reason="left") for _ in batch]

    office.app.channels[FORGETS] = knowing(show, FORGETS)
    account = office.account(FORGETS, "oZhang")
    one_person(office, account, office.account(KNOWS, "zhang"))
    says(office, "来修了", Person(account), urgent=urgent)
    deliver.run(office.app)
    with office.app.writing() as db:
        db.scalars(select(Outbox)).one().next_try_at = office.app.clock.wall()
    deliver.run(office.app)
    deliver.run(office.app)
    assert (len(calls), knows.arrived) == (2, heard)
    assert [state for state, _ in outbox(office)] == ["unknown", *("sent" for _ in heard)]
