"""Politeness and fear around a report: 谢谢 makes no thanks of it, 怎么办 no question of rules."""

from __future__ import annotations

import signal

import pytest

from nlp import courtesy
from nlp.reading import ReadingContext, read

TO_THE_BOT = ReadingContext(addressed=True)


@pytest.mark.parametrize(
    "text",
    [
        "路灯坏了，谢谢",
        "三号楼电梯停了，辛苦了",
        "不好意思打扰了，路灯坏了",
        "门禁刷不开，麻烦您了，谢谢！",
        "打扰一下，水管漏水，多谢",
    ],
)
def test_a_polite_report_is_a_report(text: str) -> None:
    assert read(text, TO_THE_BOT).band == "high"
    assert read(text).band != "low"


@pytest.mark.parametrize(
    "text", ["路灯修好了，谢谢", "谢谢，辛苦了", "来电了，谢谢师傅", "打扰了", "不好意思打扰大家了", "电梯好了，多谢"]
)
def test_thanks_are_thanks(text: str) -> None:
    assert read(text, TO_THE_BOT).band == "low"


@pytest.mark.parametrize("text", ["三号楼门口路灯坏了，谢谢", "电梯停了三天，多谢", "水管漏水，辛苦了"])
def test_a_clear_report_with_thanks_opens_in_a_group_too(text: str) -> None:
    assert read(text).band == "high"


def test_thanks_in_a_group_leave_a_doubt() -> None:
    """What sounds like a trouble without them may be over; whoever writes it to the bot means it."""
    sounds = "人行天桥那块翘起的板已经焊上了"
    assert 0.8 <= read(sounds).confidence < 0.97, "or it shows nothing"
    assert read(f"{sounds}，谢谢").band == "middle"


@pytest.mark.parametrize(
    "text",
    [
        "我闻到煤气味，怎么办", "我家着火了怎么办", "我爸晕倒了怎么办", "触电了怎么办", "我妈走丢了怎么办",
        "着火了咋办啊", "厨房有煤气味，怎么办啊",
    ],
)  # fmt: skip
@pytest.mark.parametrize("context", [ReadingContext(), TO_THE_BOT])
def test_whoever_asks_what_to_do_about_a_fire_tells_of_one(text: str, context: ReadingContext) -> None:
    assert read(text, context).urgency == "emergency"


@pytest.mark.parametrize("text", ["电梯困人怎么办", "煤气泄漏怎么办"])
def test_where_it_may_be_a_mere_question_it_is_asked(text: str) -> None:
    said = read(text)
    assert (said.band, said.doubtful, said.urgency) == ("middle", True, None)
    assert said.parts[0].urgency != "emergency"


@pytest.mark.parametrize(
    "text", ["如果着火了怎么办", "万一电梯困人了怎么办", "遇到煤气泄漏怎么办", "居住证怎么办", "怎么办", "谢谢"]
)
def test_what_is_supposed_or_asked_stays_what_it_is(text: str) -> None:
    assert read(text).band == "low"


@pytest.mark.parametrize(
    "text", ["我举报3号楼下面有人卖假药", "我要举报楼下黑网吧", "你好，我要举报3号楼201违建", "检举三楼开黑诊所"]
)
def test_a_tip_off_to_the_bot_is_never_passed_over(text: str) -> None:
    said = read(text, TO_THE_BOT)
    assert said.band != "low"
    assert said.kind == "tipoff"


@pytest.mark.parametrize("text", ["举报电话是多少", "我举报过了没用", "我要举报", "举报有用吗", "我举报你啊哈哈"])
def test_talk_of_tip_offs_is_none(text: str) -> None:
    assert read(text, TO_THE_BOT).band == "low"


@pytest.mark.parametrize("text", ["家里没有水了", "5号楼没有电了", "停水了，没有水了"])
def test_no_water_is_not_water_again(text: str) -> None:
    assert read(text, TO_THE_BOT).band == "high"


