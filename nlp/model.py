"""One sparse linear model: how likely a message is a report, and which category it speaks of."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from nlp import packed
from nlp.lexicon import CATEGORIES
from nlp.normalise import DATA
from nlp.unlearned import Unbelieved

# What the lexicon alone says of a category, before anything is learned.
PRIOR_TOPIC, PRIOR_PROBLEM, PRIOR_RULE = 0.5, 1.2, 1.6

# Families of features: what groups and rules say, then runs of characters and words (see `nlp.features`).
GROUPS = "G"
TEXTURE = ("N", "T")
# What a word counts beside a run of characters.
WORTH = {"N": 1.0, "T": 1.5}

BIAS = "bias"
# Weights are whole multiples of this: their sums are exact, and the same in whatever order a process adds them up.
GRAIN = 1 / 1024

Family = dict[str, float]


@dataclass(slots=True)
class Weights:
    """Weights of features by family, and the two thresholds of confidence: opening a ticket, and asking.

    ``category`` holds a feature's weights for all categories in one number (see `nlp.packed`).

    ``early`` and ``gate``: with less than this score from runs of characters alone, and from runs and groups, a
    message is talk, whatever else it says; ``bare``: the same as ``early`` where no word of any category is in it.
    """

    report: dict[str, Family] = field(default_factory=dict)
    category: dict[str, dict[str, int]] = field(default_factory=dict)
    bias: float = 0.0
    opening: float = 0.5
    asking: float = 0.25
    early: float = -9.0
    gate: float = -9.0
    bare: float = -9.0
    unbelieved: tuple[Unbelieved, ...] = ()  # plain words that staff said are no reports


def prior(category: str) -> dict[str, float]:
    """The features that speak for a category before anything is learned."""
    names = {f"C:{category}": PRIOR_TOPIC, f"C:{category}!": PRIOR_PROBLEM, f"C:{category}?": PRIOR_RULE}
    return {f"{GROUPS}:{name}": weight for name, weight in names.items()}


def sigmoid(value: float) -> float:
    """A score as a share between 0 and 1, safe at both ends."""
    return 1.0 / (1.0 + math.exp(-max(-35.0, min(35.0, value))))


def exact(weights: Mapping[str, float]) -> Family:
    """The same weights to the nearest 1/1024. Without this a confidence would depend on the order of a set of strings,
    which differs from process to process."""
    return {name: round(weight / GRAIN) * GRAIN for name, weight in weights.items()}


def score(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    """The sum of weights over features that have values."""
    return sum([weights[name] * value for name, value in features.items() if name in weights])


def total(weights: Mapping[str, float], names: Iterable[str]) -> float:
    """The sum of weights over features that are there or not."""
    return sum(filter(None, map(weights.get, names)))


def category_scores(
    weights: Weights, features: Mapping[str, float], texture: Mapping[str, Iterable[str]], each: float
) -> dict[str, float]:
    """A score for each category. ``features``: of groups and rules, counted in whole numbers. ``each``: what a run of
    characters counts in this message."""
    known = weights.category.get(GROUPS, {})
    told = known.get(BIAS, 0) + sum([known[name] * int(value) for name, value in features.items() if name in known])
    runs, words = (
        packed.scores(sum(filter(None, map(weights.category.get(family, {}).get, texture.get(family, ())))))
        for family in TEXTURE
    )
    run, word = each * WORTH["N"], each * WORTH["T"]
    scores = [one + run * more + word * most for one, more, most in zip(packed.scores(told), runs, words, strict=True)]
    return dict(zip(CATEGORIES, scores, strict=True))


def load(path: Path) -> Weights:
    """Weights from a file that `save` wrote."""
    data = json.loads(path.read_text(encoding="utf-8"))
    category = {
        family: {name: packed.row(dict(zip(row[::2], row[1::2], strict=True))) for name, row in table.items()}
        for family, table in data["category"].items()
    }
    unbelieved = tuple(
        Unbelieved(one["words"], tuple(one["beside"]), one["times"]) for one in data.get("unbelieved", ())
    )
    thresholds = (data["opening"], data["asking"], data["early"], data["gate"], data.get("bare", -9.0))
    report = {family: exact(table) for family, table in data["report"].items()}
    return Weights(report, category, data["bias"], *thresholds, unbelieved)


def save(weights: Weights, path: Path) -> None:
    """Writes weights, compact and in a stable order, so that two trainings can be compared."""
    content = {
        "bias": round(weights.bias, 2), "opening": weights.opening, "asking": weights.asking,
        "early": round(weights.early, 2), "gate": round(weights.gate, 2), "bare": round(weights.bare, 2),
        "report": {
            family: {name: round(value, 2) for name, value in sorted(table.items())}
            for family, table in sorted(weights.report.items())
        },
        "category": {
            family: {name: _flat(row) for name, row in sorted(table.items())}
            for family, table in sorted(weights.category.items())
        },
    }  # fmt: skip
    if weights.unbelieved:
        content["unbelieved"] = [asdict(one) for one in weights.unbelieved]
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def _flat(row: int) -> Sequence[float]:
    weights = [(at, round(weight, 2)) for at, weight in enumerate(packed.scores(row))]
    return [number for at, weight in weights if weight for number in (at, weight)]


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
