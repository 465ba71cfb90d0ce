"""What the tests of the WeCom app share: one app, its platform, and requests as the web hands them on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from bot.channels.base import Answer, Closed, RawRequest
from bot.channels.wechat_api import WechatApi
from bot.channels.wechat_errors import WECOM
from bot.channels.wecom import WecomApp
from bot.channels.wecom_sending import Sending
from bot.platforms.calls import Ground
from bot.platforms.clock import PlatformClock
from bot.platforms.official_account import Callback, HttpAnswer
from bot.platforms.wecom_push import Push, WecomCallback
from bot.platforms.wecom_xml import Reply, rendered
from handlers.message import Incoming
from tests.channels.vectors import WECOM_KEY, WECOM_TOKEN
from tests.platforms.wecom import AGENT, CORP, START, Client, World, world

NOW = datetime.fromtimestamp(START, UTC)
SECOND = int(START)
STAFF = "ZhangSan"
DOOR = f"wecom:{CORP}:{AGENT}"

channel = WecomApp(CORP, str(AGENT), WECOM_TOKEN, WECOM_KEY)


def no_network(method: str, address: str, body: bytes | None) -> HttpAnswer:
    raise AssertionError("this test needs no network")


platform = WecomCallback(
    Ground(PlatformClock(START)), CORP, WECOM_TOKEN, WECOM_KEY, agent_id=AGENT, call=no_network
)  # a virtual clock that stands still


def request(callback: Callback, **query: str) -> RawRequest:
    """The callback as the web hands it on, with parts of its query replaced."""
    return RawRequest(callback.body, {**callback.query, **query}, NOW)


def signed(message: bytes) -> RawRequest:
    """Any bytes, correctly sealed and signed."""
    return request(platform.sealed(platform.seal.encrypt(message)))


def taken_in(push: Push, by: WecomApp = channel) -> Incoming:
    """The push as the channel understands it."""
    return by.verify_and_parse(request(platform.callback(push)))


def heard(push: Push, text: str | None, by: WecomApp = channel) -> Reply:
    """What becomes of the bot's answer ``text``, judged by the platform."""
    asked = request(platform.callback(push))
    answer: Answer = by.answer(asked, by.verify_and_parse(asked), text)
    return platform.read(push, HttpAnswer(200, answer.body))


def pressed(key: str, task: str = "t@1", sender: str = STAFF, **fields: Any) -> Push:
    """A button of a card was pressed."""
    card = {"EventKey": key, "TaskId": task, "CardType": "button_interaction", "ResponseCode": "code-1"}
    return platform.event(sender, "template_card_event", **card, **fields)


def changed(push: Push, fields: Mapping[str, Any]) -> RawRequest:
    """The push with some fields replaced; None leaves one out."""
    whole = {name: value for name, value in {**push.fields, **fields}.items() if value is not None}
    return signed(rendered(whole))


class Fetched:
    """Tokens as a sender needs them, straight from the platform; the real ones are rows."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def current(self) -> str:
        return self._client.token or self.renewed("")

    def renewed(self, dead: str) -> str:
        answer = self._client.fetch_token()
        if answer["errcode"]:
            raise Closed(f"no token: errcode {answer['errcode']}")
        return self._client.token


@dataclasses.dataclass
class Office:
    """A corp on a simulator, and our app that writes to its people."""

    corp: World
    app: WecomApp

    def screen(self, person: str) -> list[str]:
        """What a person was told."""
        return self.corp.simulator.screens.texts("wecom", person)

    def requests(self, path: str = "message/send") -> list[dict[str, Any]]:
        """The bodies of every call of an interface that was accepted, also of repeats."""
        return [entry.fields["request"] for entry in self.corp.simulator.record.entries(path, "wecom")]

    def on(self, fault: str, **options: Any) -> None:
        """Switches a fault on."""
        self.corp.simulator.faults.on(fault, **options)


@contextmanager
def office(tick: Any = None, **options: Any) -> Iterator[Office]:
    """The simulator is served on loopback; ``tick`` is the clock of the pace."""
    with world(**options) as corp:
        api = WechatApi(f"{corp.client.base}/wecom", Fetched(corp.client), WECOM)
        app = WecomApp(CORP, str(AGENT), WECOM_TOKEN, WECOM_KEY, api)
        if tick is not None:
            app._sending = Sending(api, AGENT, tick)
        yield Office(corp, app)
