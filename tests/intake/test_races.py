"""Two processes at the same rows: lost races are run again, one of two wins, nobody waits for the other for ever."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm.exc import StaleDataError

from bot import batch, deliver
from bot import receive as receiving
from bot.settings import Settings
from handlers import conversation
from handlers.message import Kind
from storage.facts import Fact, FactKind
from storage.inbox import Inbox
from storage.people import Account
from storage.tickets import Ticket
from tests.intake.front import LAMP, LIFT, TALK, Front, open_front, said


@pytest.fixture
def other(front: Front, oa_settings: Settings) -> Iterator[Front]:
    """A second process' program on the same database."""
    opened = open_front(oa_settings, furnished=True)
    yield opened
    opened.app.close()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Runs each in a thread of its own, all from the same moment."""
    gate = threading.Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_opposite_orders_of_the_same_keys_neither_deadlock_nor_double(front: Front, other: Front) -> None:
    for round_ in range(8):
        messages = [said(f"居民{number}", TALK, key=f"in:memory:{round_}:{number:02}") for number in range(25)]
        shuffled = messages.copy()
        random.Random(round_).shuffle(shuffled)
        at_once(
            lambda messages=messages: front.intake.take_now(*messages),  # type: ignore[misc]
            lambda shuffled=shuffled: other.intake.take_now(*reversed(shuffled)),  # type: ignore[misc]
        )
    assert len(front.inbox()) == 8 * 25


def test_opposite_orders_do_not_even_meet_a_deadlock_on_postgresql(
    front: Front, other: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sorted keys: the batch is not merely run again after PostgreSQL has ended one of two."""
    lost: list[BaseException] = []

    def note(error: BaseException) -> bool:
        lost.append(error)
        return batch.passing(error)

    monkeypatch.setattr(receiving, "passing", note)
    for round_ in range(3):
        many = [said(f"居民{number % 5}", TALK, key=f"in:memory:{round_}:{number:03}") for number in range(500)]
        at_once(
            lambda many=many: front.intake.take_now(*many),  # type: ignore[misc]
            lambda many=many: other.intake.take_now(*reversed(many)),  # type: ignore[misc]
        )
    assert [str(error) for error in lost] == []


