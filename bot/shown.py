"""What was shown of a ticket before: cards whose buttons mean nothing any more, messages that are taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.channels.base import Way
from bot.ladder import Ladder
from storage.outbox import Outbox, OutboxState
from storage.people import Account
from storage.vault import Vault

RECALLED_WITHIN = timedelta(hours=23)  # WeCom: 24, by a clock that is not ours


@dataclass(frozen=True, slots=True)
class Shown:
    """One call of the past: who stands for those it reached, and the platform's word for changing it."""

    account: Account
    address: str
    way: Way
    code: str | None
    together: str | None = None


_RECENT = (
    select(Outbox.id, Outbox.platform_id, Outbox.account_id)
    .join(Account, Account.id == Outbox.account_id)
    .where(
        Outbox.ticket_id == bindparam("ticket"),
        Outbox.state == OutboxState.SENT,
        Outbox.way == "message",
        Outbox.platform_id.is_not(None),
        Outbox.sent_at >= bindparam("since"),
        Account.staff_id.is_not(None),
    )
    .order_by(Outbox.id)
)
_SHOWN = (
    select(Outbox)
    .where(
        Outbox.ticket_id == bindparam("ticket"),
        Outbox.code.is_not(None),
        Outbox.code_until > bindparam("wall"),
        Outbox.way == "message",
    )
    .order_by(Outbox.id)
)


def cards(db: Session, vault: Vault, ladder: Ladder, ticket_id: int) -> Iterator[Shown]:
    """One change for everybody who was shown a card in the same call. The platform's word for it works once."""
    for row in db.scalars(_SHOWN, {"ticket": ticket_id, "wall": ladder.wall}).all():
        code = vault.open(row.code or "", "outbox.code", row.ref)
        row.code = row.code_until = None
        account = db.get_one(Account, row.account_id)
        if ladder.abilities(account.door) is not None:
            yield Shown(account, f"c:{row.id}", "stamp", code, row.together)


def messages(db: Session, ladder: Ladder, ticket_id: int, now: datetime) -> Iterator[Shown]:
    """Each call of the last day to staff about this ticket, once. Later the platforms take nothing back."""
    recent = {"ticket": ticket_id, "since": now - RECALLED_WITHIN}
    calls: set[tuple[str, str | None]] = set()
    for row_id, platform_id, account_id in db.execute(_RECENT, recent).all():
        account = db.get_one(Account, account_id)
        able = ladder.abilities(account.door)
        if able is not None and "recall" in able.ways and (account.door, platform_id) not in calls:
            calls.add((account.door, platform_id))
            yield Shown(account, f"k:{row_id}", "recall", platform_id)
