"""Who leads: a lease row with a fencing number, for connections and daily work."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.wiring import App
from storage.conflict import insert_new
from storage.deployment import Lease

LINE_LEASE = timedelta(seconds=15)  # of whoever listens to an account

ME = f"{socket.gethostname()[:40]}:{os.getpid()}"


def lead(app: App, name: str, span: timedelta) -> int | None:
    """Takes or renews the lease until now + ``span`` (wall time). Returns the fencing number, or None: another leads.

    A lease that is held already by this process for a name that is done once is not given again within its span.
    """
    wall = app.clock.wall()
    with app.reading() as db:
        held = db.scalar(select(Lease).where(Lease.name == name))
        if held is not None and held.until > wall:
            return None
    with app.writing() as db:
        insert_new(db, Lease, [{"name": name, "holder": "", "fence": 0, "until": wall - timedelta(seconds=1)}], "name")
        lease = db.get_one(Lease, name, with_for_update=True)
        if lease.until > wall:
            return None
        lease.holder, lease.until, lease.fence = ME, wall + span, lease.fence + 1
        return lease.fence


def keep(app: App, name: str, fence: int, span: timedelta) -> bool:
    """Renews a lease that is still ours. False: somebody else leads now."""
    with app.writing() as db:
        lease = db.get(Lease, name, with_for_update=True)
        if lease is None or lease.fence != fence:
            return False
        lease.until = app.clock.wall() + span
        return True


def give_up(app: App, name: str, fence: int) -> None:
    """Lets another lead at once."""
    with app.writing() as db:
        lease = db.get(Lease, name, with_for_update=True)
        if lease is not None and lease.fence == fence:
            lease.until = app.clock.wall()


def holds(db: Session, name: str, fence: int) -> bool:
    """Whether the lease is still ours, in the transaction of what is to be written: nobody takes it until the end."""
    lease = db.get(Lease, name, with_for_update=True)
    return lease is not None and lease.fence == fence


def of_line(door: str) -> str:
    """The name of the lease of whoever listens to a door."""
    return f"listen:{door}"
