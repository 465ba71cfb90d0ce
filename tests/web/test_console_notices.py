"""Notices on the console over real HTTP: written, signed by whom it takes, steered, and nothing of it by others."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import httpx
import pytest
from PIL import Image
from sqlalchemy import select, update

from bot import deliver, notice_account, notice_curve, notices
from bot.web import console
from handlers.notice import notice_preview
from handlers.rules import notice_hours
from storage import directory, notice_ledger
from storage.deployment import WebSession
from storage.media import Media
from storage.notice_people import Shift
from storage.notices import Ledger, Notice, NoticeState
from storage.people import Building, Household, Post, Role, Staff, Unit
from tests.notices.test_recordings import m4a
from tests.web.conftest import QIN, Site

LIST = "/console/notices"
WATER = {
    "kind": "ordinary",
    "text": "明天 9 点到 17 点停水，请提前备水",
    "source": "自来水公司 96110",
    "in_groups": "1",
}
SAME = {"sec-fetch-site": "same-origin"}


@pytest.fixture(autouse=True)
def _count_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are kept for seconds; no test waits for that."""
    monkeypatch.setattr(notice_account, "AT_LEAST", 0.0)
    monkeypatch.setattr(notice_account, "TIMES_THE_COST", 0.0)


def page(site: Site, path: str) -> httpx.Response:
    return site.client.get(path, follow_redirects=True)


def post(site: Site, path: str, **fields: str) -> httpx.Response:
    return site.client.post(f"{LIST}{path}", data=fields, headers=SAME, follow_redirects=True)


def said(answer: httpx.Response) -> str:
    found = re.search(r'class="card came"[^>]*>([^<]*)', answer.text)
    return html.unescape(found[1]) if found is not None else ""


def wrong(answer: httpx.Response) -> dict[str, str]:
    return {name: html.unescape(words) for name, words in re.findall(r'id="wrong-(\w+)">([^<]*)', answer.text)}


def notice(site: Site, number: int = 1) -> Notice:
    with site.app.reading() as db:
        return db.scalars(select(Notice).where(Notice.number == number)).one()


def work(site: Site) -> None:
    while notices.run_due(site.app):
        pass


def started(site: Site) -> int:
    """A notice that is confirmed; answers how many households."""
    post(site, "/save", **WATER, go="preview")
    counted = notice(site).counted
    post(site, "/1/sign", step="confirm", count=str(counted))
    return counted


def as_role(site: Site, role: Role) -> dict[str, str]:
    """The headers of somebody of a role who has signed in."""
    with site.app.writing() as db:
        staff = db.scalars(select(Staff).join(Post).where(Post.role == role, Staff.active).order_by(Staff.id)).first()
        assert staff is not None
        word = f"word-{staff.id}"
        db.merge(
            WebSession(
                token_hash=site.app.vault.session_hash(word),
                staff_id=staff.id,
                created_at=site.app.clock.wall(),
                expires_at=site.app.clock.wall() + timedelta(hours=1),
            )
        )
    return {"cookie": f"{console.COOKIE}={word}", **SAME}


def test_written_shown_signed_and_sent_once(quick_site: Site) -> None:
    shown = post(quick_site, "/save", **WATER, go="preview")
    counted = notice(quick_site).counted
    assert f"共 {counted} 户" in shown.text
    assert "到 17:00，过了就不再发" in shown.text, "what the words say of the time is taken from them"
    assert "【柳桥街道】通知" in shown.text
    assert "停水" in page(quick_site, f"{LIST}/1/page").text
    assert f"预览的是 {counted} 户" in said(post(quick_site, "/1/sign", step="confirm", count=str(counted + 1)))
    assert notice(quick_site).state == NoticeState.DRAFT
    assert "开始发给" in said(post(quick_site, "/1/sign", step="confirm", count=str(counted)))
    assert "不会重复发" in said(post(quick_site, "/1/sign", step="confirm", count=str(counted)))
    work(quick_site)
    assert "发完了" in page(quick_site, f"{LIST}/1").text
    with quick_site.app.reading() as db:
        sent = db.scalars(select(Ledger).where(Ledger.state == "sent")).all()
    assert len(quick_site.screen("person:wang-guilan")) == 1
    assert f"<b>{len(sent)}</b><span>已发</span>" in page(quick_site, f"{LIST}/1").text


