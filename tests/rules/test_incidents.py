"""Are two problems told in different chats one? A table of what people tell, and a few facts by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.rules.incidents import Bond, Known, Near, Told, decide, place_of
from handlers.rules.subjects import apart, subjects_of
from nlp.normalise import fold

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STREET, COMMUNITY, HERE, BESIDE, FAR = "/1/", "/1/2/", "/1/2/5/", "/1/2/6/", "/1/3/7/"
SAME, MAYBE, NONE = Bond.SAME, Bond.MAYBE, None


def told(category: str, words: str, *places: str, urgency: str = "urgent", path: str = HERE, chat: int = 1) -> Told:
    return Told(
        category=category,
        urgency=urgency,
        places=places,
        subjects=subjects_of(fold(words)),
        path=path,
        estate=path.count("/") == 4,
        chat=chat,
    )


def bond(new: Told, old: Told, *, minutes: int = 10, groups: int = 1, shared: int = 1) -> Bond | None:
    found = decide(replace(new, chat=2), Known(old, minutes * MINUTE, groups, shared, urgency=old.urgency))
    return found.bond if found is not None else None


DRY = told("utilities", "三号楼停水了", "三号楼")
DARK = told("utilities", "停电了，跳闸了")
LIFT = told("building", "五号楼电梯坏了", "五号楼")
GAS = told("utilities", "好重的煤气味", "三号楼", urgency="emergency")
FIRE = told("fire_safety", "三号楼着火了", "三号楼", urgency="emergency")
STINK = told("fumes", "油烟呛死人", "2号楼", urgency="ordinary")
DRUMS = told("noise", "广场舞吵死了", "东门", urgency="ordinary")
LAMP = told("road_facility", "路灯不亮", "东门", urgency="ordinary")
SEWER = told("drainage", "污水倒灌", "6号楼", urgency="ordinary")
CAR = told("parking", "车堵门口", "2号楼", urgency="ordinary")
QUARREL = told("dispute", "楼上楼下吵架", "2号楼", urgency="ordinary")


@pytest.mark.parametrize(
    ("new", "old", "more", "expected"),
    [
        # an outage is one over the estate, while it lasts
        (replace(DRY, places=("五号楼",)), DRY, {}, SAME),
        (replace(DRY, places=()), DRY, {"minutes": 170}, SAME),
        (replace(DRY, places=("五号楼",)), DRY, {"minutes": 200}, NONE),
        (DRY, DRY, {"minutes": 200}, MAYBE),
        (DARK, DRY, {}, NONE),
        # over the wall only when several groups tell it
        (replace(DRY, path=BESIDE), DRY, {}, MAYBE),
        (replace(DRY, path=BESIDE), DRY, {"groups": 2}, SAME),
        (replace(DRY, path=FAR), DRY, {"groups": 2}, MAYBE),
        (replace(DRY, path=FAR), DRY, {"groups": 3}, SAME),
        (replace(DRY, path="/9/8/7/"), DRY, {"groups": 9}, NONE),
        (replace(LIFT, path=BESIDE), LIFT, {"groups": 9, "shared": 9}, NONE),
        (replace(STINK, path=BESIDE), STINK, {"groups": 9, "shared": 9}, NONE),
        # known only as wide as a community: never by itself
        (replace(DRY, path=COMMUNITY, estate=False, places=()), DRY, {"groups": 5}, MAYBE),
        # the same thing at the same spot
        (LIFT, LIFT, {"minutes": 23 * 60}, SAME),
        (LIFT, LIFT, {"minutes": 25 * 60}, MAYBE),
        (LIFT, LIFT, {"minutes": 8 * 24 * 60}, NONE),
        (replace(LIFT, places=("8号楼",)), LIFT, {"shared": 5}, NONE),
        (replace(LIFT, places=("5号楼", "2单元")), replace(LIFT, places=("五号楼", "1单元")), {"shared": 5}, NONE),
        (told("building", "门禁坏了", "5号楼"), LIFT, {"shared": 5}, NONE),
        (replace(LIFT, subjects=frozenset()), LIFT, {"shared": 2}, SAME),
        (replace(LIFT, subjects=frozenset()), LIFT, {"shared": 1}, MAYBE),
        (replace(LIFT, places=()), LIFT, {}, MAYBE),
        (LAMP, LAMP, {"minutes": 600}, SAME),
        (replace(LAMP, places=("西门",)), LAMP, {}, MAYBE),
        (CAR, CAR, {"minutes": 110}, SAME),
        (CAR, CAR, {"minutes": 150}, NONE),
        # what spreads
        (STINK, STINK, {"minutes": 50}, SAME),
        (STINK, STINK, {"minutes": 70}, MAYBE),
        (replace(STINK, places=("2号楼", "7楼")), replace(STINK, places=("2号楼", "3楼")), {}, SAME),
        (replace(DRUMS, places=()), DRUMS, {}, SAME),
        (replace(DRUMS, places=()), DRUMS, {"shared": 0}, MAYBE),
        (told("noise", "狗叫一夜", "东门"), DRUMS, {"shared": 3}, NONE),
        (replace(SEWER, places=("9号楼",)), SEWER, {"shared": 1}, NONE),
        # emergencies
        (FIRE, FIRE, {}, SAME),
        (FIRE, FIRE, {"minutes": 40}, MAYBE),
        (replace(FIRE, places=("五号楼",)), FIRE, {}, NONE),
        (replace(FIRE, places=()), FIRE, {}, MAYBE),
        (GAS, told("utilities", "灶打不着火没气", "三号楼"), {}, MAYBE),
        (GAS, told("fumes", "一股怪味", "三号楼"), {"shared": 4}, NONE),
        (told("utilities", "没气了", "三号楼"), GAS, {}, SAME),
        # people
        (QUARREL, QUARREL, {"shared": 5}, MAYBE),
        (replace(QUARREL, places=()), QUARREL, {"shared": 5}, NONE),
        # another name for it is never merged by itself
        (told("drainage", "楼道积水", "三号楼"), told("utilities", "水管漏了", "三号楼"), {"shared": 4}, NONE),
        (told("drainage", "楼道都是水", "三号楼"), told("utilities", "管子爆了", "三号楼"), {"shared": 4}, MAYBE),
    ],
)
def test_one_or_two(new: Told, old: Told, more: dict[str, int], expected: Bond | None) -> None:
    assert bond(new, old, **more) is expected


@pytest.mark.parametrize("change", [{"confidential": True}, {"kind": "tipoff"}, {"kind": "advice"}])
def test_what_is_confidential_or_no_report_is_compared_with_nothing(change: dict[str, object]) -> None:
    assert bond(replace(DRY, **change), DRY) is None  # type: ignore[arg-type]
    assert bond(DRY, replace(DRY, **change)) is None  # type: ignore[arg-type]


def test_within_one_chat_it_was_decided_already() -> None:
    known = Known(LIFT, 10 * MINUTE, shared=3, urgency="urgent")
    assert decide(LIFT, known) is None
    late = decide(LIFT, replace(known, quiet=5 * HOUR))
    assert late is not None
    assert late.bond is SAME
    own = decide(replace(LIFT, chat=None), replace(known, told=replace(LIFT, chat=None), mine=True))
    assert own is not None


def test_the_reasons_name_no_word_of_anybody() -> None:
    found = decide(replace(DRY, chat=2, places=("五号楼",)), Known(DRY, 20 * MINUTE, 2, 3, urgency="urgent"))
    assert found is not None
    expected = ("category:utilities", "subject:water", "place:beside", "words:3", "minutes:20", "groups:2")
    assert found.because == expected


def test_nearer_and_surer_comes_first() -> None:
    def rank(new: Told, old: Told) -> int:
        found = decide(replace(new, chat=2), Known(old, 10 * MINUTE, urgency=old.urgency))
        assert found is not None
        return found.rank

    ranks = [rank(DRY, old) for old in (DRY, replace(DRY, places=("五号楼",)), replace(DRY, path=BESIDE))]
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        (("3号楼",), ("三栋",), Near.SPOT),
        (("3号楼", "2单元"), ("3号楼", "1单元"), Near.INSIDE),
        (("3号楼",), ("5号楼",), Near.BESIDE),
        (("3号楼",), (), Near.ESTATE),
        (("东门",), ("东门",), Near.SPOT),
        (("东门",), ("西门",), Near.ESTATE),
        (("3到5号楼",), ("4单元",), Near.ESTATE),
    ],
)
def test_places(one: tuple[str, ...], other: tuple[str, ...], near: Near) -> None:
    new, old = replace(DRY, places=one), replace(DRY, places=other)
    assert place_of(new, old) is near
    assert place_of(old, new) is near


def test_the_building_of_the_group_counts_where_nobody_names_one() -> None:
    bare = replace(DRY, places=())
    assert place_of(replace(bare, building=3), replace(bare, building=3)) is Near.SPOT
    assert place_of(replace(bare, building=3), replace(bare, building=5)) is Near.BESIDE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("我屋头一滴水都没得", "楼上电都跳了"),
        ("梯又停咗", "门禁刷不开"),
        ("隔壁装修敲墙", "楼下广场舞"),
        ("狗屎没人捡", "老鼠到处跑"),
        ("暖气片冰凉", "宽带断网"),
    ],
)
def test_different_things_are_told_apart(one: str, other: str) -> None:
    assert apart(subjects_of(fold(one)), subjects_of(fold(other)))
    assert not apart(subjects_of(fold(one)), subjects_of(fold(one)))
