"""The console's form of a notice in careless hands: nothing typed is lost, nothing goes by a slip."""

from __future__ import annotations

import html
import re
from concurrent.futures import ThreadPoolExecutor

from handlers.rules.deadlines import LOCAL
from handlers.wording import notice_form as wording
from storage import directory
from storage.notices import NoticeState
from storage.people import Role
from tests.web.conftest import Site
from tests.web.test_console_notices import LIST, SAME, WATER, a_door, as_role, notice, page, post, wrong


def fields(text: str) -> dict[str, str]:
    """What a form of a page would send as it stands."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text))
    found |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</textarea>', text))
    return {name: html.unescape(value) for name, value in found.items()}


def test_whose_session_ended_in_mid_form_loses_nothing(quick_site: Site) -> None:
    quick_site.app.sample = False
    typed = {**WATER, "text": "明天停水<b>\n请备水", "go": "save"}
    answer = quick_site.client.post(f"{LIST}/save", data=typed, headers=SAME)
    assert answer.status_code == 401
    assert "登录过期了，写的还在" in answer.text
    again = fields(answer.text)
    assert again == typed
    admin = as_role(quick_site, Role.ADMIN)
    quick_site.client.post(f"{LIST}/save", data=again, headers=admin)
    assert "明天停水<b>\n请备水" in html.unescape(quick_site.client.get(f"{LIST}/1/edit", headers=admin).text)
    foreign = quick_site.client.post(f"{LIST}/save", data=typed, headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    assert "明天" not in foreign.text


def test_of_two_tabs_the_second_is_told_what_the_first_has_changed(quick_site: Site) -> None:
    post(quick_site, "/save", **WATER, go="save")
    first, second = (fields(page(quick_site, f"{LIST}/1/edit").text) for _ in range(2))
    post(quick_site, "/save", **{**WATER, **first, "text": "改成后天停水"}, go="preview")
    bound = notice(quick_site).fingerprint
    stale = post(quick_site, "/save", **{**WATER, **second, "text": "改成周日停水"}, go="preview")
    assert stale.status_code == 422
    assert "改成后天停水" in stale.text
    assert fields(stale.text)["text"] == "改成周日停水"
    assert notice(quick_site).fingerprint == bound, "what was shown still holds"
    post(quick_site, "/save", **{**WATER, **fields(stale.text)}, go="preview")
    assert "改成周日停水" in page(quick_site, f"{LIST}/1/page").text
    quiet = fields(page(quick_site, f"{LIST}/1/edit").text)
    page(quick_site, f"{LIST}/1/preview")
    post(quick_site, "/1/sign", step="show")
    assert post(quick_site, "/save", **{**WATER, **quiet, "text": "再改"}, go="save").status_code == 200


def test_times_that_no_calendar_has_and_times_that_are_over(quick_site: Site) -> None:
    far = {"valid_from": "0001-01-01T00:00", "valid_until": "9999-12-31T23:59", "hold_until": "2061-01-01T09:00"}
    answer = post(quick_site, "/save", **WATER, **far, go="preview")
    assert wrong(answer) == dict.fromkeys(far, wording.BAD_MOMENT)
    with quick_site.app.reading() as db:
        now = quick_site.app.clock.now(db).astimezone(LOCAL)
    last_year = now.replace(year=now.year - 1).strftime("%Y-%m-%dT%H:%M")
    answer = post(quick_site, "/save", **WATER, hold_until=last_year, go="preview")
    assert wrong(answer) == {"hold_until": wording.HOLD_OVER}, "a slip of the year must not send it at once"


def test_a_list_that_is_no_list(quick_site: Site) -> None:
    for content in (b"1" * 200_000, b'"' + b"a,1,2\n" * 30_000):
        files = {"doors": ("doors.csv", content)}
        answer = quick_site.client.post(f"{LIST}/save", data={**WATER, "go": "save"}, files=files, headers=SAME)
        assert answer.status_code == 422
        assert "第 1 行" in wrong(answer)["doors"]


def test_nobody_is_asked_about_a_draft_that_lacks_something(quick_site: Site) -> None:
    post(quick_site, "/save", kind="ordinary", text="", go="save")
    assert "还没有写内容" in post(quick_site, "/1/sign", step="submit").text
    assert notice(quick_site).state == NoticeState.DRAFT
    post(quick_site, "/save", number="1", kind="ordinary", text="周六清洗水箱", go="preview")
    post(quick_site, "/1/sign", step="submit")
    assert notice(quick_site).state == NoticeState.PROPOSED
    post(quick_site, "/save", number="1", kind="ordinary", text="周六停水", go="save")
    assert notice(quick_site).state == NoticeState.DRAFT


def test_a_link_that_is_no_address_is_nowhere_to_be_pressed(quick_site: Site) -> None:
    post(
        quick_site, "/save", **{**WATER, "link": "javascript:alert(1)", "source": "javascript:alert(96110)"}, go="save"
    )
    for path in ("/1/page", "/1/preview", "/1/edit"):
        assert 'href="javascript' not in page(quick_site, f"{LIST}{path}").text


def test_a_session_of_somebody_without_a_post_shows_nothing(quick_site: Site) -> None:
    post(quick_site, "/save", **WATER, go="preview")
    quick_site.app.sample = False
    admin = as_role(quick_site, Role.ADMIN)
    with quick_site.app.writing() as db:
        for row in directory.with_any_role(db, {Role.ADMIN}):
            for held in list(row.posts):
                db.delete(held)
    for path in ("/1", "/1/figures", "/new"):
        assert quick_site.client.get(f"{LIST}{path}", headers=admin).status_code == 403
    counted = str(notice(quick_site).counted)
    quick_site.client.post(f"{LIST}/1/sign", data={"step": "confirm", "count": counted}, headers=admin)
    assert notice(quick_site).state == NoticeState.DRAFT


def test_what_is_lacking_stands_on_a_page_that_the_back_button_finds(quick_site: Site) -> None:
    lacking = post(quick_site, "/save", kind="emergency", text="今晚停水", go="preview")
    assert (lacking.status_code, lacking.request.method) == (200, "GET")
    assert set(wrong(lacking)) == {"source", "reason"}
    assert "还差一点" in lacking.text
    assert wrong(page(quick_site, f"{LIST}/1/edit")) == {}


def test_nobody_signs_what_was_changed_while_they_read(quick_site: Site) -> None:
    seen = fields(post(quick_site, "/save", **WATER, go="preview").text)
    counted = str(notice(quick_site).counted)
    post(quick_site, "/save", **{**WATER, "text": "后天停水"}, number="1", go="preview")
    answer = post(quick_site, "/1/sign", step="confirm", count=counted, **seen)
    assert "您看的时候，这条通知改过了" in answer.text
    assert notice(quick_site).state == NoticeState.DRAFT
    post(quick_site, "/1/sign", step="confirm", count=counted, **fields(answer.text))
    assert notice(quick_site).state == NoticeState.CONFIRMED


def test_a_company_of_several_communities_writes_to_its_own_estates(quick_site: Site) -> None:
    company = as_role(quick_site, Role.PROPERTY)
    offered = quick_site.client.get(f"{LIST}/new", headers=company)
    units = re.findall(r'<option value="(\d+)"', offered.text)
    assert (offered.status_code, len(units)) == (200, 2)
    quick_site.client.post(f"{LIST}/save", data={**WATER, "unit": units[1], "go": "save"}, headers=company)
    made = notice(quick_site)
    assert (str(made.unit_id), len(made.audience["units"])) == (units[1], 1), "and not to the whole community"


def times(site: Site) -> dict[str, str]:
    return dict(re.findall(r'name="(valid_\w+)" value="([^"]*)"', page(site, f"{LIST}/1/edit").text))


def test_a_validity_read_off_the_words_goes_with_them_and_a_typed_one_stays(quick_site: Site) -> None:
    post(quick_site, "/save", **WATER, go="save")
    first = times(quick_site)
    post(quick_site, "/save", **{**WATER, "text": "后天 8 点到 10 点停水"}, **first, number="1", go="save")
    second = times(quick_site)
    assert second["valid_until"].endswith("T10:00")
    post(quick_site, "/save", **{**WATER, "text": "下周停水"}, **second, number="1", go="save")
    assert times(quick_site) == {"valid_from": "", "valid_until": ""}, "else it would not go out after the day before"
    typed = {"valid_from": "", "valid_until": second["valid_until"]}
    post(quick_site, "/save", **{**WATER, "text": "下周停水"}, **typed, number="1", go="save")
    post(quick_site, "/save", **{**WATER, "text": "下周停水两天"}, **typed, number="1", go="save")
    assert times(quick_site) == typed


def test_a_double_click_makes_one_draft(quick_site: Site) -> None:
    """The same form twice is one draft; other words in it, behind the back button, are another notice."""
    form = {**WATER, **fields(page(quick_site, f"{LIST}/new").text), "text": WATER["text"], "go": "preview"}
    assert len(form["once"]) == 32
    first, second = (post(quick_site, "/save", **form) for _ in range(2))
    assert first.url == second.url == f"{quick_site.client.base_url}{LIST}/1/preview"
    assert "1 号" in second.text
    post(quick_site, "/save", **{**form, "go": "save"})
    assert page(quick_site, f"{LIST}/2/edit").status_code == 404
    post(quick_site, "/save", **{**form, "text": "后天清洗水箱"})
    assert "后天清洗水箱" in page(quick_site, f"{LIST}/2/page").text
    assert WATER["text"] in page(quick_site, f"{LIST}/1/page").text


def test_two_clicks_at_once_make_one_draft(quick_site: Site) -> None:
    form = {**WATER, **fields(page(quick_site, f"{LIST}/new").text), "text": WATER["text"], "go": "preview"}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: post(quick_site, "/save", **form), range(2)))
    assert {answer.status_code for answer in answers} == {200}
    assert page(quick_site, f"{LIST}/2/edit").status_code == 404


def test_whoever_only_proposes_does_not_see_whether_a_door_is_bound(quick_site: Site) -> None:
    company, community = as_role(quick_site, Role.PROPERTY), as_role(quick_site, Role.COMMUNITY)
    _, line = a_door(quick_site)
    place = line.rpartition(",")[0]
    for nth, room in enumerate(("101", "102", "201", "202"), 1):
        files = {"doors": ("doors.csv", f"小区,楼,单元,房\n{place},{room}".encode())}
        quick_site.client.post(f"{LIST}/save", data={**WATER, "go": "preview"}, files=files, headers=company)
        shown = quick_site.client.get(f"{LIST}/{nth}/preview", headers=company).text
        assert "共 1 户" in shown
        assert "梧桐社区决定发不发的时候看得到" in shown
        assert not re.search("能发到 |渠道：|发不到：|不会发：|（1 户）", shown)
    quick_site.client.post(f"{LIST}/1/sign", data={"step": "submit"}, headers=company)
    assert "渠道：" in quick_site.client.get(f"{LIST}/1/preview", headers=community).text
