"""Signing in to the console: links that are good once and for minutes, and the sessions of browsers.

Neither a link's word nor a browser's is stored, only a keyed hash of it. All times are the wall's. Everything runs
inside the caller's transaction.
"""

from __future__ import annotations

import base64
import os
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from storage.deployment import SignInLink, WebSession
from storage.people import Account, Staff
from storage.vault import Vault

LINK_HOLDS = timedelta(minutes=10)
SESSION_HOLDS = timedelta(hours=12)  # a day at the office
MOST_LINKS = 5  # in the time that one holds
WORD_BYTES = 16  # 128 bits: cannot be guessed


def open_link(db: Session, vault: Vault, staff: Staff, wall: datetime) -> str | None:
    """The word of a fresh link for somebody; the ones before it open nothing any more. None: enough of them lately."""
    theirs = SignInLink.staff_id == staff.id
    lately = db.scalar(select(func.count()).where(theirs, SignInLink.expires_at > wall)) or 0
    if lately >= MOST_LINKS:
        return None
    db.execute(update(SignInLink).where(theirs, SignInLink.used_at.is_(None)).values(used_at=wall))
    word = _word()
    db.add(SignInLink(token_hash=vault.session_hash(word), staff_id=staff.id, expires_at=wall + LINK_HOLDS))
    db.flush()
    return word


def whose_link(db: Session, vault: Vault, word: str, wall: datetime) -> Staff | None:
    """Whom a link would sign in; None for one that is unknown, used or over, and for somebody who has left."""
    link = db.get(SignInLink, vault.session_hash(word))
    if link is None or link.used_at is not None or link.expires_at <= wall:
        return None
    staff = db.get(Staff, link.staff_id)
    return staff if staff is not None and staff.active else None


def sign_in(db: Session, vault: Vault, word: str, wall: datetime) -> str | None:
    """Uses a link up and opens a session: the word for the browser. None where the link opens nothing (any more)."""
    staff = whose_link(db, vault, word, wall)
    # Compare and set: of two browsers at the same moment one gets in.
    unused = update(SignInLink).where(SignInLink.token_hash == vault.session_hash(word), SignInLink.used_at.is_(None))
    if staff is None or not _changed(db.execute(unused.values(used_at=wall))):
        return None
    own = _word()
    db.add(
        WebSession(
            token_hash=vault.session_hash(own), staff_id=staff.id, created_at=wall, expires_at=wall + SESSION_HOLDS
        )
    )
    db.flush()
    return own


def whose_session(db: Session, vault: Vault, word: str, wall: datetime) -> Staff | None:
    """Whoever is signed in with this word; None once it is over, or its person has left."""
    session = db.get(WebSession, vault.session_hash(word)) if word else None
    if session is None or session.expires_at <= wall:
        return None
    staff = db.get(Staff, session.staff_id)
    return staff if staff is not None and staff.active else None


def sign_out(db: Session, vault: Vault, word: str) -> None:
    """Ends a session; one that is over already changes nothing."""
    db.execute(delete(WebSession).where(WebSession.token_hash == vault.session_hash(word)))


def unbind(db: Session, account: Account) -> None:
    """An account speaks for nobody on the staff any more: whoever it was is out of every browser, and no link opens."""
    for signed_in in (WebSession, SignInLink):
        db.execute(delete(signed_in).where(signed_in.staff_id == account.staff_id))
    account.staff_id = None


def _word() -> str:
    return base64.urlsafe_b64encode(os.urandom(WORD_BYTES)).decode().rstrip("=")


def _changed(result: object) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1
