"""What a message means to the community: report or talk, what about, how soon, where, and why we think so."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nlp import because, features, model, segment, unlearned
from nlp.kinds import kind_of
from nlp.lexicon import lexicon
from nlp.normalise import fold, origins, tight
from nlp.own import standard
from nlp.parts import stretches
from nlp.places import Gazetteer, Span, find
from nlp.plain import FLOOR, Plain, told_plainly
from nlp.talk import CUES, hear
from nlp.urgency import Danger, emergency, urgency

Band = Literal["high", "middle", "low"]

# What was meant for the bot is believed sooner, but only where it speaks of something the community deals with.
_MEANT = 1.0
_SURE = 0.97
_DANGER_VOTE = 4.0
_PLAIN_VOTE = 3.0
# An emergency rule is not believed where the model is this sure of mere talk: adverts and jokes use the same words.
_DISBELIEF = -6.5
# What runs of characters, and what words, can add at most, a character (less in longer texts, see `features.runs`):
# where even that cannot make a report of what was seen before, they are not looked at. Most talk ends here, and of what
# goes on most ends before jieba.
_MOST_BY_RUNS, _MOST_BY_WORDS = 0.33, 0.06
# Nobody reports in more characters than this; what is longer is a forwarded article, and reading all of it is slow.
_ENOUGH = 1_500


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What is known before reading: where the group is, whether the bot was meant, the deployment's place names."""

    group_place: str = ""
    addressed: bool = False
    gazetteer: Gazetteer | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One problem of a message."""

    category: str
    urgency: str
    place: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message means. Not a report: category and urgency are None and there are no parts."""

    is_report: bool
    band: Band
    confidence: float
    kind: str | None
    category: str | None
    also: tuple[str, ...]
    urgency: str | None
    place: tuple[str, ...]
    because: tuple[str, ...]
    cues: frozenset[str]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Sight:
    """What the lexicon and the rules see of a text, before anything is weighed."""

    text: str
    folded: str
    kept: Sequence[int] | None
    found: Mapping[str, Sequence[str]]
    talk: Mapping[str, str]
    danger: Danger | None


_TALK = Reading(False, "low", 0.01, None, None, (), None, (), (), frozenset(), ())


def warm(cache_dir: Path | None = None) -> None:
    """Loads jieba (its cache in a private folder), lexicon and weights, so that the first message is not slow."""
    if cache_dir is not None:
        segment.use_cache(cache_dir)
    read("三号楼门口路灯坏了半个月了")


def read(text: str, context: ReadingContext = ReadingContext()) -> Reading:
    """Reads one message."""
    folded, kept = standard(*tight(fold(text[:_ENOUGH])))
    hits = lexicon().find(folded)
    talk = hear(folded)
    danger = emergency(folded)
    if not (hits or talk or danger or told_plainly(folded, talk, context.gazetteer)):
        return _TALK
    return _weigh(_Sight(text, folded, kept, features.group_hits(hits, folded), talk, danger), context)


def _weigh(sight: _Sight, context: ReadingContext) -> Reading:
    weights = model.weights()
    seen = features.outline(sight.folded, sight.found, sight.talk)
    score = weights.bias + model.score(weights.report, seen)
    texture: dict[str, float] = {}
    for most, look in ((_MOST_BY_RUNS, features.runs), (_MOST_BY_WORDS, features.vocabulary)):
        if not sight.danger and model.sigmoid(score + _most(most, len(sight.folded))) < weights.asking:
            break
        more = look(sight.folded)
        score += model.score(weights.report, more)
        texture |= more
    if context.addressed and ("M:problem" in seen or "M:topic" in seen):
        score += _MEANT
    danger = sight.danger if score > _DISBELIEF else None
    plain = None if danger else told_plainly(sight.folded, sight.talk, context.gazetteer)
    refused = unlearned.against(weights.unbelieved, plain, sight.folded) if plain and weights.unbelieved else None
    plain = None if refused else plain
    confidence = max(model.sigmoid(score), _SURE if danger else FLOOR if plain else 0.0)
    band = _band(confidence, weights)
    if band == "low":
        return _talk(sight, confidence, refused)
    category = _category(sight, danger, plain, texture or features.texture(sight.folded))
    why = because.reasons(weights.report, seen | texture, sight.found, sight.talk, category)
    if danger or plain:
        why = (f"紧急：{danger.why}" if danger else plain.why if plain else "", *why)
    if refused:
        why = (refused, *why)
    return _report(sight, context, danger, confidence, band, category, why)


def _most(each: float, length: int) -> float:
    return each * length * min(1.0, 4.0 / max(1.0, math.sqrt(length)))


def _talk(sight: _Sight, confidence: float, refused: str | None = None) -> Reading:
    return Reading(
        is_report=False,
        band="low",
        confidence=round(confidence, 4),
        kind=kind_of(sight.folded, None),
        category=None,
        also=(),
        urgency=None,
        place=(),
        because=(*((refused,) if refused else ()), *sight.talk.values()),
        cues=frozenset(sight.talk) & CUES,
        parts=(),
    )


def _band(confidence: float, weights: model.Weights) -> Band:
    if confidence >= weights.opening:
        return "high"
    return "middle" if confidence >= weights.asking else "low"


def _report(
    sight: _Sight,
    context: ReadingContext,
    danger: Danger | None,
    confidence: float,
    band: Band,
    category: str,
    why: tuple[str, ...],
) -> Reading:
    spans = find(sight.folded, context.gazetteer)
    parts = _parts(sight, category, danger, spans)
    opens = band == "high"
    return Reading(
        is_report=opens,
        band=band,
        confidence=round(confidence, 4),
        kind=kind_of(sight.folded, category),
        category=category if opens else None,
        also=tuple(part.category for part in parts[1:]) if opens else (),
        urgency=parts[0].urgency if opens else None,
        place=tuple(_original(sight, span) for span in spans),
        because=why,
        cues=frozenset(sight.talk) & CUES,
        parts=parts,
    )


def _category(sight: _Sight, danger: Danger | None, plain: Plain | None, texture: Mapping[str, float]) -> str:
    scores = model.category_scores(model.weights(), {**features.subject(sight.found), **texture})
    if danger:
        scores[danger.category] += _DANGER_VOTE
    elif plain:
        scores[plain.category] += _PLAIN_VOTE
    return max(scores, key=lambda name: scores[name])


def _parts(sight: _Sight, category: str, danger: Danger | None, spans: Sequence[Span]) -> tuple[Part, ...]:
    made: list[Part] = []
    told = stretches(sight.folded, category)
    for stretch in told:
        where = [s for s in spans if stretch.start <= s.start < stretch.end] if len(told) > 1 else list(spans)
        soon = "emergency" if danger and not made else urgency(stretch.text, stretch.category)[0]
        place = tuple(_original(sight, span) for span in where)
        made.append(Part(stretch.category, soon, place, stretch.text))
    return tuple(made)


def _original(sight: _Sight, span: Span) -> str:
    """The words of a place as they were typed."""
    index, kept = origins(sight.text), sight.kept
    first, last = span.start, span.end - 1
    if kept is not None:
        first, last = kept[first], kept[last]
    if index is not None:
        first, last = index[first], index[last]
    return sight.text[first : last + 1]
