"""``menkou simulator`` as whoever tries Menkou meets it: a command, its lines for a shell, and a deployment on them."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.oa_templates import load
from bot.platforms import trial
from bot.platforms.trial import assemble
from bot.settings import Settings
from storage import invented
from tests.platforms.trial import Started, menkou, read, simulator, up, wait_for

ROOT = Path(__file__).parents[2]
WANG, LIU, FENG = "o_wang-guilan", "wm_liu-qian", "feng-tao"
LAMP = "梧桐里小区三号楼门口路灯坏了半个月了"

pytestmark = pytest.mark.xdist_group("up")


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    with simulator(tmp_path / "data") as made:
        yield made


def test_a_resident_and_staff_by_the_printed_lines_alone(started: Started) -> None:
    with up(started) as ours:
        for door in ("oa", "wecom"):  # a busy machine may answer the first check too late
            wait_for(lambda door=door: started.check(door))  # type: ignore[misc]
        started.act("oa", "follow", WANG)
        started.hears("oa", WANG, "您好")
        started.act("oa", "say", WANG, text=LAMP)
        started.hears("oa", WANG, "编号 1")
        started.act("kf", "enter", LIU)
        started.act("kf", "say", LIU, text="梧桐里小区五号楼下水道堵了，污水漫出来了")
        started.hears("kf", LIU, "编号 2")
        started.act("wecom", "say", FENG, text="接单 1")
        started.hears("oa", WANG, "已接手")
        [known] = started.client.get("/admin/state").json()["doors"]["oa"]["state"]["tokens"]
        assert len(known["fingerprint"]) == 8
        doctor = menkou("doctor", settings=started.settings)
        assert [line for line in doctor.stdout.splitlines() if line.startswith("fault")] == []
        assert "oa:wx0123456789abcdef: talks to a simulator on this machine" in doctor.stdout
        assert ours in started.said


def test_it_ends_at_once_and_its_record_is_whole(started: Started, tmp_path: Path) -> None:
    started.act("oa", "follow", WANG)  # nobody listens at the callback
    assert started.screen("oa", WANG)[0]["kind"] == "out_of_service"
    assert started.stop() == 0
    record = (tmp_path / "data" / trial.RECORD).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["what"] for line in record] == ["push"]


def test_it_ends_by_a_signal_too(tmp_path: Path) -> None:
    with simulator(tmp_path) as started:
        assert started.stop(signal.SIGTERM) == 0


def test_a_port_that_is_taken_is_one_sentence(started: Started, tmp_path: Path) -> None:
    done = menkou("simulator", "--port", str(started.port), "--data", str(tmp_path / "other"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"Port {started.port} is in use" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--callback", "127.0.0.1:8000"),
        ("--callback", "http://127.0.0.1:99999"),
        ("--virtual-time", "tomorrow"),
        ("--port", "0"),
    ],
)
def test_wrong_use(arguments: tuple[str, ...]) -> None:
    done = menkou("simulator", "--env", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_the_lines_alone_start_nothing_and_are_the_same(started: Started, tmp_path: Path) -> None:
    given = ("--port", str(started.port), "--callback", started.callback, "--data", str(tmp_path / "data"))
    done = menkou("simulator", "--env", *given)
    assert done.returncode == 0
    assert all(line.startswith("export ") for line in done.stdout.splitlines())
    assert read(done.stdout) == started.settings


def test_every_line_is_a_setting_and_they_open_all_doors(tmp_path: Path) -> None:
    given = trial.environment("http://127.0.0.1:8100", "http://127.0.0.1:8000", tmp_path)
    known = {item.metadata["env"] for item in Settings.__dataclass_fields__.values()}
    assert set(given) <= known
    settings = Settings.from_env(given)
    assert settings.data == tmp_path / "menkou"
    assert settings.port == 8000
    assert "PORT" not in trial.environment("http://127.0.0.1:8100", "https://menkou.example.cn", tmp_path)


def test_the_clock_stands_where_it_is_put(tmp_path: Path) -> None:
    with simulator(tmp_path, "--virtual-time", "2026-03-02T09:00") as started:
        state = started.client.get("/admin/state").json()
        assert (state["virtual"], state["now"], state["day"]) == (True, 1_772_413_200.0, "2026-03-02")
        assert started.client.post("/admin/clock", json={"advance": 3600}).json() == {"now": 1_772_416_800.0}


def test_the_clock_can_stand_at_the_present(tmp_path: Path) -> None:
    with simulator(tmp_path, "--virtual-time", "now") as started:
        first, second = (started.client.get("/admin/state").json()["now"] for _ in range(2))
        assert first == second
        assert abs(first - time.time()) < 600


def test_the_forms_are_those_of_the_example() -> None:
    assert trial.TEMPLATES.read_bytes() == (ROOT / "docs" / "examples" / "oa-templates.toml").read_bytes()
    made = assemble("http://127.0.0.1:8000")
    offered = made.oa.options.templates | made.oa.options.subscriptions
    forms = load(trial.TEMPLATES).forms.values()
    assert {form.template_id: sorted([*form.fields, *form.fixed]) for form in forms} == {
        name: sorted(keys) for name, keys in offered.items()
    }
    made.simulator.close()


def test_people_have_the_names_of_the_sample_neighbourhood() -> None:
    made = assemble("http://127.0.0.1:8000")
    members = {member.userid: member.name for member in made.wecom.contacts.everybody()}
    assert members == {one.address: one.name for one in invented.staff()} == made.simulator.cast["wecom"]
    assert FENG in made.kf.state()["servicers"]
    assert set(made.simulator.cast["oa"].values()) == {one.name for one in invented.residents()}
    made.simulator.close()


def test_no_id_comes_back_when_it_is_started_again() -> None:
    """Our server remembers the messages of the run before, and how far it pulled."""
    ids, places = [], []
    for _ in range(2):
        made = assemble("http://127.0.0.1:9")
        made.oa.act.follow(WANG)
        made.oa.act.say(WANG, LAMP)
        made.wecom.staff.say(FENG, "待办")
        msgid = made.kf.people.say(LIU, LAMP)
        pushed = made.simulator.record.entries("push")
        ids += [msgid, *(entry.fields.get("message_id") for entry in pushed if entry.fields.get("message_id"))]
        ids += [entry.fields["said"]["MsgId"] for entry in pushed if "MsgId" in entry.fields.get("said", {})]
        places.append(made.kf.sessions.after(0, None)[0].number)
        made.simulator.close()
    assert len(ids) == len(set(ids)) == 6
    assert places[1] >= places[0]
    assert made.kf.sessions.after(places[0] - 1, None)
