"""The notices of the sample neighbourhood in figures, and the links that lie unopened on its screens."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from storage import notice_figures, notice_ledger
from storage.deployment import Screen
from storage.notices import Ledger, LedgerState, Notice
from storage.vault import Vault, link_hash

NEWEST = 3  # notices on the page
LOOKED_THROUGH = 2000  # screens, newest first
LINK = re.compile(r"https?://[^\s/]+(/n/[A-Za-z0-9_-]{16,64})")


def newest(db: Session, vault: Vault) -> list[dict[str, Any]]:
    """The newest notices with what became of their households."""
    found = db.scalars(select(Notice).order_by(Notice.id.desc()).limit(NEWEST)).all()
    return [
        {
            "number": notice.number,
            "state": notice.state,
            "text": notice_ledger.text_of(vault, notice),
            "counted": notice.counted,
            "ready": bool(notice.fingerprint),  # shown in whole; else something is asked for in the chat
            **asdict(notice_figures.figures(db, notice.id).total),
        }
        for notice in found
    ]


def unopened(db: Session, number: int, limit: int) -> list[str]:
    """Paths of household links of a notice that were shown on a screen and not looked at yet."""
    shown = db.scalars(
        select(Screen)
        .where(or_(Screen.text.contains("/n/"), cast(Screen.card, String).contains("/n/")))
        .order_by(Screen.id.desc())
        .limit(LOOKED_THROUGH)
    )
    paths = {link_hash(path.rpartition("/")[2]): path for row in shown for path in _links(row)}
    unread = db.scalars(
        select(Ledger.link_hash)
        .join(Notice)
        .where(Notice.number == number, Ledger.seen_at.is_(None), Ledger.state == LedgerState.SENT)
        .order_by(Ledger.id)
    )
    return [paths[mark] for mark in unread if mark in paths][:limit]


def _links(row: Screen) -> list[str]:
    link = (row.card or {}).get("link") or ""
    return LINK.findall(f"{row.text} {link}")
