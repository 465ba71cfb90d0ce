"""The client of the platforms' interfaces, against a server that does its worst.

Sabotage that must turn these red: note in ``_Connection.request`` that the request is out before it is; let
``_harmless`` through; raise from within an ``except``; take the log filter away; refresh in a loop.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels import http as http_module
from bot.channels.base import ChannelError, Closed, TryLater, Unsure
from bot.channels.http import Http, NotOut
from bot.channels.wechat_api import AlreadyDone, ApiError, PersonRefused, TooBig, WechatApi, as_json
from bot.channels.wechat_errors import OFFICIAL_ACCOUNT, WECOM, ErrorClasses
from tests.channels.certificates import server_context
from tests.channels.wire import Act, Wire, answer, hangs, hangs_up, raw, resets, says, wire

SEND = "/cgi-bin/message/custom/send"
WALL = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # noon in Shanghai
FIRST, SECOND = "first-token-that-nobody-may-read", "second-token-that-nobody-may-read"
WORDS = "words-that-nobody-may-read"
QUICK = 0.3  # seconds


@dataclass
class Fixed:
    """Tokens from a list."""

    token: str = FIRST
    renewals: list[str] = field(default_factory=list)

    def current(self) -> str:
        return self.token

    def renewed(self, dead: str) -> str:
        self.renewals.append(dead)
        self.token = SECOND
        return self.token


@pytest.fixture
def server() -> Iterator[Wire]:
    with wire() as made:
        yield made


@pytest.fixture
def tokens() -> Fixed:
    return Fixed()


@pytest.fixture
def http() -> Iterator[Http]:
    """A client as it is used."""
    made = Http()
    yield made
    made.close()


@pytest.fixture
def hasty(server: Wire, tokens: Fixed) -> Iterator[WechatApi]:
    """With a client of little patience, for what hangs."""
    made = Http(read=QUICK, write=QUICK)
    yield api_of(server, tokens, made)
    made.close()


def api_of(server: Wire, tokens: Fixed, http: Http, errors: ErrorClasses = OFFICIAL_ACCOUNT) -> WechatApi:
    return WechatApi(f"{server.base}/oa/", tokens, errors, http=http, wall=lambda: WALL)


@pytest.fixture
def api(server: Wire, tokens: Fixed, http: Http) -> WechatApi:
    return api_of(server, tokens, http)


def ways(api: WechatApi) -> dict[str, Callable[[], Any]]:
    return {
        "post": lambda: api.post(SEND, {"touser": WORDS}),
        "get": lambda: api.get("/cgi-bin/user/info", openid=WORDS),
        "download": lambda: api.download("/cgi-bin/media/get", 1000, media_id=WORDS),
        "upload": lambda: api.upload("/cgi-bin/media/upload", "a.jpg", "image/jpeg", WORDS.encode(), type="image"),
    }


def test_a_call_carries_the_token_and_plain_chinese(api: WechatApi, server: Wire) -> None:
    server.acts = [says({"errcode": 0, "msgid": 7})]
    answered = api.post(SEND, {"text": {"content": "三号楼 \\u4e2d\n\x01灯🔦\ud800"}}, extra="a&b")
    [asked] = server.asked
    assert answered == {"errcode": 0, "msgid": 7}
    assert (asked.method, asked.path, asked.query) == ("POST", f"/oa{SEND}", {"access_token": FIRST, "extra": "a&b"})
    assert asked.body.decode() == r'{"text":{"content":"三号楼 \\u4e2d\n灯🔦?"}}'
    assert asked.headers["content-type"] == "application/json; charset=utf-8"


def test_no_escape_is_left_whatever_is_said() -> None:
    every = "".join(map(chr, range(0x20))) + "\\u0001\\\\u0001\x7f\u2028"
    assert not re.search(rb"(?<!\\)(?:\\\\)*\\u", as_json({"a": every, every: "b"}))


@pytest.mark.parametrize("given", [0, "0", None, ""])
def test_success_is_an_errcode_of_nought_or_none(api: WechatApi, server: Wire, given: object) -> None:
    server.acts = [says({"errcode": given, "msgid": "m"})]
    assert api.post(SEND, {})["msgid"] == "m"


def test_connections_are_kept(api: WechatApi, server: Wire) -> None:
    for _ in range(3):
        api.post(SEND, {})
        api.get("/cgi-bin/user/info")
    assert [asked.connection for asked in server.asked] == [1] * 6


def test_threads_have_connections_of_their_own(api: WechatApi, server: Wire) -> None:
    inside = threading.Barrier(4, timeout=30)

    def together(connection: socket.socket) -> bool:
        inside.wait()
        return says({})(connection)

    server.acts = [together] * 4
    threads = [threading.Thread(target=api.post, args=(SEND, {})) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {asked.connection for asked in server.asked} == {1, 2, 3, 4}


def test_a_connection_that_rested_is_not_trusted(api: WechatApi, server: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    api.post(SEND, {})
    monkeypatch.setattr(http_module, "REST", 0.0)
    api.post(SEND, {})
    assert [asked.connection for asked in server.asked] == [1, 2]


def test_a_connection_that_the_platform_closed_is_not_used(api: WechatApi, server: Wire) -> None:
    server.acts = [raw(answer(b"{}"), stays=False)]
    api.post(SEND, {})
    while not server.closed:
        time.sleep(0.01)
    api.post(SEND, {})
    assert [asked.connection for asked in server.asked] == [1, 2]


# --- what got out -----------------------------------------------------------------------------------------------------


def nobody_listens(server: Wire) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]


@pytest.mark.parametrize("way", ["post", "get", "download", "upload"])
def test_what_could_not_connect_is_tried_later(tokens: Fixed, http: Http, way: str) -> None:
    server = Wire()
    nobody_listens(server)
    with pytest.raises(TryLater, match=r"^not sent: NewConnectionError$"):
        ways(api_of(server, tokens, http))[way]()


def test_a_name_that_does_not_resolve_is_tried_later(tokens: Fixed, http: Http) -> None:
    api = WechatApi("http://nowhere.invalid", tokens, OFFICIAL_ACCOUNT, http=http)
    with pytest.raises(TryLater, match=r"^not sent: NameResolutionError$"):
        api.post(SEND, {})


def test_a_failed_handshake_is_tried_later(server: Wire, tokens: Fixed, http: Http) -> None:
    api = WechatApi(server.base.replace("http:", "https:"), tokens, OFFICIAL_ACCOUNT, http=http)
    server.on_connect = [raw(b"this is no TLS\r\n", stays=False)]
    with pytest.raises(TryLater, match=r"^not sent: SSLError$"):
        api.post(SEND, {})


def test_a_certificate_is_checked(tokens: Fixed, http: Http, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, certificate = server_context(tmp_path)
    with wire(context) as server:
        with pytest.raises(TryLater, match=r"^not sent: SSLError$"):
            api_of(server, tokens, http).post(SEND, {})
        assert server.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        trusting = Http()
        server.acts = [says({"msgid": 1}), says({"msgid": 2}), resets]
        api = api_of(server, tokens, trusting)
        assert [api.post(SEND, {"a": "x" * 100_000})["msgid"] for _ in range(2)] == [1, 2]
        with pytest.raises(Unsure):
            api.post(SEND, {})
        trusting.close()
        assert len({asked.connection for asked in server.asked}) == 1


def test_a_handshake_without_end_is_tried_later(server: Wire, tokens: Fixed) -> None:
    http = Http(connect=QUICK)
    api = WechatApi(server.base.replace("http:", "https:"), tokens, OFFICIAL_ACCOUNT, http=http)
    server.on_connect = [hangs(server)]
    with pytest.raises(TryLater, match=r"^not sent: "):
        api.post(SEND, {})


HUGE = "x" * 30_000_000  # more than the kernel takes in for a peer that does not read


@pytest.mark.parametrize("end", [resets, hangs])
def test_half_a_request_is_tried_later(server: Wire, hasty: WechatApi, end: Callable[[Any], Any]) -> None:
    server.on_connect = [hangs(server) if end is hangs else resets]
    with pytest.raises(TryLater, match=r"^not sent: "):
        hasty.post(SEND, {"a": HUGE})
    assert server.asked == []


HANGING = frozenset({"hung", "a body that stops"})
CUT_OFF: dict[str, Callable[[Wire], Act]] = {
    "reset after accepting": lambda server: resets,
    "closed after accepting": lambda server: hangs_up,
    "hung": hangs,
    "half a head": lambda server: raw(b"HTTP/1.1 200 OK\r\nContent-Le", stays=False),
    "not HTTP": lambda server: raw(b"\x00\x01\x02\x03\r\n\r\n", stays=False),
    "half a body": lambda server: raw(answer(b'{"errcode":0', length=100), stays=False),
    "a body that stops": lambda server: (
        lambda connection: raw(answer(b"{", length=9))(connection) and hangs(server)(connection)
    ),
    "a chunk that is cut": lambda server: raw(
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a"\r\n', stays=False
    ),
    "a page": lambda server: raw(answer(b"<html>", "200 OK", "Content-Type: text/html")),
    "nothing": lambda server: raw(answer(b"")),
    "a list": lambda server: says([]),
    "a number": lambda server: says(0),
    "no UTF-8": lambda server: raw(answer(b'{"a":"\xff"}', "200 OK", "Content-Type: application/json")),
    "too deep": lambda server: raw(answer(b"[" * 100_000, "200 OK", "Content-Type: application/json")),
    "too large": lambda server: raw(answer(b"{" + b" " * 2_000_000, "200 OK")),
    "an errcode in words": lambda server: says({"errcode": "busy"}),
    "an errcode in brackets": lambda server: says({"errcode": [1]}),
    "empty": lambda server: raw(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "a gateway": lambda server: says({}, "502 Bad Gateway"),
    "a gateway's patience": lambda server: says({}, "504 Gateway Timeout"),
}


@pytest.mark.parametrize("end", CUT_OFF)
def test_what_may_have_arrived_is_unsure(api: WechatApi, hasty: WechatApi, server: Wire, end: str) -> None:
    server.acts = [CUT_OFF[end](server)]
    with pytest.raises(Unsure):
        (hasty if end in HANGING else api).post(SEND, {})
    assert len(server.asked) == 1  # never repeated by the client itself


@pytest.mark.parametrize("end", [end for end in CUT_OFF if end not in HANGING])
def test_the_next_call_is_none_the_worse_for_it(api: WechatApi, server: Wire, end: str) -> None:
    server.acts = [CUT_OFF[end](server)]
    with pytest.raises(Unsure):
        api.post(SEND, {})
    assert api.post(SEND, {}) == {}


@pytest.mark.parametrize("way", ["get", "download", "upload"])
@pytest.mark.parametrize("end", [end for end in CUT_OFF if not end.startswith("too")])
def test_what_does_no_harm_twice_is_tried_later(
    api: WechatApi, hasty: WechatApi, server: Wire, end: str, way: str
) -> None:
    server.acts = [CUT_OFF[end](server)]
    with pytest.raises(TryLater):
        ways(hasty if end in HANGING else api)[way]()


def test_a_kept_connection_that_is_cut_under_a_request_is_unsure(api: WechatApi, server: Wire) -> None:
    """It looks the same as a platform that acted and then died."""
    server.acts = [says({}), resets]
    api.post(SEND, {})
    with pytest.raises(Unsure):
        api.post(SEND, {})
    assert [asked.connection for asked in server.asked] == [1, 1]


def test_an_answer_that_drips_has_an_end(server: Wire, hasty: WechatApi) -> None:
    def drips(connection: socket.socket) -> bool:
        connection.sendall(answer(b"", length=1000))
        while not server.let_go.wait(QUICK / 4):
            connection.sendall(b" ")
        return False

    server.acts = [drips] * 5
    heard = set[str]()
    while server.acts and not any("takes too long" in one for one in heard):  # unless the machine stalled meanwhile
        with pytest.raises(Unsure) as raised:
            hasty.post(SEND, {})
        heard.add(str(raised.value))
    assert any("takes too long" in one for one in heard)


def test_an_answer_before_the_request_is_whole_counts(server: Wire, api: WechatApi) -> None:
    def too_large(connection: socket.socket) -> bool:
        connection.recv(1000)
        connection.sendall(answer(b"", "413 Content Too Large", "Connection: close"))
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1_000_000):
            pass
        return False

    server.on_connect = [too_large]
    with pytest.raises(ApiError) as raised:
        api.post(SEND, {"a": HUGE})
    assert raised.value.code == 413


@pytest.mark.parametrize(
    ("status", "expected", "after"),
    [
        ("500 Internal Server Error", TryLater, None),
        ("503 Service Unavailable", TryLater, None),
        ("429 Too Many Requests", TryLater, timedelta(minutes=1)),
        ("408 Request Timeout", TryLater, timedelta(minutes=1)),
        ("403 Forbidden", Closed, None),
        ("404 Not Found", Closed, None),
        ("407 Proxy Authentication Required", Closed, None),
    ],
)
def test_other_statuses(
    api: WechatApi, server: Wire, status: str, expected: type[TryLater], after: timedelta | None
) -> None:
    server.acts = [says({"errcode": 0}, status)]
    with pytest.raises(TryLater) as raised:
        api.post(SEND, {})
    assert (type(raised.value), raised.value.after) == (expected, after)


def test_no_redirect_is_followed(api: WechatApi, server: Wire) -> None:
    with wire() as elsewhere:
        server.acts = [raw(answer(b"", "307 Temporary Redirect", f"Location: {elsewhere.base}/"))]
        with pytest.raises(Closed, match="HTTP 307"):
            api.post(SEND, {})
        assert elsewhere.connections == 0


# --- what the platform says -------------------------------------------------------------------------------------------


def refusal(api: WechatApi, server: Wire, code: object) -> ChannelError:
    server.acts = [says({"errcode": code, "errmsg": f"{WORDS} rid: 1-2-3", "msg_id": 34182})] * 2
    with pytest.raises(ChannelError) as raised:
        api.post(SEND, {})
    return raised.value


@pytest.mark.parametrize("written", [int, str])
def test_numbers_mean_what_the_table_says(api: WechatApi, server: Wire, written: Callable[[int], object]) -> None:
    busy = refusal(api, server, written(-1))
    assert type(busy) is TryLater
    assert busy.after is None
    minute = refusal(api, server, written(45011))
    assert type(minute) is TryLater
    assert minute.after == timedelta(minutes=1)
    day = refusal(api, server, written(45009))
    assert isinstance(day, Closed)
    assert (day.fault, day.after) == (False, timedelta(hours=12))
    banned = refusal(api, server, written(48004))
    assert isinstance(banned, Closed)
    assert banned.fault
    window = refusal(api, server, written(45015))
    assert isinstance(window, PersonRefused)
    assert (window.gone, window.code, window.path) == (False, 45015, SEND)
    left = refusal(api, server, written(43004))
    assert isinstance(left, PersonRefused)
    assert left.gone
    done = refusal(api, server, written(45065))
    assert isinstance(done, AlreadyDone)
    assert done.body["msg_id"] == 34182
    unknown = refusal(api, server, written(47003))
    assert type(unknown) is ApiError
    assert unknown.code == 47003


@pytest.mark.parametrize(
    ("code", "official_account", "wecom"),
    [
        (40001, Closed, Closed),  # there the token, refreshed once in vain; here the secret
        (43004, PersonRefused, ApiError),
        (45009, Closed, TryLater),
        (45065, AlreadyDone, ApiError),
        (48002, PersonRefused, Closed),
        (50002, Closed, PersonRefused),
        (81013, ApiError, PersonRefused),
    ],
)
def test_the_same_number_means_different_things(
    server: Wire, tokens: Fixed, http: Http, code: int, official_account: type, wecom: type
) -> None:
    assert type(refusal(api_of(server, tokens, http, OFFICIAL_ACCOUNT), server, code)) is official_account
    server.acts, tokens.renewals = [], []
    assert type(refusal(api_of(server, tokens, http, WECOM), server, code)) is wecom
    assert tokens.renewals == []


@pytest.mark.parametrize("table", [OFFICIAL_ACCOUNT, WECOM])
def test_a_number_stands_in_one_class_of_its_table(table: ErrorClasses) -> None:
    classes = [getattr(table, one.name) for one in fields(table) if one.name != "waits"]
    assert sum(map(len, classes)) == len(frozenset().union(*classes))
    assert set(table.waits) <= table.retry


# --- tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["post", "get", "download", "upload"])
@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_dead_token_is_renewed_once(api: WechatApi, server: Wire, tokens: Fixed, code: int, way: str) -> None:
    server.acts = [says({"errcode": code, "errmsg": "invalid credential"})]
    ways(api)[way]()
    first, second = server.asked
    assert (first.query["access_token"], second.query["access_token"]) == (FIRST, SECOND)
    assert (first.body, first.query | {"access_token": ""}) == (second.body, second.query | {"access_token": ""})
    assert tokens.renewals == [FIRST]


def test_a_new_token_that_is_refused_closes_the_door(api: WechatApi, server: Wire, tokens: Fixed) -> None:
    server.acts = [says({"errcode": 40001})] * 9
    with pytest.raises(Closed) as raised:
        api.post(SEND, {})
    assert raised.value.fault
    assert len(server.asked) == 2
    assert tokens.renewals == [FIRST]


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_comes_as_it_is(api: WechatApi, server: Wire) -> None:
    picture = bytes(range(256)) * 4
    server.acts = [raw(answer(picture, "200 OK", "Content-Type: image/jpeg", "Content-disposition: attachment"))]
    file = api.download("/cgi-bin/media/get", 1024, media_id="m")
    assert (file.mime, file.content) == ("image/jpeg", picture)


def test_a_file_that_is_too_large_is_not_read_to_its_end(api: WechatApi, server: Wire) -> None:
    server.acts = [raw(answer(b"\xff" * 1025, "200 OK", "Content-Type: image/jpeg", length=10**9))]
    with pytest.raises(TooBig, match="too large an answer from /oa/cgi-bin/media/get"):
        api.download("/cgi-bin/media/get", 1024, media_id="m")


@pytest.mark.parametrize("mime", ["application/json", "text/plain; charset=utf-8", "image/jpeg"])
def test_an_error_in_place_of_a_file(api: WechatApi, server: Wire, mime: str) -> None:
    server.acts = [raw(answer(b'{"errcode":40007,"errmsg":"invalid media_id"}', "200 OK", f"Content-Type: {mime}"))]
    with pytest.raises(ApiError) as raised:
        api.download("/cgi-bin/media/get", 1024, media_id="m")
    assert raised.value.code == 40007


def test_an_upload_is_a_form(api: WechatApi, server: Wire) -> None:
    server.acts = [says({"type": "image", "media_id": "m", "created_at": 1})]
    assert api.upload("/cgi-bin/media/upload", "灯.jpg", "image/jpeg", b"\xff\xd8", type="image")["media_id"] == "m"
    [asked] = server.asked
    assert asked.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert (
        'name="media"; filename="灯.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'.encode() + b"\xff\xd8\r\n" in asked.body
    )


# --- secrets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["post", "get", "download", "upload"])
def test_nothing_of_a_call_is_logged_or_raised(
    api: WechatApi, hasty: WechatApi, server: Wire, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    caplog.set_level(logging.DEBUG)
    endings = [CUT_OFF[end](server) for end in CUT_OFF if end not in HANGING]
    refusals = [says({"errcode": code, "errmsg": WORDS}) for code in (-1, 45009, 45015, 45065, 47003)]
    redirect = raw(answer(b"", "302 Found", f"Location: /x?access_token={FIRST}"))
    odd_header = raw(answer(b"<", "200 OK", "no colon here", "Content-Type: text/html"))
    raised = [raised_by(ways(api)[way], server, act) for act in (*endings, *refusals, redirect, odd_header)]
    raised += [raised_by(ways(hasty)[way], server, hangs(server))]
    server.acts = [says({"errcode": 40001, "errmsg": WORDS})] * 2
    raised += [raised_by(ways(api)[way])]
    nobody_listens(server)
    raised += [raised_by(ways(api_of(server, Fixed(), Http()))[way])]
    assert {(type(error.__context__), type(error.__cause__)) for error in raised} == {(type(None), type(None))}
    told = ["".join(traceback.format_exception(error)) for error in raised]
    # What was done before is handed on as the platform says it.
    told += [repr(vars(error)) for error in raised if not isinstance(error, AlreadyDone)]
    everything = "".join((caplog.text, *told, repr(api)))
    assert f"/oa{SEND}" in caplog.text or way != "post"  # the library does log, at this level
    for secret in (FIRST, SECOND, WORDS):
        assert secret not in everything


def raised_by(call: Callable[[], Any], server: Wire | None = None, act: Act | None = None) -> ChannelError:
    if server is not None and act is not None:
        server.acts = [act]
    with pytest.raises(ChannelError) as raised:
        call()
    return raised.value


def test_a_child_process_does_not_share_connections(server: Wire, http: Http) -> None:
    http.ask("GET", f"{server.base}/parent")
    child = os.fork()
    if child == 0:
        try:
            http.ask("GET", f"{server.base}/child")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    http.ask("GET", f"{server.base}/parent")
    assert [(asked.path, asked.connection) for asked in server.asked] == [("/parent", 1), ("/child", 2), ("/parent", 1)]


def test_an_address_that_is_none_is_not_sent(http: Http) -> None:
    with pytest.raises(NotOut):
        http.ask("GET", "http://[::1")