def a_door(site: Site) -> tuple[int, str]:
    """A household, and its line of a list."""
    with site.app.reading() as db:
        home = db.scalars(select(Household).order_by(Household.id)).first()
        assert home is not None
        estate, building = db.get_one(Unit, home.estate_id), db.get_one(Building, home.building_id)
        return home.id, f"{estate.name},{building.name},{home.entrance},{home.room}"


def test_a_list_of_doors_is_taken_whole_or_not_at_all(quick_site: Site) -> None:
    home, line = a_door(quick_site)
    for number, rows in enumerate((f"小区,楼,单元,房\n{line}\n乱写", f"小区,楼,单元,房\n{line}"), start=1):
        data = {**WATER, "go": "preview"} | ({"number": "1"} if number > 1 else {})
        answer = quick_site.client.post(
            f"{LIST}/save", data=data, files={"doors": ("doors.csv", rows.encode("gb18030"))}, headers=SAME
        )
        assert (answer.status_code, notice(quick_site).audience) == ((422, {}), (303, {"households": [home]}))[
            number - 1
        ]
    assert notice(quick_site).counted == 1


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(quick_site: Site) -> None:
    doors = "小区,楼,单元,房\n梧桐里小区,99,2,501\n乱写".encode("gb18030")
    answer = quick_site.client.post(
        f"{LIST}/save",
        data={
            "kind": "emergency",
            "text": "今晚停水，请备水",
            "audience": "火星小区",
            "valid_until": "后天",
            "go": "preview",
        },
        files={"doors": ("doors.csv", doors), "voice": ("a.m4a", b"no sound"), "picture": ("a.png", b"no picture")},
        headers=SAME,
    )
    assert answer.status_code == 422
    found = wrong(answer)
    assert set(found) == {"source", "reason", "audience", "doors", "valid_until", "voice_id", "picture_id"}
    assert "第 2 行" in found["doors"]
    assert "第 3 行：看不懂「乱写」" in found["doors"]
    for typed in ("今晚停水，请备水", "火星小区", "后天"):
        assert typed in answer.text
    assert (notice(quick_site).kind, notice(quick_site).state) == ("emergency", NoticeState.DRAFT)
    again = post(quick_site, "/save", number="1", kind="drill", text="今晚停水演练", source="街道 12345", go="preview")
    assert "【演练】" in again.text
    with quick_site.app.reading() as db:
        assert len(db.scalars(select(Notice)).all()) == 1, "the same draft was mended"


def test_a_call_for_help_that_is_changed_here_stays_one(quick_site: Site) -> None:
    quick_site.say(QIN, "招募 清洁日\n周六 9:00-11:00 东门 2人")
    post(quick_site, "/save", kind="ordinary", text="大扫除\n周日 8:00-10:00 北门 3人", number="1", go="save")
    with quick_site.app.reading() as db:
        text = notice_ledger.text_of(quick_site.app.vault, db.scalars(select(Notice)).one())
        assert [(row.place, row.places) for row in db.scalars(select(Shift))] == [("北门", 3)]
    assert text.startswith("大扫除\n周日 8:00-10:00 北门 3人\n想来帮忙的，请回「报名 1」")
    answer = quick_site.client.post(
        f"{LIST}/save", data={"text": "大扫除\n1月1日 8:00 北门 0人", "number": "1", "go": "save"}, headers=SAME
    )
    assert "这一班的人数请写 1 到 500" in wrong(answer)["text"]
    assert "大扫除\n1月1日 8:00 北门 0人" in answer.text


def test_a_picture_and_a_recording_go_with_it(quick_site: Site) -> None:
    raw = io.BytesIO()
    Image.new("RGB", (30, 20), "#336699").save(raw, "PNG")
    files = {"picture": ("a.png", raw.getvalue()), "voice": ("a.m4a", m4a(20))}
    quick_site.client.post(f"{LIST}/save", data={**WATER, "go": "save"}, files=files, headers=SAME)
    sound = page(quick_site, f"{LIST}/1/voice")
    assert sound.headers["content-disposition"] == 'attachment; filename="notice-1.m4a"'
    assert b"30.2741" not in sound.content
    assert page(quick_site, f"{LIST}/1/picture").headers["content-type"] == "image/jpeg"
    with quick_site.app.reading() as db:
        assert {row.expires_at for row in db.scalars(select(Media))} == {None}
    long = quick_site.client.post(
        f"{LIST}/save",
        data={**WATER, "number": "1", "go": "preview"},
        files={"voice": ("b.m4a", m4a(75))},
        headers=SAME,
    )
    assert "75 秒，最长 60 秒" in wrong(long)["voice_id"]
    post(quick_site, "/save", **WATER, number="1", no_voice="1", no_picture="1", go="save")
    assert (notice(quick_site).voice_id, notice(quick_site).picture_id) == (None, None)


