"""Photos and recordings lie on the platform: they are fetched by a job, and are there for staff and on the page."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from bot import wanted
from bot.channels.wechat_api import File
from bot.platforms.screens import Seen
from bot.settings import Settings
from handlers.rules.pacing import GIVE_UP_AFTER
from storage.facts import Fact
from storage.media import LARGEST, Media
from storage.outbox import Outbox
from storage.people import Role
from tests.web.town import Town, town

LAMP = "三号楼门口路灯坏了半个月了"


@pytest.fixture
def here(make_settings: Callable[..., Settings], database_url: str) -> Iterator[Town]:
    with town(make_settings, database_url) as made:
        made.oa.act.follow("o_wang")
        yield made


def photo(colour: str = "red") -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a telephone"
    Image.new("RGB", (640, 480), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def files(town: Town) -> list[Media]:
    with town.app.reading() as db:
        return list(db.scalars(select(Media).where(Media.door.is_not(None)).order_by(Media.id)))


def test_a_photo_is_fetched_and_written_anew(here: Town) -> None:
    here.oa.act.say("o_wang", LAMP)
    here.oa.act.photo("o_wang", photo())
    [waiting] = files(here)
    assert (waiting.state, waiting.bytes) == ("wanted", b"")
    assert wanted.fetch_due(here.app) == 1
    [stored] = files(here)
    assert (stored.state, stored.mime, stored.handle) == ("stored", "image/jpeg", None)
    with Image.open(io.BytesIO(stored.bytes)) as picture:
        assert picture.size == (640, 480)
        assert not picture.getexif()
    with here.app.reading() as db:
        assert db.scalars(select(Fact).where(Fact.media_id == stored.id)).one() is not None


def test_a_photo_pushed_twice_is_one_file(here: Town) -> None:
    here.oa.act.say("o_wang", LAMP)
    here.simulator.faults.on("duplicate", path="/oa/push/image", times=1)
    here.oa.act.photo("o_wang", photo())
    here.oa.settle()
    assert len(files(here)) == 1


def test_a_recording_without_words_is_kept(here: Town) -> None:
    here.oa.act.voice("o_wang", b"#!AMR\n" + bytes(200))
    wanted.fetch_due(here.app)
    [stored] = files(here)
    assert (stored.state, stored.mime) == ("stored", "audio/amr")


def test_a_platform_that_is_busy_is_asked_again(here: Town) -> None:
    here.oa.act.say("o_wang", LAMP)
    here.oa.act.photo("o_wang", photo())
    here.simulator.faults.on("busy", path="/cgi-bin/media/get", times=1)
    wanted.fetch_due(here.app)
    [row] = files(here)
    assert (row.state, row.tries) == ("wanted", 1)
    with here.app.writing() as db:
        db.get_one(Media, row.id).next_try_at = here.app.clock.wall()
    wanted.fetch_due(here.app)
    assert files(here)[0].state == "stored"


def test_what_the_platform_has_no_more_is_lost_and_said_so(here: Town) -> None:
    here.oa.act.say("o_wang", LAMP)
    here.oa.act.photo("o_wang", photo())
    with here.app.writing() as db:
        row = db.scalars(select(Media).where(Media.door.is_not(None))).one()
        row.handle = here.app.vault.seal("oa-media:expired", "media.handle", row.ref)
    wanted.fetch_due(here.app)
    [row] = files(here)
    assert (row.state, row.handle) == ("lost", None)
    assert row.reason


def test_a_file_that_is_no_picture_is_not_kept(here: Town) -> None:
    here.oa.act.say("o_wang", LAMP)
    here.oa.act.photo("o_wang", b"\xff\xd8\xff\xe0 not a picture at all")
    wanted.fetch_due(here.app)
    [row] = files(here)
    assert (row.state, row.bytes) == ("lost", b"")


def test_a_worker_that_dies_while_fetching_leaves_it_to_the_next(here: Town) -> None:
    here.oa.act.say("o_wang", LAMP)
    here.oa.act.photo("o_wang", photo())
    assert len(wanted._claim(here.app, timedelta())) == 1
    assert wanted.fetch_due(here.app) == 0, "somebody has it"
    with here.app.writing() as db:
        row = db.scalars(select(Media).where(Media.door.is_not(None))).one()
        assert row.next_try_at is not None
        row.next_try_at -= wanted.LEASE
    assert wanted.fetch_due(here.app) == 1
    assert files(here)[0].state == "stored"


def test_a_file_that_ends_whoever_fetches_it_is_given_up(here: Town) -> None:
    here.oa.act.say("o_wang", LAMP)
    here.oa.act.photo("o_wang", photo())
    for _ in range(GIVE_UP_AFTER + 1):
        wanted._claim(here.app, timedelta())  # and dies
        with here.app.writing() as db:
            row = db.scalars(select(Media).where(Media.door.is_not(None))).one()
            assert row.next_try_at is not None
            row.next_try_at -= wanted.LEASE
    [row] = files(here)
    assert (row.state, row.handle) == ("lost", None)


def test_a_recording_without_a_type_is_no_larger_than_any_other(here: Town) -> None:
    large = b"#!AMR\n" + bytes(LARGEST)
    assert not wanted._cleaned(File("application/octet-stream", large)).content
    assert not wanted._cleaned(File("", large)).content
    assert wanted._cleaned(File("application/octet-stream", large[:-6])).mime == "audio/amr"


@pytest.mark.parametrize("mime", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/plain; charset=x", ""])
def test_nothing_is_kept_under_a_type_that_a_browser_runs(mime: str) -> None:
    page = b"<html><script>alert(1)</script></html>"
    assert not wanted._cleaned(File(mime, page)).content
    assert not wanted._cleaned(File(mime, b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")).content


def test_the_card_carries_the_photo_once_it_is_there(here: Town) -> None:
    worker = here.worker()
    here.bind("zhao", worker)
    here.bind("sun", here.worker(Role.DISPATCHER))
    here.oa.act.photo("o_wang", photo())
    here.oa.act.say("o_wang", LAMP)
    here.wecom.staff.say("sun", f"转派 1 {worker.posts[0].unit.name}")
    here.deliver()
    assert not pictures(here)
    wanted.fetch_due(here.app)
    with here.app.writing() as db:
        for row in db.scalars(select(Outbox).where(Outbox.state == "waiting")):
            row.next_try_at = here.app.clock.wall()
    here.deliver()
    assert pictures(here)


def pictures(town: Town) -> list[Seen]:
    """What the worker was sent that is a picture."""
    return [seen for seen in town.simulator.screens.of("wecom", "zhao") if seen.media_id and seen.from_ != "me"]
