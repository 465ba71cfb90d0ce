"""What a platform's push is made of, whichever platform: a time, a sender, a file's name, a place. Nothing is trusted.

Everything read here has passed the signature, and still need not have the shape that the documents promise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple

from bot.channels.base import Refused, clamp
from handlers.message import Kind

Fields = Mapping[str, str]

PERSON = re.compile(r"[0-9A-Za-z_@.-]{1,64}")
MESSAGE_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
EVENT = re.compile(r"[0-9A-Za-z_]{1,60}")
_SECONDS = re.compile(r"-?[0-9]{1,20}")
_MEDIA_ID = re.compile(r"[0-9A-Za-z_@.+/=-]{1,256}")
_LAST_SECOND = 253_402_300_799  # the end of the year 9999, the last that datetime knows


class Content(NamedTuple):
    """The part of a message that differs from type to type."""

    kind: Kind
    text: str = ""
    media: str | None = None
    data: Mapping[str, str] = {}
    event: str = ""


def required(fields: Fields, name: str, shape: re.Pattern[str]) -> str:
    """A value that every push has. Raises Refused."""
    value = fields.get(name, "")
    if not shape.fullmatch(value):
        raise Refused(f"{name} is missing or misshapen")
    return value


def said_at(fields: Fields, received_at: datetime) -> datetime:
    """Absurd seconds are clamped, not refused: the words are real even where the platform's clock is not."""
    seconds = min(max(int(required(fields, "CreateTime", _SECONDS)), 0), _LAST_SECOND)
    return clamp(datetime.fromtimestamp(seconds, UTC), received_at)


def media(fields: Fields, prefix: str) -> str | None:
    """The handle of the file that came along: ``prefix`` and the platform's own name."""
    media_id = fields.get("MediaId", "")
    return prefix + media_id if _MEDIA_ID.fullmatch(media_id) else None


def some(fields: Fields, **names: str) -> dict[str, str]:
    """The values that are there, under our names."""
    return {ours: fields[theirs] for ours, theirs in names.items() if fields.get(theirs)}


def coordinates(fields: Fields, latitude: str = "Location_X", longitude: str = "Location_Y") -> dict[str, str]:
    """Location_X is the latitude and Location_Y the longitude; both or neither."""
    try:
        north, east = float(fields.get(latitude, "")), float(fields.get(longitude, ""))
    except ValueError:
        return {}
    if not (abs(north) <= 90 and abs(east) <= 180):  # also false for what is not a number
        return {}
    return {"latitude": f"{north:.6f}", "longitude": f"{east:.6f}"}


def hashed(secret: bytes, *values: str) -> str:
    """Sixteen characters in the place of values that must not stand in a name in clear."""
    joined = "\x1f".join(values).encode("utf-8", "surrogatepass")
    return blake2b(joined, digest_size=8, key=secret).hexdigest()
