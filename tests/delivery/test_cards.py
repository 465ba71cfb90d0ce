"""Cards that one call carries and that change for all of them at once: who is in the call, and whose card changes.

Sabotage that must turn these red: `_keep_code` does nothing; a card put back keeps the mark of its call; the rest of a
call is looked for without its way; a card that was copied to another door gets no mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot import deliver, settling
from bot.channels.base import Limit, Outcome, Outgoing, TryLater
from bot.owe import Desk, owe
from bot.receive import Intake
from handlers.message import Button, Card, CardsOf, Kind, Member, Reply
from storage import forgetting
from storage.media import WANTED, Media
from storage.outbox import Outbox, OutboxState
from storage.tickets import Ticket
from tests.delivery.office import FORGETS, Office, forgetful, knowing
from tests.delivery.test_ladder import one_person, refusing, says
from tests.intake.front import said

CARDS = "memory:cards"
CARD = Card("工单 1043", (("地点", "3号楼"),), (Button("接单", "accept"),), 1043)


@dataclass
class Cards:
    """A platform that changes cards: every call that it took, and a code for each new card."""

    calls: list[Sequence[Outgoing]] = field(default_factory=list)
    faults: list[Exception | None] = field(default_factory=list)

    def __call__(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        self.calls.append(list(batch))
        code = f"code {len(self.calls)}" if batch[0].way == "message" else None
        return [Outcome("sent", f"job {len(self.calls)}", code=code) for _ in batch]

    def people(self, way: str = "message") -> list[list[str]]:
        """Who was in each call."""
        return [sorted(one.person or "" for one in call) for call in self.calls if call[0].way == way]

    def stamps(self) -> list[tuple[str, str, str | None]]:
        """Words, people and code of each change."""
        return [(one.text, one.form["people"], one.code) for call in self.calls for one in call if one.way == "stamp"]


@pytest.fixture
def cards(office: Office) -> Cards:
    """A door like the WeCom app's."""
    platform = Cards()
    door(office, platform)
    return platform


def door(office: Office, platform: Any, **more: Any) -> None:
    ways = frozenset({"message", "stamp", "recall"})
    abilities = {"alike": True, "batch": 1000, "ways": ways, "inline": True} | more
    office.app.channels[CARDS] = knowing(platform, CARDS, **abilities)


def colleagues(office: Office, *names: str, through: str = CARDS) -> list[int]:
    """Members of staff with an account each. Answers their ids."""
    return [one_person(office, office.account(through, name), staff=True) for name in names]


def ticket(office: Office, reporter: int | None = None) -> int:
    """A ticket of somebody's. Answers its id."""
    reporter = reporter or office.account("memory:reports", "oReporter")
    with office.app.writing() as db:
        wall = office.app.clock.wall()
        row = Ticket(
            number=1043,
            kind="fault",
            category="lighting",
            urgency="normal",
            reporter_id=reporter,
            opened_at=wall,
            received_at=wall,
            accept_due=wall,
            policy="test",
        )
        db.add(row)
        db.flush()
        return row.id


def show(office: Office, people: Sequence[int], ticket_id: int | None = None, **fields: Any) -> None:
    """The same card for all of them."""
    for staff in people:
        says(office, "新工单", Member(staff), card=CARD, ticket_id=ticket_id, **fields)


def stamp(office: Office, ticket_id: int, words: str = "小赵已接单") -> None:
    app = office.app
    with app.writing() as db:
        desk = Desk(db, app.vault, app.channels, app.clock.now(db), app.clock.wall())
        owe(desk, [Reply(words, to=CardsOf(ticket_id), ticket_id=ticket_id)], None)


def rows(office: Office, **having: Any) -> list[Outbox]:
    with office.app.reading() as db:
        found = db.scalars(select(Outbox).order_by(Outbox.id)).all()
    return [row for row in found if all(getattr(row, name) == value for name, value in having.items())]


def due(office: Office) -> None:
    with office.app.writing() as db:
        for row in db.scalars(select(Outbox).where(Outbox.state == OutboxState.WAITING)):
            row.next_try_at = office.app.clock.wall()


