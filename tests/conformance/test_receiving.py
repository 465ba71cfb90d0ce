"""What every channel does with what its platform brings: often, late, all at once, broken, or never heard of."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import kf_pull
from bot.channels.base import LONGEST_BODY
from bot.platforms.official_account import Callback
from bot.settings import Settings
from storage.inbox import InboxState
from tests.conformance.bench import Bench
from tests.conformance.cases import Case, tries
from tests.conformance.ear import Ear
from tests.conformance.street import Street, street
from tests.conftest import SECRET_KEY
from tests.left_out import ENGINES

pytestmark = pytest.mark.xdist_group("conformance-receiving")


@pytest.fixture(scope="module", params=ENGINES)
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """One neighbourhood for all tests of this file, on each engine."""
    folder = tmp_path_factory.mktemp("street")

    def make(**given: object) -> Settings:
        return Settings(**{"data": folder, "secret_keys": (SECRET_KEY,), **given})  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as quick:
        quick.setattr(kf_pull, "LOOK_EVERY", 0.01)
        if request.param == "sqlite":
            database = folder / "menkou.db"
            template: Path = request.getfixturevalue("sqlite_template")
            database.write_bytes(template.read_bytes())
            with street(make, f"sqlite:///{database}") as made:
                yield made
            return
        with request.getfixturevalue("postgres_pool").lent() as url, street(make, url) as made:
            yield made


@pytest.fixture
def ear(here: Street, bench: Bench, caplog: pytest.LogCaptureFixture) -> Iterator[Ear]:
    """The door's ear. Afterwards the log must be free of traces, and nothing was put away as failed."""
    assert bench.ear is not None
    caplog.set_level(logging.INFO, logger="bot")
    failed = here.failed()
    yield here.ear(bench.ear, bench.door)
    assert [one.getMessage() for one in caplog.records if one.exc_info] == []
    assert here.failed() == failed
    assert not [word for word in ("stranger", "Stranger", "路灯", "楼道灯", *bench.secrets) if word in caplog.text]


def one_answer(here: Street, ear: Ear, person: str, answers: list[str | None]) -> None:
    """One row, one ticket, and the same words whenever it is brought; read once."""
    assert len(set(answers)) == 1
    assert len(here.told(ear, person)) + (answers[0] is not None) == 1
    assert len(here.kept(ear, person)) == 1
    assert here.tickets(ear, person) == 1


@tries(Case.REPEAT)
def test_the_same_message_four_times(here: Street, ear: Ear) -> None:
    person = here.stranger(ear)
    thing = ear.text(person, here.report())
    one_answer(here, ear, person, [ear.bring(thing) for _ in range(4)])


@tries(Case.REPEAT)
def test_a_repeat_long_after_the_next_message(here: Street, ear: Ear) -> None:
    person = here.stranger(ear)
    things = [ear.text(person, here.report()), ear.text(person, "进度")]
    first = [ear.bring(thing) for thing in things]
    told = here.told(ear, person)
    assert [ear.bring(thing) for thing in things] == first
    assert here.told(ear, person) == told
    assert len(here.kept(ear, person)) == 2
    assert here.tickets(ear, person) == 1


@tries(Case.CONCURRENT)
def test_the_same_message_eight_times_at_once(here: Street, ear: Ear) -> None:
    person = here.stranger(ear)
    thing = ear.text(person, here.report())
    one_answer(here, ear, person, ear.bring_at_once(thing))


@tries(Case.REORDER)
def test_messages_in_reverse(here: Street, ear: Ear) -> None:
    person = here.stranger(ear)
    report, more = ear.text(person, here.report(), ago=40), ear.text(person, "进度", ago=20)
    for thing in (more, report, report, more):
        ear.bring(thing)
    last, first = here.kept(ear, person)
    assert abs((last.said_at - first.said_at).total_seconds() - 20) <= 1  # the platforms' times are whole seconds
    assert first.state == last.state == InboxState.HANDLED
    assert here.tickets(ear, person) == 1


@tries(Case.UNKNOWN_TYPE)
def test_types_that_nobody_knows_are_taken(here: Street, ear: Ear) -> None:
    person = here.stranger(ear)
    for thing in ear.odd(person):
        ear.bring(thing)
    assert len(set(here.told(ear, person))) <= 1
    assert here.tickets(ear, person) == 0


@tries(Case.UNKNOWN_TYPE)
def test_every_type_that_the_documents_know_is_taken(here: Street, ear: Ear) -> None:
    person = here.stranger(ear)
    for thing in ear.kinds(person):
        ear.bring(thing)
    assert here.kept(ear, person)
    here.told(ear, person)


# --- what no platform sends


