"""``menkou doctor`` at the doors, on the platforms' simulators: what each finding says, and the step it names."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from bot import doctor, doctor_doors
from bot.channels import kf_errors, wechat_errors
from bot.door_checks import Checked
from bot.findings import Level
from bot.platforms.endpoint import Quota
from bot.platforms.kf_api import Kf
from bot.platforms.kf_sessions import Account as KfAccount
from bot.platforms.oa_account import OaOptions
from bot.platforms.oa_api import SimulatedOfficialAccount
from bot.platforms.simulator import Simulator, running
from bot.platforms.wecom_api import Wecom
from bot.settings import Settings
from bot.transactions import write_session
from handlers.wording import doors as wording
from storage.deployment import ChannelAccount
from tests import doors
from tests.doors import KF_SECRET
from tests.platforms.callback import AES_KEY, APP_ID, SECRET, TOKEN
from tests.platforms.wecom import AGENT, CORP, DEPARTMENTS, KEY, MEMBERS
from tests.platforms.wecom import SECRET as CORP_SECRET
from tests.platforms.wecom import TOKEN as CORP_TOKEN

OA, WECOM, KF, SMS = f"oa:{APP_ID}", f"wecom:{CORP}:{AGENT}", f"kf:{CORP}", "sms:main"
SMS_TOKEN = "bearer-of-the-port"
DOCS = Path(__file__).parents[2] / "docs"
TEMPLATES = """
[[template]]
purpose = "ticket"
id = "known"
fields = {{ thing1 = "what" }}

[[template]]
purpose = "{state}"
id = "{other}"
fields = {{ thing1 = "what" }}
"""


@dataclass
class Platforms:
    """All of them under one address."""

    simulator: Simulator
    oa: SimulatedOfficialAccount
    wecom: Wecom
    kf: Kf
    base: str = ""


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    """Following the real clock, as the doctor does."""
    simulator = Simulator()
    options = OaOptions(templates={"known": ["thing1"]})
    oa = simulator.add(SimulatedOfficialAccount(simulator.ground, doors.oa_account(), options))
    wecom = doors.wecom(simulator, members=list(MEMBERS), departments=list(DEPARTMENTS))
    accounts = [KfAccount("wkDesk", "阳光社区")]
    kf = simulator.add(Kf(wecom, secret=KF_SECRET, token=CORP_TOKEN, aes_key=KEY, accounts=accounts))
    with running(simulator) as base:
        yield Platforms(simulator, oa, wecom, kf, base)


@pytest.fixture
def settings(
    make_settings: Callable[..., Settings], tmp_path: Path, platforms: Platforms, migrated_sqlite: Path
) -> Settings:
    """A migrated deployment with three doors, seen from outside as it should be."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    shutil.copyfile(migrated_sqlite, data / "menkou.db")
    return make_settings(
        data=data,
        public_url="https://menkou.example.cn",
        **doors.oa_settings(platforms.base),
        **(doors.wecom_settings(platforms.base) | doors.kf_settings(platforms.base)),
    )


def found(settings: Settings, door: str) -> list[tuple[str, str, str]]:
    """Level, words and what to do, of one door."""
    rows = doctor_doors.look_at_doors(settings)
    return [(row.level, row.says, row.todo) for row in rows if row.subject == door]


def wrong(settings: Settings, door: str) -> list[str]:
    """What is a fault, with what to do about it."""
    return [f"{says} -> {todo}" for level, says, todo in found(settings, door) if level == Level.FAULT]


def written(engine: Engine, door: str, **fields: Any) -> None:
    with write_session(engine) as db:
        db.add(ChannelAccount(door=door, channel=door.partition(":")[0], name=door, **fields))


@pytest.fixture
def opened(settings: Settings, open_url: Callable[[str], Engine]) -> Engine:
    return open_url(settings.database_url)


def test_sound_doors(settings: Settings, opened: Engine) -> None:
    for door in (OA, WECOM, KF):
        written(opened, door, last_heard_at=datetime.now(UTC))
        assert wrong(settings, door) == []
    says = {door: [words for _, words, _ in found(settings, door)] for door in (OA, WECOM, KF)}
    assert "/cgi-bin/message/custom/send may be called 500000 of 500000 times more today" in says[OA]
    assert "/cgi-bin/message/mass/send may be called 100 of 100 times more today" in says[OA]
    assert "may read 3 departments of the contacts" in says[WECOM]
    assert "1 accounts that residents can talk to" in says[KF]
    assert all("lets us in" in words for words in says.values())
    assert all(any(word.startswith("was last heard") for word in words) for words in says.values())


