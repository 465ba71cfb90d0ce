"""Danger told behind a complaint, behind 修好了, misspelt or after a neighbour's trouble rings; unease and mere wear
do not."""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


def rung(town: Stage) -> bool:
    return any(ticket.urgency == "emergency" for ticket in town.tickets())


@pytest.mark.parametrize("chat", [RESIDENTS, None])
@pytest.mark.parametrize(
    "said",
    [
        "修好了，但是电线冒火花了",
        "好了，不过现在冒烟了",
        "换好了 结果插座着火了",
        "修好了，又漏煤气了",
        "谢谢修好了，就是灶台有股煤气味",
        "已经处理了，但井盖又没了",
        "修好了，但是我妈晕倒了",
        "好了谢谢，但是外墙掉下来砸到人了",
    ],
)
def test_danger_behind_what_was_mended_rings_and_closes_nothing(town: Stage, said: str, chat: str | None) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "接单 1", OFFICE)
    town.say("小赵", "办结 1 换了灯", OFFICE)
    heard = town.say("王阿姨", said, chat)
    assert any("🔴紧急" in text for text in to(heard, "值班老何"))
    assert (town.ticket(1).status, town.ticket(1).rating) == ("resolved", None)


@pytest.mark.parametrize(
    "said", ["修好了，但是昨天冒过烟", "修好了，不过当时冒火花吓死我了", "修好了，但愿别再冒火花", "好了，没有再漏气"]
)
def test_danger_that_is_over_with_it_rings_nobody(town: Stage, said: str) -> None:
    town.say("王阿姨", said)
    assert not rung(town)


@pytest.mark.parametrize(
    "said",
    [
        "我要投诉小赵，着火了",
        "我要投诉小赵，冒烟了",
        "我要投诉，着火了",
        "投诉物业不管事，着火了",
        "我要投诉网格员，触电了",
    ],
)
def test_a_bare_cry_behind_a_complaint_rings(town: Stage, said: str) -> None:
    town.say("王阿姨", said)
    assert rung(town)


@pytest.mark.parametrize("said", ["我要投诉小赵，态度差", "我要投诉小赵，上次着火他不来"])
def test_a_mere_complaint_rings_nobody(town: Stage, said: str) -> None:
    town.say("王阿姨", said)
    assert not rung(town)


@pytest.mark.parametrize("chat", [RESIDENTS, None])
@pytest.mark.parametrize("said", ["三号楼门口好像有点不对劲", "电梯里关着灯，我害怕", "三号楼门口怪怪的，感觉不对劲"])
def test_unease_is_asked_about_at_most(town: Stage, said: str, chat: str | None) -> None:
    town.say("王阿姨", said, chat)
    assert not rung(town)


@pytest.mark.parametrize(
    "said",
    ["三号楼门禁不动了", "三号楼空调外机很响", "三号楼路灯有裂缝", "三号楼电梯一直响", "三号楼灭火器箱子空了"],
)
def test_what_is_worn_opens_a_ticket_and_rings_nobody(town: Stage, said: str) -> None:
    town.say("王阿姨", said, RESIDENTS)
    assert [ticket.urgency == "emergency" for ticket in town.tickets()] == [False]


@pytest.mark.parametrize(
    "told",
    [
        ("三号楼电梯坏了", "冒烟了都"),
        ("三号楼门口充电桩坏了", "冒烟了"),
        ("三号楼路灯不亮了", "线都冒火花了"),
    ],
)
def test_what_a_neighbour_adds_to_a_fresh_trouble_rings(town: Stage, told: tuple[str, str]) -> None:
    town.say("王阿姨", told[0], RESIDENTS)
    town.wait(minutes=1)
    town.say("李婶", told[1], RESIDENTS)
    assert rung(town)


@pytest.mark.parametrize(
    "said",
    ["我家作火了", "电题卡住了我在里头", "我妈终风了嘴斜了", "没气味道太重了我家", "孩子吞了电磁", "墙踏了埋了人"],
)
def test_what_fingers_and_dictation_make_of_danger_rings(town: Stage, said: str) -> None:
    town.say("王阿姨", said)
    assert rung(town)


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("我走不动，药吃完了", "welfare"),
        ("高血压药吃完了，没人给我买", "welfare"),
        ("我家来过小偷了", "security"),
        ("我被人骗了钱", "security"),
        ("老伴让人骗走了养老金", "security"),
        ("钥匙丢了进不去门", "welfare"),
        ("城管把我的棚拆了", "encroachment"),
    ],
)
def test_a_need_that_is_no_emergency_is_heard(town: Stage, said: str, category: str) -> None:
    town.say("王阿姨", said)
    assert [ticket.category for ticket in town.tickets()] == [category]
    assert not rung(town)


@pytest.mark.parametrize("chat", [RESIDENTS, None])
@pytest.mark.parametrize(
    "said",
    [
        "老伴吃饭噎到了脸都紫了",
        "孩子烫了一胳膊都起皮了",
        "孙子把洗衣凝珠吃了两颗",
        "河里有人在扑通，谁会游泳",
        "下水道作业的下去两个都没上来",
        "我家进贼了在翻东西",
        "我娃没在队伍里，老师说被人接走了，不是我们家人",
        "谁是医生，滑梯边上小孩抽筋翻白眼",
        "我妈话说一半突然说不利索，碗都端不住掉地上了",
        "娃儿脸肿得像馒头，气都出不赢",
        "妈妈切菜把手指头切下来了一截",
        "我妈以前走失过，今天又不见了",
    ],
)
def test_what_a_frightened_neighbour_cries_rings(town: Stage, said: str, chat: str | None) -> None:
    town.say("王阿姨", said, chat)
    assert rung(town)


@pytest.mark.parametrize("chat", [RESIDENTS, None])
@pytest.mark.parametrize(
    "said",
    [
        "孩子下去玩了还没上来",
        "孩子把药吃了，烧退了",
        "我爸有点老年痴呆，社区有没有防走失手环",
        "我家狗走丢过一次，三天自己回来了",
        "手机掉水里了，哪里能修",
        "隔壁放炮，窗户都要震碎了",
        "这歌太洗脑，我家娃都被人带走节奏了",
        "快递让人领走了，是我儿子领的",
        "我家炖的排骨，骨头都露出来了",
        "现在网课老师话说不清，我手都记麻了",
    ],
)
def test_what_only_has_such_words_rings_nobody(town: Stage, said: str, chat: str | None) -> None:
    heard = town.say("王阿姨", said, chat)
    assert not rung(town)
    assert not any("请马上私下联系" in text for text in to(heard, "值班老何"))
