"""微信客服 is pulled: nothing lost, nothing doubled, whatever dies, lies or refuses in between."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, select, text, update

from bot import kf_pull, leadership, listen
from bot.bell import SilentBell
from bot.channels.kf import Hint, Kf
from bot.channels.wechat_api import ApiError
from bot.inbox_retry import retry
from bot.kf_pull import KfPull, note_hint
from bot.leadership import LINE_LEASE
from bot.platforms.sealing import Unacceptable
from bot.settings import Settings
from bot.wiring import App, build
from storage.deployment import ChannelAccount, Lease, Mark, Pull, Token
from storage.inbox import Inbox
from tests.channels.kf import CORP, DESK, DOOR, KEY, LIU, OTHER, SECRET, TOKEN, Desk, desk
from tests.faults.processes import Deployment, deployment, until
from tests.intake.front import furnish
from tests.web.conftest import running as site

TALK = "今天天气不错，下午一起去公园走走吧"
NAME = leadership.of_line(DOOR)


def with_customers(settings_of: Callable[..., Settings], base: str, **given: Any) -> Settings:
    """Settings with 微信客服 behind this simulator."""
    doors = {"wecom_corp_id": CORP, "wecom_api_base": base, "kf_secret": SECRET, "kf_token": TOKEN, "kf_aes_key": KEY}
    return settings_of(**doors, **given)


@dataclass
class Office:
    """The platform, a program of ours, and its line."""

    platform: Desk
    app: App
    line: KfPull

    def lead(self) -> int:
        """The line's lease; whoever had it leads no more."""
        with self.app.writing() as db:
            db.execute(update(Lease).where(Lease.name == NAME).values(until=self.app.clock.wall() - LINE_LEASE))
        fence = leadership.lead(self.app, NAME, LINE_LEASE)
        assert fence is not None
        return fence

    def turn(self, fence: int | None = None) -> None:
        """A look, and what follows from it as far as it goes."""
        fence = fence or self.lead()
        for _ in range(30):
            self.line.serve(self.app, fence, 0.01)
            if not self.behind():
                return

    def behind(self) -> bool:
        """Whether a hint was not followed to the end."""
        with self.app.reading() as db:
            return db.scalar(select(Pull.id).where(Pull.wanted > Pull.done).limit(1)) is not None

    def hint(self, token: str | None = None, account: str = DESK) -> None:
        """A callback, as the web notes it."""
        issued = self.platform.platform.sessions.issue_token() if token is None else token
        note_hint(self.app, DOOR, Hint(account, issued))

    def keys(self) -> list[str]:
        with self.app.reading() as db:
            return list(db.scalars(select(Inbox.key).order_by(Inbox.key)))

    def states(self) -> list[str]:
        with self.app.reading() as db:
            return list(db.scalars(select(Inbox.state).order_by(Inbox.id)))

    def pull(self, account: str = DESK) -> Pull:
        with self.app.reading() as db:
            return db.scalars(select(Pull).where(Pull.account == account)).one()

    def fault(self) -> str | None:
        with self.app.reading() as db:
            return db.scalar(select(ChannelAccount.fault).where(ChannelAccount.door == DOOR))

    def pulls(self) -> list[dict[str, Any]]:
        """The accepted pulls of the account, as they were asked for."""
        entries = self.platform.simulator.record.entries("kf/sync_msg")
        asked = [entry.fields["request"] for entry in entries]
        return [one for one in asked if one["open_kfid"] == DESK]

    def says(self, count: int = 1, start: int = 0) -> list[str]:
        """Liu says something; the names that it must have in the inbox."""
        return [f"in:kf:{CORP}:{self.platform.people.say(LIU, f'{TALK}{start + n}', DESK)}" for n in range(count)]


