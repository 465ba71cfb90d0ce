"""Mass messages of a simulated official account: by openid, confirmed where it is protected, filtered, counted.

Sources: official documents "mass messages by openid", "mass sending and its limits" (four a month for each follower of
a service account; the protection's thirty minutes) and the event that the job is finished. Sixty calls a minute and a
hundred a day are in the table of quotas.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.platforms import oa_events
from bot.platforms.calls import ApiFault, Call
from bot.platforms.oa_account import DAY, MINUTE
from bot.platforms.oa_state import DOOR, OaState

FEWEST, MOST = 2, 10_000  # openids
LONGEST_TEXT = 2048  # bytes
LONGEST_KEY = 64  # bytes of a clientmsgid
KEY_LIFE = DAY  # for which a clientmsgid is remembered
RETRY_WAIT = MINUTE
CONFIRM_WITHIN = 30 * MINUTE
PER_MONTH = 4  # mass messages that reach one follower
MASS = {"text": "content", "image": "media_id", "voice": "media_id", "mpnews": "media_id"}
HELPER = "mphelper"  # who the job's event comes from

Status = Literal["SENDING", "SEND_SUCCESS", "SEND_FAIL", "DELETE"]


@dataclass(slots=True)
class Job:
    """One mass message. ``confirmed`` is False while an administrator has not said yes."""

    msg_id: int
    people: list[str]
    kind: str
    content: Mapping[str, Any]
    submitted_at: float
    key: str
    confirmed: bool = True
    status: Status = "SENDING"
    dropped: bool = False
    invalid: set[str] = field(default_factory=set)
    sent_from: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)


class Mass:
    """All mass messages of one account."""

    def __init__(self, oa: OaState) -> None:
        self._oa = oa
        self.jobs: dict[int, Job] = {}
        self._keys: dict[str, Job] = {}
        self._ids = itertools.count(34_182)
        oa.due.append(self.settle)

    # --- interfaces ------------------------------------------------------------------------------------------------

    def send(self, call: Call) -> dict[str, Any]:
        """``message/mass/send``."""
        body, oa = call.body, self._oa
        people = _people(body.get("touser"))
        kind = str(body.get("msgtype"))
        content = self._content(kind, body.get(kind))
        key = self._key(body)
        self._refuse_repeat(key)
        if not any(oa.people.found(one) for one in people):
            raise ApiFault(40003)
        if oa.options.mass_left is not None:
            if oa.options.mass_left < 1:
                raise ApiFault(45028)
            oa.options.mass_left -= 1
        now = oa.ground.clock.now()
        job = Job(next(self._ids), people, kind, content, now, key, dropped=call.dropped, sent_from=now)
        job.confirmed = not oa.options.mass_protected
        job.invalid = call.invalid_people()
        self.jobs[job.msg_id] = job
        if key:
            self._keys[key] = job
        oa.pushes.later(self.settle)
        answer = {"errcode": 0, "errmsg": "send job submission success", "msg_id": job.msg_id}
        return {**answer, "msg_data_id": 206_227_730 + job.msg_id}

    def get(self, call: Call) -> dict[str, Any]:
        """``message/mass/get``: how far it is."""
        return {"msg_id": self._job(call).msg_id, "msg_status": self._job(call).status}

    def delete(self, call: Call) -> dict[str, Any]:
        """``message/mass/delete``: what is not sent yet is not sent; what arrived as text stays where it is."""
        self._job(call).status = "DELETE"
        return {"errcode": 0, "errmsg": "ok"}

    # --- the administrator, and time -------------------------------------------------------------------------------

    def confirm(self, msg_id: int) -> str:
        """An administrator says yes; the state of the job."""
        with self._oa.ground.lock:
            job = self._waiting(msg_id)
            job.confirmed, job.sent_from = True, self._oa.ground.clock.now()
        self.settle()
        return job.status

    def refuse(self, msg_id: int) -> str:
        """An administrator says no: the job has failed."""
        with self._oa.ground.lock:
            job = self._waiting(msg_id)
            self._fail(job)
        return job.status

    def settle(self) -> None:
        """Sends what has been on its way long enough; fails what nobody confirmed in time."""
        with self._oa.ground.lock:
            now = self._oa.ground.clock.now()
            for job in [job for job in self.jobs.values() if job.status == "SENDING"]:
                if not job.confirmed and now - job.submitted_at >= CONFIRM_WITHIN:
                    self._fail(job)
                elif job.confirmed and now - job.sent_from >= self._oa.options.mass_seconds:
                    self._deliver(job)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _content(self, kind: str, content: Any) -> Mapping[str, Any]:
        if kind not in MASS:
            raise ApiFault(40008)
        value = content.get(MASS[kind]) if isinstance(content, dict) else None
        if kind == "text":
            if not isinstance(value, str) or not value:
                raise ApiFault(44004)
            if len(value.encode()) > LONGEST_TEXT:
                raise ApiFault(45002)
        else:
            self._oa.media.live(value, kind)
        return dict(content)

    def _key(self, body: Mapping[str, Any]) -> str:
        key = str(body.get("clientmsgid") or "")
        if len(key.encode()) > LONGEST_KEY:
            raise ApiFault(45067)
        if key or not self._oa.options.mass_digest:
            return key
        said = {name: value for name, value in body.items() if name != "send_ignore_reprint"}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def _refuse_repeat(self, key: str) -> None:
        job = self._keys.get(key)
        age = self._oa.ground.clock.now() - job.submitted_at if job else KEY_LIFE
        if job is None or age >= KEY_LIFE:
            return
        if self._oa.options.mass_quick_retry and age < RETRY_WAIT:
            raise ApiFault(45066)
        raise ApiFault(45065, msg_id=job.msg_id)

    def _job(self, call: Call) -> Job:
        asked = str(call.body.get("msg_id"))
        job = self.jobs.get(int(asked)) if asked.isdigit() else None
        if job is None:
            raise ApiFault(40035)
        return job

    def _waiting(self, msg_id: int) -> Job:
        job = self.jobs[int(msg_id)]
        if job.confirmed or job.status != "SENDING":
            raise ValueError("this mass message waits for nobody")
        return job

    def _fail(self, job: Job) -> None:
        job.status = "SEND_FAIL"
        self._finish(job, oa_events.MASS_FAILED, filtered=0, sent=0)

    def _deliver(self, job: Job) -> None:
        month = self._oa.ground.clock.month()
        left = [one for one in job.people if self._reaches(one, month)]
        sent = [one for one in left if one not in job.invalid]
        for one in sent:
            person = self._oa.people.known(one)
            person.mass_received[month] = person.mass_received.get(month, 0) + 1
            if not job.dropped:
                self._show(job, one)
        job.status = "SEND_SUCCESS"
        self._finish(job, oa_events.MASS_OK, filtered=len(left), sent=len(sent))

    def _reaches(self, openid: str, month: str) -> bool:
        person = self._oa.people.found(openid)
        if person is None or not person.follows or person.blacklisted:
            return False
        return person.mass_received.get(month, 0) < PER_MONTH

    def _show(self, job: Job, openid: str) -> None:
        text = str(job.content.get("content", ""))
        media_id = job.content.get("media_id")
        screens, sender = self._oa.ground.screens, self._oa.account.account
        screens.show(DOOR, openid, f"mass {job.kind}", text, media_id=media_id, from_=sender)

    def _finish(self, job: Job, status: str, *, filtered: int, sent: int) -> None:
        job.counts = {"total": len(job.people), "filtered": filtered, "sent": sent, "errors": filtered - sent}
        fields = oa_events.mass_finished(job.msg_id, status, **job.counts)
        self._oa.ground.record.add(DOOR, "mass finished", msg_id=job.msg_id, status=status, **job.counts)
        self._oa.event_later(HELPER, oa_events.MASS_FINISHED, **fields)


def _people(asked: Any) -> list[str]:
    if not isinstance(asked, list) or not all(isinstance(one, str) for one in asked):
        raise ApiFault(40031)
    people = list(dict.fromkeys(asked))
    if len(people) < FEWEST:
        raise ApiFault(40130)
    if len(asked) > MOST:
        raise ApiFault(40032)
    return people
