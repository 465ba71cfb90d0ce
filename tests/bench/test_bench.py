"""The benches run, print what they promise, and find that every answered message was kept. Their figures are not
judged here: a machine that runs tests is busy with other things."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.bench import databases, intake, kf_intake, proof, read, send, workload
from bot.bench.workload import REPORTS_IN


@pytest.mark.soak
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


@pytest.mark.soak
def test_wecom_and_its_echo_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], postgres_url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(workload, "TALKERS", 20)
    code = intake.run(seconds=1, clients=4, rounds=1, postgres=postgres_url, door="wecom")
    printed = capfd.readouterr()
    assert (code, printed.err) == (0, "")
    for name in ("wechatpy, echo", "Menkou, SQLite", "Menkou, PostgreSQL"):
        assert re.search(rf"^{name} +\d+ +[\d.]+ +[\d.]+ +\d+% +[\d.]+ +[\d.]+$", printed.out, re.MULTILINE)


@pytest.mark.soak
def test_what_is_fetched_is_all_kept_and_has_an_age(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], postgres_url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(workload, "TALKERS", 20)
    monkeypatch.setattr(kf_intake, "BACKLOG", 250)  # more than a page
    code = intake.run(seconds=1, clients=4, rounds=1, postgres=postgres_url, door="kf")
    printed = capfd.readouterr()
    assert (code, printed.err) == (0, "")
    for name in ("urllib3, bare loop", "Menkou, SQLite", "Menkou, PostgreSQL"):
        assert re.search(rf"^{name} +\d+ +[\d.]+ +[\d.]+ +[\d.]+$", printed.out, re.MULTILINE), printed.out


def test_what_was_never_kept_is_found(tmp_path: Path) -> None:
    load = kf_intake.prepare(tmp_path, 0.1)
    fresh = databases.sqlite(tmp_path)
    (tmp_path / "run").mkdir()
    with fresh(tmp_path / "run") as url:
        found = proof.faults(tmp_path / "run", url, load.messages, range(len(load.messages)))
    assert found == [f"{load.backlog + load.even} answered messages are not in the inbox"]


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


def test_send_prints_its_ratios_and_finds_every_call_once(capfd: pytest.CaptureFixture[str]) -> None:
    code = send.run(seconds=0.2, clients=2, rounds=1)
    printed = capfd.readouterr()
    assert (code, printed.err) == (0, "")
    for name in ("single, 0 ms", "batch, 0 ms", "single, 50 ms", "batch, 50 ms"):
        for client, ratio in (("urllib3", r"1\.00"), ("Menkou", r"\d+\.\d\d")):
            line = rf"^{client}, {name} +\d+ +\d+ +[\d.]+ +[\d.]+ +\d+% +{ratio}$"
            assert re.search(line, printed.out, re.MULTILINE), printed.out


def test_send_finds_calls_that_did_not_arrive(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    honest = send.measure

    def boasting(call: send.Call, message: Mapping[str, Any], clients: int, seconds: float) -> send.Result:
        result = honest(call, message, clients, seconds)
        return replace(result, made=result.made + 1)

    monkeypatch.setattr(send, "measure", boasting)
    monkeypatch.setattr(send, "DELAYS", (0,))
    assert send.run(seconds=0.1, clients=1, rounds=1) == 1
    assert capfd.readouterr().err.count("calls were made") == 4
