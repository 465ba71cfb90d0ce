"""The pushing side of WeCom: published vectors, real callbacks, replies read as strictly as documented, faults."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Any

import pytest

from bot.platforms.calls import Ground
from bot.platforms.clock import PlatformClock
from bot.platforms.official_account import HttpAnswer
from bot.platforms.sealing import PlatformSeal, Unacceptable, sign
from bot.platforms.wecom_push import WecomCallback
from bot.platforms.wecom_staff import CannotAct
from bot.platforms.wecom_xml import capitals, rendered, reply
from tests.channels.vectors import WECOM_ECHO, WECOM_PUSH
from tests.platforms.test_wecom_api import card, send
from tests.platforms.wecom import AGENT, CORP, KEY, TOKEN, Listener, World, listening, world

TWO_BUTTONS = ["接单", "转派"]


@pytest.fixture
def ours() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture
def corp(ours: Listener) -> Iterator[World]:
    with world(address=ours.address) as made:
        yield made


def callback(**options: Any) -> WecomCallback:
    return WecomCallback(Ground(PlatformClock(1000.0)), CORP, TOKEN, KEY, agent_id=AGENT, **options)


# --- the envelope --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", [WECOM_PUSH, WECOM_ECHO], ids=["V6", "V7"])
def test_the_published_vectors_open_and_are_signed_alike(vector: Any) -> None:
    seal = PlatformSeal(vector.token, vector.aes_key, vector.receiver)
    assert seal.decrypt(vector.encrypt) == vector.message
    assert sign(vector.token, vector.timestamp, vector.nonce, vector.encrypt) == vector.signature


def test_the_platform_writes_the_same_xml_as_the_published_message() -> None:
    fields = {
        "ToUserName": WECOM_PUSH.receiver,
        "FromUserName": "mycreate",
        "CreateTime": 1409659813,
        "MsgType": "text",
        "Content": "hello",
        "MsgId": 4561255354251345929,
        "AgentID": 218,
    }
    assert rendered(fields) == WECOM_PUSH.message.replace(b"\n", b"")


def test_a_repeat_has_the_same_message_in_a_fresh_envelope() -> None:
    platform = callback()
    push = platform.message("lisi", "text", Content="]]> & <b>")
    first, second = platform.callback(push), platform.callback(push)
    assert first.query["nonce"] != second.query["nonce"]
    assert first.body != second.body
    opened = set()
    for query, body in (first, second):
        envelope = {element.tag: element.text or "" for element in ElementTree.fromstring(body)}
        assert set(envelope) == {"ToUserName", "Encrypt", "AgentID"}
        assert query["msg_signature"] == sign(TOKEN, query["timestamp"], query["nonce"], envelope["Encrypt"])
        opened.add(platform.seal.decrypt(envelope["Encrypt"]))
    (message,) = opened
    assert ElementTree.fromstring(message).findtext("Content") == "]]> & <b>"


def test_an_event_has_no_id_and_keeps_its_lists() -> None:
    fields = callback().event("lisi", "template_card_event", List={"Item": ["一", "二"]}).fields
    assert "MsgId" not in fields
    assert rendered(fields).count(b"<Item>") == 2


def test_the_address_is_checked_with_an_encrypted_echo(corp: World, ours: Listener) -> None:
    assert any(corp.wecom.callback.check_url() for _ in range(3))  # within a second, on a machine that may be busy
    assert not callback(address="http://127.0.0.1:9/nobody").check_url()
    answers = (b"", b'"1616140317555161061"', b"1616140317555161061\n")
    for body in answers:
        assert not callback(address=ours.address, call=lambda *asked, body=body: HttpAnswer(200, body)).check_url()


# --- replies -------------------------------------------------------------------------------------------------------


def fields(kind: str, **more: Any) -> bytes:
    common = {"ToUserName": "lisi", "FromUserName": CORP, "CreateTime": 1_795_330_800, "MsgType": kind}
    return rendered({**common, **more})


def read(message: bytes) -> Any:
    return reply(message, to="lisi", corp_id=CORP)


def test_replies_are_read() -> None:
    assert read(fields("text", Content="收到")).text == "收到"
    assert read(fields("update_button", Button={"ReplaceName": "已接单"})).text == "已接单"
    whole = card(task_id=None)["template_card"]
    assert read(fields("update_template_card", TemplateCard=capitals(whole))).card == whole


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"<xml>",
        b"<html></html>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml></xml>',
        fields("news", ArticleCount=1),
        fields("text"),
        fields("text", Content=""),
        fields("text", Content="水" * 683),
        fields("text", Content="a", Extra="b"),
        fields("text", Content=["a", "b"]),
        fields("update_button", Button="已接单"),
        fields("update_button", Button={"ReplaceName": ""}),
        fields("update_button", Button={"ReplaceName": "一", "Style": 1}),
        fields("update_template_card", TemplateCard={"card_type": "button_interaction"}),
        fields("update_template_card", TemplateCard={"Surprise": "a"}),
        fields("update_template_card", TemplateCard={"CardType": ["a", "b"]}),
        fields("update_template_card", TemplateCard={"CardAction": {"Type": "one"}}),
        fields("text", Content="a").replace(b"lisi", b"wangwu"),
        fields("text", Content="a").replace(CORP.encode(), b"ww_other"),
        fields("text", Content="a").replace(b"1795330800", b"today"),
    ],
)
def test_replies_the_documents_do_not_know_are_refused(message: bytes) -> None:
    with pytest.raises(Unacceptable):
        read(message)


def test_answers_are_judged_by_status_signature_and_event() -> None:
    platform = callback()
    text, click = platform.message("lisi", "text"), platform.event("lisi", "template_card_event")
    assert platform.read(text, HttpAnswer(200, b"")).kind == "nothing"
    listener = Listener("", PlatformSeal(TOKEN, KEY, CORP))
    common = {"ToUserName": "lisi", "FromUserName": CORP, "CreateTime": 1}
    button = listener.sealed({**common, "MsgType": "update_button", "Button": {"ReplaceName": "一"}})
    assert platform.read(click, HttpAnswer(200, button)).text == "一"
    bad_card = {**common, "MsgType": "update_template_card", "TemplateCard": {"CardType": "hologram"}}
    refused = [
        (text, HttpAnswer(200, button)),
        (text, HttpAnswer(500, b"")),
        (text, HttpAnswer(200, b"<xml><Encrypt>a</Encrypt></xml>")),
        (text, HttpAnswer(200, listener.sealed({**common, "MsgType": "text", "Content": "a"}, signature="0" * 40))),
        (click, HttpAnswer(200, listener.sealed(bad_card))),
    ]
    for push, answer in refused:
        with pytest.raises(Unacceptable):
            platform.read(push, answer)


# --- people --------------------------------------------------------------------------------------------------------


def test_what_somebody_says_is_pushed_and_the_answer_is_on_their_screen(corp: World, ours: Listener) -> None:
    ours.will_answer("lisi", "text", Content="收到")
    corp.wecom.staff.say("lisi", "接单 1")
    (heard,) = ours.heard
    assert "<Content><![CDATA[接单 1]]></Content>" in heard
    assert f"<AgentID>{AGENT}</AgentID>" in heard
    assert [(seen.from_, seen.text) for seen in corp.simulator.screens.of("wecom", "lisi")] == [
        ("me", "接单 1"),
        (str(AGENT), "收到"),
    ]


def test_every_kind_of_message_and_event_is_pushed(corp: World, ours: Listener) -> None:
    staff = corp.wecom.staff
    staff.photo("lisi")
    staff.voice("lisi")
    staff.location("lisi", 31.2, 121.5, "3栋")
    staff.enter("lisi")
    staff.subscribe("lisi")
    staff.unsubscribe("lisi")
    staff.tap("lisi", "today")
    staff.join("new", "新人", [2, 3])
    staff.change("new", [3])
    staff.leave("new")
    roots = [ElementTree.fromstring(heard) for heard in ours.heard]
    kinds = [root.findtext("Event") or root.findtext("MsgType") for root in roots]
    assert kinds == [
        "image",
        "voice",
        "location",
        "enter_agent",
        "subscribe",
        "unsubscribe",
        "click",
        *["change_contact"] * 3,
    ]
    media_id = roots[0].findtext("MediaId") or ""
    assert corp.wecom.media.living(media_id, "image").data.startswith(b"\x89PNG")
    assert (roots[2].findtext("Location_X"), roots[2].findtext("AppType")) == ("31.200000", "wxwork")
    assert [root.findtext("ChangeType") for root in roots[-3:]] == ["create_user", "update_user", "delete_user"]
    assert (roots[-3].findtext("FromUserName"), roots[-3].findtext("Department")) == ("sys", "2,3")
    with pytest.raises(CannotAct):
        staff.say("hidden", "a")


def test_a_click_changes_only_the_clickers_card_and_brings_a_fresh_code(corp: World, ours: Listener) -> None:
    sent = send(corp, card())["response_code"]
    ours.will_answer("lisi", "update_button", Button={"ReplaceName": "已接单"})
    corp.wecom.staff.click("lisi", "accept", selected={"eta": ["30m"]})
    root = ElementTree.fromstring(ours.heard[0])
    assert root.findtext("TaskId") == "ticket_1@1"
    assert root.findtext("CardType") == "button_interaction"
    assert root.findtext("SelectedItems/SelectedItem/OptionIds/OptionId") == "30m"
    assert corp.card("lisi").buttons == [{"text": "已接单", "disabled": True}]
    assert [button["text"] for button in corp.card("wangwu").buttons] == TWO_BUTTONS
    code = root.findtext("ResponseCode")
    assert code not in (None, sent)
    body = {"userids": ["wangwu"], "agentid": AGENT, "response_code": code, "button": {"replace_name": "李四已接单"}}
    assert corp.client.post("message/update_template_card", body)["errcode"] == 0
    assert corp.card("wangwu").buttons == [{"text": "李四已接单", "disabled": True}]
    assert corp.client.post("message/update_template_card", body)["errcode"] == 60140
    with pytest.raises(CannotAct):
        corp.wecom.staff.click("lisi", "accept")


def test_a_click_may_be_answered_with_a_whole_card(corp: World, ours: Listener) -> None:
    send(corp, card())
    new = card(task_id=None, main_title={"title": "已接单"}, replace_text="已提交")["template_card"]
    ours.will_answer("lisi", "update_template_card", TemplateCard=capitals(new))
    corp.wecom.staff.click("lisi", "accept")
    assert (corp.card("lisi").text, corp.card("lisi").buttons[0]["text"]) == ("已接单", "已提交")
    with pytest.raises(CannotAct, match="no such answer"):
        corp.wecom.staff.click("wangwu", "accept", selected={"eta": ["tomorrow"]})


def test_two_clicks_at_once_have_codes_of_their_own(corp: World, ours: Listener) -> None:
    send(corp, card())
    corp.wecom.staff.click("lisi", "accept")
    corp.wecom.staff.click("wangwu", "accept")
    assert len({ElementTree.fromstring(heard).findtext("ResponseCode") for heard in ours.heard}) == 2


# --- repeats and faults --------------------------------------------------------------------------------------------


def test_what_is_not_answered_is_repeated_with_the_same_id(corp: World, ours: Listener) -> None:
    ours.answers += [lambda message: (503, b""), lambda message: (200, b"what?")]
    corp.wecom.staff.say("lisi", "一")
    assert len(ours.heard) == 3
    assert len(set(ours.heard)) == 1
    ours.answers += [lambda message: (503, b"")] * 3
    assert corp.wecom.staff.say("lisi", "二") == []
    assert len(ours.heard) == 6
    outcomes = [entry.fields["outcome"] for entry in corp.simulator.record.entries("push")]
    assert outcomes == ["accepted", "unacceptable"]


def test_pushes_come_twice_at_once_in_another_order_or_never(corp: World, ours: Listener) -> None:
    faults = corp.simulator.faults
    faults.on("duplicate", path="/wecom/push/text", times=1)
    corp.wecom.staff.say("lisi", "double")
    faults.on("concurrent", path="/wecom/push/text", times=1, count=3)
    corp.wecom.staff.say("lisi", "thrice")
    faults.on("reordered", path="/wecom/push/text", times=1)
    corp.wecom.staff.say("lisi", "first")
    corp.wecom.staff.say("lisi", "second")
    faults.on("lost", path="/wecom/push/text", times=1)
    corp.wecom.staff.say("lisi", "never")
    said = [ElementTree.fromstring(heard).findtext("Content") for heard in ours.heard]
    assert said == ["double"] * 2 + ["thrice"] * 3 + ["second", "first"]
    assert len(set(ours.heard)) == 4


def test_the_answer_is_read_once_and_also_of_what_came_late(corp: World, ours: Listener) -> None:
    for word in ("one", "two", "late", "new"):
        ours.will_answer("lisi", "text", Content=word)
    corp.simulator.faults.on("duplicate", times=1)
    assert [reply.text for reply in corp.wecom.staff.say("lisi", "一")] == ["one", "two"]
    corp.simulator.faults.on("reordered", times=1)
    assert corp.wecom.staff.say("lisi", "二") == []
    corp.wecom.staff.say("lisi", "三")
    told = [seen.text for seen in corp.simulator.screens.of("wecom", "lisi") if seen.from_ != "me"]
    assert told == ["one", "late", "new"]


def test_acts_and_screens_are_there_over_http(corp: World, ours: Listener) -> None:
    ours.will_answer("lisi", "text", Content="收到")
    admin = corp.client
    admin.prefix = "/admin/"
    acted = admin.request("POST", "act/wecom", b'{"act": "say", "person": "lisi", "text": "hi"}')
    assert "result" in acted
    seen = admin.request("GET", "screens?door=wecom&person=lisi")["seen"]
    assert [one["text"] for one in seen] == ["hi", "收到"]
    picture = b'{"act": "photo", "person": "lisi", "data": "iVBORw0KGgo="}'
    assert "result" in admin.request("POST", "act/wecom", picture)
    media_id = admin.request("GET", "screens?door=wecom&person=lisi")["seen"][-1]["media_id"]
    assert corp.wecom.media.living(media_id).data == b"\x89PNG\r\n\x1a\n"
    assert "error" in admin.request("POST", "act/wecom", picture.replace(b"iVBORw0KGgo=", b"%"))
    moved = json.dumps({"act": "set_callback", "address": f"{ours.address}/moved"}).encode()
    assert "result" in admin.request("POST", "act/wecom", moved)
    assert corp.wecom.callback.address == f"{ours.address}/moved"
    assert "result" in admin.request("POST", "act/wecom", b'{"act": "check_callback"}')
    failed = admin.request("POST", "act/wecom", b'{"act": "click", "person": "lisi", "key": "accept"}')
    assert "no card" in failed["error"]
    assert "click" in admin.request("GET", "state")["doors"]["wecom"]["acts"]
