"""What the neighbourhood taught its front door: examples, own words and places, answers, and what waits for a yes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, delete, false, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, JsonObject, new_ref
from storage.inbox import Inbox
from storage.inserts import insert_one
from storage.people import Id
from storage.tickets import Ticket
from storage.vault import Vault


class Example(Base):
    """A message that a member of staff labelled. The words are masked first and then sealed.

    ``about`` names the message (``in:<inbox id>``) or ticket (``t:<id>``): a later label of the same replaces it.
    """

    __tablename__ = "examples"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref, unique=True)
    about: Mapped[str] = mapped_column(String(80), unique=True)
    text: Mapped[str] = mapped_column(String(8000))
    is_report: Mapped[bool]
    category: Mapped[str | None] = mapped_column(String(20))  # None: no report
    source: Mapped[str] = mapped_column(String(20))  # recategorised, not_report, is_report, reviewed, shadow
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]


class Word(Base):
    """A word of the deployment's own lexicon. ``means``: a group of the lexicon, or ``=`` and a word it stands for."""

    __tablename__ = "words"
    __table_args__ = (UniqueConstraint("word", "means"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    word: Mapped[str] = mapped_column(String(40))
    means: Mapped[str] = mapped_column(String(60))
    removes: Mapped[bool] = mapped_column(default=False, server_default=false())  # takes the word out of the group
    added_at: Mapped[datetime]


class Landmark(Base):
    """A name that residents use for a place: a gate, shop, road or corner, and the unit it belongs to."""

    __tablename__ = "landmarks"
    __table_args__ = (UniqueConstraint("unit_id", "name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    building_id: Mapped[int | None] = mapped_column(ForeignKey("buildings.id"))
    name: Mapped[str] = mapped_column(String(40))
    outside: Mapped[bool] = mapped_column(default=False, server_default=false())  # outside the estate's red line
    added_at: Mapped[datetime]


class Answer(Base):
    """办事问答: a question that people ask, its answer, where the answer comes from and how long it holds."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("unit_id", "question"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))  # None: the whole deployment
    question: Mapped[str] = mapped_column(String(200))
    others: Mapped[list[str]] = mapped_column(JSON, default=list)  # other ways of asking it
    answer: Mapped[str] = mapped_column(String(1000))
    source: Mapped[str] = mapped_column(String(200))
    valid_until: Mapped[date | None]  # the last day, in Asia/Shanghai
    changed_at: Mapped[datetime]


class Candidate(Base):
    """What the bot would open, in a group where it does not open by itself: kept masked until decided or lapsed.

    ``words`` are masked first and then sealed; they are blanked when ``until`` is over.
    """

    __tablename__ = "candidates"
    __table_args__ = (Index(None, "group_id", "state"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref, unique=True)
    number: Mapped[int] = mapped_column(Id, unique=True)  # what staff say
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    inbox_id: Mapped[int] = mapped_column(ForeignKey("inbox.id"), unique=True)
    mode: Mapped[str] = mapped_column(String(8))  # shadow, review
    words: Mapped[str | None] = mapped_column(String(8000))
    reading: Mapped[JsonObject] = mapped_column(JSON, default=dict)  # category, urgency, confidence, because
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting, opened, right, wrong, lapsed
    heard_at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))


class Change(Base):
    """What somebody changed about the listening itself: append-only, one row a change.

    ``about`` names the thing: ``group:12``, ``unit:3``, ``word:电梯``, ``answer:7``, ``weights``.
    """

    __tablename__ = "changes"
    __table_args__ = (Index(None, "about", "id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    about: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # None: an operator at the machine
    data: Mapped[JsonObject] = mapped_column(JSON, default=dict)  # before, after; never personal text


# --- what staff taught

OF_MESSAGE, OF_TICKET = "in:", "t:"


@dataclass(frozen=True, slots=True)
class Label:
    """What a member of staff said of a message. ``text`` is masked already; no category: it is no report."""

    about: str  # ``in:<inbox id>`` or ``t:<ticket id>``
    text: str
    category: str | None
    source: str
    ticket_id: int | None = None
    unit_id: int | None = None
    staff_id: int | None = None


def learn_example(db: Session, vault: Vault, label: Label, at: datetime) -> None:
    """Writes one example, or overwrites what was said of the same before. Words that were nothing but masks, or
    nothing at all (a voice that nobody could read), teach nothing."""
    if not label.text.strip():
        return
    row = db.scalars(select(Example).where(Example.about == label.about)).one_or_none()
    if row is None:
        row = Example(ref=new_ref(), about=label.about)
        db.add(row)
    row.text = vault.seal(label.text, "examples.text", row.ref)
    row.is_report, row.category, row.source = label.category is not None, label.category, label.source
    row.ticket_id, row.unit_id, row.staff_id, row.made_at = label.ticket_id, label.unit_id, label.staff_id, at
    db.flush()


def unlearn_example(db: Session, about: str) -> None:
    """Takes one example back: nothing was said of it."""
    db.execute(delete(Example).where(Example.about == about))


def examples(db: Session, vault: Vault) -> list[Label]:
    """Everything that staff taught, in the order it was taught."""
    return [
        Label(
            about=row.about,
            text=vault.open(row.text, "examples.text", row.ref),
            category=row.category if row.is_report else None,
            source=row.source,
            ticket_id=row.ticket_id,
            unit_id=row.unit_id,
            staff_id=row.staff_id,
        )
        for row in db.scalars(select(Example).order_by(Example.made_at, Example.id))
    ]


def forget_examples(db: Session, accounts: Collection[int]) -> int:
    """Removes what was learnt from the words of these accounts, whose person is erased. Returns how many those were."""
    said = [f"{OF_MESSAGE}{number}" for number in _said_and_taught(db, accounts)]
    theirs = select(Ticket.id).where(Ticket.reporter_id.in_(accounts))
    gone = select(Example.id).where(Example.about.in_(said) | Example.ticket_id.in_(theirs))
    ids = db.scalars(gone).all()
    db.execute(delete(Example).where(Example.id.in_(ids)))
    return len(ids)


def _said_and_taught(db: Session, accounts: Collection[int]) -> Sequence[int]:
    """The messages of these accounts among those that were labelled."""
    labelled = db.scalars(select(Example.about).where(Example.about.startswith(OF_MESSAGE)))
    ids = [int(about.removeprefix(OF_MESSAGE)) for about in labelled]
    return db.scalars(select(Inbox.id).where(Inbox.id.in_(ids), Inbox.sender_id.in_(accounts))).all() if ids else ()


# --- what was changed about the listening


def note_change(
    db: Session, about: str, kind: str, at: datetime, *, staff_id: int | None = None, data: JsonObject | None = None
) -> int:
    """Writes who changed what; ``data`` holds before and after, never anybody's words. Returns its number."""
    row = {"about": about, "kind": kind, "at": at, "staff_id": staff_id, "data": data or {}}
    return insert_one(db, Change, row)


def newest_change(db: Session) -> int:
    """The number of the newest change, 0 before the first: what a process compares to see whether to look again."""
    return db.scalar(select(func.max(Change.id))) or 0


def changes(db: Session, about: str, limit: int, kinds: Collection[str] = ()) -> Sequence[Change]:
    """The latest changes of a thing (``weights``) or of a kind of thing (``word:``), newest first; of these kinds."""
    named = Change.about.startswith(about, autoescape=True) if about.endswith(":") else Change.about == about
    query = select(Change).where(named)
    query = query.where(Change.kind.in_(kinds)) if kinds else query
    return db.scalars(query.order_by(Change.id.desc()).limit(limit)).all()
