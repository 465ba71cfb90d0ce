"""Recordings of notices: how long they are, and what is left out of them."""

from __future__ import annotations

import io
import struct
import wave

import pytest

from bot import recordings
from bot.recordings import RecordingError


def wav(seconds: float) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(int(8000 * seconds) * 2))
    return out.getvalue()


def amr(seconds: float) -> bytes:
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * int(seconds * 50)


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def m4a(seconds: float, place: bytes = b"+30.2741+120.1551/") -> bytes:
    head = bytes(12) + struct.pack(">II", 1000, int(seconds * 1000)) + bytes(80)
    return box(b"ftyp", b"M4A ") + box(b"moov", box(b"mvhd", head) + box(b"udta", place)) + box(b"mdat", b"sound")


def mp3(seconds: float, label: bytes = b"who") -> bytes:
    size = 144 * 64000 // 44100
    frames = (b"\xff\xfb\x50\x00" + bytes(size - 4)) * round(seconds * 44100 / 1152)
    return b"ID3\x03\x00\x00" + bytes([0, 0, 0, len(label)]) + label + frames + b"TAG" + b"Somebody".ljust(125)


@pytest.mark.parametrize(
    ("make", "mime"), [(wav, "audio/wav"), (amr, "audio/amr"), (m4a, "audio/mp4"), (mp3, "audio/mpeg")]
)
def test_how_long_it_is(make: object, mime: str) -> None:
    found = recordings.clean(make(20.0))  # type: ignore[operator]
    assert found.mime == mime
    assert found.seconds == pytest.approx(20, abs=0.05)
    again = recordings.clean(found.content)
    assert (again.content, again.mime) == (found.content, mime)


def test_where_it_was_recorded_is_blanked() -> None:
    raw = m4a(5)
    found = recordings.clean(raw)
    assert b"30.2741" not in found.content
    assert len(found.content) == len(raw), "what follows stays where players look for it"
    assert b"sound" in found.content
    labelled = recordings.clean(mp3(5))
    assert b"who" not in labelled.content
    assert b"Somebody" not in labelled.content


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "nothing"),
        (b"RIFF....", "not_a_recording"),
        (b"%PDF-1.7 and so on", "not_a_recording"),
        (box(b"ftyp", b"M4A "), "not_a_recording"),
        (box(b"ftyp", b"M4A ") + struct.pack(">I4s", 99, b"moov"), "not_a_recording"),
        (b"\xff\xfb\x50\x00", "not_a_recording"),
        (bytes(recordings.LARGEST + 1), "too_big"),
    ],
)
def test_what_is_no_recording_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(RecordingError) as refused:
        recordings.clean(raw)
    assert refused.value.reason == reason
