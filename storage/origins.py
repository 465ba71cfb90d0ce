"""Where a ticket comes from beside the words of a resident: an order of the hotline, an older ticket, many like it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base
from storage.people import Id

PROXY, PATROL = "proxy", "patrol"  # sources of tickets: told for somebody who cannot; found by staff themselves
ROOT_CAUSE = "root_cause"  # the source of a ticket that looks for the root of many: nobody reported it


class HotlineOrder(Base):
    """An order of the 12345 hotline. Its own deadline holds; the three results are the hotline's, not ours."""

    __tablename__ = "hotline_orders"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)  # the hotline's
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), unique=True)
    received_at: Mapped[datetime]  # by the hotline
    due_at: Mapped[datetime]
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)  # said in a group before
    earlier_at: Mapped[datetime | None]
    responded: Mapped[bool | None]  # 响应: contacted in time, as the hotline's follow-up call found
    solved: Mapped[bool | None]  # 解决
    satisfied: Mapped[bool | None]  # 满意


class Link(StrEnum):
    """What one ticket is to another."""

    LATE_COMPLAINT = "late_complaint"  # came after the window of the other had closed
    CAUSE_OF = "cause_of"  # the root-cause case of the other
    SAME_AGAIN = "same_again"  # told the hotline what was told us before


class TicketLink(Base):
    """Two tickets belong together without being one."""

    __tablename__ = "ticket_links"
    __table_args__ = (UniqueConstraint("ticket_id", "other_id", "kind"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
