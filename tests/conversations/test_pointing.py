"""这个谁管, put to the bot of what stands above it: a ticket, a photo, words that nobody had opened, or nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from handlers.message import Kind
from storage.listening import Candidate
from storage.people import Group
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to
from tests.conversations.test_group_talk import supporters, ticket_of

LIFT = "7号楼电梯又坏了"
LAMP = "三号楼门口路灯坏了半个月了"
HINT = "灯好像又不行了，你们那边呢"
WHICH = "您说的是哪件事？在哪儿、怎么了，说一句就行。"
WHO = "@小助手 这个谁管啊"


def ask(town: Stage, who: str, words: str = WHO, **more: str) -> list[tuple[str, str]]:
    return town.say(who, words, RESIDENTS, addressed=True, **more)


def in_mode(town: Stage, mode: str) -> None:
    town.say("小赵", "帮助")
    with town.app.writing() as db:
        db.execute(update(Group).where(Group.chat == RESIDENTS).values(mode=mode))


# --- of a ticket


@pytest.mark.parametrize(
    "words", [WHO, "@小助手 这事归哪个部门管", "@小助手 有人管吗", "@小助手 这事到哪一步了", "@小助手这个没人来修吗"]
)
def test_of_what_was_last_told_it_says_how_it_stands_and_takes_the_asker_in(town: Stage, words: str) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    said = ask(town, "老周", words)
    assert to(said, RESIDENTS) == ["1 号已登记，等人接手，细节私下发您了。"]
    [private] = to(said, "老周")
    assert private.startswith("已并入 1 号，同样会通知您。\n1（房屋电梯）：已登记")
    assert (len(town.tickets()), supporters(town, 1), to(said, OFFICE)) == (1, ["老周"], [])


def test_whoever_asks_again_only_hears_how_it_stands(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    ask(town, "老周")
    assert to(ask(town, "老周", "@小助手 这个修好没"), "老周")[0].startswith("1（房屋电梯）")
    assert to(ask(town, "王阿姨"), "王阿姨")[0].startswith("1（房屋电梯）")
    assert supporters(town, 1) == ["老周"]


def test_the_newest_is_meant(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    town.say("老周", "西门的垃圾堆成山了", RESIDENTS)
    assert to(ask(town, "李婶"), RESIDENTS)[0].startswith("2 号")


def test_a_line_of_the_bot_may_be_quoted(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    line = f"out:{next(said.key for said in town.heard if said.chat == RESIDENTS)}"
    ask(town, "老周", quoted=line)
    assert (len(town.tickets()), supporters(town, 1)) == (1, ["老周"])


def test_whoever_agrees_under_a_line_of_the_bot_joins_what_it_speaks_of(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    line = f"out:{next(said.key for said in town.heard if said.chat == RESIDENTS)}"
    ask(town, "李婶", "@小助手 我家也是", quoted=line)
    assert supporters(town, 1) == ["李婶"]


def test_an_old_message_may_be_quoted_whatever_became_of_it(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    told = town.last_key
    town.wait(hours=30)
    assert "晚了，正在催" in to(ask(town, "老周", "@小助手 这个还没人管吗", quoted=told), "老周")[0]
    town.say("小赵", "接单 1")
    town.wait(minutes=5)
    town.say("小赵", "办结 1 换了门机皮带，试过了")
    town.wait(days=5)
    assert ask(town, "李婶", "@小助手 这个有人管吗", quoted=told) == [(RESIDENTS, "1 号已办结。")]
    assert (len(town.tickets()), supporters(town, 1)) == (1, ["老周"])


@pytest.mark.parametrize("told", ["我老公打我，救救我", "举报3号楼张三群租"])
def test_nothing_is_said_of_what_was_told_in_confidence(town: Stage, told: str) -> None:
    town.say("王阿姨", told, RESIDENTS)
    assert ask(town, "老周") == [(RESIDENTS, WHICH)]
    ask(town, "王阿姨", f"@小助手 {told}")
    key = town.last_key
    assert ask(town, "老周") == [(RESIDENTS, WHICH)]
    assert ask(town, "老周", quoted=key) == [(RESIDENTS, WHICH)]
    assert supporters(town, 1) == []


def test_nothing_is_said_of_what_was_told_elsewhere(town: Stage) -> None:
    town.say("王阿姨", LIFT)
    assert ask(town, "老周") == [(RESIDENTS, WHICH)]


# --- of what nobody had opened


def test_a_photo_is_reported_without_being_quoted(town: Stage) -> None:
    town.photo("王阿姨", RESIDENTS)
    photo = town.last_key
    ask(town, "老周")
    assert (len(town.tickets()), ticket_of(town, photo), town.ticket(1).category) == (1, 1, "other")


def test_a_voice_is_reported_and_so_is_it_by_name(town: Stage) -> None:
    town.send("王阿姨", Kind.VOICE, RESIDENTS, media="test:voice")
    voice = town.last_key
    ask(town, "老周", "@小助手 这条语音说的事谁管")
    assert (ticket_of(town, voice), town.ticket(1).category) == (1, "other")


def test_words_that_were_only_asked_about_are_opened_for_whoever_said_them(town: Stage) -> None:
    town.say("王阿姨", HINT, RESIDENTS)
    assert town.tickets() == []
    said = ask(town, "老周")
    assert (len(town.tickets()), supporters(town, 1)) == (1, ["老周"])
    assert HINT in to(said, "小赵")[0]


def test_quoted_words_reach_whoever_works_on_them(town: Stage) -> None:
    town.say("小刘", "五号楼门口的垃圾堆了三天没人收", RESIDENTS)
    said = ask(town, "老周", quoted=town.last_key)
    assert "五号楼门口的垃圾堆了三天没人收" in to(said, "小赵")[0]


def test_what_waits_for_a_person_waits_no_longer(town: Stage) -> None:
    in_mode(town, "review")
    town.say("王阿姨", LAMP, RESIDENTS)
    assert town.tickets() == []
    ask(town, "老周")
    [ticket] = town.tickets()
    assert supporters(town, ticket.number) == ["老周"]


# --- of nothing


@pytest.mark.parametrize("words", [WHO, "@小助手 这个怎么办", "@小助手 帮忙登记一下", "@小助手 到底有没有人管啊！"])
def test_where_nothing_was_told_it_asks_and_opens_nothing(town: Stage, words: str) -> None:
    town.say("王阿姨", "今天天气不错", RESIDENTS)
    assert ask(town, "老周", words) == [(RESIDENTS, WHICH)]
    assert town.tickets() == []


def test_quoted_talk_is_no_report_nor_what_was_told_before_it(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    town.say("李婶", "今天天气不错", RESIDENTS)
    assert ask(town, "老周", quoted=town.last_key) == [(RESIDENTS, WHICH)]
    assert supporters(town, 1) == []


def test_whoever_says_what_it_is_reports_it(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    ask(town, "老周", "@小助手 物业什么都不管，西门垃圾堆成山")
    assert [row.category for row in town.tickets()] == ["building", "sanitation"]


def test_in_shadow_it_is_no_candidate(town: Stage) -> None:
    in_mode(town, "shadow")
    assert ask(town, "老周") == []
    with town.app.reading() as db:
        assert db.scalars(select(Candidate)).all() == []


# --- called, and nothing said


def test_a_call_alone_is_a_knock_and_a_nod_needs_no_answer(town: Stage) -> None:
    [(who, line)] = ask(town, "王阿姨", "@小助手")
    assert (who, line[:3]) == ("王阿姨", "在的，")
    assert ask(town, "王阿姨", "@小助手 在吗") == [(who, line)]
    for words in ("@小助手 好的", "@小助手 😀", "@小助手 收到"):
        assert ask(town, "王阿姨", words) == []


@pytest.mark.parametrize(
    "words", ["1号怎么样了", "1号到哪了", "电梯修得咋样了", "电梯好了没", "请问6号楼电梯修好了吗", "1 号有进展吗"]
)
def test_a_neighbour_who_names_what_was_told_here_hears_how_it_stands(town: Stage, words: str) -> None:
    town.say("王阿姨", "6号楼2单元电梯坏了，老人下不来", RESIDENTS)
    town.wait(minutes=20)
    said = town.say("老周", words, RESIDENTS, addressed=True)
    assert to(said, RESIDENTS) == ["1 号已登记，等人接手，细节私下发您了。"]
    assert "1（房屋电梯）：已登记，等人接手，最迟今天 11:00。" in to(said, "老周")[0]
    assert [row.number for row in town.tickets()] == [1]


@pytest.mark.parametrize("words", ["5号楼电梯修得咋样了", "垃圾清了没", "2号怎么样了"])
def test_what_was_not_told_here_is_not_answered_with_another(town: Stage, words: str) -> None:
    town.say("王阿姨", "6号楼2单元电梯坏了，老人下不来", RESIDENTS)
    said = town.say("老周", words, RESIDENTS, addressed=True)
    assert not any("1 号" in text for _, text in said)


# --- a photo in a group, and what it shows is only pointed at


@pytest.mark.parametrize("words", ["就这个坏了", "你看这里又堵了", "这盏不亮"])
def test_what_a_photo_shows_opens_once_it_is_said_where(town: Stage, words: str) -> None:
    town.photo("王阿姨", RESIDENTS)
    assert to(town.say("王阿姨", words, RESIDENTS), RESIDENTS) == []
    town.say("李婶", "哎呀", RESIDENTS)
    heard = town.say("王阿姨", "3号楼门口", RESIDENTS)
    assert to(heard, RESIDENTS) == ["收到，已登记，编号 1，最迟今天 17:00 有人接手。"]
    assert f"{words}，3号楼门口" in to(heard, "小赵")[0]


def test_said_in_one_breath_too(town: Stage) -> None:
    town.photo("王阿姨", RESIDENTS)
    town.say("王阿姨", "这个坏了，3号楼门口", RESIDENTS)
    assert town.ticket(1).place == ["3号楼"]


def test_the_bot_that_was_meant_asks_where(town: Stage) -> None:
    town.photo("王阿姨", RESIDENTS)
    heard = town.say("王阿姨", "就这个", RESIDENTS, addressed=True)
    assert heard == [("王阿姨", "照片在我这儿，就差一句：在哪儿、怎么了？")]
    assert to(town.say("王阿姨", "3号楼门口", RESIDENTS), RESIDENTS)


@pytest.mark.parametrize("words", ["就这个", "这个好看吧", "我家孩子这个玩具坏了，谁会修", "这个坏了卖不掉"])
def test_other_photos_are_nobodys_business(town: Stage, words: str) -> None:
    town.photo("王阿姨", RESIDENTS)
    town.say("王阿姨", words, RESIDENTS)
    assert town.say("王阿姨", "3号楼门口", RESIDENTS) == []
    assert town.tickets() == []


def test_where_a_person_confirms_they_see_it_first(town: Stage) -> None:
    town.say("周书记", "本群 先审后说", RESIDENTS)
    town.photo("王阿姨", RESIDENTS)
    town.say("王阿姨", "就这个坏了", RESIDENTS)
    heard = town.say("王阿姨", "3号楼门口", RESIDENTS)
    assert [who for who, _ in heard] == ["小赵"]
    assert town.tickets() == []
