"""Drafts of notices, for the chat and for the console alike: open one, change it, see what is missing, bind it.

A ``Writer`` is somebody of the staff at work in an open transaction; nothing here commits. The console builds one from
its session, a chat from its context (``writer_of``). The order is always: ``open_notice``, ``change`` as often as
wanted, ``problems`` until there are none, ``notice_preview.show``, which binds the draft to what was shown, and then
``notice_signing.sign``. Times are aware; ``now`` is business time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypedDict

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.notice import audience_said, issuing
from handlers.rules import notice_words
from handlers.rules.notice_policy import NoticePolicy
from handlers.wording import notice_drafting as wording
from handlers.wording import notice_words as patterns
from storage import directory, listening, notice_audience, notice_ledger
from storage.base import JsonObject
from storage.counting import counted
from storage.media import LOST, Media
from storage.notice_doors import Doors
from storage.notices import Notice, NoticeKind, NoticeState
from storage.people import Post, Staff, Unit
from storage.vault import Vault

OPEN = frozenset({NoticeState.DRAFT, NoticeState.PROPOSED, NoticeState.SIGNING})  # may still be changed
PROVABLE = re.compile(r"\d{3,}|https?://|[〔（(\[]\d{4}[〕）)\]]")  # a telephone, a document's number, a link
LONGEST_SOURCE, LONGEST_REASON, LONGEST_LINK = 200, 200, 500


@dataclass(frozen=True, slots=True)
class Writer:
    """Who works on a notice, and everything that takes. ``doors`` are those that notices go out by now."""

    db: Session
    vault: Vault
    now: datetime
    policy: NoticePolicy
    staff: Staff
    doors: Callable[[], Doors]

    @property
    def posts(self) -> list[Post]:
        """What they are where; nothing for somebody who has left."""
        return self.staff.posts if self.staff.active else []


def writer_of(ctx: Context) -> Writer | None:
    """Whoever is speaking, as a writer; None for somebody who is not of the staff."""
    staff = ctx.who.staff
    if staff is None or not staff.active:
        return None
    doors = ctx.notice_doors or (lambda: Doors((), ctx.now, ctx.now))
    return Writer(ctx.db, ctx.vault, ctx.now, ctx.policy.notices, staff, doors)


class Changes(TypedDict, total=False):
    """What may be changed of a draft; what is left out stays."""

    kind: str
    text: str
    source: str | None
    reason: str | None
    link: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    hold_until: datetime | None
    in_groups: bool
    audience: JsonObject
    picture_id: int | None
    voice_id: int | None


class Problem(NamedTuple):
    """Why it cannot go yet: the field of ``Changes``, and the sentence for its author."""

    field: str
    sentence: str


def open_notice(
    writer: Writer, unit: Unit, text: str = "", kind: str = NoticeKind.ORDINARY, *, ref: str | None = None
) -> Notice:
    """A new draft of somebody for a unit. What its words say besides (来源, validity, a link) is taken from them.

    Of a property company it goes to its own estates, unless it says otherwise. ``ref``: of the form it is
    written in.
    """
    notice = notice_ledger.open_draft(
        writer.db, writer.vault, unit_id=unit.id, author_id=writer.staff.id, text="", now=writer.now, ref=ref
    )
    notice.kind, notice.purpose, notice.audience, notice.in_groups = kind, "first", {}, True
    own = issuing.proposers_estates(writer.posts, unit)
    if own and not issuing.may_issue(writer.posts, unit, kind):
        notice.audience = {notice_audience.UNITS: own}
    if text:
        change(writer, notice, from_words(text, writer.now))
    writer.db.flush()
    return notice


def from_words(text: str, now: datetime) -> Changes:
    """The words of a notice and what they say besides. What they do not say is left as it is."""
    parted = notice_words.part(notice_words.cleaned(text))
    changes = Changes(text=parted.text)
    if parted.source is not None:
        changes["source"] = parted.source[:LONGEST_SOURCE]
    if parted.link is not None and len(parted.link) <= LONGEST_LINK:
        changes["link"] = parted.link
    held = notice_words.validity(parted.text, now)
    changes["valid_from"], changes["valid_until"] = held
    return changes


def new_words(writer: Writer, notice: Notice, text: str) -> Changes:
    """The same of words that replace others. Where they say no validity, one that somebody set stays; one that was
    only read off the words before goes with them."""
    changes = from_words(text, writer.now)
    if changes["valid_until"] is None and not is_read_off(writer, notice):
        del changes["valid_from"], changes["valid_until"]
    return changes


def is_read_off(writer: Writer, notice: Notice) -> bool:
    """Whether the validity of a draft is what its words say, and was not set besides."""
    text = words_of(writer, notice)
    held = (notice.valid_from, notice.valid_until)
    return held in [notice_words.validity(text, at) for at in (notice.created_at, writer.now)]


def words_of(writer: Writer, notice: Notice) -> str:
    """The words of a notice."""
    return notice_ledger.text_of(writer.vault, notice)


def change(writer: Writer, notice: Notice, changes: Changes) -> None:
    """Changes a draft. Whatever had been signed is void, and it must be shown again before it is confirmed."""
    values: dict[str, Any] = dict(changes)
    if "text" in values:
        notice.text = writer.vault.seal(values.pop("text"), "notices.text", notice.ref)
    for name, value in values.items():
        setattr(notice, name, value)
    signed = notice.reviewed_at is not None or notice.confirmed_at is not None
    void(notice)
    _keep_media(writer, notice)
    if signed:
        note(writer, notice, "voided")
    writer.db.flush()


def void(notice: Notice) -> None:
    """No signature holds any longer, nor what was counted."""
    notice.fingerprint = ""
    notice.reviewed_at = notice.reviewed_by_id = None
    notice.confirmed_at = notice.confirmed_by_id = None
    notice.second_at = notice.second_by_id = notice.consent = None
    if notice.state == NoticeState.SIGNING:
        notice.state = NoticeState.DRAFT


def _keep_media(writer: Writer, notice: Notice) -> None:
    """A picture or recording does not expire while a notice has it."""
    for number in (notice.picture_id, notice.voice_id):
        row = writer.db.get(Media, number) if number is not None else None
        if row is not None:
            row.expires_at = None


def note(writer: Writer, notice: Notice, what: str, **data: object) -> None:
    """The history of a notice: who did what to it when."""
    by = writer.staff.id
    listening.note_change(writer.db, f"notice:{notice.number}", what, writer.now, staff_id=by, data=dict(data))


# --- what is missing


def problems(writer: Writer, notice: Notice) -> list[Problem]:
    """Everything that keeps a draft from going out, in the order of the form. Empty: it may be shown and confirmed."""
    text = words_of(writer, notice)
    return [*_text(writer, text), *_source(notice, text), *_rest(writer, notice), *_media(writer, notice)]


def _text(writer: Writer, text: str) -> list[Problem]:
    most = writer.policy.text_longest
    if not text:
        return [Problem("text", wording.NO_TEXT)]
    return [Problem("text", wording.TOO_LONG.format(length=len(text), limit=most))] if len(text) > most else []


def source_asked(notice: Notice, text: str) -> str | None:
    """The field of what must say whose word it is (water, weather …, emergency); None where nothing must."""
    return notice_words.passed_on(text) or ("emergency" if notice.kind == NoticeKind.EMERGENCY else None)


def _source(notice: Notice, text: str) -> list[Problem]:
    field = source_asked(notice, text)
    if field is None:
        return []
    if not notice.source:
        return [Problem("source", wording.NO_SOURCE.format(what=wording.WHAT[field], example=wording.EXAMPLES[field]))]
    if PROVABLE.search(notice.source) is None and not notice.link:
        said = wording.SOURCE_BARE.format(source=notice.source, example=wording.EXAMPLES[field])
        return [Problem("source", said)]
    return []


def _rest(writer: Writer, notice: Notice) -> list[Problem]:
    found = []
    if notice.kind == NoticeKind.EMERGENCY and not notice.reason:
        found.append(Problem("reason", wording.NO_REASON))
    if notice.link and patterns.LINK.fullmatch(notice.link) is None:
        found.append(Problem("link", wording.BAD_LINK))
    if notice.valid_until is not None and notice.valid_until <= writer.now:
        found.append(Problem("valid_until", wording.ALREADY_OVER.format(until=wording.until(notice.valid_until))))
    elif notice.valid_until is not None and notice.valid_from is not None and notice.valid_until <= notice.valid_from:
        found.append(Problem("valid_until", wording.ENDS_BEFORE))
    if not notice_ledger.anybody(writer.db, notice_audience.members(writer.db, notice)):
        found.append(Problem("audience", _nobody(writer, notice)))
    return found


def _nobody(writer: Writer, notice: Notice) -> str:
    if notice.audience:
        return wording.NOBODY_CHOSEN.format(said=audience_said.describe(writer.db, notice))
    unit = directory.unit_of(writer.db, notice.unit_id)
    return wording.NOBODY.format(unit=unit.name if unit is not None else "")


def _media(writer: Writer, notice: Notice) -> list[Problem]:
    found = []
    pairs = (("voice_id", notice.voice_id, wording.VOICE_LOST), ("picture_id", notice.picture_id, wording.PICTURE_LOST))
    for name, number, sentence in pairs:
        row = writer.db.get(Media, number) if number is not None else None
        if number is not None and (row is None or row.state == LOST):
            found.append(Problem(name, sentence))
    return found


# --- what a confirmation is bound to


def bound(writer: Writer, notice: Notice, digest: str) -> str:
    """Everything that is confirmed, as one text: the words, how it looks, how long it holds, and exactly to whom."""
    # In UTC, as they come back from the database: the same moment in another zone is no change.
    moments = (notice.valid_from, notice.valid_until, notice.hold_until)
    times = [moment.astimezone(UTC).isoformat() if moment else None for moment in moments]
    return json.dumps(
        [
            words_of(writer, notice),
            [notice.kind, notice.purpose, notice.of_id, notice.unit_id],
            [notice.source, notice.reason, notice.link],
            [*times, notice.in_groups],
            [notice.picture_id, notice.voice_id],
            notice.audience,
            digest,
        ],
        sort_keys=True,
    )


def _snapshot(writer: Writer, notice: Notice) -> tuple[int, str]:
    """How many households, and a digest of exactly which; counted before the transaction that wants it."""
    which = notice_audience.members(writer.db, notice)
    key = ("snapshot", notice_audience.key_of(notice))
    return counted(writer.db, key, lambda db: notice_ledger.snapshot(db, which))


def bind(writer: Writer, notice: Notice) -> None:
    """Counts afresh and ties the draft to what is about to be shown: from now on the preview's time runs."""
    households, digest = _snapshot(writer, notice)
    notice.counted, notice.fingerprint = households, writer.vault.lookup(bound(writer, notice, digest))
    notice.created_at = writer.now
    writer.db.flush()


def is_unchanged(writer: Writer, notice: Notice) -> bool:
    """Whether words, audience and all the rest are still what was shown."""
    digest = _snapshot(writer, notice)[1]
    return bool(notice.fingerprint) and notice.fingerprint in writer.vault.lookups(bound(writer, notice, digest))
