"""The console's page of figures: what 统计 says, and the same as a file; only of one's own units.

Sabotage that must turn these red: count on the page by a query of its own; answer for a unit of somebody else.
"""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import select, update

from handlers.wording import statistics as wording
from storage.people import Post, Role, Unit
from tests.web.conftest import RESIDENTS, WANG, Site

PAGE = "/console/statistics"


def numbered(site: Site, kind: str) -> int:
    with site.app.reading() as db:
        found = db.scalars(select(Unit.id).where(Unit.kind == kind).order_by(Unit.id)).first()
        assert found is not None
        return found


def test_the_page_and_its_file_say_the_same(quick_site: Site) -> None:
    quick_site.say(WANG, "三号楼门口路灯坏了半个月了", RESIDENTS)
    asked = {"first": "2020-01-01", "last": "2020-12-31"}
    assert quick_site.client.get(PAGE, params=asked).status_code == 200
    page = quick_site.client.get(PAGE, params={"unit": numbered(quick_site, "street")})
    assert page.status_code == 200
    answer = quick_site.client.get(f"{PAGE}.csv", params={"unit": numbered(quick_site, "street")})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1] == list(wording.COLUMNS)
    figures = {row[1]: row[2] for row in rows[2:]}
    assert figures[wording.OPENED_ROW] == "1"
    for row in rows[2:]:
        assert row[1] in page.text
    other = quick_site.client.get(PAGE, params={"unit": numbered(quick_site, "street"), "category": "noise"})
    assert wording.TIMES_OF[0][0] in other.text


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"unit": "0"}, 403),
        ({"category": "unheard"}, 422),
        ({"first": "yesterday"}, 422),
        ({"first": "2026-03-02", "last": "2026-03-01"}, 422),
        ({"first": "0001-01-01", "last": "9999-12-31"}, 422),
    ],
)
def test_what_cannot_be_asked_for_is_refused(quick_site: Site, asked: dict[str, str], status: int) -> None:
    assert quick_site.client.get(PAGE, params=asked).status_code == status


def test_each_sees_their_own_units_alone(quick_site: Site) -> None:
    street, grid = numbered(quick_site, "street"), numbered(quick_site, "grid")
    with quick_site.app.writing() as db:
        db.execute(update(Post).where(Post.role == Role.ADMIN).values(unit_id=grid))
    assert quick_site.client.get(PAGE, params={"unit": street}).status_code == 403
    assert quick_site.client.get(PAGE, params={"unit": grid}).status_code == 200
    with quick_site.app.writing() as db:
        db.execute(update(Post).where(Post.role == Role.ADMIN).values(role=Role.HANDLER))
    assert quick_site.client.get(PAGE).status_code in (401, 403)
