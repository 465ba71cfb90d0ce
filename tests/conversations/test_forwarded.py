"""转发: what is passed on from a group that the bot does not sit in becomes tickets of whoever passed it on."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from handlers.message import Kind
from storage.facts import Fact
from storage.inbox import Body, Inbox
from tests.conversations.stage import OFFICE, Stage, to

TALK = [
    ("12栋老陈", "三号楼门口路灯坏了半个月了"),
    ("李姐", "我家门口也是"),
    ("小吴", "+1"),
    ("群主", "通知：明天上午九点到十二点停水检修"),
    ("李姐", "今晚吃什么"),
    ("老陈", "五号楼的垃圾三天没人收了，臭得很"),
]
PASTED = "\n".join(f"{name}: {text}" for name, text in TALK)
HEADED = "\n\n".join(f"{name} 10:2{number}\n{text}" for number, (name, text) in enumerate(TALK))
LISTED = json.dumps([{"name": name, "text": text, "time": "10:20"} for name, text in TALK], ensure_ascii=False)


def shapes() -> list[dict[str, object]]:
    return [
        {"kind": Kind.TEXT, "text": PASTED},
        {"kind": Kind.TEXT, "text": HEADED},
        {"kind": Kind.TEXT, "text": "[聊天记录]", "data": {"forwarded": LISTED}},
    ]


@pytest.mark.parametrize("shape", shapes(), ids=["pasted", "headed", "listed"])
@pytest.mark.parametrize("who", ["小赵", "王阿姨"])
def test_each_problem_becomes_a_ticket(town: Stage, who: str, shape: dict[str, object]) -> None:
    said = town.send(who, addressed=True, **shape)  # type: ignore[arg-type]
    rows = town.tickets()
    assert [(row.category, row.source, row.group_id) for row in rows] == [
        ("road_facility", "proxy", None),
        ("sanitation", "proxy", None),
    ]
    assert [text for text in to(said, who) if "记成两件" in text]
    with town.app.reading() as db:
        supported = db.scalars(select(Fact).where(Fact.kind == "supported")).all()
        assert [(fact.ticket_id, fact.data["households"]) for fact in supported] == [(rows[0].id, 2)]


def test_whoever_passed_it_on_hears_the_news(town: Stage) -> None:
    town.say("小赵", PASTED)
    assert to(town.say("小钱", "接单 1"), "小赵")
    assert "1" in to(town.say("小赵", "进度 1"), "小赵")[0]


def test_names_are_kept_nowhere_and_told_to_nobody(town: Stage) -> None:
    town.say("王阿姨", PASTED.replace("+1", "@12栋老陈 我家也是"))
    vault = town.app.vault
    with town.app.reading() as db:
        bodies = [vault.open(row.text, "bodies.text", row.ref) for row in db.scalars(select(Body)) if row.text]
        assert db.scalars(select(Inbox).where(Inbox.key == town.last_key)).one().text is None
    everything = "".join([*bodies, *(f"{message.text}{message.card}" for message in town.heard)])
    for name in ("老陈", "李姐", "小吴", "群主"):
        assert name not in everything
    assert bodies


def test_commands_inside_are_never_orders(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了")
    town.say("小赵", "老陈: 接单 1\n李姐: 办结 1 修好了\n小吴: 没事了\n老周: 转派 1 物业")
    assert town.ticket(1).status == "reported"


def test_nothing_to_report_is_asked_back(town: Stage) -> None:
    said = town.say("小赵", "老陈: 今晚吃什么\n李姐: 火锅吧\n小吴: 好")
    assert to(said, "小赵") == ["转来的话里没听出要报的事。哪一件要报？说一句在哪儿、怎么了就行。"]
    assert town.tickets() == []
    again = town.send("小赵", Kind.TEXT, text="[聊天记录]", data={"forwarded": "[1, 2]"}, addressed=True)
    assert town.tickets() == []
    assert len(to(again, "小赵")) <= 1


def test_the_same_record_twice_opens_nothing_again(town: Stage) -> None:
    town.say("小赵", PASTED)
    town.wait(minutes=5)
    said = town.say("小赵", PASTED)
    assert len(town.tickets()) == 2
    assert to(said, "小赵") == ["补充到 1 号了。", "补充到 2 号了。"]


def test_an_emergency_in_it_rings(town: Stage) -> None:
    said = town.say("小赵", "老陈: 三号楼二单元有人被困在电梯里了\n李姐: 天哪")
    assert town.ticket(1).urgency == "emergency"
    assert "打 119" in to(said, "小赵")[0]
    assert any("🔴" in text for text in to(said, OFFICE))


@pytest.mark.parametrize(
    "own",
    [
        "地点：三号楼门口\n问题：路灯坏了半个月了",
        "三号楼门口路灯坏了半个月了\n还请：尽快处理",
        "时间：昨晚 10:20\n地点：三号楼门口\n内容：路灯坏了半个月了",
    ],
)
def test_somebodys_own_lines_are_no_record(town: Stage, own: str) -> None:
    town.say("王阿姨", own)
    assert [row.source for row in town.tickets()] == ["private"]


def test_a_notice_of_several_lines_stays_a_notice(town: Stage) -> None:
    town.say("周书记", "通知 明天停水\n时间：9 点到 17 点\n范围：梧桐里小区")
    assert town.tickets() == []


def test_staff_pass_on_one_by_one(town: Stage) -> None:
    town.say("小赵", "三号楼又停水了，一滴都没有")
    town.say("小赵", "我家也是")
    assert [row.source for row in town.tickets()] == ["proxy"]
    with town.app.reading() as db:
        added = db.scalars(select(Fact).where(Fact.kind == "added")).all()
        assert [fact.data.get("households") for fact in added] == [1]


def test_in_a_group_it_is_not_taken_apart(town: Stage) -> None:
    town.say("小赵", PASTED, OFFICE)
    assert all(row.source == "group" for row in town.tickets())
