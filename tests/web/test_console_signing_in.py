"""Signing in to the console: by a link out of the chat, once, by whoever presses its button."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from bot import purge
from storage import directory
from storage.deployment import SignInLink, WebSession
from storage.people import Role, Staff
from tests.web.conftest import LI, ZHAO, Site

LINK = re.compile(r"https?://[^\s/]+(/console/enter/[\w-]{22})")
HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def site(quick_site: Site) -> Site:
    """The sample neighbourhood, after it stopped being one: nobody is let in without a link."""
    quick_site.app.sample = False
    return quick_site


def asks(site: Site, who: str = ZHAO) -> str:
    """The way that the answer to 控制台 leads, or its words when it leads nowhere."""
    site.app.sample = True  # only the playground's telephones
    site.say(who, "控制台")
    site.app.sample = False
    said = site.screen(f"person:{who}")[-1].text
    found = LINK.search(said)
    return found[1] if found is not None else said


def browser(site: Site) -> httpx.Client:
    """Another browser: no cookies yet."""
    return httpx.Client(base_url=site.client.base_url, trust_env=False, verify=False, timeout=20, headers=HERE)


def sessions(site: Site) -> int:
    with site.app.reading() as db:
        return len(db.scalars(select(WebSession.token_hash)).all())


def test_a_link_signs_in_once_and_the_way_out_ends_it(site: Site) -> None:
    path = asks(site)
    with browser(site) as mine, browser(site) as others:
        assert "请先登录" in mine.get("/console").text
        assert "要进控制台吗" in mine.get(path).text
        entered = mine.post(path)
        assert (entered.status_code, entered.headers["location"]) == (303, "/console")
        assert "httponly" in entered.headers["set-cookie"].lower()
        assert "退出" in mine.get("/console").text
        for replay in (others.post(path), others.get(path), mine.post(path)):
            assert replay.status_code == 410
        assert others.get("/console").status_code == 401
        word = mine.cookies["menkou_session"]
        mine.post("/console/leave")
        assert mine.get("/console").status_code == 401
        others.cookies.set("menkou_session", word)
        assert others.get("/console").status_code == 401, "the session is gone, not only the cookie"
    assert sessions(site) == 0


def test_looking_at_the_link_signs_nobody_in(site: Site) -> None:
    path = asks(site)
    with browser(site) as scanner, browser(site) as person:
        for _ in range(3):
            assert scanner.get(path).status_code == 200
            scanner.head(path)
        assert "set-cookie" not in scanner.get(path).headers
        assert sessions(site) == 0
        assert person.post(path).status_code == 303


def test_a_link_ends_after_ten_minutes(site: Site) -> None:
    path = asks(site)
    with site.app.writing() as db:
        db.execute(update(SignInLink).values(expires_at=site.app.clock.wall()))
    with browser(site) as late:
        assert late.get(path).status_code == 410
        assert late.post(path).status_code == 410
    assert sessions(site) == 0


def test_a_newer_link_replaces_the_older_and_there_are_not_many(site: Site) -> None:
    first, second = asks(site), asks(site)
    with browser(site) as mine:
        assert mine.post(first).status_code == 410
        assert mine.post(second).status_code == 303
    for _ in range(3):
        assert asks(site).startswith("/console/enter/")
    assert "过十分钟再说" in asks(site)


def test_a_foreign_page_neither_signs_in_nor_out(site: Site) -> None:
    path = asks(site)
    with browser(site) as mine:
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example", "sec-fetch-site": "none"}):
            assert mine.post(path, headers=headers).status_code == 403
        mine.post(path)
        assert mine.post("/console/leave", headers={"sec-fetch-site": "cross-site"}).status_code == 403
        assert mine.get("/console").status_code == 200


def test_whoever_leaves_is_out_at_once_and_stays_out(site: Site) -> None:
    path = asks(site)
    waiting = asks(site, "qin-lan")
    with browser(site) as mine, browser(site) as other:
        assert mine.post(path).status_code == 303
        with site.app.writing() as db:
            db.execute(update(Staff).values(active=False))
        assert mine.get("/console").status_code == 401
        assert other.post(waiting).status_code == 410
        purge.purge(site.app)
        with site.app.writing() as db:
            db.execute(update(Staff).values(active=True))
        assert mine.get("/console").status_code == 401
        assert other.post(waiting).status_code == 410


def test_whoever_gives_up_their_post_is_out_at_once(site: Site) -> None:
    first, again = asks(site), asks(site)
    with browser(site) as mine:
        assert (mine.post(first).status_code, mine.post(again).status_code) == (410, 303)
        site.app.sample = True
        site.say(ZHAO, "解绑")
        site.say(ZHAO, "是")
        site.app.sample = False
        assert "工作人员身份" in site.screen(f"person:{ZHAO}")[-1].text
        assert "请先登录" in mine.get("/console").text
    assert sessions(site) == 0


def test_the_word_of_a_link_is_in_no_log_and_not_in_the_database(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        path = asks(site)
        word = path.rpartition("/")[2]
        with browser(site) as mine:
            answers = [mine.get(path), mine.post(path)]
    own = answers[1].cookies["menkou_session"]
    # Not the client's own lines, and not uvicorn's access log, which is off until pytest listens to it.
    others = ("httpx", "httpcore", "uvicorn.access")
    server = [record.getMessage() for record in caplog.records if not record.name.startswith(others)]
    assert any("/console/enter/{word}" in line for line in server), "the access log writes templates"
    assert not [line for line in server if word in line or own in line]
    with site.app.reading() as db:
        stored = [*db.scalars(select(SignInLink.token_hash)), *db.scalars(select(WebSession.token_hash))]
    assert not {word, own} & set(stored)
    assert all(answer.headers["referrer-policy"] == "no-referrer" for answer in answers)


def test_residents_get_no_link(site: Site) -> None:
    assert "/console/enter" not in asks(site, LI)
    with site.app.reading() as db:
        assert db.scalars(select(SignInLink)).all() == []


def test_in_sample_mode_whoever_sits_here_is_the_administrator(quick_site: Site) -> None:
    with quick_site.app.reading() as db:
        administrator = directory.with_any_role(db, {Role.ADMIN})[0]
        name = directory.name_of(quick_site.app.vault, administrator)
    page = quick_site.client.get("/console").text
    assert name in page
    assert "退出" not in page
    path = asks(quick_site)
    quick_site.app.sample = True
    quick_site.client.post(path)
    assert "退出" in quick_site.client.get("/console").text
    quick_site.client.post("/console/leave")
    assert name in quick_site.client.get("/console").text


def test_a_session_ends_after_a_day_at_the_office(site: Site) -> None:
    with browser(site) as mine:
        mine.post(asks(site))
        assert mine.get("/console").status_code == 200
        with site.app.writing() as db:
            session = db.scalars(select(WebSession)).one()
            assert session.expires_at - session.created_at == timedelta(hours=12)
            session.expires_at = session.created_at
        assert mine.get("/console").status_code == 401
