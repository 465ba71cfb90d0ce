"""The one door to jieba: words of a text, with our own lexicon in its dictionary and a cache folder of our own."""

import logging
import os
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import jieba

from nlp.lexicon import shipped

_cache_dir: Path | None = None


def use_cache(folder: Path) -> None:
    """Keeps jieba's cache in a folder of ours: its default is a file anybody on the machine may write."""
    global _cache_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _cache_dir = folder


@cache
def _tokenizer() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    if _cache_dir is not None:
        tokenizer.tmp_dir = str(_cache_dir)
        tokenizer.initialize()
    else:
        # A fresh folder that only we can read: slower by the building of the dictionary, but nobody can plant a cache.
        with tempfile.TemporaryDirectory(prefix=f"menkou-{os.getpid()}-") as folder:
            tokenizer.tmp_dir = folder
            tokenizer.initialize()
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


@cache
def _untouched() -> jieba.Tokenizer:
    tokenizer = jieba.Tokenizer()
    with tempfile.TemporaryDirectory(prefix=f"menkou-{os.getpid()}-") as folder:
        tokenizer.tmp_dir = str(_cache_dir or folder)
        tokenizer.initialize()
    return tokenizer


def plain(text: str) -> list[str]:
    """jieba as it comes, without our words: the yardstick of what reading costs."""
    return list(_untouched().lcut(text))


def words(text: str) -> list[str]:
    """The words of a text, in order. The same as jieba's own, with residents' words known."""
    return list(_tokenizer().lcut(text, HMM=False))
