"""One person of every role in the town, each with a post where such people sit, and what many messages are answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import select

from bot.scratch import DOOR
from handlers.message import Incoming, Kind
from handlers.wording import taxonomy
from storage.inbox import Inbox
from storage.outbox import Outbox
from storage.people import Account, Role, Unit, UnitKind
from tests.conversations.offices import employ
from tests.conversations.stage import Stage

WHERE = {
    Role.GRID_WORKER: "grid",
    Role.GRID_LEAD: "grid",
    Role.COMMUNITY: "community",
    Role.DISPATCHER: "street",
    Role.STREET_LEADER: "street",
    Role.HANDLER: "department",
    Role.PROPERTY: "property",
    Role.DUTY: "street",
    Role.INSPECTOR: "street",
    Role.ADMIN: "street",
    Role.BUILDING_LEAD: "estate",
    Role.ROAD_LEAD: "grid",
    Role.ASSISTANT: "community",
    Role.OWNERS: "estate",
}
AT_ONCE = 50  # messages a transaction


def name_of(role: Role) -> str:
    """How the person of a role is called: by it."""
    return f"{taxonomy.ROLE[role]}小某"


def with_everybody(town: Stage) -> Stage:
    """The town with one more person of each role; a company of lifts besides."""
    with town.app.writing() as db:
        units = {unit.kind: unit for unit in db.scalars(select(Unit))}
        for role, kind in WHERE.items():
            employ(town, db, name_of(role), units[kind], role)
        firm = Unit(parent_id=units["street"].id, kind=UnitKind.ENTERPRISE, name="安达电梯公司", function="lifts")
        db.add(firm)
        db.flush()
        firm.path = f"{units['street'].path}{firm.id}/"
        employ(town, db, "电梯老方", firm, Role.HANDLER)
    return town


def message(town: Stage, key: str, who: str, text: str, group: str | None) -> Incoming:
    """Something that somebody says to the bot."""
    now = town.app.clock.wall()
    said = {"key": key, "said_at": now, "received_at": now, "text": text, "addressed": True, "shown_name": who}
    return Incoming(door=DOOR, sender=who, chat=group, kind=Kind.TEXT, **said)  # type: ignore[arg-type]


def answers(town: Stage, messages: Iterable[Incoming]) -> Mapping[str, list[str]]:
    """What each message is answered with to whoever said it, wherever that is read, by the message's key."""
    waiting = list(messages)
    for start in range(0, len(waiting), AT_ONCE):
        town.intake.take_now(*waiting[start : start + AT_ONCE])
    found: dict[str, list[str]] = defaultdict(list)
    open_ = town.app.vault.open
    with town.app.reading() as db:
        rows = db.execute(
            select(Inbox.key, Outbox.text, Outbox.ref)
            .join(Outbox, Outbox.inbox_id == Inbox.id)
            .outerjoin(Account, Account.id == Outbox.account_id)
            .where((Outbox.account_id.is_(None)) | (Outbox.account_id == Inbox.sender_id))
            .order_by(Outbox.id)
        )
        for key, text, ref in rows:
            found[key].append(open_(text, "outbox.text", ref) if text else "")
    return found
