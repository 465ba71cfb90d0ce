"""Do two things sound like one trouble: by category, by what they are about, by where. Pure; what follows from it is in
`rules.sameness`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers.rules import whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.subjects import apart

LIKELY = 0.5  # more a report than none

# What one trouble may be called by different people. Each pair may be one problem, never must.
RELATED = frozenset(
    frozenset(pair.split("+"))
    for pair in [
        "fire_safety+parking", "fire_safety+sanitation", "fire_safety+building", "fire_safety+utilities",
        "fire_safety+fumes", "building+road_facility", "building+utilities", "building+drainage",
        "utilities+drainage", "utilities+fumes", "drainage+fumes", "drainage+sanitation", "sanitation+fumes",
        "sanitation+encroachment", "parking+encroachment", "parking+road_facility", "noise+dispute",
        "noise+security", "noise+fumes", "noise+animals", "security+dispute", "security+welfare",
        "security+road_facility", "animals+sanitation", "animals+security", "utilities+road_facility",
        "greening+road_facility", "greening+security", "building+security", "noise+building", "welfare+dispute",
    ]
)  # fmt: skip
ABOUT_ANYTHING = frozenset({"property_service", "dispute", "other"})  # grumbling about whoever should see to it
HARMED = frozenset({"welfare", "fumes", "fire_safety"})  # what an emergency does to those around it
SMELLS = frozenset({"sanitation", "drainage", "animals", "fumes"})
ENGULFS = frozenset({"utilities", "fumes", "fire_safety"})  # gas, smoke and fire reach those who live around
TURNS_OUT = frozenset(  # what was first taken for the former may turn out to be the latter
    [("fumes", "utilities"), ("fumes", "fire_safety"), ("drainage", "utilities"), ("noise", "security"),
     ("dispute", "security"), ("noise", "welfare"), ("building", "utilities"), ("utilities", "fire_safety")]
)  # fmt: skip
VAGUE = frozenset({"fumes", "noise", "dispute"})  # of these somebody else's alarm may be what it really is
SPREADS = frozenset({"utilities", "noise", "fumes", "drainage"})  # felt on many floors and in many units at once
ALARMS = frozenset({"utilities", "fumes", "fire_safety", "building", "welfare", "security", "drainage"})


@dataclass(frozen=True, slots=True)
class Said:
    """A message, or one problem of it."""

    category: str | None = None  # None: it speaks of no problem of its own
    confidence: float = 0.0
    sure: bool = False  # high band
    urgency: str | None = None
    places: tuple[str, ...] = ()
    agrees: bool = False
    besides: bool = False  # "another thing"
    smells: bool = False  # and nothing else: 还有臭味
    first_hand: bool = False
    aside: bool = False  # thanks, a joke, a question of time, soothing: no part of a report
    alone: bool = True  # the only problem of its message
    relays: bool = False  # says what somebody else meant
    guesses: bool = False  # asks or supposes
    persists: bool = False  # "it was like that last week already"
    private: bool = False  # said to the bot alone
    named: bool = True  # its words say what is wrong; else its category was guessed from how it is told
    advises: bool = False  # tells others what to do while an emergency lasts
    rescue: bool = False  # speaks of those who were called to help
    grows: bool = False  # "further up again": more of what was told
    subjects: frozenset[str] = frozenset()  # what it is about, where the words say so
    felt: frozenset[str] = frozenset()  # what it may come of, where they tell only that
    corners: frozenset[str] = frozenset()  # of the house: the stairs, the yard
    cues: frozenset[str] = frozenset()  # ways of speaking that reading has heard
    asks: bool = False
    length: int = 0  # characters
    doubtful: bool = False  # it may be danger, and is not sure
    near: bool = False  # 门口, 楼下: where its speaker lives, though no place is named
    story: bool = False  # of a dream, the news, the past, a place far away: not of here and now


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket that this chat knows of."""

    category: str
    urgency: str
    places: tuple[str, ...]
    quiet: timedelta  # since anybody said something that belongs to it
    since: timedelta | None = None  # since it was told; None: as long as quiet
    mine: bool = False  # the speaker reported it
    joined: bool = False  # the speaker supports it
    own_quiet: timedelta | None = None  # since the speaker said something that belongs to it
    shared: int = 0  # pairs of characters that both have
    wordless: bool = False  # opened by a photo or voice alone
    quoted: bool = False  # the message quotes what belongs to it
    subjects: frozenset[str] = frozenset()  # of the words that opened it
    felt: frozenset[str] = frozenset()  # the same
    corners: frozenset[str] = frozenset()  # the same


