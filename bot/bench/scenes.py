"""What became of the scenes of a corpus: whole group chats, played through the real pipeline and compared with what a
sensible clerk would have done."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import replay

Ticket = dict[str, Any]


@dataclass
class Figures:
    """Counts over scenes."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, wanted: Sequence[Ticket], got: Sequence[Ticket]) -> None:
        """One scene: its tickets as they should be and as they are."""
        free = list(got)
        for want in wanted:
            best = max(
                free,
                key=lambda one: (len(_seqs(one) & _seqs(want)), one["category"] == want["category"]),
                default=None,
            )
            if best is None or not _seqs(best) & _seqs(want):
                self.counts["missed"] += 1
                continue
            free.remove(best)
            self._found(best, want)
        self.counts["extra"] += len(free)
        self.counts["scenes"] += 1
        self.counts["right"] += not free and len(got) == len(wanted)

    def _found(self, got: Ticket, want: Ticket) -> None:
        self.counts["found"] += 1
        for name in ("category", "urgency"):
            self.counts[name] += got[name] == want[name]
        self._overlap("gathered", _seqs(got), _seqs(want))
        self._overlap("supporters", set(got["supporters"]), set(want["supporters"]))

    def _overlap(self, name: str, got: set[Any], want: set[Any]) -> None:
        self.counts[f"{name} both"] += len(got & want)
        self.counts[f"{name} either"] += len(got) + len(want)

    def figures(self) -> dict[str, float]:
        """Shares between 0 and 1."""
        counts = self.counts
        found = max(1, counts["found"])
        return {
            "recall": counts["found"] / max(1, counts["found"] + counts["missed"]),
            "precision": counts["found"] / max(1, counts["found"] + counts["extra"]),
            "right": counts["right"] / max(1, counts["scenes"]),
            "gathered": 2 * counts["gathered both"] / max(1, counts["gathered either"]),
            "supporters": 2 * counts["supporters both"] / max(1, counts["supporters either"]),
            "category": counts["category"] / found,
            "urgency": counts["urgency"] / found,
        }


def _seqs(ticket: Ticket) -> set[int]:
    return {ticket["first_seq"], *ticket["also_seqs"]}


def played(log: Path, expected: dict[str, Any]) -> list[Ticket]:
    """The tickets that a log becomes. Raises RuntimeError where it cannot be played."""
    out = io.StringIO()
    if replay.run(log, expected["bound_place"] or "", None, True, out) != 0:
        raise RuntimeError(f"{log.name} could not be played")
    return list(json.loads(out.getvalue())["tickets"])


def of_folder(folder: Path) -> Figures:
    """Every scene of a folder."""
    figures = Figures()
    for path in sorted(folder.glob("*.expect.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        log = path.with_name(path.name.replace(".expect.json", ".jsonl"))
        figures.add(expected["tickets"], played(log, expected))
    return figures
