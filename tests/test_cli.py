"""The command line: exit codes, one sentence on stderr, and a quick ``--help``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import warm


def menkou(data: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": "/usr/bin:/bin", "MENKOU_DATA": str(data / "data"), **environ}
    return warm.run("bot.cli", *arguments, env=env, timeout=60)


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
        (("doctor",), {"MENKOU_DATABSE_URL": "postgresql://127.0.0.1/menkou"}),
        (("up",), {"REDIS_URL": "127.0.0.1:6379"}),
        (("up",), {"MENKOU_HOST": "nowhere.invalid"}),
        (("web",), {"MENKOU_HOST": "198.51.100.7"}),
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
    "arguments",
    [
        ("staff", "list"),
        ("staff", "code", "1"),
        ("purge",),
        ("keys", "rotate"),
        ("inbox", "retry"),
        ("web",),
        ("clock",),
    ],
)
def test_a_database_without_a_schema_is_one_sentence_and_code_1(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "x.db").touch()
    given = {"DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}", "MENKOU_SECRET_KEY": "A" * 43}
    done = menkou(tmp_path, *arguments, **given)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr in (
        "menkou: The database has no tables yet: run `menkou migrate`, or `menkou up` on one machine.\n",
        "menkou: The database cannot be used (tables are missing): `menkou doctor` says what to do.\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("doctor",),
        ("purge",),
        ("web",),
        ("worker", "bulk"),
        ("clock",),
        ("seed",),
        ("backup", "x.zip"),
        ("keys", "rotate"),
        ("staff", "list"),
        ("inbox", "retry"),
        ("doors", "list"),
        ("groups", "list"),
        ("words", "list"),
        ("places", "list"),
        ("answers", "list"),
        ("train", "--from-database"),
    ],
    ids=lambda value: " ".join(value),
)
def test_a_command_in_the_wrong_folder_says_so_and_leaves_none_behind(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = menkou(tmp_path, *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"menkou: There is no Menkou at {tmp_path / 'data' / 'menkou.db'}: run this where ")
    assert done.stderr.endswith("MENKOU_DATA to its data folder; `menkou up` or `menkou migrate` begins a new one.\n")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_read_into_an_empty_folder(tmp_path: Path) -> None:
    assert menkou(tmp_path / "old", "migrate").returncode == 0
    assert menkou(tmp_path / "old", "backup", str(tmp_path / "b.zip")).returncode == 0
    assert menkou(tmp_path / "new", "restore", str(tmp_path / "b.zip")).returncode == 0


def test_without_a_command_it_shows_the_list(tmp_path: Path) -> None:
    done = menkou(tmp_path)
    assert done.returncode == 2
    assert "Commands:" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("arguments", [(), ("staff",), ("groups",), ("words",), ("bench",)])
def test_lists_of_commands_hold_whole_sentences(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    said = menkou(tmp_path, *arguments, "--help").stdout.partition("Commands:\n")[2]
    assert said
    assert "..." not in said


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


@pytest.mark.parametrize("arguments", [("up",), ("migrate",)])
def test_a_folder_that_cannot_be_one_is_one_sentence_and_code_1(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "data").write_text("a file")
    done = menkou(tmp_path, *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"menkou: {tmp_path / 'data'} cannot be read or written: ")


def test_a_backup_goes_into_a_file_of_a_folder_that_is_there(tmp_path: Path) -> None:
    assert menkou(tmp_path, "migrate").returncode == 0
    nowhere = menkou(tmp_path, "backup", str(tmp_path / "none" / "b.zip"))
    assert (nowhere.returncode, nowhere.stderr.count("\n")) == (1, 1)
    assert nowhere.stderr.endswith("cannot be read or written: No such file or directory.\n")
    assert menkou(tmp_path, "backup", str(tmp_path)).returncode == 2


def test_a_file_that_is_no_database_is_one_sentence_and_code_1(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database" * 1000)
    given = {"DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}", "MENKOU_SECRET_KEY": "A" * 43}
    done = menkou(tmp_path, "staff", "list", **given)
    assert (done.returncode, done.stderr) == (
        1,
        "menkou: The database cannot be used (the file is none): `menkou doctor` says what to do.\n",
    )


def test_a_queue_that_does_not_answer_is_one_sentence_and_code_1(tmp_path: Path) -> None:
    assert menkou(tmp_path, "migrate").returncode == 0
    done = menkou(tmp_path, "worker", "bulk", REDIS_URL="redis://127.0.0.1:1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith("menkou: The queue cannot be used (ConnectionError)")
    assert "Traceback" not in done.stderr


LINE = {
    "seq": 1,
    "at": "2026-03-02T09:00:00",
    "chat": "业主群",
    "sender": "王阿姨",
    "role": "resident",
    "kind": "text",
    "text": "三号楼门口路灯坏了半个月了",
}


def replayed(folder: Path, log: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    file = folder / "log.jsonl"
    file.write_text(log, encoding="utf-8")
    return menkou(folder, "replay", str(file), *arguments)


def test_a_log_from_a_foreign_editor_is_played(tmp_path: Path) -> None:
    half = LINE | {"sender": "王阿姨\ud83d", "text": "三号楼门口\ud83d路灯坏了半个月了"}  # half of a cut picture sign
    done = replayed(tmp_path, "\ufeff" + json.dumps(half) + "\r\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "road_facility" in done.stdout


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"at": "9999-12-31T23:00:00"}, "line 1: nobody talked in the year 9999"),
        ({"at": "0001-01-01T00:00:00"}, "line 1: nobody talked in the year 1"),
        ({"seq": float("inf")}, "line 1 is not a message of a chat log (OverflowError)"),
    ],
)
def test_a_log_that_cannot_be_one_is_one_sentence(tmp_path: Path, more: dict[str, object], why: str) -> None:
    done = replayed(tmp_path, json.dumps(LINE | more))
    assert (done.returncode, done.stderr) == (2, f"menkou: {why}\n")


def test_a_line_without_a_field_says_which(tmp_path: Path) -> None:
    done = replayed(tmp_path, json.dumps({name: value for name, value in LINE.items() if name != "sender"}))
    assert (done.returncode, done.stderr) == (2, "menkou: line 1 has no sender\n")


def test_a_virtual_clock_stops_in_a_year_that_there_is(tmp_path: Path) -> None:
    done = replayed(tmp_path, json.dumps(LINE), "--until", "9999-12-31")
    assert (done.returncode, done.stderr) == (
        2,
        "menkou: Invalid value for '--until': a year is one from 2000 to 2100\n",
    )


@pytest.mark.parametrize("words", ["三号楼路灯坏了".encode("gbk"), b"[]\n", b"no line\n"])
def test_what_is_no_file_to_learn_from_is_one_sentence(tmp_path: Path, words: bytes) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_bytes(words)
    done = menkou(tmp_path, "train", str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"menkou: {file} is no file of labelled messages")


def test_the_folder_of_a_deployment_is_for_its_owner_only(tmp_path: Path) -> None:
    """Also where the key stands in the environment, and what lies in the folder is all that makes it."""
    assert menkou(tmp_path, "migrate", MENKOU_SECRET_KEY="A" * 43).returncode == 0
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
