"""How well messages are read: the figures of `menkou train`, over labelled messages that the weights have not seen."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlp import model
from nlp.reading import Reading, read

Labelled = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares between 0 and 1; None where nothing was there to measure."""

    recall: float | None
    false_alarm_topical: float | None
    false_alarm_chatter: float | None
    category: float | None
    urgency: float | None
    emergency_recall: float | None
    false_emergencies: float | None
    place_f1: float | None
    second_problem: float | None


def share(part: int, whole: int) -> float | None:
    """A share, or None of nothing."""
    return round(part / whole, 4) if whole else None


def measure(weights: model.Weights | None, rows: Sequence[Labelled]) -> Figures:
    """Reads every message with the given weights and compares with its labels."""
    with model.trying(weights):
        return figures_of([(row, read(row["text"])) for row in rows])


def is_emergency(row: Labelled) -> bool | None:
    """Whether a label says so; None: of which two readers could not agree."""
    return None if row.get("doubt") else row.get("urgency") == "emergency"


def figures_of(pairs: Sequence[tuple[Labelled, Reading]]) -> Figures:
    """Compares what was read with the labels."""
    reports = [(row, said) for row, said in pairs if row.get("kind") == "report"]
    hits = [(row, said) for row, said in reports if said.is_report]
    urgent = [said for row, said in reports if is_emergency(row)]
    calm = [said for row, said in pairs if is_emergency(row) is False]
    second = [(row, said) for row, said in hits if row.get("also")]
    return Figures(
        recall=share(len(hits), len(reports)),
        false_alarm_topical=_false_alarms(pairs, ("hard_negative",)),
        false_alarm_chatter=_false_alarms(pairs, ("chatter", None)),
        category=share(sum(said.category == row["category"] for row, said in hits), len(hits)),
        urgency=share(sum(said.urgency == row["urgency"] for row, said in hits), len(hits)),
        emergency_recall=share(sum(said.urgency == "emergency" for said in urgent), len(urgent)),
        false_emergencies=share(sum(said.urgency == "emergency" for said in calm), len(calm)),
        place_f1=_place_f1(hits),
        second_problem=share(sum(bool(set(said.also) & set(row["also"])) for row, said in second), len(second)),
    )


def _false_alarms(pairs: Iterable[tuple[Labelled, Reading]], kinds: tuple[str | None, ...]) -> float | None:
    said = [reading.is_report for row, reading in pairs if row.get("kind") in kinds]
    return share(sum(said), len(said))


def _place_f1(hits: Iterable[tuple[Labelled, Reading]]) -> float | None:
    both = wrong = 0
    for row, said in hits:
        if "place" not in row:
            continue
        wanted, found = Counter[str](row["place"]), Counter(said.place)
        both += (wanted & found).total()
        wrong += (wanted - found).total() + (found - wanted).total()
    return share(2 * both, 2 * both + wrong)


def better(after: Figures, before: Figures) -> bool:
    """Whether new weights may replace old ones: no more false alarms to speak of, and no fewer reports found."""
    lost = (before.recall or 0.0) - (after.recall or 0.0)
    louder = (after.false_alarm_topical or 0.0) - (before.false_alarm_topical or 0.0)
    chattier = (after.false_alarm_chatter or 0.0) - (before.false_alarm_chatter or 0.0)
    return lost <= 0.01 and louder <= 0.01 and chattier <= 0.001 and lost + louder <= 0.01
