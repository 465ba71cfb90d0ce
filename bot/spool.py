"""Verified callbacks that the database could not take: fsynced files, one a message, encrypted, oldest first."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.channels.base import RawRequest
from storage.vault import Vault, VaultError

_NAME = re.compile(r"^\d{20}-\d+-\d+\.msg$")


class SpoolError(Exception):
    """The disk does not take it either."""


class Spool:
    """A folder of messages. Every process writes files of its own; whoever starts next takes what was left."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault
        self._count = 0
        self._known_empty = False

    def is_empty(self) -> bool:
        """Whether nothing waits. Cheap: looked at before every batch."""
        if not self._known_empty:
            self._known_empty = not self._names()
        return self._known_empty

    def write(self, door: str, raw: RawRequest) -> None:
        """Keeps one message. Returns when it is on the disk. Raises SpoolError."""
        self._count += 1
        name = f"{time.time_ns():020d}-{os.getpid()}-{self._count}.msg"
        stored = {
            "door": door,
            "body": raw.body.decode("latin-1"),
            "query": dict(raw.query),
            "received_at": raw.received_at.isoformat(),
            "account": raw.account,
        }
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_durably(self._folder, name, self._vault.seal(json.dumps(stored), "spool", name))
        except OSError as error:
            raise SpoolError(f"the spool cannot be written: {error.strerror}") from error
        self._known_empty = False

    def read(self) -> Iterator[tuple[str, str, RawRequest]]:
        """Name, door and bytes of each message, oldest first. What does not open stays for the operator."""
        for name in self._names():
            try:
                stored = json.loads(self._vault.open((self._folder / name).read_text(), "spool", name))
            except (OSError, VaultError, ValueError):
                continue
            raw = RawRequest(
                body=stored["body"].encode("latin-1"),
                query=stored["query"],
                received_at=datetime.fromisoformat(stored["received_at"]),
                account=stored["account"],
            )
            yield name, stored["door"], raw

    def done(self, name: str) -> None:
        """Forgets a message that is in the database now."""
        (self._folder / name).unlink(missing_ok=True)

    def _names(self) -> list[str]:
        try:
            return sorted(entry.name for entry in self._folder.iterdir() if _NAME.match(entry.name))
        except FileNotFoundError:
            return []


def _write_durably(folder: Path, name: str, text: str) -> None:
    temporary = folder / f"{name}.new"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / name)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
