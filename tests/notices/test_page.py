"""The household's page: what it shows, what it never shows, and what writes."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from starlette.staticfiles import StaticFiles

from bot.notices import progress, run_due
from bot.web import notices as pages
from bot.web import oauth
from bot.web.pages import HERE
from storage.notices import Ledger
from storage.people import Account, Household, Resident, Role
from storage.vault import Vault
from tests.conftest import SECRET_KEY
from tests.notices.world import DOOR, World, add_account

WATER = "明天 9 点到 17 点停水，请提前备水。<b>勿念</b>\n\n杏花社区"


@pytest.fixture
def sent(world: World) -> World:
    admin = world.member(Role.ADMIN, world.households(20))
    admin.says(f"通知 {WATER}")
    admin.says("确认发送 1 20户")
    while run_due(world.app):
        pass
    return world


@dataclass
class Browser:
    """Asks the pages in this process."""

    web: FastAPI
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, address: str) -> httpx.Response:
        return self.ask("GET", address)

    def post(self, address: str, *, follow: bool = True) -> httpx.Response:
        return self.ask("POST", address, follow=follow)

    def ask(self, method: str, address: str, *, follow: bool = True) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.web)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1", follow_redirects=follow, headers=self.headers
            ) as client:
                return await client.request(method, address)

        return asyncio.run(asked())


@pytest.fixture
def browser(sent: World) -> Browser:
    web = FastAPI()
    web.state.app = sent.app
    web.include_router(pages.router)
    web.mount("/static", StaticFiles(directory=HERE / "static"))
    return Browser(web)


def link(world: World, nth: int = 0) -> str:
    """The address in the nth message."""
    found = re.search(r"/n/\S+$", world.sink.messages[nth].text)
    assert found is not None
    return found.group()


def counted(world: World) -> tuple[int, int]:
    total = progress(world.app, world.notice().id).total
    assert total.adds_up
    return total.seen, total.confirmed


def test_it_shows_the_notice_its_issuer_and_its_time(sent: World, browser: Browser) -> None:
    page = browser.get(link(sent))
    assert page.status_code == 200
    assert "明天 9 点到 17 点停水" in page.text
    assert "杏花街道" in page.text
    assert "2026 年 3 月 5 日 09:12" in page.text
    assert "&lt;b&gt;勿念" in page.text


def test_it_shows_nothing_of_the_household(sent: World, browser: Browser) -> None:
    page = browser.get(link(sent))
    assert "person-" not in page.text
    assert "1 栋" not in page.text
    assert "小区" not in page.text


def test_it_is_kept_from_caches_referrers_and_search(sent: World, browser: Browser) -> None:
    for address in (link(sent), "/n/unknown"):
        headers = browser.get(address).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "noindex" in headers["x-robots-tag"]


def test_looking_writes_nothing(sent: World, browser: Browser) -> None:
    for _ in range(3):
        browser.get(link(sent))
        browser.ask("HEAD", link(sent))
    assert counted(sent) == (0, 0)


def test_the_beacon_counts_once(sent: World, browser: Browser) -> None:
    for _ in range(3):
        assert browser.post(f"{link(sent)}/seen").status_code == 204
    assert counted(sent) == (1, 0)


def test_received_confirms_and_leads_back(sent: World, browser: Browser) -> None:
    assert "收到</button>" in browser.get(link(sent)).text
    answer = browser.post(f"{link(sent)}/confirm", follow=False)
    assert answer.status_code == 303
    page = browser.post(f"{link(sent)}/confirm")
    assert page.request.method == "GET"
    assert str(page.url).endswith(link(sent))
    assert "谢谢您" in page.text
    assert "<form" not in page.text
    assert counted(sent) == (1, 1)


def test_the_first_time_stays(sent: World, browser: Browser) -> None:
    browser.post(f"{link(sent)}/confirm")
    with sent.app.reading() as db:
        before = db.execute(select(Ledger.seen_at, Ledger.confirmed_at).where(Ledger.seen_at.is_not(None))).one()
    sent.pass_time(sent.clock.at - sent.clock.at.replace(hour=0))
    browser.post(f"{link(sent)}/confirm")
    browser.post(f"{link(sent)}/seen")
    with sent.app.reading() as db:
        after = db.execute(select(Ledger.seen_at, Ledger.confirmed_at).where(Ledger.seen_at.is_not(None))).one()
    assert before == after


def test_a_link_is_one_households(sent: World, browser: Browser) -> None:
    browser.post(f"{link(sent, 0)}/confirm")
    assert "谢谢您" not in browser.get(link(sent, 1)).text


@pytest.mark.parametrize("token", ["x", "A" * 22, "A" * 5000, "%00", "…", "' OR 1=1"])
def test_an_unknown_link_gets_a_friendly_page(browser: Browser, token: str) -> None:
    for answer in (browser.get(f"/n/{token}"), browser.post(f"/n/{token}/confirm")):
        assert answer.status_code == 404
        assert "没有找到这条通知" in answer.text
    assert browser.post(f"/n/{token}/seen").status_code == 404


def test_the_database_holds_no_link(sent: World) -> None:
    token = link(sent).rpartition("/")[2]
    with sent.app.reading() as db:
        for table in ("ledger", "slices", "notices", "attempts"):
            assert token not in str(db.execute(text(f"SELECT * FROM {table}")).all())


def test_a_link_holds_after_the_keys_were_rotated(sent: World, browser: Browser) -> None:
    """What is stored is a hash of the link itself, whatever key made it."""
    sent.app.vault = Vault([bytes(32), SECRET_KEY])
    assert browser.get(link(sent)).status_code == 200


def test_without_scripts_everything_but_seen_works(sent: World, browser: Browser) -> None:
    """The page is whole without its script; the script is plain and the style knows no new tricks."""
    page = browser.get(link(sent)).text
    assert "<noscript" not in page
    script = browser.get("/static/notice.js").text
    assert not re.search(r"=>|\b(let|const|async)\b|`", script)
    style = browser.get("/static/notice.css").text
    assert not re.search(r"var\(|grid|clamp\(|:is\(|gap:", style)


class TestCommonPage:
    """The page that everybody is sent alike."""

    @pytest.fixture
    def common(self, world: World) -> World:
        world.app.channels[DOOR].abilities = replace(world.app.channels[DOOR].abilities, alike=True)  # type: ignore[misc]
        admin = world.member(Role.ADMIN, world.households(20))
        admin.says(f"通知 {WATER}")
        admin.says("确认发送 1 20户")
        while run_due(world.app):
            pass
        return world

    @pytest.fixture
    def phone(self, common: World) -> Browser:
        web = FastAPI()
        web.state.app = common.app
        web.include_router(pages.router)
        return Browser(web)

    def cookie(self, world: World, resident: int) -> dict[str, str]:
        """As after the platform said whose phone it is."""
        with world.app.reading() as db:
            ref = db.scalars(select(Account.ref).where(Account.resident_id == resident)).one()
        return {"cookie": f"{oauth.COOKIE}={oauth._sealed(world.app, oauth.WHO, ref, oauth.COOKIE_LASTS)}"}

    def test_one_link_for_all_shows_the_notice_and_says_what_counts(self, common: World, phone: Browser) -> None:
        links = {link(common, nth) for nth in range(18)}
        assert len(links) == 1
        page = phone.get(links.pop())
        assert "明天 9 点到 17 点停水" in page.text
        assert "回「收到」两个字" in page.text
        assert "<form" not in page.text
        assert "data-seen" not in page.text

    def test_whoever_is_not_known_is_not_counted(self, common: World, phone: Browser) -> None:
        assert phone.post(f"{link(common)}/seen").status_code == 204
        assert phone.post(f"{link(common)}/confirm", follow=False).status_code == 303
        assert counted(common) == (0, 0)

    def test_whom_the_platform_knows_counts_for_their_household(self, common: World, phone: Browser) -> None:
        phone.headers = self.cookie(common, 3)
        page = phone.get(link(common))
        assert "收到</button>" in page.text
        assert counted(common) == (0, 0)
        phone.post(f"{link(common)}/seen")
        assert counted(common) == (1, 0)
        phone.post(f"{link(common)}/confirm", follow=False)
        assert "谢谢您" in phone.get(link(common)).text
        assert counted(common) == (1, 1)
        with common.app.reading() as db:
            assert db.scalars(select(Ledger.household_id).where(Ledger.confirmed_at.is_not(None))).all() == [3]
        phone.headers = {}
        assert "谢谢您" not in phone.get(link(common)).text

    def test_whoever_lives_there_counts_for_the_household_too(self, common: World, phone: Browser) -> None:
        with common.app.writing() as db:
            resident = Resident(id=900, ref="another", household_id=5)
            db.add(resident)
            db.flush()
            add_account(db, common.app.vault, "another", resident_id=resident.id)
        phone.headers = self.cookie(common, resident.id)
        phone.post(f"{link(common)}/confirm")
        with common.app.reading() as db:
            assert db.scalars(select(Ledger.household_id).where(Ledger.confirmed_at.is_not(None))).all() == [5]

    def test_of_two_households_both(self, common: World, phone: Browser) -> None:
        with common.app.writing() as db:
            db.get_one(Household, 2).contact_id = 1
        phone.headers = self.cookie(common, 1)
        phone.post(f"{link(common)}/seen")
        assert counted(common) == (2, 0)

    def test_a_neighbour_of_another_street_is_not_counted(self, common: World, phone: Browser) -> None:
        common.households(1, street="桃源街道")
        phone.headers = self.cookie(common, 21)
        assert "<form" not in phone.get(link(common)).text
        phone.post(f"{link(common)}/confirm")
        assert counted(common) == (0, 0)

    def test_the_common_link_holds_after_the_keys_were_rotated(self, common: World, phone: Browser) -> None:
        common.app.vault = Vault([bytes(32), SECRET_KEY])
        assert phone.get(link(common)).status_code == 200
