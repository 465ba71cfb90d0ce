"""The corp's members are read and bound to the staff of the same name, over real HTTP, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select, text

from bot import findings, staff, staff_bind
from bot.channels.base import TryLater
from bot.channels.wecom_contacts import Member, members
from bot.platforms.wecom_contacts import Department
from bot.platforms.wecom_contacts import Member as Colleague
from bot.receive import Intake
from bot.setting_values import SettingError
from bot.settings import Settings
from bot.staff_bind import NOBODY, SEVERAL, TAKEN, Pair
from bot.transactions import write_connection
from bot.wiring import App, build
from handlers.message import Incoming
from storage import directory, schema
from storage.base import new_ref
from storage.people import Account, Staff
from tests.channels.wecom import DOOR, Office, office, platform, taken_in
from tests.doors import wecom_settings

COLLEAGUES = (
    Colleague("ZhangSan", "张三", [2]),
    Colleague("lisi", "李四", [3]),
    Colleague("wangwei1", "王伟", [2]),
    Colleague("wangwei2", "王伟", [3]),
    Colleague("zhaoliu", "赵六", [3, 2]),
    Colleague("hidden", "孙七", [2], visible=False),
)
DEPARTMENTS = (Department(2, "第一网格"), Department(3, "第二网格", 2))


@pytest.fixture
def corp() -> Iterator[Office]:
    with office(members=COLLEAGUES, departments=DEPARTMENTS) as made:
        yield made


@dataclass
class Deployment:
    """A program whose WeCom is the simulator, and its staff by name."""

    app: App
    settings: Settings
    staff: dict[str, int] = field(default_factory=dict)

    def hires(self, *names: str) -> None:
        for name in names:
            with self.app.writing() as db:
                ref = new_ref()
                row = Staff(ref=ref, name=self.app.vault.seal(name, "staff.name", ref))
                db.add(row)
                db.flush()
                self.staff.setdefault(name, row.id)

    def bound(self) -> dict[str, str]:
        """Address of each account at the door, by the name of who it is bound to."""
        with self.app.reading() as db:
            rows = db.scalars(select(Account).where(Account.door == DOOR, Account.follows, Account.staff_id > 0))
            return {
                directory.name_of(self.app.vault, db.get_one(Staff, row.staff_id)): self.app.vault.open(
                    row.address, "accounts.address", row.ref
                )
                for row in rows
            }

    def hears(self, incoming: Incoming) -> None:
        Intake(self.app).take_now(incoming)


@pytest.fixture
def here(make_settings: Callable[..., Settings], database_url: str, corp: Office) -> Iterator[Deployment]:
    settings = make_settings(database_url=database_url, **wecom_settings(corp.corp.client.base))
    app = build(settings)
    yield Deployment(app, settings)
    app.close()


# --- reading --------------------------------------------------------------------------------------------------------


def test_everybody_in_the_range_is_listed_once(corp: Office) -> None:
    assert corp.app.api is not None
    assert members(corp.app.api) == [
        Member("lisi", "李四"),
        Member("wangwei1", "王伟"),
        Member("wangwei2", "王伟"),
        Member("ZhangSan", "张三"),
        Member("zhaoliu", "赵六"),
    ]


def test_a_list_that_cannot_be_read(corp: Office) -> None:
    assert corp.app.api is not None
    corp.on("busy", path="/cgi-bin/user/simplelist")
    with pytest.raises(TryLater):
        members(corp.app.api)


# --- binding --------------------------------------------------------------------------------------------------------


def test_only_a_name_that_is_unique_on_both_sides_is_bound(here: Deployment, corp: Office) -> None:
    here.hires("张三", "李四", "李四", "王伟", "孙七")
    assert corp.app.api is not None
    found = members(corp.app.api)
    pairs = staff_bind.plan(here.app, DOOR, found)
    assert [(pair.name, pair.member and pair.member.userid, pair.why_not) for pair in pairs] == [
        ("张三", "ZhangSan", ""),
        ("李四", None, SEVERAL),
        ("李四", None, SEVERAL),
        ("王伟", None, SEVERAL),
        ("孙七", None, NOBODY),
    ]
    assert here.bound() == {}
    assert staff_bind.bind(here.app, DOOR, found) == pairs
    assert here.bound() == {"张三": "ZhangSan"}
    assert [pair.name for pair in staff_bind.plan(here.app, DOOR, found)] == ["李四", "李四", "王伟", "孙七"]


def test_an_account_that_was_heard_before_is_bound_and_not_doubled(here: Deployment) -> None:
    here.hires("张三")
    here.hears(taken_in(platform.event("ZhangSan", "enter_agent")))
    staff_bind.bind(here.app, DOOR, [Member("ZhangSan", "张三")])
    assert here.bound() == {"张三": "ZhangSan"}
    here.hears(taken_in(platform.message("ZhangSan", "text", Content="待办")))
    with here.app.reading() as db:
        assert len(db.scalars(select(Account).where(Account.door == DOOR)).all()) == 1


def test_an_account_of_somebody_else_is_left_alone(here: Deployment) -> None:
    here.hires("张三")
    staff_bind.bind(here.app, DOOR, [Member("ZhangSan", "张三")])
    here.hires("张三丰")
    renamed = [Member("ZhangSan", "张三丰")]
    assert staff_bind.bind(here.app, DOOR, renamed) == [Pair(here.staff["张三丰"], "张三丰", None, TAKEN)]
    assert here.bound() == {"张三": "ZhangSan"}


def test_whoever_left_the_staff_is_not_bound(here: Deployment) -> None:
    here.hires("张三")
    with here.app.writing() as db:
        db.get_one(Staff, here.staff["张三"]).active = False
    assert staff_bind.bind(here.app, DOOR, [Member("ZhangSan", "张三")]) == []


# --- who leaves -----------------------------------------------------------------------------------------------------


def test_a_deleted_member_is_nobody_on_the_staff_any_more(here: Deployment) -> None:
    """Whoever is given the same user id later must not find themselves with the rights of the one before."""
    here.hires("张三")
    staff_bind.bind(here.app, DOOR, [Member("ZhangSan", "张三")])
    here.hears(taken_in(platform.event("sys", "change_contact", ChangeType="delete_user", UserID="ZhangSan")))
    here.hears(taken_in(platform.message("ZhangSan", "text", Content="待办")))
    assert here.bound() == {}


def test_whoever_goes_out_of_the_range_comes_back_as_they_were(here: Deployment) -> None:
    here.hires("张三")
    staff_bind.bind(here.app, DOOR, [Member("ZhangSan", "张三")])
    here.hears(taken_in(platform.event("ZhangSan", "unsubscribe", EventKey="")))
    assert here.bound() == {}
    here.hears(taken_in(platform.event("ZhangSan", "subscribe", EventKey="")))
    assert here.bound() == {"张三": "ZhangSan"}


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command_shows_first_and_binds_with_yes(
    here: Deployment, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    here.hires("张三", "王伟")
    assert staff_bind.run(here.settings, yes=False) == 0
    said = capsys.readouterr().out
    assert "张三  ZhangSan" in said
    assert "1 would be bound" in said
    assert "王伟  - the name is not unique" in said
    assert here.bound() == {}
    assert staff_bind.run(here.settings, yes=True) == 0
    assert "1 bound\n1 left" in capsys.readouterr().out
    assert here.bound() == {"张三": "ZhangSan"}
    assert "张三" not in caplog.text


def test_the_command_without_a_door_or_a_platform(
    here: Deployment, corp: Office, make_settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SettingError, match="not set up"):
        staff_bind.run(make_settings(database_url=here.settings.database_url), yes=True)
    corp.on("busy")
    assert staff_bind.run(here.settings, yes=True) == 1
    assert "could not be read" in capsys.readouterr().err


def test_the_doctor_counts_whom_no_card_reaches(here: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    def says() -> list[str]:
        found = findings.look_at_database(here.settings, here.app.engine)
        return [one.says for one in found if one.subject == "staff"]

    with write_connection(here.app.engine) as connection:  # the doctor looks into this version's schema only
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": schema.head()})
    assert says() == []
    here.hires("张三", "李四")
    assert says() == ["2 have no account that reaches them"]
    staff_bind.bind(here.app, DOOR, [Member("ZhangSan", "张三"), Member("lisi", "李四")])
    assert says() == []
    here.hears(taken_in(platform.event("lisi", "unsubscribe", EventKey="")))
    assert says() == ["1 have no account that reaches them"]
    assert staff.show(here.settings) == 0
    counted = [line.split()[-2:] for line in capsys.readouterr().out.splitlines()]
    assert counted == [["1", "account(s)"], ["0", "account(s)"]]
