"""Words of staff in a resident's mouth: an answer or silence, and never a ticket."""

from __future__ import annotations

import pytest

from tests.conversations.stage import Stage

GROUP = "梧桐里业主群"


@pytest.mark.parametrize("text", ["已上门 3-2-501", "已上门 3-2-501 没人", "上门了", "已敲门 3栋2单元501 搬走了"])
def test_a_visit_is_noted_by_staff_alone(town: Stage, text: str) -> None:
    [(to, answer)] = town.say("王桂兰", text)
    assert to == "王桂兰"
    assert "「记上门」要由网格员" in answer
    assert not town.tickets()


def test_the_plumber_who_came_is_still_a_story(town: Stage) -> None:
    town.say("王桂兰", "上门了，厨房水管还是漏")
    assert len(town.tickets()) == 1


def test_an_order_to_somebody_in_a_group_is_no_trouble(town: Stage) -> None:
    """Whoever is called, it is not the bot: nobody is asked whether it is a report."""
    assert town.say("孙三", "@居委会 名单 4", GROUP) == []
    [(to, answer)] = town.say("孙三", "@门口 名单 4", GROUP)
    assert to == "孙三"
    assert "「看名单」要由" in answer
    assert not town.tickets()
