"""What happens to whom, in one breath: the compositions that emergencies are made of ("gas" and "hisses", "a child" and
"beyond the railing"). Each is one line of a data file that a safety officer can read; the danger model weighs them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from nlp.needles import Needles
from nlp.normalise import DATA

_PIECE = re.compile(r"\{([A-Z]+)\}")


@dataclass(frozen=True, slots=True)
class Happening:
    """One composition: its name, its words for the clerk, and its pattern."""

    name: str
    why: str
    pattern: re.Pattern[str]


@cache
def lines() -> tuple[tuple[str, ...], ...]:
    """The rules with the named pieces of the file put in: name, words for the clerk, pattern."""
    pieces: dict[str, str] = {}
    found = list[tuple[str, ...]]()
    for line in (DATA / "happenings.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        *fields, pattern = line.split("\t")
        pattern = _PIECE.sub(lambda named: pieces[named[1]], pattern)
        if line.startswith("="):
            pieces[fields[0][1:]] = pattern
        else:
            found.append((*fields, pattern))
    return tuple(found)


@cache
def _known() -> tuple[Happening, ...]:
    return tuple(Happening(name, why, re.compile(pattern)) for name, why, pattern in lines())


@cache
def _needles() -> Needles:
    return Needles(one.pattern.pattern for one in _known())


def heard(folded: str) -> Sequence[Happening]:
    """The compositions that are in a folded text, in the order of the file."""
    known = _known()
    return [known[place] for place in _needles().worth(folded) if known[place].pattern.search(folded)]
