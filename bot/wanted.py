"""Pictures and recordings that lie on a platform: named at intake, fetched at once by a job, and by the sweep.

Only the platform's own interface is asked, at the address of the settings: no address that a message brings is ever
followed. A picture is written anew before it is kept, so that nothing rides along in it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, cast

from sqlalchemy.orm import Session

from bot import pictures, watch
from bot.channels.base import ChannelError, Closed, TryLater, Unsure
from bot.wiring import App
from handlers.message import Incoming, Kind
from handlers.rules.pacing import GIVE_UP_AFTER, next_try
from storage import media
from storage.base import new_ref
from storage.inserts import insert_all
from storage.media import Media
from storage.vault import Vault, VaultError

log = logging.getLogger(__name__)

BELL = "media"
STORED_ALREADY = "media:"
MARK = "-media:"  # <platform>-media:<id>
KINDS = {
    Kind.IMAGE: pictures.MIME,
    Kind.VOICE: "audio/amr",
    Kind.VIDEO: "video/mp4",
    Kind.FILE: "application/octet-stream",
}
KEPT = timedelta(days=3)  # by the platforms
LEASE = timedelta(seconds=60)
AT_ONCE = 8  # files of one claim
SOUND = frozenset({"audio/amr", "audio/mpeg", "audio/mp4", "audio/silk", "audio/speex"})
FILM = frozenset({"video/mp4"})


class File(Protocol):
    """What a channel fetched."""

    @property
    def mime(self) -> str: ...

    @property
    def content(self) -> bytes: ...


class Fetching(Protocol):
    """A channel whose messages name files."""

    def fetch(self, handle: str) -> File: ...


@dataclass(frozen=True, slots=True)
class Handle:
    """A file that a message names. ``ref`` is its name with us from now on."""

    ref: str
    kind: Kind
    door: str
    handle: str


def named(incoming: Incoming, ref: str | None = None) -> tuple[Incoming, Handle | None]:
    """The message with the name that its file will have here, and what is to be fetched; as it was, for any other.

    ``ref`` is the name it has already, in a repeat.
    """
    handle = incoming.media
    if handle is None or handle.startswith(STORED_ALREADY) or MARK not in handle or incoming.kind not in KINDS:
        return incoming, None
    wanted = Handle(ref or new_ref(), incoming.kind, incoming.door, handle)
    return replace(incoming, media=f"{STORED_ALREADY}{wanted.ref}"), wanted


def as_before(db: Session, incoming: Incoming, stored: str | None) -> Incoming | None:
    """A message that is run again, with the name that its file had: by another it would be fetched and kept twice.

    None where it has no file, or the file is neither here nor on its way.
    """
    ref = (stored or "").removeprefix(STORED_ALREADY)
    again, file = named(incoming, ref)
    return again if file is not None and media.known(db, ref) is not None else None


def want(db: Session, vault: Vault, handles: Sequence[Handle], wall: datetime) -> None:
    """Writes down what is to be fetched, in the transaction of the messages."""
    rows = [
        {
            "ref": one.ref,
            "sha256": "",
            "mime": KINDS[one.kind],
            "bytes": b"",
            "created_at": wall,
            "state": media.WANTED,
            "door": one.door,
            "handle": vault.seal(one.handle, media.HANDLE, one.ref),
            "next_try_at": wall,
        }
        for one in handles
    ]
    insert_all(db, Media, rows)


def fetch_due(app: App, *, older_than: timedelta = timedelta()) -> int:
    """Fetches what is due. Answers how many it took care of; 0 when there is nothing."""
    if not _anything(app, older_than):
        return 0
    claimed = _claim(app, older_than)
    for ref, door, handle, tries, created_at in claimed:
        _settle(app, ref, tries, _fetched(app, door, handle), created_at)
    return len(claimed)


def _anything(app: App, older_than: timedelta) -> bool:
    with app.reading() as db:
        return media.is_any_due(db, app.clock.wall() - older_than)


def _claim(app: App, older_than: timedelta) -> list[tuple[str, str, str, int, datetime]]:
    claimed = []
    with app.writing() as db:
        wall = app.clock.wall()
        for row in media.due(db, wall - older_than, AT_ONCE):
            if row.tries >= GIVE_UP_AFTER:  # each time whoever fetched it came to an end over it
                row.state, row.handle, row.reason = media.LOST, None, "nobody came back from fetching it"
                continue
            row.next_try_at, row.tries = wall + LEASE, row.tries + 1
            try:
                handle = app.vault.open(row.handle or "", media.HANDLE, row.ref)
            except VaultError:
                row.state, row.reason = media.LOST, "its handle does not open"
                continue
            claimed.append((row.ref, row.door or "", handle, row.tries, row.created_at))
    return claimed


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one try: the bytes, or why not; ``again`` says that it is worth another."""

    mime: str = ""
    content: bytes = b""
    reason: str = ""
    again: bool = False
    after: timedelta | None = None


def _fetched(app: App, door: str, handle: str) -> Result:
    channel = app.channels.get(door)
    if channel is None or not hasattr(channel, "fetch"):
        return Result(reason="its door is gone")
    try:
        return _cleaned(cast("Fetching", channel).fetch(handle))
    except TryLater as error:
        if isinstance(error, Closed) and error.fault:
            watch.note_fault(app, door, error.reason)
        return Result(reason=error.reason, again=True, after=error.after)
    except Unsure as error:
        return Result(reason=str(error), again=True)
    except (ChannelError, LookupError) as error:
        return Result(reason=f"it cannot be fetched ({type(error).__name__})")
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one file, the others are fetched
        log.error("fetching a file of %s failed: %s", door, type(error).__name__)
        return Result(reason=f"it cannot be handled ({type(error).__name__})")


def _cleaned(file: File) -> Result:
    mime = file.mime or _guess(file.content)
    if mime in SOUND | FILM:
        if len(file.content) > media.LARGEST:
            return Result(reason="too large")
        return Result(mime, file.content)
    try:
        content, mime = pictures.clean(file.content)
    except pictures.PictureError as error:
        sound = _guess(file.content) if len(file.content) <= media.LARGEST else ""
        return Result(sound, file.content) if sound else Result(reason=f"no picture: {error.reason}")
    return Result(mime, content)


def _guess(content: bytes) -> str:
    return "audio/amr" if content.startswith(b"#!AMR") else ""


def _settle(app: App, ref: str, tries: int, result: Result, created_at: datetime) -> None:
    with app.writing() as db:
        row = db.query(Media).where(Media.ref == ref, Media.state == media.WANTED, Media.tries == tries).one_or_none()
        if row is None:
            return  # somebody else was quicker, or it was forgotten meanwhile
        wall = app.clock.wall()
        again = next_try(tries, wall, result.after) if result.again else None
        row.reason = result.reason[:80] or None
        if result.content:
            row.state, row.bytes, row.mime, row.handle = media.STORED, result.content, result.mime, None
            row.sha256 = hashlib.sha256(result.content).hexdigest()
        elif again is not None and again < created_at + KEPT:
            row.next_try_at = again
        else:
            row.state, row.handle = media.LOST, None
            log.warning("a file of %s is lost: %s", row.door, row.reason)
