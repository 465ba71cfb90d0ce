"""The console's page of a ticket and of what waits to be decided: the chat's commands as buttons, by whoever may."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from bot import deliver
from bot.web import console, next_page, playground_media
from handlers.rules.deadlines import LOCAL
from storage.decisions import Decision
from storage.deployment import WebSession
from storage.facts import Fact
from storage.listening import Change
from storage.origins import HotlineOrder
from storage.people import Account, Post, Staff, Unit
from storage.tickets import Ticket
from tests import browser
from tests.web.conftest import RESIDENTS, STAFF, WANG, ZHAO, Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

ACT, DECISIONS = "/console/tickets/act", "/console/decisions"
FORM = re.compile(r'<form method="post" action="/console/tickets/act".*?</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def signed_in(site: Site, role: str, unit: str) -> dict[str, str]:
    """The cookie of somebody with this role there; outside sample mode."""
    site.app.sample = False
    with site.app.writing() as db:
        mine = select(Staff).join(Post).join(Unit, Unit.id == Post.unit_id)
        who = db.scalars(mine.where(Post.role == role, Unit.name == unit).order_by(Staff.id)).first()
        assert who is not None, (role, unit)
        token, wall = f"token-{who.id}-{role}", site.app.clock.wall()
        held = {"created_at": wall, "expires_at": wall + timedelta(hours=1)}
        db.merge(WebSession(token_hash=site.app.vault.session_hash(token), staff_id=who.id, **held))
    return {"cookie": f"{console.COOKIE}={token}"}


def forms(page: httpx.Response) -> dict[str, dict[str, str]]:
    """The hidden fields of every form that acts on a ticket, by its command."""
    assert page.status_code == 200, page.text[:500]
    found = [dict(HIDDEN.findall(form)) for form in FORM.findall(page.text)]
    return {form["command"]: form for form in found}


def told(site: Site) -> int:
    """A lamp is out, told in the residents' group."""
    site.app.sample = True
    site.say(WANG, "3号楼501门口路灯不亮，我电话13812345678", RESIDENTS)
    with site.app.reading() as db:
        return db.scalars(select(Ticket.number).order_by(Ticket.id.desc())).first() or 0


def ticket(site: Site, number: int) -> Ticket:
    with site.app.reading() as db:
        return db.scalars(select(Ticket).where(Ticket.number == number)).one()


def facts(site: Site, kind: str) -> Sequence[Fact]:
    with site.app.reading() as db:
        return db.scalars(select(Fact).where(Fact.kind == kind).order_by(Fact.id)).all()


def pressed(site: Site, form: dict[str, str], who: dict[str, str], **more: str) -> str:
    """Presses a button; what the next page says of it."""
    answer = site.client.post(ACT, data={**form, **more}, headers=who)
    assert answer.status_code == 303, answer.text[:300]
    said = f"{next_page.COOKIE}={answer.cookies[next_page.COOKIE]}"
    page = site.client.get(answer.headers["location"], headers={"cookie": f"{who['cookie']}; {said}"})
    site.client.cookies.clear()
    found = re.search(r'<p class="card came" role="status">(.*?)</p>', page.text, re.DOTALL)
    return found[1] if found is not None else ""


def alert(page: httpx.Response) -> str:
    """Why something was refused, as the page says it."""
    [found] = re.findall(r'role="alert" tabindex="-1" autofocus>(.*?)</p>', page.text, re.DOTALL)
    return html.unescape(found)


def refused(site: Site, form: dict[str, str], who: dict[str, str], **more: str) -> str:
    """Presses a button that does nothing any more, or not for this person; why."""
    answer = site.client.post(ACT, data={**form, **more}, headers=who)
    assert answer.status_code == 422, answer.text[:300]
    return alert(answer)


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