def test_an_edit_voids_what_was_shown_and_saving_the_same_does_not(quick_site: Site) -> None:
    post(quick_site, "/save", **WATER, go="preview")
    bound = notice(quick_site).fingerprint
    at = notice(quick_site).valid_until
    assert bound
    assert at is not None
    stored = page(quick_site, f"{LIST}/1/edit").text
    times = dict(re.findall(r'name="(valid_\w+)" value="([^"]+)"', stored))
    post(quick_site, "/save", **WATER, **times, number="1", go="save")
    assert notice(quick_site).fingerprint == bound
    counted = str(notice(quick_site).counted)
    post(quick_site, "/save", **{**WATER, "text": "改成后天停水"}, number="1", go="save")
    assert notice(quick_site).fingerprint == ""
    assert (
        "再看一遍" in said(post(quick_site, "/1/sign", step="confirm", count=counted)) or notice(quick_site).fingerprint
    )
    assert notice(quick_site).state == NoticeState.DRAFT


def test_a_large_one_wants_a_second_person(quick_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice_preview, "needs_second", lambda writer, households: True)
    counted = started(quick_site)
    assert notice(quick_site).state == NoticeState.SIGNING
    assert "等他按一下" in page(quick_site, f"{LIST}/1/preview").text
    leader = as_role(quick_site, Role.STREET_LEADER)
    offered = quick_site.client.get(f"{LIST}/1/preview", headers=leader).text
    assert f"确认发给 {counted} 户" in offered
    post(quick_site, "/1/sign", step="confirm", count=str(counted))
    assert notice(quick_site).state == NoticeState.SIGNING, "the same person is no second one"
    quick_site.client.post(f"{LIST}/1/sign", data={"step": "confirm", "count": str(counted)}, headers=leader)
    assert notice(quick_site).state == NoticeState.CONFIRMED


def test_proposed_by_a_property_company_and_given_back_with_a_reason(quick_site: Site) -> None:
    company = as_role(quick_site, Role.PROPERTY)
    quick_site.client.post(f"{LIST}/save", data={**WATER, "audience": "全体", "go": "preview"}, headers=company)
    assert "送审" in quick_site.client.get(f"{LIST}/1/preview", headers=company).text
    quick_site.client.post(f"{LIST}/1/sign", data={"step": "confirm", "count": "9"}, headers=company)
    quick_site.client.post(f"{LIST}/1/sign", data={"step": "submit"}, headers=company)
    assert notice(quick_site).state == NoticeState.PROPOSED
    assert notice(quick_site).audience["units"], "a company writes to its own estates"
    assert "采用" in page(quick_site, f"{LIST}/1/preview").text
    post(quick_site, "/1/sign", step="give_back", why="时间不对")
    assert notice(quick_site).state == NoticeState.DRAFT
    quick_site.client.post(f"{LIST}/1/sign", data={"step": "submit"}, headers=company)
    post(quick_site, "/1/sign", step="adopt")
    assert notice(quick_site).reviewed_at is not None
    post(quick_site, "/1/sign", step="confirm", count=str(notice(quick_site).counted))
    assert notice(quick_site).state == NoticeState.CONFIRMED


