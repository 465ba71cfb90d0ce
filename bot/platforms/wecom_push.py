"""The pushing side of WeCom: what somebody does becomes an encrypted callback, and the answer is read.

Source: developer documents 90238 (callbacks: XML, a signature over the envelope, 5 s, repeated on anything but 200),
90968 (envelope), 90239 and 90240 (messages and events), 94670 (微信客服). A repeat has the same MsgId and CreateTime
under a fresh timestamp, nonce and random head. How often it is repeated the documents say as "three times".
"""

from __future__ import annotations

import itertools
import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.platforms import wecom_cards
from bot.platforms.calls import ApiFault, Ground
from bot.platforms.official_account import ENVELOPE_FIELDS, Callback, HttpAnswer, over_http
from bot.platforms.official_account import Call as HttpCall
from bot.platforms.pushes import Pushes
from bot.platforms.sealing import PlatformSeal, Unacceptable, table
from bot.platforms.wecom_xml import Reply, rendered, reply

PATIENCE = 5.0  # seconds until the platform hangs up
ECHO_PATIENCE = 1.0  # seconds for the check of the address
ATTEMPTS = 3
NOTHING = Reply()


def _kind(push: Push) -> str:
    return str(push.fields.get("Event") or push.fields["MsgType"])


def _check_card(card: Mapping[str, Any]) -> None:
    try:
        wecom_cards.check(card, update=True)
    except ApiFault as fault:
        raise Unacceptable(f"the card is refused: {fault}") from fault


@dataclass(frozen=True, slots=True)
class Push:
    """Something that happened once; it may be pushed several times."""

    sender: str
    fields: Mapping[str, Any] = field(default_factory=dict)