@pytest.mark.parametrize(
    ("door", "changed", "says", "step"),
    [
        (OA, {"oa_app_secret": "wrong"}, "the AppSecret is wrong (40125)", ("oa", "secret")),
        (OA, {"oa_app_id": "wx0000000000000000"}, "the AppID or corporation id is wrong (40013)", ("oa", "secret")),
        (WECOM, {"wecom_secret": "wrong"}, "the secret is wrong (40001)", ("wecom", "secret")),
        (WECOM, {"wecom_agent_id": "1000009"}, "the agent id is wrong (40056)", ("wecom", "secret")),
        (KF, {"kf_secret": "wrong"}, "the secret is wrong (40001)", ("kf", "secret")),
        (KF, {"kf_secret": CORP_SECRET}, "the app has no right to this interface (48002)", ("kf", "permission")),
    ],
)
def test_what_is_set_wrong(
    settings: Settings, door: str, changed: dict[str, Any], says: str, step: tuple[str, str]
) -> None:
    settings = replace(settings, **changed)
    door = {"oa_app_id": "oa:wx0000000000000000", "wecom_agent_id": f"wecom:{CORP}:1000009"}.get(
        next(iter(changed)), door
    )
    assert wrong(settings, door) == [f"{says} -> see {wording.where(*step)}"]


def test_an_address_that_is_on_no_list(settings: Settings, platforms: Platforms) -> None:
    platforms.simulator.faults.on("refuse_token", path="/oa", errcode=40164)
    platforms.wecom.allowed = {"10.9.8.7"}
    assert wrong(settings, OA) == [
        f"this machine's address is not on the IP whitelist (40164) -> see {wording.where('oa', 'address')}"
    ]
    for door, kind in ((WECOM, "wecom"), (KF, "kf")):
        assert wrong(settings, door) == [
            f"this machine's address is none of the trusted IPs (60020) -> see {wording.where(kind, 'address')}"
        ]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("http_500", "127.0.0.1: HTTP 500"),
        ("reset_before", "127.0.0.1: n"),
        ("not_json", "127.0.0.1: "),
    ],
)
def test_a_platform_that_gives_no_good_answer(settings: Settings, platforms: Platforms, fault: str, says: str) -> None:
    platforms.simulator.faults.on(fault)
    (said,) = wrong(settings, OA)
    assert said.startswith(says)
    assert "docs/zh/接入/公众号.md" in said


@pytest.mark.parametrize(
    ("public_url", "says"),
    [
        ("http://menkou.example.cn", "http://menkou.example.cn/callback/oa is not https"),
        ("https://127.0.0.1:8000", "https://127.0.0.1:8000/callback/oa cannot be reached from outside"),
        ("https://10.1.2.3", "https://10.1.2.3/callback/oa cannot be reached from outside"),
        ("https://localhost", "https://localhost/callback/oa cannot be reached from outside"),
        ("https://menkou", "https://menkou/callback/oa cannot be reached from outside"),
        ("https://menkou.example.cn", ""),
    ],
)
def test_the_address_of_the_callback(settings: Settings, public_url: str, says: str) -> None:
    real = Checked(OA, "https://api.weixin.qq.com", None)
    (finding,) = doctor_doors._address(replace(settings, public_url=public_url), real)
    assert (finding.level, finding.says) == (
        (Level.FAULT, says) if says else (Level.OK, f"the address to enter on the platform is {public_url}/callback/oa")
    )


def test_a_simulator_is_named_as_one(settings: Settings) -> None:
    assert ("warn", "talks to a simulator on this machine") in [(level, says) for level, says, _ in found(settings, OA)]


@pytest.mark.parametrize(
    ("fields", "level", "says"),
    [
        (None, "warn", "was never heard"),
        ({}, "warn", "was never heard"),
        ({"last_heard_at": timedelta(days=3)}, "warn", "was last heard 20"),
        (
            {"last_heard_at": timedelta(hours=3), "rhythm": {"silent_since": "x"}},
            "warn",
            "is silent for longer than usual",
        ),
        ({"last_heard_at": timedelta(hours=3)}, "ok", "was last heard 20"),
    ],
)
def test_when_it_was_heard(
    settings: Settings, opened: Engine, fields: dict[str, Any] | None, level: str, says: str
) -> None:
    if fields is not None:
        ago = fields.get("last_heard_at")
        written(opened, OA, **fields | ({"last_heard_at": datetime.now(UTC) - ago} if ago else {}))
    heard = [(row[0], row[1]) for row in found(settings, OA) if "heard" in row[1] or "silent" in row[1]]
    assert len(heard) == 1
    assert heard[0][0] == level
    assert heard[0][1].startswith(says)


def test_a_door_that_is_known_to_fail(settings: Settings, opened: Engine) -> None:
    since = datetime(2026, 11, 22, 1, 2, tzinfo=UTC)
    written(opened, OA, fault="errcode 48004 from /cgi-bin/message/custom/send", failing_since=since)
    says = "fails since 2026-11-22 01:02 UTC: errcode 48004 from /cgi-bin/message/custom/send"
    assert wrong(settings, OA) == [f"{says} -> see {wording.where('oa', 'permission')}"]


def test_a_quota_that_is_nearly_used_up(settings: Settings, platforms: Platforms) -> None:
    platforms.oa.door.quotas = {**platforms.oa.door.quotas, "/cgi-bin/message/mass/send": Quota(day=0)}
    says = "/cgi-bin/message/mass/send may be called 0 of 0 times more today"
    assert ("warn", says, f"see {wording.where('oa', 'quota')}") in found(settings, OA)


