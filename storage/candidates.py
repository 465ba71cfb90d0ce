"""What the bot would open: candidates of a group that is listened to only, or whose tickets somebody confirms first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, null, or_, select, update
from sqlalchemy.orm import Session

from storage.inbox import Inbox
from storage.listening import Candidate
from storage.outbox import SETTLED, Outbox, OutboxState
from storage.people import Group, Unit
from storage.timers import Timer

KEPT = timedelta(hours=72)  # the masked words of a candidate, however it ended
SHADOW, REVIEW, DIRECT = "shadow", "review", "direct"
ON_A_LIST = ("waiting", "right", "wrong")
LIST = "shadow:list:"  # how the messages are named that carry a night's list
PLAIN = ("category", "urgency", "kind", "night", "place_in_list", "households")  # what of a reading is nobody's words
STEP = 500  # rows a transaction


def mark_of(unit_id: int, night: str) -> str:
    """The name of one night's list of one unit: of its timer and of the messages that carry it."""
    return f"{LIST}{unit_id}:{night}"


def by_number(db: Session, number: int) -> Candidate | None:
    """The candidate that staff call by this number."""
    return db.scalars(select(Candidate).where(Candidate.number == number)).one_or_none()


def waiting(
    db: Session, group_ids: Collection[int], mode: str, since: datetime | None = None, *, locked: bool = False
) -> Sequence[Candidate]:
    """What waits for somebody's word in these groups, oldest first. ``locked``: nobody decides before the caller."""
    query = select(Candidate).where(
        Candidate.group_id.in_(group_ids), Candidate.state == "waiting", Candidate.mode == mode
    )
    if since is not None:
        query = query.where(Candidate.heard_at >= since)
    query = query.with_for_update().execution_options(populate_existing=True) if locked else query
    return db.scalars(query.order_by(Candidate.id)).all()


def is_any_waiting(db: Session, group_id: int, since: datetime) -> bool:
    """Whether a group was heard to tell something that is not decided yet."""
    here = select(Candidate.id).where(Candidate.group_id == group_id, Candidate.state == "waiting")
    return db.scalar(here.where(Candidate.heard_at >= since).limit(1)) is not None


def was_shown(db: Session, inbox_id: int) -> bool:
    """Whether a message has been a candidate, however that ended: it is never one again."""
    return db.scalar(select(Candidate.id).where(Candidate.inbox_id == inbox_id)) is not None


def settle(
    db: Session, candidate: Candidate, state: str, now: datetime, staff_id: int | None, *, known: str = "waiting"
) -> bool:
    """Takes the decision by compare-and-set: of two people who decide at once, one is too late, and so is whoever
    decides when the group has just gone over to another mode. ``known``: the state that the decision is about."""
    taken = db.execute(
        update(Candidate)
        .where(Candidate.id == candidate.id, Candidate.state == known, Candidate.mode == candidate.mode)
        .values(state=state, decided_at=now, decided_by_id=staff_id)
        .returning(Candidate.id)
    )
    done = taken.scalar_one_or_none() is not None
    db.refresh(candidate)
    stop_timers(db, [candidate])
    return done


def stop_timers(db: Session, rows: Iterable[Candidate]) -> None:
    """Nobody is asked about these any longer."""
    names = [f"candidate:{row.number}:{kind}" for row in rows for kind in ("remind", "lapse")]
    db.execute(update(Timer).where(Timer.name.in_(names), Timer.state == "waiting").values(state="stopped"))


def groups_below(db: Session, path: str) -> Sequence[Group]:
    """The residents' groups of a part of the tree."""
    here = select(Unit.id).where(Unit.path.startswith(path))
    return db.scalars(select(Group).where(Group.unit_id.in_(here), Group.kind == "residents").order_by(Group.id)).all()


def listed(db: Session, group_ids: Collection[int], now: datetime, *, locked: bool = False) -> Sequence[Candidate]:
    """What was heard in shadow and is not past its time, in the order it was heard. ``locked``: nobody takes it back
    or joins it before the caller is done."""
    query = select(Candidate).where(
        Candidate.group_id.in_(group_ids),
        Candidate.mode == SHADOW,
        Candidate.until > now,
        Candidate.state.in_(ON_A_LIST),
    )
    query = query.with_for_update().execution_options(populate_existing=True) if locked else query
    return db.scalars(query.order_by(Candidate.heard_at, Candidate.id)).all()


def counted(db: Session, group_id: int, since: datetime) -> dict[str, int]:
    """How many candidates of a group ended how since a moment, by state."""
    query = select(Candidate.state, func.count()).where(Candidate.group_id == group_id, Candidate.heard_at >= since)
    return dict(db.execute(query.group_by(Candidate.state)).all())


# --- forgetting


def blank_candidates(db: Session, now: datetime) -> int:
    """Blanks the words of candidates whose time is over (``now`` is business time), and the lists that carried them.

    What is left is a category and how it was decided. Returns how many were blanked.
    """
    left = or_(Candidate.words.is_not(None), Candidate.state == "waiting")
    rows = db.scalars(select(Candidate).where(Candidate.until <= now, left).order_by(Candidate.id).limit(STEP)).all()
    for row in rows:
        _blank(row)
        row.state = "lapsed" if row.state == "waiting" else row.state
    db.flush()
    _blank_lists(db, {str(row.reading["list"]) for row in rows if "list" in row.reading})
    return len(rows)


def forget_words(db: Session, candidate: Candidate) -> None:
    """Nothing of what was said stays: it was taken back, or is not to be kept where it is now."""
    _blank(candidate)
    db.flush()


def forget_candidates(db: Session, accounts: Collection[int], now: datetime) -> int:
    """Blanks what these accounts said, whose person is erased (``now`` is business time). What no ticket was made of
    goes with the next purge, and so does the card that shows it. Returns how many candidates those were."""
    said = select(Inbox.id).where(Inbox.sender_id.in_(accounts))
    rows = db.scalars(select(Candidate).where(Candidate.inbox_id.in_(said)).with_for_update()).all()
    ids = {int(number) for row in rows for number in (row.inbox_id, *row.reading.get("with", ()))}
    talk = update(Inbox).where(Inbox.id.in_(ids), Inbox.ticket_id.is_(None), Inbox.forget_at > now)
    db.execute(talk.values(forget_at=now))
    for row in rows:
        _blank(row)
        row.state = "lapsed" if row.state == "waiting" else row.state
    stop_timers(db, rows)
    db.flush()
    _blank_lists(db, {str(row.reading["list"]) for row in rows if "list" in row.reading})
    return len(rows)


def _blank(row: Candidate) -> None:
    row.words = None
    row.reading = {key: value for key, value in row.reading.items() if key in (*PLAIN, "list")}


def _blank_lists(db: Session, marks: Collection[str]) -> None:
    """The messages of some nights: what was said is blanked, what still waits is not said any more."""
    for mark in marks:
        sent = update(Outbox).where(Outbox.name.startswith(f"{mark}>", autoescape=True))
        gone = {"text": None, "card": null(), "code": None, "code_until": None}
        db.execute(sent.where(Outbox.state.in_(SETTLED)).values(gone), execution_options=_LOOSE)
        unheard = Outbox.state.in_((OutboxState.WAITING, OutboxState.NO_WAY))
        db.execute(sent.where(unheard).values(state=OutboxState.DEAD, reason="forgotten"), execution_options=_LOOSE)


_LOOSE = {"synchronize_session": False}
