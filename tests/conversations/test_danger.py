"""Danger told without its name rings at once; what only sounds like danger rings nobody; what is doubtful is asked."""

from __future__ import annotations

import pytest

from tests.conversations.stage import RESIDENTS, Stage, to


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("九楼窗子里头一闪一闪的红，噼啪响，有股焦味", "119"),
        ("按了半天铃没人理，里面黑得很，我带着娃出不去", "编号"),
        ("阿婆晕低咗，叫极都唔醒", "120"),
    ],
)
def test_danger_without_its_name_is_an_emergency(town: Stage, said: str, number: str) -> None:
    heard = town.say("王阿姨", said, RESIDENTS)
    assert town.ticket(1).urgency == "emergency"
    assert any(number in text for text in to(heard, RESIDENTS))
    assert any("紧急" in text for name, text in heard if name != RESIDENTS)


@pytest.mark.parametrize(
    "said",
    ["门卫老头倒在地上叫不醒", "我妈睡觉叫不醒", "电梯门卡住了 里面有人", "着火了 车堵着出不去 快来人", "人卡在车里",
     "救护车堵在门口进不来，病人出不去"],
)  # fmt: skip
def test_what_is_told_beside_a_car_or_a_door_or_of_a_sleeper_still_rings(town: Stage, said: str) -> None:
    town.say("王阿姨", said, RESIDENTS)
    assert town.ticket(1).urgency == "emergency"


@pytest.mark.parametrize(
    "said",
    [
        "明天消防演练，听到警报不要慌，楼道里的烟是假的",
        "这价格杀人啊，我要跳楼了哈哈",
        "昨晚着火的是12栋，早就扑灭了，人没事",
        "大家都别开灯，先开窗",
        "我爷爷小时候掉过井里，命大",
        "快来个人",
        "电梯里放个屁算不算燃气泄漏",
        "门卫睡觉叫不醒",
        "保安亭里的人睡着了 怎么叫都叫不醒 车进不去",
        "前面那辆车堵着，我出不去了，快来人挪车",
        "谁的车把我堵了出不来啊 快来人",
        "伸缩门卡住了",
        "车库门卡住了升不上去",
        "电梯里有人抽烟",
        "电梯里有人吐痰",
        "楼道里有人抽烟",
    ],
)
def test_what_only_sounds_like_danger_rings_nobody(town: Stage, said: str) -> None:
    town.say("王阿姨", said, RESIDENTS)
    assert not any(ticket.urgency == "emergency" for ticket in town.tickets())


def test_what_is_doubtful_is_asked_about_and_opens_nothing_by_itself(town: Stage) -> None:
    heard = town.say("王阿姨", "走廊里有点烟，一会儿又没了", RESIDENTS)
    assert town.tickets() == []
    assert to(heard, "王阿姨")
    assert not to(heard, RESIDENTS)
    warned = {name for name, text in heard if "可能紧急，还没立单" in text}
    assert warned
    assert "王阿姨" not in warned


@pytest.mark.parametrize("said", ["对面小区着火了", "隔壁小区好像着火了"])
def test_a_fire_next_door_is_told_to_whoever_is_on_duty_and_is_no_ticket_of_ours(town: Stage, said: str) -> None:
    heard = town.say("王阿姨", said, RESIDENTS)
    assert town.tickets() == []
    assert not to(heard, RESIDENTS)
    assert {name for name, text in heard if "可能紧急，还没立单" in text} - {"王阿姨"}
    assert "119" in to(heard, "王阿姨")[0]
    town.wait(minutes=11)
    assert town.tickets() == []


def test_an_alarm_of_a_neighbour_is_not_lost_in_somebody_elses_drain(town: Stage) -> None:
    town.say("王阿姨", "五号楼下水道堵了", RESIDENTS)
    town.wait(minutes=3)
    said = town.say("老周", "二单元楼道里好大的煤气味", RESIDENTS)
    assert [(row.category, row.urgency) for row in town.tickets()] == [
        ("drainage", "ordinary"), ("utilities", "emergency"),
    ]  # fmt: skip
    assert "居民说：二单元楼道里好大的煤气味" in to(said, "值班老何")[0]


