"""The ground of the simulators: clock, tokens, faults, and connections that are really cut."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.routing import BaseRoute

from bot.platforms.calls import ApiFault, Call, Ground
from bot.platforms.clock import PlatformClock
from bot.platforms.endpoint import Door, Quota
from bot.platforms.simulator import Simulator, running
from bot.platforms.tokens import TokenRefused, Tokens

NOON = 1_763_697_600.0  # 2025-11-21 12:00 in Shanghai


class Parrot:
    """A platform with one interface: it shows a person what it is told."""

    name = "parrot"

    def __init__(self, ground: Ground) -> None:
        self.tokens = Tokens(ground.clock, ground.chance)
        self.door = Door(
            "parrot",
            ground,
            self.tokens,
            messages={-1: "system error", 40003: "invalid openid"},
            quotas={"/cgi-bin/say": Quota(minute=3, day=5)},
            rid=True,
        )
        self.door.offer("GET", "/cgi-bin/token", self.token, token=False, secret=True)
        self.door.offer("POST", "/cgi-bin/say", self.say)
        self.acts: Mapping[str, Callable[..., Any]] = {"shout": str.upper}

    def token(self, call: Call) -> dict[str, Any]:
        return {"access_token": self.tokens.issue("classic").value}

    def say(self, call: Call) -> dict[str, Any]:
        if not call.body.get("touser"):
            raise ApiFault(40003)
        call.show(call.body["touser"], "text", call.body["text"])
        return {"errcode": 0, "errmsg": "ok"}

    def routes(self) -> list[BaseRoute]:
        return list(self.door.routes())

    def state(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        """Nothing runs beside."""


class Client:
    """A plain HTTP client of one address."""

    def __init__(self, address: str) -> None:
        self.address = urlsplit(address).netloc

    def raw(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def call(self, method: str, path: str, fields: Any = None) -> dict[str, Any]:
        body = None if fields is None else json.dumps(fields, ensure_ascii=False).encode()
        found: dict[str, Any] = json.loads(self.raw(method, path, body)[1])
        return found

    def token(self) -> str:
        return str(self.call("GET", "/parrot/cgi-bin/token")["access_token"])

    def say(self, token: str, text: str = "hello") -> dict[str, Any]:
        return self.call("POST", f"/parrot/cgi-bin/say?access_token={token}", {"touser": "o1", "text": text})


@pytest.fixture
def simulator() -> Simulator:
    simulator = Simulator(clock=PlatformClock(NOON))
    simulator.add(Parrot(simulator.ground))
    return simulator


@pytest.fixture
def client(simulator: Simulator) -> Iterator[Client]:
    with running(simulator) as address:
        yield Client(address)


def test_what_is_accepted_is_seen_and_recorded_once(simulator: Simulator, client: Client) -> None:
    assert client.say(client.token(), "楼道灯坏了") == {"errcode": 0, "errmsg": "ok"}
    assert simulator.screens.texts("parrot", "o1") == ["楼道灯坏了"]
    assert [entry.what for entry in simulator.record.entries()] == ["token", "say"]
    assert simulator.record.entries("say")[0].fields["request"] == {"touser": "o1", "text": "楼道灯坏了"}
    assert simulator.record.entries("token")[0].fields == {}


def test_refusals_of_the_wrapper(simulator: Simulator, client: Client) -> None:
    good = f"/parrot/cgi-bin/say?access_token={client.token()}"
    asked: list[tuple[str, str, bytes | None]] = [
        ("POST", "/parrot/cgi-bin/say", b"{}"),
        ("POST", "/parrot/cgi-bin/say?access_token=never", b"{}"),
        ("GET", good, None),
        ("POST", good, b""),
        ("POST", good, b"{'a': 1}"),
        ("POST", good, b"[]"),
    ]
    assert [json.loads(client.raw(*one)[1])["errcode"] for one in asked] == [41001, 40014, 43002, 44002, 47001, 47001]
    assert {entry.what for entry in simulator.record.entries()} == {"token", "refused"}


def test_a_refusal_names_the_request(client: Client) -> None:
    answer = client.call("POST", f"/parrot/cgi-bin/say?access_token={client.token()}", {"touser": ""})
    assert answer["errcode"] == 40003
    assert answer["errmsg"].startswith("invalid openid rid: ")


@pytest.mark.parametrize(("body", "errcode"), [(rb'{"text": "\u706f"}', 40033), (rb'{"text": "C:\\user"}', 40003)])
def test_escapes_are_refused_and_backslashes_are_not(client: Client, body: bytes, errcode: int) -> None:
    path = f"/parrot/cgi-bin/say?access_token={client.token()}"
    assert json.loads(client.raw("POST", path, body)[1])["errcode"] == errcode


def test_quotas_of_the_minute_and_of_the_shanghai_day(simulator: Simulator, client: Client) -> None:
    token = client.token()
    assert [client.say(token)["errcode"] for _ in range(4)] == [0, 0, 0, 45011]
    simulator.clock.advance(60)
    assert [client.say(token)["errcode"] for _ in range(3)] == [0, 0, 45009]
    simulator.clock.advance(12 * 3600 - 61)
    assert client.say(client.token())["errcode"] == 45009
    simulator.clock.advance(1)
    assert client.say(client.token())["errcode"] == 0


@pytest.mark.parametrize(
    ("fault", "errcode"), [("busy", -1), ("minute_quota", 45011), ("day_quota", 45009), ("banned", 48004)]
)
def test_faults_that_are_errcodes(simulator: Simulator, client: Client, fault: str, errcode: int) -> None:
    token = client.token()
    simulator.faults.on(fault, path="/cgi-bin/say", times=1)
    assert [client.say(token)["errcode"], client.say(token)["errcode"]] == [errcode, 0]


def test_answers_that_are_not_json(simulator: Simulator, client: Client) -> None:
    path = f"/parrot/cgi-bin/say?access_token={client.token()}"
    simulator.faults.on("http_500", times=1)
    simulator.faults.on("not_json", times=1)
    body = b'{"touser": "o1", "text": "hello"}'
    statuses = [client.raw("POST", path, body) for _ in range(3)]
    assert [status for status, _ in statuses] == [500, 200, 200]
    assert statuses[1][1].startswith(b"<html>")
    assert len(simulator.record.entries("say")) == 1


def test_a_reset_before_does_nothing_and_a_reset_after_accepting_does_all(simulator: Simulator, client: Client) -> None:
    token = client.token()
    simulator.faults.on("reset_before", times=1)
    with pytest.raises(ConnectionError):
        client.say(token)
    assert simulator.record.entries("say") == []
    simulator.faults.on("reset_after_accept", times=1)
    with pytest.raises(ConnectionError):
        client.say(token)
    assert len(simulator.record.entries("say")) == 1
    assert client.say(token)["errcode"] == 0


def test_a_silent_drop_is_recorded_and_not_seen(simulator: Simulator, client: Client) -> None:
    token = client.token()
    simulator.faults.on("silent_drop", times=1)
    assert client.say(token)["errcode"] == 0
    assert simulator.screens.of("parrot", "o1") == []
    assert len(simulator.record.entries("say")) == 1


def test_a_hung_call_goes_on_when_the_fault_is_cleared(simulator: Simulator, client: Client) -> None:
    token = client.token()
    fault = simulator.faults.on("hung", path="/cgi-bin/say", times=1)
    answers: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: answers.append(client.say(token, "late")))
    thread.start()
    while fault.times:  # until the first call hangs
        time.sleep(0.005)
    assert client.say(client.token(), "quick")["errcode"] == 0
    assert simulator.screens.texts("parrot", "o1") == ["quick"]
    simulator.faults.clear()
    thread.join(30)
    assert answers == [{"errcode": 0, "errmsg": "ok"}]


def test_stopping_lets_hung_calls_go(simulator: Simulator) -> None:
    with running(simulator) as address:
        client = Client(address)
        token = client.token()
        fault = simulator.faults.on("hung", path="/cgi-bin/say", times=1)
        answers: list[dict[str, Any]] = []
        thread = threading.Thread(target=lambda: answers.append(client.say(token)))
        thread.start()
        while fault.times:
            time.sleep(0.005)
    thread.join(30)
    assert answers == [{"errcode": 0, "errmsg": "ok"}]
    with pytest.raises(ConnectionError):
        client.say(token)


def test_a_call_may_hang_after_it_was_done(simulator: Simulator, client: Client) -> None:
    simulator.faults.on("slow", path="/cgi-bin/say", seconds=0.01, after=True)
    assert client.say(client.token())["errcode"] == 0


def test_dead_tokens(simulator: Simulator, client: Client) -> None:
    token = client.token()
    simulator.faults.on("token_dead", errcode=42001)
    assert [client.say(token)["errcode"], client.say(token)["errcode"]] == [42001, 42001]
    assert client.say(client.token())["errcode"] == 0
    simulator.faults.on("refuse_token", errcode=40013)
    assert client.call("GET", "/parrot/cgi-bin/token")["errcode"] == 40013


def test_an_old_token_lives_five_minutes_beside_its_successor() -> None:
    clock = PlatformClock(NOON)
    tokens = Tokens(clock, random.Random(1))
    old, new = tokens.issue("classic"), tokens.issue("classic")
    clock.advance(299)
    assert tokens.check(old.value) is old
    clock.advance(1)
    with pytest.raises(TokenRefused, match="42001"):
        tokens.check(old.value)
    assert tokens.check(new.value) is new


def test_the_same_token_until_five_minutes_before_its_end() -> None:
    clock = PlatformClock(NOON)
    tokens = Tokens(clock, random.Random(1))
    first = tokens.same("stable")
    clock.advance(6899)
    assert tokens.same("stable") is first
    clock.advance(1)
    second = tokens.same("stable")
    assert second is not first
    assert (tokens.check(first.value), tokens.left(first)) == (first, 300)
    assert tokens.forced("stable") is not second
    with pytest.raises(TokenRefused, match="40001"):
        tokens.check(second.value)


def test_the_admin_interface(simulator: Simulator, client: Client) -> None:
    client.say(client.token())
    assert client.call("GET", "/admin/screens?door=parrot") == {"people": ["o1"]}
    assert [one["text"] for one in client.call("GET", "/admin/screens?door=parrot&person=o1")["seen"]] == ["hello"]
    assert [one["what"] for one in client.call("GET", "/admin/record?after=1")["entries"]] == ["say"]
    assert client.call("POST", "/admin/clock", {"advance": 60}) == {"now": NOON + 60}
    assert client.call("POST", "/admin/faults", {"on": "busy", "times": 1})["faults"][0]["name"] == "busy"
    assert client.call("POST", "/admin/faults", {"off": "busy"}) == {"faults": []}
    assert client.call("GET", "/admin/state")["doors"]["parrot"]["acts"] == ["shout"]
    assert client.raw("POST", "/admin/act/parrot", b'{"act": "whisper"}')[0] == 400
    assert client.raw("POST", "/admin/faults", b'{"on": "unheard of"}')[0] == 400
    assert client.raw("POST", "/admin/clock", b"nothing")[0] == 400


def test_the_record_is_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    simulator = Simulator(clock=PlatformClock(NOON), record=path)
    simulator.add(Parrot(simulator.ground))
    with running(simulator) as address:
        client = Client(address)
        client.say(client.token())
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(line["seq"], line["what"], line["at"]) for line in lines] == [(1, "token", NOON), (2, "say", NOON)]


def test_the_clock_does_not_go_back_and_tells_of_its_moves() -> None:
    clock = PlatformClock(NOON)
    moved: list[float] = []
    clock.when_moved(lambda: moved.append(clock.now()))
    clock.advance(86_400 * 10)
    assert (clock.day(), clock.month(), moved) == ("2025-12-01", "2025-12", [NOON + 864_000])
    with pytest.raises(ValueError, match="never goes back"):
        clock.advance(-1)
