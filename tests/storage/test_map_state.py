"""What a process keeps of the map: as new as the transaction that asks, whoever changed it.

Sabotage that must turn these red: keep the map without asking for the mark; a mark that counts up instead of being a
new word (a rolled-back change); no mark for what passes by the flush; a mark for every message of a group.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, delete, event, insert, update
from sqlalchemy.orm import Session

from bot.transactions import read_session, write_session
from storage import map_state
from storage.conflict import on_conflict_do_nothing
from storage.listening import Landmark
from storage.office import Entry, write_answers
from storage.people import Building, Group, Post, Staff, Unit
from storage.streets import streets_of
from storage.tickets import Desk

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
RENAME = """
import sys
from bot.transactions import write_session
from storage.engine import open_engine
from storage.people import Unit
with write_session(open_engine(sys.argv[1])) as db:
    db.get_one(Unit, 1).name = "桃园"
"""


@pytest.fixture
def town(engine: Engine) -> Engine:
    """An estate with a building, a desk, a group, and somebody who works there."""
    with write_session(engine) as db:
        db.add(Unit(id=1, kind="estate", name="梧桐里", path="/1/"))
        db.flush()
        db.add(Building(id=1, estate_id=1, name="1号楼"))
        db.add(Staff(id=1, name="sealed", active=True))
        db.add(Group(id=1, door="memory:a", chat="one", name="one"))
        db.flush()
    return engine


def name_of(db: Session) -> str:
    unit = streets_of(db).unit(1)
    assert unit is not None
    return unit.name


def seen(engine: Engine) -> str:
    with read_session(engine) as db:
        return name_of(db)


@pytest.fixture
def looks(town: Engine) -> Iterator[list[str]]:
    """The statements that read units."""
    said: list[str] = []

    def note(connection: object, cursor: object, statement: str, *more: object) -> None:
        if "FROM units" in statement:
            said.append(statement)

    event.listen(town, "before_cursor_execute", note)
    yield said
    event.remove(town, "before_cursor_execute", note)


def test_a_process_reads_the_map_once(town: Engine, looks: list[str]) -> None:
    assert [seen(town) for _ in range(3)] == ["梧桐里"] * 3
    assert len(looks) == 1


def test_what_another_process_changed_is_seen_by_the_next_transaction(town: Engine, database_url: str) -> None:
    assert seen(town) == "梧桐里"
    subprocess.run([sys.executable, "-c", RENAME, database_url], check=True)
    assert seen(town) == "桃园"


def test_a_transaction_sees_its_own_change_and_nobody_sees_what_is_rolled_back(town: Engine) -> None:
    with write_session(town) as db:
        assert name_of(db) == "梧桐里"
        inner = db.begin_nested()
        db.get_one(Unit, 1).name = "桃园"
        assert name_of(db) == "梧桐里"  # not written yet
        db.flush()
        assert name_of(db) == "桃园"
        inner.rollback()
        assert name_of(db) == "梧桐里"
        db.get_one(Unit, 1).name = "荷花里"
        db.flush()
        assert name_of(db) == "荷花里"
        db.rollback()
    assert seen(town) == "梧桐里"
    with write_session(town) as db:
        db.get_one(Unit, 1).name = "柳园"
    assert seen(town) == "柳园"


def test_whoever_began_before_a_change_goes_on_as_before(sqlite_url: str, open_url: Callable[[str], Engine]) -> None:
    """On SQLite a reader keeps its snapshot; what it reads late must not be kept for those who come after."""
    engine = open_url(sqlite_url)
    with write_session(engine) as db:
        db.add(Unit(id=1, kind="estate", name="梧桐里", path="/1/"))
    with read_session(engine) as before:
        map_state.state(before)
        with write_session(engine) as db:
            db.get_one(Unit, 1).name = "桃园"
        assert seen(engine) == "桃园"
        assert name_of(before) == "梧桐里"
        assert seen(engine) == "桃园"


def _landmark(db: Session) -> None:
    db.add(Landmark(unit_id=1, name="三角地", added_at=AT))


def _answered(db: Session) -> None:
    write_answers(db, [Entry(None, "老年卡怎么办", (), "带身份证。", "民政办", None)], AT)


def _unanswered(db: Session) -> None:
    write_answers(db, [], AT, replace=True)


def _desk(db: Session) -> None:
    db.add(Desk(unit_id=1, area="*", category="*", desk_kind="grid"))


def _bulk(db: Session) -> None:
    db.execute(update(Building).values(nicknames="头一栋"))


def _gone(db: Session) -> None:
    db.execute(delete(Landmark))


def _past_the_session(db: Session) -> None:
    db.execute(insert(Building), [{"id": 2, "estate_id": 1, "name": "2号楼"}])


def _heard_first(db: Session) -> None:
    row = {"id": 2, "door": "memory:a", "chat": "two", "name": "two"}
    db.execute(on_conflict_do_nothing(db, Group, "door", "chat").values([row]))


def _bound(db: Session) -> None:
    db.get_one(Group, 1).unit_id = 1


def _posted(db: Session) -> None:
    db.add(Post(staff_id=1, unit_id=1, role="grid_worker"))


def _left(db: Session) -> None:
    db.get_one(Staff, 1).active = False


def test_every_change_of_the_map_is_marked(town: Engine) -> None:
    marks = []
    acts = (_landmark, _desk, _bulk, _gone, _past_the_session, _heard_first, _bound, _posted, _left)
    for act in (*acts, _answered, _unanswered):
        with write_session(town) as db:
            act(db)
        with read_session(town) as db:
            marks.append(map_state.state(db))
    assert None not in marks
    assert len(set(marks)) == len(acts) + 2, marks


def test_what_the_map_does_not_show_is_not_marked(town: Engine) -> None:
    with write_session(town) as db:
        before = map_state.state(db)
    with write_session(town) as db:
        db.get_one(Group, 1).muted_until = AT
        db.get_one(Staff, 1).name = "sealed again"
        db.get_one(Unit, 1).name = "梧桐里"
    with read_session(town) as db:
        assert map_state.state(db) == before


def test_a_database_without_the_mark_gets_one_from_whoever_writes_first(
    engine: Engine, looks: list[str], town: Engine
) -> None:
    with write_session(engine) as db:
        db.connection().exec_driver_sql("DELETE FROM marks")
    assert [seen(engine), seen(engine)] == ["梧桐里"] * 2
    assert len(looks) == 2  # nothing is kept under no name
    with write_session(engine) as db:
        name_of(db)
    looks.clear()
    assert seen(engine) == "梧桐里"
    assert not looks
