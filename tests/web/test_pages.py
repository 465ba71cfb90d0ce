"""The reporter's page, the console, and what is said where nothing is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import deliver
from bot.web import board, console
from handlers.rules.privacy import discreet_place
from storage import erasing, tickets
from storage.deployment import WebSession
from storage.people import Post, Role, Staff
from storage.tickets import Ticket
from tests.web.conftest import QIN, RESIDENTS, STAFF, WANG, ZHAO, Site
from tests.web.test_ticket_page import signed_in

LAMP = "三号楼门口路灯坏了半个月了"


def resolved(site: Site) -> str:
    """A lamp that was reported, accepted and repaired; the path of its reporter's page."""
    site.say(WANG, LAMP, RESIDENTS)
    site.say(ZHAO, "接单 1", STAFF)
    site.say(ZHAO, "进展 1 已联系维修师傅", STAFF)
    ref = site.client.post("/playground/pictures", data={"sample": "repaired"}).json()["ref"]
    site.say(ZHAO, "", STAFF, kind="image", media=ref)
    site.say(ZHAO, "办结 1 灯泡已换", STAFF)
    return path_of(site)


def path_of(site: Site) -> str:
    return str(site.client.post("/playground/ticket-page", json={"number": 1}).json()["path"])


def test_the_reporter_reads_what_happened_in_plain_words(quick_site: Site) -> None:
    page = quick_site.client.get(resolved(quick_site)).text
    for words in (LAMP, "说是弄好了", "赵敏接手了", "已联系维修师傅", "灯泡已换", "好了，满意", "不满意", "太慢"):
        assert words in page, words
    assert "王桂兰" not in page


def test_the_page_says_why_it_is_then(quick_site: Site) -> None:
    quick_site.say(WANG, LAMP, RESIDENTS)
    page = quick_site.client.get(path_of(quick_site)).text
    assert "为什么是这个时间？" in page
    assert "接手截止 周" in page
    assert "不分日夜算 8 小时。" in page


def test_the_link_stays_the_same_and_nothing_else_opens_it(quick_site: Site) -> None:
    quick_site.say(WANG, LAMP, RESIDENTS)
    path = path_of(quick_site)
    assert path_of(quick_site) == path
    assert quick_site.client.get(path).headers["cache-control"] == "no-store"
    for wrong in ("/t/1", f"{path}x", "/t/" + "A" * 22):
        assert quick_site.client.get(wrong).status_code == 404


def test_the_photo_after_is_shown_and_no_other(quick_site: Site) -> None:
    path = resolved(quick_site)
    page = quick_site.client.get(path).text
    shown = page.partition(f'src="{path.rpartition("/")[2]}/photo/')[2].partition('"')[0]
    assert quick_site.client.get(f"{path}/photo/{shown}").headers["content-type"] == "image/jpeg"
    other = quick_site.client.post("/playground/pictures", data={"sample": "lamp"}).json()["ref"]
    assert quick_site.client.get(f"{path}/photo/{other}").status_code == 404


def test_of_an_erased_ticket_the_pages_show_the_history_and_no_words(quick_site: Site) -> None:
    path = resolved(quick_site)
    quick_site.say(WANG, "满意")
    with quick_site.app.writing() as db:
        found = tickets.by_number(db, 1)
        assert found is not None
        erasing.erase(db, found, quick_site.app.clock.now(db), discreet_place)
    page = quick_site.client.get(path).text
    assert "原话已抹去。" in page
    assert "赵敏接手了" in page
    desk = quick_site.client.get("/console/tickets/1", headers=signed_in(quick_site, "community", "梧桐社区")).text
    assert "原话已抹去。" in desk
    for words in (LAMP, "已联系维修师傅", "灯泡已换", "/photo/"):
        assert words not in page + desk, words


@pytest.mark.parametrize(
    ("verdict", "why", "status", "rating"),
    [("good", "", "closed", "satisfied"), ("bad", "灯还是一闪一闪", "reported", "dissatisfied")],
)
def test_one_press_counts_once(site: Site, verdict: str, why: str, status: str, rating: str) -> None:
    path = resolved(site)
    for _ in range(2):
        answer = site.client.post(
            f"{path}/answer", data={"verdict": verdict, "why": why, "reason": "slow" if why else ""}
        )
        assert answer.status_code == 303
    deliver.run(site.app)
    with site.app.reading() as db:
        ticket = tickets.by_number(db, 1)
    assert ticket is not None
    assert (ticket.status, ticket.rating, ticket.reopenings) == (status, rating, int(verdict == "bad"))
    assert ticket.rating_reason == ("slow" if why else None)
    assert "好了，满意" not in site.client.get(path).text
    assert why in site.client.get(path).text


