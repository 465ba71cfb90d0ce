"""How far an account whose messages are fetched was followed, and what its platform last hinted at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.base import new_ref
from storage.conflict import insert_new, on_conflict_do_nothing
from storage.deployment import Mark, Pull
from storage.vault import Vault, VaultError

HINT_LIVES = timedelta(minutes=10)


def ensure(db: Session, door: str, accounts: Iterable[str]) -> None:
    """A row for every account."""
    rows = [{"ref": new_ref(), "door": door, "account": account} for account in sorted(set(accounts))]
    if rows:
        db.connection().execute(on_conflict_do_nothing(db, Pull, "door", "account"), rows)


def of_door(db: Session, door: str) -> Sequence[Pull]:
    """Every account of a door."""
    return db.scalars(select(Pull).where(Pull.door == door).order_by(Pull.id)).all()


def note(db: Session, vault: Vault, door: str, account: str, token: str, wall: datetime) -> None:
    """A callback said that there is something."""
    ensure(db, door, [account])
    one = select(Pull).where(Pull.door == door, Pull.account == account).with_for_update()
    pull = db.scalars(one, execution_options={"populate_existing": True}).one()
    pull.wanted += 1
    if token:
        pull.hint, pull.hint_until = vault.seal(token, "pulls.hint", pull.ref), wall + HINT_LIVES


def hint(vault: Vault, pull: Pull, wall: datetime) -> str | None:
    """The token of the last callback, while it is good."""
    if pull.hint is None or pull.hint_until is None or pull.hint_until <= wall:
        return None
    try:
        return vault.open(pull.hint, "pulls.hint", pull.ref)
    except VaultError:
        return None  # its key is gone: everything is found without it, only slower


def first_follow(db: Session, door: str, account: str, wall: datetime) -> datetime:
    """When this account was followed for the first time; now, if it never was."""
    digest = blake2b(f"{door}/{account}".encode(), digest_size=12).hexdigest()
    name = f"since:{digest}"
    insert_new(db, Mark, [{"name": name, "value": wall.isoformat()}], "name")
    return datetime.fromisoformat(db.scalars(select(Mark.value).where(Mark.name == name)).one())
