"""A batch of incoming messages is one transaction: keys first, then a savepoint a message."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot import speakers, wanted
from bot.channels.base import RawRequest
from bot.groups_heard import Chat, chat_of, groups_of
from bot.handle import BELLS, Moment, Speech, handle, is_mere_talk
from bot.kept import pack
from bot.speakers import Speaker
from bot.wanted import Handle
from bot.wiring import App
from handlers.message import Incoming
from nlp.reading import Reading
from storage import candidates
from storage.base import new_ref
from storage.conflict import on_conflict_do_nothing
from storage.counting import Counts, Uncounted, offer
from storage.deployment import Question
from storage.engine import is_passing
from storage.inbox import Inbox, InboxState
from storage.inserts import Row, as_read
from storage.outbox import Outbox
from storage.people import Account, Group
from storage.tickets import Ticket

log = logging.getLogger(__name__)

INVENTED = "memory:"  # doors whose people speak in business time already

# In the order of the array, so that two batches never wait for each other.
LOCK_ALL = text("SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(CAST(:names AS text[])) AS name")


@dataclass(slots=True)
class Arrival:
    """A message that was understood, on its way into the database."""

    incoming: Incoming
    reading: Reading
    raw: RawRequest | None = None  # as it came, for the operator, should it fail
    within_request: bool = True  # somebody waits for the answer; not so when it is taken from the spool or run again
    fault: Exception | None = None  # it could not even be read
    counts: Counts = field(default_factory=Counts)  # what was counted for it before


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message. ``answer`` is said within the request, the same for every repeat."""

    state: str
    repeated: bool = False
    answer: str | None = None
    waiting: int = 0  # rows that wait to be sent


class Unready(Exception):
    """A message of a batch wants a town counted before it is handled."""

    def __init__(self, at: int, wanted: Uncounted) -> None:
        super().__init__(str(wanted))
        self.at, self.wanted = at, wanted


def passing(error: BaseException) -> bool:
    """Lost a lock or a compare-and-set: the same batch may well succeed now."""
    return isinstance(error, StaleDataError) or is_passing(error)


def take(app: App, arrivals: Sequence[Arrival]) -> list[Taken]:
    """Commits a batch. Raises what the database raises, and Unready; nothing of the batch is kept then."""
    with app.writing() as db:
        taken = Batch(app, db, arrivals).run()
    for queue in sorted(db.info.get(BELLS, ())):
        app.bell.ring(queue)
    return taken


def put_away(app: App, arrival: Arrival, error: Exception) -> Taken:
    """Commits a message that nothing can be done with as ``failed``, to be run again. Raises as ``take``."""
    with app.writing() as db:
        return Batch(app, db, [arrival]).put_away(arrival, error)


def take_again(app: App, row_id: int, arrival: Arrival) -> Taken:
    """Runs a failed message once more, in one transaction; it stays failed when it fails again."""
    with app.writing() as db:
        return Batch(app, db, [arrival]).again(arrival, row_id)


def _taken_up(arrivals: Sequence[Arrival]) -> datetime | None:
    """When a message that was counted for was first taken up: it is run by itself, in the moment of then."""
    return arrivals[0].counts.now if len(arrivals) == 1 else None


