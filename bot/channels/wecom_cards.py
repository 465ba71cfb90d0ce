"""How a ticket's card looks in WeCom, and what its button says once somebody pressed it.

Source: WeCom developer documents 90236 (cards and their limits), 90241 (answer to a press). Most lengths are advice:
what is longer is cut by the client in places of its own choosing, so it is cut here, with an ellipsis.
"""

from __future__ import annotations

import re
from typing import Any

from bot.channels.flat import clean
from handlers.message import Card

TITLE, WORDS, NAME, VALUE, LABEL = 36, 160, 5, 30, 10  # characters
STAMP = 20  # characters on a button that was pressed
MOST_FIELDS = MOST_BUTTONS = 6
PLAIN, MAIN = 2, 1  # styles of a button: the first one stands out
_TASK = re.compile(r"[0-9A-Za-z_@-]{1,128}")
_LINK = re.compile(r"https?://\S{1,2000}")
_MORE = "\N{HORIZONTAL ELLIPSIS}"
_BUTTON = (
    "<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{corp}]]></FromUserName>"
    "<CreateTime>{now}</CreateTime><MsgType><![CDATA[update_button]]></MsgType>"
    "<Button><ReplaceName><![CDATA[{words}]]></ReplaceName></Button></xml>"
)


def template_card(card: Card | None, text: str, task: str) -> dict[str, Any] | None:
    """The card as the platform takes it; None where plain words are the only form.

    ``task`` names the card for good: no other may have it, and a press brings it back. A card without buttons is a
    notice, which the platform takes only with a link.
    """
    title = cut(card.title, TITLE) if card is not None else ""
    if card is None or not title:
        return None
    link = card.link if card.link and _LINK.fullmatch(card.link) else None
    buttons = _buttons(card)
    whole: dict[str, Any] = {"main_title": {"title": title}}
    if words := cut(text, WORDS):
        whole["sub_title_text"] = words
    if fields := _fields(card):
        whole["horizontal_content_list"] = fields
    if link:
        whole["card_action"] = {"type": 1, "url": link}
    if buttons and _TASK.fullmatch(task):
        return {"card_type": "button_interaction", **whole, "task_id": task, "button_list": buttons}
    return {"card_type": "text_notice", **whole} if link and not buttons else None


def _fields(card: Card) -> list[dict[str, str]]:
    shown = [(cut(name, NAME), cut(value, VALUE)) for name, value in card.fields]
    return [{"keyname": name, "value": value} for name, value in shown if name and value][:MOST_FIELDS]


def _buttons(card: Card) -> list[dict[str, Any]]:
    """The key of a button is its action and the ticket, so that a press needs no look into what was sent."""
    ticket = "" if card.ticket is None else f"#{card.ticket}"
    labels = {f"{button.action}{ticket}": cut(button.label, LABEL) for button in card.buttons}
    shown = [(key, label) for key, label in labels.items() if label][:MOST_BUTTONS]
    return [
        {"text": label, "style": PLAIN if number else MAIN, "key": key} for number, (key, label) in enumerate(shown)
    ]


def stamped(words: str, to: str, corp_id: str, now: int) -> bytes:
    """The answer to a press: the pressed button says ``words`` to whoever pressed it, and works no more."""
    split = clean(words).replace("]]>", "]]]]><![CDATA[>")
    return _BUTTON.format(to=to, corp=corp_id, now=now, words=split).encode()


def cut(text: str, most: int) -> str:
    """At most so many characters, the last of them an ellipsis where something was left out."""
    text = clean(text).strip()
    return text if len(text) <= most else text[: most - 1].rstrip() + _MORE
