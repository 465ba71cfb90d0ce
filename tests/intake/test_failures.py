"""One message that breaks a handler: its neighbours are kept, itself is put away, nobody's words are in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from bot import batch, inbox_retry
from bot import receive as receiving
from bot.settings import Settings
from bot.wiring import App
from handlers import conversation
from handlers.context import Context
from handlers.message import Incoming, Replies
from storage.inbox import Body, Inbox, InboxState
from storage.outbox import OutboxState
from tests.intake.front import LAMP, LIFT, TALK, Front, said

PHONE = "13800138000"
SENDER = "oSecretOpenid9AgO5Kd5ggOC"
POISON = f"毒药 {PHONE} 楼道灯坏了"


class Broken(RuntimeError):
    """What a bug raises."""


@pytest.fixture
def bug(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A step of the conversation that fails on one text; calling it repairs the bug."""

    def step(incoming: Incoming, ctx: Context) -> Replies | None:
        if "毒药" in incoming.text:
            raise Broken(f"could not handle {incoming.text} of {incoming.sender}")
        return None

    steps = conversation.STEPS
    monkeypatch.setattr(conversation, "STEPS", (step, *steps))
    return lambda: monkeypatch.setattr(conversation, "STEPS", steps)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


def assert_discreet(log: pytest.LogCaptureFixture) -> None:
    """Nothing personal, no traceback."""
    everything = "\n".join(
        f"{record.getMessage()} {record.exc_text or ''} {record.exc_info or ''}" for record in log.records
    )
    for secret in (PHONE, SENDER, "毒药", "楼道灯"):
        assert secret not in everything
    assert "Traceback" not in log.text


def test_the_others_of_the_batch_are_kept(front: Front, bug: Callable[[], None]) -> None:
    taken = front.intake.take_now(said("王阿姨", LAMP), said("老周", POISON), said("李婶", LIFT))
    assert [one.state for one in taken] == ["handled", "failed", "handled"]
    assert len(front.tickets()) == 2