def test_a_card_for_many_is_one_call_and_changes_for_all(office: Office, cards: Cards) -> None:
    number = ticket(office)
    show(office, colleagues(office, "a", "b", "c"), number)
    deliver.run(office.app)
    stamp(office, number)
    deliver.run(office.app)
    assert cards.people() == [["a", "b", "c"]]
    assert cards.stamps() == [("小赵已接单", "a|b|c", "code 1")]


def test_a_code_is_used_once(office: Office, cards: Cards) -> None:
    number = ticket(office)
    show(office, colleagues(office, "a", "b"), number)
    deliver.run(office.app)
    for words in ("小赵已接单", "已办结"):
        stamp(office, number, words)
    deliver.run(office.app)
    assert [words for words, _, _ in cards.stamps()] == ["小赵已接单"]


def test_a_press_brings_the_code_of_the_next_change(office: Office, cards: Cards) -> None:
    number = ticket(office)
    show(office, colleagues(office, "a", "b"), number)
    deliver.run(office.app)
    stamp(office, number)
    deliver.run(office.app)
    data = {"ticket": "1043", "task": rows(office, way="message")[0].together or "", "code": "fresh"}
    pressed = said("b", "", None, door=CARDS, kind=Kind.PRESS, event="status", addressed=True, data=data)
    Intake(office.app).take_now(pressed)
    stamp(office, number, "已办结")
    deliver.run(office.app)
    assert cards.stamps()[-1] == ("已办结", "a|b", "fresh")


def test_a_card_that_went_by_another_door_changes_for_nobody_else(office: Office, cards: Cards) -> None:
    """Whoever was ever told anything without company must not be taken for company."""
    says(office, "您好", Member(colleagues(office, "stranger")[0]))
    office.app.channels[FORGETS] = forgetful(refusing("unreachable"))
    [first, second] = (
        one_person(office, office.account(FORGETS, f"chat {name}"), office.account(CARDS, name), staff=True)
        for name in ("a", "b")
    )
    number = ticket(office)
    show(office, [first, second], number)
    deliver.run(office.app)
    stamp(office, number)
    deliver.run(office.app)
    assert {name for _, people, _ in cards.stamps() for name in people.split("|")} == {"a", "b"}


def test_a_card_of_one_alone_changes_for_them_alone(office: Office, cards: Cards) -> None:
    """Rows that were written without a mark."""
    number = ticket(office)
    alone, other = office.account(CARDS, "a"), office.account(CARDS, "b")
    office.owe(other, "您好")
    office.owe(alone, "新工单", card=CARD.as_json(), ticket_id=number)
    deliver.run(office.app)
    assert rows(office, account_id=alone)[0].code is not None
    stamp(office, number)
    deliver.run(office.app)
    assert [people for _, people, _ in cards.stamps()] == ["a"]


def test_a_repeat_has_the_members_of_the_first_try(office: Office, cards: Cards) -> None:
    cards.faults = [TryLater("busy")]
    show(office, colleagues(office, "a", "b"))
    deliver.run(office.app)
    show(office, colleagues(office, "c"))
    due(office)
    deliver.run(office.app)
    assert sorted(cards.people()) == [["a", "b"], ["c"]]
    assert len({call[0].together for call in cards.calls}) == 2


