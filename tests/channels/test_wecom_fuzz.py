"""Whatever bytes come, signed or not, the WeCom app takes them in or refuses them, and nothing else happens."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.base import RawRequest, Refused
from bot.channels.wecom_messages import MEDIA
from bot.platforms.official_account import Callback
from bot.platforms.wecom_xml import rendered
from handlers.message import Incoming, Kind
from tests.channels.wecom import NOW, SECOND, STAFF, channel, platform, pressed, request, signed
from tests.platforms.wecom import CORP

QUERIES = ("msg_signature", "timestamp", "nonce", "echostr", "signature")
NAMES = (
    "ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "AgentID", "Content", "Event", "EventKey",
    "MediaId", "PicUrl", "Recognition", "Location_X", "Location_Y", "Label", "Latitude", "Longitude", "TaskId",
    "ResponseCode", "SelectedItems", "SelectedItem", "QuestionKey", "OptionIds", "OptionId", "OpitonId", "ChangeType",
    "UserID", "NewUserID", "Encrypt",
)  # fmt: skip
WORDS = (
    "text", "image", "voice", "video", "location", "link", "event", "file", "hologram", STAFF, CORP, str(SECOND), "sys",
    "template_card_event", "template_card_menu_event", "change_contact", "delete_user", "accept#1043", "LOCATION", "1",
)  # fmt: skip

characters = st.text(max_size=40)
words = characters | st.sampled_from(WORDS) | (st.integers() | st.floats()).map(str)
names = st.sampled_from(NAMES)
trees: st.SearchStrategy[Any] = st.recursive(
    words, lambda some: st.lists(some, max_size=3) | st.dictionaries(names, some, max_size=3), max_leaves=8
)
pieces = st.sampled_from(
    [
        *"<>&;号\"\0\ufeff", "</", "/>", "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE", "<?xml", "?>", "&#0;",
        "<xml>", "</xml>", "<Encrypt>", "</Encrypt>", "<SelectedItems>", "</SelectedItems>", "<OptionId>",
    ]
)  # fmt: skip


def sound(incoming: Incoming) -> None:
    """What everything behind the channel relies on."""
    assert incoming.private
    assert incoming.addressed
    assert len(incoming.key) <= 160
    assert incoming.key.isascii()
    assert incoming.key.isprintable()
    assert STAFF not in incoming.key
    assert incoming.media is None or (incoming.media.startswith(MEDIA) and len(incoming.media) <= 300)
    assert incoming.said_at.tzinfo is UTC
    for name, text in (("text", incoming.text), *incoming.data.items()):
        name.encode()
        text.encode()
        assert "\0" not in text
    if incoming.kind is Kind.PRESS:
        assert incoming.event
        assert len(incoming.data.get("task", "")) <= 128
        assert incoming.data.get("ticket", "0").isdigit()


def survives(asked: RawRequest) -> None:
    with suppress(Refused):
        incoming = channel.verify_and_parse(asked)
        sound(incoming)
        channel.answer(asked, incoming, incoming.text or "好")
    with suppress(Refused):
        channel.check_url(asked)


@given(body=st.binary(max_size=400), query=st.dictionaries(st.sampled_from(QUERIES), characters))
@settings(max_examples=200, deadline=None)
@example(body=b"<", query={"msg_signature": "\ud800"})
def test_any_bytes(body: bytes, query: dict[str, str]) -> None:
    survives(RawRequest(body, query, NOW))


@given(message=st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_correctly_sealed(message: bytes) -> None:
    survives(signed(message))
    survives(request(platform.sealed("x"), echostr=platform.seal.encrypt(message)))


@given(block=st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_block_correctly_signed(block: bytes) -> None:
    survives(request(platform.sealed(platform.seal.encrypt_block(block))))
    survives(request(platform.sealed(platform.seal.encrypt_padded(block[: len(block) // 16 * 16]))))


@given(parts=st.lists(pieces | words, max_size=20))
@settings(max_examples=300, deadline=None)
def test_broken_xml(parts: list[str]) -> None:
    body = "".join(parts).encode("utf-8", "replace")
    survives(RawRequest(body, {"msg_signature": "0"}, NOW))
    survives(signed(body))
    survives(signed(b"<xml>" + body + b"</xml>"))


@given(table=st.dictionaries(names, trees, max_size=14))
@settings(max_examples=400, deadline=None)
def test_any_tree(table: dict[str, Any]) -> None:
    survives(signed(rendered(table)))


@given(changed=st.dictionaries(names, trees, max_size=5), left_out=st.sets(names, max_size=1))
@settings(max_examples=400, deadline=None)
def test_nearly_right_presses_and_messages(changed: dict[str, Any], left_out: set[str]) -> None:
    for push in (pressed("accept#7"), platform.message(STAFF, "text", Content="路灯坏了")):
        whole = {**push.fields, **changed}
        survives(signed(rendered({name: value for name, value in whole.items() if name not in left_out})))


@given(position=st.integers(min_value=0, max_value=600), byte=st.integers(min_value=0, max_value=255))
@settings(max_examples=200, deadline=None)
def test_one_byte_changed_on_the_way(position: int, byte: int) -> None:
    query, body = platform.callback(platform.message(STAFF, "text", Content="路灯坏了"))
    spoiled = bytearray(body)
    spoiled[position % len(body)] = byte
    with suppress(Refused):
        incoming = channel.verify_and_parse(request(Callback(query, bytes(spoiled))))
        assert incoming.text == "路灯坏了"  # never anything else than what was signed
