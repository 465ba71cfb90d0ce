"""Keeps the doors for SMS and calls in step with the numbers in the book: every few minutes, by one of all clocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from bot import leadership
from bot.wiring import App
from storage import phone_accounts
from storage.vault import Vault

EVERY = timedelta(minutes=5)


def keep(app: App) -> None:
    """Does it if the port is connected and nobody did it a moment ago."""
    if phone_accounts.SMS in app.channels and leadership.lead(app, "phones", EVERY) is not None:
        bring_up(app)


def bring_up(app: App) -> None:
    """Lets go of what is over and adds what is missing, in short transactions."""
    with app.writing() as db:
        phone_accounts.drop_stale(db)
    for add in (phone_accounts.add_staff, phone_accounts.add_residents):
        _all(app, add)


def _all(app: App, add: Callable[[Session, Vault, int], int | None]) -> None:
    after: int | None = 0
    while after is not None:
        with app.writing() as db:
            after = add(db, app.vault, after)
