"""What is said of a notice in a residents' group, and who is asked to say it where no bot may."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from handlers.message import InGroup, Member, Replies, Reply
from handlers.wording import notice_reading as wording
from storage import directory, households
from storage.notice_ledger import text_of
from storage.notices import Notice, NoticeKind, Purpose
from storage.people import Group, Role, Staff, Unit
from storage.vault import Vault

PASS_ON = (Role.GRID_WORKER, Role.GRID_LEAD, Role.COMMUNITY)


def line(db: Session, vault: Vault, notice: Notice, address: str) -> str:
    """The one line, with the group's link. Raises VaultError when the text's key is gone."""
    issuer = db.get_one(Unit, notice.unit_id).name
    text = text_of(vault, notice)
    return wording.group_line(NoticeKind(notice.kind), Purpose(notice.purpose), issuer, text, address)


def cancelled_line(db: Session, vault: Vault, notice: Notice) -> str:
    """What a group hears that was told of it. Raises VaultError as above."""
    issuer = db.get_one(Unit, notice.unit_id).name
    return wording.cancelled_line(NoticeKind(notice.kind), issuer, text_of(vault, notice))


def in_group(notice: Notice, group: Group, said: str, name: str) -> Reply:
    """The line in the group itself. It is the office's word, previewed and confirmed: nothing in it is masked."""
    urgent = notice.kind == NoticeKind.EMERGENCY
    return Reply(said, to=InGroup(group.id), name=name, urgent=urgent, as_written=True)


def by_worker(db: Session, notice: Notice, group: Group, said: str, name: str) -> Replies:
    """The same to whoever walks there, to be passed on: the line stands alone, so that it can be forwarded as it is.

    Nobody, where the group's place has no staff.
    """
    urgent = notice.kind == NoticeKind.EMERGENCY
    please = wording.TO_PASS_ON.format(group=group.name)
    return [
        Reply(text, to=Member(staff.id), name=f"{name}:{staff.id}:{part}", urgent=urgent, aloud=False)
        for staff in _walking(db, group)
        for part, text in (("please", please), ("line", said))
    ]


def _walking(db: Session, group: Group) -> Sequence[Staff]:
    """The grid workers of the group's place, else the nearest above."""
    unit = directory.unit_of(db, group.unit_id)
    grid = directory.unit_of(db, unit.grid_id if unit is not None else None)
    above = [level.id for level in (*directory.ancestors(db, grid), *directory.ancestors(db, unit))]
    return households.nearest_with(db, list(dict.fromkeys(above)), PASS_ON)
