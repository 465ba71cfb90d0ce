"""A gate before many patterns: each pattern names characters of which one must occur, and is tried only then.

Most messages hold none of them, so most patterns cost nothing. A pattern may name several groups of characters,
between blanks: then one of each must occur.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from threading import Lock


class Hall:
    """What leads to several gates: each text is looked through once for all of them, if they are passed in turn."""

    def __init__(self) -> None:
        self.masks: dict[str, int] = {}
        self._size = 0
        self._lock = Lock()
        self._last: tuple[str, int, object] = ("", 0, None)

    def add(self, masks: Mapping[str, int], size: int) -> int:
        """Makes room for a gate of so many bits; answers where its bits begin."""
        with self._lock:  # two threads that both read their first message
            begin = self._size
            self.masks = {char: self.masks.get(char, 0) | masks.get(char, 0) << begin for char in {*self.masks, *masks}}
            self._size += size
        return begin

    def traces(self, text: str) -> int:
        """What a text holds, as the bits of all gates."""
        (last, seen, then), now = self._last, self.masks
        if text != last or then is not now:
            seen = reduce(or_, filter(None, map(now.get, text)), 0)
            self._last = text, seen, now
        return seen


# The gates that every message passes.
EVERYDAY = Hall()


class Gate:
    """Tells which of a list of patterns are worth trying on a text."""

    def __init__(self, triggers: Iterable[str], hall: Hall | None = None) -> None:
        wanted = [chars.split() for chars in triggers]
        self._size = len(wanted)
        self._groups = max(map(len, wanted), default=0)
        self._patterns = (1 << self._size) - 1
        masks: dict[str, int] = {}
        for place, groups in enumerate(wanted):
            for number in range(self._groups if groups else 0):
                # who names fewer groups than others names the first again
                for char in groups[number] if number < len(groups) else groups[0]:
                    masks[char] = masks.get(char, 0) | 1 << (place + number * self._size)
        self._hall = hall or Hall()
        self._begin = self._hall.add(masks, self._size * self._groups)
        self._all = (1 << self._size * self._groups) - 1

    def worth(self, text: str) -> Sequence[int]:
        """The places in the list of the patterns that may fit, in order."""
        return places(self.mask(text))

    def mask(self, text: str, more: str = "") -> int:
        """The same as bits, so that two gates can be passed at once. ``more``: a character that counts as if it stood
        there, too."""
        fits = seen = self._seen(text, more)
        for _ in range(1, self._groups):
            seen >>= self._size
            fits &= seen
        return fits & self._patterns

    def firsts(self, text: str, more: str = "") -> int:
        """The patterns of whose first characters one is there, whatever the others."""
        return self._seen(text, more) & self._patterns

    def _seen(self, text: str, more: str) -> int:
        seen = self._hall.traces(text)
        if more:
            seen |= self._hall.masks.get(more, 0)
        return seen >> self._begin & self._all


def places(mask: int) -> Sequence[int]:
    """The places of the bits that are set, in order."""
    found: list[int] = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found