def kin(said: Said, known: Known) -> str:
    """How alike by category: "same", "near", "far", or "none" where the message speaks of no problem. A guessed
    category is never far: 窗子都不敢开 is told of fumes as well as of noise."""
    if said.category is None:
        return "none"
    if said.category == known.category:
        return "far" if _another_thing(said, known) else "same"
    pair = frozenset((said.category, known.category))
    near = pair in RELATED and not ("fumes" in pair and _another_smell(said, known))
    if near or said.category in ABOUT_ANYTHING or known.category in ABOUT_ANYTHING:
        return "near"
    return "far" if said.named else "near"


def _another_thing(said: Said, known: Known) -> bool:
    """No light after no water, a door after a lift; but an emergency that spreads has many sides."""
    spreads = known.urgency == EMERGENCY and known.category in ALARMS
    plain = said.sure and not said.agrees and not spreads
    return plain and apart(said.subjects, known.subjects)


def _another_smell(said: Said, known: Known) -> bool:
    """The kitchen of a restaurant is no drain; what may be fire or gas is left to those who come."""
    return "fire_safety" not in (said.category, known.category) and _another_thing(said, known)


def another(said: Said, known: Known) -> bool:
    """Whether somebody says that it is another thing; a mere smell behind what smells comes of it."""
    return said.besides and not (said.smells and known.category in SMELLS)


def of_one_cause(said: Said, known: Known) -> bool:
    """太黑了，老人摔了一跤, where the lamp of the same door is told of: one tells what comes of the other, or both tell
    what comes of one thing. Never where each names a thing of its own, and never of danger."""
    if said.urgency == EMERGENCY or apart(said.subjects, known.subjects) or apart(said.corners, known.corners):
        return False
    nameless = not (said.subjects or known.subjects)
    one = said.felt & (known.felt if nameless else known.subjects) or known.felt & said.subjects
    return bool(one) and whereabouts.same_spot(said.places, known.places)


def another_by_name(said: Said, known: Known) -> bool:
    """路灯也不亮了 behind a lift: more likely than not a trouble, and clearly not that one; better asked than lost."""
    likely = said.category not in (None, known.category) and said.named and (said.sure or said.confidence >= LIKELY)
    return likely and known.urgency != EMERGENCY and apart(said.subjects, known.subjects)


def elsewhere(said: Said, known: Known) -> bool:
    """A clearly different place. Trouble that spreads is only told apart by the building."""
    level = whereabouts.conflict(said.places, known.places)
    if level is None:
        return elsewhere_by_gate(said, known)
    return level == "building" or known.category not in SPREADS


def elsewhere_by_gate(said: Said, known: Known) -> bool:
    """南门外 after 5号楼门口, or after 北门: another corner of the estate, for what does not spread."""
    return known.category not in SPREADS and whereabouts.another_gate(said.places, known.places)


def other_building(said: Said, known: Known) -> bool:
    """Whether they name different buildings."""
    return whereabouts.conflict(said.places, known.places) == "building"


def another_door(said: Said, known: Known) -> bool:
    """The lift of another building, not this gas: it names a building that the emergency does not."""
    return "building" in whereabouts.levels(said.places) and not whereabouts.agree(said.places, known.places)


def engulfs(said: Said, known: Known) -> bool:
    """Fire or gas, where the ticket tells of no such danger: whoever comes for the lift does not come for that."""
    told = said.category == known.category or (known.category in ENGULFS and known.urgency == EMERGENCY)
    return said.named and said.category in ENGULFS and not told
