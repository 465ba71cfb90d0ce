"""``menkou inbox retry [KEY]``: failed messages through the conversation once more, from the bytes that were kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import click
from sqlalchemy import select

from bot.batch import Arrival, Taken, passing, take_again
from bot.channels.base import Refused
from bot.kept import NotRunnable, unpack
from bot.settings import Settings
from bot.surroundings import Surroundings
from bot.wiring import App, build
from handlers.by_name import spoken_to
from storage.inbox import Inbox, InboxState
from storage.vault import VaultError

FAULT = 1
TRIES = 6


def run(settings: Settings, key: str | None) -> int:
    """Runs one failed message again, or all. Answers 1 when any of them failed again, or when KEY is none of them."""
    app = build(settings)
    try:
        rows = failed(app, key)
        if key is not None and not rows:
            click.echo(f"no failed message is called {key}", err=True)
            return FAULT
        again = [name for name in rows if not _told(name, retry(app, name))]
    finally:
        app.close()
    click.echo(f"{len(rows) - len(again)} handled, {len(again)} failed again")
    return FAULT if again else 0


def failed(app: App, key: str | None = None) -> Sequence[str]:
    """Keys of the messages that failed and of which something is left, oldest first."""
    wanted = select(Inbox.key).where(Inbox.state == InboxState.FAILED, Inbox.raw.is_not(None)).order_by(Inbox.id)
    with app.reading() as db:
        return db.scalars(wanted if key is None else wanted.where(Inbox.key == key)).all()


def retry(app: App, key: str) -> str | None:
    """Runs one message. Returns None when it was handled, else why not, without personal data."""
    with app.reading() as db:
        row_id, ref, sealed = db.execute(select(Inbox.id, Inbox.ref, Inbox.raw).where(Inbox.key == key)).one()
    try:
        incoming, raw = unpack(app.vault.open(sealed or "", "inbox.raw", ref), app.channels)
        incoming = spoken_to(replace(incoming, key=key))
        arrival = Arrival(incoming, Surroundings(app).read(incoming), raw, within_request=False)
    except (VaultError, NotRunnable, Refused) as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever the reading stumbled over, it is told and the rest go on
        return type(error).__name__
    taken = _taken(app, row_id, arrival)
    if taken.waiting:
        app.bell.ring("replies")
    return _error_of(app, row_id) if taken.state == InboxState.FAILED else None


def _taken(app: App, row_id: int, arrival: Arrival) -> Taken:
    for _ in range(TRIES - 1):
        try:
            return take_again(app, row_id, arrival)
        except Exception as error:
            if not passing(error):
                raise
    return take_again(app, row_id, arrival)


def _error_of(app: App, row_id: int) -> str:
    with app.reading() as db:
        return db.scalar(select(Inbox.error).where(Inbox.id == row_id)) or InboxState.FAILED


def _told(key: str, reason: str | None) -> bool:
    click.echo(f"{key}: {'handled' if reason is None else reason}")
    return reason is None
