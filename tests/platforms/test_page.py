"""The simulator's page over HTTP: its parts, the photos of screens, and what it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.platforms import faults, page
from bot.platforms.simulator import running
from bot.platforms.trial import Trial, assemble, environment
from bot.platforms.wecom_media import picture

JPEG = b"\xff\xd8\xff\xe0" + bytes(60)
WANG = "o_wang-guilan"
SECRET = re.compile(r"(SECRET|KEY|TOKEN)$")
SCRIPTS = sorted(page.FILES.glob("*.js"))


@pytest.fixture
def trial() -> Iterator[Trial]:
    made = assemble("")
    for service in (made.oa, made.wecom, made.kf):
        service.acts["set_callback"]("")  # nobody is pushed to
    made.wecom.callback.address = made.kf.bell.callback.address = None
    yield made
    made.simulator.close()


@pytest.fixture
def client(trial: Trial) -> Iterator[httpx.Client]:
    with running(trial.simulator) as address, httpx.Client(base_url=address, trust_env=False, verify=False) as client:
        yield client


def test_the_page_says_what_it_is_and_loads_only_its_own_parts(client: httpx.Client) -> None:
    answer = client.get("/")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "这里不是微信" in answer.text
    parts = re.findall(r'(?:href|src)="([^"]+)"', answer.text)
    for part in parts:
        assert part == "data:," or client.get(part).status_code == 200, part
    assert {"/page/main.js", "/page/page.css"} <= set(parts)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_part_that_a_script_names_is_there(client: httpx.Client, script: Path) -> None:
    answer = client.get(f"/page/{script.name}")
    assert answer.headers["content-type"].startswith("text/javascript")
    for name in re.findall(r'from "\./([^"]+)"', answer.text):
        assert client.get(f"/page/{name}").status_code == 200


@pytest.mark.parametrize("path", ["/page/none.js", "/page/..%2fpage.py", "/page/%2e%2e%2fpage.py", "/file/sms/x", "/x"])
def test_nothing_else_is_served(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_every_fault_has_words() -> None:
    words = (page.FILES / "words.js").read_text(encoding="utf-8")
    named = set(re.findall(r"^  (\w+): \[", words.split("FAULTS = ")[1].split("};")[0], re.MULTILINE))
    assert named == set(faults.NAMES)


def test_scripts_write_no_markup() -> None:
    """What people say must never become part of the page itself."""
    text = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    assert re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text) is None


def test_photos_of_screens(trial: Trial, client: httpx.Client) -> None:
    trial.oa.act.follow(WANG)
    trial.oa.act.photo(WANG, JPEG)
    trial.wecom.staff.photo("feng-tao")
    trial.kf.people.photo("wm_liu-qian")
    found = {}
    for door, person in (("oa", WANG), ("wecom", "feng-tao"), ("kf", "wm_liu-qian")):
        media_id = trial.simulator.screens.of(door, person)[-1].media_id
        found[door] = client.get(f"/file/{door}/{media_id}")
    assert [answer.status_code for answer in found.values()] == [200] * 3
    assert found["oa"].content == JPEG
    assert found["wecom"].content == found["kf"].content == picture()
    assert found["oa"].headers["content-type"] == "image/jpeg"
    assert found["kf"].headers["content-type"] == "image/png"
    assert found["kf"].headers["x-content-type-options"] == "nosniff"
    trial.simulator.clock.advance(4 * 86_400)
    assert client.get(found["oa"].request.url.path).status_code == 404
    assert client.get("/file/wecom/none").status_code == 404


def test_the_state_has_what_the_page_shows_and_no_secret(trial: Trial, client: httpx.Client) -> None:
    trial.oa.act.follow(WANG)
    trial.kf.people.say("wm_liu-qian", "路灯坏了")
    query = {"corpid": "ww0123456789abcdef", "corpsecret": "simulated-app-secret"}
    token = client.get("/wecom/cgi-bin/gettoken", params=query).json()["access_token"]
    answer = client.get("/admin/state")
    doors = answer.json()["doors"]
    assert set(doors) == {"oa", "wecom", "kf", "sms"}
    assert doors["kf"]["people"] == ["wm_liu-qian"]
    assert doors["kf"]["state"]["conversations"][0]["person"] == "wm_liu-qian"
    [used] = doors["wecom"]["state"]["used"]
    assert (used["path"], used["today"], used["minute"]) == ("/cgi-bin/gettoken", 1, 60)
    [known] = doors["wecom"]["state"]["tokens"]
    assert (known["family"], len(known["fingerprint"]), known["dead"]) == ("app", 8, 0)
    secrets = [value for name, value in environment(str(client.base_url), "", Path()).items() if SECRET.search(name)]
    assert len(secrets) == 10
    assert [secret for secret in (token, *secrets) if secret != "simulator" and secret in answer.text] == []
    trial.simulator.faults.on("token_dead")
    assert client.get("/admin/state").json()["doors"]["wecom"]["state"]["tokens"][0]["dead"] == 40014
