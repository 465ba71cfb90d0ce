"""The queue is a doorbell: dead, hung, emptied or lied to, what is owed still goes out, once. Real processes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from rq import Callback, Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.webhook import Webhook
from sqlalchemy import select, update

from bot import clock, deliver, scratch
from bot.bell import RedisBell
from bot.jobs import ALLOWED, JOBS, ListedJob, NotAllowed
from bot.receive import Intake
from bot.settings import Settings
from bot.wiring import SAMPLE_DOOR
from storage.deployment import Mark, Screen
from storage.facts import Fact, FactKind
from storage.outbox import Outbox
from storage.timers import Timer
from tests.delivery.office import Office, screens
from tests.faults.processes import PATIENCE, Deployment, deployment, free_port, until
from tests.intake.front import said

# The worst case of the sweep: five seconds until a row counts as left lying, and a look a second.
SWEPT_WITHIN = 12.0


@pytest.fixture
def sample(make_settings: Callable[..., Settings], database_url: str) -> Settings:
    """A sample deployment: its screens are rows, so that other processes can show and we can look."""
    return make_settings(database_url=database_url, sample=True)


@pytest.fixture
def town(sample: Settings) -> Iterator[Deployment]:
    """Nothing runs yet; the queue is where the test says."""
    with deployment(sample, MENKOU_SAMPLE="1", MENKOU_SAMPLE_CHANNELS="1") as made:
        app = made.app()
        with app.writing() as db:
            db.add(Mark(name="sample", value="yes"))
        app.close()
        yield made


@pytest.fixture
def office(town: Deployment) -> Iterator[Office]:
    app = town.app()
    app.channels[SAMPLE_DOOR] = screens(app, SAMPLE_DOOR)
    yield Office(app)
    app.close()


@pytest.fixture
def hung_redis() -> Iterator[str]:
    """Accepts, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        kept: list[socket.socket] = []
        over = threading.Event()
        door.settimeout(0.1)

        def accept() -> None:
            while not over.is_set():
                try:
                    kept.append(door.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"redis://127.0.0.1:{door.getsockname()[1]}/0"
        over.set()
        thread.join()
        for line in kept:
            line.close()


def sent_within(office: Office, seconds: float, rows: int = 1) -> float:
    """How long it took until everything owed was sent."""
    begun = time.monotonic()
    until(lambda: office.states() == ["sent"] * rows, seconds, f"{office.states()}")
    return time.monotonic() - begun


# --- a worker


@pytest.fixture
def patient_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may fail after a fifth of a second, since the sweep delivers; here nobody sweeps."""
    monkeypatch.setattr("bot.bell.LIMIT", PATIENCE)


@pytest.mark.usefixtures("patient_bell")
def test_a_ring_is_answered_by_a_worker_at_once(town: Deployment, office: Office, clean_valkey: str) -> None:
    town.redis_url = clean_valkey
    town.start("worker", "replies")
    until(lambda: workers(clean_valkey) == 1)
    person = office.account(SAMPLE_DOOR, "王阿姨")
    office.owe(person, "已受理", "已办结")
    bell = RedisBell(clean_valkey)
    bell.ring("replies")
    sent_within(office, PATIENCE, 2)
    bell.close()
    assert office.shown() == ["已受理", "已办结"]


def test_a_worker_that_starts_takes_what_waits_without_any_ring(
    town: Deployment, office: Office, clean_valkey: str
) -> None:
    town.redis_url = clean_valkey
    office.owe(office.account(SAMPLE_DOOR, "王阿姨"), "已受理")
    town.start("worker", "replies")
    sent_within(office, PATIENCE)


def test_a_queue_that_was_emptied_loses_nothing(town: Deployment, office: Office, clean_valkey: str) -> None:
    """FLUSHALL: the rings are gone, the worker's own entry too; the rows are not."""
    town.redis_url = clean_valkey
    for number in range(20):
        office.owe(office.account(SAMPLE_DOOR, f"居民{number}"), "您好")
    bell = RedisBell(clean_valkey)
    bell.ring("replies")
    bell.close()
    with redis.Redis.from_url(clean_valkey) as client:
        client.flushall()
    town.start("clock")
    sent_within(office, 30, 20)
    assert len(office.shown()) == 20


def workers(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        return int(client.scard("rq:workers"))


# --- the queue does not work


def test_with_the_queue_dead_from_the_start_emergencies_go_out_by_the_sweep(town: Deployment, office: Office) -> None:
    town.redis_url = f"redis://127.0.0.1:{free_port()}/0"
    process = town.start("clock")
    person = office.account(SAMPLE_DOOR, "值班老何")
    until(lambda: (town.settings.data / "run").exists() or office.app.engine.dialect.name == "postgresql")
    office.owe(person, "燃气泄漏！", urgent=True)
    sent_within(office, SWEPT_WITHIN + PATIENCE)
    assert "Traceback" not in process.said


def test_a_hung_queue_delays_neither_an_answer_nor_the_sweep(town: Deployment, office: Office, hung_redis: str) -> None:
    town.redis_url = hung_redis
    town.start("clock")
    office.owe(office.account(SAMPLE_DOOR, "王阿姨"), "已受理")
    assert min(rung(hung_redis) for _ in range(3)) < 0.1, "whatever the machine does meanwhile"
    sent_within(office, SWEPT_WITHIN + PATIENCE)


def rung(url: str) -> float:
    """Seconds that two hundred rings take of a bell that has never rung."""
    bell = RedisBell(url)
    begun = time.monotonic()
    for _ in range(200):
        bell.ring("replies")
    took = time.monotonic() - begun
    bell.close()
    return took


def test_the_sweep_leaves_the_newest_rows_to_the_workers(office: Office) -> None:
    person = office.account(SAMPLE_DOOR, "王阿姨")
    row = office.owe(person, "已受理")[0]
    clock.sweep(office.app)
    assert office.states() == ["waiting"]
    office.change(row, next_try_at=office.app.clock.wall() - clock.LEFT_LYING - timedelta(seconds=1))
    clock.sweep(office.app)
    assert office.states() == ["sent"]


def test_a_worker_and_two_sweeps_at_once_show_nothing_twice(
    town: Deployment, office: Office, clean_valkey: str
) -> None:
    town.redis_url = clean_valkey
    for number in range(30):
        office.owe(office.account(SAMPLE_DOOR, f"居民{number}"), f"{number} 一", f"{number} 二")
    town.start("worker", "replies")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: deliver.run(office.app), range(2)))
    sent_within(office, 30, 60)
    assert len(office.shown()) == len(set(office.shown())) == 60
    with office.app.reading() as db:
        assert set(db.scalars(select(Outbox.tries))) == {1}


