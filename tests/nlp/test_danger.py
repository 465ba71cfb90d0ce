"""Danger: what was never learned from is still heard, what speaks against it counts, and a clerk is told why."""

import pytest

from nlp import happenings, signs
from nlp.danger import danger, emergency, kinds
from nlp.normalise import fold
from nlp.reading import ReadingContext, read
from tests.nlp.danger import messages

# What the weights that come along reach on authors they were not learned from, less a little: a floor, not the aim.
FLOORS = {"judge": (0.9, 0.025), "danger4": (0.77, 0.04)}


@pytest.mark.parametrize("author", FLOORS)
def test_authors_never_learned_from_are_heard(author: str) -> None:
    least, most = FLOORS[author]
    told = [(row.get("urgency") == "emergency", read(row["text"]).urgency == "emergency") for row in messages(author)]
    urgent = [rung for meant, rung in told if meant]
    calm = [rung for meant, rung in told if not meant]
    assert sum(urgent) >= least * len(urgent)
    assert sum(calm) <= most * len(calm)


@pytest.mark.parametrize(
    ("said", "name", "category"),
    [
        ("3号楼着火了", "fire", "fire_safety"),
        ("电梯困人了", "lift", "building"),
        ("井盖没了", "hole", "road_facility"),
        ("我妈叫不醒了，嘴唇发紫", "silent", "welfare"),
    ],
)
def test_the_reason_names_the_kind_and_its_words(said: str, name: str, category: str) -> None:
    found = emergency(fold(said))
    assert found is not None
    assert (found.name.startswith(name), found.category) == (True, category)
    assert "（" in found.why


def test_a_word_of_something_else_hides_the_sign_inside_it() -> None:
    assert not any(sign.mark == "!" for sign in signs.seen("火锅店排队，打火机和灭火器都买了"))
    assert any(sign.name == "明火" for sign in signs.seen("隔壁着火了"))


def test_a_number_inside_another_is_no_call_for_help() -> None:
    assert [sign.name for sign in signs.seen("3-1101")] == []
    assert [sign.name for sign in signs.seen("快打110")] == ["呼救"]


@pytest.mark.parametrize(
    "said", ["他真是个不会说话的人", "隔着人群我都快窒息了", "鼻血没出来，虚惊一场", "我真想掐死他"]
)
def test_figures_of_speech_ring_nobody(said: str) -> None:
    assert read(said).urgency is None


@pytest.mark.parametrize("said", ["孩子快窒息了", "有人掐死人了", "孩子鼻血止不住了", "自闭症孩子走丢了，不会说话"])
def test_the_same_words_of_somebody_in_danger_ring(said: str) -> None:
    assert read(said).urgency == "emergency"


def test_what_is_like_talk_must_be_surer_than_what_is_like_a_report() -> None:
    found = danger("门卫室那边好像有人倒在地上")
    assert found is not None
    assert found.sure(5.0) >= found.sure(-5.0)
    assert not (found.sure(-9.0) and found.doubtful(-9.0))


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("厨房那个胶皮管呲呲响", {"gas_hisses"}),
        ("我儿坐在窗台外头，腿在外面甩", {"hangs"}),
        ("没气味到好重", {"gas_leaks"}),  # dictated: 煤气 as 没气
        ("电梯里有人在拍门", {"in_lift"}),
        ("今天吃什么", set()),
    ],
)
def test_what_happens_to_whom_is_heard_in_one_breath(said: str, names: set[str]) -> None:
    assert names <= {one.name for one in happenings.heard(said)}
    assert names or not happenings.heard(said)


def test_a_composition_names_what_no_kind_names() -> None:
    found = danger("爷爷的呼吸机停电了，他离不了这个")
    assert found is not None
    assert "救命的机器" in found.why


def test_the_kinds_speak_of_signs_that_exist() -> None:
    assert {name for kind in kinds() for need in kind.needs for name in need} <= signs.names()


@pytest.mark.parametrize(
    "said",
    [
        "楼下烧烤店又在冒烟，熏死了",
        "楼道有人吸烟呛死了",
        "楼道里有人抽烟，满楼道都是烟",
        "楼下烧烤摊烟雾缭绕的，窗户都不敢开",
        "门口饭店烟囱一直冒黑烟，呛人",
        "对面饭店排烟口直冒白烟，熏人",
        "火锅店油烟太大，呛得眼睛睁不开",
        "小区外面烧秸秆，烟好大呛人",
        "有人在楼下烧纸，烟很大",
        "清明烧纸的烟呛死人了",
        "烧烤店的烟呛得人喘不过气",
        "楼下烧烤味呛得我透不过气",
    ],
)
def test_smoke_that_is_smoked_grilled_or_burnt_on_purpose_rings_nobody(said: str) -> None:
    reading = read(said)
    assert (reading.band, reading.category, reading.urgency) == ("high", "fumes", "ordinary")


