"""The story of a notice in a real browser: signed in by the chat's link, written, looked at, confirmed, stopped, read.

The server is real, on a port of this machine; what workers and clock would do is done by the test, between two looks.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from bot import deliver, notice_account, notice_curve, notices
from bot.settings import Settings
from tests import browser
from tests.web.conftest import Site, _sown, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = browser.marks("console")

QIN = "qin-lan"
NOTICE = "明天 9 点到 17 点停水，请提前备水"


@pytest.fixture
def site(make_settings: Callable[..., Settings], sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The sample neighbourhood. Figures are counted whenever they are asked for: no test waits for the next count."""
    monkeypatch.setattr(notice_account, "AT_LEAST", 0.0)
    monkeypatch.setattr(notice_account, "TIMES_THE_COST", 0.0)
    with running(_sown(make_settings(database_url=sqlite_url, sample=True))) as made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as one:
        yield one


def work(site: Site) -> None:
    """What workers and clock do."""
    while notices.run_due(site.app):
        pass
    deliver.run(site.app)
    notice_curve.mark(site.app)


def link(site: Site, who: str, form: str) -> str:
    """The way in the newest message of somebody that has one of this form."""
    for row in reversed(site.screen(f"person:{who}")):
        found = re.search(form, f"{row.text} {(row.card or {}).get('link') or ''}")
        if found is not None:
            return found[1]
    raise AssertionError(f"{who} got no link")


@contextlib.contextmanager
def desk(chromium: Browser) -> Iterator[Page]:
    """A page whose scripts must not fail. A form that is sent back is an answer of 422: browsers call that an error."""
    wrong: list[str] = []
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(browser.PATIENCE)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    page.close()
    assert wrong == []


def test_from_the_link_in_the_chat_to_the_last_reader(site: Site, chromium: Browser) -> None:
    here = str(site.client.base_url).rstrip("/")
    site.say(QIN, "控制台")
    enter = link(site, QIN, r"https?://[^/\s]+(/console/enter/\S+)")
    with desk(chromium) as page:
        page.goto(f"{here}{enter}")
        page.click("text=进入控制台")
        page.wait_for_selector("button:has-text('退出')")

        page.click("nav >> text=通知")
        page.click("text=写一条通知")
        page.fill("#text", NOTICE)
        page.click("text=看预览")
        page.wait_for_selector("#wrong-source")
        assert page.input_value("#text") == NOTICE, "nothing typed is lost"
        page.fill("#source", "区自来水公司 000-5550207")
        page.click("text=看预览")

        phone = page.frame_locator("iframe")
        phone.locator(f"text={NOTICE}").wait_for()
        counted = page.get_attribute("#count", "placeholder")
        assert counted is not None
        page.fill("#count", counted)
        page.click("text=确认发送")
        page.wait_for_selector("text=正在准备")

        page.click("text=马上暂停")
        page.wait_for_selector("[data-standing]:has-text('已暂停')")
        work(site)
        assert page.inner_text(".of-sent b") == "0"
        page.click("summary:has-text('继续发')")
        page.click("button:has-text('继续发')")
        page.wait_for_selector("text=马上暂停")
        work(site)
        page.wait_for_selector("[data-standing]:has-text('发完了')")  # by itself: nobody loads the page again
        assert int(page.inner_text(".of-sent b")) > 0
        assert page.inner_text(".of-seen b") == "0"

        read = link(site, "wang-guilan", r"https?://[^/\s]+(/n/[\w-]{16,64})")
        reader = chromium.new_page()
        reader.goto(f"{here}{read}")
        reader.click("button:has-text('收到')")
        reader.wait_for_selector("text=已收到")
        reader.close()
        page.reload()
        page.wait_for_selector(".of-seen b:has-text('1')")
        assert page.inner_text(".of-confirmed b") == "1"
        assert page.locator(".curve path").count() >= 3

        page.click("text=退出")
        page.wait_for_selector("button:has-text('退出')", state="detached")
