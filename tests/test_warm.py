"""What is forked from a loaded process behaves like what was started afresh."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import warm

ENV = {"PATH": "/usr/bin:/bin"}


@pytest.mark.parametrize(
    "arguments", [("--version",), ("nothing",), ("read",), ("read", "--jsonl", "text"), ("up", "--loud")]
)
def test_it_says_and_answers_what_a_fresh_one_does(arguments: tuple[str, ...]) -> None:
    fresh = subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments], env=ENV, capture_output=True, text=True, timeout=60, check=False
    )
    ours = warm.run("bot.cli", *arguments, env=ENV, timeout=60)
    assert (ours.returncode, ours.stdout, ours.stderr) == (fresh.returncode, fresh.stdout, fresh.stderr)


def test_it_has_its_own_environment_number_and_end() -> None:
    with warm.talking("tests.storage.reserving", "sqlite://", "no number", "now") as one:
        assert one.pid != os.getpid()
        assert one.wait(60) == 1
        assert one.stdout.read() == ""


def test_it_can_be_frozen_and_killed(tmp_path: Path) -> None:
    with (tmp_path / "said").open("wb") as said:
        env = {**ENV, "MENKOU_DATA": str(tmp_path / "data")}
        one = warm.start("bot.cli", "simulator", env=env, output=said)
    one.send_signal(signal.SIGSTOP)
    assert one.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        one.wait(0.1)
    one.kill()
    assert one.wait(60) == -signal.SIGKILL
    one.kill()
    assert one.poll() == -signal.SIGKILL


def test_who_is_gone_is_remembered_while_others_run(tmp_path: Path) -> None:
    with (tmp_path / "said").open("wb") as said:
        both = [warm.start("bot.cli", word, env=ENV, output=said) for word in ("--version", "nothing")]
    assert [one.wait(60) for one in reversed(both)] == [2, 0]
