"""Somebody else's client of the same documents gets along with the simulated account: our reading is not only ours."""

from __future__ import annotations

from typing import Any

import pytest
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from tests.platforms.callback import APP_ID, SECRET
from tests.platforms.oa_world import JPEG, TICKET, OaWorld


@pytest.fixture
def client(oa: OaWorld) -> Any:
    """wechatpy, pointed at the simulator; it repeats calls without end on a dead token, so that is off."""
    token = oa.stable()["access_token"]
    client = WeChatClient(APP_ID, SECRET, access_token=token, timeout=10, auto_retry=False)
    client.API_BASE_URL = f"{oa.address}/oa/cgi-bin/"
    yield client
    client._http.close()


def test_its_messages_arrive(oa: OaWorld, client: Any) -> None:
    oa.act.follow("o1")
    oa.act.follow("o2")
    client.message.send_text("o1", "马上看")
    client.message.send_template("o1", TICKET, {name: {"value": "1"} for name in ("thing1", "time2", "phrase3")})
    job = client.message.send_mass_text(["o1", "o2"], "停水通知")
    oa.account.settle()
    assert oa.texts("o1") == ["马上看", "1\n1\n1", "停水通知"]
    assert client.message.get_mass(job["msg_id"])["msg_status"] == "SEND_SUCCESS"


def test_its_media_people_menu_and_codes(oa: OaWorld, client: Any) -> None:
    uploaded = client.media.upload("image", ("photo.jpg", JPEG))
    assert client.media.download(uploaded["media_id"]).content == JPEG
    oa.act.follow("o1")
    assert client.user.get("o1")["subscribe"] == 1
    assert list(client.user.iter_followers()) == ["o1"]
    client.menu.create({"button": [{"type": "click", "name": "报修", "key": "report"}]})
    assert client.menu.get()["menu"]["button"][0]["key"] == "report"
    asked = {"action_name": "QR_STR_SCENE", "expire_seconds": 60, "action_info": {"scene": {"scene_str": "7-2"}}}
    oa.act.scan("o1", client.qrcode.create(asked)["ticket"])
    assert oa.ours.field("SCAN", "EventKey") == ["7-2"]


@pytest.mark.parametrize(("person", "errcode"), [("nobody", 40003), ("o1", 45015)])
def test_it_knows_the_refusals(oa: OaWorld, client: Any, person: str, errcode: int) -> None:
    oa.act.follow("o1")
    oa.clock.advance(60)
    with pytest.raises(WeChatClientException) as refused:
        client.message.send_text(person, "在吗")
    assert refused.value.errcode == errcode
    assert " rid: " in refused.value.errmsg
