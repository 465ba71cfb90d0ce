"""Whatever is asked, the simulated account answers as a platform does: with an errcode, and never with a crash."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.platforms.callback import APP_ID
from tests.platforms.oa_world import SUBSCRIPTION, TICKET, OaWorld

PERSON, OTHER = "o1", "o2"
TEXT: dict[str, Any] = {"msgtype": "text", "text": {"content": "好"}}
VALUES: dict[str, Any] = {"thing1": {"value": "好"}, "time2": {"value": "1"}, "phrase3": {"value": "好"}}
CLICK = {"type": "click", "name": "报修", "key": "report"}
GOOD: dict[str, dict[str, Any]] = {
    "message/custom/send": {"touser": PERSON, **TEXT},
    "message/template/send": {"touser": PERSON, "template_id": TICKET, "data": VALUES, "client_msg_id": "1"},
    "message/subscribe/bizsend": {"touser": PERSON, "template_id": SUBSCRIPTION, "data": {"thing1": {"value": "好"}}},
    "message/mass/send": {"touser": [PERSON, OTHER], **TEXT, "clientmsgid": "k"},
    "message/mass/get": {"msg_id": 34_182},
    "message/mass/delete": {"msg_id": 34_182},
    "menu/create": {"button": [{"name": "办事", "sub_button": [CLICK]}, CLICK]},
    "qrcode/create": {
        "action_name": "QR_STR_SCENE",
        "expire_seconds": 60,
        "action_info": {"scene": {"scene_str": "7"}},
    },
    "user/info/batchget": {"user_list": [{"openid": PERSON}]},
    "openapi/quota/get": {"cgi_path": "/cgi-bin/user/get"},
    "clear_quota": {"appid": APP_ID},
}
ODD: list[Any] = [None, 0, -1, 1.5, True, "", "x", "x" * 3000, [], [[]], [{}], {}, {"a": {}}, {"content": 5}]
KINDS = ["image", "voice", "video", "music", "news", "msgmenu", "miniprogrampage", "mpnews"]


def variants(good: Any) -> list[Any]:
    """The body with every part of it replaced by, in turn, everything odd."""
    found = list(ODD)
    if isinstance(good, dict):
        for name, value in good.items():
            found += [{**good, name: odd} for odd in variants(value)]
    if isinstance(good, list):
        for place, value in enumerate(good):
            found += [[*good[:place], odd, *good[place + 1 :]] for odd in variants(value)]
    return found


@pytest.mark.parametrize("path", GOOD)
def test_every_part_of_every_request_may_be_odd(oa: OaWorld, path: str) -> None:
    oa.act.follow(PERSON)
    oa.act.follow(OTHER)
    bodies = variants(GOOD[path])
    if "msgtype" in GOOD[path]:
        bodies += [{**GOOD[path], "msgtype": kind, kind: odd} for kind in KINDS for odd in ODD]
        bodies += [{**GOOD[path], "msgtype": "news", "news": {"articles": odd}} for odd in ODD]
        bodies += [{**GOOD[path], "msgtype": "msgmenu", "msgmenu": {"list": odd}} for odd in ODD]
    address, full = urlsplit(oa.address).netloc, oa.path(path)
    connection = http.client.HTTPConnection(address, timeout=30)
    codes = set()
    for body in bodies:
        connection.request("POST", full, json.dumps(body, ensure_ascii=False).encode())
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, (body, text)
        codes.add(json.loads(text).get("errcode", 0))
    connection.close()
    assert len(codes) > 1
    assert -1 not in codes


def test_faults_strike_every_interface(oa: OaWorld) -> None:
    """The faults are in the wrapper: nothing that is offered is outside it."""
    paths = [f"/oa/cgi-bin/{path}" for path in GOOD] + ["/oa/cgi-bin/stable_token"]
    looks = ["token", "media/get", "user/info", "user/get", "menu/get", "menu/delete"]
    oa.faults.on("busy")
    assert {oa.json("POST", path, {})["errcode"] for path in paths} == {-1}
    assert {oa.json("GET", f"/oa/cgi-bin/{path}")["errcode"] for path in looks} == {-1}
    assert oa.json("GET", "/oa/sns/oauth2/access_token")["errcode"] == -1
    assert oa.json("GET", "/open/connect/oauth2/authorize")["errcode"] == -1
    assert oa.json("GET", "/oa/mmbiz/pic")["errcode"] == -1
    assert len(oa.errcodes()) == len(paths) + len(looks) + 3
