"""Response codes of interactive cards, and the task ids that an app has used.

Source: developer documents 90236, 90240 and 94888: a code is good for one update within 72 hours; sending gives one,
and every click gives a fresh one. A second use, or a late one, is 60140. A task id is used once in an app (42014).
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.platforms.calls import ApiFault, Ground
from bot.platforms.wecom_cards import TASK_ID

GOOD_FOR = 72 * 3600  # seconds
BAD_CODE = 60140


@dataclass(slots=True)
class _Code:
    task_id: str
    at: float
    used: bool = False


class Codes:
    """The codes of one app."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._codes: dict[str, _Code] = {}
        self._tasks: set[str] = set()

    def claim(self, task_id: str) -> None:
        """A card with this id is being sent. Raises ApiFault when there was one."""
        if task_id in self._tasks:
            raise ApiFault(TASK_ID)
        self._tasks.add(task_id)

    def is_used(self, task_id: str) -> bool:
        """Whether a card had this id."""
        return task_id in self._tasks

    def issue(self, task_id: str) -> str:
        """A fresh code for one update of the card."""
        code = self._ground.letters(43)
        self._codes[code] = _Code(task_id, self._ground.clock.now())
        return code

    def good(self, code: object) -> str:
        """The task id of a code that may still be used. Raises ApiFault."""
        found = self._codes.get(code) if isinstance(code, str) else None
        if found is None or found.used or self._ground.clock.now() - found.at >= GOOD_FOR:
            raise ApiFault(BAD_CODE)
        return found.task_id

    def use(self, code: str) -> None:
        """The code's one use."""
        self._codes[code].used = True
