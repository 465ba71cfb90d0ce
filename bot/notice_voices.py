"""Recordings of notices that no browser plays (AMR, from WeChat): ``ffmpeg`` writes them anew, where there is one.

The notice keeps its file, which plays from then on; the recording as it came is kept beside it. Without the program
the page offers the file for the phone's own player. The program reads a pipe and nothing else, for twenty seconds at
most; it runs outside any transaction.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import subprocess
from dataclasses import dataclass

from sqlalchemy import select

from bot.wiring import App
from storage.base import new_ref
from storage.media import LARGEST, STORED, Media
from storage.notices import Notice

log = logging.getLogger(__name__)

PROGRAM = "ffmpeg"
UNPLAYABLE = frozenset({"audio/amr", "audio/silk", "audio/speex"})
PLAYABLE = "audio/mpeg"
WORDS = ("-nostdin", "-v", "error", "-protocol_whitelist", "pipe", "-i", "pipe:0")
INTO = ("-vn", "-map_metadata", "-1", "-ac", "1", "-b:a", "48k", "-f", "mp3", "pipe:1")
LONGEST = 20.0  # seconds that the program may take for a minute of speech
AT_ONCE = 4  # recordings of one call
GIVEN_UP = "cannot be written anew"
ORIGINAL = "as it came: "  # the reason of the row that keeps it, with the name of the other


@dataclass(frozen=True, slots=True)
class _Voice:
    ref: str
    mime: str
    content: bytes


def convert_due(app: App) -> int:
    """Writes recordings anew that are not playable yet. Answers how many; 0 where the host has no such program."""
    program = shutil.which(PROGRAM)
    if program is None:
        return 0
    waiting = _waiting(app)
    for voice in waiting:
        _settle(app, voice, _played(program, voice.content))
    return len(waiting)


def _waiting(app: App) -> list[_Voice]:
    with app.reading() as db:
        rows = db.scalars(
            select(Media)
            .join(Notice, Notice.voice_id == Media.id)
            .where(Media.mime.in_(UNPLAYABLE), Media.state == STORED, Media.bytes != b"", Media.reason.is_(None))
            .order_by(Media.id)
            .limit(AT_ONCE)
        ).all()
        return [_Voice(row.ref, row.mime, row.bytes) for row in rows]


def _played(program: str, content: bytes) -> bytes:
    """The sound as MP3; nothing, where the program makes nothing of it."""
    try:
        done = subprocess.run(
            [program, *WORDS, *INTO], input=content, capture_output=True, timeout=LONGEST, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("a recording could not be written anew (%s)", type(error).__name__)
        return b""
    return done.stdout if done.returncode == 0 and len(done.stdout) <= LARGEST else b""


def _settle(app: App, voice: _Voice, content: bytes) -> None:
    with app.writing() as db:
        row = db.scalars(select(Media).where(Media.ref == voice.ref).with_for_update()).one_or_none()
        if row is None or row.mime != voice.mime or row.reason is not None:
            return  # somebody else was quicker, or it was forgotten meanwhile
        if not content:
            row.reason = GIVEN_UP
            return
        kept = Media(ref=new_ref(), sha256=row.sha256, mime=row.mime, bytes=row.bytes, created_at=row.created_at)
        kept.reason = f"{ORIGINAL}{row.ref}"[:80]
        db.add(kept)
        row.bytes, row.mime, row.sha256 = content, PLAYABLE, hashlib.sha256(content).hexdigest()
