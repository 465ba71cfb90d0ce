"""The household's page: what it shows, what it never shows, and what writes."""

from __future__ import annotations

import random
import re
import string
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text, update

from bot.notices import progress
from storage.notices import Ledger, Notice, NoticeKind, NoticeState, Purpose
from storage.people import Household, Resident, Role, UnitKind
from storage.vault import Vault
from tests.conftest import SECRET_KEY
from tests.notices.pages import Browser, browser_of, change, everything, known_as, store, work
from tests.notices.world import DOOR, START, World, add_account

WATER = "明天 9 点到 17 点洗水箱，请提前备水。<b>勿念</b>\n\n杏花社区"


@pytest.fixture
def sent(world: World) -> World:
    admin = world.member(Role.ADMIN, world.households(20))
    admin.says(f"通知 {WATER}")
    admin.says("确认发送 1 20户")
    work(world)
    return world


@pytest.fixture
def browser(sent: World) -> Browser:
    return browser_of(sent)


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
    assert "明天 9 点到 17 点洗水箱" in page.text
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


AHEAD = (
    {"purpose": "prefetch"},
    {"sec-purpose": "prefetch;prerender"},
    {"x-purpose": "preview"},
    {"x-moz": "prefetch"},
)
PROGRAMS = (
    "TelegramBot (like TwitterBot)",
    "WhatsApp/2.23.20.0 A",
    "facebookexternalhit/1.1",
    "Mozilla/5.0 (compatible; Baiduspider-render/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36",
)
PHONES = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.50 Language/zh_CN",
    "Mozilla/5.0 (Linux; Android 9; CUBOT_X18 Build/NRD90M) AppleWebKit/537.36 Chrome/66.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 9_3 like Mac OS X) AppleWebKit/601.1 Mobile/13E230 QQ/6.5 SogouMobileBrowser",
)


def test_looking_writes_nothing_at_all(sent: World, browser: Browser) -> None:
    before = everything(sent)
    browser.get(link(sent))
    browser.get(f"{link(sent)}?big=1")
    browser.ask("HEAD", link(sent))
    browser.get(f"{link(sent)}/picture")
    for headers in AHEAD:
        browser.get(link(sent), headers)
    for agent in PROGRAMS:
        browser.get(link(sent), {"user-agent": agent})
    assert everything(sent) == before


def test_what_looks_for_others_is_not_counted(sent: World, browser: Browser) -> None:
    """Some of them run the page's script in a window that they call visible."""
    for headers in (*AHEAD, *({"user-agent": agent} for agent in PROGRAMS)):
        assert browser.post(f"{link(sent)}/seen", headers).status_code == 204
    assert counted(sent) == (0, 0)


def test_a_phone_is_counted_whatever_it_is_called(sent: World, browser: Browser) -> None:
    for nth, agent in enumerate(PHONES):
        browser.post(f"{link(sent, nth)}/seen", {"user-agent": agent})
        assert counted(sent) == (nth + 1, 0), agent


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
    first = sent.clock.at
    browser.post(f"{link(sent)}/seen")
    sent.pass_time(timedelta(hours=1))
    browser.post(f"{link(sent)}/confirm")
    sent.pass_time(timedelta(hours=1))
    browser.post(f"{link(sent)}/confirm")
    browser.post(f"{link(sent)}/seen")
    sent.resident(1).receives("收到 1")
    with sent.app.reading() as db:
        row = db.execute(select(Ledger.seen_at, Ledger.confirmed_at).where(Ledger.seen_at.is_not(None))).one()
    assert (row.seen_at, row.confirmed_at) == (first, first + timedelta(hours=1))


def test_a_link_is_one_households(sent: World, browser: Browser) -> None:
    browser.post(f"{link(sent, 0)}/confirm")
    assert "谢谢您" not in browser.get(link(sent, 1)).text


