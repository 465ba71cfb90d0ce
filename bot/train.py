"""The body of `menkou train`: learns weights, tells what they are worth on unseen messages, keeps them or not."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from nlp import model, unlearned
from nlp.measuring import Figures, better, measure
from nlp.training import Example, train, written
from nlp.trial import Marks

OPENING, ASKING = 0.8, 0.22
DONE, WORSE = 0, 1
Authors = Mapping[str, Sequence[Mapping[str, Any]]]


def run(
    labelled: Sequence[Path],
    corrections: Sequence[Path] = (),
    extra: Sequence[Path] = (),
    out: Path | None = None,
    *,
    stdout: TextIO,
) -> int:
    """Trains on labelled messages, one author a file, and on corrections from files; returns the exit code.

    Each author is held out once and read with weights learned from the others: that is the figure that counts.
    With corrections, the figures without and with them are compared, and weights that are worse are refused.
    Messages of `extra` are only measured, as talk.
    """
    authors = authors_of(labelled)
    taught = [example for path in corrections for example in _examples(_rows(path))]
    talk = [row for path in extra for row in _rows(path)]
    if not compare(authors, taught, talk, stdout=stdout):
        stdout.write("refused: with the corrections the figures are worse; nothing was written\n")
        return WORSE
    if out is not None:
        model.save(learn(authors, taught), out)
        stdout.write(f"written: {out}\n")
    return DONE


def authors_of(labelled: Sequence[Path]) -> Authors:
    """The labelled messages by author: the folder of their file."""
    return {path.parent.name or path.name: _rows(path) for path in labelled}


def compare(
    authors: Authors, taught: Sequence[Example], talk: Sequence[Mapping[str, Any]] = (), *, stdout: TextIO
) -> bool:
    """Tells what each author reads like when held out, without and with the corrections. False: worse with them."""
    good = True
    for name, rows in authors.items():
        others = {other: theirs for other, theirs in authors.items() if other != name}
        before = measure(learn(others, ()), [*rows, *talk])
        _tell(stdout, name, before)
        if taught:
            after = measure(learn(others, taught), [*rows, *talk])
            _tell(stdout, f"{name}, with corrections", after)
            good = good and better(after, before)
    return good


def learn(authors: Authors, taught: Sequence[Example]) -> model.Weights:
    """Weights from every author, the corrections and the messages that come with Menkou."""
    every = [example for rows in authors.values() for example in _examples(rows)]
    learned = train([*every, *taught, *written()])
    learned.opening, learned.asking = OPENING, ASKING
    learned.unbelieved = unlearned.learn((one.text, one.category is not None) for one in taught)
    return learned


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _examples(rows: Sequence[Mapping[str, Any]]) -> list[Example]:
    return [Example(row["text"], row.get("category")) for row in rows]


def _tell(stdout: TextIO, name: str, figures: Figures | Marks) -> None:
    stdout.write(f"held out: {name}\n")
    stdout.writelines(
        f"  {figure:<22}{'-' if value is None else f'{value:.4f}'}\n" for figure, value in asdict(figures).items()
    )
