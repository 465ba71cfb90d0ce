"""Codes, links and cookies of residents' pages, asked for by somebody who has none."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest

from bot.web import oauth, qr
from tests.web.conftest import Site, plain_site
from tests.web.test_doors import CODE, give
from tests.web.test_oauth import Doorway, doorway

__all__ = ["doorway", "plain_site"]


@pytest.fixture
def page(plain_site: Site) -> Site:
    give(plain_site)
    return plain_site


def test_codes_are_not_tried_out_on_the_page(page: Site) -> None:
    """In the chat an account has five tries a day; here nobody knows who asks."""
    assert page.client.get(f"/q/{CODE}").status_code == 200
    for number in range(qr.MOST_UNKNOWN):
        assert page.client.get(f"/q/ZZZZ{number:04}").status_code == 404
    assert page.client.get(f"/q/{CODE}").status_code == 429
    assert page.client.get("/q/ZZZZZZZZ").status_code == 429


def test_what_is_no_code_counts_for_nothing(page: Site) -> None:
    for number in range(2 * qr.MOST_UNKNOWN):
        assert page.client.get(f"/q/{number}").status_code == 404
    assert page.client.get(f"/q/{CODE}").status_code == 200


def test_after_a_while_the_page_is_there_again() -> None:
    tries = qr.Tries()
    for _ in range(qr.MOST_UNKNOWN):
        assert not tries.too_many(100.0)
        tries.note(100.0)
    assert tries.too_many(100.0 + qr.WITHIN - 1)
    assert not tries.too_many(100.0 + qr.WITHIN)


def test_the_code_page_is_kept_nowhere(page: Site) -> None:
    answer = page.client.get(f"/q/{CODE}")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.text
    assert "张" not in answer.text.partition("<main")[2]  # no name, no door: whoever finds the code learns no house
    assert "单元" not in answer.text


def test_a_code_that_is_over_has_no_page(page: Site) -> None:
    from storage.people import BindCode

    with page.app.writing() as db:
        row = db.query(BindCode).one()
        row.expires_at -= timedelta(hours=49)
    assert page.client.get(f"/q/{CODE}").status_code == 404


def test_a_platform_that_hangs_does_not_hold_every_page(doorway: Doorway) -> None:
    """Whoever holds a state may come back with it as often as they like, each time with an invented code."""
    state = oauth._sealed(doorway.site.app, oauth.STATE, doorway.path, timedelta(minutes=1))
    asked = {"state": state, "code": "invented"}
    client = doorway.site.client

    def back() -> httpx.Response:
        return client.get("/oauth/oa", params=asked)

    faults = doorway.world.simulator.faults
    faults.on("hung", path="/oa/sns/oauth2/access_token")
    with ThreadPoolExecutor(oauth.AT_ONCE) as pool:
        waiting = [pool.submit(back) for _ in range(oauth.AT_ONCE)]
        end = time.monotonic() + 30
        while oauth._asking._value and time.monotonic() < end:
            time.sleep(0.01)
        another = back()
        assert (another.status_code, "set-cookie" in another.headers) == (302, False)
        assert not any(one.done() for one in waiting), "nobody was held up"
        faults.clear()
        assert {one.result().status_code for one in waiting} == {302}
