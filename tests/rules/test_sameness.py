"""Is this the same problem? The clerk's rules, one by one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.rules import sameness
from handlers.rules.likeness import Known, Said
from handlers.rules.sameness import Why, judge
from handlers.rules.subjects import corners_of, felt_by, subjects_of
from handlers.wording import joining

MINUTE = timedelta(minutes=1)
OUTAGE = Known("utilities", "urgent", ("5号楼",), quiet=3 * MINUTE)
LIFT = Known("building", "urgent", ("3栋",), quiet=3 * MINUTE)
GAS = Known("utilities", "emergency", ("2单元",), quiet=MINUTE)
OWN = replace(LIFT, mine=True, own_quiet=MINUTE)
LAMP = frozenset({"lamp"})


def why(said: Said, known: Known) -> Why | None:
    verdict = judge(said, known)
    return verdict.why if verdict else None


def test_agreement_joins_what_was_just_told() -> None:
    assert why(Said(agrees=True), OUTAGE) is Why.AGREED
    assert why(Said(agrees=True), replace(OUTAGE, quiet=3 * sameness.HOURS)) is None
    assert why(Said(agrees=True, places=("三单元",)), OUTAGE) is Why.AGREED
    assert why(Said(agrees=True, category="parking", sure=True, confidence=1.0), OUTAGE) is None


def test_the_same_trouble_in_other_words_joins_unless_it_is_clearly_elsewhere() -> None:
    told = Said("utilities", 0.9, sure=True)
    assert why(told, OUTAGE) is Why.SAME_TROUBLE
    assert why(replace(told, places=("5号楼", "三单元")), OUTAGE) is Why.SAME_TROUBLE
    assert why(replace(told, places=("12号楼",)), OUTAGE) is None


def test_two_things_of_one_category_are_the_same_only_while_fresh_or_alike() -> None:
    door = Said("building", 0.9, sure=True)
    assert why(door, LIFT) is Why.SAME_TROUBLE
    late = replace(LIFT, quiet=20 * MINUTE)
    assert why(door, late) is None
    assert why(replace(door, places=("3栋",)), late) is Why.SAME_TROUBLE
    assert why(door, replace(late, shared=1)) is Why.SAME_TROUBLE


def test_another_category_is_another_problem() -> None:
    assert why(Said("sanitation", 0.95, sure=True, places=("3栋",)), replace(OUTAGE, places=())) is None
    assert why(Said("sanitation", 0.95, sure=True), replace(OWN, own_quiet=MINUTE)) is None


def test_another_thing_by_its_name_is_another_problem_also_from_the_same_person() -> None:
    lamp = Said("road_facility", 0.9, sure=True, subjects=frozenset({"lamp"}))
    lift = replace(OWN, subjects=frozenset({"lift"}))
    assert why(lamp, lift) is None
    assert why(replace(lamp, subjects=frozenset()), lift) is Why.RELATED
    assert why(replace(lamp, sure=False, confidence=0.7), lift) is None
    assert why(replace(lamp, sure=False, confidence=0.3), lift) is Why.RELATED


def test_grumbling_about_who_should_see_to_it_is_about_what_was_told() -> None:
    assert why(Said("property_service", 0.8, sure=True), OWN) is Why.RELATED


def test_ones_own_words_right_behind_the_report_are_told_on() -> None:
    assert why(Said(), OWN) is Why.TOLD_ON
    assert why(Said(aside=True), OWN) is None
    later = replace(OWN, own_quiet=20 * MINUTE, quiet=20 * MINUTE)
    assert why(Said(), later) is None
    assert why(Said(places=("二单元",)), later) is Why.SAME_WORDS
    assert why(Said(private=True), later) is Why.TOLD_ON


def test_besides_is_another_matter() -> None:
    assert why(Said("utilities", 0.9, sure=True, besides=True), OWN) is None
    assert why(Said("utilities", 0.9, sure=True), OWN) is Why.RELATED


def test_a_photo_alone_is_explained_by_the_next_words() -> None:
    bare = replace(OWN, category="other", wordless=True)
    assert why(Said("sanitation", 0.9, sure=True), bare) is Why.TOLD_ON
    assert why(Said("sanitation", 0.9, sure=True), replace(bare, mine=False)) is not None


def test_an_emergency_gathers_what_is_said_while_it_lasts() -> None:
    assert why(Said("welfare", 0.95, sure=True, first_hand=True), GAS) is Why.EMERGENCY
    assert why(Said(first_hand=True), GAS) is Why.EMERGENCY
    assert why(Said(aside=True, first_hand=True), GAS) is None
    assert why(Said("noise", 0.99, sure=True), GAS) is None
    assert why(Said("utilities", 0.99, sure=True, places=("9号楼",)), replace(GAS, places=("2号楼",))) is None


def test_an_alarm_hides_in_no_other_matter() -> None:
    fire = Said("fire_safety", 0.97, sure=True, urgency="emergency")
    manhole = replace(GAS, category="road_facility", places=())
    assert why(fire, manhole) is None
    assert why(fire, replace(manhole, mine=True, own_quiet=MINUTE)) is None
    assert why(replace(fire, agrees=True), manhole) is Why.AGREED
    assert why(fire, GAS) is Why.EMERGENCY  # a fire where gas was smelt is the same misfortune
    blocked = replace(OWN, category="fire_safety", urgency="ordinary")
    assert why(fire, replace(blocked, quiet=10 * MINUTE)) is Why.TOLD_ON
    assert why(fire, replace(blocked, quiet=3 * sameness.HOURS)) is None


def test_what_an_emergency_does_to_those_around_it_is_no_second_alarm() -> None:
    knocked = Said("welfare", 0.97, sure=True, urgency="emergency", places=("501",))
    told = replace(GAS, places=(), mine=True, own_quiet=MINUTE)
    assert why(knocked, told) is Why.TOLD_ON
    assert why(replace(knocked, besides=True), told) is Why.TOLD_ON
    assert why(knocked, replace(told, category="building")) is Why.TOLD_ON
    assert why(knocked, replace(told, mine=False, own_quiet=None)) is Why.EMERGENCY
    assert why(replace(knocked, places=("9号楼",)), replace(told, places=("2号楼",))) is None


def test_of_a_lift_that_others_told_of_or_long_after_gas_somebody_who_is_ill_is_an_alarm_of_their_own() -> None:
    ill = Said("welfare", 0.97, sure=True, urgency="emergency")
    lift = replace(GAS, category="building", places=())
    assert why(ill, lift) is None
    assert why(ill, replace(lift, mine=True, own_quiet=10 * MINUTE)) is None
    assert why(ill, replace(GAS, quiet=20 * MINUTE)) is None
    assert why(ill, replace(GAS, urgency="urgent")) is None


def test_who_joined_a_dark_lamp_still_speaks_of_it_an_hour_later() -> None:
    lamp = Known("building", "ordinary", (), 40 * MINUTE, joined=True, own_quiet=40 * MINUTE, subjects=LAMP)
    dark = Said("road_facility", 0.9, sure=True, subjects=LAMP)
    assert why(dark, lamp) is Why.RELATED
    assert why(dark, replace(lamp, joined=False)) is None
    assert why(dark, replace(lamp, quiet=3 * sameness.HOURS)) is None
    assert why(dark, replace(lamp, mine=True, joined=False)) is Why.RELATED


def test_a_quote_says_it_all() -> None:
    assert why(Said("parking", 1.0, sure=True), replace(OUTAGE, quoted=True)) is Why.QUOTED


def test_whoever_joined_goes_on_speaking_for_a_moment() -> None:
    joined = replace(LIFT, joined=True, own_quiet=MINUTE)
    assert why(Said(), joined) is Why.TOLD_ON
    assert why(Said(), replace(joined, own_quiet=4 * MINUTE)) is None


def test_who_only_relays_is_not_affected() -> None:
    verdict = judge(Said("utilities", 0.5, relays=True), OUTAGE)
    assert verdict is not None
    assert not verdict.affected


FUMES = Known("fumes", "ordinary", ("一楼",), 2 * MINUTE)


def test_a_guessed_category_is_talk_about_what_was_just_told() -> None:
    windows = Said("sanitation", 0.96, sure=True, first_hand=True, named=False)  # 我们五楼窗子都不敢开
    assert why(windows, FUMES) is Why.SAME_WORDS
    assert why(replace(windows, named=True), FUMES) is None
    assert why(windows, replace(FUMES, quiet=20 * MINUTE)) is None
    assert why(replace(windows, first_hand=False), FUMES) is Why.SAME_WORDS
    assert why(replace(windows, first_hand=False), replace(FUMES, quiet=10 * MINUTE)) is None


def test_a_calmer_matter_becomes_grave_where_nothing_else_is_named() -> None:
    cracks = Said("welfare", 0.97, sure=True, urgency="emergency", named=False)  # 风一吹咔咔响
    branch = Known("greening", "ordinary", (), 2 * MINUTE)
    assert why(cracks, branch) is Why.SAME_WORDS
    assert why(replace(cracks, named=True), branch) is None
    assert why(cracks, replace(branch, quiet=20 * MINUTE)) is None


def test_advice_in_an_emergency_is_no_second_one() -> None:
    advice = Said("security", 0.97, sure=True, urgency="emergency", advises=True)  # 先莫开门，毛巾打湿堵门缝
    verdict = judge(advice, GAS)
    assert verdict is not None
    assert (verdict.why, verdict.affected) == (Why.EMERGENCY, False)
    assert why(advice, replace(GAS, quiet=20 * MINUTE)) is None
    sewer = replace(GAS, category="drainage")
    assert why(replace(advice, advises=False), sewer) is None
    assert why(advice, sewer) is Why.EMERGENCY
    assert why(replace(advice, category="fire_safety"), replace(GAS, category="building")) is None, "快下来，三楼着火了"


def test_no_water_in_the_next_lane_is_the_same_outage() -> None:
    water = frozenset({"water"})
    burst = Known("utilities", "urgent", ("三巷",), 60 * MINUTE, subjects=water)
    dry = Said("utilities", 0.97, sure=True, places=("七巷",), subjects=water)
    assert why(dry, burst) is Why.SAME_TROUBLE
    assert why(replace(dry, subjects=frozenset({"gas"})), burst) is None
    assert why(dry, replace(burst, quiet=3 * sameness.HOURS)) is None


def test_what_grows_is_told_on_for_hours() -> None:
    pit = replace(OWN, category="drainage", subjects=frozenset(), quiet=60 * MINUTE, own_quiet=60 * MINUTE)
    further = Said("building", 0.97, sure=True, grows=True)  # 又漫了一截 已经到三单元门口了
    assert why(further, pit) is Why.RELATED
    assert why(replace(further, grows=False), pit) is None


def test_talk_of_the_fire_engine_is_no_second_alarm_unless_it_is_for_another_building() -> None:
    engine = Said("parking", 0.99, sure=True, urgency="emergency", rescue=True)  # 消防车来了，堵在门口进不来
    assert why(engine, GAS) is Why.EMERGENCY
    assert why(engine, replace(GAS, quiet=20 * MINUTE)) is Why.EMERGENCY
    assert why(replace(engine, category="greening", places=("9号楼",)), replace(GAS, places=("2号楼",))) is None
    assert why(engine, replace(GAS, quiet=40 * MINUTE)) is None


@pytest.mark.parametrize(
    ("said", "speaks"),
    [
        ("消防车来了,堵在门口进不来", True),
        ("抢修车来了 两个人进楼了", True),
        ("120怎么还没来", True),
        ("3号楼有人晕倒快叫救护车来", False),
        ("快打120", False),
        ("消防车通道被堵了", False),
    ],
)
def test_who_was_called_is_not_the_call(said: str, speaks: bool) -> None:
    assert (re.search(joining.RESCUE, said) is not None) is speaks


@pytest.mark.parametrize(
    ("first", "then", "one"),
    [
        ("3号楼门口路灯不亮了", "3号楼门口太黑了,老人摔了一跤", True),
        ("3号楼门口太黑了,老人摔了一跤", "3号楼门口路灯不亮了", True),
        ("3号楼门口臭死了", "3号楼门口苍蝇乱飞", True),
        ("3号楼门口路灯不亮了", "3号楼门口垃圾没人收,臭死了", False),
        ("3号楼门口路灯不亮了", "3号楼楼道太黑了", False),
        ("3号楼电梯坏了", "3号楼门口太黑了", False),
    ],
)
def test_what_comes_of_a_thing_is_told_of_it_at_the_same_spot(first: str, then: str, one: bool) -> None:
    known = Known("road_facility", "ordinary", ("3号楼",), 40 * MINUTE)
    known = replace(known, subjects=subjects_of(first), felt=felt_by(first), corners=corners_of(first))
    said = Said("welfare", 0.97, sure=True, places=("3号楼",))
    said = replace(said, subjects=subjects_of(then), felt=felt_by(then), corners=corners_of(then))
    assert (why(said, known) is Why.ONE_CAUSE) is one
    assert why(replace(said, urgency="emergency"), known) is not Why.ONE_CAUSE
    assert why(replace(said, places=("5号楼",)), known) is None
    assert why(said, replace(known, quiet=5 * sameness.HOURS)) is None
