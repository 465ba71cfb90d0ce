"""From one way to the next: nothing is lost between two, nothing goes twice by the same, no row stops the others.

Sabotage that must turn these red: what was tried is forgotten; an emergency's other rows are not looked at; a row
that does not open raises while its next way is looked for; a report of another door counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import deliver, later
from bot.channels.base import Closed, Outcome, Outgoing, TryLater
from bot.receive import Intake
from bot.wiring import App
from handlers.message import Kind, Member, Person
from handlers.rules.pacing import GIVE_UP_AFTER
from storage.deployment import ChannelAccount
from storage.outbox import Outbox, OutboxState
from storage.people import Account
from tests.delivery.office import FORGETS, KNOWS, Moody, Office, forgetful, knowing
from tests.delivery.test_cards import due, ticket
from tests.delivery.test_ladder import CALLS, TALK, TEXT_MESSAGES, one_person, opened, outbox, refusing, says, windowed
from tests.intake.front import said


def every_way(office: Office, chat: Any, **more: Any) -> tuple[Moody, Moody, int]:
    """A member of staff with a chat, an SMS number and a telephone. Answers what the last two said."""
    texts, calls = Moody(), Moody()
    office.app.channels[FORGETS] = forgetful(chat, **more)
    office.app.channels[TEXT_MESSAGES] = knowing(texts, TEXT_MESSAGES, costs=True)
    office.app.channels[CALLS] = knowing(calls, CALLS, costs=True, aloud=True)
    accounts = [office.account(door, "138") for door in (FORGETS, TEXT_MESSAGES, CALLS)]
    return texts, calls, one_person(office, *accounts, staff=True)


@pytest.mark.parametrize("state", ["unreachable", "gone"])
def test_an_emergency_rings_once_though_the_chat_fails(office: Office, state: str) -> None:
    texts, calls, staff = every_way(office, refusing(state))
    says(office, "燃气泄漏", Member(staff), urgent=True)
    deliver.run(office.app)
    assert texts.arrived == calls.arrived == ["燃气泄漏"]
    assert [state for state, _ in outbox(office)] == ["dead", "sent", "sent"]


def test_an_emergency_rings_once_though_the_chat_is_shut(office: Office) -> None:
    texts, calls, staff = every_way(office, Moody(faults=[Closed("token refused")] * 9))
    says(office, "燃气泄漏", Member(staff), urgent=True)
    deliver.run(office.app)
    assert texts.arrived == calls.arrived == ["燃气泄漏"]


def test_an_emergency_that_reaches_nobody_by_any_way_is_counted(office: Office) -> None:
    office.app.channels[FORGETS] = forgetful(refusing("unreachable"))
    office.app.channels[TEXT_MESSAGES] = knowing(refusing("unreachable"), TEXT_MESSAGES, costs=True)
    accounts = [office.account(door, "138") for door in (FORGETS, TEXT_MESSAGES)]
    says(office, "燃气泄漏", Member(one_person(office, *accounts, staff=True)), urgent=True)
    deliver.run(office.app)
    assert [state for state, _ in outbox(office)] == ["dead", "no_way"]


def test_a_row_that_cannot_be_read_and_has_no_way_left_stops_nobody(office: Office, knows: Moody) -> None:
    account = windowed(office, Moody())
    opened(office, account)
    says(office, "来修了", Person(account))
    one_person(office, account, office.account(KNOWS, "zhang"))
    with office.app.writing() as db:
        row = db.scalars(select(Outbox)).one()
        row.text = office.app.vault.seal("x", "outbox.text", "another row")
        db.get_one(Account, account).window_left = 0
    says(office, "您好", Person(office.account(KNOWS, "li")))
    deliver.run(office.app)
    assert knows.arrived == ["您好"]
    assert outbox(office)[0] == ("dead", "unreadable")


def test_a_row_that_cannot_be_read_any_more_loses_nobody_elses_outcome(office: Office, knows: Moody) -> None:
    """It became unreadable while it was on its way; the platform refuses it."""

    def show(batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        with office.app.writing() as db:
            for row in db.scalars(select(Outbox).where(Outbox.account_id == account)):
                row.text = office.app.vault.seal("x", "outbox.text", "another row")
        return [Outcome("unreachable" if one.person == "zhang" else "sent") for one in batch]

    office.app.channels[FORGETS] = forgetful(show)
    account = office.account(FORGETS, "zhang")
    one_person(office, account, office.account(KNOWS, "zhang"))
    says(office, "来修了", Person(account))
    says(office, "您好", Person(office.account(FORGETS, "li")))
    deliver.run(office.app)
    assert outbox(office) == [("dead", "unreadable"), ("sent", None)]


def given_up(office: Office, ticket_id: int | None) -> list[tuple[str, str | None]]:
    office.app.channels[FORGETS] = forgetful(Moody(faults=[TryLater("busy")] * 99))
    says(office, "来修了", Person(office.account(FORGETS, "zhang")), ticket_id=ticket_id)
    for _ in range(GIVE_UP_AFTER):
        due(office)
        deliver.run(office.app)
    return outbox(office)


def test_news_of_a_ticket_that_is_given_up_is_on_the_list_of_staff(office: Office) -> None:
    assert [state for state, _ in given_up(office, ticket(office))] == ["no_way"]


def test_what_nobody_waits_for_is_given_up_with_its_reason(office: Office) -> None:
    assert given_up(office, None) == [("dead", "busy")]


def test_what_only_a_shut_door_can_say_next_waits_for_it(office: Office, knows: Moody) -> None:
    office.app.channels[FORGETS] = forgetful(refusing("unreachable"))
    account = office.account(FORGETS, "zhang")
    one_person(office, account, office.account(KNOWS, "zhang"))
    with office.app.writing() as db:
        wall = office.app.clock.wall()
        row = ChannelAccount(door=KNOWS, channel="memory", name="", fault="token refused", failing_since=wall)
        db.add(row)
    says(office, "来修了", Person(account))
    deliver.run(office.app)
    assert [state for state, _ in outbox(office)] == ["dead", "sent"]
    assert knows.arrived == ["来修了"]


# --- what the platform reports later


def form(office: Office, **fields: Any) -> tuple[int, int]:
    """A form that the platform took as a job. Answers the row, and the account."""
    office.app.channels[TALK] = forgetful(Moody(), TALK, ways=frozenset({"message", "template"}))
    account = office.account(TALK, "oZhang")
    wall = office.app.clock.wall()
    sent = {"state": OutboxState.SENT, "way": "template", "platform_id": "4711", "sent_at": wall} | fields
    return office.owe(account, "来修了", **sent)[0], account


def reports(office: Office, door: str = TALK, event: str = "templatesendjobfinish", **data: str) -> None:
    job = {"job": "4711", "status": "failed: system failed"} | data
    Intake(office.app).take_now(
        said("oZhang", "", None, door=door, data=job, kind=Kind.SYSTEM, event=event, addressed=False)
    )


def test_a_form_that_did_not_arrive_takes_the_next_way(office: Office, knows: Moody) -> None:
    row, account = form(office)
    one_person(office, account, office.account(KNOWS, "zhang"))
    reports(office)
    reports(office)
    deliver.run(office.app)
    assert outbox(office) == [("dead", "the platform: failed: system failed"), ("sent", None)]
    assert office.row(row).state == "dead"


def test_a_report_of_success_changes_nothing(office: Office, knows: Moody) -> None:
    row, _ = form(office)
    reports(office, status="success")
    assert office.row(row).state == "sent"


def test_a_report_of_somebody_elses_job_or_of_another_door_changes_nothing(office: Office, knows: Moody) -> None:
    row, _ = form(office)
    reports(office, job="4712")
    reports(office, job="")
    reports(office, door=KNOWS)
    assert office.row(row).state == "sent"


def test_a_report_is_of_the_row_of_its_own_door_though_both_have_the_number(office: Office, knows: Moody) -> None:
    other = office.account(KNOWS, "zhang")
    sent = {"state": OutboxState.SENT, "way": "template", "platform_id": "4711"}
    [elsewhere] = office.owe(other, "您好", **sent, sent_at=office.app.clock.wall())
    row, _ = form(office)
    reports(office)
    assert (office.row(elsewhere).state, office.row(row).state) == ("sent", "dead")


@pytest.mark.parametrize(("error", "state"), [("0", "sent"), ("43101", "dead")])
def test_a_form_that_was_asked_for_arrives_or_says_why_not(office: Office, error: str, state: str) -> None:
    row, _ = form(office, way="subscribe")
    reports(office, event="subscribe_msg_sent_event", error=error, status="")
    assert office.row(row).state == state


def test_a_number_is_of_its_own_way(office: Office) -> None:
    row, _ = form(office, way="subscribe")
    reports(office)
    assert office.row(row).state == "sent"


def test_a_message_fails_by_its_own_account_alone(office: Office, knows: Moody) -> None:
    row, account = form(office, way="message")
    one_person(office, account, office.account(KNOWS, "zhang"))
    ref = office.row(row).ref
    reports(office, event="send_failed", message="another", reason="closed")
    reports(office, event="send_failed", message=ref, reason="closed", door=KNOWS)
    assert outbox(office) == [("sent", None)]
    reports(office, event="send_failed", message=ref, reason="closed")
    deliver.run(office.app)
    assert outbox(office) == [("dead", "the platform: closed"), ("sent", None)]


def test_a_report_that_comes_while_its_call_is_answered_is_not_lost(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is written between the two looks: no job of this number yet, and then nothing under way any more."""
    row, _ = form(office, state=OutboxState.LEASED, platform_id=None)
    look = later._failed

    def looked(app: App, db: Session, *said: Any) -> bool:
        found = look(app, db, *said)
        if not found:
            answered = {"state": OutboxState.SENT, "platform_id": "4711"}
            db.execute(update(Outbox).where(Outbox.id == row).values(answered))
        return found

    monkeypatch.setattr(later, "_failed", looked)
    reports(office)
    assert office.row(row).state in (OutboxState.DEAD, OutboxState.NO_WAY)


