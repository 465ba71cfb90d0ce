"""A gate before many patterns: each pattern names characters of which one must occur, and is tried only then.

Most messages hold none of them, so most patterns cost nothing. A pattern may name several groups of characters,
between blanks: then one of each must occur.
"""

from collections.abc import Iterable, Sequence


class Gate:
    """Tells which of a list of patterns are worth trying on a text."""

    def __init__(self, triggers: Iterable[str]) -> None:
        wanted = [chars.split() for chars in triggers]
        self._size = len(wanted)
        self._groups = max(map(len, wanted), default=0)
        self._masks: dict[str, int] = {}
        for place, groups in enumerate(wanted):
            for number in range(self._groups if groups else 0):
                # who names fewer groups than others names the first again
                for char in groups[number] if number < len(groups) else groups[0]:
                    self._masks[char] = self._masks.get(char, 0) | 1 << (place + number * self._size)

    def worth(self, text: str) -> Sequence[int]:
        """The places in the list of the patterns that may fit, in order."""
        return places(self.mask(text))

    def mask(self, text: str) -> int:
        """The same as bits, so that two gates can be passed at once."""
        seen = 0
        for mask in filter(None, map(self._masks.get, text)):
            seen |= mask
        fits = seen
        for _ in range(1, self._groups):
            seen >>= self._size
            fits &= seen
        return fits & ((1 << self._size) - 1)


def places(mask: int) -> Sequence[int]:
    """The places of the bits that are set, in order."""
    found: list[int] = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found
