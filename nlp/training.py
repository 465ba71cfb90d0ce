"""Learns the weights of the linear model from labelled messages, in plain Python; needed only by `menkou train`."""

import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp import features, model
from nlp.lexicon import CATEGORIES, lexicon
from nlp.normalise import DATA, fold, tight
from nlp.own import standard
from nlp.talk import hear


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled message; category None means that it is no report. Weight says how much it counts."""

    text: str
    category: str | None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled message as the model sees it."""

    values: Mapping[str, float]
    label: int
    weight: float


def examples(path: Path) -> list[Example]:
    """Labelled messages from a JSONL file: "text", and "category" where the message is a report."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [Example(row["text"], row.get("category"), row.get("weight", 1.0)) for row in rows]


def written(path: Path = DATA / "examples.txt") -> list[Example]:
    """The messages written to learn from: under each category's heading its reports, under others talk."""
    found: list[Example] = []
    heading = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line[1:-1] in (*CATEGORIES, "talk", "chat"):
            heading = line[1:-1]
        elif line and not line.startswith("#"):
            # Groups talk of anything far more often than of their neighbourhood, so that everyday chatter counts more.
            found.append(Example(line, heading if heading in CATEGORIES else None, 1.4 if heading == "chat" else 1.0))
    return found


# How fast a weight may grow and how strongly it is pulled back to nothing, by the first letter of its feature:
# single words and runs of characters are many and know little, rules and groups are few and know much.
_PULL = {"N": 0.02, "T": 0.012}
_STEP = {"N": 0.10, "T": 0.12}


def learn(
    rows: Sequence[Row], labels: int, rounds: int, seed: int, prior: Sequence[Mapping[str, float]]
) -> list[dict[str, float]]:
    """Multinomial logistic regression by AdaGrad with L2; one dictionary of weights a label."""
    learned: list[dict[str, float]] = [{} for _ in range(labels)]
    squares: list[dict[str, float]] = [{} for _ in range(labels)]
    order = list(rows)
    chance = random.Random(seed)
    for _ in range(rounds):
        chance.shuffle(order)
        for row in order:
            sums = [
                sum((mine.get(n, 0.0) + first.get(n, 0.0)) * v for n, v in row.values.items())
                for mine, first in zip(learned, prior, strict=True)
            ]
            top = max(sums)
            odds = [math.exp(s - top) for s in sums]
            total = sum(odds)
            for label in range(labels):
                error = (odds[label] / total - (label == row.label)) * row.weight
                if abs(error) > 0.003:
                    _step(learned[label], squares[label], row.values, error)
    return learned


def _step(weights: dict[str, float], squares: dict[str, float], values: Mapping[str, float], error: float) -> None:
    for name, value in values.items():
        now = weights.get(name, 0.0)
        slope = error * value + _PULL.get(name[0], 0.002) * now * abs(error)
        past = squares.get(name, 0.0) + slope * slope
        squares[name] = past
        weights[name] = now - _STEP.get(name[0], 0.25) * slope / (math.sqrt(past) + 0.1)


def _prune(rows: Iterable[Row]) -> list[Row]:
    """Drops runs and words seen once: they can only learn a message by heart."""
    rows = list(rows)
    seen = Counter(name for row in rows for name in row.values)
    return [
        Row({n: v for n, v in r.values.items() if seen[n] > 1 or n[0] not in "NT"}, r.label, r.weight) for r in rows
    ]


def rows_of(examples: Iterable[Example]) -> tuple[list[Row], list[Row]]:
    """What is seen of labelled messages, once for "is it a report", once for "what about"."""
    reports: list[Row] = []
    subjects: list[Row] = []
    for example in examples:
        folded, _ = standard(*tight(fold(example.text)))
        talk = hear(folded)
        found = features.group_hits(lexicon().find(folded), folded)
        texture = features.texture(folded)
        seen = {**features.outline(folded, found, talk), **texture, "bias": 1.0}
        reports.append(Row(seen, int(example.category is not None), example.weight))
        if example.category:
            subject = {**features.subject(found), **texture}
            subjects.append(Row(subject, CATEGORIES.index(example.category), example.weight))
    return reports, subjects


def lexical(category: str) -> dict[str, float]:
    """What the lexicon alone says for a category, as the model adds it (see `model.category_scores`)."""
    return {
        f"C:{category}": model.PRIOR_TOPIC,
        f"C:{category}!": model.PRIOR_PROBLEM,
        f"C:{category}?": model.PRIOR_RULE,
    }


def train(rows: Sequence[Example], rounds: int = 14, seed: int = 7) -> model.Weights:
    """Weights from labelled messages."""
    reports, subjects = rows_of(rows)
    no, yes = learn(_prune(reports), 2, rounds, seed, ({}, {}))
    learned = model.Weights(report={n: yes[n] - no.get(n, 0.0) for n in yes})
    learned.bias = learned.report.pop("bias", 0.0)
    learned.report = {n: w for n, w in learned.report.items() if abs(w) >= (0.08 if n[0] in "NT" else 0.01)}
    prior = [lexical(category) for category in CATEGORIES]
    for category, row in zip(CATEGORIES, learn(_prune(subjects), len(CATEGORIES), rounds, seed, prior), strict=True):
        for name, weight in row.items():
            if abs(weight) >= 0.1:
                learned.category.setdefault(name, {})[category] = weight
    return learned
