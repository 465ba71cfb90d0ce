"""Who speaks in a batch: accounts found by their keyed hash, those never heard before added, each in one statement.

Two steps, because two processes may hear the same person: the ids are found before the batch takes its locks, the
rows themselves are read after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from bot.channels.base import Channel, Window
from handlers.message import Incoming, Kind
from storage.base import new_ref
from storage.conflict import on_conflict_do_nothing
from storage.people import Account
from storage.vault import Vault

Speaker = tuple[str, str]
"""Door and address."""

_HEARD = (
    update(Account.__table__)  # type: ignore[arg-type]
    .where(
        Account.__table__.c.id == bindparam("account"),
        or_(Account.__table__.c.last_said_at.is_(None), Account.__table__.c.last_said_at < bindparam("said_at")),
    )
    .values(last_said_at=bindparam("said_at"))
)
# A short window never replaces a longer one in which something can still be said.
_OPENED = (
    update(Account.__table__)  # type: ignore[arg-type]
    .where(
        Account.__table__.c.id == bindparam("account"),
        or_(
            Account.__table__.c.window_until.is_(None),
            Account.__table__.c.window_until < bindparam("until"),
            Account.__table__.c.window_left <= 0,
        ),
    )
    .values(window_until=bindparam("until"), window_left=bindparam("left"))
)
_NOTHING_SAID = frozenset({Kind.EVENT, Kind.SYSTEM, Kind.RECALL})
SPARE = timedelta(seconds=30)
_KNOWN = select(Account.door, Account.address_hash, Account.id).where(
    Account.door.in_(bindparam("doors", expanding=True)), Account.address_hash.in_(bindparam("hashes", expanding=True))
)
_ACCOUNTS = select(Account).where(Account.id.in_(bindparam("ids", expanding=True)))


def speaker(incoming: Incoming) -> Speaker:
    """Who said it."""
    return incoming.door, incoming.sender


def identify(db: Session, vault: Vault, messages: Iterable[Incoming]) -> dict[Speaker, int]:
    """The account of everybody who speaks, by id."""
    people = {speaker(incoming): incoming for incoming in messages}
    hashes = {pair: vault.lookups(":".join(pair)) for pair in sorted(people)}
    found = _known(db, hashes)
    strangers = [pair for pair in hashes if pair not in found]
    if strangers:
        rows = [_new(vault, people[pair], hashes[pair][0]) for pair in strangers]
        # Another process may add the same person at the same time: then theirs is used.
        db.connection().execute(on_conflict_do_nothing(db, Account, "door", "address_hash"), rows)
        found |= _known(db, {pair: hashes[pair] for pair in strangers})
    return found


def load(db: Session, ids: Mapping[Speaker, int]) -> dict[Speaker, Account]:
    """The accounts as they are now that nobody else may change what they have said."""
    rows = {row.id: row for row in db.scalars(_ACCOUNTS, {"ids": sorted(set(ids.values()))})}
    return {pair: rows[number] for pair, number in ids.items()}


def note_heard(
    db: Session, ids: Mapping[Speaker, int], messages: Sequence[Incoming], doors: Mapping[str, Channel]
) -> None:
    """When each was last heard, and what the platform lets us say to them because of it."""
    latest: dict[int, datetime] = {}
    for incoming in messages:
        if incoming.kind is Kind.SYSTEM:
            continue  # the platform reports in somebody's name
        number = ids[speaker(incoming)]
        latest[number] = max(incoming.said_at, latest.get(number, incoming.said_at))
    if latest:
        rows = [{"account": number, "said_at": latest[number]} for number in sorted(latest)]
        db.connection().execute(_HEARD, rows)
    opened = [row for incoming in messages if (row := _opens(incoming, ids[speaker(incoming)], doors)) is not None]
    if opened:
        db.connection().execute(_OPENED, sorted(opened, key=lambda row: str(row["until"])))


def _opens(incoming: Incoming, number: int, doors: Mapping[str, Channel]) -> dict[str, object] | None:
    """The window that an act of this person opens. It ends a little early: the platform's clock may be ahead."""
    channel = doors.get(incoming.door)
    windows: Mapping[str, Window] = channel.abilities.windows if channel is not None else {}
    window = windows.get(incoming.event) if incoming.event else None
    if window is None and incoming.kind not in _NOTHING_SAID:
        window = windows.get("message")
    if window is None:
        return None
    acted_at = min(incoming.said_at, incoming.received_at)  # in the sample neighbourhood business time is ahead
    until = acted_at + window.span - min(window.span / 20, SPARE)
    return {"account": number, "until": until, "left": window.messages}


def _known(db: Session, hashes: Mapping[Speaker, Sequence[str]]) -> dict[Speaker, int]:
    """With several keys, during a rotation, a person has several hashes; the first that is known counts."""
    doors = sorted({door for door, _ in hashes})
    every = [one for listed in hashes.values() for one in listed]
    found_rows = db.connection().execute(_KNOWN, {"doors": doors, "hashes": every})
    rows = {(door, hashed): number for door, hashed, number in found_rows}
    found = {}
    for pair, listed in hashes.items():
        number = next((rows[pair[0], one] for one in listed if (pair[0], one) in rows), None)
        if number is not None:
            found[pair] = number
    return found


def _new(vault: Vault, incoming: Incoming, hashed: str) -> dict[str, object]:
    ref = new_ref()
    return {
        "ref": ref,
        "door": incoming.door,
        "address": vault.seal(incoming.sender, "accounts.address", ref),
        "address_hash": hashed,
        "shown_name": vault.seal(incoming.shown_name, "accounts.shown_name", ref) if incoming.shown_name else None,
        "follows": True,
    }
