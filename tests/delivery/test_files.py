"""Pictures that lie on a platform: one that cannot be fetched holds nobody up, and none is kept that nothing names.

Sabotage that must turn these red: let an exception out of fetching; claim a file however often; give a message that is
run again another picture.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from bot import wanted
from bot.batch import Arrival, take_again
from bot.channels.memory import MemoryChannel
from bot.receive import Intake
from bot.surroundings import Surroundings
from handlers import conversation
from handlers.message import Kind
from handlers.rules.pacing import GIVE_UP_AFTER
from storage.inbox import Inbox
from storage.media import Media
from tests.delivery.office import KNOWS, Moody, Office
from tests.intake.front import said


@dataclass(frozen=True)
class File:
    mime: str
    content: bytes


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(out, "PNG")
    return out.getvalue()


@dataclass
class Files:
    """A platform's files, by their names; an exception in place of one is raised."""

    files: dict[str, File | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, handle: str) -> File:
        self.asked.append(handle)
        found = self.files[handle]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def files(office: Office) -> Files:
    """A door whose messages name files."""
    found = Files()
    channel = MemoryChannel(Moody(), KNOWS)
    channel.fetch = found.fetch  # type: ignore[attr-defined]
    office.app.channels[KNOWS] = channel
    return found


def sends(office: Office, *handles: str, file_of: Files | None = None) -> None:
    for handle in handles:
        if file_of is not None:
            file_of.files.setdefault(handle, File("image/png", picture()))
        Intake(office.app).take_now(said("wang", "", None, door=KNOWS, kind=Kind.IMAGE, media=handle))


def stored(office: Office) -> list[Media]:
    with office.app.reading() as db:
        return list(db.scalars(select(Media).order_by(Media.id)))


@pytest.mark.parametrize("error", [ValueError("x"), TypeError("x"), OSError("x"), MemoryError()])
def test_a_file_that_nobody_can_handle_holds_up_no_other(office: Office, files: Files, error: Exception) -> None:
    files.files["oa-media:1"] = error
    sends(office, "oa-media:1", "oa-media:2", file_of=files)
    wanted.fetch_due(office.app)
    assert [row.state for row in stored(office)] == ["lost", "stored"]
    assert stored(office)[0].handle is None


def test_a_file_that_kills_whoever_fetches_it_is_given_up(office: Office, files: Files) -> None:
    """Claimed, and never heard of again."""
    sends(office, "oa-media:1", file_of=files)
    for _ in range(GIVE_UP_AFTER):
        assert len(wanted._claim(office.app, timedelta())) == 1
        with office.app.writing() as db:
            db.scalars(select(Media)).one().next_try_at = office.app.clock.wall()
    assert wanted._claim(office.app, timedelta()) == []
    [row] = stored(office)
    assert (row.state, row.handle) == ("lost", None)


def test_a_message_that_is_run_again_has_the_picture_that_it_had(
    office: Office, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one would be kept for ever: nothing would name the first."""
    message = said("wang", "", None, door=KNOWS, kind=Kind.IMAGE, media="oa-media:1")
    files.files["oa-media:1"] = File("image/png", picture())
    office.app.strict = False
    with monkeypatch.context() as broken:
        broken.setattr(conversation, "answer", lambda *_: 1 / 0)
        Intake(office.app).take_now(message)
    wanted.fetch_due(office.app)
    with office.app.reading() as db:
        failed = db.scalars(select(Inbox)).one()
    assert failed.state == "failed"
    assert (
        take_again(office.app, failed.id, Arrival(message, Surroundings(office.app).read(message))).state == "handled"
    )
    wanted.fetch_due(office.app)
    with office.app.reading() as db:
        inbox = db.scalars(select(Inbox)).one()
    [row] = stored(office)
    assert (inbox.media, row.state) == (f"media:{row.ref}", "stored")
    assert files.asked == ["oa-media:1"]
