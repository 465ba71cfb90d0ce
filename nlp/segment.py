"""The one door to jieba: words of a text, with our own lexicon in its dictionary."""

import logging
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

import jieba

from nlp.lexicon import shipped

_LETTERS = re.compile(r"[A-Za-z0-9]")


def _dictionary() -> jieba.Tokenizer:
    """jieba as it comes. Its words are read here: its own way takes longer, and so does its cache, a file that it
    reads piece by piece and that others could plant."""
    jieba.setLogLevel(logging.CRITICAL)
    with jieba.get_module_res(jieba.DEFAULT_DICT_NAME) as file:
        columns = file.read().decode().split()  # word, frequency, part of speech
    words, times = columns[::3], [int(number) for number in columns[1::3]]
    tokenizer = jieba.Tokenizer()
    beginnings = {word[:size] for word in words for size in range(1, len(word))}
    tokenizer.FREQ = {**dict.fromkeys(beginnings, 0), **dict(zip(words, times, strict=True))}
    tokenizer.total = sum(times)
    tokenizer.initialized = True
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
