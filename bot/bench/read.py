"""``menkou bench read``: what reading a message costs, as a multiple of what jieba alone costs on the same messages.

The two take turns on the same messages in the same process, and the ratio is one of medians over the rounds.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from statistics import median

from bot.bench.workload import REPORTS_IN, sentences
from nlp import segment
from nlp.reading import read, warm

ROUNDS = 5
# What a group hears must cost at most so many times what jieba costs, and should cost no more than the second.
LIMIT, AIM = 2.0, 1.2


def run(messages: int) -> int:
    """Measures and prints."""
    mixed = _mixed(messages)
    talk, reports = _some(sentences("talk"), messages), _some(sentences("report"), messages)
    warm()
    segment.plain(mixed[0])
    print(f"{'':22}{'jieba us':>10}{'read us':>10}{'p99 us':>8}{'ratio':>8}")
    for name, texts in ((f"1 in {REPORTS_IN} a report", mixed), ("talk alone", talk), ("reports alone", reports)):
        _print(name, texts)
    print(
        f"Microseconds a message, {messages} messages, medians of {ROUNDS} rounds. What a group hears (the first two"
        f"\nlines) should cost at most {LIMIT:g} times what jieba costs; the aim is {AIM:g}."
    )
    return 0


def _print(name: str, texts: Sequence[str]) -> None:
    cut, took, slow = [], [], []
    for _ in range(ROUNDS):
        cut.append(sum(_each(segment.plain, texts)))
        times = sorted(_each(read, texts))
        took.append(sum(times))
        slow.append(times[int(len(times) * 0.99)])
    each = 1e6 / len(texts)
    ratio = median(took) / median(cut)
    print(f"{name:22}{median(cut) * each:10.1f}{median(took) * each:10.1f}{median(slow) * 1e6:8.0f}{ratio:8.2f}")


def _each(act: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    times = []
    for text in texts:
        begun = time.perf_counter()
        act(text)
        times.append(time.perf_counter() - begun)
    return times


def _mixed(count: int) -> list[str]:
    talk, reports = _some(sentences("talk"), count), _some(sentences("report"), count)
    return [reports[at] if at % REPORTS_IN == 0 else talk[at] for at in range(count)]


def _some(texts: Sequence[str], count: int) -> list[str]:
    """So many of them, in an order that is the same each time."""
    return random.Random(count).choices(texts, k=count)
