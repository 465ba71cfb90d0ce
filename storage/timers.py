"""What is due and when: rows, so that nothing is forgotten by a process that dies (rule 3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, JsonObject
from storage.people import Id


class Timer(Base):
    """Something to do at a business time. Its name exists once, so it fires once, however many clocks run."""

    __tablename__ = "timers"
    __table_args__ = (Index(None, "state", "due_at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"))
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting, fired, stopped; to_count: figures
    fired_at: Mapped[datetime | None]  # business time at which it really fired: lateness is fired_at - due_at
    data: Mapped[JsonObject] = mapped_column(JSON, default=dict)


class Reminder(Base):
    """Something a staff member must be told. Those of one person that are due together become one message."""

    __tablename__ = "reminders"
    __table_args__ = (Index(None, "state", "say_after"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(30))  # accept:yellow, accept:red, progress:red, emergency …
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    due_at: Mapped[datetime]  # when it fell due
    say_after: Mapped[datetime]  # business time; ordinary ones wait for the morning. Of what was said: when
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting, said, stopped
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
