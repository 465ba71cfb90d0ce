"""退单: not ours, because …, by which rule, whose instead. The level that dispatched decides; until then it is ours."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.decisions import Decision
from storage.people import Role, Unit
from tests.conversations.offices import DISTRICT, LEADER, WATERMAN, employ, with_departments
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
RULE = "《城市照明管理规定》第五条"
WHOLE = f"退单 1 非本单位职责，{RULE}，建议转城管执法队"
TOLD = "您报的 1 号正在换更合适的单位来办，时限不变。"


@pytest.fixture
def lamp(town: Stage) -> Stage:
    town.say("王阿姨", LAMP, RESIDENTS)
    return town


@pytest.fixture
def streets(town: Stage) -> Stage:
    """A lamp that lies with the water company, a department of the street; a district stands above."""
    with_departments(town, district=True)
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "转派 1 供水公司")
    return town


def desk(town: Stage, number: int = 1) -> str:
    with town.app.reading() as db:
        return db.get_one(Unit, town.ticket(number).desk_id).name


def decisions(town: Stage) -> list[tuple[str, str]]:
    with town.app.reading() as db:
        return [(row.kind, row.state) for row in db.scalars(select(Decision).order_by(Decision.id))]


def card(town: Stage, who: str) -> dict[str, str]:
    shown = [message.card for message in town.heard if message.card is not None and message.person == who][-1]
    return dict(shown.fields)


def test_what_is_missing_is_asked_step_by_step_in_private(lamp: Stage) -> None:
    said = lamp.say("小赵", "退单 1", OFFICE)
    assert to(said, OFFICE) == ["1 号的退单我私下问您。"]
    assert "1 号为什么退？" in to(said, "小赵")[0]
    assert "按哪一条规定" in to(lamp.press("小赵", "answer:return:not_ours", 1), "小赵")[0]
    assert "那该归谁" in to(lamp.say("小赵", RULE), "小赵")[0]
    assert "没找到「月球」" in to(lamp.say("小赵", "月球"), "小赵")[0]
    assert "不能往下退给梧桐一网格" in to(lamp.say("小赵", "梧桐一网格"), "小赵")[0]
    said = lamp.say("小赵", "城管")
    assert to(said, "小赵") == [
        "1 号的退单已报给梧桐社区，请他们在 今天 11:00 前定。没定下来之前还归您这边，时限照走。"
    ]
    asked = card(lamp, "周书记")
    assert (asked["原因"], asked["依据"], asked["建议归"]) == ("非本单位职责", RULE, "城管执法队")
    assert to(said, OFFICE) == [], "no group reads the reasons"


def test_the_reasons_words_come_from_the_first_message(lamp: Stage) -> None:
    lamp.say("小赵", "退单 1 灯杆是路政装的，不归我们")
    lamp.say("小赵", RULE)
    said = lamp.say("小赵", "城管执法队")
    assert "说明：灯杆是路政装的，不归我们" in to(said, "周书记")[0]


def test_thought_better_of(lamp: Stage) -> None:
    lamp.say("小赵", "退单 1")
    assert to(lamp.say("小赵", "不用"), "小赵") == ["好的，1 号不退了。"]
    assert decisions(lamp) == []


@pytest.mark.parametrize(
    "words",
    [
        *("不知道", "说不清", "我哪知道哪一条", "找不到", "记不得了", "没有依据", "不清楚是哪条", "查不到规定", "没有"),
        *("合同里没写", "忘了", "说不上来", "搞不清楚", "没查过"),
    ],
)
def test_whoever_knows_no_rule_is_told_whom_to_turn_to_once(lamp: Stage, words: str) -> None:
    lamp.say("小赵", "退单 1 非本单位职责")
    (said,) = to(lamp.say("小赵", words), "小赵")
    assert said.startswith("不要紧。退单一定要写依据，1 号先留着")
    assert "「求助 1 " in said
    assert "按哪一条" not in "".join(to(lamp.say("小赵", "待办"), "小赵") + to(lamp.say("小赵", "接单 1"), "小赵"))
    assert decisions(lamp) == []


@pytest.mark.parametrize("words", ["不知道归谁", "说不清", "我也不清楚", "不晓得哪家", "没查到"])
def test_whoever_knows_no_owner_too(lamp: Stage, words: str) -> None:
    lamp.say("小赵", f"退单 1 非本单位职责，{RULE}")
    (said,) = to(lamp.say("小赵", words), "小赵")
    assert "「求助 1 说不清归谁，请上级定」" in said
    assert decisions(lamp) == []


@pytest.mark.parametrize(
    "words", ["算了", "那不退了", "算了算了，我们自己修", "不退了", "还是不退了吧", "先不退了", "取消", "算了不退了"]
)
def test_thought_better_of_at_the_rule(lamp: Stage, words: str) -> None:
    lamp.say("小赵", "退单 1 非本单位职责")
    assert to(lamp.say("小赵", words), "小赵") == ["好的，1 号不退了。"]


def test_the_first_receiver_stays_in_charge_until_it_is_decided(lamp: Stage) -> None:
    due = lamp.ticket(1).accept_due
    said = lamp.say("小赵", WHOLE)
    assert to(said, "王阿姨") == [], "no inner quarrel is told"
    assert (desk(lamp), lamp.ticket(1).accept_due, lamp.ticket(1).returns) == ("梧桐一网格", due, 1)
    lamp.say("小赵", "接单 1")
    assert lamp.ticket(1).status == "accepted"
    said = lamp.press("周书记", "agree", 1)
    assert (desk(lamp), lamp.ticket(1).status, lamp.ticket(1).holder_id) == ("城管执法队", "reported", None)
    assert to(said, "王阿姨") == [TOLD]
    assert to(said, "小赵") == ["1 号退单同意了，已转给城管执法队，您这边不用管了。"]
    assert "新工单 1" in to(said, "孙队")[0]
    assert [kind for kind in lamp.facts(1) if kind in ("asked", "decided", "returned")] == [
        "asked",
        "decided",
        "returned",
    ]


def test_its_lights_run_on_meanwhile(lamp: Stage) -> None:
    lamp.wait(hours=5)
    lamp.say("小赵", WHOLE)
    assert any("还没人接" in text for text in to(lamp.wait(hours=1), "小赵"))


def test_another_owner_may_be_named_but_never_one_below(lamp: Stage) -> None:
    lamp.say("小赵", WHOLE)
    assert "不能往下退给梧桐一网格" in to(lamp.say("周书记", "同意 1 梧桐一网格"), "周书记")[0]
    assert decisions(lamp) == [("return", "waiting")]
    lamp.say("周书记", "同意 1 物业")
    assert desk(lamp) == "安居物业"


def test_refused_it_stays_and_is_not_asked_twice(lamp: Stage) -> None:
    lamp.say("小赵", WHOLE)
    said = lamp.say("周书记", "不同意 1 灯在红线里面")
    assert to(said, "小赵") == ["1 号的退单，梧桐社区不同意：灯在红线里面，还请您这边接着办，时限不变。"]
    assert desk(lamp) == "梧桐一网格"
    assert "每个单位只能退一次" in to(lamp.say("小钱", WHOLE), "小钱")[0]


def test_once_accepted_only_within_four_hours_of_service(lamp: Stage) -> None:
    lamp.wait(hours=4, minutes=1)
    assert "不是" not in to(lamp.say("小赵", "退单 1"), "小赵")[0], "before acceptance there is time"
    lamp.say("小赵", "接单 1")
    assert "接单后要在 今天 13:00 前退" in to(lamp.say("小赵", WHOLE), "小赵")[0]


def test_the_four_hours_count_from_when_it_came_to_this_desk(lamp: Stage) -> None:
    lamp.wait(hours=5)
    lamp.say("小赵", "转派 1 物业")
    lamp.say("小刘", "接单 1")
    lamp.wait(hours=3)
    assert "已报给梧桐社区" in to(lamp.say("小刘", WHOLE), "小刘")[0]


def test_nobody_decides_in_time_so_the_next_level_is_asked_and_at_the_top_it_is_an_alarm(lamp: Stage) -> None:
    lamp.say("小赵", WHOLE)
    said = lamp.wait(hours=2)
    assert any("梧桐社区没有按时定，现在请您在 今天 13:00 前定" in text for text in to(said, "派单员"))
    assert to(lamp.say("周书记", "同意 1"), "周书记") == ["1 号的退单要由望江街道来定。"]
    alarms = to(lamp.wait(hours=2), "派单员")
    assert any("一直没人定" in text for text in alarms)
    lamp.say("派单员", "同意 1")
    assert desk(lamp) == "城管执法队"
    assert not any("没人定" in text for _, text in lamp.wait(hours=5)), "decided, nobody is asked any more"


def test_a_return_asked_at_night_is_due_in_the_morning(lamp: Stage) -> None:
    lamp.wait(hours=14)
    assert "明天 10:00 前定" in to(lamp.say("小赵", WHOLE), "小赵")[0]


def test_street_against_department_is_the_districts_to_decide_and_final(streets: Stage) -> None:
    streets.say(WATERMAN, f"退单 1 非本单位职责，{RULE}，建议转城管执法队")
    said = streets.say("派单员", "不同意 1 灯是你们的")
    assert "定了就算数" in to(said, DISTRICT)[0]
    assert "已请江北区来定" in to(said, WATERMAN)[0]
    assert decisions(streets) == [("return", "waiting")]
    said = streets.say(DISTRICT, "同意 1")
    assert desk(streets) == "城管执法队"
    assert "上面已经定了" in to(streets.say("孙队", WHOLE.replace("城管执法队", "供水公司")), "孙队")[0]


def test_a_street_that_agrees_needs_no_district(streets: Stage) -> None:
    streets.say(WATERMAN, WHOLE)
    streets.say("派单员", "同意 1")
    assert desk(streets) == "城管执法队"


def test_the_same_as_another_becomes_a_part_of_it(lamp: Stage) -> None:
    lamp.say("老周", "七号楼门口的垃圾三天没人收，臭死了", RESIDENTS)
    assert "不能和自己重复" in to(lamp.say("小赵", "退单 2 重复 2"), "小赵")[0]
    lamp.say("小赵", "1")
    said = lamp.say("周书记", "同意 2")
    assert (lamp.ticket(2).status, lamp.ticket(2).merged_into_id) == ("merged", lamp.ticket(1).id)
    assert "您报的 2 号和别人报的 1 号是一件事" in to(said, "老周")[0]


def test_only_whoever_is_asked_decides_and_talk_decides_nothing(lamp: Stage) -> None:
    assert to(lamp.say("小赵", "同意"), "小赵") != ["现在没有等您定的事。"]
    lamp.say("小赵", WHOLE)
    for who in ("小钱", "派单员", "小刘"):
        assert to(lamp.say(who, "同意 1"), who) == ["1 号的退单要由梧桐社区来定。"], who
    assert lamp.say("周书记", "同意", OFFICE) == [], "a word among colleagues"
    assert "私下" in to(lamp.say("周书记", "同意 1", OFFICE), "周书记")[0]
    lamp.press("王阿姨", "agree", 1)
    assert decisions(lamp) == [("return", "waiting")]
    assert "等您定的 1 件" in to(lamp.say("周书记", "待办"), "周书记")[0]
    lamp.say("周书记", "同意")
    assert desk(lamp) == "城管执法队"
    assert to(lamp.say("周书记", "同意 1"), "周书记") == ["1 号的退单，周书记已经定了：同意。"]


def test_whoever_asked_does_not_decide(town: Stage) -> None:
    with_departments(town)
    with town.app.writing() as db:
        community = db.scalars(select(Unit).where(Unit.name == "梧桐社区")).one()
        employ(town, db, "吴主任", community, Role.COMMUNITY)
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "转派 1 梧桐社区")
    said = town.say("周书记", f"退单 1 非本单位职责，{RULE}，建议转城管执法队")
    assert "已报给望江街道" in to(said, "周书记")[0]
    assert to(said, LEADER) == [], "a leader is not asked where somebody dispatches"
    assert town.say("吴主任", "同意 1") == [("吴主任", "1 号的退单要由望江街道来定。")]


def test_what_ends_the_round_takes_the_question_back(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.say("小赵", WHOLE)
    lamp.say("小赵", "办结 1 灯泡已换")
    assert decisions(lamp) == [("return", "taken_back")]
    assert to(lamp.say("周书记", "同意 1"), "周书记") == ["1 号现在没有等人定的事。"]
    assert not any("没有按时定" in text for _, text in lamp.wait(hours=6))


def test_a_field_that_only_the_words_tell_is_not_returned_to_a_community(town: Stage) -> None:
    """Work safety is no community's, whatever the category is called."""
    town.say("王阿姨", "小区北门工地违规动火，电焊火花掉到楼下，太危险了", RESIDENTS)
    town.say("派单员", "转派 1 物业")
    assert desk(town) == "安居物业"
    town.say("小刘", f"退单 1 非本单位职责，{RULE}，建议转梧桐社区")
    assert decisions(town) == [], "it is no owner, so one is asked for"
    assert to(town.say("小刘", "梧桐社区"), "小刘") == ["1 号不能派给梧桐社区，请写别的单位。"]
