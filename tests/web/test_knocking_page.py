"""The page of front doors: whose it is, one tap a door without JavaScript, and the sheet on paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import select, update

from bot import deliver, notices
from bot.web import console
from storage import households
from storage.deployment import Screen, WebSession
from storage.inbox import Inbox
from storage.listening import Change
from storage.notice_people import Knock
from storage.notices import Ledger, Notice
from storage.people import Account, Building, Household, Post, Resident, Staff, Unit
from tests import browser
from tests.web.conftest import QIN, STAFF, ZHAO, Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGE = "/console/notices/1/doors"
FORM = re.compile(
    r'<form method="post" action="([^"]+)" id="(\w+)" class="door[^"]*" aria-label="([^"]+)">(.*?)</form>', re.DOTALL
)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture
def told(quick_site: Site) -> Site:
    """A notice went to everybody, and nobody has read it. Behind the last door of the
    first estate somebody old lives alone."""
    with quick_site.app.writing() as db:
        db.execute(update(Household).values(tags=None))
        here = select(Household).join(Unit, Unit.id == Household.estate_id).where(Unit.name == "梧桐里小区")
        db.scalars(here.order_by(Household.id.desc()).limit(1)).one().tags = "elderly alone"
    quick_site.say(QIN, "通知 周六上午社区广场义诊，欢迎大家来")
    quick_site.say(QIN, "确认发送 1 120户")
    while notices.run_due(quick_site.app):
        pass
    return quick_site


def doors(page: httpx.Response) -> list[tuple[str, str, str, dict[str, str]]]:
    """Address, anchor, door and hidden fields of every row."""
    assert page.status_code == 200
    return [(to, anchor, door, dict(HIDDEN.findall(body))) for to, anchor, door, body in FORM.findall(page.text)]


def signed_in(site: Site, role: str, unit: str) -> dict[str, str]:
    """The cookie of somebody with this role there; outside sample mode."""
    site.app.sample = False
    with site.app.writing() as db:
        mine = select(Staff).join(Post).join(Unit, Unit.id == Post.unit_id)
        who = db.scalars(mine.where(Post.role == role, Unit.name == unit)).one()
        token, wall = f"token-{who.id}", site.app.clock.wall()
        held = {"created_at": wall, "expires_at": wall + timedelta(hours=1)}
        db.add(WebSession(token_hash=site.app.vault.session_hash(token), staff_id=who.id, **held))
    return {"cookie": f"{console.COOKIE}={token}"}


def knocks(site: Site) -> Sequence[Knock]:
    with site.app.reading() as db:
        return db.scalars(select(Knock).order_by(Knock.id)).all()


def test_a_tap_writes_a_visit_comes_back_to_the_same_place_and_is_taken_back(told: Site) -> None:
    worker = signed_in(told, "grid_worker", "梧桐里网格")
    first, second = doors(told.client.get(PAGE, headers=worker))[:2]
    with told.app.reading() as db:
        old = select(Ledger.link_hash).join(Household, Household.id == Ledger.household_id)
        assert db.scalars(old.where(Household.tags.is_not(None))).all() == [first[3]["door"]], "old people first"
    to, anchor, _, fields = first
    answer = told.client.post(to, data={**fields, "found": "told"}, headers=worker)
    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"#{anchor}")
    assert answer.headers["location"].startswith(f"{PAGE}?walk=")
    told.client.post(to, data={**fields, "found": "told"}, headers=worker)  # the same tap again
    assert [row.found for row in knocks(told)] == ["told"]
    page = told.client.get(answer.headers["location"], headers=worker)
    assert page.headers["cache-control"] == "no-store"
    assert "✓ 已上门，今天" in page.text
    with told.app.reading() as db:
        assert db.scalars(select(Ledger.link_hash).where(Ledger.knocked_at.is_not(None))).all() == [fields["door"]]
    told.client.post(to, data={**fields, "found": "undo"}, headers=worker)
    assert "✓" not in told.client.get(PAGE, headers=worker).text
    to, _, _, fields = second
    absent = told.client.post(to, data={**fields, "found": "absent"}, headers=worker)
    third = doors(told.client.get(PAGE, headers=worker))[1]
    assert absent.headers["location"].endswith(f"#{third[1]}"), "whoever did not open is last now: on to the next door"
    assert doors(told.client.get(PAGE, headers=worker))[-1][2] == second[2] or "下一页" in page.text


def test_what_was_learnt_on_the_page_is_told_to_whoever_was_bound(told: Site) -> None:
    worker = signed_in(told, "grid_worker", "梧桐里网格")
    with told.app.reading() as db:
        mark, account_id = db.execute(
            select(Ledger.link_hash, Account.id)
            .join(Household, Household.id == Ledger.household_id)
            .join(Account, Account.resident_id == Household.contact_id)
            .order_by(Ledger.id)
        ).first() or ("", 0)
    row = {"door": mark, "visits": "0", "next": ""}
    told.client.post(PAGE, data={**row, "found": "moved"}, headers=worker)
    assert bound_to(told, account_id) is None
    deliver.run(told.app)
    with told.app.reading() as db:
        said = db.scalars(select(Screen.text).order_by(Screen.id.desc())).first()
    assert said is not None
    assert "绑定已由网格员解除" in said
    told.client.post(PAGE, data={**row, "found": "undo"}, headers=worker)
    assert bound_to(told, account_id) is not None


def bound_to(site: Site, account_id: int) -> int | None:
    with site.app.reading() as db:
        return db.get_one(Account, account_id).resident_id


def test_nobody_sees_or_marks_the_doors_of_another_grid(told: Site) -> None:
    mine = doors(told.client.get(PAGE))[0]
    other = signed_in(told, "grid_worker", "和平苑网格")
    theirs = told.client.get(f"{PAGE}?walk=梧桐里网格", headers=other)
    assert mine[2] not in [row[2] for row in doors(theirs)] or mine[3]["door"] not in theirs.text
    assert mine[3]["door"] not in theirs.text
    assert "梧桐里" not in told.client.get(f"{PAGE}/print?walk=梧桐里网格", headers=other).text
    assert told.client.post(mine[0], data={**mine[3], "found": "told"}, headers=other).status_code == 404
    for role, unit in (("property", "梧桐里物业服务中心"), ("admin", "柳桥街道"), ("dispatcher", "柳桥街道")):
        nobody = signed_in(told, role, unit) if role != "property" else signed_in(told, "handler", "柳桥供电所")
        assert told.client.get(PAGE, headers=nobody).status_code == 403
        assert told.client.post(PAGE, data={**mine[3], "found": "told"}, headers=nobody).status_code == 403
    told.client.cookies.clear()
    assert told.client.get(PAGE).status_code == 401
    assert told.client.get(f"{PAGE}/print").status_code == 401
    assert told.client.post(PAGE, data={**mine[3], "found": "told"}).status_code == 401
    assert knocks(told) == []


def test_the_community_has_a_part_for_each_grid_and_each_look_is_noted(told: Site) -> None:
    office = signed_in(told, "community", "梧桐社区")
    page = told.client.get(PAGE, headers=office)
    assert "和平苑网格</a>" in page.text
    told.client.get(f"{PAGE}/print", headers=office)
    with told.app.reading() as db:
        looks = db.scalars(select(Change).where(Change.kind == "read_doors").order_by(Change.id)).all()
    assert [(look.about, look.data["by"]) for look in looks] == [
        ("notice:1", "page"),
        ("notice:1", "sheet"),
        ("notice:1", "sheet"),
    ]
    assert all(look.staff_id is not None for look in looks)


def test_a_notice_that_is_not_there_or_was_cancelled(told: Site) -> None:
    for number in ("0", "7", "-1", str(10**30)):
        assert told.client.get(f"/console/notices/{number}/doors").status_code == 404, number
    with told.app.writing() as db:
        db.execute(update(Notice).values(state="cancelled"))
    assert told.client.get(PAGE).status_code == 404


def test_in_the_chat_it_is_said_in_private_only_and_not_kept(told: Site) -> None:
    told.say(ZHAO, "上门名单", STAFF)
    told.say(ZHAO, "已上门 1-1-101 独居", STAFF)
    assert [row.text for row in told.screen(f"group:{STAFF}") if not row.sender] == []
    heard = [row.text for row in told.screen(f"person:{ZHAO}")]
    assert "「看上门名单」请私下对我说。" in heard
    assert "「记上门」请私下对我说。" in heard
    told.say(ZHAO, "上门名单")
    first = re.search(r"・(\S+) ", told.screen(f"person:{ZHAO}")[-1].text)
    assert first is not None
    told.say(ZHAO, f"已上门 {first[1]}")
    assert f"1 号通知记下了：{first[1]} 已上门。" in told.screen(f"person:{ZHAO}")[-1].text
    assert [row.found for row in knocks(told)] == ["told"]
    with told.app.reading() as db:
        kept = db.scalars(select(Inbox.text).order_by(Inbox.id)).all()[-4:]
    assert [text is not None for text in kept] == [True, False, True, False], "doors are not kept where they were typed"


def test_the_way_there(told: Site) -> None:
    worker = signed_in(told, "grid_worker", "梧桐里网格")
    assert '<a href="/console/doors"' in told.client.get("/console", headers=worker).text
    assert told.client.get("/console/doors", headers=worker).headers["location"] == PAGE
    with told.app.writing() as db:
        db.execute(update(Ledger).values(seen_at=told.app.clock.now(db)))
    assert "现在没有要上门的户" in told.client.get("/console/doors", headers=worker).text
    assert "都走到了" in told.client.get(PAGE, headers=worker).text
    leader = signed_in(told, "street_leader", "柳桥街道")
    assert told.client.get(PAGE, headers=leader).status_code == 403
    assert PAGE not in told.client.get("/console/notices/1", headers=leader).text
    assert PAGE in told.client.get("/console/notices/1", headers=signed_in(told, "community", "梧桐社区")).text
    handler = signed_in(told, "handler", "柳桥供电所")
    assert "/console/doors" not in told.client.get("/console", headers=handler).text
    assert told.client.get("/console/doors", headers=handler).status_code == 403


def test_forms_that_are_no_forms_of_ours(told: Site) -> None:
    to, _, _, fields = doors(told.client.get(PAGE))[0]
    for wrong, status in (
        ({"found": "gone"}, 400),
        ({"found": "told", "visits": "x"}, 400),
        ({"found": "told", "visits": "٣"}, 400),
        ({"found": "told", "door": "0" * 64}, 404),
        ({"found": "told", "door": "%"}, 404),
    ):
        assert told.client.post(to, data={**fields, **wrong}).status_code == status, wrong
    assert knocks(told) == []


def test_another_sites_form_is_refused_before_anything_is_looked_at(plain_site: Site) -> None:
    foreign = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    assert plain_site.client.post(PAGE, data={"found": "told"}, headers=foreign).status_code == 403
    assert plain_site.client.post(PAGE, data={"found": "told"}).status_code == 401


def test_the_sheet_has_half_names_and_no_telephones(told: Site) -> None:
    with told.app.reading() as db:
        living = select(Resident).join(Household, Household.contact_id == Resident.id)
        names = {households.name_of(told.app.vault, row) for row in db.scalars(living)}
    for page in (told.client.get(f"{PAGE}/print").text, told.client.get(PAGE).text):
        assert re.search("[\u4e00-\u9fff]\\*\\*<", page)
        assert not [name for name in names if name in page]
        assert not re.search(r"(?<![\da-f])1\d{10}(?![\da-f])", page)


def test_a_long_list_comes_in_pages_and_by_building(told: Site) -> None:
    with told.app.writing() as db:
        first = db.scalars(select(Building).order_by(Building.id)).first()
        assert first is not None
        ids = db.scalars(select(Household.id).order_by(Household.id)).all()
        values = {"building_id": first.id, "estate_id": first.estate_id, "entrance": "9"}
        for number, home in enumerate(ids):
            db.execute(update(Household).where(Household.id == home).values(room=str(1001 + number), **values))
    page = told.client.get(PAGE)
    assert len(doors(page)) == 60
    found = {row[2] for row in doors(page)}
    after = page.text.split('aria-label="翻页"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    more = told.client.get(PAGE + after)
    assert found.isdisjoint(row[2] for row in doors(more))
    assert "上一页" in more.text
    assert "回到第一页" in told.client.get(f"{PAGE}?page=99").text


@pytest.mark.browser
@pytest.mark.skipif(not browser.CHROMIUM, reason="no Chromium: set CHROMIUM_PATH to run the browser tests")
@pytest.mark.xdist_group("knocking")
def test_a_worker_goes_from_door_to_door_on_a_phone_and_prints_the_list(told: Site) -> None:
    """In a real browser, as wide as a phone, without JavaScript."""
    with browser.chromium() as chromium:
        where = str(told.client.base_url)
        page = chromium.new_page(base_url=where, viewport={"width": 390, "height": 800}, java_script_enabled=False)
        page.set_default_timeout(browser.PATIENCE)
        page.goto(PAGE)
        ways = page.get_by_role("navigation", name="控制台").bounding_box()
        assert ways is not None
        assert ways["height"] < 110, "the ways stand beside each other, not in a tall column"
        first = page.locator("form.door").first.get_attribute("aria-label")
        page.get_by_role("button", name=f"{first} 已上门").click()
        page.get_by_text("✓ 已上门").wait_for()
        assert is_in_sight(page, f"{first} 撤销")
        page.get_by_text("看到别的情况").first.click()
        page.get_by_role("button", name="独居").first.click()
        page.get_by_text("✓ 独居").wait_for()
        assert [row.found for row in knocks(told)] == ["told", "alone"]
        page.get_by_role("button", name=f"{first} 撤销").click()
        page.get_by_role("button", name=f"{first} 已上门").wait_for()
        assert is_in_sight(page, f"{first} 已上门")
        page.get_by_role("link", name="打印名单").click()
        page.emulate_media(media="print")
        assert not page.get_by_text("回到名单").is_visible()
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def is_in_sight(page: Page, name: str) -> bool:
    """Whether the button is on the screen as the page came up, without scrolling."""
    box = page.get_by_role("button", name=name).bounding_box()
    return box is not None and 0 <= box["y"] < 800