@pytest.fixture
def office(
    make_settings: Callable[..., Settings], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    monkeypatch.setattr(kf_pull, "LOOK_EVERY", 0.01)
    with desk() as platform:
        app = build(with_customers(make_settings, platform.base, database_url=database_url))
        app.bell = SilentBell()
        furnish(app)
        channel = app.channels[DOOR]
        assert isinstance(channel, Kf)
        line = KfPull(channel)
        yield Office(platform, app, line)
        line.close()
        app.close()


def test_what_is_hinted_at_comes_in_once(office: Office) -> None:
    names = office.says(7)
    office.platform.platform.most_in_page = 3
    office.hint()
    office.turn()
    assert office.keys() == sorted(names)
    assert (office.pull().wanted, office.pull().done) == (1, 1)
    office.turn()
    office.hint()
    office.turn()
    assert office.keys() == sorted(names)
    names += office.says(2)
    office.hint()
    office.turn()
    assert office.keys() == sorted(names)
    assert all("token" in asked for asked in office.pulls()[:3])


def test_without_a_callback_accounts_are_found_and_asked(office: Office) -> None:
    names = office.says(3)
    office.turn()
    assert office.keys() == sorted(names)
    assert office.pull(OTHER).pulled_at is not None
    assert "token" not in office.pulls()[0]
    asked = len(office.pulls())
    office.says(1)
    office.turn()
    assert len(office.pulls()) == asked, "without a hint once a minute is enough"


def test_an_empty_answer_that_promises_more_is_not_the_end(office: Office) -> None:
    names = office.says(2)
    office.hint()
    office.turn()
    names += office.says(2)
    office.platform.platform.empty_pages = 2
    office.hint()
    office.turn()
    assert office.keys() == sorted(names)


def test_one_message_that_nobody_understands_holds_up_no_other(office: Office) -> None:
    sessions = office.platform.platform.sessions
    before = office.says(1)
    broken = sessions.add(DESK, {"open_kfid": DESK, "origin": 3, "msgtype": "text", "text": {"content": "谁说的"}})
    after = office.says(1)
    office.hint()
    office.turn()
    assert office.keys() == sorted([*before, f"in:kf:{CORP}:{broken}", *after])
    assert sorted(office.states()) == ["failed", "handled", "handled"]
    assert retry(office.app, f"in:kf:{CORP}:{broken}") is not None, "it is kept, and still says nothing"


def test_nothing_is_stored_under_an_older_fence(office: Office) -> None:
    old = office.lead()
    office.turn(old)
    with office.app.writing() as db:
        db.execute(update(Lease).where(Lease.name == NAME).values(until=office.app.clock.wall() - LINE_LEASE))
    new = leadership.lead(office.app, NAME, LINE_LEASE)
    assert new is not None
    assert new > old
    names = office.says(2)
    office.hint()
    before = office.pull()
    office.turn(old)
    assert (office.pull().cursor, office.pull().done) == (before.cursor, before.done)
    office.turn(new)
    assert office.keys() == sorted(names)
    assert office.pull().cursor != before.cursor


def test_the_cursor_waits_for_the_messages(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    names = office.says(3)
    office.hint()
    intake = office.line.intake(office.app)
    submit, seen = intake.submit, list[str]()

    def counted(*given: Any) -> Any:
        seen.append(office.pull().cursor)
        return submit(*given)

    monkeypatch.setattr(intake, "submit", counted)
    office.turn()
    assert seen == ["", "", ""]
    assert office.keys() == sorted(names)
    assert office.pull().cursor


def test_what_was_said_long_before_the_first_pull_is_not_answered(office: Office) -> None:
    now = int(time.time())
    old = {"open_kfid": DESK, "external_userid": LIU, "origin": 3, "msgtype": "text", "text": {"content": TALK}}
    office.platform.platform.sessions.add(DESK, {**old, "send_time": now - 20 * 3600})
    recent = office.platform.platform.sessions.add(DESK, {**old, "send_time": now - 3600})
    office.hint()
    office.turn()
    assert office.keys() == [f"in:kf:{CORP}:{recent}"]


def test_after_an_outage_everything_is_taken_however_late(office: Office) -> None:
    office.turn()
    with office.app.writing() as db:
        since = office.app.clock.wall() - timedelta(days=3)
        db.execute(update(Mark).where(Mark.name.like("since:%")).values(value=since.isoformat()))
    late = {"open_kfid": DESK, "external_userid": LIU, "origin": 3, "msgtype": "text", "text": {"content": TALK}}
    msgid = office.platform.platform.sessions.add(DESK, {**late, "send_time": int(time.time()) - 50 * 3600})
    office.hint()
    office.turn()
    assert office.keys() == [f"in:kf:{CORP}:{msgid}"]


def test_a_refused_hint_or_cursor_costs_a_call_and_no_message(office: Office) -> None:
    names = office.says(2)
    office.hint("ENCnever")
    office.turn()
    assert office.keys() == sorted(names)
    with office.app.writing() as db:
        db.execute(update(Pull).where(Pull.account == DESK).values(cursor="no cursor"))
    names += office.says(1)
    office.hint()
    office.turn()
    assert office.keys() == sorted(names)
    assert office.pull().cursor != "no cursor"


def test_too_often_is_understood(office: Office) -> None:
    office.turn()
    office.platform.simulator.faults.on("minute_quota", path="/wecom/cgi-bin/kf/sync_msg")
    with office.app.writing() as db:
        long_ago = office.app.clock.wall() - timedelta(minutes=2)
        db.execute(update(Pull).where(Pull.account == DESK).values(pulled_at=long_ago))
    office.turn()
    pace = office.line._paces[DESK]
    assert pace.unhinted == 2 * kf_pull.UNHINTED
    assert pace.rests_until > time.monotonic() + 30
    assert office.fault() is None, "a quota is nothing to mend"
    office.platform.simulator.faults.clear()
    pace.rests_until = 0.0
    names = office.says(1)
    office.hint()
    office.turn()
    assert office.keys() == sorted(names)
    assert pace.unhinted == kf_pull.UNHINTED


def test_a_secret_that_is_refused_is_the_doors_fault_until_it_works(office: Office) -> None:
    office.platform.simulator.faults.on("refuse_token", errcode=40001)
    names = office.says(1)
    office.hint()
    office.turn()
    assert office.keys() == []
    assert office.fault() is not None
    office.platform.simulator.faults.clear()
    office.line._paces.clear()
    with office.app.writing() as db:
        db.execute(update(Token).values(lease_until=None))
    office.hint()
    office.turn()
    assert office.keys() == sorted(names)
    assert office.fault() is None


def test_a_missing_account_is_left_alone(office: Office) -> None:
    office.hint(account="wkGone")
    names = office.says(1)
    office.hint()
    office.turn()
    assert office.keys() == sorted(names)
    with pytest.raises(ApiError):
        office.line.channel.pull("wkGone", "", None)


def test_only_doors_with_a_secret_have_a_line(office: Office) -> None:
    assert [line.door for line in listen.lines(office.app)] == [DOOR]
    office.app.channels[DOOR] = Kf(CORP, TOKEN, KEY)
    assert listen.lines(office.app) == []


# --- real processes --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def processes(settings_of: Callable[..., Settings], database_url: str) -> Iterator[tuple[Deployment, Desk]]:
    """A deployment of processes whose 微信客服 is this simulator."""
    with desk() as platform:
        extra = {
            "MENKOU_WECOM_CORP_ID": CORP,
            "MENKOU_WECOM_API_BASE": platform.base,
            "MENKOU_KF_SECRET": SECRET,
            "MENKOU_KF_TOKEN": TOKEN,
            "MENKOU_KF_AES_KEY": KEY,
        }
        settings = with_customers(settings_of, platform.base, database_url=database_url)
        with deployment(settings, **extra) as made:
            yield made, platform


@pytest.fixture
def town(make_settings: Callable[..., Settings], database_url: str) -> Iterator[tuple[Deployment, Desk]]:
    """On both engines: for what the rows decide."""
    with processes(make_settings, database_url) as made:
        yield made


@pytest.fixture
def quick_town(make_settings: Callable[..., Settings], sqlite_url: str) -> Iterator[tuple[Deployment, Desk]]:
    """On SQLite: that the processes hear of each other has nothing to do with the engine."""
    with processes(make_settings, sqlite_url) as made:
        yield made


def taken(app: App) -> list[str]:
    with app.reading() as db:
        return list(db.scalars(select(Inbox.key)))


def test_killed_in_the_middle_of_a_pull_nothing_is_lost_or_doubled(town: tuple[Deployment, Desk]) -> None:
    made, platform = town
    chance = random.Random(7)
    app = made.app()
    try:
        with app.writing() as db:
            leadership_of_nobody = {"name": NAME, "holder": "", "fence": 0, "until": app.clock.wall()}
            db.add(Lease(**leadership_of_nobody))
        platform.platform.most_in_page = 4
        names = {f"in:kf:{CORP}:{platform.people.say(LIU, f'{TALK}{n}', DESK)}" for n in range(60)}
        note_hint(app, DOOR, Hint(DESK, platform.platform.sessions.issue_token()))
        for wanted in (1, 30):
            process = made.start("listen")
            until(lambda wanted=wanted: len(taken(app)) >= wanted)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.05))
            process.kill()
            with app.writing() as db:  # rather than wait for the lease of the dead to run out
                db.execute(update(Lease).where(Lease.name == NAME).values(until=app.clock.wall()))
        process = made.start("listen")
        until(lambda: len(taken(app)) >= len(names))
        assert sorted(taken(app)) == sorted(names)
        late = f"in:kf:{CORP}:{platform.people.say(LIU, TALK, DESK)}"
        note_hint(app, DOOR, Hint(DESK, platform.platform.sessions.issue_token()))
        until(lambda: late in taken(app))
        assert process.stop() in {0, -15}
        assert "Traceback" not in process.said
        assert LIU not in process.said
    finally:
        app.close()


