"""What an official account says unasked: customer-service messages, and forms that the platform fills in.

Source: official documents "customer service messages", "template messages", "subscription notifications". One person
a call. A customer-service message has no key by which the platform would know a repeat; it goes out once or its
outcome is unknown.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from bot.channels import oa_choices, oa_media
from bot.channels.base import SENT, ChannelError, Outcome, Outgoing, TryLater
from bot.channels.oa_templates import TICKET, FormKind, Templates
from bot.channels.passive import sayable
from bot.channels.plain_cards import in_words
from bot.channels.wechat_api import AlreadyDone, ApiError, PersonRefused, WechatApi

log = logging.getLogger(__name__)

TEXT_BYTES = 2048  # of one text; counted in UTF-8
CUSTOM = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
SUBSCRIBE = "/cgi-bin/message/subscribe/bizsend"
LONGEST_KEY = 64
NO_WAY = Outcome("dead", reason="no_way")
NO_FORM = Outcome("unreachable", reason="no form says this")


def send(api: WechatApi, templates: Templates, message: Outgoing) -> Outcome:
    """One message to one person. Raises TryLater, Closed and Unsure; whatever else the platform says is an outcome."""
    if message.person is None:
        return NO_WAY
    try:
        match message.way:
            case "message":
                return _say(api, message, message.person)
            case "template" | "subscribe" as kind:
                return _fill_in(api, templates, message, message.person, kind)
    except AlreadyDone:
        return SENT
    except PersonRefused as error:
        return Outcome("gone" if error.gone else "unreachable", reason=f"errcode {error.code}")
    except ApiError as error:
        return _refused(message, error)
    return NO_WAY


def _refused(message: Outgoing, error: ApiError) -> Outcome:
    """The request itself was refused. A form that does not fit is the operator's to mend; the words have other ways."""
    log.error("the platform refused a %s: %s", message.way, error)
    return Outcome("dead" if message.way == "message" else "unreachable", reason=f"errcode {error.code}")


# --- customer service


def _say(api: WechatApi, message: Outgoing, person: str) -> Outcome:
    """The words, then the picture or recording. The words count: without its picture a message has still arrived."""
    laid_ready = _lay_ready(api, message)  # first: if this fails for now, nothing was said yet
    words = in_words(message, hint=False)
    if not words.strip():
        return NO_WAY if laid_ready is None else _hand_over(api, person, *laid_ready)
    _say_words(api, message, person)
    if laid_ready is not None:
        try:
            _hand_over(api, person, *laid_ready)
        except ChannelError as error:
            return Outcome("sent", reason=f"without its picture ({type(error).__name__})")
    return SENT


def _say_words(api: WechatApi, message: Outgoing, person: str) -> None:
    menu = oa_choices.menu(in_words(message, hint=False), message.card) if message.card is not None else None
    if menu is not None:
        try:
            _custom(api, person, "msgmenu", menu)
        except (PersonRefused, AlreadyDone):
            raise
        except ApiError as error:
            log.warning("the platform refused a menu message, which is said as text: %s", error)
        else:
            return
    _custom(api, person, "text", {"content": sayable(in_words(message), TEXT_BYTES)})


def _lay_ready(api: WechatApi, message: Outgoing) -> tuple[str, str] | None:
    """Kind and media id of what is sent along; None for nothing, or nothing that the platform takes."""
    attachment = message.media
    kind = oa_media.sendable(attachment) if attachment is not None else None
    if attachment is None or kind is None:
        return None
    try:
        return kind, oa_media.upload(api, attachment)
    except TryLater:
        raise
    except ChannelError as error:
        log.warning("the platform does not take a %s: %s", attachment.mime, error)
        return None


def _hand_over(api: WechatApi, person: str, kind: str, media_id: str) -> Outcome:
    _custom(api, person, kind, {"media_id": media_id})
    return SENT


def _custom(api: WechatApi, person: str, kind: str, content: Mapping[str, Any]) -> None:
    api.post(CUSTOM, {"touser": person, "msgtype": kind, kind: content})


# --- forms


def _fill_in(api: WechatApi, templates: Templates, message: Outgoing, person: str, kind: FormKind) -> Outcome:
    template = templates.choose(kind, message.form.get("purpose", TICKET))
    data = template.fill(message.form) if template is not None else None
    if template is None or data is None:
        return NO_FORM
    body: dict[str, Any] = {"touser": person, "template_id": template.template_id, "data": data}
    link = message.form.get("link")
    if kind == "template":
        # Two equal ones for a person within ten minutes are one; no document promises it, so nothing relies on it.
        body["client_msg_id"] = message.key[:LONGEST_KEY]
        answer = api.post(TEMPLATE, {**body, "url": link} if link else body)
    else:
        answer = api.post(SUBSCRIBE, {**body, "page": link} if link else body)
    return Outcome("sent", platform_id=_id(answer))


def _id(answer: Mapping[str, Any]) -> str | None:
    number = answer.get("msgid")
    return str(number) if number else None
