"""What customers do in 微信客服, and what staff do who take a conversation over.

Source: developer documents 94665 (links), 94670 (messages and events; a forwarded chat record is ``merged_msg``, each
of its entries a message as JSON text). Every act puts something into the list and rings.
"""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.platforms.calls import Ground
from bot.platforms.kf_push import Bell
from bot.platforms.kf_sessions import CUSTOMER, SERVICER, Conversation, Customer, Sessions, State
from bot.platforms.wecom_media import Media, picture, recording
from bot.platforms.wecom_staff import CannotAct

DOOR = "kf"
LONGEST_PARAM = 128  # bytes of a link's scene_param

# What a servicer's client does, as session_status_change numbers it.
FROM_POOL, HANDED_ON, ENDED, TAKEN_AGAIN = 1, 2, 3, 4
TAKING = {State.POOL: FROM_POOL, State.HUMAN: HANDED_ON, State.ENDED: TAKEN_AGAIN}


class People:
    """Customers are named by their external_userid, staff by their userid. Acts return the msgid in the list."""

    def __init__(self, ground: Ground, sessions: Sessions, media: Media, bell: Bell) -> None:
        self._ground = ground
        self._sessions = sessions
        self._media = media
        self._bell = bell

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        """Everything, by name."""
        names = "enter enter_by_link say photo voice video file location link forward choose recall refuse"
        names += " answer answer_photo take_over end"
        return {name: getattr(self, name) for name in names.split()}

    # --- customers -------------------------------------------------------------------------------------------------

    def enter(self, person: str, open_kfid: str | None = None, scene: str = "", scene_param: str = "") -> str:
        """Somebody opens the chat."""
        with self._ground.lock:
            customer, account = self._at(person, open_kfid)
            customer.scene, customer.scene_param = scene, scene_param
            fields = {"scene": scene, "scene_param": scene_param}
            code = self._sessions.greeting(account, person)
            greeting = {"welcome_code": code} if code else {}
            msgid = self._sessions.add_event(account, "enter_session", person, **fields, **greeting)
        return self._rung(account, msgid)

    def enter_by_link(self, person: str, url: str) -> str:
        """Somebody follows a link or scans its code. A link that was changed by hand names no scene."""
        address = urllib.parse.urlsplit(url)
        query = dict(urllib.parse.parse_qsl(address.query))
        account = address.path.rsplit("/", 1)[-1]
        known, scene = self._sessions.links.get(query.get("enc_scene", ""), ("", ""))
        if known != account:
            return self.enter(person, account)
        param = query.get("scene_param", "")
        if len(param.encode()) > LONGEST_PARAM:
            raise CannotAct("scene_param has more than 128 bytes")
        return self.enter(person, account, scene, param)

    def say(self, person: str, text: str, open_kfid: str | None = None, menu_id: str = "") -> str:
        """Somebody writes."""
        more = {"menu_id": menu_id} if menu_id else {}
        return self._says(person, open_kfid, "text", {"content": text, **more}, text)

    def photo(self, person: str, data: bytes | str | None = None, open_kfid: str | None = None) -> str:
        """Somebody sends a photo: the bytes, or base64 of them; without data a grey one."""
        return self._sends(person, open_kfid, "image", data or picture(), "photo.png")

    def voice(self, person: str, data: bytes | str | None = None, open_kfid: str | None = None) -> str:
        """Somebody speaks; nothing is recognised."""
        return self._sends(person, open_kfid, "voice", data or recording(), "voice.amr")

    def video(self, person: str, data: bytes | str = b"\0\0\0\x18ftypmp42", open_kfid: str | None = None) -> str:
        """Somebody sends a video."""
        return self._sends(person, open_kfid, "video", data, "video.mp4")

    def file(self, person: str, data: bytes | str = b"a file", open_kfid: str | None = None) -> str:
        """Somebody sends a file."""
        return self._sends(person, open_kfid, "file", data, "file.txt")

    def location(
        self, person: str, latitude: float, longitude: float, name: str, address: str = "", open_kfid: str | None = None
    ) -> str:
        """Somebody sends where they are."""
        place = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
        return self._says(person, open_kfid, "location", place, name)

    def link(self, person: str, title: str, url: str, open_kfid: str | None = None) -> str:
        """Somebody passes a page on."""
        return self._says(person, open_kfid, "link", {"title": title, "desc": "", "url": url, "pic_url": ""}, title)

    def forward(
        self, person: str, title: str, lines: Sequence[Sequence[str]], open_kfid: str | None = None, at: int = 0
    ) -> str:
        """Somebody forwards a chat record: who said what, one line after the other, a minute apart."""
        start = at or int(self._sessions.now()) - 60 * len(lines)
        items = [
            {"send_time": start + 60 * place, "msgtype": "text", "sender_name": name, "msg_content": _as_message(text)}
            for place, (name, text) in enumerate(lines)
        ]
        return self._says(person, open_kfid, "merged_msg", {"title": title, "item": items}, title)

    def choose(self, person: str, menu_id: str, open_kfid: str | None = None) -> str:
        """Somebody presses an entry of the newest menu that has it: it is said as a text with the entry's id."""
        for seen in reversed(self._ground.screens.of(DOOR, person)):
            for button in seen.buttons:
                if button["type"] == "click" and button["key"] == menu_id:
                    return self.say(person, button["text"], open_kfid, menu_id)
        raise CannotAct(f"{person} has no menu with an entry {menu_id!r}")

    def recall(self, person: str, msgid: str, open_kfid: str | None = None) -> str:
        """Somebody takes a message back."""
        with self._ground.lock:
            if self._sessions.owner(msgid) != person:
                raise CannotAct("there is no such message of theirs")
            _, account = self._at(person, open_kfid)
            told = self._sessions.add_event(account, "user_recall_msg", person, recall_msgid=msgid)
        return self._rung(account, told)

    def refuse(self, person: str, refuses: bool = True) -> None:
        """Somebody refuses our messages, or no longer does."""
        self._customer(person).refuses = refuses

    # --- staff -----------------------------------------------------------------------------------------------------

    def answer(self, servicer: str, person: str, text: str, open_kfid: str | None = None) -> str:
        """Whoever holds the conversation writes to the customer."""
        return self._answers(servicer, person, open_kfid, "text", {"content": text}, text)

    def answer_photo(
        self, servicer: str, person: str, data: bytes | str | None = None, open_kfid: str | None = None
    ) -> str:
        """Whoever holds the conversation sends a photo to the customer."""
        media_id = self._media.keep("image", data or picture(), "photo.png").media_id
        return self._answers(servicer, person, open_kfid, "image", {"media_id": media_id}, media_id=media_id)

    def take_over(self, servicer: str, person: str, open_kfid: str | None = None) -> str:
        """A servicer takes the conversation from the pool, from a colleague, or takes an ended one up again.

        One that waits for nobody, or that the bot holds, is in no servicer's list: it has to be handed over first.
        """
        with self._ground.lock:
            _, account = self._at(person, open_kfid)
            conversation = self._sessions.conversation(account, person)
            if servicer not in self._sessions.accounts[account].servicers:
                raise CannotAct(f"{servicer} is no servicer of this account")
            change = TAKING.get(conversation.state)
            if change is None:
                raise CannotAct("the conversation was not handed over")
            before, conversation.state, conversation.servicer = conversation.servicer, State.HUMAN, servicer
            fields: dict[str, Any] = {"change_type": change, "new_servicer_userid": servicer}
            if change == FROM_POOL:
                fields["msg_code"] = self._sessions.change_code(account, person, State.HUMAN)
            else:
                fields["old_servicer_userid"] = before
            msgid = self._sessions.add_event(account, "session_status_change", person, **fields)
        return self._rung(account, msgid)

    def end(self, servicer: str, person: str, open_kfid: str | None = None) -> str:
        """Whoever holds the conversation ends it; the customer's next message is the bot's again."""
        with self._ground.lock:
            _, account = self._at(person, open_kfid)
            conversation = self._held(servicer, account, person)
            conversation.state, conversation.servicer = State.ENDED, ""
            code = self._sessions.change_code(account, person, State.ENDED)
            fields = {"change_type": ENDED, "old_servicer_userid": servicer, "msg_code": code}
            msgid = self._sessions.add_event(account, "session_status_change", person, **fields)
        return self._rung(account, msgid)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _at(self, person: str, open_kfid: str | None) -> tuple[Customer, str]:
        """The customer, known from now on, and the account: the one named, else theirs, else the first."""
        customer = self._customer(person)
        account = open_kfid or customer.at or next(iter(self._sessions.accounts))
        if account not in self._sessions.accounts:
            raise CannotAct(f"there is no account {account}")
        customer.at = account
        return customer, account

    def _customer(self, person: str) -> Customer:
        return self._sessions.customers.setdefault(person, Customer(person, person))

    def _sends(self, person: str, open_kfid: str | None, kind: str, data: bytes | str, name: str) -> str:
        media_id = self._media.keep(kind, data, name).media_id
        return self._says(person, open_kfid, kind, {"media_id": media_id}, media_id=media_id)

    def _says(
        self, person: str, open_kfid: str | None, kind: str, content: Mapping[str, Any], text: str = "", **more: Any
    ) -> str:
        with self._ground.lock:
            _, account = self._at(person, open_kfid)
            conversation = self._sessions.heard(account, person)
            self._ground.screens.show(DOOR, person, kind, text, from_="me", **more)
            if conversation.state is State.HUMAN:
                self._ground.screens.show(DOOR, conversation.servicer, kind, text, from_=person, **more)
            whose = {"open_kfid": account, "external_userid": person, "origin": CUSTOMER}
            msgid = self._sessions.add(account, {**whose, "msgtype": kind, kind: content})
        return self._rung(account, msgid)

    def _answers(
        self,
        servicer: str,
        person: str,
        open_kfid: str | None,
        kind: str,
        content: Mapping[str, Any],
        text: str = "",
        **more: Any,
    ) -> str:
        with self._ground.lock:
            _, account = self._at(person, open_kfid)
            self._held(servicer, account, person)
            self._ground.screens.show(DOOR, person, kind, text, from_=servicer, **more)
            whose = {"open_kfid": account, "external_userid": person, "origin": SERVICER, "servicer_userid": servicer}
            msgid = self._sessions.add(account, {**whose, "msgtype": kind, kind: content})
        return self._rung(account, msgid)

    def _held(self, servicer: str, account: str, person: str) -> Conversation:
        conversation = self._sessions.conversation(account, person)
        if conversation.state is not State.HUMAN or conversation.servicer != servicer:
            raise CannotAct(f"{servicer} does not hold this conversation")
        return conversation

    def _rung(self, account: str, msgid: str) -> str:
        self._bell.ring(account)
        return msgid


def _as_message(text: str) -> str:
    return json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False)
