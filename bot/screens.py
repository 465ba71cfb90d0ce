"""Screens of the playground as rows: what the memory channel showed, and what the invented people said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.channels.base import Outcome, Outgoing
from storage.conflict import insert_new
from storage.deployment import Screen

Opener = Callable[[], AbstractContextManager[Session]]


def screen_of(chat: str | None, person: str | None) -> str:
    """The name of a screen: a group's, or a person's private chat with the bot."""
    return f"group:{chat}" if chat is not None else f"person:{person}"


class ScreenWriter:
    """Shows messages by inserting rows; a key that was shown already changes nothing."""

    def __init__(self, writing: Opener) -> None:
        self._writing = writing

    def __call__(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        rows: list[dict[str, Any]] = [
            {
                "key": f"out:{message.key}",
                "address": screen_of(message.chat, message.person),
                "sender": "",
                "kind": "card" if message.card else "text",
                "text": message.text,
                "card": message.card.as_json() if message.card else None,
                "media_ref": message.media_ref,
                "quoted_key": None,
                "at": message.at or datetime.now(UTC),
                "recalled": False,
            }
            for message in batch
        ]
        with self._writing() as db:
            insert_new(db, Screen, rows, "key")
        return [Outcome("sent", platform_id=row["key"]) for row in rows]
