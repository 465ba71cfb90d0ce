"""确认绑定, 不是住户: the grid worker of the place decides who lives behind a door that the book did not tell."""

from __future__ import annotations

from handlers.context import Context
from handlers.households import doorstep, homes
from handlers.message import Incoming, Person, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.wording import household as wording
from storage import directory, households
from storage.people import Account, Claim, Household


@on("claim_agree")
def agree(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """确认绑定 12: the account is bound, and whoever asked hears it."""
    claim = _claim(ctx, order)
    if isinstance(claim, Reply):
        return [claim]
    name = ctx.vault.open(claim.name, "claims.name", claim.ref) if claim.name else ""
    if not _settle(ctx, claim, "agreed"):
        return [Reply(wording.CLAIM_SETTLED.format(number=claim.number))]
    account, home = ctx.db.get_one(Account, claim.account_id), ctx.db.get_one(Household, claim.household_id)
    resident = doorstep.same_named(ctx, home, name)
    if resident is None:
        resident = households.add_resident(ctx.db, ctx.vault, home.id, name)
    others = list(homes.settle(ctx, account, home, resident))
    told = wording.TOLD_AGREED.format(home=homes.in_words(ctx, home)) + wording.HOW_TO_REPORT
    return [
        Reply(wording.CLAIM_AGREED.format(number=claim.number), stamp=wording.STAMP_AGREED),
        _told(claim, told),
        *others,
    ]


@on("claim_refuse")
def refuse(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """不是住户 12: nothing is bound, and whoever asked hears whom to turn to."""
    claim = _claim(ctx, order)
    if isinstance(claim, Reply):
        return [claim]
    if not _settle(ctx, claim, "refused"):
        return [Reply(wording.CLAIM_SETTLED.format(number=claim.number))]
    return [
        Reply(wording.CLAIM_REFUSED.format(number=claim.number), stamp=wording.STAMP_REFUSED),
        _told(claim, wording.TOLD_REFUSED),
    ]


def _claim(ctx: Context, order: Order) -> Claim | Reply:
    """The claim, if it waits and its place is the speaker's; for everybody else it does not exist."""
    if order.number is None:
        return Reply(wording.CLAIM_WHICH.format(word=wording.CLAIM_WORDS[order.command]))
    claim = households.claim(ctx.db, order.number)
    if claim is None or not _is_mine(ctx, claim, order.command):
        return Reply(wording.CLAIM_UNKNOWN.format(number=order.number))
    if claim.state == "lapsed":
        return Reply(wording.CLAIM_LAPSED.format(number=claim.number))
    return claim if claim.state == "waiting" else Reply(wording.CLAIM_SETTLED.format(number=claim.number))


def _is_mine(ctx: Context, claim: Claim, command: str) -> bool:
    estate = directory.unit_of(ctx.db, ctx.db.get_one(Household, claim.household_id).estate_id)
    return estate is not None and homes.in_charge_of(ctx, estate, command)


def _settle(ctx: Context, claim: Claim, state: str) -> bool:
    staff_id = ctx.who.staff.id if ctx.who.staff is not None else None
    return households.settle_claim(ctx.db, claim, state, ctx.now, staff_id)


def _told(claim: Claim, text: str) -> Reply:
    return Reply(text, to=Person(claim.account_id), name=f"claim:{claim.number}:told")
