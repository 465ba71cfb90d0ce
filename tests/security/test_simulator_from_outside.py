"""A page that somebody has open beside the simulator wants to act through it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from bot.platforms import trial
from bot.platforms.simulator import running
from tests.web.conftest import Site, plain_site

__all__ = ["plain_site"]

FOLLOW = {"act": "follow", "person": "o_thief"}


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    made = trial.assemble("http://127.0.0.1:1")
    with running(made.simulator) as address, httpx.Client(base_url=address, trust_env=False, verify=False) as client:
        yield client


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site", "content-type": "text/plain"},
        {"origin": "https://evil.example", "content-type": "text/plain"},
        {"origin": "http://127.0.0.1:1", "content-type": "text/plain"},
        {"origin": "null"},
        {"sec-fetch-site": "same-site"},
        {"host": "evil.example"},
        {"host": "localhost.evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "[::1"},
    ],
)
def test_a_foreign_page_acts_as_nobody(client: httpx.Client, headers: dict[str, str]) -> None:
    for path, body in (("act/oa", FOLLOW), ("clock", {"advance": 1}), ("faults", {"on": "busy"})):
        assert client.post(f"/admin/{path}", json=body, headers=headers).status_code == 403
    assert client.get("/admin/state").json()["faults"] == []


@pytest.mark.parametrize("path", ["/admin/record", "/admin/screens?door=oa", "/admin/state", "/", "/oa/cgi-bin/token"])
def test_a_name_that_was_made_to_point_here_reads_nothing(client: httpx.Client, path: str) -> None:
    assert client.get(path, headers={"host": "rebound.example"}).status_code == 403


def test_no_other_origin_is_invited(client: httpx.Client) -> None:
    answer = client.get("/admin/record", headers={"origin": "https://evil.example"})
    assert not any(name.lower().startswith("access-control") for name in answer.headers)


def test_its_own_page_and_programs_act(client: httpx.Client) -> None:
    own = {"origin": str(client.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    assert client.post("/admin/clock", json={}, headers=own).status_code != 403
    assert client.post("/admin/faults", json={"clear": True}).json() == {"faults": []}


def test_the_simulator_is_on_this_machine_only() -> None:
    from bot.platforms.commands import simulator

    assert trial.HOST == "127.0.0.1"
    assert not any("host" in str(option.name) for option in simulator.params)


@pytest.mark.parametrize(
    "path", ["/admin/state", "/admin/act/oa", "/admin/clock", "/oa/cgi-bin/token", "/sms", "/file/oa/x"]
)
def test_a_deployment_serves_nothing_of_the_simulator(plain_site: Site, path: str) -> None:
    assert plain_site.client.get(path).status_code in (404, 405)
    assert plain_site.client.post(path, json={"act": "say"}).status_code in (404, 405)