@tries(Case.OVERSIZED)
@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in pieces"])
def test_too_large_a_body_is_not_kept(here: Street, ear: Ear, caplog: pytest.LogCaptureFixture, chunked: bool) -> None:
    callback, before = ear.callback(here.stranger(ear)), here.counts()
    body = callback.body + b" " * LONGEST_BODY
    whole = f"{ear.path}?{'&'.join(f'{name}={value}' for name, value in callback.query.items())}"
    pieces = (body[at : at + 65536] for at in range(0, len(body), 65536))
    answer = here.town.site.client.post(whole, content=pieces if chunked else body)
    assert answer.status_code == 413
    assert here.counts() == before
    assert len(complaints(caplog)) <= 1


def cut(ear: Ear, whole: Callback) -> Callback:
    return Callback(whole.query, whole.body[: len(whole.body) // 2])


def emptied(ear: Ear, whole: Callback) -> Callback:
    return Callback(whole.query, b"")


def noise(ear: Ear, whole: Callback) -> Callback:
    return Callback(whole.query, bytes(range(256)) * 8)


def unsigned(ear: Ear, whole: Callback) -> Callback:
    return Callback({name: value for name, value in whole.query.items() if "signature" not in name}, whole.body)


def signed_by_another(ear: Ear, whole: Callback) -> Callback:
    return Callback({**whole.query, "msg_signature": "0" * 40}, whole.body)


def signed_for_another_moment(ear: Ear, whole: Callback) -> Callback:
    return Callback({**whole.query, "timestamp": "1"}, whole.body)


def doubled(ear: Ear, whole: Callback) -> Callback:
    encrypted = whole.body[whole.body.index(b"<Encrypt>") : whole.body.index(b"</Encrypt>") + 10]
    return Callback(whole.query, whole.body.replace(b"</xml>", encrypted + b"</xml>"))


def declared(ear: Ear, whole: Callback) -> Callback:
    return Callback(whole.query, b'<!DOCTYPE xml [<!ENTITY a "aaaa">]>' + whole.body)


def for_another_receiver(ear: Ear, whole: Callback) -> Callback:
    return ear.sealed(ear.seal.encrypt(b"<xml><MsgType>text</MsgType></xml>", "wxsomebodyelse"))


def wrongly_padded(ear: Ear, whole: Callback) -> Callback:
    return ear.sealed(ear.seal.encrypt_padded(b"x" * 31 + b"\x00"))


def too_much_padding(ear: Ear, whole: Callback) -> Callback:
    return ear.sealed(ear.seal.encrypt_padded(b"x" * 31 + b"\x21"))


def no_whole_blocks(ear: Ear, whole: Callback) -> Callback:
    return ear.sealed("QUJD")


def no_length(ear: Ear, whole: Callback) -> Callback:
    return ear.sealed(ear.seal.encrypt_block(b"x" * 16 + b"\xff\xff\xff\xff"))


def no_message(ear: Ear, whole: Callback) -> Callback:
    return ear.sealed(ear.seal.encrypt(b""))


def noise_inside(ear: Ear, whole: Callback) -> Callback:
    return ear.sealed(ear.seal.encrypt(bytes(range(256))))


def doubled_inside(ear: Ear, whole: Callback) -> Callback:
    message = ear.seal.decrypt(whole.body.split(b"<Encrypt><![CDATA[")[1].split(b"]]>")[0].decode())
    return ear.sealed(ear.seal.encrypt(message.replace(b"</xml>", b"<MsgType>text</MsgType></xml>")))


def declared_inside(ear: Ear, whole: Callback) -> Callback:
    message = ear.seal.decrypt(whole.body.split(b"<Encrypt><![CDATA[")[1].split(b"]]>")[0].decode())
    return ear.sealed(ear.seal.encrypt(b'<!DOCTYPE xml [<!ENTITY a "aaaa">]>' + message))


BROKEN: tuple[Callable[[Ear, Callback], Callback], ...] = (
    cut, emptied, noise, unsigned, signed_by_another, signed_for_another_moment, doubled, declared,
    for_another_receiver, wrongly_padded, too_much_padding, no_whole_blocks, no_length, no_message, noise_inside,
    doubled_inside, declared_inside,
)  # fmt: skip


@tries(Case.MALFORMED)
def test_what_no_platform_sends_is_refused_in_one_line(
    here: Street, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    before = here.counts()
    for broken in BROKEN:
        caplog.clear()
        answer = here.post(ear, broken(ear, ear.callback(here.stranger(ear))))
        assert answer.status_code in (400, 403), broken.__name__
        assert not answer.content, broken.__name__
        assert len(complaints(caplog)) == 1, broken.__name__
        assert not complaints(caplog)[0].exc_info, broken.__name__
    assert here.counts() == before
    assert here.post(ear, ear.callback(here.stranger(ear))).status_code == 200


def complaints(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [one for one in caplog.records if one.name.startswith("bot.") and one.levelno >= logging.WARNING]
