"""QR codes: of an estate or building, a row made once and printed; of a household, made for the two days of its code.

The platform is asked outside every transaction. What a code says is random: nothing public contains an internal id.
"""

from __future__ import annotations

import io
import secrets

import segno
from sqlalchemy import select

from bot.channels import kf_links, oa_qr
from bot.channels.base import Channel, Closed
from bot.channels.kf import Kf
from bot.channels.official_account import OfficialAccount
from bot.wiring import App
from handlers.households.homes import CODE_HOLDS, HOUSEHOLD_SCENE, PLACE_SCENE
from storage.people import Scene

DOORSTEP = "doorstep"  # the scene of 微信客服's link that households' codes are added to
RANDOM = 8  # bytes


def doors(app: App) -> list[Channel]:
    """The doors that make QR codes, the official account first."""
    found = [channel for channel in app.channels.values() if isinstance(channel, OfficialAccount | Kf)]
    able = [channel for channel in found if channel.door not in app.doors_down() and channel.abilities.speaks == "now"]
    return sorted(able, key=lambda channel: isinstance(channel, Kf))


def of_place(app: App, channel: Channel, unit_id: int, building_id: int | None) -> str:
    """What the picture of a place says; asked of the platform the first time only. Raises what the channel raises."""
    known = _known(app, channel.door, unit_id, building_id)
    if known is not None:
        return known
    scene = f"{PLACE_SCENE}{secrets.token_hex(RANDOM)}"
    url = _make(channel, scene)
    with app.writing() as db:
        row = Scene(door=channel.door, scene=scene, unit_id=unit_id, building_id=building_id, url=url)
        row.made_at = app.clock.wall()
        db.add(row)
    return url


def _known(app: App, door: str, unit_id: int, building_id: int | None) -> str | None:
    with app.reading() as db:
        here = Scene.building_id.is_not_distinct_from(building_id)
        return db.scalar(select(Scene.url).where(Scene.door == door, Scene.unit_id == unit_id, here).order_by(Scene.id))


def _make(channel: Channel, scene: str) -> str:
    if isinstance(channel, OfficialAccount):
        return oa_qr.qr_code(channel.connected(), scene).url
    return kf_links.link(_kf(channel).connected(), _first_account(channel), scene)


def of_household(channel: Channel, code: str) -> str:
    """What the picture for one household says, while its code holds. Raises what the channel raises."""
    scene = f"{HOUSEHOLD_SCENE}{code}"
    if isinstance(channel, OfficialAccount):
        return oa_qr.qr_code(channel.connected(), scene, CODE_HOLDS).url
    link = kf_links.link(_kf(channel).connected(), _first_account(channel), DOORSTEP)
    return kf_links.with_param(link, scene)


def _kf(channel: Channel) -> Kf:
    if not isinstance(channel, Kf):
        raise Closed("this door makes no QR codes", fault=False)
    return channel


def _first_account(channel: Channel) -> str:
    found = kf_links.accounts(_kf(channel).connected())
    if not found:
        raise Closed("no account of the customer service is open to our secret")
    return found[0].open_kfid


def picture(url: str, kind: str) -> bytes:
    """A picture of what a code says, ``png`` or ``svg``, with room for a worn print."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind=kind, scale=10, border=4)
    return out.getvalue()


def on_a_page(url: str) -> str:
    """The same as an element of a page, in black on white whatever the browser's colours."""
    return segno.make(url, error="m", micro=False).svg_inline(scale=8, border=4, light="#fff", omitsize=True)
