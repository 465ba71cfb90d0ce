"""What a lazy unit might try so that its lights go out without work.

Sabotage that must turn these red: let a department pass on to another one; take a mere word of agreement for evidence;
let silence close what was reported for somebody who hears nothing by whoever did it.
"""

from __future__ import annotations

import pytest

from tests.conversations.offices import FIREMAN, with_departments
from tests.conversations.stage import RESIDENTS, Stage, to


@pytest.fixture
def stall(town: Stage) -> Stage:
    with_departments(town).say("王阿姨", "东门口小贩占道摆摊", RESIDENTS)
    return town


def test_a_department_hands_nothing_to_another_one_by_itself(stall: Stage) -> None:
    """Whose it is is decided one level up; while that waits the first receiver stays in charge."""
    stall.say("孙队", "退单 1 非本单位职责，《市容条例》第三条，建议转消防")
    for order in ("转派 1 消防", "转派 1 安居物业", "转派 1 望江街道"):
        said = stall.say("孙队", order)
        assert "说「退单 1」，由上一级定" in to(said, "孙队")[0]
        assert [name for name, _ in said] == ["孙队"]
    kept = stall.ticket(1)
    assert "不同意" in to(stall.say("派单员", "不同意 1 占道归城管"), "派单员")[0], "the question still waits"
    stall.say("派单员", "转派 1 消防")  # whoever dispatches may
    assert stall.ticket(1).desk_id != kept.desk_id
    assert "由上一级定" in to(stall.say(FIREMAN, "转派 1 城管"), FIREMAN)[0]
