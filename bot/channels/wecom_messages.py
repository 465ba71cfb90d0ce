"""What a callback of a WeCom app means: one table of fields becomes one Incoming.

Source: WeCom developer documents 90239 (messages) and 90240 (events). A message is named by its MsgId; an event has
none and is named by who did what when, so that a repeat of one press finds the name of the first, and two people who
press in the same second have two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.channels.base import NotGenuine, Refused
from bot.channels.oa_menu import SAYS
from bot.channels.shapes import (
    EVENT,
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

MEDIA = "wecom-media:"
SYSTEM = "sys"  # the sender of what nobody did
LEFT = "unsubscribe"  # how intake hears that nobody reads at this address any more
_PRESSES = frozenset({"template_card_event", "template_card_menu_event"})
_BUTTON = re.compile(r"([0-9A-Za-z_:.-]{1,60})(?:#([0-9]{1,12}))?")
_TASK = re.compile(r"[0-9A-Za-z_@-]{1,128}")
_CODE = re.compile(r"[\x21-\x7e]{1,512}")
_OPTION = re.compile(r"[0-9A-Za-z_:.-]{1,60}")
# What tells one event from another of the same person in the same second.
_TELLING = ("Event", "EventKey", "TaskId", "ChangeType", "UserID", "JobId")

Leaves = Sequence[tuple[str, str]]


class Names:
    """Names of messages and events of one app. They are stored in clear, so that no user id may be in them."""

    def __init__(self, corp_id: str, agent_id: str, secret: bytes) -> None:
        self._prefix = f"in:wecom:{corp_id}:{agent_id}:"
        self._secret = secret[:64]

    def message(self, message_id: str) -> str:
        """``in:wecom:<corp>:<agent>:<MsgId>``: the same for every repeat of a message."""
        return self._prefix + message_id

    def event(self, fields: Fields, kind: str) -> str:
        """``in:wecom:<corp>:<agent>:<hash of the sender>:<CreateTime>:<hash of what was done>``."""
        done = hashed(self._secret, kind, *(fields.get(name, "") for name in _TELLING))
        return f"{self._prefix}{hashed(self._secret, fields['FromUserName'])}:{fields['CreateTime']}:{done}"


def understand(
    fields: Fields, leaves: Leaves, door: str, agent_id: str, names: Names, received_at: datetime
) -> Incoming:
    """The message that ``fields`` describe; ``leaves`` is the same body with what stands deeper in it.

    An unknown type is an Incoming too: it is answered politely. Raises Refused when what every callback has is missing
    or misshapen, and NotGenuine for another app's.
    """
    sender = required(fields, "FromUserName", PERSON)
    when = said_at(fields, received_at)
    if fields.get("AgentID") not in (None, "", agent_id) and sender != SYSTEM:
        raise NotGenuine("the callback is another app's")
    message_type = fields.get("MsgType", "").lower()
    if not message_type:
        raise Refused("the message has no type")
    content = _READERS.get(message_type, _unknown)(fields, leaves)
    key = _key(fields, names, message_type, content.kind)
    if sender == SYSTEM:
        sender, content = _of_the_system(fields, content)
    return Incoming(
        key=key,
        door=door,
        sender=sender,
        chat=None,
        kind=content.kind,
        said_at=when,
        received_at=received_at,
        text=content.text,
        media=content.media,
        addressed=True,  # an app only ever hears what is said to it
        event=content.event,
        data=content.data,
    )


def _key(fields: Fields, names: Names, message_type: str, kind: Kind) -> str:
    message_id = fields.get("MsgId", "")
    if message_type == "event" or (kind is Kind.UNKNOWN and not message_id):
        return names.event(fields, message_type)
    # Required of every known type. It also stops an answer of ours from being sent back to us as a message.
    return names.message(required(fields, "MsgId", MESSAGE_ID))


def _of_the_system(fields: Fields, content: Content) -> tuple[str, Content]:
    """Whom it is about. A member who was deleted or renamed is to us what one who unfollowed is: nobody reads there."""
    change, person = fields.get("ChangeType", ""), fields.get("UserID", "")
    left = change == "delete_user" or (change == "update_user" and fields.get("NewUserID", person) != person)
    if content.event == "change_contact" and left and PERSON.fullmatch(person):
        return person, Content(Kind.EVENT, event=LEFT, data={"change": change})
    return SYSTEM, content._replace(kind=Kind.SYSTEM)


def _text(fields: Fields, _leaves: Leaves) -> Content:
    return Content(Kind.TEXT, fields.get("Content", ""))


def _image(fields: Fields, _leaves: Leaves) -> Content:
    return Content(Kind.IMAGE, media=media(fields, MEDIA), data=some(fields, picurl="PicUrl"))


def _voice(fields: Fields, _leaves: Leaves) -> Content:
    """Recognition is in no document of WeCom; where it is there, it is read."""
    return Content(Kind.VOICE, fields.get("Recognition", ""), media(fields, MEDIA), some(fields, format="Format"))


def _video(fields: Fields, _leaves: Leaves) -> Content:
    return Content(Kind.VIDEO, media=media(fields, MEDIA))


def _location(fields: Fields, _leaves: Leaves) -> Content:
    return Content(Kind.LOCATION, fields.get("Label", ""), data=coordinates(fields))


def _link(fields: Fields, _leaves: Leaves) -> Content:
    return Content(Kind.LINK, data=some(fields, title="Title", description="Description", url="Url"))


def _file(fields: Fields, _leaves: Leaves) -> Content:
    return Content(Kind.FILE, media=media(fields, MEDIA), data=some(fields, title="Title"))


def _event(fields: Fields, leaves: Leaves) -> Content:
    event = fields.get("Event", "")
    if not EVENT.fullmatch(event):
        return Content(Kind.UNKNOWN)
    event = event.lower()
    if event in _PRESSES:
        return _press(fields, leaves)
    key = fields.get("EventKey", "")
    if event == "click" and key.startswith(SAYS) and key != SAYS:  # a line of the menu that stands for a word
        return Content(Kind.TEXT, key.removeprefix(SAYS), event=event)
    data = some(fields, key="EventKey", change="ChangeType")
    if event == "location":  # where the member is, sent on entering the app where the corp has this switched on
        data |= coordinates(fields, "Latitude", "Longitude")
    return Content(Kind.EVENT, event=event, data=data)


def _press(fields: Fields, leaves: Leaves) -> Content:
    """``event`` is the button's action, ``data`` the ticket on it, the card's task and the code to change it with."""
    button = _BUTTON.fullmatch(fields.get("EventKey", ""))
    if button is None:
        return Content(Kind.UNKNOWN)
    data = {"ticket": button[2] or "", "task": fields.get("TaskId", ""), "code": fields.get("ResponseCode", "")}
    shapes = {"ticket": _OPTION, "task": _TASK, "code": _CODE}
    data = {name: value for name, value in data.items() if shapes[name].fullmatch(value)}
    return Content(Kind.PRESS, event=button[1], data=data | _choices(leaves))


def _choices(leaves: Leaves) -> dict[str, str]:
    """``choice.<question>``: the options selected on the card, joined by commas.

    Older documents, and perhaps older clients, misspell OptionId.
    """
    chosen: dict[str, str] = {}
    question = ""
    for name, text in leaves:
        if name == "QuestionKey":
            question = text if _OPTION.fullmatch(text) else ""
        elif name in {"OptionId", "OpitonId"} and question and _OPTION.fullmatch(text):
            before = chosen.get(f"choice.{question}")
            chosen[f"choice.{question}"] = f"{before},{text}" if before else text
    return chosen


def _unknown(_fields: Fields, _leaves: Leaves) -> Content:
    return Content(Kind.UNKNOWN)


_READERS: dict[str, Callable[[Fields, Leaves], Content]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
    "file": _file,
    "event": _event,
}
