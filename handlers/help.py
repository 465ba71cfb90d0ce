"""Help, greetings, whom to turn to, and the gentle word when nothing was understood."""

from __future__ import annotations

from datetime import timedelta

from handlers import case
from handlers.context import Context
from handlers.message import Incoming, Kind, Member, Replies, Reply
from handlers.orders import Order
from handlers.permissions import TABLE
from handlers.registry import on
from handlers.wording import help as wording
from handlers.wording.commands import COMMANDS
from handlers.wording.desk import YES
from storage import directory
from storage.people import Household, Resident, Role, Unit, UnitKind

PICTURES = frozenset({Kind.IMAGE, Kind.VIDEO})
HINT_EVERY = timedelta(hours=1)
IDLE_WORDS = frozenset({"greeting", "agreement", "thanks"})
PUBLIC_DESKS = (UnitKind.GRID, UnitKind.COMMUNITY, UnitKind.STREET)


@on("help")
def show_help(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """帮助: to the person, never into the group."""
    everything = order.rest in wording.EVERYTHING
    shown = [command for command in COMMANDS.values() if (everything or command.taught) and _for_me(ctx, command.name)]
    lines = [wording.STAFF_HEAD if ctx.who.is_staff else wording.RESIDENT_HEAD]
    lines += [
        wording.LINE.format(word=command.words[0], help=command.help, example=command.example)
        for command in sorted(shown, key=lambda command: not command.staff)
        if command.staff or not ctx.who.is_staff or everything
    ]
    if ctx.who.is_staff and not everything:
        lines.append(wording.STAFF_MORE)
    return [Reply("\n".join(lines), to=case.sender(ctx))]


def _for_me(ctx: Context, name: str) -> bool:
    if COMMANDS[name].staff:
        return bool(ctx.who.roles & (TABLE[name].roles - {Role.RESIDENT}))
    return name != "bind" or not ctx.who.is_staff


@on("human")
def human(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """人工, 找网格员: a person, a phone and hours, and 12345 as the last resort."""
    lines = [_desk_line(ctx, unit) for unit in _desks(ctx) if unit.phone]
    answer = Reply("\n".join([wording.HUMAN_HEAD, *dict.fromkeys(lines), wording.HUMAN_CITY]), to=case.sender(ctx))
    return [answer, Reply(wording.HUMAN_COMES, way="handover")]


def _desk_line(ctx: Context, unit: Unit) -> str:
    people = directory.staff_of(ctx.db, unit.id)
    hours = unit.hours or wording.DEFAULT_HOURS
    if not people:
        return wording.HUMAN_NO_NAME.format(unit=unit.name, phone=unit.phone, hours=hours)
    name = directory.name_of(ctx.vault, people[0])
    return wording.HUMAN.format(unit=unit.name, name=name, phone=unit.phone, hours=hours)


def _desks(ctx: Context) -> list[Unit]:
    """The public desks for where this person lives, nearest first."""
    home = _home(ctx)
    levels = directory.ancestors(ctx.db, home)
    grid = directory.unit_of(ctx.db, home.grid_id) if home is not None else None
    found = [*([grid] if grid is not None else []), *(unit for unit in levels if unit.kind in PUBLIC_DESKS)]
    return found or directory.of_kind(ctx.db, UnitKind.STREET)


def _home(ctx: Context) -> Unit | None:
    if ctx.group is not None:
        return directory.unit_of(ctx.db, ctx.group.unit_id)
    resident_id = ctx.who.account.resident_id
    resident = ctx.db.get(Resident, resident_id) if resident_id is not None else None
    if resident is not None and resident.household_id is not None:
        return directory.unit_of(ctx.db, ctx.db.get_one(Household, resident.household_id).estate_id)
    return directory.unit_of(ctx.db, ctx.who.account.unit_id)


def asks_for_person(incoming: Incoming, ctx: Context) -> Replies | None:
    """The same in everyday words, when it is said to the bot."""
    if "human" not in ctx.reading.cues or not incoming.addressed:
        return None
    return human(incoming, ctx, Order("human"))


def asks_who(incoming: Incoming, ctx: Context) -> Replies | None:
    """It says that it is a bot when it is asked."""
    if not incoming.addressed or ctx.words.strip(wording.AROUND) not in wording.WHO_ARE_YOU:
        return None
    return [Reply(wording.ROBOT)]


def opens(incoming: Incoming, ctx: Context) -> Replies | None:
    """在吗, 我要报修: somebody knocks and waits to be asked in."""
    if not incoming.addressed or ctx.words.strip(wording.AROUND) not in wording.KNOCKS:
        return None
    return [Reply(wording.COME_IN, to=case.sender(ctx))]


def welcome(incoming: Incoming, ctx: Context) -> Replies | None:
    """A new follower, a scanned code, an event that needs no answer."""
    if incoming.kind is not Kind.EVENT:
        return None
    if incoming.event == "unsubscribe":
        ctx.who.account.follows = False
        if "change" in incoming.data:  # deleted or renamed on the platform: somebody else may be given the name
            ctx.who.account.staff_id = None
        return []
    if incoming.event in ("subscribe", "scan"):
        ctx.who.account.follows = True
        ctx.who.account.hinted_at = ctx.now
        return [Reply(wording.WELCOME)]
    if incoming.event == "enter" and incoming.data.get("welcome"):  # the platform lets us greet, once in two days
        ctx.who.account.hinted_at = ctx.now
        return [Reply(wording.WELCOME, way="welcome", code=incoming.data["welcome"])]
    return []


def danger(incoming: Incoming, ctx: Context) -> Replies | None:
    """A word of self-harm or violence goes privately to the duty person; nothing is said in the group."""
    if "danger_word" not in ctx.reading.cues or ctx.who.is_staff or ctx.reading.parts:
        return None
    home = _home(ctx)
    duty = directory.with_role_above(ctx.db, home, Role.DUTY) or directory.with_role_above(ctx.db, home, Role.COMMUNITY)
    place = (ctx.group.place or ctx.group.name) if ctx.group is not None else (home.name if home is not None else "")
    alarms = [Reply(wording.DANGER_STAFF.format(place=place), to=Member(staff.id), urgent=True) for staff in duty]
    return [Reply(wording.DANGER, to=case.sender(ctx), urgent=True), *alarms]


def _of_work(incoming: Incoming, ctx: Context) -> str:
    """Each word of staff in private is meant to do something: none may be lost unnoticed."""
    if incoming.kind is Kind.VOICE and not incoming.text:
        return wording.STAFF_VOICE
    return "" if ctx.reading.cues & IDLE_WORDS or ctx.words.strip(wording.AROUND) in YES else wording.STAFF_HINT


def hint(incoming: Incoming, ctx: Context) -> Replies | None:
    """Said to the bot and not understood: one friendly line, at most once an hour, never a scolding."""
    if not incoming.addressed or incoming.kind is Kind.SYSTEM:
        return None
    if ctx.who.is_staff and incoming.kind in PICTURES:
        return [Reply(wording.STAFF_PHOTO, to=case.sender(ctx))]
    if incoming.kind not in (Kind.TEXT, Kind.VOICE, Kind.PRESS):
        return [Reply(wording.UNKNOWN_KIND, to=case.sender(ctx))]
    if "thanks" in ctx.reading.cues:
        return [Reply(wording.NOT_AT_ALL, to=case.sender(ctx))]
    if ctx.who.is_staff and ctx.group is None and (said := _of_work(incoming, ctx)):
        return [Reply(said)]
    last = ctx.who.account.hinted_at
    if last is not None and ctx.now - last < HINT_EVERY:
        return [Reply(wording.HELLO)] if ctx.group is None and "greeting" in ctx.reading.cues else []
    ctx.who.account.hinted_at = ctx.now
    return [Reply(wording.WELCOME if "greeting" in ctx.reading.cues else wording.HINT, to=case.sender(ctx))]
