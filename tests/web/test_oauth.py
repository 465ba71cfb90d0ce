"""Silent authorisation on residents' pages: there and back over real HTTP, with the simulated official account."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.receive import Intake
from bot.settings import Settings
from bot.web import oauth
from handlers.message import Incoming, Kind
from storage import tickets
from storage.deployment import Question
from storage.people import Account, Household, Resident
from storage.tickets import Ticket
from tests.doors import oa_settings
from tests.platforms.callback import APP_ID
from tests.platforms.oa_world import OaWorld, oa_world
from tests.web.conftest import Site, _sown, running

WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.50 Language/zh_CN"
DOOR = f"oa:{APP_ID}"
REPORTER, NEIGHBOUR, STRANGER = "oReporter_0000000000000000", "oNeighbour_000000000000000", "oStranger_0000000000000000"
WORDS = "三号楼门口路灯坏了半个月了"


@dataclass
class Doorway:
    """A deployment with an official account, a ticket told through it, and phones that open its page."""

    site: Site
    world: OaWorld
    ticket: Ticket
    path: str

    def phone(self, openid: str, agent: str = WECHAT) -> httpx.Client:
        """A browser on somebody's phone: inside WeChat the platform knows whose it is."""
        client = httpx.Client(
            base_url=self.site.client.base_url, headers={"user-agent": agent}, trust_env=False, timeout=20
        )
        client.cookies.set("simulated_person", openid, domain="127.0.0.1", path="/")
        return client

    def say(self, openid: str, text: str) -> None:
        now = self.site.app.clock.wall()
        Intake(self.site.app).take_now(
            Incoming(
                key=f"in:{DOOR}:{openid}:{len(text)}",
                door=DOOR,
                sender=openid,
                chat=None,
                kind=Kind.TEXT,
                said_at=now,
                received_at=now,
                text=text,
                addressed=True,
            )
        )

    def move_in(self, openid: str, room: int) -> None:
        """Binds an account to the nth household of the book."""
        with self.site.app.writing() as db:
            home = db.query(Household).order_by(Household.id).offset(room).first()
            assert home is not None
            hashed = self.site.app.vault.lookup(f"{DOOR}:{openid}")
            account = db.query(Account).filter_by(address_hash=hashed).one()
            resident = Resident(household_id=home.id)
            db.add(resident)
            db.flush()
            account.resident_id = resident.id

    def ref(self, openid: str) -> str:
        with self.site.app.reading() as db:
            hashed = self.site.app.vault.lookup(f"{DOOR}:{openid}")
            return db.query(Account).filter_by(address_hash=hashed).one().ref


@pytest.fixture
def doorway(make_settings: Callable[..., Settings], sqlite_url: str) -> Iterator[Doorway]:
    with oa_world() as world:
        settings = make_settings(
            database_url=sqlite_url,
            **oa_settings(world.address),
            oa_oauth=True,
            oa_open_base=f"{world.address}/open",
        )
        with running(_sown(settings)) as site:
            ours = str(site.client.base_url).rstrip("/")
            site.app.settings = dataclasses.replace(site.app.settings, public_url=ours)
            found = Doorway(site, world, Ticket(), "")
            found.say(REPORTER, WORDS)
            with site.app.reading() as db:
                found.ticket = db.query(Ticket).one()
                found.path = tickets.link_path(site.app.vault, found.ticket)
            yield found


def test_there_and_back_leaves_a_cookie_with_a_ref_and_nothing_else(doorway: Doorway) -> None:
    with doorway.phone(REPORTER) as phone:
        first = phone.get(doorway.path)
        assert first.status_code == 302
        there = urlsplit(first.headers["location"])
        assert (there.path, there.fragment) == ("/open/connect/oauth2/authorize", "wechat_redirect")
        asked = parse_qs(there.query)
        assert (asked["scope"], asked["appid"]) == (["snsapi_base"], [APP_ID])
        state = asked["state"][0]
        assert state.isalnum()
        assert len(state) <= 128
        assert doorway.path.removeprefix("/t/") not in first.headers["location"]
        assert first.headers["cache-control"] == "no-store"
        page = phone.get(doorway.path, follow_redirects=True)
        assert page.status_code == 200
        assert WORDS in page.text
        assert [answer.status_code for answer in page.history] == [302, 302, 302]
        given = next(
            answer for answer in page.history if "set-cookie" in answer.headers and "menkou_who" in str(answer.headers)
        )
        cookie = given.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Max-Age=3600" in cookie
        assert REPORTER not in cookie
        again = phone.get(doorway.path)
        assert again.status_code == 200  # known for an hour: the platform is not asked again


@pytest.mark.parametrize("agent", ["Mozilla/5.0 Firefox/140", "Mozilla/5.0 MicroMessenger/7.0 wxwork/4.1"])
def test_outside_wechat_nothing_changes(doorway: Doorway, agent: str) -> None:
    with doorway.phone(REPORTER, agent) as phone:
        page = phone.get(doorway.path)
    assert page.status_code == 200
    assert WORDS in page.text


def test_a_phone_without_cookies_sees_the_page_all_the_same(doorway: Doorway) -> None:
    with doorway.phone(REPORTER) as phone:
        to = phone.get(doorway.path).headers["location"]
        for _ in range(2):
            answer = httpx.get(to, cookies={"simulated_person": REPORTER}, trust_env=False)
            to = str(httpx.URL(to).join(answer.headers["location"]))
        page = httpx.get(to, headers={"user-agent": WECHAT}, trust_env=False)
    assert page.status_code == 200
    assert WORDS in page.text