def test_accepted_worked_on_and_done_each_once_however_often_it_is_pressed(site: Site) -> None:
    number = told(site)
    worker, page = signed_in(site, "grid_worker", "梧桐里网格"), f"/console/tickets/{number}"
    form = forms(site.client.get(page, headers=worker))["accept"]
    office = signed_in(site, "community", "梧桐社区")
    several = [(form, worker), (form, worker), (form | {"once": "of-the-office"}, office), (form, worker)]
    with ThreadPoolExecutor() as at_once:
        answers = list(at_once.map(lambda one: site.client.post(ACT, data=one[0], headers=one[1]).status_code, several))
    same = {*answers[:2], answers[3]}
    assert (same, answers[2]) in [({303}, 422), ({422}, 303)], "one of them has it, the other hears so"
    assert len(facts(site, "accepted")) == 1, "of two who press at once one has it"
    if answers[0] == 303:
        assert pressed(site, form, worker) == pressed(site, form, worker), "the same answer to the same tap"
    assert len(facts(site, "accepted")) == 1
    assert ticket(site, number).status == "accepted"
    later = forms(site.client.get(page, headers=worker))
    assert re.search("已经在您手上|已经接了", refused(site, form | {"once": "another-form"}, worker))
    assert "记下进展" in pressed(site, later["progress"], worker, words="已联系维修师傅，下午到")
    assert "刚刚有变化" in refused(site, later["resolve"], worker, words="换好了"), "shown before the progress"
    assert facts(site, "resolved") == []
    form = forms(site.client.get(page, headers=worker))["resolve"]
    for _ in range(2):
        files = {"photo": ("after.jpg", a_photo(), "image/jpeg")}
        sent = site.client.post(ACT, data={**form, "words": "灯泡已换"}, files=files, headers=worker)
        assert sent.status_code == 303
    assert len(facts(site, "resolved")) == 1
    whole = site.client.get(page, headers=worker)
    assert "灯泡已换" in whole.text
    shown = re.search(rf'src="({page}/photo/\w+)"', whole.text)
    assert shown is not None
    assert site.client.get(shown[1], headers=worker).headers["content-type"] == "image/jpeg"
    assert site.client.get(shown[1], headers=signed_in(site, "grid_worker", "和平苑网格")).status_code == 403
    assert "撤销" in whole.text
    assert "verify" not in forms(whole), "nobody checks their own work"
    heard = [row.text for row in site.screen(f"person:{ZHAO}")]
    assert not any("灯泡已换" in text for text in heard), "what was done here is said here, and in no chat"


def test_a_voice_that_nobody_could_read_is_heard_on_its_page(quick_site: Site) -> None:
    ref = playground_media.placeholder_voice(quick_site.app)
    quick_site.say(WANG, "", kind="voice", media=ref)
    with quick_site.app.reading() as db:
        number = db.scalars(select(Ticket.number)).one()
    worker, file = signed_in(quick_site, "dispatcher", "柳桥街道"), f"/console/tickets/{number}/photo/{ref}"
    page = quick_site.client.get(f"/console/tickets/{number}", headers=worker).text
    assert f'<audio controls preload="none" src="{file}">' in page
    assert f'<img src="{file}"' not in page
    assert quick_site.client.get(file, headers=worker).headers["content-type"] == "audio/wav"


def test_who_may_not_is_refused_and_who_complained_is_hidden(quick_site: Site) -> None:
    site, number = quick_site, told(quick_site)
    page = f"/console/tickets/{number}"
    community = signed_in(site, "community", "梧桐社区")
    elsewhere = signed_in(site, "property", "和平苑物业服务中心")
    company = signed_in(site, "property", "梧桐里物业服务中心")
    assert "13812345678" in site.client.get(page, headers=community).text
    assert site.client.get(page).status_code == 401
    assert site.client.get(page, headers=company).status_code == 403
    assert site.client.get("/console/tickets/999", headers=community).status_code == 404
    open_to_office = forms(site.client.get(page, headers=community))
    taken = open_to_office["accept"]
    beyond = site.client.post(ACT, data=taken, headers=elsewhere)
    assert (beyond.status_code, alert(beyond)) == (403, f"{number} 号不在您的范围，归梧桐里网格办。")
    foreign = {**community, "origin": "http://elsewhere.example"}
    assert site.client.post(ACT, data=taken, headers=foreign).status_code == 403
    assert site.client.post(ACT, data=taken).status_code == 401
    gone = site.client.post(ACT, data={**open_to_office["comment"], "words": "楼下也黑"})
    assert (gone.status_code, "写的还在" in gone.text, "楼下也黑" in gone.text) == (401, True, True)
    for wrong in ({"command": "drop"}, {"command": "bind"}, {"number": "x"}, {"once": ""}, {"command": ""}):
        assert site.client.post(ACT, data={**taken, **wrong}, headers=community).status_code == 400, wrong
    bad = {"photo": ("a.jpg", b"no picture", "image/jpeg")}
    assert site.client.post(ACT, data=taken, files=bad, headers=community).status_code == 422
    assert facts(site, "accepted") == []
    assert "已转给" in pressed(site, open_to_office["reassign"], community, words="梧桐里物业服务中心")
    theirs = site.client.get(page, headers=company)
    assert "路灯不亮" in theirs.text
    assert not re.search("13812345678|501", theirs.text)
    assert f'<a href="{page}">' in site.client.get("/console", headers=company).text
    assert {"accept", "progress"} & set(forms(theirs))
    assert not {"verify", "reject", "recategorise"} & set(forms(theirs))
    with site.app.writing() as db:
        street = db.scalars(select(Unit.id).where(Unit.kind == "street")).one()
        db.add(
            staff := Staff(ref="inspector", active=True, name=site.app.vault.seal("尹志", "staff.name", "inspector"))
        )
        db.flush()
        db.add(Post(staff_id=staff.id, unit_id=street, role="inspector"))
        whoever = db.scalars(select(Post.staff_id).where(Post.role == "admin")).first()
        for account in db.scalars(select(Account).where(Account.staff_id == whoever)):
            account.staff_id = staff.id
    inspector = signed_in(site, "inspector", "柳桥街道")
    seen = site.client.get(page, headers=inspector)
    assert set(forms(seen)) == {"supervise"}
    assert "要由" in refused(site, forms(theirs)["accept"], inspector), "a form that was made up"
    assert facts(site, "accepted") == []
    assert not re.search("13812345678|501", seen.text)
    for _ in range(2):
        pressed(site, forms(seen)["supervise"], inspector, words="请今天内上门")
    assert len(facts(site, "supervised")) == 1
    assert "请今天内上门" in site.client.get(page, headers=community).text
    assert site.client.get(DECISIONS, headers=inspector).status_code == 403


