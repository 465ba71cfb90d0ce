"""The database is away: verified bytes go to the disk, are answered, and come in before anything newer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from bot import batch
from bot import receive as receiving
from bot.receive import NotTaken
from bot.settings import Settings
from bot.spool import Spool
from storage.engine import open_engine
from tests.faults.processes import free_port, until
from tests.intake.front import LAMP, LIFT, TALK, Front, open_front, said


@pytest.fixture
def away(front: Front, tmp_path: Path) -> Iterator[Callable[[bool], None]]:
    """``away(True)`` takes the database away, ``away(False)`` brings it back."""
    real = front.app.engine
    if real.dialect.name == "sqlite":
        gone: Engine = open_engine(f"sqlite:///{tmp_path}/nowhere/menkou.db", tmp_path / "gate")
    else:
        gone = open_engine(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/menkou")

    def switch(off: bool) -> None:
        front.app.engine = gone if off else real

    yield switch
    front.app.engine = real
    gone.dispose()


def spooled(front: Front) -> list[Path]:
    return sorted((front.app.settings.data / "spool").glob("*.msg"))


def test_a_message_is_answered_and_on_the_disk(front: Front, away: Callable[[bool], None]) -> None:
    away(True)
    assert front.answer(front.platform.text("oResident1", LAMP)) is None
    assert len(spooled(front)) == 1
    assert "路灯" not in spooled(front)[0].read_text()  # sealed
    assert spooled(front)[0].stat().st_mode & 0o077 == 0


def test_it_is_flushed_to_the_disk_before_it_is_answered(
    front: Front, away: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def noting(file: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{file}").readlink()))
        fsync(file)

    monkeypatch.setattr(os, "fsync", noting)
    away(True)
    front.answer(front.platform.text("oResident1", LAMP))
    assert any(name.endswith(".msg.new") for name in synced)
    assert any(name.endswith("/spool") for name in synced)  # the name in the folder too


def test_it_comes_in_by_itself_when_the_database_is_back(front: Front, away: Callable[[bool], None]) -> None:
    """At night nobody writes for hours: a gas leak in the spool must not wait for the next message."""
    away(True)
    front.answer(front.platform.text("oResident1", "三号楼煤气味很大，快来人"))
    away(False)
    until(lambda: len(front.tickets()) == 1)
    until(lambda: spooled(front) == [])
    assert front.tickets()[0].urgency == "emergency"


def test_the_older_ones_come_in_first(front: Front, away: Callable[[bool], None]) -> None:
    away(True)
    for number in range(5):
        front.answer(front.platform.text(f"oResident{number}", TALK))
    away(False)
    time.sleep(front_pause())
    front.answer(front.platform.text("oLast", TALK))
    senders = [row.sender_id or 0 for row in front.inbox()]
    assert senders == sorted(senders)  # accounts are numbered in the order they were first heard
    assert len(senders) == 6


def front_pause() -> float:
    """The database is asked again after so long."""
    return receiving.LOOK_EVERY + 0.1


def test_each_is_one_ticket_although_the_platform_repeats(front: Front, away: Callable[[bool], None]) -> None:
    push = front.platform.text("oResident1", LAMP)
    away(True)
    for _ in range(3):
        front.answer(push)
    away(False)
    until(lambda: front.inbox() != [] and spooled(front) == [])
    front.answer(push)
    assert len(front.tickets()) == len(front.inbox()) == 1


def test_what_was_not_said_then_is_said_at_the_next_message(front: Front, away: Callable[[bool], None]) -> None:
    """The request was answered with nothing: the number must not count as told."""
    away(True)
    front.answer(front.platform.text("oResident1", LAMP))
    away(False)
    until(lambda: len(front.tickets()) == 1)
    heard = front.answer(front.platform.text("oResident1", "在吗"))
    assert heard is not None
    assert f"编号 {front.tickets()[0].number}" in heard


def test_promises_count_from_when_it_was_said(front: Front, away: Callable[[bool], None]) -> None:
    away(True)
    front.answer(front.platform.text("oResident1", LAMP))
    waited = 1.2
    time.sleep(waited)
    away(False)
    until(lambda: len(front.tickets()) == 1)
    ticket, row = front.tickets()[0], front.inbox()[0]
    assert ticket.opened_at == row.said_at
    assert ticket.accept_due - row.said_at == timedelta(hours=8)


def test_another_process_takes_in_what_a_dead_one_left(
    front: Front, away: Callable[[bool], None], oa_settings: Settings
) -> None:
    away(True)
    front.answer(front.platform.text("oResident1", LAMP))
    front.intake.stop()
    heir = open_front(oa_settings, furnished=True)
    heir.intake.start()
    try:
        until(lambda: len(heir.tickets()) == 1)
    finally:
        heir.intake.stop()
        heir.app.close()


def test_a_running_process_sees_what_another_one_spools(front: Front, oa_settings: Settings) -> None:
    assert front.intake._spool.is_empty()
    raw = front.request(front.platform.text("oResident1", LAMP))
    Spool(oa_settings.data / "spool", front.app.vault).write("oa:" + oa_settings.oa_app_id, raw)
    until(lambda: len(front.tickets()) == 1)


def test_when_the_disk_refuses_as_well_the_platform_must_repeat(front: Front, away: Callable[[bool], None]) -> None:
    (front.app.settings.data / "spool").write_text("in the way")
    away(True)
    with pytest.raises(NotTaken):
        front.receive(front.platform.text("oResident1", LAMP))
    away(False)
    time.sleep(front_pause())
    assert front.answer(front.platform.text("oResident1", LAMP)) is not None


def test_a_broken_spool_does_not_stop_a_healthy_database(front: Front) -> None:
    (front.app.settings.data / "spool").write_text("in the way")
    assert front.answer(front.platform.text("oResident1", LAMP)) is not None


def test_a_file_that_cannot_be_read_holds_nobody_up(front: Front, away: Callable[[bool], None]) -> None:
    folder = front.app.settings.data / "spool"
    folder.mkdir()
    (folder / f"{0:020d}-1-1.msg").write_text("half a fi")
    away(True)
    front.answer(front.platform.text("oResident1", LAMP))
    away(False)
    until(lambda: len(front.tickets()) == 1)
    assert front.answer(front.platform.text("oResident2", LIFT)) is not None
    assert len(list(folder.iterdir())) == 1  # kept for the operator


def test_a_push_whose_keys_were_changed_meanwhile_holds_nobody_up(front: Front) -> None:
    raw = front.request(front.platform.text("oResident1", LAMP))
    forged = type(raw)(raw.body, {**raw.query, "msg_signature": "0" * 40}, raw.received_at)
    front.intake._spool.write("oa:" + front.app.settings.oa_app_id, forged)
    assert front.answer(front.platform.text("oResident2", LIFT)) is not None
    assert spooled(front) == []


def test_a_message_that_the_database_never_takes_ends_as_failed(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says 'operational error' each time, and only for this one: it must not shut the door for all others."""
    take = batch.take

    def picky(app: object, arrivals: list[object]) -> object:
        if any("毒药" in one.incoming.text for one in arrivals):  # type: ignore[attr-defined]
            raise OperationalError("", {}, Exception())
        return take(app, arrivals)  # type: ignore[arg-type]

    monkeypatch.setattr(receiving, "take", picky)
    monkeypatch.setattr(receiving, "LOOK_EVERY", 0.05)
    front.answer(front.platform.text("oResident1", "毒药"))
    until(lambda: [row.state for row in front.inbox()] == ["failed"])
    assert front.answer(front.platform.text("oResident2", LIFT)) is not None


def test_many_at_once_while_it_goes_and_comes(front: Front, away: Callable[[bool], None]) -> None:
    pushes = [front.platform.text(f"oResident{number}", TALK) for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(front.receive, push) for push in pushes[:20]]
        away(True)
        answers += [pool.submit(front.receive, push) for push in pushes[20:40]]
        time.sleep(0.2)
        away(False)
        answers += [pool.submit(front.receive, push) for push in pushes[40:]]
        states = {answer.result(30)[1].state for answer in answers}
    assert states <= {"handled", "spooled"}
    until(lambda: len(front.inbox()) == 60)


def test_what_came_over_no_wire_is_refused_not_lost_in_silence(front: Front, away: Callable[[bool], None]) -> None:
    away(True)
    with pytest.raises(NotTaken):
        front.intake.submit(said("王阿姨", LAMP)).result(30)
