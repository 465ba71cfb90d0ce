"""A notice's page in a real browser: what counts as looking, how it reads on small and on old phones, without scripts
and in the dark.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from bot.moments import ManualClock
from bot.notices import progress
from bot.settings import Settings
from bot.web.playground_media import murmur
from storage.notices import NoticeKind
from storage.people import Group, Unit, UnitKind
from tests import browser
from tests.conftest import SECRET_KEY
from tests.notices.pages import change, store, work
from tests.notices.test_page import link
from tests.notices.world import DOOR, START, Sink, World, channel
from tests.web.conftest import running
from tests.web.test_pictures import photo

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = browser.marks("notice-page")

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile MicroMessenger/8.0.50"
SECOND = 1000  # milliseconds that a page is looked at before it counts
LONG = (
    "各位居民：因供水管网改造，" + "停水期间请关好水龙头，" * 12 + "\n\n1. 提前备水\n2. 来水后先放几分钟\n" + "长" * 80
)


class Scene:
    """A served deployment with twenty households and one notice, sent."""

    def __init__(self, world: World, address: str) -> None:
        self.world, self.address = world, address
        world.households(20)
        world.confirmed(20)
        with world.app.writing() as db:
            db.execute(update(Group).values(unit_id=world.unit(UnitKind.STREET).id))
            db.execute(update(Unit).values(phone="0571-8888 1234", hours="8:30–17:30"))
        work(world)

    def page_of(self, nth: int = 0) -> str:
        return f"{self.address}{link(self.world, nth)}"

    def counted(self) -> tuple[int, int]:
        total = progress(self.world.app, self.world.notice().id).total
        return total.seen, total.confirmed


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Scene]:
    """No sample: there a browser that is driven would count."""
    folder = tmp_path_factory.mktemp("notice-page")
    shutil.copyfile(sqlite_template, folder / "menkou.db")
    settings = Settings(data=folder, secret_keys=(SECRET_KEY,), database_url=f"sqlite:///{folder / 'menkou.db'}")
    with running(settings) as site:
        site.app.clock, sink = ManualClock(START), Sink()
        site.app.channels[DOOR] = channel(sink)
        yield Scene(World(site.app, site.app.clock, sink), str(site.client.base_url).rstrip("/"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.chromium() as one:
        yield one


Open = Callable[..., contextlib.AbstractContextManager["BrowserContext"]]


@pytest.fixture
def phone(chromium: Browser) -> Open:
    """A phone with nothing kept on it yet; the arguments are the browser's."""

    @contextlib.contextmanager
    def opened(**more: Any) -> Iterator[BrowserContext]:
        usual: dict[str, Any] = {"user_agent": PHONE, "viewport": {"width": 390, "height": 844}}
        context = chromium.new_context(**(usual | more))
        context.set_default_timeout(browser.PATIENCE)
        yield context
        context.close()

    return opened


class Looking:
    """A page with a clock of its own, which stands until it is told to go on: a busy machine is no longer look."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.told: list[str] = []
        page.on("request", lambda request: self.told.append(request.url) if request.url.endswith("/seen") else None)
        page.clock.install(time=START)
        page.clock.pause_at(START + timedelta(seconds=1))

    def passes(self, milliseconds: int) -> None:
        """So much of the page's time; whatever it sent meanwhile has left when this answers."""
        self.page.clock.run_for(milliseconds)
        with self.page.expect_response("**/healthz"):
            self.page.evaluate("fetch('/healthz')")


HIDDEN = """Object.defineProperty(document, "visibilityState", {get: () => window.shown ? "visible" : "hidden"});
Object.defineProperty(document, "hidden", {get: () => !window.shown});
window.show = (shown) => { window.shown = shown; document.dispatchEvent(new Event("visibilitychange")); };"""


