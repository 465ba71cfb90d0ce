"""An owed row as what is sent: words, card, picture, address, opened at the last moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.base import Abilities, Attachment, Outgoing, Way
from bot.ladder import FORMS
from bot.wiring import App
from handlers.message import Card, Kind
from handlers.ticket import forms
from storage.inbox import Inbox
from storage.media import Media
from storage.outbox import Outbox
from storage.people import Account, Group

WAYS: Mapping[str, Way] = {
    name: name for name in ("message", "template", "subscribe", "stamp", "recall", "welcome", "handover")
}


def written_out(app: App, db: Session, row: Outbox, abilities: Abilities) -> Outgoing:
    """Raises VaultError, LookupError, TypeError or ValueError for a row that nobody can read."""
    group = db.get(Group, row.group_id) if row.group_id is not None else None
    account = db.get(Account, row.account_id) if row.account_id is not None else None
    picture = db.get(Media, row.media_id) if row.media_id is not None else None
    return Outgoing(
        key=row.ref,
        text=app.vault.open(row.text, "outbox.text", row.ref) if row.text else "",
        chat=group.chat if group is not None else None,
        person=address_of(app, account) if account is not None else None,
        card=Card.from_json(row.card) if row.card else None,
        media_ref=picture.ref if picture is not None else None,
        at=row.created_at,
        way=WAYS[row.way],
        together=row.together,
        form=_form(app, db, row),
        code=app.vault.open(row.code, "outbox.code", row.ref) if row.code and row.way != "message" else None,
        media=_attachment(picture) if abilities.media else None,
        doubtful=row.sent_at is not None,
    )


def address_of(app: App, account: Account) -> str:
    """What the platform calls this person."""
    return app.vault.open(account.address, "accounts.address", account.ref)


def _attachment(picture: Media | None) -> Attachment | None:
    if picture is None or not picture.bytes:
        return None
    return Attachment(picture.ref, picture.mime, picture.bytes)


def _shown(db: Session, row: Outbox) -> Iterator[Account]:
    """Everybody with this card, but whoever pressed it: theirs was changed within the press."""
    pressed = db.get(Inbox, row.inbox_id) if row.inbox_id is not None else None
    presser = pressed.sender_id if pressed is not None and pressed.kind == Kind.PRESS else None
    if row.together is None:  # shown to one alone: rows without a mark have nothing in common
        shown = select(Account).where(Account.id == row.account_id)
    else:
        company = Outbox.together == row.together
        shown = select(Account).join(Outbox, Outbox.account_id == Account.id).where(company, Outbox.way == "message")
    for account in db.scalars(shown).unique():
        if account.id != presser:
            yield account


def _form(app: App, db: Session, row: Outbox) -> Mapping[str, str]:
    """The fields of a template, or whose card is changed."""
    if row.way == "stamp":
        return {"people": "|".join(sorted(address_of(app, person) for person in _shown(db, row)))}
    if row.way in FORMS and row.ticket_id is not None:
        return forms.of_ticket(db, app.vault, row.ticket_id, app.settings.public_url)
    return {}
