"""Binding an account: staff by a one-time code, residents by a code of their household or by their door and name.

Authorisation is only ever by platform account; which account is whose is decided here, once.
"""

from __future__ import annotations

from sqlalchemy import update

from handlers.context import Context
from handlers.households import doorstep, homes
from handlers.households.doorstep import Given
from handlers.households.homes import CODE_LENGTH, WRONG_CODES
from handlers.message import Incoming, Kind, Replies, Reply
from handlers.orders import Order
from handlers.registry import on
from handlers.ticket import case
from handlers.wording import desk as desk_wording
from handlers.wording import household as wording
from handlers.wording import taxonomy
from nlp import front_door
from nlp.normalise import fold
from storage import directory, households
from storage.deployment import Question
from storage.people import BindCode, Staff, Unit

__all__ = ["WRONG_CODES"]

# commands that carry a code, or a door and a name
WITH_DOORS = frozenset({"bind", "unbind", "enrol", "knocked", "knock_undo"})


@on("bind")
def bind(incoming: Incoming, ctx: Context, order: Order) -> Replies:
    """绑定 3-2-501 张桂兰, or 绑定 AB12CD34: from now on this account is that person's."""
    said = said_behind(order)
    if not said:
        return [Reply(wording.CODE_PLEASE)]
    ctx.inbox.text = None  # a code is a secret, a door with a name is personal: neither is kept even for a day
    if front_door.read(said) is not None:
        return _by_door(ctx, said)
    code = "".join(said.split()).upper()
    return _by_code(ctx, code) if code.isascii() and code.isalnum() else [Reply(wording.CODE_PLEASE)]


def said_behind(order: Order) -> str:
    """Everything that was typed behind the command's word: reading it as a command may have split off numbers."""
    return " ".join([*(str(number) for number in order.numbers), order.rest]).strip()


def is_secret(order: Order) -> bool:
    """Whether this carries a code or somebody's door: said in a group, it is neither kept nor passed on."""
    if order.command not in WITH_DOORS:
        return False
    said = said_behind(order)
    code = said.replace(" ", "")
    return (len(code) == CODE_LENGTH and code.isascii() and code.isalnum()) or front_door.read(said) is not None


# --- by code


def _by_code(ctx: Context, code: str, *, sure: bool = False, in_person: bool | None = None) -> Replies:
    if ctx.who.staff is not None and ctx.who.staff.active:
        return [Reply(wording.ALREADY_BOUND.format(name=directory.name_of(ctx.vault, ctx.who.staff)))]
    tries = homes.tries(ctx)
    if tries.used >= WRONG_CODES:
        return [Reply(wording.TOO_MANY_CODES)]
    at_home = homes.bind_by_code(ctx, code, sure=sure, in_person=in_person)
    if at_home is not None:
        return at_home
    staff = _redeem(ctx, code)
    if staff is None:
        tries.used += 1
        return [Reply(wording.BAD_CODE)]
    ctx.who.account.staff_id = staff.id
    posts = "、".join(f"{post.unit.name}{taxonomy.ROLE[post.role]}" for post in staff.posts)
    return [Reply(wording.BOUND_STAFF.format(name=directory.name_of(ctx.vault, staff), posts=posts))]


def _redeem(ctx: Context, code: str) -> Staff | None:
    """Uses the code up by compare-and-set: of two people with the same code one is too late."""
    used = ctx.db.execute(
        update(BindCode)
        .where(
            BindCode.code_hash.in_(ctx.vault.lookups(f"code:{code}")),
            BindCode.staff_id.is_not(None),
            BindCode.used_at.is_(None),
            BindCode.expires_at > ctx.now,
        )
        .values(used_at=ctx.now)
        .returning(BindCode.staff_id)
    ).scalar_one_or_none()
    staff = ctx.db.get(Staff, used) if used is not None else None
    return staff if staff is not None and staff.active else None


# --- by door and name


