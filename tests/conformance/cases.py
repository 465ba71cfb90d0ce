"""The cases that every channel passes, and which test tries each: the rows of the table in docs/conformance.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Row:
    """One case. ``promise``: what holds, in a sentence. ``takes_in``: of what people say to us, else of what we say."""

    title: str
    promise: str
    takes_in: bool


class Case(Enum):
    """Every case."""

    REPEAT = Row(
        "repeat",
        "The same message under fresh signatures is one row and one ticket, and is answered with the same words.",
        True,
    )
    REORDER = Row("reorder", "Messages that arrive in reverse are all taken, once each, and keep their times.", True)
    CONCURRENT = Row("concurrent", "The same message eight times at once is one row, one ticket and one answer.", True)
    OVERSIZED = Row("oversized", "A body beyond a megabyte is answered 413, and nothing of it is kept.", True)
    MALFORMED = Row("malformed", "What no platform sends is refused in one discreet line, and nothing is kept.", True)
    UNKNOWN_TYPE = Row("unknown type", "A message of a type that nobody knows is taken without a fault.", True)
    TOKEN_EXPIRY = Row("token expiry", "A token that dies in mid-run costs one new one, and no message.", False)
    TOKEN_REFUSED = Row("token refused", "Without a token the door has a fault, and everything waits for it.", False)
    THROTTLING = Row("throttling", "A used-up minute makes it slower, and loses and doubles nothing.", False)
    UNREACHABLE = Row(
        "unreachable person", "Whoever cannot be reached here is told the next way; else it is no_way.", False
    )
    PARTIAL = Row("partial failure", "One person who fails among others goes the next way, nobody else does.", False)
    RESEND = Row(
        "idempotent resend",
        "After a worker's death in mid-send it is sent again only where the platform knows it, else it is unknown.",
        False,
    )
    RESET = Row(
        "reset after accept",
        "A connection cut after the platform took it: repeated only where the platform knows it, seen once.",
        False,
    )
    HANG = Row("hang", "A platform that does not answer holds nobody up: other doors go on.", False)
    SLOW = Row("slow", "A platform that takes its time is waited for, within the limits.", False)
    BUSY = Row("busy", "A platform that is busy or answers HTTP 500 is asked again, and it arrives once.", False)
    GATEWAY = Row(
        "gateway",
        "A gateway that answers 504 in the platform's place: it may have arrived, so no other way is taken.",
        False,
    )
    NOT_JSON = Row("not JSON", "A page of something else in place of an answer: as if the connection was cut.", False)
    BANNED = Row("banned", "A ban is a fault of the door: emergencies go another way, the rest waits.", False)


TRIED_BY: dict[Case, set[str]] = defaultdict(set)


def tries(case: Case) -> Callable[[Test], Test]:
    """The test runs for every channel that has this case; it gets the fixture ``bench``."""
    from tests.conformance.benches import BENCHES

    def mark(test: Test) -> Test:
        TRIED_BY[case].add(test.__name__)
        having = [pytest.param(bench, id=bench.name) for bench in BENCHES if case not in bench.excused]
        marked: Test = pytest.mark.parametrize("bench", having, indirect=True)(test)
        return marked

    return mark
