"""``menkou staff bind wecom``: the corp's own list of members says which account belongs to whom on the staff.

An account authorises, so that nothing is guessed: a name counts only where one member of staff and one member of the
corp have it, the operator sees every pair before anything is written, and whoever is left uses a one-time code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channels.base import ChannelError
from bot.channels.wecom import WecomApp
from bot.channels.wecom_contacts import Member, members
from bot.settings import SettingError, Settings
from bot.wiring import App, build
from storage import directory
from storage.base import new_ref
from storage.people import Account, Staff
from storage.vault import Vault

NOBODY = "no member has this name"
SEVERAL = "the name is not unique"
TAKEN = "the account is bound to somebody else"


@dataclass(frozen=True, slots=True)
class Pair:
    """Somebody on the staff who has no account at this door: their member of the corp, or why there is none."""

    staff_id: int
    name: str
    member: Member | None
    why_not: str = ""


def run(settings: Settings, *, yes: bool) -> int:
    """Prints who would be bound to whom; with ``yes`` binds them. Exit 1: the list could not be read.

    Raises SettingError where there is no such door.
    """
    app = build(settings)
    try:
        channel = next((one for one in app.channels.values() if isinstance(one, WecomApp)), None)
        if channel is None or channel.api is None:
            raise SettingError("The WeCom app is not set up: see docs/settings.md.")
        try:
            found = members(channel.api)
        except ChannelError as error:
            click.echo(f"The list of members could not be read ({error}); menkou doctor says more.", err=True)
            return 1
        _print(bind(app, channel.door, found) if yes else plan(app, channel.door, found), yes=yes)
    finally:
        app.close()
    return 0


def plan(app: App, door: str, found: Sequence[Member]) -> list[Pair]:
    """Everybody on the staff without an account at ``door``, in the order of their ids."""
    with app.reading() as db:
        return list(_pairs(db, app.vault, door, found))


def bind(app: App, door: str, found: Sequence[Member]) -> list[Pair]:
    """The same, and those who have a member are bound to that account."""
    with app.writing() as db:
        pairs = list(_pairs(db, app.vault, door, found))
        for pair in pairs:
            if pair.member is not None:
                _bind(db, app.vault, door, pair.member.userid, pair.staff_id)
        return pairs


def _pairs(db: Session, vault: Vault, door: str, found: Sequence[Member]) -> Iterator[Pair]:
    names = {row.id: directory.name_of(vault, row).strip() for row in db.scalars(select(Staff).where(Staff.active))}
    there = Account.door == door, Account.staff_id.is_not(None), Account.follows
    bound = set(db.scalars(select(Account.staff_id).where(*there)))
    ours, theirs = Counter(names.values()), Counter(member.name for member in found)
    by_name = {member.name: member for member in found}
    for number in sorted(names.keys() - bound):
        name = names[number]
        if name not in by_name:
            yield Pair(number, name, None, NOBODY)
        elif ours[name] > 1 or theirs[name] > 1:  # also when the other one of the name is bound already
            yield Pair(number, name, None, SEVERAL)
        elif _bound_to_another(db, vault, door, by_name[name].userid, number):
            yield Pair(number, name, None, TAKEN)
        else:
            yield Pair(number, name, by_name[name])


def _account(db: Session, vault: Vault, door: str, userid: str) -> Account | None:
    hashes = vault.lookups(f"{door}:{userid}")
    return db.scalars(select(Account).where(Account.door == door, Account.address_hash.in_(hashes))).first()


def _bound_to_another(db: Session, vault: Vault, door: str, userid: str, staff_id: int) -> bool:
    account = _account(db, vault, door, userid)
    return account is not None and account.staff_id not in (None, staff_id)


def _bind(db: Session, vault: Vault, door: str, userid: str, staff_id: int) -> None:
    account = _account(db, vault, door, userid)
    if account is None:
        ref = new_ref()
        account = Account(
            ref=ref,
            door=door,
            address=vault.seal(userid, "accounts.address", ref),
            address_hash=vault.lookup(f"{door}:{userid}"),
        )
        db.add(account)
    account.staff_id, account.follows = staff_id, True


def _print(pairs: Sequence[Pair], *, yes: bool) -> None:
    counted: Mapping[bool, int] = Counter(pair.member is not None for pair in pairs)
    for pair in pairs:
        click.echo(f"{pair.staff_id:>5}  {pair.name}  {pair.member.userid if pair.member else f'- {pair.why_not}'}")
    if counted[True]:
        click.echo(f"{counted[True]} {'bound' if yes else 'would be bound: look through them, then add --yes'}")
    if counted[False]:
        click.echo(f"{counted[False]} left: `menkou staff code ID` makes a one-time code for each")
    if not pairs:
        click.echo("everybody on the staff has an account in WeCom")
