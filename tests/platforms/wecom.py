"""A corp with an app on a simulator with a virtual clock, a plain client, and a small listening server."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.clock import PlatformClock
from bot.platforms.sealing import PlatformSeal
from bot.platforms.simulator import Simulator, running
from bot.platforms.wecom_api import Wecom
from bot.platforms.wecom_contacts import Department, Member
from bot.platforms.wecom_xml import rendered

CORP, AGENT, SECRET, CONTACTS_SECRET = "ww5823bf96d3bd56c7", 1000002, "app-secret", "contacts-secret"
TOKEN, KEY = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
START = 1_795_330_800.0  # 2026-11-22 15:00 in Shanghai
MEMBERS = (
    Member("ZhangSan", "张三", [2], "网格员", tags=[7]),
    Member("lisi", "李四", [2, 3]),
    Member("wangwu", "王五", [3]),
    Member("unpaid", "赵六", [3], licensed=False),
    Member("hidden", "孙七", [1], visible=False),
)
DEPARTMENTS = (Department(2, "第一网格"), Department(3, "第二网格", 2))
EVERYBODY = "ZhangSan|lisi|wangwu"


@dataclass
class Client:
    """Calls the interfaces as a server does."""

    base: str
    token: str = ""
    prefix: str = "/wecom/cgi-bin/"

    def fetch_token(self, secret: str = SECRET, corp: str = CORP) -> dict[str, Any]:
        """``gettoken``; the token is used from now on."""
        query = urllib.parse.urlencode({"corpid": corp, "corpsecret": secret})
        answer = self.request("GET", f"gettoken?{query}")
        self.token = answer.get("access_token", self.token)
        return answer

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """One GET with the token."""
        return self.request("GET", f"{path}?{urllib.parse.urlencode({'access_token': self.token, **query})}")

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One POST with the token."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        return self.request("POST", f"{path}?access_token={self.token}", raw)

    def upload(self, kind: str, name: str, data: bytes) -> dict[str, Any]:
        """``media/upload``."""
        head = (
            f'--edge\r\nContent-Disposition: form-data; name="media"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + data + b"\r\n--edge--\r\n"
        path = f"media/upload?access_token={self.token}&type={kind}"
        return self.request("POST", path, body, {"Content-Type": "multipart/form-data; boundary=edge"})

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """The answer as JSON."""
        _, _, raw = self.raw(method, path, body, headers)
        answer: dict[str, Any] = json.loads(raw)
        return answer

    def raw(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and bytes of the answer."""
        connection = http.client.HTTPConnection(self.base.removeprefix("http://"), timeout=30)
        with contextlib.closing(connection):
            connection.request(method, self.prefix + path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()


@dataclass
class World:
    """Everything a test needs."""

    simulator: Simulator
    wecom: Wecom
    client: Client

    def card(self, person: str) -> Any:
        """The newest card on a screen."""
        return [seen for seen in self.simulator.screens.of("wecom", person) if seen.card][-1]

    def advance(self, seconds: float) -> None:
        """The clock moves on, and the client fetches a token that lives."""
        self.simulator.clock.advance(seconds)
        self.client.fetch_token()


@contextlib.contextmanager
def world(before: Callable[[World], object] | None = None, **options: Any) -> Iterator[World]:
    """A simulator that is served, with a token fetched. ``before`` adds to it before it is served."""
    simulator = Simulator(clock=PlatformClock(START))
    settings: dict[str, Any] = {
        "corp_id": CORP,
        "agent_id": AGENT,
        "secret": SECRET,
        "token": TOKEN,
        "aes_key": KEY,
        "contacts_secret": CONTACTS_SECRET,
        "members": MEMBERS,
        "departments": DEPARTMENTS,
        **options,
    }
    wecom = simulator.add(Wecom(simulator.ground, **settings))
    made = World(simulator, wecom, Client(""))
    if before:
        before(made)
    with running(simulator) as made.client.base:
        made.client.fetch_token()
        yield made


@dataclass
class Listener:
    """Our side of a callback. ``answers`` are used up one by one; then everything is answered with nothing."""

    address: str
    seal: PlatformSeal
    heard: list[str] = field(default_factory=list)
    answers: list[Callable[[str], tuple[int, bytes]]] = field(default_factory=list)

    def sealed(self, fields: dict[str, Any], *, signature: str | None = None) -> bytes:
        """An answer in its envelope."""
        encrypted = self.seal.encrypt(rendered(fields))
        signed = signature or self.seal.sign("1795330800", "nonce", encrypted)
        return rendered(
            {"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": 1_795_330_800, "Nonce": "nonce"},
        )

    def will_answer(self, person: str, kind: str, **fields: Any) -> None:
        """The next push is answered with this reply."""
        common = {"ToUserName": person, "FromUserName": CORP, "CreateTime": 1_795_330_800, "MsgType": kind}
        self.answers.append(lambda message: (200, self.sealed({**common, **fields})))


@contextlib.contextmanager
def listening() -> Iterator[Listener]:
    """A server that decrypts what it is pushed, with the platform's own seal: it tries the platform, not us."""
    listener = Listener("", PlatformSeal(TOKEN, KEY, CORP))

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            encrypted = body.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
            message = listener.seal.decrypt(encrypted).decode()
            listener.heard.append(message)
            answer = listener.answers.pop(0) if listener.answers else lambda message: (200, b"")
            self._send(*answer(message))

        def do_GET(self) -> None:
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
            self._send(200, listener.seal.decrypt(query["echostr"][0]))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.address = f"http://127.0.0.1:{server.server_port}/callback/wecom"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
