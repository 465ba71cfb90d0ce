"""How something is said through 微信客服: the requests of its sending interfaces.

Source: developer documents 94677 (text up to 2048 bytes; menus with a head of 1024, ids and lines of 128 bytes, at most
ten lines) and 95122 (one text or menu in answer to an event, by the code it came with). A message carries an id of
ours, unique in the account: a repeat is refused.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from bot.channels.base import Attachment, ChannelError, Outgoing
from bot.channels.passive import sayable
from bot.channels.plain_cards import beside_buttons
from bot.channels.wechat_api import WechatApi
from handlers.message import Card

TEXT_BYTES = 2048
HEAD_BYTES, LINE_BYTES, MOST_LINES = 1024, 128, 10
_KINDS = {"image": "image", "audio": "voice"}  # of a file, by the first half of its type
_NAMES = {"image/png": "picture.png", "audio/amr": "recording.amr"}


def say(api: WechatApi, one: Outgoing, account: str, customer: str) -> str | None:
    """Words or a card, then the picture that belongs to it. Raises what ``WechatApi.post`` raises.

    A picture alone that fails takes nothing back of the words: it is said what was left out.
    """
    to = {"touser": customer, "open_kfid": account}
    attached = _attached(api, one.media) if one.media is not None else None  # first: seen by nobody, and slow
    if one.text or one.card:
        api.post("/cgi-bin/kf/send_msg", {**to, "msgid": message_id(one.key), **content(one)})
    if attached is None:
        return None
    try:
        api.post("/cgi-bin/kf/send_msg", {**to, "msgid": message_id(one.key, "media"), **attached})
    except ChannelError:
        if not (one.text or one.card):
            raise
        return "without its picture"
    return None


def on_event(api: WechatApi, code: str, one: Outgoing) -> None:
    """An answer to an event, by the code it came with: good once and for a short time."""
    body = {"code": code, "msgid": message_id(one.key, "event"), **content(one)}
    api.post("/cgi-bin/kf/send_msg_on_event", body)


def message_id(key: str, part: str = "") -> str:
    """At most 32 letters and digits. A key of our own rows is one already."""
    if not part and len(key) <= 32 and key.isascii() and key.isalnum():
        return key
    return blake2b(f"{key}\n{part}".encode(), digest_size=16).hexdigest()


def content(one: Outgoing) -> dict[str, Any]:
    """A menu for a card with buttons, else a text."""
    if one.card is not None and one.card.buttons:
        return {"msgtype": "msgmenu", "msgmenu": _menu(one.card, one.text)}
    return {"msgtype": "text", "text": {"content": sayable(one.text or _title(one.card), TEXT_BYTES)}}


def _title(card: Card | None) -> str:
    return card.title if card is not None else ""


def _menu(card: Card, text: str) -> dict[str, Any]:
    """The words, and a line to tap for each button: the tap comes back as a message with the line's id."""
    lines = [
        {
            "type": "click",
            "click": {"id": _line_id(button.action, card), "content": sayable(button.label, LINE_BYTES)},
        }
        for button in card.buttons[:MOST_LINES]
    ]
    return {"head_content": sayable(beside_buttons(text, card) or card.title, HEAD_BYTES), "list": lines}


def _line_id(action: str, card: Card) -> str:
    return f"{action}#{card.ticket or ''}"[:LINE_BYTES]


def _attached(api: WechatApi, media: Attachment) -> dict[str, Any]:
    kind = _KINDS.get(media.mime.partition("/")[0], "file")
    name = _NAMES.get(media.mime, "picture.jpg" if kind == "image" else "file")
    laid = api.upload("/cgi-bin/media/upload", name, media.mime, media.content, type=kind)
    return {"msgtype": kind, kind: {"media_id": str(laid.get("media_id", ""))}}
