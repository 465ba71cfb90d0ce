"""`menkou register import` beside a neighbourhood that goes on talking: rehearsed without holding anybody up, written
in portions between which messages take their turn, and after a cut run again to the same end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot import doctor_duty, register_files, register_kept, register_writing
from bot.receive import Intake
from bot.register_writing import Step
from bot.scratch import DOOR, Heard, Neighbourhood, open_scratch
from bot.transactions import open_database
from bot.wiring import App
from handlers.message import Incoming, Kind
from storage import register_doors, register_people, schema
from storage.deployment import Mark
from storage.listening import changes
from storage.people import Building, Household
from storage.registering import Line
from storage.tickets import Ticket
from tests.test_register import EXAMPLE, MORNING, UNITS, counted, folder

HEADING = "name,phone,former_phone,unit,role\n"
SHEETS = {
    "units": UNITS,
    "buildings": "estate,name\n苑,1号楼\n苑,2号楼\n",
    "doors": "estate,building,room\n"
    + "".join(f"苑,{house}号楼,{room}\n" for room in range(101, 104) for house in (1, 2)),
    "staff": HEADING + "甲,13900000002,13900000001,社,社区\n乙,,,社,社区\n甲,13900000003,,街,管理员\n",
}
EARLIER = {"units": UNITS, "staff": "name,phone,unit,role\n甲,13900000001,社,社区\n"}


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[tuple[App, Heard]]:
    app, ear = open_scratch(tmp_path, MORNING, database_url)
    yield app, ear
    app.close()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every house and every name a portion of its own."""
    for sheet in (register_doors, register_people):
        monkeypatch.setattr(sheet, "PORTION", 1)


def read_in(app: App, tmp_path: Path, files: Mapping[str, str], *, check: bool = False) -> int:
    return register_kept.read_in(app.settings, folder(tmp_path, **files), check=check)


def written_out(app: App, tmp_path: Path, name: str) -> dict[str, str]:
    """The whole register as it is written out."""
    register_kept.write_out(app.settings, tmp_path / name)
    return {path.name: path.read_text(encoding="utf-8-sig") for path in (tmp_path / name).iterdir()}


def lines(*told: dict[str, str]) -> list[Line]:
    return [Line("a.csv", number, fields) for number, fields in enumerate(told, 2)]


def test_a_rehearsal_holds_nobody_up(tmp_path: Path, office: tuple[App, Heard]) -> None:
    app = office[0]
    with app.writing():  # whoever wanted to write now would wait for this
        assert read_in(app, tmp_path, SHEETS | {"staff": "name,unit,role\n乙,社,社区\n"}, check=True) == 0
        assert read_in(app, tmp_path, SHEETS, check=True) == 2, "nobody has had the former number"
    with app.reading() as db:
        assert set(counted(db).values()) == {0}


def test_a_neighbourhood_goes_on_talking_while_a_register_is_read_in(tmp_path: Path, office: tuple[App, Heard]) -> None:
    app = replace(office[0], engine=open_database(office[0].settings))  # of one gate, as all its processes are
    with app.writing() as db:
        Neighbourhood(db, app.vault, "梧桐里小区").person("小赵", "grid_worker")
    rooms = "".join(f"苑,{house}号楼,{room}\n" for house in range(20) for room in range(101, 201))
    houses = "estate,name\n" + "".join(f"苑,{house}号楼\n" for house in range(20))
    files = {"units": UNITS, "buildings": houses, "doors": f"estate,building,room\n{rooms}"}
    intake, ended, talking, taken = Intake(app), threading.Event(), threading.Event(), list[str]()

    def talk() -> None:
        while not ended.is_set():
            now = app.clock.wall()
            who = f"居民{len(taken)}"
            said = Incoming(
                door=DOOR,
                sender=who,
                chat=None,
                kind=Kind.TEXT,
                text="三号楼门口路灯坏了",
                key=f"in:test:{who}",
                addressed=True,
                said_at=now,
                received_at=now,
            )
            taken.append(intake.take_now(said)[0].state)
            talking.set()

    thread, before = threading.Thread(target=talk), list[int]()
    write = register_writing._write

    def portion(*given: object) -> None:
        before.append(len(taken))
        write(*given)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(register_writing, "_write", portion)
        patched.setattr(register_doors, "PORTION", 200)
        thread.start()
        try:
            assert talking.wait(60)
            assert read_in(app, tmp_path, files) == 0
        finally:
            ended.set()
            thread.join()
            app.engine.dispose()
    assert len(before) == 1 + 1 + 10, "units, buildings, doors in portions"
    assert before[-1] > before[0], "somebody was heard between two of them"
    assert set(taken) == {"handled"}
    with office[0].reading() as db:
        assert len(db.scalars(select(Ticket)).all()) == len(taken)
        assert len(db.scalars(select(Household.id)).all()) == 2_000


