"""What a pulled message of 微信客服 means: one object of ``msg_list`` becomes one Incoming.

Source: developer documents 94670 and 94699 ("receiving messages and events"). What a customer says has origin 3, what
the system reports is an event, what a member of staff writes in the client has origin 5; our own messages never come
back. The fields of a forwarded chat record (``merged_msg``) are known from memory only: it is read leniently.
Everything here came over the platform's own interface, and still is not trusted to have the promised shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from bot.channels.base import Refused, clamp
from bot.channels.flat import clean
from handlers.message import Incoming, Kind

Fields = Mapping[str, Any]

MEDIA = "kf-media:"
CUSTOMER, STAFF = 3, 5  # origins
MOST_FORWARDED = 100  # lines of a chat record that are read
_LAST_SECOND = 253_402_300_799  # the end of the year 9999, the last that datetime knows
_MESSAGE_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_PART = re.compile(r"[0-9A-Za-z_@.-]{1,64}")
_MEDIA_ID = re.compile(r"[0-9A-Za-z_@.+/=-]{1,256}")
_PRESSED = re.compile(r"([a-z_]{1,40}(?::[a-z_]{1,40})?)#([0-9]{0,18})")
_SESSION = {1: "taken", 2: "passed", 3: "ended", 4: "taken"}  # 4: an ended one is taken up again


class Content(NamedTuple):
    """The part of a message that differs from type to type."""

    kind: Kind
    text: str = ""
    media: str | None = None
    data: Mapping[str, str] = {}
    event: str = ""
    quoted: str | None = None


class Names:
    """Names of messages of one corporation. They are stored in clear, so that nobody's id may be in them."""

    def __init__(self, corp_id: str, secret: bytes) -> None:
        self._prefix = f"in:kf:{corp_id}:"
        self._secret = secret[:64]

    def of(self, message: Fields) -> str:
        """``in:kf:<corpid>:<msgid>``; of what has no usable msgid, a keyed hash of all of it."""
        message_id = message.get("msgid")
        if isinstance(message_id, str) and _MESSAGE_ID.fullmatch(message_id):
            return self._prefix + message_id
        whole = json.dumps(message, sort_keys=True, ensure_ascii=True).encode()
        return f"{self._prefix}:{blake2b(whole, digest_size=16, key=self._secret).hexdigest()}"

    def message(self, message_id: str) -> str:
        """The name of the message with this id."""
        return self._prefix + message_id


def understand(message: Fields, door: str, names: Names, received_at: datetime) -> Incoming | None:
    """The message; None for what says nothing about a customer. An unknown type is an Incoming too.

    Raises Refused where sender, account or time are missing or misshapen.
    """
    content = _content(message, names)
    if content is None:
        return None
    return Incoming(
        key=names.of(message),
        door=door,
        sender=_sender(message),
        chat=None,
        kind=content.kind,
        said_at=said_at(message, received_at),
        received_at=received_at,
        text=content.text,
        media=content.media,
        quoted=content.quoted,
        addressed=True,  # this door only ever hears what is said to it
        event=content.event,
        data=content.data,
    )


def said_at(message: Fields, received_at: datetime) -> datetime:
    """The platform's time, clamped: the words are real even where the platform's clock is not. Raises Refused."""
    seconds = message.get("send_time")
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise Refused("send_time is missing or misshapen")
    return clamp(datetime.fromtimestamp(min(max(seconds, 0), _LAST_SECOND), UTC), received_at)


def _content(message: Fields, names: Names) -> Content | None:
    message_type, origin = message.get("msgtype"), message.get("origin")
    if not isinstance(message_type, str) or not message_type:
        raise Refused("the message has no type")
    if message_type == "event":
        return _event(_object(message, "event"), names)
    if origin == STAFF:
        return Content(Kind.EVENT, event="staff_said")  # that somebody speaks, never what
    if origin != CUSTOMER:
        return None
    return _READERS.get(message_type, _unknown)(_object(message, message_type))


def _sender(message: Fields) -> str:
    """``<open_kfid>/<external_userid>``: an event has both inside, a message outside."""
    inner = _object(message, "event")
    parts = [message.get(name) or inner.get(name) for name in ("open_kfid", "external_userid")]
    if not all(isinstance(part, str) and _PART.fullmatch(part) for part in parts):
        raise Refused("account or customer is missing or misshapen")
    return f"{parts[0]}/{parts[1]}"


def _text(fields: Fields) -> Content:
    """Words; a tapped line of a menu is the button of a card that it was made from."""
    text = _string(fields, "content")
    pressed = _PRESSED.fullmatch(_string(fields, "menu_id"))
    if pressed is None:
        return Content(Kind.TEXT, text)
    return Content(Kind.PRESS, data={"ticket": pressed[2]} if pressed[2] else {}, event=pressed[1])


