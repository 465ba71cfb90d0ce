"""Media of a simulated official account: uploaded by our server or sent by people, gone after three days.

Source: official documents "adding temporary material" and "getting temporary material". The sizes are told, not
documented; a file's first bytes decide what it is, as its name may say anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from bot.platforms.calls import ApiFault, Call, Ground
from bot.platforms.oa_account import DAY

LIFE = 3 * DAY
LARGEST = {"image": 10 * 2**20, "voice": 2 * 2**20, "video": 10 * 2**20, "thumb": 64 * 2**10}
# Kind: file beginnings that are accepted, each with its offset, content type and suffix.
FORMATS: dict[str, tuple[tuple[int, bytes, str, str], ...]] = {
    "image": (
        (0, b"\xff\xd8\xff", "image/jpeg", "jpg"),
        (0, b"\x89PNG\r\n\x1a\n", "image/png", "png"),
        (0, b"GIF8", "image/gif", "gif"),
    ),
    "voice": (
        (0, b"#!AMR", "audio/amr", "amr"),
        (0, b"ID3", "audio/mpeg", "mp3"),
        (0, b"\xff\xfb", "audio/mpeg", "mp3"),
    ),
    "video": ((4, b"ftyp", "video/mp4", "mp4"),),
    "thumb": ((0, b"\xff\xd8\xff", "image/jpeg", "jpg"),),
}
PICTURES = "/mmbiz/pic"  # where the PicUrl of people's photos leads


@dataclass(frozen=True, slots=True)
class Stored:
    """One file."""

    media_id: str
    kind: str
    data: bytes = field(repr=False)
    content_type: str
    suffix: str
    expires_at: float


class Media:
    """All files of one account."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._all: dict[str, Stored] = {}

    def keep(self, kind: str, data: bytes) -> Stored:
        """A file under a new media_id. Raises ApiFault for what is no such file."""
        formats = FORMATS.get(kind)
        if formats is None:
            raise ApiFault(40004)
        if len(data) > LARGEST[kind]:
            raise ApiFault(45001)
        found = next((one for one in formats if data[one[0] :].startswith(one[1])), None)
        if found is None:
            raise ApiFault(40005)
        _, _, content_type, suffix = found
        until = self._ground.clock.now() + LIFE
        stored = Stored(self._ground.letters(64), kind, data, content_type, suffix, until)
        self._all[stored.media_id] = stored
        return stored

    def live(self, media_id: Any, *kinds: str) -> Stored:
        """The file, when it is one of these kinds and not expired. Raises ApiFault."""
        stored = self._all.get(media_id) if isinstance(media_id, str) else None
        if stored is None or stored.expires_at <= self._ground.clock.now() or (kinds and stored.kind not in kinds):
            raise ApiFault(40007)
        return stored

    def address(self, stored: Stored) -> str:
        """Where it can be looked at without a token, as a PicUrl."""
        return f"{self._ground.address}/oa{PICTURES}?id={stored.media_id}"

    # --- interfaces ------------------------------------------------------------------------------------------------

    def upload(self, call: Call) -> dict[str, Any]:
        """``media/upload``."""
        if call.upload is None or not call.upload.data:
            raise ApiFault(41005)
        stored = self.keep(call.query.get("type", ""), call.upload.data)
        call.noted.update(type=stored.kind, size=len(stored.data))
        name = "thumb_media_id" if stored.kind == "thumb" else "media_id"
        return {"type": stored.kind, name: stored.media_id, "created_at": int(self._ground.clock.now())}

    def get(self, call: Call) -> dict[str, Any] | Response:
        """``media/get``: the bytes, or an address where it is a video."""
        if not call.query.get("media_id"):
            raise ApiFault(41006)
        stored = self.live(call.query["media_id"])
        call.noted["media_id"] = stored.media_id
        if stored.kind == "video":
            return {"video_url": self.address(stored)}
        name = f'attachment; filename="{stored.media_id}.{stored.suffix}"'
        return Response(stored.data, media_type=stored.content_type, headers={"Content-disposition": name})

    def look(self, call: Call) -> Response:
        """A picture by its address."""
        stored = self.live(call.query.get("id"))
        return Response(stored.data, media_type=stored.content_type)
