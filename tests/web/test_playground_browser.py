"""The whole story in a real browser over real processes: a lamp is reported, repaired and rated, a notice is read.

Nothing here depends on the hour: the sample neighbourhood has a clock of its own, which starts on a working morning.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests import browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = browser.marks("playground")

START_SECONDS = 60.0
WANG, LIU, XU, ZHAO = "wang-guilan", "liu-qian", "xu-ayi", "zhao-min"
NOTICE, SOURCE = "明天 9 点到 17 点停水，请提前备水", "区自来水公司 000-5550207"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``menkou up`` on a fresh folder and a free port; ended as Ctrl-C ends it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("browser")
    with (folder / "log").open("wb") as log:
        up = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "up"],
            env=os.environ | {"MENKOU_SAMPLE": "1", "MENKOU_DATA": str(folder / "data"), "PORT": str(port)},
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}", up, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(START_SECONDS)


def _wait_for(address: str, up: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and up.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/readyz", trust_env=False, verify=False).status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"menkou up did not come up:\n{log.read_text(encoding='utf-8')[-2000:]}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as one:
        yield one


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """The playground on a desktop; any error on the page fails the test."""
    with browser.desktop(chromium, address, "[data-state=open]") as page:
        yield page


class Stage:
    """What somebody in front of the page does."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def phone(self, name: str) -> Locator:
        return self.page.locator(f".phone[data-pane={name}]")

    def hold(self, phone: str, person: str) -> None:
        self.phone(phone).locator(f".face:has(input[value={person}])").click()

    def say(self, phone: str, person: str, text: str) -> None:
        self.hold(phone, person)
        words = self.phone(phone).locator(".line textarea")
        words.fill(text)
        words.press("Enter")

    def send_photo(self, phone: str, sample: str) -> None:
        self.phone(phone).locator("[data-open=photo]").click()
        self.phone(phone).locator(f"[data-sample={sample}]").click()

    def hears(self, phone: str, words: str) -> None:
        self.phone(phone).locator(".is-bots", has_text=words).first.wait_for()

    def ticket(self, lane: str, number: int) -> Locator:
        found = self.page.locator(f"[data-lane={lane}] [data-number='{number}']")
        found.wait_for()
        return found

    def jump(self, name: str) -> None:
        """Sends the clock forward and waits until it has arrived: on its way it rings one timer after another."""
        with self.page.expect_response("**/playground/jump"):
            self.page.get_by_role("button", name=name).click()

    def figure(self, name: str, least: int) -> None:
        self.page.wait_for_function(
            "([name, least]) => Number(document.querySelector(`[data-figure=${name}]`)?.textContent) >= least",
            arg=[name, least],
        )


def test_the_whole_story(page: Page) -> None:
    stage = Stage(page)

    stage.say("residents", WANG, "三号楼门口路灯坏了半个月了")
    stage.hears("residents", "编号 1")
    stage.ticket("waiting", 1)
    stage.hold("staff", ZHAO)
    stage.phone("staff").get_by_role("button", name="接单").click()
    assert "赵敏" in stage.ticket("working", 1).inner_text()
    stage.hold("private", WANG)
    stage.hears("private", "赵敏")

    stage.say("residents", LIU, "东门口下水道堵了，污水都漫出来了")
    stage.ticket("waiting", 2)
    before = page.locator("#clock-time").get_attribute("datetime")
    stage.jump("8 小时后")
    page.locator("[data-number='2'][data-light=red]").wait_for()
    assert page.locator("#clock-time").get_attribute("datetime") != before
    stage.hold("private", ZHAO)
    stage.hears("private", "2")

    stage.send_photo("staff", "repaired")
    stage.phone("staff").locator(".is-own .photo").wait_for()
    stage.say("staff", ZHAO, "办结 1 灯泡已换")
    stage.ticket("checking", 1)
    stage.hold("private", WANG)
    stage.jump("1 分钟后")  # as long as it may be taken back
    stage.hears("private", "灯泡已换")
    stage.phone("private").locator(".is-bots .photo").wait_for()
    stage.say("private", WANG, "好了谢谢")
    assert "满意" in stage.ticket("finished", 1).inner_text()

    page.fill("#notice-text", f"{NOTICE}。来源：{SOURCE}")
    page.locator("#notice-form button").click()
    page.locator(".notice [data-do=confirm]").click()
    stage.figure("sent", 600)
    with page.expect_popup() as opened:
        page.locator("[data-do=open-one]").click()
    notice = opened.value
    notice.wait_for_url("**/n/*")
    assert NOTICE in notice.inner_text("body")
    assert SOURCE in notice.inner_text("body")
    stage.figure("seen", 1)
    notice.get_by_role("button", name="收到").click()
    stage.figure("confirmed", 1)
    page.locator("[data-do=open-many]").click()
    stage.figure("seen", 15)


def test_the_reporter_answers_on_her_own_page(page: Page) -> None:
    stage = Stage(page)
    stage.say("residents", XU, "5号楼楼下垃圾堆了三天没人收")
    number = int(page.locator("[data-lane=waiting] .ticket", has_text="垃圾").locator(".ticket-number").inner_text())
    stage.say("staff", ZHAO, f"接单 {number}")
    stage.ticket("working", number)
    stage.say("staff", ZHAO, f"办结 {number} 清走了")
    line = stage.ticket("checking", number)
    with page.expect_popup() as opened:
        line.get_by_role("button", name="报事人看到的").click()
    hers = opened.value
    hers.wait_for_url("**/t/*")
    hers.get_by_text("不满意", exact=True).click()
    hers.fill("textarea[name=why]", "还剩一半")
    hers.get_by_role("button", name="不满意，接着办").click()
    hers.get_by_text("您说还没好").wait_for()
    stage.ticket("waiting", number)


def test_a_message_is_quoted_and_taken_back(page: Page) -> None:
    stage = Stage(page)
    stage.say("residents", LIU, "说错了，别理我")
    mine = stage.phone("residents").locator(".is-own", has_text="别理我").first
    mine.hover()
    mine.locator("[data-act=quote]").click()
    stage.say("residents", LIU, "刚才那句不算")
    stage.phone("residents").locator(".message .quote:visible", has_text="别理我").wait_for()
    mine.hover()
    mine.locator("[data-act=recall]").click()
    stage.phone("residents").locator(".gone", has_text="刘倩撤回了一条消息").wait_for()
    stage.phone("residents").locator(".quote:visible", has_text="已撤回").wait_for()
    assert "别理我" not in stage.phone("residents").locator(".talk").inner_text()


BETWEEN = [pytest.param(width, marks=pytest.mark.soak) for width in (390, 768, 1024)]


@pytest.mark.parametrize("width", [360, *BETWEEN, 1440])
def test_nothing_sticks_out_at_any_width(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    tabs = page.locator(".tabs button:visible")
    for number in range(max(tabs.count(), 1)):
        if tabs.count():
            tabs.nth(number).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".phone:visible, .panel:visible").count() >= 1


def test_everything_can_be_reached_by_keyboard(page: Page) -> None:
    named = "() => { const at = document.activeElement; return at.dataset.jump || at.dataset.open || at.name || at.id }"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(named))
    assert {"hour", "shift", "morning", "residents-speaker", "residents-words", "photo", "staff-words"} <= reached
