"""What no platform would send, over real HTTP to a real process: a plain refusal, one discreet line, no traceback."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from select import select as readable
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import select

from bot.platforms.official_account import Callback, OfficialAccountPlatform
from bot.platforms.sealing import PlatformSeal
from bot.settings import Settings
from bot.wiring import App
from storage.inbox import Inbox
from tests.channels.vectors import OA_APP_ID, OA_KEY, OA_TOKEN
from tests.conftest import SECRET_KEY
from tests.faults.processes import PATIENCE, Process, deployment, platform, with_account

pytestmark = pytest.mark.xdist_group("bad-input")
OPENID = "oSecretOpenid9AgO5Kd5ggOC"
BIG = 2 * 1024 * 1024


class Server:
    """One web process for all tests of this file."""

    def __init__(self, process: Process, address: str, app: App) -> None:
        self.process, self.app = process, app
        self.address = urlsplit(address)
        self.platform: OfficialAccountPlatform = platform(address)
        self.read_to = 0

    def post(self, callback: Callback, **query: str) -> int:
        return self.send(f"{self.address.path}?{urlencode({**callback.query, **query})}", callback.body)

    def send(self, target: str, body: bytes) -> int:
        line = http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=PATIENCE)
        try:
            line.request("POST", target, body, {"Content-Type": "text/xml"})
            return line.getresponse().status
        except (BrokenPipeError, ConnectionResetError):
            return line.getresponse().status  # it answered before it had read everything
        finally:
            line.close()

    def signed(self, message: bytes, receiver: str | None = None) -> Callback:
        return self.platform.sealed(self.platform.seal.encrypt(message, receiver))

    def new_lines(self) -> str:
        said = self.process.said
        new, self.read_to = said[self.read_to :], len(said)
        return new

    def last(self) -> Inbox:
        with self.app.reading() as db:
            return db.scalars(select(Inbox).order_by(Inbox.id.desc()).limit(1)).one()

    def text_of(self, row: Inbox) -> str:
        return self.app.vault.open(row.text or "", "inbox.text", row.ref)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("bad-input")
    database = folder / "menkou.db"
    database.write_bytes(sqlite_template.read_bytes())

    def make(**given: object) -> Settings:
        return Settings(data=folder, secret_keys=(SECRET_KEY,), **given)  # type: ignore[arg-type]

    with deployment(with_account(make, database_url=f"sqlite:///{database}")) as made:
        process, address = made.web()
        app = made.app()
        yield Server(process, address, app)
        app.close()
        assert process.popen.poll() is None, "the process did not survive"


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    """The server; afterwards its log must hold neither a traceback nor anybody's words, and it must still answer."""
    running.new_lines()
    yield running
    said = running.new_lines()
    assert "Traceback" not in said
    assert OPENID not in said
    assert "路灯" not in said
    assert running.platform.push(running.platform.text("oAfterwards", "三号楼门口路灯坏了")) is not None


def warnings(server: Server) -> list[str]:
    return [
        line for line in server.process.said[server.read_to :].splitlines() if " WARNING " in line or " ERROR " in line
    ]


def test_a_wrong_signature_is_forbidden(server: Server) -> None:
    callback = server.platform.callback(server.platform.text(OPENID, "三号楼门口路灯坏了"))
    assert server.post(callback, msg_signature="0" * 40) == 403
    assert len(warnings(server)) == 1


def test_no_signature_is_forbidden(server: Server) -> None:
    callback = server.platform.callback(server.platform.text(OPENID, "三号楼门口路灯坏了"))
    assert server.post(callback, msg_signature="") == 403
    assert server.send(server.address.path, callback.body) == 403


def test_a_plain_message_is_forbidden_in_production(server: Server) -> None:
    plain = OfficialAccountPlatform("", OA_APP_ID, OA_TOKEN, OA_KEY, mode="plain")
    assert server.post(plain.callback(plain.text(OPENID, "三号楼门口路灯坏了"))) == 403


def test_an_envelope_for_another_receiver_is_forbidden(server: Server) -> None:
    push = server.platform.text(OPENID, "三号楼门口路灯坏了")
    message = server.platform._rendered(push.fields)
    assert server.post(server.signed(message, "wxsomebodyelse")) == 403
    assert len(warnings(server)) == 1


def test_signed_garbage_is_a_bad_request(server: Server) -> None:
    for garbage in (
        b"",
        b"x",
        b"\x00\xff" * 40,
        b"<xml>",
        b"<xml></xml>",
        b"{}",
        b"[1]",
        b"<html></html>",
        "路灯".encode(),
    ):
        assert server.post(server.signed(garbage)) == 400, garbage


def test_blocks_that_are_no_envelope_are_a_bad_request(server: Server) -> None:
    seal = PlatformSeal(OA_TOKEN, OA_KEY, OA_APP_ID)
    for block in (seal.encrypt_block(b""), seal.encrypt_padded(b"\x00" * 32), "", "====", "QUJD"):
        assert server.post(server.platform.sealed(block)) in {400, 403}, block


@pytest.mark.parametrize("outside", [True, False])
def test_a_document_type_is_a_bad_request(server: Server, outside: bool) -> None:
    bomb = b'<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">]><xml><Encrypt>&a;</Encrypt><FromUserName>&a;</FromUserName></xml>'
    callback = server.signed(bomb)
    if outside:
        callback = Callback(callback.query, bomb)
    assert server.post(callback) == 400