def test_what_is_asked_of_the_level_above_is_decided_once_with_its_reasons_before_one(quick_site: Site) -> None:
    site, number = quick_site, told(quick_site)
    page = f"/console/tickets/{number}"
    worker, community = signed_in(site, "grid_worker", "梧桐里网格"), signed_in(site, "community", "梧桐社区")
    asking = forms(site.client.get(page, headers=worker))["return"]
    why = "路灯归市政，《城市照明管理规定》第五条，建议转区市政养护处"
    assert "已报给" in pressed(site, asking, worker, choice="非本单位职责", words=why)
    assert "退单：等梧桐社区定" in site.client.get(page, headers=worker).text
    assert "return" not in forms(site.client.get(page, headers=worker)), "one thing at a time"
    assert {"agree", "disagree"} <= set(forms(site.client.get(page, headers=community))), "also on the ticket's page"
    waits = site.client.get(DECISIONS, headers=community)
    assert "第五条" in waits.text
    assert "区市政养护处" in waits.text
    assert number not in [int(form["number"]) for form in forms(site.client.get(DECISIONS, headers=worker)).values()]
    form = forms(waits)["agree"]
    assert form["back"] == "decisions"
    assert "要由别人来定" in refused(site, form, worker), "whoever asked"
    assert "刚刚有变化" in refused(site, form | {"seen": "d0.0"}, community)
    assert facts(site, "decided") == []
    first = pressed(site, form, community)
    assert "区市政养护处" in first
    assert pressed(site, form, community) == first
    assert "已经定了" in refused(site, forms(waits)["disagree"], community, words="不行")
    assert len(facts(site, "decided")) == 1
    with site.app.reading() as db:
        assert [row.state for row in db.scalars(select(Decision))] == ["granted"]
    assert "现在没有等您定的事" in site.client.get(DECISIONS, headers=community).text


def test_what_was_reopened_and_what_is_to_be_checked_wait_for_the_community(quick_site: Site) -> None:
    site, number = quick_site, told(quick_site)
    site.say(ZHAO, f"接单 {number}", STAFF)
    site.say(ZHAO, f"办结 {number} 灯泡已换", STAFF)
    community = signed_in(site, "community", "梧桐社区")
    checked = site.client.get(DECISIONS, headers=community)
    assert "灯泡已换" in checked.text
    assert set(forms(checked)) == {"verify"}
    site.app.sample = True
    site.say(WANG, "不满意 灯还是不亮")
    community = signed_in(site, "community", "梧桐社区")
    waits = site.client.get(DECISIONS, headers=community)
    assert "灯还是不亮" in waits.text
    assert "梧桐里网格" in waits.text
    form = forms(waits)["redo"]
    for _ in range(2):
        assert "梧桐里网格" in pressed(site, form, community)
    assert len([one for one in facts(site, "reassigned") if one.data.get("redo")]) == 1
    assert "redo" not in forms(site.client.get(DECISIONS, headers=community))