def test_portions_end_where_whole_files_do(tmp_path: Path, office: tuple[App, Heard], small: None) -> None:
    app = office[0]
    assert register_kept.read_in(app.settings, EXAMPLE, check=False) == 0
    for files in (EARLIER, SHEETS):
        assert read_in(app, tmp_path, files) == 0
    given = {path.name: path.read_text(encoding="utf-8").splitlines() for path in EXAMPLE.iterdir()}
    out = written_out(app, tmp_path, "out")
    assert set(out) == set(given)
    assert [line for line in out["staff.csv"].splitlines() if line[0] in "甲乙"] == [
        "甲,13900000002,,社,社区,是",
        "乙,,,社,社区,是",
        "甲,13900000003,,街,管理员,是",
    ]
    added = {"units.csv": 3, "buildings.csv": 2, "doors.csv": 6, "staff.csv": 3, "desks.csv": 0}
    assert {name: len(text.splitlines()) - len(given[name]) for name, text in out.items()} == added


@pytest.mark.parametrize("written", range(5))
def test_what_was_cut_off_is_read_in_again_to_the_same_end(
    tmp_path: Path,
    office: tuple[App, Heard],
    small: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    written: int,
) -> None:
    app = office[0]
    monkeypatch.setattr(schema, "current", lambda connection: schema.head())
    assert read_in(app, tmp_path, EARLIER) == 0
    write, count = register_writing._write, iter(range(99))

    def cut(*given: object) -> None:
        if next(count) == written:
            raise KeyboardInterrupt
        write(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(register_writing, "_write", cut)
        with pytest.raises(KeyboardInterrupt):
            read_in(app, tmp_path, SHEETS)
    findings = [str(one) for one in doctor_duty.look_at_duty(app.settings)]
    assert [one for one in findings if one.startswith("warn   register: ") and "writes the rest" in one]
    with app.reading() as db:
        assert len(changes(db, "register", 9)) == 1
    for _ in range(2):
        assert read_in(app, tmp_path, SHEETS) == 0
    assert not [one for one in doctor_duty.look_at_duty(app.settings) if one.subject == "register"]
    with app.reading() as db:
        assert counted(db) == {
            "units": 3,
            "buildings": 2,
            "households": 6,
            "residents": 0,
            "staff": 3,
            "posts": 3,
            "desks": 0,
        }
    assert "staff: 0 new, 0 changed, 3 as before" in capsys.readouterr().out


def test_whatever_changed_between_rehearsal_and_writing_is_said(
    tmp_path: Path, office: tuple[App, Heard], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = office[0]
    doors = {name: SHEETS[name] for name in ("units", "buildings", "doors")}
    write = register_writing._write

    def away(*given: object) -> None:
        with app.writing() as db:
            for house in db.scalars(select(Building)):
                db.delete(house)
        write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(register_writing, "_write", away)
    assert read_in(app, tmp_path, doors) == 1
    assert "part of the files is written. Read them in again." in capsys.readouterr().err
    monkeypatch.setattr(register_writing, "_write", write)
    assert read_in(app, tmp_path, doors) == 0
    with app.reading() as db:
        assert db.get(Mark, register_writing.UNFINISHED) is None
        assert len(db.scalars(select(Household.id)).all()) == 6


def test_a_portion_that_loses_a_lock_is_written_again(
    tmp_path: Path, office: tuple[App, Heard], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = office[0]
    step, tries = register_writing._steps(app.vault)["units"], list[int]()

    def loses(times: int) -> Callable[..., object]:
        def lost(*given: object) -> object:
            tries.append(1)
            if len(tries) <= times:
                raise OperationalError("", {}, OSError())
            return step.write(*given)  # type: ignore[arg-type]

        return lost

    told = register_files.read(folder(tmp_path, units=UNITS))["units"]
    monkeypatch.setattr(register_writing, "is_passing", lambda error: isinstance(error, OperationalError))
    register_writing._write(app.engine, Step(loses(2)), told)  # type: ignore[arg-type]
    assert len(tries) == 3
    with pytest.raises(OperationalError):
        register_writing._write(app.engine, Step(loses(99)), told)  # type: ignore[arg-type]
    assert len(tries) == 3 + register_writing.TRIES


def test_nothing_is_written_where_nothing_is_new(
    tmp_path: Path, office: tuple[App, Heard], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = office[0]
    assert read_in(app, tmp_path, EARLIER) == 0
    monkeypatch.setattr(register_writing, "_write", lambda *given: pytest.fail("nothing has changed"))
    assert read_in(app, tmp_path, EARLIER) == 0


def test_what_belongs_together_is_in_one_portion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_people, "PORTION", 2)
    monkeypatch.setattr(register_doors, "PORTION", 2)
    people = lines(*({"name": name} for name in "甲乙甲丙乙甲"))
    named = [[line["name"] for line in one] for one in register_people.portions(people)]
    assert named == [["丙"], ["乙"] * 2, ["甲"] * 3]
    homes = lines(*({"estate": "苑", "building": house} for house in "1213"))
    assert [[line.number for line in one] for one in register_doors.portions(homes)] == [[2, 4], [3, 5]]
