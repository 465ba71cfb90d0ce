"""专班, 协调单 and a quarrel that climbs: several work on one ticket, each with a clock; the holder ends it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.people import Unit
from tests.conversations.offices import WATERMAN, with_departments
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

TOGETHER = "您报的 1 号，正在协调几个部门一起办，有进展就告诉您。"


@pytest.fixture
def water(town: Stage) -> Stage:
    with_departments(town)
    town.say("王阿姨", "三号楼没水了，整栋楼都停水", RESIDENTS)
    town.say("小赵", "接单 1")
    return town


@pytest.fixture
def team(water: Stage) -> Stage:
    water.say("周书记", "专班 1 物业 供水：先查王阿姨家", OFFICE)
    return water


@pytest.fixture
def quarrel(town: Stage) -> Stage:
    with_departments(town, district=True)
    town.say("王阿姨", "楼上老李家和我家因为漏水吵起来了，天天吵，来调解一下吧", RESIDENTS)
    town.say("小赵", "接单 1")
    return town


def desk(town: Stage) -> str:
    with town.app.reading() as db:
        return db.scalars(select(Unit.name).where(Unit.id == town.ticket(1).desk_id)).one()


def test_a_task_force_is_a_ticket_with_several_handlers(team: Stage) -> None:
    card = next(m for m in reversed(team.heard) if m.person == WATERMAN)
    assert card.card is not None
    assert [button.action for button in card.card.buttons] == ["accept", "resolve"]
    assert [m.text for m in team.heard if m.person == "王阿姨"].count(TOGETHER) == 1
    assert "王阿姨" not in card.text  # whoever helps never reads who complained
    assert "先查" not in "\n".join(m.text for m in team.heard if m.chat == OFFICE)
    assert "1 水电气暖 · 专班" in to(team.say(WATERMAN, "待办"), WATERMAN)[0]
    holder = team.ticket(1).holder_id
    team.press("小刘", "accept", 1)
    assert team.ticket(1).holder_id == holder
    said = team.say(WATERMAN, "进展 1 主管已关阀")
    assert to(said, "小赵") == ["1 号：供水公司：主管已关阀"]
    assert to(said, "王阿姨") == []


def test_the_holder_ends_it_when_everybody_is_done_or_let_go(team: Stage) -> None:
    assert "还有安居物业、供水公司没办好" in to(team.say("小赵", "办结 1 来水了"), "小赵")[0]
    assert team.ticket(1).status == "accepted"
    assert "那部分办好了：阀门换了" in to(team.say("小刘", "办结 1 阀门换了"), "小赵")[0]
    assert team.ticket(1).status == "accepted"
    assert "不用您单位一起办了" in to(team.say("小赵", "不用协办 1 供水"), WATERMAN)[0]
    team.say("小赵", "办结 1 来水了")
    assert team.ticket(1).status == "resolved"
    looked = to(team.say("周书记", "查 1"), "周书记")[0]
    assert "· 安居物业（专班）：办好了" in looked
    assert "· 供水公司（专班）：不用办了" in looked


def test_what_a_part_says_is_not_what_the_reporter_was_told(team: Stage) -> None:
    team.say("小赵", "进展 1 下午去看")
    team.say("小刘", "接单 1")
    team.say("小刘", "进展 1 正在查管道")
    assert "下午去看" in to(team.say("王阿姨", "进度"), "王阿姨")[0]
    assert "查管道" not in to(team.say("王阿姨", "进度"), "王阿姨")[0]


def test_everyday_words_of_somebody_with_a_part_mean_the_part(team: Stage) -> None:
    assert "做了什么" in to(team.say("小刘", "好了"), "小刘")[0]  # a part needs a word, as the whole does
    assert "归您单位了" in to(team.say("小刘", "收到"), "小刘")[0]
    assert "已经在办了" in to(team.say("小刘", "接单 1"), "小刘")[0]
    assert team.ticket(1).status == "accepted"


def test_a_part_that_is_late_is_heard_of_by_the_unit_then_by_who_answers_for_it(team: Stage) -> None:
    said = team.wait(hours=23)
    assert any("🟡" in text for text in to(said, WATERMAN))
    said = team.wait(hours=3)
    assert any("一起办的还没办好" in text for text in to(said, "周书记"))
    team.say(WATERMAN, "办结 1 主管焊好了")
    team.say("小刘", "办结 1 阀门换了")
    assert [text for _, text in team.wait(hours=30) if "一起办的" in text] == []


def test_names_that_mean_nobody_and_units_that_are_there_already(team: Stage) -> None:
    assert "没找到「水务」" in to(team.say("周书记", "专班 1 城管 水务"), "周书记")[0]
    assert "已经在一起办了" in to(team.say("周书记", "专班 1 物业"), "周书记")[0]
    assert "请哪几家" in to(team.say("周书记", "专班 1"), "周书记")[0]
    assert team.facts(1).count("hand_asked") == 1
    assert "要由" in to(team.say("小刘", "专班 1 城管"), "小刘")[0]


def test_a_change_of_hands_silences_nobody_else(team: Stage) -> None:
    team.say("小赵", "转派 1 小钱")
    team.say("小钱", "接单 1")
    assert any("🟡" in text and "一起办" in text for text in to(team.wait(hours=23), WATERMAN))


def test_what_a_single_duty_unit_cannot_finish_is_coordinated_and_not_returned(water: Stage) -> None:
    water.say("小赵", "转派 1 安居物业")
    water.say("小刘", "接单 1")
    due = water.ticket(1).resolve_due
    assert "要协调什么" in to(water.say("小刘", "协调 1"), "小刘")[0]
    said = water.say("小刘", "协调 要断水两小时，请供水一起定时间")  # the only one held: no number
    assert "已报梧桐社区" in to(said, "小刘")[0]
    assert "要断水两小时" in to(said, "周书记")[0]
    assert "断水" not in "".join(to(said, OFFICE))
    assert "已经报梧桐社区协调了" in to(water.say("小刘", "协调 1 再说一遍"), "小刘")[0]
    assert desk(water) == "安居物业"
    said = water.say("周书记", "办结 1 周三上午断水，供水同意")
    assert to(said, "小刘") == ["1 号的协调有了结果：周三上午断水，供水同意"]
    assert (water.ticket(1).status, water.ticket(1).resolve_due) == ("accepted", due)


def test_a_coordination_left_open_is_over_when_the_holder_is_done(water: Stage) -> None:
    water.say("小赵", "协调 1 请供水来看")
    water.say("小赵", "办结 1 来水了")
    assert water.ticket(1).status == "resolved"
    assert [text for _, text in water.wait(hours=80) if "一起办的" in text] == []


def test_a_quarrel_climbs_one_step_at_a_time_and_nobody_drops_it(quarrel: Stage) -> None:
    said = quarrel.say("小赵", "求助 1 谈了两次，楼上不认")
    assert "请梧桐社区接着调解" in to(said, "小赵")[0]
    assert "谈了两次，楼上不认" in to(said, "周书记")[0]
    assert desk(quarrel) == "梧桐一网格"  # until the next level accepts
    assert "还没接" in to(quarrel.say("小赵", "求助 1 谈了三次"), "小赵")[0]
    assert any("一起办" in text for text in to(quarrel.wait(hours=25), "周书记"))
    said = quarrel.say("周书记", "接单 1")
    assert desk(quarrel) == "梧桐社区"
    assert "您不用再管" in to(said, "小赵")[0]
    assert to(said, "王阿姨") == ["您报的 1 号，已请梧桐社区来帮着调解。"]
    quarrel.say("周书记", "求助 1 还是不行")
    quarrel.press("派单员", "accept", 1)
    assert desk(quarrel) == "望江街道"
    assert "上面没有调解的一级" in to(quarrel.say("派单员", "求助 1 谈崩了"), "派单员")[0]
    quarrel.say("派单员", "办结 1 双方签了协议")
    assert quarrel.ticket(1).status == "resolved"
    assert quarrel.facts(1).count("help_asked") == 2


def test_help_in_anything_else_stays_help(water: Stage) -> None:
    water.say("小赵", "求助 1 需要水车")
    assert desk(water) == "梧桐一网格"
    assert water.ticket(1).status == "in_progress"


def test_a_photo_sent_before_is_a_members_evidence_like_the_holders(team: Stage) -> None:
    team.say(WATERMAN, "接单 1")
    team.photo(WATERMAN)
    assert "您这部分办好了" in to(team.say(WATERMAN, "办结 1"), WATERMAN)[0]
    assert [kind for kind in team.facts(1) if kind in ("hand_done", "evidence")] == ["hand_done", "evidence"]
    team.photo("小刘")
    team.wait(minutes=15)
    assert "您这部分做了什么" in to(team.say("小刘", "办结 1"), "小刘")[0], "an old photo is none"


@pytest.mark.parametrize(
    ("who", "words", "why"),
    [
        ("王阿姨", "撤回 1", "1 号居民撤回了。"),
        ("周书记", "移交 1 自来水公司 编号 A12 电话 96116", "1 号移交给外面的单位了。"),
        ("周书记", "不予受理 1 个人纠纷", "1 号不办了。"),
    ],
)
def test_whoever_helps_hears_that_it_is_over(team: Stage, who: str, words: str, why: str) -> None:
    team.say(who, words)
    said = team.wait(minutes=2)
    for helper in ("小刘", WATERMAN):
        assert to(said, helper) == [f"{why}1 号不用您单位一起办了，谢谢。"]
    assert "1 水电气暖 · 专班" not in "".join(to(team.say(WATERMAN, "待办"), WATERMAN))
