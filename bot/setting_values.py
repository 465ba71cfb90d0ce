"""How the text of one environment variable becomes a value: small parsers that name the variable when they refuse."""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Callable
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

KEY_BYTES = 32
AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}")
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


class SettingError(Exception):
    """A setting is missing or cannot be used; the message is one sentence for the operator, without secret values."""


def as_text(name: str, raw: str) -> str:
    """The text itself."""
    return raw


def as_path(name: str, raw: str) -> Path:
    """A path; relative ones start at the working folder."""
    return Path(raw)


def as_flag(name: str, raw: str) -> bool:
    """1, true, yes, on; or 0, false, no, off."""
    if raw.lower() in TRUE:
        return True
    if raw.lower() in FALSE:
        return False
    raise SettingError(f"{name} is 1 or 0, not {raw!r}.")


def as_number(lowest: int, highest: int) -> Callable[[str, str], int]:
    """A parser of whole numbers from ``lowest`` to ``highest``, both included."""

    def parse(name: str, raw: str) -> int:
        if raw.isascii() and raw.isdigit() and len(raw) < 10 and lowest <= int(raw) <= highest:
            return int(raw)
        raise SettingError(f"{name} is a whole number from {lowest} to {highest}, not {raw!r}.")

    return parse


def as_number_or_never(lowest: int, highest: int) -> Callable[[str, str], int]:
    """The same, or 0 for never."""
    number = as_number(lowest, highest)

    def parse(name: str, raw: str) -> int:
        if raw == "0":
            return 0
        try:
            return number(name, raw)
        except SettingError:
            raise SettingError(f"{name} is 0 for never, or from {lowest} to {highest}, not {raw!r}.") from None

    return parse


def as_time(name: str, raw: str) -> time:
    """A time of day, as 21:00."""
    with contextlib.suppress(ValueError):
        if (at := time.fromisoformat(raw)).tzinfo is None and ":" in raw:
            return at
    raise SettingError(f"{name} is a time of day such as 21:00, not {raw!r}.")


def as_one_of(*known: str) -> Callable[[str, str], str]:
    """A parser of one of a few words."""

    def parse(name: str, raw: str) -> str:
        if raw in known:
            return raw
        raise SettingError(f"{name} is one of {', '.join(known)}, not {raw!r}.")

    return parse


def as_url(name: str, raw: str) -> str:
    """An http or https address without the closing slash, query or fragment."""
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingError(f"{name} is an address such as https://example.org, without a question mark or #.")
    return raw.rstrip("/")


def as_database(name: str, raw: str) -> str:
    """An SQLAlchemy address: the common spellings of PostgreSQL get the driver that is installed."""
    for scheme in ("postgres://", "postgresql://"):
        if raw.startswith(scheme):
            raw = "postgresql+psycopg://" + raw.removeprefix(scheme)
    if not raw.startswith(("postgresql+psycopg://", "sqlite:///")):
        raise SettingError(f"{name} begins with postgresql:// or sqlite:///.")
    with contextlib.suppress(ArgumentError, ValueError):
        make_url(raw)
        return raw
    raise SettingError(f"{name} cannot be read; in a password @ is written %40, : %3A, / %2F and # %23.")


def as_queue(name: str, raw: str) -> str:
    """The address of a Redis or Valkey."""
    if not raw.startswith(("redis://", "rediss://", "unix://")):
        raise SettingError(f"{name} begins with redis://, rediss:// or unix://.")
    with contextlib.suppress(ValueError):
        _ = urlsplit(raw).port
        return raw
    raise SettingError(f"{name} cannot be read; in a password @ is written %40, : %3A, / %2F and # %23.")


def as_aes_key(name: str, raw: str) -> str:
    """An EncodingAESKey."""
    if AES_KEY.fullmatch(raw):
        return raw
    raise SettingError(f"{name} is an EncodingAESKey of 43 letters and digits, not of {len(raw)} characters.")


def as_keys(name: str, raw: str) -> tuple[bytes, ...]:
    """Comma-separated base64 (standard or URL-safe) keys of 32 bytes."""
    keys = tuple(_key(name, part.strip()) for part in raw.split(",") if part.strip())
    if not keys:
        raise SettingError(f"{name} holds no key.")
    return keys


def _key(name: str, part: str) -> bytes:
    try:
        key = base64.b64decode(part.replace("-", "+").replace("_", "/") + "=" * (-len(part) % 4), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingError(f"{name} is a comma-separated list of base64 keys of {KEY_BYTES} bytes each.")
    return key
