"""What residents say, and what Menkou makes of it."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import reading
from nlp.places import Gazetteer
from nlp.reading import Reading, ReadingContext, read

CORPUS = Path(__file__).parent.parent / "corpus"


@pytest.mark.parametrize(
    ("said", "category", "soon", "place"),
    [
        ("三号楼门口路灯坏了半个月了", "road_facility", "ordinary", ("三号楼",)),
        ("5栋2单元厨房下水全堵死了，菜叶子都冒出来了", "drainage", "urgent", ("5栋", "2单元")),
        ("３號樓電梯又壞了", "building", "urgent", ("３號樓",)),
        ("有人把电瓶拎上楼充电，12-2-801", "fire_safety", "urgent", ("12-2-801",)),
        ("楼上半夜还在打麻将，吵得孩子睡不着", "noise", "ordinary", ()),
        ("厨房一股煤气味，头晕，6栋302", "utilities", "emergency", ("6栋", "302")),
    ],
)
def test_a_report_says_what_where_and_how_soon(said: str, category: str, soon: str, place: tuple[str, ...]) -> None:
    reading = read(said)
    assert (reading.is_report, reading.band) == (True, "high")
    assert (reading.category, reading.urgency, reading.place) == (category, soon, place)
    assert reading.because


@pytest.mark.parametrize(
    "said",
    [
        "电梯修好了，谢谢师傅",
        "【停水通知】因管道检修，明日8:00至17:00停水，请提前储水",
        "谁有疏通下水道的电话，推荐一个",
        "我老家也停电了，全村都黑着",
        "手机没电了",
        "出一张沙发，八成新，自提",
        "公积金提取需要什么材料",
        "我家也是",
        "哈哈哈哈笑死",
        "收到，师傅马上到",
        "早上好各位",
        "来水了来水了",
        "在公厕后头那个小铁门里头",
        "就在三号楼和四号楼中间的化粪池那里",
        "快来个人",
        "@机器人 我老婆打呼噜太响能不能报修",
        "那年下暴雨，地下室淹到腰，船都划得进",
        "医保卡能不能交物业费，有人晓得不",
        "楼道天花脱落、钢筋外露找我，专业加固，随叫随到",
    ],
)
def test_talk_is_not_a_report_however_topical(said: str) -> None:
    reading = read(said)
    assert not reading.is_report
    assert (reading.category, reading.urgency, reading.parts) == (None, None, ())


@pytest.mark.parametrize("said", ["快来个人", "电梯里放个屁算不算燃气泄漏", "对面小区着火了"])
def test_what_must_not_ring_does_not_ring(said: str) -> None:
    assert not read(said).is_report


@pytest.mark.parametrize(
    ("said", "cue"),
    [
        ("我家也是", "agreement"),
        ("+1", "agreement"),
        ("同问", "agreement"),
        ("谢谢师傅", "thanks"),
        ("修好了", "solved"),
        ("好了谢谢", "solved"),
        ("来水啦", "solved"),
        ("还是没修", "still_broken"),
        ("又坏了", "still_broken"),
        ("说错了，是5号楼", "correction"),
        ("不是3号是5号", "correction"),
        ("没事了", "withdraw"),
        ("弄错了不好意思", "withdraw"),
        ("咋样了", "status_question"),
        ("有人管没", "status_question"),
        ("进度", "status_question"),
        ("人工", "human"),
        ("找网格员", "human"),
        ("温馨提示：今晚检修", "notice"),
        ("出一台洗衣机自提", "trade"),
        ("谁有开锁的电话", "tradesman"),
        ("早上好", "greeting"),
        ("你有病吧，滚远点", "quarrel"),
        ("他说不想活了", "danger_word"),
        ("我妈走失了", "danger_word"),
        ("那男的拿着刀", "danger_word"),
    ],
)
def test_speech_acts_are_heard(said: str, cue: str) -> None:
    assert cue in read(said).cues


@pytest.mark.parametrize("said", ["修好了吗", "电梯好了没", "什么时候修好"])
def test_asking_whether_it_is_mended_is_not_saying_so(said: str) -> None:
    assert "solved" not in read(said).cues


def test_two_problems_in_one_message_are_two_parts() -> None:
    reading = read("路灯坏了，另外垃圾没收，都臭了")
    assert [part.category for part in reading.parts] == ["road_facility", "sanitation"]
    assert reading.also == ("sanitation",)


def test_one_problem_told_at_length_is_one_part() -> None:
    reading = read("电梯又坏了，爬了十八层，腿都断了，物业打电话没人接，到底修不修")
    assert [part.category for part in reading.parts] == ["building"]


def test_the_gazetteer_knows_nicknames() -> None:
    context = ReadingContext(gazetteer=Gazetteer([("大白楼", "unit-7")]))
    assert read("大白楼门口路灯坏了好几天没人修", context).place == ("大白楼",)


def test_what_was_meant_for_the_bot_is_believed_sooner() -> None:
    said = "二单元电梯"
    assert read(said, ReadingContext(addressed=True)).confidence > read(said).confidence


def test_places_are_substrings_of_what_was_typed() -> None:
    said = "３\u200b号\u200b樓門口路燈壞了半個月了"
    reading = read(said)
    assert reading.place
    assert all(place in said for place in reading.place)


def _whole(reading: Reading, text: str) -> bool:
    return 0.0 <= reading.confidence <= 1.0 and all(place in text for place in reading.place)


def _spoken_of() -> list[tuple[str, str]]:
    lines = (Path(__file__).parent / "emergencies.tsv").read_text(encoding="utf-8").splitlines()
    return [(kind, text) for kind, text in (line.split("\t") for line in lines if not line.startswith("#"))]


def test_emergencies_are_found_in_other_voices_too() -> None:
    wanted = [text for kind, text in _spoken_of() if kind == "emergency"]
    missed = [text for text in wanted if read(text).urgency != "emergency"]
    assert len(missed) <= len(wanted) * 0.03, missed


def test_what_only_sounds_like_an_emergency_rings_nobody() -> None:
    calm = [text for kind, text in _spoken_of() if kind == "calm"]
    rung = [text for text in calm if read(text).urgency == "emergency"]
    assert len(rung) <= len(calm) * 0.03, rung


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(text: str) -> None:
    assert _whole(read(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u200b\u200d",
        "\u202e灯坏了\u202c",
        "😂" * 50,
        "漏" * 10_000,
        "三号楼漏水了，" * 1_500,
        "\ud800坏了",
        "\x00\x07",
    ],
    ids=["empty", "space", "zero-width", "rtl", "emoji", "one sign", "long", "surrogate", "control"],
)
def test_odd_text_is_read(text: str) -> None:
    assert _whole(read(text), text)


@pytest.mark.parametrize("author", ["north", "south"])
def test_no_emergency_of_the_corpus_is_missed(author: str) -> None:
    rows = [json.loads(line) for line in (CORPUS / author / "messages.jsonl").read_text(encoding="utf-8").splitlines()]
    wanted = [row["text"] for row in rows if row["urgency"] == "emergency"]
    assert len(wanted) >= 14
    assert [text for text in wanted if read(text).urgency != "emergency"] == []


def test_thanking_in_advance_is_not_thanks_for_what_was_done() -> None:
    reading = read("3号楼还是漏水，麻烦尽快处理，谢谢")
    assert reading.is_report
    assert "thanks" not in reading.cues


def test_a_tipoff_about_an_official_is_known_though_it_opens_nothing() -> None:
    reading = read("举报社区王主任收黑钱")
    assert (reading.is_report, reading.kind) == (False, "tipoff")


@pytest.mark.parametrize(
    ("said", "clear"),
    [
        ("三号楼门口路灯坏了半个月了", True),
        ("电梯困人了，两个老人在里面", True),
        ("我们五楼窗户都不敢开", False),
    ],
)
def test_a_category_is_clear_from_its_words_or_only_likelier_than_others(said: str, clear: bool) -> None:
    reading = read(said, ReadingContext(addressed=True))
    assert [part.named for part in reading.parts] == [clear]


def test_where_no_word_of_any_category_is_said_more_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "第四天了还在爬十四楼"
    before = read(said).confidence
    monkeypatch.setattr(reading, "_UNNAMED", 0.0)
    assert read(said).confidence > before


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("交了物业费连个灯都不修", "road_facility"),
        ("收了物业费电梯坏了也不修", "building"),
        ("物业费照收，水管爆了没人管", "utilities"),
        ("交了物业费，保安整天不在", "property_service"),
        ("物业费涨价了，也不说一声", "property_service"),
    ],
)
def test_what_is_wrong_goes_before_the_fee_that_is_paid_for_it(said: str, category: str) -> None:
    assert [part.category for part in read(said, ReadingContext(addressed=True)).parts] == [category]


def test_slang_appointments_and_games_open_nothing() -> None:
    for text in (
        "电动车呢？我是不是瞎了？",
        "单身三十年的空巢老人路过…",
        "这版本战士太弱，坦克出装都不会",
        "我们现在下去，电梯口见！",
        "晚上七点老地方见，不见不散",
        "净水器便宜出，水压不足也能用",
        "冰箱半价出，门有点关不严",
    ):
        assert not read(text).is_report, text


def test_a_fault_told_in_slang_is_one() -> None:
    for text in ("晕，电梯又坏了", "路灯这么暗，我眼睛都快瞎了", "楼道灯坏了，我是不是瞎了", "楼上打野的小孩吵死了"):
        assert read(text).is_report, text
