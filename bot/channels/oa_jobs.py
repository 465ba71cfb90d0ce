"""Mass sending: one text to up to ten thousand followers as a job of the platform, which reports on it later.

Source: official documents "mass messages by openid", "mass sending and its limits". A follower of a service account
receives four a month. Where the account has 群发保护 switched on, an administrator confirms each job within half an
hour or it fails; until then it is running like any other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from bot.channels.base import Abilities, Answer, Closed, Limit, NotGenuine, Outcome, Outgoing, RawRequest
from bot.channels.oa_send import TEXT_BYTES
from bot.channels.passive import sayable
from bot.channels.wechat_api import AlreadyDone, ApiError, WechatApi
from handlers.message import Incoming
from handlers.rules.deadlines import LOCAL

SEND, GET = "/cgi-bin/message/mass/send", "/cgi-bin/message/mass/get"
DELETE = "/cgi-bin/message/mass/delete"
FEWEST, MOST = 2, 10_000  # people of one job
A_MONTH = 4  # that reach one follower of a service account
LONGEST_KEY = 64  # bytes of a clientmsgid
REMEMBERED = timedelta(hours=20)  # a clientmsgid is said to be known for about a day
USED_UP = 45028  # this month's mass messages

JobState = Literal["running", "done", "failed"]
_STATES: dict[str, JobState] = {"SEND_SUCCESS": "done", "SEND_FAIL": "failed", "DELETE": "failed"}


def _utc() -> datetime:
    return datetime.now(UTC)


class OfficialAccountMass:
    """The same account as a bulk door. It takes nothing in."""

    def __init__(self, door: str, api: WechatApi, *, wall: Callable[[], datetime] = _utc) -> None:
        self.door = door
        self.abilities = Abilities(
            speaks="now",
            batch=MOST,
            alike=True,
            text_bytes=TEXT_BYTES,
            limits=(
                Limit("mass/send a minute", 60, timedelta(minutes=1)),
                Limit("mass/send a day", 100, "day"),
            ),
            idempotent_for=REMEMBERED,
            a_month=A_MONTH,
        )
        self._api = api
        self._wall = wall

    def check_url(self, request: RawRequest) -> Answer:
        """Callbacks come in by the account's own door."""
        raise NotGenuine("this channel has no callback")

    def verify_and_parse(self, request: RawRequest) -> Incoming:
        """Callbacks come in by the account's own door."""
        raise NotGenuine("this channel has no callback")

    def answer(self, request: RawRequest, incoming: Incoming, text: str | None) -> Answer:
        """Callbacks are answered by the account's own door."""
        raise NotGenuine("this channel has no callback")

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        """One job for all of them, named by what they have in common. Raises TryLater, Closed and Unsure.

        A single person is ``unreachable`` here: the platform takes no job for one, and nobody is added to make two.
        """
        if len({message.text for message in batch}) > 1 or len(batch) > MOST:
            raise ValueError("a job is one text for at most ten thousand people")
        people = list(dict.fromkeys(message.person for message in batch if message.person))
        if len(people) < FEWEST or any(message.person is None for message in batch):
            return [Outcome("unreachable", reason="no mass message for one person")] * len(batch)
        return [self._submit(people, batch[0].text, _name(batch))] * len(batch)

    def job(self, platform_id: str) -> JobState:
        """How far a job is; one that nobody confirmed yet is running. Raises TryLater, Closed, ApiError."""
        answer = self._api.post(GET, {"msg_id": int(platform_id)})
        return _STATES.get(str(answer.get("msg_status")), "running")

    def drop(self, platform_id: str) -> bool:
        """Has a job dropped that is not sent yet, as one that waits for an administrator's yes; False for one that is.

        Whoever has it on their phone keeps it. Raises TryLater, Closed, ApiError.
        """
        if self.job(platform_id) != "running":
            return False
        self._api.post(DELETE, {"msg_id": int(platform_id)})
        return True

    def _submit(self, people: Sequence[str], text: str, name: str) -> Outcome:
        body = {
            "touser": people,
            "msgtype": "text",
            "text": {"content": sayable(text, TEXT_BYTES)},
            "send_ignore_reprint": 0,
            "clientmsgid": name,
        }
        try:
            answer = self._api.post(SEND, body)
        except Closed as error:
            if str(USED_UP) in error.reason:
                raise Closed(error.reason, _until_next_month(self._wall()), fault=False) from None
            raise
        except AlreadyDone as error:
            answer = dict(error.body)  # it was taken the first time; nobody heard the answer
        except ApiError as error:
            return Outcome("unreachable", reason=f"errcode {error.code}")
        job = answer.get("msg_id")
        return Outcome("submitted", platform_id=str(job) if job else None)


def _name(batch: Sequence[Outgoing]) -> str:
    """The job's name: the mark that the batch has in common, else one made of the names of its messages."""
    mark = batch[0].together
    if mark and len(mark.encode()) <= LONGEST_KEY:
        return mark
    return hashlib.sha256("\n".join(message.key for message in batch).encode()).hexdigest()


def _until_next_month(wall: datetime) -> timedelta:
    local = wall.astimezone(LOCAL)
    first = (local.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first - local
