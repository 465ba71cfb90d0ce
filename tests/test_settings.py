"""Settings: what the environment may say, and what is refused with one sentence."""

from __future__ import annotations

import base64
import contextlib
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.setting_values import as_keys
from bot.settings import SettingError, Settings
from bot.settings_check import open_doors

KEY = base64.b64encode(bytes(range(32))).decode()
OFFICIAL = {
    "MENKOU_OA_APP_ID": "wx1",
    "MENKOU_OA_APP_SECRET": "s3cret",
    "MENKOU_OA_TOKEN": "t0ken",
    "MENKOU_OA_AES_KEY": "a" * 43,
}


def read(data: Path, **environ: str) -> Settings:
    return Settings.from_env({"MENKOU_DATA": str(data / "data"), **environ})


def test_nothing_set_is_one_machine(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/data/menkou.db"
    assert settings.redis_url is None
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert open_doors(settings) == ()


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.secret_keys == second.secret_keys
    assert [len(key) for key in first.secret_keys] == [32]
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_lost_key_is_not_replaced_beside_data(tmp_path: Path) -> None:
    read(tmp_path)
    (tmp_path / "data" / "secret.key").unlink()
    (tmp_path / "data" / "menkou.db").touch()
    with pytest.raises(SettingError, match="put the key back"):
        read(tmp_path)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_spellings_of_postgresql(tmp_path: Path, scheme: str) -> None:
    settings = read(tmp_path, DATABASE_URL=f"{scheme}://menkou:pw@db/menkou", MENKOU_SECRET_KEY=KEY)
    assert settings.database_url == "postgresql+psycopg://menkou:pw@db/menkou"
    assert not (tmp_path / "data").exists()


def test_keys_rotate_by_order(tmp_path: Path) -> None:
    newer = base64.urlsafe_b64encode(b"\xff" * 32).decode()
    assert read(tmp_path, MENKOU_SECRET_KEY=f"{newer}, {KEY}").secret_keys == (b"\xff" * 32, bytes(range(32)))


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"PORT": "http"}, "PORT is a whole number"),
        ({"PORT": "0"}, "PORT is a whole number"),
        ({"MENKOU_KEEP_TALK_HOURS": "73"}, "MENKOU_KEEP_TALK_HOURS"),
        ({"MENKOU_SAMPLE": "perhaps"}, "MENKOU_SAMPLE is 1 or 0"),
        ({"MENKOU_PUBLIC_URL": "menkou.example"}, "MENKOU_PUBLIC_URL is an address"),
        ({"DATABASE_URL": "mysql://db"}, "DATABASE_URL begins with"),
        ({"DATABASE_URL": "postgresql://db/menkou"}, "MENKOU_SECRET_KEY is needed"),
        ({"DATABASE_URL": "postgresql://u:p@db:port/menkou"}, "DATABASE_URL cannot be read; in a password @"),
        ({"REDIS_URL": "redis://:a#b@queue:6379"}, "REDIS_URL cannot be read; in a password @"),
        ({"MENKOU_OA_AES_KEY": "s3cret"}, "MENKOU_OA_AES_KEY is an EncodingAESKey of 43 letters and digits, not of 6"),
        ({"MENKOU_SECRET_KEY": "short"}, "32 bytes"),
        ({"MENKOU_SECRET_KEY": ","}, "holds no key"),
        ({"MENKOU_OA_TOKEN": "t0ken"}, "half set, without MENKOU_OA_APP_ID, MENKOU_OA_APP_SECRET, MENKOU_OA_AES_KEY"),
        ({"MENKOU_KF_SECRET": "s", "MENKOU_KF_TOKEN": "t", "MENKOU_KF_AES_KEY": "k" * 43}, "MENKOU_WECOM_CORP_ID"),
        ({"MENKOU_SAMPLE": "1", "MENKOU_HOST": "0.0.0.0"}, "loopback"),
        ({"MENKOU_SAMPLE": "1", **OFFICIAL}, "MENKOU_SAMPLE_CHANNELS=1"),
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        read(tmp_path, **environ)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("MENKOU_DATABSE_URL", "is DATABASE_URL meant?"),
        ("MENKOU_DATABASE_URL", "is DATABASE_URL meant?"),
        ("MENKOU_PORT", "is PORT meant?"),
        ("MENKOU_OA_APPID", "is MENKOU_OA_APP_ID meant?"),
        ("MENKOU_SECRET_KEYS", "is MENKOU_SECRET_KEY meant?"),
        ("MENKOU_LOG_LEVEL", "docs/settings.md lists them all."),
    ],
)
def test_a_name_that_is_no_setting_is_refused_with_the_nearest(tmp_path: Path, name: str, hint: str) -> None:
    with pytest.raises(SettingError) as refused:
        read(tmp_path, **{name: "s3cret"})
    assert str(refused.value) == f"{name} is no setting of Menkou: {hint}"
    assert not (tmp_path / "data").exists(), "nothing is made in the wrong place first"


def test_names_that_nobody_misspelt_are_let_be(tmp_path: Path) -> None:
    """Empty is as good as not there; a service called menkou gives every container of Kubernetes such names."""
    service = {
        "MENKOU_PORT": "tcp://10.0.0.7:8000",
        "MENKOU_PORT_8000_TCP": "tcp://10.0.0.7:8000",
        "MENKOU_PORT_8000_TCP_ADDR": "10.0.0.7",
        "MENKOU_SERVICE_HOST": "10.0.0.7",
        "MENKOU_SERVICE_PORT": "8000",
        "MENKOU_WEB_SERVICE_PORT_HTTP": "8000",
        "MENKOU_WEB_PORT": "tcp://10.0.0.8:8000",
    }
    assert read(tmp_path, MENKOU_DATABSE_URL=" ", MENKOUER="x", **service).port == 8000


def test_sample_mode_with_channels_on_purpose(tmp_path: Path) -> None:
    settings = read(tmp_path, MENKOU_SAMPLE="1", MENKOU_SAMPLE_CHANNELS="1", **OFFICIAL)
    assert [door.name for door in open_doors(settings)] == ["official account"]


def test_plaintext_mode_needs_no_aes_key(tmp_path: Path) -> None:
    environ = {name: value for name, value in OFFICIAL.items() if name != "MENKOU_OA_AES_KEY"}
    assert read(tmp_path, MENKOU_DEV_PLAINTEXT="1", **environ).oa_aes_key == ""


def test_secrets_are_not_printed(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        DATABASE_URL="postgresql://menkou:pw@db/menkou",
        REDIS_URL="redis://:pw2@queue",
        MENKOU_SECRET_KEY=KEY,
        MENKOU_METRICS_TOKEN="m3trics",
        **OFFICIAL,
    )
    shown = repr(settings)
    assert [word for word in ("pw", "pw2", "s3cret", "t0ken", "m3trics", "aaaa", KEY) if word in shown] == []


@given(st.text(max_size=80))
def test_keys_are_whole_or_refused(raw: str) -> None:
    with contextlib.suppress(SettingError):
        assert all(len(key) == 32 for key in as_keys("MENKOU_SECRET_KEY", raw))
