"""Tickets: one problem each, with the promises made about it. Changed only by compare-and-set on the version."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Select, String, UniqueConstraint, delete, false, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import workflow
from storage.base import Base, new_ref
from storage.facts import Fact, FactKind
from storage.inserts import insert_one
from storage.people import Id
from storage.vault import Vault, link_hash


class TicketNumber(Base):
    """The sequence of numbers people say aloud: never reset, gaps allowed, no internal id."""

    __tablename__ = "ticket_numbers"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads this name from the class
    number: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    drawn_at: Mapped[datetime]


class Ticket(Base):
    """One problem. Deadlines are stored as promised, with the policy that made them (rule 6)."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index(None, "status", "accept_due"),
        Index(None, "group_id", "opened_at"),
        Index(None, "unit_id", "opened_at"),
        Index(None, "task_id", sqlite_where=text("task_id IS NOT NULL"), postgresql_where=text("task_id IS NOT NULL")),
        Index(None, "closed_at", sqlite_where=text("erased_at IS NULL"), postgresql_where=text("erased_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(Id, unique=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref)
    version: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(12), default=workflow.Status.REPORTED)
    source: Mapped[str] = mapped_column(String(16), default="group")  # group, private, proxy, patrol, hotline
    kind: Mapped[str] = mapped_column(String(12))  # fault, complaint, tipoff, consult, advice, praise
    category: Mapped[str] = mapped_column(String(20))
    urgency: Mapped[str] = mapped_column(String(10))
    closing: Mapped[str | None] = mapped_column(String(16))
    confidential: Mapped[bool] = mapped_column(default=False)
    accused: Mapped[str | None] = mapped_column(String(12))  # whom a tip-off is about: property, community
    flagged: Mapped[str | None] = mapped_column(String(40))  # no_place, unheard_voice …: staff look first
    confidence: Mapped[float] = mapped_column(default=1.0)
    place: Mapped[list[str]] = mapped_column(JSON, default=list)  # substrings of what was said
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)  # where it is
    building_id: Mapped[int | None] = mapped_column(ForeignKey("buildings.id"))
    area: Mapped[str | None] = mapped_column(String(20))  # the kind of ground, where it is not its unit's: 道路
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)  # who must accept; None: 待派单
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))  # where it was said; None: in private
    reporter_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    words_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))  # the reporter's own words
    opened_at: Mapped[datetime]  # when it was first said: promises count from here
    received_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    progress_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]  # since when nobody's words of it are left; see `storage.erasing`
    accept_due: Mapped[datetime]
    progress_due: Mapped[datetime | None]
    resolve_due: Mapped[datetime | None]
    policy: Mapped[str] = mapped_column(String(30))  # the policy's name and version
    reopenings: Mapped[int] = mapped_column(default=0)
    handovers: Mapped[int] = mapped_column(default=0)
    rating: Mapped[str | None] = mapped_column(String(12))  # satisfied, dissatisfied; None: 未评价
    rating_reason: Mapped[str | None] = mapped_column(String(20))  # of 不满意: not_done, slow, attitude, other
    lane: Mapped[str | None] = mapped_column(String(8))  # public, common, private: 公家事, 大家事, 自家事
    reason_code: Mapped[str | None] = mapped_column(String(24))  # of 不予受理, 挂账 and 移交
    look_at: Mapped[datetime | None]  # 挂账: when it is looked at again
    outside: Mapped[str | None] = mapped_column(String(80))  # 移交: to whom
    outside_number: Mapped[str | None] = mapped_column(String(60))  # and under which number there
    outside_phone: Mapped[str | None] = mapped_column(String(40))
    contacted_at: Mapped[datetime | None]  # first spoken to: 先行联系
    extensions: Mapped[int] = mapped_column(default=0, server_default="0")
    returns: Mapped[int] = mapped_column(default=0, server_default="0")
    self_handled: Mapped[bool] = mapped_column(default=False, server_default=false())  # 自查自结: counted apart
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))  # 专项
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_key: Mapped[str | None] = mapped_column(String(12))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - compare-and-set on every update