def test_a_link_passed_on_never_counts_for_whom_it_was_sent_to(sent: World, browser: Browser) -> None:
    """A neighbour whom the platform names opens it: that is their looking. Whoever is not named holds the link."""
    browser.headers = known_as(sent, 3)
    browser.post(f"{link(sent, 0)}/confirm")
    with sent.app.reading() as db:
        assert db.scalars(select(Ledger.household_id).where(Ledger.confirmed_at.is_not(None))).all() == [3]
    sent.households(1, street="桃源街道")
    browser.headers = known_as(sent, 21)
    browser.post(f"{link(sent, 0)}/confirm", follow=False)
    assert "发给另一户人家" in browser.get(link(sent, 0)).text
    assert counted(sent) == (1, 1)


def test_no_token_that_is_nearly_right_opens_anything(sent: World, browser: Browser) -> None:
    right, gone = link(sent), browser.get("/n/unknown").text
    chance = random.Random(20260305)
    letters = string.ascii_letters + string.digits + "-_"
    for _ in range(60):
        token = list(right.removeprefix("/n/"))
        at = chance.randrange(len(token))
        token[at] = chance.choice(letters.replace(token[at], ""))
        wrong = f"/n/{''.join(token)}"
        assert browser.get(wrong).text == gone
        assert browser.post(f"{wrong}/seen").status_code == 404
    for near in (right[:-1], f"{right}A", right.swapcase(), f"{right}%3D", f"{right}=="):
        assert browser.get(near).status_code == 404
    assert counted(sent) == (0, 0)


