"""三事分流: whose matter something is. Pure: a table of categories from the policy, and hints in the words.

Between two households, or inside one: 自家事, which is mediated and never enforced. Of all owners together: 大家事. All
else, and whatever is an emergency, a tip-off or a matter of enforcement: 公家事.
"""

from __future__ import annotations

import re
from functools import cache

from handlers.rules.deadlines import EMERGENCY
from handlers.rules.policies import Policy
from handlers.rules.routing import ENFORCEMENT
from handlers.wording import lanes as wording

PUBLIC, COMMON, PRIVATE = "public", "common", "private"
LANED = frozenset({"fault", "complaint"})


def may_leave_public(category: str, urgency: str, kind: str, *, confidential: bool) -> bool:
    """Whether it may be anything but 公家事."""
    return kind in LANED and not confidential and urgency != EMERGENCY and category not in ENFORCEMENT


def lane_of(category: str, text: str, policy: Policy) -> str:
    """The lane of what may be in any; ``text`` is folded. What the words tell goes before the table."""
    if is_owners(category, text):
        return COMMON
    if is_between(category, text) or is_inside(category, text):
        return PRIVATE
    if category in policy.private_lane:
        return PRIVATE
    return COMMON if category in policy.common_lane else PUBLIC


def is_convened(category: str, text: str, policy: Policy) -> bool:
    """Whether people are called together for it; the rest is mended by whoever looks after the common parts."""
    return category in policy.convened or is_owners(category, text)


def is_owners(category: str, text: str) -> bool:
    """Whether it is for the owners to decide."""
    fees = category in wording.FEES_THEMSELVES and _says(wording.FEES, text)
    return fees or _says(wording.OWNERS, text)


def is_between(category: str, text: str) -> bool:
    """Whether it is between two households."""
    return _says(wording.BETWEEN.get(category, ""), text) and not _says(wording.BUSINESS, text)


def is_inside(category: str, text: str) -> bool:
    """Whether it is something inside one's own flat."""
    return _says(wording.INSIDE.get(category, ""), text)


@cache
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words)


def _says(words: str, text: str) -> bool:
    return bool(words) and _pattern(words).search(text) is not None
