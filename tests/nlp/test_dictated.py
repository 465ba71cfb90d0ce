"""What is dictated says 嗯, 那个 and 就是 between its words; what it tells is heard all the same."""

from __future__ import annotations

import pytest

from nlp.dictated import without
from nlp.reading import ReadingContext, read

TO_THE_BOT = ReadingContext(addressed=True)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("嗯那个就是三号楼那个楼道里面那个灯啊不亮了好几天了", "三号楼楼道里面灯不亮了好几天了"),
        ("那个那个我跟你讲啊就是我们家这个暖气嗯一点都不热", "我们家暖气一点都不热"),
        ("三号楼那个路灯坏了", "三号楼那个路灯坏了"),
        ("嗯，那个，就是这个灯，啊，它坏了", "嗯，那个，就是这个灯，啊，它坏了"),
        ("嗯嗯那个那个啊就是就是那个", "嗯嗯那个那个啊就是就是那个"),
    ],
)
def test_only_what_fills_is_left_out_of_what_runs_on(said: str, left: str) -> None:
    assert without(said) == left


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("嗯你好我想那个反映一下就是我们这个楼啊五号楼的那个电梯它老是一抖一抖的我们不敢坐", "building"),
        ("那个师傅啊就是我们家楼上那家呢他天天晚上嗯就是剁东西吵得我们没办法睡", "noise"),
        ("那个那个我跟你讲啊就是我们家这个暖气嗯一点都不热", "utilities"),
        ("喂那个我是七号楼的那个我们单元门啊就是关不上风呼呼地往里灌", "building"),
        ("广场舞声音太大，我孩子还要写作业", "noise"),
    ],
)
def test_what_is_dictated_is_heard(said: str, category: str) -> None:
    assert read(said, TO_THE_BOT).category == category


@pytest.mark.parametrize(
    "said",
    [
        "嗯那个就是明天下午那个两点啊大家来打牌",
        "那个我那个快递啊就是放在那个门卫那里了嗯你们谁帮我拿一下",
        "嗯那个就是昨天那个电梯的事啊谢谢你们已经修好了",
        "那个啊就是那个电视剧里面那个房子着火了嗯太好看了",
        "哎呀那个这个菜啊今天真贵啊就是那个青椒都八块了",
    ],
)
def test_dictated_talk_stays_talk(said: str) -> None:
    assert read(said).band == "low"


@pytest.mark.parametrize(
    "said",
    [
        "隔壁张奶奶不会用微信，让我帮她说下，她家停水了，4号楼102",
        "隔壁奶奶不会用手机，让我帮她报修，家里停水",
        "对门老人家不会打字托我说一声，家里没电了",
    ],
)
def test_what_is_told_for_an_old_neighbour_is_no_emergency(said: str) -> None:
    reading = read(said)
    assert (reading.band, reading.category, reading.urgency) == ("high", "utilities", "urgent")
