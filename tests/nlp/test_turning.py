"""Thanks, the past and other places told for contrast: what is wrong here and now stands behind them."""

from __future__ import annotations

import pytest

from nlp.reading import ReadingContext, read
from nlp.turning import here_and_now

CLEAR = [
    ("谢谢上回的师傅，不过水管接头又开始滴水了", "utilities"),
    ("路灯修好了谢谢，不过垃圾桶又满出来了", "sanitation"),
    ("楼道扫干净了，多谢，可墙上小广告又贴满了", "sanitation"),
    ("总算来水了，但是水黄得没法用", "utilities"),
    ("我妈那边小区停水了，我们这边电梯也坏了", "building"),
    ("我单位停电，咱小区3号楼门口垃圾也没人收", "sanitation"),
    ("别的小区电梯坏了当天修，我们这部躺了九天", "building"),
    ("谢谢师傅，不过电梯门关不上", "building"),
    ("路灯修好了，但是垃圾没人收", "sanitation"),
    ("辛苦了，可是下水道堵了", "drainage"),
]
ASKED = [
    ("去年夏天蚊子就多，今年水沟又没人清", "drainage"),
    ("昨天停水了，今天路灯不亮", "road_facility"),
    ("跟我老家停电一个样，咱小区三号楼今晚又黑了", "utilities"),
    ("以前路灯都好好的，打从上个月起南门那段就没亮过", "road_facility"),
    ("去年修过的那个井盖，现在又翘起来硌车", "road_facility"),
    ("以前楼下很安静，现在天天半夜有人唱歌", "noise"),
    ("师傅辛苦了，不过我家龙头还是滴滴答答", "utilities"),
]


@pytest.mark.parametrize(("said", "category"), CLEAR)
def test_what_is_clear_behind_the_contrast_is_a_report(said: str, category: str) -> None:
    reading = read(said)
    assert (reading.band, reading.category) == ("high", category)


@pytest.mark.parametrize(("said", "category"), ASKED)
def test_what_is_less_clear_is_asked_about_and_is_one_where_the_bot_is_told(said: str, category: str) -> None:
    reading = read(said)
    assert (reading.band, reading.parts[0].category) == ("middle", category)
    assert read(said, ReadingContext(addressed=True)).parts[0].category == category


@pytest.mark.parametrize(
    "said",
    [
        "以前停电点蜡烛，现在停电玩手机",
        "去年我们小区也停过水",
        "我老家停电了，我们这里没停",
        "谢谢师傅，现在水管不漏了",
        "隔壁小区又停水，我们没停",
        "以前咱们这停电是家常便饭 现在一年也没一次",
        "亲戚家小区摄像头全坏,车丢了三台,咱们这儿还是强",
        "各位业主,3号楼电梯今天已修复,另外地库积水也已抽干",
        "路灯修好了，谢谢，还是咱社区给力",
        "我妈那小区垃圾堆成山，我们这边干干净净",
        "以前我们大院 孩子丢了全院人打着手电找 现在对门是谁都不认识",
        "小时候住的筒子楼，厕所公用，下水三天两头堵，现在想起来蛮亲切",
        "谢谢啦，不过不用了，我自己弄好了",
        "辛苦了，不过隔壁那盏也坏了",
        "水管修好了，路灯不亮的事先不急",
        "感谢师傅，三号楼下水道堵了两天一下就通了",
    ],
)
def test_talk_that_turns_to_nothing_wrong_stays_talk(said: str) -> None:
    assert read(said).band == "low"


def test_what_is_clear_as_a_whole_is_read_as_a_whole() -> None:
    reading = read("上礼拜我妈在西门坡道摔了一跤，现在好了，可那坡道还是没防滑条")
    assert (reading.band, reading.place) == ("high", ("西门",))
    both = read("昨晚车窗被砸仨，谢谢派出所来得快，还有C出口闸机一直抬着谁都能进车")
    assert both.category == "security"


@pytest.mark.parametrize(
    "said",
    [
        "我妈那边小区停水了，我们这边油锅起火了！！盖子盖不住！",
        "谢谢上回的师傅，不过我媳妇要生了羊水破了，动不了，车叫不到",
        "以前停过电，现在楼道有人没气了",
    ],
)
def test_danger_here_and_now_rings_whatever_is_told_before(said: str) -> None:
    assert (read(said).band, read(said).urgency) == ("high", "emergency")


@pytest.mark.parametrize(
    "said",
    [
        "我妈那边小区停水了，我们这边6号楼楼顶那块铁皮掀起来了 哐当哐当的 眼看要飞呀 底下就是停车的地方",
        "我妈那边小区停水了，我们这边四五条没主的大狗蹲在学校后门，晚自习放学的娃不敢出来",
    ],
)
def test_a_doubt_is_not_given_up_for_an_ordinary_report(said: str) -> None:
    assert here_and_now(said)
    assert (read(said).band, read(said).doubtful) == ("middle", True)


@pytest.mark.parametrize(
    "said", ["谢谢师傅", "路灯坏了，另外垃圾没收", "我家也停水了，5号楼一滴都没有", "，，，", "谢谢，"]
)
def test_without_a_contrast_nothing_is_read_again(said: str) -> None:
    assert here_and_now(said) == ()
