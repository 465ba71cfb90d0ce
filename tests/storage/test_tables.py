"""What the tables themselves refuse, on both engines, and what the two kinds of transaction promise."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot.transactions import read_session, write_connection, write_session
from storage import engine as engines
from storage import tickets, workflow
from storage.base import Base
from storage.decisions import Undo
from storage.deployment import Mark, Spend
from storage.facts import Fact
from storage.inbox import Inbox
from storage.notices import Ledger, Notice
from storage.outbox import Outbox
from storage.people import Account, Building, Household, Staff, Unit
from storage.tickets import Ticket
from storage.timers import Reminder, Timer
from storage.whistles import Hand, Whistle, WhistleCall
from tests.storage.conftest import NOW


@pytest.fixture
def place(engine: Engine) -> None:
    """A unit, a household, a resident's account and a member of staff, all with id 1."""
    with write_session(engine) as db:
        db.add(Unit(id=1, kind="estate", name="梧桐里小区", path="/1/"))
        db.flush()
        db.add(Building(id=1, estate_id=1, name="3号楼"))
        db.add(Account(id=1, door="memory:sample", address="k:", address_hash="h"))
        db.add(Staff(id=1, name="k:"))
        db.flush()
        db.add(Household(id=1, building_id=1, estate_id=1, community_id=1, entrance="1", room="501"))


def new_ticket(number: int = 1) -> Ticket:
    return Ticket(
        number=number,
        kind="fault",
        category="road_facility",
        urgency="ordinary",
        unit_id=1,
        reporter_id=1,
        opened_at=NOW,
        received_at=NOW,
        accept_due=NOW + timedelta(hours=8),
        policy="natural-8h/1",
    )


def new_notice() -> Notice:
    return Notice(id=1, number=1, unit_id=1, author_id=1, text="k:", fingerprint="f", created_at=NOW)


def twice(make: Callable[[], Base]) -> Callable[[Session], None]:
    def add(db: Session) -> None:
        db.add(make())
        db.flush()
        db.expunge_all()
        db.add(make())
        db.flush()

    return add


ONCE: dict[str, Callable[[], Base]] = {
    "a timer's name": lambda: Timer(name="ticket:1:r0:h0:accept:red:1", kind="accept:red", due_at=NOW),
    "a message's key": lambda: Inbox(key="in:oa:wx1:1", door="oa:wx1", kind="text", said_at=NOW, received_at=NOW),
    "an effect's name": lambda: Outbox(name="n", address="a:1", account_id=1, created_at=NOW, next_try_at=NOW),
    "an account of a door": lambda: Account(door="oa:wx1", address="k:", address_hash="same"),
    "a household's door": lambda: Household(building_id=1, estate_id=1, community_id=1, entrance="1", room="501"),
    "a ticket's number": lambda: new_ticket(7),
    "a pacing window": lambda: Spend(door="oa:wx1", limit_name="day", window_start=NOW),
}


@pytest.mark.parametrize("what", ONCE)
def test_what_may_exist_once(engine: Engine, place: None, what: str) -> None:
    with write_session(engine) as db, pytest.raises(IntegrityError), db.begin_nested():
        twice(ONCE[what])(db)


AT_THE_DESK: dict[str, Callable[[], Base]] = {
    "a fact's name": lambda: Fact(ticket_id=1, kind="late", name="ticket:1:r0:h0:accept:red:1:late", at=NOW),
    "the undoing of an act": lambda: Undo(fact_id=1, ticket_id=1, staff_id=1, command="accept", at=NOW, until=NOW),
    "a reminder's name": lambda: Reminder(
        name="ticket:1:1", kind="accept:red", ticket_id=1, staff_id=1, due_at=NOW, say_after=NOW
    ),
    "a round of whistles": lambda: Whistle(ticket_id=1, round=2, kind="joint", **WHISTLED),
    "a unit that is called": lambda: WhistleCall(whistle_id=1, unit_id=1),
    "a unit's part in a round": lambda: Hand(
        ticket_id=1, unit_id=1, part="member", asked_by_id=1, asked_at=NOW, due_at=NOW
    ),
}
WHISTLED: dict[str, object] = {"unit_id": 1, "by_id": 1, "at": NOW, "signer_unit_id": 1}


