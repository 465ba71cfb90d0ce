"""Notices: an administrator drafts one, sees whom it reaches, and confirms with the count."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from handlers.context import Context
from handlers.message import Incoming, Reply
from handlers.orders import MENTION, Order
from handlers.permissions import TABLE, Who, may_in
from handlers.registry import on
from handlers.wording import notices as wording
from handlers.wording.commands import COMMANDS
from storage import directory, notice_audience, notice_ways
from storage import notice_ledger as ledger
from storage.notice_doors import Doors
from storage.notices import Notice, NoticeState
from storage.people import Role, Staff, Unit

PREVIEW_HOLDS = timedelta(minutes=30)  # business time
ONE_MESSAGE = 2000  # UTF-8 bytes; a longer preview is two messages, since platforms cut at 2,048
# Control characters, and marks that turn the direction of writing: they could make a text look like another one.
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
BEHIND_THE_WORD = " \t\n\r\u3000,，:：、"


# --- drafting


@on("notice")
def draft(incoming: Incoming, ctx: Context, order: Order) -> Iterable[Reply]:
    """Drafts a notice to everybody below the widest unit that the speaker may write to, and shows the preview."""
    unit = issuing_unit(ctx.who)
    author = ctx.who.staff
    if unit is None or author is None:
        return [Reply(wording.NO_UNIT)]
    text = words_behind(incoming.text) or words_behind(ctx.words)
    if not text:
        return [Reply(wording.HELP)]
    if len(text) > wording.LONGEST:
        return [Reply(wording.TOO_LONG.format(length=len(text), limit=wording.LONGEST))]
    if not ledger.snapshot(ctx.db, notice_audience.within(unit.path))[0]:
        return [Reply(wording.NOBODY.format(unit=unit.name))]
    notice = ledger.open_draft(ctx.db, ctx.vault, unit_id=unit.id, author_id=author.id, text=text, now=ctx.now)
    return _preview(ctx, notice, unit)


def issuing_unit(who: Who) -> Unit | None:
    """The widest unit in which somebody may issue notices; of several as wide, the oldest."""
    roles = TABLE["notice"].roles
    units = [post.unit for post in who.posts if Role(post.role) in roles]
    return min(units, key=lambda unit: (unit.path.count("/"), unit.id), default=None)


def words_behind(said: str) -> str:
    """What stands behind the command's word, as it was written: a notice keeps its full-width signs and digits."""
    text = MENTION.sub("", UNWANTED.sub("", said.replace("\r\n", "\n")).strip()).lstrip()
    word = next((word for word in COMMANDS["notice"].words if text.startswith(word)), None)
    return text[len(word) :].lstrip(BEHIND_THE_WORD).rstrip() if word is not None else ""


def _preview(ctx: Context, notice: Notice, unit: Unit, first: str | None = None) -> list[Reply]:
    """Counts afresh, binds the draft to what is shown, and says how to confirm it."""
    text = ledger.text_of(ctx.vault, notice)
    notice.counted, notice.fingerprint = _bind(ctx, notice, unit, text)
    notice.created_at = ctx.now
    ctx.db.flush()
    shown = wording.preview_text(notice.number, unit.name, text)
    line = wording.confirm_line(notice.number, notice.counted)
    counts = f"{_counts(ctx, notice, unit)}\n\n{wording.preview_foot(line)}"
    parts = [f"{first}\n{shown}" if first else shown, counts]
    whole = "\n\n".join(parts)
    return [Reply(whole)] if len(whole.encode()) <= ONE_MESSAGE else [Reply(part) for part in parts]


def _bind(ctx: Context, notice: Notice, unit: Unit, text: str) -> tuple[int, str]:
    """How many households, and a keyed hash of the text and of exactly these households."""
    counted, digest = ledger.snapshot(ctx.db, notice_audience.members(ctx.db, notice))
    return counted, ctx.vault.lookup(_bound(text, unit, digest))


def _bound(text: str, unit: Unit, digest: str) -> str:
    return json.dumps([text, unit.id, digest])


def _counts(ctx: Context, notice: Notice, unit: Unit) -> str:
    communities: dict[str, tuple[int, int]] = {}
    channels: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    doors = ctx.notice_doors() if ctx.notice_doors is not None else Doors((), ctx.now, ctx.now)
    for row in notice_ways.count_ways(ctx.db, notice_audience.members(ctx.db, notice), doors):
        whole, able = communities.get(row.community, (0, 0))
        communities[row.community] = (whole + row.households, able + (row.households if row.door else 0))
        if row.door is not None:
            channels[row.door] += row.households
        if row.reason is not None:
            reasons[row.reason] += row.households
    return wording.preview_counts(notice.counted, communities, channels, reasons)


# --- confirming


@on("notice_confirm")
def confirm(incoming: Incoming, ctx: Context, order: Order) -> Iterable[Reply]:
    """Starts a notice, if number and count are those of the preview, and text and households have not changed."""
    if not order.numbers:
        return [Reply(wording.CONFIRM_WHICH)]
    number = order.numbers[0]
    notice = ledger.by_number(ctx.db, number, lock=True)
    unit = directory.unit_of(ctx.db, notice.unit_id if notice is not None else None)
    if notice is None or unit is None:
        return [Reply(wording.NO_SUCH.format(number=number))]
    refusal = _not_yours(ctx, notice, unit) or _not_now(notice)
    if refusal is not None:
        return [Reply(refusal)]
    ctx.bells.add("bulk")
    return _confirm_draft(ctx, notice, unit, order.numbers[1:])


def _not_yours(ctx: Context, notice: Notice, unit: Unit) -> str | None:
    if not may_in(ctx.who, "notice_confirm", unit.path, None):
        return wording.NOT_ALLOWED.format(number=notice.number, unit=unit.name)
    if ctx.who.staff is None or ctx.who.staff.id != notice.author_id:
        author = directory.name_of(ctx.vault, ctx.db.get(Staff, notice.author_id))
        return wording.NOT_YOURS.format(number=notice.number, author=author)
    return None


def _not_now(notice: Notice) -> str | None:
    if notice.state == NoticeState.CANCELLED:
        return wording.CANCELLED.format(number=notice.number)
    if notice.state != NoticeState.DRAFT:
        return wording.ALREADY.format(number=notice.number)
    return None


def _confirm_draft(ctx: Context, notice: Notice, unit: Unit, counts: tuple[int, ...]) -> list[Reply]:
    line = wording.confirm_line(notice.number, notice.counted)
    if ctx.now - notice.created_at > PREVIEW_HOLDS:
        return _preview(ctx, notice, unit, wording.EXPIRED)
    if len(counts) != 1:
        return [Reply(wording.CONFIRM_HOW.format(line=line))]
    if counts[0] != notice.counted:
        given = {"number": notice.number, "counted": notice.counted, "given": counts[0], "line": line}
        return [Reply(wording.WRONG_COUNT.format(**given))]
    digest = ledger.snapshot(ctx.db, notice_audience.members(ctx.db, notice))[1]
    bound = _bound(ledger.text_of(ctx.vault, notice), unit, digest)
    if notice.fingerprint not in ctx.vault.lookups(bound):
        return _preview(ctx, notice, unit, wording.CHANGED)
    assert ctx.who.staff is not None
    notice.state, notice.confirmed_at, notice.confirmed_by_id = NoticeState.CONFIRMED, ctx.now, ctx.who.staff.id
    ctx.db.flush()
    return [Reply(wording.STARTED.format(number=notice.number, counted=notice.counted))]
