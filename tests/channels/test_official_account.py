"""The official account at its door: who is let in, what is refused with which answer, and what is said back."""

from __future__ import annotations

import json
import threading
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto

from bot.channels.base import LONGEST_BODY, Answer, Channel, NotGenuine, Outgoing, RawRequest, Refused, TooLarge
from bot.channels.flat import clean
from bot.channels.official_account import NOTHING_TO_SAY, OfficialAccount
from bot.channels.passive import sayable
from bot.platforms.official_account import Callback, HttpAnswer, OfficialAccountPlatform, Push
from bot.platforms.sealing import PlatformSeal, Unacceptable
from tests.channels.oa import (
    ACCOUNT,
    NOW,
    RESIDENT,
    SECOND,
    both,
    channel,
    development,
    heard,
    in_json,
    plain,
    request,
    safe,
    signed,
    taken_in,
)
from tests.channels.vectors import OA_APP_ID, OA_KEY, OA_TOKEN, PLAIN_PUSH, URL_CHECK, URL_CHECK_ECHO

platforms = pytest.mark.parametrize("platform", [safe, both, in_json], ids=["xml", "both", "json"])


def refusal(asked: RawRequest, by: OfficialAccount = channel) -> int:
    """The HTTP status that the request is refused with."""
    with pytest.raises(Refused) as refused:
        by.verify_and_parse(asked)
    assert RESIDENT not in str(refused.value)
    return refused.value.status


# --- the check of the address ----------------------------------------------------------------------------------------


def url_check(**changed: str) -> RawRequest:
    query = {
        "signature": URL_CHECK.signature,
        "timestamp": URL_CHECK.timestamp,
        "nonce": URL_CHECK.nonce,
        "echostr": URL_CHECK_ECHO,
    }
    return RawRequest(b"", {**query, **changed}, NOW)


