"""先审后说: nothing is said in the group before a person has said yes, and nothing at all after a no."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import purge
from handlers.message import Kind
from storage.inbox import Inbox
from storage.listening import Candidate, Example
from storage.outbox import Outbox
from storage.people import Group
from storage.tickets import Member
from tests.conversations.stage import RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
BIN = "垃圾桶满了没人收"
GAS = "3号楼一单元煤气味好大"
NAMED = "我是5号楼502的王大爷，13800001234，楼道堆满了纸箱，浙A12345也堵着"


@pytest.fixture
def town(town: Stage) -> Stage:
    """The residents' group is new: a person confirms each ticket. 小赵 was heard last, so it is 小赵."""
    town.say("小赵", "帮助")
    with town.app.writing() as db:
        db.execute(update(Group).where(Group.chat == RESIDENTS).values(mode="review"))
    return town


def candidates(town: Stage) -> list[Candidate]:
    with town.app.reading() as db:
        return list(db.scalars(select(Candidate).order_by(Candidate.id)))


def number(town: Stage) -> int:
    return candidates(town)[-1].number


def examples(town: Stage) -> list[tuple[str | None, str]]:
    with town.app.reading() as db:
        return [(one.category, one.source) for one in db.scalars(select(Example).order_by(Example.id))]


def test_one_person_is_asked_and_the_group_hears_only_after_the_yes(town: Stage) -> None:
    said = town.say("王阿姨", LAMP, RESIDENTS)
    [(who, card)] = said
    assert who == "小赵"
    assert "「三号楼门口路灯坏了半个月了」" in card
    assert town.tickets() == []
    said = town.press("小赵", "candidate_open", number(town))
    [ticket] = town.tickets()
    [line] = to(said, RESIDENTS)
    assert f"{ticket.number}" in line
    assert f"已立单 {ticket.number}" in to(said, "小赵")[0]
    assert candidates(town)[0].ticket_id == ticket.id
    assert examples(town) == [("road_facility", "reviewed")]


