"""Builds the running program from its settings: the only place that knows concrete classes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot import fit
from bot.bell import Bell, RedisBell, SilentBell
from bot.channels.base import Channel
from bot.channels.http import Http
from bot.channels.kf import Kf
from bot.channels.kf_errors import KF
from bot.channels.memory import MemoryChannel
from bot.channels.official_account import OfficialAccount
from bot.channels.wechat_api import WechatApi
from bot.door_faults import FaultyDoors
from bot.moments import Clock, SampleClock, WallClock
from bot.screens import ScreenWriter
from bot.settings import Settings
from bot.token_sources import CorpToken
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


def build(settings: Settings) -> App:
    """The program as the settings say, on a migrated database."""
    engine = open_engine(settings.database_url, settings.data / "run" / "write")
    vault = Vault(settings.secret_keys)
    sample = settings.sample and is_sample(engine)
    try:
        fit.check(settings, engine, sample=sample)
    except fit.UnfitError:
        engine.dispose()
        raise
    clock: Clock = SampleClock() if sample else WallClock()
    bell: Bell = RedisBell(settings.redis_url) if settings.redis_url else SilentBell()
    app = App(settings=settings, engine=engine, vault=vault, clock=clock, bell=bell, sample=sample)
    app.doors_down = FaultyDoors(app.reading, clock.wall)
    if sample:
        app.channels[SAMPLE_DOOR] = MemoryChannel(ScreenWriter(app.writing), SAMPLE_DOOR)
    if settings.oa_app_id:
        account = OfficialAccount(
            settings.oa_app_id, settings.oa_token, settings.oa_aes_key, plaintext_allowed=settings.dev_plaintext
        )
        app.channels[account.door] = account
    if settings.kf_secret:
        customers = _customer_service(app)
        app.channels[customers.door] = customers
    return app


def _customer_service(app: App) -> Kf:
    settings, http = app.settings, Http()
    fetch = CorpToken(http, settings.wecom_api_base, settings.wecom_corp_id, settings.kf_secret)
    tokens = TokenRows(app, f"kf:{settings.wecom_corp_id}", fetch)
    api = WechatApi(settings.wecom_api_base, tokens, KF, http=http, wall=app.clock.wall)
    return Kf(settings.wecom_corp_id, settings.kf_token, settings.kf_aes_key, api)
