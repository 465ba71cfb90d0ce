"""SMS and voice by a plain HTTP port: whatever the district has (a gateway, an operator, a telephone exchange) is
reached through a small adapter that speaks this. Documented for its author in ``docs/sms-port.md``.

``POST <address>`` with JSON ``{"id", "to", "kind": "sms" | "voice", "text"}`` and a bearer token. The same ``id`` is
sent once, however often it is asked for within a day. Nothing is taken in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from bot.channels.base import (
    Abilities,
    Answer,
    ChannelError,
    Closed,
    NotGenuine,
    Outcome,
    Outgoing,
    RawRequest,
    TryLater,
    Unsure,
)
from bot.channels.http import Heard, Http, NotOut, Unheard
from bot.channels.phone_words import aloud, legible
from bot.channels.plain_cards import in_words
from handlers.message import Incoming

REMEMBERED = timedelta(hours=20)  # the adapter knows an id for a day; less, because its clock is not ours
LONGEST = {"sms": 350 * 3, "voice": 150 * 3}  # UTF-8 bytes: five parts of a long SMS, about half a minute of speech
AT_ONCE = {"sms": 128, "voice": 8}  # calls of a notice under way: a spoken one rings somewhere
NUMBER = re.compile(r"\+?[0-9]{3,20}")
_REFUSED = frozenset({401, 403})
_WAIT = frozenset({425, 429, 500, 503})
_MAY_HAVE_ACTED = frozenset({408, 502, 504})  # said by what stands before the adapter

Kind = Literal["sms", "voice"]


class NotWell(ChannelError):
    """The port did not answer its check as it should."""


class Port:
    """The adapter's address. One object serves both kinds."""

    def __init__(self, address: str, token: str, http: Http | None = None) -> None:
        self._address = address.rstrip("/")
        self._http = http or Http()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def hand_in(self, message: Mapping[str, Any]) -> Heard:
        """One request. Raises NotOut, Unheard."""
        body = json.dumps(message, ensure_ascii=False).encode()
        headers = {**self._headers, "Content-Type": "application/json; charset=utf-8"}
        return self._http.ask("POST", self._address, body=body, headers=headers)

    def check(self) -> None:
        """Asks whether the adapter works. Raises NotWell with one sentence."""
        try:
            answer = self._http.ask("GET", f"{self._address}/health", headers=self._headers)
        except (NotOut, Unheard) as error:
            raise NotWell(f"it does not answer ({error})") from None
        if answer.status != 200:
            raise NotWell(f"it answers its check with HTTP {answer.status}")


class PhoneChannel:
    """SMS (door ``sms:main``) or a spoken call (door ``voice:main``). An address is a telephone number."""

    def __init__(self, kind: Kind, port: Port) -> None:
        self.kind = kind
        self.door = f"{kind}:main"
        self.port = port
        self.abilities = Abilities(
            speaks="now",
            at_once=AT_ONCE[kind],
            text_bytes=LONGEST[kind],
            idempotent_for=REMEMBERED,
            costs=True,
            aloud=kind == "voice",
        )

    def check_url(self, request: RawRequest) -> Answer:
        raise NotGenuine("this channel has no callback")

    def verify_and_parse(self, request: RawRequest) -> Incoming:
        raise NotGenuine("this channel has no callback")

    def answer(self, request: RawRequest, incoming: Incoming, text: str | None) -> Answer:
        raise NotGenuine("this channel has no callback")

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        """One message. Raises TryLater, Closed and Unsure."""
        (message,) = batch
        if not message.person or not NUMBER.fullmatch(message.person):
            return [Outcome("gone", reason="no telephone number")]
        said = in_words(message, hint=False)
        text = _cut(aloud(said) if self.kind == "voice" else legible(said), LONGEST[self.kind])
        request = {"id": message.key, "to": message.person, "kind": self.kind, "text": text}
        try:
            return [_read(self.port.hand_in(request))]
        except NotOut as error:
            raise TryLater(f"the port: {error}") from None
        except Unheard as error:
            raise Unsure(f"the port: {error}") from None


def _read(answer: Heard) -> Outcome:
    """200 and 202 taken, 409 taken before, 404 and 422 this number not, 401 and 403 nothing at all.

    Raises TryLater, Closed and Unsure.
    """
    if answer.status in (200, 202, 409):
        return Outcome("sent", platform_id=_name(answer))
    if answer.status in _REFUSED:
        raise Closed(f"the port refuses us: HTTP {answer.status}")
    if answer.status in _WAIT:
        raise TryLater(f"the port: HTTP {answer.status}")
    if answer.status in _MAY_HAVE_ACTED:
        raise Unsure(f"the port: HTTP {answer.status}")
    if answer.status in (404, 422):
        return Outcome("unreachable", reason="the port cannot reach this number")
    return Outcome("dead", reason=f"the port: HTTP {answer.status}")


def _name(answer: Heard) -> str | None:
    try:
        found = json.loads(answer.content)
    except ValueError:
        return None
    given = found.get("id") if isinstance(found, dict) else None
    return given if isinstance(given, str) else None


def _cut(text: str, most: int) -> str:
    raw = text.encode()
    if len(raw) <= most:
        return text
    return raw[: most - 3].decode("utf-8", "ignore") + "…"
