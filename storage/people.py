"""Who lives, works and talks where: units, buildings, households, residents, staff, accounts and groups."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.base import Base, new_ref

Id = BigInteger().with_variant(Integer, "sqlite")


class UnitKind(StrEnum):
    """What an organisational unit is; the tree may have any depth."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    STATION = "station"  # 网格工作站: a street's office for several grids
    COMMUNITY = "community"
    ESTATE = "estate"  # 小区: where households are
    GRID = "grid"  # 网格: who walks there
    PROPERTY = "property"  # 物业
    DEPARTMENT = "department"  # 城管, 供电 …
    ENTERPRISE = "enterprise"  # 企业: a company that keeps lifts, lines or streets, and is no department


class Role(StrEnum):
    """What a person may be in a unit. A person may hold several, in several units."""

    RESIDENT = "resident"
    GRID_WORKER = "grid_worker"
    GRID_LEAD = "grid_lead"
    COMMUNITY = "community"
    DISPATCHER = "dispatcher"  # 街道派单员
    STREET_LEADER = "street_leader"
    HANDLER = "handler"  # 部门、企业承办人
    PROPERTY = "property"
    DUTY = "duty"  # 值班员
    INSPECTOR = "inspector"
    ADMIN = "admin"
    BUILDING_LEAD = "building_lead"  # 楼栋长
    ROAD_LEAD = "road_lead"  # 路段长
    ASSISTANT = "assistant"  # 协管员
    OWNERS = "owners"  # 业委会


# What these see and say of a ticket is beside the work: a desk's cards are not theirs, and with them alone it is empty.
AT_NO_DESK = frozenset({Role.BUILDING_LEAD, Role.ROAD_LEAD, Role.ASSISTANT, Role.OWNERS, Role.INSPECTOR})


class Unit(Base):
    """An organisational unit. ``path`` lists the ids from the root to itself: ``/1/4/9/``."""

    __tablename__ = "units"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    path: Mapped[str] = mapped_column(String(200), index=True, default="/")
    function: Mapped[str | None] = mapped_column(String(40))  # a department's field: urban, power, water, gas, fire …
    phone: Mapped[str | None] = mapped_column(String(40))  # the desk's public number
    hours: Mapped[str | None] = mapped_column(String(80))  # when somebody answers it
    area: Mapped[str | None] = mapped_column(String(20))  # 居民区, 商务楼宇, 道路, 专属
    nicknames: Mapped[str | None] = mapped_column(String(200))  # separated by blanks
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))  # an estate's grid
    review_list: Mapped[bool] = mapped_column(default=False, server_default=false())  # switched on by the unit


class Building(Base):
    """A building of an estate."""

    __tablename__ = "buildings"
    __table_args__ = (UniqueConstraint("estate_id", "name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    estate_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str] = mapped_column(String(40))
    nicknames: Mapped[str | None] = mapped_column(String(200))


class Household(Base):
    """A front door. ``community_id`` repeats the tree so that counting tens of thousands needs no join."""

    __tablename__ = "households"
    __table_args__ = (
        UniqueConstraint("building_id", "entrance", "room"),
        Index(None, "community_id"),
        Index(None, "contact_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    estate_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    community_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    entrance: Mapped[str] = mapped_column(String(10), default="")
    room: Mapped[str] = mapped_column(String(20))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id", use_alter=True))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", use_alter=True))
    tags: Mapped[str | None] = mapped_column(String(120))  # elderly, alone … separated by blanks


class Resident(Base):
    """A person of a household. Name and phone are encrypted; erasure blanks them and keeps the row."""

    __tablename__ = "residents"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref, unique=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"), index=True)
    name: Mapped[str | None] = mapped_column(String(400))
    phone: Mapped[str | None] = mapped_column(String(400))
    phone_hash: Mapped[str | None] = mapped_column(String(60), index=True)
    notices_off_at: Mapped[datetime | None]  # wants no ordinary notices; emergencies come all the same
    erased_at: Mapped[datetime | None]


class Staff(Base):
    """Somebody who works for a unit. Names are known to colleagues and, on acceptance, to the reporter."""

    __tablename__ = "staff"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref, unique=True)
    name: Mapped[str] = mapped_column(String(400))
    phone: Mapped[str | None] = mapped_column(String(400))
    active: Mapped[bool] = mapped_column(default=True)
    posts: Mapped[list[Post]] = relationship(lazy="selectin")


class Post(Base):
    """A role in a unit."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("staff_id", "unit_id", "role"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    unit: Mapped[Unit] = relationship(lazy="joined")


class BindCode(Base):
    """A code that binds whoever says it or scans it: to a member of staff, or to a household. Only its keyed hash is
    stored. A household's may be used by all who live there, until it ends or its uses are up.
    """

    __tablename__ = "bind_codes"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(60), unique=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))  # whom it was given to, if known
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    uses_left: Mapped[int] = mapped_column(default=1)


class Claim(Base):
    """Somebody says that they live there, and no record says so: a grid worker decides."""

    __tablename__ = "claims"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref)
    number: Mapped[int] = mapped_column(Id, unique=True)  # what staff say: 确认绑定 12
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    name: Mapped[str | None] = mapped_column(String(400))  # encrypted; blanked when it was decided
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting, agreed, refused, lapsed
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class Scene(Base):
    """A QR code of a place: whoever comes by it is there. It names an estate or building and is no secret."""

    __tablename__ = "scenes"
    __table_args__ = (UniqueConstraint("door", "scene"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    door: Mapped[str] = mapped_column(String(60))
    scene: Mapped[str] = mapped_column(String(32))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    building_id: Mapped[int | None] = mapped_column(ForeignKey("buildings.id"))
    url: Mapped[str] = mapped_column(String(400))  # what the picture says
    made_at: Mapped[datetime]


class Account(Base):
    """Somebody's account on a platform: the only thing that authorises anybody.

    ``door`` names the channel account (``oa:wx12…``, ``memory:sample``). The address (openid, user id) is encrypted
    and found by its keyed hash.
    """

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("door", "address_hash"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(32), default=new_ref, unique=True)
    door: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(600))
    address_hash: Mapped[str] = mapped_column(String(60))
    shown_name: Mapped[str | None] = mapped_column(String(600))  # encrypted nickname, where the platform tells it
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    follows: Mapped[bool] = mapped_column(default=True)
    last_said_at: Mapped[datetime | None]
    hinted_at: Mapped[datetime | None]  # when it was last told what the bot is for
    attentive_until: Mapped[datetime | None]  # an open report, question or recent photo: read everything it says
    window_until: Mapped[datetime | None]  # wall time: how long the platform lets us speak to them
    window_left: Mapped[int] = mapped_column(default=0)  # and how many messages
    with_person_until: Mapped[datetime | None]  # a member of staff talks to them on the platform; the bot is silent
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))  # the estate whose code they came by


class Group(Base):
    """A group chat, bound to the unit (and perhaps building) that its members live in or work for."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("door", "chat"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    door: Mapped[str] = mapped_column(String(60))
    chat: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12), default="residents")  # residents, staff
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    building_id: Mapped[int | None] = mapped_column(ForeignKey("buildings.id"))
    place: Mapped[str | None] = mapped_column(String(120))  # how the place is said, completes relative places
    muted_until: Mapped[datetime | None]  # 静音: the owner asked for silence
    hushed_until: Mapped[datetime | None]  # people quarrel: the bot keeps out of it
    # shadow: hears and says nothing; review: a person confirms each ticket; direct: opens by itself
    mode: Mapped[str] = mapped_column(String(8), default="review", server_default="review")
