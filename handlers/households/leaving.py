"""解绑: a resident or a member of staff gives up what this account is bound to; staff take out who has moved away."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context
from handlers.households import doorstep, homes
from handlers.households.doorstep import Given
from handlers.message import Incoming, Kind, Person, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.ticket import case
from handlers.wording import desk as desk_wording
from handlers.wording import household as wording
from storage import forgetting, households, persons, signing_in
from storage.people import Account, Household, Resident, Unit

MOVED = "unbind_other"  # the permission to unbind somebody else


@on("unbind")
def unbind(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """解绑, or by staff 解绑 3-2-501 张桂兰."""
    said = " ".join([*(str(number) for number in order.numbers), order.rest]).strip()
    if said:
        ctx.inbox.text = None
        estates = homes.estates_of(ctx, MOVED)
        given = doorstep.understand(ctx, said, estates) if estates else None
        if given is not None:
            return _moved_away(ctx, given, estates)
    return [_really(ctx)]


def _really(ctx: Context) -> Reply:
    """One word of confirmation; a post is given up before a home."""
    home = households.home_of(ctx.db, ctx.who.account)
    staff = ctx.who.account.staff_id is not None
    if home is None and not staff and ctx.who.account.resident_id is None:
        return Reply(wording.NOT_BOUND)
    until = ctx.now + homes.ASK_WITHIN
    case.ask(ctx, ctx.who.account.id, ctx.address, "unbind", ticket=None, until=until, data={"staff": staff})
    persons.attend(ctx.db, ctx.who.account, until)
    if staff:
        return Reply(wording.UNBIND_STAFF)
    return Reply(wording.UNBIND_HOME.format(home=homes.in_words(ctx, home) if home is not None else ""))


def answer(incoming: Incoming, ctx: Context) -> Replies | None:
    """是 or 不 to giving it up."""
    word = ctx.words.strip("。.!！ ")
    if incoming.kind is not Kind.TEXT or ctx.group is not None or word not in YES + desk_wording.NO:
        return None
    question = case.asked(ctx, "unbind")
    if question is None:
        return None
    staff = bool(question.data["staff"])
    ctx.db.delete(question)
    if word in desk_wording.NO:
        return [Reply(wording.UNBIND_KEPT)]
    if staff:
        signing_in.unbind(ctx.db, ctx.who.account)
        return [Reply(wording.UNBOUND_STAFF)]
    homes.leave(ctx, ctx.who.account)
    return [Reply(wording.UNBOUND)]


YES = (*desk_wording.YES, *wording.SURE)


def _moved_away(ctx: Context, given: Given, estates: list[Unit]) -> Replies:
    """The resident's accounts are unbound, or everybody's behind the door, and the book forgets name and telephone."""
    found = [
        (home, gone)
        for estate in ([given.estate] if given.estate is not None else estates)
        for home in doorstep.find(ctx, given.door, estate)
        if (gone := _meant(ctx, home, given.name))
    ]
    if len(found) != 1:
        return [Reply(wording.UNBIND_NOBODY)]
    home, gone = found[0]
    told = wording.TOLD_MOVED.format(home=homes.in_words(ctx, home))
    households.end_codes(ctx.db, home.id, ctx.now)  # whoever moved away may have one that still holds
    accounts = [account for resident in gone for account in _unbound(ctx, home, resident)]
    mark = f"moved:{home.id}:{ctx.inbox.id}"
    news = [Reply(told, to=Person(account.id), name=f"{mark}:{account.id}") for account in accounts]
    form = wording.MOVED_ALL if given.name in wording.EVERYBODY else wording.MOVED_AWAY
    return [Reply(form.format(home=homes.in_words(ctx, home), count=len(accounts))), *news]


def _meant(ctx: Context, home: Household, name: str) -> Sequence[Resident]:
    """Everybody behind the door, or whoever has this name."""
    if name in wording.EVERYBODY:
        return households.residents(ctx.db, home.id)
    named = doorstep.same_named(ctx, home, name)
    return [named] if named is not None else []


def _unbound(ctx: Context, home: Household, resident: Resident) -> Sequence[Account]:
    accounts = households.accounts_of(ctx.db, resident.id)
    forgetting.forget_person(ctx.db, ctx.vault, [account.id for account in accounts], ctx.now)
    for account in accounts:
        account.resident_id = None
    resident.name, resident.phone, resident.phone_hash, resident.erased_at = None, None, None, ctx.now
    resident.household_id = None
    ctx.db.flush()
    homes.hand_on(ctx, home, resident)
    return accounts
