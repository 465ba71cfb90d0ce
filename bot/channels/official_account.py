"""A WeChat official account: one-to-one talk, pushed to our callback and answered within the same request.

Source: official documents "push", "receiving messages", "passive reply" and "message encryption". Nothing is kept
between calls, so that one object serves all threads. No age of a push is checked: the platform defines no limit, and
a repeat of any age finds the name of the first.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.channels import oa_media, oa_send, passive
from bot.channels.base import (
    LONGEST_BODY,
    Abilities,
    Answer,
    Closed,
    Limit,
    NotGenuine,
    Outcome,
    Outgoing,
    RawRequest,
    Refused,
    TooLarge,
    Window,
)
from bot.channels.envelope import Envelope, check_signature
from bot.channels.flat import fields, is_json, listed
from bot.channels.oa_messages import Names, understand
from bot.channels.oa_send import NO_WAY, TEXT_BYTES
from bot.channels.oa_templates import Templates
from bot.channels.wechat_api import File, WechatApi
from handlers.message import Incoming

NOTHING_TO_SAY = Answer(b"success")  # the platform's word for it: no retry, and the person sees nothing
_BRIEFLY = Window(timedelta(minutes=1), 3)
# Source: official document "customer service messages". A tap on the menu or a scan does not open the 48 hours.
WINDOWS: Mapping[str, Window] = {
    "message": Window(timedelta(hours=48), 5),
    "subscribe": _BRIEFLY,
    "scan": _BRIEFLY,
    "click": _BRIEFLY,
    "scancode_push": _BRIEFLY,
    "scancode_waitmsg": _BRIEFLY,
}
LIMITS = (Limit("custom/send", 500_000, "day"),)
_APP_ID = re.compile(r"[0-9A-Za-z_-]{1,32}")
_NO_SNIFFING = {"X-Content-Type-Options": "nosniff"}


class OfficialAccount:
    """One account. Without ``api`` it answers what it is asked and never speaks unasked."""

    def __init__(
        self,
        app_id: str,
        token: str,
        aes_key: str,
        *,
        plaintext_allowed: bool = False,
        api: WechatApi | None = None,
        templates: Templates | None = None,
    ) -> None:
        """``plaintext_allowed`` is for development: a plaintext signature does not cover the body.

        Raises ValueError when ``app_id`` or ``aes_key`` cannot be what the platform's console shows.
        """
        if not _APP_ID.fullmatch(app_id):
            raise ValueError("an AppID is letters and digits")
        self.door = f"oa:{app_id}"
        self._api = api
        self._templates = templates or Templates()
        self.abilities = _mute() if api is None else _speaking(self._templates)
        self._token = token
        self._plaintext_allowed = plaintext_allowed
        self._envelope = Envelope(token, aes_key, app_id)
        self._names = Names(app_id, aes_key.encode())

    def check_url(self, request: RawRequest) -> Answer:
        """The plaintext ``echostr`` verbatim: it is never encrypted for an official account, in no mode."""
        self._check_plain_signature(request)
        echo = request.query.get("echostr", "")
        if not echo:
            raise Refused("there is nothing to echo")
        # echostr is not covered by the signature: a browser must never take it for a page.
        return Answer(echo.encode("utf-8", "replace"), headers=_NO_SNIFFING)

    def verify_and_parse(self, request: RawRequest) -> Incoming:
        """One push as a message or event."""
        if len(request.body) > LONGEST_BODY:
            raise TooLarge("the body is too large")
        body = self._plain(request) if self._is_plain(request) else self._opened(request)
        return understand(fields(body), self.door, self._names, request.received_at, lambda name: listed(body, name))

    def answer(self, request: RawRequest, incoming: Incoming, text: str | None) -> Answer:
        """A text reply, freshly sealed, in the data format of the request; ``success`` for nothing to say.

        An empty text counts as nothing: the platform would tell the person that the account is out of service.
        """
        sayable = passive.sayable(text or "", TEXT_BYTES)
        if not sayable.strip():
            return NOTHING_TO_SAY
        now = int(time.time())
        as_json = is_json(request.body)
        render = passive.text_json if as_json else passive.text_xml
        reply = render(sayable, incoming.sender, incoming.data.get("account", ""), now)
        content_type = passive.JSON if as_json else passive.XML
        if self._is_plain(request):
            return Answer(reply, content_type)
        sealed = self._envelope.seal(reply, timestamp=str(now))
        return Answer(passive.sealed_json(sealed) if as_json else passive.sealed_xml(sealed), content_type)

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        """One message (``abilities.batch``): each is a call of its own, which may end in its own way.

        Raises TryLater, Closed and Unsure.
        """
        if self._api is None:
            return [NO_WAY] * len(batch)
        (message,) = batch
        return [oa_send.send(self._api, self._templates, message)]

    def connected(self) -> WechatApi:
        """Its interfaces. Raises Closed without any."""
        if self._api is None:
            raise Closed("no address of its interfaces is set for this door")
        return self._api

    def fetch(self, handle: str) -> File:
        """The picture or recording that a message named. Raises TryLater, Closed and other ChannelErrors."""
        if self._api is None:
            raise oa_media.NotFetchable("this account has no interfaces")
        return oa_media.fetch(self._api, handle)

    def _is_plain(self, request: RawRequest) -> bool:
        query = request.query
        return self._plaintext_allowed and "msg_signature" not in query and query.get("encrypt_type", "raw") == "raw"

    def _plain(self, request: RawRequest) -> bytes:
        self._check_plain_signature(request)
        return request.body

    def _opened(self, request: RawRequest) -> bytes:
        """The message inside the envelope.

        In the mode that sends both, the plaintext beside the envelope is passed over, and so is the ``signature`` of
        the address: neither says anything about the body.
        """
        query = request.query
        given = query.get("msg_signature", "")
        if not given:
            raise NotGenuine("the push is not encrypted")
        encrypted = fields(request.body).get("Encrypt", "")
        if not encrypted:
            raise Refused("the push has no envelope")
        return self._envelope.open(encrypted, given, query.get("timestamp", ""), query.get("nonce", ""))

    def _check_plain_signature(self, request: RawRequest) -> None:
        query = request.query
        check_signature(query.get("signature", ""), self._token, query.get("timestamp", ""), query.get("nonce", ""))


def _mute() -> Abilities:
    return Abilities(speaks="never", inline=True, text_bytes=TEXT_BYTES)


def _speaking(templates: Templates) -> Abilities:
    """No key of a customer-service message is recognised: what may have arrived is never said again."""
    return Abilities(
        speaks="now",
        inline=True,
        media=True,
        at_once=128,
        text_bytes=TEXT_BYTES,
        limits=LIMITS,
        windows=WINDOWS,
        ways=frozenset({"message", *templates.kinds}),
    )