def test_what_is_put_right_into_an_emergency_rings(town: Stage) -> None:
    """It was noted as a correction, and nobody on duty heard of it."""
    town.say("王阿姨", "五号楼路灯坏了", RESIDENTS)
    town.wait(minutes=1)
    said = town.say("王阿姨", "不对，是电线掉下来冒火花", RESIDENTS)
    [ticket] = town.tickets()
    assert (ticket.category, ticket.urgency, list(ticket.place)) == ("utilities", "emergency", ["五号楼"])
    assert "别碰，离远些" in to(said, RESIDENTS)[0]
    assert "居民说：不对，是电线掉下来冒火花" in to(said, "值班老何")[0]


def test_what_was_put_right_into_an_emergency_is_read_whatever_was_said_before(town: Stage) -> None:
    for _ in range(3):
        town.say("老周", "今天天气真不错", RESIDENTS)
    town.say("王阿姨", "3号楼门口路灯坏了", RESIDENTS)
    said = town.say("王阿姨", "不对，是电线掉下来冒火花", RESIDENTS)
    assert "居民说：不对，是电线掉下来冒火花" in to(said, "值班老何")[0]


def test_what_is_put_right_into_another_place_of_an_emergency_rings_there(town: Stage) -> None:
    town.say("王阿姨", "五号楼路灯坏了")
    town.say("王阿姨", "说错了，是3号楼有人触电了")
    [ticket] = town.tickets()
    assert (ticket.urgency, list(ticket.place)) == ("emergency", ["3号楼"])


def test_a_smell_that_a_neighbour_calls_gas_is_that_gas(town: Stage) -> None:
    town.say("王阿姨", "5号楼楼道里一股难闻的味道，熏死人", RESIDENTS)
    town.wait(minutes=2)
    town.say("老周", "是煤气味，5号楼楼道", RESIDENTS)
    assert [(row.category, row.urgency) for row in town.tickets()] == [("utilities", "emergency")]


@pytest.mark.parametrize(
    ("said", "urgency"), [("我闻到瓦斯味，开窗也散不掉", "emergency"), ("空调师傅挂在外面，安全绳断了一根", "urgent")]
)
def test_what_happens_and_sounds_like_talk_is_asked_about_where_the_bot_is_told(
    town: Stage, said: str, urgency: str
) -> None:
    heard = town.say("王阿姨", said)
    assert "可能紧急，还没立单" in to(heard, "值班老何")[0]
    assert "先打 1" in to(heard, "王阿姨")[0]
    town.say("王阿姨", "是")
    assert [row.urgency for row in town.tickets()] == [urgency]


@pytest.mark.parametrize("said", ["有人闻到煤气味吗", "你们闻到煤气味了吗", "是不是有煤气味啊"])
def test_a_question_that_sounds_like_danger_is_told_to_whoever_is_on_duty(town: Stage, said: str) -> None:
    """It was talk to everybody, and so was 没有啊 behind it."""
    heard = town.say("王阿姨", said, RESIDENTS)
    assert "可能紧急，还没立单" in to(heard, "值班老何")[0]
    assert "先打 119" in to(heard, "王阿姨")[0]
    assert town.tickets() == []
    town.say("王阿姨", "是")
    assert [(row.category, row.urgency) for row in town.tickets()] == [("utilities", "emergency")]


def test_a_neighbour_who_smells_it_too_rings_though_another_does_not(town: Stage) -> None:
    town.say("王阿姨", "有人闻到煤气味吗", RESIDENTS)
    town.say("老周", "没有啊", RESIDENTS)
    said = town.say("李婶", "我也闻到了 2单元", RESIDENTS)
    assert town.ticket(1).urgency == "emergency"
    assert to(said, "值班老何")


@pytest.mark.parametrize("said", ["差点没把我摔死", "路太滑把我摔了一跤", "昨天那个砖把我摔惨了"])
def test_a_fall_over_a_stone_is_no_violence_at_home(town: Stage, said: str) -> None:
    town.say("王阿姨", "3号楼拐角那个砖翘起来了", RESIDENTS)
    heard = town.say("王阿姨", said, RESIDENTS)
    assert len(town.tickets()) == 1
    assert not any("12338" in text for _, text in heard)


