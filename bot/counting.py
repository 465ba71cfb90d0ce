"""Runs a transaction that may want a town counted first: see ``storage.counting``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from bot.wiring import App
from storage.counting import Counts, Uncounted

log = logging.getLogger(__name__)

TIMES = 8  # figures that are counted beforehand for one transaction; what it wants besides it counts itself
T = TypeVar("T")


def with_counts(app: App, work: Callable[[Counts], T]) -> T:
    """Runs ``work``, which opens the transaction and offers it the counts, until it has all it wants."""
    counts = Counts()
    while True:
        try:
            return work(counts)
        except Uncounted as wanted:
            count(app, counts, wanted)


def count(app: App, counts: Counts, wanted: Uncounted) -> None:
    """Counts what is wanted in a transaction that only reads. Where that fails the transaction has to count itself."""
    try:
        with app.reading() as db:
            counts.known[wanted.key] = wanted.count(db)
    except Exception as error:  # noqa: BLE001 - the database may be away, which is not for here to handle
        log.warning("nothing could be counted beforehand (%s)", type(error).__name__)
        counts.here = True
    counts.here = counts.here or len(counts.known) >= TIMES
