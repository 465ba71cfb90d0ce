"""What the deployment itself remembers: marks, channel accounts, tokens, leases, sessions and the sample clock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, JsonObject, new_ref
from storage.people import Id


class Mark(Base):
    """A word about the deployment: ``sample`` (for ever), ``clock_offset_ms`` …"""

    __tablename__ = "marks"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


class ChannelAccount(Base):
    """One account of a platform that the bot speaks through; the environment fills the first of each kind."""

    __tablename__ = "channel_accounts"
    door: Mapped[str] = mapped_column(String(60), primary_key=True)  # oa:<appid>, memory:sample
    channel: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    enabled: Mapped[bool] = mapped_column(default=True)
    last_heard_at: Mapped[datetime | None]
    fault: Mapped[str | None] = mapped_column(String(80))  # why nothing goes through it; None: it works
    failing_since: Mapped[datetime | None]  # wall time
    told_at: Mapped[datetime | None]  # wall time: when staff were told of the fault or the silence
    rhythm: Mapped[JsonObject] = mapped_column(JSON, default=dict)  # how long it is usually silent


class Pull(Base):
    """An account whose messages are fetched: how far we are, and what the platform last hinted at."""

    __tablename__ = "pulls"
    __table_args__ = (UniqueConstraint("door", "account"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref, unique=True)
    door: Mapped[str] = mapped_column(String(60))
    account: Mapped[str] = mapped_column(String(60))  # open_kfid
    cursor: Mapped[str] = mapped_column(Text, default="")
    hint: Mapped[str | None] = mapped_column(Text)  # encrypted token of the last callback
    hint_until: Mapped[datetime | None]  # wall time
    wanted: Mapped[int] = mapped_column(BigInteger, default=0)  # callbacks heard
    done: Mapped[int] = mapped_column(BigInteger, default=0)  # of them, how many were followed to the end
    pulled_at: Mapped[datetime | None]  # wall time


class Token(Base):
    """An access token of a platform: leased by compare-and-set, fetched outside the transaction."""

    __tablename__ = "tokens"
    door: Mapped[str] = mapped_column(String(60), primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref)
    sealed: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime | None]  # wall time
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)


class Lease(Base):
    """Who leads (a connection, the daily purge): the fencing number rises with every change of hands."""

    __tablename__ = "leases"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    holder: Mapped[str] = mapped_column(String(60))
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    until: Mapped[datetime]  # wall time


class Question(Base):
    """What the bot asked somebody and has not been answered: at most one of a kind in a chat."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("account_id", "address", "kind"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    address: Mapped[str] = mapped_column(String(30))  # the chat it was asked in
    kind: Mapped[str] = mapped_column(String(20))  # closing, resolve, place, notice …
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"))
    data: Mapped[JsonObject] = mapped_column(JSON, default=dict)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class WebSession(Base):
    """A signed-in browser. Sessions live here, so that they can be revoked."""

    __tablename__ = "web_sessions"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInLink(Base):
    """A link that signs a member of staff in to the console: once, and only for minutes. Only its hash is stored."""

    __tablename__ = "sign_in_links"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]  # wall time
    used_at: Mapped[datetime | None]


class Screen(Base):
    """What the memory channel showed: the playground's phones. A table, since workers are other processes."""

    __tablename__ = "screens"
    __table_args__ = (Index(None, "address", "id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)  # a repeated send shows nothing twice
    address: Mapped[str] = mapped_column(String(200))  # ``group:<chat>`` or ``person:<address>``
    sender: Mapped[str] = mapped_column(String(120))  # the invented person's name; empty: the bot
    kind: Mapped[str] = mapped_column(String(12), default="text")
    text: Mapped[str] = mapped_column(Text, default="")
    card: Mapped[JsonObject | None] = mapped_column(JSON)
    media_ref: Mapped[str | None] = mapped_column(String(60))
    quoted_key: Mapped[str | None] = mapped_column(String(160))
    at: Mapped[datetime]
    recalled: Mapped[bool] = mapped_column(default=False)


class Spend(Base):
    """Pacing: what was reserved of a limit within a window; rows, so that they hold without Redis."""

    __tablename__ = "spends"
    __table_args__ = (UniqueConstraint("door", "limit_name", "window_start"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    door: Mapped[str] = mapped_column(String(60))
    limit_name: Mapped[str] = mapped_column(String(40))
    window_start: Mapped[datetime]
    used: Mapped[int] = mapped_column(default=0)
