"""Temporary media of one WeCom corp: uploaded by us or sent by people, gone after three days.

Source: developer documents 90253 (limits), 90254 (fetching), 90313 (errcodes). ``created_at`` is a string here. A file
is judged by its first bytes and its size, as the documents list them.
"""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response

from bot.platforms.calls import ApiFault, Call, Ground

KEPT = 3 * 86400  # seconds
SMALLEST = 6  # bytes: more than 5
MB = 1024 * 1024

BAD_ID, BAD_FILE_TYPE, BAD_TYPE, BAD_SIZE, TOO_LONG, NO_MEDIA = 40007, 40004, 40005, 40006, 45007, 44001
PICTURE_SIZE, VOICE_SIZE, VIDEO_SIZE = 40009, 40010, 40011

# type: most bytes, the errcode beyond them.
SIZES = {
    "image": (10 * MB, PICTURE_SIZE),
    "voice": (2 * MB, VOICE_SIZE),
    "video": (10 * MB, VIDEO_SIZE),
    "file": (20 * MB, BAD_SIZE),
}
LONGEST_VOICE = 60  # seconds

JPEG, PNG, AMR, MP4 = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"#!AMR\n", b"ftyp"
CONTENT_TYPES = {"image": "image/jpeg", "voice": "audio/amr", "video": "video/mp4", "file": "application/octet-stream"}
AMR_FRAMES = (13, 14, 16, 18, 20, 21, 27, 32, 6)  # bytes of a frame of 20 ms, by mode
FRAMES_A_SECOND = 50


@dataclass(frozen=True, slots=True)
class Medium:
    """One file. ``kind`` is the type it was uploaded or sent as."""

    media_id: str
    kind: str
    name: str
    data: bytes
    at: float


class Media:
    """The files of one corp, whoever they came from."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._kept: dict[str, Medium] = {}

    def keep(self, kind: str, data: bytes | str, name: str = "") -> Medium:
        """A file with an id of its own: its bytes, or base64 of them. Raises ValueError for text that is none."""
        if isinstance(data, str):
            data = base64.b64decode(data, validate=True)
        medium = Medium(self._ground.letters(43), kind, name or f"{kind}.bin", data, self._ground.clock.now())
        self._kept[medium.media_id] = medium
        return medium

    def living(self, media_id: object, kind: str | None = None) -> Medium:
        """The file, while it is kept and when it is of this kind. Raises ApiFault."""
        medium = self._kept.get(media_id) if isinstance(media_id, str) else None
        if medium is None or self._ground.clock.now() - medium.at >= KEPT or kind not in (None, medium.kind):
            raise ApiFault(BAD_ID)
        return medium

    # --- the interfaces --------------------------------------------------------------------------------------------

    def upload(self, call: Call) -> dict[str, object]:
        """``media/upload``: multipart with the field ``media``."""
        kind = call.query.get("type", "")
        if kind not in SIZES:
            raise ApiFault(BAD_TYPE)
        if call.upload is None:
            raise ApiFault(NO_MEDIA)
        judge(kind, call.upload.data)
        medium = self.keep(kind, call.upload.data, call.upload.name)
        call.noted.update(name=medium.name, size=len(medium.data))
        created = str(int(medium.at))
        return {"errcode": 0, "errmsg": "ok", "type": kind, "media_id": medium.media_id, "created_at": created}

    def get(self, call: Call) -> Response:
        """``media/get``: the file itself, its name in Content-Disposition."""
        medium = self.living(call.query.get("media_id"))
        call.noted["media_id"] = medium.media_id
        headers = {"Content-Disposition": f'attachment; filename="{quote(medium.name)}"'}
        return Response(medium.data, media_type=content_type(medium), headers=headers)


def content_type(medium: Medium) -> str:
    """What a file is, for whoever shows it."""
    return "image/png" if medium.data.startswith(PNG) else CONTENT_TYPES[medium.kind]


def judge(kind: str, data: bytes) -> None:
    """Whether the platform takes the file as this type. Raises ApiFault."""
    most, too_large = SIZES[kind]
    if len(data) < SMALLEST:
        raise ApiFault(BAD_SIZE)
    if len(data) > most:
        raise ApiFault(too_large)
    fits = {
        "image": data.startswith((JPEG, PNG)),
        "voice": data.startswith(AMR),
        "video": data[4:8] == MP4,
        "file": True,
    }
    if not fits[kind]:
        raise ApiFault(BAD_FILE_TYPE)
    if kind == "voice" and seconds(data) > LONGEST_VOICE:
        raise ApiFault(TOO_LONG)


def seconds(amr: bytes) -> float:
    """How long an AMR recording is. Raises ApiFault when it is none."""
    place, frames = len(AMR), 0
    while place < len(amr):
        mode = amr[place] >> 3 & 15
        if mode == 15:
            length = 1
        elif mode < len(AMR_FRAMES):
            length = AMR_FRAMES[mode]
        else:
            raise ApiFault(BAD_FILE_TYPE)
        place, frames = place + length, frames + 1
    return frames / FRAMES_A_SECOND


# --- what simulated people send ------------------------------------------------------------------------------------


def picture(shade: int = 128, side: int = 16) -> bytes:
    """A square PNG of one grey."""
    rows = (b"\x00" + bytes([shade]) * side) * side

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def recording(length: float = 2.0) -> bytes:
    """Silence of some seconds as AMR at 12.2 kbit/s."""
    return AMR + (b"\x3c" + bytes(31)) * int(length * FRAMES_A_SECOND)
