"""Sees to it that the next morning is armed: the timer of a day arms the one after it, this arms the first."""

from __future__ import annotations

from sqlalchemy import select

from bot.wiring import App
from handlers.staff import mornings
from storage.timers import Timer


def keep(app: App) -> bool:
    """Arms the next day where nobody has. Answers whether it did."""
    with app.reading() as db:
        day = mornings.next_day(app.clock.now(db))
        if db.scalar(select(Timer.id).where(Timer.name == mornings.name_of(day))) is not None:
            return False
    with app.writing() as db:
        mornings.arm(db, day)
    return True
