"""微信客服: anybody with WeChat talks to the organisation by a link or QR code, without adding a friend.

Source: developer documents 94670 (receiving), 94677 and 96427 (sending), 95122 (answers to events), 94669 (sessions).
A callback says only that there is something to pull; the line of ``bot/kf_pull.py`` pulls. What was pulled is kept and
run again like any callback, under a seal of our own, since the platform signs none of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b, sha256
from hmac import compare_digest, digest
from typing import Any, NamedTuple

from bot.channels import kf_say
from bot.channels.base import (
    LONGEST_BODY,
    Abilities,
    Answer,
    ChannelError,
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
from bot.channels.envelope import Envelope
from bot.channels.flat import fields
from bot.channels.kf_errors import COUNT_OVER, WITH_PERSON
from bot.channels.kf_messages import MEDIA, Names, understand
from bot.channels.wechat_api import AlreadyDone, ApiError, File, PersonRefused, WechatApi
from handlers.message import Incoming, Kind

WINDOW = Window(timedelta(hours=48), 5)
LARGEST_FILE = 10 * 1024 * 1024  # bytes
MOST_AT_ONCE = 200  # messages of one pull, of 1,000 that are allowed: each is committed before the next pull
NOTHING_TO_SAY = Answer(b"success")
POOL = 2  # the state of a session that waits for whoever of the staff takes it
HELD = "with a person"
_SEAL = "pulled"
_CORP_ID = re.compile(r"[0-9A-Za-z_-]{1,32}")
_ACCOUNT = re.compile(r"[0-9A-Za-z_-]{1,60}")
_HINT = re.compile(r"[\x21-\x7e]{1,512}")


class Hint(NamedTuple):
    """What a callback says: this account has something, and with this token it may be asked for often."""

    account: str
    token: str


class Page(NamedTuple):
    """One answer to a pull. ``cursor`` is where the next one begins."""

    messages: Sequence[Mapping[str, Any]]
    cursor: str
    more: bool


class Kf:
    """All 客服 accounts of one corporation. ``api`` None: it only listens to callbacks."""

    def __init__(self, corp_id: str, token: str, aes_key: str, api: WechatApi | None = None) -> None:
        """Raises ValueError when ``corp_id`` or ``aes_key`` cannot be what the platform's console shows."""
        if not _CORP_ID.fullmatch(corp_id):
            raise ValueError("a corporation id is letters and digits")
        self.door = f"kf:{corp_id}"
        self.api = api
        self.abilities = Abilities(
            speaks="never" if api is None else "now",
            buttons=True,
            media=True,
            at_once=128,
            text_bytes=kf_say.TEXT_BYTES,
            limits=(Limit("kf/send_msg", 10_000, timedelta(minutes=1)),),
            # A message id of our own is refused a second time (96427), with no end to it; after 48 hours nothing may
            # be said anyway.
            idempotent_for=WINDOW.span,
            windows={"message": WINDOW},
            ways=frozenset({"message", "welcome", "handover"}),
        )
        self._envelope = Envelope(token, aes_key, corp_id)
        self._secret = sha256(f"{token}\n{aes_key}".encode()).digest()
        self._names = Names(corp_id, self._secret)

    # --- what comes in ---------------------------------------------------------------------------------------------

    def check_url(self, request: RawRequest) -> Answer:
        """The decrypted echo, alone."""
        return Answer(self._open(request, request.query.get("echostr", "")))

    def hint(self, request: RawRequest) -> Hint:
        """What a callback says. Raises Refused and its children."""
        if len(request.body) > LONGEST_BODY:
            raise TooLarge("the body is too large")
        inner = fields(self._open(request, fields(request.body).get("Encrypt", "")))
        account, token = inner.get("OpenKfId", ""), inner.get("Token", "")
        if inner.get("Event") != "kf_msg_or_event" or not _ACCOUNT.fullmatch(account):
            raise Refused("the callback is not about customers")
        return Hint(account, token if _HINT.fullmatch(token) else "")

    def verify_and_parse(self, request: RawRequest) -> Incoming:
        """A pulled message that was kept, under our own seal; a callback is an event that nobody answers."""
        if _SEAL in request.query:
            return self._unsealed(request)
        account, token = self.hint(request)
        whole = blake2b(f"{account}\n{token}".encode(), digest_size=16, key=self._secret).hexdigest()
        return Incoming(
            key=f"in:{self.door}:hint:{whole}",
            door=self.door,
            sender=f"{account}/-",
            chat=None,
            kind=Kind.SYSTEM,
            said_at=request.received_at,
            received_at=request.received_at,
            event="kf_msg_or_event",
        )

    def pulled(self, message: Mapping[str, Any], received_at: datetime) -> RawRequest:
        """A message of a pull as it is kept."""
        body = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
        return RawRequest(body, {_SEAL: self._sealed(body)}, received_at)

    def understand(self, message: Mapping[str, Any], received_at: datetime) -> Incoming | None:
        """What a pulled message says; None for what is about no customer. Raises Refused."""
        return understand(message, self.door, self._names, received_at)

    def name(self, message: Mapping[str, Any]) -> str:
        """The key of a pulled message, also of one that cannot be understood."""
        return self._names.of(message)

    def answer(self, request: RawRequest, incoming: Incoming, text: str | None) -> Answer:
        """A callback is only ever acknowledged."""
        return NOTHING_TO_SAY

    def pull(self, account: str, cursor: str, token: str | None) -> Page:
        """The next messages of an account. Raises TryLater, Closed, Unsure and ApiError."""
        body: dict[str, Any] = {"open_kfid": account, "limit": MOST_AT_ONCE, "voice_format": 0}
        body |= {"cursor": cursor} if cursor else {}
        body |= {"token": token} if token else {}
        told = self.connected().post("/cgi-bin/kf/sync_msg", body)
        given, following = told.get("msg_list"), told.get("next_cursor")
        messages = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
        following = following if isinstance(following, str) and following else cursor
        return Page(messages, following, bool(told.get("has_more")))

    def fetch(self, handle: str) -> File:
        """A picture or recording that somebody sent. It is there for three days."""
        media_id = handle.removeprefix(MEDIA)
        return self.connected().download("/cgi-bin/media/get", LARGEST_FILE, media_id=media_id)

    # --- what goes out ---------------------------------------------------------------------------------------------

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        """One call a message. Raises TryLater, Closed or Unsure."""
        api = self.connected()
        return [_sent(api, one) for one in batch]

    def connected(self) -> WechatApi:
        """Its interfaces. Raises Closed without a secret."""
        if self.api is None:
            raise Closed("no secret is set for this door")
        return self.api

    def _open(self, request: RawRequest, encrypted: str) -> bytes:
        query = request.query
        if not encrypted:
            raise Refused("there is no envelope")
        given, timestamp, nonce = (query.get(name, "") for name in ("msg_signature", "timestamp", "nonce"))
        return self._envelope.open(encrypted, given, timestamp, nonce)

    def _sealed(self, body: bytes) -> str:
        return digest(self._secret, body, "sha256").hex()

    def _unsealed(self, request: RawRequest) -> Incoming:
        if not compare_digest(request.query[_SEAL].encode("utf-8", "replace"), self._sealed(request.body).encode()):
            raise NotGenuine("the message was not pulled by us")
        try:
            message = json.loads(request.body)
        except (ValueError, RecursionError):
            message = None
        incoming = self.understand(message, request.received_at) if isinstance(message, dict) else None
        if incoming is None:
            raise Refused("the pulled message says nothing")
        return incoming


