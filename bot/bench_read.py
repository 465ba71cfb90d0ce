"""What reading a message costs, as a multiple of what jieba alone costs on the same messages in the same run."""

import statistics
import time
from collections.abc import Callable, Sequence

from nlp import segment
from nlp.reading import read, warm

ROUNDS = 5


def run(texts: Sequence[str]) -> dict[str, float]:
    """Reads the texts and cuts them with jieba, in turns; microseconds a message, and the ratio of the best rounds."""
    if not texts:
        raise ValueError("there is nothing to read")
    warm()
    segment.plain(texts[0])
    cut, took = [], []
    for _ in range(ROUNDS):
        cut.append(_each(segment.plain, texts))
        took.append(_each(read, texts))
    best = min(took, key=sum)
    return {
        "messages": len(texts),
        "jieba_us": round(min(map(sum, cut)) / len(texts) * 1e6, 1),
        "read_us": round(sum(best) / len(texts) * 1e6, 1),
        "read_p50_us": round(statistics.median(best) * 1e6, 1),
        "read_p99_us": round(sorted(best)[int(len(best) * 0.99)] * 1e6, 1),
        "ratio": round(sum(best) / min(map(sum, cut)), 2),
    }


def _each(act: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    times: list[float] = []
    for text in texts:
        began = time.perf_counter()
        act(text)
        times.append(time.perf_counter() - began)
    return times
