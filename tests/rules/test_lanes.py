"""Whose matter something is, by the table and by the words."""

from __future__ import annotations

import pytest

from handlers.rules.lanes import COMMON, PRIVATE, PUBLIC, is_convened, lane_of, may_leave_public
from handlers.rules.policies import Policy, load


@pytest.mark.parametrize(
    ("category", "said", "lane"),
    [
        ("dispute", "两家为晒衣服吵起来了", PRIVATE),
        ("noise", "楼上天天半夜拖椅子", PRIVATE),
        ("noise", "隔壁工地半夜还在打桩", PUBLIC),
        ("noise", "广场舞音响太大", PUBLIC),
        ("building", "楼上漏水漏到我家天花板", PRIVATE),
        ("building", "电梯又停了", COMMON),
        ("building", "我家卧室门锁坏了", PRIVATE),
        ("utilities", "家里停水了", PUBLIC),
        ("utilities", "我家厨房水龙头关不紧", PRIVATE),
        ("parking", "有人占了我家车位", PRIVATE),
        ("parking", "消防通道停满了车", PUBLIC),
        ("property_service", "保安不管事", COMMON),
        ("other", "加装电梯谈了两年没结果", COMMON),
        ("sanitation", "垃圾三天没收", PUBLIC),
        ("sanitation", "4号楼下垃圾桶满了没人收", PUBLIC),
        ("sanitation", "2单元楼上窗台外全是鸟粪", PUBLIC),
        ("sanitation", "楼上老往下扔烟头", PRIVATE),
        ("noise", "楼下那户半夜唱歌", PRIVATE),
    ],
)
def test_the_words_go_before_the_table(category: str, said: str, lane: str) -> None:
    assert lane_of(category, said, Policy()) == lane


def test_what_is_pressing_enforced_or_confidential_stays_public() -> None:
    assert may_leave_public("noise", "ordinary", "fault", confidential=False)
    assert not may_leave_public("noise", "emergency", "fault", confidential=False)
    assert not may_leave_public("encroachment", "ordinary", "fault", confidential=False)
    assert not may_leave_public("noise", "ordinary", "tipoff", confidential=False)
    assert not may_leave_public("dispute", "ordinary", "fault", confidential=True)


def test_a_unit_has_a_table_of_its_own() -> None:
    policy = load('[units."梧桐社区".lanes]\nprivate = ["animals"]\ncommon = []\n')
    own = policy.at(["梧桐社区"])
    assert [lane_of(name, "", own) for name in ("animals", "building", "dispute")] == [PRIVATE, PUBLIC, PUBLIC]
    assert lane_of("dispute", "", policy) == PRIVATE
    assert is_convened("property_service", "", own)
    assert not is_convened("building", "电梯停了", policy)
    assert is_convened("building", "加装电梯的事", policy)
