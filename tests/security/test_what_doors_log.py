"""A whole story through every door, with its faults: what stands in logs, findings and errors afterwards."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import doctor_doors, door_checks, wanted, watch
from bot.channels.http import Http
from bot.findings import Finding
from bot.settings import Settings
from storage.deployment import ChannelAccount, Token
from storage.inbox import Inbox
from storage.outbox import Outbox
from storage.people import Role
from tests.doors import KF_SECRET
from tests.platforms.wecom import KEY
from tests.platforms.wecom import SECRET as CORP_SECRET
from tests.web.test_official_doors_story import FORMS, reported
from tests.web.town import APP_SECRET, APP_TOKEN, SMS_TOKEN, Town, town

PHONE, DUTY = "13812345678", "13800000001"
SAID = "举报三号楼楼顶漏水，我家1203"
SECRETS = (APP_SECRET, CORP_SECRET, KF_SECRET, KEY, SMS_TOKEN)
PERSONAL = (PHONE, DUTY, "楼顶漏水", "1203", "o_wang", "wmLiu", "燃气", "李大妈", "灯泡已换")
FAULTS = ("http_500", "reset_after_accept", "token_dead", "refuse_token", "banned")


@pytest.fixture
def here(make_settings: Callable[..., Settings], sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    forms = tmp_path / "templates.toml"
    forms.write_text(FORMS, encoding="utf-8")
    with town(make_settings, sqlite_url, templates=forms) as made:
        yield made


def tokens(here: Town) -> list[str]:
    """Every access token that was handed out and is known still."""
    with here.app.reading() as db:
        rows = db.scalars(select(Token)).all()
        found = [here.app.vault.open(row.sealed, "tokens.sealed", row.ref) for row in rows if row.sealed]
    assert len(found) >= 2
    return found


def story(here: Town) -> None:
    worker, _ = reported(here)
    here.phone_of(worker, DUTY)
    here.wecom.staff.click("zhao", "accept#1")
    here.wecom.staff.say("zhao", f"进展 1 打给了{PHONE}")
    here.oa.act.photo("o_wang", b"\xff\xd8\xff\xe0 no picture")
    here.oa.act.say("o_wang", SAID)
    here.oa.act.say("o_wang", "燃气泄漏，楼道里味道很大")
    here.kf.people.say("wmLiu", f"我是李大妈，{SAID}，电话{PHONE}")
    here.kf.people.say("wmLiu", "绑定 3-2-501 李大妈")
    here.pull()
    here.deliver()


def troubled(here: Town) -> None:
    """Each fault once, at every door, with something to say in the middle of it."""
    for fault in FAULTS:
        here.simulator.faults.on(fault, times=6)
        here.wecom.staff.say("zhao", f"进展 1 {PHONE} 灯泡已换 {fault}")
        here.oa.act.say("o_wang", f"{SAID} {fault}")
        here.kf.people.say("wmLiu", f"{SAID} {fault}")
        here.deliver()
        here.pull()
        wanted.fetch_due(here.app)
        watch.try_again(here.app)
        here.simulator.faults.clear()
    here.deliver()


def what_is_noted(here: Town) -> Iterator[str]:
    """What the database keeps in clear of doors and of what was sent."""
    with here.app.reading() as db:
        for row in [*db.scalars(select(ChannelAccount)), *db.scalars(select(Outbox)), *db.scalars(select(Inbox))]:
            names = ("fault", "reason", "name", "together", "key", "error", "platform_id", "rhythm")
            yield str([getattr(row, name, None) for name in names])


def findings(here: Town) -> Iterator[Finding]:
    """What the doctor says of every door; its look at the schema is left out."""
    settings, http = here.app.settings, Http()
    for one in door_checks.checked(here.app, settings, http):
        yield from doctor_doors._address(settings, one)
        yield from doctor_doors._heard(here.app, one)  # type: ignore[arg-type]
        yield from doctor_doors._let_in(settings, one)
    http.close()


def forbidden(here: Town, text: str) -> list[str]:
    secret = [*SECRETS, *tokens(here), *PERSONAL, "access_token=", "corpsecret="]
    return [word for word in secret if word in text]


def test_nothing_personal_and_no_secret_is_logged(here: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    story(here)
    troubled(here)
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]  # the test's own
    assert any(record.name.startswith("urllib3") for record in ours), "the library's own log is off: nothing was tried"
    assert len(ours) > 50
    lines = [logging.Formatter("%(name)s %(message)s").format(record) for record in ours]
    assert forbidden(here, "\n".join(lines)) == []
    noted = "\n".join(what_is_noted(here))
    assert "errcode" in noted, "no fault was met"
    assert forbidden(here, noted) == []
    found = "\n".join(str(row) for row in findings(here))
    assert "lets us in" in found
    assert forbidden(here, found) == []
    figures = here.site.client.get("/metrics").text + here.site.client.get("/healthz").text
    assert "menkou_outbox" in figures
    assert forbidden(here, figures) == []


def test_a_doors_alarm_reaches_no_resident(here: Town) -> None:
    """Whose door fails, and with what number, is for those who keep it going."""
    story(here)
    before = {door: len(here.heard(door, person)) for door, person in (("oa", "o_wang"), ("kf", "wmLiu"))}
    watch.note_fault(here.app, f"kf:{here.app.settings.wecom_corp_id}", "errcode 40001 from /cgi-bin/kf/sync_msg")
    with here.app.writing() as db:
        for row in db.scalars(select(ChannelAccount).where(ChannelAccount.fault.is_not(None))):
            assert row.failing_since is not None
            row.failing_since -= 2 * watch.PATIENCE
    here.bind("zhou", here.worker(Role.DUTY))
    assert watch.look(here.app) == 1
    here.deliver()
    here.pull()
    assert any("40001" in text or "微信客服" in text for text in here.heard("wecom", "zhou"))
    for door, person in (("oa", "o_wang"), ("kf", "wmLiu")):
        assert not any("40001" in text for text in here.heard(door, person)[before[door] :])


def test_reprs_hold_no_secret(here: Town) -> None:
    said = repr(here.app.settings) + "".join(
        repr(one) + repr(getattr(one, "api", None)) + repr(vars(one)) for one in here.app.channels.values()
    )
    assert [word for word in SECRETS if word in said and word != APP_TOKEN] == []
