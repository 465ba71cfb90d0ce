"""How much speaks for it that a message belongs to a ticket, and that what it tells is a trouble of its own. Pure.

`rules.sameness` says what may be, and why; here every circumstance counts, with weights that were learned from authored
group chats and what a sensible clerk would have done in each. What no sum may silence stands in `opens`; what does not
open is asked about or told to whoever is on duty (`handlers.hearing.report`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from handlers.rules import sameness, whereabouts
from handlers.rules.deadlines import EMERGENCY
from handlers.rules.likeness import (
    Known,
    Said,
    another_by_name,
    another_door,
    elsewhere,
    elsewhere_by_gate,
    engulfs,
    kin,
    other_building,
)
from handlers.rules.sameness import DARKENS, Verdict, Why
from nlp import circumstances, model

Features = dict[str, float]
Circumstance = tuple[str, object]

# From where on (log odds) a message belongs to a ticket; to an emergency that lasts, to what the same person told
# within minutes, of which little is left out, or to what tells plainly of the same thing; a trouble opens by itself;
# an emergency among other troubles rings; and what does not is worth a question.
JOINS, JOINS_SOONER = -0.8, -2.0
OPENS, RINGS, ASKS = -1.0, -1.6, -2.0
# How sure the reader must be of what names another building, and of what is about something else (`_plainly_another`).
CLEARLY, PLAINLY = 0.97, 0.9995
# The same of what is told in private, with its place and without.
PLACED = 0.7
_MINUTE = timedelta(minutes=1)
_QUIET = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480)  # minutes
_OWN = (1, 2.5, 5, 15, 30, 120)
_SINCE = (1, 2, 5, 15, 30, 60, 120, 360)
_FRESH, _WHILE = 15, 120
_SURE = (0.95, 0.99, 0.998, 0.9995)
MANNERS = ("agrees", "besides", "first_hand", "aside", "relays", "guesses", "persists", "advises", "rescue", "grows")
_HELD = (0.001, 0.9999)  # nobody is surer than this
_FEW, _SOME, _MANY = 8, 16, 30  # characters


def judge(said: Said, known: Known) -> Verdict | None:
    """The same problem, where the rules say that it may be and enough speaks for it; or None.

    Whoever quotes has said so, and who writes to the bot alone speaks of what they told it.
    """
    verdict = sameness.judge(said, known)
    if verdict is None or known.quoted or said.private or verdict.why is Why.ONE_CAUSE:
        return verdict
    burst = known.mine and known.own_quiet is not None and known.own_quiet <= sameness.BURST
    plain = said.sure and said.named and bool(said.subjects & known.subjects) and verdict.why is Why.SAME_TROUBLE
    sooner = burst or plain or (known.urgency == EMERGENCY and known.quiet <= sameness.ADDITIONS)
    return verdict if joins(said, known, verdict) >= (JOINS_SOONER if sooner else JOINS) else None


def opens(said: Said, tickets: Sequence[Known]) -> bool:
    """Whether what sounds like a trouble is one of its own, and opens.

    Where nothing was told it does, unless it neither says where nor speaks of its speaker nor is clear (鸡蛋退不退).
    What is told plainly of something or somewhere else does, too. A chat full of another trouble talks about that, and
    such talk sounds like a trouble: 那着火了往哪跑.
    """
    if said.urgency == EMERGENCY:
        lately = [known for known in tickets if known.quiet <= sameness.ADDITIONS]
        return all(_another_danger(said, known) for known in lately) or stands(said, tickets) >= RINGS
    if not tickets:
        return _says_where(said) or said.first_hand or said.confidence >= CLEARLY
    return all(_plainly_another(said, known) for known in tickets) or stands(said, tickets) >= OPENS


def is_plain(said: Said, tickets: Sequence[Known] = ()) -> bool:
    """Whether what was told to the bot opens without a question.

    Danger does. A story of somewhere or some time else never does, nor what may be danger and may be talk: the question
    names the number to call. In private, where people also chat, words that name no trouble and may be none are asked
    about, unless they say where it is. Whoever names one has told the bot. But who told it of a trouble already goes on
    about that, or about how it went: another one must be clear, or say where it is.
    """
    if said.story or (said.doubtful and not said.sure):
        return False
    if not said.private or said.urgency == EMERGENCY:
        return True
    if not any(known.mine for known in tickets):
        return said.named or said.sure or (said.confidence >= PLACED and _says_where(said))
    somewhere = said.confidence >= PLACED and bool(whereabouts.levels(said.places))
    return (said.named and said.confidence >= CLEARLY) or (said.sure and _says_where(said)) or somewhere


def _says_where(said: Said) -> bool:
    return bool(said.places) or said.near


def _another_danger(said: Said, known: Known) -> bool:
    """Of another building, a fire or gas of which nobody told, or what has nothing to do with the ticket, or comes of
    it: 停电了，电梯里有人被困."""
    calm = said.category != known.category and known.urgency != EMERGENCY
    comes_of_it = said.sure and not (said.asks or said.guesses) and bool(said.subjects - known.subjects)
    other = calm and (comes_of_it or kin(said, known) == "far")
    return other or engulfs(said, known) or another_door(said, known) or _plainly_another(said, known)


def _plainly_another(said: Said, known: Known) -> bool:
    """Told as clearly as this, of something or of a building that no ticket is about, it is next to never talk."""
    if _second_of_burst(said, known):
        return True
    if other_building(said, known) or elsewhere_by_gate(said, known):
        return said.confidence >= CLEARLY
    return said.confidence >= PLAINLY and kin(said, known) == "far"


def _second_of_burst(said: Said, known: Known) -> bool:
    """水也停了, by whoever told of the lamp a minute ago."""
    burst = known.mine and known.own_quiet is not None and known.own_quiet <= sameness.BURST
    return burst and said.sure and another_by_name(said, known) and DARKENS not in known.subjects


def joins(said: Said, known: Known, verdict: Verdict) -> float:
    """How likely (log odds) the message belongs to the ticket for the reason that the verdict gives."""
    return model.score(circumstances.weights().joins, of_joining(said, known, verdict))


def stands(said: Said, tickets: Sequence[Known]) -> float:
    """How likely (log odds) what was said is a trouble of its own, in a chat that knows of these tickets."""
    return model.score(circumstances.weights().stands, of_standing(said, tickets))


def of_joining(said: Said, known: Known, verdict: Verdict) -> Features:
    """The circumstances of joining."""
    return dict(_named([*_voice(said), *_between(said, known), ("why", verdict.why), ("affected", verdict.affected)]))


def of_standing(said: Said, tickets: Sequence[Known]) -> Features:
    """The circumstances of standing alone."""
    found = dict(_named([*_voice(said), *_wake(said, tickets)]))
    verdicts = ((known, sameness.judge(said, known)) for known in tickets)
    most = [joins(said, known, verdict) for known, verdict in verdicts if verdict is not None]
    found["joins"] = max(most) / 3 if most else -1.0
    return found


def _named(found: Iterable[Circumstance]) -> Iterator[tuple[str, float]]:
    """A number counts as it is, a word or a truth as being there."""
    yield "always", 1.0
    for name, value in found:
        if isinstance(value, float):
            yield name, value
        elif isinstance(value, str):
            yield f"{name}:{value}", 1.0
        elif value:
            yield name, 1.0


def _voice(said: Said) -> Iterator[Circumstance]:
    """What is said, and how."""
    yield "like a report", _log_odds(said.confidence) / 3
    yield "high", said.sure
    yield "maybe danger", said.doubtful
    if said.category is not None:
        yield "of", said.category
        yield "named", said.named
        yield "emergency", said.urgency == EMERGENCY
        yield from ((f"surer than {least}", said.confidence >= least) for least in _SURE)
    else:
        yield "of", "nothing"
    yield from ((name, getattr(said, name)) for name in MANNERS)
    yield from (("cue", cue) for cue in sorted(said.cues))
    yield "place", bool(said.places)
    yield "building", "building" in whereabouts.levels(said.places)
    yield "asks", said.asks
    yield "private", said.private
    yield "length", "few" if said.length <= _FEW else "some" if said.length <= _SOME else "many"
    yield "long", said.length > _MANY


def _between(said: Said, known: Known) -> Iterator[Circumstance]:
    """What lies between the message and a ticket."""
    near = kin(said, known)
    minutes = known.quiet / _MINUTE
    yield "kin", near
    yield from ((f"quiet {most}", minutes <= most) for most in _QUIET)
    yield f"kin {near}, fresh", minutes <= _FRESH
    yield f"kin {near}, a while ago", minutes <= _WHILE
    yield "elsewhere", elsewhere(said, known)
    yield "other building", other_building(said, known)
    yield "same place", bool(said.places) and whereabouts.agree(said.places, known.places)
    yield "wordless", known.wordless
    yield "quoted", known.quoted
    yield from ((f"shares {least}", known.shared >= least) for least in (1, 2, 4))
    yield "same thing", bool(said.subjects & known.subjects)
    yield "another thing", bool(said.subjects and known.subjects and not said.subjects & known.subjects)
    yield "in an emergency", known.urgency == EMERGENCY
    yield "ticket of", known.category
    yield from _speaker(said, known, near)


def _speaker(said: Said, known: Known, near: str) -> Iterator[Circumstance]:
    """Who speaks: the reporter, somebody who joined, another."""
    for who, is_theirs in (("mine", known.mine), ("joined", known.joined)):
        yield who, is_theirs
        yield f"{who}, kin {near}", is_theirs
        yield f"{who}, aside", is_theirs and said.aside
    if known.own_quiet is not None:
        own = known.own_quiet / _MINUTE
        yield from ((f"own quiet {most}", own <= most) for most in _OWN)
    yield f"first hand, kin {near}", said.first_hand
    yield "agrees, fresh", said.agrees and known.quiet / _MINUTE <= _FRESH
    yield "agrees, quoting", said.agrees and known.quoted


def _wake(said: Said, tickets: Sequence[Known]) -> Iterator[Circumstance]:
    """What the chat was just told."""
    if not tickets:
        yield "nothing told", True
        return
    quiet = min(known.quiet for known in tickets) / _MINUTE
    since = min(known.quiet if known.since is None else known.since for known in tickets) / _MINUTE
    yield from ((f"told {most}", since <= most) for most in _SINCE)
    yield from ((f"spoken of {most}", quiet <= most) for most in _SINCE)
    yield "one is mine", any(known.mine for known in tickets)
    yield "one is joined", any(known.joined for known in tickets)
    yield "far from all", all(kin(said, known) == "far" for known in tickets)
    yield from ((f"one is {near}", any(kin(said, known) == near for known in tickets)) for near in ("same", "near"))
    yield "one shares words", any(known.shared > 1 for known in tickets)
    yield "one is an emergency", any(known.urgency == EMERGENCY for known in tickets)
    if quiet <= _FRESH:
        yield "like a report, fresh", _log_odds(said.confidence) / 3
        yield "named, fresh", said.named
        yield "first hand, fresh", said.first_hand
        yield "place, fresh", bool(said.places)


def _log_odds(share: float) -> float:
    held = min(max(share, _HELD[0]), _HELD[1])
    return math.log(held / (1 - held))
