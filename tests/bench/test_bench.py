"""The benches run, print what they promise, and find that every answered message was kept. Their figures are not
judged here: a machine that runs tests is busy with other things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.bench import intake, read, workload
from bot.bench.workload import REPORTS_IN


def test_intake_keeps_every_promise_and_prints_its_ratios(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    postgres_url: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(workload, "TALKERS", 20)
    code = intake.run(seconds=1, clients=4, rounds=1, postgres=postgres_url)
    printed = capfd.readouterr()
    assert (code, printed.err) == (0, "")
    for name in ("WeRoBot, auto", "Menkou, SQLite", "Menkou, PostgreSQL"):
        assert re.search(rf"^{name} +\d+ +[\d.]+ +[\d.]+ +\d+% +[\d.]+ +[\d.]+$", printed.out, re.MULTILINE)
    assert list(tmp_path.iterdir()) == []


def test_intake_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(intake, "NEEDED", {"nothing_of_this_name": "Nothing"})
    assert intake.run(seconds=1, clients=1) == 2
    assert capsys.readouterr().err == "menkou: the bench needs Nothing: pip install 'menkou[dev]'.\n"


def test_the_load_is_what_it_says(tmp_path: Path) -> None:
    messages = workload.prepare(200, tmp_path / "requests")
    assert sum(message.is_report for message in messages) == 200 // REPORTS_IN
    assert len({message.key for message in messages}) == len(workload.requests(tmp_path / "requests")) == 200


def test_read_prints_its_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    assert read.run(messages=100) == 0
    assert re.search(r"^1 in 20 a report +[\d.]+ +[\d.]+ +\d+ +[\d.]+$", capsys.readouterr().out, re.MULTILINE)
