"""The console's page of the nightly lists: ticked by one role, each look noted, nothing of it in another's page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from bot import clock
from bot.web import console
from handlers.groups import nightly
from storage.deployment import WebSession
from storage.listening import Candidate, Change, Example
from storage.people import Group, Post, Staff, Unit
from tests.web.conftest import LI, RESIDENTS, WANG, Site

PAGE = "/console/review"


@pytest.fixture
def site(quick_site: Site) -> Site:
    """Two things were heard in shadow, and the night is over."""
    with quick_site.app.writing() as db:
        db.execute(update(Group).where(Group.chat == RESIDENTS).values(mode="shadow"))
        db.execute(update(Unit).where(Unit.kind == "community").values(review_list=True))
    quick_site.say(WANG, "三号楼502门口堆满了纸箱，13800001234", RESIDENTS)
    quick_site.say(LI, "5号楼楼下路灯坏了半个月了", RESIDENTS)
    with quick_site.app.reading() as db:
        until = quick_site.app.clock.now(db) + timedelta(hours=13)
    clock.walk(quick_site.app, until)
    return quick_site


def rows(site: Site) -> list[Candidate]:
    with site.app.reading() as db:
        return list(db.scalars(select(Candidate).order_by(Candidate.id)))


def tick(site: Site, given: dict[str, str] | None = None, **fields: str) -> httpx.Response:
    return site.client.post(f"{PAGE}/tick", data=fields, headers=given or {}, follow_redirects=False)


def test_a_line_is_ticked_and_then_all_that_are_left(site: Site) -> None:
    page = site.client.get(PAGE).text
    assert "会立 2 件" in page
    assert "路灯坏了半个月" in page
    assert "13800001234" not in page
    assert "502" not in re.sub(r"<[^>]*>", "", page), "what stands in a tag is a reference, drawn anew each time"
    first, second = rows(site)
    assert tick(site, candidate=first.ref, right="0").status_code == 303
    assert tick(site, list=str(second.reading["list"]), right="1").status_code == 303
    assert [row.state for row in rows(site)] == ["wrong", "right"]
    with site.app.reading() as db:
        assert sorted(db.scalars(select(Example.is_report))) == [False, True]
        looks = db.scalars(select(Change).where(Change.kind == "read_list")).all()
    assert [change.data for change in looks] == [{"by": "page"}]


@pytest.mark.parametrize(
    ("fields", "status"),
    [({}, 400), ({"candidate": "x", "right": "2"}, 400), ({"candidate": "x", "list": "y", "right": "1"}, 400),
     ({"candidate": "nobody", "right": "1"}, 404)],
)  # fmt: skip
def test_what_is_no_tick_changes_nothing(site: Site, fields: dict[str, str], status: int) -> None:
    assert tick(site, {}, **fields).status_code == status
    assert {row.state for row in rows(site)} == {"waiting"}


def test_a_foreign_page_ticks_nothing(site: Site) -> None:
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert tick(site, headers, candidate=rows(site)[0].ref, right="1").status_code == 403
    assert {row.state for row in rows(site)} == {"waiting"}


def test_without_sample_mode_it_is_one_roles(site: Site) -> None:
    app = site.app
    app.sample = False
    assert site.client.get(PAGE).status_code == 401
    with app.writing() as db:
        unit = db.get_one(Unit, int(str(rows(site)[0].reading["list"]).split(":")[2]))
        people = {
            role: db.scalars(select(Staff).join(Post).where(Post.role == role, Staff.active)).all()
            for role in ("community", "grid_worker")
        }
        secretary = next(one for one in people["community"] if any(p.unit_id == unit.id for p in one.posts))
        other = next(one for one in people["grid_worker"] if all(p.role == "grid_worker" for p in one.posts))
        for one in (secretary, other):
            db.add(
                WebSession(
                    token_hash=app.vault.session_hash(f"token-{one.id}"),
                    staff_id=one.id,
                    created_at=app.clock.wall(),
                    expires_at=app.clock.wall() + timedelta(hours=1),
                )
            )
    ref = rows(site)[0].ref
    for one, status in ((other, 403), (secretary, 303)):
        cookies = {"cookie": f"{console.COOKIE}=token-{one.id}"}
        assert tick(site, cookies, candidate=ref, right="1").status_code == status
        assert ("审核清单" in site.client.get("/console", headers=cookies).text) is (status == 303)
    assert [row.decided_by_id for row in rows(site)] == [secretary.id, None]


def test_the_secretary_of_another_community_ticks_nothing_here(site: Site) -> None:
    app = site.app
    app.sample = False
    first = rows(site)[0]
    mark = str(first.reading["list"])
    with app.writing() as db:
        other = db.scalars(
            select(Staff).join(Post).where(Post.role == "community", Post.unit_id != int(mark.split(":")[2]))
        ).first()
        assert other is not None
        db.add(
            WebSession(
                token_hash=app.vault.session_hash("a-token"),
                staff_id=other.id,
                created_at=app.clock.wall(),
                expires_at=app.clock.wall() + timedelta(hours=1),
            )
        )
    cookies = {"cookie": f"{console.COOKIE}=a-token"}
    assert "路灯" not in site.client.get(PAGE, headers=cookies).text
    assert tick(site, cookies, candidate=first.ref, right="1").status_code == 404
    tick(site, cookies, list=mark, right="1")
    assert {row.state for row in rows(site)} == {"waiting"}


def test_what_was_taken_back_meanwhile_teaches_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    first = rows(site)[0]
    lists = nightly.open_lists

    def then_taken_back(*given: Any) -> Any:
        found = lists(*given)
        given[0].execute(
            update(Candidate).where(Candidate.id == first.id).values(state="recalled", words=None),
            execution_options={"synchronize_session": False},
        )
        return found

    monkeypatch.setattr(nightly, "open_lists", then_taken_back)
    assert tick(site, candidate=first.ref, right="1").status_code == 303
    assert rows(site)[0].state == "recalled"
    with site.app.reading() as db:
        assert db.scalars(select(Example)).all() == []


def test_a_list_that_is_off_shows_no_words(site: Site) -> None:
    with site.app.writing() as db:
        db.execute(update(Unit).values(review_list=False))
    page = site.client.get(PAGE).text
    assert "清单没有开" in page
    assert "路灯" not in page
    assert tick(site, candidate=rows(site)[0].ref, right="1").status_code == 303
