"""A form of the console that is refused comes back as it was typed, open, with what is wrong beside it.

Sabotage that must turn these red: a refusal that leads to another page; fields that come back empty; a refused deed
that leaves a row or a question in a chat; words of a form in an address.
"""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import delete, func, select, update

from bot.receive import NotTaken
from handlers.rules.deadlines import LOCAL
from storage.decisions import Decision
from storage.deployment import Question
from storage.inbox import Inbox
from storage.people import Account, Post, Role, Staff, Unit
from storage.rosters import Duty
from tests import browser
from tests.web.conftest import LI, RESIDENTS, Site
from tests.web.test_rosters_page import form as duty_form
from tests.web.test_ticket_page import ACT, DECISIONS, a_photo, alert, enter, forms, pressed, signed_in, ticket, told

if TYPE_CHECKING:
    from playwright.sync_api import Page

PARTS = re.compile(r"<details(?P<open> open)?><summary>(?:(?!<details).)*?</details>", re.DOTALL)


def section(page: httpx.Response, command: str) -> str:
    """The part of a page that holds the form of a command, with whether it is open."""
    return next(part[0] for part in PARTS.finditer(page.text) if f'name="command" value="{command}"' in part[0])


def all_forms(page: httpx.Response) -> list[dict[str, str]]:
    found = re.findall(r'<form method="post" action="/console/tickets/act".*?</form>', page.text, re.DOTALL)
    return [dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)) for form in found]


def form_of(page: httpx.Response, command: str, number: int) -> dict[str, str]:
    return next(form for form in all_forms(page) if (form["command"], form["number"]) == (command, str(number)))


def filled(part: str) -> dict[str, str]:
    """What stands in the fields that one sees."""
    found = dict(re.findall(r'<textarea name="(\w+)"[^>]*>\n?([^<]*)</textarea>', part))
    found |= dict(re.findall(r'<input (?:type="datetime-local" )?name="(\w+)"[^>]*? value="([^"]*)"', part))
    found |= dict(re.findall(r'<select name="(\w+)"(?:(?!</select>).)*?<option value="([^"]*)" selected>', part))
    return {name: html.unescape(value) for name, value in found.items() if value}


def sent(site: Site, form: dict[str, str], who: dict[str, str], **more: str) -> httpx.Response:
    return site.client.post(ACT, data={**form, **more}, headers=who)


def rows(site: Site) -> tuple[int, ...]:
    """How much was taken in, asked and written."""
    with site.app.reading() as db:
        return tuple(db.scalar(select(func.count()).select_from(table)) or 0 for table in (Inbox, Question, Decision))


