"""`menkou register`: a street's own units, houses and people come from a folder of spreadsheets, whole or not at all;
what is written out reads the same, and whoever stands in it is at work the next moment."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import answers_kept, deliver, groups_kept, register_files, register_kept, seed, staff, vocabulary
from bot.receive import Intake
from bot.scratch import DOOR, Heard, open_scratch
from bot.settings import Settings
from bot.wiring import App
from handlers.message import Incoming, Kind
from handlers.rules.routing import FUNCTIONS
from handlers.wording import registering as words
from storage import households, phone_accounts
from storage.listening import changes
from storage.people import Account, Building, Group, Household, Post, Resident, Staff, Unit, UnitKind
from storage.registering import FaultsError, tree_of
from storage.streets import streets_of
from storage.tickets import Desk

EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "register"
MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)  # a Monday, 09:00 in China
UNITS = "name,kind,above\n街,街道,\n社,社区,街\n苑,小区,社\n"


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[tuple[App, Heard]]:
    app, ear = open_scratch(tmp_path, MORNING, database_url)
    yield app, ear
    app.close()


def folder(tmp_path: Path, name: str = "files", **files: str) -> Path:
    at = tmp_path / name
    at.mkdir(exist_ok=True)
    for sheet, text in files.items():
        (at / f"{sheet}.csv").write_text(text, encoding="utf-8")
    return at


def example(tmp_path: Path, **other: str) -> Path:
    given = {path.stem: path.read_text(encoding="utf-8") for path in EXAMPLE.glob("*.csv")}
    return folder(tmp_path, "example", **(given | other))


def counted(db: Session) -> dict[str, int]:
    kinds = (Unit, Building, Household, Resident, Staff, Post, Desk)
    return {kind.__tablename__: db.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds}


def test_a_street_is_at_work_by_its_files_alone(office: tuple[App, Heard], capsys: pytest.CaptureFixture[str]) -> None:
    app, ear = office
    assert register_kept.read_in(app.settings, EXAMPLE, check=False) == 0
    with app.reading() as db:
        worker = db.scalars(select(Staff).order_by(Staff.id)).first()
        assert worker is not None
        assert {post.role for post in worker.posts} == {"grid_worker", "community"}
    intake, count = Intake(app), iter(range(99))

    def say(who: str, text: str) -> list[str]:
        now = app.clock.wall()
        key = f"in:test:{next(count)}"
        message = Incoming(
            door=DOOR,
            sender=who,
            chat=None,
            kind=Kind.TEXT,
            text=text,
            key=key,
            addressed=True,
            said_at=now,
            received_at=now,
            shown_name=who,
        )
        intake.take_now(message)
        deliver.run(app)
        said, ear.said[:] = list(ear.said), []
        return [line.text for line in said]

    say("小满的微信", f"绑定 {staff.issue(app, worker.id)}")
    said = say("李婶", "老电厂宿舍电厂楼楼道灯坏了")
    card = next(text for text in said if text.startswith("新工单 1："))
    assert card.splitlines()[0] == "新工单 1：杨柳苑老电厂宿舍电厂楼 房屋电梯，今天 17:00 前接单。"
    assert say("小满的微信", "接单 1")[0].startswith("1 号归您了")


def test_what_is_written_out_reads_the_same_and_changes_nothing(
    tmp_path: Path, office: tuple[App, Heard], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = office[0].settings
    assert register_kept.read_in(settings, EXAMPLE, check=False) == 0
    with office[0].reading() as db:
        before = counted(db)
    assert register_kept.write_out(settings, tmp_path / "out") == 0
    capsys.readouterr()
    assert register_kept.read_in(settings, tmp_path / "out", check=False) == 0
    assert "new" in (out := capsys.readouterr().out)
    assert all(" 0 new, 0 changed," in line for line in out.splitlines()[:5]), out
    with office[0].reading() as db:
        assert counted(db) == before
    assert (tmp_path / "out" / "staff.csv").stat().st_mode & 0o077 == 0
    assert register_kept.write_out(settings, tmp_path / "out") == 1
    assert "is in out already" in capsys.readouterr().err


def test_looked_at_first_it_writes_nothing(tmp_path: Path, office: tuple[App, Heard]) -> None:
    assert register_kept.read_in(office[0].settings, EXAMPLE, check=True) == 0
    with office[0].reading() as db:
        assert set(counted(db).values()) == {0}
        assert not changes(db, "register", 9)


def test_with_a_fault_in_the_last_file_nothing_of_the_first_stays(
    tmp_path: Path, office: tuple[App, Heard], capsys: pytest.CaptureFixture[str]
) -> None:
    files = example(tmp_path, desks="unit,area,category,desk_kind,desk_function\n无,*,*,网格,\n")
    assert register_kept.read_in(office[0].settings, files, check=False) == 2
    assert "desks.csv line 2: there is no unit called 无" in capsys.readouterr().err
    with office[0].reading() as db:
        assert set(counted(db).values()) == {0}


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"units": "name,kind\n街,街\n"}, "units.csv line 2: kind is 街, but one of 市、区、街道"),
        ({"units": "name,kind,above\n街,街道,\n,社区,街\n"}, "units.csv line 3: name is missing"),
        (
            {"units": "name,above\n街,\n"},
            "units.csv line 1: the heading has no kind; it reads name,former_name,kind,above",
        ),
        ({"units": "name,kind,colour\n街,街道,红\n"}, "units.csv line 1: colour is no column"),
        ({"units": "name,kind,name\n街,街道,街\n"}, "units.csv line 1: a column stands there twice"),
        ({"units": "name,kind\n街,街道,多\n"}, "units.csv line 2: more fields than the heading has"),
        ({"units": f"name,kind\n{'长' * 81},街道\n"}, "units.csv line 2: name is longer than 80 characters"),
        ({"units": "name,kind\n街/里,街道\n"}, "units.csv line 2: a name has no / in it"),
        ({"units": 'name,kind\n"街,街道\n'}, "units.csv line 3: unexpected end of data"),
        ({"staff": "name,phone,unit,role\n甲,1.38E+10,社,社区\n"}, "staff.csv line 2: phone is 1.38E+10, which is no"),
        ({"staff": "name,unit\n甲,社\n"}, "staff.csv line 2: unit and role are missing"),
        ({"staff": "name,unit,role\n甲,社,居民\n"}, "staff.csv line 2: role is 居民, but one of"),
        (
            {"doors": "estate,building,room,tags\n苑,1号楼,101,富裕\n"},
            "doors.csv line 2: tags is 富裕, but one of 老人、独居",
        ),
        ({}, "none of units.csv, buildings.csv, doors.csv, staff.csv, desks.csv is in this folder"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, files: Mapping[str, str], fault: str) -> None:
    with pytest.raises(FaultsError) as error:
        register_files.read(folder(tmp_path, **files))
    assert any(fault in found for found in error.value.faults), error.value.faults


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"units": "name,kind,above\n社,社区,无\n"}, "units.csv line 2: there is no unit called 无"),
        ({"units": "name,kind\n格,网格\n"}, "units.csv line 2: above is missing: a grid stands below some other unit"),
        ({"units": "name,kind,above\n甲,社区,乙\n乙,社区,甲\n"}, "it would stand above itself"),
        ({"units": "name,kind,above\n街,街道,\n苑,小区,街\n"}, "units.csv line 3: an estate stands below a community"),
        ({"units": UNITS + "苑,小区,社\n"}, "units.csv line 5: 苑 stands in the file twice"),
        ({"units": UNITS + "社,网格,街\n"}, "units.csv line 5: 社 stands in the file twice"),
        ({"units": UNITS.replace("above\n", "above,grid\n") + "园,小区,社,社\n"}, "line 5: there is no grid called 社"),
        (
            {"units": UNITS + "社二,社区,街\n格,网格,社\n格,网格,社二\n里,小区,格\n"},
            "units.csv line 8: several are called 格 in this file",
        ),
        (
            {"units": UNITS, "buildings": "estate,name\n社,1号楼\n"},
            "buildings.csv line 2: there is no estate called 社",
        ),
        (
            {"units": UNITS, "buildings": "estate,name\n苑,1号楼\n苑,1号楼\n"},
            "buildings.csv line 3: the same building stands in line 2",
        ),
        (
            {"units": UNITS, "doors": "estate,building,room\n苑,9号楼,101\n"},
            "doors.csv line 2: 苑 has no building called 9号楼",
        ),
        (
            {
                "units": UNITS,
                "buildings": "estate,name\n苑,1号楼\n",
                "doors": "estate,building,entrance,room\n苑,1号楼,1,101\n苑,1号楼,1单元,101室\n",
            },
            "doors.csv line 3: the same door stands in line 2",
        ),
        (
            {"units": UNITS, "staff": "name,unit,role\n甲,社,社区\n甲,社,社区\n"},
            "staff.csv line 3: the same post stands",
        ),
        (
            {"units": UNITS, "staff": "name,unit,role,active\n甲,社,社区,是\n甲,街,社区,否\n"},
            "staff.csv line 3: line 2 says otherwise",
        ),
        (
            {"units": UNITS, "desks": "unit,area,category,desk_kind\n街,*,*,网格\n街,*,*,社区\n"},
            "desks.csv line 3: the same matter stands in line 2",
        ),
    ],
)
def test_what_does_not_fit_together_says_where(
    tmp_path: Path,
    office: tuple[App, Heard],
    capsys: pytest.CaptureFixture[str],
    files: Mapping[str, str],
    fault: str,
) -> None:
    assert register_kept.read_in(office[0].settings, folder(tmp_path, **files), check=False) == 2
    assert fault in capsys.readouterr().err
    with office[0].reading() as db:
        assert set(counted(db).values()) == {0}


def test_the_order_of_lines_does_not_matter_and_names_are_told_apart_by_what_is_above(
    tmp_path: Path, office: tuple[App, Heard]
) -> None:
    units = "里,小区,社二/格\n苑,小区,社/格\n格,网格,社二\n格,网格,社\n社二,社区,街\n社,社区,街\n街,街道,\n"
    assert (
        register_kept.read_in(office[0].settings, folder(tmp_path, units="name,kind,above\n" + units), check=False) == 0
    )
    with office[0].reading() as db:
        found = {unit.name: unit for unit in db.scalars(select(Unit)) if unit.name != "格"}
        for name, community in (("里", "社二"), ("苑", "社")):
            estate = found[name]
            grid = db.get_one(Unit, estate.parent_id)
            assert (grid.kind, grid.parent_id) == (UnitKind.GRID, found[community].id)
            assert (estate.grid_id, estate.area) == (grid.id, "居民区")
            assert estate.path == f"/{found['街'].id}/{found[community].id}/{grid.id}/{estate.id}/"


def test_a_name_that_several_have_is_said_with_what_is_above_it(
    tmp_path: Path, office: tuple[App, Heard], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = office[0].settings
    units = UNITS + "社二,社区,街\n格,网格,社\n格,网格,社二\n"
    staff_heading = "name,unit,role\n"
    good = folder(tmp_path, "good", units=units, staff=staff_heading + "\n甲,社二/格,网格员\n,,\n乙,街/社/格,网格员\n")
    assert register_kept.read_in(settings, good, check=False) == 0
    ambiguous = "several are called 格: write one of 社/格, 社二/格"
    for name, fault in (("格", ambiguous), ("苑/格", "no unit called 苑/格")):
        wrong = folder(tmp_path, "wrong", staff=f"{staff_heading}丙,{name},网格员\n")
        assert register_kept.read_in(settings, wrong, check=False) == 2
        assert fault in capsys.readouterr().err
    assert register_kept.write_out(settings, tmp_path / "out") == 0
    assert "甲,,,社二/格,网格员,是" in (tmp_path / "out" / "staff.csv").read_text(encoding="utf-8-sig")
    capsys.readouterr()
    assert register_kept.read_in(settings, tmp_path / "out", check=False) == 0
    assert capsys.readouterr().out.count(" 0 new, 0 changed,") == 5


def test_other_commands_call_such_a_unit_the_same_way(
    tmp_path: Path, office: tuple[App, Heard], capsys: pytest.CaptureFixture[str]
) -> None:
    app = office[0]
    units = UNITS + "社二,社区,街\n格,网格,社\n格,网格,社二\n"
    assert register_kept.read_in(app.settings, folder(tmp_path, units=units), check=False) == 0
    with app.reading() as db:
        wanted = tree_of(db).called("社二/格")[0].id
        assert vocabulary.unit_named(db, "社二/格").id == wanted
        with pytest.raises(vocabulary.Refused, match="units"):
            vocabulary.unit_named(db, "格")
    file = tmp_path / "answers.csv"
    file.write_text("unit,question,answer,source\n社二/格,老年卡怎么办,到社区办,民政办\n", encoding="utf-8")
    assert answers_kept.read_in(app.settings, file, replace=False, check=False) == 0
    assert answers_kept.write_out(app.settings, tmp_path / "again.csv") == 0
    assert answers_kept.read_in(app.settings, tmp_path / "again.csv", replace=False, check=False) == 0
    assert "0 new, 0 changed, 1 as before" in capsys.readouterr().out
    with app.writing() as db:
        db.add(Group(door=DOOR, chat="c", name="群", kind="staff"))
        db.flush()
        number = db.scalars(select(Group.id)).one()
    assert groups_kept.bind(app.settings, number, "社二/格", None, staff=True) == 0
    assert groups_kept.bind(app.settings, number, "格", None, staff=True) == 1
    with app.reading() as db:
        assert db.get_one(Group, number).unit_id == wanted


def test_another_grid_that_walks_there_is_a_change(
    tmp_path: Path, office: tuple[App, Heard], capsys: pytest.CaptureFixture[str]
) -> None:
    units = "name,kind,above,grid\n街,街道,,\n社,社区,街,\n甲格,网格,社,\n乙格,网格,社,\n苑,小区,甲格,{}\n"
    for grid, line in (
        ("", "5 new, 0 changed"),
        ("乙格", "0 new, 1 changed, 4 as before"),
        ("乙格", "0 new, 0 changed"),
    ):
        files = folder(tmp_path, units=units.format(grid))
        assert register_kept.read_in(office[0].settings, files, check=False) == 0
        assert f"units: {line}" in capsys.readouterr().out


def test_what_a_file_has_no_column_for_stays_and_what_something_is_does_not_change(
    tmp_path: Path, office: tuple[App, Heard], capsys: pytest.CaptureFixture[str]
) -> None:
    app = office[0]
    full = "name,kind,above,phone,nicknames\n街,街道,,000-1,老街\n社,社区,街,,\n苑,小区,社,,\n"
    doors = "estate,building,room,tags\n苑,1号楼,101,独居\n"
    first = folder(tmp_path, "first", units=full, buildings="estate,name,nicknames\n苑,1号楼,一栋\n", doors=doors)
    assert register_kept.read_in(app.settings, first, check=False) == 0
    bare = folder(tmp_path, "bare", units=UNITS, buildings="estate,name\n苑,1号楼\n", doors=doors.replace(",独居", ","))
    (bare / "doors.csv").write_text("estate,building,room\n苑,1号楼,101\n", encoding="utf-8")
    assert register_kept.read_in(app.settings, bare, check=False) == 0
    with app.reading() as db:
        street, home = db.scalars(select(Unit).where(Unit.name == "街")).one(), db.scalars(select(Household)).one()
        assert (street.phone, street.nicknames, home.tags) == ("000-1", "老街", "alone")
        assert db.scalars(select(Building)).one().nicknames == "一栋"
    other = folder(tmp_path, "other", units="name,kind,above\n社,网格,街\n")
    assert register_kept.read_in(app.settings, other, check=False) == 2
    assert "units.csv line 2: 社 is a community" in capsys.readouterr().err


def test_whatever_was_called_otherwise_keeps_all_that_hangs_on_it(
    tmp_path: Path, office: tuple[App, Heard], capsys: pytest.CaptureFixture[str]
) -> None:
    app, doors = office[0], "estate,building,room\n苑,1号楼,101\n"
    first = folder(tmp_path, "first", units=UNITS, buildings="estate,name\n苑,1号楼\n", doors=doors)
    assert register_kept.read_in(app.settings, first, check=False) == 0
    units = "name,former_name,kind,above\n花苑,苑,小区,社区一\n社区一,社,社区,街\n"
    renamed = {"units": units, "buildings": "estate,name,former_name\n花苑,甲楼,1号楼\n"}
    for _ in range(2):  # the second time it has its name already
        assert register_kept.read_in(app.settings, folder(tmp_path, "second", **renamed), check=False) == 0
    with app.reading() as db:
        home = db.scalars(select(Household)).one()
        assert db.get_one(Building, home.building_id).name == "甲楼"
        assert db.get_one(Unit, home.estate_id).name == "花苑"
        assert db.get_one(Unit, home.community_id).name == "社区一"
        assert counted(db) | {"units": 3, "buildings": 1, "households": 1} == counted(db)
    capsys.readouterr()
    for sheet, text in (
        ("units", "name,former_name,kind,above\n甲社,无,社区,街\n"),
        ("buildings", "estate,name,former_name\n花苑,乙楼,无\n"),
    ):
        assert register_kept.read_in(app.settings, folder(tmp_path, sheet, **{sheet: text}), check=False) == 2
        assert f"{sheet}.csv line 2: " in capsys.readouterr().err


MOVABLE = (
    "name,kind,above,grid\n街,街道,,\n甲社,社区,街,\n乙社,社区,街,\n格,网格,甲社,\n苑,小区,格,\n远苑,小区,甲社,格\n"
)
MOVED = "name,kind,above,former_above\n"


def written(settings: Settings, tmp_path: Path, **files: str) -> int:
    return register_kept.read_in(settings, folder(tmp_path, **files), check=False)


def test_a_grid_that_belongs_to_another_community_now_moves_with_all_below_it(
    tmp_path: Path, office: tuple[App, Heard], capsys: pytest.CaptureFixture[str]
) -> None:
    app = office[0]
    doors = "estate,building,room\n苑,1号楼,101\n远苑,1号楼,101\n"
    people = "name,unit,role\n甲,格,网格员\n乙,乙社,社区\n"
    files = {"buildings": "estate,name\n苑,1号楼\n远苑,1号楼\n", "doors": doors, "staff": people}
    assert written(app.settings, tmp_path, units=MOVABLE, **files) == 0
    with app.reading() as db:
        before = {unit.name: unit.id for unit in db.scalars(select(Unit))}
        counts = counted(db)
    capsys.readouterr()
    for line in ("0 new, 1 changed, 0 as before", "0 new, 0 changed, 1 as before"):  # read in again it says the same
        moved = folder(tmp_path, "moved", units=f"{MOVED}格,网格,乙社,甲社\n")
        assert register_kept.read_in(app.settings, moved, check=False) == 0
        out = capsys.readouterr().out
        assert f"units: {line}" in out
        assert ("远苑 is walked by 格 and stays where it is: should it move, too?" in out) == ("1 changed" in line)
    with app.reading() as db:
        units = {unit.name: unit for unit in db.scalars(select(Unit))}
        assert {name: unit.id for name, unit in units.items()} == before
        assert counted(db) == counts
        assert units["格"].parent_id == before["乙社"]
        assert units["苑"].path == f"/{before['街']}/{before['乙社']}/{before['格']}/{before['苑']}/"
        homes = {home.estate_id: home.community_id for home in db.scalars(select(Household))}
        assert homes == {before["苑"]: before["乙社"], before["远苑"]: before["甲社"]}
        seen = [unit.name for unit in streets_of(db).upwards(before["苑"])]
        assert seen == ["苑", "格", "乙社", "街"]
    assert register_kept.write_out(app.settings, tmp_path / "out") == 0
    assert "格,,网格,乙社,," in (tmp_path / "out" / "units.csv").read_text(encoding="utf-8-sig")


def test_an_estate_leaves_its_grid_with_the_house_it_moves_from(tmp_path: Path, office: tuple[App, Heard]) -> None:
    settings = office[0].settings
    assert written(settings, tmp_path, units=MOVABLE + "丙格,网格,乙社,\n") == 0
    assert written(settings, tmp_path, units=f"{MOVED}苑,小区,丙格,格\n远苑,小区,乙社,甲社\n") == 0
    with office[0].reading() as db:
        units = {unit.name: unit for unit in db.scalars(select(Unit))}
        assert units["苑"].grid_id == units["丙格"].id
        assert (
            units["远苑"].grid_id == units["格"].id
        )  # it never stood below that: whoever walks there is said by `grid`


def test_what_moves_makes_room_for_a_namesake_and_may_be_renamed(
    tmp_path: Path, office: tuple[App, Heard], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = office[0].settings
    assert written(settings, tmp_path, units=MOVABLE) == 0
    units = "name,former_name,kind,above,former_above\n格,,网格,甲社,\n二格,格,网格,乙社,甲社\n"
    assert written(settings, tmp_path, units=units) == 0
    assert written(settings, tmp_path, units=units) == 0
    with office[0].reading() as db:
        assert [unit.name for unit in tree_of(db).up(tree_of(db).called("苑")[0])] == ["苑", "二格", "乙社", "街"]
        assert len(tree_of(db).called("甲社/格")) == 1
    capsys.readouterr()
    assert written(settings, tmp_path, units=f"{MOVED}格,网格,乙社,\n") == 0  # nobody says that it moved: a new one
    assert written(settings, tmp_path, units=f"{MOVED}格,网格,乙社,甲社\n") == 0
    assert "look: units.csv line 2: 格 stands there already; that of 甲社 stays" in capsys.readouterr().out


def test_a_community_that_stood_above_everything_is_put_below_a_street(
    tmp_path: Path, office: tuple[App, Heard]
) -> None:
    settings = office[0].settings
    assert written(settings, tmp_path, units="name,kind,above\n社,社区,\n苑,小区,社\n") == 0
    assert written(settings, tmp_path, units=f"{MOVED}街,街道,,\n社,社区,街,/\n") == 0
    with office[0].reading() as db:
        assert [unit.name for unit in tree_of(db).up(tree_of(db).called("苑")[0])] == ["苑", "社", "街"]
        assert tree_of(db).called("社")[0].path.count("/") == 3


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("无,网格,乙社,甲社", "no unit called 无 stands there"),
        ("格,网格,乙社,无", "there is no unit called 无"),
        ("格,网格,街,甲社", "苑 would stand in no community"),
        ("甲社,社区,格,街", "it would stand below itself"),
        ("格,社区,乙社,甲社", "格 is a grid"),
    ],
)
def test_what_cannot_move_so_is_named_and_stays(
    tmp_path: Path, office: tuple[App, Heard], capsys: pytest.CaptureFixture[str], line: str, fault: str
) -> None:
    settings = office[0].settings
    assert written(settings, tmp_path, units=MOVABLE) == 0
    with office[0].reading() as db:
        before = {unit.name: unit.path for unit in db.scalars(select(Unit))}
    assert written(settings, tmp_path, units=f"{MOVED}{line}\n") == 2
    assert f"units.csv line 2: {fault}" in capsys.readouterr().err
    with office[0].reading() as db:
        assert {unit.name: unit.path for unit in db.scalars(select(Unit))} == before


def test_a_number_is_added_to_whoever_had_none(tmp_path: Path, office: tuple[App, Heard]) -> None:
    app, heading = office[0], "name,phone,unit,role\n"
    for number in ("", "13900000001", "13900000001", ""):
        files = folder(tmp_path, units=UNITS, staff=f"{heading}甲,{number},社,社区\n")
        assert register_kept.read_in(app.settings, files, check=False) == 0
    with app.reading() as db:
        row = db.scalars(select(Staff)).one()
        assert app.vault.open(row.phone or "", "staff.phone", row.ref) == "13900000001"


def test_older_spreadsheets_write_chinese_otherwise(tmp_path: Path, office: tuple[App, Heard]) -> None:
    at = folder(tmp_path)
    (at / "units.csv").write_bytes(UNITS.encode("gb18030"))
    assert register_kept.read_in(office[0].settings, at, check=False) == 0
    (at / "units.csv").write_bytes(b"\xff\xfe\x00n")
    assert register_kept.read_in(office[0].settings, at, check=False) == 2


def test_whoever_stands_in_the_file_holds_what_stands_there_and_others_keep_theirs(
    tmp_path: Path, office: tuple[App, Heard], capsys: pytest.CaptureFixture[str]
) -> None:
    app = office[0]

    def after(text: str) -> dict[str, tuple[bool, list[str]]]:
        assert register_kept.read_in(app.settings, folder(tmp_path, units=UNITS, staff=text), check=False) == 0
        with app.reading() as db:
            return {
                app.vault.open(row.name, "staff.name", row.ref): (row.active, sorted(post.role for post in row.posts))
                for row in db.scalars(select(Staff))
            }

    heading = "name,phone,unit,role,active\n"
    assert after(heading + "甲,13900000001,社,社区,\n乙,,街,值班员,是\n") == {
        "甲": (True, ["community"]),
        "乙": (True, ["duty"]),
    }
    assert after(heading + "甲,13900000001,街,街道派单员,\n甲,13900000001,街,管理员,\n") == {
        "甲": (True, ["admin", "dispatcher"]),
        "乙": (True, ["duty"]),
    }
    assert after(heading + "乙,,,,否\n")["乙"] == (False, ["duty"])
    with app.reading() as db:
        noted = changes(db, "register", 9)
        assert noted[0].data == {"units": {"new": 0, "changed": 0}, "staff": {"new": 0, "changed": 1}}
    with app.writing() as db:
        assert phone_accounts.add_staff(db, app.vault, 0) is None
    assert after(heading.replace("unit", "former_phone,unit") + "甲,13900000009,13900000001,社,社区,\n") == {
        "甲": (True, ["community"]),
        "乙": (False, ["duty"]),
    }
    with app.writing() as db:
        assert phone_accounts.add_staff(db, app.vault, 0) is None
        reached = [
            app.vault.open(row.address, "accounts.address", row.ref)
            for row in db.scalars(select(Account).where(Account.staff_id.is_not(None)).order_by(Account.id))
        ]
        assert reached == ["13900000009", "13900000009"], "by SMS and by telephone, at the new number alone"
    known = heading.replace("unit", "former_phone,unit") + "甲,13900000009,13900000001,社,社区,\n"
    capsys.readouterr()
    assert register_kept.read_in(app.settings, folder(tmp_path, staff=known), check=False) == 0
    assert "staff: 0 new, 0 changed, 1 as before" in capsys.readouterr().out
    unknown = known.replace("13900000009,13900000001", "13900000008,13900000001")
    assert register_kept.read_in(app.settings, folder(tmp_path, staff=unknown), check=False) == 2
    assert "nobody called 甲 has had this number" in capsys.readouterr().err
    twice = folder(tmp_path, "twice", staff=heading + "甲,13900000002,社,社区,\n甲,,社,社区,\n")
    (twice / "staff.csv").write_text(heading + "甲,13900000002,社,社区,\n", encoding="utf-8")
    assert register_kept.read_in(app.settings, twice, check=False) == 0
    assert "look: staff.csv line 2: another 甲 with another number works here" in capsys.readouterr().out
    (twice / "staff.csv").write_text(heading + "甲,13900000002,社,社区,\n甲,,社,社区,\n", encoding="utf-8")
    assert register_kept.read_in(app.settings, twice, check=False) == 2
    assert "several people are called 甲" in capsys.readouterr().err


def test_whoever_is_known_behind_a_door_keeps_what_they_gave_themselves(
    tmp_path: Path, office: tuple[App, Heard]
) -> None:
    app = office[0]
    heading = "estate,building,entrance,room,tags,name,phone\n"
    buildings = "estate,name\n苑,1号楼\n"

    def behind(text: str) -> tuple[str | None, list[str]]:
        files = folder(tmp_path, units=UNITS, buildings=buildings, doors=heading + text)
        assert register_kept.read_in(app.settings, files, check=False) == 0
        with app.reading() as db:
            home = db.scalars(select(Household)).one()
            assert db.get_one(Unit, home.community_id).name == "社"
            living = db.scalars(select(Resident).where(Resident.household_id == home.id)).all()
            for row in living:  # found by the number when a message of it comes
                assert households.with_phone(db, app.vault, "13800000001") == row
            assert home.contact_id == (living[0].id if living else None)
            return home.tags, [app.vault.open(row.phone or "", "residents.phone", row.ref) for row in living]

    assert behind("苑,1号楼,1单元,101室,,,\n") == (None, [])
    assert behind("苑,1号楼,1,101,独居,王,13800000001\n") == ("alone", ["13800000001"])
    assert behind("苑,1号楼,1,101,独居 老人,王,13800000002\n") == ("alone elderly", ["13800000001"])


def test_the_sample_takes_no_real_people(
    migrated_url: str, make_settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = make_settings(database_url=migrated_url, sample=True)
    assert seed.run(settings, 1, 1) == 0
    assert register_kept.read_in(settings, EXAMPLE, check=False) == 1
    assert "sample neighbourhood" in capsys.readouterr().err


def test_everything_code_knows_has_a_name_in_the_files() -> None:
    assert words.UNIT_KIND.keys() == {kind.value for kind in UnitKind}
    assert set(FUNCTIONS.values()) <= words.FUNCTION.keys()
    for sheet in register_files.SHEETS:
        for column in sheet.columns.values():
            assert len(set(column.known.values())) == len(column.known)
        text = (EXAMPLE / sheet.file).read_text(encoding="utf-8")
        assert next(csv.reader(io.StringIO(text))) == list(sheet.columns)
