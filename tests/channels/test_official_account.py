"""The official account at its door: who is let in, and what is refused with which answer."""

from __future__ import annotations

import json

import pytest

from bot.channels.base import LONGEST_BODY, NotGenuine, RawRequest, Refused, TooLarge
from bot.channels.official_account import OfficialAccount
from bot.platforms.official_account import Callback, OfficialAccountPlatform
from tests.channels.oa import (
    ACCOUNT,
    NOW,
    RESIDENT,
    SECOND,
    both,
    channel,
    development,
    heard,
    plain,
    request,
    safe,
    signed,
    taken_in,
)
from tests.channels.vectors import OA_APP_ID, OA_KEY, OA_TOKEN, PLAIN_PUSH, URL_CHECK, URL_CHECK_ECHO


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
