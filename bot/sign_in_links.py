"""The addresses of links that sign staff in to the console."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.wiring import App
from storage import signing_in
from storage.people import Staff

PATH = "/console/enter"


def address_for(app: App, db: Session, staff: Staff) -> str | None:
    """Where somebody signs in, once; None when they have asked for enough links lately."""
    word = signing_in.open_link(db, app.vault, staff, app.clock.wall())
    return f"{app.settings.public_url}{PATH}/{word}" if word is not None else None
