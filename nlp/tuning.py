"""Learns from staff's corrections on top of weights that are there already: those that come with Menkou.

Needs none of the messages that those were learned from. The messages that come with Menkou (`training.written`) are
learned again beside the corrections, so that what was known is not forgotten. Runs of characters and words that the
weights do not know are learned only where several corrections hold them: what one resident alone says never becomes
part of the weights.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy

from nlp import model, packed, training, unlearned
from nlp.lexicon import CATEGORIES
from nlp.training import BIAS, Example

SEVERAL = 3  # corrections that must hold a word before it may be learned
WEIGHT = 4.0  # of a correction, beside 1 of a message that was known
LEAST = 0.01  # a smaller change of a weight is not kept


def tune(base: model.Weights, corrections: Sequence[Example], known: Sequence[Example]) -> model.Weights:
    """The weights with the corrections learned too, and with exceptions to what is told plainly."""
    rows = [*corrections, *known]
    sights = [training.see(one.text) for one in rows]
    counts = [one.weight * (WEIGHT if at < len(corrections) else 1.0) for at, one in enumerate(rows)]
    tuned = deepcopy(base)
    seen = [sight.report for sight in sights]
    changes = training.learn(
        seen,
        [one.category is not None for one in rows],
        counts,
        known=[base.bias + _score(base.report, sight) for sight in seen],
        familiar=_familiar(seen[: len(corrections)], seen, base.report),
    )
    tuned.bias += changes.pop(BIAS)
    for name, change in _worth(changes):
        family, _, rest = name.partition(":")
        table = tuned.report.setdefault(family, {})
        table[rest] = table.get(rest, 0.0) + change
    _tune_categories(
        base,
        tuned,
        [
            (sight.subject, one.category, count, at < len(corrections))
            for at, (sight, one, count) in enumerate(zip(sights, rows, counts, strict=True))
            if one.category
        ],
    )
    tuned.unbelieved = unlearned.learn((one.text, one.category is not None) for one in corrections)
    return tuned


def _tune_categories(
    base: model.Weights, tuned: model.Weights, told: Sequence[tuple[Mapping[str, float], str, float, bool]]
) -> None:
    sights, counts = [sight for sight, _, _, _ in told], [count for _, _, count, _ in told]
    familiar = _familiar([sight for sight, _, _, taught in told if taught], sights, base.category)
    before = [_category_scores(base, sight) for sight in sights]
    for at, category in enumerate(CATEGORIES):
        changes = training.learn(
            sights,
            [label == category for _, label, _, _ in told],
            counts,
            known=[scores[at] for scores in before],
            familiar=familiar,
        )
        for name, change in _worth(changes):
            family, _, rest = name.partition(":")
            table = tuned.category.setdefault(family, {})
            table[rest] = table.get(rest, 0) + packed.one(at, change)


def _score(weights: Mapping[str, Mapping[str, float]], sight: Mapping[str, float]) -> float:
    parts = ((name.partition(":"), value) for name, value in sight.items())
    return sum(weights.get(family, {}).get(rest, 0.0) * value for (family, _, rest), value in parts)


def _category_scores(base: model.Weights, sight: Mapping[str, float]) -> Sequence[float]:
    scores = [0.0] * len(CATEGORIES)
    for name, value in {**sight, BIAS: 1.0}.items():
        family, _, rest = name.partition(":")
        if row := base.category.get(family, {}).get(rest):
            scores = [score + weight * value for score, weight in zip(scores, packed.scores(row), strict=True)]
    return scores


def _worth(changes: Mapping[str, float]) -> Iterable[tuple[str, float]]:
    return ((name, change) for name, change in changes.items() if abs(change) >= LEAST)


def _familiar(
    taught: Sequence[Mapping[str, float]],
    sights: Sequence[Mapping[str, float]],
    known: Mapping[str, Mapping[str, object]],
) -> frozenset[str]:
    """Groups, what the weights know already, and what several corrections hold."""
    held = Counter(name for sight in taught for name in sight)
    names = {name for sight in sights for name in sight}
    return frozenset(
        name for name in names if training.is_group(name) or held[name] >= SEVERAL or _is_known(name, known)
    )


def _is_known(name: str, known: Mapping[str, Mapping[str, object]]) -> bool:
    family, _, rest = name.partition(":")
    return rest in known.get(family, ())
