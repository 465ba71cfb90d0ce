"""What wants care in a group that is only listened to: a life in danger is told to whoever is on duty; what accuses an
official is forgotten; petitions and quarrels are nobody's business here."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context
from handlers.groups import shadowing
from handlers.hearing import delicate
from handlers.message import Incoming, Replies


def with_care(incoming: Incoming, ctx: Context) -> Replies | None:
    """Goes before everything else that is overheard. None: it touches nothing of this."""
    found = delicate.heard(incoming, ctx)
    if found is None or ctx.who.is_staff:
        return None
    if found.is_alarm:
        return shadowing.overheard(incoming, replace(ctx, reading=delicate.as_emergency(ctx, found)))
    for step in (delicate.official, delicate.apart):
        if step(incoming, ctx) is not None:
            return []
    return None