@pytest.mark.parametrize("what", AT_THE_DESK)
def test_what_the_desk_does_once(engine: Engine, place: None, what: str) -> None:
    """The first is taken, so that it is not for want of something else that the second is refused."""
    with write_session(engine) as db:
        db.add(new_ticket())
        db.flush()
        db.add(Fact(id=1, ticket_id=1, kind="accepted", at=NOW))
        db.add(Whistle(id=1, ticket_id=1, kind="joint", **WHISTLED))
        db.flush()
        for row in (Fact, Whistle):  # PostgreSQL's sequences do not know of what brought its own number
            if db.get_bind().dialect.name == "postgresql":
                db.execute(text(f"SELECT setval(pg_get_serial_sequence('{row.__tablename__}', 'id'), 1)"))
        db.add(AT_THE_DESK[what]())
        db.flush()
        with pytest.raises(IntegrityError), db.begin_nested():
            db.add(AT_THE_DESK[what]())


def test_a_household_has_one_ledger_row_a_notice(engine: Engine, place: None) -> None:
    with write_session(engine) as db:
        db.add(new_notice())
        db.flush()
        db.add(Ledger(notice_id=1, household_id=1, community_id=1, link_hash="a", link_key="k"))
        db.flush()
        again = Ledger(notice_id=1, household_id=1, community_id=1, link_hash="b", link_key="k")
        with pytest.raises(IntegrityError), db.begin_nested():
            db.add(again)
        assert db.scalar(select(func.count(Ledger.id))) == 1


def test_a_row_that_points_nowhere_is_refused(engine: Engine) -> None:
    with write_session(engine) as db, pytest.raises(IntegrityError), db.begin_nested():
        db.add(Building(estate_id=404, name="3号楼"))


def test_a_ticket_changes_only_from_the_version_that_was_read(engine: Engine, place: None) -> None:
    with write_session(engine) as db:
        db.add(new_ticket())
    with read_session(engine) as db:
        seen = db.scalars(select(Ticket)).one()
    with write_session(engine) as db:
        winner = db.scalars(select(Ticket)).one()
        tickets.move(winner, workflow.Status.ACCEPTED)
    seen.holder_id = 1
    with write_session(engine) as db, pytest.raises(StaleDataError), db.begin_nested():
        db.add(seen)
    with read_session(engine) as db:
        assert (db.scalars(select(Ticket.status)).one(), db.scalars(select(Ticket.version)).one()) == ("accepted", 2)


def test_read_modify_write_loses_nothing(engine: Engine) -> None:
    """Sabotage: BEGIN instead of BEGIN IMMEDIATE in storage/engine.py."""
    with write_session(engine) as db:
        db.add(Mark(name="n", value="0"))

    def count() -> None:
        for _ in range(20):
            with write_session(engine) as db:
                mark = db.get_one(Mark, "n", with_for_update=True)
                mark.value = str(int(mark.value) + 1)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with read_session(engine) as db:
        assert db.get_one(Mark, "n").value == "80"


def test_times_come_back_in_utc_and_naive_ones_are_refused(engine: Engine) -> None:
    china = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with write_session(engine) as db:
        db.add(Timer(name="t", kind="k", due_at=china))
    with read_session(engine) as db:
        found = db.scalars(select(Timer.due_at).where(Timer.due_at == china)).one()
        assert (found, found.tzinfo) == (china, UTC)
        with pytest.raises(StatementError, match="without a zone"):
            db.scalars(select(Timer.id).where(Timer.due_at == china.replace(tzinfo=None))).all()