class WecomCallback:
    """One callback address as the platform meets it: an app's, or 微信客服's. Faults: ``/<name>/push/<kind>``.

    ``address`` may be set later: a platform also runs without anybody listening.
    """

    def __init__(
        self,
        ground: Ground,
        corp_id: str,
        token: str,
        aes_key: str,
        *,
        agent_id: int | None = None,
        name: str = "wecom",
        address: str | None = None,
        call: HttpCall = over_http,
    ) -> None:
        self.ground = ground
        self.corp_id = corp_id
        self.agent_id = agent_id
        self.address = address
        self.seal = PlatformSeal(token, aes_key, corp_id)
        self.name = name
        self._call = call
        self.pushes = Pushes(ground, name)
        self._ids = itertools.count(4_561_255_354_251_345_929 + ground.chance.randrange(10**12) * 1000)

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        """What the console does."""
        return {"set_callback": self.set_callback, "check_callback": self.check_url}

    def set_callback(self, address: str) -> None:
        """Saves our address, as the console does after it was checked."""
        self.address = address

    # --- what is pushed --------------------------------------------------------------------------------------------

    def message(self, sender: str, message_type: str, **fields: Any) -> Push:
        """A message of any type, with a MsgId of its own."""
        return self._push(sender, {"MsgType": message_type, **fields, "MsgId": next(self._ids)})

    def event(self, sender: str, event: str, **fields: Any) -> Push:
        """An event of any name. Events have no MsgId."""
        return self._push(sender, {"MsgType": "event", "Event": event, **fields})

    def kf_event(self, token: str, open_kfid: str) -> Push:
        """There is something to pull. It names nobody and has no content."""
        return Push(
            "",
            {
                "ToUserName": self.corp_id,
                "CreateTime": int(self.ground.clock.now()),
                "MsgType": "event",
                "Event": "kf_msg_or_event",
                "Token": token,
                "OpenKfId": open_kfid,
            },
        )

    def _push(self, sender: str, fields: Mapping[str, Any]) -> Push:
        common = {
            "ToUserName": self.corp_id,
            "FromUserName": sender,
            "CreateTime": int(self.ground.clock.now()),
        }
        agent = {} if self.agent_id is None else {"AgentID": self.agent_id}
        return Push(sender, {**common, **fields, **agent})

    # --- over the wire ---------------------------------------------------------------------------------------------

    def check_url(self) -> bool:
        """The check when the address is saved: the decrypted echo must come back alone, within a second."""
        echo = str(self.ground.chance.randrange(10**18, 10**19))
        query = self._signed(self.seal.encrypt(echo.encode()))
        query["echostr"] = query.pop("encrypt")
        started = time.monotonic()
        try:
            answer = self._call("GET", self._at(query), None)
        except Unacceptable:
            return False
        return answer == HttpAnswer(200, echo.encode()) and time.monotonic() - started <= ECHO_PATIENCE

    def callback(self, push: Push) -> Callback:
        """One try, freshly signed and sealed; the message inside stays the same."""
        return self.sealed(self.seal.encrypt(rendered(push.fields)))

    def sealed(self, encrypted: str) -> Callback:
        """An envelope correctly signed, whatever is in it."""
        query = self._signed(encrypted)
        agent = "" if self.agent_id is None else str(self.agent_id)
        envelope = {"ToUserName": self.corp_id, "Encrypt": query.pop("encrypt"), "AgentID": agent}
        return Callback(query, rendered(envelope))

    def try_once(self, push: Push) -> Reply:
        """Pushes once. Raises Unacceptable."""
        query, body = self.callback(push)
        started = time.monotonic()
        answer = self._call("POST", self._at(query), body)
        if time.monotonic() - started > PATIENCE:
            raise Unacceptable("the answer came too late")
        return self.read(push, answer)

    def push(self, push: Push, attempts: int = ATTEMPTS) -> Reply:
        """Pushes until the answer is acceptable; raises the last Unacceptable when it never is."""
        for attempt in itertools.count(1):
            try:
                return self.try_once(push)
            except Unacceptable:
                if attempt >= attempts:
                    raise
        return NOTHING

    def deliver(self, push: Push, read: Callable[[Reply], object] | None = None) -> list[Reply]:
        """Pushes as the faults that are on have it; what came back at once, of every push of it that was accepted.

        ``read`` is called with the first answer that says anything, also when the push comes later. Nobody may hold
        the ground's lock meanwhile: whoever is pushed to may call the interfaces before it answers.
        """
        if self.address is None:
            self._note(push, outcome="no callback")
            return []
        replies: list[Reply] = []
        first = threading.Lock()  # whoever takes it has the answer that is read

        def once() -> None:
            try:
                answered = self.push(push)
            except Unacceptable as why:
                self._note(push, outcome="unacceptable", why=str(why))
                return
            self._note(push, outcome="accepted", answer=answered.kind, read=answered.text)
            replies.append(answered)
            if read and answered.kind != "nothing" and first.acquire(blocking=False):
                read(answered)

        self.pushes.make(_kind(push), once)
        return replies

    def read(self, push: Push, answer: HttpAnswer) -> Reply:
        """What an answer says, judged as strictly as the documents allow. Raises Unacceptable."""
        if answer.status != 200:
            raise Unacceptable(f"HTTP {answer.status}")
        if answer.body in {b"", b"success"}:
            return NOTHING
        envelope = table(answer.body, ENVELOPE_FIELDS)
        if not envelope["TimeStamp"].isdigit():
            raise Unacceptable("the time stamp is not a number")
        if envelope["MsgSignature"] != self.seal.sign(envelope["TimeStamp"], envelope["Nonce"], envelope["Encrypt"]):
            raise Unacceptable("the answer's signature is wrong")
        answered = reply(self.seal.decrypt(envelope["Encrypt"]), to=push.sender, corp_id=self.corp_id)
        if answered.kind != "text" and push.fields.get("Event") != "template_card_event":
            raise Unacceptable(f"nobody clicked, and the answer is {answered.kind}")
        if answered.card is not None:
            _check_card(answered.card)
        return answered

    def _note(self, push: Push, **fields: object) -> None:
        said = {name: value for name, value in push.fields.items() if name not in {"ToUserName", "Token"}}
        self.ground.record.add(self.name, "push", kind=_kind(push), person=push.sender, said=said, **fields)

    def _signed(self, encrypted: str) -> dict[str, str]:
        timestamp, nonce = str(int(self.ground.clock.now())), str(self.ground.chance.randrange(10**10))
        signature = self.seal.sign(timestamp, nonce, encrypted)
        return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce, "encrypt": encrypted}

    def _at(self, query: Mapping[str, str]) -> str:
        return f"{self.address}?{urllib.parse.urlencode(query)}"
