"""Whether an order of the hotline was told us before (未诉先办): the same place and the same thing. Pure.

The category is the caller's to compare; weeks may lie between, so that time says nothing here.
"""

from __future__ import annotations

from handlers.rules.incidents import Near, Told, place_of
from handlers.rules.subjects import apart

SHARED = 2  # pairs of characters that both have


def is_same(new: Told, old: Told, shared: int) -> bool:
    """At the same spot, unless clearly of another thing; elsewhere in the estate only where words or thing agree."""
    near = place_of(new, old)
    if near not in (Near.SPOT, Near.INSIDE, Near.ESTATE) or apart(new.subjects, old.subjects):
        return False
    if near is Near.SPOT:
        return True
    return bool(new.subjects & old.subjects) or shared >= SHARED
