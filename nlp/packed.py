"""A number for each category in one whole number, so that one addition adds up all of them.

Reading a report adds up some eighty rows of weights; as rows of pairs that was a tenth of the time of reading it. Each
category has 32 bits, in ten-thousandths, from the lowest up: sums up to 200,000 either way stay apart from their
neighbours.
"""

from collections.abc import Mapping
from functools import lru_cache
from struct import Struct

from nlp.lexicon import CATEGORIES

_SCALE, _BITS = 10_000, 32
_HALF = 1 << (_BITS - 1)
# Added before taking apart, so that no number is below zero and borrows from the next.
_RAISED = sum(_HALF << (_BITS * at) for at in range(len(CATEGORIES)))
_FIELDS = Struct(f"<{len(CATEGORIES)}I")


@lru_cache(1 << 14)  # a file of weights says the same few thousand again and again
def one(at: int, weight: float) -> int:
    """A weight of the category with this number, and nothing of the others."""
    return round(weight * _SCALE) << (_BITS * at)


def row(weights: Mapping[int, float]) -> int:
    """The weights of some categories by their numbers."""
    return sum(one(at, weight) for at, weight in weights.items())


def named(weights: Mapping[str, float]) -> int:
    """The weights of some categories by their names."""
    return row({CATEGORIES.index(name): weight for name, weight in weights.items()})


def scores(total: int) -> list[float]:
    """The numbers of all categories, in order."""
    return [(field - _HALF) / _SCALE for field in _FIELDS.unpack((total + _RAISED).to_bytes(_FIELDS.size, "little"))]
