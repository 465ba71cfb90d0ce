"""The table of channels and cases as docs/conformance.md prints it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.conformance.bench import Bench
from tests.conformance.benches import BENCHES
from tests.conformance.cases import TRIED_BY, Case

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
HEAD = """# What every channel passes

Every way in and out is tried with the same cases, over real HTTP against the simulated platforms and through the real
pipeline: callback, intake, ticket; row, delivery, platform. After each sending case every row must be in an honest
state, nobody may have read anything twice, and the log must hold no address, word or secret. `tests/conformance` holds
the cases, and a random battery for the marker `soak`. `python -m tests.conformance.table` prints this page, and a test
compares it.

✓ is tried; a number is the reason why a channel cannot have the case.
"""


def page() -> str:
    """The whole page."""
    reasons: list[str] = []
    lines = [HEAD]
    for takes_in, title in ((True, "What people say to us"), (False, "What we say")):
        lines += [f"## {title}", "", *_table([case for case in Case if case.value.takes_in == takes_in], reasons), ""]
    lines += ["## Where a case does not exist", "", *(f"{place}. {why}" for place, why in enumerate(reasons, 1)), ""]
    lines += ["## Which tests try a case", ""]
    lines += [f"- {case.value.title}: {', '.join(f'`{name}`' for name in sorted(TRIED_BY[case]))}" for case in Case]
    return "\n".join(lines) + "\n"


def _table(cases: list[Case], reasons: list[str]) -> Iterator[str]:
    yield f"| case | what holds | {' | '.join(bench.title for bench in BENCHES)} |"
    yield "|---|---|" + ":-:|" * len(BENCHES)
    for case in cases:
        cells = " | ".join(_cell(case, bench, reasons) for bench in BENCHES)
        yield f"| {case.value.title} | {case.value.promise} | {cells} |"


def _cell(case: Case, bench: Bench, reasons: list[str]) -> str:
    why = bench.excused.get(case)
    if why is None:
        return "✓"
    if why not in reasons:
        reasons.append(why)
    return str(reasons.index(why) + 1)


if __name__ == "__main__":
    from tests.conformance import test_receiving, test_sending  # noqa: F401 (they say what they try)

    PAGE.write_text(page(), encoding="utf-8")
