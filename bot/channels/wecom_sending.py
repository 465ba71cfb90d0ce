"""What a WeCom app sends: words, cards and files to up to 1,000 members in a call, changes of cards, recalls.

Source: WeCom developer documents 90236 (message/send), 90253 (media/upload), 94888 (message/update_template_card),
94867 (message/recall), 90312 (limits).

The platform recognises a repeat by the request itself: the same words to the same people within the interval are not
delivered again. So a repeat has to be the same to the byte (people in order), and what only looks the same must not:
staff may be told the same sentence twice in half an hour. The interval asked for therefore differs from key to key.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

from bot.channels import wecom_cards
from bot.channels.base import Attachment, ChannelError, Outcome, Outgoing, TryLater, Unsure
from bot.channels.passive import sayable
from bot.channels.plain_cards import in_words
from bot.channels.wechat_api import ApiError, PersonRefused, WechatApi
from bot.channels.wecom_pace import Pace

log = logging.getLogger(__name__)

TEXT_BYTES = 2048
MOST_PEOPLE = 1000
SHORTEST_CHECK, LONGEST_CHECK = 1800, 4 * 3600  # seconds
MB = 1024 * 1024
PICTURES = {"image/jpeg": "jpg", "image/png": "png"}
AMR = b"#!AMR"  # how the only sound begins that the platform takes

TASK_USED, CODE_USED, TOO_LATE, BAD_PARAMETER, LAST_OF_CARDS = 42014, 60140, 42052, 40058, 42051
_MEMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_@.-]{0,63}")  # never @all

NO_WAY = Outcome("dead", reason="no_way")
SENT = Outcome("sent")


class Sending:
    """The sending side of one app."""

    def __init__(self, api: WechatApi, agent_id: int, tick: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._agent_id = agent_id
        self._pace = Pace(tick)

    def send(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """An outcome for each. Where a later call of a batch cannot be made, the batch is Unsure: repeated as a whole
        it doubles nothing."""
        outcomes: dict[str, Outcome] = {}
        for call in _calls(batch):
            try:
                outcomes |= zip((one.key for one in call), self._call(call), strict=True)
            except TryLater as error:
                if not outcomes:
                    raise
                raise Unsure("a part of the batch was sent") from error
        return [outcomes[one.key] for one in batch]

    def _call(self, call: Sequence[Outgoing]) -> Sequence[Outcome]:
        match call[0].way:
            case "message":
                return self._say(call)
            case "stamp":
                return [self._stamp(call[0])]
            case "recall":
                return [self._recall(call[0])]
            case _:
                return [NO_WAY] * len(call)

    # --- messages --------------------------------------------------------------------------------------------------

    def _say(self, call: Sequence[Outgoing]) -> list[Outcome]:
        """Words or card, then the file to whoever got them. What is said counts: a file that fails is only noted."""
        people = sorted({one.person for one in call if one.person is not None and _MEMBER.fullmatch(one.person)})
        first, file = call[0], _sendable(call[0].media)
        has_words = first.card is not None or bool(first.text.strip())
        if not people or not (has_words or file):
            return [NO_WAY] * len(call)
        self._pace.take(people, 1 + (has_words and file is not None))
        if not has_words:
            said = self._settled(people, lambda: self._send_file(first, file, people))
        else:
            said = self._settled(people, lambda: self._send_words(first, people))
            got_it = [one for one in people if said[one].state == "sent"]
            if lacking := self._send_along(first, file, got_it):
                said |= {one: replace(said[one], reason=lacking) for one in got_it}
        return [said.get(one.person or "", NO_WAY) for one in call]

    def _settled(self, people: Sequence[str], sent: Callable[[], Mapping[str, Any]]) -> dict[str, Outcome]:
        """What the platform said of each. Ids come back in small letters."""
        try:
            answer = sent()
        except PersonRefused as error:
            alone = error.gone and len(people) == 1
            return dict.fromkeys(people, Outcome("gone" if alone else "unreachable", reason=f"errcode {error.code}"))
        except ApiError as error:
            return dict.fromkeys(people, Outcome("dead", reason=f"errcode {error.code}"))
        reached = Outcome("sent", platform_id=_text(answer, "msgid"), code=_text(answer, "response_code"))
        missed = {
            **dict.fromkeys(_ids(answer, "unlicenseduser"), Outcome("unreachable", reason="no licence")),
            **dict.fromkeys(_ids(answer, "invaliduser"), Outcome("unreachable", reason="not in the range of the app")),
        }
        return {one: missed.get(one.lower(), reached) for one in people}

    def _send_words(self, one: Outgoing, people: Sequence[str]) -> Mapping[str, Any]:
        """As a card, where there is one and the platform takes it, else as text."""
        card = wecom_cards.template_card(one.card, one.text, one.together or one.key)
        if card is not None:
            try:
                return self._post(one, people, "template_card", card)
            except PersonRefused:
                raise
            except ApiError as error:
                if error.code == TASK_USED:
                    return {}  # an earlier try of this very card arrived
                if error.code != BAD_PARAMETER and not TASK_USED < error.code <= LAST_OF_CARDS:
                    raise
                log.error("a card was refused (errcode %d): it is sent in words", error.code)
        return self._post(one, people, "text", {"content": sayable(in_words(one), TEXT_BYTES)})

    def _send_along(self, one: Outgoing, file: str | None, people: Sequence[str]) -> str | None:
        """Sends the file behind its words; what was left out, and why."""
        if one.media is None or not people:
            return None
        if file is None:
            return "without its file, which the platform does not take"
        try:
            self._send_file(one, file, people)
        except ChannelError as error:
            log.warning("the %s of a message was not sent (%s)", file, type(error).__name__)
            return f"without its {file} ({type(error).__name__})"
        return None

    def _send_file(self, one: Outgoing, file: str | None, people: Sequence[str]) -> Mapping[str, Any]:
        media = one.media
        assert media is not None  # it is sendable
        assert file is not None
        name = f"{file}.{PICTURES.get(media.mime, 'amr')}"
        laid = self._api.upload("/cgi-bin/media/upload", name, media.mime, media.content, type=file)
        return self._post(one, people, file, {"media_id": str(laid.get("media_id", ""))})

    def _post(self, one: Outgoing, people: Sequence[str], kind: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
        body = {
            "touser": "|".join(people),
            "agentid": self._agent_id,
            "msgtype": kind,
            kind: content,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": check_interval(one.together or one.key),
        }
        return self._api.post("/cgi-bin/message/send", body)

    # --- what was said before --------------------------------------------------------------------------------------

    def _stamp(self, one: Outgoing) -> Outcome:
        """New words on the button of everybody's card; the code works once."""
        people = [person for person in one.form.get("people", "").split("|") if _MEMBER.fullmatch(person)]
        if not one.code or not people or not one.text.strip():
            return NO_WAY
        body = {
            "userids": people[:MOST_PEOPLE],
            "agentid": self._agent_id,
            "response_code": one.code,
            "button": {"replace_name": wecom_cards.cut(one.text, wecom_cards.STAMP)},
        }
        return self._changed("/cgi-bin/message/update_template_card", body)

    def _recall(self, one: Outgoing) -> Outcome:
        """Within a day; only clients of WeCom take it off the screen, not the plugin in WeChat."""
        return self._changed("/cgi-bin/message/recall", {"msgid": one.code}) if one.code else NO_WAY

    def _changed(self, path: str, body: Mapping[str, Any]) -> Outcome:
        try:
            self._api.post(path, body)
        except ApiError as error:
            reason = {CODE_USED: "code_used", TOO_LATE: "too_late"}.get(error.code, f"errcode {error.code}")
            return Outcome("dead", reason=reason)
        return SENT


def check_interval(mark: str) -> int:
    """For how long the platform shall recognise the request: at least half an hour, another value for another key."""
    return SHORTEST_CHECK + crc32(mark.encode()) % (LONGEST_CHECK - SHORTEST_CHECK)


def _calls(batch: Sequence[Outgoing]) -> list[list[Outgoing]]:
    """What goes into one call each, in the order of the batch."""
    calls: dict[tuple[str, str], list[Outgoing]] = {}
    for one in batch:
        mark = one.together if one.way == "message" and one.together else one.key
        calls.setdefault((one.way, mark), []).append(one)
    return list(calls.values())


def _sendable(media: Attachment | None) -> str | None:
    """The platform's type for a file; None for one that it does not take: its message goes without."""
    if media is None or len(media.content) <= 5:
        return None
    if media.mime in PICTURES:
        return "image" if len(media.content) <= 10 * MB else None
    return "voice" if media.content.startswith(AMR) and len(media.content) <= 2 * MB else None


def _text(answer: Mapping[str, Any], name: str) -> str | None:
    value = answer.get(name)
    return value if isinstance(value, str) and value else None


def _ids(answer: Mapping[str, Any], name: str) -> list[str]:
    return [one.lower() for one in (_text(answer, name) or "").split("|") if one]