@pytest.mark.parametrize("said", ["找到了", "找到了找到了 谢谢大家", "人找到了 谢谢大家"])
def test_who_was_rung_hears_that_somebody_was_found(town: Stage, said: str) -> None:
    town.say("王阿姨", "我妈走丢了 穿红衣服 大家帮忙看看", RESIDENTS)
    town.wait(minutes=5)
    heard = town.say("王阿姨", said, RESIDENTS)
    for one in ("小赵", "值班老何"):
        assert to(heard, one) == [f"1 号报事人说好了：{said}"]
    assert town.ticket(1).status == "reported"


@pytest.mark.parametrize(
    "said",
    ["电梯里有人被困了，停电了", "停电了，电梯困人了", "我爸在电梯里出不来了，停电了", "没电了，电梯卡住里面有人"],
)
def test_what_comes_of_a_trouble_that_was_told_rings_beside_it(town: Stage, said: str) -> None:
    town.say("老周", "3号楼停电了", RESIDENTS)
    assert any("打 119" in text for text in to(town.say("王阿姨", said, RESIDENTS), RESIDENTS))
    assert town.ticket(2).urgency == "emergency"


@pytest.mark.parametrize("said", ["停电了电梯里会不会困人啊", "上次停电电梯还困过人"])
def test_whoever_fears_that_it_might_rings_nobody(town: Stage, said: str) -> None:
    town.say("老周", "3号楼停电了", RESIDENTS)
    town.say("王阿姨", said, RESIDENTS)
    assert [ticket.urgency for ticket in town.tickets()] == ["urgent"]


@pytest.mark.parametrize(
    ("said", "category", "place"),
    [
        ("3号楼有煤气味，另外5号楼路灯坏了", "road_facility", ["5号楼"]),
        ("3号楼有煤气味，还有5号楼路灯坏了", "road_facility", ["5号楼"]),
        ("2号楼电梯困人了，垃圾也没人收", "sanitation", []),
    ],
)
def test_what_can_wait_and_comes_of_something_else_is_a_ticket_beside_it(
    town: Stage, said: str, category: str, place: list[str]
) -> None:
    town.say("王阿姨", said, RESIDENTS)
    first, second = town.tickets()
    assert (first.urgency, second.urgency, second.category, second.place) == ("emergency", "ordinary", category, place)
    assert not set(place) & set(first.place)


@pytest.mark.parametrize(
    "said", ["6号楼着火了，电梯也停了", "6号楼着火了，还有5号楼也冒烟", "6号楼着火了，另外快叫人把消防通道的车挪开"]
)
def test_what_comes_of_it_or_is_as_grave_stays_with_it(town: Stage, said: str) -> None:
    town.say("王阿姨", said, RESIDENTS)
    assert [ticket.urgency for ticket in town.tickets()] == ["emergency"]


@pytest.mark.parametrize("said", ["北门栏杆抬不起来了", "门口的杆抬不起来车进不去", "小区道闸也抬不起来"])
def test_a_bar_that_does_not_rise_is_nobodys_arm(town: Stage, said: str) -> None:
    heard = town.say("老周", said, RESIDENTS)
    assert town.ticket(1).urgency != "emergency"
    assert to(heard, "值班老何") == []


@pytest.mark.parametrize("said", ["我妈胳膊抬不起来嘴也歪了", "我爸嘴歪了话也说不清了", "老伴突然嘴歪眼斜手也动不了"])
def test_a_stroke_rings_though_it_sounds_like_agreement(town: Stage, said: str) -> None:
    heard = town.say("李婶", said, RESIDENTS)
    assert town.ticket(1).urgency == "emergency"
    assert to(heard, "值班老何") != []


@pytest.mark.parametrize("said", ["有人抢孩子，往南门跑了", "3号楼门口有人偷了孩子"])
def test_somebody_who_takes_a_child_is_everybodys_to_look_for(town: Stage, said: str) -> None:
    heard = town.say("王阿姨", said)
    assert to(heard, "王阿姨")[0].startswith("马上打 110")
    assert to(heard, "小赵")[0].startswith("先处置：请马上分头找")
    assert not town.ticket(1).confidential
