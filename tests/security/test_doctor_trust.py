"""The simulator's secrets are known to everybody: a deployment that people use must not rest on one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import doctor_doors, migrate
from bot.findings import Level
from bot.platforms import trial
from bot.platforms.simulator import running
from bot.settings import Settings

OUTSIDE = "https://menkou.example.cn"
KNOWN = "anybody can speak here as anybody"
OPEN = "residents' browsers are sent"
DOORS = {f"oa:{trial.APP_ID}", f"wecom:{trial.CORP}:{trial.AGENT}", f"kf:{trial.CORP}", "sms:main"}


@pytest.fixture
def tried(tmp_path: Path) -> Iterator[Callable[..., Settings]]:
    """Settings as `menkou simulator --env` prints them, with some of them changed, beside a running simulator."""
    made = trial.assemble("http://127.0.0.1:1")
    with running(made.simulator) as address:

        def settings(**changes: str) -> Settings:
            lines = trial.environment(address, "http://127.0.0.1:8000", tmp_path)
            found = Settings.from_env(lines | changes)
            assert migrate.up(found) == 0
            return found

        yield settings


def found(settings: Settings) -> dict[str, list[tuple[str, str]]]:
    rows: dict[str, list[tuple[str, str]]] = {}
    for row in doctor_doors.look_at_doors(settings):
        rows.setdefault(row.subject, []).append((row.level, row.says))
    return rows


def doors_with(settings: Settings, words: str, level: str) -> set[str]:
    return {door for door, rows in found(settings).items() if any(at == level and words in says for at, says in rows)}


def test_a_trial_on_one_machine_is_said_to_be_one(tried: Callable[..., Settings]) -> None:
    settings = tried()
    assert doors_with(settings, "talks to a simulator", Level.WARN) == DOORS
    assert doors_with(settings, KNOWN, Level.FAULT) == set()


def test_a_trial_that_others_reach_is_open_to_everybody(tried: Callable[..., Settings]) -> None:
    assert doors_with(tried(MENKOU_PUBLIC_URL=OUTSIDE), KNOWN, Level.FAULT) == DOORS


def test_one_secret_that_was_left_is_enough(tried: Callable[..., Settings]) -> None:
    own = {
        "MENKOU_PUBLIC_URL": OUTSIDE,
        "MENKOU_OA_TOKEN": "mine",
        "MENKOU_OA_AES_KEY": "m" * 43,
        "MENKOU_OA_APP_SECRET": "m" * 32,
        "MENKOU_WECOM_TOKEN": "mine",
        "MENKOU_WECOM_AES_KEY": "m" * 43,
        "MENKOU_WECOM_SECRET": "mine",
        "MENKOU_KF_AES_KEY": "m" * 43,
        "MENKOU_KF_SECRET": "mine",
        "MENKOU_SMS_TOKEN": "mine",
    }
    assert doors_with(tried(**own), KNOWN, Level.FAULT) == {f"kf:{trial.CORP}"}
    assert doors_with(tried(**own, MENKOU_KF_TOKEN="mine"), KNOWN, Level.FAULT) == set()


def test_browsers_are_not_sent_to_the_simulator(tried: Callable[..., Settings]) -> None:
    oa = {f"oa:{trial.APP_ID}"}
    outside = {"MENKOU_PUBLIC_URL": OUTSIDE}
    assert doors_with(tried(**outside, MENKOU_OA_OAUTH="1"), OPEN, Level.FAULT) == oa
    assert doors_with(tried(**outside), OPEN, Level.FAULT) == set()
    assert doors_with(tried(MENKOU_OA_OAUTH="1"), OPEN, Level.FAULT) == set()


def test_an_address_in_the_clear_is_said(tried: Callable[..., Settings]) -> None:
    """10.255.255.1 is nobody's: nothing answers there, and the finding comes all the same."""
    clear = tried(MENKOU_SMS_URL="http://10.255.255.1/sms")
    assert doors_with(clear, "unencrypted", Level.WARN) == {"sms:main"}


def test_no_finding_says_a_secret(tried: Callable[..., Settings]) -> None:
    said = str(found(tried(MENKOU_PUBLIC_URL=OUTSIDE)))
    for secret in (trial.APP_SECRET, trial.OA_KEY, trial.WECOM_KEY, trial.KF_SECRET, trial.SMS_TOKEN):
        assert secret not in said
