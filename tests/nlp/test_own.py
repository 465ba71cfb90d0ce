"""A deployment's own words over the lexicon: seen at once, gone without a trace, and never a different meaning."""

from __future__ import annotations

import pytest

from nlp import own, segment
from nlp.lexicon import lexicon
from nlp.own import Entry
from nlp.reading import ReadingContext, read


def test_a_word_in_a_group_is_found_with_its_group() -> None:
    before = read("咱楼那个猫头鹰又歇菜了三天没人管").category
    own.use([Entry("猫头鹰", "building!")])
    after = read("咱楼那个猫头鹰又歇菜了三天没人管")
    assert after.category == "building"
    assert before != "building"
    assert any("猫头鹰" in why for why in after.because)


def test_a_clear_category_outweighs_a_word_of_ones_own() -> None:
    own.use([Entry("猫头鹰", "building!")])
    assert read("猫头鹰超市门口垃圾桶满了没人清，臭死了").category == "sanitation"


def test_a_shipped_word_can_be_taken_out_of_its_group() -> None:
    assert "drainage" in lexicon().words["下水道"]
    own.use([Entry("下水道", "drainage", removes=True)])
    assert "下水道" not in lexicon().words
    own.use([])
    assert "drainage" in lexicon().words["下水道"]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("３号楼升降机关人了，快来人", "３号楼"),
        ("升降机里有人被困住了 3 号楼", "3 号楼"),
        ("快点，升降机关人了！就在 3 号楼东门", "3 号楼"),
    ],
)
def test_a_synonym_is_read_as_the_word_by_every_rule_and_the_place_stays_as_typed(said: str, place: str) -> None:
    own.use([Entry("升降机", "=电梯"), Entry("关人", "=困人")])
    reading = read(said)
    assert reading.urgency == "emergency"
    assert reading.category == "building"
    assert place in reading.place


def test_a_synonym_inside_a_place_keeps_what_was_typed() -> None:
    own.use([Entry("大牌坊", "=东门")])
    assert read("大牌坊路灯坏了半个月了").place == ("大牌坊",)


@pytest.mark.parametrize("blank", ["", " "])
def test_where_each_character_stood(blank: str) -> None:
    own.use([Entry("升降机", "=电梯")])
    text, kept = own.standard(f"那{blank}升降机坏", None)
    assert text == f"那{blank}电梯坏"
    assert kept is not None
    assert [f"那{blank}升降机坏"[at] for at in kept] == [*f"那{blank}", "升", "机", "坏"]


def test_nothing_is_left_when_the_words_are_taken_back() -> None:
    whole = segment.words("蓝精灵小区的路灯")
    before = read("蓝精灵坏了", ReadingContext())
    own.use([Entry("蓝精灵小区", "building"), Entry("精灵", "=路灯")])
    assert "蓝精灵小区" in segment.words("蓝精灵小区的路灯")
    own.use([])
    assert segment.words("蓝精灵小区的路灯") == whole
    assert read("蓝精灵坏了", ReadingContext()) == before
    assert own.standard("精灵", None) == ("精灵", None)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (Entry("猫头鹰", "building"), None),
        (Entry("猫 头鹰", "building"), "word"),
        (Entry("", "building"), "word"),
        (Entry("猫" * 41, "building"), "word"),
        (Entry("猫", "animals"), "short"),
        (Entry("猫头鹰", "birds"), "group"),
        (Entry("下水道", "drainage"), "there"),
        (Entry("猫头鹰", "building", removes=True), "not_there"),
        (Entry("下水道", "drainage", removes=True), None),
        (Entry("升降机", "=电梯"), None),
        (Entry("升降机", "="), "synonym"),
        (Entry("升降机", "=电梯 坏"), "synonym"),
        (Entry("升降机", "=电梯", removes=True), "synonym"),
        (Entry("电梯间", "=电梯"), "circle"),
    ],
)
def test_what_may_be_entered(entry: Entry, fault: str | None) -> None:
    assert own.fault(entry) == fault


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("排水污水", "drainage"),
        ("排水污水！", "drainage!"),
        ("drainage!", "drainage!"),
        ("没人管", "unattended"),
        ("猫", None),
    ],
)
def test_groups_have_chinese_names(name: str, group: str | None) -> None:
    assert own.group_called(name) == group
    if group is not None:
        assert own.group_called(own.name_of(group)) == group


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("楼到灯不亮了", "building"),
        ("我们楼的点梯又不动了", "building"),
        ("下水到堵了", "drainage"),
        ("垃级没人收都臭了", "sanitation"),
        ("3号楼laji没人收了", "sanitation"),
        ("三号楼门口lu灯坏了", "road_facility"),
        ("停shui了", "utilities"),
        ("🐕💩到处都是", "sanitation"),
        ("2楼🚪坏了🔧🙏", "building"),
    ],
)
def test_a_slip_a_syllable_or_a_picture_is_read_as_its_word(said: str, category: str) -> None:
    reading = read(said)
    assert (reading.band, reading.category) == ("high", category)


@pytest.mark.parametrize("said", ["煤七味好大", "井该没了"])
def test_danger_that_is_mistyped_is_danger(said: str) -> None:
    assert read(said).urgency == "emergency"


@pytest.mark.parametrize("said", ["💡小贴士：睡前喝杯水", "不能停谁的车，谁的车", "买了个狗窝🐕好可爱", "下水到处玩"])
def test_what_only_looks_like_a_slip_is_talk(said: str) -> None:
    assert not read(said).is_report


def test_a_place_behind_a_slip_stands_where_it_was_said() -> None:
    assert read("laji没人收了 3 号楼").place == ("3 号楼",)
