"""What an official account says back within the request, and that it is a channel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto

from bot.channels.base import Answer, Channel, Outgoing
from bot.channels.flat import clean
from bot.channels.official_account import NOTHING_TO_SAY, OfficialAccount
from bot.channels.passive import sayable
from bot.platforms.official_account import OfficialAccountPlatform
from tests.channels.oa import ACCOUNT, RESIDENT, both, channel, development, heard, in_json, plain, request, safe
from tests.channels.vectors import OA_APP_ID, OA_KEY, OA_TOKEN

platforms = pytest.mark.parametrize("platform", [safe, both, in_json], ids=["xml", "both", "json"])


@platforms
@pytest.mark.parametrize(
    "text",
    [
        "已受理，编号 17，最迟 今天 16:00 有人答复",
        "第一行\n第二行",
        "]]>",
        "a]]]]>>b]]><![CDATA[<x>&amp;",
        "</Content></xml>",
        "<!-- 注释 -->{0}%s",
        "家\U00020bb7 😀👨‍👩‍👧\u202e",
    ],
)
def test_the_person_reads_what_was_said(platform: OfficialAccountPlatform, text: str) -> None:
    assert heard(platform.text(RESIDENT, "电梯坏了"), text, platform) == text
    assert heard(platform.scan(RESIDENT, "b17"), text, platform) == text


@pytest.mark.parametrize("text", [None, "", " \n", "\0"])
def test_nothing_to_say(text: str | None) -> None:
    asked = request(safe.callback(safe.text(RESIDENT, "x")))
    assert channel.answer(asked, channel.verify_and_parse(asked), text) == NOTHING_TO_SAY
    assert Answer(b"success", "text/plain; charset=utf-8") == NOTHING_TO_SAY


def test_answers_say_what_they_are() -> None:
    for platform, content_type in ((safe, "application/xml"), (in_json, "application/json")):
        asked = request(platform.callback(platform.text(RESIDENT, "x")))
        answer = channel.answer(asked, channel.verify_and_parse(asked), "好")
        assert answer.content_type.startswith(content_type)


def test_an_answer_is_sealed_afresh_each_time() -> None:
    asked = request(safe.callback(safe.text(RESIDENT, "x")))
    incoming = channel.verify_and_parse(asked)
    assert len({channel.answer(asked, incoming, "已受理").body for _ in range(20)}) == 20


def test_plaintext_is_answered_in_plaintext() -> None:
    assert heard(plain.text(RESIDENT, "x"), "已受理 ]]> 17", plain, development) == "已受理 ]]> 17"


def test_wechatpy_reads_the_answer() -> None:
    asked = request(safe.callback(safe.text(RESIDENT, "x")))
    answer = channel.answer(asked, channel.verify_and_parse(asked), "已受理 ]]> 17").body.decode()
    signature, timestamp, nonce = (
        answer.split(f"<{name}>")[1].split(f"</{name}>")[0].removeprefix("<![CDATA[").removesuffix("]]>")
        for name in ("MsgSignature", "TimeStamp", "Nonce")
    )
    opened = WeChatCrypto(OA_TOKEN, OA_KEY, OA_APP_ID).decrypt_message(answer, signature, timestamp, nonce)
    reply = parse_message(opened.replace("</xml>", "<MsgId>1</MsgId></xml>"))
    assert (reply.content, reply.source, reply.target) == ("已受理 ]]> 17", ACCOUNT, RESIDENT)


def test_too_long_a_text_ends_at_a_line_or_else_a_character() -> None:
    lines = "\n".join(f"{number}. 三号楼路灯不亮，已派单" for number in range(100))
    cut = heard(safe.text(RESIDENT, "待办"), lines)
    assert cut is not None
    assert cut.endswith("已派单\n…")
    assert lines.startswith(cut[:-1])
    assert 1024 <= len(cut.encode()) <= 2048
    assert heard(safe.text(RESIDENT, "x"), "一\n" + "字" * 5000) == "一\n" + "字" * 680 + "…"
    assert heard(safe.text(RESIDENT, "x"), "字" * 682) == "字" * 682


@given(text=st.text(max_size=900), most=st.integers(min_value=3, max_value=2048))
@settings(max_examples=200, deadline=None)
def test_any_text_is_made_sayable(text: str, most: int) -> None:
    made = sayable(text, most)
    assert len(made.encode()) <= most
    assert clean(text).startswith(made.removesuffix("…"))


@given(text=st.text(min_size=1, max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_reaches_the_person(text: str) -> None:
    for platform in (safe, in_json):
        read = heard(platform.text(RESIDENT, "x"), text, platform)
        said = sayable(text, 2048)
        # XML reads a carriage return as a line end, as it has to.
        lines = said.replace("\r\n", "\n").replace("\r", "\n") if platform is safe else said
        assert read == (lines if said.strip() else None)


# --- the port --------------------------------------------------------------------------------------------------------


def test_it_is_a_channel_that_never_speaks_unasked() -> None:
    port: Channel = channel
    assert port.door == f"oa:{OA_APP_ID}"
    assert (port.abilities.speaks, port.abilities.inline, port.abilities.text_bytes) == ("never", True, 2048)
    outcomes = port.send([Outgoing("k", "x", person=RESIDENT), Outgoing("l", "y", person=RESIDENT)])
    assert [(outcome.state, outcome.reason) for outcome in outcomes] == [("dead", "no_way")] * 2


@pytest.mark.parametrize("app_id", ["", "wx 1", "wx:1", "w" * 33, "号"])
def test_an_app_id_that_is_none_is_named_at_start(app_id: str) -> None:
    with pytest.raises(ValueError, match="AppID"):
        OfficialAccount(app_id, OA_TOKEN, OA_KEY)


def test_many_threads_share_one_channel() -> None:
    pushes = [safe.text(RESIDENT, f"第 {number} 条") for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda said: heard(said, str(said.fields["Content"])), pushes)) == [
            said.fields["Content"] for said in pushes
        ]
