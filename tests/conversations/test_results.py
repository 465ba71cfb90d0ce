"""结果公示: the secretary sees on the first of the month what the groups will be told, and lets it go."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from PIL import Image
from sqlalchemy import select

from bot import clock, results, results_picture
from bot.scratch import DOOR
from handlers.rules.deadlines import LOCAL
from storage import directory
from storage.media import Media
from storage.notice_people import Publication
from storage.people import Group, Post, Role, Unit
from tests.conversations.stage import ESTATE, RESIDENTS, Stage, to

FIRST = datetime(2026, 4, 1, 9, 0, tzinfo=LOCAL)


def first_of_april(town: Stage) -> list[tuple[str, str]]:
    """Time runs to the first; the clock counts, draws and asks."""
    results.keep(town.app)
    clock.walk(town.app, FIRST)
    results.keep(town.app)
    return [(who, text) for who, text in town.wait(seconds=0) if "公示" in text or ESTATE in text]


@pytest.fixture
def march(town: Stage) -> Stage:
    """One lamp mended, one lift open, one tip-off, one thing taken back."""
    town.say("王阿姨", "3号楼门口的路灯不亮了", RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 灯泡已换")
    town.say("王阿姨", "好了，谢谢")
    town.wait(hours=1)
    town.say("老周", "5号楼电梯坏了，按了没反应", RESIDENTS)
    town.wait(hours=1)
    town.say("李婶", "我要举报楼下饭店夜里偷倒泔水")
    town.wait(hours=1)
    town.say("李婶", "2号楼楼道里堆满纸箱", RESIDENTS)
    town.say("李婶", "没事了", RESIDENTS)
    return town


def test_the_month_in_one_line_and_one_picture(march: Stage) -> None:
    asked = to(first_of_april(march), "周书记")
    assert asked[0].startswith("梧桐社区3 月的结果公示拟好了，共 1 个群")
    line = f"{ESTATE} 3 月报事 2 件，办好 1 件，还在办 1 件（等人接手 1）。谢谢大家看见了说一声。"
    assert asked[1] == f"【{RESIDENTS}】{line}"
    assert not any(who == RESIDENTS for who, _ in march.wait(days=1))  # nothing goes before somebody says yes
    said = march.say("周书记", "确认公示")
    assert to(said, RESIDENTS) == [line]
    assert to(said, "周书记") == ["好，1 个群的结果公示发出去了。"]
    assert [message.media_ref for message in march.heard if message.chat == RESIDENTS][-1] is not None
    assert to(march.say("周书记", "确认公示"), "周书记")[0].startswith("现在没有等您确认的结果公示")


def test_the_picture_is_a_picture_and_names_nobody(march: Stage) -> None:
    first_of_april(march)
    with march.app.reading() as db:
        row = db.scalars(select(Publication)).one()
        picture = db.get_one(Media, row.picture_id)
        assert row.figures["about"] == {"road_facility": 1, "building": 1}
    with Image.open(io.BytesIO(picture.bytes)) as image:
        assert image.format == "PNG"
        assert image.width == results_picture.WIDTH
        assert len(image.convert("L").getcolors() or range(256)) > 10  # something is written on it


def test_a_secretary_keeps_a_group_out_and_is_reminded_once(march: Stage) -> None:
    first_of_april(march)
    reminded = [text for who, text in march.wait(days=10) if who == "周书记" and "结果公示还没确认" in text]
    assert len(reminded) == 1
    assert RESIDENTS in to(march.say("周书记", "不公示"), "周书记")[0]
    assert to(march.say("周书记", f"不公示 {RESIDENTS}"), "周书记") == [f"好，{RESIDENTS}这个月不发公示了。"]
    assert to(march.say("周书记", "确认公示"), RESIDENTS) == []


def test_a_group_s_name_is_known_however_it_is_typed(march: Stage) -> None:
    first_of_april(march)
    with march.app.writing() as db:
        db.scalars(select(Group).where(Group.chat == RESIDENTS)).one().name = "梧桐里（１）群A"
    assert to(march.say("周书记", "不公示 梧桐里(1)群a"), "周书记") == ["好，梧桐里（１）群A这个月不发公示了。"]


def test_a_group_that_is_only_listened_to_since_then_is_told_nothing(march: Stage) -> None:
    first_of_april(march)
    with march.app.writing() as db:
        db.scalars(select(Group).where(Group.chat == RESIDENTS)).one().mode = "shadow"
    assert [who for who, _ in march.say("周书记", "确认公示")] == ["周书记"]
    assert to(march.say("周书记", "公示"), "周书记")[0].startswith("现在没有等您确认的结果公示")


def test_no_group_is_woken_for_it(march: Stage) -> None:
    first_of_april(march)
    march.wait(hours=13)
    asked = march.say("周书记", "确认公示")
    assert asked == [("周书记", "夜里不往群里发，免得吵人。07:30 以后再回一次「确认公示」。")]
    march.wait(hours=10)
    assert len(to(march.say("周书记", "确认公示"), RESIDENTS)) == 1


def test_nothing_to_tell_and_a_group_that_is_only_listened_to(town: Stage) -> None:
    assert to(first_of_april(town), "周书记") == []  # a month without a report
    with town.app.writing() as db:
        db.scalars(select(Group).where(Group.chat == RESIDENTS)).one().mode = "shadow"
    town.say("王阿姨", "3号楼门口的路灯不亮了")
    clock.walk(town.app, datetime(2026, 5, 1, 9, 0, tzinfo=LOCAL))
    results.keep(town.app)
    with town.app.reading() as db:
        assert db.scalars(select(Publication)).all() == []


def test_two_clocks_ask_once(march: Stage) -> None:
    results.keep(march.app)
    clock.walk(march.app, FIRST)
    with march.app.reading() as db:
        row_id = db.scalars(select(Publication.id)).one()
    assert results._draw_one(march.app)
    with march.app.writing() as db:
        results._drawn(march.app, db, row_id, None)  # the other clock had drawn it at the same time
    assert len([text for text in to(march.wait(seconds=0), "周书记") if "结果公示拟好了" in text]) == 1


def test_a_host_without_a_font_tells_the_line_alone(march: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results_picture, "PLACES", ())
    first_of_april(march)
    said = march.say("周书记", "确认公示")
    assert len(to(said, RESIDENTS)) == 1
    assert march.heard[-1].media_ref is None


@pytest.mark.parametrize("word", ["确认公示", "公示", "不公示 某群"])
def test_a_resident_and_a_grid_worker_decide_nothing(march: Stage, word: str) -> None:
    first_of_april(march)
    for who in ("王阿姨", "小赵"):
        assert to(march.say(who, word), RESIDENTS) == []
    with march.app.reading() as db:
        assert db.scalars(select(Publication.state)).all() == ["waiting"]


def test_a_whole_street_is_shown_community_by_community_in_messages_that_arrive_whole(march: Stage) -> None:
    first_of_april(march)
    with march.app.writing() as db:
        row = db.scalars(select(Publication)).one()
        home = db.get_one(Unit, row.unit_id)
        other = Unit(kind="community", name="荷花社区", parent_id=home.parent_id, path="/")
        db.add(other)
        db.flush()
        other.path = f"{home.path.rsplit('/', 2)[0]}/{other.id}/"
        zhou = next(
            one for one in directory.staff_of(db, home.id) if directory.name_of(march.app.vault, one) == "周书记"
        )
        db.add(Post(staff_id=zhou.id, unit_id=other.id, role=Role.COMMUNITY))
        for number in range(24):
            unit = home if number < 20 else other
            group = Group(door=DOOR, chat=f"more{number}", name=f"{number} 号院群", unit_id=home.id, mode="direct")
            db.add(group)
            db.flush()
            copied = {"month": row.month, "figures": row.figures, "made_at": row.made_at}
            db.add(Publication(unit_id=unit.id, group_id=group.id, **copied))
    said = to(march.say("周书记", "公示"), "周书记")
    assert [text.partition("：")[0] for text in said[:-1]] == ["梧桐社区", "梧桐社区", "荷花社区"]
    assert all(len(text.encode()) <= 2048 for text in said)
    assert sum(text.count("号院群】") for text in said) == 24
    assert said[-1].startswith("一共 2 个社区，还有 25 个群没确认。都对就回「确认公示」")
