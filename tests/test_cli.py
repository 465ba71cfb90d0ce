"""The command line: exit codes, one sentence on stderr, and a quick ``--help``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def menkou(data: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        env={"PATH": "/usr/bin:/bin", "MENKOU_DATA": str(data / "data"), **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        (("worker", "everything"), {}),
        (("worker",), {}),
        (("nothing",), {}),
        (("read",), {}),
        (("read", "--jsonl", "text"), {}),
        (("replay", "missing.jsonl"), {}),
        (("seed", "--households", "none"), {}),
        (("up", "--loud"), {}),
        (("up",), {"PORT": "http"}),
        (("web",), {"MENKOU_OA_TOKEN": "x"}),
        (("doctor",), {"DATABASE_URL": "postgresql://127.0.0.1/none"}),
    ],
    ids=lambda value: " ".join(value),
)
def test_wrong_use_is_one_sentence_and_code_2(
    tmp_path: Path, arguments: tuple[str, ...], environ: dict[str, str]
) -> None:
    done = menkou(tmp_path, *arguments, **environ)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("menkou: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [("staff", "list"), ("staff", "code", "1"), ("purge",), ("keys", "rotate"), ("inbox", "retry")]
)
def test_a_database_without_a_schema_is_one_sentence_and_code_1(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = menkou(tmp_path, *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "`menkou doctor`" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_command_it_shows_the_list(tmp_path: Path) -> None:
    done = menkou(tmp_path)
    assert done.returncode == 2
    assert "Commands:" in done.stderr
    assert not (tmp_path / "data").exists()


def test_help_loads_none_of_the_bodies(tmp_path: Path) -> None:
    program = """
import sys
from bot.cli import cli
cli.main(["--help"], standalone_mode=False)
heavy = {"sqlalchemy", "fastapi", "starlette", "rq", "redis", "jieba", "wechatpy", "PIL", "cryptography"}
sys.exit(",".join(sorted(heavy & set(sys.modules))) or 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "doctor" in done.stdout