def test_it_is_kept_with_its_sealed_bytes_and_the_errors_class(
    front: Front, bug: Callable[[], None], log: pytest.LogCaptureFixture
) -> None:
    push = front.platform.text(SENDER, POISON)
    incoming, taken = front.receive(push)
    row = front.inbox()[0]
    assert (taken.state, row.state, row.error) == (InboxState.FAILED, InboxState.FAILED, "Broken")
    assert row.raw is not None
    assert POISON not in row.raw
    assert "<xml>" in front.app.vault.open(row.raw, "inbox.raw", row.ref)
    assert row.key == incoming.key
    assert_discreet(log)
    errors = [record for record in log.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert "Broken" in errors[0].getMessage()


def test_the_person_hears_nothing_and_neither_does_a_repeat(front: Front, bug: Callable[[], None]) -> None:
    push = front.platform.text(SENDER, POISON)
    assert front.answer(push) is None
    assert front.answer(push) is None
    assert len(front.inbox()) == 1


def test_nothing_of_the_failed_step_remains(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """The savepoint takes back what was done before the error."""

    def opens_and_breaks(incoming: Incoming, ctx: Context) -> Replies | None:
        for step in conversation_steps:
            if step(incoming, ctx) is not None:
                ctx.db.flush()
                raise Broken
        return None

    conversation_steps = conversation.STEPS
    monkeypatch.setattr(conversation, "STEPS", (opens_and_breaks,))
    taken = front.intake.take_now(said("王阿姨", LAMP))
    assert taken[0].state == "failed"
    assert front.tickets() == []
    assert front.outbox() == []


def test_retry_opens_the_ticket_exactly_once(front: Front, bug: Callable[[], None], oa_settings: Settings) -> None:
    incoming, _ = front.receive(front.platform.text(SENDER, POISON))
    bug()
    assert inbox_retry.run(oa_settings, incoming.key) == 0
    assert inbox_retry.run(oa_settings, incoming.key) == 1  # it is no failed message any more
    assert inbox_retry.run(oa_settings, None) == 0
    row = front.inbox()[0]
    assert (row.state, row.error, row.raw) == (InboxState.HANDLED, None, None)
    assert [ticket.category for ticket in front.tickets()] != []
    assert len(front.tickets()) == 1


def test_a_retry_hears_the_bots_name_as_intake_does(
    front: Front, bug: Callable[[], None], oa_settings: Settings
) -> None:
    incoming, _ = front.receive(front.platform.text(SENDER, "@门口 三号楼毒药 楼道灯坏了"))
    bug()
    assert inbox_retry.run(oa_settings, incoming.key) == 0
    with front.app.reading() as db:
        kept = [front.app.vault.open(row.text or "", "bodies.text", row.ref) for row in db.scalars(select(Body))]
    assert kept == ["三号楼毒药 楼道灯坏了"]


def test_what_a_retry_has_to_say_waits_for_the_persons_next_message(
    front: Front, bug: Callable[[], None], oa_settings: Settings
) -> None:
    """Nobody is listening when an operator retries: the answer must not count as given."""
    incoming, _ = front.receive(front.platform.text(SENDER, POISON))
    bug()
    inbox_retry.run(oa_settings, incoming.key)
    assert [row.state for row in front.outbox()] == [OutboxState.NO_WAY]
    heard = front.answer(front.platform.text(SENDER, "在吗"))
    assert heard is not None
    assert f"编号 {front.tickets()[0].number}" in heard


def test_a_retry_that_fails_again_stays_where_it_was(
    front: Front, bug: Callable[[], None], oa_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    incoming, _ = front.receive(front.platform.text(SENDER, POISON))
    assert inbox_retry.run(oa_settings, None) == 1
    told = capsys.readouterr().out
    assert "Broken" in told
    assert PHONE not in told
    assert front.inbox()[0].state == InboxState.FAILED
    bug()
    assert inbox_retry.run(oa_settings, incoming.key) == 0
    assert len(front.tickets()) == 1


def test_a_message_without_bytes_of_a_platform_can_be_run_again_too(front: Front, bug: Callable[[], None]) -> None:
    report = said("王阿姨", POISON)
    front.intake.take_now(report)
    bug()
    assert inbox_retry.retry(front.app, report.key) is None
    ticket = front.tickets()[0]
    assert ticket.group_id is not None
    assert ticket.opened_at == report.said_at


def test_a_reading_that_fails_takes_no_neighbour_with_it(
    front: Front, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    read = front.intake.surroundings.read

    def broken(incoming: Incoming) -> Any:
        if "毒药" in incoming.text:
            raise Broken(incoming.text)
        return read(incoming)

    monkeypatch.setattr(front.intake.surroundings, "read", broken)
    taken = front.intake.take_now(said("王阿姨", LIFT), said("老周", POISON))
    assert [one.state for one in taken] == ["handled", "failed"]
    assert_discreet(log)
    failed = next(row for row in front.inbox() if row.state == "failed")  # rows stand in the order of their keys
    assert inbox_retry.retry(front.app, failed.key) is None
    assert [(row.state, row.ticket_id is None) for row in front.inbox()] == [("handled", False)] * 2


def test_text_that_no_database_takes_is_put_away_alone(front: Front) -> None:
    """Half a character, as broken JSON brings it: it cannot even be encoded."""
    taken = front.intake.take_now(said("王阿姨", LAMP), said("老周", "半个字\ud83d"), said("李婶", LIFT))
    assert [one.state for one in taken] == ["handled", "failed", "handled"]
    with front.app.reading() as db:
        assert db.scalar(select(Inbox.error).where(Inbox.state == "failed")) == "UnicodeEncodeError"


def test_a_batch_that_fails_outside_any_message_is_taken_one_by_one(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = batch.take

    def only_single(app: Any, arrivals: Any) -> Any:
        if len(arrivals) > 1:
            raise Broken
        return take(app, arrivals)

    monkeypatch.setattr(receiving, "take", only_single)
    taken = front.intake.take_now(said("王阿姨", LAMP), said("老周", TALK))
    assert [one.state for one in taken] == ["handled", "handled"]


def test_the_writing_thread_survives_whatever_a_message_does(front: Front, bug: Callable[[], None]) -> None:
    for _ in range(3):
        assert front.receive(front.platform.text(SENDER, POISON))[1].state == "failed"
    assert front.answer(front.platform.text("oOther", LAMP)) is not None


def test_who_lost_a_race_on_a_slow_machine_is_tried_once_more(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def slow(app: App, arrivals: Sequence[batch.Arrival]) -> list[batch.Taken]:
        tried.append(len(arrivals))
        if len(tried) == 1:
            raise StaleDataError("another process was faster")
        return batch.take(app, arrivals)

    monkeypatch.setattr(receiving, "PATIENCE", -1.0)
    monkeypatch.setattr(receiving, "take", slow)
    assert [one.state for one in front.intake.take_now(said("王阿姨", LAMP))] == ["handled"]
    assert len(tried) == 2