# --- the queue is lied to


@pytest.fixture
def queue(clean_valkey: str) -> Iterator[Queue]:
    with redis.Redis.from_url(clean_valkey) as client:
        yield Queue("replies", connection=client, serializer=JSONSerializer)


def test_a_job_that_is_not_on_the_list_does_not_run(
    town: Deployment, office: Office, queue: Queue, clean_valkey: str, tmp_path: Path
) -> None:
    """Whoever can write to the queue could run any importable name: os.system did."""
    marks = [tmp_path / name for name in ("job", "success", "failure")]
    queue.enqueue("os.system", f"touch {marks[0]}")
    queue.enqueue("subprocess.check_call", ["touch", str(marks[1])])
    queue.enqueue("pathlib.Path.touch", str(marks[2]))
    town.redis_url = clean_valkey
    process = town.start("worker", "replies")
    until(lambda: queue.count == 0)
    office.owe(office.account(SAMPLE_DOOR, "王阿姨"), "已受理")
    queue.enqueue(JOBS["replies"])
    sent_within(office, PATIENCE)  # and the worker goes on
    assert [mark.exists() for mark in marks] == [False] * 3
    assert process.popen.poll() is None


def test_callbacks_by_name_do_not_run_either(queue: Queue, clean_valkey: str) -> None:
    named = Callback("os.abort")
    with redis.Redis.from_url(clean_valkey) as client:
        made = queue.enqueue("os.system", "true", on_success=named, on_failure=named, on_stopped=named)
        job = ListedJob.fetch(made.id, connection=client, serializer=JSONSerializer)
        assert (job.success_callback, job.failure_callback, job.stopped_callback) == (None, None, None)
        assert Job.fetch(made.id, connection=client, serializer=JSONSerializer).failure_callback is not None


