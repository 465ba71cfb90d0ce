"""Words that nobody says and anybody can send: a thousand marks, blanks, figures. Milliseconds; once minutes."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from handlers.hearing.on_behalf import told_in
from handlers.matter.knocks import is_knock
from handlers.rules.privacy import nameless
from handlers.wording.notice_control import TIMES
from nlp import named
from nlp.normalise import fold

SECONDS = 5


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    def stuck(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stuck)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)  # of this process alone, however busy the machine
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@pytest.mark.parametrize(
    ("looks", "text"),
    [
        (is_knock, "喂" + "，" * 3_000 + "灯"),
        (told_in, "三号楼漏水" + " " * 3_000 + "灯13800000000"),
        (TIMES.search, " " * 3_000 + "灯"),
        (nameless, "我叫" + " " * 3_000 + "灯"),
        (lambda text: list(named.find(fold(text))), "馆" * 12_000),
    ],
    ids=["knock", "proxy", "times", "name", "place"],
)
def test_words_without_end_hold_nobody_up(looks: Callable[[str], object], text: str) -> None:
    with _within(SECONDS):
        looks(text)


def test_who_knocks_with_many_courtesies_is_heard() -> None:
    assert is_knock("你好，您好，请问，我们这边有个事情，想跟社区反映一下情况，可以吗？")
