"""The body of `menkou train`: learns weights, tells what they are worth on unseen messages, keeps them or not."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from nlp import model
from nlp.measuring import Figures, better, measure
from nlp.training import Example, train, written

OPENING, ASKING = 0.65, 0.25
DONE, WORSE = 0, 1


def run(
    labelled: Sequence[Path],
    corrections: Sequence[Path] = (),
    extra: Sequence[Path] = (),
    out: Path | None = None,
    *,
    stdout: TextIO,
) -> int:
    """Trains on labelled messages, one author a file, and on staff's corrections; returns the exit code.

    Each author is held out once and read with weights learned from the others: that is the figure that counts.
    With corrections, the figures without and with them are compared, and weights that are worse are refused.
    Messages of `extra` are only measured, as talk.
    """
    authors = {path.parent.name or path.name: _rows(path) for path in labelled}
    taught = [example for path in corrections for example in _examples(_rows(path))]
    talk = [row for path in extra for row in _rows(path)]
    worse = False
    for name, rows in authors.items():
        others = [example for other, theirs in authors.items() if other != name for example in _examples(theirs)]
        before = measure(_learn(others), [*rows, *talk])
        _tell(stdout, name, before)
        if taught:
            after = measure(_learn([*others, *taught]), [*rows, *talk])
            _tell(stdout, f"{name}, with corrections", after)
            worse = worse or not better(after, before)
    if worse:
        stdout.write("refused: with the corrections the figures are worse; nothing was written\n")
        return WORSE
    if out is not None:
        every = [example for rows in authors.values() for example in _examples(rows)]
        model.save(_learn([*every, *taught]), out)
        stdout.write(f"written: {out}\n")
    return DONE


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _examples(rows: Sequence[Mapping[str, Any]]) -> list[Example]:
    return [Example(row["text"], row.get("category")) for row in rows]


def _learn(examples: Sequence[Example]) -> model.Weights:
    learned = train([*examples, *written()])
    learned.opening, learned.asking = OPENING, ASKING
    return learned


def _tell(stdout: TextIO, name: str, figures: Figures) -> None:
    stdout.write(f"held out: {name}\n")
    stdout.writelines(
        f"  {figure:<22}{'-' if value is None else f'{value:.4f}'}\n" for figure, value in asdict(figures).items()
    )
