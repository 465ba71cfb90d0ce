"""A batch of incoming messages is one transaction: keys first, then a savepoint a message."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot.handle import Moment, handle, is_mere_talk
from bot.wiring import App
from handlers.message import Incoming
from nlp.reading import Reading
from storage.base import new_ref
from storage.conflict import on_conflict_do_nothing
from storage.engine import is_passing
from storage.inbox import Inbox, InboxState
from storage.outbox import Outbox
from storage.people import Account, Group

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Arrival:
    """A message that was understood, on its way into the database."""

    incoming: Incoming
    reading: Reading
    raw: str = ""  # the bytes as they came, for the operator, should it fail


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message. ``answer`` is said within the request, the same for every repeat."""

    state: str
    repeated: bool = False
    answer: str | None = None
    waiting: int = 0  # rows that wait to be sent


def passing(error: BaseException) -> bool:
    """Lost a lock or a compare-and-set: the same batch may well succeed now."""
    return isinstance(error, StaleDataError) or is_passing(error)


def take(app: App, arrivals: Sequence[Arrival]) -> list[Taken]:
    """Commits a batch. Raises what the database raises; nothing of the batch is kept then."""
    with app.writing() as db:
        return Batch(app, db, arrivals).run()


class Batch:
    """One transaction's worth of messages."""

    def __init__(self, app: App, db: Session, arrivals: Sequence[Arrival]) -> None:
        self.app, self.db, self.arrivals = app, db, arrivals
        self.moment = Moment(app.clock.now(db), app.clock.wall())

    def run(self) -> list[Taken]:
        """Handles what is new in the order it came; answers what is not as the first time."""
        fresh = self._claim_keys()
        self._lock_speakers([arrival for arrival in self.arrivals if arrival.incoming.key in fresh])
        groups = self._groups()
        accounts = self._accounts()
        done: dict[str, Taken] = {}
        for arrival in self.arrivals:
            key = arrival.incoming.key
            if key in done:
                done_first = done[key]
                done[key] = Taken(done_first.state, True, done_first.answer, done_first.waiting)
            elif key in fresh:
                account = accounts[(arrival.incoming.door, arrival.incoming.sender)]
                group = groups.get((arrival.incoming.door, arrival.incoming.chat or ""))
                done[key] = self._one(arrival, fresh[key], account, group)
            else:
                done[key] = self._repeat(key)
        return [done[arrival.incoming.key] for arrival in self.arrivals]

    def _claim_keys(self) -> dict[str, int]:
        """Inserts all keys, sorted (two batches in opposite order would deadlock). Returns the ids of the new ones."""
        unique = {arrival.incoming.key: arrival for arrival in self.arrivals}
        rows = [self._inbox_row(unique[key]) for key in sorted(unique)]
        statement = on_conflict_do_nothing(self.db, Inbox, "key").returning(Inbox.key, Inbox.id)
        return dict(self.db.execute(statement.values(rows)).all())

    def _inbox_row(self, arrival: Arrival) -> dict[str, object]:
        incoming, ref = arrival.incoming, new_ref()
        keep = timedelta(hours=self.app.settings.keep_talk_hours)
        sealed = self.app.vault.seal(incoming.text, "inbox.text", ref) if incoming.text else None
        return {
            "ref": ref,
            "key": incoming.key,
            "door": incoming.door,
            "kind": incoming.kind.value,
            "said_at": incoming.said_at,
            "received_at": incoming.received_at,
            "state": InboxState.HANDLED.value,
            "text": sealed,
            "text_hash": self.app.vault.lookup(incoming.text) if incoming.text else None,
            "media": incoming.media,
            "quoted_key": incoming.quoted,
            "forget_at": self.moment.now + keep,
        }

    def _lock_speakers(self, fresh: Sequence[Arrival]) -> None:
        """On PostgreSQL, one advisory lock a speaker and chat, in sorted order; SQLite's gate does it for all."""
        if self.db.get_bind().dialect.name != "postgresql":
            return
        for name in sorted({f"{a.incoming.door}|{a.incoming.chat}|{a.incoming.sender}" for a in fresh}):
            self.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))

    def _groups(self) -> dict[tuple[str, str], Group]:
        wanted = {(a.incoming.door, a.incoming.chat): a.incoming for a in self.arrivals if a.incoming.chat}
        if not wanted:
            return {}
        chats = {chat for _, chat in wanted}
        found = {(row.door, row.chat): row for row in self.db.scalars(select(Group).where(Group.chat.in_(chats)))}
        for (door, chat), incoming in sorted(wanted.items(), key=lambda item: str(item[0])):
            if (door, chat) not in found:
                group = Group(door=door, chat=chat, name=incoming.data.get("chat_name", str(chat))[:120])
                self.db.add(group)
                self.db.flush()
                found[(door, chat)] = group
        return {(door, chat): row for (door, chat), row in found.items()}

    def _accounts(self) -> dict[tuple[str, str], Account]:
        """Everybody who speaks in the batch; those never heard before are added."""
        people = {(a.incoming.door, a.incoming.sender): a.incoming for a in self.arrivals}
        hashes = {pair: self.app.vault.lookups(f"{pair[0]}:{pair[1]}") for pair in people}
        every = [one for listed in hashes.values() for one in listed]
        known = {
            row.address_hash: row for row in self.db.scalars(select(Account).where(Account.address_hash.in_(every)))
        }
        found: dict[tuple[str, str], Account] = {}
        for pair in sorted(people):
            account = next((known[one] for one in hashes[pair] if one in known), None)
            found[pair] = account if account is not None else self._new_account(pair, people[pair])
        self.db.flush()
        return found

    def _new_account(self, pair: tuple[str, str], incoming: Incoming) -> Account:
        """Another process may add the same person at the same time: then theirs is used."""
        door, address = pair
        ref, vault = new_ref(), self.app.vault
        name = vault.seal(incoming.shown_name, "accounts.shown_name", ref) if incoming.shown_name else None
        row = {
            "ref": ref,
            "door": door,
            "address": vault.seal(address, "accounts.address", ref),
            "address_hash": vault.lookup(f"{door}:{address}"),
            "shown_name": name,
            "follows": True,
        }
        self.db.execute(on_conflict_do_nothing(self.db, Account, "door", "address_hash").values([row]))
        return self.db.scalars(
            select(Account).where(Account.door == door, Account.address_hash == row["address_hash"])
        ).one()

    def _one(self, arrival: Arrival, row_id: int, account: Account, group: Group | None) -> Taken:
        incoming = arrival.incoming
        where = {"sender_id": account.id, "group_id": group.id if group is not None else None}
        self.db.execute(update(Inbox).where(Inbox.id == row_id).values(**where))
        if account.last_said_at is None or account.last_said_at < incoming.said_at:
            account.last_said_at = incoming.said_at
        if is_mere_talk(incoming, arrival.reading, account, self.moment.now):
            return Taken(InboxState.HANDLED)
        try:
            with self.db.begin_nested():
                row = self.db.get_one(Inbox, row_id)
                answer, waiting = handle(self.app, self.db, incoming, arrival.reading, account, group, row, self.moment)
            return Taken(InboxState.HANDLED, answer=answer, waiting=waiting)
        except Exception as error:
            if passing(error) or self.app.strict:
                raise
            return self._failed(arrival, row_id, error)

    def _failed(self, arrival: Arrival, row_id: int, error: Exception) -> Taken:
        """Kept with its raw bytes and the error's class; answered as nothing; one line without personal data."""
        ref = self.db.scalars(select(Inbox.ref).where(Inbox.id == row_id)).one()
        raw = self.app.vault.seal(arrival.raw or arrival.incoming.text, "inbox.raw", ref)
        self.db.execute(
            update(Inbox)
            .where(Inbox.id == row_id)
            .values(state=InboxState.FAILED, error=type(error).__name__[:80], raw=raw, forget_at=None)
        )
        log.error("message %s failed: %s", row_id, type(error).__name__)
        return Taken(InboxState.FAILED)

    def _repeat(self, key: str) -> Taken:
        """The platform repeats what it was not sure of: the same text again, freshly encrypted by the channel."""
        first = self.db.execute(
            select(Inbox.state, Outbox.text, Outbox.ref)
            .outerjoin(Outbox, Outbox.id == Inbox.answer_id)
            .where(Inbox.key == key)
        ).one()
        answer = self.app.vault.open(first.text, "outbox.text", first.ref) if first.text else None
        return Taken(first.state, True, answer)
