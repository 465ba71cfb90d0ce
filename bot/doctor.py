"""``menkou doctor``: looks at everything a deployment stands on and says what to do about each fault.

One line a finding: ``ok``, ``warn`` or ``fault``. It changes nothing, but for a token that it may have to fetch. A
check that breaks is a fault itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from rq import Worker
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot import embedded, notice_voices, results_picture
from bot.doctor_doors import look_at_doors
from bot.doctor_duty import look_at_duty
from bot.doctor_policy import look_at_policy
from bot.findings import SKEW_WARN, Finding, Findings, Level, fault, look_at_database, ok, warn
from bot.fit import away
from bot.settings import Settings
from bot.settings_check import KEY_FILE
from bot.transactions import open_database

LIMIT = 2.0  # seconds for an answer of the queue
QUEUES = ("replies", "bulk")
MEGABYTE = 1024 * 1024
DISK_FAULT, DISK_WARN = 200 * MEGABYTE, 2048 * MEGABYTE
FAULT = 1


def run(settings: Settings) -> int:
    """Prints the findings, each once. Answers 1 when one is a fault."""
    said: set[Finding] = set()
    for check in (_folder, _disk, _font, _database, look_at_policy, look_at_duty, look_at_doors, _queue, _recordings):
        for finding in _carefully(check, settings):
            if finding not in said:
                print(finding)
            said.add(finding)
    return FAULT if any(one.level == Level.FAULT for one in said) else 0


def _recordings(settings: Settings) -> Findings:
    """What makes recordings from WeChat play on the pages of notices."""
    program = shutil.which(notice_voices.PROGRAM)
    if program is None:
        says = "no ffmpeg: recordings sent from WeChat (AMR) open in the phone's own player, not on the page"
        yield warn("recordings", says, "install ffmpeg, or upload m4a or mp3 on the console")
    else:
        yield ok("recordings", f"written anew by {program}")


def _carefully(check: Callable[[Settings], Findings], settings: Settings) -> Findings:
    try:
        yield from check(settings)
    except (OSError, SQLAlchemyError, RedisError) as error:
        if isinstance(error, DBAPIError):  # whatever wanted to look at it
            yield fault("database", f"cannot be looked at ({away(error)})", _of_the_database(settings))
        else:  # the class only: messages of drivers repeat addresses with their passwords
            name = check.__name__.strip("_").removeprefix("look_at_")
            yield fault(name, f"cannot be looked at ({type(error).__name__})", "is it running?")


def _of_the_database(settings: Settings) -> str:
    if settings.embedded_database:
        return "end what else holds the file, or restore a backup"
    return "start the database, or correct DATABASE_URL"


def _folder(settings: Settings) -> Findings:
    """The data folder and the key in it."""
    if not settings.data.is_dir():
        yield warn("data folder", f"{settings.data} is not there", "it is made by the first start")
        return
    if settings.data.stat().st_mode & 0o077:
        yield warn("data folder", f"{settings.data} is open to other users", f"chmod 700 {settings.data}")
    else:
        yield ok("data folder", str(settings.data))
    key = settings.data / KEY_FILE
    if key.exists():
        yield from _key_file(key)
    left = len(list((settings.data / "spool").rglob("*.msg")))
    if left:
        yield warn(
            "spool", f"{left} messages wait for the database", "they are taken in by the web process when it runs"
        )


def _key_file(key: Path) -> Findings:
    mode = key.stat().st_mode & 0o777
    if mode & 0o077:
        yield fault("key file", f"{key} has mode {mode:o}", f"chmod 600 {key}")
    else:
        yield ok("key file", f"{key}, for its owner only")


def _disk(settings: Settings) -> Findings:
    folder = next(path for path in (settings.data, *settings.data.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    says = f"{free // MEGABYTE} MB free at {folder}"
    if free < DISK_FAULT:
        yield fault("disk", says, "make room: without it messages cannot be taken in")
    elif free < DISK_WARN:
        yield warn("disk", says, "make room soon")
    else:
        yield ok("disk", says)


def _font(settings: Settings) -> Findings:
    """What pictures are drawn with."""
    found = results_picture.font_file(settings.font)
    if found is not None:
        yield ok("font", str(found))
    elif settings.font is not None:
        yield fault("font", f"{settings.font} is not there", "correct MENKOU_FONT")
    else:
        yield warn("font", "none with Chinese characters: results have no picture", "apt-get install fonts-noto-cjk")


def _database(settings: Settings) -> Findings:
    engine = open_database(settings)
    try:
        yield from look_at_database(settings, engine)
    finally:
        engine.dispose()


def _queue(settings: Settings) -> Findings:
    """Redis or Valkey: reachable, keeping what it is told, with a worker for each queue."""
    address = settings.redis_url or embedded.url(settings)
    with Redis.from_url(address, socket_timeout=LIMIT, socket_connect_timeout=LIMIT) as redis:
        try:
            redis.ping()
        except RedisError:
            if settings.redis_url is None:
                yield warn("queue", "the bundled server does not run", "start the deployment with `menkou up`")
            else:
                yield fault("queue", "the server of REDIS_URL does not answer", "start it, or correct REDIS_URL")
            return
        yield from _keeping(redis)
        yield from _server_time(redis)
        yield from _workers(redis)


def _keeping(redis: Redis) -> Findings:
    if not redis.info("persistence").get("aof_enabled"):
        yield warn("queue", "it forgets what waits when it ends", "set `appendonly yes` (late, not lost, without it)")
    else:
        yield ok("queue", "answers and keeps an append-only file")


def _server_time(redis: Redis) -> Findings:
    seconds, micros = redis.time()
    skew = abs(datetime.now(UTC) - datetime.fromtimestamp(seconds + micros / 1e6, UTC))
    if skew > SKEW_WARN:
        yield warn("queue", f"its clock is {skew.total_seconds():.1f} s off", "set both by NTP")


def _workers(redis: Redis) -> Findings:
    served = {name for worker in Worker.all(connection=redis) for name in worker.queue_names()}
    for name in QUEUES:
        if name in served:
            yield ok("workers", f"{name} is served")
        else:
            yield warn("workers", f"nobody serves {name}", f"run `menkou worker {name}`; the clock delivers meanwhile")
