"""Messages of a simulated official account to one person: customer service, template, subscription.

Sources: official documents "customer service messages", "template messages" and "subscription notifications". The
lengths of texts and values are told rather than documented.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.platforms import oa_events
from bot.platforms.calls import ApiFault, Call
from bot.platforms.oa_people import Person
from bot.platforms.oa_state import OaState

LONGEST_TEXT = 2048  # bytes
# Type of a customer-service message: its required fields. Those of MEDIA must be live media of their kind.
CUSTOM: Mapping[str, tuple[str, ...]] = {
    "text": ("content",),
    "image": ("media_id",),
    "voice": ("media_id",),
    "video": ("media_id", "thumb_media_id"),
    "music": ("musicurl", "hqmusicurl", "thumb_media_id"),
    "news": ("articles",),
    "msgmenu": ("list",),
    "miniprogrampage": ("title", "appid", "pagepath", "thumb_media_id"),
}
MEDIA = {"media_id", "thumb_media_id"}
ARTICLES = 1  # of a news message
# Kind of a template's key: what its value has to be.
VALUES: Mapping[str, Callable[[str], object]] = {
    "thing": lambda value: len(value) <= 20,
    "number": re.compile(r"[-\d.]{1,32}").fullmatch,
    "letter": re.compile(r"[A-Za-z]{1,32}").fullmatch,
    "symbol": lambda value: len(value) <= 5,
    "character_string": re.compile(r"[\x20-\x7e]{1,32}").fullmatch,
    "time": lambda value: any(letter.isdigit() for letter in value) and len(value) <= 40,
    "date": lambda value: any(letter.isdigit() for letter in value) and len(value) <= 40,
    "amount": lambda value: any(letter.isdigit() for letter in value) and len(value) <= 12,
    "phone_number": re.compile(r"[-+\d ]{1,17}").fullmatch,
    "car_number": lambda value: len(value) <= 8,
    "name": lambda value: len(value) <= 20,
    "phrase": lambda value: len(value) <= 5,
    "const": lambda value: len(value) <= 20,
}


class Messages:
    """The three interfaces."""

    def __init__(self, oa: OaState) -> None:
        self._oa = oa
        self._ids = itertools.count(200_228_332)
        self._keys: dict[tuple[str, str], tuple[float, int]] = {}  # openid, client_msg_id: when, msgid

    # --- customer service ------------------------------------------------------------------------------------------

    def custom(self, call: Call) -> dict[str, Any]:
        """``message/custom/send``: within the windows that the person's actions opened."""
        person = self._receiver(call)
        kind = str(call.body.get("msgtype"))
        if kind not in CUSTOM:
            raise ApiFault(40008)
        content = call.body.get(kind)
        if not isinstance(content, dict):
            raise ApiFault(47001)
        self._check(kind, content)
        if person.openid in call.invalid_people():
            raise ApiFault(40003)
        person.take(self._oa.ground.clock.now())
        self._show(call, person, kind, content)
        return {"errcode": 0, "errmsg": "ok"}

    def _receiver(self, call: Call) -> Person:
        person = self._oa.people.known(call.body.get("touser"))
        if person.blacklisted:
            raise ApiFault(43019)
        return person

    def _check(self, kind: str, content: Mapping[str, Any]) -> None:
        for name in CUSTOM[kind]:
            if not content.get(name):
                raise ApiFault(40007 if name in MEDIA else 44004)
        if kind == "text" and not isinstance(content["content"], str):
            raise ApiFault(47001)
        if kind == "text" and len(content["content"].encode()) > LONGEST_TEXT:
            raise ApiFault(45002)
        if kind == "news" and not _is_news(content["articles"]):
            raise ApiFault(45008)
        if kind == "msgmenu" and not _is_menu(content["list"]):
            raise ApiFault(47001)
        for name in MEDIA & set(CUSTOM[kind]):
            self._oa.media.live(content[name], *(["thumb", "image"] if name == "thumb_media_id" else [kind]))

    def _show(self, call: Call, person: Person, kind: str, content: Mapping[str, Any]) -> None:
        text = str(content.get("content") or content.get("head_content") or content.get("title") or "")
        buttons = content["list"] if kind == "msgmenu" else ()
        card = None if kind == "text" else content
        sender = self._oa.account.account
        call.show(
            person.openid,
            kind,
            text,
            card=card,
            media_id=content.get("media_id"),
            buttons=buttons,
            from_=sender,
        )

    # --- template --------------------------------------------------------------------------------------------------

    def templates(self, call: Call) -> dict[str, Any]:
        """``template/get_all_private_template``: the ids and keys of the account's templates."""
        return {
            "template_list": [
                {"template_id": name, "title": "", "content": "".join(f"{{{{{key}.DATA}}}}" for key in keys)}
                for name, keys in self._oa.options.templates.items()
            ]
        }

    def template(self, call: Call) -> dict[str, Any]:
        """``message/template/send``: one follower, no window; what became of it is pushed."""
        body, oa = call.body, self._oa
        person = self._receiver(call)
        values = _values(body, oa.options.templates, check=oa.options.key_rules)
        if not person.follows:
            raise ApiFault(43004)
        key = (person.openid, str(body.get("client_msg_id") or ""))
        if (known := self._remembered(key)) is not None:
            return {"errcode": 0, "errmsg": "ok", "msgid": known}
        msg_id = next(self._ids)
        self._keys[key] = (oa.ground.clock.now(), msg_id)
        status = oa_events.TEMPLATE_OK
        if person.openid in call.invalid_people():
            status = oa_events.TEMPLATE_FAILED
        elif person.refuses_templates:
            status = oa_events.TEMPLATE_BLOCKED
        else:
            self._show_values(call, person, "template", values)
        fields = oa_events.template_finished(msg_id, status)
        oa.event_later(person.openid, oa_events.TEMPLATE_FINISHED, **fields)
        return {"errcode": 0, "errmsg": "ok", "msgid": msg_id}

    def _remembered(self, key: tuple[str, str]) -> int | None:
        at, msg_id = self._keys.get(key, (float("-inf"), 0))
        fresh = self._oa.ground.clock.now() - at < self._oa.options.template_window
        return msg_id if key[1] and fresh else None

    # --- subscription ----------------------------------------------------------------------------------------------

    def subscription(self, call: Call) -> dict[str, Any]:
        """``message/subscribe/bizsend``: uses one acceptance up, unless the template is a long-term one."""
        body, oa = call.body, self._oa
        person = self._receiver(call)
        values = _values(body, oa.options.subscriptions, check=oa.options.key_rules)
        template = str(body["template_id"])
        if person.accepted.get(template, 0) < 1 or person.openid in call.invalid_people():
            raise ApiFault(43101)
        person.accepted[template] -= 1
        self._show_values(call, person, "subscription", values)
        msg_id = next(self._ids)
        row = {"TemplateId": template, "MsgID": str(msg_id), "ErrorCode": 0, "ErrorStatus": "success"}
        as_json = oa.platform.data_format == "json"
        fields = oa_events.subscriptions("Sent", [row], as_json=as_json)
        oa.event_later(person.openid, "subscribe_msg_sent_event", **fields)
        answer: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}
        return {**answer, "msgid": msg_id} if oa.options.subscription_ids else answer

    def _show_values(self, call: Call, person: Person, kind: str, values: Mapping[str, str]) -> None:
        card = {name: call.body[name] for name in ("template_id", "url", "page", "miniprogram") if name in call.body}
        text = "\n".join(values.values())
        call.show(person.openid, kind, text, card={**card, "data": dict(values)}, from_=self._oa.account.account)