def test_after_a_no_nothing_was_said_and_the_bot_has_learnt(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    [(who, answer)] = town.say("小赵", f"不是 {number(town)}")
    assert (who, "不是报事" in answer) == ("小赵", True)
    assert town.tickets() == []
    assert examples(town) == [(None, "reviewed")]
    assert town.wait(hours=30) == []


def test_a_no_may_be_thought_better_of_while_the_words_are_there(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", f"不是 {number(town)}")
    assert "已经记为不是报事" in to(town.say("小赵", f"不是 {number(town)}"), "小赵")[0]
    assert len(to(town.say("小赵", f"立单 {number(town)}"), RESIDENTS)) == 1
    assert examples(town) == [("road_facility", "reviewed")]


def test_what_was_said_meanwhile_counts_from_then(town: Stage) -> None:
    start = town.now
    town.photo("王阿姨", RESIDENTS)
    card = to(town.say("王阿姨", LAMP, RESIDENTS), "小赵")[0]
    assert "附照片 1 张" in card
    town.wait(minutes=2)
    assert town.photo("王阿姨", RESIDENTS) == []
    assert town.say("李婶", "我家也是", RESIDENTS) == []
    assert town.say("老周", "三号楼门口路灯是坏了，黑得很", RESIDENTS) == []
    town.wait(hours=2)
    said = town.say("小赵", f"立单 {number(town)}")
    ticket = town.tickets()[0]
    assert ticket.opened_at == start
    assert ticket.received_at == start
    assert ticket.accept_due == start + timedelta(hours=8)
    assert len(to(said, RESIDENTS)) == 1
    assert ["已并入" in text for text in to(said, "李婶")] == [True]
    assert town.facts(ticket.number).count("added") >= 2, "the photo before and the photo behind"
    with town.app.reading() as db:
        roles = list(db.scalars(select(Member.role).where(Member.ticket_id == ticket.id).order_by(Member.id)))
    assert roles[0] == "reporter"
    assert "supporter" in roles


@pytest.mark.parametrize("words", ["@小助手 三号楼门口路灯坏了", "路灯坏了，三号楼门口"])
def test_what_is_said_to_the_bot_is_not_held_up(town: Stage, words: str) -> None:
    said = town.say("王阿姨", words, RESIDENTS, addressed=True)
    assert len(to(said, RESIDENTS)) == 1
    assert len(town.tickets()) == 1
    assert candidates(town) == []


def test_somebody_who_asks_the_bot_about_it_ends_the_waiting(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    said = town.say("老周", "三号楼门口路灯坏了，没人管吗", RESIDENTS, addressed=True)
    [ticket] = town.tickets()
    assert len(to(said, RESIDENTS)) >= 1
    assert [row.state for row in candidates(town)] == ["opened"]
    assert "supported" in town.facts(ticket.number)


def test_danger_waits_for_nobody(town: Stage) -> None:
    said = town.say("王阿姨", GAS, RESIDENTS)
    assert [ticket.urgency for ticket in town.tickets()] == ["emergency"]
    assert len(to(said, RESIDENTS)) == 1
    assert candidates(town) == []


def test_undecided_it_is_said_once_more_then_it_lapses(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    said = town.wait(hours=4)
    assert "还有一条等您定" in to(said, "小赵")[0]
    assert len(to(said, "周书记")) == 1, "and the level above"
    assert not any("路灯" in text for _, text in said), "without the words"
    assert town.wait(hours=5) == []
    assert [row.state for row in candidates(town)] == ["lapsed"]
    assert "已经作罢" in to(town.say("小赵", f"立单 {number(town)}"), "小赵")[0]
    assert town.tickets() == []


def test_hours_of_the_night_do_not_count(town: Stage) -> None:
    town.wait(hours=11)  # 20:00
    town.say("王阿姨", LAMP, RESIDENTS)
    assert town.wait(hours=14) == []
    assert "还有一条等您定" in to(town.wait(hours=2), "小赵")[0]


def test_what_lapsed_is_forgotten_with_the_talk_and_words_within_three_days(town: Stage) -> None:
    town.say("王阿姨", NAMED, RESIDENTS)
    town.wait(hours=9)
    purge.purge(town.app)
    with town.app.reading() as db:
        assert db.scalars(select(Inbox.text).where(Inbox.group_id.is_not(None))).all() == [None]
        asked = select(Outbox.text).where(Outbox.name.startswith("candidate:"), Outbox.name.contains(":ask"))
        assert db.scalars(asked).all() == [None]
    town.wait(hours=64)
    purge.purge(town.app)
    [row] = candidates(town)
    assert row.words is None
    assert set(row.reading) <= {"category", "urgency", "kind"}


def test_what_waits_is_kept_where_talk_is_kept_for_none(town: Stage) -> None:
    object.__setattr__(town.app.settings, "keep_talk_hours", 0)
    town.photo("王阿姨", RESIDENTS)
    town.say("王阿姨", LAMP, RESIDENTS)
    town.wait(hours=3)
    purge.purge(town.app)
    town.say("小赵", "立单")
    assert "added" in town.facts(town.tickets()[0].number)


def test_the_card_leads_to_nobody(town: Stage) -> None:
    [(_, text)] = town.say("王阿姨", NAMED, RESIDENTS)
    card = town.heard[-1].card
    assert card is not None
    for secret in ("13800001234", "502", "王大爷", "浙A12345", "王阿姨"):
        assert secret not in text
        assert secret not in str(card.as_json())
    with town.app.reading() as db:
        [stored] = db.scalars(select(Candidate.reading)).all()
    assert "502" not in str(stored["place"])


def test_what_is_unsure_is_asked_of_the_person_who_confirms(town: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    read = town.intake.surroundings.read
    unsure = lambda incoming: replace(read(incoming), band="middle", is_report=False)  # noqa: E731
    monkeypatch.setattr(town.intake.surroundings, "read", unsure)
    [(who, text)] = town.say("王阿姨", BIN, RESIDENTS)
    assert who == "小赵", "the sender is not asked"
    assert "拿不准" in text
    town.say("小赵", "不是")
    assert [row.state for row in candidates(town)] == ["wrong"]


def test_bare_words_count_where_one_alone_waits_or_is_quoted(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    lamp = number(town)
    town.wait(minutes=40)
    town.say("老周", BIN, RESIDENTS)
    assert "哪一条" in to(town.say("小赵", "立单"), "小赵")[0]
    assert town.tickets() == []
    town.say("小赵", "不是", quoted=town.card(lamp, "小赵"))
    assert [row.state for row in candidates(town)] == ["wrong", "waiting"]
    town.say("小赵", "立单")
    assert [ticket.category for ticket in town.tickets()] == ["sanitation"]


def test_another_category_by_word_or_by_tap(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    assert "没有「飞碟」这一类" in to(town.say("小赵", f"立单 {number(town)} 飞碟"), "小赵")[0]
    assert "立成哪一类" in to(town.press("小赵", "candidate_recast", number(town)), "小赵")[0]
    town.say("小赵", "房屋电梯")
    assert [ticket.category for ticket in town.tickets()] == ["building"]
    town.wait(minutes=40)
    town.say("老周", BIN, RESIDENTS)
    town.say("小赵", f"改类 {number(town)} 物业服务")
    assert [ticket.category for ticket in town.tickets()] == ["building", "property_service"]
    assert examples(town) == [("building", "reviewed"), ("property_service", "reviewed")]


def test_of_two_people_one_is_too_late(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", f"立单 {number(town)}")
    ticket = town.tickets()[0].number
    assert f"是 {ticket} 号工单" in to(town.say("小钱", f"不是 {number(town)}"), "小钱")[0]
    assert f"是 {ticket} 号工单" in to(town.say("小赵", f"立单 {number(town)}"), "小赵")[0]
    assert len(town.tickets()) == 1


@pytest.mark.parametrize("who", ["小刘", "孙队", "老周"])
def test_whoever_may_not_confirm_opens_nothing(town: Stage, who: str) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    said = town.say(who, f"立单 {number(town)}") + town.press(who, "candidate_open", number(town))
    assert to(said, RESIDENTS) == []
    assert town.tickets() == []


def test_whoever_said_it_may_take_it_back(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.send("王阿姨", Kind.RECALL, RESIDENTS, quoted=town.last_key)
    assert "自己撤回了" in to(town.say("小赵", f"立单 {number(town)}"), "小赵")[0]
    assert candidates(town)[0].words is None
    town.say("老周", BIN, RESIDENTS)
    town.say("老周", "没事了，弄错了", RESIDENTS)
    assert [row.state for row in candidates(town)] == ["recalled", "recalled"]
    assert town.wait(hours=9) == []


def test_a_yes_in_the_group_to_whoever_said_it_is_a_yes(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    said = town.say("小赵", "收到，马上去看", RESIDENTS, quoted=town.last_key)
    assert len(to(said, RESIDENTS)) == 1
    assert len(town.tickets()) == 1


def test_a_tip_off_is_no_business_of_whoever_confirms(town: Stage) -> None:
    said = town.say("王阿姨", "举报3号楼201违建搭阳光房", RESIDENTS)
    assert candidates(town) == []
    assert [ticket.confidential for ticket in town.tickets()] == [True]
    assert to(said, RESIDENTS) == []


BOTH = "我要举报6号楼302开麻将馆，另外3号楼楼道灯也坏了"


def test_what_is_broken_beside_a_tip_off_waits_by_its_own_words(town: Stage) -> None:
    said = town.say("王阿姨", BOTH, RESIDENTS)
    [ticket] = town.tickets()
    assert (ticket.confidential, ticket.place) == (True, ["6号楼", "302", "麻将馆"])
    assert to(said, RESIDENTS) == []
    [ask] = to(said, "小赵")
    assert "楼道灯" in ask
    for word in ("麻将", "举报", "302", "6号楼"):
        assert word not in ask
    said = town.press("小赵", "candidate_open", number(town))
    kept, lamp = town.tickets()
    assert (kept.confidential, lamp.confidential, lamp.kind) == (True, False, "fault")
    assert lamp.place == ["3号楼"]
    for text in [*to(said, "小赵"), *to(said, RESIDENTS)]:
        assert "麻将" not in text
        assert f"{kept.number} 号" not in text
    assert f"已立单 {lamp.number}" in to(said, "小赵")[0]
    assert examples(town) == [("building", "reviewed")]


def test_a_no_to_what_stands_beside_a_tip_off_leaves_that_alone(town: Stage) -> None:
    town.say("王阿姨", BOTH, RESIDENTS)
    town.say("小赵", f"不是 {number(town)}")
    assert [ticket.confidential for ticket in town.tickets()] == [True]
    with town.app.reading() as db:
        learnt = [town.app.vault.open(one.text, "examples.text", one.ref) for one in db.scalars(select(Example))]
    assert learnt
    assert all("麻将" not in text and "举报" not in text for text in learnt)


def test_a_neighbour_agrees_with_what_is_broken_and_not_with_the_tip_off(town: Stage) -> None:
    town.say("王阿姨", BOTH, RESIDENTS)
    town.say("老周", "我们3号楼的楼道灯也坏了", RESIDENTS)
    town.say("小赵", "立单")
    assert len(town.tickets()) == 2
    with town.app.reading() as db:
        roles = [(row.ticket_id, row.role) for row in db.scalars(select(Member))]
    kept, lamp = town.tickets()
    assert (lamp.id, "supporter") in roles
    assert (kept.id, "supporter") not in roles


def test_what_was_taken_back_beside_a_tip_off_is_not_decided(town: Stage) -> None:
    town.say("王阿姨", BOTH, RESIDENTS)
    town.send("王阿姨", Kind.RECALL, RESIDENTS, quoted=town.last_key)
    assert candidates(town)[0].state == "recalled"


def test_two_problems_are_one_card_and_two_tickets(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了半个月了，另外垃圾桶满了没人收", RESIDENTS)
    assert len(candidates(town)) == 1
    said = town.say("小赵", "立单")
    assert len(town.tickets()) == 2
    assert len(to(said, RESIDENTS)) == 1


def test_whoever_asks_who_is_in_charge_of_it_ends_the_waiting(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    said = town.say("老周", "这个谁管", RESIDENTS, quoted=town.last_key)
    assert len(to(said, RESIDENTS)) == 1
    [ticket] = town.tickets()
    assert "supported" in town.facts(ticket.number)
    assert f"是 {ticket.number} 号工单" in to(town.say("小赵", f"立单 {number(town)}"), "小赵")[0]


def test_what_another_way_opened_needs_nobody_any_more(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小钱", "是报事", RESIDENTS, quoted=town.last_key)
    [ticket] = town.tickets()
    assert f"是 {ticket.number} 号工单" in to(town.say("小赵", f"不是 {number(town)}"), "小赵")[0]
    assert [row.state for row in candidates(town)] == ["opened"]


@pytest.mark.parametrize(("word", "opens"), [("是", 1), ("好的", 1), ("立吧", 0), ("不用", 0), ("立单", 1)])
def test_a_bare_word_answers_the_card_that_was_read_last(town: Stage, word: str, opens: int) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    said = to(town.say("小赵", word), "小赵")
    assert len(town.tickets()) == opens
    assert said, "nobody who was asked is left without an answer"


def test_with_several_it_is_asked_which_and_all_of_them_is_an_answer(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("老周", BIN, RESIDENTS)
    assert to(town.say("小赵", "是"), "小赵") == [
        "您说的是哪一条？等您定的有：1（道路设施）、2（环境卫生）。带上编号，例如「立单 1」。"
    ]
    town.say("小赵", "都立单")
    assert [one.category for one in town.tickets()] == ["road_facility", "sanitation"]


def test_all_of_them_may_be_none(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("老周", BIN, RESIDENTS)
    town.say("小赵", "都不是")
    assert town.tickets() == []
    assert {one.state for one in candidates(town)} == {"wrong"}
    assert to(town.say("小赵", "都立单"), "小赵") == ["现在没有等您定的。"]


def test_whoever_answers_after_it_was_settled_hears_how(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("王阿姨", "没事了，亮了", RESIDENTS)
    [answer] = to(town.say("小赵", "是"), "小赵")
    assert "1 号" in answer
    assert town.tickets() == []


def test_a_yes_that_answers_nothing_opens_nothing(town: Stage) -> None:
    """What was told last is something else by then."""
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "待办")
    assert to(town.say("小赵", "是"), "小赵") == ["现在没有等您回话的。看手上的说「待办」，其余说「帮助」。"]
    assert to(town.say("小赵", "好的"), "小赵") == []
    assert town.tickets() == []


def test_what_is_over_before_anybody_decided_is_not_decided(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    assert town.say("王阿姨", "算了，灯又亮了", RESIDENTS) == []
    assert candidates(town)[-1].state == "recalled"


@pytest.mark.parametrize("settled", ["不是", "弄错了"])
def test_whoever_agrees_with_what_was_settled_already_opens_nothing(town: Stage, settled: str) -> None:
    town.say("王阿姨", BIN, RESIDENTS)
    town.say(*(("小赵", settled) if settled == "不是" else ("王阿姨", settled, RESIDENTS)))
    assert town.say("老周", "+1", RESIDENTS) == []
    assert len(candidates(town)) == 1
    assert town.tickets() == []
