"""Somebody says which door is theirs. Nobody learns from the answer who lives there, or whether a name was right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.households import homes
from handlers.message import Button, Card, Member, Person, Replies, Reply
from handlers.permissions import TABLE
from handlers.ticket import case
from handlers.wording import household as wording
from nlp import front_door
from nlp.front_door import FrontDoor
from nlp.normalise import fold
from storage import directory, households, tickets
from storage.base import new_ref
from storage.people import Claim, Household, Resident, Staff, Unit, UnitKind
from storage.timers import Timer

CLAIM_HOLDS = timedelta(days=14)
MOST_CHOICES = 6  # estates in a question
LAPSE = "claim:lapse"  # a timer
PENDING = "claim"  # a question that nobody answers: the door is in no book yet


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gave: the door, their name, and the estate if they named one."""

    door: FrontDoor
    name: str
    estate: Unit | None


def understand(ctx: Context, said: str, estates: Sequence[Unit]) -> Given | None:
    """The door, the name and the estate in words behind a command; None where no door is given."""
    door = front_door.read(said)
    if door is None:
        return None
    estate, words = _named(door.words, estates)
    name = next((word for word in reversed(words) if front_door.is_name(word)), "")
    return Given(replace(door, words=()), name, estate)


def _named(words: Sequence[str], estates: Sequence[Unit]) -> tuple[Unit | None, list[str]]:
    """The estate that one of the words begins with or is, and the words without it."""
    for at, word in enumerate(words):
        for estate in estates:
            for known in sorted((estate.name, *(estate.nicknames or "").split()), key=len, reverse=True):
                if word.startswith(fold(known)):
                    left = word.removeprefix(fold(known))
                    return estate, [*words[:at], *([left] if left else []), *words[at + 1 :]]
    return None, list(words)


def candidates(ctx: Context, given: Given, estates: Sequence[Unit]) -> list[Unit]:
    """Where somebody most likely lives: as they say, else by the code they came by, their groups, their old door."""
    if given.estate is not None:
        return [given.estate]
    came_by = directory.unit_of(ctx.db, ctx.who.account.unit_id)
    if came_by is not None:
        below = [estate for estate in estates if estate.path.startswith(came_by.path)]
        if below:
            return below
    by_id = {estate.id: estate for estate in estates}
    heard = [by_id[number] for number in households.estates_heard_in(ctx.db, ctx.mine) if number in by_id]
    home = households.home_of(ctx.db, ctx.who.account)
    if not heard and home is not None and home.estate_id in by_id:
        heard = [by_id[home.estate_id]]
    return heard or list(estates)


def claim_door(ctx: Context, given: Given, estate: Unit) -> Replies:
    """Binds at once where the book knows the name behind the door, else asks the grid worker. One answer for all else:
    an unknown door, a wrong name, a name that an account speaks for already."""
    spend = homes.tries(ctx)
    if spend.used >= homes.WRONG_CODES:
        return [Reply(wording.TOO_MANY_CODES)]
    behind = find(ctx, given.door, estate)
    known = [pair for home in behind for pair in _of_name(ctx, home, given.name)]
    if len(known) == 1 and not homes.speaks_already(ctx, ctx.who.account, known[0][1]):
        return homes.welcome(ctx, *known[0])
    spend.used += 1
    asked = _file(ctx, behind[0], given) if len(behind) == 1 else _no_house(ctx, given, estate)
    return [Reply(wording.NOTED), *asked]


def find(ctx: Context, door: FrontDoor, estate: Unit) -> list[Household]:
    """The households that an address may mean."""
    named = [row.id for row in households.buildings(ctx.db, estate.id) if is_building(door, row.name, row.nicknames)]
    return households.behind(ctx.db, named, door.entrance, door.room) if named else []


def is_building(door: FrontDoor, name: str, nicknames: str | None) -> bool:
    """Whether a building is the one that was said."""
    return any(front_door.building_number(known) == door.building for known in (name, *(nicknames or "").split()))


def _of_name(ctx: Context, home: Household, name: str) -> list[tuple[Household, Resident]]:
    living = households.residents(ctx.db, home.id)
    return [(home, row) for row in living if front_door.same_name(households.name_of(ctx.vault, row), name)]


def same_named(ctx: Context, home: Household, name: str) -> Resident | None:
    """Whoever of this name lives behind a door."""
    return next((resident for _, resident in _of_name(ctx, home, name)), None)


