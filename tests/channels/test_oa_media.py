"""Pictures and recordings that people send, fetched by what the message named; the menu, QR codes, silent sign-in."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from wechatpy import WeChatOAuth

from bot.channels import oa_menu
from bot.channels.base import Closed, TryLater
from bot.channels.oa_media import NotFetchable
from bot.channels.oa_oauth import OPEN_BASE, authorize_url, openid_for
from bot.channels.oa_qr import qr_code
from bot.channels.wechat_api import ApiError
from handlers.message import Kind
from handlers.orders import parse
from handlers.wording.help import KNOCKS
from handlers.wording.menu import BUTTONS
from tests.channels.oa import channel as mute
from tests.channels.oa_speaking import PERSON, Speaking, speaking
from tests.platforms.callback import APP_ID, SECRET
from tests.platforms.oa_world import JPEG


@pytest.fixture
def oa() -> Iterator[Speaking]:
    with speaking() as found:
        yield found


# --- media


def test_what_somebody_sends_is_fetched(oa: Speaking) -> None:
    oa.act.photo(PERSON, JPEG)
    oa.act.voice(PERSON, b"#!AMR\n123")
    photo, voice = oa.came()[-2:]
    assert photo.media is not None
    assert voice.media is not None
    file = oa.channel.fetch(photo.media)
    assert (file.mime, file.content) == ("image/jpeg", JPEG)
    assert oa.channel.fetch(voice.media).mime == "audio/amr"


def test_what_is_no_longer_there_is_not_asked_for_again(oa: Speaking) -> None:
    oa.act.photo(PERSON, JPEG)
    handle = oa.came()[-1].media
    assert handle is not None
    oa.world.clock.advance(3 * 24 * 3600 + 1)
    with pytest.raises(ApiError) as refused:
        oa.channel.fetch(handle)
    assert refused.value.code == 40007


def test_a_film_and_strange_handles_are_not_fetched(oa: Speaking) -> None:
    film = oa.world.account.media.keep("video", b"\0\0\0\x18ftypmp42")
    with pytest.raises(NotFetchable):
        oa.channel.fetch(f"oa-media:{film.media_id}")
    for handle in ("kf-media:1", "oa-media:", "https://example.org/photo.jpg", ""):
        with pytest.raises(NotFetchable):
            oa.channel.fetch(handle)
    with pytest.raises(NotFetchable):
        mute.fetch("oa-media:1")


def test_a_fetch_that_fails_for_now_is_made_again(oa: Speaking) -> None:
    oa.act.photo(PERSON, JPEG)
    handle = oa.came()[-1].media
    assert handle is not None
    for fault in ("reset_after_accept", "busy"):
        oa.faults.on(fault, path="/oa/cgi-bin/media/get", times=1)
        with pytest.raises(TryLater):
            oa.channel.fetch(handle)
    assert oa.channel.fetch(handle).content == JPEG


# --- the menu


def test_a_button_of_the_menu_says_its_word(oa: Speaking) -> None:
    assert oa_menu.current(oa.api) is None
    oa_menu.create(oa.api)
    assert oa_menu.current(oa.api) == oa_menu.menu()
    for button, (_, word) in zip(oa_menu.menu()["button"], BUTTONS, strict=True):
        oa.act.click(PERSON, button["key"])
        tapped = oa.came()[-1]
        assert (tapped.kind, tapped.event, tapped.text) == (Kind.TEXT, "click", word)
        assert parse(word) is not None or word in KNOCKS


def test_the_menu_is_what_wechatpy_would_set(oa: Speaking) -> None:
    oa_menu.create(oa.api)
    oa.wechatpy.menu.create(oa_menu.menu())
    ours, theirs = oa.requests("menu/create")
    assert ours == theirs


def test_a_menu_that_is_refused_is_told(oa: Speaking) -> None:
    oa.faults.on("banned", path="/oa/cgi-bin/menu/get", times=1)
    with pytest.raises(Closed):
        oa_menu.current(oa.api)
    oa.faults.on("minute_quota", path="/oa/cgi-bin/menu/get", errcode=65301, times=1)
    with pytest.raises(ApiError, match="65301"):
        oa_menu.current(oa.api)


# --- QR codes


def test_a_code_brings_people_in_with_its_scene(oa: Speaking) -> None:
    lasting, brief = qr_code(oa.api, "u17"), qr_code(oa.api, "b-204", timedelta(hours=1))
    oa.act.scan("o_new_neighbour", lasting.url)
    oa.act.scan(PERSON, brief.url)
    assert [(came.event, came.data["scene"]) for came in oa.came()[-2:]] == [("subscribe", "u17"), ("scan", "b-204")]
    oa.world.clock.advance(3601)
    oa.act.scan(PERSON, lasting.ticket)
    with pytest.raises(ValueError, match="expired"):
        oa.act.scan(PERSON, brief.url)
    oa.wechatpy.qrcode.create({"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "u17"}}})
    ours, _, theirs = oa.requests("qrcode/create")
    assert ours == theirs


@pytest.mark.parametrize(
    ("scene", "lives"), [("", None), ("s" * 65, None), ("s", timedelta(seconds=59)), ("s", timedelta(days=31))]
)
def test_a_code_that_the_platform_would_refuse(oa: Speaking, scene: str, lives: timedelta | None) -> None:
    with pytest.raises(ValueError, match=r"scene|lives"):
        qr_code(oa.api, scene, lives)
    assert oa.requests("qrcode/create") == []


# --- silent sign-in


def signed_in(oa: Speaking, address: str, person: str) -> dict[str, str]:
    """The query that the browser comes back with."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}&as={person}")
        back = connection.getresponse().getheader("Location") or ""
    finally:
        connection.close()
    return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def test_the_platform_tells_who_looks(oa: Speaking) -> None:
    address = authorize_url(f"{oa.world.address}/open", APP_ID, "https://menkou.example/wx/back?to=/t/x", "state-1")
    back = signed_in(oa, address, PERSON)
    assert (back["to"], back["state"]) == ("/t/x", "state-1")
    assert openid_for(oa.http, oa.base, APP_ID, SECRET, back["code"]) == PERSON
    with pytest.raises(ApiError, match="40163"):
        openid_for(oa.http, oa.base, APP_ID, SECRET, back["code"])


def test_the_address_is_wechatpys() -> None:
    redirect = "https://menkou.example/wx/back"
    theirs = WeChatOAuth(APP_ID, "", redirect, state="s").authorize_url
    assert authorize_url(OPEN_BASE, APP_ID, redirect, "s") == theirs


def test_no_secret_gets_out_of_a_failed_sign_in(oa: Speaking) -> None:
    with pytest.raises(Closed) as closed:
        openid_for(oa.http, oa.base, APP_ID, "wrong-secret", "code-1")
    with pytest.raises(ApiError) as refused:
        openid_for(oa.http, oa.base, APP_ID, SECRET, "code-1")
    later: list[TryLater] = []
    for fault in ("busy", "not_json", "reset_before"):
        oa.faults.on(fault, path="/oa/sns/oauth2/access_token", times=1)
        with pytest.raises(TryLater) as caught:
            openid_for(oa.http, oa.base, APP_ID, SECRET, "code-1")
        later.append(caught.value)
    for error in (closed.value, refused.value, *later):
        told = repr(error) + str(error) + repr(error.__cause__)
        assert "secret" not in told.replace("appsecret", "")
        assert SECRET not in told
        assert "code-1" not in told
