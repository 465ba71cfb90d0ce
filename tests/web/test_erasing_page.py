"""抹去原话 on the console's page of a ticket: by whoever may say it, of what is over, with a reason and a tick, once.

Sabotage that must turn these red: do it without the tick; offer it to grid workers, of what is worked on, or twice.
"""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from storage.inbox import Body
from storage.media import Media
from tests import browser
from tests.web.conftest import Site
from tests.web.test_console_asking import Desk
from tests.web.test_ticket_page import ACT, a_photo, alert, enter, facts, forms, pressed

SAID = "路灯不亮"
SURE = {"sure": "确认"}


@pytest.fixture
def desk(quick_site: Site) -> Desk:
    return Desk(quick_site)


def ended(desk: Desk) -> Desk:
    """The lamp is mended, with a photo, and checked."""
    form = forms(desk.shown(desk.worker))["resolve"] | {"words": "灯泡已换"}
    files = {"photo": ("after.jpg", a_photo(), "image/jpeg")}
    assert desk.site.client.post(ACT, data=form, files=files, headers=desk.worker).status_code == 303
    desk.fill("verify", desk.office, choice="通过")
    assert desk.ticket().status == "closed"
    desk.news()
    return desk


def left(desk: Desk) -> tuple[int, int]:
    """How many words and how many bytes of photos are left."""
    with desk.site.app.reading() as db:
        words = [row for row in db.scalars(select(Body)) if row.text is not None]
        return len(words), sum(len(row.bytes) for row in db.scalars(select(Media)))


@pytest.mark.parametrize(
    ("choice", "why", "shown"),
    [
        ("报事人要求", "asked", "原话抹去（报事人要求）"),
        ("话里说到的人要求", "concerned", "原话抹去（话里说到的人要求）"),
        ("办完了不用再留", "needless", "原话抹去（不用再留）"),
    ],
)
def test_the_community_erases_with_a_reason_and_a_tick(desk: Desk, choice: str, why: str, shown: str) -> None:
    ended(desk)
    assert SAID in desk.shown(desk.office).text
    assert all(left(desk))
    form = forms(desk.shown(desk.office))["erase"]
    said = pressed(desk.site, form, desk.office, choice=choice, **SURE)
    assert said == f"{desk.number} 号的原话、照片和办理时写的话已抹去。"
    page = desk.shown(desk.office).text
    assert "原话已抹去。" in page
    assert shown in page
    assert "周文静" in page[page.index(shown) :][:80], "who did it stays"
    assert SAID not in page
    assert "灯泡已换" not in page
    assert left(desk) == (0, 0)
    [fact] = facts(desk.site, "erased")
    assert (fact.data, fact.staff_id is not None) == ({"why": why}, True)
    assert "原话和照片已经抹去" in "".join(desk.news().values()), "whoever reported hears of it"
    assert "erase" not in desk.offered(desk.office), "once"
    assert pressed(desk.site, form, desk.office, choice=choice, **SURE) == said, "the same answer to the same tap"
    assert len(facts(desk.site, "erased")) == 1


def test_without_the_tick_nothing_is_erased_and_the_form_says_so(desk: Desk) -> None:
    ended(desk)
    form = forms(desk.shown(desk.office))["erase"] | {"choice": "报事人要求"}
    answer = desk.site.client.post(ACT, data=form, headers=desk.office)
    assert answer.status_code == 422
    assert alert(answer) == "还没勾「看过了」：勾上才会抹，抹掉找不回来。"
    assert re.search(r'<input type="checkbox" name="sure"[^>]*aria-invalid="true"', answer.text)
    assert '<option value="报事人要求" selected>' in answer.text, "what was chosen stays"
    assert facts(desk.site, "erased") == []
    assert all(left(desk))
    assert desk.news() == {}


def test_a_reason_of_ones_own_is_none(desk: Desk) -> None:
    """It would be words again: there is a list to choose from."""
    ended(desk)
    desk.refused("erase", desk.office, choice="张桂兰说的", **SURE)
    assert facts(desk.site, "erased") == []


def test_only_by_whoever_may_say_it_and_only_of_what_is_over(desk: Desk) -> None:
    for who in (desk.worker, desk.office, desk.leader):
        assert "erase" not in desk.offered(who), "it is worked on"
    form = forms(desk.shown(desk.office))["progress"] | {"command": "erase"} | SURE
    assert "还没办完" in alert(desk.site.client.post(ACT, data=form, headers=desk.office))
    ended(desk)
    assert "erase" in desk.offered(desk.office)
    assert "erase" in desk.offered(desk.leader)
    assert "erase" not in desk.offered(desk.worker)
    form = forms(desk.shown(desk.office))["erase"] | {"choice": "报事人要求"} | SURE
    assert desk.site.client.post(ACT, data=form, headers=desk.worker).status_code == 422
    assert desk.site.client.post(ACT, data=form, headers={}).status_code in (303, 401)
    other = {**desk.office, "origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    assert desk.site.client.post(ACT, data=form, headers=other).status_code == 403
    assert facts(desk.site, "erased") == []


def test_what_goes_is_said_first_with_what_was_merged_into_it(desk: Desk) -> None:
    ended(desk)
    page = desk.shown(desk.office).text
    assert f"{desk.number} 号的原话、照片、录音和办理时写的话都会抹掉，找不回来" in page


@pytest.mark.browser
@pytest.mark.skipif(not browser.CHROMIUM, reason="no Chromium: set CHROMIUM_PATH to run the browser tests")
@pytest.mark.xdist_group("ticket_page")
@pytest.mark.parametrize("width", [390, 1280])
def test_the_office_erases_in_a_browser(desk: Desk, width: int) -> None:
    """Without JavaScript; the browser itself asks for the reason and the tick."""
    ended(desk)
    with browser.chromium() as chromium:
        where = str(desk.site.client.base_url)
        page = chromium.new_page(base_url=where, viewport={"width": width, "height": 800}, java_script_enabled=False)
        page.set_default_timeout(browser.PATIENCE)
        enter(page, desk.office)
        page.goto(desk.path)
        page.locator("summary", has_text="还能做的").click()
        page.locator("summary", has_text="抹去原话").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        button = page.get_by_role("button", name=f"{desk.number} 号抹去原话")
        button.click()
        page.get_by_label("为什么抹").select_option("报事人要求")
        button.click()
        assert facts(desk.site, "erased") == [], "the box is not ticked"
        page.get_by_label("看过了").check()
        button.click()
        page.get_by_text("已抹去。").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(facts(desk.site, "erased")) == 1