class Member(Base):
    """Whoever a ticket concerns: its reporter and those who joined. Each hears the result."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("ticket_id", "account_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str] = mapped_column(String(10))  # reporter, supporter
    joined_at: Mapped[datetime]


class Desk(Base):
    """Who must accept: for tickets below ``unit_id`` of an area kind and category, a kind of unit (and its field).

    The nearest unit upwards with a fitting row wins; ``*`` fits every category.
    """

    __tablename__ = "desks"
    __table_args__ = (UniqueConstraint("unit_id", "area", "category"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    area: Mapped[str] = mapped_column(String(20))
    category: Mapped[str] = mapped_column(String(20))
    desk_kind: Mapped[str] = mapped_column(String(20))
    desk_function: Mapped[str | None] = mapped_column(String(40))


def draw_number(db: Session, now: datetime) -> int:
    """The next ticket number. A rolled-back transaction leaves a gap on PostgreSQL; nobody minds."""
    return insert_one(db, TicketNumber, {"drawn_at": now})


def by_number(db: Session, number: int) -> Ticket | None:
    """The ticket people call by this number."""
    return db.scalars(select(Ticket).where(Ticket.number == number)).one_or_none()


def move(ticket: Ticket, after: workflow.Status) -> None:
    """Changes the state. Raises NotAllowed when the table does not have the move."""
    workflow.check(ticket.status, after)
    ticket.status = after
    if after == workflow.Status.REPORTED:
        ticket.erased_at = None  # what is said of it from now on is erased in its turn


def make_link(vault: Vault, ticket: Ticket) -> None:
    """Gives the ticket its page's link: the hash is stored, the token is derived again when it is said."""
    ticket.link_key = vault.first.id
    ticket.link_hash = link_hash(vault.link(f"ticket:{ticket.ref}"))


def link_path(vault: Vault, ticket: Ticket) -> str:
    """The path of the reporter's page of a ticket."""
    return f"/t/{vault.link(f'ticket:{ticket.ref}', ticket.link_key)}"


def lead(db: Session, ticket: Ticket) -> Ticket:
    """The ticket that speaks for this one: itself, or what it was merged into, however often."""
    seen: set[int] = set()
    while ticket.status == workflow.Status.MERGED and ticket.merged_into_id is not None and ticket.id not in seen:
        seen.add(ticket.id)
        ticket = db.get_one(Ticket, ticket.merged_into_id)
    return ticket


def whole(ticket_id: int) -> Select[tuple[int]]:
    """The ids of a ticket and of everything that was merged into it."""
    tree = select(Ticket.id).where(Ticket.id == ticket_id).cte("whole", recursive=True)
    return select(tree.union(select(Ticket.id).join(tree, Ticket.merged_into_id == tree.c.id)).c.id)


def told_together(db: Session, ticket_id: int) -> Sequence[Ticket]:
    """What one message told, in the order in which it was opened."""
    message = select(Fact.inbox_id).where(Fact.ticket_id == ticket_id, Fact.kind == FactKind.OPENED).scalar_subquery()
    same = select(Fact.ticket_id).where(Fact.kind == FactKind.OPENED, Fact.inbox_id == message)
    return db.scalars(select(Ticket).where(Ticket.id.in_(same)).order_by(Ticket.id)).all()


def members(db: Session, ticket: Ticket) -> Sequence[Member]:
    """Reporter first, then supporters in the order they joined; last whoever came with what was merged into it."""
    here = Member.ticket_id.in_(whole(ticket.id))
    return db.scalars(select(Member).where(here).order_by(Member.ticket_id != ticket.id, Member.id)).all()


def leave(db: Session, ticket: Ticket, account_ids: Collection[int]) -> None:
    """A ticket, and what was merged into it, concerns this person no longer."""
    db.execute(delete(Member).where(Member.account_id.in_(account_ids), Member.ticket_id.in_(whole(ticket.id))))


def supports(ticket: Ticket, member: Member) -> bool:
    """Whether somebody hears of a ticket as a neighbour: joined it, or reported what was merged into it."""
    return member.role != "reporter" or member.ticket_id != ticket.id
