"""What the tests of the official account share: one account, its platform, and requests as the web hands them on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.channels.base import Answer, RawRequest
from bot.channels.official_account import OfficialAccount
from bot.platforms.official_account import Callback, HttpAnswer, OfficialAccountPlatform, Push
from handlers.message import Incoming
from tests.channels.vectors import OA_APP_ID, OA_KEY, OA_TOKEN

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = int(NOW.timestamp())
RESIDENT = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
ACCOUNT = "gh_97417a04a28d"

channel = OfficialAccount(OA_APP_ID, OA_TOKEN, OA_KEY)
development = OfficialAccount(OA_APP_ID, OA_TOKEN, OA_KEY, plaintext_allowed=True)


def no_network(method: str, address: str, body: bytes | None) -> HttpAnswer:
    raise AssertionError("this test needs no network")


safe = OfficialAccountPlatform("", OA_APP_ID, OA_TOKEN, OA_KEY, call=no_network, clock=NOW.timestamp)
both = OfficialAccountPlatform("", OA_APP_ID, OA_TOKEN, OA_KEY, mode="both", call=no_network, clock=NOW.timestamp)
in_json = OfficialAccountPlatform(
    "", OA_APP_ID, OA_TOKEN, OA_KEY, data_format="json", call=no_network, clock=NOW.timestamp
)
plain = OfficialAccountPlatform("", OA_APP_ID, OA_TOKEN, OA_KEY, mode="plain", call=no_network, clock=NOW.timestamp)


def request(callback: Callback, **query: str) -> RawRequest:
    """The callback as the web hands it on, with parts of its query replaced."""
    return RawRequest(callback.body, {**callback.query, **query}, NOW)


def signed(message: bytes, outer: Mapping[str, str] | None = None) -> RawRequest:
    """Any bytes, correctly sealed and signed."""
    return request(safe.sealed(safe.seal.encrypt(message)), **(outer or {}))


def taken_in(push: Push, platform: OfficialAccountPlatform = safe, by: OfficialAccount = channel) -> Incoming:
    """The push as the channel understands it."""
    return by.verify_and_parse(request(platform.callback(push)))


def heard(
    push: Push, text: str | None, platform: OfficialAccountPlatform = safe, by: OfficialAccount = channel
) -> str | None:
    """What the person reads when the bot answers ``text``, judged by the platform."""
    asked = request(platform.callback(push))
    answer: Answer = by.answer(asked, by.verify_and_parse(asked), text)
    return platform.read(push, HttpAnswer(200, answer.body))
