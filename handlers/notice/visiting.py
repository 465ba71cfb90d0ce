"""A visit to a front door for a notice: what was found there changes the household, and all of it can be taken back.

The chat, the console's page and the clock come here. Whether somebody may go to that door is asked before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from handlers.households import homes
from handlers.message import Person, Replies, Reply
from handlers.wording import household as household_wording
from handlers.wording import knocking as wording
from storage import door_changes, knocking
from storage.base import JsonObject
from storage.knocking import TELLS, Found
from storage.notice_people import Knock
from storage.notices import Notice
from storage.people import Household, Staff
from storage.timers import Timer
from storage.vault import Vault

LETS_GO = frozenset({Found.MOVED, Found.TENANT})
SAME_VISIT = timedelta(minutes=30)  # 没人 said twice within it is one visit


@dataclass(frozen=True, slots=True)
class Round:
    """Who goes from door to door, and when (``now`` is business time)."""

    db: Session
    vault: Vault
    now: datetime
    staff: Staff


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a visit found, and the words that are added to the household."""

    found: Found = Found.TOLD
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A visit that counts no more, what others hear of it, and whether its people could not be restored."""

    visit: Knock
    replies: Replies
    blanked: bool


def visit(at: Round, notice: Notice, home: Household, learnt: Learnt, number: int | None = None) -> Replies | None:
    """Writes a visit and what was learnt; answers what others are to hear, None where it stood there already.

    Raises LookupError where the notice did not concern this door. ``number``: of visits, as a page showed it.
    """
    at.db.refresh(home, with_for_update=True)  # two who knock at the same moment: the second sees what the first did
    if number is None and _stands(at, notice, home, learnt):
        return None
    made = knocking.add_visit(at.db, notice, home.id, learnt.found, at.staff.id, at.now, number)
    if made is None:
        return None
    changed = _change(at, home, learnt)
    if any(changed.values()):
        door_changes.note(at.db, home, made.id, changed, at.staff.id, at.now)
    told = household_wording.TOLD_MOVED.format(home=homes.address(at.db, home))
    gone = [account for account, _ in changed.get("accounts", ())]
    return [Reply(told, to=Person(account), name=f"{made.name}:gone:{account}") for account in gone]


def _stands(at: Round, notice: Notice, home: Household, learnt: Learnt) -> bool:
    last = knocking.latest_visit(at.db, home.id, notice)
    if last is None:
        return False
    if learnt.found == Found.ABSENT:
        return last.found == Found.ABSENT and at.now - last.at < SAME_VISIT
    return last.found == learnt.found or (learnt.found == Found.TOLD and last.found in TELLS)


def _change(at: Round, home: Household, learnt: Learnt) -> JsonObject:
    """Whoever moved out takes along what was known of them; where somebody opened, somebody lives."""
    changed: JsonObject = {}
    gone = [knocking.NOBODY_LIVES_THERE] if learnt.found in TELLS else []
    if learnt.found in LETS_GO:
        changed = door_changes.let_go(at.db, home, at.now)
        gone = (home.tags or "").split()
    new = (knocking.NOBODY_LIVES_THERE,) if learnt.found == Found.MOVED else learnt.tags
    kept = [tag for tag in gone if tag not in new]
    return {"dropped": door_changes.drop_tags(home, kept), "tags": door_changes.add_tags(home, new), **changed}


def take_back(at: Round, home: Household, notice: Notice | None = None) -> TakenBack | None:
    """The latest visit to a door was a mistake; None where there is none that stands."""
    at.db.refresh(home, with_for_update=True)
    last = knocking.latest_visit(at.db, home.id, notice)
    if last is None or not knocking.take_back(at.db, last, at.now):
        return None
    bound = door_changes.undo(at.db, home, last.id, at.staff.id, at.now)
    told = wording.TOLD_BOUND_AGAIN.format(home=homes.address(at.db, home))
    back = [Reply(told, to=Person(row.id), name=f"{last.name}:back:{row.id}") for row in bound or ()]
    return TakenBack(last, back, bound is None)


def ring(db: Session, vault: Vault, timer: Timer, now: datetime) -> Replies:
    """A day after somebody moved out, the book forgets them. Nobody is told."""
    door_changes.blank(db, vault, int(timer.data["household"]), int(timer.data["visit"]), now)
    return []
