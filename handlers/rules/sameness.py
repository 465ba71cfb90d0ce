"""Is this the same problem? Pure: what was said and what is known of a ticket go in, a verdict with a reason comes out.

A clerk's rules, first fit first. Somebody's own words right behind their report belong to it. Others join by agreeing,
by telling the same trouble near in time and not clearly elsewhere, or by speaking of the same thing at first hand. A
clearly different place or category is another problem. An emergency gathers what is said while it lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from handlers.rules import whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.likeness import (
    ALARMS,
    ENGULFS,
    HARMED,
    SPREADS,
    TURNS_OUT,
    VAGUE,
    Known,
    Said,
    another,
    another_by_name,
    another_door,
    elsewhere,
    engulfs,
    kin,
    of_one_cause,
    other_building,
)  # fmt: skip

BURST = timedelta(minutes=5)
WAKE = timedelta(minutes=15)  # how long a group still talks about what was just told
ADDITIONS = timedelta(minutes=30)
HOURS = timedelta(hours=2)
DAYS = timedelta(days=7)  # how long somebody goes on about their own report, to the bot alone
DARKENS = "power"  # what stands still or is dark behind it comes of it
FOLLOWS = timedelta(minutes=2, seconds=30)  # somebody who joined goes on speaking


class Why(StrEnum):
    """The reason that stands in the fact."""

    QUOTED = "quoted"
    TOLD_ON = "told_on"  # the same person goes on
    SAME_TROUBLE = "same_trouble"  # the same category, near in time, not elsewhere
    RELATED = "related"  # another name for it, near in time
    ONE_CAUSE = "one_cause"  # what comes of it, at the same spot within hours
    AGREED = "agreed"
    SAME_WORDS = "same_words"  # speaks of the same thing
    PLACE_TOLD = "place_told"  # says where, when nobody had
    EMERGENCY = "emergency"  # said while an emergency lasts


@dataclass(frozen=True, slots=True)
class Verdict:
    """The same problem: why, how strongly against other candidates, and whether the speaker is affected."""

    why: Why
    rank: int
    affected: bool = True


def judge(said: Said, known: Known) -> Verdict | None:
    """The same problem, or None."""
    if known.quoted:
        return Verdict(Why.QUOTED, 9, affected=not said.aside)
    if _helps(said, known):
        return Verdict(Why.EMERGENCY, 5, affected=False)
    if _befalls(said, known):
        return Verdict(Why.TOLD_ON if known.mine else Why.EMERGENCY, 7, affected=said.first_hand)
    if _graver(said, known):
        return None
    if known.mine:
        return _mine(said, known)
    return _others(said, known)


def _helps(said: Said, known: Known) -> bool:
    """Advice among neighbours, and talk of the fire engine that was called, while an emergency lasts; never where
    another building is named, nor where it is a fire or gas that nobody had told of: 快下来，三楼着火了."""
    if said.urgency == EMERGENCY and engulfs(said, known):
        return False
    lasts = known.urgency == EMERGENCY and known.quiet <= (ADDITIONS if said.rescue else WAKE)
    return lasts and (said.rescue or said.advises) and not another_door(said, known)


def _graver(said: Said, known: Known) -> bool:
    """A gas leak told after a lamp is a ticket of its own: an alarm never hides in a calmer matter, nor in an old one,
    nor in another alarm that has nothing to do with it."""
    if said.urgency != EMERGENCY or known.wordless:
        return False
    if known.urgency == EMERGENCY:
        told_on = known.shared or said.agrees
        return said.sure and (kin(said, known) == "far" or engulfs(said, known)) and not told_on
    if said.category == known.category:
        return known.quiet > ADDITIONS and not known.shared
    if not said.named and known.quiet <= WAKE and not elsewhere(said, known):
        return False  # it is the calmer matter that has become grave
    if (known.category, said.category) not in TURNS_OUT:
        return True
    # 好大的煤气味, said by a neighbour of somebody's drain: only a smell or a noise is so vague that it may be either.
    told_on = known.mine or said.agrees or bool(said.subjects & known.subjects)
    return not told_on and known.category not in VAGUE


def _befalls(said: Said, known: Known) -> bool:
    """敲了501没人开, right behind the gas: what an emergency does to those around it. Of gas, smoke and fire anybody
    tells, of all else whoever told of it a moment ago."""
    hurt = said.category == "welfare" and said.urgency == EMERGENCY
    if not hurt or known.urgency != EMERGENCY or other_building(said, known):
        return False
    own = (known.mine or known.joined) and known.own_quiet is not None and known.own_quiet <= BURST
    return own or (known.category in ENGULFS and known.quiet <= WAKE)


def _mine(said: Said, known: Known) -> Verdict | None:
    near = kin(said, known)
    if near == "none":
        return _own_words(said, known)
    if elsewhere(said, known) or (another(said, known) and near != "same" and said.sure):
        return None
    if known.wordless and known.quiet <= BURST:
        return Verdict(Why.TOLD_ON, 8)
    if near == "same":
        return Verdict(Why.TOLD_ON, 7) if _is_remembered(said, known) else None
    return _mine_by_another_name(said, known, near)


def _mine_by_another_name(said: Said, known: Known, near: str) -> Verdict | None:
    if known.quiet <= HOURS and of_one_cause(said, known):
        return Verdict(Why.ONE_CAUSE, 5)
    if another_by_name(said, known):
        return None
    if not said.named and known.quiet <= HOURS:
        return Verdict(Why.TOLD_ON, 3)
    if near == "near":
        lasts = HOURS if said.subjects & known.subjects or said.grows else ADDITIONS
        return Verdict(Why.RELATED, 5) if known.quiet <= lasts and said.alone else None
    return _vague(said, known)


def _is_remembered(said: Said, known: Known) -> bool:
    """那个灯今天晚上还是黑的, told to the bot alone a day later, is told of that lamp, unless another place is named.
    Danger that comes again rings again."""
    if known.quiet <= HOURS * 6:
        return True
    if not said.private or said.besides or said.urgency == EMERGENCY:
        return False
    return known.quiet <= DAYS and (not said.places or whereabouts.agree(said.places, known.places))


def _vague(said: Said, known: Known) -> Verdict | None:
    """Another category without real evidence, right behind the report, is the report told on."""
    close = known.own_quiet is not None and known.own_quiet <= BURST
    doubtful = not said.sure or (known.urgency == EMERGENCY and said.category in ALARMS)
    return Verdict(Why.TOLD_ON, 3) if close and doubtful else None


def _own_words(said: Said, known: Known) -> Verdict | None:
    if another(said, known) or known.own_quiet is None or (said.aside and not _asks_with_place(said, known)):
        return None
    if known.own_quiet <= (ADDITIONS if said.private else BURST):
        missing = bool(said.places) and not known.places
        return Verdict(Why.TOLD_ON, 6 if missing or known.shared else 4)
    if known.own_quiet <= ADDITIONS and (said.places or known.shared):
        return Verdict(Why.SAME_WORDS, 3)
    if said.private and said.places and not known.places and known.own_quiet <= HOURS * 12:
        return Verdict(Why.PLACE_TOLD, 3)  # 是在哪儿？, answered when there was time for it
    return None


def _asks_with_place(said: Said, known: Known) -> bool:
    """5号楼2单元，有人管吗: where it is, when that had not been said."""
    fresh = known.own_quiet is not None and known.own_quiet <= ADDITIONS
    return bool(said.places) and not known.places and fresh and said.cues <= {"status_question"}


def _others(said: Said, known: Known) -> Verdict | None:
    if known.urgency == EMERGENCY and (found := _in_emergency(said, known)) is not None:
        return found
    near = kin(said, known)
    apart = elsewhere(said, known) and not _one_outage(said, known)
    if said.agrees and known.quiet <= HOURS and near != "far" and not _names_another(said, known):
        return Verdict(Why.AGREED, 6) if _may_agree(said, known) else None
    if apart or said.aside or said.besides:
        return None
    if near == "none":
        return _talk_about_it(said, known)
    return _told_too(said, known, near)


def _names_another(said: Said, known: Known) -> bool:
    """A drain is no lift; but without power a lift stands still."""
    return DARKENS not in known.subjects and another_by_name(said, known)


def _one_outage(said: Said, known: Known) -> bool:
    """No water in the next lane either, within the hour or two: one outage, with its buildings."""
    both = said.category == known.category == "utilities"
    return both and bool(said.subjects & known.subjects) and known.quiet <= HOURS


def _may_agree(said: Said, known: Known) -> bool:
    """Whoever agrees may name their own floor; another building only while an outage is fresh."""
    if not other_building(said, known):
        return True
    return known.category == "utilities" and known.quiet <= WAKE


def _told_too(said: Said, known: Known, near: str) -> Verdict | None:
    """The same trouble in other words: within hours where the words or the place fit, else while it is fresh."""
    if known.quiet <= HOURS and of_one_cause(said, known):
        return Verdict(Why.ONE_CAUSE, 5, affected=not said.relays)
    if near == "same" and known.quiet <= _memory(said, known):
        return Verdict(Why.SAME_TROUBLE, 5, affected=not said.relays)
    if known.wordless and known.quiet <= WAKE:
        return Verdict(Why.RELATED, 4)
    if known.joined and not said.named and known.quiet <= HOURS:
        return Verdict(Why.TOLD_ON, 3)
    if near == "near" and known.joined and known.quiet <= HOURS and said.subjects & known.subjects:
        return Verdict(Why.RELATED, 3)
    fits = known.shared or whereabouts.agree(said.places, known.places) or {said.category, known.category} <= SPREADS
    if near == "near" and known.quiet <= WAKE and fits and not _names_another(said, known):
        return Verdict(Why.RELATED, 3)
    vague = not said.named and (said.first_hand or known.quiet <= BURST)
    if known.quiet <= WAKE and (vague or (known.shared >= 2 and not said.sure)):
        return Verdict(Why.SAME_WORDS, 2, affected=said.first_hand)
    return None


def _memory(said: Said, known: Known) -> timedelta:
    """How long the same category is taken for the same trouble. Outages are; lifts and doors are not the same thing."""
    agree = whereabouts.agree(said.places, known.places)
    if agree and said.subjects & known.subjects:
        return HOURS * 6
    if not said.named:
        return HOURS * 3
    if known.category == "utilities" or known.shared or agree or said.subjects & known.subjects:
        return HOURS
    return ADDITIONS if known.category in SPREADS else BURST


def _talk_about_it(said: Said, known: Known) -> Verdict | None:
    if known.own_quiet is not None and known.own_quiet <= (BURST if said.places else FOLLOWS):
        return Verdict(Why.TOLD_ON, 4, affected=known.joined)
    if said.first_hand and known.quiet <= HOURS and of_one_cause(said, known):
        return Verdict(Why.ONE_CAUSE, 4)
    if known.quiet > WAKE:
        return None
    if (known.shared and said.first_hand) or said.persists:
        return Verdict(Why.SAME_WORDS, 3)
    if said.places and not known.places and known.quiet <= BURST:
        return Verdict(Why.PLACE_TOLD, 2, affected=False)
    return None


def _in_emergency(said: Said, known: Known) -> Verdict | None:
    """What is said while an emergency lasts belongs to it, unless it is clearly something else."""
    if known.quiet > ADDITIONS or said.aside or other_building(said, known):
        return None
    if said.agrees:
        return Verdict(Why.AGREED, 6)
    thing = said.category == known.category and kin(said, known) == "far"
    other = said.category not in {known.category, *HARMED} and another_door(said, known)
    apart = said.sure and said.named and (thing or other)
    if said.category is not None and not apart and (said.category in ALARMS or not (said.sure and said.named)):
        return Verdict(Why.EMERGENCY, 5, affected=said.first_hand)
    close = known.quiet <= BURST or bool(said.places or known.shared)
    if said.category is None and said.first_hand and close:
        return Verdict(Why.EMERGENCY, 4)
    return None
