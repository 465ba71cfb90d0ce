"""The one door to jieba: words of a text, with our own lexicon in its dictionary and a cache folder of our own."""

import contextlib
import logging
import math
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

import jieba

from nlp.lexicon import shipped

_LETTERS = re.compile(r"[A-Za-z0-9]")
_CACHE = "jieba.cache"
_cache_dir: Path | None = None
log = logging.getLogger(__name__)


def use_cache(folder: Path) -> None:
    """Keeps jieba's cache in a folder of ours: its default is a file anybody on the machine may write."""
    global _cache_dir
    with contextlib.suppress(OSError):  # then every start builds the dictionary
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _cache_dir = folder


def _dictionary() -> jieba.Tokenizer:
    """jieba as it comes, from its cache or built: slower, but nobody else can plant one, and no disk can refuse it."""
    jieba.setLogLevel(logging.CRITICAL)  # a cache that it cannot write is a page of Python to it
    tokenizer = jieba.Tokenizer()
    if _cache_dir is not None and (_cache_dir / _CACHE).is_file():
        tokenizer.tmp_dir = str(_cache_dir)
        tokenizer.initialize()
        return tokenizer
    try:
        with tempfile.TemporaryDirectory(prefix=f"menkou-{os.getpid()}-", dir=_cache_dir) as folder:
            tokenizer.tmp_dir = folder
            tokenizer.initialize()
            if _cache_dir is not None:
                (Path(folder) / _CACHE).replace(_cache_dir / _CACHE)
    except OSError:
        log.warning("jieba's dictionary is built at every start: %s takes no cache", _cache_dir or "no folder")
        tokenizer.tmp_dir = os.devnull  # no folder: nothing is read from it
        tokenizer.initialize()
    return tokenizer


@cache
def _tokenizer() -> jieba.Tokenizer:
    tokenizer = _dictionary()
    for word in shipped().words:
        if len(word) > 1 and not word.isascii():
            tokenizer.add_word(word)
    return tokenizer


_known: dict[str, int] = {}  # a deployment's own words, and how frequent jieba held them to be before


def know(own: Iterable[str]) -> None:
    """Makes a deployment's own words whole words, and no longer those of before."""
    wanted = {word for word in own if len(word) > 1 and not word.isascii()}
    if not wanted and not _known:
        return
    tokenizer = _tokenizer()
    for word in _known.keys() - wanted:
        tokenizer.add_word(word, freq=_known.pop(word))
    for word in wanted - _known.keys():
        _known[word] = tokenizer.FREQ.get(word, 0)
        tokenizer.add_word(word)
    _cut.cache_clear()


_untouched = cache(_dictionary)


def plain(text: str) -> list[str]:
    """jieba as it comes, without our words: the yardstick of what reading costs."""
    return list(_untouched().lcut(text))


def as_jieba_cuts(text: str) -> list[str]:
    """The words as jieba itself cuts them, with ours known: what `words` must give."""
    return list(_tokenizer().lcut(text, HMM=False))


def words(text: str) -> list[str]:
    """The words of a text, in order. The same as jieba's own without guessing at new words, with residents' words
    known; jieba's loops are written for longer texts and take twice as long."""
    found: list[str] = []
    for block in filter(None, jieba.re_han_default.split(text)):
        if jieba.re_han_default.match(block):
            found += _cut(block)
        else:
            for part in jieba.re_skip_default.split(block):
                found += [part] if jieba.re_skip_default.match(part) else part
    return found


@lru_cache(maxsize=4)  # the clauses of one message are cut again where they may tell another problem
def _cut(block: str) -> Sequence[str]:
    """The likeliest words, letters and digits that are no word together."""
    ends = _ends(block)
    return tuple(_joined(block, ends) if _LETTERS.search(block) else _cut_at(block, ends))


def _cut_at(block: str, ends: Sequence[int]) -> Sequence[str]:
    words, at, size = [], 0, len(block)
    while at < size:
        words.append(block[at : ends[at]])
        at = ends[at]
    return words


def _joined(block: str, ends: Sequence[int]) -> Iterator[str]:
    at, letters = 0, ""
    while at < len(block):
        word = block[at : ends[at]]
        at = ends[at]
        if len(word) == 1 and word.isascii() and word.isalnum():
            letters += word
            continue
        if letters:
            yield letters
            letters = ""
        yield word
    if letters:
        yield letters


def _ends(block: str) -> list[int]:
    """For each character the end of the word that begins there, if one does: the likeliest way to the end."""
    tokenizer = _tokenizer()
    known, log, least = tokenizer.FREQ.get, math.log, math.log(tokenizer.total)
    size = len(block)
    best, ends = [0.0] * (size + 1), list(range(1, size + 1))
    for at in range(size - 1, -1, -1):
        end, top, times = at + 1, None, known(block[at])
        while times is not None:
            if times:
                score = log(times) - least + best[end]
                if top is None or score >= top:
                    top, ends[at] = score, end
            end += 1
            if end > size:
                break
            times = known(block[at:end])
        best[at] = best[at + 1] - least if top is None else top
    return ends