@pytest.mark.parametrize(
    "text", ["有人割腕", "老人口吐白沫", "孩子没有心跳了", "一氧化碳中毒了", "独居老人敲门没动静", "电梯里有人喊救命"]
)
def test_what_is_an_emergency_in_so_many_words_rings(text: str) -> None:
    assert read(text).urgency == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "楼上好像着火了，能来看看吗", "我家煤气味很大，可以派人来看看吗", "我家煤气味很大能不能派人来看看",
        "电梯里有人被困，能不能派人来一下", "我爸晕倒了，你们能上门看看吗",
        "我爸独居，电话打不通两天了，麻烦网格员上门看看",
        "我奶奶一个人住，今早打电话一直没接，能帮忙去看看吗", "井盖没了，能不能先围一下",
    ],
)  # fmt: skip
@pytest.mark.parametrize("context", [ReadingContext(), TO_THE_BOT])
def test_whoever_politely_asks_for_somebody_to_come_is_in_danger_all_the_same(
    text: str, context: ReadingContext
) -> None:
    assert read(text, context).urgency == "emergency"


@pytest.mark.parametrize(
    "text", ["如果着火了，能不能派人来", "空调坏了，有人能来修吗", "谁能来看看电视", "能来看看吗", "万一触电了谁能救"]
)
def test_a_request_alone_makes_no_emergency(text: str) -> None:
    assert read(text).urgency != "emergency"
    assert read(text).band != "high"


@pytest.mark.parametrize("text", ["三号楼路灯坏了", "谢谢", "怎么办", "打扰了"])
def test_what_has_no_courtesy_or_nothing_else_is_left_alone(text: str) -> None:
    assert courtesy.bare(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "谢" + "，" * 100_000,
        "，谢谢" * 30_000 + "x",
        "怎么办" * 30_000 + "x",
        "打扰" * 50_000,
        "，能来看看吗" * 20_000 + "x吗",
    ],
)
def test_marks_without_end_hold_nobody_up(text: str) -> None:
    """Milliseconds where each run of marks is looked at once; minutes, and so never the end, where it is not."""

    def stuck(*_: object) -> None:
        raise TimeoutError(text[:4])

    before = signal.signal(signal.SIGALRM, stuck)
    signal.alarm(30)
    try:
        courtesy.bare(text)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    "told",
    [
        "我妈家3号楼电梯坏了",
        "我妈家停水了，3号楼，谢谢",
        "我朋友那楼停水了，1号楼的",
        "我姐家3号楼2单元下水道堵了",
        "我爸妈那栋5号楼的门禁坏了",
        "咱们老妈家5栋停水了",
        "我外婆家3号楼停水了",
        "我婆婆他们家3号楼停水了",
        "我姑妈家三号楼停电了",
        "我同事家3号楼电梯坏了",
        "我同学住的3号楼电梯坏了",
        "我妈家3幢门禁坏了",
        "我妈家3#电梯坏了",
    ],
)
def test_a_home_of_theirs_in_a_house_of_ours_is_told_of_here(told: str) -> None:
    assert read(told, ReadingContext(addressed=True)).band == "high"
    assert read(told).band == "middle"  # among neighbours it is asked about: there is a third house in every estate


@pytest.mark.parametrize(
    "told",
    [
        "我妈那边停电了",
        "我闺蜜家楼道灯坏了",
        "我婆婆家在老家3号楼，停水了",
        "我妈家5栋漏水，他们小区物业不管",
        "我妈家3号楼以前老停电",
        "我爸住8栋，他说没看见狗",
        "如果我妈家3号楼电梯坏了",
    ],
)
def test_a_home_elsewhere_is_not(told: str) -> None:
    assert read(told, ReadingContext(addressed=True)).band == "low"


@pytest.mark.parametrize(
    "told", ["我妈家3号楼着火了", "我妈家3号楼着火了，能来看看吗", "我姐家3号楼有人被困电梯，能不能派人来"]
)
def test_an_emergency_there_rings_where_the_bot_is_told_and_is_asked_about_among_neighbours(told: str) -> None:
    assert read(told, TO_THE_BOT).urgency == "emergency"
    assert (read(told).band, read(told).urgency) == ("middle", None)


@pytest.mark.parametrize(
    "told",
    [
        "我要投诉小赵，3号楼着火了",
        "我要投诉刘书记，3号楼着火了",
        "你好，我要投诉物业，3号楼着火了",
        "喂，我要投诉老王，电梯里有人被困",
        "您好，我要举报物业，3号楼电梯里困人了",
        "举报一下，3号楼着火了",
        "反映一下，3号楼煤气味很大",
    ],
)
@pytest.mark.parametrize("context", [ReadingContext(), TO_THE_BOT])
def test_an_emergency_behind_a_complaint_rings(told: str, context: ReadingContext) -> None:
    assert read(told, context).urgency == "emergency"
