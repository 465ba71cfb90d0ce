"""The adapter that docs/sms-port.md prints, taken from the page and run as a process of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.channels.base import Closed, Outgoing, TryLater
from bot.channels.http import Http
from bot.channels.sms import NotWell, PhoneChannel, Port

PAGE = Path(__file__).parents[2] / "docs" / "sms-port.md"
TOKEN, NUMBER = "a-token", "13800000001"
MOST_LINES = 36


def printed() -> str:
    """The one block of Python on the page."""
    [code] = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return str(code)


class Adapter:
    """The program, started and stopped on one folder."""

    def __init__(self, folder: Path, code: str) -> None:
        self.folder = folder
        (folder / "adapter.py").write_text(code, encoding="utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environ = {**os.environ, "SMS_TOKEN": TOKEN, "PORT": str(self.port), "PYTHONIOENCODING": "utf-8"}
        with (self.folder / "out").open("ab") as out, (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "adapter.py"], cwd=self.folder, env=environ, stdout=out, stderr=log
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.channel().port.check()
                return
            except NotWell:
                time.sleep(0.02)
        raise AssertionError((self.folder / "log").read_text(encoding="utf-8"))

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)

    def channel(self, token: str = TOKEN) -> PhoneChannel:
        return PhoneChannel("sms", Port(f"http://127.0.0.1:{self.port}/sms", token, Http()))

    def sent(self) -> list[str]:
        return (self.folder / "out").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def adapter(tmp_path: Path) -> Iterator[Adapter]:
    made = Adapter(tmp_path, printed())
    made.start()
    yield made
    made.kill()


def to(person: str, key: str = "key1", text: str = "1043 号办好了") -> Outgoing:
    return Outgoing(key, text, person=person)


def test_it_sends_an_id_once_even_over_a_restart(adapter: Adapter) -> None:
    assert adapter.channel().send([to(NUMBER)])[0].state == "sent"
    assert adapter.channel().send([to(NUMBER)])[0].state == "sent"
    adapter.kill()
    adapter.start()
    assert adapter.channel().send([to(NUMBER)])[0].state == "sent"
    assert adapter.channel().send([to(NUMBER, "key2")])[0].state == "sent"
    assert adapter.sent() == [f"sms {NUMBER} 1043 号办好了"] * 2


def test_many_at_once(adapter: Adapter) -> None:
    messages = [to(NUMBER, f"key{number % 5}", f"第 {number % 5} 条") for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(lambda message: adapter.channel().send([message])[0].state, messages))
    assert states == ["sent"] * 40
    assert sorted(adapter.sent()) == [f"sms {NUMBER} 第 {number} 条" for number in range(5)]


def test_what_it_refuses(adapter: Adapter) -> None:
    stranger = adapter.channel("another")
    with pytest.raises(Closed):
        stranger.send([to(NUMBER)])
    with pytest.raises(NotWell, match="401"):
        stranger.port.check()
    assert adapter.channel().send([to("1" * 18)])[0].state == "unreachable"
    assert adapter.sent() == []


def test_what_the_provider_surely_did_not_take_may_come_again(tmp_path: Path) -> None:
    code = printed().replace("    print(f", '    if not os.path.exists("up"):\n        raise OSError\n    print(f')
    adapter = Adapter(tmp_path, code)
    adapter.start()
    try:
        with pytest.raises(TryLater):
            adapter.channel().send([to(NUMBER)])
        (tmp_path / "up").touch()
        assert adapter.channel().send([to(NUMBER)])[0].state == "sent"
        assert len(adapter.sent()) == 1
    finally:
        adapter.kill()


def test_it_is_short_and_logs_neither_numbers_nor_words(adapter: Adapter) -> None:
    assert len([line for line in printed().splitlines() if line]) <= MOST_LINES
    adapter.channel().send([to(NUMBER)])
    log = (adapter.folder / "log").read_text(encoding="utf-8")
    assert NUMBER not in log
    assert "办好" not in log
