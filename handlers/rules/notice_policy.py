"""The figures of notices: when it is night, how many need a second person, how long a preview holds.

Pure. Hours are those of Asia/Shanghai, spans are business time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

PASSES_THE_NIGHT = frozenset({"emergency"})  # kinds that pass quiet hours and opt-outs; all else waits or is spared


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """What a deployment may set, and what it may not, in one place."""

    quiet_from: time = time(21)  # nothing but emergencies goes out from here …
    quiet_until: time = time(7, 30)  # … to here
    second_above: int = 3000  # households; never below the largest community, which decides for itself
    preview_holds: timedelta = timedelta(minutes=30)
    consent_after: timedelta = timedelta(minutes=3)  # 电话请示 counts once the leaders on duty had this long
    voice_longest: timedelta = timedelta(seconds=60)
    text_longest: int = 600  # characters: a phone shows it without much scrolling, and every platform carries it
    word_holds: timedelta = timedelta(days=3)  # how long a bare 收到 is taken for an answer to a notice

    def is_quiet(self, at: time) -> bool:
        """Whether it is night at this time of day, Asia/Shanghai; the night may pass midnight."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until

    def second_needed(self, households: int, largest_community: int) -> bool:
        """Whether a notice to so many needs a second person."""
        return households > max(self.second_above, largest_community)