def test_a_repeat_has_all_its_members_though_the_claim_takes_few(
    office: Office, cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards.faults = [TryLater("busy")]
    show(office, colleagues(office, "a", "b", "c"))
    deliver.run(office.app)
    due(office)
    monkeypatch.setattr(deliver, "CLAIM", 2)
    deliver.run(office.app)
    assert cards.people() == [["a", "b", "c"]]


def test_a_change_does_not_hurry_the_repeat_of_a_card(office: Office, cards: Cards) -> None:
    """The card was shown to one and waits for the other: the change goes out, the repeat keeps its pause."""
    number = ticket(office)
    show(office, colleagues(office, "a", "b"), number)
    deliver.run(office.app)
    [_, second] = rows(office, way="message")
    later = office.app.clock.wall() + timedelta(minutes=9)
    office.change(second.id, state=OutboxState.WAITING, next_try_at=later, sent_at=None)
    stamp(office, number)
    deliver.run(office.app)
    assert len(cards.stamps()) == 1
    assert rows(office, id=second.id)[0].state == OutboxState.WAITING


def waiting_picture(office: Office) -> int:
    with office.app.writing() as db:
        wall = office.app.clock.wall()
        row = Media(sha256="", mime="image/jpeg", bytes=b"", created_at=wall, state=WANTED, next_try_at=wall)
        db.add(row)
        db.flush()
        return row.id


def test_a_card_that_waits_for_its_picture_is_a_call_of_its_own_each_time(
    office: Office, cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put back untried, then claimed in two parts: the same name for both would let the platform drop the second."""
    picture = waiting_picture(office)
    show(office, colleagues(office, "a", "b", "c"), media_id=picture)
    deliver.run(office.app)
    assert cards.calls == []
    assert {row.tries for row in rows(office)} == {0}
    with office.app.writing() as db:
        db.get_one(Media, picture).created_at -= timedelta(minutes=1)
    due(office)
    monkeypatch.setattr(deliver, "CLAIM", 2)
    deliver.run(office.app)
    assert sorted(name for call in cards.people() for name in call) == ["a", "b", "c"]
    assert len({call[0].together for call in cards.calls}) == len(cards.calls)


def test_waiting_for_a_picture_uses_up_no_limit(office: Office, cards: Cards) -> None:
    office.stands_still()
    door(office, cards, limits=(Limit("sends", 2, "day"),))
    show(office, colleagues(office, "a"), media_id=waiting_picture(office))
    for _ in range(4):
        due(office)
        deliver.run(office.app)
    show(office, colleagues(office, "b"))
    deliver.run(office.app)
    assert cards.people() == [["b"]]


def test_cards_with_different_pictures_are_different_calls(office: Office, cards: Cards) -> None:
    first, second = waiting_picture(office), waiting_picture(office)
    with office.app.writing() as db:
        for number in (first, second):
            db.get_one(Media, number).state = "lost"
    [one, other] = colleagues(office, "a", "b")
    show(office, [one], media_id=first)
    show(office, [other], media_id=second)
    deliver.run(office.app)
    assert cards.people() == [["a"], ["b"]]


def test_part_of_a_call_that_a_limit_keeps_back_is_a_call_of_its_own(office: Office, cards: Cards) -> None:
    office.stands_still()
    door(office, cards, batch=2, limits=(Limit("sends", 1, timedelta(minutes=1)),))
    show(office, colleagues(office, "a", "b", "c"))
    deliver.run(office.app)
    due(office)
    door(office, cards, batch=2)
    deliver.run(office.app)
    assert cards.people() == [["a", "b"], ["c"]]
    assert len({call[0].together for call in cards.calls}) == 2


def test_who_settles_late_keeps_no_code(office: Office, cards: Cards) -> None:
    show(office, colleagues(office, "a"))
    slow = deliver._claim(office.app, "replies", timedelta())
    [row] = rows(office)
    office.lease_runs_out(row.id)
    assert slow is not None
    assert deliver._claim(office.app, "replies", timedelta())
    settling.settle(office.app, slow, [Outcome("sent", code="late")])
    assert rows(office)[0].code is None


def test_a_code_is_forgotten_with_the_words(office: Office, cards: Cards) -> None:
    show(office, colleagues(office, "a"))
    deliver.run(office.app)
    assert rows(office)[0].code is not None
    with office.app.writing() as db:
        forgetting.blank_said(db, office.app.clock.wall() + forgetting.SAID_KEPT + timedelta(hours=1))
    [row] = rows(office)
    assert (row.text, row.code, row.code_until) == (None, None, None)


def test_a_change_and_a_repeat_of_its_card_are_two_calls(office: Office, cards: Cards) -> None:
    number = ticket(office)
    show(office, colleagues(office, "a", "b"), number)
    deliver.run(office.app)
    second = rows(office, way="message")[1]
    office.change(second.id, state=OutboxState.WAITING, next_try_at=office.app.clock.wall(), sent_at=None)
    stamp(office, number)
    deliver.run(office.app)
    assert [{one.way for one in call} for call in cards.calls] == [{"message"}, {"message"}, {"stamp"}]
