"""What the token of a notice's page opens. A token is 128 random-looking bits under one of our keys; only its hash is
stored. Unknown, mistaken and withdrawn ones look alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import notice_groups
from storage.notice_ledger import common_link, link_name, text_of
from storage.notice_people import GroupPost
from storage.notices import Ledger, Notice, NoticeState, Purpose
from storage.vault import Vault, link_hash

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 bits


@dataclass(frozen=True, slots=True)
class Link:
    """A household's own page, a group's, or the one that everybody is sent."""

    notice_id: int
    household_id: int | None = None
    group_id: int | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What holds instead of a notice. Without a token its words stand on the old page."""

    token: str | None
    text: str


def may_be_token(token: str) -> bool:
    """Whether a token looks like one of ours: for what does not, nobody asks the database."""
    return TOKEN.fullmatch(token) is not None


def find(db: Session, token: str) -> Link | None:
    """What a token opens; None for one that nobody was given."""
    mark = link_hash(token)
    own = db.execute(select(Ledger.notice_id, Ledger.household_id).where(Ledger.link_hash == mark)).one_or_none()
    if own is not None:
        return Link(own.notice_id, household_id=own.household_id)
    aloud = db.execute(select(GroupPost.notice_id, GroupPost.group_id).where(GroupPost.link_hash == mark)).one_or_none()
    if aloud is not None:
        return Link(aloud.notice_id, group_id=aloud.group_id)
    common = db.scalar(select(Notice.id).where(Notice.link_hash == mark))
    return Link(common) if common is not None else None


def correction_of(db: Session, vault: Vault, link: Link) -> Correction | None:
    """The newest correction of what a link opens, as a page of the same sort: a household's own leads to its own."""
    issued = select(Notice).where(
        Notice.of_id == link.notice_id,
        Notice.purpose == Purpose.CORRECT,
        Notice.confirmed_at.is_not(None),
        Notice.state.in_((NoticeState.CONFIRMED, NoticeState.SENDING, NoticeState.DONE)),
    )
    newer = db.scalars(issued.order_by(Notice.id.desc()).limit(1)).first()
    if newer is None:
        return None
    return Correction(_token(db, vault, newer, link), text_of(vault, newer))


def _token(db: Session, vault: Vault, newer: Notice, link: Link) -> str | None:
    """The token of the correction's page; None where it has none of this sort, or its key was taken away."""
    try:
        if link.household_id is not None:
            mine = Ledger.notice_id == newer.id, Ledger.household_id == link.household_id
            key = db.scalar(select(Ledger.link_key).where(*mine))
            return vault.link(link_name(newer.id, link.household_id), key) if key is not None else None
        if link.group_id is not None:
            mine = GroupPost.notice_id == newer.id, GroupPost.group_id == link.group_id
            post = db.scalars(select(GroupPost).where(*mine)).one_or_none()
            return notice_groups.link_of(vault, post) if post is not None else None
        return common_link(vault, newer) if newer.link_hash is not None else None
    except KeyError:
        return None
