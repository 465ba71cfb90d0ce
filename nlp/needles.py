"""Which of many patterns are worth trying on a text: those of which a run of characters is there that they need.

`data/needles.tsv` names for each pattern two lists of runs (one to three characters): where it fits, one of each list
is in the text. The lists are found from the patterns themselves, alternative by alternative (`tests/nlp/needles.py`).
The runs of a text are wanted by the models anyhow, so one look at them tells for all patterns at once. A pattern that
is not in the file, because somebody has just changed it, is always tried.
"""

from collections.abc import Iterable, Sequence
from functools import cache, reduce
from operator import or_
from threading import Lock
from zlib import crc32

from nlp.gate import places
from nlp.normalise import DATA
from nlp.runs import runs, skeleton

BLANK = "_"  # how the file writes a blank: punctuation of any kind
Needs = tuple[Sequence[str], Sequence[str]]


def key(pattern: str) -> str:
    """By what the file knows a pattern."""
    return f"{crc32(pattern.encode()):08x}"


@cache
def _file() -> dict[str, Needs]:
    lines = (DATA / "needles.tsv").read_text(encoding="utf-8").splitlines()
    known = (line.replace(BLANK, " ").split("\t") for line in lines if not line.startswith("#"))
    return {name: (first.split("|"), (second or first).split("|")) for name, first, second in known}


class _Shared:
    """The needles of all lists of patterns, and what they told of the last text."""

    def __init__(self) -> None:
        self._masks: dict[str, int] = {}
        self._known = frozenset[str]()
        self._size = 0
        self._lock = Lock()
        self._last: tuple[str, int, object] = ("", 0, None)

    def add(self, masks: dict[str, int], size: int) -> int:
        """Makes room for so many bits; answers where they begin."""
        with self._lock:  # two threads that both read their first message
            begin = self._size
            both = {run: self._masks.get(run, 0) | masks.get(run, 0) << begin for run in {*self._masks, *masks}}
            self._masks, self._known, self._size = both, frozenset(both), begin + size
        return begin

    def traces(self, text: str) -> int:
        """What a text holds, as the bits of all lists."""
        (last, seen, then), now = self._last, self._known
        if text != last or then is not now:
            seen = reduce(or_, map(self._masks.__getitem__, now & runs(skeleton(text))), 0)
            self._last = text, seen, now
        return seen


_SHARED = _Shared()


class Needles:
    """Tells which of a list of patterns are worth trying on a text."""

    def __init__(self, patterns: Iterable[str]) -> None:
        needs = [_file().get(key(pattern)) for pattern in patterns]
        self._size = len(needs)
        self._always = sum(1 << at for at, need in enumerate(needs) if need is None)
        self._all = (1 << self._size) - 1
        masks: dict[str, int] = {}
        for at, need in enumerate(needs):
            for number, listed in enumerate(need or ()):
                for run in listed:
                    masks[run] = masks.get(run, 0) | 1 << (at + number * self._size)
        self._begin = _SHARED.add(masks, 2 * self._size)

    def mask(self, text: str) -> int:
        """The patterns that may fit, as bits."""
        seen = _SHARED.traces(text) >> self._begin
        return (seen & seen >> self._size) & self._all | self._always

    def worth(self, text: str) -> Sequence[int]:
        """The places in the list of the patterns that may fit, in order."""
        return places(self.mask(text))
