"""Tokens as rows: one fetch however many want one, and no harm from whoever dies or hangs in between.

Sabotage that must turn these red: lease without the condition on ``lease_until``; fetch inside the transaction; leave
the rest after a failed fetch out; take the row's token although it is the dead one; force at once.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.base import Closed, TryLater
from bot.channels.http import Http
from bot.channels.wechat_api import WechatApi
from bot.channels.wechat_errors import OFFICIAL_ACCOUNT, WECOM
from bot.moments import ManualClock
from bot.platforms.oa_account import OaAccount
from bot.platforms.oa_api import SimulatedOfficialAccount
from bot.platforms.simulator import Simulator, running
from bot.platforms.wecom_api import Wecom
from bot.token_sources import FORCED_A_DAY, CorpToken, StableToken
from bot.tokens import LEASE, LONG_REST, MARGIN, REST, TokenRows
from storage.deployment import Token
from storage.vault import Vault
from tests import warm
from tests.channels.wire import Act, Wire, hangs, says, wire
from tests.delivery.token_taker import APP_ID, DOOR, SECRET, Deployment, deployment

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # in Shanghai
LIFE = 7200
QUICK = 0.3  # seconds


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def app(database_url: str, clock: ManualClock) -> Iterator[Deployment]:
    with deployment(database_url, clock) as made:
        yield made


@pytest.fixture
def server() -> Iterator[Wire]:
    with wire() as made:
        yield made


@dataclass
class Source:
    """Hands out t1, t2 …; ``faults`` come first. ``takes``: how long a fetch lasts."""

    life: int = LIFE
    takes: float = 0.0
    faults: list[Exception] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)

    def __call__(self, dead: str | None) -> tuple[str, int]:
        self.asked.append(dead)
        number = len(self.asked)
        time.sleep(self.takes)
        if self.faults:
            raise self.faults.pop(0)
        return f"t{number}", self.life


@pytest.fixture
def source() -> Source:
    return Source()


def in_threads(calls: list[Callable[[], str]]) -> list[str]:
    heard: list[str] = []
    start = threading.Barrier(len(calls))

    def one(call: Callable[[], str]) -> None:
        start.wait()
        try:
            heard.append(call())
        except TryLater as error:
            heard.append(type(error).__name__)

    threads = [threading.Thread(target=one, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard


def gives(number: int, slowly: float = 0.2, **more: Any) -> Act:
    """The platform's answer to a request for a token."""

    def act(connection: Any) -> bool:
        time.sleep(slowly)
        return says({"access_token": f"t{number}", "expires_in": LIFE, **more})(connection)

    return act


def in_processes(number: int, url: str, base: str, dead: str = "", *, dies: bool = False) -> list[str]:
    """What so many processes get who all want a token at once."""
    given = json.dumps({"url": url, "base": base, "dead": dead, "dies": dies})
    with contextlib.ExitStack() as stack:
        takers = [stack.enter_context(warm.talking("tests.delivery.token_taker", given)) for _ in range(number)]
        for each in takers:
            assert each.stdout.readline() == "ready\n"
        for each in takers:
            each.stdin.write("go\n")
            each.stdin.flush()
        return [each.stdout.read().strip() for each in takers]


# --- one fetch --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shared", [True, False], ids=["one object", "an object each"])
def test_eight_threads_fetch_once(app: Deployment, source: Source, shared: bool) -> None:
    source.takes = 0.1
    one = TokenRows(app, DOOR, source)
    rows = [one if shared else TokenRows(app, DOOR, source) for _ in range(8)]
    assert in_threads([each.current for each in rows]) == ["t1"] * 8
    assert in_threads([lambda each=each: each.renewed("t1") for each in rows]) == ["t2"] * 8  # type: ignore[misc]
    assert source.asked == [None, "t1"]
    assert {each.current() for each in rows} == {"t2"}


def test_four_processes_fetch_once(database_url: str, server: Wire) -> None:
    server.acts = [gives(1), gives(2)]
    assert in_processes(4, database_url, server.base) == ["t1"] * 4
    assert in_processes(4, database_url, server.base, dead="t1") == ["t2"] * 4
    assert [asked.path for asked in server.asked] == ["/cgi-bin/stable_token"] * 2


def test_whoever_comes_late_with_a_dead_token_gets_the_new_one(app: Deployment, source: Source) -> None:
    early, late = TokenRows(app, DOOR, source), TokenRows(app, DOOR, source)
    assert (early.current(), late.current(), early.renewed("t1")) == ("t1", "t1", "t2")
    assert late.current() == "t1"  # it cannot know; the platform will tell it
    assert (late.renewed("t1"), late.current()) == ("t2", "t2")
    assert len(source.asked) == 2


