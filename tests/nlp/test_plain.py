"""The plainest messages: a thing and what is wrong with it, and the same words where nothing is wrong."""

from pathlib import Path

import pytest

from nlp.gate import Gate, places
from nlp.normalise import fold
from nlp.places import Gazetteer
from nlp.plain import AGAINST, told_plainly
from nlp.reading import Reading, ReadingContext, read
from nlp.talk import hear, rules

ANY = "*"


class _Line:
    """A line of the battery: what is said, and what it should mean."""

    def __init__(self, line: str) -> None:
        self.said, category, soon, place = line.split("\t")
        self.categories, self.levels, self.place = category.split(","), soon.split(","), place

    def is_report(self) -> bool:
        return self.categories != ["-"]

    def meant(self, reading: Reading) -> bool:
        soon = ANY in self.levels or reading.urgency in self.levels
        return reading.category in self.categories and soon and self._there(reading.place)

    def _there(self, found: tuple[str, ...]) -> bool:
        if self.place.endswith(ANY):
            return "".join(found).startswith(self.place.rstrip(ANY).replace(";", ""))
        return list(found) == ([] if self.place == "-" else self.place.split(";"))


def _battery(half: int) -> list[_Line]:
    lines = (Path(__file__).parent / "plain.tsv").read_text(encoding="utf-8").splitlines()
    return [_Line(line) for at, line in enumerate(lines, 1) if not line.startswith("#") and at % 2 == half]


@pytest.mark.parametrize("half", [1, 0], ids=["looked at", "only measured"])
def test_plain_reports_are_believed_and_understood(half: int) -> None:
    wanted = [line for line in _battery(half) if line.is_report()]
    found = [(line, reading) for line in wanted if (reading := read(line.said)).band == "high"]
    assert len(wanted) >= 150
    assert len(found) >= 0.97 * len(wanted)
    assert sum(line.meant(reading) for line, reading in found) >= 0.96 * len(found)


@pytest.mark.parametrize("half", [1, 0], ids=["looked at", "only measured"])
def test_the_same_words_without_a_trouble_are_no_report(half: int) -> None:
    calm = [line.said for line in _battery(half) if not line.is_report()]
    taken = [said for said in calm if read(said).is_report]
    assert len(calm) >= 100
    assert len(taken) <= 0.07 * len(calm), taken


def test_no_emergency_told_plainly_is_missed() -> None:
    wanted = [line.said for half in (0, 1) for line in _battery(half) if line.levels == ["emergency"]]
    assert [said for said in wanted if read(said).urgency != "emergency"] == []


@pytest.mark.parametrize(
    ("said", "category", "soon", "place"),
    [
        ("路灯不亮了", "road_facility", "ordinary", ()),
        ("我家停水了", "utilities", "urgent", ()),
        ("停电了", "utilities", "urgent", ()),
        ("6号楼电梯坏了", "building", "urgent", ("6号楼",)),
        ("6 号楼电梯坏了", "building", "urgent", ("6 号楼",)),
        ("一号楼楼道灯不亮了", "building", "ordinary", ("一号楼",)),
        ("下水道堵了", "drainage", "ordinary", ()),
        ("楼上漏水漏到我家了", "building", "urgent", ()),
        ("您好，我是三号楼住户，楼道灯坏了，请安排维修", "building", "ordinary", ("三号楼",)),
        ("车堵消防通道", "fire_safety", "urgent", ()),
        ("水管爆了", "utilities", "emergency", ()),
        ("井盖没了", "road_facility", "emergency", ()),
    ],
)
def test_the_sentences_that_everybody_tries_first(said: str, category: str, soon: str, place: tuple[str, ...]) -> None:
    reading = read(said)
    assert (reading.band, reading.category, reading.urgency, reading.place) == ("high", category, soon, place)


@pytest.mark.parametrize(
    "said",
    [
        "电梯修好了谢谢",
        "通知：明天停水检修",
        "谁有疏通下水道的电话",
        "昨天停电了，今天来了",
        "路灯不亮了好久现在亮了",
        "手机没电了",
        "我老家也停电了",
        "电梯坏了爬楼减肥哈哈",
    ],
)
def test_what_everybody_tries_next_is_no_report(said: str) -> None:
    assert not read(said).is_report


def test_the_reason_names_the_plain_words() -> None:
    reading = read("路灯不亮了")
    assert reading.band == "high"
    assert any(why.startswith("说得直白：路灯不亮") for why in reading.because)


