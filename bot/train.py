"""The body of `menkou train`: learns weights, tells what they are worth on unseen messages, keeps them or not."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from bot.setting_values import SettingError
from nlp import model, unlearned
from nlp.measuring import Figures, better, measure
from nlp.training import Example, labelled, train, written
from nlp.trial import Marks

OPENING, ASKING = 0.8, 0.25
DONE, WORSE = 0, 1
GROUPS = 5  # of authors that are held out together: one at a time would take hours
Authors = Mapping[str, Sequence[Mapping[str, Any]]]


def run(
    files: Sequence[Path],
    corrections: Sequence[Path] = (),
    extra: Sequence[Path] = (),
    out: Path | None = None,
    *,
    measured: bool = True,
    stdout: TextIO,
) -> int:
    """Trains on labelled messages, one author a file, and on corrections from files; returns the exit code.

    Each author is held out once, a fifth of them at a time, and read with weights learned from the others: that is the
    figure that counts (not ``measured``: that is left out). With corrections, the figures without and with them are
    compared, and weights that are worse are refused. Messages of `extra` are only measured, as talk.
    """
    authors = authors_of(files)
    taught = [example for path in corrections for example in labelled(_rows(path))]
    talk = [row for path in extra for row in _rows(path)]
    if (measured or taught) and not compare(authors, taught, talk, stdout=stdout):
        stdout.write("refused: with the corrections the figures are worse; nothing was written\n")
        return WORSE
    if out is not None:
        model.save(learn(authors, taught), out)
        stdout.write(f"written: {out}\n")
    return DONE


def authors_of(files: Sequence[Path]) -> Authors:
    """The labelled messages by author: the folder of their file, or the file where a folder holds several."""
    folders = [path.absolute().parent.name for path in files]
    alone = {name for name, count in Counter(folders).items() if count == 1}
    return {name if name in alone else str(path): _rows(path) for name, path in zip(folders, files, strict=True)}


def compare(
    authors: Authors, taught: Sequence[Example], talk: Sequence[Mapping[str, Any]] = (), *, stdout: TextIO
) -> bool:
    """Tells what each author reads like when held out, without and with the corrections. False: worse with them."""
    good = True
    for group in groups(list(authors)):
        others = {other: theirs for other, theirs in authors.items() if other not in group}
        without, with_them = learn(others, ()), learn(others, taught) if taught else None
        for name in group:
            before = measure(without, [*authors[name], *talk])
            _tell(stdout, name, before)
            if with_them is not None:
                after = measure(with_them, [*authors[name], *talk])
                _tell(stdout, f"{name}, with corrections", after)
                good = good and better(after, before)
    return good


def groups(authors: Sequence[str]) -> list[tuple[str, ...]]:
    """Authors that are held out together."""
    return [tuple(authors[at::GROUPS]) for at in range(min(GROUPS, len(authors)))]


def learn(authors: Authors, taught: Sequence[Example]) -> model.Weights:
    """Weights from every author, the corrections and the messages that come with Menkou."""
    every = [example for rows in authors.values() for example in labelled(rows)]
    learned = train([*every, *taught, *written()])
    learned.opening, learned.asking = OPENING, ASKING
    learned.unbelieved = unlearned.learn((one.text, one.category is not None) for one in taught)
    return learned


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except ValueError as error:
        raise SettingError(f"{path} is no file of labelled messages ({type(error).__name__}).") from error
    if not all(isinstance(row, dict) and isinstance(row.get("text"), str) for row in rows):
        raise SettingError(f"{path} is no file of labelled messages: each line has a text and what it means.")
    return rows


def _tell(stdout: TextIO, name: str, figures: Figures | Marks) -> None:
    stdout.write(f"held out: {name}\n")
    stdout.writelines(
        f"  {figure:<22}{'-' if value is None else f'{value:.4f}'}\n" for figure, value in asdict(figures).items()
    )
