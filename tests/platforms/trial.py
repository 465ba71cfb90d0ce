"""``menkou simulator`` and ``menkou up`` as processes, each with the lines that the first prints for the second."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests import warm

START_SECONDS = 60.0  # generous: the machine may be busy with the other tests
STOP_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean() -> dict[str, str]:
    """The environment without anything of a deployment."""
    own = ("MENKOU_", "PORT", "DATABASE_URL", "REDIS_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)}


def menkou(*arguments: str, settings: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    return warm.run("bot.cli", *arguments, env={**clean(), **(settings or {})}, timeout=START_SECONDS)


def read(said: str) -> dict[str, str]:
    """The settings of lines for a shell."""
    pairs = [shlex.split(line)[1].partition("=") for line in said.splitlines() if line.startswith("export ")]
    return {name: value for name, _, value in pairs}


@dataclass
class Started:
    """A running simulator. ``settings`` are the lines that it printed."""

    process: warm.Process
    address: str
    port: int
    callback: str
    said: str
    settings: dict[str, str]
    client: httpx.Client = field(repr=False)

    def act(self, door: str, act: str, person: str, **more: Any) -> Any:
        answer = self.client.post(f"/admin/act/{door}", json={"act": act, "person": person, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def check(self, door: str) -> bool:
        """Whether our server passes the check of its address."""
        return bool(self.client.post(f"/admin/act/{door}", json={"act": "check_callback"}).json()["result"])

    def screen(self, door: str, person: str) -> list[dict[str, Any]]:
        seen: list[dict[str, Any]] = self.client.get("/admin/screens", params={"door": door, "person": person}).json()[
            "seen"
        ]
        return seen

    def hears(self, door: str, person: str, words: str) -> None:
        """Waits until something with these words is on a screen."""
        wait_for(lambda: any(words in seen["text"] and seen["from_"] != "me" for seen in self.screen(door, person)))

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


def wait_for(done: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@contextlib.contextmanager
def simulator(data: Path, *more: str) -> Iterator[Started]:
    """The command, until the block ends."""
    port, callback = free_port(), f"http://127.0.0.1:{free_port()}"
    arguments = ["--port", str(port), "--data", str(data), "--callback", callback, *more]
    with warm.talking("bot.cli", "simulator", *arguments, env=clean()) as process:
        try:
            said = _greeting(process)
            address = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=address, trust_env=False, verify=False, timeout=STOP_SECONDS) as client:
                yield Started(process, address, port, callback, said, read(said), client)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(STOP_SECONDS)


def _greeting(process: warm.Talking) -> str:
    said = ""
    for line in process.stdout:
        said += line
        if line == "menkou up\n":
            return said
    raise AssertionError(said)


@contextlib.contextmanager
def up(started: Started) -> Iterator[str]:
    """A deployment of the invented neighbourhood with exactly the settings that were printed; yields its address."""
    for command in (("migrate",), ("seed", "--households", "120"), ("staff", "bind", "wecom", "--yes")):
        done = menkou(*command, settings=started.settings)
        assert done.returncode == 0, done.stderr
    with (Path(started.settings["MENKOU_DATA"]) / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "up"], env={**clean(), **started.settings}, stdout=said, stderr=said
        )
        try:
            wait_for(lambda: process.poll() is not None or _is_ready(started.callback))
            assert process.poll() is None
            yield started.callback
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_SECONDS)


def _is_ready(address: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{address}/readyz", trust_env=False, verify=False).status_code == 200
    return False
