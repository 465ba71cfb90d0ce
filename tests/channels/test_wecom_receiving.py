"""A WeCom app at its door: who is let in, what each push means, what is refused, and what is said back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.enterprise import parse_message
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.channels.base import LONGEST_BODY, Answer, Channel, NotGenuine, Outgoing, RawRequest, Refused, TooLarge
from bot.channels.passive import sayable
from bot.channels.wecom import NOTHING_TO_SAY, WecomApp
from bot.platforms.calls import Ground
from bot.platforms.clock import PlatformClock
from bot.platforms.official_account import HttpAnswer
from bot.platforms.sealing import Unacceptable
from bot.platforms.wecom_push import WecomCallback
from bot.platforms.wecom_xml import rendered
from handlers.message import Incoming, Kind
from tests.channels.vectors import WECOM_ECHO, WECOM_ID, WECOM_KEY, WECOM_PUSH, WECOM_TOKEN, Vector
from tests.channels.wecom import (
    DOOR,
    NOW,
    SECOND,
    STAFF,
    changed,
    channel,
    heard,
    no_network,
    platform,
    pressed,
    request,
    signed,
    taken_in,
)
from tests.platforms.wecom import AGENT, CORP, START

PREFIX = f"in:wecom:{CORP}:{AGENT}:"
documented = WecomApp(WECOM_ID, "218", WECOM_TOKEN, WECOM_KEY)  # the corp of the published examples


def published(vector: Vector, body: bytes = b"", **query: str) -> RawRequest:
    given = {"msg_signature": vector.signature, "timestamp": vector.timestamp, "nonce": vector.nonce}
    return RawRequest(body, {**given, **query}, NOW)


def said(message_type: str, **fields: Any) -> Incoming:
    return taken_in(platform.message(STAFF, message_type, **fields))


def happened(event: str, sender: str = STAFF, **fields: Any) -> Incoming:
    return taken_in(platform.event(sender, event, **fields))


def refusal(asked: RawRequest, by: WecomApp = channel) -> int:
    """The HTTP status that the request is refused with."""
    with pytest.raises(Refused) as refused:
        by.verify_and_parse(asked)
    assert STAFF not in str(refused.value)
    return refused.value.status


# --- the check of the address ----------------------------------------------------------------------------------------


def test_the_published_echo_comes_back_decrypted() -> None:
    answer = documented.check_url(published(WECOM_ECHO, echostr=WECOM_ECHO.encrypt))
    assert answer.body == b"1616140317555161061"
    assert answer.content_type.startswith("text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "changed", [{"msg_signature": "0" * 40}, {"msg_signature": ""}, {"nonce": "1"}, {"timestamp": ""}, {"echostr": ""}]
)
def test_a_check_that_is_not_signed_is_not_genuine(changed: dict[str, str]) -> None:
    with pytest.raises(NotGenuine):
        documented.check_url(published(WECOM_ECHO, b"", **{"echostr": WECOM_ECHO.encrypt, **changed}))


def test_an_echo_whose_plus_signs_became_blanks_is_not_genuine() -> None:
    assert "+" in WECOM_ECHO.encrypt
    with pytest.raises(NotGenuine):
        documented.check_url(published(WECOM_ECHO, echostr=WECOM_ECHO.encrypt.replace("+", " ")))


def test_a_check_for_another_corp_is_not_genuine() -> None:
    other = WecomApp("ww0000000000000000", "218", WECOM_TOKEN, WECOM_KEY)
    with pytest.raises(NotGenuine, match="another receiver"):
        other.check_url(published(WECOM_ECHO, echostr=WECOM_ECHO.encrypt))


# --- who is let in ---------------------------------------------------------------------------------------------------


def test_the_published_message() -> None:
    body = rendered({"ToUserName": WECOM_ID, "Encrypt": WECOM_PUSH.encrypt, "AgentID": "218"})
    incoming = documented.verify_and_parse(published(WECOM_PUSH, body))
    assert (incoming.sender, incoming.text, incoming.kind) == ("mycreate", "hello", Kind.TEXT)
    assert incoming.key == f"in:wecom:{WECOM_ID}:218:4561255354251345929"
    assert incoming.said_at == NOW - timedelta(days=5)  # it is twelve years old


@pytest.mark.parametrize(
    "changed", [{"msg_signature": "0" * 40}, {"nonce": "1"}, {"timestamp": "1"}, {"msg_signature": ""}]
)
def test_a_callback_that_is_not_signed_is_not_genuine(changed: dict[str, str]) -> None:
    assert refusal(request(platform.callback(platform.message(STAFF, "text", Content="x")), **changed)) == 403


def test_other_tokens_keys_corps_and_apps() -> None:
    def from_elsewhere(
        corp: str = CORP, token: str = WECOM_TOKEN, key: str = WECOM_KEY, agent: int = AGENT
    ) -> RawRequest:
        ground = Ground(PlatformClock(START))
        elsewhere = WecomCallback(ground, corp, token, key, agent_id=agent, call=no_network)
        return request(elsewhere.callback(elsewhere.message(STAFF, "text", Content="x")))

    assert channel.verify_and_parse(from_elsewhere()).text == "x"
    assert refusal(from_elsewhere(corp="ww0000000000000000")) == 403
    assert refusal(from_elsewhere(token="BBBBB")) == 403
    assert refusal(from_elsewhere(key="B" * 43)) in {400, 403}
    assert refusal(from_elsewhere(agent=AGENT + 1)) == 403


def test_an_answer_of_ours_cannot_be_sent_back_to_us() -> None:
    push = platform.message(STAFF, "text", Content="x")
    asked = request(platform.callback(push))
    answer = channel.answer(asked, channel.verify_and_parse(asked), "已受理")
    parts = _answer_parts(answer)
    body = f"<xml><Encrypt>{parts['Encrypt']}</Encrypt></xml>".encode()
    query = {"msg_signature": parts["MsgSignature"], "timestamp": parts["TimeStamp"], "nonce": parts["Nonce"]}
    assert refusal(RawRequest(body, query, NOW)) == 400


# --- what is refused -------------------------------------------------------------------------------------------------

ENVELOPE = platform.callback(platform.message(STAFF, "text", Content="x"))
ENCRYPTED = ENVELOPE.body.decode().split("<Encrypt><![CDATA[")[1].split("]]>")[0]
BAD_BODIES = {
    "empty": b"",
    "one byte": b"x",
    "zeros": b"\0" * 1000,
    "HTML": b"<html><body></body></html>",
    "no envelope": b"<xml><ToUserName>ww</ToUserName></xml>",
    "empty envelope": b"<xml><Encrypt></Encrypt></xml>",
    "nested envelope": b"<xml><Encrypt><a>1</a></Encrypt></xml>",
    "two envelopes": f"<xml><Encrypt>{ENCRYPTED}</Encrypt><Encrypt>{ENCRYPTED}</Encrypt></xml>".encode(),
    "other root": f"<root><Encrypt>{ENCRYPTED}</Encrypt></root>".encode(),
    "not closed": f"<xml><Encrypt>{ENCRYPTED}</Encrypt>".encode(),
    "doctype": f"<!DOCTYPE xml><xml><Encrypt>{ENCRYPTED}</Encrypt></xml>".encode(),
    "doctype with a file": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Encrypt>&e;</Encrypt></xml>',
    "UTF-16": f"<xml><Encrypt>{ENCRYPTED}</Encrypt></xml>".encode("utf-16"),
    "not UTF-8": b"<xml><Encrypt>\xff\xfe</Encrypt></xml>",
    "many elements": b"<xml>" + b"<a/>" * 200_000 + b"</xml>",
    "deep elements": b"<xml>" + b"<a>" * 200_000,
    "JSON": f'{{"Encrypt":"{ENCRYPTED}"}}'.encode(),
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_bad_bodies(body: bytes) -> None:
    assert refusal(RawRequest(body, ENVELOPE.query, NOW)) == 400


def test_too_large_a_body() -> None:
    assert refusal(RawRequest(b"x" * (LONGEST_BODY + 1), ENVELOPE.query, NOW)) == 413
    assert refusal(RawRequest(b"x" * LONGEST_BODY, ENVELOPE.query, NOW)) == 400
    with pytest.raises(TooLarge):
        channel.verify_and_parse(RawRequest(b"<" * 2 * LONGEST_BODY, {}, NOW))


@pytest.mark.parametrize("size", [0, 33, 255])
def test_bad_padding(size: int) -> None:
    block = (b"r" * 16 + (4).to_bytes(4, "big") + b"<xml" + CORP.encode()).ljust(63, b"p") + bytes([size])
    assert refusal(request(platform.sealed(platform.seal.encrypt_padded(block)))) == 400


SIGNED_GARBAGE = {
    "nothing": b"",
    "not UTF-8": b"\xff" * 100,
    "JSON": b'{"MsgType":"text"}',
    "doctype": b"<!DOCTYPE xml><xml/>",
    "entities": b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><xml><Content>&c;</Content></xml>',
}


@pytest.mark.parametrize("message", SIGNED_GARBAGE.values(), ids=SIGNED_GARBAGE.keys())
def test_correctly_signed_garbage(message: bytes) -> None:
    assert refusal(signed(message)) == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"FromUserName": None},
        {"FromUserName": ""},
        {"FromUserName": "a|b"},
        {"FromUserName": "o" * 65},
        {"FromUserName": {"a": "x"}},
        {"CreateTime": None},
        {"CreateTime": "yesterday"},
        {"CreateTime": "9" * 5000},
        {"MsgType": None},
        {"MsgId": None},
        {"MsgId": "1:2"},
        {"MsgId": "1" * 65},
        {"Content": ["x", "y"]},
    ],
)
def test_a_message_without_what_every_message_has(fields: Mapping[str, Any]) -> None:
    push = platform.message(STAFF, "text", Content="x")
    assert channel.verify_and_parse(changed(push, {})).text == "x"
    assert refusal(changed(push, fields)) == 400


# --- what each push means --------------------------------------------------------------------------------------------


def test_text() -> None:
    push = platform.message(STAFF, "text", Content="3栋2单元电梯困人 ]]> &amp; <b>")
    assert taken_in(push) == Incoming(
        key=f"{PREFIX}{push.fields['MsgId']}",
        door=DOOR,
        sender=STAFF,
        chat=None,
        kind=Kind.TEXT,
        said_at=NOW,
        received_at=NOW,
        text="3栋2单元电梯困人 ]]> &amp; <b>",
        addressed=True,
    )


def test_picture_voice_video_and_file() -> None:
    picture = said("image", PicUrl="https://wework.qpic.cn/x/0", MediaId="m-1_x")
    assert (picture.kind, picture.media, picture.data["picurl"]) == (
        Kind.IMAGE,
        "wecom-media:m-1_x",
        "https://wework.qpic.cn/x/0",
    )
    voice = said("voice", MediaId="m2", Format="amr")
    assert (voice.kind, voice.text, voice.media, voice.data["format"]) == (Kind.VOICE, "", "wecom-media:m2", "amr")
    assert said("voice", MediaId="m2", Format="amr", Recognition="电梯坏了。").text == "电梯坏了。"
    assert said("video", MediaId="m3", ThumbMediaId="t").media == "wecom-media:m3"
    assert said("file", MediaId="m4", Title="名单.xlsx").kind is Kind.FILE
    assert said("image", MediaId="m 1").media is None


def test_location_and_link() -> None:
    place = said("location", Location_X="30.2741", Location_Y=120.1551, Scale=16, Label="东门", AppType="wxwork")
    assert (place.kind, place.text) == (Kind.LOCATION, "东门")
    assert place.data == {"latitude": "30.274100", "longitude": "120.155100"}
    assert said("location", Location_X="91", Location_Y="120", Label="东门").data == {}
    link = said("link", Title="题", Description="述", Url="http://a.cn/?a=1&b=2", PicUrl="p")
    assert (link.kind, link.data) == (Kind.LINK, {"title": "题", "description": "述", "url": "http://a.cn/?a=1&b=2"})


@pytest.mark.parametrize("message_type", ["hologram", "x" * 200, "未知"])
def test_an_unknown_type_is_taken_in(message_type: str) -> None:
    assert said(message_type, Anything="1").kind is Kind.UNKNOWN
    assert said("event", Event="no event!").kind is Kind.UNKNOWN


@pytest.mark.parametrize("event", ["enter_agent", "subscribe", "unsubscribe"])
def test_comings_and_goings(event: str) -> None:
    incoming = happened(event, EventKey="")
    assert (incoming.kind, incoming.event, incoming.sender, incoming.data) == (Kind.EVENT, event, STAFF, {})


def test_taps_on_the_menu_and_where_somebody_is() -> None:
    assert happened("click", EventKey="todo").data == {"key": "todo"}
    word = happened("click", EventKey="say:待办")
    assert (word.kind, word.text, word.event) == (Kind.TEXT, "待办", "click")
    assert happened("view", EventKey="http://a.cn").event == "view"
    place = happened("LOCATION", Latitude="23.104", Longitude="113.320", Precision="65.0", AppType="wxwork")
    assert (place.kind, place.event) == (Kind.EVENT, "location")
    assert place.data == {"latitude": "23.104000", "longitude": "113.320000"}


def test_events_of_the_system_are_nobodys() -> None:
    events: dict[str, dict[str, Any]] = {
        "batch_job_result": {"BatchJob": {"JobId": "S0", "JobType": "sync_user", "ErrCode": 0, "ErrMsg": "ok"}},
        "change_contact": {"ChangeType": "create_user", "UserID": "newcomer", "Name": "新人"},
        "close_inactive_agent": {},
    }
    for event, fields in events.items():
        incoming = happened(event, "sys", **fields)
        assert (incoming.kind, incoming.sender, incoming.event) == (Kind.SYSTEM, "sys", event)
    assert taken_in(platform.message("sys", "text", Content="x")).kind is Kind.SYSTEM


def test_a_member_who_was_deleted_or_renamed_has_left() -> None:
    left = happened("change_contact", "sys", ChangeType="delete_user", UserID="lisi")
    assert (left.kind, left.event, left.sender) == (Kind.EVENT, "unsubscribe", "lisi")
    renamed = happened("change_contact", "sys", ChangeType="update_user", UserID="lisi", NewUserID="li.si")
    assert (renamed.event, renamed.sender) == ("unsubscribe", "lisi")
    assert renamed.key != left.key
    moved = happened("change_contact", "sys", ChangeType="update_user", UserID="lisi", Department="2")
    assert moved.kind is Kind.SYSTEM
    forged = happened("change_contact", STAFF, ChangeType="delete_user", UserID="lisi")
    assert (forged.sender, forged.event) == (STAFF, "change_contact")  # no member can say that another one left


# --- presses ---------------------------------------------------------------------------------------------------------


def test_a_press_brings_the_ticket_the_card_and_its_code() -> None:
    incoming = taken_in(pressed("accept#1043", task="ab12@lease"))
    assert (incoming.kind, incoming.event, incoming.sender) == (Kind.PRESS, "accept", STAFF)
    assert incoming.data == {"ticket": "1043", "task": "ab12@lease", "code": "code-1"}
    assert incoming.addressed
    assert taken_in(pressed("answer:good#7")).event == "answer:good"
    assert "ticket" not in taken_in(pressed("accept")).data


@pytest.mark.parametrize("option", ["OptionId", "OpitonId"])
def test_what_was_selected_on_the_card(option: str) -> None:
    selected = {
        "SelectedItem": [
            {"QuestionKey": "eta", f"{option}s": {option: ["30m"]}},
            {"QuestionKey": "with", f"{option}s": {option: ["ladder", "lamp"]}},
            {"QuestionKey": "a b", f"{option}s": {option: "x"}},
        ]
    }
    data = taken_in(pressed("accept#7", SelectedItems=selected)).data
    assert (data["choice.eta"], data["choice.with"]) == ("30m", "ladder,lamp")
    assert len(data) == 5


@pytest.mark.parametrize("key", ["", "accept#", "accept#x", "ac cept#1", "x" * 61, "接单#1", "accept#1#2"])
def test_a_button_that_is_none_of_ours(key: str) -> None:
    assert taken_in(pressed(key)).kind is Kind.UNKNOWN


def test_a_code_or_task_that_is_none_is_left_out() -> None:
    odd = platform.event(STAFF, "template_card_event", EventKey="accept#1", TaskId="a b", ResponseCode="x" * 513)
    assert taken_in(odd).data == {"ticket": "1"}


def test_the_repeat_of_a_press_has_the_name_of_the_first_and_two_people_have_two() -> None:
    push = pressed("accept#7")
    assert taken_in(push).key == taken_in(push).key
    assert request(platform.callback(push)).body != request(platform.callback(push)).body
    others = [
        pressed("accept#7", sender="lisi"),
        pressed("reassign#7"),
        pressed("accept#8"),
        pressed("accept#7", task="t@2"),
    ]
    keys = {taken_in(other).key for other in [push, *others]}
    assert len(keys) == 5
    later = channel.verify_and_parse(changed(push, {"CreateTime": SECOND + 1}))
    assert later.key not in keys


def test_names_are_short_and_name_nobody() -> None:
    long = "w" * 64
    for push in (pressed("accept#7", sender=long), platform.event(long, "click", EventKey="键" * 400)):
        key = taken_in(push).key
        assert key.startswith(PREFIX)
        assert len(key) <= 160
        assert key.isascii()
        assert long not in key
    assert taken_in(platform.event("lisi", "enter_agent")).key != taken_in(platform.event(STAFF, "enter_agent")).key


# --- what is said back -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["已受理，编号 17\n最迟今天 16:00", "]]>", "</Content></xml>", "家\U00020bb7 😀"])
def test_the_member_reads_what_was_said(text: str) -> None:
    reply = heard(platform.message(STAFF, "text", Content="电梯坏了"), text)
    assert (reply.kind, reply.text) == ("text", text)
    assert heard(platform.event(STAFF, "click", EventKey="todo"), text).text == text


@pytest.mark.parametrize("text", [None, "", " \n", "\0"])
def test_nothing_to_say(text: str | None) -> None:
    asked = request(platform.callback(platform.message(STAFF, "text", Content="x")))
    assert channel.answer(asked, channel.verify_and_parse(asked), text) == NOTHING_TO_SAY
    assert Answer(b"") == NOTHING_TO_SAY
    assert heard(pressed("accept#7"), text).kind == "nothing"


def test_nobody_is_answered_where_nobody_asked() -> None:
    assert (
        heard(platform.event("sys", "change_contact", ChangeType="create_user", UserID="x"), "你好").kind == "nothing"
    )
    left = platform.event("sys", "change_contact", ChangeType="delete_user", UserID="lisi")
    assert heard(left, "你好").kind == "nothing"


@pytest.mark.parametrize("words", ["已接单", "已被]]>接", "x" * 20])
def test_a_short_answer_to_a_press_is_what_the_button_says(words: str) -> None:
    reply = heard(pressed("accept#7"), words)
    assert (reply.kind, reply.text) == ("update_button", words)


def test_a_long_answer_to_a_press_is_not_said_there() -> None:
    assert heard(pressed("accept#7"), "字" * 21).kind == "nothing"


def test_too_long_a_text_is_cut() -> None:
    assert heard(platform.message(STAFF, "text", Content="x"), "字" * 1000).text == "字" * 681 + "…"


def _answer_parts(answer: Answer) -> dict[str, str]:
    body = answer.body.decode()
    names = ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")
    found = {name: body.split(f"<{name}>")[1].split(f"</{name}>")[0] for name in names}
    return {name: text.removeprefix("<![CDATA[").removesuffix("]]>") for name, text in found.items()}


def test_wechatpy_reads_the_answer() -> None:
    asked = request(platform.callback(platform.message(STAFF, "text", Content="x")))
    answer = channel.answer(asked, channel.verify_and_parse(asked), "已受理 17")
    parts = _answer_parts(answer)
    crypto = WeChatCrypto(WECOM_TOKEN, WECOM_KEY, CORP)
    opened = crypto.decrypt_message(answer.body, parts["MsgSignature"], parts["TimeStamp"], parts["Nonce"])
    reply = parse_message(opened.replace("</xml>", "<MsgId>1</MsgId></xml>"))
    assert (reply.content, reply.source, reply.target) == ("已受理 17", CORP, STAFF)


def test_wechatpy_seals_what_we_open() -> None:
    message = rendered(platform.message(STAFF, "text", Content="电梯坏了").fields).decode()
    body = WeChatCrypto(WECOM_TOKEN, WECOM_KEY, CORP).encrypt_message(message, "n1", "1795330800")
    parts = _answer_parts(Answer(body.encode()))
    query = {"msg_signature": parts["MsgSignature"], "timestamp": "1795330800", "nonce": "n1"}
    assert channel.verify_and_parse(RawRequest(body.encode(), query, NOW)).text == "电梯坏了"


@given(text=st.text(min_size=1, max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_reaches_the_member(text: str) -> None:
    words = sayable(text, 2048).replace("\r\n", "\n").replace("\r", "\n")  # XML reads a carriage return as a line end
    said = words if words.strip() else ""
    assert heard(platform.message(STAFF, "text", Content="x"), text).text == said
    reply = heard(pressed("accept#7"), text)
    assert reply.text in {said, ""}
    assert (reply.text == said) or len(sayable(text, 2048)) > 20


# --- the port --------------------------------------------------------------------------------------------------------


def test_without_its_interfaces_it_hears_and_answers_and_cannot_speak() -> None:
    port: Channel = channel
    assert port.door == DOOR
    assert (port.abilities.speaks, port.abilities.inline, port.abilities.buttons) == ("never", True, True)
    assert [(one.state, one.reason) for one in port.send([Outgoing("k", "x", person=STAFF)])] == [("dead", "no_way")]
    with pytest.raises(LookupError):
        channel.fetch("wecom-media:m1")


@pytest.mark.parametrize(("corp", "agent"), [("", "1"), ("ww 1", "1"), ("ww:1", "1"), ("ww1", ""), ("ww1", "x")])
def test_ids_that_are_none_are_named_at_start(corp: str, agent: str) -> None:
    with pytest.raises(ValueError, match="agent id"):
        WecomApp(corp, agent, WECOM_TOKEN, WECOM_KEY)


def test_the_platform_refuses_what_is_no_answer() -> None:
    push = platform.message(STAFF, "text", Content="x")
    asked = request(platform.callback(pressed("accept#7")))
    stamp = channel.answer(asked, channel.verify_and_parse(asked), "已接单")

    with pytest.raises(Unacceptable, match="nobody clicked"):
        platform.read(push, HttpAnswer(200, stamp.body))
