"""The content of a message of each type: what it must have, and what of it appears on a screen.

Source: developer document 90236. Texts, titles and descriptions that are too long are cut, markdown is refused.
Not simulated: mpnews and miniprogram_notice; they are refused as unknown types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.platforms import wecom_cards
from bot.platforms.calls import ApiFault
from bot.platforms.wecom_media import Media

TEXT_BYTES, TITLE_BYTES, DESCRIPTION_BYTES = 2048, 128, 512
MOST_ARTICLES = 8
EMPTY, TOO_LONG, PARAMETER = 44004, 45002, 40058


@dataclass(frozen=True, slots=True)
class Content:
    """``task_id`` of a card that has one; ``interactive`` is that id when the card can be clicked and updated."""

    kind: str
    shown: Mapping[str, Any]
    task_id: str = ""
    interactive: str = ""


def _text(media: Media, given: Any) -> Content:
    return Content("text", {"text": cut(_filled(given, "content", EMPTY), TEXT_BYTES)})


def _markdown(media: Media, given: Any) -> Content:
    content = _filled(given, "content", EMPTY)
    if len(content.encode()) > TEXT_BYTES:
        raise ApiFault(TOO_LONG)
    return Content("markdown", {"text": content})


def _file(kind: str, media: Media, given: Any) -> Content:
    medium = media.living(given.get("media_id") if isinstance(given, Mapping) else None, kind)
    return Content(kind, {"media_id": medium.media_id})


def _textcard(media: Media, given: Any) -> Content:
    title = cut(_filled(given, "title", PARAMETER), TITLE_BYTES)
    description = cut(_filled(given, "description", PARAMETER), DESCRIPTION_BYTES)
    url = _filled(given, "url", PARAMETER)
    card = {"title": title, "description": description, "url": url, "btntxt": given.get("btntxt", "")}
    return Content("textcard", {"text": title, "card": card})


def _news(media: Media, given: Any) -> Content:
    articles = given.get("articles") if isinstance(given, Mapping) else None
    if not isinstance(articles, list) or not 1 <= len(articles) <= MOST_ARTICLES:
        raise ApiFault(PARAMETER)
    titles = [cut(_filled(article, "title", PARAMETER), TITLE_BYTES) for article in articles]
    return Content("news", {"text": "\n".join(titles), "card": {"articles": articles}})


def _template_card(media: Media, given: Any) -> Content:
    card = wecom_cards.check(given)
    task_id = str(card.get("task_id", ""))
    interactive = task_id if card["card_type"] in wecom_cards.INTERACTIVE else ""
    return Content("template_card", wecom_cards.shown(card), task_id, interactive)


CONTENT: dict[str, Callable[[Media, Any], Content]] = {
    "text": _text,
    "markdown": _markdown,
    **{kind: partial(_file, kind) for kind in ("image", "voice", "video", "file")},
    "textcard": _textcard,
    "news": _news,
    "template_card": _template_card,
}


def _filled(given: Any, name: str, errcode: int) -> str:
    value = given.get(name) if isinstance(given, Mapping) else None
    if not isinstance(value, str) or not value:
        raise ApiFault(errcode)
    return value


def cut(text: str, most: int) -> str:
    """As many whole characters as fit into ``most`` bytes."""
    return text.encode()[:most].decode(errors="ignore")
