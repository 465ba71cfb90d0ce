"""Builds the running program from its settings: the only place that knows concrete classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot import fit
from bot.bell import Bell, RedisBell, SilentBell
from bot.channels import oa_templates
from bot.channels.base import Channel
from bot.channels.http import Http
from bot.channels.kf import Kf
from bot.channels.kf_errors import KF
from bot.channels.memory import MemoryChannel
from bot.channels.oa_jobs import OfficialAccountMass
from bot.channels.official_account import OfficialAccount
from bot.channels.sms import PhoneChannel, Port
from bot.channels.wechat_api import WechatApi
from bot.channels.wechat_errors import OFFICIAL_ACCOUNT, WECOM
from bot.channels.wecom import WecomApp
from bot.door_faults import FaultyDoors
from bot.moments import Clock, SampleClock, WallClock
from bot.policy_file import policy_of
from bot.screens import ScreenWriter
from bot.settings import Settings
from bot.token_sources import CorpToken, StableToken
from bot.tokens import TokenRows
from bot.transactions import read_session, write_session
from handlers.rules.deadlines import Policy
from storage.deployment import Mark
from storage.engine import open_engine
from storage.vault import Vault

SAMPLE_DOOR = "memory:sample"


@dataclass(slots=True)
class App:
    """Everything a process needs. Transactions are opened with ``writing`` and ``reading``, only in ``bot/``."""

    settings: Settings
    engine: Engine
    vault: Vault
    clock: Clock
    bell: Bell
    sample: bool = False
    strict: bool = False  # replays and tests: an error of a handler is raised, not put away with the message
    policy: Policy = field(default_factory=Policy)
    channels: dict[str, Channel] = field(default_factory=dict)
    bulk: dict[str, Channel] = field(default_factory=dict)  # another way out of the same doors, for notices
    doors_down: Callable[[], frozenset[str]] = frozenset  # doors that somebody has to mend

    def writing(self) -> AbstractContextManager[Session]:
        """A transaction that commits at the end of the block and rolls back on an error."""
        return write_session(self.engine)

    def reading(self) -> AbstractContextManager[Session]:
        """A consistent look that writes nothing."""
        return read_session(self.engine)

    def speaking_doors(self) -> frozenset[str]:
        """The doors that can speak to a person now, unasked."""
        able = {door for door, channel in self.channels.items() if channel.abilities.speaks == "now"}
        return frozenset(able - self.doors_down())

    def close(self) -> None:
        """Gives back connections."""
        self.bell.close()
        self.engine.dispose()


def is_sample(engine: Engine) -> bool:
    """Whether this database was marked as the sample neighbourhood."""
    with read_session(engine) as db:
        return db.scalar(select(Mark.value).where(Mark.name == "sample")) is not None


def build(settings: Settings, *, http: Http | None = None, clock: Clock | None = None) -> App:
    """The program as the settings say, on a migrated database. A test brings shorter limits and a clock of its own."""
    engine = open_engine(settings.database_url, settings.data / "run" / "write")
    vault = Vault(settings.secret_keys)
    sample = settings.sample and is_sample(engine)
    try:
        fit.check(settings, engine, sample=sample)
    except fit.UnfitError:
        engine.dispose()
        raise
    clock = clock or (SampleClock() if sample else WallClock())
    bell: Bell = RedisBell(settings.redis_url) if settings.redis_url else SilentBell()
    app = App(settings=settings, engine=engine, vault=vault, clock=clock, bell=bell, sample=sample)
    app.policy = policy_of(settings)
    app.doors_down = FaultyDoors(app.reading, clock.wall)
    if sample:
        app.channels[SAMPLE_DOOR] = MemoryChannel(ScreenWriter(app.writing), SAMPLE_DOOR)
    http = http or Http()
    for channel in (*_official_account(app, http), *_wecom(app, http), *_phones(settings, http)):
        app.channels[channel.door] = channel
    return app


def _official_account(app: App, http: Http) -> Iterator[Channel]:
    """Without the address of its interfaces (an account that may use none) it only answers."""
    settings = app.settings
    if not settings.oa_app_id:
        return
    api, templates = None, None
    if settings.oa_api_base:
        door = f"oa:{settings.oa_app_id}"
        token = StableToken(app, door, http, settings.oa_api_base, settings.oa_app_id, settings.oa_app_secret)
        tokens = TokenRows(app, door, token)
        api = WechatApi(settings.oa_api_base, tokens, OFFICIAL_ACCOUNT, http=http, wall=app.clock.wall)
        templates = oa_templates.load(settings.oa_templates) if settings.oa_templates is not None else None
        app.bulk[door] = OfficialAccountMass(door, api, wall=app.clock.wall)
    yield OfficialAccount(
        settings.oa_app_id,
        settings.oa_token,
        settings.oa_aes_key,
        plaintext_allowed=settings.dev_plaintext,
        api=api,
        templates=templates,
    )


def _wecom(app: App, http: Http) -> Iterator[Channel]:
    """The staff's app and 微信客服: one corporation, a token for each secret."""
    settings = app.settings
    base, corp_id = settings.wecom_api_base, settings.wecom_corp_id
    if settings.wecom_secret:
        door = f"wecom:{corp_id}:{settings.wecom_agent_id}"
        tokens = TokenRows(app, door, CorpToken(http, base, corp_id, settings.wecom_secret))
        api = WechatApi(base, tokens, WECOM, http=http, wall=app.clock.wall)
        yield WecomApp(corp_id, settings.wecom_agent_id, settings.wecom_token, settings.wecom_aes_key, api)
    if settings.kf_secret:
        tokens = TokenRows(app, f"kf:{corp_id}", CorpToken(http, base, corp_id, settings.kf_secret))
        api = WechatApi(base, tokens, KF, http=http, wall=app.clock.wall)
        yield Kf(corp_id, settings.kf_token, settings.kf_aes_key, api)


def _phones(settings: Settings, http: Http) -> Iterator[Channel]:
    """SMS and calls, behind one address."""
    if settings.sms_url:
        port = Port(settings.sms_url, settings.sms_token, http)
        yield from (PhoneChannel("sms", port), PhoneChannel("voice", port))