def test_no_transaction_is_open_while_the_platform_is_asked(app: Deployment, source: Source) -> None:
    def fetch(dead: str | None) -> tuple[str, int]:
        with app.writing() as db:  # on SQLite this raises inside another write of the same thread
            assert db.scalar(select(Token.lease).where(Token.door == DOOR)) is not None
            assert db.scalar(select(Token).where(Token.door == DOOR).with_for_update(nowait=True)) is not None
        return source(dead)

    assert TokenRows(app, DOOR, fetch).current() == "t1"


def test_doors_have_tokens_of_their_own(app: Deployment, source: Source) -> None:
    assert TokenRows(app, "oa:a", source).current() == "t1"
    assert TokenRows(app, "oa:b", source).current() == "t2"
    assert TokenRows(app, "oa:a", source).current() == "t1"


# --- by the clock -----------------------------------------------------------------------------------------------------


def test_a_token_is_replaced_five_minutes_before_its_end(app: Deployment, source: Source, clock: ManualClock) -> None:
    rows = TokenRows(app, DOOR, source)
    rows.current()
    clock.wall_offset = timedelta(seconds=LIFE - 1) - MARGIN
    assert rows.current() == TokenRows(app, DOOR, source).current() == "t1"
    clock.wall_offset += timedelta(seconds=1)
    assert rows.current() == TokenRows(app, DOOR, source).current() == "t2"
    assert source.asked == [None, None]


def test_the_old_token_serves_while_it_is_replaced(app: Deployment, source: Source, clock: ManualClock) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(dead: str | None) -> tuple[str, int]:
        if source.asked:
            begun.set()
            assert go.wait(30)
        return source(dead)

    here, there = TokenRows(app, DOOR, slow), TokenRows(app, DOOR, slow)
    assert (here.current(), there.current()) == ("t1", "t1")
    clock.wall_offset = timedelta(seconds=LIFE) - MARGIN
    renewing = threading.Thread(target=here.current)
    renewing.start()
    assert begun.wait(30)
    assert here.current() == "t1"  # the same process
    assert there.current() == "t1"  # another one
    go.set()
    renewing.join()
    assert here.current() == "t2"
    assert len(source.asked) == 2


def test_what_cannot_be_replaced_in_time_serves_to_its_end(app: Deployment, source: Source, clock: ManualClock) -> None:
    rows = TokenRows(app, DOOR, source)
    rows.current()
    clock.wall_offset = timedelta(seconds=LIFE) - MARGIN
    source.faults = [TryLater("down"), TryLater("down")]
    assert (rows.current(), rows.current()) == ("t1", "t1")
    assert len(source.asked) == 2  # and the second look did not ask again at once
    clock.wall_offset = timedelta(seconds=LIFE)
    with pytest.raises(TryLater):
        rows.current()


def test_a_platform_that_repeats_a_token_to_its_end_is_not_asked_at_every_look(
    app: Deployment, clock: ManualClock
) -> None:
    ends = NOON + timedelta(seconds=LIFE)
    asked = []

    def corp(dead: str | None) -> tuple[str, int]:
        asked.append(clock.wall())
        left = int((ends - clock.wall()).total_seconds())
        return ("old", left) if left > 0 else ("new", LIFE)

    rows = TokenRows(app, DOOR, corp)
    heard = []
    for second in range(LIFE - 310, LIFE + 1):
        clock.wall_offset = timedelta(seconds=second)
        heard.append(rows.current())
    assert heard == ["old"] * 310 + ["new"]  # no gap at its end
    assert len(asked) <= 2 + MARGIN / LONG_REST + 1


# --- trouble ----------------------------------------------------------------------------------------------------------


def test_a_failed_fetch_keeps_the_others_from_the_next(app: Deployment, source: Source, clock: ManualClock) -> None:
    source.takes, source.faults = 0.1, [TryLater("down")]
    rows = [TokenRows(app, DOOR, source) for _ in range(8)]
    assert in_threads([each.current for each in rows]) == ["TryLater"] * 8
    assert len(source.asked) == 1
    with pytest.raises(TryLater) as raised:
        rows[0].current()
    assert raised.value.after == REST
    clock.wall_offset = REST
    assert rows[0].current() == "t2"


def test_a_hung_platform_is_asked_once_and_waited_for_within_bounds(app: Deployment, server: Wire) -> None:
    server.acts = [hangs(server), gives(2)]
    fetch = StableToken(app, DOOR, Http(read=QUICK), server.base, APP_ID, SECRET)
    rows = [TokenRows(app, DOOR, fetch) for _ in range(8)]
    assert in_threads([each.current for each in rows]) == ["TryLater"] * 8
    assert len(server.asked) == 1


