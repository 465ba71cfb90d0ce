"""A simulated official account over real HTTP: a plain client of its interfaces, and the account itself."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.platforms.clock import PlatformClock
from bot.platforms.oa_account import OaAccount, OaOptions
from bot.platforms.oa_api import SimulatedOfficialAccount
from bot.platforms.simulator import Simulator, running
from tests.platforms.callback import AES_KEY, APP_ID, NOON, SECRET, TOKEN, Callback, callback

JPEG = b"\xff\xd8\xff\xe0" + bytes(60)
TICKET = "ticket-template"
TEMPLATES = {TICKET: ["thing1", "time2", "phrase3"]}
SUBSCRIPTION = "subscription-template"


class OaWorld:
    """The simulator, the account on it, our callback, and a client with a token."""

    def __init__(self, simulator: Simulator, account: SimulatedOfficialAccount, ours: Callback, address: str) -> None:
        self.simulator, self.account, self.ours, self.address = simulator, account, ours, address
        self.act, self.clock, self.faults = account.act, simulator.clock, simulator.faults
        self._token = ""

    # --- plain HTTP ------------------------------------------------------------------------------------------------

    def raw(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def json(self, method: str, path: str, fields: Any = None) -> dict[str, Any]:
        body = None if fields is None else json.dumps(fields, ensure_ascii=False).encode()
        found: dict[str, Any] = json.loads(self.raw(method, path, body)[2])
        return found

    def stable(self, **more: Any) -> dict[str, Any]:
        asked = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET, **more}
        return self.json("POST", "/oa/cgi-bin/stable_token", asked)

    def path(self, path: str, **query: str) -> str:
        """An interface's path with the token of now."""
        return f"/oa/cgi-bin/{path}?{urlencode({'access_token': self.stable()['access_token'], **query})}"

    def post(self, path: str, fields: Any) -> dict[str, Any]:
        return self.json("POST", self.path(path), fields)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return self.json("GET", self.path(path, **query))

    def errcode(self, path: str, fields: Any) -> int:
        return int(self.post(path, fields).get("errcode", 0))

    def upload(self, kind: str, data: bytes, name: str = "photo.jpg") -> dict[str, Any]:
        head = f'--b\r\nContent-Disposition: form-data; name="media"; filename="{name}"\r\n\r\n'.encode()
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        answer = self.raw("POST", self.path("media/upload", type=kind), head + data + b"\r\n--b--\r\n", headers)
        found: dict[str, Any] = json.loads(answer[2])
        return found

    # --- short forms -----------------------------------------------------------------------------------------------

    def tell(self, person: str, text: str = "好的") -> int:
        """A customer-service text; the errcode."""
        return self.errcode("message/custom/send", {"touser": person, "msgtype": "text", "text": {"content": text}})

    def mass(self, people: list[str], text: str = "停水通知", **more: Any) -> dict[str, Any]:
        asked = {"touser": people, "msgtype": "text", "text": {"content": text}, **more}
        return self.post("message/mass/send", asked)

    def template(self, person: str, template: str = TICKET, **values: str) -> dict[str, Any]:
        given = {"thing1": "电梯停了", "time2": "2025-11-21 12:00", "phrase3": "已受理", **values}
        data = {key: {"value": value} for key, value in given.items()}
        return self.post("message/template/send", {"touser": person, "template_id": template, "data": data})

    def texts(self, person: str) -> list[str]:
        return self.simulator.screens.texts("oa", person)

    def errcodes(self) -> list[int]:
        """Everything that was refused so far."""
        return [entry.fields["errcode"] for entry in self.simulator.record.entries("refused")]


@contextlib.contextmanager
def oa_world(options: OaOptions | None = None) -> Iterator[OaWorld]:
    """Everything running; the callback is saved in the console."""
    simulator = Simulator(clock=PlatformClock(NOON))
    given = options or OaOptions(templates=dict(TEMPLATES), subscriptions={SUBSCRIPTION: ["thing1"]})
    account = OaAccount(APP_ID, SECRET, TOKEN, AES_KEY)
    simulated = simulator.add(SimulatedOfficialAccount(simulator.ground, account, given))
    with callback() as ours, running(simulator) as address:
        simulated.act.set_callback(ours.address)
        yield OaWorld(simulator, simulated, ours, address)
