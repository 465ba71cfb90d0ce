"""Learns what circumstances count in joining, from authored chats and what a sensible clerk would have done in each.

``python -m tests.scenes.circumstances`` holds every author out in turn and prints what becomes of their scenes; with
``--train`` it writes nlp/data/circumstances.json. ``--weights DIR`` reads each author with weights that learned nothing
from them (``menkou bench listening --save DIR``): with those that come along, every line would sound as clear as what
was learned by heart. `judge`, `stairs` and `courts` are never learned from.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import select

from bot.bench import scenes
from handlers.context import Context
from handlers.matter import belonging, open_here
from handlers.matter.belonging import Match
from handlers.message import Incoming
from handlers.rules import sameness, weighing
from handlers.rules.likeness import Known, Said
from nlp import circumstances, danger, model
from nlp.circumstances import Circumstances
from nlp.fitting import Numbers, fit
from nlp.normalise import fold
from nlp.reading import Part
from storage.inbox import Inbox

CORPUS = Path(__file__).parent.parent / "corpus"
HELD = ("judge", "stairs", "courts")
LEARNED = tuple(sorted({path.parent.name for path in CORPUS.glob("*/scenes")} - set(HELD)))
# Whatever the rules allow is recorded: what was learned before must not choose what is learned from.
ALL = Circumstances({"always": 9.0}, {"always": 9.0})
STRENGTH, ROUNDS = 0.3, 200
Expected = Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """A message, or its first problem: what was known, and what is right."""

    said: Said
    known: tuple[Known, ...]
    belongs: tuple[bool, ...]  # to each of them
    alone: bool  # a trouble that none of them is


def learn(choices: Sequence[Choice]) -> Circumstances:
    """The weights from what was right."""
    pairs = [
        (weighing.of_joining(choice.said, known, verdict), right)
        for choice in choices
        for known, right in zip(choice.known, choice.belongs, strict=True)
        if (verdict := sameness.judge(choice.said, known)) is not None
    ]
    joins = _fit(pairs)
    with circumstances.trying(Circumstances(joins, {})):
        alone = [(weighing.of_standing(one.said, one.known), one.alone) for one in choices if one.said.category]
    return Circumstances(joins, _fit(alone))


def _fit(rows: Sequence[tuple[Mapping[str, float], bool]]) -> dict[str, float]:
    numbers = Numbers()
    table = [numbers.row(features, 1.0) for features, _ in rows]
    labels = [label for _, label in rows]
    weights = fit(table, labels, len(numbers.names), strength=STRENGTH, rounds=ROUNDS)
    return dict(zip(numbers.names, weights, strict=True))


# --- what happens in a scene


def recorded(author: str, weights: Path | None) -> list[Choice]:
    """Every choice of an author's scenes, as they go by the rules alone."""
    found: list[Choice] = []
    with _read_as(author, weights), circumstances.trying(ALL):
        for path in sorted((CORPUS / author / "scenes").glob("*.expect.json")):
            found += _of_scene(path)
    return found


def _of_scene(path: Path) -> Iterator[Choice]:
    expected = json.loads(path.read_text("utf-8"))
    heard: list[tuple[int, Said, list[tuple[Known, list[int]]]]] = []
    done: set[int] = set()
    match = belonging.match

    def watched(
        incoming: Incoming, ctx: Context, part: Part | None = None, judge: belonging.Judge | None = None
    ) -> Match | None:
        seq = _seq(incoming.key)
        if seq not in done and not ctx.who.is_staff:
            done.add(seq)
            threads = open_here.threads(incoming, ctx, fold(ctx.words))
            known = [(one, _keys(ctx, ticket.id)) for ticket, one in threads]
            heard.append((seq, belonging.said_of(incoming, ctx, part), known))
        return match(incoming, ctx, part, judge)

    with patch.object(belonging, "match", watched):
        scenes.played(path.with_name(path.name.replace(".expect.json", ".jsonl")), expected)
    right = _tickets(expected)
    for seq, said, known in heard:
        mine = right.get(seq)
        belongs = tuple(mine is not None and _ticket(keys, right) == mine for _, keys in known)
        yield Choice(said, tuple(one for one, _ in known), belongs, mine is not None and not any(belongs))


def _keys(ctx: Context, ticket: int) -> list[int]:
    query = select(Inbox.key).where(Inbox.ticket_id == ticket, Inbox.id != ctx.inbox.id)
    return [_seq(key) for key in ctx.db.scalars(query.order_by(Inbox.id))]


def _seq(key: str) -> int:
    return int(key.rpartition(":")[2])


def _tickets(expected: Expected) -> dict[int, int]:
    """Which true ticket each message belongs to."""
    each = enumerate(expected["tickets"])
    return {seq: at for at, ticket in each for seq in (ticket["first_seq"], *ticket["also_seqs"])}


def _ticket(keys: Sequence[int], right: Mapping[int, int]) -> int | None:
    """Which true ticket most of what a ticket holds belongs to."""
    known = Counter(right[key] for key in keys if key in right)
    return known.most_common(1)[0][0] if known else None


@contextmanager
def _read_as(author: str, weights: Path | None) -> Iterator[None]:
    """Reads with weights that have learned nothing from the author, where there are some."""
    folders = weights.iterdir() if weights is not None else ()
    theirs = next((one for one in folders if author in one.name.partition("-from-")[0].split("-")), None)
    with ExitStack() as stack:
        if theirs is not None:
            stack.enter_context(model.trying(model.load(theirs / "weights.json")))
            danger.use(json.loads((theirs / "danger.json").read_text("utf-8")))
            stack.callback(danger.use, None)
        yield


def figures(author: str, weights: Path | None, chosen: Circumstances | None) -> str:
    """What becomes of an author's scenes, as a line."""
    with _read_as(author, weights), circumstances.trying(chosen):
        reached = scenes.of_folder(CORPUS / author / "scenes").figures()
    return f"{author:<12}" + "  ".join(f"{name} {value:.3f}" for name, value in reached.items())


def main() -> None:
    """Learns from all but one author, for each, and prints; with --train writes what was learned from all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--weights", type=Path)
    told = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        jobs = {author: pool.submit(recorded, author, told.weights) for author in LEARNED}
        choices = {author: job.result() for author, job in jobs.items()}
        whole = _of(choices)
        if told.train:
            circumstances.save(whole)
        lines = [pool.submit(figures, author, told.weights, _of(choices, without=author)) for author in LEARNED]
        lines += [pool.submit(figures, author, told.weights, whole) for author in HELD]
        for line in lines:
            sys.stdout.write(line.result() + "\n")


def _of(choices: Mapping[str, Sequence[Choice]], without: str = "") -> Circumstances:
    learned = learn([one for author, theirs in choices.items() if author != without for one in theirs])
    return replace(learned, authors=tuple(choices))


if __name__ == "__main__":
    main()
