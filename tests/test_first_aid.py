"""First what to do: the number that helps stands in the very first words."""

from __future__ import annotations

import pytest

from handlers.wording.first_aid import first_aid, on_the_spot


@pytest.mark.parametrize(
    ("category", "said", "first"),
    [
        ("welfare", "我妈不喘气了", "马上打 120！"),
        ("welfare", "谁会心肺复苏", "马上打 120！"),
        ("welfare", "快打119", "马上打 119！"),
        ("welfare", "帮我报警", "马上打 110！"),
        ("welfare", "奶奶走丢了", "马上打 110"),
        ("welfare", "有人看见我家老头没，出去一下午了", "马上打 110"),
        ("security", "孩子被陌生人抱走了", "马上打 110"),
        ("security", "有人抢孩子，往南门跑了", "马上打 110"),
        ("welfare", "孩子舔了插座", "别碰"),
        ("security", "有人持刀，砍伤人了，流了好多血", "注意安全，打 110！有人受伤"),
        ("building", "电梯里困着人，有个晕倒了", "别扒门"),
        ("building", "脚手架塌了", "先撤开，打 119！"),
        ("drainage", "有个孩子掉进井里了", "马上打 119、120，别自己下去救！"),
        ("drainage", "洪水进村了", "往高处走"),
        ("utilities", "有人触电了", "别碰"),
        ("utilities", "煤气漏了，我妈头晕晕倒了", "先离开现场，打 119！有人受伤"),
        ("utilities", "一股煤气味", "先离开现场，打 119！"),
        ("utilities", "一股煤气味，电线也掉下来了", "先离开现场，打 119！"),
        ("welfare", "我爸晕倒了，楼道里没有电", "马上打 120！"),
        ("fire_safety", "厨房着火了", "先撤离，打 119！"),
        ("animals", "狗把孩子咬了", "马上打 120！"),
        ("welfare", "屋里有人求救", "您别急"),
        ("noise", "出大事了", "先避险"),
        ("fire_safety", "电梯里着火了", "先撤离"),
        ("building", "电梯里有人掉了东西，快打119", "别扒门"),
        ("building", "货梯停在四楼半，门开不开", "别扒门"),
        ("building", "我们几个困在里面了，黑乎乎的", "别扒门"),
        ("building", "外墙瓷砖往下砸，底下是校门", "先撤开"),
        ("building", "墙里滋滋地响，还热乎", "先避险"),
        ("building", "阳台护栏晃得厉害，孩子趴在上面", "先避险"),
        ("building", "后墙垮了一截，屋里有人", "先撤开"),
    ],
)
def test_what_is_said_first(category: str, said: str, first: str) -> None:
    assert first_aid(category, said).startswith(first)


@pytest.mark.parametrize(
    ("category", "said", "first"),
    [
        ("security", "有人贩子抱走了孩子", "先处置：请马上分头找"),
        ("security", "有人拿刀砍人", "先处置：请马上过去，先顾自己安全"),
        ("security", "可疑包裹冒烟", "先处置：请马上过去，先顾自己安全"),
        ("road_facility", "井盖没了", "先处置：请马上到现场围起来"),
    ],
)
def test_what_whoever_is_near_does_first(category: str, said: str, first: str) -> None:
    assert on_the_spot(category, said).startswith(first)
