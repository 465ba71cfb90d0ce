"""Verified callbacks that the database could not take: fsynced files, one a message, encrypted, oldest first."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from bot.channels.base import RawRequest
from bot.kept import pack_request, unpack_request
from storage.vault import Vault, VaultError

_NAME = re.compile(r"^\d{20}-\d+-\d+\.msg$")
ASIDE = ".aside"  # ending of a file that cannot be run as it is; `menkou doctor` counts them


class SpoolError(Exception):
    """The disk does not take it either."""


class Spool:
    """A folder of messages. Every process writes files of its own and empties the whole folder."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault
        self._count = 0
        self._empty_since: int | None = None  # the folder's time of change when it was seen empty

    def is_empty(self) -> bool:
        """Whether nothing waits, also of other processes. Cheap: looked at before every batch."""
        try:
            changed = self._folder.stat().st_mtime_ns
        except OSError:
            return True
        if changed != self._empty_since:
            self._empty_since = changed if not self._names() else None
        return self._empty_since is not None

    def write(self, door: str, raw: RawRequest) -> None:
        """Keeps one message. Returns when it is on the disk. Raises SpoolError."""
        self._count += 1
        name = f"{time.time_ns():020d}-{os.getpid()}-{self._count}.msg"
        try:
            if not self._folder.is_dir():
                for folder in (self._folder.parent, self._folder):
                    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                _sync(self._folder.parent)
            _write_durably(self._folder, name, self._vault.seal(pack_request(door, raw), "spool", name))
        except OSError as error:
            raise SpoolError(f"the spool cannot be written: {error.strerror}") from error
        self._empty_since = None

    def read(self) -> Iterator[tuple[str, str, RawRequest]]:
        """Name, door and bytes of each message, oldest first. What does not open is set aside for the operator."""
        for name in self._names():
            try:
                door, raw = unpack_request(self._vault.open((self._folder / name).read_text(), "spool", name))
            except OSError:
                continue  # another process was quicker
            except (VaultError, ValueError, KeyError):
                self.set_aside(name)
                continue
            yield name, door, raw

    def done(self, name: str) -> None:
        """Forgets a message that is in the database now."""
        (self._folder / name).unlink(missing_ok=True)

    def set_aside(self, name: str) -> None:
        """Keeps a message that cannot be run, where it holds nobody up."""
        path = self._folder / name
        try:
            path.rename(path.with_name(f"{name}{ASIDE}"))
        except FileNotFoundError:
            return

    def _names(self) -> list[str]:
        try:
            return sorted(entry.name for entry in self._folder.iterdir() if _NAME.match(entry.name))
        except OSError:
            return []


def _write_durably(folder: Path, name: str, text: str) -> None:
    temporary = folder / f"{name}.new"
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / name)
    except OSError:
        temporary.unlink(missing_ok=True)  # a full disk must not be filled with halves
        raise
    _sync(folder)


def _sync(folder: Path) -> None:
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