def test_the_echo_comes_back_verbatim() -> None:
    answer = channel.check_url(url_check())
    assert answer.body == URL_CHECK_ECHO.encode()
    assert answer.content_type.startswith("text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("changed", [{"signature": "0" * 40}, {"nonce": "1"}, {"timestamp": ""}, {"signature": "é"}])
def test_a_check_that_is_not_signed_is_not_genuine(changed: dict[str, str]) -> None:
    with pytest.raises(NotGenuine):
        channel.check_url(url_check(**changed))


def test_a_check_without_echo_is_refused() -> None:
    with pytest.raises(Refused):
        channel.check_url(url_check(echostr=""))


# --- who is let in ---------------------------------------------------------------------------------------------------


def test_plaintext_is_refused_by_default_and_allowed_for_development() -> None:
    said = plain.text(RESIDENT, "电梯坏了")
    asked = request(plain.callback(said))
    assert refusal(asked) == 403
    assert development.verify_and_parse(asked).text == "电梯坏了"
    assert development.verify_and_parse(request(plain.callback(said), encrypt_type="raw")).text == "电梯坏了"
    assert refusal(request(plain.callback(said), nonce="1"), by=development) == 403
    assert refusal(request(plain.callback(said), encrypt_type="aes"), by=development) == 403


def test_the_documents_plaintext_push() -> None:
    body = safe.callback(safe.text(RESIDENT, "x")).body  # its shape does not matter: the signature is not over it
    query = {"signature": PLAIN_PUSH.signature, "timestamp": PLAIN_PUSH.timestamp, "nonce": PLAIN_PUSH.nonce}
    assert refusal(RawRequest(body, query, NOW), by=development) == 400
    assert refusal(RawRequest(body, {**query, "nonce": "0"}, NOW), by=development) == 403


def test_development_still_takes_encrypted_pushes() -> None:
    assert taken_in(safe.text(RESIDENT, "电梯坏了"), by=development).text == "电梯坏了"
    assert heard(safe.text(RESIDENT, "电梯坏了"), "已受理", by=development) == "已受理"


def test_plaintext_beside_an_envelope_is_passed_over() -> None:
    query, body = both.callback(both.text(RESIDENT, "真的"))
    forged = body.replace("真的".encode(), "假的".encode())
    assert channel.verify_and_parse(request(Callback(query, forged))).text == "真的"


@pytest.mark.parametrize(
    "changed", [{"msg_signature": "0" * 40}, {"nonce": "1"}, {"timestamp": "1"}, {"msg_signature": ""}]
)
def test_a_push_that_is_not_signed_is_not_genuine(changed: dict[str, str]) -> None:
    assert refusal(request(safe.callback(safe.text(RESIDENT, "x")), **changed)) == 403


def test_other_tokens_keys_and_receivers() -> None:
    def from_elsewhere(app_id: str = OA_APP_ID, token: str = OA_TOKEN, key: str = OA_KEY) -> RawRequest:
        elsewhere = OfficialAccountPlatform("", app_id, token, key, clock=NOW.timestamp)
        return request(elsewhere.callback(elsewhere.text(RESIDENT, "x")))

    assert refusal(from_elsewhere(app_id="wx0000000000000000")) == 403
    assert refusal(from_elsewhere(token="BBBBB")) == 403
    assert refusal(from_elsewhere(key="B" * 43)) in {400, 403}


def test_an_answer_of_ours_cannot_be_sent_back_to_us() -> None:
    said = safe.text(RESIDENT, "x")
    asked = request(safe.callback(said))
    answer = channel.answer(asked, channel.verify_and_parse(asked), "已受理")
    encrypted, signature, timestamp, nonce = (
        answer.body.decode().split(f"<{name}>")[1].split(f"</{name}>")[0].removeprefix("<![CDATA[").removesuffix("]]>")
        for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")
    )
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()
    assert refusal(RawRequest(body, {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}, NOW)) == 400


# --- what is refused -------------------------------------------------------------------------------------------------

ENVELOPE = safe.callback(safe.text(RESIDENT, "x"))
ENCRYPTED = ENVELOPE.body.decode().split("<Encrypt>")[1].split("</Encrypt>")[0]
BAD_BODIES = {
    "empty": b"",
    "one byte": b"x",
    "one angle": b"<",
    "one brace": b"{",
    "zeros": b"\0" * 1000,
    "HTML": b"<html><body></body></html>",
    "no envelope": b"<xml><ToUserName>gh</ToUserName></xml>",
    "empty envelope": b"<xml><Encrypt></Encrypt></xml>",
    "nested envelope": b"<xml><Encrypt><a>1</a></Encrypt></xml>",
    "envelope too deep": f"<xml><x><Encrypt>{ENCRYPTED}</Encrypt></x></xml>".encode(),
    "two envelopes": f"<xml><Encrypt>{ENCRYPTED}</Encrypt><Encrypt>{ENCRYPTED}</Encrypt></xml>".encode(),
    "other root": f"<root><Encrypt>{ENCRYPTED}</Encrypt></root>".encode(),
    "not closed": f"<xml><Encrypt>{ENCRYPTED}</Encrypt>".encode(),
    "two roots": f"<xml><Encrypt>{ENCRYPTED}</Encrypt></xml><xml/>".encode(),
    "doctype": f"<!DOCTYPE xml><xml><Encrypt>{ENCRYPTED}</Encrypt></xml>".encode(),
    "doctype with a file": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Encrypt>&e;</Encrypt></xml>',
    "doctype in UTF-16": f"<!DOCTYPE xml><xml><Encrypt>{ENCRYPTED}</Encrypt></xml>".encode("utf-16"),
    "doctype behind a mark": b"\xef\xbb\xbf" + f"<!DOCTYPE xml><xml><Encrypt>{ENCRYPTED}</Encrypt></xml>".encode(),
    "UTF-16": f"<xml><Encrypt>{ENCRYPTED}</Encrypt></xml>".encode("utf-16"),
    "UTF-32": f"<xml><Encrypt>{ENCRYPTED}</Encrypt></xml>".encode("utf-32"),
    "not UTF-8": b"<xml><Encrypt>\xff\xfe</Encrypt></xml>",
    "unknown entity": b"<xml><Encrypt>&lol;</Encrypt></xml>",
    "many elements": b"<xml>" + b"<a/>" * 200_000 + b"</xml>",
    "deep elements": b"<xml>" + b"<a>" * 200_000,
    "JSON list": b"[]",
    "JSON without envelope": b"{}",
    "JSON with an object for envelope": b'{"Encrypt":{"a":1}}',
    "JSON with null": b'{"Encrypt":null}',
    "JSON with true": b'{"Encrypt":true}',
    "JSON with two envelopes": b'{"Encrypt":"a","Encrypt":"b"}',
    "JSON too deep": b'{"Encrypt":' + b"[" * 200_000,
    "JSON with a huge number": b'{"Encrypt":' + b"9" * 10_000 + b"}",
    "JSON in UTF-16": b'{"Encrypt":"x"}'.decode().encode("utf-16-le"),
    "JSON not UTF-8": b'{"Encrypt":"\xff"}',
    "JSON cut off": b'{"Encrypt":"',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_bad_bodies(body: bytes) -> None:
    assert refusal(RawRequest(body, ENVELOPE.query, NOW)) == 400


def test_too_large_a_body() -> None:
    assert refusal(RawRequest(b"x" * (LONGEST_BODY + 1), {}, NOW)) == 413
    with pytest.raises(TooLarge):
        channel.verify_and_parse(RawRequest(b"x" * 2 * LONGEST_BODY, ENVELOPE.query, NOW))
    assert refusal(RawRequest(b"x" * LONGEST_BODY, ENVELOPE.query, NOW)) == 400


def inner(**changed: str) -> bytes:
    """A text message with elements replaced; an element set to ``-`` is left out."""
    elements = {
        "ToUserName": ACCOUNT,
        "FromUserName": RESIDENT,
        "CreateTime": str(SECOND),
        "MsgType": "text",
        "Content": "x",
        "MsgId": "1",
        **changed,
    }
    return (
        f"<xml>{''.join(f'<{name}>{text}</{name}>' for name, text in elements.items() if text != '-')}</xml>".encode()
    )


SIGNED_GARBAGE = {
    "nothing": b"",
    "one byte": b"x",
    "not UTF-8": b"\xff" * 100,
    "no XML": "电梯坏了".encode(),
    "doctype": b"<!DOCTYPE xml>" + inner(),
    "entities": b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]>' + inner(Content="&c;"),
    "doctype in UTF-16": ("<!DOCTYPE xml>" + inner().decode()).encode("utf-16"),
    "UTF-7": b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE xml+AD4-' + inner(),
    "two contents": inner().replace(b"</xml>", b"<Content>y</Content></xml>"),
    "no sender": inner(FromUserName="-"),
    "empty sender": inner(FromUserName=""),
    "nested sender": inner(FromUserName="<a>o1</a>"),
    "sender with markup": inner(FromUserName="o1]]&gt;&lt;x/&gt;"),
    "long sender": inner(FromUserName="o" * 65),
    "no account": inner(ToUserName="-"),
    "no time": inner(CreateTime="-"),
    "time in words": inner(CreateTime="yesterday"),
    "time in full width": inner(CreateTime="１７６３６８３２００"),
    "time with a point": inner(CreateTime="1.5"),
    "time of 5,000 digits": inner(CreateTime="9" * 5000),
    "no type": inner(MsgType="-"),
    "no id": inner(MsgId="-"),
    "odd id": inner(MsgId="1:2"),
    "long id": inner(MsgId="1" * 65),
    "JSON null": b"null",
    "JSON list": b"[1]",
    "JSON twice": b'{"MsgType":"text","MsgType":"image"}',
    "JSON time of 5,000 digits": b'{"CreateTime":' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("message", SIGNED_GARBAGE.values(), ids=SIGNED_GARBAGE.keys())
def test_correctly_signed_garbage(message: bytes) -> None:
    assert refusal(signed(message)) == 400


def test_what_the_garbage_was_made_from_is_taken_in() -> None:
    assert channel.verify_and_parse(signed(inner())).text == "x"


def test_characters_that_no_xml_can_hold_do_not_come_in_by_json() -> None:
    body = {**safe.text(RESIDENT, "x").fields, "Content": "停\0水\x1b\ud800了\uffff"}
    message = json.dumps(body).encode()
    assert channel.verify_and_parse(signed(message)).text == "停水了"


# --- what is said back -----------------------------------------------------------------------------------------------


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


# --- the simulator, over real HTTP -----------------------------------------------------------------------------------


class Server(ThreadingHTTPServer):
    """A callback in a few lines: it echoes, and fails as often as it is told."""

    failures = 0
    keys: list[str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/callback/oa"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self._say(channel.check_url(self._asked(b"")))

    def do_POST(self) -> None:
        asked = self._asked(self.rfile.read(int(self.headers["Content-Length"])))
        incoming = channel.verify_and_parse(asked)
        self.server.keys.append(incoming.key)
        if self.server.failures:
            self.server.failures -= 1
            self.send_error(500)
        else:
            self._say(channel.answer(asked, incoming, incoming.text))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        pass

    def _asked(self, body: bytes) -> RawRequest:
        return RawRequest(body, dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)), NOW)

    def _say(self, answer: Answer) -> None:
        self.send_response(200)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.keys = []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_platform_over_http(server: Server) -> None:
    platform = OfficialAccountPlatform(server.address, OA_APP_ID, OA_TOKEN, OA_KEY)
    assert platform.check_url()
    assert platform.push(platform.text(RESIDENT, "电梯坏了")) == "电梯坏了"
    assert platform.push(platform.subscribe(RESIDENT)) is None


def test_the_platform_repeats_what_was_not_answered(server: Server) -> None:
    platform = OfficialAccountPlatform(server.address, OA_APP_ID, OA_TOKEN, OA_KEY)
    server.failures = 2
    assert platform.push(platform.text(RESIDENT, "电梯坏了")) == "电梯坏了"
    assert len(server.keys) == 3
    assert len(set(server.keys)) == 1
    server.failures = 3
    with pytest.raises(Unacceptable, match="500"):
        platform.push(platform.text(RESIDENT, "电梯坏了"))


def test_the_platform_finds_nobody_at_home(server: Server) -> None:
    server.server_close()
    platform = OfficialAccountPlatform(server.address, OA_APP_ID, OA_TOKEN, OA_KEY)
    with pytest.raises(Unacceptable, match="no answer"):
        platform.try_once(platform.text(RESIDENT, "x"))


SAID: Push = safe.text(RESIDENT, "x")
ELSEWHERE = PlatformSeal("BBBBB", OA_KEY, OA_APP_ID)


def _reply(
    content: str = "<Content>x</Content>", to: str = RESIDENT, seal: PlatformSeal = safe.seal, time: str = "1"
) -> bytes:
    message = (
        f"<xml><ToUserName>{to}</ToUserName><FromUserName>{ACCOUNT}</FromUserName><CreateTime>{time}</CreateTime>"
        f"<MsgType>text</MsgType>{content}</xml>"
    )
    encrypted = seal.encrypt(message.encode())
    return (
        f"<xml><Encrypt>{encrypted}</Encrypt><MsgSignature>{seal.sign('1', '2', encrypted)}</MsgSignature>"
        "<TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>"
    ).encode()


@pytest.mark.parametrize(
    "answer",
    [
        HttpAnswer(500, b""),
        HttpAnswer(200, b"Success"),
        HttpAnswer(200, b"<xml><Content>x</Content></xml>"),
        HttpAnswer(200, b"<!DOCTYPE xml><xml/>"),
        HttpAnswer(200, _reply(seal=ELSEWHERE)),
        HttpAnswer(200, _reply(seal=PlatformSeal(OA_TOKEN, OA_KEY, "wx0"))),
        HttpAnswer(200, _reply(to="somebody")),
        HttpAnswer(200, _reply(content="")),
        HttpAnswer(200, _reply(content="<Content></Content>")),
        HttpAnswer(200, _reply(content="<Content>x</Content><Content>y</Content>")),
        HttpAnswer(200, _reply(content=f"<Content>{'x' * 2049}</Content>")),
        HttpAnswer(200, _reply(content="<Content>x<b/></Content>")),
        HttpAnswer(200, _reply(time="now")),
    ],
)
def test_the_platform_is_strict(answer: HttpAnswer) -> None:
    assert safe.read(SAID, HttpAnswer(200, _reply())) == "x"
    with pytest.raises(Unacceptable):
        safe.read(SAID, answer)
