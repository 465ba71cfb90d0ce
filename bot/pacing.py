"""The platform's limits, kept before anything is sent: what is claimed is reserved, the rest waits for the next window.

Reserved in the transaction of the claim, so that the limits hold for all processes together and without Redis. A
message that is tried again counts again: the platform counts calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.channels.base import Channel, Limit
from handlers.rules.pacing import next_window, window_start
from storage import spending
from storage.outbox import Outbox, OutboxState
from storage.spending import Ceiling


def paced(db: Session, channel: Channel, rows: Sequence[Outbox], wall: datetime) -> Sequence[Outbox]:
    """The leased rows that may go out now; the others wait again, as if they had not been claimed."""
    limits = sorted(channel.abilities.limits, key=lambda limit: limit.name)
    if not limits:
        return rows
    calls = _calls(channel, rows)
    going = len(calls)
    reserved: list[tuple[Limit, Ceiling, int]] = []
    until = wall
    for limit in limits:
        ceiling = Ceiling(limit.name, limit.most, window_start(limit.per, wall))
        granted = spending.reserve(db, channel.door, ceiling, _amount(limit, calls[:going]))
        reserved.append((limit, ceiling, granted))
        if _amount(limit, calls[:going]) > granted:
            until = max(until, next_window(limit.per, wall))
        while going and _amount(limit, calls[:going]) > granted:
            going -= 1
    for limit, ceiling, granted in reserved:
        spending.give_back(db, channel.door, ceiling, granted - _amount(limit, calls[:going]))
    for row in (row for call in calls[going:] for row in call):
        _wait(row, until)
    return [row for call in calls[:going] for row in call]


def _amount(limit: Limit, calls: Sequence[Sequence[Outbox]]) -> int:
    return len(calls) if limit.unit == "calls" else sum(len(call) for call in calls)


def _calls(channel: Channel, rows: Sequence[Outbox]) -> list[list[Outbox]]:
    """The rows as the calls they will go out in."""
    calls: list[list[Outbox]] = []
    size = channel.abilities.batch
    for row in rows:
        last = calls[-1] if calls else []
        alike = not channel.abilities.alike or (last and row.together and last[0].together == row.together)
        if last and len(last) < size and alike:
            last.append(row)
        else:
            calls.append([row])
    return calls


def _wait(row: Outbox, until: datetime) -> None:
    row.state, row.lease, row.lease_until = OutboxState.WAITING, None, None
    row.tries -= 1
    row.next_try_at = until
    if row.together is not None and not row.tries:
        row.together = row.together.partition("@")[0]  # it was not tried yet: its company may still change
