"""What an official account's push means: one table of fields becomes one Incoming.

Source: official documents "receiving messages" and "receiving events". A message is named by its MsgId; an event has
none and is named by sender, second and event. Everything read here has passed the signature, and still is not
trusted to have the shape the documents promise.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from bot.channels.base import Refused
from bot.channels.oa_choices import button_of
from bot.channels.oa_events import Rows, event_of, no_rows
from bot.channels.shapes import (
    MESSAGE_ID,
    PERSON,
    Content,
    Fields,
    coordinates,
    hashed,
    media,
    required,
    said_at,
    some,
)
from handlers.message import Incoming, Kind

MEDIA = "oa-media:"
_PLAIN_PART = re.compile(r"[0-9A-Za-z_.-]{1,40}")


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
        return hashed(self._secret, value)


def understand(fields: Fields, door: str, names: Names, received_at: datetime, rows: Rows = no_rows) -> Incoming:
    """The message that ``fields`` describe. An unknown type is an Incoming too: it is answered politely.

    ``rows`` reads the inner lists of the few events that have any.

    ``data["account"]`` is the account's own name (``gh_…``), which a passive answer has to repeat.
    Raises Refused when what every push has (sender, account, time, type) is missing or misshapen.
    """
    sender = required(fields, "FromUserName", PERSON)
    account = required(fields, "ToUserName", PERSON)
    when = said_at(fields, received_at)
    message_type = fields.get("MsgType", "").lower()
    if not message_type:
        raise Refused("the message has no type")
    content = event_of(fields, rows) if message_type == "event" else _READERS.get(message_type, _unknown)(fields)
    return Incoming(
        key=_key(fields, names, message_type, content.kind),
        door=door,
        sender=sender,
        chat=None,
        kind=content.kind,
        said_at=when,
        received_at=received_at,
        text=content.text,
        media=content.media,
        addressed=True,  # an official account only ever hears what is said to it
        event=content.event,
        data={"account": account, **content.data},
    )


def _key(fields: Fields, names: Names, message_type: str, kind: Kind) -> str:
    message_id = fields.get("MsgId", "")
    if message_type == "event":
        # MsgID (capital D) names the job that a result is about: two may end for one person in the same second.
        return names.event(fields, fields.get("Event", ""), fields.get("EventKey") or fields.get("MsgID", ""))
    if kind is Kind.UNKNOWN and not message_id:
        return names.event(fields, message_type)
    # Required of every known type. It also stops an answer of ours from being sent back to us as a message: its
    # envelope has our signature, but an answer has no MsgId.
    return names.message(required(fields, "MsgId", MESSAGE_ID))


def _text(fields: Fields) -> Content:
    """A tapped line of a menu message is a text too; of one that stood for a card, it is the card's button."""
    text, choice = fields.get("Content", ""), fields.get("bizmsgmenuid", "")
    button = button_of(choice)
    if button is not None:
        action, ticket = button
        return Content(Kind.PRESS, text, data={"ticket": ticket}, event=action)
    return Content(Kind.TEXT, text, data={"choice": choice} if choice else {})


def _image(fields: Fields) -> Content:
    return Content(Kind.IMAGE, media=media(fields, MEDIA), data=some(fields, picurl="PicUrl"))


def _voice(fields: Fields) -> Content:
    """Recognition is there only where the account has it switched on; without it the sound alone is the report."""
    return Content(Kind.VOICE, fields.get("Recognition", ""), media(fields, MEDIA), some(fields, format="Format"))


def _video(fields: Fields) -> Content:
    return Content(Kind.VIDEO, media=media(fields, MEDIA))


def _location(fields: Fields) -> Content:
    return Content(Kind.LOCATION, fields.get("Label", ""), data=coordinates(fields))


def _link(fields: Fields) -> Content:
    return Content(Kind.LINK, data=some(fields, title="Title", description="Description", url="Url"))


def _file(fields: Fields) -> Content:
    return Content(Kind.FILE, media=media(fields, MEDIA), data=some(fields, title="Title"))


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
}
