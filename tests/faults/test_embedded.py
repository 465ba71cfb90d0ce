"""The bundled Valkey: kept over a kill, found again, never two on one folder, at paths of any length."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from bot import embedded
from bot.settings import Settings

LEAVE_ONE = """
import os, signal, sys
from pathlib import Path
from bot import embedded
from bot.settings import Settings

embedded.start(Settings(data=Path(sys.argv[1]), secret_keys=(bytes(32),)))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(params=["short", "门口 and a name far too long for a socket " + "x" * 90])
def own(request: pytest.FixtureRequest, tmp_path: Path, make_settings: Callable[..., Settings]) -> Iterator[Settings]:
    settings = make_settings(data=tmp_path / request.param)
    yield settings
    embedded.stop(settings)
    folder = embedded.socket_path(settings).parent
    if not folder.is_relative_to(tmp_path):
        shutil.rmtree(folder)


def pid(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        return int(client.info("server")["process_id"])


def test_what_was_said_outlives_a_kill(own: Settings) -> None:
    url = embedded.start(own)
    with redis.Redis.from_url(url) as client:
        client.set("word", "kept")
        client.config_set("appendfsync", "always")
        client.set("last", "kept too")
    first = pid(url)
    os.kill(first, signal.SIGKILL)
    again = embedded.start(own)
    assert (again, pid(again) == first) == (url, False)
    with redis.Redis.from_url(again, decode_responses=True) as client:
        assert client.mget("word", "last") == ["kept", "kept too"]


def test_a_second_start_finds_the_first(own: Settings) -> None:
    assert pid(embedded.start(own)) == pid(embedded.start(own))


def test_whoever_started_it_has_nothing_left_of_it_once_it_is_stopped(own: Settings) -> None:
    for _ in range(2):
        server = pid(embedded.start(own))
        embedded.stop(own)
        with pytest.raises(ChildProcessError):
            os.waitpid(server, os.WNOHANG)


def test_a_server_left_by_a_killed_parent_is_found(own: Settings) -> None:
    assert subprocess.run([sys.executable, "-c", LEAVE_ONE, str(own.data)], check=False).returncode == -signal.SIGKILL
    left = pid(embedded.url(own))
    assert pid(embedded.start(own)) == left


def test_a_server_that_lost_its_socket_is_replaced(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = pid(embedded.start(own))
    embedded.socket_path(own).unlink()
    monkeypatch.setattr(embedded, "START_SECONDS", 3.0)
    assert pid(embedded.start(own)) != lost


def test_nobody_else_may_look(own: Settings) -> None:
    embedded.start(own)
    path = embedded.socket_path(own)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE((own.data / "valkey").stat().st_mode) == 0o700


def test_stopping_what_does_not_run_is_harmless(own: Settings) -> None:
    embedded.stop(own)
    embedded.start(own)
    embedded.stop(own)
    embedded.stop(own)


def test_a_server_that_cannot_start_is_one_sentence(own: Settings) -> None:
    (own.data / "valkey" / "appendonlydir").mkdir(parents=True)
    (own.data / "valkey" / "appendonlydir" / "appendonly.aof.manifest").write_text("file nonsense\n")
    with pytest.raises(embedded.EmbeddedError, match=r"does not start; .*valkey.log says why\.$"):
        embedded.start(own)
