"""When notices go out: not at night, but for emergencies, and not before their author wants. Pure.

Hours are those of Asia/Shanghai, everything else is business time.
"""

from __future__ import annotations

from datetime import datetime

from handlers.rules.deadlines import LOCAL, next_at
from handlers.rules.notice_policy import PASSES_THE_NIGHT, NoticePolicy


def is_night(now: datetime, policy: NoticePolicy) -> bool:
    """Whether ordinary notices wait at this moment."""
    return policy.is_quiet(now.astimezone(LOCAL).time())


def by_day(at: datetime, policy: NoticePolicy) -> datetime:
    """``at`` itself by day; at night, the end of that night."""
    return next_at(policy.quiet_until, at) if is_night(at, policy) else at


def goes_at(kind: str, hold_until: datetime | None, now: datetime, policy: NoticePolicy) -> datetime:
    """When a notice of this kind that is ready now goes out; ``now`` where nothing holds it."""
    wanted = max(now, hold_until) if hold_until is not None else now
    return wanted if kind in PASSES_THE_NIGHT else by_day(wanted, policy)
