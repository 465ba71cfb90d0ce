"""The XML of WeCom callbacks: nested elements out, and the passive replies that the platform accepts back in.

Source: developer documents 90239, 90240 (messages and events) and 90241 (passive replies). A reply is the JSON card in
capitals: lists are repeated elements, and what the document does not name is not accepted here.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.platforms.sealing import Unacceptable

LONGEST_TEXT = 2048  # bytes
COMMON = ("ToUserName", "FromUserName", "CreateTime", "MsgType")
REPLY_FIELDS = {
    "text": (*COMMON, "Content"),
    "update_button": (*COMMON, "Button"),
    "update_template_card": (*COMMON, "TemplateCard"),
}

# The card's fields as the JSON interface names them; in XML they are written in capitals without underscores.
CARD_FIELDS = [
    "card_type",
    "source",
    "icon_url",
    "desc",
    "desc_color",
    "action_menu",
    "action_list",
    "text",
    "key",
    "main_title",
    "title",
    "quote_area",
    "type",
    "url",
    "appid",
    "pagepath",
    "quote_text",
    "emphasis_content",
    "sub_title_text",
    "horizontal_content_list",
    "keyname",
    "value",
    "media_id",
    "userid",
    "jump_list",
    "card_action",
    "button_selection",
    "question_key",
    "option_list",
    "id",
    "selected_id",
    "button_list",
    "style",
    "replace_text",
    "checkbox",
    "mode",
    "is_checked",
    "disable",
    "select_list",
    "submit_button",
    "card_image",
    "aspect_ratio",
    "image_text_area",
    "image_url",
    "vertical_content_list",
]
CARD_LISTS = frozenset(
    [
        "action_list",
        "horizontal_content_list",
        "jump_list",
        "option_list",
        "button_list",
        "select_list",
        "vertical_content_list",
    ]
)
CARD_NUMBERS = frozenset(["desc_color", "type", "style", "mode", "is_checked", "disable", "aspect_ratio"])
_JSON_NAMES = {name.replace("_", ""): name for name in CARD_FIELDS}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a callback was answered. ``text`` is the text, or the new words of the button."""

    kind: Literal["nothing", "text", "update_button", "update_template_card"] = "nothing"
    text: str = ""
    card: Mapping[str, Any] | None = None


def rendered(fields: Mapping[str, Any]) -> bytes:
    """A whole document: numbers bare, texts in CDATA, sequences repeated, as in the documents' samples."""
    return f"<xml>{_elements(fields)}</xml>".encode()


def _elements(fields: Mapping[str, Any]) -> str:
    return "".join(
        f"<{name}>{_content(value)}</{name}>"
        for name, values in fields.items()
        for value in (values if isinstance(values, list | tuple) else [values])
    )


def _content(value: Any) -> str:
    if isinstance(value, Mapping):
        return _elements(value)
    if isinstance(value, int | float):
        return str(value)
    return "<![CDATA[{}]]>".format(str(value).replace("]]>", "]]]]><![CDATA[>"))


def reply(message: bytes, *, to: str, corp_id: str) -> Reply:
    """A decrypted passive reply, as strictly as it can be read. Raises Unacceptable."""
    root = _parsed(message)
    kind = (root.findtext("MsgType") or "").strip()
    if kind not in REPLY_FIELDS:
        raise Unacceptable(f"no reply is of type {kind!r}")
    found = [element.tag for element in root]
    if sorted(found) != sorted(REPLY_FIELDS[kind]):
        raise Unacceptable(f"a reply of type {kind} has {found}")
    if (root.findtext("ToUserName"), root.findtext("FromUserName")) != (to, corp_id):
        raise Unacceptable("the reply is from or to somebody else")
    if not (root.findtext("CreateTime") or "").isdigit():
        raise Unacceptable("the reply has no time")
    if kind == "text":
        return Reply("text", _words(root.findtext("Content"), LONGEST_TEXT))
    if kind == "update_button":
        return Reply("update_button", _words(_only(root.find("Button"), "ReplaceName"), LONGEST_TEXT))
    card = root.find("TemplateCard")
    assert card is not None  # it is among the elements found
    return Reply("update_template_card", card=_card(card))


def _parsed(message: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in message or b"<!ENTITY" in message:
        raise Unacceptable("the XML declares a document type")
    try:
        root = ElementTree.fromstring(message.decode())
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        raise Unacceptable(f"not XML: {error}") from error
    if root.tag != "xml":
        raise Unacceptable(f"the XML is a {root.tag}")
    return root


def _only(element: ElementTree.Element | None, name: str) -> str | None:
    if element is None or [child.tag for child in element] != [name]:
        raise Unacceptable(f"there is not exactly one {name}")
    return element.findtext(name)


def _words(text: str | None, most: int) -> str:
    if not text or len(text.encode()) > most:
        raise Unacceptable("a text is empty or too long")
    return text


def _card(element: ElementTree.Element) -> dict[str, Any]:
    """The card in the names of the JSON interface. Raises Unacceptable for a name that is none of its fields."""
    card: dict[str, Any] = {}
    for child in element:
        name = _JSON_NAMES.get(child.tag.lower())
        if name is None or "_" in child.tag:
            raise Unacceptable(f"a card has no {child.tag}")
        value = _card(child) if len(child) else _simple(name, child.text or "")
        if name in CARD_LISTS:
            card.setdefault(name, []).append(value)
        elif name in card:
            raise Unacceptable(f"{child.tag} is there twice")
        else:
            card[name] = value
    return card


def _simple(name: str, text: str) -> Any:
    if name not in CARD_NUMBERS:
        return text
    try:
        return float(text) if name == "aspect_ratio" else int(text)
    except ValueError as error:
        raise Unacceptable(f"{name} is not a number") from error


def capitals(card: Any) -> Any:
    """A JSON card as the XML has it: for whoever answers with one, and for trying this module."""
    if isinstance(card, Mapping):
        return {"".join(part.title() for part in name.split("_")): capitals(value) for name, value in card.items()}
    if isinstance(card, Sequence) and not isinstance(card, str):
        return [capitals(one) for one in card]
    return card
