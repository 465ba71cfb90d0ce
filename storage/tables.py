"""Every table at once: importing this module makes ``metadata`` complete. A test finds a module left out."""

from __future__ import annotations

from storage import deployment, facts, inbox, listening, media, notice_people, notices, outbox, people, tickets, timers
from storage.base import metadata

MODULES = (deployment, facts, inbox, listening, media, notice_people, notices, outbox, people, tickets, timers)

__all__ = ["MODULES", "metadata"]
