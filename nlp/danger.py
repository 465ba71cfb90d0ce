"""Whether somebody's life or limb is at stake: signs that a safety officer can read, weighed by a small learned model.

Recall comes first: between sure and nothing lies `doubtful`, which is told to the person on duty as unsure and asked
about in private, instead of ringing every bell.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from nlp import signs
from nlp.gate import Gate
from nlp.normalise import DATA
from nlp.signs import Sign
from nlp.talk import rows

# How much of the report model's score is added (within bounds: mere talk has no bottom), and from which sum an
# emergency is sure, and from which it is worth a question. Below `_NOTHING` the rest cannot make up for it.
_OTHER, _LEAST, _MOST = 0.8, -6.0, 1.0
SURE, DOUBTFUL = 1.5, -2.5
# What is a report beyond doubt is somebody's trouble anyway: there less is enough.
CLEAR, CLEARLY = 1.4, 0.0
# Where it is told in so many words, it is enough that the message is this much like a report.
PLAIN = 0.0
_NOTHING = DOUBTFUL - _OTHER * _MOST
# Nobody describes an emergency in more characters than this.
_ENOUGH = 400
_TOLD = 3
# How much the category of a named kind counts beside what was learned.
_NAMED = 2.0


@dataclass(frozen=True, slots=True)
class Danger:
    """What seems to be happening. `why` names the words that told; `score` is the danger model's alone, as log odds."""

    name: str
    category: str
    why: str
    score: float
    plain: bool

    def sure(self, report: float) -> bool:
        """Whether to ring the bells, given how much (log odds) the message is like a report."""
        least = CLEARLY if report >= CLEAR else SURE
        return self._sum(report) >= least or (self.plain and report >= PLAIN)

    def doubtful(self, report: float) -> bool:
        """Whether to ask, and to tell the person on duty that it is not sure."""
        return self._sum(report) >= DOUBTFUL and not self.sure(report)

    def _sum(self, report: float) -> float:
        return self.score + _OTHER * max(_LEAST, min(_MOST, report))


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    needs: tuple[frozenset[str], ...]
    category: str
    why: str


@dataclass(frozen=True, slots=True)
class _Weights:
    bias: float
    danger: Mapping[str, float]
    category: Mapping[str, Mapping[str, float]]


@cache
def kinds() -> tuple[_Kind, ...]:
    """The kinds of emergency that have a name."""
    return tuple(
        _Kind(name, tuple(frozenset(one.split("/")) for one in needs.split("+")), category, why)
        for name, needs, category, why in rows("emergencies.tsv", 4)
    )


@cache
def _shipped() -> _Weights:
    return _Weights(**json.loads((DATA / "danger.json").read_text(encoding="utf-8")))


_chosen: _Weights | None = None


def use(chosen: Mapping[str, Any] | None) -> None:
    """Chooses other weights for this process (see `nlp.danger_training`); None goes back to those that come along."""
    global _chosen
    _chosen = _Weights(**chosen) if chosen else None


def _weights() -> _Weights:
    return _chosen or _shipped()


def score(folded: str, found: Sequence[Sign], runs: Iterable[str]) -> float:
    """How likely danger is by its signs and by runs of characters, as log odds."""
    told = _weights().danger
    total = sum([told[name] for name in signs.outline(folded, found) if name in told])
    spelt = sum([told[run] for run in runs if run in told])
    return _weights().bias + total + spelt * signs.share(folded)


def danger(folded: str, runs: Iterable[str] | None = None) -> Danger | None:
    """The emergency that a folded text may speak of; see `Danger.sure` for whether to believe it.

    ``runs``: its runs of characters, for whoever has them already.
    """
    text = folded[:_ENOUGH]
    found = signs.seen(text)
    if runs is None or len(folded) > _ENOUGH:
        runs = signs.runs(text)
    value, plain = score(text, found, runs), _told_plainly(text, found)
    if value < _NOTHING and not plain:
        return None
    names = frozenset(sign.name for sign in found)
    fitting = [kind for kind in kinds() if all(need & names for need in kind.needs)]
    kind = max(fitting, key=lambda kind: _weight(kind, names), default=None)
    return Danger(
        name=kind.name if kind else "other",
        category=_category(text, found, kind.category if kind else None),
        why=_why(kind.why if kind else "说得像急事", found),
        score=round(value, 2),
        plain=plain,
    )


@cache
def _alarms() -> tuple[Gate, tuple[re.Pattern[str], ...]]:
    table = rows("alarms.tsv", 2)
    return Gate(has for has, _ in table), tuple(re.compile(text) for _, text in table)


def _told_plainly(text: str, found: Sequence[Sign]) -> bool:
    gate, patterns = _alarms()
    worth = gate.worth(text)
    if not worth or any(sign.mark == "-" for sign in found):
        return False
    return any(patterns[at].search(text) for at in worth)


def _weight(kind: _Kind, names: frozenset[str]) -> float:
    told = _weights().danger
    return sum(max(told.get(f"S:{name}", 0.0) for name in need & names) for need in kind.needs)


def emergency(folded: str) -> Danger | None:
    """The emergency that a folded text surely speaks of, by itself."""
    found = danger(folded)
    return found if found and found.sure(0.0) else None


def _category(text: str, found: Sequence[Sign], named: str | None) -> str:
    totals = {named: _NAMED} if named else {}
    share = signs.share(text)
    sides = ((signs.outline(text, found), 1.0), (signs.runs(text), share), (("bias",), 1.0))
    for names, value in sides:
        for name in names:
            for category, weight in _weights().category.get(name, {}).items():
                totals[category] = totals.get(category, 0.0) + weight * value
    return max(totals, key=lambda category: totals[category])


def _why(named: str, found: Sequence[Sign]) -> str:
    """The kind, and the words that tell it, those that weigh most first."""
    told = _weights().danger
    grave = sorted({(-told.get(f"S:{s.name}", 0.0), s.words) for s in found if s.mark == "!"})
    words = "、".join(dict.fromkeys(words for _, words in grave[:_TOLD]))
    return f"{named}（{words}）" if words else named
