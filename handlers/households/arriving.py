"""Somebody comes by a QR code: a household's binds them, an estate's says where they are."""

from __future__ import annotations

from dataclasses import replace

from handlers.context import Context
from handlers.households import homes
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.wording import household as wording
from storage import directory, households
from storage.people import Unit


def scanned(incoming: Incoming, ctx: Context) -> Replies | None:
    """Bound or placed, welcomed, and told how to report. None: the code says nothing that we know."""
    scene = incoming.data.get("scene", "") if incoming.kind is Kind.EVENT else ""
    if not scene or ctx.group is not None:
        return None
    if scene.startswith(homes.HOUSEHOLD_SCENE):
        return _greeted(incoming, _household(ctx, scene.removeprefix(homes.HOUSEHOLD_SCENE).upper()))
    place = households.scene(ctx.db, ctx.who.account.door, scene)
    unit = directory.unit_of(ctx.db, place.unit_id) if place is not None else None
    return _greeted(incoming, _placed(ctx, unit)) if unit is not None else None


def _greeted(incoming: Incoming, replies: Replies) -> Replies:
    """Where the platform lets us greet, once in two days, by a code of the event, the first words go by it."""
    code = incoming.data.get("welcome")
    return [replace(replies[0], way="welcome", code=code), *replies[1:]] if code else replies


def _placed(ctx: Context, unit: Unit) -> Replies:
    account = ctx.who.account
    account.unit_id, account.follows, account.hinted_at = unit.id, True, ctx.now
    return [Reply(f"{wording.WELCOME_ESTATE.format(place=unit.name)}{wording.HOW_TO_REPORT}")]


def _household(ctx: Context, code: str) -> Replies:
    account = ctx.who.account
    account.follows, account.hinted_at = True, ctx.now
    if ctx.who.is_staff:  # a member of staff who tries the code that they hand out does not move in
        return [Reply(wording.ALREADY_BOUND.format(name=directory.name_of(ctx.vault, ctx.who.staff)))]
    tries = homes.tries(ctx)
    if tries.used >= homes.WRONG_CODES:
        return [Reply(wording.TOO_MANY_CODES)]
    bound = homes.bind_by_code(ctx, code)
    if bound is None:
        tries.used += 1
        return [Reply(f"{wording.BAD_QR}{wording.HOW_TO_REPORT}")]
    return bound