def _sent(api: WechatApi, one: Outgoing) -> Outcome:
    account, _, customer = (one.person or "").partition("/")
    if not account or not customer:
        return Outcome("dead", reason="nobody to say it to")
    left_out: str | None = None
    try:
        if one.way == "handover":
            _hand_over(api, one, account, customer)
        elif one.way == "welcome":
            kf_say.on_event(api, one.code or "", one)
        else:
            left_out = kf_say.say(api, one, account, customer)
    except AlreadyDone:
        pass
    except ApiError as error:
        return _refused(error, doubtful=one.doubtful)
    return Outcome("sent", platform_id=kf_say.message_id(one.key), reason=left_out)


def _refused(error: ApiError, *, doubtful: bool) -> Outcome:
    """The documents refuse our id a second time, and do not say by which number: after a try that may have arrived,
    a refusal that says nothing else means that it did.
    """
    reason = f"errcode {error.code}"
    if not isinstance(error, PersonRefused):
        return Outcome("sent", reason=f"said before: {reason}") if doubtful else Outcome("dead", reason=reason)
    if doubtful and error.code == COUNT_OVER:
        return Outcome("unknown", reason=reason)  # the fifth may have been this one
    return Outcome("gone" if error.gone else "unreachable", reason=HELD if error.code == WITH_PERSON else reason)


def _hand_over(api: WechatApi, one: Outgoing, account: str, customer: str) -> None:
    """The session waits for whoever of the staff takes it. The platform may let one thing be said about that."""
    state = {"open_kfid": account, "external_userid": customer, "service_state": POOL}
    told = api.post("/cgi-bin/kf/service_state/trans", state)
    code = told.get("msg_code")
    if isinstance(code, str) and code and one.text:
        try:
            kf_say.on_event(api, code, one)
        except ChannelError:
            return  # the session was handed over all the same
