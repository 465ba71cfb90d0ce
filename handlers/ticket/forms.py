"""What a template of a platform may say about a ticket to its reporter: plain fields, nothing personal.

The deployment's templates file maps the platform's keys to these names.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from handlers.rules.privacy import discreet_place
from handlers.ticket import case
from handlers.wording import taxonomy
from handlers.wording.times import exact
from storage import directory, tickets
from storage.tickets import Ticket
from storage.vault import Vault


def of_ticket(db: Session, vault: Vault, ticket_id: int, public_url: str) -> Mapping[str, str]:
    """The fields: ``number``, ``state``, ``what``, ``place``, ``due``, ``when``, ``unit``, ``phone``, ``link``,
    and ``purpose``, which chooses the form.

    ``place`` names the building, never the room; times are whole (``2026年3月2日 16:05``): a form is read days later.
    """
    ticket = db.get_one(Ticket, ticket_id)
    unit = directory.unit_of(db, ticket.desk_id or ticket.unit_id)
    due = ticket.resolve_due or ticket.progress_due or ticket.accept_due
    return {
        "purpose": ticket.status,
        "number": str(ticket.number),
        "state": taxonomy.status_staff(ticket.status, ticket.desk_id is not None),
        "what": case.what(ticket),
        "place": discreet_place(case.where(db, ticket)),
        "due": exact(due),
        "when": exact(ticket.opened_at),
        "unit": unit.name if unit is not None else "",
        "phone": (unit.phone or "") if unit is not None else "",
        "link": f"{public_url}{tickets.link_path(vault, ticket)}",
    }
