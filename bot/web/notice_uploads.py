"""Files of the console's form of a notice: a picture, a recording, a list of front doors.

A picture is written anew, a recording measured and rid of what rides along; both then belong to the notice. A list with
anything wrong in it is not taken at all, and each line is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot import pictures, recordings
from bot.wiring import App
from handlers.notice import notice_audience, notice_steps
from handlers.notice.notice_drafting import Changes, Writer
from handlers.notice.notice_places import Unclear
from handlers.wording import notice_drafting as drafting_words
from handlers.wording import notice_form as wording
from storage import media
from storage.notices import Notice
from storage.people import Unit

LONGEST_LIST = 1_000_000  # bytes of a list of doors
ROUNDED = 0.5  # seconds by which a recording may pass the longest
Files = Mapping[str, bytes]


@dataclass(slots=True)
class Read:
    """What a form says: changes that were understood, and what was not, by field."""

    changes: Changes = field(default_factory=Changes)
    wrong: dict[str, str] = field(default_factory=dict)


def read(app: App, writer: Writer, notice: Notice, files: Files, into: Read) -> None:
    """Takes what was chosen: into the table of files, and into the changes."""
    if picture := files.get("picture"):
        _read_picture(app, writer, picture, into)
    if voice := files.get("voice"):
        _read_voice(app, writer, voice, into)
    if doors := files.get("doors"):
        _read_doors(writer, notice, doors, into)


def _read_picture(app: App, writer: Writer, raw: bytes, into: Read) -> None:
    try:
        content, mime = pictures.clean(raw)
    except pictures.PictureError as error:
        into.wrong["picture_id"] = wording.BAD_PICTURE[error.reason]
        return
    into.changes["picture_id"] = media.keep(writer.db, content, mime, app.clock.wall()).id


def _read_voice(app: App, writer: Writer, raw: bytes, into: Read) -> None:
    most = writer.policy.voice_longest.total_seconds()
    try:
        found = recordings.clean(raw)
    except recordings.RecordingError:
        into.wrong["voice_id"] = drafting_words.NOT_A_VOICE
        return
    if found.seconds > most + ROUNDED:
        into.wrong["voice_id"] = drafting_words.VOICE_TOO_LONG.format(seconds=round(found.seconds), most=round(most))
        return
    into.changes["voice_id"] = media.keep(writer.db, found.content, found.mime, app.clock.wall()).id


def _read_doors(writer: Writer, notice: Notice, raw: bytes, into: Read) -> None:
    if len(raw) > LONGEST_LIST:
        into.wrong["doors"] = wording.LIST_TOO_LARGE
        return
    text = _decoded(raw)
    if text is None:
        into.wrong["doors"] = wording.LIST_UNREADABLE
        return
    unit = writer.db.get_one(Unit, notice.unit_id)
    spec, wrong = notice_audience.read_list(writer.db, unit, text)
    if wrong or not spec["households"]:
        into.wrong["doors"] = wording.lines(wrong) if wrong else wording.LIST_EMPTY
        return
    try:
        into.changes["audience"] = notice_steps.within_reach(writer, notice, spec, "")
    except Unclear as error:
        into.wrong["doors"] = str(error)


def _decoded(raw: bytes) -> str | None:
    """UTF-8, or what an office's spreadsheet writes."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
