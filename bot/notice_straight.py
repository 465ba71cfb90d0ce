"""Households that are cut into slices as they are written down: a row is written once for it, not twice.

Where a platform takes one text for a thousand people and the notice may go as soon as its ledger is complete, the
fan-out fills whole calls as it comes along. Left to be cut later, as ever: whoever speaks for several front doors
(they are told once), the rest that fills no call, and everybody of a notice that has to wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot import notice_doors
from bot.channels.base import Channel
from bot.notice_cutting import common_text, key_of
from bot.notice_request import Member, Request
from bot.wiring import App
from storage import notice_cuts, notice_ledger
from storage.base import new_ref
from storage.notice_cuts import Cut
from storage.notice_doors import Doors
from storage.notice_ledger import Page
from storage.notice_ways import Way
from storage.notices import Notice
from storage.vault import VaultError


@dataclass(frozen=True, slots=True)
class Call:
    """A full call: its households with their addresses in the clear, in the order of their rows."""

    channel: Channel
    people: Sequence[tuple[int, str]]


def doors(app: App, able: Doors) -> dict[str, Channel]:
    """The doors by which whole calls are alike, at any time. What brings a person only so much a month is none."""
    found = {}
    for door in able.able:
        channel = notice_doors.speaking(app, door.name)
        if channel is not None and channel.abilities.alike and not door.windowed and door.name not in app.bulk:
            found[door.name] = channel
    return found


def calls(app: App, page: Page, straight: dict[str, Channel]) -> tuple[Page, list[Call]]:
    """The full calls of a page, and the page, which ends with the last of them: who comes behind it is for the next."""
    open_: dict[str, list[tuple[int, str]]] = defaultdict(list)
    full: list[Call] = []
    end = len(page.ways)
    for place, way in enumerate(page.ways):
        speaker = way.speaker
        address = _address(app, way) if speaker is not None and speaker.door in straight else None
        if speaker is None or address is None:
            continue
        waiting, channel = open_[speaker.door], straight[speaker.door]
        waiting.append((way.household_id, address))
        if len(waiting) == channel.abilities.batch:
            full.append(Call(channel, open_.pop(speaker.door)))
            end = place + 1
    if page.last or not full:
        return page, full
    return page.up_to(end), full


def _address(app: App, way: Way) -> str | None:
    """None where it is left to be cut later: who has several front doors, and what does not open."""
    speaker = way.speaker
    if speaker is None or speaker.for_many:
        return None
    try:
        return app.vault.open(speaker.address, "accounts.address", speaker.ref)
    except VaultError:
        return None


def write(app: App, db: Session, notice: Notice, page: Page, full: Sequence[Call]) -> None:
    """Writes a page with its calls as slices, in the caller's transaction; the notice's row is locked."""
    cuts = [_cut(app, notice, call) for call in full]
    ids = notice_cuts.open_slices(db, cuts) if cuts else []
    cut = {household: number for number, call in zip(ids, full, strict=True) for household, _ in call.people}
    rows = notice_ledger.fan_out_step(db, app.vault, notice, page, cut)
    now = app.clock.now(db)
    texts = {call.channel.door: common_text(app, db, notice, call.channel) for call in full}
    requests = {}
    for number, one, call in zip(ids, cuts, full, strict=True):
        request = _request(notice, call, rows, texts[call.channel.door], now, one.provider_key)
        requests[number] = app.vault.seal(request.dump(), notice_cuts.PLACE, one.ref)
    if requests:
        notice_cuts.fill_slices(db, requests)


def _cut(app: App, notice: Notice, call: Call) -> Cut:
    return Cut(
        notice_id=notice.id,
        door=call.channel.door,
        round=0,
        ref=new_ref(),
        provider_key=notice_cuts.new_provider_key(),
        request=None,
        members=[household for household, _ in call.people],
        due=app.clock.wall(),
    )


def _request(notice: Notice, call: Call, rows: dict[int, int], text: str, now: datetime, together: str) -> Request:
    members = (Member(rows[home], key_of(notice, 0, home), address, "") for home, address in call.people)
    return Request(text, now, tuple(members), together)
