"""The states of a ticket and the moves between them, as a table. Standard library only.

Source: the project's state table; only ``solved`` counts as solved, silence is never satisfaction.
"""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a ticket stands."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    TRANSFERRED = "transferred"
    REJECTED = "rejected"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class Closing(StrEnum):
    """How a ticket was closed."""

    SOLVED = "solved"  # 已解决: the only kind that counts as solved
    EXPLAINED = "explained"  # 解释说明
    HANDED_OVER = "handed_over"  # 移交
    WITHDRAWN = "withdrawn"  # 本人撤回
    UNVERIFIABLE = "unverifiable"  # 无法核实
    NOT_REPORT = "not_report"  # 不是报事: staff say that it never was one; state rejected


S = Status
ALLOWED: dict[Status, frozenset[Status]] = {
    S.REPORTED: frozenset({S.ACCEPTED, S.REJECTED, S.MERGED, S.WITHDRAWN, S.TRANSFERRED, S.SUSPENDED}),
    # back to reported: 退单, or 转派 to somebody who has not accepted yet
    S.ACCEPTED: frozenset(
        {S.REPORTED, S.IN_PROGRESS, S.RESOLVED, S.SUSPENDED, S.TRANSFERRED, S.REJECTED, S.MERGED, S.WITHDRAWN}
    ),
    S.IN_PROGRESS: frozenset({S.REPORTED, S.RESOLVED, S.SUSPENDED, S.TRANSFERRED, S.MERGED, S.WITHDRAWN}),
    # 核查 failed or 还是没修: the same holder goes on; reported when nobody holds it any more
    S.RESOLVED: frozenset({S.CLOSED, S.IN_PROGRESS, S.REPORTED, S.WITHDRAWN}),
    S.CLOSED: frozenset({S.REPORTED}),  # 不满意 within the window reopens under the same number
    S.SUSPENDED: frozenset({S.ACCEPTED, S.IN_PROGRESS, S.REPORTED, S.WITHDRAWN}),
    S.TRANSFERRED: frozenset({S.CLOSED, S.REPORTED}),
    S.REJECTED: frozenset({S.REPORTED}),
    S.MERGED: frozenset({S.REPORTED}),  # 拆分
    S.WITHDRAWN: frozenset({S.REPORTED}),
}

OPEN = frozenset({S.REPORTED, S.ACCEPTED, S.IN_PROGRESS, S.RESOLVED, S.SUSPENDED})
WAITING_FOR_STAFF = frozenset({S.REPORTED, S.ACCEPTED, S.IN_PROGRESS})


class NotAllowed(Exception):
    """This move is not in the table."""

    def __init__(self, before: str, after: str) -> None:
        super().__init__(f"{before} cannot become {after}")
        self.before, self.after = before, after


def check(before: str, after: str) -> None:
    """Raises NotAllowed unless the table has the move."""
    if Status(after) not in ALLOWED[Status(before)]:
        raise NotAllowed(before, after)
