"""What the invented people say: one row on the screen of the chat, and the same message through the real intake.

The row comes first, so that the words stand above their answer; the bot's own words are written by the delivery
worker, another process, like those to any platform.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from bot.receive import Intake, NotTaken
from bot.screens import screen_of
from bot.web.playground_cast import Cast, Person
from bot.wiring import SAMPLE_DOOR, App
from handlers.message import Incoming, Kind
from storage import media
from storage.conflict import insert_new
from storage.deployment import Screen

LONGEST_TEXT = 10_000  # characters; what a platform lets through at most
BOT_KEYS = "out:"


class Saying(BaseModel):
    """Something said in a group, or to the bot alone when ``chat`` is missing."""

    speaker: str
    chat: str | None = None
    kind: Literal["text", "image", "voice", "location"] = "text"
    text: str = Field("", max_length=LONGEST_TEXT)
    media: str | None = None
    quoted: str | None = None
    addressed: bool = False  # the text begins with @ and the bot's name


class Press(BaseModel):
    """A tap on a button of a card."""

    speaker: str
    card: str
    action: str


class Recall(BaseModel):
    """Somebody takes a message of their own back."""

    speaker: str
    key: str


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does something, where: what the three kinds of deeds have in common."""

    person: Person
    chat: str | None

    def incoming(self, key: str, kind: Kind, app: App, db: Session, **more: Any) -> Incoming:
        """The message as the sample channel would have parsed it; its time is the neighbourhood's."""
        now = app.clock.now(db)
        return Incoming(
            key=key,
            door=SAMPLE_DOOR,
            sender=self.person.address,
            chat=self.chat,
            kind=kind,
            said_at=now,
            received_at=now,
            shown_name=self.person.name,
            **more,
        )

    @property
    def screen(self) -> str:
        return screen_of(self.chat, self.person.address)


def said(app: App, cast: Cast, saying: Saying) -> Incoming:
    """Puts the words on the screen and answers the message for the intake. Raises HTTPException."""
    deed = _deed(cast, saying.speaker, saying.chat)
    if not saying.text.strip() and saying.media is None:
        raise HTTPException(422, "nothing")
    key = _key()
    with app.writing() as db:
        if saying.media is not None and media.by_ref(db, saying.media) is None:
            raise HTTPException(404, "media")
        quoted = _on(db, deed.screen, saying.quoted) if saying.quoted is not None else None
        incoming = deed.incoming(
            key,
            Kind(saying.kind),
            app,
            db,
            text=saying.text.strip(),
            media=f"media:{saying.media}" if saying.media is not None else None,
            quoted=quoted.key if quoted is not None else None,
            addressed=deed.chat is None or saying.addressed or (quoted is not None and _is_bots(quoted)),
        )
        insert_new(db, Screen, [_row(deed, incoming)], "key")
    return incoming


def pressed(app: App, cast: Cast, press: Press) -> Incoming:
    """The tap as a message for the intake; nothing appears on the screen but what the bot answers."""
    with app.reading() as db:
        card = _find(db, press.card)
        deed = _deed_on(cast, press.speaker, card)
        known = {button["action"] for button in (card.card or {}).get("buttons", ())}
        if press.action not in known:
            raise HTTPException(404, "button")
        number = (card.card or {}).get("ticket")
        data = {"ticket": str(number)} if number is not None else {}
        return deed.incoming(
            _key(), Kind.PRESS, app, db, event=press.action, data=data, quoted=card.key, addressed=True
        )


def recalled(app: App, cast: Cast, recall: Recall) -> Incoming:
    """Marks the row and answers the message that says so. Only its speaker can take a message back."""
    with app.writing() as db:
        row = _find(db, recall.key)
        deed = _deed_on(cast, recall.speaker, row)
        if row.sender != deed.person.name:
            raise HTTPException(403, "speaker")
        row.recalled = True
        return deed.incoming(_key(), Kind.RECALL, app, db, quoted=row.key)


async def take_in(intake: Intake, incoming: Incoming) -> Mapping[str, Any]:
    """Through the intake, as a callback would; what became of it."""
    try:
        taken = await asyncio.wrap_future(intake.submit(incoming))
    except NotTaken as error:
        raise HTTPException(503, "database") from error
    return {"key": incoming.key, "state": taken.state}


def _key() -> str:
    return f"in:memory:{uuid4()}"


def _row(deed: Deed, incoming: Incoming) -> dict[str, object]:
    return {
        "key": incoming.key,
        "address": deed.screen,
        "sender": deed.person.name,
        "kind": incoming.kind,
        "text": incoming.text,
        "media_ref": incoming.media,
        "quoted_key": incoming.quoted,
        "at": incoming.said_at,
        "recalled": False,
    }


def _deed(cast: Cast, speaker: str, chat: str | None) -> Deed:
    person = cast.person(speaker)
    if person is None:
        raise HTTPException(404, "speaker")
    if chat is not None and chat not in person.groups:
        raise HTTPException(403, "not in this group")
    return Deed(person, chat)


def _deed_on(cast: Cast, speaker: str, row: Screen) -> Deed:
    """A deed on the screen that a row stands on: the speaker must be able to see it."""
    kind, _, name = row.address.partition(":")
    deed = _deed(cast, speaker, name if kind == "group" else None)
    if deed.screen != row.address:
        raise HTTPException(403, "not on this screen")
    return deed


def _find(db: Session, key: str) -> Screen:
    row = db.scalars(select(Screen).where(Screen.key == key)).one_or_none()
    if row is None:
        raise HTTPException(404, "message")
    return row


def _on(db: Session, screen: str, key: str) -> Screen:
    row = _find(db, key)
    if row.address != screen:
        raise HTTPException(404, "message")
    return row


def _is_bots(row: Screen) -> bool:
    return row.key.startswith(BOT_KEYS)
