"""Different ways of typing the same words become equal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.normalise import fold, normalise, origins, tight


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("接单１２３", "接单123"),
        ("  接單　１２  ", "接单 12"),
        ("接 单 12", "接单 12"),
        ("办\u200b结\ufeff17", "办结17"),
        ("\u202e进度\u202c", "进度"),
        ("電梯壞了！", "电梯坏了!"),
        ("转派  张三", "转派 张三"),
        ("", ""),
    ],
)
def test_typing_habits_disappear(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


@given(st.text())
def test_any_text_can_be_normalised_and_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text())
def test_each_folded_character_knows_where_it_came_from(text: str) -> None:
    index = origins(text)
    assert len(fold(text)) == (len(text) if index is None else len(index))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("6 号楼 电梯坏了", "6号楼 电梯坏了"),
        ("3 栋 2 单元", "3栋 2单元"),
        ("3 - 2 - 501 漏水", "3-2-501 漏水"),
        ("路 灯 坏 了", "路灯坏了"),
        ("电梯坏了 三天", "电梯坏了 三天"),
    ],
)
def test_blanks_inside_a_place_or_between_lone_characters_disappear(typed: str, meant: str) -> None:
    assert tight(typed)[0] == meant


@given(st.text(alphabet="3栋2单元号楼 -灯a"))
def test_each_character_left_knows_where_it_stood(text: str) -> None:
    flat, kept = tight(text)
    assert flat == (text if kept is None else "".join(text[at] for at in kept))
