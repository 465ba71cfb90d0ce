"""What was answered: one log line a request and the counters behind /metrics.

Both name a request by its route's template (``/t/{token}``), never by its path or query: those carry tokens.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator

from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("menkou.access")

UNROUTED = "-"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds


class Traffic:
    """Counts of this process since it started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: Counter[tuple[str, str, int]] = Counter()
        self._within: Counter[float] = Counter()
        self._seconds = 0.0

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answered request."""
        with self._lock:
            self._answers[method, route, status] += 1
            self._seconds += seconds
            for bucket in BUCKETS:
                if seconds <= bucket:
                    self._within[bucket] += 1

    def lines(self) -> Iterator[str]:
        """The counters in Prometheus' text format."""
        with self._lock:
            answers, within, seconds = dict(self._answers), dict(self._within), self._seconds
        yield "# TYPE menkou_http_requests_total counter"
        for (method, route, status), count in sorted(answers.items()):
            yield f'menkou_http_requests_total{{method="{method}",route="{route}",status="{status}"}} {count}'
        yield "# TYPE menkou_http_request_seconds histogram"
        for bucket in BUCKETS:
            yield f'menkou_http_request_seconds_bucket{{le="{bucket}"}} {within.get(bucket, 0)}'
        total = sum(answers.values())
        yield f'menkou_http_request_seconds_bucket{{le="+Inf"}} {total}'
        yield f"menkou_http_request_seconds_sum {seconds:.6f}"
        yield f"menkou_http_request_seconds_count {total}"


class AccessLog:
    """Writes the log line and counts. Outermost, so that refusals of the guards are seen as well."""

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self.app = app
        self.traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500  # what the server answers when nothing was sent
        begun = time.perf_counter()

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, note_status)
        finally:
            self._write(scope, status, time.perf_counter() - begun)

    def _write(self, scope: Scope, status: int, seconds: float) -> None:
        route = template_of(scope)
        self.traffic.note(scope["method"], route, status, seconds)
        log.info("%s %s %d %.1f ms", scope["method"], route, status, seconds * 1000)


def template_of(scope: Scope) -> str:
    """The route's template, a mount's prefix, or ``-`` where neither took the request: that path is anybody's."""
    path = getattr(scope.get("route"), "path", None)
    if path is None and "endpoint" in scope:
        path = scope.get("root_path")
    return path if isinstance(path, str) and path else UNROUTED