def test_nobody_waits_for_ever_for_somebody_else(app: Deployment, source: Source) -> None:
    go = threading.Event()

    def hung(dead: str | None) -> tuple[str, int]:
        assert go.wait(30)
        return source(dead)

    here = TokenRows(app, DOOR, hung, patience=QUICK)
    first = threading.Thread(target=here.current)
    first.start()
    while not leased(app):
        time.sleep(0.01)
    try:
        for rows in (here, TokenRows(app, DOOR, hung, patience=QUICK)):
            with pytest.raises(TryLater, match="somebody else is fetching"):
                rows.current()
    finally:
        go.set()
        first.join()


def leased(app: Deployment) -> bool:
    with app.reading() as db:
        return db.scalar(select(Token.lease).where(Token.door == DOOR)) is not None


def test_a_death_between_lease_and_token_blocks_until_the_lease_is_over(
    app: Deployment, database_url: str, source: Source, clock: ManualClock
) -> None:
    clock.at = datetime.now(UTC)  # the other process lives by the real clock
    assert in_processes(1, database_url, "", dies=True) == [""]
    assert leased(app)
    rows = TokenRows(app, DOOR, source, patience=0.1)
    with pytest.raises(TryLater):
        rows.current()
    assert source.asked == []
    clock.wall_offset = LEASE + timedelta(minutes=2)
    assert rows.current() == "t1"


def test_a_fetch_that_outlived_its_lease_changes_nothing(app: Deployment, source: Source, clock: ManualClock) -> None:
    quick = TokenRows(app, DOOR, source)

    def overtaken(dead: str | None) -> tuple[str, int]:
        clock.wall_offset = LEASE
        assert quick.current() == "t1"
        return "late", LIFE

    assert TokenRows(app, DOOR, overtaken).current() == "late"
    assert TokenRows(app, DOOR, source).current() == "t1"


def test_a_token_whose_key_is_gone_is_fetched_again(app: Deployment, source: Source) -> None:
    TokenRows(app, DOOR, source).current()
    with app.reading() as db:
        sealed = db.scalar(select(Token.sealed))
    assert sealed not in (None, "t1")
    app.vault = Vault([bytes(32)])
    assert TokenRows(app, DOOR, source).current() == "t2"


def test_a_database_that_is_away_is_tried_later(app: Deployment, source: Source) -> None:
    with app.writing() as db:
        db.connection().exec_driver_sql("DROP TABLE tokens")
    with pytest.raises(TryLater, match=r"^the token's row: ") as raised:
        TokenRows(app, DOOR, source).current()
    assert raised.value.__context__ is None


# --- the platforms' own rules -----------------------------------------------------------------------------------------


def stable(app: Deployment, server: Wire) -> StableToken:
    return StableToken(app, DOOR, Http(), f"{server.base}/", APP_ID, SECRET)


def forced(server: Wire) -> list[bool]:
    return [json.loads(asked.body)["force_refresh"] for asked in server.asked]


def test_a_stable_token_is_asked_for_as_the_documents_say(app: Deployment, server: Wire) -> None:
    server.acts = [gives(1, slowly=0)]
    assert TokenRows(app, DOOR, stable(app, server)).current() == "t1"
    [asked] = server.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/cgi-bin/stable_token", {})
    assert json.loads(asked.body) == {
        "grant_type": "client_credential",
        "appid": APP_ID,
        "secret": SECRET,
        "force_refresh": False,
    }


def test_a_token_is_forced_only_when_the_very_one_that_was_refused_comes_again(
    app: Deployment, server: Wire, clock: ManualClock
) -> None:
    rows = TokenRows(app, DOOR, stable(app, server))
    server.acts = [gives(1, slowly=0), gives(2, slowly=0), gives(2, slowly=0), gives(3, slowly=0)]
    assert (rows.current(), rows.renewed("t1")) == ("t1", "t2")
    assert forced(server) == [False, False]
    assert rows.renewed("t2") == "t3"
    assert forced(server) == [False, False, False, True]


def test_forcing_keeps_its_distance_and_its_number(app: Deployment, server: Wire, clock: ManualClock) -> None:
    fetch = stable(app, server)
    midnight = NOON + timedelta(hours=12)
    clock.at = midnight - timedelta(minutes=57, seconds=31)  # in the last second of a window
    times, over = [], None
    for second in (*range(100), *range(100, 3000, 10)):
        clock.wall_offset = timedelta(seconds=second)
        server.acts = [gives(1, slowly=0)] * 2
        try:
            fetch("t1")
            times.append(second)
        except Closed as error:
            over = error
            break
        except TryLater:
            pass
    assert len(times) == FORCED_A_DAY
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 30
    assert over is not None
    assert over.after is not None
    assert clock.wall() + over.after == midnight
    clock.wall_offset = midnight - clock.at
    server.acts = [gives(1, slowly=0)] * 2
    assert fetch("t1") == ("t1", LIFE)  # a new day


