"""``menkou bench listening``: how well strangers are understood, over the messages and scenes that the project carries.

Every author is held out once, some of them at a time, and read with weights that have learned nothing from them. The
first rows of the table are the sternest: learned from one other author alone (and from the messages that come along).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bot.bench import confusion, scenes
from bot.read import DANGER, WEIGHTS
from bot.train import ASKING, OPENING, groups
from nlp import circumstances, danger, danger_training, model, training
from nlp.lexicon import CATEGORIES
from nlp.measuring import Figures, figures_of, is_emergency
from nlp.reading import Reading, read
from nlp.titles import CATEGORY_NAMES

Message = dict[str, Any]
ALONE = (("north", "south"), ("south", "north"))  # held out, learned from
JUDGE = "judge"
KEPT = (JUDGE, "danger4")  # never learned from
EMERGENCIES = "danger"  # written for the purpose
WORST = 12
NO_CORPUS = 2


@dataclass(frozen=True, slots=True)
class Held:
    """One author read with weights that have not seen them."""

    name: str
    learned_from: str
    pairs: Sequence[tuple[Message, Reading]]

    @property
    def figures(self) -> Figures:
        return figures_of(self.pairs)


def run(corpus: Path, save: Path | None, picture: Path | None, with_scenes: bool) -> int:
    """Measures and prints; 2 where the corpus is not there. ``save``: a folder for the weights of each row."""
    authors = _authors(corpus)
    if JUDGE not in authors or len(authors) < 3:
        print(f"No labelled messages in {corpus}: run this in a checkout of the project.")
        return NO_CORPUS
    held = _held(corpus, list(authors), save)
    _table(held)
    strangers = held[len(ALONE) :]
    _emergencies(strangers)
    _categories(strangers, picture)
    _mistakes(strangers)
    if with_scenes:
        _scenes(corpus)
    return 0


def _authors(corpus: Path) -> dict[str, list[Message]]:
    files = sorted(corpus.glob("*/messages.jsonl"))
    return {path.parent.name: [json.loads(line) for line in path.read_text("utf-8").splitlines()] for path in files}


def _held(corpus: Path, authors: Sequence[str], save: Path | None) -> list[Held]:
    """Everybody held out once: each of a pair by the other alone, then by fifths, then those that are never learned
    from. Learning takes minutes each time, so it is done in as many processes as there are cores."""
    learned = [name for name in authors if name not in KEPT]
    kept = [name for name in KEPT if name in authors]
    tasks = [_Task(corpus, (name,), (other,), f"{other} alone", save) for name, other in ALONE]
    for group in [*groups(learned), tuple(kept)]:
        rest = tuple(name for name in learned if name not in group)
        tasks.append(_Task(corpus, group, rest, "all others", save))
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        return [held for found in pool.map(_learn_and_read, tasks) for held in found]


@dataclass(frozen=True, slots=True)
class _Task:
    """Whom to hold out, and whom to learn from meanwhile."""

    corpus: Path
    held: tuple[str, ...]
    learned: tuple[str, ...]
    named: str
    save: Path | None


def _learn_and_read(task: _Task) -> list[Held]:
    authors = _authors(task.corpus)
    rows = [row for name in task.learned for row in authors[name]]
    alarm = danger_training.train([*danger_training.written(), *danger_training.labelled(rows)])
    danger.use(alarm)
    weights = training.train([*training.labelled(rows), *training.written()])
    weights.opening, weights.asking = OPENING, ASKING
    if task.save is not None:
        folder = task.save / f"{'-'.join(task.held)}-from-{task.named.replace(' ', '-')}"
        folder.mkdir(parents=True, exist_ok=True)
        model.save(weights, folder / WEIGHTS)
        danger_training.save(alarm, folder / DANGER)
    with model.trying(weights):
        return [Held(name, task.named, [(row, read(row["text"])) for row in authors[name]]) for name in task.held]


def _table(held: Sequence[Held]) -> None:
    names = ("recall", "topical", "chatter", "category", "urgency", "emerg.", "places", "second")
    print(f"{'held out':<11}{'learned from':<13}" + "".join(f"{name:>9}" for name in names))
    for one in held:
        it = one.figures
        row = (
            it.recall, it.false_alarm_topical, it.false_alarm_chatter, it.category, it.urgency, it.emergency_recall,
            it.place_f1, it.second_problem,
        )  # fmt: skip
        cells = "".join(f"{'-' if value is None else format(value, '.3f'):>9}" for value in row)
        print(f"{one.name:<11}{one.learned_from:<13}{cells}")
    print("recall: reports found; topical, chatter: share of those taken for reports; the rest: of what was found.\n")


def _emergencies(held: Sequence[Held]) -> None:
    said = [pair for one in held for pair in one.pairs]
    for title, names in (("all authors", None), (f"written for it ({EMERGENCIES})", EMERGENCIES)):
        rows = [pair for one in held for pair in one.pairs if names is None or one.name == names]
        true = [reading for row, reading in rows if is_emergency(row)]
        found = sum(reading.urgency == "emergency" for reading in true)
        low, high = wilson(found, len(true))
        print(f"emergencies, {title}: {found} of {len(true)} found ({low:.3f} to {high:.3f}, 95 %)")
    calm = [reading for row, reading in said if is_emergency(row) is False]
    false = sum(reading.urgency == "emergency" for reading in calm)
    print(
        f"false emergencies: {1000 * false / len(calm):.1f} of 1000 messages that are none ({false} of {len(calm)})\n"
    )


def wilson(found: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not whole:
        return 0.0, 1.0
    z, share = 1.96, found / whole
    middle = share + z * z / (2 * whole)
    spread = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return (middle - spread) / (1 + z * z / whole), (middle + spread) / (1 + z * z / whole)


def _categories(held: Sequence[Held], picture: Path | None) -> None:
    pairs = Counter[tuple[str, str]]()
    meant = Counter[str]()
    for one in held:
        for row, reading in one.pairs:
            if row["kind"] == "report":
                meant[row["category"]] += 1
                if reading.category is not None:
                    pairs[row["category"], reading.category] += 1
    print(f"{'category':<18}{'reports':>8}{'found':>8}{'right':>8}{'of what was read so':>22}")
    for name in CATEGORIES:
        found = sum(pairs[name, other] for other in CATEGORIES)
        so = sum(pairs[other, name] for other in CATEGORIES)
        right = pairs[name, name]
        print(
            f"{name:<18}{meant[name]:>8}{found / max(1, meant[name]):>8.2f}{right / max(1, found):>8.2f}"
            f"{right / max(1, so):>22.2f}  {CATEGORY_NAMES[name]}"
        )
    if picture is not None:
        picture.write_text(confusion.svg(pairs), encoding="utf-8")
        print(f"confusion table: {picture}")
    print()


def _mistakes(held: Sequence[Held]) -> None:
    said = [pair for one in held for pair in one.pairs]
    missed = sorted((p for p in said if p[0]["kind"] == "report" and not p[1].is_report), key=_confidence)
    taken = sorted((p for p in said if p[0]["kind"] != "report" and p[1].is_report), key=_confidence, reverse=True)
    for title, rows in (("missed", missed), ("taken for reports", taken)):
        print(f"{title}: {len(rows)}; the worst")
        for row, reading in rows[:WORST]:
            print(f"  {row['id']} {reading.confidence:.2f} {row['text']}")
    print()


def _confidence(pair: tuple[Message, Reading]) -> float:
    return pair[1].confidence


def _scenes(corpus: Path) -> None:
    names = ("recall", "precision", "right", "category", "urgency", "gathered", "supporters")
    print(f"{'scenes of':<11}" + "".join(f"{name:>12}" for name in names))
    for folder in sorted(corpus.glob("*/scenes")):
        reached = scenes.of_folder(folder).figures()
        learned = "  (joining learned from them, too)" if folder.parent.name in circumstances.weights().authors else ""
        print(f"{folder.parent.name:<11}" + "".join(f"{reached[name]:>12.2f}" for name in names) + learned)