def test_a_page_that_is_looked_at_for_a_second_counts_and_one_that_lies_behind_does_not(
    scene: Scene, phone: Open
) -> None:
    before = scene.counted()
    with phone() as context:
        page = context.new_page()
        looking = Looking(page)
        page.add_init_script(HIDDEN)
        page.goto(scene.page_of(0))
        looking.passes(10 * SECOND)
        page.evaluate("show(true)")
        looking.passes(SECOND - 1)
        page.evaluate("show(false)")  # a glance
        looking.passes(10 * SECOND)
        assert looking.told == []
        assert scene.counted() == before
        page.evaluate("show(true)")
        with page.expect_response("**/seen"):
            looking.passes(SECOND + 50)  # and one frame
        assert len(looking.told) == 1
        assert scene.counted() == (before[0] + 1, before[1])


def test_a_window_without_a_screen_counts_for_nobody(scene: Scene, phone: Open) -> None:
    """It calls itself visible and paints nothing; and a browser that says it is driven is not believed at all."""
    before = scene.counted()
    with phone() as context:
        page = context.new_page()
        looking = Looking(page)
        page.add_init_script("window.requestAnimationFrame = function () { return 0; };")
        page.goto(scene.page_of(1))
        looking.passes(10 * SECOND)
        assert looking.told == []
        assert page.evaluate("requestAnimationFrame(() => {})") == 0, "nor did the clock of the test paint"
    with phone(user_agent=None) as context:
        page = context.new_page()
        assert "Headless" in page.evaluate("navigator.userAgent")
        with page.expect_response("**/seen"):
            page.goto(scene.page_of(1))
    assert scene.counted() == before


def test_without_scripts_the_form_counts_and_so_do_its_larger_letters(scene: Scene, phone: Open) -> None:
    before = scene.counted()
    with phone(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(scene.page_of(2))
        small = page.locator(".text").evaluate("node => getComputedStyle(node).fontSize")
        page.get_by_text("字再大些").click()
        assert page.locator(".text").evaluate("node => getComputedStyle(node).fontSize") > small
        assert scene.counted() == before
        page.get_by_role("button", name="收到").click()
        page.get_by_text("谢谢您").wait_for()
        assert page.get_by_text("字小一点").is_visible()
    assert scene.counted() == (before[0] + 1, before[1] + 1)


def test_a_large_button_plays_the_recording(scene: Scene, phone: Open) -> None:
    change(scene.world, voice_id=store(scene.world, murmur(), "audio/wav"))
    with phone() as context:
        page = context.new_page()
        page.goto(scene.page_of(4))
        page.get_by_role("button", name="听录音").click()
        page.get_by_role("button", name="停一下").wait_for()
        page.get_by_role("button", name="听录音").wait_for()  # it lasts for a second


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_reads_at_320_points_with_type_of_twice_the_size(
    scene: Scene, phone: Open, kind: NoticeKind
) -> None:
    """Nothing lies beside the screen, in the light and in the dark, and the words contrast with their ground."""
    vault = scene.world.app.vault
    notice = scene.world.notice()
    change(
        scene.world,
        kind=kind,
        text=vault.seal(LONG, "notices.text", notice.ref),
        source="市供水公司 https://www.shui.example.cn/a/very/long/address/that/goes/on/and/on/2026",
        link="https://www.shui.example.cn/tingshui/2026",
        valid_from=START,
        valid_until=START + timedelta(hours=9),
        picture_id=store(scene.world, photo(size=(1600, 900)), "image/jpeg"),
        voice_id=store(scene.world, murmur(), "audio/wav"),
    )
    for scheme in ("light", "dark"):
        with phone(viewport={"width": 320, "height": 568}, color_scheme=scheme, bypass_csp=True) as context:
            page = context.new_page()
            page.goto(f"{scene.page_of(3)}?big=1")
            page.add_style_tag(content="html body { font-size: 48px !important; }")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 320, (scheme, wide)
            assert page.evaluate(FAINT) == []


FAINT = """() => {
  const part = (value) => (value /= 255) <= .03928 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const found = parse(getComputedStyle(node).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const says = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  const faint = [];
  for (const node of document.querySelectorAll("main :not(audio, audio *), footer *")) {
    const [more, less] = [light(parse(getComputedStyle(node).color)), light(ground(node))].sort((a, b) => b - a);
    if (says(node) && (more + .05) / (less + .05) < 4.5) faint.push(node.outerHTML);
  }
  return faint;
}"""
