"""Short runs of characters of a text: what the models learn from, and what patterns are found by (see `nlp.needles`).

Those of the last few texts are kept, because several ask in turn for those of a message and of its clauses.
"""

import math
import re
from functools import lru_cache
from operator import add

NUMERALS, COUNTED = "一二三四五六七八九十百", "号栋座幢单楼层巷排门"
_NUMBERS = re.compile(rf"\d+|(?<=[^\W])[{NUMERALS}]+(?=号|栋|座|幢|单元|楼|层|巷|排|门)")
_PUNCTUATION = re.compile(r"[\s,，。、;；:：~～…—\-]+")
# What one run of characters counts, and from how many characters on it counts less.
_RUN, _FEW = 3.0, 4.0
LONGEST_RUN = 3  # characters
# Alone these would only tell how long a message is.
_MARKS = frozenset(" 0")


@lru_cache(maxsize=4)
def skeleton(folded: str) -> str:
    """The text for runs of characters: numbers as one sign, so that no number of a building is learned."""
    return _PUNCTUATION.sub(" ", _NUMBERS.sub("0", folded)).strip()


def share(bones: str) -> float:
    """What one run of characters counts: less in longer texts, so that a long message is no report for being long."""
    return _RUN * min(1.0, _FEW / math.sqrt(len(bones) + 2))


@lru_cache(maxsize=4)
def runs(bones: str) -> set[str]:
    """Runs of one to three characters of a skeleton, with marks at both ends. Not to be changed."""
    marked = f"^{bones}$"
    pairs = list(map(add, marked, marked[1:]))
    found = set(bones)
    found.difference_update(_MARKS)
    found.update(pairs)
    found.update(map(add, pairs, marked[2:]))
    return found
