"""RQ's side: jobs carry names only, and only names of this list run. The rows remember, RQ never does (rule 3)."""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from bot import deliver, notices, wanted
from bot.bell import LIMIT
from bot.settings import Settings
from bot.wiring import App, build

log = logging.getLogger(__name__)

JOBS = {"replies": "bot.jobs.deliver_replies", "bulk": "bot.jobs.deliver_bulk", "media": "bot.jobs.fetch_media"}
ALLOWED = frozenset(JOBS.values())
QUEUES = {"replies": "replies", "bulk": "bulk", "media": "bulk"}  # a file may take its time: no answer waits behind it
ENOUGH = 2  # rings that already wait: more would find nothing
JOB_SECONDS = 300

_app: App | None = None  # made before the worker forks; connections are not shared across the fork


class NotAllowed(Exception):
    """Somebody put a job into the queue that is none of ours."""


class ListedJob(Job):
    """RQ's serializer runs any importable name: this class runs those of the list."""

    @property
    def func(self) -> Callable[..., Any] | None:
        """The function, if its name is on the list. Raises NotAllowed."""
        if self.func_name not in ALLOWED:
            raise NotAllowed(f"a job named {self.func_name!r} does not run here")
        function: Callable[..., Any] | None = super().func
        return function

    def send_webhooks(self, *_: object, **__: object) -> None:
        """Nobody is to be called from here because the queue says so."""

    # Callbacks are imported by name as well, whatever the job itself is called.
    @property
    def success_callback(self) -> None:
        """Ours have none."""

    @property
    def failure_callback(self) -> None:
        """Ours have none."""

    @property
    def stopped_callback(self) -> None:
        """Ours have none."""


class Doorbell:
    """Rings by a job of a fixed name."""

    def __init__(self, url: str, limit: float) -> None:
        connection = Redis.from_url(url, socket_timeout=limit, socket_connect_timeout=limit, retry=None)
        self._queues = {
            bell: Queue(name, connection=connection, serializer=JSONSerializer, job_class=ListedJob)
            for bell, name in QUEUES.items()
        }

    def ring(self, name: str) -> None:
        """Asks a worker to look. Raises RedisError within the limit."""
        queue = self._queues[name]
        if queue.count < ENOUGH:
            queue.enqueue(JOBS[name], job_timeout=JOB_SECONDS, result_ttl=0, failure_ttl=3600)


class PatientWorker(Worker):
    """Takes work within seconds after an outage: the stock one doubles its wait up to a minute."""

    max_connection_wait_time = 5.0


def deliver_replies() -> None:
    """Sends what is owed to people and groups."""
    deliver.run(_running(), "replies")


def deliver_bulk() -> None:
    """Cuts and sends slices of notices until there is nothing to do."""
    app = _running()
    until = time.monotonic() + JOB_SECONDS / 2
    with notices.at_work(app) as still:
        while notices.run_due(app, notices.AT_A_STRETCH):
            still()
            wanted.fetch_due(app)  # a notice to a whole town takes minutes, and somebody wants to see the photo
            if time.monotonic() > until:  # the queue would end this job in the middle of a call
                _ring_again(app.settings, "bulk")
                break
    deliver.run(app, "bulk")
    fetch_media()


def _ring_again(settings: Settings, name: str) -> None:
    try:
        if settings.redis_url is not None:
            Doorbell(settings.redis_url, LIMIT).ring(name)
    except RedisError as error:
        log.warning("the bell for %s did not ring (%s); the sweep goes on with it", name, type(error).__name__)


def fetch_media() -> None:
    """Fetches the pictures and recordings of messages from their platforms."""
    while wanted.fetch_due(_running()):
        pass


def _running() -> App:
    if _app is None:
        raise RuntimeError("a job runs inside a worker")
    return _app


def work(settings: Settings, queue: str) -> int:
    """A worker for exactly one queue: with several, RQ takes jobs by a pop that loses them when it is killed."""
    global _app
    _app = build(settings)
    if settings.redis_url is None:
        raise RedisError("a worker needs REDIS_URL; menkou up gives it the bundled server")
    connection = Redis.from_url(settings.redis_url)
    _drain_at_start(queue)
    worker = PatientWorker(
        [Queue(queue, connection=connection, serializer=JSONSerializer, job_class=ListedJob)],
        connection=connection,
        serializer=JSONSerializer,
        job_class=ListedJob,
        name=f"{queue}-{os.getpid()}-{threading.get_ident()}",
    )
    gc.collect()
    gc.freeze()  # dictionaries and code stay: looking at them again and again takes a third of a large notice's time
    worker.work(logging_level="WARNING", with_scheduler=False)
    _app.close()
    return 0


def _drain_at_start(queue: str) -> None:
    """What came in while no worker was up."""
    try:
        deliver_replies() if queue == "replies" else deliver_bulk()
    except Exception as error:  # noqa: BLE001 - the worker still serves its queue
        log.error("the %s worker could not look at once (%s)", queue, type(error).__name__)
