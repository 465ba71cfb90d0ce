"""Starts what is measured, each in a process of its own on a free port, and ends it."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bot.bench import werobot_echo

START_SECONDS = 30.0
STOP_SECONDS = 20.0


class NotStarted(Exception):
    """A server did not answer in time, or ended; the message is one sentence."""


def yardsticks() -> list[str]:
    """The servers that WeRoBot can run on here, its default first."""
    return [
        name
        for name, module in werobot_echo.SERVERS.items()
        if module is None or importlib.util.find_spec(module) is not None
    ]


@contextlib.contextmanager
def werobot(server: str) -> Iterator[int]:
    """WeRoBot's echo; yields its port."""
    port = _free_port()
    # Its default server logs every request and cannot be told not to.
    with _process("bot.bench.werobot_echo", [str(port), server], b"", port, stderr=subprocess.DEVNULL):
        yield port


@contextlib.contextmanager
def wechatpy() -> Iterator[int]:
    """The echo of wechatpy's enterprise side; yields its port."""
    port = _free_port()
    with _process("bot.bench.wechatpy_echo", [str(port)], b"", port):
        yield port


@contextlib.contextmanager
def menkou(data: Path, database_url: str, door: str = "oa") -> Iterator[int]:
    """Menkou's web process; yields its port. After the block it has ended in good order."""
    port = _free_port()
    given = json.dumps({"data": str(data), "database_url": database_url, "port": port, "door": door})
    with _process("bot.bench.menkou_web", [], given.encode(), port):
        yield port


@contextlib.contextmanager
def listening(data: Path, database_url: str, door: str, platform: str) -> Iterator[None]:
    """Menkou's process that fetches, from the platform at this address."""
    given = {"data": str(data), "database_url": database_url, "port": 1, "door": door, "platform": platform}
    with _process("bot.bench.menkou_web", ["listen"], json.dumps(given).encode(), None):
        yield


@contextlib.contextmanager
def kf_platform(file: Path) -> Iterator[int]:
    """Something that hands out the messages in ``file`` as 微信客服 does; yields its port."""
    port = _free_port()
    with _process("bot.bench.kf_platform", [str(port), str(file)], b"", port):
        yield port


@contextlib.contextmanager
def platform(delay_ms: int) -> Iterator[int]:
    """Something that answers as a platform does, so late; yields its port."""
    port = _free_port()
    with _process("bot.bench.platform", [str(port), str(delay_ms)], b"", port):
        yield port


@contextlib.contextmanager
def notice_platform(delay_ms: int, seed: int = 1) -> Iterator[int]:
    """Something that takes notices as two platforms do, and remembers whom it reached; yields its port."""
    port = _free_port()
    with _process("bot.bench.notice_platform", [str(port), str(delay_ms), str(seed)], b"", port):
        yield port


@contextlib.contextmanager
def _process(
    module: str, arguments: list[str], given: bytes, port: int | None, stderr: int | None = None
) -> Iterator[None]:
    """A process that is there once its port answers; one without a port, at once."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        start_new_session=True,  # Ctrl-C is this process's business
    )
    try:
        assert process.stdin is not None
        process.stdin.write(given)
        process.stdin.close()
        if port is not None:
            _wait(process, module, port)
        yield
        process.terminate()
        process.wait(STOP_SECONDS)
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], module: str, port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise NotStarted(f"{module} did not start.")


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
