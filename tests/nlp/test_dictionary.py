"""jieba's dictionary as we read it: the same words as jieba's own reading of it gives, and nothing on the disk."""

from __future__ import annotations

import logging
from pathlib import Path

import jieba

from nlp import segment


def test_the_words_are_those_that_jieba_reads_itself(tmp_path: Path) -> None:
    jieba.setLogLevel(logging.CRITICAL)
    itself = jieba.Tokenizer()
    itself.tmp_dir = str(tmp_path)
    itself.initialize()
    ours = segment._dictionary()
    assert ours.total == itself.total
    assert ours.FREQ == itself.FREQ


def test_nothing_is_read_from_a_file_that_others_could_plant(tmp_path: Path) -> None:
    ours = segment._dictionary()
    ours.tmp_dir = str(tmp_path)
    assert list(ours.cut("三号楼门口路灯坏了半个月了", HMM=False))
    assert list(tmp_path.iterdir()) == []