class Batch:
    """One transaction's worth of messages."""

    def __init__(self, app: App, db: Session, arrivals: Sequence[Arrival]) -> None:
        self.app, self.db = app, db
        self._files: dict[str, Handle] = {}  # by the key of their message
        self.moment = Moment(_taken_up(arrivals) or app.clock.now(db), app.clock.wall())
        self.arrivals = [self._named(self._in_business_time(arrival)) for arrival in arrivals]
        self._awake: dict[int, bool] = {}
        self._rows: dict[str, Row] = {}  # of the inbox, as they were written, by key

    def run(self) -> list[Taken]:
        """Handles what is new in the order it came; answers what is not as the first time."""
        ids = speakers.identify(self.db, self.app.vault, (arrival.incoming for arrival in self.arrivals))
        groups = self._groups()
        fresh = self._claim_keys(ids, groups)
        new = [arrival for arrival in self.arrivals if arrival.incoming.key in fresh]
        accounts = self._speaking(new, ids)
        done: dict[str, Taken] = {}
        for arrival in self.arrivals:
            key = arrival.incoming.key
            if key in done:
                done_first = done[key]
                done[key] = Taken(done_first.state, True, done_first.answer, done_first.waiting)
            elif key in fresh:
                account = accounts[speakers.speaker(arrival.incoming)]
                done[key] = self._one(arrival, fresh[key], account, groups.get(chat_of(arrival.incoming)))
            else:
                done[key] = self._repeat(key)
        return [done[arrival.incoming.key] for arrival in self.arrivals]

    def put_away(self, arrival: Arrival, error: Exception) -> Taken:
        """Only the key, the bytes and the error's class."""
        bare = replace(arrival, incoming=replace(arrival.incoming, text="", media=None, quoted=None))
        statement = on_conflict_do_nothing(self.db, Inbox, "key").returning(Inbox.id)
        row_id = self.db.scalar(statement.values([self._inbox_row(bare)]))
        return self._repeat(arrival.incoming.key) if row_id is None else self._failed(arrival, row_id, error)

    def again(self, arrival: Arrival, row_id: int) -> Taken:
        """A row that is ``failed`` is handled as if it had just come, with nobody waiting for the answer."""
        arrival.counts.here = True  # nobody waits for it, nor behind it
        row = self.db.get_one(Inbox, row_id, with_for_update=True)
        if row.state != InboxState.FAILED:
            return Taken(row.state, True)
        before = wanted.as_before(self.db, arrival.incoming, row.media)
        arrival = self._named(arrival) if before is None else replace(arrival, incoming=before)
        self._want([arrival.incoming.key] if before is None else ())
        incoming = arrival.incoming
        whole = self._inbox_row(arrival)
        whole["text"] = self.app.vault.seal(incoming.text, "inbox.text", row.ref) if incoming.text else None
        kept = {name: whole[name] for name in ("state", "text", "text_hash", "media", "quoted_key", "forget_at")}
        self.db.execute(update(Inbox).where(Inbox.id == row_id).values(error=None, raw=None, **kept))
        [account] = self._speaking([arrival], speakers.identify(self.db, self.app.vault, [incoming])).values()
        group = self._groups().get(chat_of(incoming))
        row.sender_id, row.group_id = account.id, group.id if group is not None else None
        return self._one(arrival, row_id, account, group)

    def _speaking(self, arrivals: Sequence[Arrival], ids: Mapping[Speaker, int]) -> dict[Speaker, Account]:
        """Those who say something new, locked until the batch is over."""
        self._lock_speakers(arrivals)
        messages = [arrival.incoming for arrival in arrivals]
        speakers.note_heard(self.db, ids, messages, self.app.channels)
        return speakers.load(self.db, {speakers.speaker(said): ids[speakers.speaker(said)] for said in messages})

    def _claim_keys(self, ids: Mapping[Speaker, int], groups: Mapping[Chat, Group]) -> dict[str, int]:
        """Inserts all keys, sorted (two batches in opposite order would deadlock). Returns the ids of the new ones."""
        unique = {arrival.incoming.key: arrival for arrival in self.arrivals}
        for key in sorted(unique):
            incoming = unique[key].incoming
            group = groups.get(chat_of(incoming))
            whence = {"sender_id": ids[speakers.speaker(incoming)], "group_id": group.id if group is not None else None}
            self._rows[key] = self._inbox_row(unique[key]) | whence
        statement = on_conflict_do_nothing(self.db, Inbox, "key").returning(Inbox.key, Inbox.id)
        fresh = dict(self.db.connection().execute(statement, list(self._rows.values())).all())
        self._want(fresh)
        return fresh

    def _in_business_time(self, arrival: Arrival) -> Arrival:
        """In the sample neighbourhood, whose time is moved, a real platform still tells the wall's time."""
        shift = self.moment.now - self.moment.wall
        if not self.app.sample or not shift or arrival.incoming.door.startswith(INVENTED):
            return arrival
        return replace(arrival, incoming=replace(arrival.incoming, said_at=arrival.incoming.said_at + shift))

    def _named(self, arrival: Arrival) -> Arrival:
        """A copy: what is retried has other names next time."""
        before = self._files.get(arrival.incoming.key)
        incoming, file = wanted.named(arrival.incoming, before.ref if before is not None else None)
        if file is None:
            return arrival
        self._files[incoming.key] = file
        return replace(arrival, incoming=incoming)

    def _want(self, keys: Iterable[str]) -> None:
        files = [self._files[key] for key in keys if key in self._files]
        if files:
            wanted.want(self.db, self.app.vault, files, self.moment.wall)
            self.db.info.setdefault(BELLS, set()).add(wanted.BELL)

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
        names = sorted({f"{a.incoming.door}|{a.incoming.chat}|{a.incoming.sender}" for a in fresh})
        self.db.connection().execute(LOCK_ALL, {"names": names})

    def _groups(self) -> Mapping[Chat, Group]:
        messages = (one.incoming for one in self.arrivals)
        return groups_of(self.app, self.db, messages, self.moment.now, self.moment.wall)

    def _one(self, arrival: Arrival, row_id: int, account: Account, group: Group | None) -> Taken:
        incoming = arrival.incoming
        if arrival.fault is not None:
            return self._failed(arrival, row_id, arrival.fault)
        try:
            awake = group is not None and self._is_awake(group)
            if is_mere_talk(incoming, arrival.reading, account, self.moment.now, awake):
                return Taken(InboxState.HANDLED)
            arrival.counts.now = self.moment.now
            offer(self.db, arrival.counts)
            with self.db.begin_nested():
                answer, waiting = self._handled(arrival, row_id, account, group)
            return Taken(InboxState.HANDLED, answer=answer, waiting=waiting)
        except Uncounted as wanted:
            raise Unready(self.arrivals.index(arrival), wanted) from None
        except Exception as error:
            if passing(error) or self.app.strict:
                raise
            return self._failed(arrival, row_id, error)

    def _handled(self, arrival: Arrival, row_id: int, account: Account, group: Group | None) -> tuple[str | None, int]:
        written = self._rows.get(arrival.incoming.key)
        row = as_read(self.db, Inbox, row_id, written) if written is not None else self.db.get_one(Inbox, row_id)
        speech = Speech(arrival.incoming, arrival.reading, account, group, row, arrival.within_request)
        result = handle(self.app, self.db, speech, self.moment)
        if group is not None and row.ticket_id is not None:
            self._awake[group.id] = True
        return result

    def _is_awake(self, group: Group) -> bool:
        """Whether a group was told of a problem, or may have been, a short while ago: its talk may belong to it."""
        group_id = group.id
        if group_id not in self._awake:
            since = self.moment.now - self.app.policy.additions
            told = select(Ticket.id).where(Ticket.group_id == group_id, Ticket.opened_at >= since)
            asked = (
                select(Question.id)
                .join(Inbox, Inbox.id == Question.data["inbox"].as_integer())
                .where(Question.kind == "report", Question.asked_at > since, Inbox.group_id == group_id)
            )
            self._awake[group_id] = any(self.db.scalar(one.limit(1)) is not None for one in (told, asked)) or (
                group.mode != candidates.DIRECT and candidates.is_any_waiting(self.db, group_id, since)
            )
        return self._awake[group_id]

    def _failed(self, arrival: Arrival, row_id: int, error: Exception) -> Taken:
        """Kept with its raw bytes and the error's class; answered as nothing; one line without personal data."""
        ref = self.db.scalars(select(Inbox.ref).where(Inbox.id == row_id)).one()
        raw = self.app.vault.seal(pack(arrival.incoming, arrival.raw), "inbox.raw", ref)
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
