"""Codes, links and cookies of residents' pages, asked for by somebody who has none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.web import qr
from tests.web.conftest import Site, plain_site
from tests.web.test_doors import CODE, give

__all__ = ["plain_site"]


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
