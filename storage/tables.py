"""Every table at once: importing this module makes ``metadata`` complete. A test finds a module left out."""

from __future__ import annotations

from storage import (
    decisions,
    deployment,
    facts,
    inbox,
    listening,
    media,
    notice_people,
    notices,
    origins,
    outbox,
    people,
    rosters,
    tasks,
    tickets,
    timers,
    whistles,
)
from storage.base import metadata

MODULES = (
    decisions,
    deployment,
    facts,
    inbox,
    listening,
    media,
    notice_people,
    notices,
    origins,
    outbox,
    people,
    rosters,
    tasks,
    tickets,
    timers,
    whistles,
)

__all__ = ["MODULES", "metadata"]
