"""Rule 8: talk that was no report is gone after a day, from every table and from the files. Sabotage: leave out
``empty_log``, ``secure_delete`` or one of the columns in ``_blank``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, LargeBinary, String, cast, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from bot import purge
from bot.moments import ManualClock
from bot.settings import Settings
from bot.transactions import read_session, write_session
from storage import forgetting, media
from storage.deployment import Question, WebSession
from storage.facts import Fact
from storage.inbox import Body, Inbox
from storage.media import Media
from storage.outbox import Outbox
from storage.people import Account, BindCode, Staff
from storage.tables import metadata
from storage.tickets import Ticket
from storage.vault import Vault
from tests.storage.conftest import NOW

DAY = timedelta(hours=24)
TALK = "晚上谁一起跳广场舞"


def inbox(key: str, **values: object) -> dict[str, object]:
    return {
        "key": key,
        "ref": key,
        "door": "memory:sample",
        "kind": "text",
        "said_at": NOW,
        "received_at": NOW,
    } | values


def photo(ref: str, **values: object) -> Media:
    return Media(
        **(
            {"ref": ref, "sha256": ref, "mime": "image/jpeg", "bytes": b"JPEG-" + ref.encode(), "created_at": NOW}
            | values
        )
    )


def ticket() -> Ticket:
    return Ticket(
        number=1, kind="fault", category="other", urgency="ordinary", reporter_id=1, opened_at=NOW, received_at=NOW,
        accept_due=NOW, policy="p",
    )  # fmt: skip


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW + timedelta(hours=25))


@pytest.fixture
def people(engine: Engine) -> None:
    with write_session(engine) as db:
        db.add(Account(id=1, ref="a1", door="memory:sample", address="k:", address_hash="h"))
        db.add(Staff(id=1, ref="s1", name="k:"))


def everything(db: Session) -> str:
    """Every text, JSON and binary column of every table."""
    found: list[str] = []
    for table in metadata.tables.values():
        columns = [column if isinstance(column.type, LargeBinary) else cast(column, String) for column in table.columns]
        found += [repr(tuple(row)) for row in db.execute(select(*columns))]
    return "\n".join(found)


def files(engine: Engine) -> bytes:
    """The database's files, log included; empty on PostgreSQL, whose files are the server's."""
    if engine.dialect.name != "sqlite":
        return b""
    path = Path(str(make_url(str(engine.url)).database))
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*") if file.is_file())


def test_talk_is_gone_after_a_day(engine: Engine, vault: Vault, people: None, clock: ManualClock) -> None:
    sealed = vault.seal(TALK, "inbox.text", "talk")
    with write_session(engine) as db:
        db.add(photo("talkphoto"))
        db.execute(
            insert(Inbox),
            inbox("talk", text=sealed, text_hash=vault.lookup(TALK), media="media:talkphoto", forget_at=NOW + DAY),
        )
    with read_session(engine) as db:
        assert sealed in everything(db)
        assert "JPEG-talkphoto" in everything(db)
    assert TALK.encode() not in files(engine)
    done = purge.forget(engine, clock)
    assert done.talk == 1
    with read_session(engine) as db:
        left = everything(db)
        row = db.scalars(select(Inbox)).one()
        assert (row.key, row.text_hash) == ("talk", vault.lookup(TALK))  # a repeat is still recognised
    for trace in (TALK, sealed, "JPEG-talkphoto"):
        assert trace not in left
        assert trace.encode() not in files(engine)


def test_what_is_not_due_or_belongs_to_a_ticket_stays(engine: Engine, people: None, clock: ManualClock) -> None:
    with write_session(engine) as db:
        db.execute(insert(Inbox), inbox("young", text="k:young", forget_at=clock.at + timedelta(minutes=1)))
        db.execute(insert(Inbox), inbox("ticket", text="k:ticket", forget_at=None))
    assert not any(asdict(purge.forget(engine, clock)).values())
    with read_session(engine) as db:
        assert set(db.scalars(select(Inbox.text))) == {"k:young", "k:ticket"}


def test_forgetting_twice_changes_nothing(engine: Engine, people: None, clock: ManualClock) -> None:
    with write_session(engine) as db:
        db.execute(insert(Inbox), [inbox(f"t{i}", text="k:", forget_at=NOW) for i in range(3)])
    assert purge.forget(engine, clock).talk == 3
    assert not any(asdict(purge.forget(engine, clock)).values())


def test_a_day_of_talk_goes_in_steps(
    engine: Engine, people: None, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "STEP", 10)
    with write_session(engine) as db:
        db.execute(insert(Inbox), [inbox(f"t{i}", text="k:", forget_at=NOW) for i in range(35)])
    assert purge.forget(engine, clock).talk == 35


def test_a_failed_message_waits_three_days_for_the_operator(engine: Engine, people: None, clock: ManualClock) -> None:
    with write_session(engine) as db:
        db.execute(insert(Inbox), inbox("bad", state="failed", text="k:", raw="k:raw", error="KeyError"))
    assert purge.forget(engine, clock).failed == 0
    clock.at = NOW + timedelta(hours=73)
    assert purge.forget(engine, clock).failed == 1
    with read_session(engine) as db:
        row = db.scalars(select(Inbox)).one()
        assert (row.text, row.raw, row.error) == (None, None, "KeyError")


def test_an_expired_photo_goes_and_evidence_leaves_its_hash(engine: Engine, people: None, clock: ManualClock) -> None:
    with write_session(engine) as db:
        db.add_all([photo("gone", expires_at=NOW), photo("proof", expires_at=NOW), photo("kept"), ticket()])
        db.flush()
        proof = db.scalars(select(Media.id).where(Media.ref == "proof")).one()
        db.add(Fact(ticket_id=1, kind="evidence", at=NOW, media_id=proof))
    assert purge.forget(engine, clock).media == 2
    with read_session(engine) as db:
        assert set(db.scalars(select(Media.ref))) == {"proof", "kept"}
        assert media.by_ref(db, "proof") is None
        assert media.by_ref(db, "kept") is not None
        assert "JPEG-proof" not in everything(db)


def test_a_photo_that_became_evidence_outlives_its_message(engine: Engine, people: None, clock: ManualClock) -> None:
    with write_session(engine) as db:
        db.add_all([photo("proof"), ticket()])
        db.flush()
        proof = db.scalars(select(Media.id)).one()
        db.add(Fact(ticket_id=1, kind="evidence", at=NOW, media_id=proof))
        db.execute(insert(Inbox), inbox("p", kind="image", media="media:proof", forget_at=NOW))
    assert purge.forget(engine, clock).talk == 1
    with read_session(engine) as db:
        assert media.by_ref(db, "proof") is not None


def test_what_the_bot_said_is_blanked_after_a_month(engine: Engine, people: None, clock: ManualClock) -> None:
    rows = {"name": "n", "account_id": 1, "address": "a:1", "text": "k:", "created_at": NOW, "next_try_at": NOW}
    with write_session(engine) as db:
        db.add_all([Outbox(**rows, state="sent"), Outbox(**(rows | {"name": "w"}), state="waiting")])
    assert purge.forget(engine, clock).said == 0
    clock.at = NOW + timedelta(days=31)
    assert purge.forget(engine, clock).said == 1
    with read_session(engine) as db:
        assert dict(db.execute(select(Outbox.name, Outbox.text)).all()) == {"n": None, "w": "k:"}


def test_codes_questions_and_sessions_expire(engine: Engine, people: None, clock: ManualClock) -> None:
    past, future = NOW, clock.at + DAY
    with write_session(engine) as db:
        for number, end in enumerate((past, future)):
            db.add(BindCode(code_hash=str(number), staff_id=1, expires_at=end))
            db.add(WebSession(token_hash=str(number), staff_id=1, created_at=NOW, expires_at=end))
            db.add(Question(account_id=1, address="a:1", kind=str(number), asked_at=NOW, expires_at=end))
    assert purge.forget(engine, clock).expired == 3
    with read_session(engine) as db:
        assert db.scalars(select(WebSession.token_hash)).all() == ["1"]


def test_words_of_a_ticket_are_not_talk(engine: Engine, people: None, clock: ManualClock) -> None:
    with write_session(engine) as db:
        db.add(Body(ref="b", text="k:words", created_at=NOW))
    clock.at = NOW + timedelta(days=400)
    purge.forget(engine, clock)
    with read_session(engine) as db:
        assert db.scalars(select(Body.text)).one() == "k:words"


def test_the_command_says_what_it_did(settings: Settings, people: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert purge.run(settings) == 0
    assert capsys.readouterr().out == "talk 0, failed 0, media 0, said 0, expired 0, candidates 0, tickets 0\n"
