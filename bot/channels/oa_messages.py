"""What an official account's push means: one table of fields becomes one Incoming.

Source: official documents "receiving messages" and "receiving events". A message is named by its MsgId; an event has
none and is named by sender, second and event. Everything read here has passed the signature, and still is not
trusted to have the shape the documents promise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple

from bot.channels.base import Refused, clamp
from handlers.message import Incoming, Kind

Fields = Mapping[str, str]

MEDIA = "oa-media:"
_LAST_SECOND = 253_402_300_799  # the end of the year 9999, the last that datetime knows
_SECONDS = re.compile(r"-?[0-9]{1,20}")
_MESSAGE_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_PERSON = re.compile(r"[0-9A-Za-z_@.-]{1,64}")
_EVENT = re.compile(r"[0-9A-Za-z_]{1,60}")
_MEDIA_ID = re.compile(r"[0-9A-Za-z_@.+/=-]{1,256}")
_PLAIN_PART = re.compile(r"[0-9A-Za-z_.-]{1,40}")
_QR_SCENE = "qrscene_"


class Content(NamedTuple):
    """The part of a message that differs from type to type."""

    kind: Kind
    text: str = ""
    media: str | None = None
    data: Mapping[str, str] = {}
    event: str = ""


class Names:
    """Names of messages and events of one account. They are stored in clear, so that no openid may be in them."""

    def __init__(self, app_id: str, secret: bytes) -> None:
        self._prefix = f"in:oa:{app_id}:"
        self._secret = secret[:64]

    def message(self, message_id: str) -> str:
        """``in:oa:<appid>:<MsgId>``: the same for every repeat of a message."""
        return self._prefix + message_id

    def event(self, fields: Fields, *what: str) -> str:
        """``in:oa:<appid>:<hash of the sender>:<CreateTime>:<what …>``, for a push without MsgId."""
        parts = [self._hash(fields["FromUserName"]), fields["CreateTime"]]
        parts += [part if _PLAIN_PART.fullmatch(part) else self._hash(part) for part in what if part]
        return self._prefix + ":".join(parts)

    def _hash(self, value: str) -> str:
        return blake2b(value.encode(), digest_size=8, key=self._secret).hexdigest()


def understand(fields: Fields, door: str, names: Names, received_at: datetime) -> Incoming:
    """The message that ``fields`` describe. An unknown type is an Incoming too: it is answered politely.

    ``data["account"]`` is the account's own name (``gh_…``), which a passive answer has to repeat.
    Raises Refused when what every push has (sender, account, time, type) is missing or misshapen.
    """
    sender = _required(fields, "FromUserName", _PERSON)
    account = _required(fields, "ToUserName", _PERSON)
    said_at = _said_at(_required(fields, "CreateTime", _SECONDS), received_at)
    message_type = fields.get("MsgType", "").lower()
    if not message_type:
        raise Refused("the message has no type")
    content = _READERS.get(message_type, _unknown)(fields)
    return Incoming(
        key=_key(fields, names, message_type, content.kind),
        door=door,
        sender=sender,
        chat=None,
        kind=content.kind,
        said_at=said_at,
        received_at=received_at,
        text=content.text,
        media=content.media,
        addressed=True,  # an official account only ever hears what is said to it
        event=content.event,
        data={"account": account, **content.data},
    )


def _required(fields: Fields, name: str, shape: re.Pattern[str]) -> str:
    value = fields.get(name, "")
    if not shape.fullmatch(value):
        raise Refused(f"{name} is missing or misshapen")
    return value


def _said_at(create_time: str, received_at: datetime) -> datetime:
    """Absurd seconds are clamped, not refused: the words are real even where the platform's clock is not."""
    seconds = min(max(int(create_time), 0), _LAST_SECOND)
    return clamp(datetime.fromtimestamp(seconds, UTC), received_at)


def _key(fields: Fields, names: Names, message_type: str, kind: Kind) -> str:
    message_id = fields.get("MsgId", "")
    if message_type == "event":
        # MsgID (capital D) names the job that a result is about: two may end for one person in the same second.
        return names.event(fields, fields.get("Event", ""), fields.get("EventKey") or fields.get("MsgID", ""))
    if kind is Kind.UNKNOWN and not message_id:
        return names.event(fields, message_type)
    # Required of every known type. It also stops an answer of ours from being sent back to us as a message: its
    # envelope has our signature, but an answer has no MsgId.
    return names.message(_required(fields, "MsgId", _MESSAGE_ID))


def _text(fields: Fields) -> Content:
    choice = fields.get("bizmsgmenuid", "")  # the person tapped a line of a menu message
    return Content(Kind.TEXT, fields.get("Content", ""), data={"choice": choice} if choice else {})


def _image(fields: Fields) -> Content:
    return Content(Kind.IMAGE, media=_media(fields), data=_some(fields, picurl="PicUrl"))


def _voice(fields: Fields) -> Content:
    """Recognition is there only where the account has it switched on; without it the sound alone is the report."""
    return Content(Kind.VOICE, fields.get("Recognition", ""), _media(fields), _some(fields, format="Format"))


def _video(fields: Fields) -> Content:
    return Content(Kind.VIDEO, media=_media(fields))


def _location(fields: Fields) -> Content:
    return Content(Kind.LOCATION, fields.get("Label", ""), data=_coordinates(fields))


def _link(fields: Fields) -> Content:
    return Content(Kind.LINK, data=_some(fields, title="Title", description="Description", url="Url"))


def _file(fields: Fields) -> Content:
    return Content(Kind.FILE, media=_media(fields), data=_some(fields, title="Title"))


def _event(fields: Fields) -> Content:
    event = fields.get("Event", "")
    if not _EVENT.fullmatch(event):
        return Content(Kind.UNKNOWN)
    event = event.lower()
    key = fields.get("EventKey", "")
    if event in {"subscribe", "scan"}:
        scene = key.removeprefix(_QR_SCENE)
        return Content(Kind.EVENT, event=event, data={"scene": scene} if scene else {})
    return Content(Kind.EVENT, event=event, data=_some(fields, key="EventKey", job="MsgID", status="Status"))


def _unknown(_fields: Fields) -> Content:
    return Content(Kind.UNKNOWN)


_READERS: dict[str, Callable[[Fields], Content]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
    "file": _file,  # seen in practice, in no document
    "event": _event,
}


def _media(fields: Fields) -> str | None:
    media_id = fields.get("MediaId", "")
    return MEDIA + media_id if _MEDIA_ID.fullmatch(media_id) else None


def _some(fields: Fields, **names: str) -> dict[str, str]:
    return {ours: fields[theirs] for ours, theirs in names.items() if fields.get(theirs)}


def _coordinates(fields: Fields) -> dict[str, str]:
    """Location_X is the latitude and Location_Y the longitude; both or neither."""
    try:
        latitude, longitude = float(fields.get("Location_X", "")), float(fields.get("Location_Y", ""))
    except ValueError:
        return {}
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # also false for what is not a number
        return {}
    return {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}
