"""A slice exactly as it is sent, each time."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from bot.channels.base import Outgoing


@dataclass(frozen=True, slots=True)
class Member:
    """One household of a slice: its row, the name of its message, where it goes, and its own part of the link."""

    ledger_id: int
    key: str
    address: str
    token: str


@dataclass(frozen=True, slots=True)
class Request:
    """A household's text is ``text + token``.

    Stored in this factored form because the text of a hundred households differs in 22 characters only. Where a
    platform takes one text for all, the tokens are empty and ``together`` names the call.
    """

    text: str
    at: datetime  # business time of the cut, shown by the playground
    members: tuple[Member, ...]
    together: str | None = None

    def messages(self) -> list[Outgoing]:
        """The messages, in the order of the members."""
        return [
            Outgoing(member.key, self.text + member.token, person=member.address, at=self.at, together=self.together)
            for member in self.members
        ]

    def only(self, ledger_ids: Collection[int], together: str) -> Request:
        """The same for some of its households, by another name: for a call that the platform refused as a whole."""
        kept = tuple(member for member in self.members if member.ledger_id in ledger_ids)
        return replace(self, members=kept, together=together if self.together is not None else None)

    def dump(self) -> str:
        """As it is stored, before encryption."""
        members = [[row.ledger_id, row.key, row.address, row.token] for row in self.members]
        return json.dumps([self.text, self.at.isoformat(), members, self.together], ensure_ascii=False)

    @classmethod
    def load(cls, stored: str) -> Request:
        """The same request again; also one that an earlier version cut, which knew no calls with a name."""
        text, at, members, *rest = json.loads(stored)
        return cls(text, datetime.fromisoformat(at), tuple(Member(*row) for row in members), *rest)
