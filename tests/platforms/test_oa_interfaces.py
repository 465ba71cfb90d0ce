"""Tokens, quotas, media, people, menu, QR codes and silent authorisation."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from bot.platforms.oa_account import OaOptions
from tests.platforms.callback import APP_ID, NOON, SECRET
from tests.platforms.oa_world import JPEG, OaWorld, oa_world

DAY = 86_400


# --- tokens and quotas -----------------------------------------------------------------------------------------------


def classic(oa: OaWorld, **more: str) -> dict[str, Any]:
    asked = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET, **more}
    return oa.json("GET", f"/oa/cgi-bin/token?{urlencode(asked)}")


def works(oa: OaWorld, token: str) -> int:
    return int(oa.json("GET", f"/oa/cgi-bin/user/get?access_token={token}").get("errcode", 0))


def test_the_stable_token_is_the_same_until_five_minutes_before_its_end(oa: OaWorld) -> None:
    first = oa.stable()
    assert (first["expires_in"], len(first["access_token"]) <= 512) == (7200, True)
    oa.clock.advance(6899)
    assert oa.stable() == {**first, "expires_in": 301}
    oa.clock.advance(1)
    second = oa.stable()
    assert second["access_token"] != first["access_token"]
    assert [works(oa, one["access_token"]) for one in (first, second)] == [0, 0]
    oa.clock.advance(300)
    assert [works(oa, one["access_token"]) for one in (first, second)] == [42001, 0]


def test_force_ends_the_stable_token_and_leaves_the_classic_one_alone(oa: OaWorld) -> None:
    old, other = oa.stable()["access_token"], classic(oa)["access_token"]
    new = oa.stable(force_refresh=True)["access_token"]
    assert [works(oa, one) for one in (old, other, new)] == [40001, 0, 0]
    assert classic(oa)["access_token"] != other
    assert works(oa, new) == 0


def test_force_has_limits_of_its_own(oa: OaWorld) -> None:
    assert "access_token" in oa.stable(force_refresh=True)
    oa.clock.advance(29)
    assert oa.stable(force_refresh=True)["errcode"] == 45011
    for _ in range(19):
        oa.clock.advance(30)
        assert "access_token" in oa.stable(force_refresh=True)
    oa.clock.advance(30)
    assert oa.stable(force_refresh=True)["errcode"] == 45009
    oa.clock.advance(DAY / 2)
    assert "access_token" in oa.stable(force_refresh=True)


def test_who_gets_no_token(oa: OaWorld) -> None:
    assert classic(oa, appid="wx0")["errcode"] == 40013
    assert classic(oa, secret="guessed")["errcode"] == 40125
    assert classic(oa, grant_type="password")["errcode"] == 40002
    assert [classic(oa, **{name: ""})["errcode"] for name in ("appid", "secret")] == [41002, 41004]
    assert oa.json("POST", "/oa/cgi-bin/token", {})["errcode"] == 43001
    assert oa.json("GET", "/oa/cgi-bin/stable_token")["errcode"] == 43002
    oa.account.options.whitelist = {"198.51.100.7"}
    assert oa.stable()["errcode"] == 40164
    oa.account.options.whitelist = {"127.0.0.1"}
    assert "access_token" in oa.stable()


def test_no_secret_and_no_token_is_in_the_record(oa: OaWorld) -> None:
    token = oa.stable()["access_token"]
    classic(oa)
    oa.get("user/get")
    written = json.dumps([dict(entry.fields) for entry in oa.simulator.record.entries()])
    assert SECRET not in written
    assert token not in written
    assert token not in repr(oa.account.tokens.check(token))
    assert SECRET not in repr(oa.account.oa.account)


def test_quotas_can_be_read_and_cleared_ten_times_a_month(oa: OaWorld) -> None:
    for _ in range(3):
        oa.get("user/get")
    asked = {"cgi_path": "/cgi-bin/user/get"}
    assert oa.post("openapi/quota/get", asked)["quota"] == {"daily_limit": 500, "used": 3, "remain": 497}
    assert [oa.errcode("clear_quota", {"appid": APP_ID}) for _ in range(11)] == [0] * 10 + [48006]
    assert oa.post("openapi/quota/get", asked)["quota"]["used"] == 0
    assert oa.errcode("openapi/quota/get", {"cgi_path": ""}) == 40035
    assert oa.errcode("clear_quota", {"appid": "wx0"}) == 40013


# --- media -----------------------------------------------------------------------------------------------------------


def test_what_is_uploaded_can_be_fetched_for_three_days(oa: OaWorld) -> None:
    answer = oa.upload("image", JPEG)
    assert (answer["type"], answer["created_at"]) == ("image", int(NOON))
    status, headers, body = oa.raw("GET", oa.path("media/get", media_id=answer["media_id"]))
    assert (status, headers["content-type"], body) == (200, "image/jpeg", JPEG)
    assert headers["content-disposition"] == f'attachment; filename="{answer["media_id"]}.jpg"'
    oa.clock.advance(3 * DAY)
    assert oa.get("media/get", media_id=answer["media_id"])["errcode"] == 40007
    assert oa.get("media/get", media_id="never")["errcode"] == 40007
    assert oa.get("media/get")["errcode"] == 41006


@pytest.mark.parametrize(
    ("kind", "data", "errcode"),
    [
        ("image", b"MZ" + bytes(60), 40005),
        ("image", JPEG + bytes(10 * 2**20), 45001),
        ("thumb", JPEG + bytes(64 * 2**10), 45001),
        ("voice", JPEG, 40005),
        ("poem", JPEG, 40004),
        ("image", b"", 41005),
    ],
)
def test_what_cannot_be_uploaded(oa: OaWorld, kind: str, data: bytes, errcode: int) -> None:
    assert oa.upload(kind, data)["errcode"] == errcode


def test_a_form_without_the_field_is_refused(oa: OaWorld) -> None:
    assert oa.json("POST", oa.path("media/upload", type="image"), {"media": "x"})["errcode"] == 41005


def test_a_video_is_an_address(oa: OaWorld) -> None:
    video = bytes(4) + b"ftypmp42" + bytes(50)
    found = oa.get("media/get", media_id=oa.upload("video", video, "lift.mp4")["media_id"])
    assert oa.raw("GET", found["video_url"].removeprefix(oa.address))[2] == video


# --- people ----------------------------------------------------------------------------------------------------------


def test_what_is_told_of_people(oa: OaWorld) -> None:
    oa.act.scan("o1", "scene:7-2")
    oa.act.follow("o2")
    oa.act.unfollow("o2")
    known = oa.get("user/info", openid="o1", lang="zh_CN")
    assert (known["subscribe"], known["qr_scene_str"], known["subscribe_time"]) == (1, "7-2", int(NOON))
    assert oa.get("user/info", openid="o2") == {"subscribe": 0, "openid": "o2"}
    assert oa.get("user/info", openid="nobody")["errcode"] == 40003
    assert oa.get("user/info")["errcode"] == 41009
    asked = {"user_list": [{"openid": "o1"}, {"openid": "o2"}]}
    assert [one["subscribe"] for one in oa.post("user/info/batchget", asked)["user_info_list"]] == [1, 0]
    assert oa.errcode("user/info/batchget", {"user_list": [{"openid": "o1"}] * 101}) == 40032
    assert oa.errcode("user/info/batchget", {"user_list": "o1"}) == 40031


def test_followers_come_in_pages_of_ten_thousand(oa: OaWorld) -> None:
    assert oa.get("user/get") == {"total": 0, "count": 0, "next_openid": ""}
    oa.act.followers(10_001)
    first = oa.get("user/get")
    assert (first["total"], first["count"], len(set(first["data"]["openid"]))) == (10_001, 10_000, 10_000)
    second = oa.get("user/get", next_openid=first["next_openid"])
    assert (second["count"], second["data"]["openid"]) == (1, ["o_follower_10000"])
    assert oa.get("user/get", next_openid=second["next_openid"])["count"] == 0


# --- menu and QR codes -----------------------------------------------------------------------------------------------

CLICK = {"type": "click", "name": "报修", "key": "report"}


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([CLICK], 0),
        (
            [{"name": "办事", "sub_button": [CLICK, {"type": "view", "name": "进度", "url": "https://example.org/t"}]}],
            0,
        ),
        ([], 40016),
        ([CLICK] * 4, 40016),
        ([{"name": "办事", "sub_button": [CLICK] * 6}], 40023),
        ([{**CLICK, "name": "一二三四五六"}], 40018),
        ([{**CLICK, "name": ""}], 40018),
        ([{"name": "办事", "sub_button": [{**CLICK, "name": "字" * 21}]}], 40018),
        ([{**CLICK, "key": "k" * 129}], 40019),
        ([{**CLICK, "type": "dance"}], 40015),
        ([{"type": "view", "name": "进度", "url": "u" * 1025}], 40020),
        (["报修"], 40018),
    ],
)
def test_what_a_menu_may_have(oa: OaWorld, buttons: Any, errcode: int) -> None:
    assert oa.errcode("menu/create", {"button": buttons}) == errcode
    assert oa.get("menu/get").get("menu") == ({"button": buttons} if errcode == 0 else None)


def test_nobody_taps_a_button_that_is_not_there(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.post("menu/create", {"button": [CLICK, {"type": "view", "name": "进度", "url": "https://example.org/t"}]})
    oa.act.click("o1", "report")
    oa.act.view("o1", "https://example.org/t")
    assert [len(oa.ours.field(event, "EventKey")) for event in ("CLICK", "VIEW")] == [1, 1]
    oa.get("menu/delete")
    with pytest.raises(ValueError, match="report"):
        oa.act.click("o1", "report")
    assert oa.get("menu/get")["errcode"] == 46003


def test_a_qr_code_carries_its_scene_until_it_expires(oa: OaWorld) -> None:
    info = {"scene": {"scene_str": "estate:7"}}
    asked = {"expire_seconds": 3600, "action_name": "QR_STR_SCENE", "action_info": info}
    code = oa.post("qrcode/create", asked)
    assert code["expire_seconds"] == 3600
    oa.act.scan("o1", code["url"])
    oa.act.scan("o1", code["ticket"])
    assert oa.ours.field("subscribe", "EventKey") == ["qrscene_estate:7"]
    assert (oa.ours.field("SCAN", "EventKey"), oa.ours.field("SCAN", "Ticket")) == (["estate:7"], [code["ticket"]])
    oa.clock.advance(3600)
    with pytest.raises(ValueError, match="expired"):
        oa.act.scan("o1", code["ticket"])
    lasting = oa.post("qrcode/create", {"action_name": "QR_LIMIT_STR_SCENE", "action_info": info})
    oa.clock.advance(365 * DAY)
    oa.act.scan("o2", lasting["ticket"])
    assert oa.ours.field("subscribe", "Ticket")[-1] == lasting["ticket"]


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"expire_seconds": 30 * DAY + 1}, 40035),
        ({"action_name": "QR_POEM"}, 40053),
        ({"action_info": {"scene": {"scene_str": "s" * 65}}}, 40053),
        ({"action_info": {"scene": {"scene_str": ""}}}, 40053),
        ({"action_info": {"scene": {"scene_id": 5}}}, 40053),
        ({"action_info": "estate"}, 40053),
    ],
)
def test_what_a_qr_code_may_not_be(oa: OaWorld, changed: dict[str, Any], errcode: int) -> None:
    asked = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "estate:7"}}}
    assert oa.errcode("qrcode/create", {**asked, **changed}) == errcode


# --- silent authorisation --------------------------------------------------------------------------------------------


def authorize(oa: OaWorld, cookie: str = "", **query: str) -> tuple[int, dict[str, str], str]:
    """Status, what the browser is led back with, and the cookie that it keeps."""
    asked = {"appid": APP_ID, "redirect_uri": "https://menkou.example/t/abc?page=2", "response_type": "code"}
    asked = {**asked, "scope": "snsapi_base", "state": "s1", **query}
    path = f"/open/connect/oauth2/authorize?{urlencode(asked)}"
    status, headers, _ = oa.raw("GET", path, headers={"Cookie": cookie} if cookie else None)
    back = parse_qs(urlsplit(headers.get("location", "")).query)
    return status, {name: values[0] for name, values in back.items()}, headers.get("set-cookie", "").split(";")[0]


def redeem(oa: OaWorld, code: str, **more: str) -> dict[str, Any]:
    asked = {"appid": APP_ID, "secret": SECRET, "code": code, "grant_type": "authorization_code", **more}
    return oa.json("GET", f"/oa/sns/oauth2/access_token?{urlencode(asked)}")


def test_a_code_says_once_who_looks(oa: OaWorld) -> None:
    status, back, cookie = authorize(oa, **{"as": "o1"})
    assert (status, back["page"], back["state"]) == (HTTPStatus.FOUND, "2", "s1")
    found = redeem(oa, back["code"])
    assert (found["openid"], found["scope"], found["expires_in"]) == ("o1", "snsapi_base", 7200)
    assert redeem(oa, back["code"])["errcode"] == 40163
    _, again, _ = authorize(oa, cookie)
    assert redeem(oa, again["code"])["openid"] == "o1"


def test_codes_that_are_not_good(oa: OaWorld) -> None:
    code = authorize(oa, **{"as": "o1"})[1]["code"]
    assert redeem(oa, code, appid="wx0")["errcode"] == 40013
    assert redeem(oa, "")["errcode"] == 41008
    assert redeem(oa, code, secret="guessed")["errcode"] == 40125
    assert redeem(oa, code, grant_type="code")["errcode"] == 40002
    assert redeem(oa, "guessed")["errcode"] == 40029
    oa.clock.advance(300)
    assert redeem(oa, code)["errcode"] == 40029


def test_pages_that_lead_nowhere() -> None:
    with oa_world(OaOptions(oauth_domains={"menkou.example"})) as oa:
        wrong: list[dict[str, str]] = [
            {},
            {"as": "o1", "appid": "wx0"},
            {"as": "o1", "scope": "snsapi_everything"},
            {"as": "o1", "redirect_uri": "https://elsewhere.example/"},
        ]
        assert [authorize(oa, **query)[0] for query in wrong] == [400] * 4
        assert authorize(oa, **{"as": "o1"})[0] == 302