def test_whoever_refuses_is_asked_once_a_view(doorway: Doorway) -> None:
    with doorway.phone(REPORTER) as phone:
        state = parse_qs(urlsplit(phone.get(doorway.path).headers["location"]).query)["state"][0]
        back = phone.get("/oauth/oa", params={"state": state})
        assert "set-cookie" not in back.headers
        page = phone.get(str(back.next_request.url) if back.next_request else "")
    assert page.status_code == 200


def test_a_platform_that_fails_or_a_used_code_costs_only_the_cookie(doorway: Doorway) -> None:
    with doorway.phone(REPORTER) as phone:
        state = parse_qs(urlsplit(phone.get(doorway.path).headers["location"]).query)["state"][0]
        back = phone.get("/oauth/oa", params={"state": state, "code": "used-or-invented"})
        assert back.status_code == 302
        assert "set-cookie" not in back.headers
        assert phone.get("/oauth/oa", params={"state": state, "code": "x"}, follow_redirects=True).status_code == 200


def test_it_leads_nowhere_else(doorway: Doorway) -> None:
    app = doorway.site.app
    cookie = oauth._sealed(app, oauth.WHO, "/t/x", timedelta(minutes=1))
    elsewhere = oauth._sealed(app, oauth.STATE, "//evil.example/t/", timedelta(minutes=1))
    over = oauth._sealed(app, oauth.STATE, doorway.path, timedelta(seconds=-1))
    good = oauth._sealed(app, oauth.STATE, doorway.path, timedelta(minutes=1))
    with doorway.phone(REPORTER) as phone:
        for state in ("", "x", "é", "https://evil.example", cookie, elsewhere, over, good[:-4], good[:8] + good[9:]):
            assert phone.get("/oauth/oa", params={"state": state, "code": "c"}).status_code == 404, state
        assert phone.get("/oauth/oa", params={"state": good}).headers["location"] == f"..{doorway.path}?asked=1"


def test_a_forged_or_old_cookie_is_nobody(doorway: Doorway) -> None:
    app = doorway.site.app
    old = oauth._sealed(app, oauth.WHO, doorway.ref(REPORTER), timedelta(seconds=-1))
    state = oauth._sealed(app, oauth.STATE, doorway.ref(REPORTER), timedelta(hours=1))
    with doorway.phone(REPORTER) as phone:
        for value in (old, state, "x", doorway.ref(REPORTER)):
            phone.cookies.set("menkou_who", value, domain="127.0.0.1")
            assert phone.get(doorway.path).status_code == 302, value
            phone.cookies.delete("menkou_who", domain="127.0.0.1")


def test_another_household_sees_where_it_stands_and_answers_nothing(doorway: Doorway) -> None:
    doorway.say(NEIGHBOUR, "你好")
    doorway.move_in(REPORTER, 0)
    doorway.move_in(NEIGHBOUR, 1)
    app = doorway.site.app
    with app.writing() as db:
        row = db.get_one(Ticket, doorway.ticket.id)
        row.status, row.resolved_at = "resolved", app.clock.now(db)
        asked = Question(account_id=row.reporter_id, address=f"a:{row.reporter_id}", kind="closing", ticket_id=row.id)
        asked.asked_at, asked.expires_at = app.clock.now(db), app.clock.now(db) + timedelta(days=7)
        db.add(asked)
    with doorway.phone(NEIGHBOUR) as phone:
        page = phone.get(doorway.path, follow_redirects=True)
        assert page.status_code == 200
        assert f"{doorway.ticket.number} 号" in page.text
        assert WORDS not in page.text
        assert "<form" not in page.text
        phone.post(f"{doorway.path}/answer", data={"verdict": "good"})
    with app.reading() as db:
        assert db.get_one(Ticket, doorway.ticket.id).status == "resolved"
    with doorway.phone(REPORTER) as phone:
        mine = phone.get(doorway.path, follow_redirects=True)
        assert WORDS in mine.text
        assert "<form" in mine.text
        phone.post(f"{doorway.path}/answer", data={"verdict": "good"})
    with app.reading() as db:
        assert db.get_one(Ticket, doorway.ticket.id).status == "closed"


def test_somebody_whose_door_is_not_known_reads_as_before(doorway: Doorway) -> None:
    """A link may be opened by the reporter's other phone: only what is certain takes something away."""
    doorway.say(STRANGER, "你好")
    doorway.move_in(REPORTER, 0)
    with doorway.phone(STRANGER) as phone:
        assert WORDS in phone.get(doorway.path, follow_redirects=True).text


def test_a_notice_goes_the_same_way(doorway: Doorway) -> None:
    with doorway.phone(REPORTER) as phone:
        asked = phone.get("/n/AAAAAAAAAAAAAAAAAAAAAA")
        assert asked.status_code == 302
        page = phone.get("/n/AAAAAAAAAAAAAAAAAAAAAA", follow_redirects=True)
    assert page.status_code == 404  # there is none such, and it is said after one try


def test_until_the_operator_says_that_the_domain_is_known_nothing_is_asked(doorway: Doorway) -> None:
    """To a domain that its console does not name the platform shows an error: residents would be stuck there."""
    app = doorway.site.app
    app.settings = dataclasses.replace(app.settings, oa_oauth=False)
    with doorway.phone(REPORTER) as phone:
        assert WORDS in phone.get(doorway.path).text


def test_without_an_official_account_no_page_leads_away(plain_site: Site) -> None:
    answer = plain_site.client.get("/n/AAAAAAAAAAAAAAAAAAAAAA", headers={"user-agent": WECHAT})
    assert answer.status_code == 404