def test_templates(settings: Settings, tmp_path: Path) -> None:
    step = wording.where("oa", "templates")
    assert "no templates: after 48 hours of silence a resident is told nothing here" in [
        says for _, says, _ in found(settings, OA)
    ]
    path = tmp_path / "templates.toml"
    path.write_text(TEMPLATES.format(state="accepted", other="mistyped"), encoding="utf-8")
    with_file = replace(settings, oa_templates=path)
    missing = ("warn", "template mistyped is not among those the platform lists", f"compare the id; see {step}")
    assert missing in found(with_file, OA)
    path.write_text(TEMPLATES.format(state="accepted", other="known"), encoding="utf-8")
    assert ("ok", "all 1 templates are there", "") in found(with_file, OA)
    path.write_text("[[template]]\n", encoding="utf-8")
    assert "needs a purpose" in wrong(with_file, OA)[0]


def test_an_app_that_nobody_may_see(settings: Settings, platforms: Platforms) -> None:
    for member in MEMBERS:
        platforms.wecom.contacts.remove(member.userid)
    todo = f"see {wording.where('wecom', 'range')}"
    assert ("warn", "nobody may see the app: nobody can be told anything", todo) in found(settings, WECOM)


def test_contacts_that_may_not_be_read(settings: Settings, platforms: Platforms) -> None:
    platforms.simulator.faults.on("banned", path="/cgi-bin/department/list")
    assert wrong(settings, WECOM) == [
        f"the platform has banned the interface (48004) -> see {wording.where('wecom', 'permission')}"
    ]


def test_no_account_to_talk_to(settings: Settings, platforms: Platforms) -> None:
    platforms.kf.sessions.accounts.clear()
    assert wrong(settings, KF) == [
        f"there is no account that residents could talk to -> see {wording.where('kf', 'accounts')}"
    ]


@pytest.mark.parametrize(("kind", "topic"), [*wording.STEPS, *((kind, "") for kind in wording.PAGES)])
def test_every_step_that_is_named_is_in_the_handbook(kind: str, topic: str) -> None:
    path, _, step = wording.where(kind, topic).partition(" ")
    page = (DOCS.parent / path).read_text(encoding="utf-8")
    assert f"\n## {step}" in page
    assert "\n## 常见报错\n" in page


@pytest.mark.parametrize("kind", ["oa", "wecom", "kf"])
def test_every_number_that_the_doctor_knows_is_explained_there(kind: str) -> None:
    page = (DOCS.parent / wording.where(kind, "")).read_text(encoding="utf-8")
    known = {"oa": wechat_errors.OFFICIAL_ACCOUNT, "wecom": wechat_errors.WECOM, "kf": kf_errors.KF}[kind]
    told = (
        {40013, 40056, 48001, 50003} if kind == "kf" else {48001} if kind == "wecom" else set()
    )  # the app's page has them
    assert {code for code in known.closed & set(doctor_doors.MEANINGS) if str(code) not in page} <= told


class SmsPort(BaseHTTPRequestHandler):
    """An adapter that answers its check to whoever has the token."""

    def do_GET(self) -> None:
        allowed = self.headers.get("Authorization") == f"Bearer {SMS_TOKEN}"
        self.send_response(200 if allowed and self.path == "/sms/health" else 401)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), SmsPort) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/sms"
        server.shutdown()
        thread.join()


def test_the_port_of_sms(settings: Settings, port: str) -> None:
    sound = replace(settings, sms_url=port, sms_token=SMS_TOKEN)
    assert found(sound, SMS) == [("ok", "lets us in", "")]
    (said,) = wrong(replace(sound, sms_token="another"), SMS)
    assert wording.where("sms", "secret") in said
    assert "another" not in said
    (said,) = wrong(replace(sound, sms_url="http://127.0.0.1:1/sms"), SMS)
    assert wording.where("sms", "port") in said


def test_no_secret_is_printed_and_a_fault_is_exit_code_1(
    settings: Settings, platforms: Platforms, capsys: pytest.CaptureFixture[str]
) -> None:
    platforms.simulator.faults.on("refuse_token", path="/oa")
    capsys.readouterr()
    assert doctor.run(replace(settings, sms_url="http://127.0.0.1:1", sms_token=SMS_TOKEN)) == 1
    said = capsys.readouterr().out
    assert f"fault  {OA}: the AppSecret is wrong (40125) -> see {wording.where('oa', 'secret')}" in said
    assert f"fault  {SMS}: " in said
    for secret in (SECRET, TOKEN, AES_KEY, CORP_SECRET, CORP_TOKEN, KEY, KF_SECRET, SMS_TOKEN, "access_token"):
        assert secret not in said.replace("AAAAA" * 3, "")


def test_nothing_is_said_while_there_is_no_database(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    fresh = make_settings(data=tmp_path / "none", sms_url="http://127.0.0.1:1")
    assert list(doctor_doors.look_at_doors(fresh)) == []
    assert not (tmp_path / "none").exists()