def test_a_job_cannot_make_a_worker_call_an_address(queue: Queue, clean_valkey: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door, redis.Redis.from_url(clean_valkey) as client:
        door.settimeout(0.3)
        hook = Webhook(f"http://127.0.0.1:{door.getsockname()[1]}/", "finished")
        made = queue.enqueue("os.getpid", webhooks=[hook])
        ListedJob.fetch(made.id, connection=client, serializer=JSONSerializer).send_webhooks("finished")
        with pytest.raises(TimeoutError):
            door.accept()


@pytest.mark.parametrize("name", ["os.system", "builtins.exec", "bot.jobs.work", "bot.jobs.deliver_replies.x", ""])
def test_only_names_of_the_list_become_functions(queue: Queue, clean_valkey: str, name: str) -> None:
    with redis.Redis.from_url(clean_valkey) as client:
        job = ListedJob.create("os.getpid", connection=client, serializer=JSONSerializer)
        job._func_name = name
        with pytest.raises(NotAllowed):
            _ = job.func


def test_every_bell_rings_for_a_job_of_the_list() -> None:
    assert set(JOBS.values()) == ALLOWED


@pytest.mark.usefixtures("patient_bell")
def test_jobs_carry_names_and_json_only(clean_valkey: str) -> None:
    """A pickle in the queue would run code when it is read."""
    bell = RedisBell(clean_valkey)
    bell.ring("replies")
    bell.close()
    with redis.Redis.from_url(clean_valkey) as client:
        until(lambda: client.llen("rq:queue:replies") == 1)
        name = client.lindex("rq:queue:replies", 0)
        job = ListedJob.fetch(name.decode(), connection=client, serializer=JSONSerializer)
        assert (job.func_name, list(job.args), dict(job.kwargs)) == (JOBS["replies"], [], {})


@pytest.mark.usefixtures("patient_bell")
def test_rings_that_pile_up_become_few(clean_valkey: str) -> None:
    bell = RedisBell(clean_valkey)
    for _ in range(50):
        bell.ring("replies")
        time.sleep(0.002)
    bell.close()
    with redis.Redis.from_url(clean_valkey) as client:
        assert 1 <= client.llen("rq:queue:replies") <= 3


# --- two clocks


def test_two_clock_processes_ring_everything_once(
    town: Deployment, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "DOOR", SAMPLE_DOOR)
    with office.app.writing() as db:
        home = scratch.Neighbourhood(db, office.app.vault, "梧桐里小区")
        home.group("业主群")
        for name in ("小赵", "小钱"):
            home.person(name, "grid_worker")
    Intake(office.app).take_now(said("王阿姨", "5号楼楼道里煤气味很大，快来人", chat="业主群", door=SAMPLE_DOOR))
    slept = timedelta(minutes=35)
    with office.app.writing() as db:
        db.execute(update(Timer).where(Timer.kind == "emergency").values(due_at=office.app.clock.wall() - slept))
    deliver.run(office.app)
    before = len(office.shown())
    clocks = [town.start("clock") for _ in range(2)]
    until(lambda: len(rounds(office)) == 4 and len(office.shown()) >= before + 2)
    time.sleep(2.5)  # both look again
    assert len(rounds(office)) == 4
    with office.app.reading() as db:
        screens_of = db.execute(select(Screen.address, Screen.text)).all()
    assert len(screens_of) == len(set(screens_of))
    assert ["Traceback" in one.said or "ERROR" in one.said for one in clocks] == [False, False]


def rounds(office: Office) -> list[str | None]:
    """Names of the lateness that was noted."""
    with office.app.reading() as db:
        return list(db.scalars(select(Fact.name).where(Fact.kind == FactKind.LATE)))