def _is_news(articles: Any) -> bool:
    return isinstance(articles, list) and len(articles) <= ARTICLES


def _is_menu(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) and {"id", "content"} <= set(row) for row in rows)


def _values(body: Mapping[str, Any], templates: Mapping[str, list[str]], *, check: bool) -> dict[str, str]:
    """The values of a template's keys, all of them and no others. Raises ApiFault."""
    keys = templates.get(str(body.get("template_id")))
    if keys is None:
        raise ApiFault(40037)
    data = body.get("data")
    if not isinstance(data, dict):
        raise ApiFault(47001)
    values = {}
    for key in keys:
        row = data.get(key)
        value = row.get("value") if isinstance(row, dict) else None
        if not isinstance(value, str | int) or not str(value):
            raise ApiFault(47003, f"argument invalid! data.{key}.value is empty")
        if check and not _fits(key, str(value)):
            raise ApiFault(47003, f"argument invalid! data.{key}.value invalid")
        values[key] = str(value)
    if check and (unknown := sorted(set(data) - set(keys))):
        raise ApiFault(47003, f"argument invalid! data.{unknown[0]} is not in the template")
    return values


def _fits(key: str, value: str) -> bool:
    rule = VALUES.get(key.rstrip("0123456789"))
    return rule is None or bool(rule(value))
