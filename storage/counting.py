"""Counting a whole town outside the transaction that wants the figure.

A preview counts every household by its way: seconds where there are a million. Inside a write transaction everybody who
writes would wait for that (on SQLite for the write gate, in a web process for the one writing thread). So a transaction
that was offered ``Counts`` does not count: it breaks off with ``Uncounted`` and is rolled back, one that only reads
counts, and it is run again with the figure at hand. It costs the transaction's work twice.

A figure is as old as the moments between the two: what must not have changed is counted again when it is confirmed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

_KEY = "counts"  # of a session
Key = tuple[str, ...]
T = TypeVar("T")


@dataclass(slots=True)
class Counts:
    """What was counted for one message or one form. ``now``: business time when it was first taken up, so that the
    second run asks for the same figures. ``here``: what is still missing is counted inside the transaction.
    """

    known: dict[Key, Any] = field(default_factory=dict)
    now: datetime | None = None
    here: bool = False


class Uncounted(Exception):
    """A figure that must be counted before this transaction can be run."""

    def __init__(self, key: Key, count: Callable[[Session], Any]) -> None:
        super().__init__(key[0])
        self.key, self.count = key, count


def offer(db: Session, counts: Counts) -> None:
    """This transaction can be broken off and run again."""
    db.info[_KEY] = counts


def counted(db: Session, key: Key, count: Callable[[Session], T]) -> T:
    """The figure of this name. Raises Uncounted where it is to be counted first; a transaction that was offered nothing
    counts by itself. ``count`` may run in another transaction, and must not use anything that this one has written."""
    counts: Counts | None = db.info.get(_KEY)
    if counts is None or counts.here:
        return count(db)
    if key not in counts.known:
        raise Uncounted(key, count)
    found: T = counts.known[key]
    return found
