"""督办意见 as they are read beside a ticket: by the level above, by whoever works on it, by inspectors."""

from __future__ import annotations

from sqlalchemy.orm import Session

from handlers.context import Context, words_of
from handlers.ticket import case
from handlers.wording import supervising as wording
from handlers.wording.times import when
from storage import facts
from storage.facts import Fact, FactKind
from storage.inbox import Body
from storage.tickets import Ticket
from storage.vault import Vault


def of_ticket(db: Session, ticket: Ticket) -> list[Fact]:
    """All of them, oldest first."""
    return [fact for fact in facts.of_ticket(db, ticket.id) if fact.kind == FactKind.SUPERVISED]


def said(db: Session, vault: Vault, fact: Fact) -> str:
    """The words of one; empty once they were erased."""
    return words_of(vault, db.get(Body, fact.body_id) if fact.body_id is not None else None)


def lines(ctx: Context, ticket: Ticket, *, hidden: bool) -> list[str]:
    """The newest for 查 in private; ``hidden`` from those who are not told who complained."""
    return [
        wording.LOOK.format(at=when(fact.at, ctx.now), said=case.shown(said(ctx.db, ctx.vault, fact), hidden=hidden))
        for fact in of_ticket(ctx.db, ticket)[-wording.MOST :]
    ]
