"""Binding an account: staff by a one-time code. Authorisation is only ever by platform account."""

from __future__ import annotations

from sqlalchemy import select, update

from handlers.context import Context
from handlers.message import Incoming, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.wording import household as wording
from handlers.wording import taxonomy
from storage import directory
from storage.deployment import Spend
from storage.people import BindCode, Staff

CODE_LENGTH = 8
WRONG_CODES = 5  # tries an account has in a day: a code has 39 bits, and nobody is to try them out


@on("bind")
def bind(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """绑定 AB12CD34: makes this account the staff member's whom the code was given to."""
    code = _code(order)
    if not code:
        return [Reply(wording.CODE_PLEASE)]
    ctx.inbox.text = None  # a code is a secret: it is not kept even for a day
    if ctx.who.staff is not None and ctx.who.staff.active:
        return [Reply(wording.ALREADY_BOUND.format(name=directory.name_of(ctx.vault, ctx.who.staff)))]
    tries = _tries(ctx)
    if tries.used >= WRONG_CODES:
        return [Reply(wording.TOO_MANY_CODES)]
    staff = _redeem(ctx, code)
    if staff is None:
        tries.used += 1
        return [Reply(wording.BAD_CODE)]
    ctx.who.account.staff_id = staff.id
    posts = "、".join(f"{post.unit.name}{taxonomy.ROLE[post.role]}" for post in staff.posts)
    return [Reply(wording.BOUND_STAFF.format(name=directory.name_of(ctx.vault, staff), posts=posts))]


def _code(order: Order) -> str:
    return "".join([*(str(number) for number in order.numbers), order.rest]).replace(" ", "").upper()


def is_code(order: Order) -> bool:
    """Whether this carries a code: said in a group, it is neither kept nor passed on."""
    code = _code(order) if order.command == "bind" else ""
    return len(code) == CODE_LENGTH and code.isascii() and code.isalnum()


def _tries(ctx: Context) -> Spend:
    """The wrong codes of this account in this day; its messages are handled one after another, so they count up."""
    mine, day = f"bind:{ctx.who.account.id}", ctx.now.replace(hour=0, minute=0, second=0, microsecond=0)
    known = select(Spend).where(Spend.door == ctx.who.account.door, Spend.limit_name == mine, Spend.window_start == day)
    spend = ctx.db.scalars(known).one_or_none()
    if spend is None:
        spend = Spend(door=ctx.who.account.door, limit_name=mine, window_start=day, used=0)
        ctx.db.add(spend)
    return spend


def _redeem(ctx: Context, code: str) -> Staff | None:
    """Uses the code up by compare-and-set: of two people with the same code one is too late."""
    used = ctx.db.execute(
        update(BindCode)
        .where(
            BindCode.code_hash.in_(ctx.vault.lookups(f"code:{code}")),
            BindCode.used_at.is_(None),
            BindCode.expires_at > ctx.now,
        )
        .values(used_at=ctx.now)
        .returning(BindCode.staff_id)
    ).scalar_one_or_none()
    staff = ctx.db.get(Staff, used) if used is not None else None
    return staff if staff is not None and staff.active else None
