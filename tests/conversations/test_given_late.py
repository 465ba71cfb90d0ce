"""转派 of what is late already: the new people read that it is, since when, and what is left to them."""

from __future__ import annotations

from handlers.rules.deadlines import LOCAL
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


def test_what_is_late_is_passed_on_as_late_with_what_is_left(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    town.wait(hours=10)
    said = town.say("周书记", "转派 1 物业")
    assert to(said, "周书记") == ["1 号已转给安居物业，时限不变：应在 今天 17:00 前接单，已经超时，请他们马上接。"]
    (card,) = to(said, "小刘")
    assert card.startswith(
        "工单 1：梧桐里小区三号楼 道路设施，接单已超时（应在 今天 17:00 前），请马上接。"
        "接单后有 1 小时联系报事人，3月5日 09:00 前办结。"
    )
    assert town.ticket(1).accept_due.astimezone(LOCAL).hour == 17
    assert "今天 20:00 前请先联系报事人" in to(town.say("小刘", "接单 1"), "小刘")[0]


def test_days_later_it_should_have_been_done_too(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "接单 1")
    town.wait(days=4)
    (card,) = to(town.say("周书记", "转派 1 物业"), "小刘")
    assert "接单已超时（应在 3月2日 17:00 前），请马上接。" in card
    assert "办结也已超时（应在 昨天 09:00 前）。" in card


def test_whoever_is_named_gets_the_card_and_the_others_read_it_in_their_group(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    said = town.say("小赵", "转派 1 小钱")
    assert to(said, "小赵") == ["1 号已转给小钱，时限不变（今天 17:00）。"]
    assert to(said, "小钱")[0].startswith("新工单 1：")
    assert to(said, OFFICE)[0].startswith("新工单 1：")
    assert any("1 道路设施" in text for text in to(town.wait(hours=7), "小赵"))  # its lights are the whole desk's