def test_a_corp_token_is_asked_for_as_the_documents_say(server: Wire) -> None:
    server.acts = [gives(1, 0, errcode=0, errmsg="ok")] * 2
    fetch = CorpToken(Http(), server.base, "corp", SECRET)
    assert fetch(None) == ("t1", LIFE)
    [asked] = server.asked
    assert (asked.method, asked.path) == ("GET", "/cgi-bin/gettoken")
    assert asked.query == {"corpid": "corp", "corpsecret": SECRET}
    with pytest.raises(Closed, match="a token that it refuses"):
        fetch("t1")


@pytest.mark.parametrize(
    ("said", "expected", "fault"),
    [
        ({"errcode": 40125, "errmsg": SECRET}, Closed, True),
        ({"errcode": 40164, "errmsg": SECRET}, Closed, True),
        ({"errcode": 45009, "errmsg": SECRET}, Closed, False),
        ({"errcode": 99999, "errmsg": SECRET}, Closed, True),
        ({"errcode": -1, "errmsg": SECRET}, TryLater, None),
        ({"errcode": 45011, "errmsg": SECRET}, TryLater, None),
        ({}, Closed, True),
        ({"access_token": 7}, Closed, True),
        ([], TryLater, None),
        ({"errcode": "x"}, TryLater, None),
    ],
)
def test_a_refusal_closes_the_door_and_a_hiccup_does_not(
    app: Deployment, server: Wire, caplog: pytest.LogCaptureFixture, said: object, expected: type, fault: bool | None
) -> None:
    caplog.set_level(logging.DEBUG)
    server.acts = [says(said)] * 2
    for fetch in (stable(app, server), CorpToken(Http(), server.base, "corp", SECRET)):
        with pytest.raises(TryLater) as raised:
            fetch(None)
        assert SECRET not in "".join(traceback.format_exception(raised.value)) + repr(fetch) + caplog.text
        if isinstance(fetch, StableToken):
            assert type(raised.value) is expected
            assert getattr(raised.value, "fault", None) is fault


# --- against the simulated platforms ----------------------------------------------------------------------------------


def test_one_renewal_whatever_the_simulated_account_says_of_a_dead_token(app: Deployment, clock: ManualClock) -> None:
    clock.at = datetime.now(UTC)
    simulator = Simulator()
    account = simulator.add(SimulatedOfficialAccount(simulator.ground, OaAccount(APP_ID, SECRET, "token", "A" * 43)))
    with running(simulator) as address:
        http, base = Http(), f"{address}/oa"
        tokens = TokenRows(app, DOOR, StableToken(app, DOOR, http, base, APP_ID, SECRET))
        api = WechatApi(base, tokens, OFFICIAL_ACCOUNT, http=http)
        quota(api)
        simulator.faults.on("token_dead")
        heard = in_threads([lambda: quota(api)] * 8)
        assert set(heard) == {"0"}
        http.close()
    assert len(simulator.record.entries("stable_token")) == 2
    assert account.tokens.check(tokens.current()).dead == 0


def quota(api: WechatApi) -> str:
    answered = api.post("/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/message/mass/send"})
    return str(answered["quota"]["used"])


def test_a_simulated_corp_is_never_asked_more_than_needed(app: Deployment, clock: ManualClock) -> None:
    clock.at = datetime.now(UTC)
    simulator = Simulator()
    simulator.add(Wecom(simulator.ground, corp_id="corp", agent_id=1, secret=SECRET, token="token", aes_key="A" * 43))
    with running(simulator) as address:
        http, base = Http(), f"{address}/wecom"
        tokens = TokenRows(app, DOOR, CorpToken(http, base, "corp", SECRET))
        api = WechatApi(base, tokens, WECOM, http=http)
        heard = in_threads([lambda: str(api.get("/cgi-bin/getcallbackip")["errcode"])] * 8)
        simulator.faults.on("token_dead", errcode=42001)
        heard += in_threads([lambda: str(api.get("/cgi-bin/getcallbackip")["errcode"])] * 8)
        assert heard == ["0"] * 16
        simulator.faults.on("refuse_token")
        simulator.faults.on("token_dead")
        with pytest.raises(TryLater):
            api.get("/cgi-bin/getcallbackip")
        http.close()
    assert len(simulator.record.entries("gettoken")) == 2
