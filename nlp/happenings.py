"""What happens to whom, in one breath: the compositions that emergencies are made of ("gas" and "hisses", "a child" and
"beyond the railing"). Each is one line of a data file that a safety officer can read; the danger model weighs them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from nlp.needles import Needles
from nlp.talk import pieced


@dataclass(frozen=True, slots=True)
class Happening:
    """One composition: its name, its words for the clerk, and its pattern."""

    name: str
    why: str
    pattern: re.Pattern[str]


@cache
def _known() -> tuple[Happening, ...]:
    return tuple(Happening(name, why, re.compile(pattern)) for name, why, pattern in pieced("happenings.tsv", 3))


@cache
def _needles() -> Needles:
    return Needles(one.pattern.pattern for one in _known())


def heard(folded: str) -> Sequence[Happening]:
    """The compositions that are in a folded text, in the order of the file."""
    known = _known()
    return [known[place] for place in _needles().worth(folded) if known[place].pattern.search(folded)]