def test_one_byte_is_refused(server: Server) -> None:
    for body in (b"x", b"<", b"{", b"\x00", b""):
        callback = server.platform.callback(server.platform.text(OPENID, "路灯"))
        assert server.post(Callback(callback.query, body)) in {400, 403}


def test_two_megabytes_are_too_large(server: Server) -> None:
    callback = server.platform.callback(server.platform.text(OPENID, "路灯"))
    assert server.post(Callback(callback.query, b"x" * BIG)) == 413


def test_two_megabytes_in_pieces_without_a_length_are_too_large(server: Server) -> None:
    with socket.create_connection((server.address.hostname or "", server.address.port or 0), timeout=PATIENCE) as line:
        line.sendall(f"POST {server.address.path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        answer = b""
        try:
            for _ in range(BIG // 65536):
                line.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            line.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = line.recv(200)
    assert b" 413 " in answer


@pytest.mark.parametrize("kind", ["hologram", "emoji", "merged_msg", "x" * 500, "文字"])
def test_an_unknown_type_is_answered_politely(server: Server, kind: str) -> None:
    heard = server.platform.push(server.platform.message(f"oNew{len(kind)}{kind[:1].encode().hex()}", kind, Thing="1"))
    assert heard


@pytest.mark.parametrize("text", ["", " ", "\u3000\n\t", "\u200b\u200d\ufeff", "。", "\u202e"])
def test_empty_and_invisible_text_gets_a_polite_answer(server: Server, text: str) -> None:
    heard = server.platform.push(server.platform.text(f"oEmpty{text.encode().hex()}", text))
    assert heard


@pytest.mark.parametrize("seconds", [0, -1, -(10**18), 10**12, 10**19, 1])
def test_absurd_dates_are_clamped(server: Server, seconds: int) -> None:
    now = datetime.now(UTC)
    push = server.platform.message(OPENID, "text", Content="三号楼门口路灯坏了", CreateTime=seconds)
    server.platform.push(push)
    row = server.last()
    assert now - timedelta(days=5, seconds=5) <= row.said_at <= now + timedelta(minutes=2, seconds=30)
    assert server.text_of(row) == "三号楼门口路灯坏了"


def test_ten_thousand_characters_are_kept_whole(server: Server) -> None:
    text = "三号楼门口路灯坏了，" + "说来话长" * 2500
    assert server.platform.push(server.platform.text("oLong", text)) is not None
    assert server.text_of(server.last()) == text


def test_zero_width_and_right_to_left_characters_are_read_and_kept(server: Server) -> None:
    text = "三号楼\u200b门口\u200d路\ufeff灯\u202e坏了\u202c"
    heard = server.platform.push(server.platform.text("oInvisible", text))
    assert heard is not None
    assert "编号" in heard
    assert server.text_of(server.last()) == text


def test_characters_that_would_break_out_of_the_answer_do_not(server: Server) -> None:
    server.platform.push(server.platform.text("oBreak", "三号楼]]></Content><x>&lt;路灯坏了"))
    assert server.platform.push(server.platform.text("oBreak", "进度")) is not None


def test_half_closed_connections_are_let_go(server: Server) -> None:
    where = (server.address.hostname or "", server.address.port or 0)
    head = f"POST {server.address.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n".encode()
    for sent in (b"", b"POST", head, head + b"<xml>"):
        with socket.create_connection(where, timeout=PATIENCE) as line:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            try:
                answer = line.recv(100)
            except ConnectionResetError:
                answer = b""
            assert b" 200 " not in answer
            assert b" 500 " not in answer


def test_slow_bodies_keep_nobody_waiting_and_end(server: Server) -> None:
    assert any(answered_before_forty_slow_ones(server) for _ in range(3)), "on a machine that stalls not each time"


def answered_before_forty_slow_ones(server: Server) -> bool:
    """Whether a message is answered while forty bodies are still waited for. Those end, too."""
    where = (server.address.hostname or "", server.address.port or 0)
    head = f"POST {server.address.path}?timestamp=1&nonce=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n".encode()
    lines = [socket.create_connection(where, timeout=PATIENCE) for _ in range(40)]
    try:
        for line in lines:
            line.sendall(head + b"<xml>")
        assert server.platform.push(server.platform.text("oQuick", "三号楼门口路灯坏了")) is not None
        waiting = not readable(lines, [], [], 0)[0]
        assert lines[0].recv(100).startswith(b"HTTP/1.1 408")
        return waiting
    finally:
        for line in lines:
            line.close()


def test_an_account_that_is_not_set_up_is_not_there(server: Server) -> None:
    callback = server.platform.callback(server.platform.text(OPENID, "路灯"))
    assert server.send(f"{server.address.path}/wxother?{urlencode(callback.query)}", callback.body) == 404


def test_the_url_check_echoes_only_to_the_platform(server: Server) -> None:
    assert server.platform.check_url()
    stranger = OfficialAccountPlatform(server.address.geturl(), OA_APP_ID, "wrong", OA_KEY)
    assert not stranger.check_url()
