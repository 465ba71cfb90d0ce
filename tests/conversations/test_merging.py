"""并案, 拆分, 我说的是另一件: staff and reporters make one of two and two of one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.timers import Timer
from tests.conversations.incidents import DRY, LIFT, SECOND, group, led_by
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


@pytest.fixture
def two(town: Stage) -> Stage:
    """One outage, told in two groups."""
    group(town, SECOND)
    town.say("王阿姨", DRY, RESIDENTS)
    return town


def waiting(town: Stage, number: int) -> list[str]:
    """The kinds of timers that are armed for a ticket."""
    with town.app.reading() as db:
        armed = (Timer.ticket_id == town.ticket(number).id, Timer.state == "waiting")
        return list(db.scalars(select(Timer.kind).where(*armed)))


# --- staff


@pytest.fixture
def three(town: Stage) -> Stage:
    """Three tickets of different people."""
    for who, words in (
        ("王阿姨", LIFT),
        ("老周", "七号楼门口的垃圾三天没人收，臭死了"),
        ("李婶", "二号楼门口路灯不亮了"),
    ):
        town.say(who, words, RESIDENTS)
        town.wait(minutes=40)
    assert len(town.tickets()) == 3
    return town


@pytest.mark.parametrize("words", ["并案 2 3 到 1", "合并 3 2 1", "并案1 2 3", "2 3 并案 到1号"])
def test_staff_merge_several(three: Stage, words: str) -> None:
    said = three.say("小赵", words)
    if words.startswith("2 3"):
        said += three.say("小赵", "并案 2 3 到1号")
    assert (led_by(three, 2), led_by(three, 3)) == (1, 1)
    for who, number in (("老周", 2), ("李婶", 3)):
        [heard] = to(said, who)
        assert heard.startswith(f"您报的 {number} 号和 1 号是同一件，已并入 1，同样会通知您。")
    assert to(said, "王阿姨") == []
    again = three.say("小赵", "并案 2 3 到 1")
    assert to(again, "小赵") == ["2 号早已并在 1 号里了。"]
    assert [three.facts(number).count("merged") for number in (1, 2, 3)] == [2, 1, 1]


def test_the_number_of_what_was_merged_leads_to_the_lead(three: Stage) -> None:
    three.say("小赵", "并案 2 1")
    assert "2 已并入 1。1（房屋电梯）" in to(three.say("老周", "进度 2"), "老周")[0]
    assert "1（房屋电梯）" in to(three.say("老周", "进度"), "老周")[0]
    assert to(three.say("小赵", "查 2"), "小赵")[0].startswith("1 房屋电梯")
    assert to(three.say("小赵", "接单 2"), "小赵")[0].startswith("1 号归您了")
    assert to(three.press("小钱", "accept", 2), "小钱") == ["1 号 小赵 已经接了。"]


def test_whoever_has_the_later_one_has_the_incident(three: Stage) -> None:
    three.say("小赵", "接单 2")
    said = three.say("小钱", "并案 2 1")
    assert (three.ticket(1).status, three.ticket(1).holder_id) == ("accepted", three.ticket(2).holder_id)
    assert any("已接手" in text for text in to(said, "王阿姨"))
    three.say("小钱", "拆分 2")
    assert (three.ticket(2).status, three.ticket(2).holder_id) == ("reported", None)


def test_of_two_who_work_on_it_the_one_of_the_lead_goes_on(three: Stage) -> None:
    three.say("小赵", "接单 1")
    three.say("小钱", "接单 2")
    said = three.say("周书记", "并案 2 1")
    assert to(said, "小钱") == ["2 号已并入 1 号，由小赵一起办。"]


def test_split_restores_desk_promise_timers_and_people(three: Stage) -> None:
    before = three.ticket(2)
    three.say("小赵", "并案 2 1")
    assert waiting(three, 2) == []
    three.say("李婶", "七号楼垃圾真的臭，我家也是熏得不行", RESIDENTS)
    three.say("小赵", "接单 1")
    said = three.say("小赵", "拆分 2")
    after = three.ticket(2)
    assert (after.status, after.desk_id, after.accept_due, after.merged_into_id) == (
        "reported",
        before.desk_id,
        before.accept_due,
        None,
    )
    assert [text for text in to(said, "老周") if text.startswith("您报的 2 号改为单独办")]
    assert any("新工单 2" in text for text in to(said, OFFICE))
    assert (three.facts(1).count("split"), three.facts(2).count("split")) == (1, 1)
    assert to(three.say("小赵", "拆分 2"), "小赵") == ["2 号没有并在别的工单里，不用拆。"]
    assert to(three.say("小赵", "进展 1 师傅在路上"), "老周") == []
    assert waiting(three, 2) != []
    three.say("小钱", "接单 2")
    assert three.ticket(2).status == "accepted"
    assert not any("accept" in kind for kind in waiting(three, 2))


def test_merging_again_after_a_split_arms_and_stops_again(three: Stage) -> None:
    for _ in range(3):
        three.say("小赵", "并案 2 1")
        assert led_by(three, 2) == 1
        three.say("小赵", "拆分 2")
        assert led_by(three, 2) == 2


@pytest.mark.parametrize(
    ("who", "words", "answer"),
    [
        ("小赵", "并案", "要并哪几张？"),
        ("小赵", "并案 1", "要并哪几张？"),
        ("小赵", "并案 1 1", "要并哪几张？"),
        ("小赵", "并案 1 99", "没有 99 号工单。"),
        ("小赵", "并案 1 电梯", "要并哪几张？"),
        ("小赵", "拆分", "要拆哪一张？"),
        ("小赵", "拆分 99", "没有 99 号工单。"),
        ("小刘", "并案 2 1", "「并案」要由"),
        ("小刘", "拆分 2", "「拆分」要由"),
    ],
)
def test_wrong_use_is_answered(three: Stage, who: str, words: str, answer: str) -> None:
    assert to(three.say(who, words), who)[0].startswith(answer)
    assert {row.status for row in three.tickets()} == {"reported"}


def test_what_is_done_is_not_merged(three: Stage) -> None:
    three.say("小赵", "接单 1")
    three.say("小赵", "办结 1 换了配件")
    assert to(three.say("小赵", "并案 2 1"), "小赵") == ["1 号现在是待核查，不能并案。"]


# --- the reporter objects


@pytest.mark.parametrize("words", ["我说的是另一件", "不是一回事", "我这个不一样", "俺说的不是这个事儿，两码事"])
def test_the_reporter_of_a_merged_one_takes_it_out(two: Stage, words: str) -> None:
    two.say("李婶", "5号楼水龙头没水了", SECOND)
    said = two.say("李婶", words)
    assert (two.ticket(2).status, led_by(two, 2)) == ("reported", 2)
    assert to(said, "李婶")[0].startswith("好的，2 号给您单独登记")
    assert any("新工单 2" in text for text in to(said, OFFICE))
    assert two.say("李婶", words, SECOND) == []


def test_quoting_the_line_that_said_so(two: Stage) -> None:
    said = two.say("李婶", "家里水龙头没水了，一滴都没有")
    assert "已并入 1" in to(said, "李婶")[0]
    line = next(message for message in reversed(two.heard) if message.person == "李婶")
    two.wait(hours=4)
    two.say("李婶", "不是一回事", quoted=f"out:{line.key}")
    assert led_by(two, 2) == 2


def test_whoever_only_joined_is_asked_or_gets_a_ticket_of_the_words_of_now(two: Stage) -> None:
    two.say("老周", "我家也是", RESIDENTS)
    said = two.say("老周", "我说的是另一件", RESIDENTS)
    assert to(said, "老周") == ["好的，已从 1 号分出来。您说的是什么事？在哪儿、怎么了，说一句就行。"]
    two.say("小赵", "接单 1")
    assert to(two.say("小赵", "进展 1 在修"), "老周") == []
    two.say("李婶", "我家也是", RESIDENTS)
    two.say("李婶", "我说的是另一件，五号楼电梯坏了，停着不动", RESIDENTS)
    assert [(row.category, row.status) for row in two.tickets()][1] == ("building", "reported")


def test_nobody_is_merged_again_into_what_they_were_taken_out_of(two: Stage) -> None:
    two.say("李婶", "5号楼水龙头没水了", SECOND)
    two.say("老周", "5号楼停水了，我家水龙头一滴水都没有", SECOND)
    assert len(two.tickets()) == 2
    said = two.say("老周", "不是一回事", SECOND)
    assert (len(two.tickets()), led_by(two, 3)) == (3, 3)
    assert any("新工单 3" in text for text in to(said, OFFICE))
    assert "像是同一件" not in "".join(text for _, text in said)


def test_words_that_were_added_by_mistake_become_a_ticket(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    town.say("老周", "五号楼电梯间的灯也不亮，黑乎乎的", RESIDENTS)
    if len(town.tickets()) > 1:
        pytest.skip("it was taken for another matter already")
    town.say("老周", "不是一回事", RESIDENTS)
    assert len(town.tickets()) == 2


def test_strangers_words_of_another_matter_are_talk(two: Stage) -> None:
    assert two.say("老周", "不是一回事", RESIDENTS) == []
    assert [row.status for row in two.tickets()] == ["reported"]


def test_another_matter_of_long_ago_takes_nothing_apart(two: Stage) -> None:
    two.say("老周", "我家也是", RESIDENTS)
    two.say("老周", "打12345嘛，我上回别的事打过，还是有用", RESIDENTS)
    assert [row.status for row in two.tickets()] == ["reported"]


def test_the_first_reporter_leaves_and_the_others_go_on(two: Stage) -> None:
    two.say("李婶", "5号楼水龙头没水了", SECOND)
    said = two.say("王阿姨", "没事了", RESIDENTS)
    assert to(said, "王阿姨") == ["好的，您这边先撤了。1 号还有别的住户在等，会接着办。"]
    assert two.ticket(1).status == "reported"
    two.say("小赵", "接单 1")
    assert to(two.say("小赵", "进展 1 在修"), "李婶") != []


@pytest.mark.parametrize("words", ["不是同一部，我说的是2单元的", "跟她不是一个电梯", "我说的是另一部，不是一部电梯"])
def test_another_one_of_the_same_kind_is_another_matter_and_may_be_placed(town: Stage, words: str) -> None:
    town.say("王阿姨", "3号楼电梯门关不上了", RESIDENTS)
    town.say("李婶", "3号楼电梯一直叮叮响停在5楼", RESIDENTS)
    town.say("李婶", words)
    assert len(town.tickets()) == 2
    town.say("李婶", "我说的是2单元那部")
    assert "2单元" in town.ticket(2).place