def _by_door(ctx: Context, said: str, estate: Unit | None = None, *, sure: bool = False) -> Replies:
    """Door, name and estate must be known; an account that has another door is asked first whether it leaves it."""
    estates = households.estates(ctx.db)
    given = doorstep.understand(ctx, said, estates)
    if given is None:
        return [Reply(wording.CODE_PLEASE)]
    if not given.name:
        return [Reply(wording.NAME_PLEASE)]
    if estate is None:
        likely = doorstep.candidates(ctx, given, estates)
        if len(likely) != 1:
            return [_which_estate(ctx, said, likely)]
        estate = likely[0]
    return _in_estate(ctx, said, given, estate, sure=sure)


def _in_estate(ctx: Context, said: str, given: Given, estate: Unit, *, sure: bool) -> Replies:
    before = households.home_of(ctx.db, ctx.who.account)
    if before is not None:
        if any(home.id == before.id for home in doorstep.find(ctx, given.door, estate)):
            return [Reply(wording.ALREADY_HOME.format(home=homes.in_words(ctx, before)))]
        if not sure:
            homes.ask(ctx, "rebind", said, estate=estate.id)
            return [Reply(wording.REBIND.format(home=homes.in_words(ctx, before)))]
    return doorstep.claim_door(ctx, given, estate)


def _which_estate(ctx: Context, said: str, likely: list[Unit]) -> Reply:
    """One short question, with the likeliest estates where they are few."""
    shown = likely if len(likely) <= doorstep.MOST_CHOICES else []
    homes.ask(ctx, "estate", said, estates=[estate.id for estate in shown])
    if not shown:
        return Reply(wording.WHICH_ESTATE_ANY)
    choices = (
        wording.ESTATE_CHOICE.format(number=number, name=estate.name) for number, estate in enumerate(shown, start=1)
    )
    return Reply(wording.WHICH_ESTATE.format(names="，".join(choices)))


# --- answers


def answer(incoming: Incoming, ctx: Context) -> Replies | None:
    """Which estate, and 是 or 不 to leaving a door for another."""
    if incoming.kind is not Kind.TEXT or ctx.group is not None:
        return None
    return _answer_in_person(ctx) or _answer_rebind(ctx) or _answer_estate(ctx)


def _answer_in_person(ctx: Context) -> Replies | None:
    """Whether they are whom the code was given to, or somebody else of the same door."""
    question = _yes_or_no(ctx, "in_person")
    if question is None:
        return None
    said = homes.said_then(ctx, question)
    ctx.db.delete(question)
    return _by_code(ctx, said, sure=True, in_person=_word(ctx) in desk_wording.YES)


def _word(ctx: Context) -> str:
    return ctx.words.strip("。.!！ ")


def _yes_or_no(ctx: Context, kind: str) -> Question | None:
    """The open question of this kind, where a bare 是 or 不 was said."""
    return case.asked(ctx, kind) if _word(ctx) in desk_wording.YES + desk_wording.NO else None


def _answer_rebind(ctx: Context) -> Replies | None:
    question = _yes_or_no(ctx, "rebind")
    if question is None:
        return None
    said, data = homes.said_then(ctx, question), question.data
    ctx.db.delete(question)
    if _word(ctx) in desk_wording.NO:
        return [Reply(wording.REBIND_KEPT)]
    if data.get("code"):
        return _by_code(ctx, said, sure=True)
    return _by_door(ctx, said, directory.unit_of(ctx.db, data["estate"]), sure=True)


def _answer_estate(ctx: Context) -> Replies | None:
    if not ctx.who.is_attentive(ctx.now) or len(ctx.words) > 20:
        return None  # whoever was asked is attentive for as long as the question waits: others cost no query
    question = case.asked(ctx, "estate")
    if question is None:
        return None
    estate = _chosen(ctx, question)
    if estate is None:
        return None  # they speak of something else; the question waits for its ten minutes
    said = homes.said_then(ctx, question)
    ctx.db.delete(question)
    return _by_door(ctx, said, estate)


def _chosen(ctx: Context, question: Question) -> Unit | None:
    """The estate of a number that was offered, or of a name."""
    word, offered = fold(ctx.words).strip("。.!！ "), question.data["estates"]
    if word.isdecimal():
        return directory.unit_of(ctx.db, offered[int(word) - 1]) if 0 < int(word) <= len(offered) else None
    for estate in households.estates(ctx.db):
        if word in {fold(name) for name in (estate.name, *(estate.nicknames or "").split())}:
            return estate
    return None
