"""Photos and recordings of the playground on their way into the media table."""

from __future__ import annotations

import io
import math
import struct
import wave
from datetime import timedelta
from functools import cache

from bot.wiring import App
from storage import media

KEPT = timedelta(days=30)
RATE = 8000  # samples a second, as a telephone
SECONDS = 1.2
VOICE = "audio/wav"


def keep(app: App, body: bytes, mime: str) -> str:
    """Stores a file and answers its name."""
    now = app.clock.wall()
    with app.writing() as db:
        return media.keep(db, body, mime, now, now + KEPT).ref


def placeholder_voice(app: App) -> str:
    """A recording for a voice message whose recognised words were typed."""
    return keep(app, murmur(), VOICE)


@cache
def murmur() -> bytes:
    """A second of something like a voice heard through a wall: two low tones that swell and fade."""
    frames = bytearray()
    for number in range(int(RATE * SECONDS)):
        at = number / RATE
        swell = math.sin(math.pi * at / SECONDS) * (0.6 + 0.4 * math.sin(2 * math.pi * 4 * at))
        tone = math.sin(2 * math.pi * 160 * at) + 0.5 * math.sin(2 * math.pi * 245 * at)
        frames += struct.pack("<h", int(5000 * swell * tone))
    out = io.BytesIO()
    with wave.open(out, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(RATE)
        recording.writeframes(bytes(frames))
    return out.getvalue()
