"""What corrections would change: read before and after, always on messages that were held out of the learning."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from nlp import model, tuning
from nlp.measuring import share
from nlp.reading import read
from nlp.training import Example

FOLDS = 5
LOST = 0.01  # so much may change for the worse by chance: one message in a hundred
CHATTER = 0.005


@dataclass(frozen=True, slots=True)
class Marks:
    """Shares between 0 and 1; None where nothing was there to measure. ``taught``: corrections read as staff said."""

    recall: float | None
    false_alarm_topical: float | None
    false_alarm_chatter: float | None
    category: float | None
    taught: float | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read in a message, beside what it is."""

    wanted: Example
    is_report: bool
    category: str | None

    @property
    def right(self) -> bool:
        """Read as it was labelled."""
        if self.is_report != (self.wanted.category is not None):
            return False
        return not self.is_report or self.category == self.wanted.category


def answers(weights: model.Weights | None, examples: Iterable[Example]) -> list[Answer]:
    """Reads messages with the given weights; this process goes on with those it had."""
    with model.trying(weights):
        said = [(one, read(one.text)) for one in examples]
    return [Answer(one, reading.is_report, reading.category) for one, reading in said]


def held_out(
    learn: Callable[[Sequence[Example], Sequence[Example]], model.Weights],
    corrections: Sequence[Example],
    known: Sequence[Example],
) -> tuple[list[Answer], list[Answer]]:
    """Every correction and every known message, read with weights learned without its fold."""
    taught: list[Answer] = []
    others: list[Answer] = []
    for fold in range(FOLDS):
        weights = learn(_without(corrections, fold), _without(known, fold))
        taught += answers(weights, corrections[fold::FOLDS])
        others += answers(weights, known[fold::FOLDS])
    return taught, others


def _without(examples: Sequence[Example], fold: int) -> list[Example]:
    return [one for place, one in enumerate(examples) if place % FOLDS != fold]


def before_and_after(
    base: model.Weights, corrections: Sequence[Example], known: Sequence[Example]
) -> tuple[Marks, Marks]:
    """What the weights are worth now, and with the corrections learned: in five folds, each read unseen."""
    before = marks(answers(base, corrections), answers(base, known))
    return before, marks(*held_out(lambda taught, old: tuning.tune(base, taught, old), corrections, known))


def marks(taught: Sequence[Answer], known: Sequence[Answer]) -> Marks:
    """The figures of what was read."""
    reports = [one for one in known if one.wanted.category is not None]
    hits = [one for one in reports if one.is_report]
    talk = [one for one in known if one.wanted.category is None and not is_chatter(one.wanted)]
    chatter = [one for one in known if one.wanted.category is None and is_chatter(one.wanted)]
    return Marks(
        recall=share(len(hits), len(reports)),
        false_alarm_topical=share(sum(one.is_report for one in talk), len(talk)),
        false_alarm_chatter=share(sum(one.is_report for one in chatter), len(chatter)),
        category=share(sum(one.right for one in hits), len(hits)),
        taught=share(sum(one.right for one in taught), len(taught)),
    )


def is_chatter(example: Example) -> bool:
    """Everyday chatter among the messages that come with Menkou: it counts more (see `training.written`)."""
    return example.category is None and example.weight > 1.0


def worse(before: Marks, after: Marks) -> list[str]:
    """The figures that got worse by more than chance; none: the new weights may be used."""
    allowed = {
        "recall": LOST, "category": LOST, "taught": 0.0,
        "false_alarm_topical": -LOST, "false_alarm_chatter": -CHATTER,
    }  # fmt: skip
    found = []
    for name, room in allowed.items():
        change = (getattr(after, name) or 0.0) - (getattr(before, name) or 0.0)
        if change * (1 if room >= 0 else -1) < -abs(room):
            found.append(name)
    return found
