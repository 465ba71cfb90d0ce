"""The same message again: one ticket, the same answer, however often, from wherever, and at whatever moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.settings import Settings
from storage.facts import Fact, FactKind
from storage.outbox import OutboxState
from tests.intake.front import LAMP, TALK, Front, open_front, said


def test_a_repeat_is_answered_with_the_same_text_and_opens_nothing(front: Front) -> None:
    push = front.platform.text("oResident1", LAMP)
    first = front.answer(push)
    assert first is not None
    assert "编号" in first
    assert [front.answer(push) for _ in range(3)] == [first] * 3
    assert len(front.tickets()) == len(front.inbox()) == len(front.outbox()) == 1


def test_a_repeat_keeps_its_answer_after_the_conversation_went_on(front: Front) -> None:
    push = front.platform.text("oResident1", LAMP)
    first = front.answer(push)
    front.answer(front.platform.text("oResident1", "没事了，弄错了"))
    assert front.answer(push) == first


def test_repeats_at_the_same_moment_from_many_threads_are_one_report(front: Front) -> None:
    pushes = [front.platform.text(f"oResident{number}", LAMP) for number in range(4)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(front.answer, [push for push in pushes for _ in range(6)]))
    for number in range(4):
        heard = set(answers[number * 6 : number * 6 + 6])
        assert len(heard) == 1
        assert None not in heard
    assert len(set(answers)) == 4  # each resident has a number of their own
    assert len(front.tickets()) == 4


def test_repeats_at_two_processes_at_once_are_one_report(front: Front, oa_settings: Settings) -> None:
    other = open_front(oa_settings, furnished=True)
    other.intake.start()
    push = front.platform.text("oResident1", LAMP)
    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda side: side.answer(push), [front, other] * 4))
    finally:
        other.intake.stop()
        other.app.close()
    assert len(set(answers)) == 1
    assert answers[0] is not None
    assert len(front.tickets()) == 1


def test_a_repeat_within_one_batch_is_one_report(front: Front) -> None:
    report = said("王阿姨", LAMP)
    first, second = front.intake.take_now(report, report)
    assert (first.state, first.answer) == (second.state, second.answer)
    assert second.repeated
    assert len(front.tickets()) == len(front.inbox()) == 1


def test_the_same_words_under_another_name_are_another_message(front: Front) -> None:
    """So it is the key that is compared, and nothing else."""
    front.intake.take_now(said("王阿姨", LAMP))
    front.intake.take_now(said("王阿姨", LAMP))
    assert len(front.inbox()) == 2


def test_an_inline_answer_is_final_in_the_messages_own_transaction(front: Front) -> None:
    answer = front.answer(front.platform.text("oResident1", LAMP))
    row = front.outbox()[0]
    assert row.state == OutboxState.ANSWERED_INLINE
    assert front.words(row) == answer
    assert front.inbox()[0].answer_id == row.id


def test_talk_is_heard_once_and_not_answered(front: Front) -> None:
    talk = said("王阿姨", TALK)
    assert [taken.answer for taken in front.intake.take_now(talk, talk)] == [None, None]
    assert len(front.inbox()) == 1
    assert front.outbox() == []


@pytest.mark.parametrize("times", [2, 5])
def test_two_processes_hear_a_new_group_and_a_new_person_for_the_first_time_at_once(
    front: Front, oa_settings: Settings, times: int
) -> None:
    others = [open_front(oa_settings, furnished=True) for _ in range(times)]
    first = said("生人", TALK, chat="新群")
    messages = [replace(first, key=f"in:memory:new:{number}") for number in range(times)]
    with ThreadPoolExecutor(times) as pool:
        taken = list(pool.map(lambda pair: pair[0].intake.take_now(pair[1]), zip(others, messages, strict=True)))
    for other in others:
        other.app.close()
    assert [one[0].state for one in taken] == ["handled"] * times
    assert len({row.sender_id for row in front.inbox()}) == len({row.group_id for row in front.inbox()}) == 1


def test_a_report_is_one_fact_and_one_ticket_however_it_came(front: Front) -> None:
    push = front.platform.text("oResident1", LAMP)
    for _ in range(3):
        front.receive(push)
    with front.app.reading() as db:
        assert db.scalar(select(func.count()).where(Fact.kind == FactKind.OPENED)) == 1