def _image(fields: Fields) -> Content:
    return Content(Kind.IMAGE, media=_media(fields))


def _voice(fields: Fields) -> Content:
    """The platform recognises nothing: the sound alone is the report."""
    return Content(Kind.VOICE, media=_media(fields))


def _video(fields: Fields) -> Content:
    return Content(Kind.VIDEO, media=_media(fields))


def _file(fields: Fields) -> Content:
    return Content(Kind.FILE, media=_media(fields))


def _location(fields: Fields) -> Content:
    label = " ".join(dict.fromkeys(filter(None, (_string(fields, "address"), _string(fields, "name")))))
    return Content(Kind.LOCATION, label, data=_coordinates(fields))


def _link(fields: Fields) -> Content:
    return Content(Kind.LINK, data=_some(fields, title="title", description="desc", url="url"))


def _miniprogram(fields: Fields) -> Content:
    return Content(Kind.LINK, data=_some(fields, title="title", app="appid", page="pagepath"))


def _merged(fields: Fields) -> Content:
    """A forwarded chat record: ``data["forwarded"]`` is a JSON list of name, text and time of each line."""
    given = fields.get("item") or fields.get("items")
    lines = [_line(one) for one in given[:MOST_FORWARDED] if isinstance(one, dict)] if isinstance(given, list) else []
    data = {"forwarded": json.dumps(lines, ensure_ascii=False)} if lines else {}
    return Content(Kind.UNKNOWN, data={**_some(fields, title="title"), **data})


def _line(item: Fields) -> dict[str, str]:
    """What is no text has none, and still shows that something was there."""
    return {"name": _string(item, "sender_name"), "text": _forwarded_text(item), "time": _string(item, "send_time")}


def _forwarded_text(item: Fields) -> str:
    content: Any = item.get("msg_content", item.get("content"))
    if isinstance(content, str):
        try:
            content = json.loads(content)
        except (ValueError, RecursionError):
            return clean(content)
    if not isinstance(content, dict):
        return ""
    return _string(_object(content, "text") or content, "content")


def _unknown(_fields: Fields) -> Content:
    return Content(Kind.UNKNOWN)


_READERS: dict[str, Callable[[Fields], Content]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "file": _file,
    "location": _location,
    "link": _link,
    "miniprogram": _miniprogram,
    "merged_msg": _merged,
}


def _event(fields: Fields, names: Names) -> Content | None:
    reader = _EVENTS.get(_string(fields, "event_type"))
    return reader(fields, names) if reader is not None else None


def _enters(fields: Fields, _names: Names) -> Content:
    """What was added to the link says more than the link: an estate's sign may serve many doors."""
    scene = _string(fields, "scene_param") or _string(fields, "scene")
    data = {"scene": scene, **_some(fields, welcome="welcome_code")}
    return Content(Kind.EVENT, data={name: value for name, value in data.items() if value}, event="enter")


def _send_failed(fields: Fields, _names: Names) -> Content:
    data = _some(fields, message="fail_msgid", reason="fail_type")
    return Content(Kind.EVENT, data=data, event="send_failed")


def _session(fields: Fields, _names: Names) -> Content | None:
    change = _SESSION.get(fields.get("change_type", 0))
    return Content(Kind.EVENT, data={"change": change}, event="session") if change else None


def _recall(fields: Fields, names: Names) -> Content:
    return Content(Kind.RECALL, quoted=names.message(_string(fields, "recall_msgid")[:64]))


_EVENTS: dict[str, Callable[[Fields, Names], Content | None]] = {
    "enter_session": _enters,
    "msg_send_fail": _send_failed,
    "session_status_change": _session,
    "user_recall_msg": _recall,
}


def _object(fields: Fields, name: str) -> Fields:
    found = fields.get(name)
    return found if isinstance(found, dict) else {}


def _string(fields: Fields, name: str) -> str:
    """A value as text. Numbers are said as they are; anything else is nothing."""
    found = fields.get(name)
    if isinstance(found, str):
        return clean(found)
    return str(found) if isinstance(found, int | float) and not isinstance(found, bool) else ""


def _some(fields: Fields, **names: str) -> dict[str, str]:
    return {ours: value for ours, theirs in names.items() if (value := _string(fields, theirs))}


def _media(fields: Fields) -> str | None:
    media_id = _string(fields, "media_id")
    return MEDIA + media_id if _MEDIA_ID.fullmatch(media_id) else None


def _coordinates(fields: Fields) -> dict[str, str]:
    """Both or neither."""
    try:
        latitude, longitude = float(_string(fields, "latitude")), float(_string(fields, "longitude"))
    except ValueError:
        return {}
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # also false for what is not a number
        return {}
    return {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}
