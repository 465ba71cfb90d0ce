"""What bears on it that a message belongs to a ticket, or is a trouble of its own in a chat that tells of others.

The weights are learned; held here is what no weight may change, and that circumstances count the right way.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.rules import sameness, weighing
from handlers.rules.likeness import Known, Said
from nlp import circumstances
from nlp.circumstances import Circumstances

MINUTE = timedelta(minutes=1)
LAMP = Known("road_facility", "ordinary", ("三号楼",), MINUTE)
LIFT = Known("building", "emergency", ("三号楼",), MINUTE)
TALK = Said("noise", 0.9, sure=True, urgency="ordinary", length=12)
NEVER = Circumstances({"always": -9.0}, {"always": -9.0})


@pytest.mark.parametrize(
    "said",
    [
        replace(TALK, confidence=0.97),
        replace(TALK, places=("南门",)),
        replace(TALK, near=True),
        replace(TALK, first_hand=True),  # 没水了？我这刚把豆角下锅
        replace(TALK, urgency="emergency"),
    ],
)
def test_where_nothing_was_told_a_report_opens_that_is_clear_or_says_where_or_of_whom(said: Said) -> None:
    with circumstances.trying(NEVER):
        assert weighing.opens(said, [])
        assert not weighing.opens(TALK, [])  # 鸡蛋退不退
        assert not weighing.opens(TALK, [LAMP])


def test_in_a_chat_of_another_trouble_what_weighs_enough_opens() -> None:
    with circumstances.trying(Circumstances({}, {"always": 9.0})):
        assert weighing.opens(TALK, [LAMP])


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (Said("fire_safety", 0.97, urgency="emergency"), LIFT),  # 快下来，三楼着火了
        (Said("utilities", 0.97, urgency="emergency"), LAMP),  # 好大的煤气味
        (Said("building", 0.97, urgency="emergency", places=("五号楼",)), LIFT),  # 五号楼电梯也关了人
        (Said("noise", 0.98, sure=True, places=("五号楼",)), LAMP),  # 五号楼在装修
        (Said("noise", 0.9999, sure=True), LAMP),  # 楼上装修吵死了
    ],
)
def test_no_weight_silences_what_is_plainly_another_trouble(said: Said, known: Known) -> None:
    with circumstances.trying(NEVER):
        assert weighing.opens(said, [known])
        calm = replace(said, confidence=0.9, urgency="ordinary", places=())
        assert not weighing.opens(calm, [known])


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (Said(agrees=True), replace(LAMP, quoted=True)),
        (Said("road_facility", 0.9, private=True), replace(LAMP, mine=True)),
    ],
)
def test_no_weight_parts_what_its_speaker_holds_together(said: Said, known: Known) -> None:
    with circumstances.trying(NEVER):
        assert weighing.judge(said, known) == sameness.judge(said, known)
        assert weighing.judge(said, known) is not None
        assert weighing.judge(replace(said, private=False), replace(known, mine=False, quoted=False)) is None


def test_in_an_emergency_and_in_one_breath_less_is_left_out() -> None:
    said = Said("building", 0.9, first_hand=True)
    more = Said(first_hand=True)  # 就左边那盏
    mine = replace(LAMP, mine=True, own_quiet=MINUTE)
    with circumstances.trying(Circumstances({"always": -1.5}, {})):
        assert weighing.judge(said, LIFT) is not None
        assert weighing.judge(said, replace(LIFT, quiet=40 * MINUTE)) is None
        assert weighing.judge(more, mine) is not None
        assert weighing.judge(replace(more, places=("三号楼",)), replace(mine, own_quiet=20 * MINUTE)) is None


def test_a_plain_report_counts_for_more_than_a_vague_one_and_a_place_for_more_than_none() -> None:
    told = [LAMP]
    assert weighing.stands(replace(TALK, confidence=0.999), told) > weighing.stands(TALK, told)
    assert weighing.stands(replace(TALK, places=("五号楼",)), told) > weighing.stands(TALK, told)
    assert weighing.stands(TALK, [replace(LAMP, quiet=200 * MINUTE)]) > weighing.stands(TALK, told)


def test_agreement_joins_while_it_is_fresh() -> None:
    agreed = Said(agrees=True, first_hand=True, length=4, cues=frozenset({"agreement"}))  # 我家也是
    verdict = sameness.judge(agreed, LAMP)
    assert verdict is not None
    assert weighing.joins(agreed, LAMP, verdict) > weighing.JOINS
    assert weighing.joins(agreed, replace(LAMP, quiet=100 * MINUTE), verdict) < weighing.joins(agreed, LAMP, verdict)


def test_every_weight_is_of_a_circumstance_that_may_be_there() -> None:
    """Weights of circumstances that were renamed would count for nothing."""
    learned = circumstances.weights()
    said = [TALK, Said(agrees=True), replace(TALK, urgency="emergency", private=True)]
    known = [LAMP, LIFT, replace(LAMP, category="noise", mine=True, joined=True, own_quiet=MINUTE)]
    heads = {
        name.partition(":")[0]
        for one in said
        for ticket in known
        for name in weighing.of_joining(one, ticket, sameness.Verdict(sameness.Why.AGREED, 1))
    }
    learned_heads = {name.partition(":")[0] for name in learned.joins}
    steps = ("quiet", "own quiet", "shares", "surer than", "kin ", "mine, ", "joined, ", "first hand, ", "agrees, ")
    single = {name for name in learned_heads if not name.startswith(steps)}
    known_words = heads | set(weighing.MANNERS) | {
        "elsewhere", "other building", "same place", "wordless", "quoted", "same thing", "another thing", "cue", "long",
        "asks", "maybe danger", "named", "building", "high", "place", "in an emergency", "emergency", "affected",
    }  # fmt: skip
    assert single <= known_words


# --- to the bot alone

DOOR = Said("building", 0.75, urgency="ordinary", private=True, length=20, named=False)


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        (DOOR, False),
        (replace(DOOR, confidence=0.9, sure=True), True),
        (replace(DOOR, places=("三号楼",)), True),
        (replace(DOOR, near=True), True),
        (replace(DOOR, places=("三号楼",), confidence=0.6), False),
        (replace(DOOR, named=True, confidence=0.3), True),  # 健身器材那边有点松
        (replace(DOOR, confidence=0.3, urgency="emergency"), True),
        (replace(DOOR, private=False, confidence=0.3), True),  # in a group whoever turns to the bot means it
        (replace(DOOR, named=True, doubtful=True), False),
        (replace(DOOR, sure=True, doubtful=True), True),
        (replace(DOOR, confidence=0.9999, named=True, story=True), False),
        (replace(DOOR, confidence=0.9999, story=True, urgency="emergency"), False),
    ],
)
def test_what_opens_without_a_question(said: Said, plain: bool) -> None:
    assert weighing.is_plain(said) is plain


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        (replace(DOOR, named=True, confidence=0.6), False),  # 1803开门了，他浴缸满了
        (replace(DOOR, confidence=0.997, sure=True), False),  # 今天早上又是那部白车
        (replace(DOOR, named=True, confidence=0.98, sure=True), True),  # 路灯也不亮了
        (replace(DOOR, confidence=0.9, sure=True, near=True), True),
        (replace(DOOR, places=("河边",)), False),  # 我妈从柳州发视频
        (replace(DOOR, places=("6栋",)), True),
        (replace(DOOR, confidence=0.3, urgency="emergency"), True),
    ],
)
def test_who_told_the_bot_of_a_trouble_already_is_asked_sooner_whether_this_is_another(said: Said, plain: bool) -> None:
    assert weighing.is_plain(said, [replace(LAMP, mine=True)]) is plain


def test_what_others_told_makes_nobody_be_asked() -> None:
    assert weighing.is_plain(replace(DOOR, named=True, confidence=0.6), [LAMP])


def test_who_joined_and_tells_what_an_emergency_does_goes_on_about_it() -> None:
    ill = Said("welfare", 0.97, sure=True, urgency="emergency", private=True)
    joined = Known("utilities", "emergency", (), 40 * MINUTE, joined=True, own_quiet=MINUTE)
    befallen = sameness.Verdict(sameness.Why.EMERGENCY, 7, affected=False)
    assert weighing.judge(ill, joined) == befallen
    assert weighing.judge(replace(ill, first_hand=True), joined) == replace(befallen, affected=True)
    assert weighing.judge(replace(ill, urgency="ordinary"), joined) not in (befallen, replace(befallen, affected=True))


DAY = timedelta(hours=26)


@pytest.mark.parametrize(
    ("said", "known", "same"),
    [
        (Said("road_facility", 0.99, private=True), LAMP, True),
        (Said("road_facility", 0.99, private=True, places=("三号楼",)), LAMP, True),
        (Said("road_facility", 0.99, private=True, places=("五号楼",)), LAMP, False),
        (Said("road_facility", 0.99, private=True, places=("东门",)), LAMP, False),
        (Said("road_facility", 0.99, private=True, besides=True), LAMP, False),
        (Said("road_facility", 0.99), LAMP, False),
        (Said("building", 0.99, private=True, urgency="emergency"), LIFT, False),
    ],
)
def test_what_belongs_to_ones_own_report_of_yesterday(said: Said, known: Known, same: bool) -> None:
    yesterday = replace(known, quiet=DAY, own_quiet=DAY, mine=True)
    assert (weighing.judge(said, yesterday) is not None) is same
