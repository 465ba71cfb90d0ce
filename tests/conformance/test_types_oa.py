"""Each type of message and event, as the official documents show it, becomes the right Incoming, in XML and in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wechatpy import parse_message

from bot.channels.base import RawRequest
from bot.channels.flat import fields
from bot.platforms.official_account import Callback, OfficialAccountPlatform, Push, Value
from handlers.message import Incoming, Kind
from tests.channels.oa import ACCOUNT, NOW, RESIDENT, SECOND, both, channel, in_json, request, safe, signed, taken_in
from tests.channels.vectors import JSON_PUSH, OA_APP_ID

platforms = pytest.mark.parametrize("platform", [safe, both, in_json], ids=["xml", "both", "json"])


def push(message_type: str, **values: Value) -> Push:
    return safe.message(RESIDENT, message_type, **values)


@platforms
def test_text(platform: OfficialAccountPlatform) -> None:
    said = platform.text(RESIDENT, "3栋2单元电梯困人")
    assert taken_in(said, platform) == Incoming(
        key=f"in:oa:{OA_APP_ID}:{said.fields['MsgId']}",
        door=f"oa:{OA_APP_ID}",
        sender=RESIDENT,
        chat=None,
        kind=Kind.TEXT,
        said_at=NOW,
        received_at=NOW,
        text="3栋2单元电梯困人",
        addressed=True,
        data={"account": ACCOUNT},
    )


@platforms
@pytest.mark.parametrize(
    "words",
    [
        "a < b && c > d ]]> </xml> <!DOCTYPE x> &amp; <![CDATA[",
        "第一行\n第二行\t末尾",
        "零宽\u200b\u200d\ufeff 方向\u202e\u2066",
        "家\U00020bb7 😀👨‍👩‍👧",
        "路灯坏了" * 2500,
        " 前后空格 ",
        "",
    ],
    ids=["markup", "lines", "invisible", "beyond the basic plane", "10,000 characters", "spaces", "nothing"],
)
def test_text_arrives_untouched(platform: OfficialAccountPlatform, words: str) -> None:
    assert taken_in(platform.text(RESIDENT, words), platform).text == words


@platforms
def test_a_tapped_line_of_a_menu_message(platform: OfficialAccountPlatform) -> None:
    incoming = taken_in(push("text", Content="满意", bizmsgmenuid="101"), platform)
    assert (incoming.text, incoming.data["choice"]) == ("满意", "101")


@platforms
def test_image(platform: OfficialAccountPlatform) -> None:
    incoming = taken_in(platform.image(RESIDENT, "media-1_x"), platform)
    assert (incoming.kind, incoming.text, incoming.media) == (Kind.IMAGE, "", "oa-media:media-1_x")
    assert incoming.data["picurl"] == "http://mmbiz.qpic.cn/media-1_x/0"


@platforms
@pytest.mark.parametrize(("recognition", "text"), [(None, ""), ("", ""), ("电梯坏了。", "电梯坏了。")])
def test_voice(platform: OfficialAccountPlatform, recognition: str | None, text: str) -> None:
    incoming = taken_in(platform.voice(RESIDENT, recognition), platform)
    assert (incoming.kind, incoming.text, incoming.data["format"]) == (Kind.VOICE, text, "amr")
    assert incoming.media is not None
    assert incoming.media.startswith("oa-media:")


@platforms
@pytest.mark.parametrize("message_type", ["video", "shortvideo"])
def test_video(platform: OfficialAccountPlatform, message_type: str) -> None:
    incoming = taken_in(push(message_type, MediaId="m1", ThumbMediaId="t1"), platform)
    assert (incoming.kind, incoming.media) == (Kind.VIDEO, "oa-media:m1")


@platforms
def test_location(platform: OfficialAccountPlatform) -> None:
    incoming = taken_in(platform.location(RESIDENT, 30.2741, 120.1551, "翠苑一区 东门"), platform)
    assert (incoming.kind, incoming.text) == (Kind.LOCATION, "翠苑一区 东门")
    assert (incoming.data["latitude"], incoming.data["longitude"]) == ("30.274100", "120.155100")


@pytest.mark.parametrize("latitude", ["", "nan", "inf", "91", "-90.5", "北", "1e400"])
def test_a_place_that_is_nowhere_keeps_its_words(latitude: str) -> None:
    incoming = taken_in(push("location", Location_X=latitude, Location_Y="120", Label="东门"))
    assert (incoming.text, dict(incoming.data)) == ("东门", {"account": ACCOUNT})


def test_coordinates_may_be_numbers_in_json() -> None:
    said = {**safe.text(RESIDENT, "x").fields, "MsgType": "location", "Location_X": 30.5, "Location_Y": 120}
    assert channel.verify_and_parse(signed(json.dumps(said).encode())).data["latitude"] == "30.500000"


@platforms
def test_link_and_file(platform: OfficialAccountPlatform) -> None:
    link = taken_in(push("link", Title="题", Description="述", Url="http://a.cn/?a=1&b=2"), platform)
    assert (link.kind, link.text) == (Kind.LINK, "")
    assert link.data == {"account": ACCOUNT, "title": "题", "description": "述", "url": "http://a.cn/?a=1&b=2"}
    assert taken_in(push("file", Title="名单.xlsx", FileMd5="0" * 32), platform).kind is Kind.FILE


@platforms
@pytest.mark.parametrize("message_type", ["hologram", "device_text", "x" * 200, "未知"])
def test_an_unknown_type_is_taken_in(platform: OfficialAccountPlatform, message_type: str) -> None:
    incoming = taken_in(push(message_type, Anything="1"), platform)
    assert (incoming.kind, incoming.text) == (Kind.UNKNOWN, "")


def test_an_unknown_type_without_an_id_is_named_like_an_event() -> None:
    odd = {name: value for name, value in push("hologram").fields.items() if name != "MsgId"}
    key = taken_in(Push(RESIDENT, odd)).key
    assert key.endswith(f":{SECOND}:hologram")
    assert RESIDENT not in key


# --- events ----------------------------------------------------------------------------------------------------------


@platforms
@pytest.mark.parametrize(
    ("event", "values", "expected", "data"),
    [
        ("subscribe", {"EventKey": ""}, "subscribe", {}),
        ("subscribe", {}, "subscribe", {}),
        ("subscribe", {"EventKey": "qrscene_b17-201", "Ticket": "T"}, "subscribe", {"scene": "b17-201"}),
        ("unsubscribe", {"EventKey": ""}, "unsubscribe", {}),
        ("SCAN", {"EventKey": "b17-201", "Ticket": "T"}, "scan", {"scene": "b17-201"}),
        ("CLICK", {"EventKey": "menu:progress"}, "click", {"key": "menu:progress"}),
        ("VIEW", {"EventKey": "https://a.cn/t/1?x=2", "MenuId": "5"}, "view", {"key": "https://a.cn/t/1?x=2"}),
        ("LOCATION", {"Latitude": "30.1", "Longitude": "120.1", "Precision": "5"}, "location", {}),
        ("scancode_push", {"EventKey": "k", "ScanCodeInfo": {"ScanType": "qrcode"}}, "scancode_push", {"key": "k"}),
        ("never_heard_of", {"Odd": "1"}, "never_heard_of", {}),
    ],
)  # fmt: skip
def test_events(
    platform: OfficialAccountPlatform, event: str, values: dict[str, Any], expected: str, data: dict[str, str]
) -> None:
    incoming = taken_in(safe.event(RESIDENT, event, **values), platform)
    assert (incoming.kind, incoming.event, incoming.text) == (Kind.EVENT, expected, "")
    assert dict(incoming.data) == {"account": ACCOUNT, **data}


@pytest.mark.parametrize("event", ["", "a b", "x" * 61, "扫码"])
def test_an_event_that_is_none_is_unknown(event: str) -> None:
    assert taken_in(safe.event(RESIDENT, event)).kind is Kind.UNKNOWN


def test_the_documents_own_push() -> None:
    query = {"msg_signature": JSON_PUSH.signature, "timestamp": JSON_PUSH.timestamp, "nonce": JSON_PUSH.nonce}
    body = f'{{"ToUserName":"gh_97417a04a28d","Encrypt":"{JSON_PUSH.encrypt}"}}'.encode()
    incoming = channel.verify_and_parse(RawRequest(body, query, datetime(2024, 4, 26, 6, 20, 45, tzinfo=UTC)))
    assert (incoming.kind, incoming.event, incoming.sender) == (Kind.EVENT, "debug_demo", RESIDENT)
    assert incoming.said_at == datetime(2024, 4, 26, 6, 20, 45, tzinfo=UTC)


# --- names -----------------------------------------------------------------------------------------------------------


def test_a_repeat_has_the_same_name_under_a_fresh_envelope() -> None:
    said = safe.text(RESIDENT, "电梯坏了")
    repeats = [request(safe.callback(said)) for _ in range(3)]
    assert len({repeat.body for repeat in repeats}) == 3
    assert len({channel.verify_and_parse(repeat).key for repeat in repeats}) == 1


def test_events_are_told_apart_and_hold_no_openid() -> None:
    events = [
        safe.scan(RESIDENT, "b17"),
        safe.scan(RESIDENT, "b18"),
        safe.scan(RESIDENT + "x", "b17"),
        safe.subscribe(RESIDENT, "b17"),
        safe.subscribe(RESIDENT),
        Push(RESIDENT, {**safe.scan(RESIDENT, "b17").fields, "CreateTime": SECOND + 1}),
        safe.event(RESIDENT, "TEMPLATESENDJOBFINISH", MsgID=1, Status="success"),
        safe.event(RESIDENT, "TEMPLATESENDJOBFINISH", MsgID=2, Status="success"),
    ]
    keys = [taken_in(event).key for event in events]
    assert len(set(keys)) == len(events)
    assert not any(RESIDENT in key for key in keys)
    assert keys[0].startswith(f"in:oa:{OA_APP_ID}:")
    assert keys[0].endswith(f":{SECOND}:SCAN:b17")
    assert taken_in(events[0], in_json).key == keys[0]


def test_no_name_is_longer_than_its_column() -> None:
    longest = safe.event("o" * 64, "E" * 60, EventKey="https://example.cn/" + "k" * 3000)
    moment = {**longest.fields, "CreateTime": -(10**20 - 1)}
    assert len(taken_in(Push("o" * 64, moment)).key) <= 160
    assert len(taken_in(Push(RESIDENT, {**safe.text(RESIDENT, "x").fields, "MsgId": "9" * 64})).key) <= 160


# --- time ------------------------------------------------------------------------------------------------------------


@platforms
@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (SECOND - 3600, NOW - timedelta(hours=1)),
        (SECOND + 60, NOW + timedelta(minutes=1)),
        (SECOND + 3600, NOW + timedelta(minutes=2)),
        (253_402_300_799, NOW + timedelta(minutes=2)),
        (10**19, NOW + timedelta(minutes=2)),
        (0, NOW - timedelta(days=5)),
        (-1, NOW - timedelta(days=5)),
        (-(10**19), NOW - timedelta(days=5)),
    ],
)
def test_absurd_dates_are_clamped(platform: OfficialAccountPlatform, second: int, expected: datetime) -> None:
    said = {**safe.text(RESIDENT, "x").fields, "CreateTime": second}
    assert taken_in(Push(RESIDENT, said), platform).said_at == expected


# --- wechatpy reads the same -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        safe.text(RESIDENT, "3栋 <停水> & 停电"),
        safe.image(RESIDENT, "m1"),
        safe.voice(RESIDENT, "电梯坏了"),
        safe.location(RESIDENT, 30.2, 120.1, "东门"),
        safe.scan(RESIDENT, "b17"),
        safe.subscribe(RESIDENT, "b17"),
    ],
    ids=["text", "image", "voice", "location", "scan", "subscribe"],
)
def test_wechatpy_reads_the_same(said: Push) -> None:
    callback: Callback = safe.callback(said)
    inner = safe.seal.decrypt(fields(callback.body)["Encrypt"])
    theirs, incoming = parse_message(inner), channel.verify_and_parse(request(callback))
    assert (theirs.source, theirs.target) == (incoming.sender, incoming.data["account"])
    assert theirs.create_time == incoming.said_at
    readers: dict[Kind, Callable[[], bool]] = {
        Kind.TEXT: lambda: theirs.content == incoming.text,
        Kind.IMAGE: lambda: (f"oa-media:{theirs.media_id}", theirs.image) == (incoming.media, incoming.data["picurl"]),
        Kind.VOICE: lambda: (f"oa-media:{theirs.media_id}", theirs.recognition) == (incoming.media, incoming.text),
        Kind.LOCATION: lambda: (
            theirs.label == incoming.text
            and tuple(map(float, theirs.location))
            == (float(incoming.data["latitude"]), float(incoming.data["longitude"]))
        ),
        Kind.EVENT: lambda: theirs.scene_id == incoming.data["scene"],
    }
    assert readers[incoming.kind]()


def test_attributes_and_comments_change_nothing() -> None:
    body = (
        f'<?xml version="1.0" encoding="gbk"?><xml a="1"><!-- x --><ToUserName b="2">{ACCOUNT}</ToUserName>'
        f"<FromUserName>{RESIDENT}</FromUserName><CreateTime>{SECOND}</CreateTime><MsgType>text</MsgType>"
        "<Content>电<!-- x -->梯&#x574f;<![CDATA[了]]></Content><MsgId>1</MsgId></xml>"
    )
    assert channel.verify_and_parse(signed(body.encode())).text == "电梯坏了"
