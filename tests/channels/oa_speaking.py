"""What the tests of a speaking official account share: the simulator over real HTTP, its interfaces, the channel."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from wechatpy import WeChatClient

from bot.channels.base import Outcome, Outgoing
from bot.channels.http import Http
from bot.channels.oa_jobs import OfficialAccountMass
from bot.channels.oa_templates import Templates, read
from bot.channels.official_account import OfficialAccount
from bot.channels.wechat_api import WechatApi
from bot.channels.wechat_errors import OFFICIAL_ACCOUNT
from bot.platforms.oa_account import OaOptions
from bot.platforms.screens import Seen
from handlers.message import Incoming
from tests.platforms.callback import AES_KEY, APP_ID, TOKEN
from tests.platforms.oa_world import OaWorld, oa_world

PERSON = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
TICKET_FORM, SUBSCRIPTION = "ticket-form", "subscription-form"
OPTIONS = {
    "templates": {TICKET_FORM: ["character_string1", "thing2", "phrase3", "time4"]},
    "subscriptions": {SUBSCRIPTION: ["character_string1", "phrase2"]},
}
FORMS = read(
    {
        "template": [
            {
                "purpose": "ticket",
                "id": TICKET_FORM,
                "fields": {"character_string1": "number", "thing2": "what", "phrase3": "state", "time4": "due"},
            }
        ],
        "subscribe": [
            {
                "purpose": "ticket",
                "id": SUBSCRIPTION,
                "fields": {"character_string1": "number", "phrase2": "state"},
            }
        ],
    }
)
FORM = {
    "purpose": "accepted",
    "number": "1043",
    "what": "路灯不亮",
    "place": "翠苑一区3号楼",
    "state": "已接单",
    "due": "2026年3月2日 16:05",
    "when": "2026年3月2日 09:00",
    "unit": "翠苑物业",
    "phone": "0571-88880000",
    "link": "https://menkou.example/t/x",
}


class FromSimulator:
    """Tokens straight from the platform, without rows. ``fetched`` counts."""

    def __init__(self, world: OaWorld) -> None:
        self._world, self._token, self.fetched = world, "", 0

    def current(self) -> str:
        return self._token or self.renewed("")

    def renewed(self, dead: str) -> str:
        self.fetched += 1
        self._token = str(self._world.stable(force_refresh=bool(dead))["access_token"])
        return self._token


class Speaking:
    """An official account that speaks, and the platform that judges it."""

    def __init__(self, world: OaWorld, templates: Templates) -> None:
        self.world, self.act, self.faults = world, world.act, world.faults
        self.tokens = FromSimulator(world)
        self.base = f"{world.address}/oa"
        self.http = Http()
        self.api = WechatApi(self.base, self.tokens, OFFICIAL_ACCOUNT, http=self.http)
        self.channel = OfficialAccount(APP_ID, TOKEN, AES_KEY, api=self.api, templates=templates)
        self.mass = OfficialAccountMass(self.channel.door, self.api)

    @property
    def wechatpy(self) -> WeChatClient:
        """The same account by another client, for comparing requests."""
        client = WeChatClient(APP_ID, "", access_token=self.tokens.current(), auto_retry=False)
        client.API_BASE_URL = f"{self.base}/cgi-bin/"
        return client

    def says(self, text: str = "已受理", key: str = "k1", person: str | None = PERSON, **more: Any) -> Outcome:
        """Sends one message; its outcome."""
        (outcome,) = self.channel.send([Outgoing(key, text, person=person, **more)])
        return outcome

    def seen(self, person: str = PERSON) -> list[Seen]:
        """What the person was sent."""
        return [seen for seen in self.world.simulator.screens.of("oa", person) if seen.from_ != "me"]

    def requests(self, what: str) -> list[Any]:
        """The bodies that the platform took, of one interface."""
        return [entry.fields["request"] for entry in self.world.simulator.record.entries(what)]

    def came(self) -> list[Incoming]:
        """What was pushed to our callback so far."""
        assert self.world.account.settle()
        return self.world.ours.came


@contextlib.contextmanager
def speaking(forms: Templates = FORMS, **options: Any) -> Iterator[Speaking]:
    """Everything running; one person follows and wrote a minute ago."""
    with oa_world(OaOptions(**{**OPTIONS, **options})) as world:
        world.act.follow(PERSON)
        world.act.say(PERSON, "三号楼门口路灯不亮")
        world.clock.advance(61)
        yield Speaking(world, forms)
