"""What a WeCom app sends: messages, updates of cards, recalls.

Source: developer documents 90236 (message/send), 94888 (message/update_template_card), 94867 (message/recall), 90312
(limits). A message to a member beyond 30 in a minute or 1000 in an hour is dropped without a word; the record names
whom it was dropped for. Errcodes of parameters without one of their own in the documents are 40058.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from bot.platforms import wecom_cards
from bot.platforms.calls import ApiFault, Call, Ground
from bot.platforms.screens import Seen
from bot.platforms.wecom_codes import Codes
from bot.platforms.wecom_contacts import Contacts, Member
from bot.platforms.wecom_content import CONTENT
from bot.platforms.wecom_media import Media

MOST_USERS, MOST_PARTIES, MOST_TAGS = 1000, 100, 100
PER_MINUTE, PER_HOUR = 30, 1000  # messages to one member; more are dropped silently
PER_ACCOUNT = 200  # person-times a day for each account of the corp
DUPLICATE_INTERVAL, LONGEST_INTERVAL = 1800, 4 * 3600  # seconds
RECALLED_WITHIN = 24 * 3600  # seconds

BAD_TYPE, BAD_USERS, BAD_PARAMETER, BAD_AGENT = 40008, 40032, 40058, 40056
BAD_PARTIES, BAD_TAGS, TOO_OFTEN, NOBODY, TOO_LATE = 40066, 40068, 45009, 81013, 42052


@dataclass(slots=True)
class _Sent:
    """A message that was accepted, and where it is on the screens."""

    at: float
    answer: dict[str, Any]
    places: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Whom:
    members: dict[str, Member] = field(default_factory=dict)
    users: list[str] = field(default_factory=list)  # the rest is invalid
    parties: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    unlicensed: list[str] = field(default_factory=list)


class Messages:
    """The sending side of one app.

    ``card_resend`` says what a card sent again within the duplicate check's window gets: the documents leave open
    whether the duplicate is noticed first, or the task id used before (42014).
    """

    def __init__(
        self,
        ground: Ground,
        contacts: Contacts,
        media: Media,
        agent_id: int,
        *,
        card_resend: Literal["duplicate", "task_id"] = "duplicate",
    ) -> None:
        self.codes = Codes(ground)
        self.card_resend = card_resend
        self.agent_id = agent_id
        self._ground = ground
        self._contacts = contacts
        self._media = media
        self._sent: dict[str, _Sent] = {}
        self._bodies: dict[str, str] = {}  # a request as text: the msgid it got
        self._times: dict[str, deque[float]] = defaultdict(deque)
        self._day, self._person_times = "", 0

    # --- message/send ----------------------------------------------------------------------------------------------

    def send(self, call: Call) -> dict[str, Any]:
        """``message/send``."""
        body = call.body
        self._check_agent(body)
        kind = body.get("msgtype")
        if not isinstance(kind, str) or kind not in CONTENT:
            raise ApiFault(BAD_TYPE)
        if not self._is_used_card(body) and (before := self._duplicate(body)):
            call.noted["duplicate_of"] = before
            return dict(self._sent[before].answer)
        whom = self._whom(body, call.invalid_people())
        content = CONTENT[kind](self._media, body.get(kind))
        if not whom.members:
            raise ApiFault(NOBODY, **_partial(whom))
        self._count(len(whom.members))
        if content.task_id:
            self.codes.claim(content.task_id)
        return self._delivered(call, body, whom, content.kind, content.shown, content.interactive)

    def _delivered(
        self,
        call: Call,
        body: Mapping[str, Any],
        whom: _Whom,
        kind: str,
        shown: Mapping[str, Any],
        interactive: str,
    ) -> dict[str, Any]:
        msgid = self._ground.letters(32)
        answer: dict[str, Any] = {"errcode": 0, "errmsg": "ok", **_partial(whom), "msgid": msgid}
        if interactive:
            answer["response_code"] = self.codes.issue(interactive)
        sent = self._sent[msgid] = _Sent(self._ground.clock.now(), answer)
        self._bodies[_as_text(body)] = msgid
        dropped = [userid for userid in whom.members if self._is_too_much(userid)]
        reached = [userid for userid in whom.members if userid not in dropped]
        for userid in reached:
            if seen := call.show(userid, kind, from_=str(self.agent_id), **shown):
                sent.places[userid] = seen.number
        call.noted.update(reached=reached, dropped=dropped)
        return dict(answer)

    def _check_agent(self, body: Mapping[str, Any]) -> None:
        if body.get("agentid") != self.agent_id or isinstance(body.get("agentid"), bool):
            raise ApiFault(BAD_AGENT)

    def _is_used_card(self, body: Mapping[str, Any]) -> bool:
        card = body.get("template_card")
        task_id = card.get("task_id") if isinstance(card, Mapping) else None
        return self.card_resend == "task_id" and isinstance(task_id, str) and self.codes.is_used(task_id)

    def _duplicate(self, body: Mapping[str, Any]) -> str | None:
        """The msgid of the same request within the interval, when the request asks for the check."""
        interval = body.get("duplicate_check_interval", DUPLICATE_INTERVAL)
        if not isinstance(interval, int) or interval < 0 or body.get("enable_duplicate_check", 0) not in (0, 1):
            raise ApiFault(BAD_PARAMETER)
        before = self._bodies.get(_as_text(body))
        if not body.get("enable_duplicate_check") or before is None:
            return None
        age = self._ground.clock.now() - self._sent[before].at
        return before if age < min(interval, LONGEST_INTERVAL) else None

    # --- to whom ---------------------------------------------------------------------------------------------------

    def _whom(self, body: Mapping[str, Any], strikes: set[str]) -> _Whom:
        users = _listed(body, "touser", MOST_USERS, BAD_USERS)
        parties = _listed(body, "toparty", MOST_PARTIES, BAD_PARTIES)
        tags = _listed(body, "totag", MOST_TAGS, BAD_TAGS)
        if not (users or parties or tags):
            raise ApiFault(BAD_PARAMETER)
        whom, invalid = _Whom(), {person.lower() for person in strikes}
        if users == ["@all"]:
            self._take(whom, self._contacts.everybody(), invalid)
            return whom
        for userid in users:
            member = self._contacts.find(userid)
            if member is None or userid.lower() in invalid:
                whom.users.append(userid.lower())
            else:
                self._take(whom, [member], invalid)
        self._groups(whom, parties, tags, invalid)
        return whom

    def _groups(self, whom: _Whom, parties: list[str], tags: list[str], invalid: set[str]) -> None:
        for party in parties:
            if party.isdigit() and int(party) in self._contacts.departments:
                self._take(whom, self._contacts.of_department(int(party), below=True), invalid)
            else:
                whom.parties.append(party)
        for tag in tags:
            if tag.isdigit() and self._contacts.has_tag(int(tag)):
                self._take(whom, self._contacts.of_tag(int(tag)), invalid)
            else:
                whom.tags.append(tag)

    @staticmethod
    def _take(whom: _Whom, members: list[Member], invalid: set[str]) -> None:
        for member in members:
            if member.userid.lower() in invalid:
                continue
            if member.licensed:
                whom.members[member.userid] = member
            else:
                whom.unlicensed.append(member.userid.lower())

    # --- limits ----------------------------------------------------------------------------------------------------

    def _count(self, people: int) -> None:
        if self._day != self._ground.clock.day():
            self._day, self._person_times = self._ground.clock.day(), 0
        if self._person_times + people > PER_ACCOUNT * len(self._contacts.everybody()):
            raise ApiFault(TOO_OFTEN)
        self._person_times += people

    def _is_too_much(self, userid: str) -> bool:
        now, times = self._ground.clock.now(), self._times[userid]
        while times and now - times[0] >= 3600:
            times.popleft()
        if len(times) >= PER_HOUR or sum(now - at < 60 for at in times) >= PER_MINUTE:
            return True
        times.append(now)
        return False

    # --- update and recall -----------------------------------------------------------------------------------------

    def update(self, call: Call) -> dict[str, Any]:
        """``message/update_template_card``: by a code, for up to 1000 people."""
        body = call.body
        self._check_agent(body)
        task_id = self.codes.good(body.get("response_code"))
        people, invalid = self._updated_people(body, call.invalid_people())
        change = _change(body, task_id)
        self.codes.use(body["response_code"])
        changed = [] if call.dropped else [one for one in people if self.change_card(one, task_id, change)]
        call.noted.update(task_id=task_id, changed=changed)
        return {"errcode": 0, "errmsg": "ok", "invaliduser": invalid}

    def change_card(self, userid: str, task_id: str, change: Mapping[str, Any]) -> int:
        """Changes a card on one screen; whether it was there."""
        screens = self._ground.screens
        return screens.change("wecom", userid, lambda seen: (seen.card or {}).get("task_id") == task_id, **change)

    def _updated_people(self, body: Mapping[str, Any], strikes: set[str]) -> tuple[list[str], list[str]]:
        if body.get("atall") == 1:
            return [member.userid for member in self._contacts.everybody()], []
        users, parties, tags = body.get("userids", []), body.get("partyids", []), body.get("tagids", [])
        for given, most, errcode in (
            (users, MOST_USERS, BAD_USERS),
            (parties, MOST_PARTIES, BAD_PARTIES),
            (tags, MOST_TAGS, BAD_TAGS),
        ):
            if not isinstance(given, list) or len(given) > most:
                raise ApiFault(errcode)
            if not all(isinstance(one, str if given is users else int) for one in given):
                raise ApiFault(BAD_PARAMETER)
        if not (users or parties or tags):
            raise ApiFault(BAD_PARAMETER)
        found = {userid: self._contacts.find(str(userid)) for userid in users if userid not in strikes}
        people = {member.userid for member in found.values() if member}
        for number in parties:
            people |= {member.userid for member in self._contacts.of_department(number, below=True)}
        for number in tags:
            people |= {member.userid for member in self._contacts.of_tag(number)}
        return sorted(people), [userid for userid in users if not found.get(userid)]

    def recall(self, call: Call) -> dict[str, Any]:
        """``message/recall``: within 24 hours."""
        sent = self._sent.get(str(call.body.get("msgid", "")))
        if sent is None:
            raise ApiFault(BAD_PARAMETER)
        if self._ground.clock.now() - sent.at >= RECALLED_WITHIN:
            raise ApiFault(TOO_LATE)
        for userid, number in sent.places.items():
            self._ground.screens.remove("wecom", userid, partial(_is_number, number))
        sent.places.clear()
        return {"errcode": 0, "errmsg": "ok"}


def _is_number(number: int, seen: Seen) -> bool:
    return seen.number == number


def _change(body: Mapping[str, Any], task_id: str) -> dict[str, Any]:
    """What an update does to a screen. Raises ApiFault."""
    if "template_card" in body:
        card = wecom_cards.check(body["template_card"], update=True)
        return wecom_cards.shown({**card, "task_id": task_id})
    button = body.get("button")
    name = button.get("replace_name") if isinstance(button, Mapping) else None
    if not isinstance(name, str) or not name:
        raise ApiFault(wecom_cards.BUTTON_TEXT)
    return wecom_cards.replaced(name)


def _listed(body: Mapping[str, Any], name: str, most: int, errcode: int) -> list[str]:
    given = body.get(name, "")
    if not isinstance(given, str):
        raise ApiFault(BAD_PARAMETER)
    listed = [one for one in given.split("|") if one]
    if len(listed) > most:
        raise ApiFault(errcode)
    return listed


def _partial(whom: _Whom) -> dict[str, str]:
    named = {
        "invaliduser": whom.users,
        "invalidparty": whom.parties,
        "invalidtag": whom.tags,
        "unlicenseduser": whom.unlicensed,
    }
    return {name: "|".join(given) for name, given in named.items() if given}


def _as_text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True)