def test_a_lost_compare_and_set_runs_the_batch_again(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody changes the ticket between our reading and our writing of it."""
    front.intake.take_now(said("王阿姨", LAMP))
    steps = conversation.STEPS
    lost: list[int] = []

    def meddle(incoming: Any, ctx: Any) -> Any:
        if not lost:
            lost.append(1)
            raise StaleDataError("somebody else was quicker")
        return None

    monkeypatch.setattr(conversation, "STEPS", (meddle, *steps))
    taken = front.intake.take_now(said("老周", LIFT), said("小赵", "接单 1", chat=None))
    assert [one.state for one in taken] == ["handled", "handled"]
    assert len(front.tickets()) == 2
    assert front.tickets()[0].status == "accepted"
    assert lost == [1]


def test_a_real_lost_compare_and_set_is_noticed(front: Front) -> None:
    """The version column is what notices: two sessions read the ticket, both change it, the second must fail."""
    front.intake.take_now(said("王阿姨", LAMP))
    if front.app.engine.dialect.name == "sqlite":
        pytest.skip("the gate lets one writer in at a time")

    def slow_change() -> None:
        with front.app.writing() as first, ThreadPoolExecutor(1) as pool:
            ticket = first.scalars(select(Ticket)).one()
            pool.submit(front.intake.take_now, said("小赵", "接单 1", chat=None)).result(10)
            ticket.confidence = 0.5

    with pytest.raises(StaleDataError):
        slow_change()
    assert front.tickets()[0].status == "accepted"


def test_two_staff_accept_at_the_same_moment_one_wins_and_the_other_is_told_who(front: Front, other: Front) -> None:
    for number in range(1, 5):
        front.intake.take_now(said("王阿姨", f"{number}号楼下水道堵了，污水漫出来了"))
    numbers = [ticket.number for ticket in front.tickets()]
    deliver.run(front.app)
    for number in numbers:
        heard_before = len(front.heard.said)
        at_once(
            lambda number=number: front.intake.take_now(said("小赵", f"接单 {number}", chat=None)),  # type: ignore[misc]
            lambda number=number: other.intake.take_now(said("小钱", f"接单 {number}", chat=None)),  # type: ignore[misc]
        )
        deliver.run(front.app)
        told = {
            person: "\n".join(one.text for one in front.heard.said[heard_before:] if one.person == person)
            for person in ("小赵", "小钱")
        }
        winner = holder_of(front, number)
        loser = "小钱" if winner == "小赵" else "小赵"
        assert winner in told[loser], told
        assert str(number) in told[winner]
    with front.app.reading() as db:
        accepted = db.scalars(select(Fact.ticket_id).where(Fact.kind == FactKind.ACCEPTED)).all()
    assert len(accepted) == len(set(accepted)) == len(numbers)
    assert {row.state for row in front.inbox()} == {"handled"}


def holder_of(front: Front, number: int) -> str:
    with front.app.reading() as db:
        ticket = next(row for row in front.tickets() if row.number == number)
        account = db.scalars(select(Account).where(Account.staff_id == ticket.holder_id)).one()
        return front.app.vault.open(account.shown_name or "", "accounts.shown_name", account.ref)


def test_one_persons_messages_to_two_processes_are_handled_one_after_the_other(
    front: Front, other: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Photo here, words there: without the lock on the speaker neither would see the other."""

    def slowly(incoming: Any, ctx: Any) -> Any:
        time.sleep(0.05)

    monkeypatch.setattr(conversation, "STEPS", (*conversation.STEPS[:1], slowly, *conversation.STEPS[1:]))
    for round_ in range(6):
        who = f"居民{round_}"
        photo = said(who, "", chat=None, kind=Kind.IMAGE, media="test:photo")
        words = said(who, LAMP, chat=None)
        at_once(lambda p=photo: front.intake.take_now(p), lambda w=words: other.intake.take_now(w))  # type: ignore[misc]
    assert len(front.tickets()) == 6
    with front.app.reading() as db:
        attached = db.scalars(select(Inbox.ticket_id).where(Inbox.kind == "image")).all()
    assert None not in attached


def test_on_postgresql_the_second_message_of_a_person_waits_for_the_first_ones_batch(
    front: Front, other: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both of the same second, so that neither waits for the hour at which the account was last heard. Sabotage: leave
    ``LOCK_ALL`` out of bot/batch.py."""
    if front.app.engine.dialect.name == "sqlite":
        pytest.skip("the gate lets one writer in at a time")
    before = said("王阿姨", TALK, chat=None)
    front.intake.take_now(before)
    first, second = (replace(said("王阿姨", text, chat=None), said_at=before.said_at) for text in (LAMP, LIFT))
    with ThreadPoolExecutor(1) as pool:
        seen: list[str] = []

        def meanwhile(incoming: Any, ctx: Any) -> None:
            if incoming.key == first.key and not seen:
                later = pool.submit(other.intake.take_now, second)
                while not later.done() and not (waits := waiting(front)):
                    time.sleep(0.01)
                seen.extend(["done"] if later.done() else waits)

        monkeypatch.setattr(conversation, "STEPS", (meanwhile, *conversation.STEPS))
        front.intake.take_now(first)
    assert seen == ["advisory"]
    assert len(front.inbox()) == 3


def waiting(front: Front) -> list[str]:
    """What kinds of locks somebody waits for in this database."""
    here = "wait_event_type = 'Lock' AND datname = current_database()"
    with front.app.reading() as db:
        return list(db.scalars(text(f"SELECT DISTINCT wait_event FROM pg_stat_activity WHERE {here}")))


def test_a_lock_held_by_a_strangers_tool_costs_nobody_a_message(front: Front) -> None:
    """psql left open with a lock, a backup tool on the file: the message is durable and answered in time."""
    with front.app.engine.connect() as stranger:
        if stranger.dialect.name == "sqlite":
            stranger.execution_options(menkou_writes=True)
            stranger.execute(text("UPDATE marks SET value = value"))
        else:
            stranger.execute(text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"))
        push = front.platform.text("oResident1", LAMP)
        raw = front.request(push)
        incoming = front.app.channels[f"oa:{front.platform.seal._receiver}"].verify_and_parse(raw)
        future = front.intake.submit(incoming, raw)
        assert future.result(8).state == "spooled"
        stranger.rollback()
    until_empty(front)
    assert len(front.tickets()) == 1


def until_empty(front: Front) -> None:
    from tests.faults.processes import until

    until(lambda: len(front.inbox()) > 0 and front.intake._spool.is_empty())
