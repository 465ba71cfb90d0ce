"""The fields of the console's form of a notice as changes of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.web.forms import moment
from bot.web.notice_uploads import Read
from handlers.notice import call_words, notice_audience, notice_drafting
from handlers.notice import notice_steps as steps
from handlers.notice.notice_drafting import Writer
from handlers.notice.notice_places import Unclear
from handlers.rules import notice_words
from handlers.rules.deadlines import LOCAL
from handlers.rules.shifts import CallError
from handlers.wording import notice_form as wording
from storage.notices import Notice, NoticeKind
from storage.people import Unit

YEARS = 10  # before and after now; what is farther is a slip, and the calendar itself ends
VALID = ("valid_from", "valid_until")
MOMENTS = (*VALID, "hold_until")
LONGEST = {"source": notice_drafting.LONGEST_SOURCE, "reason": notice_drafting.LONGEST_REASON, "link": 500}
Form = Mapping[str, str]


def read(writer: Writer, notice: Notice, form: Form) -> Read:
    """What is understood becomes a change; what is not is said beside its field."""
    into = Read()
    form = _without_old_times(writer, notice, form)
    kind = form.get("kind", "")
    if kind in set(NoticeKind):
        into.changes["kind"] = kind
    _read_words(writer, notice, form, into)
    for name in MOMENTS:
        _read_moment(form.get(name, "").strip(), name, into, writer.now)
    held = into.changes.get("hold_until")
    if held is not None and held <= writer.now and held != notice.hold_until:
        into.wrong["hold_until"] = wording.HOLD_OVER  # else it would go at once, by a slip of the year
        del into.changes["hold_until"]
    into.changes["in_groups"] = form.get("in_groups") == "1"
    _read_audience(writer, notice, form, into)
    for name, word in (("picture_id", "no_picture"), ("voice_id", "no_voice")):
        if form.get(word) == "1":
            into.changes[name] = None  # type: ignore[literal-required]
    return into


def as_typed(at: datetime | None) -> str:
    """A moment as the browser's field of date and time holds it."""
    return at.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M") if at is not None else ""


def _without_old_times(writer: Writer, notice: Notice, form: Form) -> Form:
    """The form without a validity that was only read off the words before, and that nobody has touched since."""
    if notice_words.cleaned(form.get("text", "")) == notice_drafting.words_of(writer, notice):
        return form
    held = (notice.valid_from, notice.valid_until)
    untouched = all(form.get(name, "").strip() == as_typed(at) for name, at in zip(VALID, held, strict=True))
    return {**form, **dict.fromkeys(VALID, "")} if untouched and notice_drafting.is_read_off(writer, notice) else form


def _read_words(writer: Writer, notice: Notice, form: Form, read: Read) -> None:
    """The words, and what stands beside them; of new words what they say besides fills the fields that are empty."""
    for name, most in LONGEST.items():
        said = notice_words.cleaned(form.get(name, ""))
        if len(said) > most:
            read.wrong[name] = wording.TOO_LONG.format(most=most)
        else:
            read.changes[name] = said or None  # type: ignore[literal-required]
    text = form.get("text", "")
    if notice_words.cleaned(text) == notice_drafting.words_of(writer, notice):
        read.changes["text"] = notice_words.cleaned(text)
        return
    try:
        parted = call_words.changes(writer, notice, text)
    except CallError as error:
        read.wrong["text"] = str(error)
        return
    read.changes["text"] = parted["text"]
    for name in ("source", "link", "valid_from", "valid_until"):
        if name in parted and not form.get(name, "").strip():
            read.changes[name] = parted[name]  # type: ignore[literal-required]


def _read_moment(said: str, name: str, read: Read, now: datetime) -> None:
    if not said:
        read.changes.setdefault(name, None)  # type: ignore[misc]
        return
    at = moment(said)
    if at is not None and abs(at.year - now.year) <= YEARS:
        read.changes[name] = at  # type: ignore[literal-required]
    else:
        read.wrong[name] = wording.BAD_MOMENT


def _read_audience(writer: Writer, notice: Notice, form: Form, read: Read) -> None:
    """Whom the words name; nothing said leaves it as it is."""
    words = form.get("audience", "").strip()
    everybody = form.get("everybody") == "1"
    if not words and not everybody:
        return
    unit = writer.db.get_one(Unit, notice.unit_id)
    try:
        spec = {} if everybody else notice_audience.read(writer.db, unit, words, writer.now)
        read.changes["audience"] = steps.within_reach(writer, notice, spec, words)
    except Unclear as error:
        read.wrong["audience"] = str(error)
