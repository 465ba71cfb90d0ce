"""``menkou train --from-database`` and ``--back``: what staff corrected becomes weights, or is taken back again."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from bot import taught, train
from bot.settings import Settings
from bot.train import DONE, WORSE
from bot.wiring import App, build
from nlp import model, own, trial, tuning
from nlp.training import Example, written
from nlp.trial import Marks
from storage import listening
from storage.base import JsonObject

SHIPPED = None  # the weights that come with Menkou, as `model.use` names them


def from_database(settings: Settings, labelled: Sequence[Path], out: Path | None, *, stdout: TextIO) -> int:
    """Learns from the corrections in the database, tells before and after, and hands the weights to every process.

    Without labelled files it learns on top of the weights that come with Menkou; with them from the beginning.
    Answers 1, and writes nothing, where any figure on held-out messages is worse.
    """
    app = build(settings)
    try:
        with app.reading() as db:
            own.use(taught.entries(db))
            corrections = [Example(one.text, one.category) for one in listening.examples(db, app.vault)]
        return _learned(app, corrections, train.authors_of(labelled), out, stdout)
    finally:
        app.close()


def _learned(app: App, corrections: Sequence[Example], authors: train.Authors, out: Path | None, stdout: TextIO) -> int:
    if not corrections:
        stdout.write("staff have corrected nothing yet: there is nothing to learn\n")
        return DONE
    stdout.write(f"corrections: {len(corrections)}\n")
    model.use(SHIPPED)
    base = model.weights()
    if authors:
        good = train.compare(authors, corrections, stdout=stdout)
        before, after = _in_folds_anew(base, corrections, authors)
    else:
        good = True
        before, after = trial.before_and_after(base, corrections, written())
    _tell(stdout, before, after)
    fell = trial.worse(before, after)
    if fell or not good:
        stdout.write(f"refused: worse than before ({', '.join(fell) or 'a held-out author'}); nothing was written\n")
        return WORSE
    weights = train.learn(authors, corrections) if authors else tuning.tune(base, corrections, written())
    if out is not None:
        model.save(weights, out)
        stdout.write(f"written: {out}\n")
        return DONE
    data: JsonObject = {"examples": len(corrections), "before": asdict(before), "after": asdict(after)}
    name = keep(app, weights, data)
    stdout.write(f"in use: {taught.path_of(app.settings.data, name)}; running processes take it over within seconds\n")
    return DONE


def _in_folds_anew(base: model.Weights, corrections: Sequence[Example], authors: train.Authors) -> tuple[Marks, Marks]:
    """The corrections in five folds, learned from the beginning with the authors' messages beside them."""
    known = trial.answers(train.learn(authors, ()), written())
    before = trial.marks(trial.answers(base, corrections), known)
    read, _ = trial.held_out(lambda some, _known: train.learn(authors, some), corrections, ())
    return before, trial.marks(read, trial.answers(train.learn(authors, corrections), written()))


def keep(app: App, weights: model.Weights, data: JsonObject) -> str:
    """Writes the weights into the data folder, named by what they hold, and says so in a row. Returns the name."""
    folder = app.settings.data / taught.FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as aside:
        fresh = Path(aside) / "weights.json"
        model.save(weights, fresh)
        name = taught.named(fresh.read_bytes())
        fresh.replace(taught.path_of(app.settings.data, name))
    _note(app, "trained", {"file": name, **data})
    return name


def back(settings: Settings, *, stdout: TextIO) -> int:
    """Back to the weights that come with Menkou. The files stay, and so does what was taught."""
    app = build(settings)
    try:
        with app.reading() as db:
            name = taught.chosen(db)
        if name is None:
            stdout.write("the weights that come with Menkou are in use already\n")
            return DONE
        _note(app, "back", {"file": None, "before": name})
    finally:
        app.close()
    stdout.write(
        "the weights that come with Menkou are in use again; running processes take them over within seconds\n"
    )
    return DONE


def _note(app: App, kind: str, data: JsonObject) -> None:
    with app.writing() as db:
        listening.note_change(db, taught.WEIGHTS, kind, app.clock.now(db), data=data)


def _tell(stdout: TextIO, before: Marks, after: Marks) -> None:
    stdout.write(f"{'held out, in 5 folds':<24}{'before':>8}{'after':>8}\n")
    stdout.writelines(
        f"  {name:<22}{_share(value):>8}{_share(getattr(after, name)):>8}\n" for name, value in asdict(before).items()
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
