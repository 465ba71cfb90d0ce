"""Whether somebody's life or limb is at stake: signs that a safety officer can read, weighed by a small learned model.

Recall comes first: between sure and nothing lies `doubtful`, which is told to the person on duty as unsure and asked
about in private, instead of ringing every bell.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from nlp import cries, happenings, packed, signs
from nlp.cries import Cry
from nlp.faint import is_mild, is_uneasy
from nlp.gate import places
from nlp.happenings import Happening
from nlp.lexicon import CATEGORIES
from nlp.model import exact
from nlp.needles import Needles
from nlp.normalise import DATA
from nlp.signs import Sign
from nlp.talk import rows

# How much of the report model's score is added (within bounds: mere talk has no bottom), and from which sum an
# emergency is sure, and from which it is worth a question. Below `_NOTHING` the rest cannot make up for it.
_OTHER, _LEAST, _MOST = 0.8, -4.0, 3.0
SURE, DOUBTFUL = 1.2, -0.5
# Where it is told in so many words, it is enough that the message is this much like a report.
PLAIN = 0.0
_NOTHING = DOUBTFUL - _OTHER * _MOST
# Below this no composition makes up for what signs and runs of characters say, and none is looked for.
_HARDLY = _NOTHING - 4.0
# Nobody describes an emergency in more characters than this.
_ENOUGH = 400
_TOLD = 3
_CRIES = "cry"
# What a car in the way does, too.
_HELD_UP = frozenset(["出不去", "出不来", "出勿来", "出唔到", "走不了", "来人", "快来人", "快来个人", "来个人", "被堵"])
_CALLS = frozenset(["cries_help"])
# What smoke is called that comes from a kitchen or a cigarette, and what people say it does to them.
_SMOKE, _SMOKED = frozenset(["烟", "呛", "烧炭", "气味"]), frozenset(["不敢", "进屋", "睁不开", "进家", "看不清"])
# What a grown person says of it, too, and what is to be believed of a child or of an old or a sick one.
_BREATHLESS = frozenset(["喘不过", "喘不过气", "喘不过来", "喘不上", "喘不上气", "喘不动", "透不过气", "憋得", "憋死"])
_FRAIL = frozenset(["小孩", "老人", "孕病"])
# The sign that it is next door: a fire there is none of ours, and worth telling whoever is on duty all the same.
_NEXT_DOOR, _REACH = "邻处", 12
# How much the category of a named kind counts beside what was learned.
_NAMED = 3.5


@dataclass(frozen=True, slots=True)
class Danger:
    """What seems to be happening. ``score`` is the danger model's alone, as log odds; ``plain``: told in so many
    words; ``next_door``: the same, but in the next estate; ``meant``: said to the bot, by somebody who wants help."""

    text: str
    found: Sequence[Sign]
    heard: Sequence[Happening]
    score: float
    plain: bool
    next_door: bool = False
    meant: bool = False
    cry: Cry | None = None  # where nothing else is said

    @property
    def name(self) -> str:
        """The name of its kind; "other" where it has none."""
        kind = self._kind()
        return _CRIES if self.cry else kind.name if kind else "other"

    @property
    def category(self) -> str:
        """What it is about."""
        if self.cry:
            return self.cry.category
        kind = self._kind()
        return _category(self, kind.category if kind else None)

    @property
    def why(self) -> str:
        """The kind and the words that told, for a clerk."""
        if self.cry:
            return self.cry.why
        kind = self._kind()
        return _why(kind.why if kind else _happening(self.heard), self.found)

    @property
    def held_up(self) -> bool:
        """Whether nothing is told but that somebody cannot get out, and wants somebody to come."""
        words = {sign.words for sign in self.found if sign.mark == "!"}
        return not self.cry and words <= _HELD_UP and {one.name for one in self.heard} <= _CALLS

    @property
    def only_smoke(self) -> bool:
        """Whether nothing grave is told but smoke."""
        grave = [sign for sign in self.found if sign.mark == "!"]
        usual = _SMOKED if any(sign.name in _FRAIL for sign in self.found) else _SMOKED | _BREATHLESS
        return not self.cry and all(sign.name in _SMOKE or sign.words in usual for sign in grave)

    @property
    def guessed(self) -> bool:
        """Whether it only sounds like one: no word says what happens."""
        return not (self.plain or self.cry or self.heard or any(sign.mark == "!" for sign in self.found))

    @property
    def uneasy(self) -> bool:
        """Whether nothing happens in it: somebody is afraid, or something is not quite right."""
        grave = (sign.words for sign in self.found if sign.mark == "!")
        return not (self.plain or self.heard or self.cry) and is_uneasy(self.text, grave)

    def sure(self, report: float) -> bool:
        """Whether to ring the bells, given how much (log odds) the message is like a report."""
        if self.cry or (self.next_door and not self.meant):
            return self.cry is not None
        told = self.plain or self.next_door
        if not told and (self.uneasy or is_mild(self.text)):
            return False
        return self._sum(report) >= SURE or (told and report >= PLAIN)

    def doubtful(self, report: float) -> bool:
        """Whether to ask, and to tell the person on duty that it is not sure."""
        return not self.sure(report) and (self.next_door or self._sum(report) >= DOUBTFUL)

    def _sum(self, report: float) -> float:
        return self.score + _OTHER * max(_LEAST, min(_MOST, report))

    def _kind(self) -> "_Kind | None":
        return _fitting(_weights(), frozenset(sign.name for sign in self.found))


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    needs: tuple[frozenset[str], ...]
    category: str
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class _Weights:
    bias: float
    danger: Mapping[str, float]
    # Of all categories in one number (see `nlp.packed`), and which categories any of them speaks of.
    category: Mapping[str, int]
    spoken_of: frozenset[str]


@cache
def kinds() -> tuple[_Kind, ...]:
    """The kinds of emergency that have a name."""
    return tuple(
        _Kind(name, tuple(frozenset(one.split("/")) for one in needs.split("+")), category, why)
        for name, needs, category, why in rows("emergencies.tsv", 4)
    )


@cache
def _shipped() -> _Weights:
    return _ready(json.loads((DATA / "danger.json").read_text(encoding="utf-8")))


def _ready(learned: Mapping[str, Any]) -> _Weights:
    category = {name: packed.named(row) for name, row in learned["category"].items()}
    spoken_of = frozenset(one for row in learned["category"].values() for one in row)
    return _Weights(learned["bias"], exact(learned["danger"]), category, spoken_of)


_chosen: _Weights | None = None


def use(chosen: Mapping[str, Any] | None) -> None:
    """Chooses other weights for this process (see `nlp.danger_training`); None goes back to those that come along."""
    global _chosen
    _chosen = _ready(chosen) if chosen else None


def _weights() -> _Weights:
    return _chosen or _shipped()


def spelt() -> Mapping[str, float]:
    """What is known of runs of characters (among other things), for `nlp.spelling`."""
    return _weights().danger


def danger(folded: str, told: float | None = None, *, meant: bool = False) -> Danger | None:
    """The emergency that a folded text may speak of; see `Danger.sure` for whether to believe it.

    ``told``: the sum of what its runs of characters say, for whoever has it already. ``meant``: said to the bot.
    """
    text = folded[:_ENOUGH]
    found = signs.seen(text)
    if (cry := cries.heard(text, meant=meant)) is not None:
        return Danger(text, found, (), 0.0, plain=True, meant=meant, cry=cry)
    weights = _weights()
    if told is None or len(folded) > _ENOUGH:
        told = sum([weights.danger[run] for run in signs.runs(text) if run in weights.danger])
    value = weights.bias + _of_signs(text, found) + told * signs.share(text)
    heard = happenings.heard(text) if value >= _HARDLY else ()
    value += _of_happenings(heard, found)
    in_so_many_words = bool(found) and _in_so_many_words(text)
    if value < _NOTHING and not in_so_many_words:
        return None
    plain = in_so_many_words and not any(sign.mark == "-" for sign in found)
    next_door = in_so_many_words and _is_next_door(found)
    if value < _NOTHING and not (plain or next_door):
        return None
    return Danger(text, found, heard, round(value, 2), plain, next_door, meant)


def _of_signs(text: str, found: Sequence[Sign]) -> float:
    weights = _weights()
    value = _of_counted(weights, tuple([(sign.name, sign.mark) for sign in found]), signs.shouts(text))
    if len(found) < 2:
        return value
    known = weights.danger
    return value + sum([known[name] for name in frozenset(signs.together(found)) if name in known])


@lru_cache(maxsize=4_096)  # most messages have few signs, and mostly the same ones
def _of_counted(weights: _Weights, said: tuple[tuple[str, str], ...], shouting: bool) -> float:
    known = weights.danger
    return sum([known[name] for name in signs.counted(said, shouting=shouting) if name in known])


def _of_happenings(heard: Sequence[Happening], found: Sequence[Sign]) -> float:
    if not heard:
        return 0.0
    known = _weights().danger
    return sum([known[name] for name in signs.told(heard, found) if name in known])


@cache
def _alarms() -> tuple[Needles, tuple[re.Pattern[str], ...]]:
    patterns = tuple(re.compile(text) for (text,) in rows("alarms.tsv", 1))
    return Needles(one.pattern for one in patterns), patterns


def _is_next_door(found: Sequence[Sign]) -> bool:
    """Whether it is told of the next estate: that stands before what happens, and nothing else speaks against it."""
    against = {sign.name for sign in found if sign.mark == "-"}
    if against != {_NEXT_DOOR}:
        return False
    where = next(sign for sign in found if sign.name == _NEXT_DOOR)
    grave = next((sign for sign in found if sign.mark == "!"), None)
    return grave is not None and 0 <= grave.start - where.end <= _REACH


def _in_so_many_words(text: str) -> bool:
    needles, patterns = _alarms()
    return any(patterns[at].search(text) for at in places(needles.mask(text)))


@lru_cache(maxsize=2_000)
def _fitting(weights: _Weights, names: frozenset[str]) -> _Kind | None:
    """The kind of emergency that these signs make up, the one whose signs weigh most."""
    fitting = [kind for kind in kinds() if all(need & names for need in kind.needs)]
    return max(fitting, key=lambda kind: _weight(weights.danger, kind, names), default=None)


def _weight(told: Mapping[str, float], kind: _Kind, names: frozenset[str]) -> float:
    return sum(max(told.get(f"S:{name}", 0.0) for name in need & names) for need in kind.needs)


def emergency(folded: str) -> Danger | None:
    """The emergency that a folded text surely speaks of, by itself."""
    found = danger(folded)
    return found if found and found.sure(0.0) else None


def _happening(heard: Sequence[Happening]) -> str:
    """The words for the composition that weighs most, for a clerk."""
    told = _weights().danger
    return max(heard, key=lambda one: told.get(f"H:{one.name}", 0.0)).why if heard else "说得像急事"


def _category(it: Danger, named: str | None) -> str:
    weights, share = _weights(), signs.share(it.text)
    evidence = (*signs.outline(it.text, it.found), *signs.told(it.heard, it.found), "bias")
    told, spelt = (
        packed.scores(sum(filter(None, map(weights.category.get, names)))) for names in (evidence, signs.runs(it.text))
    )
    totals = {name: one + share * more for name, one, more in zip(CATEGORIES, told, spelt, strict=True)}
    if named:
        totals[named] += _NAMED
    return max((name for name in CATEGORIES if name == named or name in weights.spoken_of), key=totals.__getitem__)


def _why(named: str, found: Sequence[Sign]) -> str:
    """The kind, and the words that tell it, those that weigh most first."""
    told = _weights().danger
    grave = sorted({(-told.get(f"S:{s.name}", 0.0), s.words) for s in found if s.mark == "!"})
    words = "、".join(dict.fromkeys(words for _, words in grave[:_TOLD]))
    return f"{named}（{words}）" if words else named