def test_at_night_a_word_on_the_telephone_stands_for_the_second(
    quick_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_preview, "needs_second", lambda writer, households: True)
    monkeypatch.setattr(notice_hours, "is_night", lambda now, policy: True)
    fields = {**WATER, "kind": "emergency", "text": "燃气泄漏，请马上下楼", "reason": "有危险", "go": "preview"}
    post(quick_site, "/save", **fields)
    post(quick_site, "/1/sign", step="confirm", count=str(notice(quick_site).counted))
    assert "电话请示" in page(quick_site, f"{LIST}/1/preview").text
    assert "谁在电话里" in post(quick_site, "/1/sign", step="consent", who=" ").text
    again = post(quick_site, "/1/sign", step="consent", who="张书记")
    assert (again.status_code, 'value="张书记"' in again.text) == (422, True), "too soon, and nothing typed is lost"
    assert notice(quick_site).state == NoticeState.SIGNING, "those who were asked have three minutes"
    with quick_site.app.writing() as db:
        quick_site.app.clock.advance(db, quick_site.app.clock.now(db) + timedelta(minutes=4))
    post(quick_site, "/1/sign", step="consent", who="张书记")
    assert notice(quick_site).state == NoticeState.CONFIRMED
    assert "张书记" not in (notice(quick_site).consent or ""), "sealed"


def test_what_is_given_back_keeps_its_reason_until_it_is_taken(quick_site: Site) -> None:
    community, property_man = as_role(quick_site, Role.COMMUNITY), as_role(quick_site, Role.PROPERTY)
    fields = {**WATER, "text": "周六清洗外墙", "go": "preview"}
    quick_site.client.post(f"{LIST}/save", data=fields, headers=property_man)
    quick_site.client.post(f"{LIST}/1/sign", data={"step": "submit"}, headers=property_man)
    assert notice(quick_site).state == NoticeState.PROPOSED

    def sign(**typed: str) -> httpx.Response:
        return quick_site.client.post(f"{LIST}/1/sign", data=typed, headers=community)

    bare = sign(step="give_back", why=" ")
    assert (bare.status_code, "哪里要改，拟稿的人好改" in bare.text) == (422, True)
    assert sign(step="adopt").status_code == 303
    assert "想想不对，还能退回去" in quick_site.client.get(f"{LIST}/1/preview", headers=community).text
    assert sign(step="give_back", why="时间不对，是周日").status_code == 303
    late = sign(step="give_back", why="地点也不对")
    assert (late.status_code, "地点也不对" in late.text) == (422, True), "it waits for nobody any more"
    assert "您刚才写的" in late.text


def test_a_draft_can_be_dropped_where_it_is_looked_at(quick_site: Site) -> None:
    shown = post(quick_site, "/save", **WATER, go="preview")
    assert "作废这一条" in shown.text
    assert "修改 1" not in shown.text, "words of the chat stand on no page"
    assert "一户也没发" in said(post(quick_site, "/1/steer", step="notice_cancel"))
    assert notice(quick_site).state == NoticeState.CANCELLED


def test_a_house_that_the_words_name_is_pointed_out(quick_site: Site) -> None:
    shown = post(quick_site, "/save", **{**WATER, "text": "梧桐里小区1号楼明天外墙清洗"}, go="preview")
    assert "内容里说到 梧桐里小区1号楼" in shown.text
    assert "点「改一改」" in shown.text


def test_stopping_and_going_on_twice_does_no_harm(quick_site: Site) -> None:
    started(quick_site)
    for _ in range(2):
        assert "暂停" in said(post(quick_site, "/1/steer", step="notice_pause"))
    work(quick_site)
    assert notice(quick_site).paused_at is not None
    with quick_site.app.reading() as db:
        assert db.scalars(select(Ledger).where(Ledger.state == "sent")).all() == []
    assert "已暂停" in page(quick_site, f"{LIST}/1").text
    for _ in range(2):
        post(quick_site, "/1/steer", step="notice_resume")
    asked = post(quick_site, "/1/steer", step="notice_cancel")
    assert "确定取消吗" in asked.text
    assert notice(quick_site).state != NoticeState.CANCELLED
    for _ in range(2):
        assert "取消" in said(post(quick_site, "/1/steer", step="notice_cancel_really"))
    assert notice(quick_site).state == NoticeState.CANCELLED


