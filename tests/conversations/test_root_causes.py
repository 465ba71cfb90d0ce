"""The same place and category for the third time: somebody is to find the root."""

from __future__ import annotations

from storage.origins import ROOT_CAUSE
from storage.tickets import Ticket
from tests.conversations.stage import RESIDENTS, Stage, to

DRAIN = ("三号楼下水道堵了，脏水冒出来了", "3号楼的下水道又堵了，都是脏水", "3号楼下水道堵得厉害，污水满地")


def blocked(town: Stage, number: int, said: str, who: str = "王阿姨") -> None:
    """A blocked drain at building 3, cleared on the same day, and two weeks go by."""
    town.say(who, said, RESIDENTS)
    assert town.ticket(number).category == "drainage"
    town.say("小赵", f"办结 {number} 疏通了")
    town.wait(minutes=2)
    town.press(who, "answer:good", number)
    town.wait(days=15)


def roots(town: Stage) -> list[Ticket]:
    return [row for row in town.tickets() if row.source == ROOT_CAUSE]


def test_the_third_time_has_an_owner_who_closes_it_with_what_was_done(town: Stage) -> None:
    blocked(town, 1, DRAIN[0])
    blocked(town, 2, DRAIN[1], "李婶")
    assert roots(town) == []
    town.say("老周", DRAIN[2], RESIDENTS)
    said = town.wait(minutes=6)
    assert "90 天里第 3 次（1、2、3 号）。请牵头查清" in to(said, "周书记")[0]
    assert [to(said, who) for who in ("王阿姨", "李婶", "老周", RESIDENTS)] == [[], [], [], []]
    [root] = roots(town)
    assert (root.urgency, root.status, root.place) == ("complex", "reported", ["3号楼"])
    assert "排水污水（找根子）" in to(town.say("周书记", "查 3号楼"), "周书记")[0]
    assert "找根子，为了：1、2、3 号" in to(town.say("周书记", "查 4"), "周书记")[0]
    assert "4 号在找根子" in to(town.say("小赵", "查 3"), "小赵")[0]
    # a further time while it is looked for is linked, and opens no second one
    town.say("小赵", "办结 3 疏通了")
    town.wait(days=1)
    town.say("王阿姨", "3号楼下水道又堵住了，脏水冒出来", RESIDENTS)
    assert town.ticket(5).status == "reported", "a resident's words are never merged into the search for the root"
    assert "又出了一次：5 号" in "".join(to(town.wait(minutes=6), "周书记"))
    assert len(roots(town)) == 1
    # its end asks for what was done, and is looked at by the level above
    town.say("周书记", "接单 4")
    town.photo("周书记")
    assert "请写从根子上做了什么" in to(town.say("周书记", "办结 4"), "周书记")[0]
    said = town.say("周书记", "办结 4 整栋换了下水管，物业每季度疏通")
    assert "从根子上做了：整栋换了下水管" in to(said, "派单员")[0]
    assert to(town.wait(days=5), "王阿姨") == [], "nobody reported it, nobody is told"
    assert "要由别人核查" in to(town.say("周书记", "核查 4 通过"), "周书记")[0]
    town.press("派单员", "verify_pass", 4)
    assert (town.ticket(4).status, town.ticket(4).closing) == ("closed", "solved")


def test_what_is_one_trouble_or_another_place_or_long_ago_is_no_third_time(town: Stage) -> None:
    blocked(town, 1, DRAIN[0])
    blocked(town, 2, DRAIN[1].replace("3", "5"))
    town.say("老周", DRAIN[2], RESIDENTS)
    town.wait(minutes=6)
    town.say("小赵", "办结 3 疏通了")
    town.wait(days=80)  # the first is out of the ninety days
    town.say("王阿姨", "3号楼下水道堵了，脏水冒出来了", RESIDENTS)
    town.wait(minutes=6)
    assert roots(town) == []
