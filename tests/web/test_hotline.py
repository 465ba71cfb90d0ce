"""The hotline's door: a token, one ticket an order however often it comes, and what is wrong is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.web.conftest import Site

PATH, TOKEN = "/api/v1/hotline-orders", {"authorization": "Bearer a-token-of-the-hotline"}


def body(**more: object) -> dict[str, object]:
    now = datetime.now(UTC)
    said = {"number": "hz-1", "received_at": now.isoformat(), "due_at": (now + timedelta(days=2)).isoformat()}
    return {**said, "text": "梧桐里小区三号楼门口路灯坏了半个月了", **more}


@pytest.fixture
def door(quick_site: Site) -> Site:
    quick_site.app.settings = replace(quick_site.app.settings, hotline_token="a-token-of-the-hotline")
    return quick_site


def test_an_order_is_taken_once(door: Site) -> None:
    first = door.client.post(PATH, json=body(), headers=TOKEN)
    assert (first.status_code, first.json()["ticket"], first.json()["earlier"]) == (201, 1, None)
    again = door.client.post(PATH, json=body(text="又催了一次"), headers=TOKEN)
    assert (again.status_code, again.json()) == (200, first.json())


def test_a_deployment_without_a_token_has_no_such_door_and_says_so(plain_site: Site) -> None:
    client = plain_site.client
    for answer in (client.get(PATH), client.post(PATH), client.post(PATH, json=body(), headers=TOKEN)):
        assert (answer.status_code, answer.json()) == (
            404,
            {"error": "MENKOU_HOTLINE_TOKEN is not set here: no orders of the hotline are taken"},
        )


def test_without_its_token_nothing_is_taken_or_looked_at(door: Site) -> None:
    for sent in (door.client.get(PATH), door.client.post(PATH, content=b"{"), door.client.post(PATH, json=body())):
        assert (sent.status_code, sent.json()) == (401, {"error": "needs Authorization: Bearer with the token"})
        assert sent.headers["www-authenticate"] == "Bearer"
    guessed = door.client.post(PATH, json=body(), headers={"authorization": "Bearer guess"})
    assert (guessed.status_code, guessed.json()) == (401, {"error": "this is not the token of MENKOU_HOTLINE_TOKEN"})


def test_the_token_can_be_tried_without_an_order(door: Site) -> None:
    looked = door.client.get(PATH, headers=TOKEN)
    assert (looked.status_code, looked.headers["allow"]) == (405, "POST")
    assert looked.json() == {"error": "orders are posted here"}


WRONG: list[tuple[dict[str, object], str]] = [
    ({"due_at": "2020-01-01T00:00:00+08:00"}, "due_at is not after received_at"),
    ({"received_at": "2026-03-02T09:00:00"}, "received_at: Input should have timezone info"),
    ({"due_at": "9999-12-31T23:59:59-08:00"}, "due_at: Value error, a year is one from 2000 to 2100"),
    ({"received_at": "0001-01-01T00:00:00+08:00"}, "received_at: Value error, a year is one from"),
    ({"text": " "}, "text: String should have at least 1 character"),
    ({"place": "三号\x00楼"}, "place: Value error, a zero byte is no text"),
    ({"number": "1" * 61}, "number: String should have at most 60 characters"),
    ({"reporter": "张桂兰"}, "reporter: Extra inputs are not permitted"),
    ({"number": " ", "text": " "}, "number: String should have at least 1 character; text: String should have"),
]


@pytest.mark.parametrize(("wrong", "why"), WRONG)
def test_what_is_wrong_is_refused_by_its_name(door: Site, wrong: dict[str, object], why: str) -> None:
    answer = door.client.post(PATH, json=body(**wrong), headers=TOKEN)
    assert (answer.status_code, list(answer.json())) == (422, ["error"])
    assert answer.json()["error"].startswith(why)
    assert "张桂兰" not in answer.text


@pytest.mark.parametrize("sent", [b"", b"[]", b"{", b"number=1", "路灯坏了".encode("gbk"), b'{"text": "\\ud83d"}'])
def test_what_is_no_order_is_refused(door: Site, sent: bytes) -> None:
    answer = door.client.post(PATH, content=sent, headers=TOKEN)
    assert (answer.status_code, answer.json()["error"].partition(":")[0]) == (422, "the body")
