"""Whether two problems told in different chats are one: pure, by category, subject, place, words and time.

``SAME`` is merged at once and can be undone; ``MAYBE`` is only offered to staff. The reasons stand in the fact.
Trouble that spreads (an outage, a smell, noise) is one by time and by the tree of places; a thing that is broken is one
where it is the same thing at the same spot. An emergency is never merged into something calmer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from handlers.rules import whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.likeness import RELATED, SPREADS
from handlers.rules.subjects import apart
from handlers.wording import merging as wording

OUTAGE_LASTS = timedelta(hours=3)  # since anybody told of it last
SPREADS_FOR = timedelta(hours=1)
ALARM_LASTS = timedelta(minutes=30)
STAYS_BROKEN = timedelta(hours=24)
STAYS_OPEN = timedelta(days=7)  # what nobody has mended: staff are asked whether it is that
PASSES = timedelta(hours=2)
ONE_CHAT = timedelta(hours=2)  # within one chat, ``sameness`` has decided by then
ESTATES_APART = {"community": 2, "street": 3}  # groups that must tell of an outage before it crosses an estate's wall

KINDS = frozenset({"fault", "complaint"})
LASTING = frozenset({"building", "road_facility", "sanitation", "fire_safety", "greening", "encroachment", "drainage"})
PEOPLE = frozenset({"welfare", "dispute", "security", "property_service", "other"})  # never merged by themselves
SPREADING = SPREADS | {"fire_safety"}


class Bond(StrEnum):
    """How sure it is."""

    SAME = "same"
    MAYBE = "maybe"


class Near(StrEnum):
    """How two places stand to each other, nearest first."""

    SPOT = "spot"  # the same building, or the same words of place in one estate
    INSIDE = "inside"  # one building, but another unit, floor or room
    ESTATE = "estate"  # one estate, and at least one names no building
    BESIDE = "beside"  # another building of one estate
    COMMUNITY = "community"
    STREET = "street"


@dataclass(frozen=True, slots=True)
class Told:
    """A problem as one chat told it. ``path`` lists the ids of units from the root down to the estate."""

    category: str
    urgency: str
    kind: str = "fault"
    places: tuple[str, ...] = ()
    subjects: frozenset[str] = frozenset()
    path: str = ""
    estate: bool = True  # whether the place is known as narrowly as an estate
    building: int | None = None
    chat: int | None = None  # a group; None: said in private
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """One telling of an incident that is open. ``alone``: told by this very speaker."""

    told: Told
    quiet: timedelta  # since anybody told of the incident
    groups: int = 1  # that told of it
    shared: int = 0  # pairs of characters that both have
    urgency: str = ""  # of the incident as it stands
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """One incident, or perhaps; with the reasons, and a rank against other candidates."""

    bond: Bond
    because: tuple[str, ...]
    rank: int


def decide(new: Told, known: Known) -> Decision | None:
    """What a problem that was just told has to do with one that is known; None: nothing."""
    old = known.told
    near = place_of(new, old)
    if near is None or not _comparable(new, known):
        return None
    bond = _bond(new, known, near)
    if bond is None:
        return None
    if bond is Bond.SAME and not (new.estate and old.estate):
        bond = Bond.MAYBE
    return Decision(bond, _because(new, known, near), _rank(bond, near, known))


def _comparable(new: Told, known: Known) -> bool:
    old = known.told
    if not (new.estate or old.estate):
        return False
    if new.confidential or old.confidential or not {new.kind, old.kind} <= KINDS:
        return False
    if new.urgency == EMERGENCY and known.urgency != EMERGENCY and new.category != old.category:
        return False
    if not known.mine and new.chat is not None and new.chat == old.chat and known.quiet <= ONE_CHAT:
        return False
    return not apart(new.subjects, old.subjects) and known.quiet <= lasts(new.category)


def lasts(category: str) -> timedelta:
    """How long what is told may be one with what was told before and is still open."""
    return STAYS_OPEN if category in LASTING else STAYS_BROKEN


def worth_reading(new: Told, old: Told) -> bool:
    """Whether two problems may be one by category and place; only then are their words compared."""
    near = place_of(new, old)
    if new.category != old.category:
        return near is Near.SPOT
    if near is Near.BESIDE:
        return new.category in SPREADS
    if near in (Near.COMMUNITY, Near.STREET):
        return new.category == "utilities"
    return near is not None and (near is not Near.INSIDE or new.category in SPREADING)


def place_of(new: Told, old: Told) -> Near | None:
    """How near two places are by the tree, the buildings and the words; None: far apart."""
    if new.path != old.path:
        return _in_tree(new, old)
    level = whereabouts.conflict(new.places, old.places)
    if level == "building" or (level is None and _other_building(new, old)):
        return Near.BESIDE
    if level is not None:
        return Near.INSIDE
    return Near.SPOT if _same_building(new, old) or _same_corner(new, old) else Near.ESTATE


def _other_building(new: Told, old: Told) -> bool:
    return None not in (new.building, old.building) and new.building != old.building


def _same_building(new: Told, old: Told) -> bool:
    if new.building is not None and new.building == old.building:
        return True
    return bool(buildings_of(new.places) & buildings_of(old.places))


def buildings_of(places: tuple[str, ...]) -> frozenset[str]:
    """The buildings that words of place name, as plain numbers."""
    return whereabouts.levels(places).get("building", frozenset())


def _same_corner(new: Told, old: Told) -> bool:
    """东门, 快递柜: a place that is no part of a building, named by both."""
    return any(len(word) > 1 and not whereabouts.levels([word]) for word in set(new.places) & set(old.places))


def _in_tree(new: Told, old: Told) -> Near | None:
    ours, theirs = new.path.strip("/").split("/"), old.path.strip("/").split("/")
    shared = sum(1 for one, other in zip(ours, theirs, strict=False) if one == other)
    longest = max(len(ours), len(theirs))
    if shared == min(len(ours), len(theirs)):  # one lies inside the other: nobody knows where exactly
        return Near.ESTATE if shared and longest - shared == 1 else None
    return {1: Near.COMMUNITY, 2: Near.STREET}.get(longest - shared) if shared else None


def _bond(new: Told, known: Known, near: Near) -> Bond | None:
    old = known.told
    if new.category != old.category:
        return _related(new, known, near)
    if new.urgency == EMERGENCY:
        return _alarm(known, near)
    if new.category in PEOPLE:
        return Bond.MAYBE if near is Near.SPOT and _alike(new, known, 2) else None
    if _is_outage(new, old):
        return _outage(known, near)
    if near in (Near.COMMUNITY, Near.STREET):
        return None
    return _spreading(new, known, near) if new.category in SPREADS else _broken(new, known, near)


def _alike(new: Told, known: Known, words: int) -> bool:
    return bool(new.subjects & known.told.subjects) or known.shared >= words


def _related(new: Told, known: Known, near: Near) -> Bond | None:
    """Another name for it, perhaps: only staff can tell."""
    pair = frozenset((new.category, known.told.category))
    close = near is Near.SPOT and known.quiet <= PASSES
    return Bond.MAYBE if pair in RELATED and close and _alike(new, known, 2) else None


def _alarm(known: Known, near: Near) -> Bond | None:
    """A second voice of the same emergency at the same spot; anything else rings by itself."""
    if near not in (Near.SPOT, Near.INSIDE, Near.ESTATE) or known.quiet > PASSES:
        return None
    sure = near is Near.SPOT and known.urgency == EMERGENCY and known.quiet <= ALARM_LASTS
    return Bond.SAME if sure and known.told.category in SPREADING else Bond.MAYBE


def _is_outage(new: Told, old: Told) -> bool:
    """Water, power, gas, heat or the net is away, for both the same."""
    return new.category == "utilities" and bool(new.subjects & old.subjects & wording.SERVICES)


def _outage(known: Known, near: Near) -> Bond | None:
    if known.quiet > OUTAGE_LASTS:
        return Bond.MAYBE if near in (Near.SPOT, Near.INSIDE) else None
    wanted = ESTATES_APART.get(near)
    return Bond.SAME if wanted is None or known.groups >= wanted else Bond.MAYBE


def _spreading(new: Told, known: Known, near: Near) -> Bond | None:
    """A smell, noise, sewage: by time; the building decides, else the words."""
    alike = bool(new.subjects & known.told.subjects)
    close = near in (Near.SPOT, Near.INSIDE)
    if known.quiet > SPREADS_FOR:
        return Bond.MAYBE if close and alike else None
    if close:
        return Bond.SAME if alike or known.shared else Bond.MAYBE
    if near is Near.ESTATE and _alike(new, known, 1):
        return Bond.SAME if alike and known.shared else Bond.MAYBE
    return Bond.MAYBE if alike and known.shared >= 2 else None


def _broken(new: Told, known: Known, near: Near) -> Bond | None:
    """A thing that stays broken, or lies in the way, until somebody sees to it: the same thing at the same spot."""
    alike = bool(new.subjects & known.told.subjects)
    stays = STAYS_BROKEN if new.category in LASTING else PASSES
    if near is Near.SPOT and alike and known.quiet <= stays:
        return Bond.SAME
    if known.quiet > STAYS_BROKEN:
        return Bond.MAYBE if near is Near.SPOT and alike else None
    if known.quiet > PASSES:
        return Bond.MAYBE if near is Near.SPOT and known.shared >= 2 else None
    if near is Near.SPOT:
        return {0: None, 1: Bond.MAYBE}.get(known.shared, Bond.SAME)
    return Bond.MAYBE if near is Near.ESTATE and alike and known.shared else None


def _because(new: Told, known: Known, near: Near) -> tuple[str, ...]:
    """The reasons, as they stand in the fact: no word of anybody."""
    found = [f"category:{new.category}"]
    if new.category != known.told.category:
        found.append(f"related:{known.told.category}")
    found += [f"subject:{name}" for name in sorted(new.subjects & known.told.subjects)]
    found += [f"place:{near}", f"words:{known.shared}", f"minutes:{int(known.quiet.total_seconds() // 60)}"]
    return (*found, f"groups:{known.groups}")


def _rank(bond: Bond, near: Near, known: Known) -> int:
    return (100 if bond is Bond.SAME else 0) - 10 * list(Near).index(near) + min(known.shared, 9)
