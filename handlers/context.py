"""What a handler is given: the open transaction, the business time, who speaks, and what was understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from handlers.message import Incoming, Replies
from handlers.permissions import ChatKind, Who
from handlers.rules.deadlines import EMERGENCY, Policy
from nlp.reading import Reading
from storage import persons
from storage.base import JsonObject, new_ref
from storage.deployment import Question
from storage.facts import Fact
from storage.inbox import Body, Inbox
from storage.inserts import insert_one
from storage.notice_doors import Doors
from storage.people import Group, Staff
from storage.undos import Standing
from storage.vault import Vault

T = TypeVar("T")
QUESTIONS, TICKETS, THREADS, LINES = "questions", "tickets", "threads", "lines"  # what is looked up once a message


@dataclass(slots=True)
class Context:
    """Everything a handler may use. It never commits, and reads no clock but ``now`` (business time, aware)."""

    db: Session
    now: datetime
    vault: Vault
    policy: Policy
    public_url: str
    who: Who
    inbox: Inbox
    reading: Reading
    group: Group | None = None
    words: str = ""  # normalised text
    doors: frozenset[str] = frozenset()  # the doors that can speak to a person now, unasked
    notice_doors: Callable[[], Doors] | None = None  # the doors as notices go out by them now
    sign_in: Callable[[Staff], str | None] | None = None  # an address that signs somebody in; None: asked too often
    bells: set[str] = field(default_factory=set)  # queues to ring once this is committed, beside that of replies
    heard_at: datetime | None = None  # business time, where a message of then is handled only now
    hear: Callable[[Incoming, Context], Replies] | None = None  # has a message of then handled like one of now
    stood: dict[int, tuple[Standing, JsonObject]] = field(default_factory=dict)  # tickets before they were acted on
    facts: list[Fact] = field(default_factory=list)  # what was recorded by this message
    kept: dict[int, str] = field(default_factory=dict)  # the words that were kept just now, by the id of their row
    looked_up: dict[str, dict[tuple[int, int, str], object]] = field(default_factory=dict)  # see ``once``
    _mine: frozenset[int] | None = field(default=None, init=False, repr=False)

    @property
    def chat_kind(self) -> ChatKind:
        """Where this is being said."""
        if self.group is None:
            return ChatKind.PRIVATE
        return ChatKind.STAFF_GROUP if self.group.kind == "staff" else ChatKind.RESIDENTS_GROUP

    @property
    def alarms(self) -> bool:
        """Whether these words tell of an emergency: whatever was asked before, they are no answer to it."""
        return self.reading.is_report and self.reading.urgency == EMERGENCY

    @property
    def mine(self) -> frozenset[int]:
        """Every account of whoever is speaking: whoever reported from one of them is the reporter on all."""
        if self._mine is None:
            self._mine = persons.ids_of(self.db, self.who.account)
        return self._mine

    @property
    def questions(self) -> list[Question]:
        """The questions that are open to whoever is speaking, in any chat, newest first."""
        mine = select(Question).where(Question.account_id.in_(self.mine), Question.expires_at > self.now)
        newest = mine.order_by(Question.asked_at.desc(), Question.id.desc())
        asked = self.once(QUESTIONS, lambda: self.db.scalars(newest).all())
        return [one for one in asked if inspect(one).persistent and one not in self.db.deleted]

    def once(self, what: str, look_up: Callable[[], T]) -> T:
        """What many steps ask for is looked up once for a message in its chat, until ``look_anew``.

        Each of some seventy steps that asked for itself made talk to the bot twice as dear.
        """
        shelf = self.looked_up.setdefault(what, {})
        key = (self.inbox.id, self.who.account.id, self.address)
        if key not in shelf:
            shelf[key] = look_up()
        return cast("T", shelf[key])

    def look_anew(self, *what: str) -> None:
        """These have changed."""
        for one in what:
            self.looked_up.pop(one, None)

    @property
    def address(self) -> str:
        """The chat as the outbox and questions name it."""
        return f"g:{self.group.id}" if self.group is not None else f"a:{self.who.account.id}"

    def keep(self, text: str) -> Body:
        """Stores somebody's words, encrypted; the row is to be read only."""
        body = keep_words(self.db, self.vault, text, self.now)
        self.kept[body.id] = text
        return body


def keep_words(db: Session, vault: Vault, text: str, now: datetime) -> Body:
    """Stores words, encrypted and bound to their row."""
    ref = new_ref()
    row = {"ref": ref, "text": vault.seal(text, "bodies.text", ref), "created_at": now}
    return Body(id=insert_one(db, Body, row), **row)


def words_of(vault: Vault, body: Body | None) -> str:
    """The words again; empty once they were erased."""
    return vault.open(body.text, "bodies.text", body.ref) if body is not None and body.text else ""
