"""One sparse linear model: how likely a message is a report, and which category it speaks of."""

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from nlp.lexicon import CATEGORIES
from nlp.normalise import DATA
from nlp.unlearned import Unbelieved

# What the lexicon alone says of a category, before anything is learned.
PRIOR_TOPIC, PRIOR_PROBLEM, PRIOR_RULE = 0.5, 1.2, 1.6

PRIORS = {"!": PRIOR_PROBLEM, "?": PRIOR_RULE}


@dataclass(slots=True)
class Weights:
    """Weights of features, and the two thresholds of confidence: opening a ticket, and asking."""

    report: dict[str, float] = field(default_factory=dict)
    category: dict[str, dict[str, float]] = field(default_factory=dict)
    bias: float = 0.0
    opening: float = 0.5
    asking: float = 0.25
    unbelieved: tuple[Unbelieved, ...] = ()  # plain words that staff said are no reports


def sigmoid(value: float) -> float:
    """A score as a share between 0 and 1, safe at both ends."""
    return 1.0 / (1.0 + math.exp(-max(-35.0, min(35.0, value))))


def score(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    """The sum of weights over features."""
    return sum(weights[name] * value for name, value in features.items() if name in weights)


def category_scores(weights: Weights, features: Mapping[str, float]) -> dict[str, float]:
    """A score for each category: the lexicon's own word first, then what was learned."""
    scores, learned = dict.fromkeys(CATEGORIES, 0.0), weights.category
    for name, value in features.items():
        if name[:2] == "C:":
            scores[name[2:].rstrip("!?")] += value * PRIORS.get(name[-1], PRIOR_TOPIC)
        if name in learned:
            for category, weight in learned[name].items():
                scores[category] += weight * value
    return scores


def load(path: Path) -> Weights:
    """Weights from a file that `save` wrote."""
    data = json.loads(path.read_text(encoding="utf-8"))
    unbelieved = tuple(
        Unbelieved(one["words"], tuple(one["beside"]), one["times"]) for one in data.get("unbelieved", ())
    )
    return Weights(data["report"], data["category"], data["bias"], data["opening"], data["asking"], unbelieved)


def save(weights: Weights, path: Path) -> None:
    """Writes weights, compact and in a stable order, so that two trainings can be compared."""
    content = {
        "bias": round(weights.bias, 3), "opening": weights.opening, "asking": weights.asking,
        "report": {name: round(value, 3) for name, value in sorted(weights.report.items())},
        "category": {
            name: {category: round(value, 3) for category, value in sorted(row.items())}
            for name, row in sorted(weights.category.items())
        },
    }  # fmt: skip
    if weights.unbelieved:
        content["unbelieved"] = [asdict(one) for one in weights.unbelieved]
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


@cache
def _shipped() -> Weights:
    return load(DATA / "weights.json")


_chosen: Weights | None = None


def weights() -> Weights:
    """The weights in use: those that come with Menkou, unless others were chosen."""
    return _chosen or _shipped()


def use(chosen: Weights | None) -> None:
    """Chooses other weights for this process; None goes back to those that come with Menkou."""
    global _chosen
    _chosen = chosen


@contextmanager
def trying(weights: Weights | None) -> Iterator[None]:
    """Reads with other weights for a while; None: those that come with Menkou."""
    global _chosen
    before, _chosen = _chosen, weights
    try:
        yield
    finally:
        _chosen = before
