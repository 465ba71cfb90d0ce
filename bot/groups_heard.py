"""The groups that a batch of messages comes from. One that nobody knew begins on 先审后说, bound to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.owe import Desk, owe
from bot.wiring import App
from handlers.groups import changing_modes
from handlers.message import Incoming
from storage import directory
from storage.conflict import on_conflict_do_nothing
from storage.people import Group, Role

Chat = tuple[str, str]
"""Door and chat of a group."""
TOLD = (frozenset({Role.ADMIN}), frozenset({Role.DUTY}), frozenset({Role.DISPATCHER, Role.COMMUNITY}))


def chat_of(incoming: Incoming) -> Chat:
    """Where it was said; the chat is empty in private."""
    return incoming.door, incoming.chat or ""


def groups_of(
    app: App, db: Session, messages: Iterable[Incoming], now: datetime, wall: datetime
) -> Mapping[Chat, Group]:
    """The group of each chat; a new one is a row from now on."""
    wanted = {chat_of(incoming): incoming for incoming in messages if incoming.chat}
    if not wanted:
        return {}
    doors, chats = {door for door, _ in wanted}, {chat for _, chat in wanted}
    known = db.scalars(select(Group).where(Group.door.in_(doors), Group.chat.in_(chats)))
    found = {(row.door, row.chat): row for row in known}
    for place in sorted(wanted):
        if place not in found:
            found[place] = _new(app, db, wanted[place], now, wall)
    return found


def _new(app: App, db: Session, incoming: Incoming, now: datetime, wall: datetime) -> Group:
    """Another process may hear the same group for the first time at the same time; the staff are told once."""
    door, chat = chat_of(incoming)
    row = {"door": door, "chat": chat, "name": (incoming.data.get("chat_name") or chat)[:120], "kind": "residents"}
    made = db.scalar(on_conflict_do_nothing(db, Group, "door", "chat").values([row]).returning(Group.id))
    group = db.scalars(select(Group).where(Group.door == door, Group.chat == chat)).one()
    if made is not None:
        people = next(filter(None, (directory.with_any_role(db, roles) for roles in TOLD)), [])
        desk = Desk(db, app.vault, app.channels, now, wall, app.doors_down())
        owe(desk, changing_modes.heard_first(db, group, people), None)
    return group
