"""Learns the danger model, and prints how well it listens to authors it was not learned from.

``python -m tests.nlp.danger`` prints a line for each author; with ``--train`` it writes nlp/data/danger.json first. The
weights that come with Menkou are never learned from `judge` and `danger4`; ``menkou bench listening`` holds out every
author in turn.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.bench.listening import wilson
from nlp import danger_training
from nlp.measuring import is_emergency
from nlp.reading import Reading, read

CORPUS = Path(__file__).parent.parent / "corpus"
HELD = ("judge", "danger4")
LEARNED = tuple(sorted({path.parent.name for path in CORPUS.glob("*/messages.jsonl")} - set(HELD)))
Row = Mapping[str, Any]


def messages(author: str) -> list[dict[str, Any]]:
    """One author's messages."""
    return [json.loads(line) for line in (CORPUS / author / "messages.jsonl").read_text("utf-8").splitlines()]


def learn(without: str = "") -> dict[str, Any]:
    """The weights, learned from all authors that may be learned from but one."""
    names = [name for name in LEARNED if name != without]
    rows = [row for name in names for row in messages(name)]
    return danger_training.train([*danger_training.written(), *danger_training.labelled(rows)])


def line(author: str) -> str:
    """One author's figures."""
    pairs = [(row, read(row["text"])) for row in messages(author)]
    return "  ".join((f"{author:<12}", _recall(pairs), _false(pairs), _soon(pairs), _second(pairs)))


def _recall(pairs: Sequence[tuple[Row, Reading]]) -> str:
    said = [reading.urgency == "emergency" for row, reading in pairs if is_emergency(row)]
    low, high = wilson(sum(said), len(said))
    return f"{sum(said):>3}/{len(said):<3} ({low:.2f}-{high:.2f})" if said else f"{'-':>19}"


def _false(pairs: Sequence[tuple[Row, Reading]]) -> str:
    calm = [reading.urgency == "emergency" for row, reading in pairs if is_emergency(row) is False]
    return f"{1000 * sum(calm) / len(calm):6.1f}"


def _soon(pairs: Sequence[tuple[Row, Reading]]) -> str:
    found = [row["urgency"] == reading.urgency for row, reading in pairs if row.get("category") and reading.is_report]
    return f"{sum(found) / len(found):6.2f}" if found else f"{'-':>6}"


def _second(pairs: Sequence[tuple[Row, Reading]]) -> str:
    two = [bool(set(row["also"]) & set(said.also)) for row, said in pairs if said.is_report and row.get("also")]
    one = [bool(said.also) for row, said in pairs if said.is_report and row.get("category") and not row.get("also")]
    return f"{sum(two):>3}/{len(two):<3} {sum(one):>3}/{len(one)}"


def main() -> None:
    """Trains where asked, then prints."""
    if "--train" in sys.argv:
        danger_training.save(learn())
    head = ("author", "emergencies found", "false/1000", "urgency", "second found", "wrongly split")
    sys.stdout.write("  ".join(head) + "\n")
    for author in (*LEARNED, *HELD):
        sys.stdout.write(line(author) + ("  held out" if author in HELD else "") + "\n")


if __name__ == "__main__":
    main()
