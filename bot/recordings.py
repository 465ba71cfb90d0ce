"""Recordings before they are kept: what they are, how long they last, and without what else rides along.

A phone writes where and with which device it recorded beside the sound; that is blanked. Sound itself is not written
anew: phones and loudspeakers play what phones record.
"""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field

LARGEST = 6 * 1024 * 1024  # bytes; a minute of anything a phone records, uncompressed sound included
AMR = b"#!AMR\n"
AMR_FRAMES = (12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5, 0, 0, 0, 0)  # bytes behind the head of a frame, by its mode
AMR_FRAME = 0.02  # seconds
MP3_RATES = ((11025, 12000, 8000), (), (22050, 24000, 16000), (44100, 48000, 32000))  # by version
MP3_BITS = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}  # thousands a second of the third layer, by version 1 and 2
PRIVATE_BOXES = frozenset({b"udta", b"meta", b"uuid"})
BOXES_WITHIN = frozenset({b"moov", b"trak", b"moof"})


class RecordingError(ValueError):
    """A file that is not taken as a recording. ``reason``: nothing, too_big, not_a_recording."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Recording:
    """Sound as it is kept."""

    mime: str
    seconds: float
    content: bytes = field(repr=False)


def clean(raw: bytes) -> Recording:
    """The recording without what is nobody's business. Raises RecordingError."""
    if not raw:
        raise RecordingError("nothing")
    if len(raw) > LARGEST:
        raise RecordingError("too_big")
    for read in (_wav, _amr, _m4a, _mp3):
        try:
            found = read(raw)
        except (struct.error, wave.Error, EOFError, IndexError, ValueError, ZeroDivisionError):
            continue
        if found is not None and found.seconds > 0:
            return found
    raise RecordingError("not_a_recording")


def _wav(raw: bytes) -> Recording | None:
    if raw[:4] != b"RIFF":
        return None
    with wave.open(io.BytesIO(raw)) as sound:
        rate, frames = sound.getframerate(), sound.readframes(sound.getnframes())
        width = sound.getsampwidth() * sound.getnchannels()
        fresh = io.BytesIO()
        with wave.open(fresh, "wb") as written:
            written.setparams(sound.getparams())
            written.writeframes(frames)
    return Recording("audio/wav", len(frames) / width / rate, fresh.getvalue())


def _amr(raw: bytes) -> Recording | None:
    if not raw.startswith(AMR):
        return None
    at, frames = len(AMR), 0
    while at < len(raw):
        at += 1 + AMR_FRAMES[raw[at] >> 3 & 15]
        frames += 1
    return Recording("audio/amr", frames * AMR_FRAME, raw)


# --- MPEG-4: boxes within boxes


def _m4a(raw: bytes) -> Recording | None:
    if raw[4:8] != b"ftyp":
        return None
    content, seconds = bytearray(raw), 0.0
    for kind, begin, end in _boxes(raw, 0, len(raw)):
        if kind == b"mvhd":
            seconds = _length(raw[begin:end])
        if kind in PRIVATE_BOXES:
            content[begin - 4 : begin] = b"free"
            content[begin:end] = bytes(end - begin)
    return Recording("audio/mp4", seconds, bytes(content))


def _boxes(raw: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Each box: its kind, where its content begins and ends."""
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", raw, at)
        if size == 0:
            size = end - at
        if size < 8 or at + size > end:
            raise ValueError("a box that is longer than its file")
        yield kind, at + 8, at + size
        if kind in BOXES_WITHIN:
            yield from _boxes(raw, at + 8, at + size)
        at += size


def _length(head: bytes) -> float:
    if head[0] == 1:
        scale, length = struct.unpack_from(">IQ", head, 20)
    else:
        scale, length = struct.unpack_from(">II", head, 12)
    return float(length / scale)


# --- MP3: frames, between labels that are left out


def _mp3(raw: bytes) -> Recording | None:
    at = _behind_label(raw)
    begin, seconds = at, 0.0
    while at + 4 <= len(raw) and (frame := _frame(raw[at : at + 4])) is not None and at + frame[0] <= len(raw):
        at, seconds = at + frame[0], seconds + frame[1]
    return Recording("audio/mpeg", seconds, raw[begin:at]) if at > begin else None


def _behind_label(raw: bytes) -> int:
    if raw[:3] != b"ID3":
        return 0
    size = 0
    for seven_bits in raw[6:10]:
        size = size << 7 | seven_bits & 127
    return 10 + size


def _frame(head: bytes) -> tuple[int, float] | None:
    """Bytes and seconds of a frame of the third layer."""
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bits, rate = head[2] >> 4, head[2] >> 2 & 3
    if head[0] != 255 or head[1] >> 5 != 7 or version == 1 or layer != 1 or bits in (0, 15) or rate == 3:
        return None
    thousands, hertz = MP3_BITS[3 if version == 3 else 2][bits], MP3_RATES[version][rate]
    samples = 1152 if version == 3 else 576
    return samples // 8 * thousands * 1000 // hertz + (head[2] >> 1 & 1), samples / hertz
