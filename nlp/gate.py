"""A gate before many patterns: each pattern names characters of which one must occur, and is tried only then.

Most messages hold none of them, so most patterns cost nothing.
"""

from collections.abc import Iterable, Sequence


class Gate:
    """Tells which of a list of patterns are worth trying on a text."""

    def __init__(self, triggers: Iterable[str]) -> None:
        self._masks: dict[str, int] = {}
        for place, chars in enumerate(triggers):
            for char in chars:
                self._masks[char] = self._masks.get(char, 0) | 1 << place

    def worth(self, text: str) -> Sequence[int]:
        """The places in the list of the patterns that may fit, in order."""
        return places(self.mask(text))

    def mask(self, text: str) -> int:
        """The same as bits, so that two gates can be passed at once."""
        masks, seen = self._masks, 0
        for char in text:
            if char in masks:
                seen |= masks[char]
        return seen


def places(mask: int) -> Sequence[int]:
    """The places of the bits that are set, in order."""
    found: list[int] = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found
