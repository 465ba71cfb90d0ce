"""What staff expect: a few plain words, forgiving of how they are typed, strict about who may."""

from __future__ import annotations

import pytest

from handlers.wording import help as help_wording
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"


@pytest.fixture
def lamp(town: Stage) -> Stage:
    town.say("王阿姨", LAMP, RESIDENTS)
    return town


@pytest.mark.parametrize(
    "words", ["接单１", "接单 1", "接单1", "1 接单", "接單1", " 接单  1 ", "接单#1", "签收1", "1号接单"]
)
def test_accepting_however_it_is_typed(lamp: Stage, words: str) -> None:
    lamp.say("小赵", words)
    assert lamp.ticket(1).status == "accepted"


@pytest.mark.parametrize("words", ["收到", "我去", "马上到"])
def test_everyday_words_accept_the_one_open_card_in_private(lamp: Stage, words: str) -> None:
    lamp.say("小赵", words)
    assert lamp.ticket(1).status == "accepted"


def test_in_a_staff_group_received_is_never_a_command_without_a_quote(lamp: Stage) -> None:
    assert lamp.say("小赵", "收到", OFFICE) == []
    assert lamp.ticket(1).status == "reported"
    lamp.say("小赵", "收到", OFFICE, quoted=lamp.card(1, OFFICE))
    assert lamp.ticket(1).status == "accepted"


def test_a_tap_on_the_card_accepts(lamp: Stage) -> None:
    lamp.press("小赵", "accept", 1)
    assert lamp.ticket(1).status == "accepted"


def test_done_in_everyday_words_is_asked_once_unless_a_photo_stands_beside_it(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    said = lamp.say("小赵", "弄完了")
    assert to(said, "小赵") == ["1 号（道路设施）要办结，说一句怎么弄好的，或者发张照片。"]
    assert lamp.ticket(1).status == "accepted"
    lamp.say("小赵", "换了灯泡")
    assert lamp.ticket(1).status == "resolved"


def test_done_with_a_photo_just_before_needs_no_question(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.photo("小赵")
    lamp.wait(minutes=9)
    lamp.say("小赵", "好了")
    assert lamp.ticket(1).status == "resolved"
    assert "evidence" in lamp.facts(1)


def test_an_old_photo_is_no_evidence(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.photo("小赵")
    lamp.wait(minutes=11)
    assert "请附一句话或一张照片" in to(lamp.say("小赵", "办结 1"), "小赵")[0]
    assert lamp.ticket(1).status == "accepted"


def test_a_photo_by_staff_is_met_with_what_it_is_good_for(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    assert to(lamp.photo("小赵"), "小赵") == [help_wording.STAFF_PHOTO]


def test_residents_cannot_work_on_tickets(lamp: Stage) -> None:
    said = lamp.say("王阿姨", "接单 1")
    assert to(said, "王阿姨")[0].startswith("「接单」要由网格员")
    assert lamp.say("老周", "接单吧，大家都等着呢", RESIDENTS) == []
    lamp.press("老周", "accept", 1)
    assert lamp.ticket(1).status == "reported"


def test_property_touches_only_its_own_tickets_and_never_learns_who_complained(lamp: Stage) -> None:
    assert "不在您的范围" in to(lamp.say("小刘", "接单 1"), "小刘")[0]
    said = lamp.say("小赵", "转派 1 安居物业")
    card = to(said, "小刘")
    assert card
    assert "王阿姨" not in card[0]
    assert to(lamp.wait(minutes=1), "王阿姨") == ["您报的 1 号已转给安居物业处理，接手后会告诉您。"]
    lamp.say("小刘", "接单 1")
    assert lamp.ticket(1).status == "accepted"


def test_transfer_to_a_nickname_and_to_nobody(lamp: Stage) -> None:
    assert "转给谁" in to(lamp.say("小赵", "转派 1"), "小赵")[0]
    assert "没找到「张三丰」" in to(lamp.say("小赵", "转派 1 张三丰"), "小赵")[0]
    said = lamp.say("小赵", "转派1 小刘")
    assert "已转给小刘" in to(said, "小赵")[0]
    lamp.say("小刘", "转派 1 城管执法队")
    assert lamp.ticket(1).status == "reported"


def test_enforcement_is_never_given_to_a_grid_or_community(town: Stage) -> None:
    town.say("王阿姨", "东门口小贩占道摆摊，路都走不了了，天天这样没人管", RESIDENTS)
    assert town.ticket(1).category == "encroachment"
    heard = town.say("孙队", "接单 1")
    assert town.ticket(1).status == "accepted", heard
    said = town.say("孙队", "转派 1 梧桐一网格")
    assert "不能派给社区或网格" in to(said, "孙队")[0]


def test_help_from_the_level_above(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    said = lamp.say("小赵", "求助 1 需要登高车")
    assert "已报给梧桐社区" in to(said, "小赵")[0]
    assert to(said, "周书记") == ["1 号请求支援：需要登高车"]


def test_verification_is_never_of_ones_own_work(lamp: Stage) -> None:
    lamp.say("周书记", "接单 1")
    lamp.say("周书记", "办结 1 已换灯泡")
    assert "要由别人核查" in to(lamp.say("周书记", "核查 1 通过"), "周书记")[0]
    said = lamp.say("派单员", "核查 1 不通过 灯还是不亮")
    assert "核查不通过" in to(said, "周书记")[0]
    assert lamp.ticket(1).status == "in_progress"
    lamp.say("周书记", "办结 1 换了镇流器")
    lamp.wait(minutes=1)
    said = lamp.say("派单员", "核查 1 通过")
    assert lamp.ticket(1).status == "closed"
    assert to(said, "王阿姨") == ["您报的 1 号已办结。谢谢您告诉我们。"]


def test_todo_lists_by_deadline(lamp: Stage) -> None:
    lamp.wait(hours=1)
    lamp.say("老周", "五号楼垃圾三天没收了臭死了", RESIDENTS)
    lines = to(lamp.say("小赵", "待办"), "小赵")[0].splitlines()
    assert lines[0] == "待办 2 张，按时限排："
    assert lines[1].startswith("1 道路设施")
    assert lines[2].startswith("2 环境卫生")
    lamp.wait(hours=6)
    assert to(lamp.say("小赵", "待办"), "小赵")[0].splitlines()[1].startswith("🟡1 ")


def test_look_shows_the_history(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    heard = to(lamp.say("小赵", "查 1"), "小赵")[0]
    assert "已接单" in heard
    assert "接单 小赵" in heard
    assert "1 道路设施" in to(lamp.say("小赵", "查 三号楼"), "小赵")[0]


def test_help_goes_to_the_person_and_not_into_the_group(lamp: Stage) -> None:
    said = lamp.say("小赵", "帮助", OFFICE)
    assert to(said, OFFICE) == []
    assert "「接单」" in to(said, "小赵")[0]
    assert "「退单」" not in to(said, "小赵")[0]
    assert " 退单 " in to(lamp.say("小赵", "帮助 全部"), "小赵")[0].replace("】", " ").replace("\n", " ")
    assert "接单" not in to(lamp.say("王阿姨", "帮助"), "王阿姨")[0]


def test_an_unknown_number_is_said_plainly(lamp: Stage) -> None:
    assert to(lamp.say("小赵", "接单 77"), "小赵") == ["没有 77 号工单。"]


def test_several_open_cards_ask_which(lamp: Stage) -> None:
    lamp.say("老周", "五号楼垃圾三天没收了臭死了", RESIDENTS)
    assert "是哪一张" in to(lamp.say("小赵", "接单"), "小赵")[0]
