"""Learns the weights of the linear model from labelled messages; needed only by `menkou train`."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp import features, model, packed
from nlp.fitting import Numbers, Row, fit
from nlp.lexicon import CATEGORIES, lexicon
from nlp.normalise import DATA, fold, tight
from nlp.own import standard
from nlp.plain import told_plainly
from nlp.talk import hear
from nlp.urgency import emergency

# How closely the rows are fitted, and how often they are gone through.
_STRENGTH, _ROUNDS = 1.0, 25
# Weights that cannot matter are not kept: they only make the file larger and reading slower.
_ROOM = (1.5, 1.0)
BIAS = f"{model.GROUPS}:bias"
# What says that a word of some category is in a message.
_NAMED = frozenset([f"{model.GROUPS}:M:problem", f"{model.GROUPS}:M:topic"])
_FAINT = {"report": 0.05, "category": 0.1}
# Runs of characters are the most by far, and each message looks up all of its own: half of them say too little for it.
_FAINT_RUN = 0.08


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled message; category None means that it is no report. Weight says how much it counts."""

    text: str
    category: str | None
    weight: float = 1.0


# What a line of everyday chatter counts beside a message about the neighbourhood: of what a group says there is twenty
# times as much as was written here.
CHATTER = 3.0


def labelled(rows: Iterable[Mapping[str, Any]]) -> list[Example]:
    """Examples from labelled messages of a corpus."""
    return [Example(row["text"], row.get("category"), CHATTER if row.get("kind") == "chatter" else 1.0) for row in rows]


def examples(path: Path) -> list[Example]:
    """Labelled messages from a JSONL file: "text", and "category" where the message is a report."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return [Example(row["text"], row.get("category"), row.get("weight", 1.0)) for row in rows]


def written(path: Path = DATA / "examples.txt") -> list[Example]:
    """The messages written to learn from: under each category's heading its reports, under others talk."""
    found: list[Example] = []
    heading, weight = "", 1.0
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line[1:-1] in (*CATEGORIES, "talk", "chat"):
            heading = line[1:-1]
        elif line.startswith("# weight "):
            weight = float(line.split()[2])
        elif line and not line.startswith("#"):
            found.append(Example(line, heading if heading in CATEGORIES else None, weight))
    return found


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything the model may learn of a message, for both questions, by names with their family before a colon."""

    report: Mapping[str, float]
    subject: Mapping[str, float]


def see(text: str) -> Sight:
    """What reading sees of a message, all of it."""
    folded, _ = standard(*tight(fold(text)))
    talk = hear(folded)
    found = features.group_hits(lexicon().find(folded), folded)
    signs = features.signs(told_plainly(folded, talk), emergency(folded))
    bones = features.skeleton(folded)
    each = features.share(bones)
    texture = {"N": features.runs(bones), "T": features.vocabulary(bones)}
    named = {
        f"{family}:{name}": each * model.WORTH[family] for family, names in texture.items() for name in sorted(names)
    }
    outline = features.outline(folded, found, talk, signs)
    subject = features.subject(found, signs)
    return Sight(
        {**{f"G:{name}": value for name, value in outline.items()}, **named},
        {**{f"G:{name}": value for name, value in subject.items()}, **named},
    )


def train(rows: Sequence[Example], look: Callable[[str], Sight] = see) -> model.Weights:
    """Weights from labelled messages. ``look`` may remember what it saw, where the same messages are learned again."""
    sights = [look(example.text) for example in rows]
    learned = model.Weights()
    reports = [example.category is not None for example in rows]
    counts = [example.weight for example in rows]
    seen = [sight.report for sight in sights]
    score = learn(seen, reports, counts, known=None, familiar=twice(seen))
    learned.bias = score.pop(BIAS)
    learned.report = {family: {} for family in (model.GROUPS, *model.TEXTURE)} | _by_family(score, _FAINT["report"])
    runs = learned.report["N"]
    learned.report["N"] = {run: weight for run, weight in runs.items() if abs(weight) >= _FAINT_RUN}
    learned.report = {family: model.exact(table) for family, table in learned.report.items()}
    _gates(learned, [sight for sight, told in zip(seen, reports, strict=True) if told])
    told = [(sight.subject, example) for sight, example in zip(sights, rows, strict=True) if example.category]
    subjects, counts = [sight for sight, _ in told], [example.weight for _, example in told]
    familiar = twice(subjects)
    for at, category in enumerate(CATEGORIES):
        prior = model.prior(category)
        known = [sum(sight.get(name, 0.0) * weight for name, weight in prior.items()) for sight in subjects]
        labels = [example.category == category for _, example in told]
        row = learn(subjects, labels, counts, known=known, familiar=familiar)
        row.update((name, row.get(name, 0.0) + weight) for name, weight in prior.items())
        for family, table in _by_family(row, _FAINT["category"]).items():
            rest = learned.category.setdefault(family, {})
            for name, weight in table.items():
                rest[name] = rest.get(name, 0) + packed.one(at, weight)
    return learned


def learn(
    sights: Sequence[Mapping[str, float]],
    labels: Sequence[bool],
    counts: Sequence[float],
    *,
    known: Sequence[float] | None,
    familiar: frozenset[str],
) -> dict[str, float]:
    """The weight of every familiar feature, and of `BIAS`. ``known``: each message's score beforehand."""
    numbers = Numbers()
    numbers.of(BIAS)
    table: list[Row] = []
    for sight, count in zip(sights, counts, strict=True):
        kept = {name: value for name, value in sight.items() if name in familiar}
        table.append(numbers.row({BIAS: 1.0, **kept}, count))
    weights = fit(table, labels, len(numbers.names), strength=_STRENGTH, rounds=_ROUNDS, known=known)
    return dict(zip(numbers.names, weights, strict=True))


def twice(sights: Iterable[Mapping[str, float]]) -> frozenset[str]:
    """Without runs and words seen once: they can only learn a message by heart."""
    seen = Counter(name for sight in sights for name in sight)
    return frozenset(name for name, times in seen.items() if times > 1 or is_group(name))


def is_group(name: str) -> bool:
    """Whether a feature comes from groups and rules, and not from what the message itself spells."""
    return name.startswith(f"{model.GROUPS}:")


def _by_family(weights: Mapping[str, float], faint: float) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for name, weight in weights.items():
        if abs(weight) >= faint:
            family, _, rest = name.partition(":")
            found.setdefault(family, {})[rest] = weight
    return found


def _gates(learned: model.Weights, reports: Sequence[Mapping[str, float]]) -> None:
    """Below what all but one in two hundred found reports reach nothing more is looked at, with some room besides:
    strangers' reports are less like those that were learned from."""
    early: list[float] = []
    late: list[float] = []
    bare: list[float] = []
    for sight in reports:
        parts = dict.fromkeys((model.GROUPS, *model.TEXTURE), 0.0)
        for name, value in sight.items():
            family, _, rest = name.partition(":")
            parts[family] += learned.report.get(family, {}).get(rest, 0.0) * value
        if learned.bias + sum(parts.values()) > 0.0:
            early.append(learned.bias + parts["N"])
            late.append(learned.bias + parts["N"] + parts["G"])
            if not sight.keys() & _NAMED:
                bare.append(learned.bias + parts["N"])
    if bare:
        learned.bare = sorted(bare)[len(bare) // 200] - _ROOM[0]
    if early:
        learned.early = sorted(early)[len(early) // 200] - _ROOM[0]
        learned.gate = sorted(late)[len(late) // 200] - _ROOM[1]
