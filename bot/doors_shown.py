"""The bodies of ``menkou doors``: what is open, the QR codes to print, the menu."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import select

from bot import qr as codes
from bot.channels import oa_menu
from bot.channels.base import Channel, ChannelError
from bot.channels.official_account import OfficialAccount
from bot.settings import Settings
from bot.wiring import App, build
from storage.deployment import ChannelAccount
from storage.people import Building, Unit, UnitKind
from storage.registering import tree_of

CALLBACKS = {"oa": "/callback/oa", "wecom": "/callback/wecom", "kf": "/callback/kf"}
FAULT, WRONG_USE = 1, 2


def show(settings: Settings) -> int:
    """Prints a few lines a door. Answers 1 when one of them is known not to work."""
    app = build(settings)
    try:
        with app.reading() as db:
            rows = {row.door: row for row in db.scalars(select(ChannelAccount))}
        for door, channel in sorted(app.channels.items()):
            for line in _lines(app, channel, rows.get(door)):
                click.echo(line)
        if not app.channels:
            click.echo("no door is set up; docs/settings.md has the credentials that open one")
    finally:
        app.close()
    return FAULT if any(row.fault for door, row in rows.items() if door in app.channels) else 0


def _lines(app: App, channel: Channel, row: ChannelAccount | None) -> list[str]:
    path = CALLBACKS.get(channel.door.partition(":")[0])
    heard = row.last_heard_at if row is not None else None
    fault = row.fault if row is not None else None
    lines = [
        channel.door,
        f"  speaks     {_abilities(channel)}",
        f"  heard      {heard.isoformat(timespec='seconds') if heard is not None else 'never'}",
        f"  fault      {fault or 'none'}",
    ]
    return [*lines[:1], f"  callback   {app.settings.public_url}{path}", *lines[1:]] if path else lines


def _abilities(channel: Channel) -> str:
    able = channel.abilities
    words = [able.speaks, f"{able.batch} a call"]
    flags = ("inline", "groups", "buttons", "media", "costs", "aloud")
    words += [name for name in flags if getattr(able, name)]
    words += sorted(way for way in able.ways if way != "message")
    words += [f"{window.messages} within {_long(window.span)} of {name}" for name, window in able.windows.items()]
    return ", ".join(words)


def _long(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    return f"{minutes} min" if minutes % 60 else f"{minutes // 60} h"


def qr(settings: Settings, estate: str, building: str | None, door: str | None, out: Path | None) -> int:
    """Prints what the code says and writes its picture. Answers 1 when the platform does not make it."""
    kind = out.suffix.removeprefix(".").lower() if out is not None else "png"
    if kind not in ("png", "svg"):
        raise click.UsageError("a picture is .png or .svg")
    app = build(settings)
    try:
        unit, house = _place(app, estate, building)
        channel = next((one for one in codes.doors(app) if door is None or one.door.startswith(f"{door}:")), None)
        if channel is None:
            raise click.UsageError(f"no door that makes QR codes is open{f' as {door}' if door else ''}")
        url = codes.of_place(app, channel, unit.id, house.id if house is not None else None)
    except ChannelError as error:
        click.echo(f"the platform did not make the code: {error}", err=True)
        return FAULT
    finally:
        app.close()
    path = out or Path(f"{unit.name}{house.name if house is not None else ''}.png")
    path.write_bytes(codes.picture(url, kind))
    click.echo(url)
    click.echo(f"written: {path}")
    return 0


def _place(app: App, estate: str, building: str | None) -> tuple[Unit, Building | None]:
    """The estate by its name, and by what is above it where several have that (社区/小区); the building by its name or
    a nickname. Raises UsageError."""
    with app.reading() as db:
        tree = tree_of(db)
        named = [unit for unit in tree.called(estate) if unit.kind == UnitKind.ESTATE]
        if len(named) != 1:
            known = (
                named or db.scalars(select(Unit).where(Unit.kind == UnitKind.ESTATE).order_by(Unit.id).limit(10)).all()
            )
            names = ", ".join(map(tree.name_of, known)) or "none"
            raise click.UsageError(f"no single estate is called {estate}; there are {names}")
        if building is None:
            return named[0], None
        rows = db.scalars(select(Building).where(Building.estate_id == named[0].id)).all()
        found = [row for row in rows if building in (row.name, *(row.nicknames or "").split())]
        if len(found) != 1:
            raise click.UsageError(f"no single building of {estate} is called {building}")
        return named[0], found[0]


def menu(settings: Settings) -> int:
    """Writes the menu. Answers 1 when the platform refuses it."""
    app = build(settings)
    try:
        account = next((one for one in app.channels.values() if isinstance(one, OfficialAccount)), None)
        if account is None:
            raise click.UsageError("no official account is set up: MENKOU_OA_APP_ID and what belongs to it")
        oa_menu.create(account.connected())
    except ChannelError as error:
        click.echo(f"the platform did not take the menu: {error}", err=True)
        return FAULT
    finally:
        app.close()
    click.echo("The menu is written; followers see it within a day, or at once after following anew.")
    return 0
