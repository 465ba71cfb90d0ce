"""退单: until when it may be asked for, who may be named instead, and when it is a quarrel for the district. Pure.

What was dispatched never goes back down: not to a grid, an estate or a building, and to a community only where that is
the asking unit's own level above. Source: expected behaviour 30.
"""

from __future__ import annotations

from datetime import datetime

from handlers.rules.policies import Policy

STREET = "street"
OF_THE_STREET = frozenset({STREET, "station"})
DEPARTMENTS = frozenset({"department", "enterprise"})
DISTRICT = frozenset({"district", "city"})
NEVER_DOWN_TO = frozenset({"grid", "estate"})
COMMUNITY = "community"


def may_ask_until(dispatched: datetime, policy: Policy) -> datetime:
    """Until when a unit that has accepted may still say that it is not theirs."""
    clock = policy.counted(policy.return_within)
    return clock.after(dispatched, policy.return_within.on(clock))


def may_be_given(kind: str, path: str, asker_path: str) -> bool:
    """Whether a unit of this kind and place in the tree may be given what another one returned."""
    if kind in NEVER_DOWN_TO or path == asker_path:
        return False
    return kind != COMMUNITY or asker_path.startswith(path)


def is_quarrel(one: str | None, other: str | None) -> bool:
    """Whether a street and a department say of each other that it is theirs: then the district decides."""
    return any(a in OF_THE_STREET and b in DEPARTMENTS for a, b in ((one, other), (other, one)))


def is_final(judge_kind: str, *, top: bool) -> bool:
    """Whether there is nobody left to be asked after this."""
    return top or judge_kind in DISTRICT
