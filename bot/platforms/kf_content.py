"""The content of a message by 微信客服: what each type must have, and what of it the customer sees.

Source: developer documents 94677 and 95122 (types and sizes), 90313 (95008: too many entries of a menu, 95009: an entry
of no known type). Not simulated: cards of people and links that acquire customers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from bot.platforms.calls import ApiFault
from bot.platforms.wecom_media import Media

TEXT_BYTES, HEAD_BYTES, TITLE_BYTES, DESCRIPTION_BYTES, ENTRY_BYTES = 2048, 1024, 128, 512, 128
MOST_ENTRIES, MOST_ACTIONS, MOST_ON_EVENT = 50, 10, 10
ACTIONS = {"click": ("content",), "view": ("url", "content"), "miniprogram": ("appid", "pagepath", "content")}
EMPTY, TOO_LONG, PARAMETER, MENU_SIZE, MENU_TYPE = 44004, 45002, 40058, 95008, 95009

Shown = dict[str, Any]


def _text(media: Media, given: Any) -> Shown:
    return {"text": _words(given, "content", TEXT_BYTES, EMPTY)}


def _file(kind: str, media: Media, given: Any) -> Shown:
    return {"media_id": media.living(given.get("media_id") if isinstance(given, Mapping) else None, kind).media_id}


def _link(media: Media, given: Any) -> Shown:
    title, url = _words(given, "title", TITLE_BYTES), _words(given, "url", TEXT_BYTES)
    if len(str(given.get("desc", "")).encode()) > DESCRIPTION_BYTES:
        raise ApiFault(TOO_LONG)
    media.living(given.get("thumb_media_id"), "image")
    return {"text": title, "card": {"title": title, "desc": given.get("desc", ""), "url": url}}


def _miniprogram(media: Media, given: Any) -> Shown:
    page = {name: _words(given, name, ENTRY_BYTES) for name in ("appid", "pagepath")}
    media.living(given.get("thumb_media_id"), "image")
    return {"text": str(given.get("title", "")), "card": page}


def _location(media: Media, given: Any) -> Shown:
    place = {name: given.get(name) if isinstance(given, Mapping) else None for name in ("latitude", "longitude")}
    if not all(isinstance(number, int | float) for number in place.values()):
        raise ApiFault(PARAMETER)
    named = {name: str(given.get(name, "")) for name in ("name", "address")}
    return {"text": named["name"] or named["address"], "card": {**named, **place}}


def menu(media: Media, given: Any, *, most: int = MOST_ENTRIES) -> Shown:
    """A menu between two texts; what can be pressed becomes buttons."""
    if not isinstance(given, Mapping) or not isinstance(given.get("list", []), list):
        raise ApiFault(PARAMETER)
    entries = given.get("list", [])
    actions = [entry for entry in entries if _type(entry) in ACTIONS]
    if len(entries) > most or len(actions) > MOST_ACTIONS:
        raise ApiFault(MENU_SIZE)
    texts = [_optional(given, "head_content", HEAD_BYTES)]
    buttons: list[dict[str, Any]] = []
    for entry in entries:
        text, button = _entry(entry)
        texts.append(text)
        buttons += [button] if button else []
    texts.append(_optional(given, "tail_content", HEAD_BYTES))
    if not any(texts):
        raise ApiFault(EMPTY)
    return {"text": "\n".join(text for text in texts if text), "buttons": buttons}


def _type(entry: Any) -> str:
    kind = entry.get("type") if isinstance(entry, Mapping) else None
    return kind if isinstance(kind, str) else ""


def _entry(entry: Any) -> tuple[str, dict[str, Any] | None]:
    kind = _type(entry)
    if kind == "text":
        return _words(entry.get("text"), "content", HEAD_BYTES), None
    if kind not in ACTIONS:
        raise ApiFault(MENU_TYPE)
    for name in ACTIONS[kind]:
        _words(entry.get(kind), name, HEAD_BYTES if name != "content" else ENTRY_BYTES)
    button = {"type": kind, "key": str(entry[kind].get("id", "")), "text": entry[kind]["content"]}
    return button["text"], button


CONTENT: dict[str, Callable[[Media, Any], Shown]] = {
    "text": _text,
    **{kind: partial(_file, kind) for kind in ("image", "voice", "video", "file")},
    "link": _link,
    "miniprogram": _miniprogram,
    "msgmenu": menu,
    "location": _location,
}
ON_EVENT: dict[str, Callable[[Media, Any], Shown]] = {"text": _text, "msgmenu": partial(menu, most=MOST_ON_EVENT)}


def _words(given: Any, name: str, most: int, errcode: int = PARAMETER) -> str:
    value = given.get(name) if isinstance(given, Mapping) else None
    if not isinstance(value, str) or not value:
        raise ApiFault(errcode)
    if len(value.encode()) > most:
        raise ApiFault(TOO_LONG)
    return value


def _optional(given: Mapping[str, Any], name: str, most: int) -> str:
    return _words(given, name, most) if given.get(name) else ""
