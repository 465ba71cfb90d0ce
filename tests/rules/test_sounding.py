"""What sounds like a command, and numbers that were said aloud."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.orders import parse
from handlers.sounding import meant, sound_of
from handlers.spoken_orders import number_of, typed
from handlers.wording.commands import COMMANDS
from nlp.normalise import normalise


def test_every_command_word_has_its_sound() -> None:
    """Complete by construction: whatever command is added, the table knows its characters."""
    chinese = [word for command in COMMANDS.values() for word in command.words if all("一" <= c <= "鿿" for c in word)]
    assert len(chinese) > 100
    assert [word for word in chinese if sound_of(word) is None] == []


@pytest.mark.parametrize(
    ("said", "corrected"),
    [
        ("接但123", "接单123"),
        ("借单 123", "接单 123"),
        ("办洁 1043", "办结 1043"),
        ("结但", "接单"),
        ("代办", "待办"),
        ("123 街单", "123 接单"),
        ("单接 123", "接单 123"),
        ("转拍 12 物业", "转派 12 物业"),
        ("退蛋 12 不归我们", "退单 12 不归我们"),
        ("接蛋１２", "接单12"),
        ("并安 3 4", "并案 3 4"),
        ("jiedan 3", "接单 3"),
        ("jied 3", "接单 3"),
        ("JieDan3", "接单3"),
        ("jie dan 3", "接单 3"),
        ("jd3", "接单3"),
        ("接dan 3", "接单 3"),
        ("3 jiedan", "3 接单"),
        ("jinzhan 3 师傅在路上", "进展 3 师傅在路上"),
        ("banjie 3 灯换了", "办结 3 灯换了"),
        ("zhuanpai 3 物业", "转派 3 物业"),
        ("cuiban 3", "催办 3"),
        ("cha 3", "查 3"),
        ("daiban", "待办"),
        ("接到3", "接单3"),
        ("接代 3", "接单 3"),
        ("办及 3", "办结 3"),
    ],
)
def test_what_sounds_like_a_command_is_meant_as_one(said: str, corrected: str) -> None:
    assert meant(normalise(said)) == corrected


@pytest.mark.parametrize(
    "said",
    [
        *("接单 123", "合适", "好的", "辛苦了", "借蛋糕", "接蛋糕 3 个", "今天 12 号开会", "", "12"),
        *(
            "接到3个电话",
            "ok 3",
            "wifi 3",
            "ok",
            "hello 1",
            "A座 3",
            "u盘 2 个",
            "收到 3",
            "jiejie 3",
            "接到 3号楼电话",
        ),
    ],
)
def test_talk_is_not(said: str) -> None:
    assert meant(normalise(said)) is None


@pytest.mark.parametrize(
    ("said", "reads"),
    [
        ("接单一零四三", "接单 1043"),
        ("幺零四三接单", "1043 接单"),
        ("接单 1043。", "接单 1043"),
        ("接单，一千零四十三号", "接单 1043"),
        ("进展一零四三已联系师傅", "进展 1043 已联系师傅"),
        ("接单一零四三和一零四四", "接单 1043 1044"),
        ("一零四三号工单办结，灯换了", "1043 办结，灯换了"),
        ("接单十二", "接单 12"),
    ],
)
def test_numbers_that_were_spoken(said: str, reads: str) -> None:
    assert typed(normalise(said)) == normalise(reads)


@pytest.mark.parametrize(
    "said",
    ["进展二十分钟到", "进展一会儿到", "查三号楼", "办结 三号楼弄好了", "接单一下", "一会儿接单", "三四天没来了"],
)
def test_amounts_and_places_are_no_numbers_of_tickets(said: str) -> None:
    assert typed(normalise(said)) == said


@given(st.integers(1, 9999))
def test_a_number_is_the_same_said_by_its_digits(number: int) -> None:
    assert number_of("".join("零一二三四五六七八九"[int(digit)] for digit in str(number))) == number


@pytest.mark.parametrize("said", ["完成作业了吗", "反馈一下情况", "跟进得怎么样"])
def test_other_words_for_progress_and_done_are_said_of_anything(said: str) -> None:
    assert parse(normalise(said)) is None


@given(st.text(max_size=60))
def test_nothing_breaks_it(said: str) -> None:
    meant(normalise(said))
    typed(normalise(said))
