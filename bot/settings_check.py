"""Combinations of settings that cannot work, and the key that a one-machine deployment makes for itself."""

from __future__ import annotations

import base64
import difflib
import errno
import ipaddress
import os
import re
import secrets
import socket
from collections.abc import Collection, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.policy_file import policy_of
from bot.setting_values import KEY_BYTES, SettingError, as_keys

if TYPE_CHECKING:
    from bot.settings import Settings

KEY_FILE = "secret.key"
PREFIX = "MENKOU_"
OF_A_SERVICE = re.compile(r"MENKOU_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)")


class Door(NamedTuple):
    """The settings of one channel: all of ``own`` and ``shared`` or none of ``own`` and ``extra``."""

    name: str
    own: tuple[str, ...]
    shared: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


OFFICIAL_ACCOUNT = Door(
    "official account", ("oa_app_id", "oa_app_secret", "oa_token", "oa_aes_key"), extra=("oa_templates",)
)
WECOM = Door("WeCom app", ("wecom_agent_id", "wecom_secret", "wecom_token", "wecom_aes_key"), ("wecom_corp_id",))
CUSTOMER_SERVICE = Door("WeChat customer service", ("kf_secret", "kf_token", "kf_aes_key"), ("wecom_corp_id",))
ARCHIVE = Door("WeCom message archive", ("archive_secret", "archive_private_keys"), ("wecom_corp_id",))
SMART_BOT_SOCKET = Door("WeCom smart bot over its socket", ("aibot_id", "aibot_secret"))
SMART_BOT_CALLBACK = Door("WeCom smart bot over callbacks", ("aibot_token", "aibot_aes_key"))
SMS = Door("SMS and voice port", ("sms_url",), extra=("sms_token",))
ONEBOT = Door("OneBot", ("onebot_token",))
DOORS = (OFFICIAL_ACCOUNT, WECOM, CUSTOMER_SERVICE, ARCHIVE, SMART_BOT_SOCKET, SMART_BOT_CALLBACK, SMS, ONEBOT)


def check_names(environ: Mapping[str, str], known: Collection[str]) -> None:
    """Raises SettingError on a name that looks like one of ours and is none: misspelt, it would do nothing."""
    ours = {name.removeprefix(PREFIX): name for name in known}
    for name, raw in sorted(environ.items()):
        if not name.startswith(PREFIX) or name in known or not raw.strip() or _of_a_service(name, raw):
            continue
        nearest = difflib.get_close_matches(name.removeprefix(PREFIX), ours, 1)
        hint = f"is {ours[nearest[0]]} meant?" if nearest else "docs/settings.md lists them all."
        raise SettingError(f"{name} is no setting of Menkou: {hint}")


def _of_a_service(name: str, raw: str) -> bool:
    """Whether Kubernetes has set it, as it does in every container where a service is called menkou or menkou-web."""
    return bool(OF_A_SERVICE.fullmatch(name)) or (name.endswith("_PORT") and "://" in raw)


def check(settings: Settings) -> None:
    """Raises SettingError on the first combination that cannot work, or on a policy that cannot be read."""
    for door in DOORS:
        _check_door(settings, door)
    if settings.sample:
        _check_sample(settings)
    policy_of(settings)


def open_doors(settings: Settings) -> tuple[Door, ...]:
    """The channels whose credentials are set."""
    return tuple(door for door in DOORS if any(getattr(settings, name) for name in door.own))


def secret_keys(settings: Settings, *, given: bool) -> tuple[bytes, ...]:
    """The keys of a deployment that names none in its environment.

    ``given`` says that the operator named the database: its processes may run on several machines, so a key in one
    machine's folder would be a trap, and it is an error. On SQLite the key lies beside the database, for the owner's
    eyes only, and is made with the first start.
    """
    if given and not settings.embedded_database:
        raise SettingError("MENKOU_SECRET_KEY is needed with DATABASE_URL: make one with `openssl rand -base64 32`.")
    path = settings.data / KEY_FILE
    if not path.exists():
        _make_key(settings, path)
    return as_keys(str(path), path.read_text(encoding="ascii", errors="replace"))


def check_begun(settings: Settings) -> None:
    """Raises SettingError where the file of a one-machine deployment is not there."""
    if settings.embedded_database and not (database := _file_of(settings)).exists():
        raise SettingError(
            f"There is no Menkou at {database}: run this where yours was started, or set MENKOU_DATA to its data "
            "folder; `menkou up` or `menkou migrate` begins a new one."
        )


def _file_of(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


def _make_key(settings: Settings, path: Path) -> None:
    database = _file_of(settings)
    if database.exists():
        # A fresh key would start well and leave every stored name and phone number unreadable.
        raise SettingError(f"{path} is missing though {database} exists: put the key back, or move the database away.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{KEY_FILE}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails when another process was first: then its key holds
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _check_door(settings: Settings, door: Door) -> None:
    if not any(getattr(settings, name) for name in door.own + door.extra):
        return
    needed = door.own + door.shared
    if door is OFFICIAL_ACCOUNT and settings.dev_plaintext:
        needed = tuple(name for name in needed if name != "oa_aes_key")
    missing = [name for name in needed if not getattr(settings, name)]
    if missing:
        names = env_names(settings)
        raise SettingError(f"The {door.name} is half set, without {', '.join(names[name] for name in missing)}.")


def _check_sample(settings: Settings) -> None:
    if not is_loopback(settings.host):
        raise SettingError("MENKOU_SAMPLE lets anybody speak as anybody: MENKOU_HOST must be a loopback address.")
    doors = open_doors(settings)
    if doors and not settings.sample_channels:
        raise SettingError(
            f"MENKOU_SAMPLE is set together with credentials of the {doors[0].name}: "
            "remove one of the two, or set MENKOU_SAMPLE_CHANNELS=1."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def port_refused(settings: Settings, error: OSError) -> str:
    """What to tell when the address cannot be listened on. Raises SettingError where MENKOU_HOST is at fault."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        raise SettingError(f"MENKOU_HOST is not an address of this machine: {settings.host!r}.") from error
    where = f"Port {settings.port} on {settings.host}"
    return f"{where} cannot be had ({error.strerror}): give another, as in PORT={settings.port % 65535 + 1}."


def env_names(settings: Settings) -> dict[str, str]:
    """Environment variable of each field."""
    return {item.name: item.metadata["env"] for item in fields(settings)}
