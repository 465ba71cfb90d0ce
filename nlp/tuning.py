"""Learns from staff's corrections on top of weights that are there already: those that come with Menkou.

Needs none of the messages that those were learned from. The messages that come with Menkou (`training.written`) are
learned again beside the corrections, so that what was known is not forgotten. Runs of characters and words that the
weights do not know are learned only where several corrections hold them: what one resident alone says never becomes
part of the weights.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nlp import model, training, unlearned
from nlp.lexicon import CATEGORIES
from nlp.training import Example, Row

SEVERAL = 3  # corrections that must hold a word before it may be learned
WEIGHT = 4.0  # of a correction, beside 1 of a message that was known
ROUNDS = 10
LEAST = 0.01  # a smaller change of a weight is not kept


def tune(
    base: model.Weights, corrections: Sequence[Example], known: Sequence[Example], rounds: int = ROUNDS, seed: int = 7
) -> model.Weights:
    """The weights with the corrections learned too, and with exceptions to what is told plainly."""
    heavy = [replace(one, weight=one.weight * WEIGHT) for one in corrections]
    taught, old = training.rows_of(heavy), training.rows_of(known)
    tuned = model.Weights(dict(base.report), {name: dict(row) for name, row in base.category.items()}, base.bias)
    tuned.opening, tuned.asking = base.opening, base.asking
    reports = [*_familiar(taught[0], base.report), *_familiar(old[0], base.report)]
    first: tuple[dict[str, float], dict[str, float]] = ({}, {**base.report, "bias": base.bias})
    no, yes = training.learn(reports, 2, rounds, seed, first)
    changes = {name: yes.get(name, 0.0) - no.get(name, 0.0) for name in yes.keys() | no.keys()}
    tuned.bias += changes.pop("bias", 0.0)
    _add(tuned.report, changes)
    subjects = [*_familiar(taught[1], base.category), *_familiar(old[1], base.category)]
    for category, row in zip(
        CATEGORIES, training.learn(subjects, len(CATEGORIES), rounds, seed, _first(base)), strict=True
    ):
        for name, change in row.items():
            if abs(change) >= LEAST:
                _add(tuned.category.setdefault(name, {}), {category: change})
    tuned.unbelieved = unlearned.learn((one.text, one.category is not None) for one in corrections)
    return tuned


def _add(weights: dict[str, float], changes: Mapping[str, float]) -> None:
    for name, change in changes.items():
        if abs(change) >= LEAST:
            weights[name] = weights.get(name, 0.0) + change


def _first(base: model.Weights) -> list[dict[str, float]]:
    """What the weights say for each category before anything is learned, with what the lexicon says."""
    first = [training.lexical(category) for category in CATEGORIES]
    for name, row in base.category.items():
        for place, category in enumerate(CATEGORIES):
            if category in row:
                first[place][name] = first[place].get(name, 0.0) + row[category]
    return first


def _familiar(rows: Sequence[Row], known: Mapping[str, object]) -> list[Row]:
    """Without words and runs that the weights do not know and that are not in several of these messages."""
    seen = Counter(name for row in rows for name in row.values)
    return [
        replace(
            row, values={n: v for n, v in row.values.items() if n[0] not in "NT" or n in known or seen[n] >= SEVERAL}
        )
        for row in rows
    ]