GRID, OFFICE = ("grid_worker", "梧桐里网格"), ("community", "梧桐社区")
NOT_OURS, ARTICLE = {"choice": "非本单位职责"}, "《城市照明管理规定》第五条"
REFUSED = {
    "return": (GRID, {"choice": "非本单位职责", "words": "不归我们\n也不会修 <b>"}, "哪一条"),
    "extend": (GRID, {"words": "等\"配件\""}, "延到什么时候"),
    "extend too far": (GRID, {"words": "到2031年5月1日 等配件"}, "最多|最晚|最远"),
    "suspend": (GRID, {"words": "再等等看吧"}, "还差原因"),
    "reassign": (GRID, {"words": "月球管理处"}, "没找到「月球管理处」"),
    "return to": (GRID, {**NOT_OURS, "article": ARTICLE, "owner": "火星局"}, "没找到「火星局」。可以是：.+所"),
    "resolve": (GRID, {"words": "好的"}, "一句话|照片|怎么"),
    "resolve as": (GRID, {"choice": "解释说明"}, "解释"),
    "whistle": (OFFICE, {"units": "火星局 木星局", "problems": "占道", "needs": "劝离"}, "没找到「火星局」"),
    "task_force": (OFFICE, {"words": "火星局"}, "没找到「火星局」"),
    "hand_off": (OFFICE, {"words": "给供电公司"}, "对方编号"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_was_typed_stays_with_what_is_wrong_beside_it(quick_site: Site, name: str) -> None:
    site, number, command = quick_site, told(quick_site), name.partition(" ")[0]
    whose, typed, why = REFUSED[name]
    worker, page = signed_in(site, *whose), f"/console/tickets/{number}"
    pressed(site, forms(site.client.get(page, headers=worker))["accept"], worker)
    form = forms(site.client.get(page, headers=worker))[command]
    before = rows(site)
    answer = sent(site, form, worker, **typed)
    assert (answer.status_code, answer.headers.get("location")) == (422, None)
    assert re.search(why, alert(answer)), alert(answer)
    part = section(answer, command)
    assert part.startswith("<details open>")
    assert alert(answer) in html.unescape(part), "beside the form it is about"
    assert filled(part) == typed
    assert (
        part.count('aria-describedby="wrong"')
        == len(re.findall("<(?:textarea|select|input name|input type=.file)", part)) + 1
    )
    assert [one[0] for one in PARTS.finditer(answer.text) if one["open"]] == [part]
    assert answer.text.count('id="wrong"') == answer.text.count("autofocus") == 1
    assert rows(site) == before, "nothing is written, and nothing asked in a chat"
    assert forms(site.client.get(page, headers=worker))[command]["seen"] == form["seen"]


@pytest.mark.parametrize(
    ("command", "steps"),
    [
        (
            "return",
            [
                ({"words": "请看看"}, "choice", "还差原因"),
                ({"choice": "非本单位职责"}, "article", "还差依据"),
                ({"article": "第五条"}, "article", "还差依据.*书名号"),
                ({"article": ARTICLE}, "owner", "还差该归谁"),
                ({"owner": "火星局"}, "owner", "没找到「火星局」"),
                ({"owner": "上级定"}, "owner", "没找到「上级定」"),
                ({"owner": "建议转区市政养护处"}, "", "已报给"),
            ],
        ),
        ("return", [({"choice": "重复"}, "same", "还差编号"), ({"same": "999"}, "", "没有能并的 999 号")]),
        (
            "return",
            [
                ({"choice": "诉讼复议信访", "words": "已经起诉"}, "owner", "还差该归谁"),
                ({"owner": "说不准"}, "", "已报给"),
            ],
        ),
        ("suspend", [({"words": "再看看"}, "choice", "还差原因"), ({"choice": "等材料设备"}, "", "已报给")]),
        (
            "whistle",
            [
                ({"needs": "城管劝离"}, "units", "还差叫谁"),
                ({"units": "城管 消防"}, "problems", "还差问题清单"),
                ({"problems": "现场情况：占道，又堵了通道", "needs": ""}, "needs", "还差需求清单"),
                ({"units": "综合执法 城管 供电所", "needs": "需要：城管劝离"}, "", "签发"),
            ],
        ),
    ],
)  # fmt: skip
def test_the_page_says_which_part_is_missing_and_takes_it(
    quick_site: Site, command: str, steps: list[tuple[dict[str, str], str, str]]
) -> None:
    """One after the other as in the chat, and no chat is asked."""
    site, number = quick_site, told(quick_site)
    worker, page = signed_in(site, *(OFFICE if command == "whistle" else GRID)), f"/console/tickets/{number}"
    pressed(site, forms(site.client.get(page, headers=worker))["accept"], worker)
    form, typed = forms(site.client.get(page, headers=worker))[command], dict[str, str]()
    before = rows(site)
    for more, field, said in steps:
        typed = {name: value for name, value in (typed | more).items() if value}
        if "已报给" in said or "签发" in said:
            assert said in pressed(site, form, worker, **typed)
            break
        answer = sent(site, form, worker, **typed)
        part, form = section(answer, command), form_of(answer, command, number)
        assert (answer.status_code, filled(part)) == (422, typed)
        assert re.search(said, alert(answer)), alert(answer)
        assert re.findall(r'name="(\w+)"[^>]* aria-invalid="true"', part) == [field] * bool(field)
        assert rows(site) == before
    assert question(site) == [], "the chat asks for nothing"


def question(site: Site) -> list[str]:
    with site.app.reading() as db:
        return list(db.scalars(select(Question.kind).where(Question.kind.in_(["return", "suspend", "whistle"]))))


def test_a_whistle_of_fields_says_what_each_of_them_says(quick_site: Site) -> None:
    site, number = quick_site, told(quick_site)
    office, page = signed_in(site, *OFFICE), f"/console/tickets/{number}"
    pressed(site, forms(site.client.get(page, headers=office))["accept"], office)
    form = forms(site.client.get(page, headers=office))["whistle"]
    lists = {"problems": "现场情况：占道\n又堵了通道", "needs": "需要：城管劝离"}
    assert sent(site, form, office, units="城管 消防", **lists, problems_="x").status_code == 303
    waits = site.client.get(DECISIONS, headers=signed_in(site, "street_leader", "柳桥街道")).text
    assert re.search("<dd>现场情况 占道\\s+又堵了通道</dd>", waits), "the whole of it"
    assert "<dd>需要 城管劝离</dd>" in waits
    assert re.search("<dt>叫了</dt><dd>[^<]*城管[^<]*消防[^<]*</dd>", waits)


def test_a_grid_calls_its_community_and_is_not_asked_whom(quick_site: Site) -> None:
    site, number = quick_site, told(quick_site)
    worker, page = signed_in(site, *GRID), f"/console/tickets/{number}"
    pressed(site, forms(site.client.get(page, headers=worker))["accept"], worker)
    whole = site.client.get(page, headers=worker)
    assert 'name="units"' not in section(whole, "whistle")
    answer = sent(site, forms(whole)["whistle"], worker, problems="灯杆歪了")
    assert (answer.status_code, "还差需求清单" in alert(answer)) == (422, True)
    assert "梧桐社区" in pressed(site, form_of(answer, "whistle", number), worker, problems="灯杆歪了", needs="请来看")


def test_it_is_done_once_what_was_wrong_is_put_right_on_the_page_that_came_back(quick_site: Site) -> None:
    site, number = quick_site, told(quick_site)
    worker, page = signed_in(site, *GRID), f"/console/tickets/{number}"
    pressed(site, forms(site.client.get(page, headers=worker))["accept"], worker)
    form = forms(site.client.get(page, headers=worker))["resolve"]
    for _ in range(2):
        again = sent(site, form, worker, words="好的")
        assert again.status_code == 422, "the same once more is asked once more"
    assert "已办结" in pressed(site, form_of(again, "resolve", number), worker, words="灯泡已换")
    assert ticket(site, number).status == "resolved"
    alone = site.client.get(ACT, headers=worker)
    assert (alone.status_code, alone.headers["location"]) == (303, "/console"), "its address leads on and holds nothing"


def test_whoever_comes_too_late_keeps_their_words_and_may_send_them_again(quick_site: Site) -> None:
    site, number = quick_site, told(quick_site)
    worker, office = signed_in(site, *GRID), signed_in(site, *OFFICE)
    page = f"/console/tickets/{number}"
    pressed(site, forms(site.client.get(page, headers=worker))["accept"], worker)
    old = forms(site.client.get(page, headers=worker))
    pressed(site, forms(site.client.get(page, headers=office))["progress"], office, words="已派电工")
    late = sent(site, old["progress"], worker, words="师傅\n下午到")
    assert (late.status_code, filled(section(late, "progress"))) == (422, {"words": "师傅\n下午到"})
    assert "刚刚有变化" in alert(late)
    assert "记下进展" in pressed(site, form_of(late, "progress", number), worker, words="师傅下午到"), (
        "as it stands now"
    )
    pressed(site, forms(site.client.get(page, headers=worker))["resolve"], worker, words="灯泡已换")
    gone = sent(site, old["extend"], worker, words="到周五 <等配件>")
    assert gone.status_code == 422
    assert "extend" not in [form["command"] for form in all_forms(gone)], "nothing to extend any more"
    assert re.search(r"<textarea[^>]* readonly[^>]*>\n到周五 &lt;等配件&gt;</textarea>", gone.text)
    assert str(number) in alert(gone)


def test_whose_post_ended_meanwhile_still_has_what_they_wrote(quick_site: Site) -> None:
    site, number = quick_site, told(quick_site)
    worker, page = signed_in(site, *GRID), f"/console/tickets/{number}"
    form = forms(site.client.get(page, headers=worker))["comment"]
    with site.app.writing() as db:
        who = db.scalars(select(Staff.id).join(Post).where(Post.role == Role.GRID_WORKER).order_by(Staff.id)).first()
        db.execute(update(Account).where(Account.staff_id == who).values(staff_id=None))
    answer = sent(site, form, worker, words="楼下也黑")
    assert (answer.status_code, "绑定" in alert(answer), "楼下也黑" in answer.text) == (403, True, True)
    with site.app.writing() as db:
        db.execute(delete(Post).where(Post.staff_id == who))
        db.execute(update(Account).where(Account.staff_id.is_(None)).values(staff_id=who))
    answer = sent(site, form, worker, words="楼下也黑")
    assert (answer.status_code, bool(alert(answer)), "楼下也黑" in answer.text) == (403, True, True)
    assert "路灯" not in answer.text, "and nothing of the ticket"


def test_a_photo_that_is_none_takes_no_words_with_it(quick_site: Site) -> None:
    site, number = quick_site, told(quick_site)
    worker, page = signed_in(site, *GRID), f"/console/tickets/{number}"
    pressed(site, forms(site.client.get(page, headers=worker))["accept"], worker)
    form = forms(site.client.get(page, headers=worker))["resolve"]
    typed = {"choice": "解释说明", "words": "业主自己的灯"}
    bad = {"photo": ("a.jpg", b"no picture", "image/jpeg")}
    answer = site.client.post(ACT, data={**form, **typed}, files=bad, headers=worker)
    part = section(answer, "resolve")
    assert (answer.status_code, filled(part), "要重新选一次" in part) == (422, typed, True)
    stale = site.client.post(
        ACT, data={**form, **typed, "seen": "v0"}, files={"photo": ("a.jpg", a_photo(), "image/jpeg")}, headers=worker
    )
    assert (stale.status_code, "要重新选一次" in section(stale, "resolve")) == (422, True), "no browser gives it back"


def test_what_is_decided_on_comes_back_beside_its_ticket_and_no_other(quick_site: Site) -> None:
    site, first = quick_site, told(quick_site)
    site.say(LI, "5号楼二单元的单元门坏了关不上", RESIDENTS)
    worker = signed_in(site, *GRID)
    for number in (first, first + 1):
        pressed(site, forms(site.client.get(f"/console/tickets/{number}", headers=worker))["accept"], worker)
        asking = forms(site.client.get(f"/console/tickets/{number}", headers=worker))["suspend"]
        pressed(site, asking, worker, choice="等材料设备", words="缺货")
    leader = signed_in(site, "street_leader", "柳桥街道")
    waits = site.client.get(DECISIONS, headers=leader)
    answer = sent(site, form_of(waits, "disagree", first + 1) | {"seen": "d0.0"}, leader, words="先修再说")
    assert (answer.status_code, "刚刚有变化" in alert(answer)) == (422, True)
    cases = re.findall(r'<article class="case" aria-label="(\d+) 号">(.*?)</article>', answer.text, re.DOTALL)
    assert [(number, "先修再说" in case, 'id="wrong"' in case) for number, case in cases] == [
        (str(first), False, False),
        (str(first + 1), True, True),
    ]
    assert pressed(site, form_of(answer, "disagree", first + 1), leader, words="先修再说")


ORDER = {"number": "A20260315", "place": "梧桐里小区3号楼", "text": "门口路灯\n不亮 <夜里>"}


def test_an_order_stays_as_it_was_typed_whatever_is_wrong(quick_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site, page = quick_site, "/console/hotline"
    office = signed_in(site, "dispatcher", "柳桥街道")
    with site.app.reading() as db:
        now = site.app.clock.now(db).astimezone(LOCAL)
    times = {"received": f"{now - timedelta(minutes=5):%Y-%m-%dT%H:%M}", "due": f"{now:%Y-%m-%dT%H:%M}"}
    typed = ORDER | times
    for wrong, invalid in (
        ({"due": times["received"]}, ["received", "due"]),
        ({"due": "2099-01-01T00:00", "number": ""}, ["number"]),
    ):
        answer = site.client.post(page, data=typed | wrong, headers=office)
        assert (answer.status_code, bool(alert(answer))) == (422, True)
        assert filled(answer.text) == {name: value for name, value in (typed | wrong).items() if value}
        assert re.findall(r'name="(\w+)"[^>]* aria-invalid="true"', answer.text) == invalid
        assert answer.text.count('aria-describedby="wrong"') == len(typed)

    def not_taken(*_: object) -> None:
        raise NotTaken

    whole = typed | {"due": "2099-01-01T00:00"}
    with monkeypatch.context() as patched:
        patched.setattr("bot.receive.Intake.submit", not_taken)
        answer = site.client.post(page, data=whole, headers=office)
    assert (answer.status_code, "再按一次" in alert(answer), filled(answer.text)) == (503, True, whole)
    with site.app.writing() as db:
        for role, now_only in ((Role.DISPATCHER, Role.HANDLER), (Role.DUTY, Role.GRID_WORKER)):
            db.execute(update(Post).where(Post.role == role).values(role=now_only))
    answer = site.client.post(page, data=whole, headers=office)
    assert (answer.status_code, bool(alert(answer))) == (403, True)
    assert all(html.escape(said) in answer.text for said in ORDER.values())
    answer = site.client.post(page, data=whole)
    assert (answer.status_code, "写的还在" in answer.text, "A20260315" in answer.text) == (401, True, True)


def test_a_line_of_a_roster_stays_as_it_was_filled_in(quick_site: Site) -> None:
    site, page = quick_site, "/console/duty"
    backwards = duty_form(site, part="leader", starts="2099-03-03T08:00", ends="2099-03-02T20:00")
    answer = site.client.post(page, data=backwards)
    assert (answer.status_code, "时间不对" in alert(answer), filled(answer.text)) == (422, True, backwards)
    assert answer.text.count('aria-describedby="wrong"') == len(backwards)
    answer = site.client.post(page, data=backwards | {"unit": "0"})
    assert (answer.status_code, "没有记下" in alert(answer)) == (403, True)
    assert filled(answer.text) == {name: value for name, value in backwards.items() if name != "unit"}
    site.app.sample = False
    answer = site.client.post(page, data=backwards)
    assert (answer.status_code, "写的还在" in answer.text, backwards["starts"] in answer.text) == (401, True, True)
    with site.app.reading() as db:
        assert db.scalars(select(Duty)).all() == []


@pytest.mark.parametrize(
    ("typed", "ticked"),
    [
        ({"kind": "word", "word": "下水 道", "means": "drainage", "stands_for": ""}, ["takes_out"]),
        ({"kind": "place", "unit": "{estate}", "building": "999号楼", "name": "大<牌坊>"}, ["outside"]),
        ({"kind": "nicknames", "unit": "{estate}", "building": "999号楼", "names": "东区 老院"}, []),
    ],
)
@pytest.mark.parametrize("path", ["preview", "save"])
def test_a_word_stays_as_it_was_written(quick_site: Site, path: str, typed: dict[str, str], ticked: list[str]) -> None:
    with quick_site.app.reading() as db:
        estate = db.scalars(select(Unit.id).where(Unit.kind == "estate").order_by(Unit.id.desc())).first()
    typed = {name: value.format(estate=estate) for name, value in typed.items()}
    answer = quick_site.client.post(f"/console/words/{path}", data=typed | dict.fromkeys(ticked, "1"))
    [part] = [form for form in re.findall(r'<form class="fields".*?</form>', answer.text, re.DOTALL) if "wrong" in form]
    assert (answer.status_code, alert(answer) in html.unescape(part)) == (400, True)
    assert filled(part) == {name: value for name, value in typed.items() if value and name != "kind"}
    assert re.findall(r'name="(\w+)" value="1" checked', part) == ticked
    assert part.count('aria-describedby="wrong"') == len(typed) - 1 + len(ticked)


@pytest.mark.browser
@pytest.mark.skipif(not browser.CHROMIUM, reason="no Chromium: set CHROMIUM_PATH to run the browser tests")
@pytest.mark.xdist_group("ticket_page")
@pytest.mark.parametrize("width", [390, 1280])
def test_the_error_has_the_focus_and_the_form_is_open_in_a_browser(quick_site: Site, width: int) -> None:
    """Without JavaScript, on a phone and at a desk; what is put right there is done."""
    site, number = quick_site, told(quick_site)
    worker, office = signed_in(site, *GRID), signed_in(site, "dispatcher", "柳桥街道")
    with browser.chromium() as chromium:
        where = str(site.client.base_url)
        page = chromium.new_page(base_url=where, viewport={"width": width, "height": 800}, java_script_enabled=False)
        page.set_default_timeout(browser.PATIENCE)
        enter(page, worker)
        page.goto(f"/console/tickets/{number}")
        page.get_by_role("button", name=f"{number} 号接单").click()
        page.get_by_text("归您了").wait_for()
        page.locator("summary", has_text="办结").click()
        page.locator("details[open] textarea").fill("好的")
        page.get_by_role("button", name=f"{number} 号办结").click()
        seen(page, width)
        assert "好的" in page.locator("details[open] textarea").input_value()
        page.locator("details[open] textarea").fill("灯泡已换")
        page.get_by_role("button", name=f"{number} 号办结").click()
        page.get_by_text("已办结").first.wait_for()
        enter(page, office)
        page.goto("/console/hotline")
        for name, value in (ORDER | {"received": "2026-03-02T10:00", "due": "2026-03-01T10:00"}).items():
            page.locator(f"[name={name}]").fill(value)
        page.get_by_role("button", name="登记").click()
        seen(page, width)
        assert page.locator("[name=text]").input_value() == ORDER["text"]


def seen(page: Page, width: int) -> None:
    """The reason has the focus, lies where one looks, and stands in no address."""
    reason = page.locator("#wrong")
    reason.wait_for()
    page.locator("#wrong:focus").wait_for()
    box = reason.bounding_box()
    top = page.evaluate("window.scrollY")
    assert box is not None
    assert 0 <= box["y"] <= 800 - box["height"], (box, top)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert "?" not in page.url
    assert page.locator("[aria-describedby=wrong]").count() >= 2
