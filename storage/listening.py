"""What the neighbourhood taught its front door: examples, own words and places, answers, and what waits for a yes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, JsonObject, new_ref
from storage.people import Id


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
