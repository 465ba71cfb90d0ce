"""Two problems in one message are two; one trouble told with what it brings is one."""

from pathlib import Path

import pytest

from nlp.reading import read

LOOKED_AT = 80


def _lines() -> list[list[str]]:
    lines = (Path(__file__).parent / "doubles.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def _told(said: str) -> set[str]:
    return {part.category for part in read(said).parts}


@pytest.mark.parametrize(
    ("chosen", "found", "split"),
    [(slice(0, LOOKED_AT), 0.7, 0.25), (slice(LOOKED_AT, None), 0.55, 0.25)],
    ids=["looked at", "only measured"],
)
def test_a_second_problem_is_heard_and_one_trouble_stays_one(chosen: slice, found: float, split: float) -> None:
    lines = _lines()[chosen]
    two = [_told(said) == set(categories) for kind, said, *categories in lines if kind == "two"]
    one = [len(_told(said)) > 1 for kind, said, *_ in lines if kind == "one"]
    assert sum(two) >= found * len(two)
    assert sum(one) <= split * len(one)


def test_an_emergency_is_not_split_by_what_it_brings() -> None:
    assert len(read("三楼着火了，楼道里堆的纸箱都烧起来了，烟往上走，电梯也停了").parts) == 1


@pytest.mark.parametrize(
    "said",
    [
        "7号楼停电了，整栋都黑的，电梯也停了",
        "卫生间顶上往下滴 滴我一脖子 楼上是不是水管漏了",
        "南门口那几个摊摊又摆出来了，把消防通道都堵了，车子过不去",
        "闭门器坏了 2单元大门哐哐的 一晚上没法睡",
        "门口摆摊占道，车都过不去",
        "化粪池满了，满院子臭味",
        "2号楼那个门禁刷卡没反应快一个礼拜了 白天有人拿砖头顶着 晚上关上谁都进不去",
        "南门岗亭晚上九点以后就没保安了 这周我天天这个点回来 亭子是空的 灯亮着人没了",
    ],
)
def test_what_a_trouble_brings_and_what_is_supposed_behind_it_is_no_second_one(said: str) -> None:
    assert len(read(said).parts) == 1


@pytest.mark.parametrize(
    ("said", "categories"),
    [
        ("3号楼电梯困人了，另外5号楼下水道堵了，对了西门还是黑的", ["building", "drainage"]),  # may be nothing
        ("3号楼电梯困人了，另外农药味还在飘", ["building"]),  # may be more than it says
        ("3号楼水管爆了，我家也没水", ["utilities"]),  # comes of it
        ("3号楼水管爆了，另外5号楼路灯坏了", ["utilities", "road_facility"]),
    ],
)
def test_beside_a_danger_only_what_is_surely_another_and_calm_is_told_apart(said: str, categories: list[str]) -> None:
    assert [part.category for part in read(said).parts] == categories


def test_an_outage_is_what_took_the_lift_along() -> None:
    assert read("3栋停电了，冰箱里的肉全要臭，电梯也停着").category == "utilities"
    assert _told("3栋停电了，另外电梯门也坏了关不上") == {"utilities", "building"}


def test_what_was_told_first_comes_first() -> None:
    reading = read("烧烤店油烟往屋里灌，而且狗没拴绳乱跑")
    assert (reading.category, reading.also) == ("fumes", ("animals",))
    reading = read("人行道上停满电动车，推婴儿车只能走马路，还有个井盖一踩就翘")
    assert (reading.category, reading.also) == ("parking", ("road_facility",))


@pytest.mark.parametrize(
    ("said", "categories"),
    [
        ("停水了，还有一件事，二楼有人把电动车推上楼充电", ["utilities", "fire_safety"]),
        ("楼道灯坏了，对了下水道也堵了往外冒", ["building", "drainage"]),
        ("球场的灯不亮，还有门口那家棚子卖水果摊占一半路", ["road_facility", "encroachment"]),
        ("只有一部电梯还坏了，三楼以上都靠走，还有个坐轮椅的阿公要透析", ["building"]),
        ("路灯坏了，还有灯杆也歪了", ["road_facility"]),
        ("电梯坏了，还有就是没人修", ["building"]),
    ],
)
def test_behind_besides_what_is_clearly_of_another_kind_is_another(said: str, categories: list[str]) -> None:
    assert [part.category for part in read(said).parts] == categories


def test_what_rings_only_without_what_stands_beside_it_does_not_ring() -> None:
    for text in (
        "厦禾路骑楼底下那个沙井盖周围总有脏水,顺便看下柱子上的电线,垂到阿嬷头顶",
        "有块井盖翘着一头,骑车压上去咣一声差点飞出去,还有,菜鸟驿站那家的狼狗拴在过道上",
    ):
        assert read(text).urgency != "emergency", text