@pytest.mark.parametrize(
    "said",
    [
        "我家漏水了",
        "你好，我家进水了",
        "我们楼进水了",
        "我家电视没信号了",
        "您好，我们家暖气不热了，谢谢",
        "3号楼手机没信号",
    ],
)
def test_what_is_told_plainly_and_alone_opens_whatever_the_model_learned(said: str) -> None:
    """The model dislikes 我家 and a greeting: people who tell stories of home begin that way."""
    assert read(said).band == "high"


@pytest.mark.parametrize("said", ["断网了", "人人网也打不开了", "我家漏水了吗", "我家漏水了，是电视里那家"])
def test_what_may_be_elsewhere_is_asked_or_says_more_is_weighed_like_anything(said: str) -> None:
    plain = told_plainly(fold(said), hear(fold(said)))
    assert plain is None or not plain.alone


@pytest.mark.parametrize("said", ["昨天路灯坏了", "早上电梯坏了", "路上有个坑", "大半夜的谁在放鞭炮", "燃气灶打不着火"])
def test_what_broke_yesterday_is_broken_today(said: str) -> None:
    assert read(said).band == "high"


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("通知说5点来水，现在8点了还没来", "utilities"),
        ("说好上午来电的，现在还没有", "utilities"),
        ("不是说六点来水吗，这都九点了", "utilities"),
        ("原定四点结束停电的，到现在也没来电", "utilities"),
        ("说是今天来修电梯，到现在没见人影", "building"),
        ("物业答应周一换灯，周三了还是黑的", "building"),
        ("昨天就说来修路灯，今天还是不亮", "road_facility"),
        ("不是说今天来清下水道吗，人呢", "drainage"),
        ("答应昨天清运的垃圾，到今天还堆着", "sanitation"),
        ("说好3点来人的，现在5点了连个人影都没有", "property_service"),
    ],
)
def test_what_was_promised_and_did_not_come_is_a_plain_report(said: str, category: str) -> None:
    reading = read(said)
    assert (reading.band, reading.category) == ("high", category)


@pytest.mark.parametrize(
    "said",
    [
        "说好5点来水，现在来了",
        "说5点来水，现在才3点，还没到点呢",
        "通知说下午停电，到现在也没停",
        "师傅说3点来修，现在已经在修了",
        "我约的师傅说下午来修洗衣机，到现在还没来",
        "物业说明天来修，今天没空",
        "说好5点集合打太极，现在都没人",
        "我老家说5点来电，现在还没来",
        "外卖说半小时到，一个小时了还没到",
    ],
)
def test_what_came_is_not_due_or_is_nobodys_here_is_none(said: str) -> None:
    assert not read(said).is_report


@pytest.mark.parametrize("said", ["今天路上好堵", "昨晚停电了", "昨天电梯困人了", "我没报过路灯？"])
def test_what_is_over_or_on_the_way_to_work_is_no_report(said: str) -> None:
    assert not read(said).is_report


@pytest.mark.parametrize("said", ["3号楼二单元门口", "五号楼二单元门口", "地下车库B2", "7-2-501", "我家在3号楼，谢谢"])
def test_a_place_alone_is_no_report(said: str) -> None:
    assert read(said).band == "low"
    assert read(f"{said}，煤气味很大").urgency == "emergency"


def test_a_nickname_of_the_deployment_is_a_place_like_any_other() -> None:
    folded = fold("大白楼停水了")
    assert told_plainly(folded, {}) is None
    assert told_plainly(folded, {}, Gazetteer([("大白楼", "unit-7")])) is not None
    context = ReadingContext(gazetteer=Gazetteer([("大白楼", "unit-7")]))
    assert (read("大白楼停水了", context).band, read("大白楼停水了", context).place) == ("high", ("大白楼",))


def test_what_takes_a_plain_report_back_is_a_rule_that_exists() -> None:
    assert {rule.name for rule in rules()} >= AGAINST
    assert told_plainly(fold("电梯坏了"), hear("电梯坏了")) is not None
    assert told_plainly(fold("电梯坏了"), {"past": "说的是从前"}) is None


def test_two_gates_can_be_passed_at_once() -> None:
    one, other = Gate(["ab", "c", "d"]), Gate(["x", "x", "y"])
    assert list(places(one.mask("ad") & other.mask("x"))) == [0]