def overtaking(office: Office, *reported: dict[str, str], event: str = "templatesendjobfinish") -> Moody:
    """A channel whose reports come in before it has answered the call that they are about."""

    def say(batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        outcomes = talk(batch)
        for data in reported:
            job = {"job": f"out:{batch[0].key}", "message": batch[0].key} | data
            who, what = job.pop("who", "oZhang"), job.pop("event", event)
            incoming = said(who, "", None, door=TALK, data=job, kind=Kind.SYSTEM, event=what, addressed=False)
            Intake(office.app).take_now(incoming)
        return [replace(one, platform_id=None) for one in outcomes] if any(unnumbered) else outcomes

    talk, unnumbered = Moody(), [data.get("job") == "" for data in reported]
    office.app.channels[TALK] = forgetful(say, TALK, ways=frozenset({"message", "template"}))
    return talk


@pytest.mark.parametrize(
    ("way", "event"), [("template", "templatesendjobfinish"), ("message", "send_failed")], ids=["form", "message"]
)
def test_a_report_that_overtakes_the_answer_to_its_call_is_not_lost(
    office: Office, knows: Moody, way: str, event: str
) -> None:
    other = {"job": "4712", "message": "another", "status": "failed: system failed"}
    talk = overtaking(office, other, {"status": "failed:user block", "reason": "block"}, other, event=event)
    account = office.account(TALK, "oZhang")
    one_person(office, account, office.account(KNOWS, "zhang"))
    office.owe(account, "来修了", way=way)
    deliver.run(office.app)
    assert talk.arrived == knows.arrived == ["来修了"]
    assert [state for state, _ in outbox(office)] == ["dead", "sent"]
    with office.app.reading() as db:
        assert not db.get_one(Account, account).follows


@pytest.mark.parametrize(
    "data",
    [
        {"job": "4712", "status": "failed: system failed"},
        {"status": "success"},
        {"who": "oLi", "status": "failed: system failed"},
        {"event": "subscribe_msg_sent_event", "error": "43101"},
        {"job": "", "status": "failed: system failed"},
    ],
    ids=["of another", "success", "to somebody else", "another way", "of none"],
)
def test_what_overtakes_and_says_no_harm_of_it_changes_nothing(
    office: Office, knows: Moody, data: dict[str, str]
) -> None:
    overtaking(office, data)
    account = office.account(TALK, "oZhang")
    one_person(office, account, office.account(KNOWS, "zhang"))
    office.owe(account, "来修了", way="template")
    deliver.run(office.app)
    assert [state for state, _ in outbox(office)] == ["sent"]


def test_who_blocks_us_is_not_written_to_until_they_speak(office: Office) -> None:
    _, account = form(office)
    reports(office, status="failed:user block")
    with office.app.reading() as db:
        assert not db.get_one(Account, account).follows
    assert says(office, "修好了", Person(account)) == 0


def test_a_window_is_taken_off_once_by_two_claims_at_once(office: Office) -> None:
    """Two rows of one person in two claims: an emergency does not wait for the older one."""
    talk = Moody()
    account = windowed(office, talk)
    opened(office, account, left=1)
    says(office, "来修了", Person(account))
    says(office, "燃气泄漏", Person(account), urgent=True)
    deliver.run(office.app)
    assert talk.arrived == ["燃气泄漏"]


def test_a_talk_that_the_platform_does_not_hand_over_stays_with_the_bot(office: Office) -> None:
    office.app.channels[TALK] = forgetful(refusing("dead"), TALK, ways=frozenset({"message", "handover"}))
    account = office.account(TALK, "oZhang")
    office.owe(account, "", way="handover")
    deliver.run(office.app)
    assert [state for state, _ in outbox(office)] == ["dead"]
    with office.app.reading() as db:
        assert db.get_one(Account, account).with_person_until is None