def test_numbers_are_never_given_twice(engine: Engine) -> None:
    with write_session(engine) as db:
        first = [tickets.draw_number(db, NOW) for _ in range(3)]
        db.execute(text("DELETE FROM ticket_numbers"))
    with write_session(engine) as db:
        assert tickets.draw_number(db, NOW) == first[-1] + 1


def test_a_block_that_raises_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(KeyError):
        _add_and_fail(engine)
    with read_session(engine) as db:
        assert db.get(Mark, "half") is None


def _add_and_fail(engine: Engine) -> None:
    with write_session(engine) as db:
        db.add(Mark(name="half", value="1"))
        db.flush()
        raise KeyError


def test_a_savepoint_that_fails_takes_back_only_its_own(engine: Engine) -> None:
    with write_session(engine) as db:
        db.add(Mark(name="before", value="1"))
        db.flush()
        with pytest.raises(IntegrityError), db.begin_nested():
            _add_two_and_fail(db)
        db.add(Mark(name="after", value="1"))
    with read_session(engine) as db:
        assert set(db.scalars(select(Mark.name))) == {"before", "after"}


def _add_two_and_fail(db: Session) -> None:
    db.add(Mark(name="inside", value="1"))
    db.flush()
    with db.begin_nested():
        db.add(Mark(name="deeper", value="1"))
    db.execute(text("INSERT INTO marks VALUES ('before', '2')"))


def test_a_reader_cannot_write(engine: Engine) -> None:
    with read_session(engine) as db, pytest.raises(DBAPIError), db.begin_nested():
        db.add(Mark(name="n", value="1"))
    with write_session(engine) as db:  # the same pooled connection can, afterwards
        db.add(Mark(name="n", value="1"))


def test_a_reader_waits_for_no_writer(engine: Engine) -> None:
    with write_session(engine) as writing:
        writing.add(Mark(name="n", value="1"))
        writing.flush()
        with read_session(engine) as reading:
            assert reading.get(Mark, "n") is None


def test_sqlite_commits_are_durable_and_overwrite_what_is_deleted(sqlite_url: str) -> None:
    engine = engines.open_engine(sqlite_url)
    with write_connection(engine) as connection:
        values = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    engine.dispose()
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 3000,
    }


def test_a_deadlock_may_be_tried_again_and_a_broken_rule_may_not(postgresql_url: str) -> None:
    engine = engines.open_engine(postgresql_url)
    with write_session(engine) as db:
        db.add_all([Mark(name="a", value="0"), Mark(name="b", value="0")])
    both, errors = threading.Barrier(2), list[BaseException]()

    def swap(first: str, second: str) -> None:
        try:
            with write_session(engine) as db:
                db.execute(update(Mark).where(Mark.name == first).values(value="1"))
                both.wait(30)
                db.execute(update(Mark).where(Mark.name == second).values(value="1"))
        except DBAPIError as error:
            errors.append(error)

    threads = [threading.Thread(target=swap, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [engines.is_passing(error) for error in errors] == [True]
    with write_session(engine) as db, pytest.raises(IntegrityError) as broken, db.begin_nested():
        db.execute(text("INSERT INTO marks VALUES ('a', '2')"))
    assert not engines.is_passing(broken.value)
    engine.dispose()


def test_a_locked_sqlite_may_be_tried_again(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "SQLITE_PRAGMAS", (*engines.SQLITE_PRAGMAS, "busy_timeout = 10"))
    ours, rude = engines.open_engine(sqlite_url), engines.open_engine(sqlite_url)
    with engines.writer(rude).begin() as connection:  # somebody's own tool, past the gate
        connection.execute(text("INSERT INTO marks VALUES ('rude', '1')"))
        with pytest.raises(DBAPIError) as locked:
            _write_a_mark(ours)
    assert engines.is_passing(locked.value)
    _write_a_mark(ours)
    ours.dispose()
    rude.dispose()


def _write_a_mark(engine: Engine) -> None:
    with write_session(engine) as db:
        db.add(Mark(name="ours", value="1"))
