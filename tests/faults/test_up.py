"""``menkou up`` with real processes: it starts, it ends, and it survives being killed at any place."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import embedded
from bot.child import Child, is_ours, pause
from bot.settings import Settings

CHILDREN = 4  # nobody listens: there is no account of WeChat customer service
START_SECONDS = 60.0  # generous: the machine may be busy with the other tests
STOP_SECONDS = 30.0

pytestmark = pytest.mark.xdist_group("up")


class Deployment:
    """One data folder and port, with ``menkou up`` started and stopped on it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.up: subprocess.Popen[str] | None = None
        self.said = data.parent / "said.txt"

    def command(self) -> tuple[list[str], dict[str, str]]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("MENKOU_")}
        environ |= {"MENKOU_DATA": str(self.data), "PORT": str(self.port), "MENKOU_SAMPLE": "1"}
        for name in ("DATABASE_URL", "REDIS_URL"):
            environ.pop(name, None)
        return [sys.executable, "-m", "bot.cli", "up"], environ

    def start(self) -> str:
        """Starts it and answers the line that says where to look."""
        command, environ = self.command()
        with self.said.open("a") as said:
            self.up = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=said, text=True)
        assert self.up.stdout is not None
        return self.up.stdout.readline()

    def try_once(self) -> tuple[int, str]:
        """A start that is expected to be refused: its exit code and its words."""
        command, environ = self.command()
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=START_SECONDS, check=False)
        return done.returncode, done.stderr

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        assert self.up is not None
        self.up.send_signal(number)
        code = self.up.wait(STOP_SECONDS)
        assert self.up.stdout is not None
        self.up.stdout.close()
        return code

    def answers(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=STOP_SECONDS)
        try:
            line.request("GET", "/healthz")
            return line.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            line.close()

    def children(self) -> dict[int, str]:
        """Process numbers and commands of everything that runs on this folder but the supervisor and Valkey."""
        processes = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
        lines = (line.split(None, 1) for line in processes.splitlines())
        mine = {int(pid): args for pid, args in lines if "bot.cli" in args and not args.endswith(" up")}
        return {pid: args for pid, args in mine.items() if self.owns(pid)}

    def owns(self, pid: int) -> bool:
        try:
            return f"MENKOU_DATA={self.data}\0" in Path(f"/proc/{pid}/environ").read_text(errors="replace")
        except OSError:
            return False

    def valkey(self) -> int | None:
        answer = ask_valkey(Settings(data=self.data, secret_keys=(bytes(32),)))
        found = re.search(rb"process_id:(\d+)", answer)
        return int(found[1]) if found else None


def ask_valkey(settings: Settings) -> bytes:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(STOP_SECONDS)
        try:
            line.connect(str(embedded.socket_path(settings)))
            line.sendall(b"INFO server\r\n")
            return line.recv(65536)
        except OSError:
            return b""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def within(seconds: float, true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    deployment = Deployment(tmp_path / "data")
    yield deployment
    if deployment.up is not None and deployment.up.poll() is None:
        deployment.up.kill()
        deployment.up.wait()
    if deployment.up is not None and deployment.up.stdout is not None:
        deployment.up.stdout.close()
    assert within(STOP_SECONDS, lambda: not deployment.children())
    embedded.stop(Settings(data=deployment.data, secret_keys=(bytes(32),)))


needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at processes through /proc")


@needs_proc
def test_it_starts_survives_its_children_and_ends(deployment: Deployment) -> None:
    where = deployment.start()
    assert f"http://127.0.0.1:{deployment.port}" in where, deployment.said.read_text()
    assert deployment.answers()
    assert within(START_SECONDS, lambda: len(deployment.children()) == CHILDREN), deployment.said.read_text()

    code, words = deployment.try_once()
    assert (code, words.count("\n")) == (1, 1)
    assert "already runs" in words

    for pid in deployment.children():
        os.kill(pid, signal.SIGKILL)
    queue = deployment.valkey()
    assert queue is not None
    os.kill(queue, signal.SIGKILL)
    assert within(START_SECONDS, deployment.answers), deployment.said.read_text()
    assert within(START_SECONDS, lambda: len(deployment.children()) == CHILDREN), deployment.said.read_text()
    assert within(START_SECONDS, lambda: deployment.valkey() not in (None, queue))

    assert deployment.stop() == 0
    assert deployment.children() == {}
    assert deployment.valkey() is None


@needs_proc
def test_after_a_kill_the_next_start_takes_over(deployment: Deployment) -> None:
    deployment.start()
    queue = deployment.valkey()
    assert queue is not None
    deployment.stop(signal.SIGKILL)
    assert deployment.valkey() == queue, "the queue outlives the supervisor"

    assert f":{deployment.port}" in deployment.start(), deployment.said.read_text()
    assert deployment.valkey() == queue, "and is found again"
    assert deployment.stop(signal.SIGTERM) == 0
    assert deployment.valkey() is None


def test_a_port_in_use_is_one_sentence(deployment: Deployment) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", deployment.port))
        other.listen()
        code, words = deployment.try_once()
    assert code == 1
    assert words.startswith(f"menkou: Port {deployment.port} on 127.0.0.1 cannot be had")
    assert words.count("\n") == 1


def test_pauses_grow_to_a_limit() -> None:
    assert [pause(deaths) for deaths in (1, 2, 3, 4, 20, 2000)] == [0.5, 1.0, 2.0, 4.0, 30.0, 30.0]


def test_words_of_a_child_carry_its_name_and_wait_for_their_line_to_end() -> None:
    child = Child("web", ("web",))
    assert child.lines("门口".encode()[:4]) == []
    assert child.lines("门口".encode()[4:] + b" opens\nnext") == ["web     | 门口 opens"]
    assert child.lines(b"") == ["web     | next"]
    assert child.lines(b"") == []


def test_a_number_that_was_given_out_again_is_left_alone() -> None:
    assert not is_ours(os.getpid()) or "bot.cli" in " ".join(sys.argv)
    assert not is_ours(2**22 + 1)
