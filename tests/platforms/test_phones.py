"""The simulated SMS and voice port over plain HTTP: what it takes, once, and what it refuses."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.platforms.clock import PlatformClock
from bot.platforms.phones import Phones
from bot.platforms.simulator import Simulator, running

NOON = 1_763_697_600.0  # 2025-11-21 12:00 in Shanghai
TOKEN = "a-token"
NUMBER = "13800000001"
LEAK = "【紧急】3号楼燃气泄漏，请马上接单。"


class Port:
    """A plain client of the port."""

    def __init__(self, simulator: Simulator, phones: Phones, address: str) -> None:
        self.simulator, self.phones, self._address = simulator, phones, urlsplit(address).netloc
        self.clock, self.faults = simulator.clock, simulator.faults

    def ask(self, method: str, path: str, body: bytes | None = None, token: str = TOKEN) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection(self._address, timeout=30)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {token}"} if token else {})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def send(self, name: str, token: str = TOKEN, **given: Any) -> int:
        message = {"id": name, "to": NUMBER, "kind": "sms", "text": LEAK, **given}
        return self.ask("POST", "/sms", json.dumps(message).encode(), token)[0]

    def refusals(self) -> list[int | None]:
        return [entry.fields["errcode"] for entry in self.simulator.record.entries("refused", "sms")]


@pytest.fixture
def port() -> Iterator[Port]:
    simulator = Simulator(clock=PlatformClock(NOON))
    phones = simulator.add(Phones(simulator.ground, token=TOKEN, per_minute=3))
    with running(simulator) as address:
        yield Port(simulator, phones, address)


def test_a_message_and_a_call_are_on_the_screen_of_the_number(port: Port) -> None:
    assert (port.send("a1"), port.send("a2", kind="voice", text="请接单")) == (200, 200)
    assert port.phones.told(NUMBER) == [LEAK]
    assert port.phones.told(NUMBER, "voice") == ["请接单"]
    assert [entry.what for entry in port.simulator.record.entries(door="sms")] == ["sms", "voice"]
    assert port.simulator.record.entries("sms")[0].fields["request"]["id"] == "a1"


def test_an_id_is_done_once_and_known_for_a_day(port: Port) -> None:
    assert [port.send("a1"), port.send("a1"), port.send("a1", to="13900000000")] == [200, 409, 409]
    port.clock.advance(24 * 3600 - 1)
    assert port.send("a1") == 409
    port.clock.advance(1)
    assert port.send("a1") == 200
    assert port.phones.told(NUMBER) == [LEAK, LEAK]


def test_what_was_refused_may_come_again_with_its_id(port: Port) -> None:
    assert [port.send(name) for name in ("a1", "a2", "a3", "a4")] == [200, 200, 200, 429]
    assert port.send("a1") == 409
    port.clock.advance(60)
    assert port.send("a4") == 200
    assert len(port.phones.told(NUMBER)) == 4


@pytest.mark.parametrize("token", ["", "another", TOKEN + "x"])
def test_another_token_is_refused_everywhere(port: Port, token: str) -> None:
    assert port.send("a1", token) == 401
    assert port.ask("GET", "/sms/health", token=token)[0] == 401
    assert port.phones.told(NUMBER) == []
    assert TOKEN not in json.dumps([entry.fields for entry in port.simulator.record.entries()])


@pytest.mark.parametrize("to", ["", "12", "a3800000000", "138 0000 0000", "+", "1" * 16])
def test_what_is_no_number_is_422(port: Port, to: str) -> None:
    assert port.send("a1", to=to) == 422
    assert port.refusals() == [422]


def test_a_number_that_was_given_up(port: Port) -> None:
    port.phones.acts["disconnect"](NUMBER)
    assert port.send("a1") == 422
    port.phones.acts["disconnect"](NUMBER, gone=False)
    assert port.send("a1") == 200
    assert port.send("a2", to="+8613800000001") == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"id": 1, "to": "138", "kind": "sms", "text": "x"}', b"\xff"],
)
def test_what_is_no_message_is_400(port: Port, body: bytes) -> None:
    assert port.ask("POST", "/sms", body)[0] == 400


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "fax"},
        {"text": ""},
        {"text": "字" * 351},
        {"kind": "voice", "text": "字" * 151},
        {"name": ""},
        {"name": "字"},
        {"name": "a" * 201},
    ],
)
def test_fields_that_do_not_fit_are_400(port: Port, given: dict[str, str]) -> None:
    assert port.send(**{"name": "a1", **given}) == 400
    assert port.send("a2", text="字" * 350) == 200


def test_health_and_methods(port: Port) -> None:
    assert port.ask("GET", "/sms/health") == (200, {"ok": True})
    assert port.ask("GET", "/sms")[0] == 405
    port.phones.status = 503
    assert (port.ask("GET", "/sms/health")[0], port.send("a1")) == (503, 503)


@pytest.mark.parametrize(
    ("fault", "status"),
    [("busy", 503), ("http_500", 500), ("refuse_token", 401), ("banned", 403), ("minute_quota", 429)],
)
def test_faults_are_answered_with_a_status(port: Port, fault: str, status: int) -> None:
    port.faults.on(fault, path="/sms", times=1)
    assert [port.send("a1"), port.send("a1")] == [status, 200]
    assert port.phones.told(NUMBER) == [LEAK]


def test_silently_dropped_and_invalid_for_some(port: Port) -> None:
    port.faults.on("silent_drop", path="/sms", times=1)
    port.faults.on("partial", people=["13900000000"])
    assert [port.send("a1"), port.send("a2", to="13900000000")] == [200, 422]
    assert port.phones.told(NUMBER) == []


def test_cut_before_and_after(port: Port) -> None:
    port.faults.on("reset_before", path="/sms", times=1)
    port.faults.on("reset_after_accept", path="/sms", times=1)
    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            port.send("a1")
    assert port.send("a1") == 409
    assert port.phones.told(NUMBER) == [LEAK]


def test_hung_until_it_is_let_go(port: Port) -> None:
    port.faults.on("hung", path="/sms")
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(port.send("a1")))
    thread.start()
    thread.join(0.1)
    assert (answers, port.phones.told(NUMBER)) == ([], [])
    port.faults.off("hung")
    thread.join(10)
    assert answers == [200]


def test_its_state(port: Port) -> None:
    port.send("a1")
    port.phones.disconnect("110")
    assert port.phones.state() == {"per_minute": 3, "this_minute": 1, "known_ids": 1, "unreachable": ["110"]}
    port.clock.advance(24 * 3600)
    assert port.phones.state()["known_ids"] == 0