@pytest.mark.parametrize(
    "said",
    [
        "楼道冒烟了",
        "厨房冒烟很大",
        "烧烤店后厨冒浓烟了，好像着了",
        "楼下烧烤店冒烟，有火光",
        "饭店后厨突然冒黑烟，老板都跑出来了",
        "有人扔烟头，垃圾桶冒烟了",
        "有人抽烟把垃圾桶点着了，冒烟",
        "烧纸把草坪点着了，烟很大",
        "楼道里烟好大，呛死了，快来人",
        "不是抽烟，楼道真冒烟了",
        "烧烤店有人打架，头破血流",
        "烧烤店的烟呛得我爸晕倒了",
        "烧烤的烟呛得孩子喘不上气",
        "烧烤店的烟呛得我妈喘不上气，嘴都紫了",
        "我有哮喘，楼下烧烤的烟呛得喘不过气",
    ],
)
def test_smoke_of_which_nobody_knows_or_more_than_smoke_rings(said: str) -> None:
    assert read(said).urgency == "emergency"


@pytest.mark.parametrize(
    "said",
    [
        "家里电闸跳了，只有我家没电",
        "我家空气开关跳了，家里没电，只有我一个人",
        "总闸跳了，家里没电了 5号楼",
        "我家没气了",
        "家里没气了，昨天刚交的费",
        "3号楼没气了",
    ],
)
def test_a_switch_that_jumps_and_a_house_without_gas_are_reports_of_power_and_gas(said: str) -> None:
    reading = read(said)
    assert (reading.band, reading.category, reading.urgency) == ("high", "utilities", "urgent")


@pytest.mark.parametrize(
    "said",
    [
        "有人跳了，就在3号楼下面",
        "他站在楼顶跳了",
        "电闸跳了还冒烟",
        "家里老人没气了",
        "老头子突然没气了",
        "我家没气味道好重快来人",
    ],
)
def test_who_jumps_or_breathes_no_more_rings_all_the_same(said: str) -> None:
    assert read(said).urgency == "emergency"


@pytest.mark.parametrize(
    "said",
    ["老师说5点放学，现在6点了还没出来", "放学半小时了孩子还没出来，校门口堵死了", "放学了还没出来"],
)
def test_a_class_that_lasts_rings_nobody(said: str) -> None:
    assert read(said).urgency != "emergency"


@pytest.mark.parametrize(
    "said",
    [
        "放学一个小时了还没出来，老师说早走了",
        "孩子放学到现在没回家",
        "孩子被锁在学校了没出来",
        "孩子进去游泳馆两小时没出来",
    ],
)
def test_a_child_that_is_missing_rings(said: str) -> None:
    assert read(said).urgency == "emergency"


@pytest.mark.parametrize(
    "said",
    [
        "9号楼电梯坏了，有人困住了",
        "电梯坏了，我困在里面了",
        "电梯坏了人困在里面出不来",
        "9号楼电梯有人困住了",
        "电梯停了，人在里面",
        "电梯卡住了，我妈在里面",
        "电梯困住了一个老太太",
    ],
)
def test_somebody_in_a_lift_that_is_broken_rings(said: str) -> None:
    assert read(said).urgency == "emergency"


@pytest.mark.parametrize(
    "said",
    [
        "电梯坏了，老人下不去",
        "电梯坏了，我的快递卡在里面",
        "电梯坏了，我困在家里了",
        "电梯坏了三天，老人困在家里下不来楼",
        "昨天电梯把我困住了，后来出来了",
        "电梯门卡住了关不上",
        "电梯停了，我在家里等着",
    ],
)
def test_a_lift_that_is_broken_and_nobody_in_it_rings_nobody(said: str) -> None:
    assert read(said).urgency != "emergency"


def test_who_starts_a_car_rings_nobody() -> None:
    assert read("一早打火热车，尾气全灌屋里了，1号楼102").urgency is None


@pytest.mark.parametrize("said", ["停电了，我妈吸氧的", "我爸用呼吸机，家里突然没电了", "断电了，老人的制氧机停了"])
def test_who_breathes_by_a_machine_cannot_wait_for_power(said: str) -> None:
    assert read(said).urgency == "emergency"


def test_a_machine_with_a_battery_can() -> None:
    assert read("停电也不怕，我妈的制氧机有备用电池").urgency != "emergency"


@pytest.mark.parametrize("said", ["演练，楼道着火了大家下楼", "新闻说有人触电了"])
def test_a_drill_and_the_news_are_not_asked_about_where_the_bot_is_told(said: str) -> None:
    assert not read(said, ReadingContext(addressed=True)).doubtful


def test_gas_that_is_gone_rings_nobody() -> None:
    assert read("煤气味没了，是我家糊锅", ReadingContext(addressed=True)).urgency != "emergency"
    assert read("煤气味很大", ReadingContext(addressed=True)).urgency == "emergency"
