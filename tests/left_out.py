"""What `make test` leaves to `make soak`, to end within ten minutes on two cores: second engines, paraphrases."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

ENGINES = ("sqlite", "postgresql")

# Dialogues and pages say the same on both engines: what differs is tried below them. Of these folders `make test` takes
# every 96th on PostgreSQL. What is slow and runs on both takes turns: one test on this engine, another on the other.
# Intake and the rest of storage run wholly on both.
SAME_ON_BOTH = ("tests/conversations/", "tests/web/", "tests/conformance/", "tests/notices/test_jobs.py")
EVERY = 96
DEAR = ("backup", "doctor", "eight_at_once", "schema", "spending")  # start commands, or several processes
IN_TURN = (
    "tests/faults/",
    "tests/delivery/",
    "tests/notices/",
    *(f"tests/storage/test_{one}.py" for one in DEAR),
)

# Of a dialogue that is told in many words, the first tells whether it is heard at all.
# Where each case is a rule by itself (a command, a way around a check), none is left out.
TOLD_IN_MANY_WORDS = "tests/conversations/"
EACH_A_RULE = frozenset(
    f"{TOLD_IN_MANY_WORDS}test_{name}.py"
    for name in ("every_role", "twice", "taking_back", "undoing", "no_way_round", "whose_work_it_was", "scenes")
)


def left_out(names: Iterable[str]) -> set[str]:
    """Of these tests, by their full names, those that only `make soak` runs."""
    names = list(names)
    other = {name for name in names if _is_other_engine(name)}
    return other | set(_paraphrases([name for name in names if name not in other]))


def _is_other_engine(name: str) -> bool:
    engine = next((engine for engine in ENGINES if engine in name), None)
    if engine is None:
        return False
    chance = zlib.crc32(name.replace(engine, "").encode())
    if name.startswith(SAME_ON_BOTH):
        return engine == "postgresql" and chance % EVERY != 0
    return name.startswith(IN_TURN) and ENGINES[chance % 2] != engine


def _paraphrases(names: Sequence[str]) -> Iterable[str]:
    told: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for name in names:
        test, _, words = name.partition("[")
        if words and name.startswith(TOLD_IN_MANY_WORDS) and test.partition("::")[0] not in EACH_A_RULE:
            told[test, words.startswith(ENGINES[1])].append(name)
    for ways in told.values():
        yield from ways[1:]