def test_what_is_no_token_asks_the_database_nothing(sent: World, browser: Browser) -> None:
    asked: list[str] = []
    event.listen(sent.app.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    browser.get("/n/unknown")
    browser.post(f"/n/{'A' * 21}/seen")
    browser.get(f"/n/{'A' * 23}/picture")
    assert asked == []


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


PARTS = {
    "bytes=0-1": (206, b"01"),
    "bytes=7-": (206, b"789"),
    "bytes=-2": (206, b"89"),
    "bytes=4-400": (206, b"456789"),
    "bytes=10-": (416, b""),
    "bytes=-0": (416, b""),
    "bytes=5-2": (416, b""),
    "bytes=-": (200, b"0123456789"),
    "lines=0-1": (200, b"0123456789"),
    "bytes=0-1,3-4": (200, b"0123456789"),
}


class TestWhatItShows:
    """Kind, source, validity, picture, recording, link; and what became of the notice."""

    def test_each_kind_has_a_look_of_its_own(self, sent: World, browser: Browser) -> None:
        shown = {}
        for kind in NoticeKind:
            change(sent, kind=kind)
            shown[kind] = browser.get(link(sent)).text
            assert f'<body class="{kind}"' in shown[kind]
        assert "<b>紧急</b>" in shown[NoticeKind.EMERGENCY]
        assert "<b>重要</b>" in shown[NoticeKind.IMPORTANT]
        assert "【演练】" in shown[NoticeKind.DRILL]
        assert "【演练】" not in shown[NoticeKind.ORDINARY]

    def test_of_an_emergency_what_to_do_stands_before_when_it_was_said(self, sent: World, browser: Browser) -> None:
        usual = browser.get(link(sent)).text
        assert usual.index("09:12") < usual.index("请提前备水")
        change(sent, kind=NoticeKind.EMERGENCY)
        urgent = browser.get(link(sent)).text
        assert urgent.index("请提前备水") < urgent.index("09:12")

    def test_whose_word_it_is_and_how_long_it_holds(self, sent: World, browser: Browser) -> None:
        until = START + timedelta(hours=9)
        change(sent, source="市供水公司 通知〔2026〕12 号", valid_from=None, valid_until=until)
        page = browser.get(link(sent)).text
        assert "消息来源：市供水公司 通知〔2026〕12 号" in page
        assert "有效到 3 月 5 日 18:12" in page
        change(sent, valid_from=START)
        assert "有效：3 月 5 日 09:12 到 18:12" in browser.get(link(sent)).text
        sent.pass_time(timedelta(hours=9))
        assert "已过期" in browser.get(link(sent)).text

    def test_a_link_says_where_it_leads(self, sent: World, browser: Browser) -> None:
        change(sent, link="https://水.example.cn/tingshui?a=1&b=2")
        page = browser.get(link(sent)).text
        assert 'href="https://水.example.cn/tingshui?a=1&amp;b=2" rel="noreferrer noopener"' in page
        assert "xn--1rw.example.cn" in page

    def test_what_is_no_link_is_none(self, sent: World, browser: Browser) -> None:
        for wrong in ("javascript:alert(1)", "//evil.example", "https://a.gov.cn@evil.example/", "http://[", "nothing"):
            change(sent, link=wrong)
            assert "点开看更多" not in browser.get(link(sent)).text, wrong

    def test_picture_and_recording_need_the_same_token(self, sent: World, browser: Browser) -> None:
        sound = bytes(range(256)) * 4
        change(sent, picture_id=store(sent, b"a picture", "image/jpeg"), voice_id=store(sent, sound, "audio/mpeg"))
        page = browser.get(link(sent)).text
        assert "/picture" in page
        assert "<audio controls" in page
        picture = browser.get(f"{link(sent)}/picture")
        assert (picture.content, picture.headers["content-type"]) == (b"a picture", "image/jpeg")
        assert picture.headers["cache-control"].startswith("private")
        assert browser.get(f"/n/{'A' * 22}/picture").status_code == 404
        assert browser.get(f"/n/{'A' * 22}/voice").status_code == 404
        assert browser.get(f"{link(sent)}/voice").content == sound

    def test_players_ask_for_parts(self, sent: World, browser: Browser) -> None:
        change(sent, voice_id=store(sent, b"0123456789", "audio/mpeg"))
        for wanted, expected in PARTS.items():
            answer = browser.get(f"{link(sent)}/voice", {"range": wanted})
            assert (answer.status_code, answer.content) == expected, wanted
            assert answer.headers["accept-ranges"] == "bytes"

    def test_nothing_but_pictures_and_sound_is_handed_out(self, sent: World, browser: Browser) -> None:
        page = store(sent, b"<script>", "text/html")
        change(sent, picture_id=page, voice_id=page)
        assert browser.get(f"{link(sent)}/picture").status_code == 404
        assert browser.get(f"{link(sent)}/voice").status_code == 404

    def test_larger_type_stays_after_a_press(self, sent: World, browser: Browser) -> None:
        assert 'class="big"' not in browser.get(link(sent)).text
        page = browser.get(f"{link(sent)}?big=1").text
        assert '<html lang="zh-CN" class="big">' in page
        to = re.search(r'action="([^"]+/confirm[^"]*)"', page)
        assert to is not None
        after = browser.post(f"/n/{to[1]}")
        assert 'class="big"' in after.text
        assert "谢谢您" in after.text

    def test_what_was_cancelled_says_so_and_asks_nothing(self, sent: World, browser: Browser) -> None:
        change(sent, state=NoticeState.CANCELLED, cancelled_at=START)
        page = browser.get(link(sent)).text
        assert "已经取消了" in page
        assert "<form" not in page
        assert "请提前备水" in page

    def test_a_page_that_was_open_when_it_was_cancelled_counts(self, sent: World, browser: Browser) -> None:
        """They have read it, and are among those that a correction has to reach."""
        change(sent, state=NoticeState.CANCELLED, cancelled_at=START)
        browser.post(f"{link(sent)}/seen")
        assert "已经取消了" in browser.post(f"{link(sent)}/confirm").text
        assert counted(sent) == (1, 1)


class TestWhatFollows:
    """A correction or a reminder is a notice of its own; what is read of it is read of the first."""

    @pytest.fixture
    def corrected(self, sent: World) -> World:
        admin = sent.member(Role.ADMIN, sent.unit(UnitKind.STREET), "李强")
        sent.confirmed(20, 2, admin)
        change(sent, 2, of_id=sent.notice(1).id, purpose=Purpose.CORRECT)
        work(sent)
        return sent

    def test_the_old_page_leads_the_same_household_to_the_new_one(self, corrected: World, browser: Browser) -> None:
        first, second = link(corrected, 0), link(corrected, 18)
        page = browser.get(first).text
        assert "有更正" in page
        assert f'href="{second.removeprefix("/n/")}"' in page
        after = browser.get(second).text
        assert "更正通知" in after
        assert "更正 3 月 5 日 09:12 的通知" in after
        assert "有更正" not in after

    def test_a_correction_that_was_cancelled_leads_nowhere(self, corrected: World, browser: Browser) -> None:
        change(corrected, 2, state=NoticeState.CANCELLED)
        assert "有更正" not in browser.get(link(corrected)).text

    def test_without_the_key_the_words_stand_on_the_old_page(self, corrected: World, browser: Browser) -> None:
        with corrected.app.writing() as db:
            child = corrected.notice(2).id
            db.execute(update(Ledger).where(Ledger.notice_id == child).values(link_key="gone"))
        page = browser.get(link(corrected)).text
        assert "有更正" in page
        assert "看更正后的通知" not in page
        assert page.count("洗水箱") == 2

    def test_reading_it_counts_for_the_first_one_of_the_same_household(
        self, corrected: World, browser: Browser
    ) -> None:
        browser.post(f"{link(corrected, 18)}/seen")
        browser.post(f"{link(corrected, 19)}/confirm")
        with corrected.app.reading() as db:
            rows = db.execute(
                select(Notice.number, Ledger.household_id, Ledger.confirmed_at.is_not(None))
                .join(Notice, Notice.id == Ledger.notice_id)
                .where(Ledger.seen_at.is_not(None))
                .order_by(Notice.number, Ledger.household_id)
            )
            assert [tuple(row) for row in rows] == [(1, 1, False), (1, 2, True), (2, 1, False), (2, 2, True)]

    def test_a_word_in_the_chat_does_the_same(self, corrected: World) -> None:
        corrected.resident(1).receives("收到")
        assert counted(corrected) == (1, 1)

    def test_reading_the_first_says_nothing_of_the_correction(self, corrected: World, browser: Browser) -> None:
        browser.post(f"{link(corrected, 0)}/confirm")
        assert progress(corrected.app, corrected.notice(2).id).total.seen == 0


class TestCommonPage:
    """The page that everybody is sent alike."""

    @pytest.fixture
    def common(self, world: World) -> World:
        world.app.channels[DOOR].abilities = replace(world.app.channels[DOOR].abilities, alike=True)  # type: ignore[misc]
        admin = world.member(Role.ADMIN, world.households(20))
        admin.says(f"通知 {WATER}")
        admin.says("确认发送 1 20户")
        work(world)
        return world

    @pytest.fixture
    def phone(self, common: World) -> Browser:
        return browser_of(common)

    def test_one_link_for_all_shows_the_notice_and_says_what_counts(self, common: World, phone: Browser) -> None:
        links = {link(common, nth) for nth in range(18)}
        assert len(links) == 1
        page = phone.get(links.pop())
        assert "明天 9 点到 17 点洗水箱" in page.text
        assert "回「收到」两个字" in page.text
        assert "<form" not in page.text
        assert "data-seen" not in page.text

    def test_whoever_is_not_known_is_not_counted(self, common: World, phone: Browser) -> None:
        assert phone.post(f"{link(common)}/seen").status_code == 204
        assert phone.post(f"{link(common)}/confirm", follow=False).status_code == 303
        assert counted(common) == (0, 0)

    def test_whom_the_platform_knows_counts_for_their_household(self, common: World, phone: Browser) -> None:
        phone.headers = known_as(common, 3)
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
        phone.headers = known_as(common, resident.id)
        phone.post(f"{link(common)}/confirm")
        with common.app.reading() as db:
            assert db.scalars(select(Ledger.household_id).where(Ledger.confirmed_at.is_not(None))).all() == [5]

    def test_of_two_households_both(self, common: World, phone: Browser) -> None:
        with common.app.writing() as db:
            db.get_one(Household, 2).contact_id = 1
        phone.headers = known_as(common, 1)
        phone.post(f"{link(common)}/seen")
        assert counted(common) == (2, 0)

    def test_a_neighbour_of_another_street_is_not_counted(self, common: World, phone: Browser) -> None:
        common.households(1, street="桃源街道")
        phone.headers = known_as(common, 21)
        assert "<form" not in phone.get(link(common)).text
        phone.post(f"{link(common)}/confirm")
        assert counted(common) == (0, 0)

    def test_the_common_link_holds_after_the_keys_were_rotated(self, common: World, phone: Browser) -> None:
        common.app.vault = Vault([bytes(32), SECRET_KEY])
        assert phone.get(link(common)).status_code == 200