# --- asking the grid worker


def _file(ctx: Context, home: Household, given: Given) -> Iterator[Reply]:
    """A claim with a number. Said twice it stays one, and nobody is asked again."""
    account = ctx.who.account
    if households.waiting_claim(ctx.db, account.id, home.id) is not None:
        return
    claim = Claim(ref=new_ref(), number=tickets.draw_number(ctx.db, ctx.now), account_id=account.id)
    claim.household_id, claim.asked_at = home.id, ctx.now
    claim.name = ctx.vault.seal(given.name, "claims.name", claim.ref)
    ctx.db.add(claim)
    ctx.db.flush()
    lapses = {"name": f"claim:{claim.number}:lapse", "kind": LAPSE, "due_at": ctx.now + CLAIM_HOLDS}
    ctx.db.add(Timer(**lapses, data={"claim": claim.id}))
    estate = ctx.db.get_one(Unit, home.estate_id)
    named = same_named(ctx, home, given.name)
    form = wording.CLAIM_BOUND if named is not None and homes.speaks_already(ctx, account, named) else wording.CLAIM
    text = form.format(home=homes.in_words(ctx, home), name=given.name, number=claim.number)
    for staff in deciding(ctx, estate):
        name = f"claim:{claim.number}:{staff.id}"
        yield Reply(text, to=Member(staff.id), name=name, card=_card(estate, given.door, claim.number))


def lapse(db: Session, claim_id: int, now: datetime) -> Replies:
    """Nobody decided in time: the name is gone, and whoever asked hears whom to turn to."""
    claim = db.get_one(Claim, claim_id)
    if not households.settle_claim(db, claim, "lapsed", now, None):
        return []
    return [Reply(wording.TOLD_REFUSED, to=Person(claim.account_id), name=f"claim:{claim.number}:told")]


def _card(estate: Unit, door: FrontDoor, number: int) -> Card:
    """Cards are stored in clear: the building, never the room or the name."""
    place = f"{estate.name}{wording.BUILDING.format(number=door.building)}"
    return Card(
        title=wording.CLAIM_TITLE.format(number=number),
        fields=((wording.CLAIM_PLACE, place), (wording.CLAIM_NOTE, wording.CLAIM_PRIVATE)),
        buttons=tuple(Button(label, action) for action, label in wording.CLAIM_BUTTONS.items()),
        ticket=number,
    )


def _no_house(ctx: Context, given: Given, estate: Unit) -> Iterator[Reply]:
    """The book does not know the door: the desk hears it, and registering that door binds whoever asked."""
    account = ctx.who.account
    until = ctx.now + CLAIM_HOLDS
    mark = {"door": ctx.vault.lookup(mark_of(estate.id, given.door, given.name))}
    case.ask(ctx, account.id, ctx.address, PENDING, ticket=None, until=until, data=mark)
    door = in_short(given.door)
    text = wording.CLAIM_NO_HOUSE.format(estate=estate.name, door=door, name=given.name)
    for staff in deciding(ctx, estate):
        yield Reply(text, to=Member(staff.id), name=f"claim:none:{ctx.inbox.id}:{staff.id}")


def mark_of(estate_id: int, door: FrontDoor, name: str) -> str:
    """A door and a name as one word, of which only the keyed hash is kept."""
    return f"door:{estate_id}:{door.building}-{door.entrance}-{door.room}:{fold(name)}"


def in_short(door: FrontDoor) -> str:
    """3-2-501."""
    form = wording.DOOR if door.entrance else wording.DOOR_NO_ENTRANCE
    return form.format(building=door.building, entrance=door.entrance, room=door.room)


def deciding(ctx: Context, estate: Unit) -> Sequence[Staff]:
    """Who decides: the estate's grid worker, else the nearest above who may."""
    grid = directory.unit_of(ctx.db, estate.grid_id)
    levels = [unit.id for unit in (*directory.ancestors(ctx.db, grid), *directory.ancestors(ctx.db, estate))]
    return households.nearest_with(ctx.db, list(dict.fromkeys(levels)), TABLE["claim_agree"].roles)


def community_of(ctx: Context, estate: Unit) -> int:
    """The community that an estate's households are counted in."""
    above = directory.ancestors(ctx.db, estate)
    return next((unit.id for unit in above if unit.kind == UnitKind.COMMUNITY), estate.id)
