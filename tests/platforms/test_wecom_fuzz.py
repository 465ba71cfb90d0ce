"""Whatever is sent to WeCom's interfaces of the simulator is answered or refused: none of it is a fault of ours."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.calls import ApiFault, Call, Ground
from bot.platforms.clock import PlatformClock
from bot.platforms.kf_api import Kf
from bot.platforms.kf_sessions import Account
from bot.platforms.wecom_api import APP, CONTACTS, KF, Wecom
from bot.platforms.wecom_media import picture
from tests.platforms.test_wecom_api import card, text
from tests.platforms.wecom import AGENT, CORP, DEPARTMENTS, KEY, MEMBERS, SECRET, START, TOKEN

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 2000) | st.floats() | st.sampled_from(["", "0", "text", "x" * 3000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["content", "type", "id"]), inner),
    max_leaves=5,
)
LIU = "wmLiu"


def ground() -> tuple[Wecom, Kf]:
    """A corp without a server."""
    settings = {"secret": SECRET, "token": TOKEN, "aes_key": KEY, "contacts_secret": "c"}
    made = Wecom(
        Ground(PlatformClock(START)),
        corp_id=CORP,
        agent_id=AGENT,
        members=MEMBERS,
        departments=DEPARTMENTS,
        **settings,  # type: ignore[arg-type]
    )
    kf = Kf(made, secret="k", token=TOKEN, aes_key=KEY, accounts=[Account("wk1", "社区", ["lisi"])])
    kf.people.say(LIU, "三栋停水")
    kf.people.enter("wmNew")
    return made, kf


def bodies(wecom: Wecom, kf: Kf) -> dict[str, list[dict[str, Any]]]:
    """Requests that are answered, for each path."""
    media_id = wecom.media.keep("image", picture()).media_id
    to = {"touser": LIU, "open_kfid": "wk1"}
    entry = {"type": "click", "click": {"id": "1", "content": "好"}}
    thumb = {"title": "一", "url": "https://example.com", "thumb_media_id": media_id}
    whole = card("t@1")
    code = wecom.messages.codes.issue("t@0")
    update = {"userids": ["lisi"], "partyids": [2], "agentid": AGENT, "response_code": code}
    who = {"open_kfid": "wk1", "external_userid": LIU}
    return {
        "message/send": [
            text(toparty="2", totag="7", enable_duplicate_check=1, duplicate_check_interval=60),
            whole,
            {**text(), "msgtype": "image", "image": {"media_id": media_id}},
            {**text(), "msgtype": "news", "news": {"articles": [{"title": "一"}]}},
            {**text(), "msgtype": "textcard", "textcard": {"title": "一", "description": "二", "url": "u"}},
        ],
        "message/update_template_card": [
            {**update, "button": {"replace_name": "一"}},
            {**update, "template_card": whole["template_card"]},
        ],
        "message/recall": [{"msgid": "m"}],
        "user/list_id": [{"cursor": "0", "limit": 2}],
        "kf/account/list": [{"offset": 0, "limit": 2}],
        "kf/add_contact_way": [{"open_kfid": "wk1", "scene": "b3"}],
        "kf/sync_msg": [{"cursor": "", "token": kf.sessions.issue_token(), "limit": 3, "open_kfid": "wk1"}],
        "kf/send_msg": [
            {**to, "msgid": "m1", "msgtype": "text", "text": {"content": "一"}},
            {**to, "msgtype": "msgmenu", "msgmenu": {"head_content": "一", "list": [entry]}},
            {**to, "msgtype": "location", "location": {"name": "一", "latitude": 31.0, "longitude": 121.0}},
            {**to, "msgtype": "link", "link": thumb},
            {**to, "msgtype": "miniprogram", "miniprogram": {"appid": "a", "pagepath": "p", **thumb}},
        ],
        "kf/send_msg_on_event": [
            {"code": kf.sessions.greeting("wk1", "wmNew"), "msgtype": "msgmenu", "msgmenu": {"list": [entry]}},
        ],
        "kf/service_state/get": [who],
        "kf/service_state/trans": [{**who, "service_state": 3, "servicer_userid": "lisi"}],
        "kf/customer/batchget": [{"external_userid_list": [LIU], "need_enter_session_context": 1}],
    }


def call(wecom: Wecom, path: str, body: dict[str, Any]) -> str:
    """``answered`` or ``refused``."""
    (interface,) = (one for one in wecom.door._interfaces if one.path == f"/cgi-bin/{path}")
    family = KF if path.startswith("kf/") else CONTACTS if path == "user/list_id" else APP
    made = Call(wecom.ground, "wecom", interface.path, {}, body=body, token=wecom.tokens.same(family))
    try:
        assert interface.handler(made)["errcode"] == 0  # type: ignore[index]
    except ApiFault:
        return "refused"
    return "answered"


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Everything inside a request that can be something else."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(*path, name) for name, _ in inner] + [one for name, part in inner for one in places(part, (*path, name))]


PATHS = sorted(bodies(*ground()))


@pytest.mark.parametrize("path", PATHS)
def test_the_requests_themselves_are_answered(path: str) -> None:
    if path == "message/recall":
        return  # there is nothing to recall yet
    for number in range(len(bodies(*ground())[path])):
        wecom, kf = ground()
        assert call(wecom, path, bodies(wecom, kf)[path][number]) == "answered"


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_anything_in_any_place_is_answered_or_refused(path: str, data: st.DataObject) -> None:
    wecom, kf = ground()
    body = copy.deepcopy(data.draw(st.sampled_from(bodies(wecom, kf)[path])))
    place = data.draw(st.sampled_from(places(body)))
    whole: Any = body
    for name in place[:-1]:
        whole = whole[name]
    if data.draw(st.booleans()) and isinstance(whole, dict):
        del whole[place[-1]]
    else:
        whole[place[-1]] = data.draw(JUNK)
    assert call(wecom, path, body) in {"answered", "refused"}
