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


def test_a_deployment_without_a_token_has_no_such_door(plain_site: Site) -> None:
    assert plain_site.client.post(PATH, json=body(), headers=TOKEN).status_code == 404


def test_without_its_token_nothing_is_taken(door: Site) -> None:
    assert door.client.post(PATH, json=body()).status_code == 401
    assert door.client.post(PATH, json=body(), headers={"authorization": "Bearer guess"}).status_code == 401


WRONG: list[dict[str, object]] = [
    {"due_at": "2020-01-01T00:00:00+08:00"},
    {"received_at": "2026-03-02T09:00:00"},  # no zone
    {"text": " "},
    {"number": "1" * 61},
    {"reporter": "张桂兰"},
]


def test_what_is_wrong_is_refused(door: Site) -> None:
    answers = [door.client.post(PATH, json=body(**wrong), headers=TOKEN).status_code for wrong in WRONG]
    assert answers == [422] * len(WRONG)
