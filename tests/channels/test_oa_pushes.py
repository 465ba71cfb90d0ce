"""The simulator's pushes against a callback over real HTTP: repeats, strictness, an empty house."""

from __future__ import annotations

import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.channels.base import Answer, RawRequest
from bot.platforms.official_account import HttpAnswer, OfficialAccountPlatform, Push
from bot.platforms.sealing import PlatformSeal, Unacceptable
from tests.channels.oa import ACCOUNT, NOW, RESIDENT, channel, safe
from tests.channels.vectors import OA_APP_ID, OA_KEY, OA_TOKEN


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
