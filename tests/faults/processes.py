"""A deployment of real processes: each a ``menkou …`` command, as on several hosts, started and killed here."""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.bell import SilentBell
from bot.platforms.official_account import OfficialAccountPlatform
from bot.settings import Settings
from bot.wiring import App, build
from tests import warm
from tests.channels.vectors import OA_APP_ID, OA_KEY, OA_TOKEN
from tests.conftest import SECRET_KEY

PATIENCE = 30.0  # seconds for a process to get going on a busy machine


@dataclass
class Process:
    """One running command and what it writes."""

    command: tuple[str, ...]
    popen: warm.Process
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """The way the kernel ends what uses too much memory."""
        self.popen.kill()
        self.popen.wait()

    def freeze(self) -> None:
        self.popen.send_signal(signal.SIGSTOP)

    def stop(self) -> int:
        self.popen.send_signal(signal.SIGCONT)
        self.popen.terminate()
        try:
            return self.popen.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL


@dataclass
class Deployment:
    """One database and data folder; processes come and go."""

    settings: Settings
    redis_url: str | None = None
    extra: dict[str, str] = field(default_factory=dict)
    running: list[Process] = field(default_factory=list)

    def start(self, *command: str, port: int = 0, **environ: str) -> Process:
        """``menkou <command>`` in a process of its own."""
        log = self.settings.data / f"{command[0]}-{len(self.running)}.log"
        with log.open("wb") as file:
            popen = warm.start("bot.cli", *command, env=self._environ(port) | environ, output=file)
        self.running.append(Process(command, popen, log))
        return self.running[-1]

    def web(self, port: int = 0) -> tuple[Process, str]:
        """A web process that answers, and the address of its callback."""
        port = port or free_port()
        process = self.start("web", port=port)
        self.await_web(process, port)
        return process, f"http://127.0.0.1:{port}/callback/oa"

    def await_web(self, process: Process, port: int) -> None:
        until(lambda: _answers(port) or process.popen.poll() is not None)
        assert process.popen.poll() is None, process.said

    def app(self) -> App:
        """The program in this process, on the same database and behind the same gate; it rings no bell."""
        app = build(self.settings)
        app.bell = SilentBell()
        return app

    def end(self) -> None:
        for process in self.running:
            if process.popen.poll() is None:
                process.popen.kill()
            process.popen.wait()

    def _environ(self, port: int) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MENKOU_")}
        kept.pop("REDIS_URL", None)
        given = {
            "DATABASE_URL": self.settings.database_url,
            "MENKOU_DATA": str(self.settings.data),
            "MENKOU_SECRET_KEY": base64.b64encode(SECRET_KEY).decode(),
            "MENKOU_OA_APP_ID": OA_APP_ID,
            "MENKOU_OA_APP_SECRET": "0" * 32,
            "MENKOU_OA_TOKEN": OA_TOKEN,
            "MENKOU_OA_AES_KEY": OA_KEY,
            "MENKOU_OA_API_BASE": "http://127.0.0.1:9",  # nobody answers there: no test calls the real platform
            "PYTHONUNBUFFERED": "1",
        }
        if port:
            given["PORT"] = str(port)
        if self.redis_url:
            given["REDIS_URL"] = self.redis_url
        return kept | given | self.extra


@contextlib.contextmanager
def deployment(settings: Settings, redis_url: str | None = None, **extra: str) -> Iterator[Deployment]:
    """Whatever is started on it is ended at the end."""
    made = Deployment(settings, redis_url, dict(extra))
    try:
        yield made
    finally:
        made.end()


def with_account(settings_of: Callable[..., Settings], **given: object) -> Settings:
    """Settings with an official account, as the processes have them."""
    given.setdefault("oa_api_base", "")  # it only answers, unless a test says where its interfaces are
    return settings_of(oa_app_id=OA_APP_ID, oa_app_secret="0" * 32, oa_token=OA_TOKEN, oa_aes_key=OA_KEY, **given)


def platform(address: str) -> OfficialAccountPlatform:
    """The platform's pushing side, encrypted, over real HTTP."""
    return OfficialAccountPlatform(address, OA_APP_ID, OA_TOKEN, OA_KEY)


def until(true: Callable[[], bool], seconds: float = PATIENCE, what: str = "it did not happen") -> None:
    """Waits for something to become true. Fails after so many seconds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _answers(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        line.close()
