"""The named alternative to a notice's ledger: one job of RQ for each household, which makes the same call.

``python -m bot.bench.notice_rq`` is its worker. Nothing is written down of what became of anybody: this is less than
what a notice needs, and what people write who have a queue at hand.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from bot import embedded
from bot.bench import notice_proof, servers
from bot.bench.notice_town import WORDS
from bot.channels.base import Outgoing
from bot.channels.http import Http
from bot.channels.sms import PhoneChannel, Port
from bot.settings import Settings

QUEUE = "bench"
FEW = 10  # households of the sample that are tried where each waits for its platform

_channel: PhoneChannel | None = None


class NotRun(Exception):
    """Some jobs did not run; the message is one sentence."""


def tell(port: int, number: int) -> None:
    """The job: one household's message."""
    global _channel
    if _channel is None:
        _channel = PhoneChannel("sms", Port(f"http://127.0.0.1:{port}/sms", "", Http()))
    _channel.send([Outgoing(f"job:{number}", WORDS, person=f"138{number:08}")])


def rate(folder: Path, latency: int, sample: int) -> float:
    """Households a second of one worker, from so many jobs; where each waits for a slow platform, from fewer of them.

    Raises NotRun.
    """
    jobs = max(sample // FEW, 1) if latency else sample
    with _queue(folder) as url, servers.notice_platform(latency) as port:
        with Redis.from_url(url) as connection:
            queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
            begun = time.perf_counter()
            for number in range(jobs):
                queue.enqueue("bot.bench.notice_rq.tell", port, number, result_ttl=0)
            filling = time.perf_counter() - begun
        worked = _worked(url)
        reached = notice_proof.counts(port)["people"]
    if reached != jobs:
        raise NotRun(f"of {jobs} jobs of RQ {reached} ran.")
    return jobs / (filling + worked)


@contextlib.contextmanager
def _queue(folder: Path) -> Iterator[str]:
    settings = Settings(data=folder / "queue")
    try:
        yield embedded.start(settings)
    finally:
        embedded.stop(settings)


def _worked(url: str) -> float:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bot.bench.notice_rq"],
        input=json.dumps({"url": url}).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return float(json.loads(done.stdout)["seconds"])


def main() -> None:
    """Works until the queue is empty. RQ's simple worker: it does not fork for each job, which would cost far more."""
    with Redis.from_url(json.load(sys.stdin)["url"]) as connection:
        worker = SimpleWorker(
            [Queue(QUEUE, connection=connection, serializer=JSONSerializer)],
            connection=connection,
            serializer=JSONSerializer,
        )
        begun = time.perf_counter()
        worker.work(burst=True, logging_level="ERROR")
        json.dump({"seconds": time.perf_counter() - begun}, sys.stdout)


if __name__ == "__main__":
    main()
