"""Ways of speaking: thanks, notices, trade, agreement, questions. Each rule is one line of a data file."""

import re
from dataclasses import dataclass
from functools import cache

from nlp.needles import Needles
from nlp.normalise import DATA

# What other modules may ask for; the remaining rules only help to tell a report from talk.
CUES = frozenset(
    [
        "agreement", "thanks", "solved", "still_broken", "correction", "withdraw", "status_question", "human",
        "notice", "trade", "tradesman", "greeting", "quarrel", "danger_word",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of speaking: its name, its pattern, and what to tell a clerk."""

    name: str
    pattern: re.Pattern[str]
    why: str


def rows(name: str, columns: int) -> list[list[str]]:
    """The lines of a tab-separated data file, without comments."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    found = [line.split("\t") for line in lines if line and not line.startswith("#")]
    wrong = next((row for row in found if len(row) != columns), None)
    if wrong:
        raise ValueError(f"{name}: {columns} columns expected in {wrong!r}")
    return found


_PIECE = re.compile(r"\{([A-Z]+)\}")


@cache
def pieced(name: str, columns: int) -> tuple[tuple[str, ...], ...]:
    """The lines of such a file in which lines with "=NAME" name pieces of patterns, with the pieces put in."""
    pieces: dict[str, str] = {}
    found: list[tuple[str, ...]] = []
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        fields = tuple(_PIECE.sub(lambda named: pieces[named[1]], field) for field in line.split("\t"))
        if line.startswith("="):
            pieces[fields[0][1:]] = fields[-1]
        elif len(fields) == columns:
            found.append(fields)
        else:
            raise ValueError(f"{name}: {columns} columns expected in {fields!r}")
    return tuple(found)


@cache
def rules() -> tuple[Rule, ...]:
    """All ways of speaking that Menkou knows."""
    return tuple(Rule(name, re.compile(text), why) for name, text, why in rows("talk.tsv", 3))


@cache
def _needles() -> Needles:
    return Needles(rule.pattern.pattern for rule in rules())


def hear(folded: str) -> dict[str, str]:
    """The names of the rules that fit a folded text, each with its reason."""
    heard: dict[str, str] = {}
    known = rules()
    for place in _needles().worth(folded):
        rule = known[place]
        if rule.name not in heard and rule.pattern.search(folded):
            heard[rule.name] = rule.why
    if "asked" in heard or "not_quite" in heard:
        heard.pop("solved", None)
    if "please" in heard:
        heard.pop("thanks", None)
    return heard
