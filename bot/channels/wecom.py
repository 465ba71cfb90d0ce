"""A WeCom app: staff are heard by callbacks, answered within the same request, and written to at any time.

Source: WeCom developer documents 90238 (callbacks), 90968 (envelope), 90236 (sending), 94888 (changing cards), 94867
(recall). Beside the pace of single members nothing is kept between calls, so that one object serves all threads.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.channels import passive, wecom_cards
from bot.channels.base import (
    LONGEST_BODY,
    Abilities,
    Answer,
    NotGenuine,
    Outcome,
    Outgoing,
    RawRequest,
    Refused,
    TooLarge,
)
from bot.channels.envelope import Envelope
from bot.channels.flat import fields, is_json, leaves
from bot.channels.wechat_api import File, WechatApi
from bot.channels.wecom_messages import LEFT, MEDIA, Names, understand
from bot.channels.wecom_sending import Sending
from handlers.message import Incoming, Kind

TEXT_BYTES = 2048  # of one text; counted in UTF-8
MOST_PEOPLE = 1000  # in one call
LARGEST_FILE = 20 * 1024 * 1024  # bytes that anybody can have sent us
NO_WAY = Outcome("dead", reason="no_way")
NOTHING_TO_SAY = Answer()  # an empty answer: no repeat, and the member sees nothing
_CORP_ID = re.compile(r"[0-9A-Za-z_-]{1,32}")
_AGENT_ID = re.compile(r"[0-9]{1,12}")
_NO_SNIFFING = {"X-Content-Type-Options": "nosniff"}


class WecomApp:
    """One app of one corp. Without ``api`` it can only hear and answer."""

    def __init__(self, corp_id: str, agent_id: str, token: str, aes_key: str, api: WechatApi | None = None) -> None:
        """Raises ValueError when an id or ``aes_key`` cannot be what the platform's console shows."""
        if not _CORP_ID.fullmatch(corp_id) or not _AGENT_ID.fullmatch(agent_id):
            raise ValueError("a corporation id is letters and digits, an agent id is a number")
        self.door = f"wecom:{corp_id}:{agent_id}"
        self.abilities = Abilities(
            speaks="now" if api is not None else "never",
            inline=True,  # one answer at once, in the place where it was asked for
            buttons=True,
            media=True,
            batch=MOST_PEOPLE,
            at_once=16,
            alike=True,
            text_bytes=TEXT_BYTES,
            # The platform drops the same request within half an hour; less, because its clock is not ours.
            idempotent_for=timedelta(minutes=25),
            ways=frozenset({"message", "stamp", "recall"}),
        )
        self.api = api
        self._corp_id = corp_id
        self._agent_id = agent_id
        self._envelope = Envelope(token, aes_key, corp_id)
        self._names = Names(corp_id, agent_id, aes_key.encode())
        self._sending = Sending(api, int(agent_id)) if api is not None else None

    def check_url(self, request: RawRequest) -> Answer:
        """The echo, decrypted: unlike the official account's it comes sealed."""
        echo = self._opened(request.query, request.query.get("echostr", ""))
        return Answer(echo, headers=_NO_SNIFFING)

    def verify_and_parse(self, request: RawRequest) -> Incoming:
        """One callback as a message or event."""
        if len(request.body) > LONGEST_BODY:
            raise TooLarge("the body is too large")
        encrypted = _table(request.body).get("Encrypt", "")
        if not encrypted:
            raise Refused("the callback has no envelope")
        message = self._opened(request.query, encrypted)
        table = _table(message)
        deeper = leaves(message) if "SelectedItems" in table else ()
        return understand(table, deeper, self.door, self._agent_id, self._names, request.received_at)

    def answer(self, request: RawRequest, incoming: Incoming, text: str | None) -> Answer:
        """A text, freshly sealed. After a press a short one becomes the button's new words; a long one is not said:
        what a press is answered with beside that is sent."""
        sayable = passive.sayable(text or "", TEXT_BYTES)
        if not sayable.strip() or incoming.kind is Kind.SYSTEM or incoming.event == LEFT:
            return NOTHING_TO_SAY
        now = int(time.time())
        if incoming.kind is not Kind.PRESS:
            reply = passive.text_xml(sayable, incoming.sender, self._corp_id, now)
        elif len(sayable) <= wecom_cards.STAMP:
            reply = wecom_cards.stamped(sayable, incoming.sender, self._corp_id, now)
        else:
            return NOTHING_TO_SAY
        return Answer(passive.sealed_xml(self._envelope.seal(reply, timestamp=str(now))), passive.XML)

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        """Rows of one ``together`` go out in one call; anything else in a call of its own."""
        if self._sending is None:
            return [NO_WAY] * len(batch)
        return self._sending.send(batch)

    def fetch(self, handle: str) -> File:
        """The picture or recording behind ``wecom-media:<id>``, within three days. Raises TryLater, ApiError."""
        if self.api is None or not handle.startswith(MEDIA):
            raise LookupError("there is no such file here")
        return self.api.download("/cgi-bin/media/get", LARGEST_FILE, media_id=handle.removeprefix(MEDIA))

    def _opened(self, query: Mapping[str, str], encrypted: str) -> bytes:
        given = query.get("msg_signature", "")
        if not given:
            raise NotGenuine("the callback is not signed")
        return self._envelope.open(encrypted, given, query.get("timestamp", ""), query.get("nonce", ""))


def _table(body: bytes) -> dict[str, str]:
    if is_json(body):
        raise Refused("the body is not XML")  # which is all that WeCom sends to an app
    return fields(body)
