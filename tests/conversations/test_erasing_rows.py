"""Erasure row by row: of everything that points to a ticket what is erased, and what stays because another needs it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.rules.privacy import discreet_place
from storage import erasing, tickets
from storage.decisions import Decision, Undo
from storage.deployment import Question
from storage.facts import Fact, FactKind
from storage.inbox import Body, Inbox
from storage.listening import Candidate, Example
from storage.media import LOST, STORED, WANTED, Media
from storage.outbox import Outbox, OutboxState
from storage.people import Group, Post, Role, Staff, Unit
from storage.tickets import Ticket
from storage.whistles import Hand, Whistle, WhistleCall
from tests.conversations.stage import RESIDENTS, Stage, to

DRAIN, LAMP = "厨房下水道堵了往上冒脏水", "3号楼门口路灯不亮"


class Rows:
    """Adds rows about the first ticket, which is over, and the second, which is not."""

    def __init__(self, town: Stage, db: Session) -> None:
        self.db, self.now = db, town.now
        found = [tickets.by_number(db, number) for number in (1, 2)]
        self.gone, self.stays = [ticket for ticket in found if ticket is not None]
        self.staff = db.scalars(select(Staff)).all()[0].id
        self.unit = db.scalars(select(Unit)).all()[0].id
        self.group = db.scalars(select(Group).where(Group.chat == RESIDENTS)).one().id
        self.count = 0

    def add(self, model: type[Any], **values: Any) -> Any:
        row = model(**values)
        self.db.add(row)
        self.db.flush()
        return row

    def body(self) -> int:
        return int(self.add(Body, text="k:words", created_at=self.now).id)

    def message(self, ticket: Ticket | None = None, **more: Any) -> Inbox:
        self.count += 1
        usual = {"door": "test", "kind": "text", "said_at": self.now, "received_at": self.now, "text": "k:words"}
        ticket_id = ticket.id if ticket is not None else None
        row: Inbox = self.add(Inbox, key=f"in:row:{self.count}", ticket_id=ticket_id, **(usual | more))
        return row

    def file(self, ref: str, **more: Any) -> Media:
        usual = {"sha256": ref, "mime": "image/jpeg", "bytes": b"photo", "created_at": self.now}
        row: Media = self.add(Media, ref=ref, **(usual | more))
        return row

    def fact(self, ticket: Ticket, **more: Any) -> Fact:
        row: Fact = self.add(Fact, ticket_id=ticket.id, kind=FactKind.ADDED, at=self.now, **more)
        return row

    def said(self, **more: Any) -> Outbox:
        self.count += 1
        usual = {"text": "k:words", "card": {"title": "t"}, "address": "a:1", "created_at": self.now}
        times = {"next_try_at": self.now, "state": OutboxState.SENT}
        row: Outbox = self.add(Outbox, name=f"row:{self.count}", **(usual | times | more))
        return row

    def erase(self) -> None:
        erasing.erase(self.db, self.gone, self.now, discreet_place, staff_id=self.staff)
        self.db.expire_all()


@pytest.fixture
def town(town: Stage) -> Stage:
    town.say("王阿姨", DRAIN)
    town.say("老周", LAMP)
    town.say("王阿姨", "没事了")
    assert (town.ticket(1).status, town.ticket(2).status) == ("withdrawn", "reported")
    return town


def test_messages_of_it_go_and_those_that_another_needs_stay(town: Stage) -> None:
    with town.app.writing() as db:
        rows = Rows(town, db)
        own, of_its_history, of_both, of_the_other = (
            rows.message(rows.gone), rows.message(), rows.message(rows.gone), rows.message(rows.stays),
        )  # fmt: skip
        rows.fact(rows.gone, inbox_id=of_its_history.id)
        rows.fact(rows.stays, inbox_id=of_both.id)
        rows.fact(rows.gone, inbox_id=of_the_other.id)
        rows.erase()
        left = [row.text is not None for row in (own, of_its_history, of_both, of_the_other)]
        assert left == [False, False, True, True]


def test_files_of_it_go_and_those_that_another_shows_stay(town: Stage) -> None:
    with town.app.writing() as db:
        rows = Rows(town, db)
        sent, shown, of_both, sent_twice = rows.file("a"), rows.file("b"), rows.file("c"), rows.file("d")
        coming = rows.file("e", bytes=b"", state=WANTED, handle="k:handle")
        for name in ("a", "d", "e"):
            rows.message(rows.gone, media=f"media:{name}")
        rows.message(rows.stays, media="media:d")
        rows.fact(rows.gone, media_id=shown.id)
        rows.fact(rows.gone, media_id=of_both.id)
        rows.fact(rows.stays, media_id=of_both.id)
        rows.erase()
        assert [bool(row.bytes) for row in (sent, shown, of_both, sent_twice)] == [False, False, True, True]
        assert (coming.state, coming.handle) == (LOST, None), "nobody fetches it any more"
        assert shown.state == STORED


def test_words_of_it_go_wherever_they_stand_and_what_another_tells_too_stays(town: Stage) -> None:
    with town.app.writing() as db:
        rows = Rows(town, db)
        bodies = [rows.body() for _ in range(9)]
        shared = rows.body()
        gone, unit, staff, now = rows.gone.id, rows.unit, rows.staff, rows.now
        rows.fact(rows.gone, body_id=bodies[0])
        asked = {"unit_id": unit, "asked_by_id": staff, "asked_at": now, "judge_id": unit, "due_at": now}
        rows.add(Decision, ticket_id=gone, kind="return", body_id=bodies[1], answer_id=bodies[2], **asked)
        blown = {"kind": "street", "unit_id": unit, "by_id": staff, "at": now, "signer_unit_id": unit}
        whistle = rows.add(Whistle, ticket_id=gone, problems_id=bodies[3], needs_id=bodies[4], **blown)
        rows.add(WhistleCall, whistle_id=whistle.id, unit_id=unit, body_id=bodies[5])
        asked = {"unit_id": unit, "asked_by_id": staff, "asked_at": now, "due_at": now, "part": "member"}
        rows.add(Hand, ticket_id=gone, body_id=bodies[6], answer_id=bodies[7], **asked)
        rows.gone.words_id = bodies[8]
        rows.fact(rows.gone, body_id=shared)
        rows.stays.words_id = shared
        rows.erase()
        left = {row.id: (row.text, row.erased_at) for row in db.scalars(select(Body))}
        assert [left[number] for number in bodies] == [(None, now)] * len(bodies)
        assert left[shared] == ("k:words", None)


def test_what_was_said_of_it_goes_and_what_waits_is_said_no_more(town: Stage) -> None:
    with town.app.writing() as db:
        rows = Rows(town, db)
        asked = rows.message(rows.gone)
        of_ticket, of_message = rows.said(ticket_id=rows.gone.id), rows.said(inbox_id=asked.id)
        waits = rows.said(ticket_id=rows.gone.id, state=OutboxState.WAITING)
        other = rows.said(ticket_id=rows.stays.id)
        rows.erase()
        assert [(row.text, row.card) for row in (of_ticket, of_message, waits)] == [(None, None)] * 3
        assert (waits.state, waits.reason) == (OutboxState.DEAD, "erased")
        assert other.text == "k:words"


def test_candidates_labels_questions_and_steps_back_go(town: Stage) -> None:
    with town.app.writing() as db:
        rows = Rows(town, db)
        account = rows.gone.reporter_id
        mine, theirs = rows.message(rows.gone), rows.message(rows.stays)
        until = rows.now + timedelta(days=1)
        for number, message in ((901, mine), (902, theirs)):
            held = {
                "mode": "review",
                "heard_at": rows.now,
                "until": until,
                "words": "k:words",
                "reading": {"place": "x"},
            }
            rows.add(Candidate, number=number, group_id=rows.group, inbox_id=message.id, **held)
        label = {"text": "k:words", "is_report": True, "source": "reviewed", "made_at": rows.now}
        rows.add(Example, about=f"in:{mine.id}", **label)
        rows.add(Example, about="t:1", ticket_id=rows.gone.id, **label)
        rows.add(Example, about=f"in:{theirs.id}", **label)
        fact = rows.fact(rows.gone)
        back = {
            "staff_id": rows.staff,
            "command": "accept",
            "at": rows.now,
            "until": until,
            "before": {"place": ["501"]},
        }
        rows.add(Undo, ticket_id=rows.gone.id, fact_id=fact.id, **back)
        asked = {"account_id": account, "address": "a:1", "asked_at": rows.now, "expires_at": until}
        rows.add(Question, ticket_id=rows.gone.id, kind="one", **asked)
        rows.add(Question, ticket_id=rows.stays.id, kind="two", **asked)
        rows.erase()
        assert [row.words for row in db.scalars(select(Candidate).order_by(Candidate.number))] == [None, "k:words"]
        assert [row.about for row in db.scalars(select(Example))] == [f"in:{theirs.id}"]
        assert db.scalars(select(Undo).where(Undo.ticket_id == rows.gone.id)).all() == []
        assert db.scalars(select(Question.kind).where(Question.kind.in_(["one", "two"]))).all() == ["two"]


def test_the_history_keeps_what_happened_without_doors_and_the_words_that_told(town: Stage) -> None:
    with town.app.writing() as db:
        rows = Rows(town, db)
        before = {"place": ["3-2-501"], "desk": 1}
        fact = rows.fact(rows.gone, data={"before": before, "because": ["“冒脏水”"], "unit": 1})
        other = rows.fact(rows.stays, data={"because": ["“不亮”"]})
        rows.erase()
        assert fact.data["unit"] == fact.data["before"]["desk"] == 1
        assert "501" not in str(fact.data)
        assert "because" not in fact.data
        assert other.data == {"because": ["“不亮”"]}


def test_the_term_takes_only_what_is_over(town: Stage) -> None:
    with town.app.writing() as db:
        rows = Rows(town, db)
        for ticket in (rows.gone, rows.stays):
            ticket.closed_at = rows.now - timedelta(days=4000)  # of one that was reopened it stays until the next end
        db.flush()
        assert [ticket.number for ticket in erasing.due(db, rows.now - timedelta(days=1095))] == [1]


def test_of_what_was_told_in_confidence_no_message_says_that_it_is_erased(town: Stage) -> None:
    with town.app.writing() as db:
        db.get_one(Ticket, town.ticket(1).id).confidential = True
    lines = town.say("周书记", "抹去原话 1 确认")
    assert "已抹去" in to(lines, "周书记")[0]
    assert to(lines, "王阿姨") == []


def test_asked_for_again_it_is_not_counted_among_what_is_left(town: Stage) -> None:
    town.say("周书记", "抹去原话 1 确认")
    assert "没有办完以后还留着原话" in to(town.say("王阿姨", "删掉我的原话"), "王阿姨")[0]


def test_what_was_merged_is_asked_for_by_the_number_that_it_has_now(town: Stage) -> None:
    town.say("李婶", "5号楼门口垃圾桶满了没人收")
    town.say("小赵", "并案 2 3")
    said = to(town.say("李婶", "删掉我的原话"), "李婶")[0]
    assert "2 号还在办" in said
    assert "3 号" not in said


def test_a_report_that_speaks_of_it_is_a_report(town: Stage) -> None:
    town.say("李婶", "我家信息栏小广告没人清掉，楼道灯也坏了")
    assert len(town.tickets()) > 2


def test_what_belongs_to_a_ticket_has_no_term_of_its_own(town: Stage) -> None:
    with town.app.reading() as db:
        kept = db.scalars(select(Inbox).where(Inbox.ticket_id == town.ticket(2).id)).all()
        assert kept
        assert {row.forget_at for row in kept} == {None}


def test_where_nobody_can_erase_it_nothing_is_promised(town: Stage) -> None:
    with town.app.writing() as db:
        db.execute(update(Post).where(Post.role == Role.COMMUNITY).values(role=Role.GRID_WORKER))
    said = to(town.say("王阿姨", "删掉我的原话"), "王阿姨")[0]
    assert "已请社区" not in said
    assert "电话 0571-0001" in said
