"""WeCom as one corp's server meets it: tokens for each secret, the app's interfaces, its people.

Source: developer documents 91039 (gettoken: the same answer until it expires), 90312 (limits), 90313 (errcodes). A
token is good for the interfaces of its secret only; 48002 otherwise. How often a token may be asked for the documents
leave open: an option.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from starlette.routing import BaseRoute

from bot.platforms.calls import ApiFault, Call, Ground
from bot.platforms.endpoint import Door, Handler, Quota
from bot.platforms.tokens import Tokens
from bot.platforms.wecom_contacts import Contacts, Department, Member
from bot.platforms.wecom_media import Media, content_type
from bot.platforms.wecom_messages import Messages
from bot.platforms.wecom_push import WecomCallback
from bot.platforms.wecom_staff import Staff

BAD_SECRET, BAD_CORP, BAD_TOKEN, NO_PERMISSION, BAD_ADDRESS, TOO_OFTEN = 40001, 40013, 40014, 48002, 60020, 45009
BAD_AGENT = 40056

APP, CONTACTS, KF = "app", "contacts", "kf"  # whose secret a token is of

BASE = Quota(minute=10_000, hour=150_000)  # of every interface but sending
QUOTAS = dict.fromkeys(
    (
        "/cgi-bin/message/update_template_card",
        "/cgi-bin/message/recall",
        "/cgi-bin/media/upload",
        "/cgi-bin/media/get",
        "/cgi-bin/user/get",
        "/cgi-bin/user/simplelist",
        "/cgi-bin/user/list_id",
        "/cgi-bin/department/list",
        "/cgi-bin/kf/sync_msg",
        "/cgi-bin/kf/send_msg",
    ),
    BASE,
)

MESSAGES = {
    -1: "system busy",
    40001: "invalid credential",
    40004: "invalid media type",
    40005: "invalid file type",
    40006: "invalid file size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40010: "invalid voice size",
    40011: "invalid video size",
    40013: "invalid corpid",
    40014: "invalid access_token",
    40032: "invalid user list size",
    40033: "invalid charset",
    40056: "invalid agentid",
    40058: "invalid Request Parameter",
    40066: "invalid party list",
    40068: "invalid tag list",
    40096: "invalid external userid",
    41001: "access_token missing",
    42001: "access_token expired",
    42014: "invalid task_id",
    42031: "invalid card_type",
    42038: "invalid button text",
    42039: "invalid button key",
    42045: "invalid card_action",
    42052: "message recall time exceeded",
    43001: "require GET method",
    43002: "require POST method",
    44001: "empty media data",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45007: "playtime out of limit",
    45009: "api freq out of limit",
    45033: "api concurrent out of limit",
    47001: "data format error",
    48002: "api forbidden",
    48004: "api banned",
    60003: "department not found",
    60020: "not allow to access from your ip",
    60111: "userid not found",
    60123: "invalid party id",
    60140: "invalid response_code",
    81013: "user & party & tag all invalid",
    95000: "invalid open_kfid",
    95001: "send msg count limit",
    95002: "send msg time limit",
    95007: "invalid msg token",
    95008: "menu item count limit",
    95009: "invalid menu item type",
    95014: "user is not a servicer",
    95016: "session status transfer not allowed",
    95018: "send msg session status invalid",
}
MORE = "more info at https://open.work.weixin.qq.com/devtool/query?e="


class Wecom:
    """One corp with one app. 微信客服 is a service of its own that adds its secret and interfaces here.

    ``allowed`` are the addresses that may call (None: any). ``address`` is our callback.
    """

    name = "wecom"

    def __init__(
        self,
        ground: Ground,
        *,
        corp_id: str,
        agent_id: int,
        secret: str,
        token: str,
        aes_key: str,
        address: str | None = None,
        contacts_secret: str = "",
        members: Iterable[Member] = (),
        departments: Iterable[Department] = (),
        allowed: Iterable[str] | None = None,
        tokens_per_minute: int | None = 60,
        card_resend: Literal["duplicate", "task_id"] = "duplicate",
    ) -> None:
        self.ground = ground
        self.corp_id = corp_id
        self.allowed = None if allowed is None else set(allowed)
        self.secrets = {secret: APP} | ({contacts_secret: CONTACTS} if contacts_secret else {})
        self.tokens = Tokens(ground.clock, ground.chance, length=214)
        self.door = Door(
            self.name,
            ground,
            self.tokens,
            messages={code: f"{text}, {MORE}{code}" for code, text in MESSAGES.items()},
            quotas={**QUOTAS, "/cgi-bin/gettoken": Quota(minute=tokens_per_minute)},
            minute_code=TOO_OFTEN,
            dead_code=BAD_TOKEN,
            secret_code=BAD_SECRET,
        )
        self.contacts = Contacts(members, departments)
        self.media = Media(ground)
        self.messages = Messages(ground, self.contacts, self.media, agent_id, card_resend=card_resend)
        self.callback = WecomCallback(ground, corp_id, token, aes_key, agent_id=agent_id, address=address)
        self.staff = Staff(
            ground, self.callback, self.contacts, self.media, self.messages.codes, self.messages.change_card
        )
        self._offer_all()

    def _offer_all(self) -> None:
        self.door.offer("GET", "/cgi-bin/gettoken", self._gettoken, token=False, secret=True)
        self.offer("POST", "/cgi-bin/message/send", self.messages.send, {APP})
        self.offer("POST", "/cgi-bin/message/update_template_card", self.messages.update, {APP})
        self.offer("POST", "/cgi-bin/message/recall", self.messages.recall, {APP})
        self.offer("POST", "/cgi-bin/media/upload", self.media.upload, {APP, KF}, upload=True)
        self.offer("GET", "/cgi-bin/media/get", self.media.get, {APP, KF})
        self.offer("GET", "/cgi-bin/user/get", self.contacts.user_get, {APP})
        self.offer("GET", "/cgi-bin/user/simplelist", self.contacts.simplelist, {APP})
        self.offer("POST", "/cgi-bin/user/list_id", self.contacts.list_id, {CONTACTS})
        self.offer("GET", "/cgi-bin/department/list", self.contacts.department_list, {APP, CONTACTS})
        self.offer("GET", "/cgi-bin/getcallbackip", _callback_ip, {APP, CONTACTS, KF})
        self.offer("GET", "/cgi-bin/agent/get", self._agent, {APP})

    def offer(self, method: str, path: str, handler: Handler, families: set[str], *, upload: bool = False) -> None:
        """Adds an interface that tokens of these secrets may use, from an address that is allowed."""

        def guarded(call: Call) -> Any:
            if self.allowed is not None and call.caller not in self.allowed:
                raise ApiFault(BAD_ADDRESS)
            if call.token is None or call.token.family not in families:
                raise ApiFault(NO_PERMISSION)
            return handler(call)

        self.door.offer(method, path, guarded, upload=upload)

    def _gettoken(self, call: Call) -> dict[str, Any]:
        """The same token until it expires or is dead."""
        if call.query.get("corpid") != self.corp_id:
            raise ApiFault(BAD_CORP)
        family = self.secrets.get(call.query.get("corpsecret", ""))
        if family is None:
            raise ApiFault(BAD_SECRET)
        token = self.tokens.same(family, margin=0)
        call.noted["family"] = family
        return {"errcode": 0, "errmsg": "ok", "access_token": token.value, "expires_in": self.tokens.left(token)}

    def _agent(self, call: Call) -> dict[str, Any]:
        """``agent/get?agentid=``: the app of this token, and who may see it."""
        if call.query.get("agentid") != str(self.messages.agent_id):
            raise ApiFault(BAD_AGENT)
        shown = {"user": [{"userid": member.userid} for member in self.contacts.everybody()]}
        told = {"agentid": self.messages.agent_id, "name": "", "close": 0, "allow_userinfos": shown}
        return {"errcode": 0, "errmsg": "ok", **told, "allow_partys": {"partyid": []}, "allow_tags": {"tagid": []}}

    # --- as a service of the simulator -----------------------------------------------------------------------------

    @property
    def acts(self) -> Mapping[str, Callable[..., Any]]:
        """What members of staff can do, and what the console does with our address."""
        return {**self.staff.acts(), **self.callback.acts()}

    def routes(self) -> Iterable[BaseRoute]:
        """Everything under ``/wecom``, also of 微信客服."""
        return self.door.routes()

    def state(self) -> Mapping[str, Any]:
        """Who there is, and what is used up. No secret is in it."""
        return {
            "corp": self.corp_id,
            "agent": self.messages.agent_id,
            "callback": self.callback.address,
            "members": {member.userid: member.name for member in self.contacts.everybody()},
            "tokens": self.tokens.state(),
            "used": self.door.use(),
        }

    def file(self, media_id: str) -> tuple[bytes, str]:
        """A photo or recording, and what it is. Raises ApiFault."""
        medium = self.media.living(media_id)
        return medium.data, content_type(medium)

    def close(self) -> None:
        """Ends the thread of its pushes."""
        self.callback.pushes.close()


def _callback_ip(call: Call) -> dict[str, Any]:
    return {"errcode": 0, "errmsg": "ok", "ip_list": ["127.0.0.1"]}
