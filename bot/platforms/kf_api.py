"""The interfaces of 微信客服 under ``/wecom``, and the service that its customers and staff act through.

Source: developer documents 94661 (accounts), 94665 (links), 94670 (sync_msg), 94677 (send_msg), 95122 (messages on
events), 94669 (states), 95159 (customers), 90313 (95000, 95001: more than 5, 95002: later than 48 hours, 95007, 95014,
95016, 95018). The documents say that a msgid given twice is refused, and that a code of an event is good once, without
naming the errcodes: both are options. So is how often one may pull without a token ("strictly limited").
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from starlette.routing import BaseRoute

from bot.platforms.calls import ApiFault, Call
from bot.platforms.kf_content import CONTENT, ON_EVENT
from bot.platforms.kf_people import People
from bot.platforms.kf_push import Bell
from bot.platforms.kf_sessions import CHANGES, MOST_IN_WINDOW, OPEN_TO_US, Account, Conversation, Sessions, State
from bot.platforms.wecom_api import APP, KF, Wecom

BAD_TYPE, PARAMETER, NO_CUSTOMER, TOO_OFTEN = 40008, 40058, 40096, 45009
NO_ACCOUNT, TOO_MANY, TOO_LATE, BAD_PULL_TOKEN = 95000, 95001, 95002, 95007
NO_SERVICER, NO_SUCH_CHANGE, NOT_OURS = 95014, 95016, 95018
REFUSED = 10  # the fail_type of a message that the customer does not want

SCENE = MSGID = re.compile(r"[0-9a-zA-Z_-]{1,32}")
CURSOR = re.compile(r"4gw7[0-9a-f]{8}")
MOST_PULLED, MOST_CUSTOMERS, MOST_ACCOUNTS = 1000, 100, 100
LINK = "https://work.weixin.qq.com/kf/"


class Kf:
    """One corp's 微信客服. ``by_app``: the app's own token may call it too, as the console can allow."""

    name = "kf"

    def __init__(
        self,
        wecom: Wecom,
        *,
        secret: str,
        token: str,
        aes_key: str,
        accounts: Iterable[Account],
        servicers: Iterable[str] = (),
        address: str | None = None,
        by_app: bool = False,
        repeated_msgid: int = PARAMETER,
        bad_code: int = PARAMETER,
        pulls_without_token: int = 6,
        first: int = 0,
    ) -> None:
        self.wecom, self.ground, self.file = wecom, wecom.ground, wecom.file
        wecom.secrets[secret] = KF
        self.sessions = Sessions(self.ground, accounts, servicers, first)
        self.bell = Bell(self.ground, wecom.corp_id, token, aes_key, self.sessions, address)
        self.people = People(self.ground, self.sessions, wecom.media, self.bell)
        self.most_in_page: int | None = None
        self.empty_pages = 0
        self._repeated_msgid, self._bad_code = repeated_msgid, bad_code
        self._pulls_without_token = pulls_without_token
        self._pulls: deque[float] = deque()
        for path, handler in self._handlers().items():
            wecom.offer("POST", f"/cgi-bin/kf/{path}", handler, {KF, APP} if by_app else {KF})

    def _handlers(self) -> dict[str, Callable[[Call], dict[str, Any]]]:
        return {
            "account/list": self._accounts,
            "add_contact_way": self._link,
            "sync_msg": self._pull,
            "send_msg": self._send,
            "send_msg_on_event": self._send_on_event,
            "service_state/get": self._state,
            "service_state/trans": self._change,
            "customer/batchget": self._customers,
        }

    # --- accounts and links ----------------------------------------------------------------------------------------

    def _accounts(self, call: Call) -> dict[str, Any]:
        offset, limit = call.body.get("offset", 0), call.body.get("limit", MOST_ACCOUNTS)
        if not isinstance(offset, int) or not isinstance(limit, int) or not 1 <= limit <= MOST_ACCOUNTS or offset < 0:
            raise ApiFault(PARAMETER)
        listed = [
            {"open_kfid": one.open_kfid, "name": one.name, "avatar": "", "manage_privilege": True}
            for one in self.sessions.accounts.values()
        ]
        return _ok(account_list=listed[offset : offset + limit])

    def _link(self, call: Call) -> dict[str, Any]:
        open_kfid, scene = self._account(call.body).open_kfid, call.body.get("scene", "")
        if scene == "":
            return _ok(url=f"{LINK}{open_kfid}")
        if not isinstance(scene, str) or not SCENE.fullmatch(scene):
            raise ApiFault(PARAMETER)
        sealed = f"ENC{self.ground.letters(16)}"
        self.sessions.links[sealed] = (open_kfid, scene)
        return _ok(url=f"{LINK}{open_kfid}?enc_scene={sealed}")

    # --- pulling ---------------------------------------------------------------------------------------------------

    def _pull(self, call: Call) -> dict[str, Any]:
        body = call.body
        open_kfid = self._account(body).open_kfid if body.get("open_kfid") else None
        limit, cursor = body.get("limit", MOST_PULLED), body.get("cursor", "")
        if not isinstance(limit, int) or not 1 <= limit <= MOST_PULLED or body.get("voice_format", 0) not in (0, 1):
            raise ApiFault(PARAMETER)
        if not isinstance(cursor, str) or not (cursor == "" or CURSOR.fullmatch(cursor)):
            raise ApiFault(PARAMETER)
        self._check_pull(body.get("token"))
        start = int(cursor[4:], 16) if cursor else 0
        waiting = self.sessions.after(start, open_kfid)
        most = limit if self.most_in_page is None else min(limit, self.most_in_page)
        if self.empty_pages and waiting:
            self.empty_pages, most = self.empty_pages - 1, 0
        page = waiting[:most]
        place = page[-1].number if page else start
        following, has_more = f"4gw7{place:08x}", int(len(waiting) > len(page))
        return _ok(next_cursor=following, has_more=has_more, msg_list=[dict(one.message) for one in page])

    def _check_pull(self, token: object) -> None:
        """A token must be good; without one only few pulls a minute are answered."""
        if token:
            if not self.sessions.is_token(token):
                raise ApiFault(BAD_PULL_TOKEN)
            return
        now = self.sessions.now()
        while self._pulls and now - self._pulls[0] >= 60:
            self._pulls.popleft()
        if len(self._pulls) >= self._pulls_without_token:
            raise ApiFault(TOO_OFTEN)
        self._pulls.append(now)

    # --- sending ---------------------------------------------------------------------------------------------------

    def _send(self, call: Call) -> dict[str, Any]:
        body = call.body
        account, person = self._account(body), self._customer(body, "touser")
        conversation = self.sessions.conversation(account.open_kfid, person)
        kind = body.get("msgtype")
        if not isinstance(kind, str) or kind not in CONTENT:
            raise ApiFault(BAD_TYPE)
        msgid = self._msgid(body, account)
        shown = CONTENT[kind](self.wecom.media, body.get(kind))
        self._check_window(conversation)
        conversation.sent += 1
        self._arrive(call, account, person, kind, shown, msgid)
        return _ok(msgid=msgid)

    def _check_window(self, conversation: Conversation) -> None:
        if conversation.state not in OPEN_TO_US:
            raise ApiFault(NOT_OURS)
        if not conversation.is_within(self.sessions.now()):
            raise ApiFault(TOO_LATE)
        if conversation.sent >= MOST_IN_WINDOW:
            raise ApiFault(TOO_MANY)

    def _msgid(self, body: Mapping[str, Any], account: Account) -> str:
        msgid = body.get("msgid", "")
        if msgid == "":
            return self.ground.letters(32)
        if not isinstance(msgid, str) or not MSGID.fullmatch(msgid):
            raise ApiFault(PARAMETER)
        if msgid in account.msgids:
            raise ApiFault(self._repeated_msgid)
        return msgid

    def _arrive(
        self, call: Call, account: Account, person: str, kind: str, shown: Mapping[str, Any], msgid: str
    ) -> None:
        """On the customer's screen, or, when they refuse us, back as an event after the answer."""
        account.msgids.add(msgid)
        call.noted.update(reached=person)
        if self.sessions.customers[person].refuses:
            self.sessions.add_event(account.open_kfid, "msg_send_fail", person, fail_msgid=msgid, fail_type=REFUSED)
            self.bell.ring_later(account.open_kfid)
        elif not call.dropped:
            self.ground.screens.show(self.name, person, kind, from_=account.open_kfid, **shown)

    def _send_on_event(self, call: Call) -> dict[str, Any]:
        body = call.body
        code = self.sessions.codes.get(str(body.get("code", "")))
        if code is None or code.used or self.sessions.now() - code.at >= code.life:
            raise ApiFault(self._bad_code)
        conversation = self.sessions.conversation(code.open_kfid, code.person)
        if code.state is not None and conversation.state is not code.state:
            raise ApiFault(NOT_OURS)
        kind = body.get("msgtype")
        if not isinstance(kind, str) or kind not in code.kinds:
            raise ApiFault(BAD_TYPE)
        account = self.sessions.accounts[code.open_kfid]
        msgid = self._msgid(body, account)
        shown = ON_EVENT[kind](self.wecom.media, body.get(kind))
        code.used = True
        if code.greeting:
            conversation.welcomed_at = self.sessions.now()
        self._arrive(call, account, code.person, kind, shown, msgid)
        return _ok(msgid=msgid)

    # --- states and customers --------------------------------------------------------------------------------------

    def _state(self, call: Call) -> dict[str, Any]:
        conversation = self._conversation(call.body)
        return _ok(service_state=int(conversation.state), servicer_userid=conversation.servicer)

    def _change(self, call: Call) -> dict[str, Any]:
        body, conversation = call.body, self._conversation(call.body)
        account, person = self._account(body), str(body["external_userid"])
        wanted = body.get("service_state")
        if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted not in list(State):
            raise ApiFault(PARAMETER)
        state = State(wanted)
        if state not in CHANGES[conversation.state]:
            raise ApiFault(NO_SUCH_CHANGE)
        servicer = body.get("servicer_userid", "") if state is State.HUMAN else ""
        if state is State.HUMAN and servicer not in account.servicers:
            raise ApiFault(NO_SERVICER)
        first = conversation.state is not state
        conversation.state, conversation.servicer = state, servicer
        if first and state in (State.POOL, State.HUMAN, State.ENDED):
            return _ok(msg_code=self.sessions.change_code(account.open_kfid, person, state))
        return _ok()

    def _customers(self, call: Call) -> dict[str, Any]:
        asked = call.body.get("external_userid_list")
        if not isinstance(asked, list) or not 1 <= len(asked) <= MOST_CUSTOMERS or not _are_words(asked):
            raise ApiFault(PARAMETER)
        context = call.body.get("need_enter_session_context") == 1
        known = [self.sessions.customers[person] for person in asked if person in self.sessions.customers]
        listed = []
        for one in known:
            fields: dict[str, Any] = {"external_userid": one.external_userid, "nickname": one.nickname}
            fields.update({"avatar": "", "gender": 0}, **({"unionid": one.unionid} if one.unionid else {}))
            if context:
                fields["enter_session_context"] = {"scene": one.scene, "scene_param": one.scene_param}
            listed.append(fields)
        unknown = [person for person in asked if person not in self.sessions.customers]
        return _ok(customer_list=listed, invalid_external_userid=unknown)

    def _account(self, body: Mapping[str, Any]) -> Account:
        account = self.sessions.accounts.get(str(body.get("open_kfid", "")))
        if account is None:
            raise ApiFault(NO_ACCOUNT)
        return account

    def _customer(self, body: Mapping[str, Any], name: str) -> str:
        person = body.get(name)
        if not isinstance(person, str) or not person:
            raise ApiFault(PARAMETER)
        if person not in self.sessions.customers:
            raise ApiFault(NO_CUSTOMER)
        return person

    def _conversation(self, body: Mapping[str, Any]) -> Conversation:
        return self.sessions.conversation(self._account(body).open_kfid, self._customer(body, "external_userid"))

    def pages(self, most: int | None = None, empty: int = 0) -> None:
        """From now on at most so many messages a pull, and so many pulls that have nothing although there is more."""
        self.most_in_page, self.empty_pages = most, empty

    # --- as a service of the simulator -----------------------------------------------------------------------------

    @property
    def acts(self) -> Mapping[str, Callable[..., Any]]:
        """What customers, servicers and the console can do, and ``pages``: how the next pulls are answered."""
        return {**self.people.acts(), **self.bell.callback.acts(), "pages": self.pages}

    def routes(self) -> Iterable[BaseRoute]:
        """Nothing of its own: its interfaces are among WeCom's."""
        return []

    def state(self) -> Mapping[str, Any]:
        """Accounts, customers and who holds which conversation."""
        return {
            "callback": self.bell.callback.address,
            "accounts": {one.open_kfid: one.name for one in self.sessions.accounts.values()},
            "servicers": sorted({userid for one in self.sessions.accounts.values() for userid in one.servicers}),
            "customers": {one.external_userid: one.nickname for one in self.sessions.customers.values()},
            "links": [{"account": account, "scene": scene} for account, scene in self.sessions.links.values()],
            "conversations": self.sessions.state(),
        }

    def close(self) -> None:
        """Ends the thread of its pushes."""
        self.bell.callback.pushes.close()


def _are_words(given: Iterable[object]) -> bool:
    return all(isinstance(one, str) for one in given)


def _ok(**fields: Any) -> dict[str, Any]:
    return {"errcode": 0, "errmsg": "ok", **fields}
