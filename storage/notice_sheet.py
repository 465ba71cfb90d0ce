"""What the page of a notice shows, the same for whoever opens it: nothing of any household."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.media import Media
from storage.notice_ledger import text_of
from storage.notice_people import Shift
from storage.notices import Notice, NoticeKind, NoticeState, Purpose
from storage.people import Unit
from storage.vault import Vault

WEB = ("http", "https")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A notice as its readers see it. Times are business time."""

    number: int
    kind: NoticeKind
    purpose: Purpose
    text: str
    issuer: str
    phone: str | None  # the issuing unit's public number, and when somebody answers it
    hours: str | None
    issued_at: datetime | None
    of_at: datetime | None  # when the notice went out that this one corrects or reminds of
    source: str | None
    source_link: str | None
    link: str | None
    host: str | None  # of the link: people see where it leads before they follow it
    picture: bool
    voice: str | None  # its type
    valid_from: datetime | None
    valid_until: datetime | None
    over: bool
    cancelled_at: datetime | None
    calls: bool  # asks for help: whoever reads it may sign up


def sheet_of(db: Session, vault: Vault, notice: Notice, now: datetime) -> Sheet:
    """A notice, or the draft of one. Raises VaultError when its key is gone."""
    unit = db.get_one(Unit, notice.unit_id)
    before = db.get(Notice, notice.of_id) if notice.of_id is not None else None
    voice = media_of(db, notice.voice_id)
    link = web_link(notice.link)
    cancelled = notice.state == NoticeState.CANCELLED
    return Sheet(
        number=notice.number,
        kind=NoticeKind(notice.kind),
        purpose=Purpose(notice.purpose),
        text=text_of(vault, notice),
        issuer=unit.name,
        phone=unit.phone,
        hours=unit.hours,
        issued_at=notice.confirmed_at,
        of_at=before.confirmed_at if before is not None else None,
        source=notice.source,
        source_link=web_link(notice.source),
        link=link,
        host=host_of(link) if link is not None else None,
        picture=media_of(db, notice.picture_id) is not None,
        voice=voice.mime if voice is not None else None,
        valid_from=notice.valid_from,
        valid_until=notice.valid_until,
        over=notice.valid_until is not None and notice.valid_until <= now,
        cancelled_at=(notice.cancelled_at or notice.confirmed_at) if cancelled else None,
        calls=db.scalar(select(Shift.id).where(Shift.notice_id == notice.id).limit(1)) is not None,
    )


def media_of(db: Session, media_id: int | None) -> Media | None:
    """A picture or a recording, once its bytes are here."""
    if media_id is None:
        return None
    return db.scalars(select(Media).where(Media.id == media_id, Media.bytes != b"")).one_or_none()


def web_link(given: str | None) -> str | None:
    """What was given, if a browser may be led there."""
    return given.strip() if given is not None and host_of(given.strip()) is not None else None


def host_of(address: str) -> str | None:
    """The host of an address of the web, as it will really be asked for; None for anything else.

    Somebody's name before an @ would be read as the host.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    plain = parts.username is None and not any(char.isspace() or char == "\\" for char in address)
    if parts.scheme not in WEB or not host or not plain:
        return None
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return None
