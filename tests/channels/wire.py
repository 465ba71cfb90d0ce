"""A server that does to a connection what no well-behaved one does, and notes what reached it."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived, and the number of the connection it came by."""

    connection: int
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))


Act = Callable[[socket.socket], bool]  # answers whether the connection stays open


@dataclass
class Wire:
    """``acts`` come first, one a request; then everything is answered ``{}``."""

    acts: list[Act] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    on_connect: list[Act] = field(default_factory=list)  # one a connection, before anything is read
    port: int = 0
    let_go: threading.Event = field(default_factory=threading.Event)
    connections: int = 0
    closed: int = 0
    tls: ssl.SSLContext | None = None

    @property
    def base(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection, self.connections), daemon=True).start()

    def _shaken(self, connection: socket.socket) -> socket.socket:
        return connection if self.tls is None else self.tls.wrap_socket(connection, server_side=True)

    def _talk(self, accepted: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), self._shaken(accepted) as connection:
            self._answer(connection, number)
        self.closed += 1

    def _answer(self, connection: socket.socket, number: int) -> None:
        if self.on_connect and not self.on_connect.pop(0)(connection):
            return
        with connection.makefile("rb") as incoming:
            while (asked := _read(incoming, number)) is not None:
                self.asked.append(asked)
                act = self.acts.pop(0) if self.acts else says({})
                if not act(connection):
                    return


def _read(incoming: Any, number: int) -> Asked | None:
    first = incoming.readline().decode()
    if not first:
        return None
    headers = {}
    while line := incoming.readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    method, target, _ = first.split(" ")
    return Asked(number, method, target, headers, incoming.read(int(headers.get("content-length", 0))))


@contextlib.contextmanager
def wire(tls: ssl.SSLContext | None = None) -> Iterator[Wire]:
    """A server on loopback; at the end it lets go of everybody it holds."""
    made = Wire(tls=tls)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made.port = listener.getsockname()[1]
        thread = threading.Thread(target=made.serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            made.let_go.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def answer(content: bytes, status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(content) if length is None else length}", *headers)
    return "\r\n".join((*lines, "", "")).encode() + content


def raw(sent: bytes, *, stays: bool = True) -> Act:
    """Sends these bytes."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(sent)
        return stays

    return act


def says(fields: Any, status: str = "200 OK") -> Act:
    """Answers JSON."""
    return raw(answer(json.dumps(fields, ensure_ascii=False).encode(), status, "Content-Type: application/json"))


def resets(connection: socket.socket) -> bool:
    """Cuts the connection with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def hangs_up(connection: socket.socket) -> bool:
    """Closes the connection in good order."""
    return False


def hangs(server: Wire) -> Act:
    """Says nothing until the test is over."""

    def act(connection: socket.socket) -> bool:
        server.let_go.wait()
        return False

    return act
