"""Whatever bytes come, signed or not, the official account takes them in or refuses them, and nothing else happens."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.channels.base import RawRequest, Refused
from bot.channels.official_account import OfficialAccount
from bot.platforms.official_account import Callback, HttpAnswer
from handlers.message import Incoming
from tests.channels.oa import ACCOUNT, NOW, RESIDENT, SECOND, channel, development, plain, request, safe, signed

QUERIES = ("signature", "msg_signature", "timestamp", "nonce", "encrypt_type", "echostr", "openid")
NAMES = (
    "ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Content", "Event", "EventKey", "MediaId", "PicUrl",
    "Recognition", "Location_X", "Location_Y", "Label", "MsgID", "Status", "Encrypt", "bizmsgmenuid",
)  # fmt: skip
TYPES = ("text", "image", "voice", "video", "location", "link", "event", "file", "SHORTVIDEO", "hologram")

characters = st.text(max_size=40)
numbers = st.integers() | st.floats()
values = (
    characters | st.sampled_from([*TYPES, RESIDENT, ACCOUNT, str(SECOND), "subscribe", "SCAN", "1"]) | numbers.map(str)
)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | values,
    lambda some: st.lists(some, max_size=3) | st.dictionaries(values, some, max_size=3),
)
xml_piece = st.sampled_from(
    [
        *"<>&;号\"\0\ufeff", "</", "/>", "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE", "<?xml", "?>",
        "&#0;", "&#x1F600;", "<xml>", "</xml>", "<Encrypt>", "</Encrypt>", "<Content>", "</Content>", ' a="',
    ]
)  # fmt: skip


def sound(incoming: Incoming) -> None:
    """What everything behind the channel relies on."""
    assert incoming.private
    assert incoming.addressed
    assert len(incoming.key) <= 160
    assert len(incoming.media or "") <= 300
    assert incoming.key.isascii()
    assert incoming.key.isprintable()
    assert RESIDENT not in incoming.key
    assert incoming.said_at.tzinfo is UTC
    for text in (incoming.text, *incoming.data.values()):
        text.encode()
        assert "\0" not in text


def survives(asked: RawRequest, by: OfficialAccount = channel) -> None:
    with suppress(Refused):
        incoming = by.verify_and_parse(asked)
        sound(incoming)
        assert by.answer(asked, incoming, incoming.text).body
    with suppress(Refused):
        by.check_url(asked)


@given(body=st.binary(max_size=400), query=st.dictionaries(st.sampled_from(QUERIES), characters))
@settings(max_examples=200, deadline=None)
@example(body=b"{", query={"msg_signature": "\ud800"})
def test_any_bytes(body: bytes, query: dict[str, str]) -> None:
    survives(RawRequest(body, query, NOW))
    survives(RawRequest(body, query, NOW), development)


@given(message=st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_correctly_sealed(message: bytes) -> None:
    survives(signed(message))


@given(block=st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_block_correctly_signed(block: bytes) -> None:
    survives(request(safe.sealed(safe.seal.encrypt_block(block))))
    survives(request(safe.sealed(safe.seal.encrypt_padded(block[: len(block) // 16 * 16]))))


@given(encrypted=st.text(max_size=100) | st.text("ABCabc012+/=", max_size=100))
@settings(max_examples=200, deadline=None)
def test_any_text_in_place_of_an_envelope(encrypted: str) -> None:
    printable = encrypted.encode("utf-8", "ignore").decode()
    query, _ = safe.sealed(printable)
    survives(request(Callback(query, json.dumps({"Encrypt": printable}).encode())))


@given(pieces=st.lists(xml_piece | values, max_size=20))
@settings(max_examples=300, deadline=None)
def test_broken_xml(pieces: list[str]) -> None:
    body = "".join(pieces).encode("utf-8", "replace")
    survives(RawRequest(body, {"msg_signature": "0"}, NOW))
    survives(signed(body))
    survives(signed(b"<xml>" + body + b"</xml>"))


@given(message=st.dictionaries(st.sampled_from(NAMES) | characters, json_values, max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_json(message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    survives(signed(body))
    survives(RawRequest(body, plain.callback(plain.text(RESIDENT, "x")).query, NOW), development)


@given(
    changed=st.dictionaries(st.sampled_from(NAMES), json_values, max_size=5),
    message_type=st.sampled_from(TYPES),
    left_out=st.sets(st.sampled_from(NAMES), max_size=1),
)
@settings(max_examples=300, deadline=None)
def test_nearly_right_messages(changed: dict[str, Any], message_type: str, left_out: set[str]) -> None:
    assume(RESIDENT not in changed.values())  # a message's number is no place for whom it is from
    whole = {**safe.text(RESIDENT, "路灯坏了").fields, "MsgType": message_type, **changed}
    survives(signed(json.dumps({name: value for name, value in whole.items() if name not in left_out}).encode()))


@given(position=st.integers(min_value=0, max_value=600), byte=st.integers(min_value=0, max_value=255))
@settings(max_examples=200, deadline=None)
def test_one_byte_changed_on_the_way(position: int, byte: int) -> None:
    said = safe.text(RESIDENT, "路灯坏了")
    query, body = safe.callback(said)
    spoiled = bytearray(body)
    spoiled[position % len(body)] = byte
    asked = request(Callback(query, bytes(spoiled)))
    with suppress(Refused):
        assert channel.verify_and_parse(asked).text == "路灯坏了"  # never anything else than what was signed
        assert safe.read(said, HttpAnswer(200, b"success")) is None
