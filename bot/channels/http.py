"""HTTP towards platforms: one pool of kept connections, limits on time and size, and an exact word on what got out.

A request counts as out once its last byte was handed to the operating system. Before that no platform can act on it,
since the announced length was never reached: ``NotOut``. From then on it may have been acted upon: ``Unheard``.

Nothing is repeated here and no redirect is followed. A kept connection that has rested for a few seconds is not used
again: the platform may be closing it at this moment, and a send that is cut leaves us unsure, which is worse than one
more handshake. Only where a peer hangs up sooner than that, a request can still be lost to it; it is ``Unheard`` like
any other, because a peer that acted and then died looks the same from here.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.filepost import encode_multipart_formdata
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry, parse_url

CONNECT = 3.0  # seconds
READ = 8.0  # seconds until the answer is there, whole
WRITE = 15.0  # seconds for a whole request: a picture from an office with a slow line
REST = 4.0  # seconds; servers keep idle connections for five and more
KEPT = 160  # connections a host: a notice has 128 calls under way, and people are answered meanwhile
NEVER = Retry(total=False, redirect=False)
LARGEST = 1024 * 1024  # bytes of an answer, where the caller says nothing else


class Lost(Exception):
    """No answer came. The text says why, without address or content."""


class NotOut(Lost):
    """The request did not get out whole: nobody can have acted on it."""


class Unheard(Lost):
    """The request got out, and no whole answer came back: it may have been acted upon."""


class TooLarge(Unheard):
    """An answer came back and was not read to its end."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, whatever its status."""

    status: int
    mime: str
    content: bytes = field(repr=False)


def form(name: str, mime: str, content: bytes, *, part: str = "media") -> tuple[bytes, str]:
    """A form with one file in it, and the form's content type."""
    return encode_multipart_formdata({part: (name, content, mime)})


class Http:
    """Pools of connections for any number of threads and hosts. Survives a fork."""

    def __init__(self, *, connect: float = CONNECT, read: float = READ, write: float = WRITE) -> None:
        self._timeout, self._write, self._read = Timeout(connect=connect, read=read), write, read
        self._pools: dict[str, HTTPConnectionPool] = {}
        _all.add(self)

    def ask(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        largest: int = LARGEST,
    ) -> Heard:
        """One request, one answer of at most ``largest`` bytes. Raises NotOut and Unheard, and nothing else."""
        _now.out, _now.write = False, self._write
        scheme, _, rest = url.partition("://")
        host, _, target = rest.partition("/")
        try:
            response = self._pool(scheme, host).urlopen(
                method,
                f"/{target}",
                body=body,
                headers=headers,
                timeout=self._timeout,
                retries=NEVER,
                redirect=False,
                preload_content=False,
            )
            return self._heard(response, largest)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            lost = _lost(error)
        raise lost  # outside the handler: the library's own errors name the address, and the address has the token

    def close(self) -> None:
        """Gives back all connections."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()

    def _pool(self, scheme: str, host: str) -> HTTPConnectionPool:
        origin = f"{scheme}://{host}"
        known = self._pools.get(origin)
        if known is None:
            parsed = parse_url(origin)
            kind = _Pool if parsed.scheme == "http" else _SecurePool
            known = self._pools.setdefault(origin, kind(parsed.host or "", parsed.port, maxsize=KEPT))
        return known

    def _heard(self, response: BaseHTTPResponse, largest: int) -> Heard:
        until = time.monotonic() + self._read
        content = bytearray()
        try:
            while chunk := response.read1(largest + 1 - len(content)):
                content += chunk
                if len(content) > largest:
                    raise TooLarge("the answer is too large")
                if time.monotonic() > until:
                    raise Unheard("the answer takes too long")
        except BaseException:
            response.close()  # in the middle of an answer: this connection is of no more use
            raise
        response.release_conn()
        mime = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Heard(response.status, mime, bytes(content))

    def _start_over(self) -> None:
        """In a forked child: the parent's connections must not be used, nor its locks waited for."""
        self._left_to_the_parent = self._pools
        self._pools = {}


def _lost(error: Exception) -> Lost:
    kind = type(error).__name__
    return Unheard(kind) if _now.out else NotOut(kind)


class _Progress(threading.local):
    """How far the request of this thread is."""

    out = True
    write = WRITE


_now = _Progress()


class _Connection(HTTPConnection):
    """Plain, for simulators and tests. Notices when a request is out, and how long ago the last one was."""

    _used_at = 0.0
    _parts: list[bytes] | None = None

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(_now.write)

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Head and body in one piece: one packet and one system call for a short message."""
        self._parts = []
        super().request(*args, **kwargs)
        whole, self._parts = b"".join(self._parts), None
        if self.sock is not None:
            self.sock.settimeout(_now.write)
        self.send(whole)
        _now.out, self._used_at = True, time.monotonic()

    def send(self, data: Any) -> None:
        if self._parts is None:
            super().send(data)
        else:
            self._parts.append(data)

    @property
    def is_connected(self) -> bool:
        return time.monotonic() - self._used_at < REST and super().is_connected


class _SecureConnection(_Connection, HTTPSConnection):
    """With the certificate checked against the machine's own list."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _WithoutQuery(logging.Filter):
    """Cuts addresses in the library's own log off at the question mark: tokens stand behind it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(one.partition("?")[0] if isinstance(one, str) else one for one in record.args)
        return True


for _name in ("urllib3.connection", "urllib3.connectionpool", "urllib3.response"):
    logging.getLogger(_name).addFilter(_WithoutQuery())

_all: weakref.WeakSet[Http] = weakref.WeakSet()


def _after_fork() -> None:
    for http in list(_all):
        http._start_over()


os.register_at_fork(after_in_child=_after_fork)
