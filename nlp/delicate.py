"""Talk that is handled with care: a life in danger, blows at home, petitions, fights, tip-offs about persons.

Rules that a duty officer can read, one a line, in ``data/delicate.tsv``. An alarm is believed before all else: a false
one costs somebody a call, a missed one may cost a life. Pure.
"""

import re
from dataclasses import dataclass
from functools import cache

from nlp.gate import Gate
from nlp.talk import pieced

ALARMS = frozenset({"self_harm", "home", "child"})
APART = frozenset({"petition", "committee", "person"})  # never a ticket by themselves
OFFICIAL = "official"
QUARREL = "quarrel"


@dataclass(frozen=True, slots=True)
class Delicate:
    """What a message touches, and what said so."""

    topic: str
    why: str

    @property
    def is_alarm(self) -> bool:
        return self.topic in ALARMS


@dataclass(frozen=True, slots=True)
class _Rule:
    found: Delicate
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None


_WHOM = "accused:"


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(Delicate(topic, why), re.compile(pattern), None if unless == "-" else re.compile(unless))
        for topic, _, pattern, unless, why in pieced("delicate.tsv", 5)
        if not topic.startswith(_WHOM)
    )


@cache
def _gate() -> Gate:
    return Gate(triggers for topic, triggers, *_ in pieced("delicate.tsv", 5) if not topic.startswith(_WHOM))


@cache
def _accusations() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (topic.removeprefix(_WHOM), re.compile(pattern))
        for topic, _, pattern, *_ in pieced("delicate.tsv", 5)
        if topic.startswith(_WHOM)
    )


def hear(folded: str) -> Delicate | None:
    """The first rule that fits a folded text; alarms stand first in the file."""
    known = _rules()
    for place in _gate().worth(folded):
        rule = known[place]
        if rule.pattern.search(folded) and not (rule.unless and rule.unless.search(folded)):
            return rule.found
    return None


def takes_back(folded: str) -> bool:
    """Whether a text has words of an alarm that are none here: a film, a joke, a sale, a lecture."""
    known = _rules()
    worth = (known[place] for place in _gate().worth(folded))
    return any(rule.found.is_alarm and rule.pattern.search(folded) for rule in worth) and hear(folded) is None


def accused(folded: str) -> str | None:
    """Whom a tip-off is about, where that matters for whose desk it may lie on: property, community; else None."""
    return next((whom for whom, pattern in _accusations() if pattern.search(folded)), None)