def test_an_order_of_the_hotline_is_typed_in_once(quick_site: Site) -> None:
    site, before = quick_site, told(quick_site)
    office, page = signed_in(site, "dispatcher", "柳桥街道"), "/console/hotline"
    assert '<a href="/console/hotline"' in site.client.get("/console", headers=office).text
    with site.app.reading() as db:
        now = site.app.clock.now(db).astimezone(LOCAL)
    form = {
        "number": "A20260315",
        "received": f"{now - timedelta(minutes=5):%Y-%m-%dT%H:%M}",
        "due": f"{now + timedelta(days=2):%Y-%m-%dT%H:%M}",
        "place": "梧桐里小区3号楼",
        "text": "门口路灯不亮，晚上看不见路",
    }
    for field, value in (("number", " "), ("text", ""), ("due", form["received"]), ("received", "2099-01-01T00:00")):
        wrong = site.client.post(page, data={**form, field: value}, headers=office)
        assert (wrong.status_code, 'role="alert"' in wrong.text, "A20260315" in wrong.text or field == "number") == (
            422, True, True,
        ), field  # fmt: skip
    for role, unit in (("grid_worker", "梧桐里网格"), ("property", "梧桐里物业服务中心")):
        who = signed_in(site, role, unit)
        assert site.client.get(page, headers=who).status_code == 403
        assert site.client.post(page, data=form, headers=who).status_code == 403
    assert (
        site.client.post(page, data=form, headers={**office, "origin": "https://elsewhere.example"}).status_code == 403
    )
    places = [site.client.post(page, data=form, headers=office) for _ in range(2)]
    assert [answer.status_code for answer in places] == [303, 303]
    assert len({answer.headers["location"] for answer in places}) == 1
    shown = site.client.get(places[0].headers["location"], headers=office)
    assert "热线工单 A20260315" in shown.text
    assert "hotline_result" in forms(shown)
    assert pressed(site, forms(shown)["hotline_result"], office, words="已响应 已解决 满意")
    with site.app.reading() as db:
        [order] = db.scalars(select(HotlineOrder)).all()
        noted = db.scalars(select(Change).where(Change.kind == "hotline_order")).all()
    assert (order.responded, order.solved, order.satisfied) == (True, True, True)
    assert [(row.about, row.staff_id is not None) for row in noted] == [(f"ticket:{before + 1}", True)]


@pytest.mark.browser
@pytest.mark.skipif(not browser.CHROMIUM, reason="no Chromium: set CHROMIUM_PATH to run the browser tests")
@pytest.mark.xdist_group("ticket_page")
def test_a_worker_takes_and_finishes_a_ticket_on_a_phone_and_the_office_checks_it(quick_site: Site) -> None:
    """In a real browser, as wide as a phone, without JavaScript."""
    site, number = quick_site, told(quick_site)
    worker, office = signed_in(site, "grid_worker", "梧桐里网格"), signed_in(site, "community", "梧桐社区")
    with browser.chromium() as chromium:
        where = str(site.client.base_url)
        page = chromium.new_page(base_url=where, viewport={"width": 390, "height": 800}, java_script_enabled=False)
        page.set_default_timeout(browser.PATIENCE)
        enter(page, worker)
        page.goto("/console")
        page.get_by_role("link", name=str(number), exact=True).first.click()
        page.get_by_role("button", name=f"{number} 号接单").click()
        page.get_by_text("归您了").wait_for()
        page.locator("summary", has_text="办结").click()
        finish = page.locator("details", has_text="附一句话或照片")
        finish.locator("textarea").fill("灯泡已换")
        finish.locator("input[type=file]").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
        )
        finish.get_by_role("button", name=f"{number} 号办结").click()
        page.get_by_text("已办结").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        enter(page, office)
        page.goto(DECISIONS)
        page.get_by_role("button", name=f"{number} 号核查").click()
        page.get_by_text("核查通过").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert ticket(site, number).status == "closed"
    deliver.run(site.app)


def enter(page: Page, who: dict[str, str]) -> None:
    """Somebody else takes the telephone."""
    name, _, value = who["cookie"].partition("=")
    page.context.clear_cookies()
    page.context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}])


def test_a_whistle_is_signed_once_by_the_leader_whose_turn_it_is(quick_site: Site) -> None:
    site, number = quick_site, told(quick_site)
    page = f"/console/tickets/{number}"
    office, leader = signed_in(site, "community", "梧桐社区"), signed_in(site, "street_leader", "柳桥街道")
    pressed(site, forms(site.client.get(page, headers=office))["accept"], office)
    words = "综合执法 城管 消防 问题：占道又堵了通道 需求：城管劝离，消防查通道"
    assert "签发" in pressed(site, forms(site.client.get(page, headers=office))["whistle"], office, words=words)
    waits = site.client.get(DECISIONS, headers=leader)
    assert "占道又堵了通道" in waits.text
    assert "城管劝离，消防查通道" in waits.text
    form = forms(waits)["whistle_sign"]
    assert "要由" in refused(site, form, office), "not the community's to sign"
    assert facts(site, "whistle_signed") == []
    assert pressed(site, form, leader) == pressed(site, form, leader)
    assert "已经处理了" in refused(site, forms(waits)["whistle_refuse"], leader, words="先由社区协调")
    assert len(facts(site, "whistle_signed")) == 1
    called = signed_in(site, "handler", "柳桥消防救援站")
    answer = forms(site.client.get(page, headers=called))["respond"]
    for _ in range(2):
        assert "报到" in pressed(site, answer, called, words="已到现场")
    assert len(facts(site, "responded")) == 1
