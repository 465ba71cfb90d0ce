"""The pushing side of a WeChat official account: what a person does becomes a callback, the answer what they read.

Source: official documents "receiving messages", "receiving events", "passive reply" and "push". A push that is not
answered properly is repeated with the same MsgId and CreateTime, under a fresh timestamp, nonce and random head; the
documents speak of three times, without saying whether the first is counted.
"""

from __future__ import annotations

import itertools
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from bot.platforms.sealing import PlatformSeal, Unacceptable, sign, table

PATIENCE = 5.0  # seconds until the platform hangs up
ATTEMPTS = 3
LONGEST_TEXT = 2048  # bytes
ENVELOPE_FIELDS = {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
TEXT_FIELDS = {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}

Value = str | int | Mapping[str, Any] | Sequence[Mapping[str, Any]]


class HttpAnswer(NamedTuple):
    """What the callback answered."""

    status: int
    body: bytes


Call = Callable[[str, str, bytes | None], HttpAnswer]
"""Method, full address, body: an HTTP client. The default is the standard library's."""


class Callback(NamedTuple):
    """One try at pushing: the query and body as they go over the wire."""

    query: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Push:
    """Something that happened once; it may be pushed several times."""

    sender: str
    fields: Mapping[str, Value] = field(default_factory=dict)


def over_http(method: str, address: str, body: bytes | None) -> HttpAnswer:
    """One real request. Raises Unacceptable when nothing answers in time."""
    request = urllib.request.Request(address, data=body, method=method, headers={"Content-Type": "text/xml"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return HttpAnswer(response.status, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return HttpAnswer(error.code, error.read())
    except OSError as error:
        raise Unacceptable(f"no answer: {error}") from error


class OfficialAccountPlatform:
    """The platform as one account's server meets it. ``mode``: safe (encrypted), both side by side, or plain."""

    def __init__(
        self,
        address: str,
        app_id: str,
        token: str,
        aes_key: str,
        *,
        account: str = "gh_97417a04a28d",
        mode: Literal["safe", "both", "plain"] = "safe",
        data_format: Literal["xml", "json"] = "xml",
        call: Call = over_http,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.account = account
        self.mode = mode
        self.data_format = data_format
        self.seal = PlatformSeal(token, aes_key, app_id)
        self.address = address  # of our callback; may be set later
        self._token = token
        self._call = call
        self._clock = clock
        self._ids = itertools.count(24_960_000_000_000_001 + secrets.randbelow(10**12) * 1000)

    # --- what people do --------------------------------------------------------------------------------------------

    def message(self, sender: str, message_type: str, **fields: Value) -> Push:
        """A message of any type, with a MsgId of its own."""
        return self._push(sender, {"MsgType": message_type, **fields, "MsgId": next(self._ids)})

    def event(self, sender: str, event: str, **fields: Value) -> Push:
        """An event of any name. Events have no MsgId."""
        return self._push(sender, {"MsgType": "event", "Event": event, **fields})

    def text(self, sender: str, content: str) -> Push:
        """Somebody writes."""
        return self.message(sender, "text", Content=content)

    def image(self, sender: str, media_id: str | None = None, address: str | None = None) -> Push:
        """Somebody sends a photo; ``address`` is where it can be looked at."""
        media_id = media_id or secrets.token_urlsafe(48)
        address = address or f"http://mmbiz.qpic.cn/{media_id}/0"
        return self.message(sender, "image", PicUrl=address, MediaId=media_id)

    def voice(self, sender: str, recognition: str | None = None, media_id: str | None = None) -> Push:
        """Somebody speaks; ``recognition`` is None where the account has speech recognition switched off."""
        heard = {} if recognition is None else {"Recognition": recognition}
        return self.message(sender, "voice", MediaId=media_id or secrets.token_urlsafe(48), Format="amr", **heard)

    def location(self, sender: str, latitude: float, longitude: float, label: str) -> Push:
        """Somebody sends where they are."""
        place = {"Location_X": f"{latitude:.6f}", "Location_Y": f"{longitude:.6f}", "Label": label}
        return self.message(sender, "location", Scale=15, **place)

    def subscribe(self, sender: str, scene: str | None = None, ticket: str | None = None) -> Push:
        """Somebody follows the account, perhaps by a QR code that names a scene."""
        if scene is None:
            return self.event(sender, "subscribe", EventKey="")
        ticket = ticket or secrets.token_urlsafe(60)
        return self.event(sender, "subscribe", EventKey=f"qrscene_{scene}", Ticket=ticket)

    def unsubscribe(self, sender: str) -> Push:
        """Somebody leaves. Whatever is answered, nobody reads it."""
        return self.event(sender, "unsubscribe", EventKey="")

    def scan(self, sender: str, scene: str, ticket: str | None = None) -> Push:
        """A follower scans a QR code."""
        return self.event(sender, "SCAN", EventKey=scene, Ticket=ticket or secrets.token_urlsafe(60))

    def click(self, sender: str, key: str) -> Push:
        """Somebody taps the menu."""
        return self.event(sender, "CLICK", EventKey=key)

    def view(self, sender: str, url: str) -> Push:
        """Somebody opens a page from the menu."""
        return self.event(sender, "VIEW", EventKey=url)

    # --- over the wire ---------------------------------------------------------------------------------------------

    def check_url(self) -> bool:
        """The check when the address is saved in the console: our random number must come back, and nothing else."""
        echo = str(secrets.randbelow(10**19))
        query = {**self._plain_query(), "echostr": echo}
        answer = self._call("GET", self._at(query), None)
        return answer == HttpAnswer(200, echo.encode())

    def callback(self, push: Push) -> Callback:
        """One try, freshly signed and sealed; the message inside stays the same."""
        message = self._rendered(push.fields)
        query = {**self._plain_query(), "openid": push.sender}
        if self.mode == "plain":
            return Callback(query, message)
        beside = push.fields if self.mode == "both" else {}
        return self.sealed(self.seal.encrypt(message), query, beside)

    def sealed(
        self, encrypted: str, query: Mapping[str, str] | None = None, beside: Mapping[str, Value] | None = None
    ) -> Callback:
        """An envelope correctly signed, whatever is in it."""
        query = {**(query or self._plain_query()), "encrypt_type": "aes"}
        query["msg_signature"] = self.seal.sign(query["timestamp"], query["nonce"], encrypted)
        return Callback(query, self._rendered({"ToUserName": self.account, **(beside or {}), "Encrypt": encrypted}))

    def try_once(self, push: Push) -> str | None:
        """Pushes once. The text that the person reads, or None. Raises Unacceptable."""
        query, body = self.callback(push)
        started = time.monotonic()
        answer = self._call("POST", self._at(query), body)
        if time.monotonic() - started > PATIENCE:
            raise Unacceptable("the answer came too late")
        return self.read(push, answer)

    def push(self, push: Push, attempts: int = ATTEMPTS) -> str | None:
        """Pushes until the answer is acceptable; raises the last Unacceptable when it never is."""
        for attempt in itertools.count(1):
            try:
                return self.try_once(push)
            except Unacceptable:
                if attempt >= attempts:
                    raise
        return None

    def read(self, push: Push, answer: HttpAnswer) -> str | None:
        """What the person reads of an answer, judged as strictly as the platform does. Raises Unacceptable."""
        if answer.status != 200:
            raise Unacceptable(f"HTTP {answer.status}")
        if answer.body in {b"", b"success"}:
            return None
        message = answer.body if self.mode == "plain" else self._opened(answer.body)
        reply = self._table(message, TEXT_FIELDS)
        if (reply["ToUserName"], reply["FromUserName"]) != (push.sender, self.account):
            raise Unacceptable("the reply is from or to somebody else")
        if reply["MsgType"] != "text" or not reply["CreateTime"].isdigit():
            raise Unacceptable("the reply is not a text with a time")
        if not 0 < len(reply["Content"].encode()) <= LONGEST_TEXT:
            raise Unacceptable("the text is empty or too long")
        return reply["Content"]

    def _push(self, sender: str, fields: Mapping[str, Value]) -> Push:
        common: dict[str, Value] = {
            "ToUserName": self.account,
            "FromUserName": sender,
            "CreateTime": int(self._clock()),
        }
        return Push(sender, {**common, **fields})

    def _plain_query(self) -> dict[str, str]:
        timestamp, nonce = str(int(self._clock())), str(secrets.randbelow(10**10))
        return {"signature": sign(self._token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}

    def _at(self, query: Mapping[str, str]) -> str:
        return f"{self.address}?{urllib.parse.urlencode(query)}"

    def _rendered(self, fields: Mapping[str, Value]) -> bytes:
        if self.data_format == "json":
            return json.dumps(fields, ensure_ascii=False).encode()
        return f"<xml>{_elements(fields)}</xml>".encode()

    def _opened(self, body: bytes) -> bytes:
        envelope = self._table(body, ENVELOPE_FIELDS)
        if not envelope["TimeStamp"].isdigit():
            raise Unacceptable("the time stamp is not a number")
        if envelope["MsgSignature"] != self.seal.sign(envelope["TimeStamp"], envelope["Nonce"], envelope["Encrypt"]):
            raise Unacceptable("the answer's signature is wrong")
        return self.seal.decrypt(envelope["Encrypt"])

    def _table(self, body: bytes, names: set[str]) -> dict[str, str]:
        if self.data_format == "xml":
            return table(body, names)
        try:
            found = json.loads(body)
        except ValueError as error:
            raise Unacceptable(f"not JSON: {error}") from error
        numbers = {"TimeStamp", "CreateTime"}
        if set(found) != names or any(isinstance(found[name], int) != (name in numbers) for name in names):
            raise Unacceptable(f"the JSON has {found}")
        return {name: str(value) for name, value in found.items()}


def _elements(fields: Mapping[str, Value]) -> str:
    """Numbers bare, texts in CDATA, objects nested, lists as repeated elements, as in the documents' samples."""
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Value) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element(name, one) for one in value)
    return f"<{name}>{_content(value)}</{name}>"


def _content(value: str | int | Mapping[str, Any]) -> str:
    if isinstance(value, Mapping):
        return _elements(value)
    if isinstance(value, int):
        return str(value)
    return "<![CDATA[{}]]>".format(value.replace("]]>", "]]]]><![CDATA[>"))
