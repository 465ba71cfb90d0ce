"""What has changed in the neighbourhood, looked up for the page a few times a second: one small event a change.

Everything is read from the tables that the other processes write; nothing passes from process to process but rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.moments import OFFSET
from bot.web import board, playground_notices
from bot.web.playground_cast import Cast
from bot.wiring import App
from storage.deployment import Mark, Screen
from storage.media import Media
from storage.tickets import Ticket

FIRST_SCREENS = 80  # messages of a chat that a fresh page shows
LOOK_BACK = 200  # ids that may still be committed behind the newest one: PostgreSQL commits out of order
MOST_TICKETS = 60


@dataclass(slots=True)
class Seen:
    """What one page has been told. ``newest`` is what it names when it comes back after a break."""

    newest: int = 0
    lately: set[int] = field(default_factory=set)
    marks: dict[str, object] = field(default_factory=dict)

    def changed(self, name: str, mark: object) -> bool:
        """Whether a mark differs from the last one, which it replaces."""
        if name in self.marks and self.marks[name] == mark:
            return False
        self.marks[name] = mark
        return True


def news(app: App, cast: Cast, seen: Seen) -> dict[str, Any]:
    """Everything that changed since the last look, by its part of the page; empty when nothing did."""
    found: dict[str, Any] = {}
    with app.reading() as db:
        screens = _screens(db, cast, seen)
        if seen.marks.pop("afresh", None):
            found["afresh"] = True
        if screens:
            found["screens"] = _messages(db, screens)
        if seen.changed("recalled", db.scalar(select(func.count()).where(Screen.recalled))):
            found["recalled"] = list(db.scalars(select(Screen.key).where(Screen.recalled)))
        if seen.changed("clock", db.scalar(select(Mark.value).where(Mark.name == OFFSET))):
            found["clock"] = app.clock.now(db).isoformat()
        if seen.changed("tickets", _tickets_mark(db)):
            found["tickets"] = [
                board.row(db, app.vault, app.policy, ticket, with_words=True).as_json()
                for ticket in board.newest(db, MOST_TICKETS)
            ]
        notices = playground_notices.newest(db, app.vault)
        if seen.changed("notices", notices):
            found["notices"] = notices
    return found


def _tickets_mark(db: Session) -> tuple[int, ...]:
    row = db.execute(select(func.count(), func.coalesce(func.sum(Ticket.version), 0)).select_from(Ticket)).one()
    return tuple(int(value) for value in row)


def _screens(db: Session, cast: Cast, seen: Seen) -> Sequence[Screen]:
    newest = db.scalar(select(func.max(Screen.id))) or 0
    if newest < seen.newest:  # another database than the one the page knows: everything on it is over
        seen.newest, seen.lately = 0, set()
        seen.marks["afresh"] = True
    rows = _since(db, cast, seen) if seen.newest else _first(db, cast)
    seen.newest = max(newest, seen.newest)
    seen.lately = {key for key in seen.lately if key > seen.newest - LOOK_BACK} | {row.id for row in rows}
    return rows


def _since(db: Session, cast: Cast, seen: Seen) -> Sequence[Screen]:
    rows = db.scalars(
        select(Screen)
        .where(Screen.id > seen.newest - LOOK_BACK, Screen.address.in_(list(cast.screens)))
        .order_by(Screen.id)
    )
    return [row for row in rows if row.id not in seen.lately]


def _first(db: Session, cast: Cast) -> Sequence[Screen]:
    rows: list[Screen] = []
    for address in cast.screens:
        newest = select(Screen).where(Screen.address == address).order_by(Screen.id.desc()).limit(FIRST_SCREENS)
        rows.extend(db.scalars(newest))
    return sorted(rows, key=lambda row: row.id)


def _messages(db: Session, rows: Sequence[Screen]) -> list[dict[str, Any]]:
    refs = {row.id: row.media_ref.removeprefix("media:") for row in rows if row.media_ref}
    found = db.execute(select(Media.ref, Media.mime).where(Media.ref.in_(refs.values())))
    sounds = {ref for ref, mime in found if mime.startswith("audio/")}
    return [_message(row, refs.get(row.id), refs.get(row.id) in sounds) for row in rows]


def _message(row: Screen, media: str | None, sound: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "screen": row.address,
        "sender": row.sender,
        "kind": row.kind,
        "text": row.text,
        "card": row.card,
        "media": media,
        "sound": sound,
        "quoted": row.quoted_key,
        "at": row.at.isoformat(),
        "recalled": row.recalled,
    }