def test_callbacks_are_answered_and_hint_at_once(quick_town: tuple[Deployment, Desk]) -> None:
    made, platform = quick_town
    _, address = made.web()
    platform.platform.bell.callback.address = address.replace("/callback/oa", "/callback/kf")
    assert platform.platform.bell.callback.check_url()
    listening = made.start("listen")
    app = made.app()
    try:
        name = f"in:kf:{CORP}:{platform.people.say(LIU, TALK, DESK)}"
        until(lambda: name in taken(app))
        with app.reading() as db:
            assert db.scalars(select(Pull.wanted).where(Pull.account == DESK)).one() == 1
        forged = httpx.post(
            f"{platform.platform.bell.callback.address}?msg_signature=x&timestamp=1&nonce=2",
            content=b"<xml><Encrypt>aa</Encrypt></xml>",
        )
        assert forged.status_code == 403
        assert "Traceback" not in listening.said
    finally:
        app.close()


def test_a_hint_that_the_database_does_not_take_is_repeated_by_the_platform(
    make_settings: Callable[..., Settings], sqlite_url: str
) -> None:
    with desk() as platform:
        settings = with_customers(make_settings, platform.base, database_url=sqlite_url)
        callback = platform.platform.bell.callback
        with site(settings) as served:
            callback.address = f"{str(served.client.base_url).rstrip('/')}/callback/kf"
            push = callback.kf_event("ENChint", DESK)
            stranger = create_engine(sqlite_url, isolation_level="AUTOCOMMIT").connect()
            stranger.execute(text("BEGIN EXCLUSIVE"))
            try:
                with pytest.raises(Unacceptable, match="503"):
                    callback.try_once(push)
            finally:
                stranger.execute(text("COMMIT"))
                stranger.close()
                stranger.engine.dispose()
            callback.try_once(push)
            with served.app.reading() as db:
                assert db.scalars(select(Pull.wanted).where(Pull.account == DESK)).one() >= 1
