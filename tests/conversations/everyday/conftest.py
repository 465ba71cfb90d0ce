from __future__ import annotations

import pytest

from tests.conversations.stage import RESIDENTS, Stage


@pytest.fixture
def three(town: Stage) -> Stage:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("老周", "5号楼下水道堵了，脏水都冒出来了", RESIDENTS)
    town.say("李婶", "8号楼单元门禁坏了关不上", RESIDENTS)
    return town


@pytest.fixture
def lamp(town: Stage) -> Stage:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "接单 1")
    return town
