"""What an official account's events mean: acts of a person, words of the menu, and results of what was sent.

Source: official documents "receiving events", "custom menu events", "mass messages", "template messages" and "event
pushes of subscription notifications". A result is pushed in the name of a follower, or of the platform's own helper:
nobody said it, so it is taken in as ``SYSTEM`` and answered by nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.channels.oa_menu import SAYS
from bot.channels.shapes import EVENT, Content, Fields, some
from handlers.message import Kind

Rows = Callable[[str], Sequence[Mapping[str, str]]]
"""The inner list of an element, for events about several templates at once."""

_QR_SCENE = "qrscene_"
MASS_FINISHED, TEMPLATE_FINISHED = "masssendjobfinish", "templatesendjobfinish"
_ELEMENTS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}


def no_rows(_element: str) -> Sequence[Mapping[str, str]]:
    """For events that have no inner list."""
    return ()


def event_of(fields: Fields, rows: Rows) -> Content:
    """What happened; ``UNKNOWN`` for an event whose name is none."""
    name = fields.get("Event", "")
    if not EVENT.fullmatch(name):
        return Content(Kind.UNKNOWN)
    name = name.lower()
    return _READERS.get(name, _other)(name, fields, rows)


def _arrived(name: str, fields: Fields, _rows: Rows) -> Content:
    scene = fields.get("EventKey", "").removeprefix(_QR_SCENE)
    return Content(Kind.EVENT, event=name, data={"scene": scene} if scene else {})


def _clicked(name: str, fields: Fields, _rows: Rows) -> Content:
    """A button of the menu says its word for whoever taps it. It is still that event, which opens a shorter window."""
    key = fields.get("EventKey", "")
    word = key.removeprefix(SAYS)
    data = {"key": key} if key else {}
    if word == key or not word:
        return Content(Kind.EVENT, event=name, data=data)
    return Content(Kind.TEXT, word, data=data, event=name)


def _job(name: str, fields: Fields, _rows: Rows) -> Content:
    counted = some(fields, total="TotalCount", filtered="FilterCount", sent="SentCount", errors="ErrorCount")
    return Content(Kind.SYSTEM, event=name, data={**some(fields, job="MsgID", status="Status"), **counted})


def _asked(name: str, _fields: Fields, rows: Rows) -> Content:
    """A person agreed to receive forms, or does so no more: the ids of the templates, separated by blanks."""
    answers: dict[str, list[str]] = {}
    for row in rows(_ELEMENTS[name]):
        answers.setdefault(row.get("SubscribeStatusString", ""), []).append(row.get("TemplateId", ""))
    ids = {"accepted": " ".join(answers.get("accept", ())), "refused": " ".join(answers.get("reject", ()))}
    return Content(Kind.EVENT, event=name, data={which: listed for which, listed in ids.items() if listed})


def _told(name: str, _fields: Fields, rows: Rows) -> Content:
    """What became of one subscription message."""
    row = next(iter(rows(_ELEMENTS[name])), {})
    data = some(row, job="MsgID", template="TemplateId", status="ErrorStatus", error="ErrorCode")
    return Content(Kind.SYSTEM, event=name, data=data)


def _other(name: str, fields: Fields, _rows: Rows) -> Content:
    return Content(Kind.EVENT, event=name, data=some(fields, key="EventKey", job="MsgID", status="Status"))


_READERS: dict[str, Callable[[str, Fields, Rows], Content]] = {
    "subscribe": _arrived,
    "scan": _arrived,
    "click": _clicked,
    MASS_FINISHED: _job,
    TEMPLATE_FINISHED: _job,
    "subscribe_msg_popup_event": _asked,
    "subscribe_msg_change_event": _asked,
    "subscribe_msg_sent_event": _told,
}
