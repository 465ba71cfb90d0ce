"""登记: staff at the door write down who lives there, and hand over a code that binds the household's accounts."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from handlers.context import Context
from handlers.households import doorstep, homes
from handlers.households.doorstep import Given
from handlers.message import Incoming, Person, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.wording import household as wording
from storage import households, phone_accounts
from storage.deployment import Question
from storage.people import Account, Household, Resident, Unit

QR_DOORS = ("oa:", "kf:")  # doors whose platform makes QR codes that say who is meant


@on("enrol")
def enrol(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """登记 3-2-501 张桂兰 13800000000: the telephone may be left out."""
    said = " ".join([*(str(number) for number in order.numbers), order.rest]).strip()
    ctx.inbox.text = None  # a name, a door, a telephone: not kept where it was typed
    estates = homes.estates_of(ctx, order.command)
    if not estates:
        return [Reply(wording.ENROL_NONE)]
    given = doorstep.understand(ctx, said, estates)
    if given is None or not given.name:
        return [Reply(wording.ENROL_HOW)]
    estate = given.estate or (estates[0] if len(estates) == 1 else None)
    if estate is None:
        names = "、".join(unit.name for unit in estates[: doorstep.MOST_CHOICES])
        return [Reply(wording.ENROL_ESTATE.format(first=estates[0].name, names=names))]
    home = _home(ctx, given, estate)
    return [home] if isinstance(home, Reply) else _enrolled(ctx, given, home)


def _home(ctx: Context, given: Given, estate: Unit) -> Household | Reply:
    """The door in the book; a new one in a building that is there."""
    found = doorstep.find(ctx, given.door, estate)
    if len(found) > 1:
        return Reply(wording.ENROL_WHICH.format(estate=estate.name))
    if found:
        return found[0]
    buildings = households.buildings(ctx.db, estate.id)
    named = [row for row in buildings if doorstep.is_building(given.door, row.name, row.nicknames)]
    if len(named) != 1:
        return Reply(
            wording.ENROL_NO_BUILDING.format(estate=estate.name, names="、".join(row.name for row in buildings))
        )
    home = Household(building_id=named[0].id, estate_id=estate.id, community_id=doorstep.community_of(ctx, estate))
    home.entrance, home.room = given.door.entrance, given.door.room
    ctx.db.add(home)
    ctx.db.flush()
    return home


def _enrolled(ctx: Context, given: Given, home: Household) -> Replies:
    resident = doorstep.same_named(ctx, home, given.name)
    if resident is None:
        resident = households.add_resident(ctx.db, ctx.vault, home.id, given.name, given.door.phone)
    if given.door.phone and resident.phone_hash not in ctx.vault.lookups(given.door.phone):
        phone_accounts.let_go(ctx.db, ctx.vault, resident_id=resident.id)
    households.set_phone(ctx.vault, resident, given.door.phone)
    if home.contact_id is None:
        home.contact_id = resident.id
    waiting = list(_who_asked(ctx, given, home, resident))
    code = homes.give_code(ctx, home, resident)
    can_scan = any(door.startswith(QR_DOORS) for door in ctx.doors)
    link = f"{ctx.public_url}/q/{code}"
    text = wording.ENROLLED.format(
        home=homes.in_words(ctx, home),
        name=given.name,
        code=code,
        qr=wording.ENROLLED_QR.format(link=link) if can_scan else "",
    )
    return [Reply(f"{text}{wording.ENROLLED_CLAIMED if waiting else ''}"), *waiting]


def _who_asked(ctx: Context, given: Given, home: Household, resident: Resident) -> Iterator[Reply]:
    """Whoever asked for this very door and name when no book knew it is bound now, and hears it."""
    marks = set(ctx.vault.lookups(doorstep.mark_of(home.estate_id, given.door, given.name)))
    asked = select(Question).where(Question.kind == doorstep.PENDING, Question.expires_at > ctx.now)
    for question in ctx.db.scalars(asked.order_by(Question.asked_at)).all():
        if question.data.get("door") not in marks:
            continue
        account = ctx.db.get_one(Account, question.account_id)
        ctx.db.delete(question)
        if account.resident_id is None and not homes.speaks_already(ctx, account, resident):
            yield from homes.settle(ctx, account, home, resident)
            told = wording.TOLD_AGREED.format(home=homes.in_words(ctx, home)) + wording.HOW_TO_REPORT
            yield Reply(told, to=Person(account.id), name=f"home:{home.id}:{account.id}:{ctx.inbox.id}:told")
