"""What the tests of 微信客服 share: one corporation with two accounts on a simulator, our channel over real HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.base import Outcome, Outgoing, RawRequest
from bot.channels.http import Http
from bot.channels.kf import Kf
from bot.channels.kf_errors import KF
from bot.channels.wechat_api import WechatApi
from bot.platforms.clock import PlatformClock
from bot.platforms.kf_api import Kf as Platform
from bot.platforms.kf_sessions import Account
from bot.platforms.official_account import Callback
from bot.platforms.simulator import Simulator, running
from bot.platforms.wecom_api import Wecom
from bot.platforms.wecom_push import WecomCallback
from bot.token_sources import CorpToken

CORP, SECRET, TOKEN, KEY = "ww5823bf96d3bd56c7", "kf-secret", "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
DESK, OTHER, LIU, WANG, CLERK = "wkDesk", "wkOther", "wmLiu", "wmWang", "lisi"
DOOR = f"kf:{CORP}"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = int(NOW.timestamp())


class OneToken:
    """A token held in memory."""

    def __init__(self, fetch: CorpToken) -> None:
        self._fetch = fetch
        self._token = ""

    def current(self) -> str:
        self._token = self._token or self._fetch(None)[0]
        return self._token

    def renewed(self, dead: str) -> str:
        self._token = self._fetch(dead)[0]
        return self._token


@dataclass
class Desk:
    """The platform with its people, and our channel."""

    simulator: Simulator
    platform: Platform
    base: str
    channel: Kf

    @property
    def people(self) -> Any:
        """What customers and staff do."""
        return self.platform.people

    def texts(self, person: str = LIU) -> list[str]:
        """What a customer was told."""
        return self.simulator.screens.texts("kf", person)

    def send(self, text: str = "已受理", key: str = "a" * 32, **more: Any) -> Outcome:
        """One message to Liu."""
        one = Outgoing(key=key, text=text, **{"person": f"{DESK}/{LIU}", **more})
        (outcome,) = self.channel.send([one])
        return outcome

    def pushed(self, token: str = "ENChint", account: str = DESK) -> RawRequest:
        """A callback as the web hands it on."""
        callback: WecomCallback = self.platform.bell.callback
        return request(callback.callback(callback.kf_event(token, account)))


def request(callback: Callback, **query: str) -> RawRequest:
    """A callback with parts of its query replaced."""
    return RawRequest(callback.body, {**callback.query, **query}, NOW)


@contextlib.contextmanager
def desk(clock: PlatformClock | None = None, **options: Any) -> Iterator[Desk]:
    """Everything, served. The clock is the real one unless another is given."""
    simulator = Simulator(clock=clock or PlatformClock())
    wecom = simulator.add(Wecom(simulator.ground, corp_id=CORP, agent_id=1, secret="app", token=TOKEN, aes_key=KEY))
    platform = simulator.add(
        Platform(
            wecom,
            secret=SECRET,
            token=TOKEN,
            aes_key=KEY,
            accounts=[Account(DESK, "梧桐里社区"), Account(OTHER, "街道")],
            servicers=[CLERK],
            **options,
        )
    )
    with running(simulator) as address:
        base, http = f"{address}/wecom", Http()
        api = WechatApi(base, OneToken(CorpToken(http, base, CORP, SECRET)), KF, http=http)
        yield Desk(simulator, platform, base, Kf(CORP, TOKEN, KEY, api))
