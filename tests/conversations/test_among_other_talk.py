"""A group that was just told of a trouble talks about it. What of that is another trouble, what is a question, what is
nothing, as people say it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from handlers.message import Kind
from handlers.rules import weighing
from handlers.wording import report
from nlp import circumstances, model
from nlp.circumstances import Circumstances
from storage.people import Group
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

TALK_ONLY = Circumstances({"always": 9.0}, {"always": -9.0})
NO_POWER = "五号楼停电了，一片漆黑"
GATE = "小区东门的道闸杆子断了半截，拖在路当中"


def test_talk_around_a_trouble_opens_nothing(town: Stage) -> None:
    town.say("王阿姨", GATE, RESIDENTS)
    for who, words in [
        ("李婶", "难怪，我早上绕西门走的，堵了二十分钟"),
        ("老周", "去年也断过一回，赔了八百"),
        ("李婶", "我家车也停外头，被贴条算谁的"),
        ("老周", "哈哈，正好锻炼身体"),
    ]:
        town.wait(minutes=1)
        town.say(who, words, RESIDENTS)
    assert len(town.tickets()) == 1


def test_another_trouble_told_in_passing_is_a_ticket(town: Stage) -> None:
    town.say("王阿姨", GATE, RESIDENTS)
    town.wait(minutes=2)
    town.say("老周", "插一句，七号楼一单元的电梯又停了，按了没反应", RESIDENTS)
    assert [one.category for one in town.tickets()] == ["road_facility", "building"]


def test_what_sounds_like_an_emergency_in_talk_rings_no_bell_and_whoever_is_on_duty_reads_it(town: Stage) -> None:
    town.say("王阿姨", "四号楼的消防通道被纸箱堵死了，谁来管管", RESIDENTS)
    town.wait(minutes=1)
    heard = town.say("李婶", "哎呀，那着火了往哪跑", RESIDENTS)
    assert len(town.tickets()) == 1
    assert any(text.startswith(report.FIRST) for text in to(heard, "李婶"))
    assert "可能紧急，还没立单" in "".join(text for name, text in heard if name != "李婶")
    town.say("李婶", "是")
    assert [one.urgency for one in town.tickets()][1:] == ["emergency"]


def test_in_the_middle_of_another_trouble_a_real_one_rings(town: Stage) -> None:
    town.say("王阿姨", NO_POWER, RESIDENTS)
    town.wait(minutes=3)
    town.say("老周", "三楼老李头倒在楼梯口了，叫他不应，脸煞白", RESIDENTS)
    assert [one.urgency for one in town.tickets()][1:] == ["emergency"]


@pytest.mark.parametrize(
    ("words", "opens"),
    [
        ("五号楼外墙掉了一片瓷砖，落在人行道上，还有两片翘着", True),
        ("三号楼电梯那个师傅到了没", False),
        ("下午开会别忘了带表", False),
        ("外墙那个已经联系维修了", False),
    ],
)
def test_what_grid_workers_tell_their_group_plainly_with_its_place_is_a_find(
    town: Stage, words: str, opens: bool
) -> None:
    town.say("小赵", words, OFFICE)
    assert len(town.tickets()) == opens


@pytest.mark.parametrize("mode", ["direct", "review"])
def test_in_every_kind_of_group_whoever_is_on_duty_reads_it(town: Stage, mode: str) -> None:
    with town.app.writing() as db:
        db.scalars(select(Group).where(Group.name == RESIDENTS)).one().mode = mode
    town.say("王阿姨", "四号楼的消防通道被纸箱堵死了，谁来管管", RESIDENTS)
    town.wait(minutes=1)
    heard = town.say("李婶", "哎呀，那着火了往哪跑", RESIDENTS)
    assert "可能紧急，还没立单" in "".join(text for name, text in heard if name != "李婶")


def test_spoken_words_are_asked_about_like_written_ones(town: Stage) -> None:
    town.say("王阿姨", "四号楼的消防通道被纸箱堵死了，谁来管管", RESIDENTS)
    heard = town.send("李婶", Kind.VOICE, RESIDENTS, text="哎呀，那着火了往哪跑")
    assert any(text.startswith(report.FIRST) for text in to(heard, "李婶"))


def test_beside_words_that_belong_to_a_ticket_danger_is_not_passed_over(
    town: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了", RESIDENTS)
    town.wait(minutes=2)
    monkeypatch.setattr(weighing, "opens", lambda said, tickets: False)
    heard = town.say("王阿姨", "二楼厨房着火了，另外门口路灯坏了", RESIDENTS)
    assert len(town.tickets()) == 1
    assert "可能紧急，还没立单" in "".join(text for name, text in heard if name != "王阿姨")
    town.say("王阿姨", "是")
    assert [one.category for one in town.tickets()] == ["road_facility", "fire_safety"], "the lamp is not told twice"


def test_whoever_has_a_recent_ticket_is_asked_about_another_trouble(town: Stage) -> None:
    town.say("王阿姨", GATE, RESIDENTS)
    town.wait(minutes=10)
    with circumstances.trying(Circumstances({}, {"always": weighing.OPENS - 0.1})):
        heard = town.say("王阿姨", "垃圾桶都满出来了", RESIDENTS)
    assert len(town.tickets()) == 1
    assert to(heard, "王阿姨")


def test_what_nearly_nothing_speaks_for_is_passed_over(town: Stage) -> None:
    town.say("王阿姨", GATE, RESIDENTS)
    town.wait(minutes=10)
    with circumstances.trying(TALK_ONLY):
        assert town.say("李婶", "垃圾桶都满出来了", RESIDENTS) == []


def test_a_ticket_that_a_second_voice_opens_is_always_told(town: Stage) -> None:
    with model.trying(replace(model.weights(), opening=1.1)):
        town.say("王阿姨", "恁家热不热 我这屋里跟冰窖似的，暖气一点都不热", RESIDENTS)
        with circumstances.trying(Circumstances({"always": -9.0}, {})):
            heard = town.say("老周", "我家也是", RESIDENTS)
    assert len(town.tickets()) == 1
    assert any("编号" in text for text in to(heard, RESIDENTS) + to(heard, "王阿姨"))


@pytest.mark.parametrize(
    ("told", "danger"),
    [
        ("五号楼又停水了，一滴都没有", "着火了！厨房在冒烟，快来人"),
        ("小区门口乱停车，堵得出不去", "快来人，有人晕倒了，脸都白了"),
        ("三号楼楼道灯不亮", "我家老头倒在卫生间了，叫不醒"),
    ],
)
def test_no_calm_matter_silences_a_plain_emergency(town: Stage, told: str, danger: str) -> None:
    town.say("王阿姨", told, RESIDENTS)
    town.wait(minutes=8)
    town.say("李婶", danger, RESIDENTS)
    assert [one.urgency for one in town.tickets()][1:] == ["emergency"]