def test_a_correction_goes_to_those_who_may_have_it_and_a_reminder_to_the_unread(quick_site: Site) -> None:
    started(quick_site)
    work(quick_site)
    reminder = post(quick_site, "/1/remind")
    assert reminder.url.path == f"{LIST}/2/preview"
    correction = post(quick_site, "/1/correct", words="明天不停水了")
    assert correction.url.path in (f"{LIST}/3/preview", f"{LIST}/3/edit")
    assert (notice(quick_site, 2).purpose, notice(quick_site, 3).purpose) == ("remind", "correct")
    planned = post(quick_site, "/1/remind", plan="每天9点 共3次")
    assert "确定按这个时间催看吗" in planned.text
    assert "排好了" in said(post(quick_site, "/1/steer", step="notice_remind_really"))
    assert "不再催" in said(post(quick_site, "/1/steer", step="notice_remind_stop"))


def test_figures_come_again_and_the_curve_is_drawn(quick_site: Site) -> None:
    started(quick_site)
    work(quick_site)
    notice_curve.mark(quick_site.app)
    with quick_site.app.writing() as db:
        ids = db.scalars(select(Ledger.id).where(Ledger.state == "sent").limit(5)).all()
        db.execute(update(Ledger).where(Ledger.id.in_(ids)).values(seen_at=quick_site.app.clock.now(db)))
    live = page(quick_site, f"{LIST}/1/figures").text
    assert "<html" not in live
    assert "<b>5</b><span>已看</span>" in live
    assert 'class="line-seen"' in live
    assert "梧桐社区" in live
    assert "已看 5" not in page(quick_site, LIST).text, "the list counts nothing anew"


@pytest.fixture
def closed(quick_site: Site) -> Site:
    """A notice of the street is on its way, and nobody is let in without having signed in."""
    started(quick_site)
    quick_site.app.sample = False
    return quick_site


def test_nothing_without_signing_in_and_nothing_from_a_foreign_page(closed: Site) -> None:
    gets = ["", "/new", "/1", "/1/figures", "/1/preview", "/1/page", "/1/edit", "/1/voice", "/1/picture"]
    posts = ["/save", "/1/sign", "/1/steer", "/1/remind", "/1/correct"]
    fields = {"step": "notice_cancel_really", "words": "x", **WATER}
    assert {path: closed.client.get(f"{LIST}{path}").status_code for path in gets} == dict.fromkeys(gets, 401)
    found = {path: closed.client.post(f"{LIST}{path}", data=fields, headers=SAME).status_code for path in posts}
    assert found == {**dict.fromkeys(posts, 401), "/1/sign": 400}
    headers = as_role(closed, Role.ADMIN) | {"sec-fetch-site": "cross-site"}
    found = {path: closed.client.post(f"{LIST}{path}", data=fields, headers=headers).status_code for path in posts}
    assert set(found.values()) == {403}
    assert notice(closed).state == NoticeState.CONFIRMED


def test_whom_it_does_not_concern_sees_and_does_nothing(closed: Site) -> None:
    worker, community = as_role(closed, Role.GRID_WORKER), as_role(closed, Role.COMMUNITY)
    for path in ("/1", "/1/figures", "/1/preview", "/1/page", "/1/voice"):
        assert closed.client.get(f"{LIST}{path}", headers=worker).status_code == 403
    assert closed.client.get(f"{LIST}/9", headers=community).status_code == 404
    assert closed.client.get(f"{LIST}/{10**20}", headers=community).status_code == 404
    assert closed.client.get(f"{LIST}/1", headers=community).status_code == 200, "its households are among them"
    assert "马上暂停" not in closed.client.get(f"{LIST}/1", headers=community).text
    closed.client.post(f"{LIST}/1/steer", data={"step": "notice_pause"}, headers=community)
    assert notice(closed).paused_at is None


def test_a_test_to_oneself_shows_the_page_and_counts_nothing(quick_site: Site) -> None:
    post(quick_site, "/save", **WATER, go="preview")
    post(quick_site, "/1/sign", step="try")
    deliver.run(quick_site.app)
    with quick_site.app.reading() as db:
        administrator = directory.with_any_role(db, {Role.ADMIN})[0]
        token = quick_site.app.vault.link(notice_ledger.test_name(notice(quick_site).id))
        assert administrator.active
    heard = quick_site.screen("person:qin-lan")[-1].text
    assert f"/n/test/1/{token}" in heard
    assert "停水" in page(quick_site, f"/n/test/1/{token}").text
    assert page(quick_site, "/n/test/1/another").status_code == 404
    assert page(quick_site, f"/n/test/2/{token}").status_code == 404
