"""`menkou groups`: shown, bound, switched, and what is refused with one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from bot import groups_kept
from bot.policy_file import policy_of
from bot.settings import SettingError, Settings
from bot.wiring import App, build
from storage.listening import Change
from storage.people import Building, Group, Unit


@pytest.fixture
def site(make_settings: Callable[..., Settings], sqlite_url: str) -> Iterator[App]:
    app = build(make_settings(database_url=sqlite_url))
    with app.writing() as db:
        db.add(Unit(id=1, kind="community", name="梧桐社区", path="/1/"))
        db.flush()
        db.add(Unit(id=2, kind="estate", name="梧桐里小区", nicknames="梧桐里", path="/1/2/", parent_id=1))
        db.flush()
        db.add(Building(estate_id=2, name="3号楼"))
        db.add(Group(id=7, door="memory:x", chat="c", name="业主群"))
    yield app
    app.close()


def group(app: App) -> Group:
    with app.reading() as db:
        return db.get_one(Group, 7)


def test_a_group_is_shown_bound_and_switched(site: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert groups_kept.show(site.settings) == 0
    assert "review   memory:x  业主群  bound to nothing" in capsys.readouterr().out
    assert groups_kept.bind(site.settings, 7, "梧桐里", "3号楼", staff=False) == 0
    assert (group(site).unit_id, group(site).place) == (2, "梧桐里小区3号楼")
    assert groups_kept.switch(site.settings, 7, "shadow") == 0
    assert "先审后说 → 影子" in capsys.readouterr().out
    assert groups_kept.switch(site.settings, 7, "shadow") == 0
    assert groups_kept.review_list(site.settings, "梧桐社区", True) == 0
    with site.reading() as db:
        done = db.scalars(select(Change).order_by(Change.id)).all()
        assert db.get_one(Unit, 1).review_list is True
    assert [(change.kind, change.staff_id) for change in done] == [
        ("bound", None),
        ("mode", None),
        ("review_list", None),
    ]


def test_a_work_group_is_made_by_the_operator(site: App) -> None:
    assert groups_kept.bind(site.settings, 7, "梧桐社区", None, staff=True) == 0
    assert group(site).kind == "staff"
    assert groups_kept.switch(site.settings, 7, "direct") == 1


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda settings: groups_kept.switch(settings, 8, "direct"), "no group has the id 8"),
        (lambda settings: groups_kept.switch(settings, 7, "direct"), "bound to nothing yet"),
        (lambda settings: groups_kept.bind(settings, 7, "月亮湾", None, staff=False), "no unit is called"),
        (lambda settings: groups_kept.bind(settings, 7, "梧桐里", "9号楼", staff=False), "has no building"),
        (lambda settings: groups_kept.review_list(settings, "梧桐里", True), "stand on the list of"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    site: App, act: Callable[[Settings], int], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert act(site.settings) == 1
    assert sentence in capsys.readouterr().err
    assert group(site).mode == "review"
    with site.reading() as db:
        assert db.scalars(select(Change)).all() == []


def test_the_clock_follows_the_settings(make_settings: Callable[..., Settings]) -> None:
    given = {"MENKOU_REVIEW_HOURS": "2", "MENKOU_REVIEW_LIST_AT": "20:30", "MENKOU_REVIEW_LIST_ROLE": "grid_lead"}
    policy = policy_of(Settings.from_env(given | {"MENKOU_DATA": str(make_settings().data)}))
    assert (policy.review.total_seconds(), f"{policy.list_at:%H:%M}", policy.list_role) == (7200, "20:30", "grid_lead")


@pytest.mark.parametrize(
    ("name", "value"),
    [("MENKOU_REVIEW_HOURS", "13"), ("MENKOU_REVIEW_LIST_AT", "9pm"), ("MENKOU_REVIEW_LIST_AT", "24:00"),
     ("MENKOU_REVIEW_LIST_ROLE", "resident")],
)  # fmt: skip
def test_a_setting_that_cannot_work_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        Settings.from_env({name: value})
