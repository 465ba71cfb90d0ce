"""The web as people meet it: the real application on a real port of this machine, over a sample neighbourhood."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url

from bot import deliver, seed, wiring
from bot.receive import Intake
from bot.settings import Settings
from bot.transactions import open_database, write_connection
from bot.web.app import create_app
from bot.web.server import Server, configuration, listen
from bot.wiring import App
from storage.deployment import Screen

RESIDENTS, STAFF = "wutongli", "wutong-work"
START_SECONDS = 30.0  # to start and to stop, on a busy machine
WANG, LI, ZHAO, QIN = "wang-guilan", "li-jianjun", "zhao-min", "qin-lan"


@dataclass
class Site:
    """A running web process in a thread, and a client that knows where it is."""

    app: App
    server: Server
    client: httpx.Client
    thread: threading.Thread
    said: list[str] = field(default_factory=list)

    def say(self, speaker: str, text: str, chat: str | None = None, **more: object) -> httpx.Response:
        """Somebody says something, and the bot's answers are delivered."""
        answer = self.client.post("/playground/say", json={"speaker": speaker, "chat": chat, "text": text, **more})
        deliver.run(self.app)
        return answer

    def screen(self, address: str) -> list[Screen]:
        """Everything on a screen, oldest first."""
        with self.app.reading() as db:
            return list(db.query(Screen).filter_by(address=address).order_by(Screen.id))

    def stop(self) -> float:
        """Tells the server to stop, as Ctrl-C does; answers how long it took."""
        begun = time.monotonic()
        self.server.should_exit = True
        self.thread.join(START_SECONDS)
        return time.monotonic() - begun


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[Site]:
    """Serves until the block ends."""
    door = listen("127.0.0.1", 0)
    port = door.getsockname()[1]
    app = wiring.build(settings)
    web = create_app(app, Intake(app))
    server = Server(configuration(web), web)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    # verify: to load the certificates of the world for a client that speaks plainly takes longer than most tests.
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, verify=False, timeout=20) as client, door:
        site = Site(app, server, client, thread)
        try:
            yield site
        finally:
            site.stop()


@pytest.fixture
def sample_settings(make_settings: Callable[..., Settings], database_url: str) -> Settings:
    """Settings of a sample neighbourhood, on both engines."""
    return _sown(make_settings(database_url=database_url, sample=True, metrics_token="a-token-for-figures"))


@pytest.fixture
def site(sample_settings: Settings) -> Iterator[Site]:
    """The sample neighbourhood, served; on both engines."""
    with running(sample_settings) as site:
        yield site


@pytest.fixture
def quick_site(make_settings: Callable[..., Settings], sqlite_url: str) -> Iterator[Site]:
    """The same on SQLite only, for what has nothing to do with the database."""
    with running(
        _sown(make_settings(database_url=sqlite_url, sample=True, metrics_token="a-token-for-figures"))
    ) as site:
        yield site


@pytest.fixture
def plain_site(make_settings: Callable[..., Settings], sqlite_url: str) -> Iterator[Site]:
    """A deployment that is no sample."""
    with running(_sown(make_settings(database_url=sqlite_url, metrics_token="a-token-for-figures"))) as site:
        yield site


def _sown(settings: Settings) -> Settings:
    """An invented neighbourhood in this empty database; on SQLite the file is made once, and is then copied."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        _sow(settings)
        return settings
    file, kind = Path(str(url.database)), (settings.sample, settings.secret_keys)
    if kind not in _files:
        _sow(settings)
        _files[kind] = file.read_bytes()
    else:
        file.write_bytes(_files[kind])
    return settings


_files: dict[tuple[bool, tuple[bytes, ...]], bytes] = {}


def _sow(settings: Settings) -> None:
    engine = open_database(settings)
    with write_connection(engine) as connection:
        seed.fill(connection, settings, households=120)
    engine.dispose()
