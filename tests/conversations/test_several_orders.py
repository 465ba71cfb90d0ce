"""Several orders in one message, each of another ticket: what is clear is done, each; the rest is asked about, aloud.

Sabotage that must turn these red: take the first order alone; let the words of one become the note of another; give the
second command's ticket to the first command.
"""

from __future__ import annotations

import pytest

from handlers.message import Kind
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, standing, to


@pytest.fixture
def three(town: Stage) -> Stage:
    town.say("王阿姨", "3号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("老周", "5号楼门口垃圾没人收", RESIDENTS)
    town.say("李婶", "8号楼单元门禁坏了关不上", RESIDENTS)
    return town


@pytest.fixture
def held(three: Stage) -> Stage:
    three.say("小赵", "接单 1 2 3")
    return three


def desks(town: Stage) -> list[str]:
    """Which of the tickets lie with the property company."""
    return [str(row.number) for row in town.tickets() if "reassigned" in town.facts(row.number)]


@pytest.mark.parametrize(
    "words",
    [
        "接单1，2转给物业小刘，3已经办好了换了灯泡",
        "1我接，2转派物业，3弄好了，换了门禁",
        "收到，1接单；2转给安居物业；3办结 换了门禁",
        "接单1\n转派2 物业\n办结3 换了灯泡",
        "1号我接了 2号转给物业小刘 3号已经修好了",
        "3修好了换了门禁、2转物业、1我接",
        "1 接单，2 转派 物业，3 办结 换了门禁",
        "我接1，然后2转给物业的小刘，再就是3搞定了，换了个锁",
    ],
)
def test_each_is_done_and_answered_in_one_message(three: Stage, words: str) -> None:
    [said] = to(three.say("小赵", words), "小赵")
    assert standing(three) == ["accepted", "reported", "resolved"]
    assert desks(three) == ["2"]
    assert [line[0] for line in said.split("\n") if "号" in line[:4]] != []
    assert all(f"{number} 号" in said for number in "123")


def test_nobody_hears_what_was_said_of_anothers(held: Stage) -> None:
    said = held.say("小赵", "进展1 师傅在路上，办结2 清运了，3转给物业")
    assert to(said, "王阿姨") == ["您报的 1 号正在处理：师傅在路上"]
    assert (held.ticket(2).status, desks(held)) == ("resolved", ["3"])
    told = to(held.wait(minutes=2), "老周")
    assert all("师傅" not in text and "物业" not in text for text in told)
    assert any("清运了" in text for text in told)


@pytest.mark.parametrize(
    ("words", "taken", "moved"),
    [
        ("接单1、2，3转给物业", [1, 2], ["3"]),
        ("1、2我接了，3转给物业", [1, 2], ["3"]),
        ("接单1，2、3转给物业", [1], ["2", "3"]),
        ("接单1 2，转派3 物业", [1, 2], ["3"]),
        ("1和2我都接，3转物业吧", [1, 2], ["3"]),
    ],
)
def test_numbers_belong_to_what_they_stand_with(three: Stage, words: str, taken: list[int], moved: list[str]) -> None:
    three.say("小赵", words)
    assert [row.number for row in three.tickets() if row.status == "accepted"] == taken
    assert desks(three) == moved


def test_a_number_that_may_belong_to_either_is_asked_about(three: Stage) -> None:
    said = to(three.say("小赵", "接单1，2，3转给物业"), "小赵")
    assert standing(three) == ["accepted", "reported", "reported"]
    assert desks(three) == ["3"]
    assert "2 号没动" in said[-1]


def test_what_is_not_clear_is_asked_about_and_nothing_is_done_of_it(three: Stage) -> None:
    [said] = to(three.say("小赵", "接单1，2呢怎么没人管"), "小赵")
    assert standing(three) == ["accepted", "reported", "reported"]
    assert "2 号没动" in said
    assert "1 号归您了" in said


def test_what_is_only_probably_meant_is_done_by_yes(held: Stage) -> None:
    [said] = to(held.say("小赵", "1修好了，换了灯泡，2等物业的车，3下午叫师傅来"), "小赵")
    assert standing(held) == ["resolved", "accepted", "accepted"]
    assert "「进展 2 等物业的车」" in said
    assert "「进展 3 下午叫师傅来」" in said
    told = held.say("小赵", "是")
    assert standing(held) == ["resolved", "in_progress", "in_progress"]
    assert to(told, "老周") == ["您报的 2 号正在处理：等物业的车"]
    assert to(told, "李婶") == ["您报的 3 号正在处理：下午叫师傅来"]
    assert held.facts(1).count("resolved") == 1


def test_no_leaves_it(held: Stage) -> None:
    held.say("小赵", "办结1 换了灯泡，2等物业的车")
    assert to(held.say("小赵", "不用"), "小赵") == ["好的，那就不办。"]
    assert standing(held) == ["resolved", "accepted", "accepted"]


def test_in_the_staff_group_the_answer_is_one_line_each_too(three: Stage) -> None:
    said = three.say("小赵", "1我接，2转派物业", OFFICE)
    assert standing(three) == ["accepted", "reported", "reported"]
    assert desks(three) == ["2"]
    answers = [text for text in to(said, OFFICE) if "归您了" in text]
    assert len(answers) == 1
    assert "2 号" in answers[0]


def test_talk_of_several_in_a_staff_group_is_asked_about_in_private(held: Stage) -> None:
    said = held.say("小赵", "1号灯换好了，2号也清运了", OFFICE)
    assert to(said, OFFICE) == []
    assert "「办结 1 灯换好了」" in to(said, "小赵")[0]
    assert standing(held) == ["accepted"] * 3
    held.say("小赵", "是")
    assert standing(held) == ["resolved", "resolved", "accepted"]


def test_what_was_said_to_a_colleague_is_theirs_to_do(three: Stage) -> None:
    three.say("周书记", "@小钱 接单1，2转给物业", OFFICE)
    assert desks(three) == []


def test_all_of_it_is_taken_back_as_one(three: Stage) -> None:
    three.say("小赵", "1我接，2转给物业")
    three.say("小赵", "撤销")
    assert [row.status for row in three.tickets()] == ["reported"] * 3
    assert three.facts(2).count("undone") == 1


def test_said_aloud(three: Stage) -> None:
    three.send("小赵", Kind.VOICE, text="接单1，2转给物业。", media="test:voice")
    assert standing(three)[0] == "accepted"
    assert desks(three) == ["2"]


@pytest.mark.parametrize(
    "words",
    [
        "进展 1 打了电话，3次都没人接",
        "进展 1 约了师傅，2点到",
        "进展 1 师傅说缺货，2号再来",
        "进展 1 看过了，2号楼的灯也不亮",
        "进展 1 报价出来了，300元，3天能装",
    ],
)
def test_numbers_in_a_note_stay_in_it(held: Stage, words: str) -> None:
    said = held.say("小赵", words)
    assert to(said, "王阿姨") == [f"您报的 1 号正在处理：{words.removeprefix('进展 1 ')}"]
    assert [held.facts(number)[-1] for number in (2, 3)] == ["accepted"] * 2


@pytest.mark.parametrize("words", ["办结1、2 都弄好了换了新的", "办结1，2换了新的", "办结 1 2 换了新的"])
def test_one_note_for_several_is_still_one(held: Stage, words: str) -> None:
    held.say("小赵", words)
    assert standing(held) == ["resolved", "resolved", "accepted"]


def test_not_done_yet_is_no_note_of_what_is_done(held: Stage) -> None:
    held.say("小赵", "办结1，2还没弄好")
    assert standing(held)[1] == "accepted"


def test_a_list_of_troubles_is_no_list_of_orders(held: Stage) -> None:
    held.say("小赵", "1、9号楼楼道灯坏了 2、北门垃圾没人收")
    assert [held.facts(number)[-1] for number in (1, 2, 3)] == ["accepted"] * 3
    assert len(held.tickets()) == 5


def test_the_rest_is_taken_too(three: Stage) -> None:
    three.say("小赵", "1转给物业，其他的我接")
    assert desks(three) == ["1"]
    three.say("小赵", "是")
    assert standing(three) == ["reported", "accepted", "accepted"]


def test_what_is_over_is_not_read_as_news_of_another(held: Stage) -> None:
    held.say("小赵", "1换好了换了灯泡，2清运了")
    said = to(held.say("小赵", "1灯泡换好了 2垃圾清走了 3没弄完"), "小赵")
    assert standing(held) == ["resolved", "resolved", "accepted"]
    assert "进展 3 没弄完" in said[-1]


@pytest.mark.parametrize("words", ["1小赵去，2小钱去，3给物业", "书记定的：1给小赵，2让小钱去，3转物业小刘"])
def test_the_office_gives_each_to_somebody(three: Stage, words: str) -> None:
    three.say("周书记", words)
    assert desks(three) == ["1", "2", "3"]


def test_one_note_for_two_numbers_in_front(held: Stage) -> None:
    held.say("小赵", "1、2都弄好了，换了新的")
    assert standing(held) == ["resolved", "resolved", "accepted"]


@pytest.mark.parametrize("words", ["1和2都转给物业", "1、2都给物业小刘", "1号、2号全转物业", "1 2都让小刘去"])
def test_several_are_given_in_one_breath(three: Stage, words: str) -> None:
    three.say("小赵", words)
    assert desks(three) == ["1", "2"]


@pytest.mark.parametrize("words", ["1、2我都接了，下午统一处理", "1 2 都接单", "1 2 都接单，马上去看"])
def test_several_are_taken_with_a_word_behind_it(three: Stage, words: str) -> None:
    three.say("小赵", words)
    assert standing(three) == ["accepted", "accepted", "reported"]


def test_several_are_sent_back_in_one_breath(three: Stage) -> None:
    assert "退单 1 2" in to(three.say("小赵", "1、2我都退了，不归我们管"), "小赵")[0]


def test_a_number_at_the_end_of_a_reason_is_part_of_it(held: Stage) -> None:
    said = to(held.say("小赵", "退单 2 重复 1，3转给物业"), "小赵")
    assert desks(held) == ["3"]
    assert "没动" not in "".join(said)


def test_taken_with_a_word_for_both(three: Stage) -> None:
    three.say("小赵", "接单1、2，一会儿去看")
    assert standing(three) == ["accepted", "accepted", "reported"]