def test_what_is_closed_is_reopened_on_the_page_and_later_opened_anew(quick_site: Site) -> None:
    path = resolved(quick_site)
    answer = f"{path}/answer"
    quick_site.client.post(answer, data={"verdict": "good"})
    assert "还是这个编号接着办" in quick_site.client.get(path).text
    quick_site.client.post(answer, data={"verdict": "bad", "why": "又灭了", "reason": "not_done"})
    with quick_site.app.writing() as db:
        ticket = tickets.by_number(db, 1)
        assert ticket is not None
        assert (ticket.status, ticket.reopenings, ticket.rating_reason) == ("reported", 1, "not_done")
        ticket.status, ticket.closing = "closed", "solved"
        ticket.closed_at = quick_site.app.clock.now(db) - timedelta(days=20)
    assert "会新立一件" in quick_site.client.get(path).text
    for _ in range(2):
        assert quick_site.client.post(answer, data={"verdict": "bad", "why": ""}).status_code == 303
    with quick_site.app.reading() as db:
        assert [row.number for row in db.query(Ticket).order_by(Ticket.id)] == [1, 2]
        assert tickets.by_number(db, 1).status == "closed"  # type: ignore[union-attr]
    assert "新旧两件连在一起办" in quick_site.client.get(path).text


def test_an_answer_that_was_not_asked_for_changes_nothing(quick_site: Site) -> None:
    quick_site.say(WANG, LAMP, RESIDENTS)
    path = path_of(quick_site)
    assert quick_site.client.post(f"{path}/answer", data={"verdict": "good"}).status_code == 303
    assert quick_site.client.post(f"{path}/answer", data={"verdict": "great"}).status_code == 422
    with quick_site.app.reading() as db:
        ticket = tickets.by_number(db, 1)
    assert ticket is not None
    assert ticket.status == "reported"


def test_outside_sample_mode_the_front_door_is_the_console(plain_site: Site) -> None:
    front = plain_site.client.get("/")
    assert (front.status_code, front.headers["location"]) == (303, "/console")
    closed = plain_site.client.get("/console")
    assert closed.status_code == 401
    assert "待办" in closed.text


def test_a_session_opens_the_console_until_it_ends(plain_site: Site) -> None:
    app = plain_site.app
    with app.writing() as db:
        staff = db.query(Staff).order_by(Staff.id).first()
        assert staff is not None
        session = WebSession(
            token_hash=app.vault.session_hash("a-token"),
            staff_id=staff.id,
            created_at=app.clock.wall(),
            expires_at=app.clock.wall() + timedelta(hours=1),
        )
        db.add(session)
    cookie = {"cookie": f"{console.COOKIE}=a-token"}
    assert "还没有工单" in plain_site.client.get("/console", headers=cookie).text
    with app.writing() as db:
        db.get_one(WebSession, session.token_hash).expires_at = app.clock.wall()
    assert plain_site.client.get("/console", headers=cookie).status_code == 401


def test_the_console_of_the_sample_names_what_is_late(quick_site: Site) -> None:
    quick_site.say(WANG, LAMP, RESIDENTS)
    assert "没有超时的" in quick_site.client.get("/console").text
    quick_site.client.post("/playground/jump", json={"to": "day"})
    page = quick_site.client.get("/console").text
    assert "超时的 1 件" in page
    assert LAMP not in page


def test_people_get_a_page_and_programs_a_word(quick_site: Site) -> None:
    page = quick_site.client.get("/nothing", headers={"accept": "text/html"})
    assert (page.status_code, "没有找到这一页" in page.text) == (404, True)
    assert quick_site.client.get("/nothing").json() == {"error": "Not Found"}


def test_every_state_has_a_lane_and_words_of_its_own(quick_site: Site) -> None:
    from storage.workflow import Status

    quick_site.say(WANG, LAMP, RESIDENTS)
    path = path_of(quick_site)
    for status in Status:
        assert board.lane_of(status) in board.LANES
        with quick_site.app.writing() as db:
            ticket = tickets.by_number(db, 1)
            assert ticket is not None
            ticket.status = status
            assert tickets.link_path(quick_site.app.vault, ticket) == path
        assert quick_site.client.get(path).status_code == 200, status
        assert quick_site.client.get("/console").status_code == 200, status


def test_what_cannot_be_done_now_says_why_and_how_long_it_has_been(quick_site: Site) -> None:
    with quick_site.app.writing() as db:  # somebody of the street who may be played leads it too
        post = db.scalars(select(Post).where(Post.role == Role.ADMIN)).one()
        db.add(Post(staff_id=post.staff_id, unit_id=post.unit_id, role=Role.STREET_LEADER))
    quick_site.say(WANG, LAMP, RESIDENTS)
    quick_site.say(ZHAO, "接单 1", STAFF)
    quick_site.say(ZHAO, "挂账 1 等资金", STAFF)
    quick_site.say(QIN, "同意 1")
    with quick_site.app.writing() as db:
        db.scalars(select(Ticket).where(Ticket.number == 1)).one().opened_at -= timedelta(days=12)
    page = quick_site.client.get(path_of(quick_site)).text
    for words in ("一时办不了，先挂着", "这件事要等一笔钱落实。", "会再看一次，结果告诉您。", "您已经等了 12 天。"):
        assert words in page, words
